// What the workloads of a scenario ran before MTC stopped them, for the tests that bring it back:
// the spec that each must have again, and the marks that must be gone. It looks at no cluster.
#pragma once

#include <array>

#include "sandbox/expand.hpp"
#include "sandbox/marks.hpp"
#include "sandbox/resources.hpp"

namespace sandbox {

/// Everything that quiescing changes in a spec.
inline constexpr std::array changed_by_a_stop = {"/spec/replicas", "/spec/parallelism",
                                                 "/spec/suspend", "/spec/paused",
                                                 "/spec/template/spec/nodeSelector"};

inline void set_or_erase(Json& body, const char* at, const Json* value) {
    const Json::json_pointer pointer(at);
    if (value != nullptr) {
        body[pointer] = *value;
    } else if (body.contains(pointer)) {
        body[pointer.parent_pointer()].erase(pointer.back());
    }
}

/// The spec of a workload; what is left out and what says "no" are the same to the API.
inline Json spec_of(Json body) {
    for (const char* at : {"/spec/paused", "/spec/suspend", "/spec/template/spec/nodeSelector"}) {
        const Json* value = base::find(body, at);
        if (value != nullptr && (*value == false || value->empty()))
            set_or_erase(body, at, nullptr);
    }
    return body.at("spec");
}

/// The spec that it had, of what is `stopped` now.
inline Json spec_before(const Item& item, const Object& stopped) {
    const Json manifest = expand(item, {.side = Side::Source, .ns = stopped.ref.ns}).front();
    Json body = stopped.body;
    for (const char* at : changed_by_a_stop) set_or_erase(body, at, base::find(manifest, at));
    return spec_of(body);
}

/// What of MTC's marks an object carries still.
inline std::vector<std::string> marks_of(const Object& object) {
    std::vector<std::string> marks;
    for (const char* mark : {annotations::replicas, annotations::paused, annotations::suspend,
                             annotations::node_selector}) {
        if (base::annotation_of(object, mark)) marks.emplace_back(mark);
    }
    return marks;
}

struct Workload {
    Item item;
    ObjectRef ref;
};

/// Those of the source that MTC stops.
inline std::vector<Workload> workloads_of(const Scenario& scenario) {
    std::vector<Workload> out;
    for (const auto& [ns, items] : scenario.source) {
        for (const Item& item : items) {
            const ResourceType* type = type_of_kind(item.kind);
            if (type != nullptr && (type->group.starts_with("apps") || type->group == "batch"))
                out.push_back({item, {*type, ns, item.name}});
        }
    }
    return out;
}

}  // namespace sandbox
