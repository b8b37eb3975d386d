// A kubeconfig, read and merged with client-go's rules: the list of files, first definition wins
// whole, paths relative to the file that names them. It opens no connection. The sources are
// client-go's tools/clientcmd (loader.go, client_config.go, validation.go).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/object.hpp"
#include "base/result.hpp"
#include "kube/connection.hpp"

namespace kube {

/// What the environment and the command line say about where and who.
struct KubeconfigOptions {
    std::string kubeconfig = {};  // --kubeconfig: this file only
    std::string context = {};     // --context
    std::string cluster = {};     // --cluster
    std::string user = {};        // --user
    std::string server = {};      // -s, --server
    std::string token = {};       // --token
    std::string certificate_authority = {};
    std::string client_certificate = {};
    std::string client_key = {};
    std::string tls_server_name = {};
    bool insecure = false;                        // --insecure-skip-tls-verify
    std::string as = {};                          // --as, and what goes with it
    std::vector<std::string> as_groups = {};      // --as-group
    std::string as_uid = {};                      // --as-uid
    std::vector<std::string> as_user_extra = {};  // --as-user-extra: "key=value"
    bool disable_compression = false;
    bool interactive = true;  // an exec plugin may use the terminal
    std::chrono::milliseconds request_timeout{0};
    unsigned parallel = 8;
    /// Where a pod finds its service account: the last resort, as in client-go.
    std::string service_account = "/var/run/secrets/kubernetes.io/serviceaccount";
};

/// One named cluster, user or context, as its file has it.
struct KubeconfigEntry {
    std::string file;  // that defined it; relative paths in it start from its folder
    base::Json body;   // secrets included: never print it
};

struct Kubeconfig {
    std::string current_context;
    std::map<std::string, KubeconfigEntry> clusters;
    std::map<std::string, KubeconfigEntry> users;
    std::map<std::string, KubeconfigEntry> contexts;
    std::vector<std::string> files;  // what was read, for messages
};

/// Reads --kubeconfig, or each file of $KUBECONFIG that exists, or ~/.kube/config. A named file
/// that is missing and a file that cannot be parsed are errors that name the file, never its
/// content.
base::Result<Kubeconfig> load_kubeconfig(const KubeconfigOptions& options);

/// The connection of a context: `options.context`, else the current one; the options' other fields
/// win over the kubeconfig's; where nothing is configured, a pod's own service account
/// (client-go's merged_client_builder.go). Certificates and keys are read from their files here.
/// Unlike kubectl, a context that names a missing cluster or user is an error, --token wins over a
/// tokenFile, and --as is minded in a pod, too.
base::Result<Connection> connection_of(const Kubeconfig& config, const KubeconfigOptions& options);

}  // namespace kube
