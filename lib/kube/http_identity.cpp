#include "kube/http_identity.hpp"

#include <algorithm>
#include <string_view>

#include "kube/url.hpp"

namespace kube {
namespace {

bool is_header_key_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$&'*+-.^_`|~").contains(c);
}

// headerKeyEscape: what cannot stand in a header's name is percent-encoded, '%' itself included.
std::string escaped_key(std::string_view key) {
    std::string out;
    for (const char c : key) {
        if (is_header_key_character(c)) {
            out += c;
        } else {
            out += percent_encoded(c);
        }
    }
    return out;
}

bool is_sendable_value(const std::string& value) {
    return std::ranges::none_of(value, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

}  // namespace

base::Result<Headers> identity_headers(const Impersonation& as) {
    Headers headers;
    if (!as.user.empty()) headers.emplace_back("Impersonate-User", as.user);
    if (!as.uid.empty()) headers.emplace_back("Impersonate-Uid", as.uid);
    for (const std::string& group : as.groups) headers.emplace_back("Impersonate-Group", group);
    for (const auto& [key, value] : as.extra) {
        headers.emplace_back("Impersonate-Extra-" + escaped_key(key), value);
    }
    for (const auto& [name, value] : headers) {
        if (is_sendable_value(value)) continue;
        return base::fail(base::ErrorKind::Malformed,
                          "error: the value for " + name + " holds control characters");
    }
    return headers;
}

}  // namespace kube
