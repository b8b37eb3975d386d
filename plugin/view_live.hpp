// The live table: what is known so far (LiveModel), and how it looks at one moment (live_frame).
// Both are plain values, so that tests compare frames; only the view itself moves a cursor.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugin/view.hpp"

namespace plugin {

struct LiveModel {
    std::string rollback;  // its name
    std::optional<mtc::Migration> migration = {};
    std::optional<run::Stalled> stall = {};
    base::Time stalled_at = {};
    std::optional<std::vector<rollback::Finding>> unwell = {};  // set once the rollback has ended
    std::optional<base::Error> trouble = {};
    std::optional<base::Time> began = {};
    std::optional<base::Time> stopped_since = {};  // the application
    std::optional<base::Time> serves_since = {};
    rollback::Flow flow = rollback::Flow::Console;
    std::optional<run::Wrote> wrote = {};  // the last write of the manual flow
    std::vector<rollback::Written> unwritten = {};
    std::optional<run::AwaitingPods> pods = {};
    bool over = false;  // nothing more will come

    void apply(const run::Event& event, base::Time now);
};

/// The lines of a frame, none wider than the style's width, and no more than `rows` of them (0: no
/// limit).
std::vector<std::string> live_frame(const LiveModel& model, const Style& style, base::Time now,
                                    int rows = 0);

std::unique_ptr<View> make_live_view(const ViewOptions& options);

}  // namespace plugin
