#include "rollback/check.hpp"

#include <algorithm>

#include "mtc/names.hpp"
#include "mtc/workload.hpp"

namespace rollback {

void CheckWriter::add(Severity severity, const std::string& subject, const std::string& predicate,
                      std::string remedy, bool may_heal) {
    findings_.push_back({.check = id_,
                         .side = side_,
                         .severity = severity,
                         .subject = subject,
                         .message = subject + predicate,
                         .remedy = std::move(remedy),
                         .may_heal = may_heal});
}

void CheckWriter::fail(const std::string& subject, const std::string& predicate, std::string remedy,
                       bool may_heal) {
    add(Severity::Failure, subject, predicate, std::move(remedy), may_heal);
}

void CheckWriter::fail_for_good(const std::string& subject, const std::string& predicate,
                                std::string remedy) {
    fail(subject, predicate, std::move(remedy));
    findings_.back().stays = true;
}

void CheckWriter::warn(const std::string& subject, const std::string& predicate, std::string remedy,
                       bool may_heal) {
    add(Severity::Warning, subject, predicate, std::move(remedy), may_heal);
}

void CheckWriter::unknown(const std::string& subject, const std::string& predicate,
                          std::string remedy) {
    add(Severity::Unknown, subject, predicate, std::move(remedy), false);
}

void CheckWriter::add_gaps(bool (*needed)(const std::string&)) {
    for (const Gap& gap : evidence_.state.gaps) {
        if (gap.side != side_ || !needed(gap.resource)) continue;
        unknown("", "could not " + gap.what + ": " + gap.why,
                gap.forbidden ? "name a context that may with --" + word(side_) + "-context" : "");
    }
}

void CheckWriter::must_be_seen(bool seen, const std::string& what) {
    if (!seen) unknown("", what + " of the " + word(side_) + " were not looked at", "verify again");
}

bool CheckWriter::has_gap(const std::string& resource) const {
    return std::ranges::any_of(evidence_.state.gaps, [&](const Gap& gap) {
        return gap.side == side_ && gap.resource == resource;
    });
}

bool CheckWriter::has_failed() const {
    return std::ranges::count(findings_, Severity::Failure, &Finding::severity) > 0;
}

std::string CheckWriter::oc(std::string_view words) const {
    return rollback::oc(evidence_.state, side_, words);
}

std::string CheckWriter::oc(std::string_view verb, const ObjectRef& ref,
                            std::string_view rest) const {
    return rollback::oc(evidence_.state, side_, verb, ref, rest);
}

std::vector<Finding> CheckWriter::done(std::string ok) && {
    if (findings_.empty()) {
        findings_.push_back(
            {.check = id_, .side = side_, .severity = Severity::Ok, .message = std::move(ok)});
    }
    return std::move(findings_);
}

std::string list_it_again(const State& state) {
    return "list the namespace in the plan again, as it was, and roll back: " +
           oc(state, Side::Control, words_for("edit migplan", state.plan.name, state.plan.ns));
}

bool is_workload(const std::string& resource) {
    // without discovery it is not known which kinds the cluster serves
    return resource == "discovery" ||
           std::ranges::any_of(mtc::workload_kinds(),
                               [&](const auto& kind) { return kind.type.resource() == resource; });
}

}  // namespace rollback
