#include "sandbox/owned_pods.hpp"

namespace sandbox {

Json pod_from_template(const Object& owner, const std::string& name) {
    Json pod = manifest(types::pods, owner.ref.ns, name);
    if (const Json* metadata = base::find(owner.body, "/spec/template/metadata"))
        pod["metadata"].update(*metadata);
    pod["metadata"]["name"] = name;
    pod["metadata"]["ownerReferences"] = Json::array({controller_reference(owner)});
    if (const Json* spec = base::find(owner.body, "/spec/template/spec")) pod["spec"] = *spec;
    return pod;
}

std::vector<std::string> pod_names(const Object& owner, std::int64_t count) {
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < count; ++i) {
        names.push_back(owner.ref.name + "-" + short_hash(owner.uid + "/" + std::to_string(i)));
    }
    return names;
}

PodCount count_pods(const Work& work, const Object& owner) {
    PodCount count;
    const auto [begin, end] = work.children.equal_range(owner.uid);
    for (auto it = begin; it != end; ++it) {
        const Object& pod = *it->second;
        if (pod.ref.type != types::pods || base::is_terminating(pod)) continue;
        ++count.all;
        if (is_ready(pod)) ++count.ready;
    }
    return count;
}

void bring_pods_to(const Work& work, const Object& owner,
                   const std::map<std::string, Json>& wanted) {
    const auto [begin, end] = work.children.equal_range(owner.uid);
    for (auto it = begin; it != end; ++it) {
        const Object& pod = *it->second;
        const bool surplus = pod.ref.type == types::pods && !wanted.contains(pod.ref.name);
        if (surplus && !base::is_terminating(pod))
            std::ignore = work.cluster.remove(pod, {}, work.stop);
    }
    for (const auto& [name, body] : wanted) {
        const ObjectRef ref{types::pods, owner.ref.ns, name};
        if (!work.view.find(ref)) std::ignore = work.cluster.create(ref, body, {}, work.stop);
    }
}

}  // namespace sandbox
