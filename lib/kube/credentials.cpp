#include "kube/credentials.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "kube/file.hpp"

namespace kube {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Secret;

// A line break in a token would become a header of its own: cpp-httplib before 0.20 sends what it
// gets.
bool is_sendable(const std::string& token) {
    return std::ranges::all_of(token, [](char c) { return c > 0x20 && c < 0x7f; });
}

Result<Secret> bearer(const Secret& token, const std::string& from) {
    if (token.empty()) return Secret();
    if (!is_sendable(token.reveal())) {
        return fail(ErrorKind::Malformed,
                    "error: the token" + from + " holds characters that no token has");
    }
    return Secret("Bearer " + token.reveal());
}

Result<Secret> read_token(const std::string& path) {
    auto content = read_file(path);
    if (!content) return fail(ErrorKind::Malformed, "error: " + content.error().message);
    Secret token(std::string(base::trimmed(*content)));
    const Secret untrimmed(std::move(*content));  // so that it is wiped as well
    if (token.empty()) {
        return fail(ErrorKind::Malformed, "error: the token file " + path + " is empty");
    }
    return token;
}

}  // namespace

Credentials::Credentials(const Auth& auth, std::chrono::milliseconds keep_for)
    : auth_(auth), keep_for_(keep_for) {}

Result<Secret> Credentials::authorization() {
    struct Visitor {
        Credentials& self;
        Result<Secret> operator()(const NoAuth&) const { return Secret(); }
        Result<Secret> operator()(const BearerToken& auth) const { return bearer(auth.token, ""); }
        Result<Secret> operator()(const TokenFile& auth) const { return self.from_file(auth.path); }
    };
    return std::visit(Visitor{*this}, auth_);
}

Result<Secret> Credentials::from_file(const std::string& path) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (from_file_.empty() || now - read_at_ >= keep_for_) {
        auto token = read_token(path);
        // as client-go: while the file is being replaced, the token of a moment ago still serves
        if (!token && from_file_.empty()) return std::unexpected(token.error());
        if (token) from_file_ = std::move(*token);
        read_at_ = now;
    }
    return bearer(from_file_, " in " + path);
}

}  // namespace kube
