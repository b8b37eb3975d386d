#include "mtc/plan.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mtc/names.hpp"

namespace mtc {
namespace {

using base::ErrorKind;
using base::Json;
using base::text_or_empty;

Reference reference_at(const Json& json, const std::string& pointer) {
    const std::string ns = text_or_empty(json, pointer + "/namespace");
    return {.ns = ns.empty() ? openshift_migration : ns,
            .name = text_or_empty(json, pointer + "/name")};
}

// "ns" means the same name on both sides, "src:dst" a mapping.
NamespacePair pair_of(const std::string& text) {
    const auto colon = text.find(':');
    if (colon == std::string::npos) return {.source = text, .target = text};
    const auto end = text.find(':', colon + 1);
    return {.source = text.substr(0, colon),
            .target = text.substr(colon + 1, end == std::string::npos ? end : end - colon - 1)};
}

PlanVolume volume_of(const Json& item) {
    const NamespacePair claim = pair_of(text_or_empty(item, "/pvc/name"));
    return {.name = text_or_empty(item, "/name"),
            .claim_ns = text_or_empty(item, "/pvc/namespace"),
            .claim = claim.source,
            .target_claim = claim.target,
            .action = text_or_empty(item, "/selection/action"),
            .copy_method = text_or_empty(item, "/selection/copyMethod")};
}

std::vector<NamespacePair> namespaces_of(const Json& body) {
    std::vector<NamespacePair> pairs;
    for (const Json& item : base::items_at(body, "/spec/namespaces"))
        pairs.push_back(item.is_string() ? pair_of(item.get<std::string>()) : NamespacePair{});
    return pairs;
}

// Left out, it would hide a part of the application; as it is, "" means every namespace.
bool is_odd(const NamespacePair& pair) {
    return pair.source.empty() || pair.target.empty();
}

std::vector<std::string> sorted_unique(std::vector<std::string> names) {
    std::ranges::sort(names);
    const auto rest = std::ranges::unique(names);
    names.erase(rest.begin(), rest.end());
    return names;
}

std::string host_of(std::string_view url) {
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos)
        url.remove_prefix(scheme + 3);
    return std::string(url.substr(0, url.find('/')));
}

std::vector<std::string> hook_namespaces_of(const Json& body) {
    std::vector<std::string> names;
    for (const Json& hook : base::items_at(body, "/spec/hooks")) {
        if (std::string ns = text_or_empty(hook, "/executionNamespace"); !ns.empty())
            names.push_back(std::move(ns));
    }
    return sorted_unique(std::move(names));
}

}  // namespace

std::vector<std::string> Plan::source_namespaces() const {
    std::vector<std::string> names;
    std::ranges::transform(namespaces, std::back_inserter(names), &NamespacePair::source);
    return sorted_unique(std::move(names));
}

std::vector<std::string> Plan::target_namespaces() const {
    std::vector<std::string> names;
    std::ranges::transform(namespaces, std::back_inserter(names), &NamespacePair::target);
    return sorted_unique(std::move(names));
}

std::vector<std::string> Plan::left_out_namespaces() const {
    std::vector<std::string> names;
    std::ranges::transform(left_out, std::back_inserter(names), &NamespacePair::source);
    return sorted_unique(std::move(names));
}

bool Plan::copies(const std::string& source_namespace, const std::string& claim_on_target) const {
    return std::ranges::any_of(volumes, [&](const PlanVolume& volume) {
        return volume.action == "copy" && volume.claim_ns == source_namespace &&
               volume.claim_on_target() == claim_on_target;
    });
}

bool Plan::copies_directly() const {
    return !indirect_volumes && std::ranges::any_of(volumes, [](const PlanVolume& volume) {
        return volume.action == "copy" && volume.copy_method != "snapshot";
    });
}

std::string Plan::target_of(const std::string& source_namespace) const {
    const auto it = std::ranges::find(namespaces, source_namespace, &NamespacePair::source);
    return it == namespaces.end() ? source_namespace : it->target;
}

std::string Plan::source_of(const std::string& target_namespace) const {
    const auto it = std::ranges::find(namespaces, target_namespace, &NamespacePair::target);
    return it == namespaces.end() ? target_namespace : it->source;
}

namespace {

std::string mapped(const std::string& source, const std::string& target) {
    return target.empty() || source == target ? source : source + ":" + target;
}

Json manifest_of(const Reference& reference) {
    return {{"namespace", reference.ns}, {"name", reference.name}};
}

Json manifest_of(const PlanVolume& volume) {
    return {{"name", volume.name},
            {"pvc",
             {{"namespace", volume.claim_ns}, {"name", mapped(volume.claim, volume.target_claim)}}},
            {"selection", {{"action", volume.action}, {"copyMethod", volume.copy_method}}}};
}

}  // namespace

Json plan_manifest(const Plan& plan) {
    Json namespaces = Json::array();
    for (const auto* pairs : {&plan.namespaces, &plan.left_out}) {
        for (const NamespacePair& pair : *pairs)
            namespaces.push_back(mapped(pair.source, pair.target));
    }
    Json hooks = Json::array();
    for (const std::string& ns : plan.hook_namespaces)
        hooks.push_back({{"executionNamespace", ns}});
    Json volumes = Json::array();
    for (const auto* some : {&plan.volumes, &plan.left_out_volumes}) {
        for (const PlanVolume& volume : *some) volumes.push_back(manifest_of(volume));
    }
    return {{"apiVersion", types::migplans.api_version()},
            {"kind", types::migplans.kind},
            {"metadata", {{"namespace", plan.ns}, {"name", plan.name}, {"uid", plan.uid}}},
            {"spec",
             {{"namespaces", std::move(namespaces)},
              {"srcMigClusterRef", manifest_of(plan.source)},
              {"destMigClusterRef", manifest_of(plan.target)},
              {"closed", plan.closed},
              {"liveMigrate", plan.live_migrate},
              {"indirectVolumeMigration", plan.indirect_volumes},
              {"hooks", std::move(hooks)},
              {"persistentVolumes", std::move(volumes)}}}};
}

