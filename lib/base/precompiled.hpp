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

namespace base::detail {
// Each length of a string literal in a list of JSON makes templates of its own, 14 ms for every
// file.
template <std::size_t length>
void literal(const char (&text)[length]) {
    static_cast<void>(nlohmann::detail::json_ref<Json>(text));
}
template <std::size_t... lengths>
auto literals(std::index_sequence<lengths...>) {
    return std::make_tuple(&literal<lengths + 1>...);
}
inline const auto all_literals = [] { return literals(std::make_index_sequence<48>()); };
}  // namespace base::detail
