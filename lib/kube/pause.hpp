// Waiting that a stop token ends at once.
#pragma once

#include <chrono>
#include <stop_token>

namespace kube {

/// Waits; false as soon as the token asks to stop.
bool pause(std::chrono::milliseconds duration, const std::stop_token& stop);

}  // namespace kube
