#include "sandbox/workload_controller.hpp"

#include <array>

#include "sandbox/housekeeping.hpp"
#include "sandbox/workload_duties.hpp"

namespace sandbox {
namespace {

struct Duty {
    const ResourceType& type;
    void (*look_after)(const Work&, const Object&);
};

const std::array<Duty, 9> duties{{
    {types::deployments, follow_deployment},
    {types::deploymentconfigs, follow_deployment_config},
    {types::replicasets, follow_replicas},
    {types::replicationcontrollers, follow_replicas},
    {types::statefulsets, follow_stateful_set},
    {types::daemonsets, follow_daemon_set},
    {types::jobs, follow_job},
    {types::services, follow_service},
    {types::persistentvolumeclaims, release_claim},
}};

// Everything that a duty reads, and what owns it.
std::vector<Watched> watched_types() {
    return {{types::deployments},
            {types::deploymentconfigs},
            {types::replicasets},
            {types::replicationcontrollers},
            {types::statefulsets},
            {types::daemonsets},
            {types::jobs},
            {types::services},
            {types::endpoints},
            {types::endpointslices},
            {types::persistentvolumeclaims},
            {types::pods},
            {types::nodes}};
}

std::multimap<std::string, ObjectPtr> children_in(const View& view) {
    std::multimap<std::string, ObjectPtr> children;
    for (const auto& [ref, object] : view.objects) {
        if (std::string owner = controller_uid(*object); !owner.empty())
            children.emplace(std::move(owner), object);
    }
    return children;
}

}  // namespace

WorkloadController::WorkloadController(kube::Cluster& cluster, std::string only_kind)
    : cluster_(cluster), only_kind_(std::move(only_kind)) {}

void WorkloadController::run(std::stop_token stop) {
    Bell bell;
    const Mirror mirror(cluster_, watched_types(), bell);
    while (bell.wait(stop)) {
        if (const auto view = mirror.view()) pass(*view, stop);
    }
}

void WorkloadController::pass(const View& view, std::stop_token stop) {
    const Work work{cluster_, view, children_in(view), stop};
    for (const Duty& duty : duties) {
        if (!only_kind_.empty() && duty.type.kind != only_kind_) continue;
        for (const ObjectPtr& object : view.of(duty.type)) duty.look_after(work, *object);
    }
}

}  // namespace sandbox
