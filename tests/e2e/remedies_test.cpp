// What verify prints to be pasted, pasted into a shell whose current context is the target: on two
// real control planes with equal names only the cluster that is meant changes.
#include <doctest/doctest.h>

#include <map>

#include "clusters.hpp"
#include "mtc/names.hpp"

namespace remedies_test {

using base::Json;
using e2e::Stage;
namespace types = support::types;

namespace {

using Seen = std::map<std::string, std::string>;

/// What a person could have changed in the namespace.
Seen seen(const Stage& stage, kube::Cluster& cluster) {
    Seen out;
    for (const base::ResourceType& type : {types::statefulsets, types::configmaps}) {
        auto all = cluster.list(type, {.ns = stage.ns("shop")}, {});
        REQUIRE(all);
        for (base::Object& object : all->items) {
            Json& metadata = object.body["metadata"];
            for (const char* key : {"resourceVersion", "managedFields", "generation"})
                metadata.erase(key);
            object.body.erase("status");
            out[object.ref.path()] = object.body.dump();
        }
    }
    return out;
}

bool writes(const std::string& remedy) {
    for (const char* verb : {"annotate", "delete", "label", "patch", "scale"}) {
        if (remedy.starts_with(std::string("oc ") + verb + " ")) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("each remedy changes the cluster that it is about, and leaves the other alone") {
    Stage stage("same-names");
    const auto ended = stage.run({"verify", stage.plan(), "-o", "json", "--stall-after=2s"});
    CAPTURE(ended.err);
    CHECK(ended.code == 4);
    const Json document = Json::parse(ended.out, nullptr, false);
    REQUIRE(document.is_object());
    std::map<std::string, std::size_t> tried;
    for (const Json& finding : document["findings"]) {
        const std::string remedy = finding.value("remedy", "");
        const std::string side = finding.value("cluster", "");
        if (!writes(remedy)) continue;
        CAPTURE(remedy);
        const std::map<std::string, Seen> before{{"source", seen(stage, stage.source())},
                                                 {"target", seen(stage, stage.target())}};
        const auto pasted = stage.shell(remedy);
        CAPTURE(pasted.err);
        CHECK(pasted.code == 0);
        CHECK((seen(stage, stage.source()) != before.at("source")) == (side == "source"));
        CHECK((seen(stage, stage.target()) != before.at("target")) == (side == "target"));
        ++tried[side];
    }
    CHECK(tried["source"] >= 1);
    CHECK(tried["target"] >= 2);
}

}  // namespace remedies_test
