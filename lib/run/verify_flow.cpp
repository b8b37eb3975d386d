#include "run/verify_flow.hpp"

#include <algorithm>

#include "run/observe.hpp"

namespace run {
namespace {

using rollback::Flow;
using rollback::Outcome;
using rollback::State;

class VerifyFlow final : public FlowRun {
  public:
    VerifyFlow(const Session& session, const VerifyFlowOptions& options, std::stop_token stop)
        : FlowRun(session, options, Flow::Console, std::move(stop)), options_(options) {
        report_.task = rollback::Task::Verify;
    }

  private:
    Outcome flow() override {
        if (const End end = look()) return *end;
        begin_to_wait();
        return await_application_then(Outcome::Succeeded, std::move(state_));
    }

    End look() {
        enter("look at both clusters");
        auto state = observe(
            session_, {.parallel = execute_.parallel, .reviews = false, .proof = true}, stop_);
        if (!state) return failed(state.error());
        state_ = std::move(*state);
        describe(report_, session_, *state_);
        choose();
        report_.assessment = rollback::assess(*state_, {.record = &record_});
        options_.looked(*report_.assessment);
        return {};
    }

    void choose() {
        record_ = recall(*state_, "", options_.snapshot_folder, options_.warn);
        const mtc::Migration* rollback = rollback::rollback_to_prove(*state_);
        // what one that gave up has left, the manual flow has taken over since
        if (rollback != nullptr && rollback::was_by_hand_since(record_, rollback->uid) &&
            !mtc::went_through(rollback->state()))
            rollback = nullptr;
        execute_.before_is_known = record_.remembered && record_.rollbacks.empty();
        if (rollback != nullptr) {
            record_.rollback = rollback->name;
            report_.rollback = *rollback;
            return;
        }
        // the name of a rollback that is older than what was migrated since proves nothing
        record_.rollback.clear();
        if (record_.by_hand_after) report_.flow = execute_.flow = Flow::Manual;
    }

    const VerifyFlowOptions& options_;
};

}  // namespace

rollback::RunReport verify_flow(const Session& session, const VerifyFlowOptions& options,
                                std::stop_token stop) {
    return VerifyFlow(session, options, std::move(stop)).run();
}

}  // namespace run
