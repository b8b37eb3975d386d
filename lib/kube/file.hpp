// Reading a small file whole: kubeconfigs, certificates, tokens.
#pragma once

#include <string>

#include "base/result.hpp"

namespace kube {

/// The content of a file. The error reads as Go's does: "open P: no such file or directory".
base::Result<std::string> read_file(const std::string& path);

}  // namespace kube
