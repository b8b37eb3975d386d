#include "contract/worlds.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "base/yaml.hpp"
#include "kube/kubeconfig.hpp"
#include "kube/rest_cluster.hpp"
#include "sandbox/server.hpp"
#include "support/fake_cluster.hpp"

namespace contract {
namespace {

using support::Json;
namespace types = support::types;

template <class T>
T must(base::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return *std::move(result);
}

/// The kinds of MTC, as the end-to-end tests install them.
void install_crds(support::Store& store) {
    std::ifstream file(OC_MTC_ROLLBACK_CRDS);
    std::stringstream text;
    text << file.rdbuf();
    for (Json& document : must(base::parse_yaml_documents(text.str()))) {
        store.put(std::move(document));
    }
}

void create_namespace(support::Store& store, const std::string& name) {
    static_cast<void>(store.create({types::namespaces, "", ""}, {{"metadata", {{"name", name}}}}));
}

class FakeWorld : public World {
  public:
    FakeWorld() {
        install_crds(store_);
        create_namespace(store_, ns_);
        store_.access().deny({.user = "restricted", .resource = "secrets"});
    }
    std::string name() const override { return "on the fake cluster"; }
    kube::Cluster& cluster() override { return admin_; }
    kube::Cluster& restricted() override { return restricted_; }
    const std::string& ns() const override { return ns_; }

  private:
    std::string ns_ = "promises";
    support::Store store_;
    support::FakeCluster admin_{store_};
    support::FakeCluster restricted_{store_, {.user = "restricted"}};
};

class SandboxWorld : public World {
  public:
    SandboxWorld() : server_(store_) {
        install_crds(store_);
        create_namespace(store_, ns_);
        store_.access().deny({.user = "restricted", .resource = "secrets"});
        server_.set_token("restricted-token", "restricted");
        admin_ = must(kube::open_cluster(server_.connection()));
        restricted_ = must(kube::open_cluster(server_.connection("restricted-token")));
    }
    std::string name() const override { return "over REST on the sandbox server"; }
    kube::Cluster& cluster() override { return *admin_; }
    kube::Cluster& restricted() override { return *restricted_; }
    const std::string& ns() const override { return ns_; }

  private:
    std::string ns_ = "promises";
    support::Store store_;
    sandbox::ApiServer server_;
    std::unique_ptr<kube::Cluster> admin_;
    std::unique_ptr<kube::Cluster> restricted_;
};

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

class RealWorld : public World {
  public:
    explicit RealWorld(const std::string& kubeconfig) {
        options_.kubeconfig = kubeconfig;
        options_.context = environment("OC_MTC_ROLLBACK_E2E_CONTEXT");
        admin_ = must(kube::open_cluster(connection()));
        const Json body{{"metadata", {{"generateName", "promises-"}}}};
        namespace_ = must(admin_->create({types::namespaces, "", ""}, body, {}, {}));
        restricted_ = must(kube::open_cluster(restricted_connection()));
    }
    ~RealWorld() override { static_cast<void>(admin_->remove(namespace_, {}, {})); }
    std::string name() const override { return "over REST on a real API server"; }
    kube::Cluster& cluster() override { return *admin_; }
    kube::Cluster& restricted() override { return *restricted_; }
    const std::string& ns() const override { return namespace_.ref.name; }

  private:
    kube::Connection connection() const {
        return must(kube::connection_of(must(kube::load_kubeconfig(options_)), options_));
    }
    /// A service account without any role.
    kube::Connection restricted_connection() {
        const kube::ObjectRef account{types::serviceaccounts, ns(), "restricted"};
        must(admin_->create(account, {{"metadata", {{"name", account.name}}}}, {}, {}));
        const Json request{{"apiVersion", "authentication.k8s.io/v1"},
                           {"kind", "TokenRequest"},
                           {"spec", {{"expirationSeconds", 3600}}}};
        const auto answer = must(admin_->create(account, request, {.subresource = "token"}, {}));
        kube::Connection connection = this->connection();
        connection.tls.certificate.reset();  // a server believes a certificate before a token
        connection.auth =
            kube::BearerToken{base::Secret(base::text_or_empty(answer.body, "/status/token"))};
        return connection;
    }

    kube::KubeconfigOptions options_;
    std::unique_ptr<kube::Cluster> admin_;
    base::Object namespace_;
    std::unique_ptr<kube::Cluster> restricted_;
};

std::vector<std::unique_ptr<World>> make_worlds() {
    std::vector<std::unique_ptr<World>> worlds;
    worlds.push_back(std::make_unique<FakeWorld>());
    worlds.push_back(std::make_unique<SandboxWorld>());
    const std::string kubeconfig = environment("OC_MTC_ROLLBACK_E2E_KUBECONFIG");
    if (!kubeconfig.empty()) worlds.push_back(std::make_unique<RealWorld>(kubeconfig));
    return worlds;
}

}  // namespace

void in_every_world(const std::function<void(World&)>& promise) {
    static const auto worlds = make_worlds();
    for (const auto& world : worlds) {
        SUBCASE(world->name().c_str()) {
            promise(*world);
        }
    }
}

}  // namespace contract
