// A Cluster over REST: URLs, pages, watches, preconditions, retries as the server asks for them,
// and errors in kubectl's words. client-go's rest package and apimachinery's api/errors are the
// sources.
#pragma once

#include <memory>

#include "kube/cluster.hpp"
#include "kube/http.hpp"

namespace kube {

/// Fails as Http::open does; no request is made.
base::Result<std::unique_ptr<Cluster>> open_cluster(Connection connection, RequestLog log = {});

}  // namespace kube
