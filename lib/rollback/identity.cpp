#include "rollback/identity.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "rollback/command.hpp"

namespace rollback {
namespace {

constexpr std::string_view one_cluster = "one-cluster";
constexpr std::string_view wrong_cluster = "wrong-cluster";
constexpr std::string_view no_namespaces = "no-namespaces";
constexpr std::array acceptable{wrong_cluster, one_cluster, no_namespaces};

using Doubts = std::vector<Doubt>;

const mtc::MigCluster& migcluster_of(const State& state, Side side) {
    return side == Side::Target ? state.target_cluster : state.source_cluster;
}

Side other(Side side) {
    return side == Side::Source ? Side::Target : Side::Source;
}

// "context prod (https://api.prod:6443)"
std::string named(const ClusterView& view) {
    return (view.described_as.empty() ? "" : view.described_as + " ") + "(" + view.server + ")";
}

std::string accept(std::string_view id) {
    return "if you know that it is right: --accept=" + std::string(id);
}

std::string flag_of(Side side) {
    return "--" + word(side) + "-context";
}

void refuse(std::string_view id, Side side, std::string what, const std::string& way_out,
            Doubts& out) {
    out.push_back({.id = std::string(id),
                   .side = side,
                   .weight = Weight::Refuses,
                   .what = std::move(what),
                   .remedy = way_out + "; " + accept(id)});
}

// One reason for each side is enough.
void refuse_context(const State& state, Side side, const std::string& because, Doubts& out) {
    const bool is_refused = std::ranges::any_of(out, [&](const Doubt& doubt) {
        return doubt.side == side && doubt.id == wrong_cluster && doubt.weight == Weight::Refuses;
    });
    if (is_refused) return;
    refuse(
        wrong_cluster, side,
        named(view_of(state, side)) + " is not the plan's " + word(side) + " cluster: " + because,
        "name its context with " + flag_of(side) + ", or leave the flag out", out);
}

void unknown(Side side, std::string_view id, std::string what, Doubts& out) {
    out.push_back({.id = std::string(id),
                   .side = side,
                   .weight = Weight::Unknown,
                   .what = std::move(what),
                   .remedy = "ask for the verb get on namespace kube-system of each cluster, or "
                             "leave " +
                             flag_of(side) + " out"});
}

// One cluster has several addresses; the same address is the same cluster.
bool is_same_server(std::string_view a, std::string_view b) {
    const auto bare = [](std::string_view url) {
        while (url.ends_with('/')) url.remove_suffix(1);
        return base::lower(url);
    };
    return !a.empty() && bare(a) == bare(b);
}

bool is_absent(const ClusterView& view) {
    return view.server.empty() || view.server == "none";
}

// Host
// -------------------------------------------------------------------------------------------------

/// True or false where it is known.
std::optional<bool> is_control(const State& state, const ClusterView& view) {
    if (!view.uid.empty() && !state.control.uid.empty()) return view.uid == state.control.uid;
    if (is_same_server(view.server, state.control.server)) return true;
    return std::nullopt;
}

void check_host(const State& state, Side side, Doubts& out) {
    const mtc::MigCluster& migcluster = migcluster_of(state, side);
    const ClusterView& view = view_of(state, side);
    if (migcluster.name.empty() || !view.by_context || is_absent(state.control)) return;
    const auto known = is_control(state, view);
    if (migcluster.host && known == false)
        return refuse_context(
            state, side,
            "MigCluster " + migcluster.name + " is the control cluster itself, and this is another",
            out);
    if (migcluster.host && !known)
        return unknown(side, wrong_cluster,
                       "whether " + named(view) + " is the control cluster, as MigCluster " +
                           migcluster.name + " is, could not be seen",
                       out);
    if (!migcluster.host && known == true)
        refuse_context(state, side,
                       "it is the control cluster, and MigCluster " + migcluster.name + " is not",
                       out);
}

// Addresses
// --------------------------------------------------------------------------------------------

bool is_intra_cluster(const State& state) {
    const bool same_name = state.plan.source.ns == state.plan.target.ns &&
                           state.plan.source.name == state.plan.target.name;
    const bool known = !state.source_cluster.name.empty() && !state.target_cluster.name.empty();
    return same_name || (known && mtc::same_cluster(state.source_cluster, state.target_cluster));
}

void check_crossed(const State& state, Side side, Doubts& out) {
    const ClusterView& view = view_of(state, side);
    const mtc::MigCluster& across = migcluster_of(state, other(side));
    if (!view.by_context || is_intra_cluster(state)) return;
    if (is_same_server(view.server, across.url))
        refuse_context(
            state, side,
            "it is that of MigCluster " + across.name + ", the plan's " + word(other(side)), out);
}

void check_address(const State& state, Side side, Doubts& out) {
    const ClusterView& view = view_of(state, side);
    const mtc::MigCluster& migcluster = migcluster_of(state, side);
    const bool comparable = view.by_context && !migcluster.host && !migcluster.url.empty();
    if (!out.empty()) return;
    if (!comparable || is_same_server(view.server, migcluster.url)) return;
    out.push_back({.id = "server-differs",
                   .side = side,
                   .weight = Weight::Warns,
                   .what = named(view) + " has another address than MigCluster " + migcluster.name +
                           " (" + migcluster.url + "): make sure that both are the plan's " +
                           word(side) + " cluster",
                   .remedy = ""});
}

// Both sides
// -------------------------------------------------------------------------------------------

void check_two(const State& state, Doubts& out) {
    const ClusterView& source = state.source;
    const ClusterView& target = state.target;
    if (is_absent(source) || is_absent(target)) return;
    const auto known = is_known_as_one(source, target);
    const Side side = source.by_context && !target.by_context ? Side::Source : Side::Target;
    if (is_intra_cluster(state)) {
        if (known == false)
            refuse_context(state, side,
                           "the plan names one cluster for both sides, and " + named(source) +
                               " and " + named(target) + " are two",
                           out);
        return;
    }
    if (known.value_or(is_same_server(source.server, target.server)))
        return refuse(one_cluster, side,
                      "source " + named(source) + " and target " + named(target) +
                          " are one cluster, and the plan names two: MigClusters " +
                          state.plan.source.name + " and " + state.plan.target.name,
                      "name the contexts of both clusters with --source-context and "
                      "--target-context, or leave the flags out",
                      out);
    if (!known && (source.by_context || target.by_context))
        unknown(side, one_cluster,
                "whether source " + named(source) + " and target " + named(target) +
                    " are two clusters could not be seen: the uid of namespace kube-system cannot "
                    "be read on both",
                out);
}

// What the plan has migrated lies on its target: on the source a volume migration leaves objects
// with this label, but no workloads.
void check_migrated_on_source(const State& state, Doubts& out) {
    if (!state.source.by_context || is_one_cluster(state)) return;
    const auto it = std::ranges::find_if(state.source.workloads, [&](const Object& workload) {
        return base::label_of(workload, mtc::labels::migrated_by_plan) == state.plan.uid;
    });
    if (it == state.source.workloads.end()) return;
    refuse_context(state, Side::Source,
                   it->ref.path() + " there was migrated by this plan, so it is the target", out);
}

// Namespaces
// -------------------------------------------------------------------------------------------

bool has_gap_in_namespaces(const State& state, Side side) {
    return std::ranges::any_of(state.gaps, [&](const Gap& gap) {
        return gap.side == side && gap.resource == "namespaces";
    });
}

std::vector<std::string> missing_namespaces(const State& state, Side side) {
    const ClusterView& view = view_of(state, side);
    if (!view.namespaces_seen || has_gap_in_namespaces(state, side)) return {};
    std::vector<std::string> missing;
    for (const std::string& ns : view.namespaces) {
        const bool there = std::ranges::any_of(
            view.found_namespaces, [&](const Object& found) { return found.ref.name == ns; });
        if (!there) missing.push_back(ns);
    }
    return missing;
}

void check_namespaces(const State& state, Side side, Doubts& out) {
    const ClusterView& view = view_of(state, side);
    // a cutover may have failed before it made them there, or somebody has deleted them since
    if (side == Side::Target && !is_known_by_namespaces(state, side)) return;
    const auto missing = missing_namespaces(state, side);
    const std::string names = base::first_of(missing, 3);
    if (missing.empty()) return;
    if (missing.size() == view.namespaces.size()) {
        refuse(no_namespaces, side,
               "none of the plan's namespaces (" + names + ") exists on the " + word(side) +
                   " cluster " + named(view),
               "if it is another cluster, name the right one with " + flag_of(side), out);
        out.back().remedy += "; what is there: " + oc(view, side, "get namespaces");
        return;
    }
    if (side == Side::Target) return;
    out.push_back(
        {.id = "namespace-missing",
         .side = side,
         .weight = Weight::Warns,
         .what = "of the plan's namespaces " + names + (missing.size() == 1 ? " does" : " do") +
                 " not exist on the source: what was there is not seen, and does not come "
                 "back",
         .remedy = ""});
}

}  // namespace

std::span<const std::string_view> acceptable_ids() {
    return acceptable;
}

bool is_known_by_namespaces(const State& state, Side side) {
    const ClusterView& view = view_of(state, side);
    if (side == Side::Source) return true;
    if (!view.by_context) return false;
    const mtc::MigCluster& migcluster = migcluster_of(state, side);
    return migcluster.host ? is_control(state, view) != true
                           : !is_same_server(view.server, migcluster.url);
}

std::vector<Doubt> doubts_of(const State& state) {
    Doubts doubts;
    check_two(state, doubts);
    for (const Side side : {Side::Source, Side::Target}) {
        check_host(state, side, doubts);
        check_crossed(state, side, doubts);
        check_namespaces(state, side, doubts);
    }
    check_migrated_on_source(state, doubts);
    for (const Side side : {Side::Source, Side::Target}) check_address(state, side, doubts);
    for (Doubt& doubt : doubts) {
        if (doubt.weight != Weight::Refuses || !std::ranges::count(state.accepted, doubt.id))
            continue;
        doubt.weight = Weight::Warns;
        doubt.accepted = true;
        doubt.what = "accepted: " + doubt.what;
        doubt.remedy.clear();
    }
    std::ranges::stable_sort(doubts, {}, &Doubt::weight);
    return doubts;
}

bool refuses(const std::vector<Doubt>& doubts) {
    return std::ranges::any_of(doubts,
                               [](const Doubt& doubt) { return doubt.weight == Weight::Refuses; });
}

}  // namespace rollback
