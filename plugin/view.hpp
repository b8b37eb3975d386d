// Shows what the executor says, on stderr: a live table on a terminal, a line for each change
// elsewhere, JSON lines for a program. It decides nothing.
//
// Plain lines are "TIME WORD REST", with a UTC time and one of these words:
// clang-format off
//   rollback   openshift-migration/NAME created | attached
//   state      pending | blocked: CONDITION: MESSAGE; ... | canceling | canceled | failed: ... | succeeded ...
//   phase      N/TOTAL STEP/PHASE: what it means
//   step       STEP done in 3s | failed: MESSAGE | skipped
//   progress   STEP: the controller's last line of progress
//   stalled    for 1m02s: one cause, or what helps
//   waiting    CHECK: what is not well yet
//   well       CHECK: what is well again
//   wrote      3/20 source shop/deployment/web: 0 replicas -> 3 replicas   (manual flow)
//   pods       target: 2 pods must go first                               (manual flow)
//   gone       2 objects must go yet                                      (leftovers)
//   trouble    a connection that is tried again
// JSON lines are {"time": ..., "event": EVENT, ...} with one of these events:
//   started    migration{namespace,name}, attached
//   migration  migration{namespace,name,uid,plan,state,phase,step,total,pipeline[],conditions[],errors[],...}
//   stalled    quietSeconds, why[{message}]
//   awaiting   findings[{check,cluster,severity,subject,message,remedy,mayHeal}]
//   wrote      cluster, object, change, left, error, done, total
//   pods       cluster, left
//   gone       left
//   trouble    message, hint
// clang-format on
#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>

#include "plugin/terminal.hpp"
#include "run/event.hpp"

namespace plugin {

class View {
  public:
    View() = default;
    View(const View&) = delete;
    View& operator=(const View&) = delete;
    virtual ~View() = default;
    virtual void show(const run::Event& event, base::Time now) = 0;
    /// The last state stays on the screen and the cursor stands below it.
    virtual void finish() = 0;
};

struct ViewOptions {
    ProgressFormat format = ProgressFormat::Auto;
    Style style;
    rollback::Flow flow = rollback::Flow::Console;
    std::FILE* out = stderr;
    std::optional<base::Time> stopped_since = {};  // of the application
    /// How far the clock that the migration's times are by is ahead of ours. Lines carry ours.
    std::function<std::chrono::seconds()> clock_ahead = [] { return std::chrono::seconds(0); };
};

std::unique_ptr<View> make_view(const ViewOptions& options);

}  // namespace plugin
