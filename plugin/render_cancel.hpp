// What is shown of canceling a migration: before, and how it ended.
#pragma once

#include <string>
#include <vector>

#include "plugin/render.hpp"

namespace plugin {

/// Before `cancel` asks: which migration, and what canceling it means. For stderr.
std::string render_cancellation(const mtc::Migration& migration, const RenderContext& context);

/// What --cancel-running takes out of the way before the rollback; nothing where nothing is. For
/// stderr.
std::string render_canceled_first(const std::vector<mtc::Migration>& migrations,
                                  const RenderContext& context);

/// How `cancel` ended, what that leaves and what to do about it. For stdout.
std::string render_canceled(const rollback::RunReport& report, const RenderContext& context);

}  // namespace plugin
