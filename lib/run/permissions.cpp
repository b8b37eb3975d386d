#include "run/permissions.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "kube/parallel.hpp"
#include "mtc/names.hpp"
#include "mtc/workload.hpp"
#include "run/types.hpp"

namespace run {
namespace {

using base::ResourceType;
using base::Result;
using rollback::Denied;

/// What the flow does with a type.
struct Need {
    std::string verb;
    ResourceType type;
    std::string subresource = {};
    bool operator==(const Need&) const = default;
};

struct Question {
    Need need;
    std::string ns;  // "": in all namespaces
};

// create starts the rollback, list and watch follow it, get reads the plan again
const Need needs_on_control[] = {{"create", mtc::types::migmigrations},
                                 {"get", mtc::types::migmigrations},
                                 {"list", mtc::types::migmigrations},
                                 {"watch", mtc::types::migmigrations},
                                 {"get", mtc::types::migplans}};

// One that has no answer is a gap; a reviewer that is broken is broken for all questions, so that
// one gap tells it.
std::vector<Question> refused(const Place& place, const std::vector<Question>& questions) {
    std::vector<Result<bool>> answers(questions.size(), true);
    kube::in_parallel(questions.size(), place.parallel, [&](std::size_t i) {
        const auto& [need, ns] = questions[i];
        answers[i] = place.cluster.can_i(
            {.verb = need.verb, .type = need.type, .ns = ns, .subresource = need.subresource},
            place.stop);
    });
    std::vector<Question> no;
    bool noted = false;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const Need& need = questions[i].need;
        if (answers[i]) {
            if (!*answers[i]) no.push_back(questions[i]);
        } else if (!std::exchange(noted, true)) {
            place.notes.failed(
                {.side = place.side,
                 .resource = "selfsubjectaccessreviews",
                 .what = "ask whether you may " + need.verb + " " + need.type.resource(),
                 .why = {}},
                answers[i].error());
        }
    }
    return no;
}

// Roles differ from namespace to namespace, hardly from kind to kind: in all but the first, the
// pods speak for the others. A list that is refused there shows itself as a gap.
std::vector<Question> questions_of(const std::vector<Need>& needs,
                                   const std::vector<std::string>& namespaces) {
    std::vector<Question> questions;
    for (const std::string& ns : namespaces) {
        for (const Need& need : needs) {
            if (&ns == &namespaces.front() || need.type == types::pods)
                questions.push_back({need, ns});
        }
    }
    return questions;
}

std::vector<Need> needs_on_source(const kube::Discovery& discovery) {
    std::vector<Need> needs{{"list", types::pods}, {"watch", types::pods}};
    for (const mtc::WorkloadKind& kind : mtc::workload_kinds()) {
        const ResourceType* type = served(discovery, kind.type);
        if (type == nullptr) continue;
        needs.push_back({"list", *type});
        needs.push_back({"watch", *type});
    }
    return needs;
}

std::vector<std::string> first_few(const std::vector<std::string>& namespaces) {
    return {namespaces.begin(),
            std::next(namespaces.begin(),
                      std::min<std::ptrdiff_t>(few_namespaces, std::ssize(namespaces)))};
}

// A "no" across the cluster is none where the namespaces are listed one by one instead.
std::vector<Question> refused_in_many(const Place& place, const std::vector<Need>& needs) {
    const auto namespaces = first_few(place.namespaces);
    const std::vector<Question> whole_cluster{{{"list", types::pods}, ""}};
    if (!refused(place, whole_cluster).empty())
        return refused(place, questions_of(needs, namespaces));
    std::vector<Need> doubtful;
    for (const Question& question : refused(place, questions_of(needs, {""})))
        doubtful.push_back(question.need);
    return refused(place, questions_of(doubtful, namespaces));
}

std::vector<Question> refused(const Place& place, const std::vector<Need>& needs) {
    const bool few = place.namespaces.size() <= few_namespaces;
    return few ? refused(place, questions_of(needs, place.namespaces))
               : refused_in_many(place, needs);
}

bool is_about(const Question& a, const Question& b) {
    return a.need == b.need;
}

std::vector<Denied> denied(const Place& place, const std::vector<Question>& questions) {
    std::vector<Denied> out;
    for (const auto& [need, ns] : questions)
        out.push_back(
            {place.side, need.verb, rollback::resource_of(need.type, need.subresource), ns});
    return out;
}

}  // namespace

std::vector<Denied> denied_on_control(const Place& place, const std::string& ns) {
    const std::vector<Need> needs(std::begin(needs_on_control), std::end(needs_on_control));
    std::vector<Question> questions;
    for (const Need& need : needs) questions.push_back({need, ns});
    return denied(place, refused(place, questions));
}

std::vector<Denied> denied_on_source(const Place& place, const kube::Discovery& discovery) {
    return denied(place, refused(place, needs_on_source(discovery)));
}

std::vector<Denied> denied_of(const Place& place, const std::vector<rollback::Need>& needs) {
    std::vector<Question> questions;
    std::vector<Question> everywhere;
    for (const rollback::Need& need : needs) {
        if (need.side != place.side) continue;
        questions.push_back({{need.verb, need.type, need.subresource}, need.ns});
        const bool asked = std::ranges::any_of(everywhere, [&](const Question& question) {
            return is_about(question, questions.back());
        });
        if (!asked) everywhere.push_back({{need.verb, need.type, need.subresource}, ""});
    }
    if (questions.size() > few_namespaces * everywhere.size()) {
        const auto doubtful = refused(place, everywhere);
        std::erase_if(questions, [&](const Question& question) {
            return std::ranges::none_of(doubtful,
                                        [&](const Question& no) { return is_about(no, question); });
        });
    }
    return denied(place, refused(place, questions));
}

}  // namespace run
