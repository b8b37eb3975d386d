// Logged in by an exec plugin, as `oc login` sets it up where OpenShift uses an identity provider
// of its own; and what of all secrets is never shown.
#include <fstream>

#include "base/text.hpp"
#include "base/yaml.hpp"
#include "program.hpp"
#include "support/exec_login.hpp"

namespace login_test {

using namespace plugin_test;

namespace {

/// The world's kubeconfig with another login: `user` takes the place of the token.
std::filesystem::path kubeconfig_with(const sandbox::World& world,
                                      const std::filesystem::path& folder, const base::Json& user,
                                      const base::Json& cluster = {}) {
    std::ifstream file(world.kubeconfig());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto config = base::parse_yaml(text);
    REQUIRE(config);
    (*config)["users"][0]["user"] = user;
    if (cluster.is_object()) (*config)["clusters"][0]["cluster"].update(cluster);
    std::filesystem::path path = folder / "kubeconfig";
    std::ofstream(path) << base::to_yaml(*config);
    return path;
}

}  // namespace

TEST_CASE("a login that expires all the time is renewed all the time, and the rollback goes on") {
    sandbox::World world("small", https());
    const support::ExecLogin login;
    login.give({{"token", "admin-token"}, {"expirationTimestamp", "2020-01-01T00:00:00Z"}});
    const Person person(kubeconfig_with(world, login.folder(), login.user()));
    const auto ended = person.runs({"shop-plan", "--yes"});
    CAPTURE(ended.err);
    CHECK(ended.code == 0);
    CHECK(login.runs() > 10);
    CHECK(rollbacks(world.target_store()) == 1);
}

TEST_CASE("a login that is revoked at any request is had anew, and the rollback goes on") {
    for (const std::size_t at : {2U, 5U, 9U, 14U, 20U, 27U}) {
        CAPTURE(at);
        sandbox::World world("small", https());
        const support::ExecLogin login;
        login.give({{"token", "admin-token"}});
        const Person person(kubeconfig_with(world, login.folder(), login.user()));
        world.target_server().on_request(
            [&](std::size_t n, const std::string&, const std::string&, sandbox::Phase phase) {
                if (n != at || phase != sandbox::Phase::After) return;
                login.give({{"token", "new-token"}});
                world.target_server().set_token("new-token", "admin");
                world.target_server().set_token("admin-token", "");
            });
        const auto ended = person.runs({"shop-plan", "--yes"});
        CAPTURE(ended.err);
        CHECK(ended.code == 0);
        CHECK(login.runs() == 2);
        CHECK(rollbacks(world.target_store()) == 1);
        world.target_server().on_request({});
    }
}

TEST_CASE("a login that is refused for good is an error that says what to do") {
    sandbox::World world("small", https());
    const support::ExecLogin login;
    login.give({{"token", "expired-token"}});
    const Person person(kubeconfig_with(world, login.folder(), login.user()));
    const auto ended = person.runs({"shop-plan", "--yes"});
    CHECK(ended.code == 1);
    CHECK(has(ended.err, "error: You must be logged in to the server (Unauthorized)"));
    CHECK(has(ended.err, "oc login"));
    CHECK_FALSE(has(ended.err, "expired-token"));
}

TEST_CASE("no secret is shown at -v 10, wherever it stands") {
    sandbox::World world("small", https());
    const auto web = world.source_store().peek({support::types::deployments, "shop", "web"});
    REQUIRE(web);
    const base::Json applied = {
        {"op", "add"},
        {"path", "/metadata/annotations/" +
                     base::pointer_segment("kubectl.kubernetes.io/last-applied-configuration")},
        {"value", R"({"env":[{"name":"PASSWORD","value":"MARKER-applied"}]})"}};
    REQUIRE(world.source().patch(*web, base::Json::array({applied}), {}, {}));
    const support::ExecLogin login;
    login.give({{"token", "MARKER-token"}});
    world.target_server().set_token("MARKER-token", "admin");
    base::Json user = login.user();
    user["exec"]["args"] = base::Json::array({"--password=MARKER-argument"});
    user["exec"]["env"] =
        base::Json::array({{{"name", "CLIENT_SECRET"}, {"value", "MARKER-environment"}}});
    user["exec"]["provideClusterInfo"] = true;
    const base::Json cluster = {{"proxy-url", "http://me:MARKER-proxy@127.0.0.1:1"}};
    const std::vector<std::string> words{"shop-plan", "--yes", "-v", "10", "-o", "json"};
    SUBCASE("a rollback") {
        const Person person(kubeconfig_with(world, login.folder(), user));
        const auto ended = person.runs(words);
        CHECK(ended.code == 0);
        CHECK(has(ended.err, "Authorization: Bearer <masked>"));
        CHECK(has(ended.err, "\"saToken\":\"<masked>\""));
        CHECK_FALSE(has(ended.err + ended.out, "MARKER"));
        // the tokens in the MigClusters' Secrets
        CHECK_FALSE(has(ended.err + ended.out, "admin-token"));
        CHECK_FALSE(has(ended.err + ended.out, base::encode_base64("admin-token")));
    }
    SUBCASE("a proxy that cannot be reached") {
        const Person person(kubeconfig_with(world, login.folder(), user, cluster));
        const auto ended = person.runs(words);
        CHECK(ended.code == 1);
        CHECK_FALSE(has(ended.err + ended.out, "MARKER"));
    }
    SUBCASE("a plugin that fails") {
        login.give({{"nonsense", "MARKER-nonsense"}});
        const Person person(kubeconfig_with(world, login.folder(), user));
        const auto ended = person.runs(words);
        CHECK(ended.code == 1);
        CHECK_FALSE(has(ended.err + ended.out, "MARKER"));
    }
    SUBCASE("a name and a password that are refused") {
        const Person person(kubeconfig_with(world, login.folder(),
                                            {{"username", "me"}, {"password", "MARKER-password"}}));
        const auto ended = person.runs(words);
        CHECK(ended.code == 1);
        CHECK_FALSE(has(ended.err + ended.out, "MARKER"));
        CHECK_FALSE(has(ended.err + ended.out, base::encode_base64("me:MARKER-password")));
    }
    SUBCASE("a kubeconfig that cannot be used") {
        const Person person(
            kubeconfig_with(world, login.folder(),
                            {{"token", "MARKER-token"},
                             {"username", "me"},
                             {"password", "MARKER-password"},
                             {"client-key-data", base::encode_base64("MARKER-key")}},
                            {{"proxy-url", "ftp://me:MARKER-proxy@h"}}));
        const auto ended = person.runs(words);
        CHECK(ended.code == 1);
        CHECK_FALSE(has(ended.err + ended.out, "MARKER"));
    }
    SUBCASE("a key that does not fit") {
        const Person person(
            kubeconfig_with(world, login.folder(),
                            {{"client-certificate-data", base::encode_base64("MARKER-certificate")},
                             {"client-key-data", base::encode_base64("MARKER-key")}}));
        const auto ended = person.runs(words);
        CHECK(ended.code == 1);
        CHECK_FALSE(has(ended.err + ended.out, "MARKER"));
    }
}

}  // namespace login_test
