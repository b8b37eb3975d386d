#include <sys/stat.h>

#include "base/text.hpp"
#include "kube/file.hpp"
#include "kube/kubeconfig_user.hpp"
#include "kube/proxy.hpp"
#include "kube/url.hpp"

namespace kube {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;
using base::Result;
using base::Secret;
using Entries = std::map<std::string, KubeconfigEntry>;

std::unexpected<Error> invalid_configuration(std::string message, std::string hint = {}) {
    return base::fail(ErrorKind::Malformed, "error: " + std::move(message), std::move(hint));
}

// --- from a context to a connection
// ----------------------------------------------------------------------

/// The names a connection is made of; empty ones are not set.
struct Chosen {
    std::string context;
    std::string cluster;
    std::string user;
};

std::unexpected<Error> nothing_configured(const Kubeconfig& config) {
    std::string hint = "log in with `oc login`";
    if (!config.contexts.empty()) hint += ", or choose a context with --context";
    return invalid_configuration(
        "Missing or incomplete configuration info.  Please point to an existing, complete config "
        "file:\n\n\n"
        "  1. Via the command-line flag --kubeconfig\n"
        "  2. Via the KUBECONFIG environment variable\n"
        "  3. In your home directory as ~/.kube/config\n\n"
        "To view or setup config directly use the 'config' command.",
        hint);
}

std::string names_in(const Entries& entries) {
    std::vector<std::string> names;
    for (const auto& [name, entry] : entries) names.push_back(name);
    return names.empty() ? "the kubeconfig has none" : "there are: " + base::join(names);
}

std::unexpected<Error> no_such_context(const Kubeconfig& config, const KubeconfigOptions& options,
                                       const std::string& name) {
    const std::string hint = names_in(config.contexts);
    if (!options.context.empty()) {
        return invalid_configuration("context " + in_quotes(name) + " does not exist", hint);
    }
    return base::fail(
        ErrorKind::Malformed,
        "Error in configuration: context was not found for specified context: " + name, hint);
}

/// `flag` or else what the context names; either must exist. `word` is client-go's for the entry.
Result<std::string> existing(const Entries& entries, const std::string& flag,
                             const std::string& named, const char* word,
                             const std::string& context) {
    const std::string& name = flag.empty() ? named : flag;
    if (name.empty() || entries.contains(name)) return name;
    if (!flag.empty()) {
        const std::string called = word == std::string_view("user") ? "auth info" : word;
        return invalid_configuration(called + " " + in_quotes(name) + " does not exist",
                                     names_in(entries));
    }
    return invalid_configuration(std::string(word) + " " + in_quotes(name) +
                                     " was not found for context " + in_quotes(context),
                                 names_in(entries));
}

Result<Chosen> choose(const Kubeconfig& config, const KubeconfigOptions& options) {
    Chosen chosen{.context = options.context.empty() ? config.current_context : options.context,
                  .cluster = {},
                  .user = {}};
    const auto found = config.contexts.find(chosen.context);
    const bool exists = found != config.contexts.end();
    if (!chosen.context.empty() && !exists) return no_such_context(config, options, chosen.context);
    Problems problems;
    const Fields context("context " + in_quotes(chosen.context), exists ? &found->second : nullptr,
                         problems);
    const std::string named_cluster = context.text("cluster");
    const std::string named_user = context.text("user");
    if (!problems.empty()) return invalid_configuration(problems.front());
    auto user = existing(config.users, options.user, named_user, "user", chosen.context);
    if (!user) return std::unexpected(std::move(user.error()));
    auto cluster =
        existing(config.clusters, options.cluster, named_cluster, "cluster", chosen.context);
    if (!cluster) return std::unexpected(std::move(cluster.error()));
    chosen.cluster = std::move(*cluster);
    chosen.user = std::move(*user);
    return chosen;
}

const KubeconfigEntry* entry_of(const Entries& entries, const std::string& name) {
    const auto found = entries.find(name);
    return found == entries.end() ? nullptr : &found->second;
}

/// Builds a Connection from one chosen cluster and user, collecting every problem as client-go
/// does.
class Builder {
  public:
    Builder(const Kubeconfig& config, const KubeconfigOptions& options, Chosen chosen)
        : options_(options),
          chosen_(std::move(chosen)),
          cluster_("cluster " + in_quotes(chosen_.cluster),
                   entry_of(config.clusters, chosen_.cluster), problems_),
          user_("user " + in_quotes(chosen_.user), entry_of(config.users, chosen_.user),
                user_problems_),
          context_("context " + in_quotes(chosen_.context),
                   entry_of(config.contexts, chosen_.context), problems_) {}

    Result<Connection> build() {
        Connection connection{
            .server = server(),
            .described_as = chosen_.context.empty() ? "" : "context " + chosen_.context,
            .user = chosen_.user,
            .ns = context_.text("namespace"),
            .request_timeout = options_.request_timeout,
            .parallel = options_.parallel};
        const UserSource user{chosen_.user, user_, options_, user_problems_};
        set_trust(connection.tls);
        set_proxy(connection);
        connection.compression =
            !options_.disable_compression && !cluster_.truth("disable-compression");
        connection.tls.certificate = certificate_of(user);
        connection.auth = auth_of(user, cluster_info(connection));
        connection.impersonation = impersonation_of(user);
        if (const std::string& as = connection.impersonation.user; !as.empty())
            connection.user += (connection.user.empty() ? "as " : " as ") + as;
        check_server(connection);
        return without_problems(std::move(connection));
    }

  private:
    std::string server() const {
        if (!options_.server.empty()) return options_.server;
        const std::string configured = cluster_.text("server");
        return configured.empty() ? process_environment("KUBERNETES_MASTER") : configured;
    }

