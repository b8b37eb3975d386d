#include "plugin/completion_names.hpp"

#include <future>
#include <stop_token>
#include <thread>
#include <utility>

#include "kube/kubeconfig.hpp"
#include "kube/rest_cluster.hpp"
#include "mtc/names.hpp"

namespace plugin {
namespace {

using Names = std::vector<std::string>;

// Two seconds: then requests and login programs are told to stop, and given a moment to do so.
constexpr std::chrono::milliseconds patience{1800};
constexpr std::chrono::milliseconds moment{200};

const base::ResourceType namespaces{"", "v1", "namespaces", "Namespace", false};

Names keys(const std::map<std::string, kube::KubeconfigEntry>& entries) {
    Names names;
    for (const auto& [name, entry] : entries) names.push_back(name);
    return names;
}

class Lookup {
  public:
    Lookup(const Options& options, std::stop_token stop)
        : kubeconfig_(options.kubeconfig), ns_(options.ns), stop_(std::move(stop)) {
        kubeconfig_.interactive = false;
        kubeconfig_.parallel = 1;
    }

    Names names(NameKind kind) {
        const auto config = kube::load_kubeconfig(kubeconfig_);
        if (!config) return {};
        switch (kind) {
            case NameKind::Plan:
                return in_cluster(*config, mtc::types::migplans, ns_);
            case NameKind::Namespace:
                return in_cluster(*config, namespaces, "");
            case NameKind::Context:
                return keys(config->contexts);
            case NameKind::Cluster:
                return keys(config->clusters);
            case NameKind::User:
                return keys(config->users);
        }
        return {};
    }

  private:
    Names in_cluster(const kube::Kubeconfig& config, const base::ResourceType& type,
                     const std::string& ns) {
        auto connection = kube::connection_of(config, kubeconfig_);
        if (!connection) return {};
        const auto cluster = kube::open_cluster(std::move(*connection));
        if (!cluster) return {};
        const auto list = (*cluster)->list(type, {.ns = ns, .metadata_only = true}, stop_);
        if (!list) return {};
        Names names;
        for (const base::Object& object : list->items) names.push_back(object.ref.name);
        return names;
    }

    kube::KubeconfigOptions kubeconfig_;
    std::string ns_;
    std::stop_token stop_;
};

}  // namespace

Names names_in_time(NameKind kind, const Options& options) {
    const std::stop_source stop;
    // on a thread that can be left behind: no token reaches a resolver or a file system that hangs
    std::packaged_task<Names()> task([kind, lookup = Lookup(options, stop.get_token())]() mutable {
        return lookup.names(kind);
    });
    auto names = task.get_future();
    std::thread(std::move(task)).detach();
    if (names.wait_for(patience) != std::future_status::ready) {
        stop.request_stop();
        if (names.wait_for(moment) != std::future_status::ready) return {};
    }
    try {
        return names.get();
    } catch (const std::exception&) {
        return {};
    }
}

}  // namespace plugin
