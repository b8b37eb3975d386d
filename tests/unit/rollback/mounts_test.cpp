#include "rollback/mounts.hpp"

#include <doctest/doctest.h>

#include "unit/rollback/builders.hpp"

namespace mounts_test {

using namespace rollback;
using build::Json;
using Names = std::vector<std::string>;

namespace {

const Json pod_spec = {
    {"volumes",
     {{{"name", "tmp"}, {"emptyDir", Json::object()}},
      {{"name", "data"}, {"persistentVolumeClaim", {{"claimName", "data"}}}},
      {{"name", "odd"}, {"persistentVolumeClaim", {{"claimName", 7}}}},
      {{"name", "logs"}, {"persistentVolumeClaim", {{"claimName", "logs"}, {"readOnly", true}}}}}}};
const Json in_template = {{"template", {{"spec", pod_spec}}}};

/// A StatefulSet "db" that makes its own claims of this template.
Object set_with(const char* claim_template, const Json& spec = Json::object()) {
    Json full = spec;
    full["volumeClaimTemplates"] = build::list(Json{{"metadata", {{"name", "other"}}}},
                                               Json{{"metadata", {{"name", claim_template}}}});
    return build::workload("StatefulSet", "db").spec(full);
}

}  // namespace

TEST_CASE("the claims that are mounted are read where a kind keeps its pods' volumes") {
    struct Row {
        const char* situation;
        Object object;
    };
    const Row rows[] = {
        {"a pod", build::pod("web-1").spec(pod_spec)},
        {"a Deployment", build::workload("Deployment", "web").spec(in_template)},
        {"a DeploymentConfig", build::workload("DeploymentConfig", "web").spec(in_template)},
        {"a StatefulSet", build::workload("StatefulSet", "web").spec(in_template)},
        {"a ReplicaSet", build::workload("ReplicaSet", "web").spec(in_template)},
        {"a DaemonSet", build::workload("DaemonSet", "web").spec(in_template)},
        {"a Job", build::workload("Job", "web").spec(in_template)},
        {"a CronJob",
         build::workload("CronJob", "web").spec({{"jobTemplate", {{"spec", in_template}}}})},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            CHECK(claims_of(row.object) == Names{"data", "logs"});
            CHECK(mounts(row.object, "data"));
            CHECK(mounts(row.object, "logs"));
            CHECK_FALSE(mounts(row.object, "tmp"));
            CHECK_FALSE(mounts(row.object, "dat"));
        }
    }
}

TEST_CASE("what has no volumes mounts nothing") {
    for (const Object& object : {Object(build::pod("web-1")), Object(build::running("Job", "j", 1)),
                                 Object(build::workload("CronJob", "c"))}) {
        CHECK(claims_of(object).empty());
        CHECK_FALSE(mounts(object, "data"));
        CHECK_FALSE(mounts(object, ""));
    }
}

TEST_CASE("a StatefulSet mounts the claims that it makes: template, its name and a number") {
    struct Row {
        const char* claim;
        bool mounted;
    };
    const Row rows[] = {
        {"data-db-0", true},    {"data-db-12", true},   {"other-db-3", true},
        {"data-db-x", false},   {"data-db-", false},    {"data-db", false},
        {"data-db-1x", false},  {"data-db2-0", false},  {"data-dbx-0", false},
        {"more-db-0", false},   {"db-0", false},        {"data", false},
        {"x-data-db-0", false}, {"data-db-0-1", false}, {"data-db--1", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.claim);
        CHECK(mounts(set_with("data"), row.claim) == row.mounted);
    }
    SUBCASE("beside those that its pods name") {
        const Object set = set_with("more", in_template);
        CHECK(mounts(set, "logs"));
        CHECK(mounts(set, "more-db-0"));
    }
    SUBCASE("they are not among those that it names") {
        CHECK(claims_of(set_with("data")).empty());
    }
}

}  // namespace mounts_test
