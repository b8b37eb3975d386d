// A login by exec plugin whose token ends during a rollback, on a real API server: tokens that are
// bound to a Secret (TokenRequest), which end when the Secret goes.
#include <doctest/doctest.h>

#include <fstream>

#include "base/clock.hpp"
#include "base/yaml.hpp"
#include "clusters.hpp"
#include "kube/pause.hpp"
#include "kube/rest_cluster.hpp"
#include "mtc/names.hpp"
#include "support/exec_login.hpp"

namespace login_test {

using e2e::Stage;
namespace types = support::types;

namespace {

std::string kubeconfig_for(const support::ExecLogin& login) {
    const std::filesystem::path file = login.folder() / "kubeconfig";
    std::ofstream(file) << base::to_yaml(
        e2e::kubeconfig_of(e2e::connection("target"), login.user()));
    return "--kubeconfig=" + file.string();
}

/// A token of the administrator's service account that ends with the Secret it is bound to.
struct BoundToken {
    base::Object secret;
    std::string token;
};

BoundToken bound_token(Stage& stage, const std::string& name) {
    const base::ObjectRef secret{mtc::types::secrets, mtc::openshift_migration, name};
    const auto made = stage.target().create(secret, {{"metadata", {{"name", name}}}}, {}, {});
    REQUIRE(made);
    const base::ObjectRef account{types::serviceaccounts, mtc::openshift_migration,
                                  "migration-controller"};
    const base::Json bound = {
        {"kind", "Secret"}, {"apiVersion", "v1"}, {"name", name}, {"uid", made->uid}};
    const auto answer = stage.target().create(account,
                                              {{"apiVersion", "authentication.k8s.io/v1"},
                                               {"kind", "TokenRequest"},
                                               {"spec", {{"boundObjectRef", bound}}}},
                                              {.subresource = "token"}, {});
    REQUIRE(answer);
    return {.secret = *made, .token = base::text_or_empty(answer->body, "/status/token")};
}

/// The API server remembers for some seconds that a token was good; there is nothing to watch.
bool await_refusal(const std::string& token) {
    kube::Connection connection = e2e::connection("target");
    connection.tls.certificate.reset();
    connection.auth = kube::BearerToken{base::Secret(token)};
    const auto cluster = kube::open_cluster(std::move(connection));
    REQUIRE(cluster);
    for (int i = 0; i < 120; ++i) {
        const auto answer = (*cluster)->get({types::namespaces, "", mtc::openshift_migration}, {});
        if (!answer && answer.error().kind == base::ErrorKind::Unauthorized) return true;
        kube::pause(std::chrono::milliseconds(250), {});
    }
    return false;
}

}  // namespace

TEST_CASE("a token that is revoked while the rollback runs is replaced, and the rollback goes on") {
    Stage stage("rollback-hangs-on-finalizer");
    const support::ExecLogin login;
    const BoundToken first = bound_token(stage, "login-first");
    login.give({{"token", first.token}});
    const auto process =
        stage.start({stage.plan(), "--yes", "--stall-after=2s", kubeconfig_for(login)});
    REQUIRE(process->await_err("held by finalizer", std::chrono::seconds(60)));
    const std::size_t before = login.runs();
    login.give({{"token", bound_token(stage, "login-second").token}});
    REQUIRE(stage.target().remove(first.secret, {}, {}));
    REQUIRE(await_refusal(first.token));
    stage.remove_finalizers(types::configmaps, "shop");
    const auto ended = process->wait();
    CAPTURE(ended.err);
    CHECK(ended.code == 0);
    CHECK(login.runs() > before);
    CHECK(stage.rollbacks() == 1);
}

TEST_CASE("a token that says when it expires is replaced in time") {
    Stage stage("small");
    const support::ExecLogin login;
    const BoundToken token = bound_token(stage, "login-expiring");
    login.give({{"token", token.token}, {"expirationTimestamp", base::rfc3339(base::now())}});
    const auto ended = stage.run({stage.plan(), "--yes", kubeconfig_for(login)});
    CAPTURE(ended.err);
    CHECK(ended.code == 0);
    CHECK(login.runs() > 10);
}

}  // namespace login_test
