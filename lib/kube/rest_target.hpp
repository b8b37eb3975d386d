// The path and query of a request to the Kubernetes API; everything in it is percent-encoded.
#pragma once

#include <string>
#include <string_view>

#include "kube/cluster.hpp"

namespace kube {

class Target {
  public:
    /// The collection: "/apis/apps/v1/namespaces/shop/deployments". An empty `ns` means all
    /// namespaces.
    Target(const ResourceType& type, const std::string& ns);
    /// The object.
    explicit Target(const ObjectRef& ref);

    /// Both leave out what is empty.
    Target& segment(std::string_view name);
    Target& query(std::string_view name, std::string_view value);

    Target& selectors(const ListOptions& options);
    Target& write_options(const WriteOptions& options);

    const std::string& text() const { return text_; }

  private:
    std::string text_;
    bool has_query_ = false;
};

}  // namespace kube
