// The two real control planes that scripts/e2e has started, with what a real cluster would have
// besides: somebody who runs pods, and mig-controller's double. Each test gets a plan and
// namespaces of its own on them.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "kube/cluster.hpp"
#include "kube/connection.hpp"
#include "sandbox/scenario.hpp"
#include "support/folder.hpp"
#include "support/process.hpp"
#include "support/types.hpp"

namespace e2e {

/// As the administrator; `context` is "source" or "target".
kube::Connection connection(const std::string& context);
/// A kubeconfig with one context of that name, for `user` ({"token": ...}) on that server.
base::Json kubeconfig_of(const kube::Connection& connection, const base::Json& user,
                         const std::string& name = "target");

/// One scenario on the real clusters, under names that no other test uses.
class Stage {
  public:
    /// Seeds it with the application running, and has the controller's own code stop it. Returns
    /// when the source is as the failed migration left it.
    explicit Stage(const std::string& scenario,
                   std::chrono::milliseconds pace = std::chrono::milliseconds(0));
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
    ~Stage();

    kube::Cluster& source() { return *source_; }
    kube::Cluster& target() { return *target_; }
    const std::string& plan() const { return scenario_.plan.name; }
    /// A namespace of the scenario as it is called here.
    std::string ns(const std::string& name) const { return name + suffix_; }

    /// The real binary, as a person with the clusters' kubeconfig and a home of their own runs it.
    support::Ended run(std::vector<std::string> words) const;
    std::unique_ptr<support::Process> start(std::vector<std::string> words) const;
    /// What a person types into a shell that has `oc`: the clusters' own kubectl.
    support::Ended shell(const std::string& script) const;
    const std::filesystem::path& home() const { return home_.path; }
    /// Contexts target and source of somebody who may get, list and watch everything.
    std::filesystem::path reader_kubeconfig();
    /// Contexts target and source of somebody who may do everything in `ns` and, on the target, in
    /// the MTC objects' namespace, and nothing across namespaces.
    /// With `groups` nothing in `ns` but what these API groups serve.
    std::filesystem::path namespaced_kubeconfig(const std::string& ns,
                                                const std::vector<std::string>& groups = {"*"});

    /// Waits until an object of the type on the target is as it must be, and returns it. Without
    /// `ns` in all namespaces.
    base::Object await_on_target(const base::ResourceType& type, const std::string& ns,
                                 const std::function<bool(const base::Object&)>& holds);
    /// Waits until an object of the type has finalizers on the target, and removes them.
    void remove_finalizers(const base::ResourceType& type, const std::string& ns);

    std::size_t rollbacks();
    std::int64_t replicas(const base::ResourceType& type, const std::string& ns,
                          const std::string& name);
    bool exists(kube::Cluster& cluster, const base::ResourceType& type, const std::string& ns,
                const std::string& name);

  private:
    void seed();
    support::ProcessOptions environment() const;
    std::vector<std::string> command(std::vector<std::string> words) const;

    std::string suffix_;
    sandbox::Scenario scenario_;
    std::unique_ptr<kube::Cluster> source_;
    std::unique_ptr<kube::Cluster> target_;
    support::Folder home_;
    std::vector<std::jthread> simulators_;
};

}  // namespace e2e
