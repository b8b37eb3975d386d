#include <array>
#include <filesystem>
#include <span>

#include "base/text.hpp"
#include "kube/file.hpp"
#include "kube/kubeconfig.hpp"
#include "kube/url.hpp"

namespace kube {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;
using base::Result;
using base::Secret;
using Entries = std::map<std::string, KubeconfigEntry>;

std::unexpected<Error> invalid(std::string message, std::string hint = {}) {
    return base::fail(ErrorKind::Malformed, "error: " + std::move(message), std::move(hint));
}

std::string in_quotes(const std::string& name) {
    return '"' + name + '"';
}

// --- one entry
// -----------------------------------------------------------------------------------------

/// Reads the fields of one cluster, user or context, and collects what is wrong with them.
class Fields {
  public:
    Fields(std::string what, const KubeconfigEntry* entry, std::vector<std::string>& problems)
        : what_(std::move(what)), entry_(entry), problems_(problems) {}

    bool has(const char* name) const { return value(name) != nullptr; }

    std::string text(const char* name) const {
        const Json* found = value(name);
        if (found == nullptr) return {};
        if (found->is_string()) return found->get<std::string>();
        // YAML makes a number of a token that consists of digits
        problems_.push_back(what_ + ": " + name + " must be text: put it in quotes");
        return {};
    }

    bool truth(const char* name) const {
        const Json* found = value(name);
        if (found == nullptr) return false;
        if (found->is_boolean()) return found->get<bool>();
        problems_.push_back(what_ + ": " + name + " must be true or false");
        return false;
    }

    /// A path, as seen from the folder of the file that names it.
    std::string path(const char* name) const {
        const std::string relative = text(name);
        if (relative.empty()) return {};
        return (std::filesystem::path(entry_->file).parent_path() / relative).string();
    }

    std::string decoded(const char* name) const {
        std::string bytes;
        if (!base::decode_base64(text(name), bytes)) {
            problems_.push_back(what_ + ": " + name + " is not valid base64");
        }
        return bytes;
    }

  private:
    const Json* value(const char* name) const {
        if (entry_ == nullptr) return nullptr;
        const auto found = entry_->body.find(name);
        const bool is_set = found != entry_->body.end() && !found->is_null() && *found != Json("");
        return is_set ? &*found : nullptr;
    }

