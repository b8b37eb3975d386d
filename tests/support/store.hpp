// The semantics of the Kubernetes API machinery in memory, without HTTP: objects with uids and
// resourceVersions, selectors, pages, patches, preconditions, finalizers, owners, schemas of CRDs,
// watches. It runs no controllers beyond garbage collection: no pods follow a replica count here.
// Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "support/access.hpp"
#include "support/history.hpp"
#include "support/patch.hpp"
#include "support/refusal.hpp"
#include "support/schema.hpp"
#include "support/selectors.hpp"
#include "support/strategy.hpp"

namespace support {

struct StoreOptions {
    std::string name = "cluster";  // makes the uids of two stores differ, the same in every run
    std::size_t history_limit = 100'000;
    bool graceful_pods = false;  // a bound pod stays terminating until it is deleted with grace 0
    std::function<base::Time()> now = base::now;
};

struct WriteRequest {
    bool dry_run = false;
    std::string subresource = {};
};

struct DeleteRequest {
    std::optional<std::string> uid = {};  // preconditions
    std::optional<std::string> resource_version = {};
    std::string propagation = "Background";  // or Foreground, Orphan
    std::optional<std::int64_t> grace_seconds = {};
    bool dry_run = false;
};

struct Query {
    std::string ns = {};  // empty: all
    std::string label_selector = {};
    std::string field_selector = {};
    std::size_t limit = 0;  // 0: everything at once
    std::string continue_token = {};
};

struct Page {
    std::vector<Stored> items = {};
    std::string resource_version = {};
    std::string continue_token = {};
    std::size_t remaining = 0;
};

struct WatchEvent {
    std::string type;  // ADDED, MODIFIED, DELETED, BOOKMARK
    Json object;
};

class Store;

/// One watch. Belongs to one thread; the store must outlive it.
class Watcher {
  public:
    /// The next event; nothing when `until` passed, the token asked, or the watch was closed. The
    /// error is the Status of an ERROR event.
    Answer<std::optional<WatchEvent>> next(std::stop_token stop,
                                           std::chrono::steady_clock::time_point until);
    /// True when the store ended this watch, as a server does every few minutes.
    bool closed() const;
    /// A BOOKMARK for as far as this watch has seen everything.
    WatchEvent bookmark() const;

  private:
    friend class Store;
    explicit Watcher(Store& store) : store_(&store) {}
    Store* store_;
    const ServedType* served_ = nullptr;
    std::string ns_;
    LabelSelector labels_;
    FieldSelector fields_;
    Revision cursor_ = 0;
    std::size_t generation_ = 0;
    std::deque<WatchEvent> initial_;
    bool matches(const Json& object) const;
    std::optional<WatchEvent> event_of(const Change& change) const;
    Answer<std::optional<WatchEvent>> advance();
};

class Store {
  public:
    explicit Store(StoreOptions options = {});
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    // The API. Refs may carry a type that is known only by group, version and plural.
    Answer<Json> get(const ObjectRef& ref, const std::string& subresource = {}) const;
    Answer<Page> list(const ResourceType& type, const Query& query);
    Answer<Json> create(const ObjectRef& where, Json body, const WriteRequest& request = {});
    Answer<Json> update(const ObjectRef& ref, Json body, const WriteRequest& request = {});
    Answer<Json> patch(const ObjectRef& ref, PatchKind kind, const Json& patch,
                       const WriteRequest& request = {});
    /// The object when finalizers or grace keep it, otherwise a Status.
    Answer<Json> remove(const ObjectRef& ref, const DeleteRequest& request = {});
    /// From `resource_version` on; "" and "0" begin with everything there is.
    Answer<Watcher> watch(const ResourceType& type, const Query& query,
                          const std::string& resource_version);
    Access& access() { return access_; }

