#include "kubevirt.hpp"

#include <doctest/doctest.h>

#include <mutex>
#include <thread>

#include "support/https_server.hpp"
#include "support/types.hpp"

namespace e2e {
namespace {

using base::Json;

const base::ResourceType services{"", "v1", "services", "Service", true};
const base::ResourceType api_services{"apiregistration.k8s.io", "v1", "apiservices", "APIService",
                                      false};
constexpr const char* api_service = "v1.subresources.kubevirt.io";
constexpr const char* group = "/apis/subresources.kubevirt.io";

const Json resources = {{"kind", "APIResourceList"},
                        {"apiVersion", "v1"},
                        {"groupVersion", "subresources.kubevirt.io/v1"},
                        {"resources", Json::array({{{"name", "virtualmachines/start"},
                                                    {"namespaced", true},
                                                    {"kind", "VirtualMachine"},
                                                    {"verbs", {"update"}}}})}};

void create(kube::Cluster& cluster, const base::ResourceType& type, const std::string& ns,
            const Json& body) {
    const auto created = cluster.create({type, ns, body["metadata"]["name"]}, body, {}, {});
    CAPTURE(created ? "" : created.error().message);
    REQUIRE(created);
}

void remove(kube::Cluster& cluster, const base::ObjectRef& ref) {
    if (const auto found = cluster.get(ref, {})) (void)cluster.remove(*found, {}, {});
}

// The API server finds it by a name, since an address of the loopback may be no endpoint.
void announce(kube::Cluster& cluster, int port) {
    create(cluster, services, "default",
           {{"metadata", {{"name", "virt-api"}}},
            {"spec", {{"type", "ExternalName"}, {"externalName", "localhost"}}}});
    create(cluster, api_services, "",
           {{"metadata", {{"name", api_service}}},
            {"spec",
             {{"group", "subresources.kubevirt.io"},
              {"version", "v1"},
              {"groupPriorityMinimum", 1000},
              {"versionPriority", 15},
              {"insecureSkipTLSVerify", true},
              {"service", {{"namespace", "default"}, {"name", "virt-api"}, {"port", port}}}}}});
}

bool is_available(const base::Object& service) {
    for (const Json& condition : base::items_at(service.body, "/status/conditions")) {
        if (base::text_or_empty(condition, "/type") == "Available" &&
            base::text_or_empty(condition, "/status") == "True")
            return true;
    }
    return false;
}

void await_available(kube::Cluster& cluster) {
    const auto listed = cluster.list(api_services, {}, {});
    REQUIRE(listed);
    for (const auto& each : listed->items) {
        if (each.ref.name == api_service && is_available(each)) return;
    }
    (void)cluster.watch(api_services, {}, listed->resource_version,
                        [](const kube::WatchEvent& event) {
                            return event.object.ref.name != api_service ||
                                   !is_available(event.object);
                        },
                        {});
}

void run_machine(kube::Cluster& cluster, const base::Object& machine) {
    const Json ready = Json::array(
        {{{"op", "add"}, {"path", "/status"}, {"value", {{"created", true}, {"ready", true}}}}});
    (void)cluster.patch(machine, ready, {.subresource = "status"}, {});
}

}  // namespace

struct KubeVirt::Servers {
    explicit Servers(kube::Cluster& in) : cluster(in), api(support::https_server("virt-api")) {
        const auto answer = [](const Json& json) {
            return [text = json.dump()](const httplib::Request&, httplib::Response& response) {
                response.set_content(text, "application/json");
            };
        };
        api->Get(group, answer({{"kind", "APIGroup"},
                                {"apiVersion", "v1"},
                                {"name", "subresources.kubevirt.io"},
                                {"versions", Json::array()}}));
        api->Get(std::string(group) + "/v1", answer(resources));
        api->Put(std::string(group) + R"(/v1/namespaces/([^/]+)/virtualmachines/([^/]+)/start)",
                 [this](const httplib::Request& request, httplib::Response& response) {
                     start(request.matches[1], request.matches[2], response);
                 });
        port = api->bind_to_any_port("127.0.0.1");
        serving = std::jthread([this] { api->listen_after_bind(); });
        controller = std::jthread([this](const std::stop_token& stop) { control(stop); });
    }
    ~Servers() { api->stop(); }

    void start(const std::string& ns, const std::string& name, httplib::Response& response) {
        const auto machine = cluster.get({support::types::virtualmachines, ns, name}, {});
        if (!machine) return void(response.status = 404);
        {
            const std::scoped_lock lock(mutex);
            started.push_back(ns + "/" + name);
        }
        run_machine(cluster, *machine);
        response.status = 202;
    }

    void control(const std::stop_token& stop) {
        const auto listed = cluster.list(support::types::virtualmachines, {}, stop);
        if (!listed) return;
        (void)cluster.watch(
            support::types::virtualmachines, {}, listed->resource_version,
            [this](const kube::WatchEvent& event) {
                const auto& machine = event.object;
                const bool always = base::text_at(machine.body, "/spec/runStrategy") == "Always";
                const bool runs = base::bool_at(machine.body, "/status/ready").value_or(false);
                if (event.type != kube::WatchEventType::Deleted && always && !runs)
                    run_machine(cluster, machine);
                return true;
            },
            stop);
    }

    kube::Cluster& cluster;
    std::unique_ptr<httplib::SSLServer> api;
    int port = 0;
    mutable std::mutex mutex;
    std::vector<std::string> started;
    std::jthread serving;
    std::jthread controller;
};

KubeVirt::KubeVirt(kube::Cluster& cluster) : servers_(std::make_unique<Servers>(cluster)) {
    announce(cluster, servers_->port);
    await_available(cluster);
}

KubeVirt::~KubeVirt() {
    remove(servers_->cluster, {api_services, "", api_service});
    remove(servers_->cluster, {services, "default", "virt-api"});
}

std::vector<std::string> KubeVirt::starts() const {
    const std::scoped_lock lock(servers_->mutex);
    return servers_->started;
}

}  // namespace e2e