    void check_server(Connection& connection) {
        if (connection.server.empty()) {
            problems_.push_back(chosen_.cluster.empty()
                                    ? "default cluster has no server defined"
                                    : "no server found for cluster " + in_quotes(chosen_.cluster));
            return;
        }
        const Tls& tls = connection.tls;
        const bool secure = tls.insecure || !tls.ca_pem.empty() || tls.certificate.has_value();
        const auto url = parse_server(connection.server, secure);
        if (url) {
            connection.server = url->text();
        } else {
            problems_.push_back(url.error().message.substr(std::string_view("error: ").size()));
        }
    }

    void set_trust(Tls& tls) {
        // flags that speak of trust replace all that the kubeconfig says of it
        const bool by_flag = options_.insecure || !options_.certificate_authority.empty();
        tls.insecure = by_flag ? options_.insecure : cluster_.truth("insecure-skip-tls-verify");
        const std::string path =
            by_flag ? options_.certificate_authority : cluster_.path("certificate-authority");
        const bool has_data = !by_flag && cluster_.has("certificate-authority-data");
        if (has_data && !path.empty()) {
            problems_.push_back(
                "certificate-authority-data and certificate-authority are both specified for " +
                chosen_.cluster + ". certificate-authority-data will override.");
        }
        tls.ca_pem = has_data
                         ? cluster_.decoded("certificate-authority-data")
                         : content_of(path, "certificate-authority", chosen_.cluster, problems_);
        if (tls.insecure && !tls.ca_pem.empty()) {
            problems_.emplace_back(
                "specifying a root certificates file with the insecure flag is not allowed");
        }
        const bool other_server = !options_.server.empty() || !options_.tls_server_name.empty();
        tls.server_name =
            other_server ? options_.tls_server_name : cluster_.text("tls-server-name");
    }

    void set_proxy(Connection& connection) {
        connection.proxy_url = Secret(cluster_.text("proxy-url"));
        const auto proxy = parse_proxy(connection.proxy_url);
        if (proxy) return;
        problems_.push_back("invalid 'proxy-url' " +
                            in_quotes(shown_url(connection.proxy_url.reveal())) + " for cluster " +
                            in_quotes(chosen_.cluster) + ": " + proxy.error().message);
    }

    /// What an exec plugin with provideClusterInfo is told (clientauthentication/v1 Cluster).
    Json cluster_info(const Connection& connection) const {
        Json info = {{"server", connection.server}, {"config", nullptr}};
        const Tls& tls = connection.tls;
        if (!tls.server_name.empty()) info["tls-server-name"] = tls.server_name;
        if (tls.insecure) info["insecure-skip-tls-verify"] = true;
        if (!tls.ca_pem.empty()) {
            info["certificate-authority-data"] = base::encode_base64(tls.ca_pem);
        }
        if (!connection.proxy_url.empty()) info["proxy-url"] = connection.proxy_url.reveal();
        if (!connection.compression) info["disable-compression"] = true;
        add_extension(info);
        return info;
    }

    void add_extension(Json& info) const {
        for (const Fields& extension : cluster_.items("extensions")) {
            if (extension.text("name") != "client.authentication.k8s.io/exec") continue;
            if (const Json* config = extension.value("extension")) info["config"] = *config;
        }
    }

    Result<Connection> without_problems(Connection connection) const {
        Problems all = user_problems_;
        all.insert(all.end(), problems_.begin(), problems_.end());
        if (all.empty()) return connection;
        if (all.size() == 1) return invalid_configuration(all.front());
        return base::fail(ErrorKind::Malformed,
                          "Error in configuration: \n* " + base::join(all, "\n* "));
    }

    const KubeconfigOptions& options_;
    Chosen chosen_;
    Problems user_problems_;  // told first, as client-go does
    Problems problems_;
    Fields cluster_;
    Fields user_;
    Fields context_;
};

// --- in a pod
// ---------------------------------------------------------------------------------------------

bool is_file(const std::string& path) {
    struct stat found{};
    return ::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode);
}

bool in_pod(const KubeconfigOptions& options) {
    return !process_environment("KUBERNETES_SERVICE_HOST").empty() &&
           !process_environment("KUBERNETES_SERVICE_PORT").empty() &&
           is_file(options.service_account + "/token");
}

/// The pod's own service account, with what flags say of token, CA and identity (client-go's
/// rest.InClusterConfig, and inClusterClientConfig in client_config.go).
Result<Connection> connection_of_pod(KubeconfigOptions options) {
    const std::string host = process_environment("KUBERNETES_SERVICE_HOST");
    options.server = "https://" + (host.contains(':') ? "[" + host + "]" : host) + ":" +
                     process_environment("KUBERNETES_SERVICE_PORT");
    const std::string ca = options.service_account + "/ca.crt";
    const bool own_ca = options.certificate_authority.empty() && !options.insecure && is_file(ca);
    if (own_ca) options.certificate_authority = ca;
    auto connection = Builder({}, options, {}).build();
    if (!connection) return connection;
    if (options.token.empty()) connection->auth = TokenFile{options.service_account + "/token"};
    connection->described_as = "the pod's service account";
    return connection;
}

}  // namespace

Result<Connection> connection_of(const Kubeconfig& config, const KubeconfigOptions& options) {
    auto chosen = choose(config, options);
    if (!chosen) return std::unexpected(std::move(chosen.error()));
    const bool configured = !chosen->cluster.empty() || !options.server.empty();
    if (!configured && in_pod(options)) return connection_of_pod(options);
    if (!configured && process_environment("KUBERNETES_MASTER").empty()) {
        return nothing_configured(config);
    }
    return Builder(config, options, std::move(*chosen)).build();
}

}  // namespace kube
