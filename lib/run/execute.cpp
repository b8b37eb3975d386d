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
    return kind == ErrorKind::Lost || kind == ErrorKind::TimedOut;
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

Result<Object> send_or_find(kube::Cluster& control, const rollback::Create& step,
                            std::stop_token stop) {
    auto created = control.create(step.what, step.manifest, {}, stop);
    // the name is random and written down before the first attempt, so an object of that name is
    // ours
    if (!created && created.error().kind == ErrorKind::AlreadyExists)
        return control.get(step.what, stop);
    if (created || !outcome_is_open(created.error().kind)) return created;
    auto found = control.get(step.what, stop);
    if (found || found.error().kind != ErrorKind::NotFound) return found;
    return created;
}

}  // namespace

Result<Object> create_once(const Endpoint& control, const rollback::Create& step,
                           std::stop_token stop) {
    Result<Object> result = send_or_find(*control.cluster, step, stop);
    for (int i = 1; i < attempts && !result && outcome_is_open(result.error().kind); ++i) {
        result = send_or_find(*control.cluster, step, stop);
    }
    if (!result) return result;
    return checked(control, std::move(*result), stop);
}

}  // namespace run
