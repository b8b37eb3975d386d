// A Cluster over REST: URLs, pages, watches, preconditions, retries as the server asks for them,
// and errors in kubectl's words. client-go's rest package and apimachinery's api/errors are the
// sources.
#pragma once

#include <functional>
#include <memory>

#include "kube/cluster.hpp"
#include "kube/http.hpp"

namespace kube {

/// Called after each request, from any thread: "GET https://host/path 200 OK in 12 milliseconds".
/// For -v.
using RequestLog = std::function<void(const std::string&)>;

/// Fails as Http::open does; no request is made.
base::Result<std::unique_ptr<Cluster>> open_cluster(Connection connection, RequestLog log = {});

}  // namespace kube
