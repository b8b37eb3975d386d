#include "kube/masking.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

#include "base/text.hpp"

namespace kube {
namespace {

using base::Json;

constexpr std::string_view masked = "<masked>";

struct Rule {
    std::string_view name;
    std::string_view reason;
};

// Names are compared in lower case and without "-", "_" and ".": client-key-data, clientKeyData
constexpr Rule secret_words[] = {
    {"password", ""},
    {"passwd", "also htpasswd"},
    {"passphrase", ""},
    {"pwd", "dbPwd"},
    {"secret", "an OAuthClient's secret, a webhook trigger's secret, secretAccessKey"},
    {"token", "TokenReview's spec.token, TokenRequest's status.token, refreshToken"},
    {"privatekey", "ssh-privatekey"},
    {"clientkey", "a kubeconfig's client-key-data"},
    {"apikey", ""},
    {"accesskey", "object stores"},
    {"kubeconfig", "holds all of the above"},
    {"credential", ""},
    {"lastapplied", "kubectl's annotation: the whole object again, as text"},
};
constexpr Rule secret_names[] = {
    {"auth", "a registry's login in a docker config"},
    {"authorization", "header"},
    {"proxyauthorization", "header"},
    {"cookie", "header"},
    {"setcookie", "header"},
    {"tlskey", "tls.key"},
};
constexpr Rule harmless_names[] = {
    {"imagepullsecrets", "names of Secrets"},
};
constexpr Rule harmless_endings[] = {
    {"name", "says which Secret, not what is in it: secretName"},
    {"names", ""},
    {"namespace", "secretNamespace"},
    {"ref", "credsSecretRef"},
    {"refs", ""},
};

std::string comparable(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '-' || c == '_' || c == '.') continue;
        out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return out;
}

bool is_harmless(std::string_view name) {
    return std::ranges::any_of(harmless_names, [&](const Rule& r) { return name == r.name; }) ||
           std::ranges::any_of(harmless_endings,
                               [&](const Rule& r) { return name.ends_with(r.name); });
}

// ---- by the look of a text ----

/// Where a secret stands in a text: [begin, end).
struct Span {
    std::size_t begin;
    std::size_t end;
};

constexpr auto npos = std::string_view::npos;
constexpr std::string_view url_safe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view url_safe_or_dot =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
constexpr std::string_view base64_in_lines =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n";

std::size_t end_of_run(std::string_view text, std::size_t from, std::string_view characters) {
    return std::min(text.find_first_not_of(characters, from), text.size());
}

// What is cut off before its END line is as secret as a whole key
std::size_t end_of_pem(std::string_view text, std::size_t from) {
    const auto last_line = text.find("-----END ", from);
    if (last_line == npos) return text.size();
    const auto dashes = text.find("-----", last_line + 9);
    return dashes == npos ? text.size() : dashes + 5;
}

std::optional<Span> private_key(std::string_view text, std::size_t from) {
    constexpr std::string_view opening = "-----BEGIN ";
    for (auto begin = text.find(opening, from); begin != npos; begin = text.find(opening, from)) {
        from = begin + opening.size();
        const auto label = text.substr(from, text.find("-----", from) - from);
        if (label.contains("PRIVATE KEY")) return Span{begin, end_of_pem(text, from)};
    }
    return std::nullopt;
}

std::optional<Span> encoded_private_key(std::string_view text, std::size_t from) {
    constexpr std::string_view opening = "LS0tLS1CRUdJTi";  // "-----BEGIN "
    for (auto begin = text.find(opening, from); begin != npos; begin = text.find(opening, from)) {
        from = end_of_run(text, begin, base64_in_lines);
        std::string decoded;
        // a part that is cut off decodes up to the cut, and that is enough to tell
        base::decode_base64(text.substr(begin, from - begin), decoded);
        if (decoded.contains("PRIVATE KEY")) return Span{begin, from};
    }
    return std::nullopt;
}

// A list's continue token begins alike but has no parts
std::optional<Span> json_web_token(std::string_view text, std::size_t from) {
    constexpr std::string_view opening = "eyJ";  // {"
    for (auto begin = text.find(opening, from); begin != npos; begin = text.find(opening, from)) {
        from = end_of_run(text, begin, url_safe_or_dot);
        if (std::ranges::count(text.substr(begin, from - begin), '.') >= 2) {
            return Span{begin, from};
        }
    }
    return std::nullopt;
}

std::optional<Span> openshift_token(std::string_view text, std::size_t from) {
    constexpr std::string_view opening = "sha256~";
    const auto begin = text.find(opening, from);
    if (begin == npos) return std::nullopt;
    return Span{begin, end_of_run(text, begin + opening.size(), url_safe)};
}

std::optional<Span> user_in_url(std::string_view text, std::size_t from) {
    constexpr std::string_view opening = "://";
    for (auto at = text.find(opening, from); at != npos; at = text.find(opening, from)) {
        from = at + opening.size();
        const auto authority =
            text.substr(from, text.find_first_of("/?#\"'<> \t\r\n", from) - from);
        const auto host = authority.rfind('@');
        if (host != npos) return Span{from, from + host};
    }
    return std::nullopt;
}

using Finder = std::optional<Span> (*)(std::string_view text, std::size_t from);
constexpr Finder looks_secret[] = {private_key, encoded_private_key, json_web_token,
                                   openshift_token, user_in_url};

std::string without(Finder find, std::string_view text) {
    std::string out;
    std::size_t from = 0;
    while (const auto span = find(text, from)) {
        out.append(text.substr(from, span->begin - from)).append(masked);
        from = span->end;
    }
    return out.append(text.substr(from));
}

// ---- by the place in a JSON document ----

constexpr std::string_view any_kind = "*";
constexpr std::string_view unknown_kind = {};
constexpr std::string_view no_object = "-";  // a part of an object has no kind

struct Field {
    std::string_view kind;
    std::string_view name;
    std::string_view reason;
};
constexpr Field withheld_fields[] = {
    {"Secret", "data", ""},
    {any_kind, "stringData", "only a Secret, or a template of one, has it"},
    {"ConfigMap", "data", "configuration files often hold passwords"},
    {"ConfigMap", "binaryData", ""},
    {unknown_kind, "data", "a merge patch does not say what it patches"},
    {unknown_kind, "binaryData", ""},
};
constexpr Rule withheld_segments[] = {
    {"data", "of a Secret or a ConfigMap: a patch does not say of which"},
    {"stringdata", ""},
    {"binarydata", ""},
    {"env", "values of environment variables"},
};

// Far beyond what a manifest needs; the document is the server's, the stack is ours
constexpr int deepest_shown = 500;

/// What is known of a value from where it stands.
struct Place {
    std::string key = {};     // an array's elements stand under the array's key
    std::string kind = {};    // of an object that does not say it itself
    bool is_element = false;  // of an array
    int depth = 0;
};

bool is_withheld(std::string_view kind, std::string_view key) {
    return std::ranges::any_of(withheld_fields, [&](const Field& field) {
        return field.name == key && (field.kind == any_kind || field.kind == kind);
    });
}

/// The keys of a map stay: they tell which entry was meant.
Json masked_values(const Json& value) {
    if (value.is_null()) return value;
    if (!value.is_object()) return masked;
    Json out = Json::object();
    for (const auto& [key, entry] : value.items()) out[masked_text(key)] = masked;
    return out;
}

bool is_env(std::string_view key) {
    return comparable(key) == "env";
}

/// {"name": "ADMIN_PASSWORD", "value": ...}: a template's parameter, a probe's header.
bool is_secret_pair(const Json& object) {
    return is_secret_name(base::text_or_empty(object, "/name")) ||
           is_secret_name(base::text_or_empty(object, "/key"));
}

bool is_masked_field(const Json& object, const Place& place, std::string_view key,
                     const Json& value) {
    if (key == "value" && !value.is_structured() && is_secret_pair(object)) return true;
    if (!is_env(place.key)) return false;
    return place.is_element ? key == "value" : value.is_string();  // a list, or a map
}

bool is_patch_operation(const Json& object) {
    return base::text_at(object, "/op") && base::text_at(object, "/path");
}

std::vector<std::string> segments_of(std::string_view pointer) {
    std::vector<std::string> segments = base::split(pointer, '/');
    for (std::string& segment : segments) {
        for (auto at = segment.find("~1"); at != npos; at = segment.find("~1", at + 1)) {
            segment.replace(at, 2, "/");
        }
    }
    return segments;
}

bool is_index(std::string_view segment) {
    return segment == "-" || (!segment.empty() && segment.find_first_not_of("0123456789") == npos);
}

bool is_withheld_path(const std::vector<std::string>& segments) {
    return std::ranges::any_of(segments, [](const std::string& segment) {
        const std::string name = comparable(segment);
        return std::ranges::any_of(withheld_segments,
                                   [&](const Rule& rule) { return rule.name == name; });
    });
}

Json shown(const Json& value, const Place& place);

Json shown_patch_value(const Json& operation, const Json& value, int depth) {
    std::vector<std::string> segments = segments_of(base::text_or_empty(operation, "/path"));
    if (is_withheld_path(segments)) return masked_values(value);
    while (!segments.empty() && is_index(segments.back())) segments.pop_back();
    if (segments.empty()) return shown(value, {.depth = depth + 1});
    return shown(value,
                 {.key = segments.back(), .kind = std::string(no_object), .depth = depth + 1});
}

std::string kind_below(std::string_view kind, std::string_view key) {
    const bool holds_objects = key == "items" || (kind == unknown_kind && key == "object");
    if (!holds_objects) return std::string(no_object);
    if (!kind.ends_with("List")) return std::string(unknown_kind);
    return std::string(kind.substr(0, kind.size() - 4));  // the items of a list do not say it
}

Json shown_object(const Json& object, const Place& place) {
    const std::string kind = base::text_at(object, "/kind").value_or(place.kind);
    const bool is_operation = is_patch_operation(object);
    Json out = Json::object();
    for (const auto& [key, value] : object.items()) {
        Json& field = out[masked_text(key)];
        if (is_withheld(kind, key)) {
            field = masked_values(value);
        } else if (is_operation && key == "value") {
            field = shown_patch_value(object, value, place.depth);
        } else if (is_masked_field(object, place, key, value)) {
            field = masked;
        } else {
            field =
                shown(value, {.key = key, .kind = kind_below(kind, key), .depth = place.depth + 1});
        }
    }
    return out;
}

Json shown_array(const Json& array, Place place) {
    place.is_element = true;
    ++place.depth;
    Json out = Json::array();
    for (const Json& element : array) out.push_back(shown(element, place));
    return out;
}

Json shown_text(const std::string& text, const Place& place) {
    const bool is_variable = place.is_element && is_env(place.key);  // an image's "NAME=value"
    if (is_variable || is_secret_name(place.key)) return masked;
    return masked_text(text);
}

Json shown(const Json& value, const Place& place) {
    if (place.depth > deepest_shown) return "<nested too deeply, not shown>";
    if (value.is_object()) return shown_object(value, place);
    if (value.is_array()) return shown_array(value, place);
    if (value.is_string()) return shown_text(value.get_ref<const std::string&>(), place);
    return value;
}

// ---- headers and URLs ----

// client-go's knownAuthTypes: anything else before the first space may be the secret itself
constexpr std::array<std::string_view, 3> schemes{"bearer", "basic", "negotiate"};

std::string masked_parameter(const std::string& parameter) {
    const auto equals = parameter.find('=');
    if (equals == npos || !is_secret_name(parameter.substr(0, equals))) {
        return masked_text(parameter);
    }
    return parameter.substr(0, equals + 1).append(masked);
}

}  // namespace

bool is_secret_name(std::string_view name) {
    const std::string text = comparable(name);
    if (is_harmless(text)) return false;
    return std::ranges::any_of(secret_names, [&](const Rule& r) { return text == r.name; }) ||
           std::ranges::any_of(secret_words, [&](const Rule& r) { return text.contains(r.name); });
}

std::string masked_text(std::string_view text) {
    std::string out(text);
    for (const Finder find : looks_secret) out = without(find, out);
    return out;
}

std::string masked_header(std::string_view name, std::string_view value) {
    if (!is_secret_name(name)) return masked_text(value);
    const std::string_view scheme = value.substr(0, value.find(' '));
    if (std::ranges::find(schemes, comparable(scheme)) == schemes.end()) return std::string(masked);
    return std::string(scheme).append(" ").append(masked);
}

std::string masked_url(std::string_view url) {
    const auto question = url.find('?');
    std::string out = masked_text(url.substr(0, question));
    if (question == npos) return out;
    std::vector<std::string> parameters = base::split(url.substr(question + 1), '&');
    std::ranges::transform(parameters, parameters.begin(), masked_parameter);
    return out + "?" + base::join(parameters, "&");
}

base::Json masked_json(const base::Json& json) {
    return shown(json, {});
}

}  // namespace kube
