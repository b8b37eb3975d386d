#include "support/fake_cluster.hpp"

#include <map>

#include "base/text.hpp"
#include "kube/status.hpp"

namespace support {
namespace {

using base::ErrorKind;
using base::Object;
using base::Result;
using base::text_or_empty;

std::unexpected<base::Error> error_of(const Json& status) {
    return std::unexpected(kube::error_of_status(status));
}

/// A JSON Patch that does not apply: to this program it always means that the world moved.
base::Error error_of_patch(const Json& status, const Object& seen) {
    if (status != refusal::patch_rejected()) return kube::error_of_status(status);
    return {.kind = ErrorKind::Conflict,
            .message = "Error from server (Conflict): " + seen.ref.path() +
                       " is no longer as it was seen; nothing was written",
            .hint = "run the command again: it looks first"};
}

std::unexpected<base::Error> not_seen(const ObjectRef& ref) {
    return base::fail(
        ErrorKind::Malformed,
        "error: " + ref.path() + " has no uid: only what was seen on the cluster is written");
}

/// As the port hands objects out: without what nobody reads.
// As the decoder of lists drops them: anywhere, but in the metadata of an object.
void drop(Json& json, const kube::FieldNames& names) {
    if (json.is_object()) {
        for (const std::string& name : names) json.erase(name);
    }
    for (Json& part : json) {
        if (part.is_structured()) drop(part, names);
    }
}

Object seen_as(const ResourceType& type, Json body, const kube::ListOptions& options = {}) {
    for (auto& [key, part] : body.items()) {
        if (key != "metadata" && part.is_structured()) drop(part, options.without);
    }
    if (options.metadata_only) {
        body = {{"apiVersion", type.api_version()},
                {"kind", type.kind},
                {"metadata", body["metadata"]}};
    }
    Json& metadata = body["metadata"];
    metadata.erase("managedFields");
    if (metadata.contains("annotations")) {
        metadata["annotations"].erase("kubectl.kubernetes.io/last-applied-configuration");
    }
    return base::object_of(type, std::move(body));
}

Query query_of(const kube::ListOptions& options) {
    return {.ns = options.ns,
            .label_selector = options.label_selector,
            .field_selector = options.field_selector};
}

std::string selectors_of(const kube::ListOptions& options) {
    std::vector<std::string> parts;
    if (!options.label_selector.empty()) parts.push_back(options.label_selector);
    if (!options.field_selector.empty()) parts.push_back(options.field_selector);
    if (options.metadata_only) parts.emplace_back("metadata only");
    return base::join(parts, "; ");
}

std::string remark_of(const kube::WriteOptions& options) {
    return options.dry_run ? "dry run" : "";
}

kube::WatchEventType type_of(const std::string& type) {
    static const std::map<std::string, kube::WatchEventType> types{
        {"ADDED", kube::WatchEventType::Added},
        {"MODIFIED", kube::WatchEventType::Modified},
        {"DELETED", kube::WatchEventType::Deleted},
        {"BOOKMARK", kube::WatchEventType::Bookmark}};
    return types.at(type);
}

base::Error interrupted() {
    return {.kind = ErrorKind::Interrupted, .message = "error: interrupted"};
}

std::vector<std::string> verbs_of() {
    return {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"};
}

}  // namespace

std::string Call::text() const {
    std::string out = verb;
    if (!type.plural.empty()) {
        out += " ";
        if (!ns.empty()) out += ns + "/";
        out += type.resource();
        if (!name.empty()) out += "/" + name;
        if (!subresource.empty()) out += "/" + subresource;
    }
    return detail.empty() ? out : out + " (" + detail + ")";
}

FakeCluster::FakeCluster(Store& store, FakeOptions options)
    : store_(store), options_(std::move(options)) {}

void FakeCluster::set_fault(Fault fault) {
    const std::lock_guard lock(mutex_);
    fault_ = std::move(fault);
}

std::vector<std::string> FakeCluster::calls() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> texts;
    for (const Call& call : calls_) texts.push_back(call.text());
    return texts;
}

std::vector<std::string> FakeCluster::writes() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> texts;
    for (const Call& call : calls_) {
        if (call.verb == "CREATE" || call.verb == "UPDATE" || call.verb == "PATCH" ||
            call.verb == "DELETE") {
            texts.push_back(call.text());
        }
    }
    return texts;
}

