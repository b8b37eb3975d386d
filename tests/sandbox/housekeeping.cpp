#include "sandbox/housekeeping.hpp"

#include <algorithm>

namespace sandbox {
namespace {

constexpr const char* claim_protection = "kubernetes.io/pvc-protection";

void put(const Work& work, const ObjectRef& ref, const Json& body, const std::string& part) {
    const ObjectPtr known = work.view.find(ref);
    if (!known) {
        std::ignore = work.cluster.create(ref, body, {}, work.stop);
        return;
    }
    Json changed = known->body;
    changed[part] = body.at(part);
    std::ignore = update(work.cluster, *known, changed, work.stop);
}

Json target_of(const Object& pod) {
    return {{"kind", "Pod"}, {"namespace", pod.ref.ns}, {"name", pod.ref.name}, {"uid", pod.uid}};
}

struct Addresses {
    Json ready = Json::array();
    Json unready = Json::array();
    Json slice = Json::array();

    void add(const Object& pod) {
        const std::string ip = base::text_or_empty(pod.body, "/status/podIP");
        if (ip.empty() || base::is_terminating(pod)) return;
        (is_ready(pod) ? ready : unready).push_back({{"ip", ip}, {"targetRef", target_of(pod)}});
        slice.push_back({{"addresses", {ip}},
                         {"conditions", {{"ready", is_ready(pod)}}},
                         {"targetRef", target_of(pod)}});
    }
};

Json subsets_of(const Addresses& addresses) {
    Json subset = Json::object();
    if (!addresses.ready.empty()) subset["addresses"] = addresses.ready;
    if (!addresses.unready.empty()) subset["notReadyAddresses"] = addresses.unready;
    return subset.empty() ? Json::array() : Json::array({subset});
}

bool is_mounted(const Work& work, const Object& claim) {
    return std::ranges::any_of(work.view.of(types::pods), [&](const ObjectPtr& pod) {
        const auto names = claims_of(pod->body);
        return pod->ref.ns == claim.ref.ns && std::ranges::count(names, claim.ref.name) > 0;
    });
}

}  // namespace

void follow_service(const Work& work, const Object& service) {
    const Json* selector = base::find(service.body, "/spec/selector");
    if (selector == nullptr || selector->empty() || base::is_terminating(service)) return;
    Addresses addresses;
    for (const ObjectPtr& pod : work.view.of(types::pods)) {
        if (pod->ref.ns == service.ref.ns &&
            matches(selector, base::find(pod->body, "/metadata/labels")))
            addresses.add(*pod);
    }
    const ObjectRef plain{types::endpoints, service.ref.ns, service.ref.name};
    Json endpoints = manifest(plain.type, plain.ns, plain.name);
    endpoints["metadata"]["ownerReferences"] = Json::array({controller_reference(service)});
    endpoints["subsets"] = subsets_of(addresses);
    put(work, plain, endpoints, "subsets");

    const ObjectRef sliced{types::endpointslices, service.ref.ns,
                           service.ref.name + "-" + short_hash(service.uid)};
    Json slice = manifest(sliced.type, sliced.ns, sliced.name);
    slice["metadata"]["labels"] = {{"kubernetes.io/service-name", service.ref.name}};
    slice["metadata"]["ownerReferences"] = endpoints["metadata"]["ownerReferences"];
    slice["addressType"] = "IPv4";
    slice["endpoints"] = addresses.slice;
    put(work, sliced, slice, "endpoints");
}

void release_claim(const Work& work, const Object& claim) {
    if (!base::is_terminating(claim) || is_mounted(work, claim)) return;
    auto finalizers = base::finalizers_of(claim);
    if (std::erase(finalizers, claim_protection) == 0) return;
    Json changed = claim.body;
    changed["metadata"]["finalizers"] = finalizers;
    std::ignore = update(work.cluster, claim, changed, work.stop);
}

}  // namespace sandbox
