// What a kubeconfig's user, and the flags that replace parts of it, say about who is asking: the
// way to log in, the client certificate, whom to act as. Used by kubeconfig_connection.cpp only.
#pragma once

#include "kube/kubeconfig_fields.hpp"

namespace kube {

/// Of what a connection is made: the user's name, its fields, and what flags say.
struct UserSource {
    const std::string& name;
    const Fields& fields;
    const KubeconfigOptions& options;
    Problems& problems;
};

/// How to log in: --token, else tokenFile, token, basic, exec (in client-go's order). A kubeconfig
/// with more than one is a problem. `cluster_info` is what an exec plugin with provideClusterInfo
/// is told.
Auth auth_of(const UserSource& user, const base::Json& cluster_info);

/// The certificate and its key, from a flag's file, the entry's data or the entry's file.
std::optional<ClientCertificate> certificate_of(const UserSource& user);

/// as, as-uid, as-groups, as-user-extra and their flags.
Impersonation impersonation_of(const UserSource& user);

}  // namespace kube
