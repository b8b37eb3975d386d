// Every request of every flow × every fault, one at a time; then the same command again,
// undisturbed. Right is: a run that says 0 has done all of it, the second one ends where an
// undisturbed one does, there is one rollback at most, every workload was written as often as
// undisturbed, and both end. OC_MTC_ROLLBACK_FAULTS=all tries all of them; otherwise every request
// and every fault once.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <regex>
#include <set>

#include "contract/plugin/program.hpp"
#include "kube/parallel.hpp"
#include "mtc/workload.hpp"
#include "sandbox/server_faults.hpp"

namespace faults_test {

using namespace plugin_test;
using namespace std::chrono_literals;
using base::Json;
using base::Object;
using sandbox::Effect;

namespace {

constexpr std::size_t at_a_time = 4;
constexpr std::size_t of_alike_ones = 16;

struct NamedFault {
    const char* name;
    Effect effect;
};

std::vector<NamedFault> faults() {
    const auto status = [](int code, const char* reason, std::optional<int> retry_after = {}) {
        return sandbox::answer_with(
            {{"kind", "Status"}, {"status", "Failure"}, {"code", code}, {"reason", reason}},
            retry_after);
    };
    return {{"reset before", sandbox::DropBefore{}},
            {"reset after", sandbox::DropAfter{}},
            {"hang before", sandbox::Hang{}},
            {"hang after", sandbox::HangAfter{}},
            {"half an answer", sandbox::CutShort{}},
            {"400", status(400, "BadRequest")},
            {"401", status(401, "Unauthorized")},
            {"403", status(403, "Forbidden")},
            {"404", status(404, "NotFound")},
            {"409", status(409, "Conflict")},
            {"410", status(410, "Expired")},
            {"429", status(429, "TooManyRequests", 0)},
            {"500", status(500, "InternalError")},
            {"502", sandbox::AnswerWith{502, "<html>bad gateway</html>", "text/html"}},
            {"503", status(503, "ServiceUnavailable")},
            {"503 with Retry-After", status(503, "ServiceUnavailable", 0)},
            {"{}", sandbox::AnswerWith{200, "{}"}},
            {"a page", sandbox::AnswerWith{200, "<html>log in</html>", "text/html"}},
            {"another kind",
             sandbox::AnswerWith{200, R"({"kind":"ConfigMapList","apiVersion":"v1","items":[]})"}}};
}

struct Flow {
    const char* name;
    const char* scenario;
    std::vector<std::string> words;
};

const std::vector<Flow>& flows() {
    static const std::vector<Flow> all = {
        {"run", "small", {"shop-plan", "-y"}},
        {"manual", "stage-pods", {"manual", "shop-plan", "-y"}},
        {"run --cancel-running", "cutover-running", {"shop-plan", "-y", "--cancel-running"}},
        {"create --wait", "small", {"create", "shop-plan", "--wait", "-y"}},
        {"leftovers --delete", "leftovers", {"leftovers", "shop-plan", "--delete", "-y"}}};
    return all;
}

std::vector<std::string> with_patience(std::vector<std::string> words) {
    words.insert(words.end(), {"--request-timeout=2s", "--timeout=20s"});
    return words;
}

/// What a fault can be aimed at: the server, and requests of that form.
struct Site {
    bool source;
    std::string form;  // a regular expression

