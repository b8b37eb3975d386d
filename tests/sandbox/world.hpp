// A scenario that lives: two stores, optionally HTTPS servers and a kubeconfig in front of them,
// and all simulators on threads. Tests of the plugin stand on it. The control cluster is the
// target, as it is in practice. Everything stops in the destructor, at once.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "sandbox/kubelet.hpp"
#include "sandbox/mtc_controller.hpp"
#include "sandbox/scenario.hpp"
#include "sandbox/server.hpp"
#include "sandbox/workload_controller.hpp"
#include "support/fake_cluster.hpp"

namespace sandbox {

struct WorldOptions {
    bool https = false;              // servers, a kubeconfig, the contexts of restricted users
    std::filesystem::path dir = {};  // of the kubeconfig; empty: a folder that goes with the World
    std::chrono::milliseconds pace{0};
    bool quiesce_live = false;
    bool controller = true;                      // false: nobody looks at MigMigrations
    std::chrono::milliseconds patience{10'000};  // for the clusters to come to rest
};

class World {
  public:
    /// Returns when both clusters are in the scenario's state; throws std::runtime_error when the
    /// scenario is none or does not come to rest.
    explicit World(const std::string& scenario, WorldOptions options = {});
    explicit World(Scenario scenario, WorldOptions options = {});
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World();

    const Scenario& scenario() const { return scenario_; }

    /// As an administrator sees them; their calls are the test's own, not the simulators'.
    support::FakeCluster& source() { return source_.admin; }
    support::FakeCluster& target() { return target_.admin; }
    support::FakeCluster& control() { return control_; }
    support::Store& source_store() { return source_.store; }
    support::Store& target_store() { return target_.store; }
    /// As a user of the scenario sees them.
    std::unique_ptr<support::FakeCluster> source_as(const std::string& user);
    std::unique_ptr<support::FakeCluster> target_as(const std::string& user);

    // With https only.
    ApiServer& source_server() { return *source_.server; }
    ApiServer& target_server() { return *target_.server; }
    /// Contexts `target` (current), `source`, and `USER@target`, `USER@source` for each user.
    std::filesystem::path kubeconfig() const { return dir_ / "kubeconfig"; }

    MtcController& controller() { return mtc_; }
    Kubelet& source_kubelet() { return source_.kubelet; }
    Kubelet& target_kubelet() { return target_.kubelet; }

    /// Waits until both clusters are at rest; throws when they are not in time, naming an object.
    void settle(std::chrono::milliseconds patience = std::chrono::seconds(5));
    /// Waits until the objects are as `holds` wants them; false when they are not in time.
    static bool await(kube::Cluster& cluster, const ResourceType& type,
                      const std::function<bool(const kube::ObjectMap&)>& holds,
                      std::chrono::milliseconds patience = std::chrono::seconds(5));
    /// Waits until the MigMigration is Completed and returns it as it is then; throws when it is
    /// not in time.
    Object await_end(const std::string& migration,
                     std::chrono::milliseconds patience = std::chrono::seconds(5));

  private:
    struct Side {
        Side(const std::string& name, std::vector<UnreadyPods> unready,
             const std::vector<std::string>& broken);
        support::Store store;
        support::FakeCluster admin;
        support::FakeCluster system;
        Kubelet kubelet;
        WorkloadController workloads;
        std::unique_ptr<ApiServer> server;
    };

    Clusters clusters();
    void serve(Side& side, const std::string& name, const std::vector<std::string>& broken);
    void deny();
    void inject_faults();
    void write_kubeconfig() const;
    void populate(const WorldOptions& options);
    void run_pods();
    template <class Simulator>
    void start(Simulator& simulator);

    const Scenario scenario_;
    Side source_;
    Side target_;
    support::FakeCluster control_;
    MtcController mtc_;
    std::filesystem::path dir_;
    bool own_dir_ = false;

    struct Threads {
        std::stop_source stop;
        std::vector<std::jthread> all;
        ~Threads() { stop.request_stop(); }  // all at once, before the first is waited for
    } threads_;                              // last: they use the others
};

}  // namespace sandbox