    std::string what_;
    const KubeconfigEntry* entry_;
    std::vector<std::string>& problems_;
};

/// What a kubeconfig may ask for that this program cannot do yet. To ignore it would be to act as
/// somebody else, or past a proxy. Support for one means: an alternative of Auth (or a field of
/// Connection), a branch in credentials.cpp, and its row here goes.
struct Unsupported {
    const char* field;
    const char* called;
};
constexpr std::array<Unsupported, 4> unsupported_logins{{
    {"exec", "an exec credential plugin"},
    {"auth-provider", "an auth-provider"},
    {"username", "basic authentication"},
    {"password", "basic authentication"},
}};
constexpr std::array<Unsupported, 4> unsupported_of_user{{
    {"as", "impersonation (as)"},
    {"as-uid", "impersonation (as-uid)"},
    {"as-groups", "impersonation (as-groups)"},
    {"as-user-extra", "impersonation (as-user-extra)"},
}};
constexpr std::array<Unsupported, 1> unsupported_of_cluster{{
    {"proxy-url", "proxy-url"},
}};

void refuse(std::span<const Unsupported> rows, const Fields& fields, const std::string& what,
            std::vector<std::string>& problems) {
    for (const Unsupported& row : rows) {
        if (!fields.has(row.field)) continue;
        problems.push_back(what + ": " + row.called + " is not supported yet");
        return;
    }
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
    return invalid(
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
        return invalid("context " + in_quotes(name) + " does not exist", hint);
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
        return invalid(called + " " + in_quotes(name) + " does not exist", names_in(entries));
    }
    return invalid(std::string(word) + " " + in_quotes(name) + " was not found for context " +
                       in_quotes(context),
                   names_in(entries));
}

Result<Chosen> choose(const Kubeconfig& config, const KubeconfigOptions& options) {
    Chosen chosen{.context = options.context.empty() ? config.current_context : options.context,
                  .cluster = {},
                  .user = {}};
    const auto found = config.contexts.find(chosen.context);
    const bool exists = found != config.contexts.end();
    if (!chosen.context.empty() && !exists) return no_such_context(config, options, chosen.context);
    const Json context = exists ? found->second.body : Json::object();
    auto cluster = existing(config.clusters, options.cluster,
                            base::text_or_empty(context, "/cluster"), "cluster", chosen.context);
    if (!cluster) return std::unexpected(std::move(cluster.error()));
    auto user = existing(config.users, options.user, base::text_or_empty(context, "/user"), "user",
                         chosen.context);
    if (!user) return std::unexpected(std::move(user.error()));
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
          user_("user " + in_quotes(chosen_.user), entry_of(config.users, chosen_.user), problems_),
          context_("context " + in_quotes(chosen_.context),
                   entry_of(config.contexts, chosen_.context), problems_) {}

    Result<Connection> build() {
        Connection connection{
            .server = options_.server.empty() ? cluster_.text("server") : options_.server,
            .described_as = chosen_.context.empty() ? "" : "context " + chosen_.context,
            .user = chosen_.user,
            .ns = context_.text("namespace"),
            .request_timeout = options_.request_timeout,
            .parallel = options_.parallel};
        refuse(unsupported_of_cluster, cluster_, "cluster " + in_quotes(chosen_.cluster),
               problems_);
        refuse(unsupported_of_user, user_, "user " + in_quotes(chosen_.user), problems_);
        set_trust(connection.tls);
        set_certificate(connection.tls);
        connection.auth = auth();
        set_server(connection);
        if (!problems_.empty()) return all_problems();
        return connection;
    }

  private:
    void set_server(Connection& connection) {
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
        if (tls.insecure && (has_data || !path.empty())) {
            problems_.emplace_back(
                "specifying a root certificates file with the insecure flag is not allowed");
            return;
        }
        tls.ca_pem = has_data ? cluster_.decoded("certificate-authority-data")
                              : content_of(path, "certificate-authority", chosen_.cluster);
        const bool other_server = !options_.server.empty() || !options_.tls_server_name.empty();
        tls.server_name =
            other_server ? options_.tls_server_name : cluster_.text("tls-server-name");
    }

    void set_certificate(Tls& tls) {
        const std::string chain =
            pem("client-certificate", "client-cert", options_.client_certificate,
                ". client-cert-data will override.");
        std::string key =
            pem("client-key", "client-key", options_.client_key, "; client-key-data will override");
        if (chain.empty() && key.empty()) return;
        if (key.empty()) {
            problems_.push_back("client-key-data or client-key must be specified for " +
                                chosen_.user + " to use the clientCert authentication method.");
        }
        if (chain.empty()) {
            problems_.push_back("client-cert-data or client-cert must be specified for " +
                                chosen_.user + " to use the clientCert authentication method.");
        }
        tls.certificate.emplace(
            ClientCertificate{.chain_pem = chain, .key_pem = Secret(std::move(key))});
    }

    /// A PEM text from a flag's file, the entry's data or the entry's file.
    std::string pem(const std::string& field, const std::string& called, const std::string& flag,
                    const std::string& overriding) {
        if (!flag.empty()) return content_of(flag, called, chosen_.user);
        const std::string path = user_.path(field.c_str());
        if (!user_.has((field + "-data").c_str())) return content_of(path, called, chosen_.user);
        if (!path.empty()) {
            problems_.push_back(called + "-data and " + called + " are both specified for " +
                                chosen_.user + overriding);
        }
        return user_.decoded((field + "-data").c_str());
    }

    Auth auth() {
        if (!options_.token.empty()) return BearerToken{Secret(options_.token)};
        refuse(unsupported_logins, user_, "user " + in_quotes(chosen_.user), problems_);
        if (user_.has("tokenFile")) return TokenFile{user_.path("tokenFile")};
        if (user_.has("token")) return BearerToken{Secret(user_.text("token"))};
        return NoAuth{};
    }

    std::string content_of(const std::string& path, const std::string& called,
                           const std::string& owner) {
        if (path.empty()) return {};
        auto content = read_file(path);
        if (content && !content->empty()) return std::move(*content);
        // an empty CA would otherwise pass for none, which means the system's
        const std::string why = content ? path + " is empty" : content.error().message;
        problems_.push_back("unable to read " + called + " " + path + " for " + owner + " due to " +
                            why);
        return {};
    }

    std::unexpected<Error> all_problems() const {
        if (problems_.size() == 1) return invalid(problems_.front());
        return base::fail(ErrorKind::Malformed,
                          "Error in configuration: \n* " + base::join(problems_, "\n* "));
    }

    const KubeconfigOptions& options_;
    Chosen chosen_;
    std::vector<std::string> problems_;
    Fields cluster_;
    Fields user_;
    Fields context_;
};

}  // namespace

Result<Connection> connection_of(const Kubeconfig& config, const KubeconfigOptions& options) {
    auto chosen = choose(config, options);
    if (!chosen) return std::unexpected(std::move(chosen.error()));
    if (chosen->cluster.empty() && options.server.empty()) return nothing_configured(config);
    return Builder(config, options, std::move(*chosen)).build();
}

}  // namespace kube
