// YAML in and out, by way of Json: kubeconfigs and scenarios in, `-o yaml` out. The one file that
// names yaml-cpp. API answers never pass here: they are JSON, and yaml-cpp reads 5 MB/s.
#pragma once

#include <string>
#include <string_view>

#include "base/object.hpp"
#include "base/result.hpp"

namespace base {

/// The first document of a YAML text as Json, typed by YAML 1.2's core schema (quoted scalars stay
/// text). An empty text is null. The error gives the line, never the content.
Result<Json> parse_yaml(std::string_view text);
/// Every document of a YAML text.
Result<std::vector<Json>> parse_yaml_documents(std::string_view text);
/// Block-style YAML that reads back as the same value; ends with a newline.
std::string to_yaml(const Json& value);

}  // namespace base
