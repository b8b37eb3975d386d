#include "support/selectors.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace support {
namespace {

/// Commas inside parentheses do not separate.
std::vector<std::string> split_requirements(std::string_view text) {
    std::vector<std::string> parts;
    std::string part;
    int depth = 0;
    for (const char c : text) {
        if (c == '(') ++depth;
        if (c == ')') --depth;
        if (c == ',' && depth == 0) {
            parts.push_back(std::exchange(part, {}));
        } else {
            part += c;
        }
    }
    if (!base::trimmed(part).empty() || !parts.empty()) parts.push_back(part);
    return parts;
}

std::string trimmed(std::string_view text) {
    return std::string(base::trimmed(text));
}

std::unexpected<Json> unparsable(const std::string& found, const std::string& expected) {
    return std::unexpected(refusal::bad_request("unable to parse requirement: found '" + found +
                                                "', expected: " + expected));
}

std::vector<std::string> values_in(std::string_view parenthesised) {
    std::vector<std::string> values;
    for (const std::string& value : base::split(parenthesised, ','))
        values.push_back(trimmed(value));
    return values;
}

/// "key in (a,b)" cut at the operator's word; the key stays empty when the word is not there.
std::pair<std::string, std::string> cut_at_word(std::string_view text, std::string_view word) {
    const auto at = text.find(word);
    if (at == std::string_view::npos) return {};
    return {trimmed(text.substr(0, at)), trimmed(text.substr(at + word.size()))};
}

struct Comparison {
    std::string left;
    bool equal = true;
    std::string right;
};

/// "a=b", "a==b" or "a!=b"; an empty left side when it is none of these.
Comparison comparison_of(std::string_view text) {
    const auto at = text.find('=');
    if (at == std::string_view::npos || at == 0) return {};
    const bool equal = text[at - 1] != '!';
    const auto end = at + 1 < text.size() && text[at + 1] == '=' ? at + 2 : at + 1;
    return {trimmed(text.substr(0, equal ? at : at - 1)), equal, trimmed(text.substr(end))};
}

std::string pointer_of(std::string_view path) {
    std::string pointer;
    for (const std::string& segment : base::split(path, '.')) pointer += "/" + segment;
    return pointer;
}

bool selectable(const ServedType& served, const std::string& field) {
    return field == "metadata.name" || field == "metadata.namespace" ||
           std::ranges::find(served.fields, field) != served.fields.end();
}

std::string text_of(const Json* value) {
    if (value == nullptr) return {};
    return value->is_string() ? value->get<std::string>() : value->dump();
}

}  // namespace

Answer<LabelSelector::Requirement> LabelSelector::parse_requirement(std::string_view text) {
    for (const auto& [word, wanted] : {std::pair{" notin ", false}, std::pair{" in ", true}}) {
        const auto [key, list] = cut_at_word(text, word);
        if (key.empty()) continue;
        if (!list.starts_with("(") || !list.ends_with(")")) return unparsable(list, "'('");
        return Requirement{.key = key,
                           .wanted = wanted,
                           .values = values_in(std::string_view(list).substr(1, list.size() - 2))};
    }
    if (const Comparison found = comparison_of(text); !found.left.empty()) {
        if (found.right.starts_with("=")) return unparsable("=", "identifier");
        return Requirement{.key = found.left, .wanted = found.equal, .values = {found.right}};
    }
    const bool wanted = !text.starts_with("!");
    const std::string key = trimmed(wanted ? text : text.substr(1));
    if (key.empty()) return unparsable("", "!, identifier, or ')'");
    if (const auto space = key.find(' '); space != std::string::npos) {
        return unparsable(trimmed(std::string_view(key).substr(space)),
                          "in, notin, =, ==, !=, gt, lt");
    }
    return Requirement{.key = key, .wanted = wanted, .existence = true};
}

Answer<LabelSelector> LabelSelector::parse(std::string_view text) {
    LabelSelector selector;
    for (const std::string& part : split_requirements(text)) {
        auto requirement = parse_requirement(base::trimmed(part));
        if (!requirement) return std::unexpected(requirement.error());
        selector.requirements_.push_back(*std::move(requirement));
    }
    return selector;
}

bool LabelSelector::holds(const Requirement& requirement, const Json* labels) {
    const auto label = labels == nullptr ? Json::const_iterator() : labels->find(requirement.key);
    const bool present = labels != nullptr && label != labels->end() && label->is_string();
    if (requirement.existence) return present == requirement.wanted;
    const bool among =
        present && std::ranges::find(requirement.values, label->get<std::string>()) !=
                       requirement.values.end();
    return among == requirement.wanted;
}

bool LabelSelector::matches(const Json& object) const {
    const Json* labels = base::find(object, "/metadata/labels");
    if (labels != nullptr && !labels->is_object()) labels = nullptr;
    return std::ranges::all_of(requirements_,
                               [&](const Requirement& r) { return holds(r, labels); });
}

Answer<FieldSelector> FieldSelector::parse(const ServedType& served, std::string_view text) {
    FieldSelector selector;
    for (const std::string& part : base::split(text, ',')) {
        const Comparison term = comparison_of(part);
        if (term.left.empty()) {
            return std::unexpected(refusal::bad_request("invalid selector: '" + part +
                                                        "'; can't understand '" + part + "'"));
        }
        if (!selectable(served, term.left)) {
            return std::unexpected(refusal::bad_request(
                served.custom || !served.fields.empty()
                    ? "field label not supported: " + term.left
                    : "\"" + term.left +
                          "\" is not a known field selector: only \"metadata.name\", "
                          "\"metadata.namespace\""));
        }
        selector.terms_.push_back({pointer_of(term.left), term.equal, term.right});
    }
    return selector;
}

bool FieldSelector::matches(const Json& object) const {
    return std::ranges::all_of(terms_, [&](const Term& term) {
        return (text_of(base::find(object, term.pointer)) == term.value) == term.equal;
    });
}

}  // namespace support
