#include "kube/credentials.hpp"

#include <utility>

#include "base/text.hpp"
#include "kube/exec_plugin.hpp"
#include "kube/file.hpp"

namespace kube {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Secret;

Result<Login> bearer(const Secret& token, const std::string& from) {
    if (token.empty()) return Login{};
    if (!is_sendable(token)) {
        return fail(ErrorKind::Malformed,
                    "error: the token" + from + " holds characters that no token has");
    }
    return Login{.authorization = Secret("Bearer " + token.reveal())};
}

Login basic(const BasicAuth& auth) {
    const Secret both(auth.username + ":" + auth.password.reveal());
    return {.authorization = Secret("Basic " + base::encode_base64(both.reveal()))};
}

Result<Login> from_file(const std::string& path) {
    auto content = read_file(path);
    if (!content) return fail(ErrorKind::Malformed, "error: " + content.error().message);
    const Secret token(std::string(base::trimmed(*content)));
    const Secret untrimmed(std::move(*content));  // so that it is wiped as well
    if (token.empty()) {
        return fail(ErrorKind::Malformed, "error: the token file " + path + " is empty");
    }
    return bearer(token, " in " + path);
}

}  // namespace

Credentials::Credentials(const Auth& auth, std::chrono::milliseconds keep_for)
    : auth_(auth), keep_for_(keep_for) {}

Result<std::shared_ptr<const Login>> Credentials::login(const std::stop_token& stop) {
    const std::lock_guard lock(mutex_);
    if (current_ && !is_due()) return current_;
    auto made = make(stop);
    read_at_ = std::chrono::steady_clock::now();
    // as client-go: while the file is being replaced, the token of a moment ago still serves
    const bool keeps = current_ && std::holds_alternative<TokenFile>(auth_);
    if (!made && !keeps) return std::unexpected(std::move(made.error()));
    if (made) current_ = std::make_shared<const Login>(std::move(*made));
    refused_ = false;
    return current_;
}

bool Credentials::renew(const std::shared_ptr<const Login>& refused) {
    const bool can_change =
        std::holds_alternative<TokenFile>(auth_) || std::holds_alternative<ExecPlugin>(auth_);
    const std::lock_guard lock(mutex_);
    // another request may have seen to it meanwhile
    if (can_change && refused == current_) refused_ = true;
    return can_change;
}

bool Credentials::is_due() const {
    if (refused_) return true;
    if (expires_ && std::chrono::system_clock::now() >= *expires_) return true;
    return std::holds_alternative<TokenFile>(auth_) &&
           std::chrono::steady_clock::now() - read_at_ >= keep_for_;
}

Result<Login> Credentials::make(const std::stop_token& stop) {
    struct Visitor {
        Credentials& self;
        const std::stop_token& stop;
        Result<Login> operator()(const NoAuth&) const { return Login{}; }
        Result<Login> operator()(const BearerToken& auth) const { return bearer(auth.token, ""); }
        Result<Login> operator()(const TokenFile& auth) const {
            auto login = from_file(auth.path);
            return login || auth.otherwise.empty() ? std::move(login) : bearer(auth.otherwise, "");
        }
        Result<Login> operator()(const BasicAuth& auth) const { return basic(auth); }
        Result<Login> operator()(const ExecPlugin& plugin) const {
            auto credential = run_exec_plugin(plugin, stop);
            if (!credential) return std::unexpected(std::move(credential.error()));
            self.expires_ = credential->expires;
            auto login = bearer(credential->token, " of " + plugin.command);
            if (login) login->certificate = std::move(credential->certificate);
            return login;
        }
    };
    return std::visit(Visitor{*this, stop}, auth_);
}

}  // namespace kube
