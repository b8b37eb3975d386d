// A file that is replaced in one step, so that nobody ever finds half of it: the snapshot, the
// evidence of a run. Only its owner may read it.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.hpp"

namespace run {

/// Written beside it, synced, renamed. Where that fails the file is as it was, and nothing is left
/// beside it.
base::Result<void> replace_file(const std::filesystem::path& path, std::string_view text);

/// What replace_file would fail with, as far as it is known without writing: tries with an empty
/// file beside it, which goes at once. What is there already must be a regular file.
base::Result<void> check_replaceable(const std::filesystem::path& path);

}  // namespace run