void FakeCluster::forget_calls() {
    const std::lock_guard lock(mutex_);
    calls_.clear();
}

void FakeCluster::set_broken(std::vector<std::string> broken) {
    const std::lock_guard lock(mutex_);
    broken_ = std::move(broken);
}

std::optional<base::Error> FakeCluster::fault_of(const Call& call, Moment moment) const {
    Fault fault;
    {
        const std::lock_guard lock(mutex_);
        fault = fault_;
    }
    return fault ? fault(call, moment) : std::nullopt;
}

/// What keeps a call from being made at all.
std::optional<base::Error> FakeCluster::begin(const Call& call, const std::string& verb,
                                              const std::stop_token& stop) {
    if (stop.stop_requested()) return interrupted();
    {
        const std::lock_guard lock(mutex_);
        calls_.push_back(call);
    }
    if (auto error = fault_of(call, Moment::Before)) return error;
    const Attempt attempt{options_.user, verb, {call.type, call.ns, call.name}, call.subresource};
    if (verb.empty() || store_.access().allows(attempt)) return std::nullopt;
    return kube::error_of_status(refusal::forbidden(attempt));
}

/// The frame around every call; `verb` is what Access is asked, empty for what everybody may.
template <class T, class Work>
Result<T> FakeCluster::answer(const Call& call, const std::string& verb,
                              const std::stop_token& stop, const Work& work) {
    if (auto error = begin(call, verb, stop)) return std::unexpected(*error);
    Result<T> result = work();
    if (auto error = fault_of(call, Moment::After)) return std::unexpected(*error);
    return result;
}

Result<Object> FakeCluster::get(const ObjectRef& ref, std::stop_token stop) {
    const Call call{.verb = "GET", .type = ref.type, .ns = ref.ns, .name = ref.name};
    return answer<Object>(call, "get", stop, [&]() -> Result<Object> {
        const auto found = store_.get(ref);
        if (!found) return error_of(found.error());
        return seen_as(ref.type, *found);
    });
}

Result<kube::ObjectList> FakeCluster::list(const ResourceType& type,
                                           const kube::ListOptions& options, std::stop_token stop) {
    const Call call{
        .verb = "LIST", .type = type, .ns = options.ns, .detail = selectors_of(options)};
    return answer<kube::ObjectList>(call, "list", stop, [&]() -> Result<kube::ObjectList> {
        const auto page = store_.list(type, query_of(options));
        if (!page) return error_of(page.error());
        kube::ObjectList objects{.items = {}, .resource_version = page->resource_version};
        for (const Stored& item : page->items) {
            objects.items.push_back(seen_as(type, *item, options));
        }
        return objects;
    });
}

Result<Object> FakeCluster::create(const ObjectRef& where, const Json& body,
                                   const kube::WriteOptions& options, std::stop_token stop) {
    const std::string name =
        where.name.empty() ? text_or_empty(body, "/metadata/name") : where.name;
    const Call call{.verb = "CREATE",
                    .type = where.type,
                    .ns = where.ns,
                    .name = name,
                    .subresource = options.subresource,
                    .detail = remark_of(options),
                    .body = body};
    return answer<Object>(call, "create", stop, [&]() -> Result<Object> {
        const auto created = store_.create(where, body, {options.dry_run, options.subresource});
        if (!created) return error_of(created.error());
        return seen_as(where.type, *created);
    });
}

Result<void> FakeCluster::update(const ObjectRef& ref, const Json& body,
                                 const kube::WriteOptions& options, std::stop_token stop) {
    const Call call{.verb = "UPDATE",
                    .type = ref.type,
                    .ns = ref.ns,
                    .name = ref.name,
                    .subresource = options.subresource,
                    .detail = body.contains("dryRun") ? "dry run" : "",
                    .body = body};
    return answer<void>(call, "update", stop, [&] { return on_update(ref, options); });
}