    auto operator<=>(const Site&) const = default;
};

// What differs from run to run is left open.
std::string form_of(const std::string& request) {
    static const std::regex special(R"([.^$|()\[\]{}*+?\\])");
    static const std::regex uid("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    static const std::regex version("resourceVersion=[0-9]+");
    static const std::regex rollback("rollback-[a-z0-9]{8}");
    std::string form = std::regex_replace(request, special, R"(\$&)");
    form = std::regex_replace(form, uid, "[0-9a-f-]{36}");
    form = std::regex_replace(form, version, "resourceVersion=[0-9]+");
    form = std::regex_replace(form, rollback, "rollback-[a-z0-9]{8}");
    return "^" + form + "$";
}

bool is_alike(const std::string& request) {
    return has(request, "labelSelector=") || has(request, "selfsubjectaccessreviews");
}

void add_sites(const std::vector<std::string>& requests, bool source, std::set<Site>& sites) {
    std::size_t alike = 0;
    for (const std::string& request : requests) {
        if (!is_alike(request) || alike++ % of_alike_ones == 0)
            sites.insert({.source = source, .form = form_of(request)});
    }
}

// Its owner, or that one's, is gone: it is about to go as well.
bool is_orphan(const support::Store& store, const Object& object) {
    for (const Json& owner : base::items_at(object.body, "/metadata/ownerReferences")) {
        const std::string uid = base::text_or_empty(owner, "/uid");
        bool found = false;
        for (const mtc::WorkloadKind& kind : mtc::workload_kinds()) {
            for (const Object& each : store.all(kind.type))
                found = found || (each.uid == uid && !is_orphan(store, each));
        }
        if (!found) return true;
    }
    return false;
}

/// What stands on both clusters, without what differs from run to run.
std::vector<std::string> stands(sandbox::World& world) {
    std::vector<std::string> lines;
    for (const bool source : {true, false}) {
        support::Store& store = source ? world.source_store() : world.target_store();
        for (const auto& served : support::served_types()) {
            // those of Deployments come and go with them
            if (served.type.plural == "replicasets") continue;
            const bool workload = mtc::workload_kind(served.type) != nullptr;
            std::map<std::string, int> counts;
            for (const Object& object : store.all(served.type)) {
                const bool pod = served.type.plural == "pods";
                const bool labelled =
                    base::label_of(object, mtc::labels::migrated_by_plan).has_value();
                if ((!workload && !pod && !labelled) || is_orphan(store, object)) continue;
                // pods of ReplicaSets have names of their own each time
                std::string line =
                    pod && !object.ref.name.contains("bare")
                        ? object.ref.ns + "/pod of " +
                              base::text_or_empty(object.body, "/metadata/labels/app")
                        : object.ref.path();
                if (workload)
                    line += " " + mtc::describe(mtc::workload_kind(served.type)->current(object)) +
                            " generation " +
                            std::to_string(
                                base::number_at(object.body, "/metadata/generation").value_or(0)) +
                            (mtc::is_marked(object) ? " marked" : "");
                if (pod && base::label_of(object, mtc::labels::stage_pod)) line += " stage";
                ++counts[line];
            }
            for (const auto& [line, count] : counts)
                lines.push_back((source ? "source " : "target ") + line + " x" +
                                std::to_string(count));
        }
    }
    lines.push_back("rollbacks " + std::to_string(rollbacks(world.target_store())));
    return lines;
}

std::vector<std::string> at_rest(sandbox::World& world) {
    world.settle(20s);
    return stands(world);
}

struct Expected {
    std::vector<std::string> end;
    std::vector<Site> sites;
};

Expected undisturbed(const Flow& flow) {
    sandbox::World world(flow.scenario, https());
    const Person person(world.kubeconfig());
    world.source_server().forget_requests();
    world.target_server().forget_requests();
    const auto ended = person.runs(with_patience(flow.words));
    CAPTURE(ended.err);
    REQUIRE(ended.code == 0);
    std::set<Site> sites;
    add_sites(world.source_server().requests(), true, sites);
    add_sites(world.target_server().requests(), false, sites);
    return {.end = at_rest(world), .sites = {sites.begin(), sites.end()}};
}

std::string difference(const std::vector<std::string>& expected,
                       const std::vector<std::string>& found) {
    std::string out;
    for (const std::string& line : expected) {
        if (std::ranges::count(found, line) == 0) out += "\n  - " + line;
    }
    for (const std::string& line : found) {
        if (std::ranges::count(expected, line) == 0) out += "\n  + " + line;
    }
    return out;
}

/// What is wrong; empty when all is right.
std::string tried(const Flow& flow, const Expected& expected, const Site& site,
                  const NamedFault& fault) {
    sandbox::World world(flow.scenario, https());
    const Person person(world.kubeconfig());
    sandbox::ApiServer& server = site.source ? world.source_server() : world.target_server();
    server.inject({.match = site.form, .effect = fault.effect, .times = 1});
    const auto first = person.runs(with_patience(flow.words));
    server.clear_faults();
    std::string wrong;
    if (first.code == 0) {
        if (auto differs = difference(expected.end, at_rest(world)); !differs.empty())
            wrong += "\n it said 0 and had not done it:" + differs;
    }
    const auto second = person.runs(with_patience(flow.words));
    if (second.code != 0)
        wrong += "\n run again it ended with " + std::to_string(second.code) + ": " + second.err;
    if (auto differs = difference(expected.end, at_rest(world)); !differs.empty())
        wrong += "\n run again it ended elsewhere:" + differs;
    if (wrong.empty()) return {};
    return std::string(flow.name) + ", " + fault.name + " at " +
           (site.source ? "source " : "target ") + site.form +
           " (first: " + std::to_string(first.code) + ")" + wrong + "\n first said: " + first.err;
}

struct Case {
    Site site;
    NamedFault fault;
};

std::vector<Case> cases_of(const Expected& expected) {
    const char* wanted = std::getenv("OC_MTC_ROLLBACK_FAULTS");
    const bool all = wanted != nullptr && std::string(wanted) == "all";
    const auto every = faults();
    std::vector<Case> cases;
    std::size_t next = 0;
    for (const Site& site : expected.sites) {
        if (all) {
            for (const NamedFault& fault : every) cases.push_back({site, fault});
        } else {
            cases.push_back({site, every[next++ % every.size()]});
        }
    }
    return cases;
}

}  // namespace

TEST_CASE("whatever request fails in whatever way, the same command again ends as undisturbed") {
    for (const Flow& flow : flows()) {
        SUBCASE(flow.name) {
            const Expected expected = undisturbed(flow);
            const auto cases = cases_of(expected);
            std::mutex mutex;
            std::vector<std::string> wrong;
            kube::in_parallel(cases.size(), at_a_time, [&](std::size_t i) {
                std::string what;
                try {
                    what = tried(flow, expected, cases[i].site, cases[i].fault);
                } catch (const std::exception& error) {
                    what = std::string(flow.name) + ", " + cases[i].fault.name + " at " +
                           cases[i].site.form + ": " + error.what();
                }
                const std::lock_guard lock(mutex);
                if (!what.empty()) wrong.push_back(std::move(what));
            });
            std::printf("%s: %zu requests, %zu cases, %zu right\n", flow.name,
                        expected.sites.size(), cases.size(), cases.size() - wrong.size());
            for (const std::string& what : wrong) FAIL_CHECK(what);
            CHECK(expected.sites.size() > 10);
        }
    }
}

}  // namespace faults_test
