// Progress where nothing can be redrawn: a line for each change (view.hpp has the grammar), or JSON
// lines.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "plugin/view.hpp"

namespace plugin {

using LineSink = std::function<void(const std::string&)>;  // with its newline

std::unique_ptr<View> make_plain_view(LineSink out);
std::unique_ptr<View> make_json_view(LineSink out);

}  // namespace plugin
