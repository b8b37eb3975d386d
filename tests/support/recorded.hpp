// The objects of fixtures/recorded: what the real controller wrote. It reads them and judges
// nothing. Who includes it is compiled with TESTS_DIR.
#pragma once

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/object.hpp"
#include "base/yaml.hpp"

namespace recorded {

/// All of one file ("migmigrations").
inline std::vector<base::Json> all(const std::string& file) {
    std::ifstream stream(std::string(TESTS_DIR) + "/fixtures/recorded/" + file + ".yaml");
    std::ostringstream text;
    text << stream.rdbuf();
    auto documents = base::parse_yaml_documents(text.str());
    if (!documents || documents->empty()) throw std::runtime_error("nothing recorded in " + file);
    return std::move(*documents);
}

inline std::string name_of(const base::Json& body) {
    return base::text_or_empty(body, "/metadata/name");
}

/// The one by that name.
inline base::Json one(const std::string& file, const std::string& name) {
    for (base::Json& body : all(file)) {
        if (name_of(body) == name) return std::move(body);
    }
    throw std::runtime_error(name + " is not recorded in " + file);
}

}  // namespace recorded
