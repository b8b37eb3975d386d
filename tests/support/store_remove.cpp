// How objects leave the store: preconditions, grace, finalizers, dependents, namespaces.
#include "support/store.hpp"

namespace support {
namespace {

using base::text_or_empty;

constexpr const char* foreground = "foregroundDeletion";

ObjectRef ref_of(const ServedType& served, const Json& object) {
    return {served.type, text_or_empty(object, "/metadata/namespace"),
            text_or_empty(object, "/metadata/name")};
}

Answer<void> preconditions_hold(const ServedType& served, const Json& object,
                                const DeleteRequest& request) {
    const std::string name = text_or_empty(object, "/metadata/name");
    const std::string uid = text_or_empty(object, "/metadata/uid");
    const std::string version = text_or_empty(object, "/metadata/resourceVersion");
    if (request.uid && *request.uid != uid) {
        return std::unexpected(refusal::precondition(served.type, name, "UID", *request.uid, uid));
    }
    if (request.resource_version && *request.resource_version != version) {
        return std::unexpected(refusal::precondition(served.type, name, "ResourceVersion",
                                                     *request.resource_version, version));
    }
    return {};
}

bool is_terminating(const Json& object) {
    return base::find(object, "/metadata/deletionTimestamp") != nullptr;
}

bool is_held(const Json& object) {
    return !base::items_at(object, "/metadata/finalizers").empty();
}

bool names_owner(const Json& object, const std::string& uid) {
    for (const Json& owner : base::items_at(object, "/metadata/ownerReferences")) {
        if (text_or_empty(owner, "/uid") == uid) return true;
    }
    return false;
}

Json without_owner(Json object, const std::string& uid) {
    Json kept = Json::array();
    for (const Json& owner : base::items_at(object, "/metadata/ownerReferences")) {
        if (text_or_empty(owner, "/uid") != uid) kept.push_back(owner);
    }
    object["metadata"]["ownerReferences"] = kept;
    if (kept.empty()) object["metadata"].erase("ownerReferences");
    return object;
}

Json without_finalizer(Json object, const std::string& name) {
    Json kept = Json::array();
    for (const Json& finalizer : base::items_at(object, "/metadata/finalizers")) {
        if (finalizer != name) kept.push_back(finalizer);
    }
    object["metadata"]["finalizers"] = kept;
    if (kept.empty()) object["metadata"].erase("finalizers");
    return object;
}

}  // namespace

Answer<Json> Store::remove_object(const ObjectRef& ref, const DeleteRequest& request) {
    const auto served = row(ref.type);
    if (!served) return std::unexpected(served.error());
    const auto old = lookup(**served, ref);
    if (!old) return std::unexpected(old.error());
    return remove_stored(**served, *old, request);
}

Answer<Json> Store::remove_stored(const ServedType& served, const Stored& old,
                                  const DeleteRequest& request) {
    if (const auto hold = preconditions_hold(served, *old, request); !hold) {
        return std::unexpected(hold.error());
    }
    const std::string uid = text_or_empty(*old, "/metadata/uid");
    if (request.dry_run) {
        return deleted_status(served.type, text_or_empty(*old, "/metadata/name"), uid);
    }
    if (request.propagation == "Orphan") orphan_dependents(uid);
    const std::int64_t grace = grace_of(served, *old, request);
    const bool lingers = is_held(*old) || grace > 0 || served.type == types::namespaces ||
                         request.propagation == "Foreground";
    if (lingers) return linger(served, old, request, grace);
    const ObjectRef ref = ref_of(served, *old);
    erase(served, old);
    return deleted_status(served.type, ref.name, uid);
}

std::int64_t Store::grace_of(const ServedType& served, const Json& object,
                             const DeleteRequest& request) const {
    const bool bound = served.type == types::pods && base::text_at(object, "/spec/nodeName");
    if (!options_.graceful_pods || !bound) return 0;
    return request.grace_seconds.value_or(
        base::number_at(object, "/spec/terminationGracePeriodSeconds").value_or(30));
}

/// Marks the object, lets go of what depends on it, and removes it if nothing holds it any more.
Answer<Json> Store::linger(const ServedType& served, const Stored& old,
                           const DeleteRequest& request, std::int64_t grace) {
    const ObjectRef ref = ref_of(served, *old);
    const bool sooner =
        grace < base::number_at(*old, "/metadata/deletionGracePeriodSeconds").value_or(0);
    if (is_terminating(*old) && !sooner) return *old;
    Json marked = terminating(*old, stamp(std::chrono::seconds(grace)), grace);
    if (request.propagation == "Foreground") {
        marked["metadata"]["finalizers"].push_back(foreground);
    }
    if (served.type == types::namespaces) {
        marked["metadata"].erase("deletionGracePeriodSeconds");
        marked["status"]["phase"] = "Terminating";
    }
    const Stored stored = write(served, std::move(marked));
    if (request.propagation == "Foreground") {
        collect(text_or_empty(*stored, "/metadata/uid"));
        if (const auto now = lookup(served, ref)) {
            const Stored done = write(served, without_finalizer(**now, foreground));
            if (!is_held(*done) && grace == 0) erase(served, done);
        }
    }
    if (served.type == types::namespaces) empty_namespace(ref.name);
    return *stored;
}

void Store::erase(const ServedType& served, const Stored& old) {
    const ObjectRef ref = ref_of(served, *old);
    const auto uid = text_or_empty(*old, "/metadata/uid");
    shelves_[served.type.resource()].erase({ref.ns, ref.name});
    uids_.erase(uid);
    Json last = *old;
    last["metadata"]["resourceVersion"] = std::to_string(++revision_);
    note({revision_, &served, ref.ns, ref.name, old, nullptr,
          std::make_shared<const Json>(std::move(last))});
    collect(uid);
    if (!ref.ns.empty()) sweep_namespace(ref.ns);
}

std::vector<std::pair<const ServedType*, Stored>> Store::matching(
    const std::function<bool(const Json&)>& wanted) const {
    std::vector<std::pair<const ServedType*, Stored>> found;
    for (const ServedType& served : served_types()) {
        const auto shelf = shelves_.find(served.type.resource());
        if (shelf == shelves_.end()) continue;
        for (const auto& [key, stored] : shelf->second) {
            if (wanted(*stored)) found.emplace_back(&served, stored);
        }
    }
    return found;
}

void Store::collect(const std::string& owner_uid) {
    if (!owner_uids_.contains(owner_uid)) return;
    const auto dependents =
        matching([&](const Json& object) { return names_owner(object, owner_uid); });
    for (const auto& [served, stored] : dependents) {
        // Looked up again: removing the one before may have removed or changed this one.
        const auto now = lookup(*served, ref_of(*served, *stored));
        if (now) release_dependent(*served, *now, owner_uid);
    }
}

/// A dependent that has another living owner only loses the reference.
void Store::release_dependent(const ServedType& served, const Stored& dependent,
                              const std::string& owner_uid) {
    for (const Json& owner : base::items_at(*dependent, "/metadata/ownerReferences")) {
        const std::string uid = text_or_empty(owner, "/uid");
        if (uid == owner_uid || !exists(uid)) continue;
        write(served, without_owner(*dependent, owner_uid));
        return;
    }
    static_cast<void>(remove_stored(served, dependent, {}));
}

void Store::orphan_dependents(const std::string& owner_uid) {
    for (const auto& [served, stored] :
         matching([&](const Json& object) { return names_owner(object, owner_uid); })) {
        write(*served, without_owner(*stored, owner_uid));
    }
}

void Store::empty_namespace(const std::string& ns) {
    const auto inside = matching(
        [&](const Json& object) { return text_or_empty(object, "/metadata/namespace") == ns; });
    for (const auto& [served, stored] : inside) {
        const auto now = lookup(*served, ref_of(*served, *stored));
        if (now) static_cast<void>(remove_stored(*served, *now, {}));
    }
    sweep_namespace(ns);
}

/// A namespace that is being deleted goes with the last thing in it.
void Store::sweep_namespace(const std::string& ns) {
    const ServedType& spaces = **row(types::namespaces);
    const auto found = lookup(spaces, {spaces.type, "", ns});
    if (!found || !is_terminating(**found) || is_held(**found)) return;
    for (const auto& [resource, shelf] : shelves_) {
        const auto first = shelf.lower_bound({ns, ""});
        if (first != shelf.end() && first->first.first == ns) return;
    }
    erase(spaces, *found);
}

}  // namespace support
