// The names that completion offers, from the kubeconfig and the control cluster. Nobody who presses
// the Tab key waits long or is asked anything: what cannot be had in two seconds is not offered,
// and nothing is said about it.
#pragma once

#include "plugin/completion.hpp"

namespace plugin {

/// A NameLookup. When it gives up, what hangs is left behind on a thread of its own: end the
/// process soon, and without running destructors (_exit).
std::vector<std::string> names_in_time(NameKind kind, const Options& options);

}  // namespace plugin
