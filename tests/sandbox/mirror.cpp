#include "sandbox/mirror.hpp"

namespace sandbox {

void Bell::ring() {
    {
        const std::lock_guard lock(mutex_);
        ringing_ = true;
    }
    rung_.notify_all();
}

bool Bell::wait(std::stop_token stop, std::optional<SteadyTime> deadline) {
    std::unique_lock lock(mutex_);
    const auto ringing = [this] { return ringing_; };
    if (deadline) {
        rung_.wait_until(lock, stop, *deadline, ringing);
    } else {
        rung_.wait(lock, stop, ringing);
    }
    ringing_ = false;
    return !stop.stop_requested();
}

std::vector<ObjectPtr> View::of(const base::ResourceType& type) const {
    std::vector<ObjectPtr> out;
    for (auto it = objects.lower_bound({type, {}, {}});
         it != objects.end() && it->first.type == type; ++it) {
        out.push_back(it->second);
    }
    return out;
}

ObjectPtr View::find(const base::ObjectRef& ref) const {
    const auto it = objects.find(ref);
    return it == objects.end() ? nullptr : it->second;
}

Mirror::Mirror(kube::Cluster& cluster, std::vector<Watched> watched, Bell& bell)
    : cluster_(cluster), watched_(std::move(watched)), bell_(bell) {
    for (std::size_t i = 0; i < watched_.size(); ++i) {
        threads_.emplace_back([this, i] { follow(i); });
    }
}

Mirror::~Mirror() {
    stop_.request_stop();  // all at once, before the first is waited for
}

std::optional<View> Mirror::view() const {
    const std::lock_guard lock(mutex_);
    if (listed_.size() < watched_.size()) return std::nullopt;
    return View{objects_};
}

void Mirror::follow(std::size_t i) {
    const auto changed = [this, i](const kube::ObjectMap& objects) {
        take(i, objects);
        return true;
    };
    const auto ended = kube::reflect(cluster_, watched_[i].type, watched_[i].options,
                                     {.changed = changed}, stop_.get_token());
    if (!ended) take(i, {});  // a type that is not served: nothing of it exists
}

void Mirror::take(std::size_t i, const kube::ObjectMap& objects) {
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(objects_, [&](const auto& entry) {
            return entry.first.type == watched_[i].type && !objects.contains(entry.first);
        });
        for (const auto& [ref, object] : objects) {
            ObjectPtr& known = objects_[ref];
            if (!known || known->resource_version != object.resource_version ||
                known->uid != object.uid)
                known = std::make_shared<const base::Object>(object);
        }
        listed_.insert(i);
    }
    bell_.ring();
}

}  // namespace sandbox
