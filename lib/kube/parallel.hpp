// Independent calls side by side, on a few threads; results keep their order.
#pragma once

#include <cstddef>
#include <functional>

namespace kube {

/// Runs work(0) ... work(n-1), at most `width` at a time, and returns when all are done. An
/// exception of one is thrown again after the others have ended.
void in_parallel(std::size_t n, std::size_t width, const std::function<void(std::size_t)>& work);

}  // namespace kube
