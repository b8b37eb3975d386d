// The port kube::Cluster directly on a Store: no HTTP, no threads of its own. Tests hand it faults
// and read back the calls that were made. What a real server would answer is the Store's business,
// not this file's.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kube/cluster.hpp"
#include "support/store.hpp"

namespace support {

/// One call of the port, as a fault and a golden test see it.
struct Call {
    std::string verb;  // GET, LIST, CREATE, PATCH, DELETE, WATCH, DISCOVER, CAN-I
    ResourceType type = {};
    std::string ns = {};
    std::string name = {};  // empty for LIST, WATCH and a CREATE with generateName
    std::string subresource = {};
    std::string detail = {};  // selectors, "dry run", a question's verb
    Json body = nullptr;      // of CREATE and PATCH

    /// "PATCH shop/deployments.apps/web", "LIST shop/pods (app=x)", "CREATE
    /// mtc/migmigrations.migration.openshift.io/r"
    std::string text() const;
};

enum class Moment { Before, After };

/// Asked around every call: an error before it means that nothing happened, after it that the
/// answer was lost (ErrorKind::Lost) though the store changed.
using Fault = std::function<std::optional<base::Error>(const Call&, Moment)>;

struct FakeOptions {
    std::string server = "https://fake.example:6443";
    std::string user = "admin";  // whom the store's Access is asked about
};

class FakeCluster : public kube::Cluster {
  public:
    /// The store must outlive it; several clusters (users) may share one.
    explicit FakeCluster(Store& store, FakeOptions options = {});

    void set_fault(Fault fault);
    /// The calls so far, as text, in the order in which they began.
    std::vector<std::string> calls() const;
    /// Only those that write: CREATE, UPDATE, PATCH, DELETE.
    std::vector<std::string> writes() const;
    void forget_calls();
    /// API groups that discovery reports as broken: "metrics.k8s.io/v1beta1: the server is ...".
    void set_broken(std::vector<std::string> broken);

    const std::string& server() const override { return options_.server; }
    base::Result<base::Object> get(const ObjectRef& ref, std::stop_token stop) override;
    base::Result<kube::ObjectList> list(const ResourceType& type, const kube::ListOptions& options,
                                        std::stop_token stop) override;
    base::Result<base::Object> create(const ObjectRef& where, const Json& body,
                                      const kube::WriteOptions& options,
                                      std::stop_token stop) override;
    /// Of a request that is no object: written down, and done by whatever on_update says.
    base::Result<void> update(const ObjectRef& ref, const Json& body,
                              const kube::WriteOptions& options, std::stop_token stop) override;
    std::function<base::Result<void>(const ObjectRef& ref, const kube::WriteOptions& options)>
        on_update =
            [](const ObjectRef&, const kube::WriteOptions&) { return base::Result<void>(); };
    base::Result<base::Object> patch(const base::Object& seen, const Json& operations,
                                     const kube::WriteOptions& options,
                                     std::stop_token stop) override;
    base::Result<void> remove(const base::Object& seen, const kube::WriteOptions& options,
                              std::stop_token stop) override;
    base::Result<void> watch(const ResourceType& type, const kube::ListOptions& options,
                             const std::string& resource_version, const kube::WatchHandler& handler,
                             std::stop_token stop) override;
    base::Result<kube::Discovery> discover(std::stop_token stop) override;
    base::Result<bool> can_i(const kube::AccessQuery& query, std::stop_token stop) override;

  private:
    template <class T, class Work>
    base::Result<T> answer(const Call& call, const std::string& verb, const std::stop_token& stop,
                           const Work& work);
    std::optional<base::Error> fault_of(const Call& call, Moment moment) const;
    std::optional<base::Error> begin(const Call& call, const std::string& verb,
                                     const std::stop_token& stop);
    base::Result<void> follow(Watcher& watcher, const ResourceType& type,
                              const kube::ListOptions& options, const kube::WatchHandler& handler,
                              const std::stop_token& stop);

    Store& store_;
    FakeOptions options_;
    mutable std::mutex mutex_;
    Fault fault_;
    std::vector<Call> calls_;
    std::vector<std::string> broken_;
};

}  // namespace support
