#include <doctest/doctest.h>

#include "base/text.hpp"
#include "mtc/plan.hpp"
#include "unit/mtc/builders.hpp"

namespace cluster_test {

using namespace mtc;
using build::Json;

namespace {

MigCluster decoded(const Json& spec, const std::string& name = "ocp3") {
    return decode_cluster(build::cluster(spec, name)).value();
}

base::Object secret(const Json& data) {
    base::Object object = build::Thing(types::secrets, "openshift-config", "ocp3-8x");
    object.body["data"] = data;
    return object;
}

base::Object crd(const Json& spec) {
    return build::Thing(types::crds, "", "migmigrations.migration.openshift.io").spec(spec);
}

Json schema(const Json& fields) {
    return {{"openAPIV3Schema", {{"properties", {{"spec", {{"properties", fields}}}}}}}};
}

const Json with_rollback = {{"stage", {{"type", "boolean"}}}, {"rollback", {{"type", "boolean"}}}};
const Json without_rollback = {{"stage", {{"type", "boolean"}}}};

Json version_1(bool served, const Json& fields) {
    return {{"versions", {{{"name", "v1alpha1"}, {"served", served}, {"schema", schema(fields)}}}}};
}

}  // namespace

TEST_CASE("a remote cluster is read with all that a connection needs") {
    auto object = build::cluster({{"caBundle", base::encode_base64("-----BEGIN CERT")}});
    object.body["status"] = {{"operatorVersion", "1.8.4"},
                             {"conditions", build::list(build::condition("Ready", "Required"))}};
    const auto cluster = decode_cluster(object);
    REQUIRE(cluster);
    CHECK(cluster->url == "https://api.ocp3.example:8443");
    CHECK(cluster->ca_pem == "-----BEGIN CERT");
    CHECK_FALSE(cluster->host);
    CHECK_FALSE(cluster->insecure);
    CHECK(cluster->secret.ns == "openshift-config");
    CHECK(cluster->secret.name == "ocp3-8x");
    CHECK(cluster->operator_version == "1.8.4");
    CHECK(cluster->ready());
}

TEST_CASE("a remote cluster that cannot be reached by what it says is refused by its name") {
    struct Row {
        const char* situation;
        Json spec;
        const char* says;
    };
    const Row rows[] = {
        {"no URL", {{"url", nullptr}}, "spec.url"},
        {"a URL of another type", {{"url", 7}}, "spec.url"},
        {"no Secret", {{"serviceAccountSecretRef", nullptr}}, "spec.serviceAccountSecretRef"},
        {"a CA bundle that is no base64", {{"caBundle", "%%%"}}, "spec.caBundle"},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            const auto cluster = decode_cluster(build::cluster(row.spec));
            REQUIRE_FALSE(cluster);
            CHECK(cluster.error().message.starts_with("MigCluster openshift-migration/ocp3"));
            CHECK(cluster.error().message.find(row.says) != std::string::npos);
        }
    }
}

TEST_CASE("the host cluster needs neither a URL nor a Secret") {
    const auto host = decode_cluster(build::cluster(
        {{"isHostCluster", true}, {"url", nullptr}, {"serviceAccountSecretRef", nullptr}}, "host"));
    REQUIRE(host);
    CHECK(host->host);
    CHECK(host->secret.name.empty());
    CHECK_FALSE(host->ready());
}

TEST_CASE("certificates are verified unless the cluster says that it is insecure") {
    CHECK_FALSE(decoded({}).insecure);
    CHECK_FALSE(decoded({{"insecure", "true"}}).insecure);
    CHECK(decoded({{"insecure", true}}).insecure);
}

TEST_CASE("the token of a Secret is decoded, without the newline it was saved with") {
    CHECK(service_account_token(secret({{"saToken", base::encode_base64("abc.def\n")}})) ==
          "abc.def");
}

TEST_CASE("a Secret without a usable token is refused by its name and key, never its content") {
    struct Row {
        const char* situation;
        Json data;
    };
    const Row rows[] = {
        {"no data", nullptr},          {"another key", {{"token", base::encode_base64("hush")}}},
        {"no text", {{"saToken", 7}}}, {"no base64", {{"saToken", "%hush%"}}},
        {"empty", {{"saToken", ""}}},  {"white space", {{"saToken", base::encode_base64(" \n")}}},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            const auto token = service_account_token(secret(row.data));
            REQUIRE_FALSE(token);
            CHECK(token.error().message.starts_with("Secret openshift-config/ocp3-8x"));
            CHECK(token.error().message.find("saToken") != std::string::npos);
            CHECK(token.error().message.find("hush") == std::string::npos);
        }
    }
}

TEST_CASE(
    "two MigClusters are one cluster when they are one object, both host, or at one address") {
    const Json here = {{"url", "https://api.x:6443"}};
    const Json host = {{"isHostCluster", true}, {"url", nullptr}};
    CHECK(same_cluster(decoded(here, "a"), decoded({{"url", "https://other:6443"}}, "a")));
    CHECK(same_cluster(decoded(host, "a"), decoded(host, "b")));
    CHECK(same_cluster(decoded(here, "a"), decoded({{"url", "https://api.x:6443/"}}, "b")));
    SUBCASE("another host or port is another cluster") {
        CHECK_FALSE(
            same_cluster(decoded(here, "a"), decoded({{"url", "https://api.y:6443"}}, "b")));
        CHECK_FALSE(same_cluster(decoded(here, "a"), decoded({{"url", "https://api.x:443"}}, "b")));
    }
    SUBCASE("a host without a URL is not the same as a remote one") {
        CHECK_FALSE(same_cluster(decoded(host, "a"), decoded(here, "b")));
    }
}

TEST_CASE("an MTC that would read a rollback as a cutover is told from its CRD") {
    struct Row {
        const char* situation;
        Json spec;
        bool knows;
    };
    const Row rows[] = {
        {"v1, served, with the field", version_1(true, with_rollback), true},
        {"v1, served, without the field", version_1(true, without_rollback), false},
        {"v1, with the field, but not served", version_1(false, with_rollback), false},
        {"v1, without a word whether it is served",
         {{"versions", {{{"name", "v1alpha1"}, {"schema", schema(with_rollback)}}}}},
         false},
        {"v1beta1, with the field", {{"validation", schema(with_rollback)}}, true},
        {"v1beta1, without the field", {{"validation", schema(without_rollback)}}, false},
        {"v1beta1, served, its one schema beside the versions",
         {{"versions", {{{"name", "v1alpha1"}, {"served", true}}}},
          {"validation", schema(with_rollback)}},
         true},
        {"no schema at all", {{"preserveUnknownFields", true}}, false},
        {"an odd schema", {{"versions", "v1alpha1"}, {"validation", 5}}, false},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            CHECK(knows_rollback(crd(row.spec)) == row.knows);
        }
    }
}

}  // namespace cluster_test