Result<Object> FakeCluster::patch(const Object& seen, const Json& operations,
                                  const kube::WriteOptions& options, std::stop_token stop) {
    if (seen.uid.empty()) return not_seen(seen.ref);
    Json guarded = {{{"op", "test"}, {"path", "/metadata/uid"}, {"value", seen.uid}}};
    guarded.insert(guarded.end(), operations.begin(), operations.end());
    const Call call{.verb = "PATCH",
                    .type = seen.ref.type,
                    .ns = seen.ref.ns,
                    .name = seen.ref.name,
                    .subresource = options.subresource,
                    .detail = remark_of(options),
                    .body = guarded};
    return answer<Object>(call, "patch", stop, [&]() -> Result<Object> {
        const auto written = store_.patch(seen.ref, PatchKind::JsonPatch, guarded,
                                          {options.dry_run, options.subresource});
        if (!written) return std::unexpected(error_of_patch(written.error(), seen));
        return seen_as(seen.ref.type, *written);
    });
}

Result<void> FakeCluster::remove(const Object& seen, const kube::WriteOptions& options,
                                 std::stop_token stop) {
    if (seen.uid.empty()) return not_seen(seen.ref);
    const Call call{.verb = "DELETE",
                    .type = seen.ref.type,
                    .ns = seen.ref.ns,
                    .name = seen.ref.name,
                    .detail = remark_of(options)};
    return answer<void>(call, "delete", stop, [&]() -> Result<void> {
        const auto removed = store_.remove(seen.ref, {.uid = seen.uid,
                                                      .grace_seconds = options.grace_period_seconds,
                                                      .dry_run = options.dry_run});
        if (!removed) return error_of(removed.error());
        return {};
    });
}

Result<void> FakeCluster::watch(const ResourceType& type, const kube::ListOptions& options,
                                const std::string& resource_version,
                                const kube::WatchHandler& handler, std::stop_token stop) {
    const Call call{
        .verb = "WATCH", .type = type, .ns = options.ns, .detail = selectors_of(options)};
    return answer<void>(call, "watch", stop, [&]() -> Result<void> {
        auto watcher = store_.watch(type, query_of(options), resource_version);
        if (!watcher) return error_of(watcher.error());
        return follow(*watcher, type, options, handler, stop);
    });
}

Result<void> FakeCluster::follow(Watcher& watcher, const ResourceType& type,
                                 const kube::ListOptions& options,
                                 const kube::WatchHandler& handler, const std::stop_token& stop) {
    constexpr auto long_enough = std::chrono::hours(1);
    while (true) {
        const auto event = watcher.next(stop, std::chrono::steady_clock::now() + long_enough);
        if (!event) return error_of(event.error());
        if (stop.stop_requested()) return std::unexpected(interrupted());
        if (!event->has_value()) return {};
        const kube::WatchEvent told{type_of((*event)->type),
                                    seen_as(type, (*event)->object, options)};
        if (!handler(told)) return {};
    }
}

Result<kube::Discovery> FakeCluster::discover(std::stop_token stop) {
    return answer<kube::Discovery>({.verb = "DISCOVER"}, "", stop,
                                   [&]() -> Result<kube::Discovery> {
                                       kube::Discovery discovery;
                                       for (const ServedType& served : served_types()) {
                                           discovery.resources.push_back({served.type, verbs_of()});
                                       }
                                       const std::lock_guard lock(mutex_);
                                       discovery.broken = broken_;
                                       return discovery;
                                   });
}

Result<bool> FakeCluster::can_i(const kube::AccessQuery& query, std::stop_token stop) {
    const Call call{.verb = "CAN-I",
                    .type = query.type,
                    .ns = query.ns,
                    .name = query.name,
                    .subresource = query.subresource,
                    .detail = query.verb};
    return answer<bool>(call, "", stop, [&]() -> Result<bool> {
        return store_.access().allows(
            {options_.user, query.verb, {query.type, query.ns, query.name}, query.subresource});
    });
}

}  // namespace support
