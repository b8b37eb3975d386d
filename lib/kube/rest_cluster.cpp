#include "kube/rest_cluster.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

#include "kube/discovery.hpp"
#include "kube/list_decoder.hpp"
#include "kube/parallel.hpp"
#include "kube/requests.hpp"
#include "kube/rest_target.hpp"

namespace kube {
namespace {

using base::Error;
using base::ErrorKind;
using base::fail;

constexpr int page_size = 500;
// A page whose objects no selector takes may be empty; a server that sends many has lost its way.
constexpr int most_empty_pages = 3;
constexpr int most_pages = 10'000;
constexpr int most_restarts = 3;
constexpr int watch_seconds = 300;

constexpr const char* json = "application/json";
constexpr const char* metadata_list =
    "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json";
constexpr const char* metadata_object =
    "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json";

// What is no UTF-8 becomes U+FFFD for the server to judge; by default dump() would throw.
std::string text_of(const Json& body) {
    return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string what_of(const char* verb, const ResourceType& type, const std::string& name = {}) {
    return std::string(verb) + " " + type.resource() + (name.empty() ? "" : " " + name);
}

// A JSON Patch that does not apply, and so a `test` that fails, is a 422 that names neither the
// object nor the operation; validation errors name the object.
bool is_failed_test(const Error& error) {
    if (error.kind != ErrorKind::Invalid) return false;
    return error.message.contains(
               "the server rejected our request due to an error in our request") ||
           error.message.contains("test failed") || error.message.contains("testing path") ||
           error.message.contains("testing value");
}

Error patch_error(Error error, const ObjectRef& ref) {
    if (!is_failed_test(error)) return error;
    return {.kind = ErrorKind::Conflict,
            .message = "Error from server (Conflict): " + ref.path() +
                       " is no longer as it was seen; nothing was written",
            .hint = "run the command again: it looks first"};
}

std::unexpected<Error> not_seen(const ObjectRef& ref) {
    return fail(
        ErrorKind::Malformed,
        "error: " + ref.path() + " has no uid: only what was seen on the cluster is written");
}

// A normalising proxy makes another path of these, and without a name it is a whole collection.
bool names_one(const std::string& name) {
    return !name.empty() && name != "." && name != "..";
}

std::unexpected<Error> named_by_nothing(const ResourceType& type, const std::string& path) {
    return fail(ErrorKind::Malformed,
                "error: \"" + path + "\" names no " + type.kind + ": nothing was asked");
}

Result<void> must_name_one(const ObjectRef& ref) {
    const bool ns = !ref.type.namespaced || names_one(ref.ns);
    if (ns && names_one(ref.name)) return {};
    return named_by_nothing(ref.type, ref.ns + "/" + ref.name);
}

// Of a list; without a namespace it is of all.
Result<void> must_name_a_namespace(const ResourceType& type, const std::string& ns) {
    if (ns.empty() || names_one(ns)) return {};
    return named_by_nothing(type, ns + "/");
}

// Something between may answer for the server: what is taken for an object is the one that was
// asked for.
Result<Object> must_be(const ObjectRef& asked, const std::string& uid, Result<Object> answer) {
    if (!answer) return answer;
    const bool right = (asked.name.empty() || answer->ref.name == asked.name) &&
                       (!asked.type.namespaced || answer->ref.ns == asked.ns) &&
                       !answer->uid.empty() && (uid.empty() || answer->uid == uid);
    if (right) return answer;
    return fail(ErrorKind::Malformed,
                "error: the server answered for " + asked.path() + " with another object");
}

// What a DELETE is answered with: a Status, or the object, which is still on its way out.
bool is_answer_to_delete(const Json& body, const Object& seen) {
    if (base::text_or_empty(body, "/kind") == "Status")
        return base::text_or_empty(body, "/status") == "Success";
    return base::text_or_empty(body, "/metadata/uid") == seen.uid;
}

class RestCluster final : public Cluster {
  public:
    explicit RestCluster(Requests requests) : requests_(std::move(requests)) {}

    const std::string& server() const override { return requests_.connection().server; }
    std::optional<std::chrono::seconds> clock_ahead() const override {
        return requests_.clock_ahead();
    }

    Result<Object> get(const ObjectRef& ref, std::stop_token stop) override;
    Result<ObjectList> list(const ResourceType& type, const ListOptions& options,
                            std::stop_token stop) override;
    Result<Object> create(const ObjectRef& where, const Json& body, const WriteOptions& options,
                          std::stop_token stop) override;
    Result<void> update(const ObjectRef& ref, const Json& body, const WriteOptions& options,
                        std::stop_token stop) override;
    Result<Object> patch(const Object& seen, const Json& operations, const WriteOptions& options,
                         std::stop_token stop) override;
    Result<void> remove(const Object& seen, const WriteOptions& options,
                        std::stop_token stop) override;
    Result<void> watch(const ResourceType& type, const ListOptions& options,
                       const std::string& resource_version, const WatchHandler& handler,
                       std::stop_token stop) override;
    Result<Discovery> discover(std::stop_token stop) override;
    Result<bool> can_i(const AccessQuery& query, std::stop_token stop) override;

  private:
    Result<ObjectList> list_once(const ResourceType& type, const ListOptions& options, bool& stale,
                                 const std::stop_token& stop);
    Result<ListPage> page(const ResourceType& type, const ListOptions& options,
                          const std::string& from, const std::stop_token& stop);
    Result<Json> document(const std::string& path, const char* classic_kind,
                          const std::stop_token& stop);
    void add_versions(const std::vector<GroupVersion>& versions, Discovery& discovery,
                      const std::stop_token& stop);
    Requests requests_;
};

Result<Object> RestCluster::get(const ObjectRef& ref, std::stop_token stop) {
    if (auto named = must_name_one(ref); !named) return std::unexpected(named.error());
    auto answer = requests_.ask({.method = "GET", .target = Target(ref).text()},
                                what_of("get", ref.type, ref.name), stop);
    if (!answer) return std::unexpected(std::move(answer.error()));
    return must_be(ref, "", decode_object(ref.type, std::move(answer->body)));
}

Result<ObjectList> RestCluster::list(const ResourceType& type, const ListOptions& options,
                                     std::stop_token stop) {
    if (auto named = must_name_a_namespace(type, options.ns); !named)
        return std::unexpected(named.error());
    for (int restarts = 0;; ++restarts) {
        bool stale = false;
        auto listed = list_once(type, options, stale, stop);
        if (listed || !stale || restarts == most_restarts) return listed;
    }
}

/// `stale` is set when the pages after the first are no longer to be had.
Result<ObjectList> RestCluster::list_once(const ResourceType& type, const ListOptions& options,
                                          bool& stale, const std::stop_token& stop) {
    ObjectList all;
    std::string from;
    int empty = 0;
    for (int pages = 1;; ++pages) {
        auto next = page(type, options, from, stop);
        if (!next) {
            stale = next.error().kind == ErrorKind::Expired && !from.empty();
            return std::unexpected(std::move(next.error()));
        }
        empty = next->items.empty() ? empty + 1 : 0;
        std::ranges::move(next->items, std::back_inserter(all.items));
        all.resource_version = std::move(next->resource_version);
        if (next->continue_token.empty()) return all;
        const bool comes_to_an_end =
            next->continue_token != from && empty <= most_empty_pages && pages < most_pages;
        if (!comes_to_an_end)
            return fail(ErrorKind::Malformed, "error: the server's list of " + type.resource() +
                                                  " has no end: the same page, or an empty one, "
                                                  "again and again");
        from = std::move(next->continue_token);
    }
}

Result<ListPage> RestCluster::page(const ResourceType& type, const ListOptions& options,
                                   const std::string& from, const std::stop_token& stop) {
    Target target(type, options.ns);
    target.query("limit", std::to_string(page_size)).query("continue", from).selectors(options);
    auto answer = requests_.ask({.method = "GET",
                                 .target = target.text(),
                                 .accept = options.metadata_only ? metadata_list : json},
                                what_of("list", type), stop);
    if (!answer) return std::unexpected(std::move(answer.error()));
    return decode_list(type, std::move(answer->body), options.without);
}

Result<Object> RestCluster::create(const ObjectRef& where, const Json& body,
                                   const WriteOptions& options, std::stop_token stop) {
    // without a name the server makes one (generateName)
    const bool nameless = where.name.empty() && (!where.type.namespaced || !where.ns.empty());
    auto named = nameless ? must_name_a_namespace(where.type, where.ns) : must_name_one(where);
    if (!named) return std::unexpected(named.error());
    Target target(where.type, where.ns);
    if (!options.subresource.empty()) target.segment(where.name).segment(options.subresource);
    target.write_options(options);
    auto answer = requests_.ask(
        {.method = "POST", .target = target.text(), .body = text_of(body), .content_type = json},
        what_of("create", where.type, where.name), stop);
    if (!answer) return std::unexpected(std::move(answer.error()));
    auto created = decode_object(where.type, std::move(answer->body));
    return options.subresource.empty() ? must_be(where, "", std::move(created)) : created;
}

Result<void> RestCluster::update(const ObjectRef& ref, const Json& body,
                                 const WriteOptions& options, std::stop_token stop) {
    if (auto named = must_name_one(ref); !named) return named;
    Target target(ref);
    target.segment(options.subresource).write_options(options);
    auto answer = requests_.ask(
        {.method = "PUT", .target = target.text(), .body = text_of(body), .content_type = json},
        what_of(options.subresource.c_str(), ref.type, ref.name), stop);
    if (!answer) return std::unexpected(std::move(answer.error()));
    return {};
}

Result<Object> RestCluster::patch(const Object& seen, const Json& operations,
                                  const WriteOptions& options, std::stop_token stop) {
    if (seen.uid.empty()) return not_seen(seen.ref);
    if (auto named = must_name_one(seen.ref); !named) return std::unexpected(named.error());
    Json patch = Json::array({{{"op", "test"}, {"path", "/metadata/uid"}, {"value", seen.uid}}});
    patch.insert(patch.end(), operations.begin(), operations.end());
    Target target(seen.ref);
    target.segment(options.subresource).write_options(options);
    auto answer = requests_.ask({.method = "PATCH",
                                 .target = target.text(),
                                 .accept = options.metadata_only ? metadata_object : json,
                                 .body = text_of(patch),
                                 .content_type = "application/json-patch+json"},
                                what_of("patch", seen.ref.type, seen.ref.name), stop);
    if (!answer) return std::unexpected(patch_error(std::move(answer.error()), seen.ref));
    return must_be(seen.ref, seen.uid, decode_object(seen.ref.type, std::move(answer->body)));
}

Result<void> RestCluster::remove(const Object& seen, const WriteOptions& options,
                                 std::stop_token stop) {
    if (seen.uid.empty()) return not_seen(seen.ref);
    if (auto named = must_name_one(seen.ref); !named) return named;
    Json body = {{"kind", "DeleteOptions"},
                 {"apiVersion", "v1"},
                 {"propagationPolicy", "Background"},
                 {"preconditions", {{"uid", seen.uid}}}};
    if (options.dry_run) body["dryRun"] = Json::array({"All"});
    if (options.grace_period_seconds) body["gracePeriodSeconds"] = *options.grace_period_seconds;
    auto answer = requests_.ask({.method = "DELETE",
                                 .target = Target(seen.ref).text(),
                                 .body = text_of(body),
                                 .content_type = json},
                                what_of("delete", seen.ref.type, seen.ref.name), stop);
    if (!answer) return std::unexpected(std::move(answer.error()));
    if (is_answer_to_delete(Json::parse(answer->body, nullptr, false), seen)) return {};
    return fail(ErrorKind::Malformed,
                "error: the server did not say whether " + seen.ref.path() + " is deleted");
}

/// Turns the lines of one watch into calls of its handler.
class WatchReader {
  public:
    WatchReader(const ResourceType& type, const FieldNames& without, const WatchHandler& handler)
        : type_(type), without_(without), handler_(handler) {}

    bool receive(std::string_view bytes) {
        const bool goes_on =
            lines_.feed(bytes, [this](std::string line) { return take(std::move(line)); });
        if (goes_on || ended_ || trouble_) return goes_on;
        trouble_ = Error{
            .kind = ErrorKind::Malformed,
            .message = "error: an event of the watch of " + type_.resource() + " is too long"};
        return false;
    }
    bool ended() const { return ended_; }
    const std::optional<Error>& trouble() const { return trouble_; }

  private:
    bool take(std::string line) {
        const auto event = decode_watch_line(type_, std::move(line), without_);
        if (!event) {
            trouble_ = event.error();
            return false;
        }
        ended_ = !handler_(*event);
        return !ended_;
    }

    const ResourceType& type_;
    const FieldNames& without_;
    const WatchHandler& handler_;
    LineSplitter lines_;
    std::optional<Error> trouble_;
    bool ended_ = false;
};

Result<void> RestCluster::watch(const ResourceType& type, const ListOptions& options,
                                const std::string& resource_version, const WatchHandler& handler,
                                std::stop_token stop) {
    if (auto named = must_name_a_namespace(type, options.ns); !named) return named;
    Target target(type, options.ns);
    target.query("watch", "true")
        .query("resourceVersion", resource_version)
        .query("allowWatchBookmarks", "true")
        .query("timeoutSeconds", std::to_string(watch_seconds))
        .selectors(options);
    const HttpRequest request{.method = "GET",
                              .target = target.text(),
                              .accept = options.metadata_only ? metadata_object : json};
    WatchReader reader(type, options.without, handler);
    const auto receive = [&reader](std::string_view bytes) { return reader.receive(bytes); };
    const auto end = requests_.follow(request, what_of("watch", type), receive, stop);
    if (const auto& trouble = reader.trouble()) return std::unexpected(*trouble);
    if (reader.ended()) return {};
    return end;
}

Result<Discovery> RestCluster::discover(std::stop_token stop) {
    const std::array roots = {std::pair("/api", "APIVersions"), std::pair("/apis", "APIGroupList")};
    std::vector<Result<Json>> documents(roots.size(), Json());
    in_parallel(roots.size(), roots.size(), [&](std::size_t i) {
        documents[i] = document(roots[i].first, roots[i].second, stop);
    });
    Discovery discovery;
    for (const auto& found : documents) {
        if (!found) return std::unexpected(found.error());
        if (is_aggregated_discovery(*found)) {
            add_aggregated(*found, discovery);
        } else {
            add_versions(versions_in(*found, discovery), discovery, stop);
        }
    }
    if (stop.stop_requested()) return base::interrupted();
    return discovery;
}

// An API server that only starts, or a cache before it, answers with what is no discovery.
Result<Json> RestCluster::document(const std::string& path, const char* classic_kind,
                                   const std::stop_token& stop) {
    auto answer =
        requests_.ask({.method = "GET", .target = path, .accept = std::string(discovery_accept)},
                      "get " + path, stop);
    if (!answer) return std::unexpected(std::move(answer.error()));
    Json parsed = Json::parse(answer->body, nullptr, false);
    if (!parsed.is_object()) {
        return fail(ErrorKind::Malformed, "error: " + path + " is no JSON object");
    }
    if (!is_aggregated_discovery(parsed) && base::text_or_empty(parsed, "/kind") != classic_kind) {
        return fail(ErrorKind::Malformed, "error: " + path + " is no " + classic_kind +
                                              ": the API server may be starting");
    }
    return parsed;
}

void RestCluster::add_versions(const std::vector<GroupVersion>& versions, Discovery& discovery,
                               const std::stop_token& stop) {
    std::vector<Result<Json>> documents(versions.size(), Json());
    in_parallel(versions.size(), requests_.connection().parallel, [&](std::size_t i) {
        documents[i] =
            document((versions[i].group.empty() ? "/api/" : "/apis/") + versions[i].text(),
                     "APIResourceList", stop);
    });
    for (std::size_t i = 0; i < versions.size(); ++i) {
        if (documents[i]) {
            add_classic(versions[i], *documents[i], discovery);
        } else {
            discovery.broken.push_back(versions[i].text() + ": " + documents[i].error().message);
        }
    }
}

Result<bool> RestCluster::can_i(const AccessQuery& query, std::stop_token stop) {
    static const ResourceType review{.group = "authorization.k8s.io",
                                     .version = "v1",
                                     .plural = "selfsubjectaccessreviews",
                                     .kind = "SelfSubjectAccessReview",
                                     .namespaced = false};
    Json attributes = {
        {"verb", query.verb}, {"group", query.type.group}, {"resource", query.type.plural}};
    if (!query.ns.empty()) attributes["namespace"] = query.ns;
    if (!query.subresource.empty()) attributes["subresource"] = query.subresource;
    if (!query.name.empty()) attributes["name"] = query.name;
    const Json body = {{"kind", review.kind},
                       {"apiVersion", review.api_version()},
                       {"spec", {{"resourceAttributes", attributes}}}};
    auto answer = requests_.ask({.method = "POST",
                                 .target = Target(review, "").text(),
                                 .body = text_of(body),
                                 .content_type = json},
                                what_of("create", review), stop);
    if (!answer) return std::unexpected(std::move(answer.error()));
    const auto allowed =
        base::bool_at(Json::parse(answer->body, nullptr, false), "/status/allowed");
    if (!allowed) {
        return fail(ErrorKind::Malformed, "error: the access review says neither yes nor no");
    }
    return *allowed;
}

}  // namespace

base::Result<std::unique_ptr<Cluster>> open_cluster(Connection connection, RequestLog log) {
    auto http = Http::open(std::move(connection), std::move(log));
    if (!http) return std::unexpected(std::move(http.error()));
    return std::make_unique<RestCluster>(Requests(std::move(*http)));
}

}  // namespace kube
