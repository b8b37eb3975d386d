// A cluster as the rest of the program sees it: a narrow port with two implementations, RestCluster
// (a real API server over HTTPS) and the fake of the tests. It knows nothing of MTC. Every call may
// be made from any thread, blocks until it is done, and returns ErrorKind::Interrupted soon after
// the stop token asks.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/object.hpp"
#include "base/result.hpp"

namespace kube {

using base::Json;
using base::Object;
using base::ObjectRef;
using base::ResourceType;
using base::Result;

/// Fields that are not kept, wherever they stand in an object but in its metadata.
using FieldNames = std::set<std::string>;

struct ListOptions {
    std::string ns = {};              // empty: all namespaces, or a cluster-scoped type
    std::string label_selector = {};  // as in kubectl's -l
    std::string field_selector = {};
    bool metadata_only = false;  // only metadata is read and sent (PartialObjectMetadata)
    FieldNames without = {};     // dropped while reading, so that large lists take little memory
};

struct ObjectList {
    std::vector<Object> items;
    std::string resource_version;  // where a watch that misses nothing begins
};

struct WriteOptions {
    bool dry_run = false;          // dryRun=All: the server checks everything and stores nothing
    std::string subresource = {};  // "status", "binding", ...
    std::optional<int> grace_period_seconds = {};  // of a remove; empty: as the kind does it
    bool metadata_only =
        false;  // of a patch: its answer may hold no more, and costs the server less
};

enum class WatchEventType { Added, Modified, Deleted, Bookmark };

struct WatchEvent {
    WatchEventType type = WatchEventType::Bookmark;
    Object object;  // of a Bookmark only the resource_version means anything
};

/// Called for each event, on the thread that called watch(); false ends the watch.
using WatchHandler = std::function<bool(const WatchEvent&)>;

struct DiscoveredResource {
    ResourceType type;
    std::vector<std::string> verbs;  // "list", "delete", ...
};

struct Discovery {
    std::vector<DiscoveredResource> resources;  // the preferred version of each; no subresources
    std::vector<std::string> broken;  // "group/version: why", what could not be discovered
};

/// One question of a SelfSubjectAccessReview. An empty ns asks for all namespaces.
struct AccessQuery {
    std::string verb;
    ResourceType type;
    std::string ns = {};
    std::string subresource = {};
    std::string name = {};
};

class Cluster {
  public:
    Cluster() = default;
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;
    virtual ~Cluster() = default;

    /// The API server's URL, for messages; no credentials in it.
    virtual const std::string& server() const = 0;

    /// How far the server's clock is ahead of ours, by the Date of its newest answer; nothing as
    /// long as it has not told. A difference of seconds may be the way.
    virtual std::optional<std::chrono::seconds> clock_ahead() const { return std::nullopt; }

    virtual Result<Object> get(const ObjectRef& ref, std::stop_token stop) = 0;

    /// All matching objects, read in pages; when a page's token has expired the list starts over,
    /// so that the result is one consistent view.
    virtual Result<ObjectList> list(const ResourceType& type, const ListOptions& options,
                                    std::stop_token stop) = 0;

    /// Sent once. ErrorKind::Lost and TimedOut mean: look whether it exists before sending it
    /// again. `where` names the namespace and type; with a subresource also the object.
    virtual Result<Object> create(const ObjectRef& where, const Json& body,
                                  const WriteOptions& options, std::stop_token stop) = 0;

    /// PUT. Only for subresources that are requests ("start" of KubeVirt) and hold no object that
    /// could be written over: there is no guard in it. ErrorKind::Conflict: the object is in no
    /// state for it.
    virtual Result<void> update(const ObjectRef& ref, const Json& body, const WriteOptions& options,
                                std::stop_token stop) = 0;

    /// JSON Patch (RFC 6902) on the object that was seen: a `test` of its uid is put before
    /// `operations`, and the caller adds a `test` for each value the change depends on.
    /// ErrorKind::Conflict: it is not as it was seen, and nothing was written.
    virtual Result<Object> patch(const Object& seen, const Json& operations,
                                 const WriteOptions& options, std::stop_token stop) = 0;

    /// Deletes the object that was seen (precondition: its uid), dependents in the background.
    /// Finalizers may keep it a while; that it is gone is for a watch to say.
    virtual Result<void> remove(const Object& seen, const WriteOptions& options,
                                std::stop_token stop) = 0;

    /// One watch connection from `resource_version` on. Returns when the server ends it (that is
    /// normal), when the handler says false, or with an error; ErrorKind::Expired asks for a new
    /// list. reflector.hpp makes an unbroken stream of it.
    virtual Result<void> watch(const ResourceType& type, const ListOptions& options,
                               const std::string& resource_version, const WatchHandler& handler,
                               std::stop_token stop) = 0;

    virtual Result<Discovery> discover(std::stop_token stop) = 0;

    /// True when the server says that this user may (SelfSubjectAccessReview).
    virtual Result<bool> can_i(const AccessQuery& query, std::stop_token stop) = 0;
};

}  // namespace kube
