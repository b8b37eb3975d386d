#include "support/store.hpp"

#include <array>
#include <cstdio>

namespace support {
namespace {

using base::text_or_empty;

/// FNV-1a: the same on every machine.
std::uint32_t hash(const std::string& text) {
    std::uint32_t value = 2166136261U;
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 16777619U;
    return value;
}

std::string uid_of(const std::string& store, std::uint64_t number) {
    std::array<char, 40> text{};
    const auto low = static_cast<unsigned long long>(number);
    std::snprintf(text.data(), text.size(), "%08x-0000-4000-8000-%012llx", hash(store), low);
    return text.data();
}

/// Five of the letters that generateName uses, counting up.
std::string suffix_of(std::uint64_t number) {
    constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
    std::string suffix(5, letters.front());
    for (auto place = suffix.rbegin(); place != suffix.rend(); ++place, number /= letters.size()) {
        *place = letters[number % letters.size()];
    }
    return suffix;
}

Json at_revision(Json object, Revision revision) {
    object["metadata"]["resourceVersion"] = std::to_string(revision);
    return object;
}

}  // namespace

Store::Store(StoreOptions options)
    : options_(std::move(options)), history_(options_.history_limit, revision_) {}

template <class Work>
auto Store::transact(const Work& work) {
    std::unique_lock lock(mutex_);
    auto answer = work();
    const auto changes = std::exchange(untold_, {});
    const auto listeners = listeners_;
    lock.unlock();
    if (!changes.empty()) changed_.notify_all();
    for (const Change& change : changes) {
        for (const auto& listener : listeners) listener(change);
    }
    return answer;
}

Answer<Json> Store::get(const ObjectRef& ref, const std::string& subresource) const {
    const std::lock_guard lock(mutex_);
    const auto served = row(ref.type);
    if (!served) return std::unexpected(served.error());
    const auto stored = lookup(**served, ref);
    if (!stored) return std::unexpected(stored.error());
    const bool whole = subresource == "status" && (*served)->status_subresource;
    if (subresource.empty() || whole) return **stored;
    if (subresource == "scale" && (*served)->scale_subresource) return scale_of(**stored);
    return std::unexpected(refusal::no_such_resource());
}

Answer<Json> Store::create(const ObjectRef& where, Json body, const WriteRequest& request) {
    return transact([&] { return create_object(where, std::move(body), request); });
}

Answer<Json> Store::update(const ObjectRef& ref, Json body, const WriteRequest& request) {
    return transact([&] { return replace_object(ref, std::move(body), request); });
}

Answer<Json> Store::patch(const ObjectRef& ref, PatchKind kind, const Json& patch,
                          const WriteRequest& request) {
    return transact([&] { return patch_object(ref, kind, patch, request); });
}

Answer<Json> Store::remove(const ObjectRef& ref, const DeleteRequest& request) {
    return transact([&] { return remove_object(ref, request); });
}

Answer<const ServedType*> Store::row(const ResourceType& type) const {
    const ServedType* served = served_type(type.group, type.version, type.plural);
    if (served == nullptr) return std::unexpected(refusal::no_such_resource());
    return served;
}

Answer<Stored> Store::lookup(const ServedType& served, const ObjectRef& ref) const {
    const auto shelf = shelves_.find(served.type.resource());
    if (shelf != shelves_.end()) {
        const auto found = shelf->second.find({ref.ns, ref.name});
        if (found != shelf->second.end()) return found->second;
    }
    return std::unexpected(refusal::not_found(served.type, ref.name));
}

Birth Store::birth() {
    ++births_;
    return {uid_of(options_.name, births_), stamp(), suffix_of(births_)};
}

std::string Store::stamp(std::chrono::seconds later) const {
    return base::rfc3339(options_.now() + later);
}

Stored Store::write(const ServedType& served, Json object) {
    const std::string ns = text_or_empty(object, "/metadata/namespace");
    const std::string name = text_or_empty(object, "/metadata/name");
    const auto stored = std::make_shared<const Json>(at_revision(std::move(object), ++revision_));
    uids_.insert(text_or_empty(*stored, "/metadata/uid"));
    for (const Json& owner : base::items_at(*stored, "/metadata/ownerReferences")) {
        owner_uids_.insert(text_or_empty(owner, "/uid"));
    }
    Stored& place = shelves_[served.type.resource()][{ns, name}];
    const Stored before = std::exchange(place, stored);
    note({revision_, &served, ns, name, before, stored});
    return stored;
}

void Store::note(Change change) {
    untold_.push_back(change);
    history_.add(std::move(change));
}

base::Object Store::put(Json object) {
    const ServedType* served = served_type_of(object);
    if (served == nullptr) throw std::invalid_argument("no such type: " + object.dump());
    const std::string ns = text_or_empty(object, "/metadata/namespace");
    if (served->type.namespaced && !peek({types::namespaces, "", ns})) {
        put({{"apiVersion", "v1"},
             {"kind", "Namespace"},
             {"metadata", {{"name", ns}, {"labels", {{"kubernetes.io/metadata.name", ns}}}}},
             {"status", {{"phase", "Active"}}}});
    }
    return transact([&] {
        Json& metadata = object["metadata"];
        const auto old = lookup(*served, {served->type, ns, text_or_empty(metadata, "/name")});
        const Birth fresh = birth();
        const Json known = old ? (**old)["metadata"] : Json::object();
        if (!metadata.contains("uid")) metadata["uid"] = known.value("uid", fresh.uid);
        if (!metadata.contains("creationTimestamp")) {
            metadata["creationTimestamp"] = known.value("creationTimestamp", fresh.time);
        }
        return base::object_of(served->type, *write(*served, std::move(object)));
    });
}

std::optional<base::Object> Store::peek(const ObjectRef& ref) const {
    auto found = get(ref);
    if (!found) return std::nullopt;
    return base::object_of(ref.type, *std::move(found));
}

std::vector<base::Object> Store::all(const ResourceType& type, const std::string& ns) const {
    const std::lock_guard lock(mutex_);
    std::vector<base::Object> objects;
    const auto shelf = shelves_.find(type.resource());
    if (shelf == shelves_.end()) return objects;
    for (const auto& [key, stored] : shelf->second) {
        if (ns.empty() || key.first == ns) objects.push_back(base::object_of(type, *stored));
    }
    return objects;
}

std::string Store::resource_version() const {
    const std::lock_guard lock(mutex_);
    return std::to_string(revision_);
}

void Store::on_change(std::function<void(const Change&)> listener) {
    const std::lock_guard lock(mutex_);
    listeners_.push_back(std::move(listener));
}

}  // namespace support
