#include <doctest/doctest.h>

#include "base/text.hpp"
#include "rollback/acceptance.hpp"
#include "rollback/volume_fate.hpp"
#include "unit/rollback/builders.hpp"

namespace volume_fate_test {

using namespace rollback;
using build::contains;

namespace {

/// The claim of the plan on the target, bound to a volume of that policy.
void bind_on_target(State& state, const std::string& policy) {
    state.target.claims = {build::claim("data")};
    state.target.volumes = {build::volume()};
    state.target.volumes[0].body["spec"]["persistentVolumeReclaimPolicy"] = policy;
}

State moved(const std::string& policy) {
    State state = build::halfway();
    state.plan.volumes.at(0).action = "move";
    bind_on_target(state, policy);
    return state;
}

/// A claim on the target whose volume the source has too.
State copied(const std::string& policy) {
    State state = build::halfway();
    bind_on_target(state, policy);
    return state;
}

State seen_with_gap(State state, Side side, const char* resource) {
    (side == Side::Source ? state.source : state.target).claims.clear();
    state.gaps = {build::gap(side, resource)};
    return state;
}

/// Of an intra-cluster plan: both sides are one cluster, the namespaces are two.
State within_one_cluster(State state) {
    state.target.server = state.source.server;
    state.target_cluster = state.source_cluster;
    state.plan.namespaces = {{"shop", "shop-new"}};
    state.target.namespaces = {"shop-new"};
    for (auto* objects : {&state.target.claims, &state.target.labelled}) {
        for (Object& object : *objects) object.ref.ns = "shop-new";
    }
    return state;
}

/// Of a storage conversion: one namespace, another claim.
State converted(State state) {
    state.target.server = state.source.server;
    state.target_cluster = state.source_cluster;
    state.plan.volumes.at(0).target_claim = "data-new";
    for (auto* objects : {&state.target.claims, &state.target.labelled}) {
        for (Object& object : *objects) object.ref.name = "data-new";
    }
    return state;
}

State without_source_claim(State state) {
    state.source.claims.clear();
    return state;
}

State with_lost_source_claim(State state) {
    state.source.claims = {build::claim("data", "Lost")};
    return state;
}

struct Row {
    const char* situation;
    State state;
    std::vector<std::string> blockers;
    const char* what;     // a part of the first one's words
    const char* warning;  // a part of what the preview says of the claim's data; "": nothing
};

constexpr const char* destroyed = "volumes are destroyed on the target with all that is on them";
constexpr const char* comes_back =
    "what was written to it on the target since 2025-05-01T10:01:00Z is on the volume that comes "
    "back";
constexpr const char* deleted = "is deleted with them; nothing is copied back to the source";
constexpr const char* stays = "it stays on these volumes, which are kept there";
constexpr const char* not_known =
    "volumes that may hold the only copy of their data may be destroyed on the target: ";

std::vector<Row> rows() {
    State pending = moved("Delete");
    pending.target.claims[0].body["spec"].erase("volumeName");
    State not_there = moved("Delete");
    not_there.target.claims.clear();
    not_there.target.labelled.clear();
    State only_denied = seen_with_gap(moved("Delete"), Side::Target, "persistentvolumeclaims");
    only_denied.target.labelled.clear();
    State between = moved("Retain");
    between.target.claims.clear();
    State volumes_denied = moved("Retain");
    volumes_denied.target.volumes.clear();
    volumes_denied.target.volumes_seen = false;
    volumes_denied.gaps = {build::gap(Side::Target, "persistentvolumes")};
    State not_read = moved("Retain");
    not_read.target.volumes.clear();
    not_read.target.volumes_seen = false;
    State of_another = moved("Delete");
    of_another.target.volumes.clear();
    return {
        {"moved, Delete",
         moved("Delete"),
         {"volume-destroyed"},
         "pv-1 of claim shop/data (it was moved; reclaim policy Delete)",
         destroyed},
        {"moved, Recycle",
         moved("Recycle"),
         {"volume-destroyed"},
         "reclaim policy Recycle",
         destroyed},
        {"moved, Retain", moved("Retain"), {}, "", comes_back},
        {"moved, a policy that nobody knows",
         moved("Shred"),
         {"volume-policy-unseen"},
         "whether a rollback destroys the volume of claim shop/data on the target could not be "
         "seen",
         not_known},
        {"moved, no policy",
         moved(""),
         {"volume-policy-unseen"},
         "its reclaim policy is not known",
         not_known},
        {"moved, the volumes may not be listed",
         volumes_denied,
         {"volume-policy-unseen"},
         "could not be seen",
         not_known},
        {"moved, the volumes were not looked at",
         not_read,
         {"volume-policy-unseen"},
         "could not be seen",
         not_known},
        {"moved, the claims may not be listed",
         seen_with_gap(moved("Delete"), Side::Target, "persistentvolumeclaims"),
         {"volume-policy-unseen"},
         "could not be seen",
         not_known},
        {"moved, the claims may not be listed, nor is one found by its label",
         only_denied,
         {"volume-policy-unseen"},
         "could not be seen",
         ""},
        {"moved, the claim came between the two lists",
         between,
         {"volume-policy-unseen"},
         "could not be seen",
         not_known},
        {"moved, the claim on the target has no volume yet", pending, {}, "", ""},
        {"moved, not on the target", not_there, {}, "", ""},
        {"moved, the volume is bound to a claim elsewhere", of_another, {}, "", ""},
        {"moved within one cluster, Delete",
         within_one_cluster(moved("Delete")),
         {"volume-destroyed"},
         "pv-1 of claim shop-new/data (it was moved",
         destroyed},
        {"moved within one cluster, Retain",
         within_one_cluster(moved("Retain")),
         {},
         "",
         comes_back},
        {"copied, Delete", copied("Delete"), {}, "", deleted},
        {"copied, Retain", copied("Retain"), {}, "", stays},
        {"copied, the source's claim is gone, Delete",
         without_source_claim(copied("Delete")),
         {"volume-destroyed"},
         "(the source has lost its claim; reclaim policy Delete)",
         destroyed},
        {"copied, the source's claim is gone, Retain",
         without_source_claim(copied("Retain")),
         {},
         "",
         stays},
        {"copied, the source's claim is Lost, Delete",
         with_lost_source_claim(copied("Delete")),
         {"volume-destroyed"},
         "the source has lost its claim",
         destroyed},
        {"copied, the source's claims may not be listed, Delete",
         seen_with_gap(copied("Delete"), Side::Source, "persistentvolumeclaims"),
         {"volume-policy-unseen", "missing-permission"},
         "whether the source still has claim shop/data could not be seen, and its copy on the "
         "target is destroyed by a rollback (reclaim policy Delete)",
         not_known},
        {"copied, the source's claims may not be listed, Retain",
         seen_with_gap(copied("Retain"), Side::Source, "persistentvolumeclaims"),
         {"missing-permission"},
         "",
         stays},
        {"copied within one cluster, Delete",
         within_one_cluster(copied("Delete")),
         {},
         "",
         deleted},
        {"converted, Delete", converted(copied("Delete")), {}, "", deleted},
        {"converted, Retain", converted(copied("Retain")), {}, "", stays},
        {"converted, the old claim is gone, Delete",
         without_source_claim(converted(copied("Delete"))),
         {"volume-destroyed"},
         "pv-1 of claim shop/data-new (the source has lost its claim",
         destroyed},
        {"converted, the old claim is gone, Retain",
         without_source_claim(converted(copied("Retain"))),
         {},
         "",
         stays},
    };
}

std::vector<std::string> about_data(const State& state) {
    auto warnings = effects_of(state).warnings;
    std::erase_if(warnings, [](const std::string& warning) {
        return !contains(warning, "persistentvolumeclaim/");
    });
    return warnings;
}

}  // namespace

TEST_CASE("a rollback is refused where it destroys, or may destroy, the only copy of data") {
    for (const Row& row : rows()) {
        SUBCASE(row.situation) {
            auto blockers = blockers_of(row.state, {});
            std::erase_if(blockers, [&](const Blocker& each) {
                return each.id == "missing-permission" && row.blockers.size() == 1 &&
                       row.blockers[0] == "volume-policy-unseen";
            });
            CHECK(build::ids_of(blockers) == row.blockers);
            if (*row.what != 0) {
                REQUIRE_FALSE(blockers.empty());
                CAPTURE(blockers[0].what);
                CHECK(contains(blockers[0].what, row.what));
            }
        }
    }
}

TEST_CASE("the preview says of each claim what becomes of its data") {
    for (const Row& row : rows()) {
        SUBCASE(row.situation) {
            const auto warnings = about_data(row.state);
            CAPTURE(base::join(warnings, "\n"));
            if (*row.warning == 0) {
                CHECK(warnings.empty());
            } else {
                REQUIRE(warnings.size() == 1);
                CHECK(contains(warnings[0], row.warning));
            }
        }
    }
}

TEST_CASE("the refusal has the command that keeps the volumes, all of them") {
    State state = moved("Delete");
    auto second = state.plan.volumes[0];
    second.name = "pv-2";
    second.claim = second.target_claim = "logs";
    state.plan.volumes.push_back(second);
    state.target.claims.push_back(build::claim("logs"));
    state.target.claims[1].body["spec"]["volumeName"] = "pv-2";
    state.target.volumes.push_back(state.target.volumes[0]);
    state.target.volumes[1].ref.name = "pv-2";
    const auto blockers = blockers_of(state, {});
    REQUIRE(blockers.size() == 1);
    CHECK(contains(blockers[0].what, "2 volumes of which there is no other copy: pv-1 of"));
    CHECK(contains(blockers[0].remedy, "oc patch persistentvolume pv-1 pv-2 "));
    CHECK(contains(blockers[0].remedy,
                   R"(--type=merge -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}')"
                   " --server=https://api.host.example:6443    # on the target cluster"));
}

TEST_CASE("what could not be seen is accepted by name, what was seen is not") {
    State state = moved("Retain");
    state.target.volumes_seen = false;
    state.target.volumes.clear();
    SUBCASE("by its name") {
        state.accepted = {"volume-policy-unseen=shop/data"};
        CHECK(blockers_of(state, {}).empty());
        const auto warnings = about_data(state);
        CHECK(build::contains(base::join(warnings, "\n"), not_known));
        CHECK(contains(base::join(effects_of(state).warnings, "\n"),
                       "accepted: whether a rollback destroys the volume of claim shop/data"));
    }
    SUBCASE("not by another's, nor by none") {
        state.accepted = {"volume-policy-unseen=shop/logs", "volume-policy-unseen"};
        const auto blockers = blockers_of(state, {});
        CHECK(build::ids_of(blockers) == std::vector<std::string>{"volume-policy-unseen"});
        CHECK(contains(blockers[0].remedy, "--accept volume-policy-unseen=shop/data"));
        CHECK_FALSE(contains(base::join(effects_of(state).warnings, "\n"), "accepted: "));
    }
    SUBCASE("a volume that is known to be destroyed cannot be accepted") {
        State lost = moved("Delete");
        lost.accepted = {"volume-destroyed=shop/data", "volume-policy-unseen=shop/data"};
        CHECK(build::ids_of(blockers_of(lost, {})) == std::vector<std::string>{"volume-destroyed"});
    }
}

TEST_CASE("what is accepted is named, with its object where it has one") {
    const auto matches = [](const char* given) {
        return std::ranges::any_of(what_can_be_accepted(),
                                   [&](const Acceptable& each) { return each.matches(given); });
    };
    CHECK(matches("volume-policy-unseen=shop/data"));
    for (const char* given : {"", "=", "volume-policy-unseen", "volume-policy-unseen=",
                              "volume-policy-unseenx=shop/data", "volume-destroyed=shop/data"})
        CHECK_FALSE(matches(given));
}

TEST_CASE("a look for a flow that deletes nothing says nothing of it") {
    State state = moved("Delete");
    state.target.labels_seen = false;
    CHECK(blockers_of(state, {}).empty());
}

TEST_CASE("what the plan does not list any more is at stake while its volume may go") {
    for (const char* policy : {"Delete", "Recycle", "Retain"}) {
        CAPTURE(policy);
        State state = moved(policy);
        for (Object& claim : state.target.claims) claim = build::migrated(claim);
        SUBCASE("not listed") {
            state.plan.volumes.clear();
        }
        SUBCASE("as one to skip") {
            state.plan.volumes.at(0).action = "skip";
        }
        const auto blockers = volume_blockers(state);
        state.migrations.push_back(build::good_rollback());
        const auto findings = verify({state, {}, state.migrations.back().name, Flow::Console});
        const auto it =
            std::ranges::find(findings, "shop/persistentvolumeclaim/data", &Finding::subject);
        REQUIRE(it != findings.end());
        if (std::string_view(policy) == "Retain") {
            CHECK(blockers.empty());
            CHECK(contains(it->remedy, "oc delete persistentvolumeclaim/data"));
            continue;
        }
        REQUIRE(blockers.size() == 1);
        CHECK(blockers[0].id == "volume-policy-unseen");
        CHECK(contains(blockers[0].remedy, "--accept volume-policy-unseen=shop/data"));
        CHECK_FALSE(contains(it->remedy, "oc delete"));
        CHECK(contains(it->remedy, "Retain"));
    }
}

}  // namespace volume_fate_test
