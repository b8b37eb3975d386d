// Label and field selectors as the API server understands them: parsed once, matched often. The
// words of a syntax error are a real server's; gt and lt are not known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/refusal.hpp"
#include "support/types.hpp"

namespace support {

class LabelSelector {
  public:
    static Answer<LabelSelector> parse(std::string_view text);
    bool matches(const Json& object) const;

  private:
    struct Requirement {
        std::string key;
        bool wanted = true;      // false for !=, notin and !key
        bool existence = false;  // `key` or `!key`: no values
        std::vector<std::string> values = {};
    };
    static Answer<Requirement> parse_requirement(std::string_view text);
    static bool holds(const Requirement& requirement, const Json* labels);
    std::vector<Requirement> requirements_;
};

class FieldSelector {
  public:
    static Answer<FieldSelector> parse(const ServedType& served, std::string_view text);
    bool matches(const Json& object) const;

  private:
    struct Term {
        std::string pointer;
        bool equal = true;
        std::string value;
    };
    std::vector<Term> terms_;
};

}  // namespace support
