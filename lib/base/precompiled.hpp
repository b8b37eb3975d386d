// What nearly every file includes and is slow to parse, compiled once for each library and test
// program where the build wants that (b_pch). Never include it: files include what they use, and
// build without it.
#ifndef BASE_PRECOMPILED_HPP  // g++ warns of #pragma once in what it precompiles
#define BASE_PRECOMPILED_HPP

#include <chrono>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/object.hpp"

#endif
