// What a simulator knows of a cluster: a live copy of some resource types, kept by one reflector
// each, and a bell that rings when the copy changes. It writes nothing and decides nothing.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "kube/cluster.hpp"
#include "kube/reflector.hpp"

namespace sandbox {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Rung by many, waited for by one.
class Bell {
  public:
    void ring();
    /// True when it has rung since the last wait, or the deadline has passed; false when the token
    /// asks.
    bool wait(std::stop_token stop, std::optional<SteadyTime> deadline = {});

  private:
    std::mutex mutex_;
    std::condition_variable_any rung_;
    bool ringing_ = false;
};

using ObjectPtr = std::shared_ptr<const base::Object>;

/// One moment of a Mirror. Objects of one type stand together.
struct View {
    std::map<base::ObjectRef, ObjectPtr> objects;

    std::vector<ObjectPtr> of(const base::ResourceType& type) const;
    ObjectPtr find(const base::ObjectRef& ref) const;
};

struct Watched {
    base::ResourceType type;
    kube::ListOptions options = {};

    bool operator==(const Watched& other) const {
        return type == other.type && options.ns == other.options.ns &&
               options.label_selector == other.options.label_selector;
    }
};

class Mirror {
  public:
    /// Starts to watch; rings after each change. A type that the cluster does not have stays empty.
    Mirror(kube::Cluster& cluster, std::vector<Watched> watched, Bell& bell);
    Mirror(const Mirror&) = delete;
    Mirror& operator=(const Mirror&) = delete;
    ~Mirror();

    /// Nothing before every type was listed once: who acts on half a view makes things twice.
    std::optional<View> view() const;
    const std::vector<Watched>& watched() const { return watched_; }

  private:
    void follow(std::size_t i);
    void take(std::size_t i, const kube::ObjectMap& objects);

    kube::Cluster& cluster_;
    const std::vector<Watched> watched_;
    Bell& bell_;
    std::stop_source stop_;
    mutable std::mutex mutex_;
    std::map<base::ObjectRef, ObjectPtr> objects_;
    std::set<std::size_t> listed_;
    std::vector<std::jthread> threads_;
};

}  // namespace sandbox