base::Result<Plan> part_of(const Plan& plan, const std::vector<std::string>& source_namespaces) {
    const auto all = plan.source_namespaces();
    for (const std::string& ns : source_namespaces) {
        if (std::ranges::count(all, ns) == 0)
            return base::fail(ErrorKind::NotFound, "MigPlan " + plan.ns + "/" + plan.name +
                                                       " has no source namespace " + ns +
                                                       ": it has " + base::join(all));
    }
    const auto is_other = [&](const std::string& ns) {
        return std::ranges::count(source_namespaces, ns) == 0;
    };
    Plan part = plan;
    const auto take_out = [](auto& from, auto& into, const auto& matches) {
        std::ranges::copy_if(from, std::back_inserter(into), matches);
        std::erase_if(from, matches);
    };
    take_out(part.namespaces, part.left_out,
             [&](const NamespacePair& pair) { return is_other(pair.source); });
    take_out(part.volumes, part.left_out_volumes,
             [&](const PlanVolume& volume) { return is_other(volume.claim_ns); });
    return part;
}

base::Result<Plan> decode_plan(const base::Object& object) {
    const Json& body = object.body;
    Plan plan{
        .ns = object.ref.ns,
        .name = object.ref.name,
        .uid = object.uid,
        .namespaces = namespaces_of(body),
        .source = reference_at(body, "/spec/srcMigClusterRef"),
        .target = reference_at(body, "/spec/destMigClusterRef"),
        .volumes = {},
        .closed = base::bool_at(body, "/spec/closed").value_or(false),
        .live_migrate = base::bool_at(body, "/spec/liveMigrate").value_or(false),
        .indirect_volumes = base::bool_at(body, "/spec/indirectVolumeMigration").value_or(false),
        .conditions = decode_conditions(body)};
    for (const Json& item : base::items_at(body, "/spec/persistentVolumes")) {
        plan.volumes.push_back(volume_of(item));
    }
    plan.hook_namespaces = hook_namespaces_of(body);
    const std::string who = "MigPlan " + plan.ns + "/" + plan.name;
    if (plan.namespaces.empty())
        return base::fail(ErrorKind::Malformed, who + " names no namespaces");
    if (std::ranges::any_of(plan.namespaces, is_odd))
        return base::fail(ErrorKind::Malformed,
                          who + ": spec.namespaces has an entry that names no namespace");
    if (plan.source.name.empty())
        return base::fail(ErrorKind::Malformed, who + " names no source cluster");
    if (plan.target.name.empty())
        return base::fail(ErrorKind::Malformed, who + " names no target cluster");
    return plan;
}

base::Result<MigCluster> decode_cluster(const base::Object& object) {
    const Json& body = object.body;
    MigCluster cluster{.ns = object.ref.ns,
                       .name = object.ref.name,
                       .host = base::bool_at(body, "/spec/isHostCluster").value_or(false),
                       .url = text_or_empty(body, "/spec/url"),
                       .ca_pem = {},
                       .insecure = base::bool_at(body, "/spec/insecure").value_or(false),
                       .secret = reference_at(body, "/spec/serviceAccountSecretRef"),
                       .operator_version = text_or_empty(body, "/status/operatorVersion"),
                       .conditions = decode_conditions(body)};
    const std::string who = "MigCluster " + cluster.ns + "/" + cluster.name;
    if (!base::decode_base64(text_or_empty(body, "/spec/caBundle"), cluster.ca_pem)) {
        return base::fail(ErrorKind::Malformed, who + ": spec.caBundle is no base64");
    }
    if (cluster.host) return cluster;
    if (cluster.url.empty()) return base::fail(ErrorKind::Malformed, who + " has no spec.url");
    if (cluster.secret.name.empty()) {
        return base::fail(ErrorKind::Malformed, who + " has no spec.serviceAccountSecretRef");
    }
    return cluster;
}

base::Result<std::string> service_account_token(const base::Object& secret) {
    const std::string who = "Secret " + secret.ref.ns + "/" + secret.ref.name;
    const auto encoded = base::text_at(secret.body, "/data/saToken");
    if (!encoded) return base::fail(ErrorKind::Malformed, who + " has no key saToken");
    std::string token;
    if (!base::decode_base64(*encoded, token) || base::trimmed(token).empty()) {
        return base::fail(ErrorKind::Malformed, who + ": saToken is empty or no base64");
    }
    return std::string(base::trimmed(token));
}

bool same_cluster(const MigCluster& a, const MigCluster& b) {
    if (a.ns == b.ns && a.name == b.name) return true;
    if (a.host && b.host) return true;
    return !a.url.empty() && host_of(a.url) == host_of(b.url);
}

bool knows_rollback(const base::Object& crd) {
    constexpr const char* in_schema = "/schema/openAPIV3Schema/properties/spec/properties/rollback";
    for (const Json& item : base::items_at(crd.body, "/spec/versions")) {
        if (base::bool_at(item, "/served").value_or(false) &&
            base::find(item, in_schema) != nullptr) {
            return true;
        }
    }
    // apiextensions v1beta1, as MTC 1.4 and 1.5 install it
    return base::find(crd.body,
                      "/spec/validation/openAPIV3Schema/properties/spec/properties/rollback") !=
           nullptr;
}

}  // namespace mtc
