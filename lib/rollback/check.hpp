// What the checks of verify share: the writer of one check's findings, and the checks themselves,
// one function for each row of the table in verify.cpp.
#pragma once

#include "rollback/command.hpp"
#include "rollback/verify.hpp"

namespace rollback {

/// Collects the findings of one check.
class CheckWriter {
  public:
    CheckWriter(const Evidence& evidence, const char* id, Side side)
        : evidence_(evidence), id_(id), side_(side) {}

    /// The message is the subject and the predicate: "shop/deployment/web" + " is gone".
    void fail(const std::string& subject, const std::string& predicate, std::string remedy,
              bool may_heal = false);
    /// One that a rollback of the plan does not mend.
    void fail_for_good(const std::string& subject, const std::string& predicate,
                       std::string remedy);
    void warn(const std::string& subject, const std::string& predicate, std::string remedy,
              bool may_heal = false);
    void unknown(const std::string& subject, const std::string& predicate, std::string remedy);
    /// An Unknown for each gap on this side in a resource that the check needed.
    void add_gaps(bool (*needed)(const std::string& resource));
    bool has_gap(const std::string& resource) const;
    /// An Unknown where the look did not read this: that nothing was found then proves nothing.
    void must_be_seen(bool seen, const std::string& what);
    bool has_failed() const;
    /// A command on the cluster of this check: see command.hpp.
    std::string oc(std::string_view words) const;
    std::string oc(std::string_view verb, const ObjectRef& ref, std::string_view rest = {}) const;
    /// The findings; one Ok with this message when there are none.
    std::vector<Finding> done(std::string ok) &&;

  private:
    void add(Severity severity, const std::string& subject, const std::string& predicate,
             std::string remedy, bool may_heal);

    const Evidence& evidence_;
    const char* id_;
    Side side_;
    std::vector<Finding> findings_;
};

/// The resource of a kind of workload, as gaps name it.
bool is_workload(const std::string& resource);

/// What is to be done about what the plan does not list any more.
std::string list_it_again(const State& state);

namespace check {
std::vector<Finding> source_is_the_plans(const Evidence&);
std::vector<Finding> target_is_the_plans(const Evidence&);
std::vector<Finding> rollback_ended_well(const Evidence&);
std::vector<Finding> plan_ready(const Evidence&);
std::vector<Finding> namespaces_active(const Evidence&);
std::vector<Finding> nothing_quiesced(const Evidence&);
std::vector<Finding> workloads_as_before(const Evidence&);
std::vector<Finding> workloads_serve(const Evidence&);
std::vector<Finding> pods_healthy(const Evidence&);
std::vector<Finding> claims_bound(const Evidence&);
std::vector<Finding> volumes_as_before(const Evidence&);
std::vector<Finding> services_ready(const Evidence&);
std::vector<Finding> routes_admitted(const Evidence&);
std::vector<Finding> routes_answer(const Evidence&);
std::vector<Finding> namespaces_settled(const Evidence&);
std::vector<Finding> no_orphans(const Evidence&);
std::vector<Finding> no_volumes_left(const Evidence&);
std::vector<Finding> no_stage_pods_on_source(const Evidence&);
std::vector<Finding> no_stage_pods_on_target(const Evidence&);
std::vector<Finding> no_migrated_objects(const Evidence&);
std::vector<Finding> no_restore_running(const Evidence&);
std::vector<Finding> no_double_writer(const Evidence&);
std::vector<Finding> target_at_rest(const Evidence&);
std::vector<Finding> nothing_left_down(const Evidence&);
}  // namespace check

}  // namespace rollback
