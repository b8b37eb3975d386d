#include "sandbox/server_answer.hpp"

#include <charconv>

#include "sandbox/server_list.hpp"
#include "sandbox/server_route.hpp"

namespace sandbox {
namespace {

using base::Json;
using base::text_or_empty;
using support::Answer;
using support::Attempt;
namespace refusal = support::refusal;

/// Everything that the handlers of the verbs need.
struct Task {
    const ApiRequest& request;
    const Route& route;
    const std::string& user;
    support::Store& store;
};

Reply reply(int status, const Json& body) {
    return {.status = status, .body = body.dump()};
}

Reply refused(const Json& status) {
    return reply(status.value("code", 500), status);
}

Reply answered(const Answer<Json>& answer, int status = 200) {
    return answer ? reply(status, *answer) : refused(answer.error());
}

std::string param(const ApiRequest& request, const std::string& name) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? "" : found->second;
}

bool truth(const std::string& text) {
    return text == "true" || text == "1";
}

std::optional<std::int64_t> number(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

bool wants_metadata(const ApiRequest& request) {
    return request.accept.find("as=PartialObjectMetadata") != std::string::npos;
}

support::Query query_of(const Task& task) {
    const auto limit = number(param(task.request, "limit")).value_or(0);
    return {.ns = task.route.ref.ns,
            .label_selector = param(task.request, "labelSelector"),
            .field_selector = param(task.request, "fieldSelector"),
            .limit = static_cast<std::size_t>(std::max<std::int64_t>(limit, 0)),
            .continue_token = param(task.request, "continue")};
}

Reply list(const Task& task) {
    const support::Query query = query_of(task);
    const auto page = task.store.list(task.route.ref.type, query);
    if (!page) return refused(page.error());
    const bool counted = query.label_selector.empty() && query.field_selector.empty();
    return {.body = list_body(task.route.ref.type, *page, wants_metadata(task.request), counted)};
}

ApiAnswer watch(const Task& task) {
    if (truth(param(task.request, "sendInitialEvents"))) {
        return refused(refusal::of_code(
            422,
            "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless "
            "the WatchList feature gate is enabled"));
    }
    auto watcher = task.store.watch(task.route.ref.type, query_of(task),
                                    param(task.request, "resourceVersion"));
    if (!watcher) return refused(watcher.error());
    Stream stream{.watcher = *std::move(watcher),
                  .metadata_only = wants_metadata(task.request),
                  .bookmarks = truth(param(task.request, "allowWatchBookmarks"))};
    if (const auto seconds = number(param(task.request, "timeoutSeconds"))) {
        stream.timeout = std::chrono::seconds(*seconds);
    }
    return stream;
}

bool is_watch(const ApiRequest& request) {
    return truth(param(request, "watch"));
}

ApiAnswer read(const Task& task) {
    if (task.route.ref.name.empty()) {
        return is_watch(task.request) ? watch(task) : ApiAnswer(list(task));
    }
    auto found = task.store.get(task.route.ref, task.route.subresource);
    if (found && wants_metadata(task.request)) found = metadata_of(*found);
    return answered(found);
}

Answer<Json> body_of(const ApiRequest& request) {
    Json body = Json::parse(request.body, nullptr, false);
    if (!body.is_discarded()) return body;
    return std::unexpected(
        refusal::bad_request("the object provided is unrecognized: json parse error (" +
                             request.body.substr(0, 30) + ")"));
}

support::WriteRequest write_of(const Task& task) {
    return {.dry_run = param(task.request, "dryRun") == "All",
            .subresource = task.route.subresource};
}

Reply evict(const Task& task) {
    const auto removed = task.store.remove(task.route.ref, {.dry_run = write_of(task).dry_run});
    return removed ? reply(201, support::success_status()) : refused(removed.error());
}

Reply create(const Task& task) {
    if (!task.route.ref.name.empty() && task.route.subresource.empty()) {
        return refused(refusal::method_not_allowed());
    }
    if (task.route.subresource == "eviction") return evict(task);
    const auto body = body_of(task.request);
    if (!body) return refused(body.error());
    return answered(task.store.create(task.route.ref, *body, write_of(task)), 201);
}

Reply update(const Task& task) {
    const auto body = body_of(task.request);
    if (!body) return refused(body.error());
    return answered(task.store.update(task.route.ref, *body, write_of(task)));
}

/// Strategic merge patches are taken as merge patches: the difference is in lists only.
std::optional<support::PatchKind> patch_kind(const Task& task) {
    const auto& type = task.route.ref.type;
    const auto* served = support::served_type(type.group, type.version, type.plural);
    const std::string& media = task.request.content_type;
    if (media.starts_with("application/json-patch+json")) return support::PatchKind::JsonPatch;
    if (media.starts_with("application/merge-patch+json")) return support::PatchKind::MergePatch;
    const bool strategic = media.starts_with("application/strategic-merge-patch+json");
    if (strategic && served != nullptr && !served->custom) return support::PatchKind::MergePatch;
    return std::nullopt;
}

Reply patch(const Task& task) {
    const auto kind = patch_kind(task);
    if (!kind) return refused(refusal::unsupported_media_type());
    const auto body = body_of(task.request);
    if (!body) return refused(body.error());
    return answered(task.store.patch(task.route.ref, *kind, *body, write_of(task)));
}

support::DeleteRequest delete_of(const Task& task, const Json& options) {
    support::DeleteRequest request;
    request.uid = base::text_at(options, "/preconditions/uid");
    request.resource_version = base::text_at(options, "/preconditions/resourceVersion");
    request.propagation =
        base::text_at(options, "/propagationPolicy").value_or(request.propagation);
    request.grace_seconds = base::number_at(options, "/gracePeriodSeconds");
    request.dry_run =
        !base::items_at(options, "/dryRun").empty() || param(task.request, "dryRun") == "All";
    return request;
}

Reply remove_collection(const Task& task, const support::DeleteRequest& request) {
    const auto page = task.store.list(task.route.ref.type, query_of(task));
    if (!page) return refused(page.error());
    for (const support::Stored& item : page->items) {
        const base::Object object = base::object_of(task.route.ref.type, *item);
        static_cast<void>(task.store.remove(object.ref, request));
    }
    return {.body = list_body(task.route.ref.type, *page, false, true)};
}

Reply remove(const Task& task) {
    const auto options = task.request.body.empty() ? Json::object() : body_of(task.request);
    if (!options) return refused(options.error());
    const support::DeleteRequest request = delete_of(task, *options);
    if (task.route.ref.name.empty()) return remove_collection(task, request);
    return answered(task.store.remove(task.route.ref, request));
}

Reply review_access(const Task& task) {
    auto review = body_of(task.request);
    if (!review) return refused(review.error());
    const auto asked = [&](const char* field) {
        return text_or_empty(*review, std::string("/spec/resourceAttributes/") + field);
    };
    base::ResourceType type{asked("group"), asked("version"), asked("resource"), "", true};
    for (const auto& served : support::served_types()) {
        if (served.type.group == type.group && served.type.plural == type.plural) {
            type = served.type;
        }
    }
    const Attempt attempt{
        task.user, asked("verb"), {type, asked("namespace"), asked("name")}, asked("subresource")};
    (*review)["kind"] = "SelfSubjectAccessReview";
    (*review)["apiVersion"] = "authorization.k8s.io/v1";
    (*review)["status"] = {{"allowed", task.store.access().allows(attempt)}};
    return reply(201, *review);
}

std::string verb_of(const ApiRequest& request, const Route& route) {
    const bool collection = route.ref.name.empty();
    if (request.method == "GET" && collection) return is_watch(request) ? "watch" : "list";
    if (request.method == "GET") return "get";
    if (request.method == "POST") return "create";
    if (request.method == "PUT") return "update";
    if (request.method == "PATCH") return "patch";
    if (request.method == "DELETE") return collection ? "deletecollection" : "delete";
    return "";
}

ApiAnswer dispatch(const Task& task) {
    const auto& ref = task.route.ref;
    const std::string verb = verb_of(task.request, task.route);
    const auto& reviews = support::types::selfsubjectaccessreviews;
    if (ref.type.resource() == reviews.resource() && verb == "create") return review_access(task);
    const Attempt attempt{task.user, verb, ref, task.route.subresource};
    if (!task.store.access().allows(attempt)) return refused(refusal::forbidden(attempt));
    if (task.request.method == "GET") return read(task);
    if (verb == "create") return create(task);
    if (verb == "delete" || verb == "deletecollection") return remove(task);
    if (ref.name.empty()) return refused(refusal::method_not_allowed());
    if (verb == "update") return update(task);
    if (verb == "patch") return patch(task);
    return refused(refusal::method_not_allowed());
}

/// The few pages that need no login.
std::optional<Reply> open_page(const std::string& path) {
    if (path == "/healthz" || path == "/readyz" || path == "/livez") {
        return Reply{.body = "ok", .content_type = "text/plain; charset=utf-8"};
    }
    if (path != "/version") return std::nullopt;
    return reply(200, {{"major", "1"}, {"minor", "30"}, {"gitVersion", "v1.30.0+sandbox"}});
}

}  // namespace

std::string watch_line(const support::WatchEvent& event, bool metadata_only) {
    const bool whole = !metadata_only || event.type == "ERROR";
    const Json line = {{"type", event.type},
                       {"object", whole ? event.object : metadata_of(event.object)}};
    return line.dump() + "\n";
}

std::optional<std::string> Api::user_of(const ApiRequest& request) const {
    constexpr std::string_view scheme = "Bearer ";
    if (!request.authorization.starts_with(scheme)) return std::nullopt;
    const std::lock_guard lock(mutex_);
    const auto user = users_.find(request.authorization.substr(scheme.size()));
    if (user == users_.end() || user->second.empty()) return std::nullopt;
    return user->second;
}

void Api::set_token(const std::string& token, const std::string& user) {
    const std::lock_guard lock(mutex_);
    users_[token] = user;
}

void Api::set_discovery(DiscoveryOptions options) {
    const std::lock_guard lock(mutex_);
    discovery_ = std::move(options);
}

DiscoveryOptions Api::discovery() const {
    const std::lock_guard lock(mutex_);
    return discovery_;
}

ApiAnswer Api::answer(const ApiRequest& request) {
    if (const auto page = open_page(request.path)) return *page;
    const auto user = user_of(request);
    if (!user) return refused(refusal::unauthorized());
    if (const auto page = discovery_page(request.path, request.accept, discovery())) {
        return Reply{page->status, page->body.dump(), page->content_type};
    }
    const auto route = route_of(request.path);
    if (!route) {
        return Reply{404, "404 page not found\n", "text/plain; charset=utf-8"};
    }
    return dispatch({request, *route, *user, store_});
}

}  // namespace sandbox
