// A cluster that is not there for us: gone, or not asked for. Every call fails with the same error,
// which says why.
#pragma once

#include "kube/cluster.hpp"

namespace run {

class AbsentCluster final : public kube::Cluster {
  public:
    /// `server` stands in messages for the URL that nobody knows.
    AbsentCluster(std::string server, base::Error why)
        : server_(std::move(server)), why_(std::move(why)) {}

    const std::string& server() const override { return server_; }
    kube::Result<kube::Object> get(const kube::ObjectRef&, std::stop_token) override {
        return std::unexpected(why_);
    }
    kube::Result<kube::ObjectList> list(const kube::ResourceType&, const kube::ListOptions&,
                                        std::stop_token) override {
        return std::unexpected(why_);
    }
    kube::Result<kube::Object> create(const kube::ObjectRef&, const kube::Json&,
                                      const kube::WriteOptions&, std::stop_token) override {
        return std::unexpected(why_);
    }
    kube::Result<void> update(const kube::ObjectRef&, const kube::Json&, const kube::WriteOptions&,
                              std::stop_token) override {
        return std::unexpected(why_);
    }
    kube::Result<kube::Object> patch(const kube::Object&, const kube::Json&,
                                     const kube::WriteOptions&, std::stop_token) override {
        return std::unexpected(why_);
    }
    kube::Result<void> remove(const kube::Object&, const kube::WriteOptions&,
                              std::stop_token) override {
        return std::unexpected(why_);
    }
    kube::Result<void> watch(const kube::ResourceType&, const kube::ListOptions&,
                             const std::string&, const kube::WatchHandler&,
                             std::stop_token) override {
        return std::unexpected(why_);
    }
    kube::Result<kube::Discovery> discover(std::stop_token) override {
        return std::unexpected(why_);
    }
    kube::Result<bool> can_i(const kube::AccessQuery&, std::stop_token) override {
        return std::unexpected(why_);
    }

  private:
    std::string server_;
    base::Error why_;
};

}  // namespace run
