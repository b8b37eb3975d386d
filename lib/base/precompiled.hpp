// What nearly every file includes and is slow to parse and to instantiate, compiled once for the
// whole build where clang is the compiler (see meson.build). Never include it: files include what
// they use, and build without it.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "base/object.hpp"
#include "base/text.hpp"

template class nlohmann::basic_json<>;
