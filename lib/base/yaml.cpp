#include "base/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <sstream>

#include "base/text.hpp"

namespace base {
namespace {

constexpr int deepest =
    100;  // far beyond any manifest; keeps a hostile file from overflowing the stack

// YAML 1.1's words for a truth: kubectl reads them so, and what is written must not be misread.
constexpr std::array<std::string_view, 11> yes{"true", "True", "TRUE", "y",  "Y", "yes",
                                               "Yes",  "YES",  "on",   "On", "ON"};
constexpr std::array<std::string_view, 11> no{"false", "False", "FALSE", "n",   "N",  "no",
                                              "No",    "NO",    "off",   "Off", "OFF"};

constexpr int most_nodes = 250'000;  // a kubeconfig of thousands of clusters has fewer

template <class Number>
bool read_number(std::string_view text, Number& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

bool looks_numeric(std::string_view text) {
    return !text.empty() && text.find_first_not_of("+-.eE0123456789") == std::string_view::npos &&
           text.find_first_of("0123456789") != std::string_view::npos;
}

Json plain_scalar(const std::string& text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
        return nullptr;
    if (std::ranges::count(yes, text) > 0) return true;
    if (std::ranges::count(no, text) > 0) return false;
    std::int64_t integer = 0;
    if (read_number(text, integer)) return integer;
    double real = 0;
    if (looks_numeric(text) && read_number(text, real) && std::isfinite(real)) return real;
    return text;
}

bool is_text(const std::string& tag) {
    return tag == "!" || tag == "tag:yaml.org,2002:str";
}

// A merge key ("<<: *defaults", or a list of such): it gives what the map does not say itself, the
// first one before the others.
void merge(Json& map, const Json& defaults) {
    if (defaults.is_object()) {
        for (const auto& [key, value] : defaults.items()) map.emplace(key, value);
    } else if (defaults.is_array()) {
        for (const Json& one : defaults) merge(map, one);
    }
}

// Aliases make a small file stand for a large document: `left` is what may still come of it.
Json from_node(const YAML::Node& node, int depth, int& left) {
    if (depth > deepest) throw YAML::RepresentationException(node.Mark(), "nested too deeply");
    if (--left < 0) throw YAML::RepresentationException(node.Mark(), "too large a document");
    switch (node.Type()) {
        case YAML::NodeType::Undefined:
        case YAML::NodeType::Null:
            return nullptr;
        case YAML::NodeType::Scalar:
            // yaml-cpp tags a quoted scalar "!" and a plain one "?"
            return is_text(node.Tag()) ? Json(node.Scalar()) : plain_scalar(node.Scalar());
        case YAML::NodeType::Sequence: {
            Json list = Json::array();
            for (const auto& item : node) list.push_back(from_node(item, depth + 1, left));
            return list;
        }
        case YAML::NodeType::Map: {
            Json map = Json::object();
            for (const auto& entry : node) {
                Json value = from_node(entry.second, depth + 1, left);
                if (entry.first.Tag() == "?" && entry.first.Scalar() == "<<") {
                    merge(map, value);
                } else {
                    map[entry.first.Scalar()] = std::move(value);
                }
            }
            return map;
        }
    }
    return nullptr;
}

Json from_document(const YAML::Node& node) {
    int left = most_nodes;
    return from_node(node, 0, left);
}

std::unexpected<Error> at_line(const YAML::Exception& error) {
    return fail(ErrorKind::Malformed,
                "yaml: line " + std::to_string(error.mark.line + 1) + ": " + error.msg);
}

// Also by readers of YAML 1.1, to which 0x1f, 1_000, 12:30:00, .inf and 2025-05-01T11:20:00Z are
// numbers and times.
bool may_be_number_or_time(std::string_view text) {
    constexpr std::string_view begins = "0123456789+-.";
    constexpr std::string_view consists = "0123456789+-.:_ abcdefinoxABCDEFINTtZz";
    return !text.empty() && begins.contains(text.front()) &&
           text.find_first_not_of(consists) == std::string_view::npos;
}

bool is_plain_safe(const std::string& text) {
    return plain_scalar(text).is_string() && !may_be_number_or_time(text) && text != "=" &&
           text != "<<";
}

// To a reader of YAML 1.1 some characters that nobody sees are a new line, or no text at all.
void emit_text(YAML::Emitter& out, const std::string& text) {
    if (text.contains('\r') || escaped_deceptive(text) != text) {
        out << YAML::EscapeNonAscii << YAML::DoubleQuoted;
    } else if (!is_plain_safe(text)) {
        out << YAML::DoubleQuoted;
    }
    out << text;
}

void emit(YAML::Emitter& out, const Json& value) {
    switch (value.type()) {
        case Json::value_t::object:
            if (value.empty()) out << YAML::Flow;
            out << YAML::BeginMap;
            for (const auto& [key, item] : value.items()) {
                out << YAML::Key;
                emit_text(out, key);
                out << YAML::Value;
                emit(out, item);
            }
            out << YAML::EndMap;
            return;
        case Json::value_t::array:
            if (value.empty()) out << YAML::Flow;
            out << YAML::BeginSeq;
            for (const Json& item : value) emit(out, item);
            out << YAML::EndSeq;
            return;
        case Json::value_t::string:
            return emit_text(out, value.get_ref<const std::string&>());
        case Json::value_t::null:
            out << YAML::Null;
            return;
        case Json::value_t::boolean:
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned:
        case Json::value_t::number_float:
        case Json::value_t::binary:
        case Json::value_t::discarded:
            out << value.dump();
    }
}

// yaml-cpp reads a document that begins with a comma, or with a stray bracket, as an empty one
// again and again, without moving on.
class Progress final : public YAML::EventHandler {
  public:
    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > most_documents) throw YAML::ParserException(mark, "too many documents");
        if (mark.pos <= last_) throw YAML::ParserException(mark, "bad file");
        last_ = mark.pos;
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}

  private:
    static constexpr int most_documents = 100'000;
    int documents_ = 0;
    int last_ = -1;
};

void must_come_to_an_end(const std::string& text) {
    std::istringstream in(text);
    YAML::Parser parser(in);
    Progress progress;
    while (parser.HandleNextDocument(progress)) {
    }
}

}  // namespace

Result<std::vector<Json>> parse_yaml_documents(std::string_view text) {
    try {
        must_come_to_an_end(std::string(text));
        std::vector<Json> documents;
        for (const YAML::Node& node : YAML::LoadAll(std::string(text))) {
            documents.push_back(from_document(node));
        }
        return documents;
    } catch (const YAML::Exception& error) {
        return at_line(error);
    }
}

Result<Json> parse_yaml(std::string_view text) {
    try {
        return from_document(YAML::Load(std::string(text)));
    } catch (const YAML::Exception& error) {
        return at_line(error);
    }
}

std::string to_yaml(const Json& value) {
    YAML::Emitter out;
    out.SetIndent(2);
    emit(out, value);
    return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace base
