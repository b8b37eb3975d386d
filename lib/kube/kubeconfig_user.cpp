#include "kube/kubeconfig_user.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace kube {
namespace {

using base::Json;
using base::Secret;

// --- exec
// -------------------------------------------------------------------------------------------------

constexpr std::array<std::pair<std::string_view, ExecPlugin::Interactive>, 3> interactive_modes{
    {{"Never", ExecPlugin::Interactive::Never},
     {"IfAvailable", ExecPlugin::Interactive::IfAvailable},
     {"Always", ExecPlugin::Interactive::Always}}};

constexpr std::string_view exec_v1 = "client.authentication.k8s.io/v1";
constexpr std::string_view exec_v1beta1 = "client.authentication.k8s.io/v1beta1";

ExecPlugin::Interactive interactive_of(const Fields& exec, const std::string& version,
                                       const std::string& name) {
    const std::string mode = exec.text("interactiveMode");
    for (const auto& [word, meaning] : interactive_modes) {
        if (word == mode) return meaning;
    }
    if (!mode.empty()) {
        exec.problem("invalid interactiveMode for " + name + ": " + in_quotes(mode));
    } else if (version.empty() || version == exec_v1) {  // older ones have a default
        exec.problem("interactiveMode must be specified for " + name +
                     " to use exec authentication plugin");
    }
    return ExecPlugin::Interactive::IfAvailable;
}

std::string command_of(const Fields& exec, const std::string& name) {
    const std::string command = exec.text("command");
    if (command.empty()) {
        exec.problem("command must be specified for " + name +
                     " to use exec authentication plugin");
    }
    // one without a slash is looked up in PATH
    return command.contains('/') ? exec.beside_file(command) : command;
}

std::string version_of(const Fields& exec, const std::string& name) {
    std::string version = exec.text("apiVersion");
    if (version.empty()) {
        exec.problem("apiVersion must be specified for " + name +
                     " to use exec authentication plugin");
    } else if (version != exec_v1 && version != exec_v1beta1) {
        exec.problem("exec plugin: invalid apiVersion " + in_quotes(version));
    }
    return version;
}

ExecPlugin exec_of(const UserSource& user, const Json& cluster_info) {
    const Fields exec = user.fields.inside("exec");
    ExecPlugin plugin{.user = user.name,
                      .command = command_of(exec, user.name),
                      .arguments = exec.texts("args"),
                      .api_version = version_of(exec, user.name),
                      .terminal = user.options.interactive,
                      .install_hint = exec.text("installHint")};
    plugin.interactive = interactive_of(exec, plugin.api_version, user.name);
    for (const Fields& variable : exec.items("env")) {
        std::string name = variable.text("name");
        if (name.empty()) {
            exec.problem("env variable name must be specified for " + user.name +
                         " to use exec authentication plugin");
        }
        plugin.environment.emplace_back(std::move(name), Secret(variable.text("value")));
    }
    if (exec.truth("provideClusterInfo")) {
        // what is no UTF-8 must not throw
        plugin.cluster = cluster_info.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    return plugin;
}

// --- auth-provider
// ----------------------------------------------------------------------------------------

/// The plugins that client-go had before exec. It still has oidc; we do not.
void refuse_provider(const Fields& user) {
    const std::string name = user.inside("auth-provider").text("name");
    if (name == "gcp" || name == "azure") {
        user.problem(
            "The " + name +
            " auth plugin has been removed.\nPlease use an exec credential plugin such as \"" +
            (name == "gcp" ? "gke-gcloud-auth-plugin" : "kubelogin") + "\" instead");
    } else if (name == "oidc") {
        user.problem(
            "the auth-provider \"oidc\" is not supported: use an exec credential plugin, or log in "
            "with `oc login`");
    } else {
        user.problem("no Auth Provider found for name " + in_quotes(name));
    }
}

void check_methods(const UserSource& user) {
    std::vector<std::string> methods;
    if (!user.options.token.empty() || user.fields.has("token")) methods.emplace_back("token");
    if (user.fields.has("username") || user.fields.has("password"))
        methods.emplace_back("basicAuth");
    if (!methods.empty() && methods.back() == "basicAuth" && user.fields.has("tokenFile")) {
        user.problems.emplace_back("username/password or bearer token may be set, but not both");
    }
    if (methods.size() < 2) return;
    user.problems.push_back("more than one authentication method found for " + user.name +
                            "; found [" + base::join(methods, " ") + "], only one is allowed");
}

// --- certificates
// -----------------------------------------------------------------------------------------

/// How client-go calls a certificate or a key in its messages.
struct Pem {
    const char* field;
    const char* called;
    const char* overriding;  // what it says when both data and file are there
};
constexpr Pem client_certificate{"client-certificate", "client-cert",
                                 ". client-cert-data will override."};
constexpr Pem client_key{"client-key", "client-key", "; client-key-data will override"};

/// Whether it is given, be it that it can be read or not.
bool is_given(const UserSource& user, const Pem& pem, const std::string& flag) {
    return !flag.empty() || user.fields.has(pem.field) ||
           user.fields.has((std::string(pem.field) + "-data").c_str());
}

bool has_certificate(const UserSource& user) {
    return is_given(user, client_certificate, user.options.client_certificate);
}

std::string pem_of(const UserSource& user, const Pem& pem, const std::string& flag) {
    if (!flag.empty()) return content_of(flag, pem.called, user.name, user.problems);
    const std::string data = std::string(pem.field) + "-data";
    const std::string path = user.fields.path(pem.field);
    if (!user.fields.has(data.c_str())) {
        return content_of(path, pem.called, user.name, user.problems);
    }
    if (!path.empty()) {
        user.problems.push_back(std::string(pem.called) + "-data and " + pem.called +
                                " are both specified for " + user.name + pem.overriding);
    }
    return user.fields.decoded(data.c_str());
}

bool has_login(const UserSource& user) {
    if (!user.options.token.empty()) return true;
    return std::ranges::any_of(std::array{"token", "tokenFile", "username", "password", "exec"},
                               [&](const char* field) { return user.fields.has(field); });
}

}  // namespace

Auth auth_of(const UserSource& user, const Json& cluster_info) {
    const Fields& fields = user.fields;
    check_methods(user);
    if (fields.has("exec") && fields.has("auth-provider")) {
        user.problems.push_back(
            "authProvider cannot be provided in combination with an exec plugin for " + user.name);
        return NoAuth{};
    }
    if (!user.options.token.empty()) return BearerToken{Secret(user.options.token)};
    if (fields.has("auth-provider")) refuse_provider(fields);
    if (fields.has("tokenFile")) {
        return TokenFile{fields.path("tokenFile"), Secret(fields.text("token"))};
    }
    if (fields.has("token")) return BearerToken{Secret(fields.text("token"))};
    if (fields.has("username") || fields.has("password")) {
        return BasicAuth{fields.text("username"), Secret(fields.text("password"))};
    }
    // as in client-go, a plugin is not run for who has a certificate
    if (fields.has("exec") && !has_certificate(user)) return exec_of(user, cluster_info);
    return NoAuth{};
}

std::optional<ClientCertificate> certificate_of(const UserSource& user) {
    const bool has_key = is_given(user, client_key, user.options.client_key);
    if (!has_certificate(user)) {
        // without a certificate a key proves nothing; client-go ignores it
        if (has_key && !has_login(user)) {
            user.problems.push_back("client-cert-data or client-cert must be specified for " +
                                    user.name + " to use the clientCert authentication method.");
        }
        return std::nullopt;
    }
    std::string chain = pem_of(user, client_certificate, user.options.client_certificate);
    std::string key = pem_of(user, client_key, user.options.client_key);
    if (!has_key) {
        user.problems.push_back("client-key-data or client-key must be specified for " + user.name +
                                " to use the clientCert authentication method.");
    }
    return ClientCertificate{.chain_pem = std::move(chain), .key_pem = Secret(std::move(key))};
}

Impersonation impersonation_of(const UserSource& user) {
    const auto& [name, fields, options, problems] = user;
    Impersonation as{
        .user = options.as.empty() ? fields.text("as") : options.as,
        .uid = options.as_uid.empty() ? fields.text("as-uid") : options.as_uid,
        .groups = options.as_groups.empty() ? fields.texts("as-groups") : options.as_groups};
    as.extra = fields.pairs("as-user-extra");
    for (const std::string& pair : options.as_user_extra) {  // key by key they win
        std::erase_if(as.extra, [&](const auto& one) { return pair.starts_with(one.first + "="); });
    }
    for (const std::string& pair : options.as_user_extra) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0) {
            problems.push_back("--as-user-extra " + in_quotes(pair) + " is no key=value");
            continue;
        }
        as.extra.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    const bool alone =
        as.user.empty() && (!as.uid.empty() || !as.groups.empty() || !as.extra.empty());
    if (alone) {
        problems.push_back("requesting uid, groups or user-extra for " + name +
                           " without impersonating a user");
    }
    return as;
}

}  // namespace kube
