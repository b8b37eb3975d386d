// What a process finds around it: small files read whole (kubeconfigs, certificates, tokens), and
// its variables.
#pragma once

#include <string>

#include "base/result.hpp"

namespace kube {

/// The content of a file. The error reads as Go's does: "open P: no such file or directory".
base::Result<std::string> read_file(const std::string& path);
bool exists(const std::string& path);
/// A variable's value, "" when it is not set.
std::string process_environment(const char* name);

}  // namespace kube
