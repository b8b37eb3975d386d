#include "run/target_stopped.hpp"

#include <algorithm>
#include <set>

#include "run/await_gone.hpp"
#include "run/observe.hpp"

namespace run {
namespace {

using base::ErrorKind;
using rollback::Side;
using rollback::State;

std::vector<std::string> namespaces_with(const std::vector<rollback::ObjectRef>& refs) {
    std::set<std::string> names;
    for (const auto& ref : refs) names.insert(ref.ns);
    return {names.begin(), names.end()};
}

std::vector<Object> writing_among(const std::vector<Object>& seen, const State& state) {
    State now{.plan = state.plan, .source = {}, .target = state.target};
    now.source.server = state.source.server;
    now.source.uid = state.source.uid;
    now.source.namespaces = state.source.namespaces;
    now.target.pods = seen;
    const auto writing = rollback::pods_that_write(now);
    std::vector<Object> out;
    std::ranges::copy_if(seen, std::back_inserter(out), [&](const Object& pod) {
        return std::ranges::binary_search(writing, pod.ref);
    });
    return out;
}

NotStopped nothing_started(const std::vector<rollback::Blocker>& in_the_way) {
    const std::size_t more = in_the_way.size() - 1;
    return {{.kind = ErrorKind::Conflict,
             .message = "error: nothing was started on the source: " + in_the_way.front().what +
                        (more == 0 ? "" : ", and " + std::to_string(more) + " more"),
             .hint = in_the_way.front().remedy}};
}

}  // namespace

std::expected<void, NotStopped> await_target_stopped(const Session& session, State& state,
                                                     const rollback::ManualOptions& manual,
                                                     const ExecuteOptions& options,
                                                     const EventSink& sink, std::stop_token stop) {
    while (true) {
        auto looked = look_again_at_target(session, state, options.parallel, stop);
        if (!looked) return std::unexpected(NotStopped{looked.error()});
        const auto in_the_way = rollback::writers_on_target(state, manual);
        if (!in_the_way.empty()) return std::unexpected(nothing_started(in_the_way));
        const auto pods = rollback::pods_that_write(state);
        if (pods.empty()) return {};
        const AwaitedPods writers{
            session.target, Side::Target, namespaces_with(pods),
            [&state](const std::vector<Object>& seen) { return writing_among(seen, state); }};
        const auto gone = await_pods_gone(writers, options.follow, sink, stop);
        if (!gone) return std::unexpected(NotStopped{gone.error(), true});
    }
}

}  // namespace run
