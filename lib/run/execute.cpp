#include "run/execute.hpp"

#include <array>
#include <chrono>

#include "rollback/command.hpp"

namespace run {
namespace {

using base::ErrorKind;

// How often a create whose answer was lost is looked up and sent again.
constexpr int attempts = 3;

bool outcome_is_open(ErrorKind kind) {
    // Malformed: something between has answered for the server
    return kind == ErrorKind::Lost || kind == ErrorKind::TimedOut || kind == ErrorKind::Malformed;
}

// A server whose schema does not know spec.rollback drops the field and keeps the object: a
// cutover.
Result<Object> checked(const Endpoint& control, Object created, std::stop_token stop) {
    if (base::bool_at(created.body, "/spec/rollback").value_or(false)) return created;
    const auto removed = control.cluster->remove(created, {}, stop);
    const std::string message = "error: the server dropped spec.rollback of " +
                                created.ref.label() + ": this MTC would have run a cutover";
    if (removed)
        return base::fail(ErrorKind::Invalid, message + "; it was deleted at once",
                          "upgrade MTC to 1.4 or later");
    return base::fail(
        ErrorKind::Invalid, message + "; deleting it failed: " + removed.error().message,
        "delete it now: " + rollback::oc(rollback::ClusterView{.server = control.cluster->server(),
                                                               .described_as = control.described_as,
                                                               .user = control.user,
                                                               .reach = control.reach},
                                         rollback::Side::Control, "delete", created.ref));
}

// Somebody who has seen the same makes it under the same name.
bool is_the_same_rollback(const rollback::Create& step, const Object& found) {
    const auto plan_in = [](const base::Json& body) {
        return base::text_or_empty(body, "/spec/migPlanRef/name");
    };
    return base::bool_at(found.body, "/spec/rollback").value_or(false) &&
           plan_in(found.body) == plan_in(step.manifest);
}

base::Error another_of_that_name(const rollback::Create& step) {
    return {.kind = ErrorKind::AlreadyExists,
            .message =
                "error: " + step.what.label() + " exists already, and is no rollback of this plan",
            .hint = "choose another name with --name"};
}

Result<Object> send_or_find(kube::Cluster& control, const rollback::Create& step,
                            std::stop_token stop) {
    auto created = control.create(step.what, step.manifest, {}, stop);
    if (created || !outcome_is_open(created.error().kind)) return created;
    auto found = control.get(step.what, stop);
    if (found || found.error().kind != ErrorKind::NotFound) return found;
    return created;
}

}  // namespace

Result<CreatedOnce> create_once(const Endpoint& control, const rollback::Create& step,
                                std::stop_token stop) {
    Result<Object> result = send_or_find(*control.cluster, step, stop);
    bool sent_before = false;
    for (int i = 1; i < attempts && !result && outcome_is_open(result.error().kind); ++i) {
        sent_before = true;
        result = send_or_find(*control.cluster, step, stop);
    }
    const bool exists = !result && result.error().kind == ErrorKind::AlreadyExists;
    if (exists) result = control.cluster->get(step.what, stop);
    if (!result) return std::unexpected(result.error());
    if (exists && !sent_before && !is_the_same_rollback(step, *result))
        return std::unexpected(another_of_that_name(step));
    auto created = checked(control, std::move(*result), stop);
    if (!created) return std::unexpected(created.error());
    return CreatedOnce{.object = std::move(*created), .was_there = exists && !sent_before};
}

}  // namespace run