    // For tests and simulators.
    /// Stores an object as it is, status and all, as if it had always been there: no defaults, no
    /// schema. Its namespace is created if need be; an object of that name is replaced and keeps
    /// its uid.
    base::Object put(Json object);
    /// What is stored, without going through get(); nothing when it is not there.
    std::optional<base::Object> peek(const ObjectRef& ref) const;
    std::vector<base::Object> all(const ResourceType& type, const std::string& ns = {}) const;
    std::string resource_version() const;
    /// Called after each write, on the thread that wrote, with nothing locked: it may write itself.
    void on_change(std::function<void(const Change&)> listener);
    /// From now on, watches that begin before this moment are Expired (etcd's compaction).
    void forget_history();
    void expire_continue_tokens();
    /// Sends a bookmark to every watch.
    void send_bookmarks();
    /// Ends every watch, as a server does.
    void close_watches();

  private:
    friend class Watcher;
    using Key = std::pair<std::string, std::string>;  // namespace, name
    using Shelf = std::map<Key, Stored>;
    struct Snapshot {
        std::vector<Stored> items;
        std::string resource_version;
    };

    // Everything below expects mutex_ to be held.
    Answer<const ServedType*> row(const ResourceType& type) const;
    Answer<Stored> lookup(const ServedType& served, const ObjectRef& ref) const;
    Answer<void> namespace_accepts(const ServedType& served, const ObjectRef& ref) const;
    Answer<Json> schema_checked(const ServedType& served, const std::string& name,
                                Json object) const;
    Birth birth();
    std::string stamp(std::chrono::seconds later = {}) const;

    Answer<Json> create_object(const ObjectRef& where, Json body, const WriteRequest& request);
    Answer<Json> bind(const ServedType& served, const ObjectRef& ref, const Json& binding,
                      const WriteRequest& request);
    Answer<Json> replace_object(const ObjectRef& ref, Json body, const WriteRequest& request);
    Answer<Json> update_object(const ServedType& served, const Stored& old, Json body,
                               const WriteRequest& request);
    Answer<Json> patch_object(const ObjectRef& ref, PatchKind kind, const Json& patch,
                              const WriteRequest& request);
    Answer<Json> remove_object(const ObjectRef& ref, const DeleteRequest& request);
    Answer<Json> remove_stored(const ServedType& served, const Stored& old,
                               const DeleteRequest& request);
    Answer<Json> linger(const ServedType& served, const Stored& old, const DeleteRequest& request,
                        std::int64_t grace);
    std::int64_t grace_of(const ServedType& served, const Json& object,
                          const DeleteRequest& request) const;

    Stored write(const ServedType& served, Json object);
    void erase(const ServedType& served, const Stored& old);
    void collect(const std::string& owner_uid);
    void release_dependent(const ServedType& served, const Stored& dependent,
                           const std::string& owner_uid);
    void orphan_dependents(const std::string& owner_uid);
    bool exists(const std::string& uid) const { return uids_.contains(uid); }
    void empty_namespace(const std::string& ns);
    void sweep_namespace(const std::string& ns);
    std::vector<std::pair<const ServedType*, Stored>> matching(
        const std::function<bool(const Json&)>& wanted) const;

    Answer<Page> first_page(const ServedType& served, const Query& query);
    Answer<Page> later_page(const Query& query);
    Page cut(std::vector<Stored> items, std::string resource_version, std::size_t limit);

    /// Runs a write under the lock, then tells the listeners what it changed.
    template <class Work>
    auto transact(const Work& work);
    void note(Change change);

    StoreOptions options_;
    Access access_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::string, Shelf> shelves_;  // by resource
    std::set<std::string> uids_;
    std::set<std::string> owner_uids_;  // every uid that an ownerReference ever named
    Revision revision_ = 100;
    std::uint64_t births_ = 0;
    History history_;
    std::vector<Change> untold_;
    std::vector<std::function<void(const Change&)>> listeners_;
    std::map<std::string, Snapshot> snapshots_;  // the rests of lists, by continue token
    std::uint64_t tokens_ = 0;
    std::size_t watch_generation_ = 0;
};

}  // namespace support
