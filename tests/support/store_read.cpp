// Lists in pages, and watches.
#include "base/text.hpp"
#include "support/store.hpp"

namespace support {
namespace {

struct Selectors {
    LabelSelector labels;
    FieldSelector fields;
    bool match(const Json& object) const {
        return labels.matches(object) && fields.matches(object);
    }
};

Answer<Selectors> selectors_of(const ServedType& served, const Query& query) {
    auto labels = LabelSelector::parse(query.label_selector);
    if (!labels) return std::unexpected(labels.error());
    auto fields = FieldSelector::parse(served, query.field_selector);
    if (!fields) return std::unexpected(fields.error());
    return Selectors{*std::move(labels), *std::move(fields)};
}

std::optional<Revision> revision_of(const std::string& text) {
    if (text.empty()) return 0;
    if (text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return std::stoull(text);
}

}  // namespace

Answer<Page> Store::list(const ResourceType& type, const Query& query) {
    const std::lock_guard lock(mutex_);
    const auto served = row(type);
    if (!served) return std::unexpected(served.error());
    return query.continue_token.empty() ? first_page(**served, query) : later_page(query);
}

Answer<Page> Store::first_page(const ServedType& served, const Query& query) {
    const auto selectors = selectors_of(served, query);
    if (!selectors) return std::unexpected(selectors.error());
    std::vector<Stored> items;
    for (const auto& [key, stored] : shelves_[served.type.resource()]) {
        const bool here = query.ns.empty() || key.first == query.ns;
        if (here && selectors->match(*stored)) items.push_back(stored);
    }
    return cut(std::move(items), std::to_string(revision_), query.limit);
}

Answer<Page> Store::later_page(const Query& query) {
    std::string token;
    if (!base::decode_base64(query.continue_token, token) || !token.starts_with("page ")) {
        return std::unexpected(refusal::bad_request(
            "invalid continue token: continue key is not valid: " + query.continue_token));
    }
    const auto snapshot = snapshots_.find(token);
    if (snapshot == snapshots_.end()) return std::unexpected(refusal::expired_token());
    const Snapshot rest = snapshot->second;
    return cut(rest.items, rest.resource_version, query.limit);
}

/// The first `limit` items; the rest waits under a token, as it was at the time of the first page.
Page Store::cut(std::vector<Stored> items, std::string resource_version, std::size_t limit) {
    Page page{.items = std::move(items), .resource_version = std::move(resource_version)};
    if (limit == 0 || page.items.size() <= limit) return page;
    const auto middle = page.items.begin() + static_cast<std::ptrdiff_t>(limit);
    Snapshot rest{{middle, page.items.end()}, page.resource_version};
    page.items.erase(middle, page.items.end());
    page.remaining = rest.items.size();
    const std::string token = "page " + std::to_string(++tokens_);
    snapshots_[token] = std::move(rest);
    page.continue_token = base::encode_base64(token);
    return page;
}

void Store::expire_continue_tokens() {
    const std::lock_guard lock(mutex_);
    snapshots_.clear();
}

Answer<Watcher> Store::watch(const ResourceType& type, const Query& query,
                             const std::string& resource_version) {
    const std::lock_guard lock(mutex_);
    const auto served = row(type);
    if (!served) return std::unexpected(served.error());
    auto selectors = selectors_of(**served, query);
    if (!selectors) return std::unexpected(selectors.error());
    const auto from = revision_of(resource_version);
    if (!from) {
        return std::unexpected(
            refusal::without_reason(500, "resourceVersion: Invalid value: \"" + resource_version +
                                             "\": strconv.ParseUint: parsing \"" +
                                             resource_version + "\": invalid syntax"));
    }
    Watcher watcher(*this);
    watcher.served_ = *served;
    watcher.ns_ = query.ns;
    watcher.labels_ = std::move(selectors->labels);
    watcher.fields_ = std::move(selectors->fields);
    watcher.generation_ = watch_generation_;
    watcher.cursor_ = *from;
    if (*from != 0) return watcher;
    watcher.cursor_ = revision_;
    for (const auto& [key, stored] : shelves_[(*served)->type.resource()]) {
        const bool here = query.ns.empty() || key.first == query.ns;
        if (here && watcher.matches(*stored)) watcher.initial_.push_back({"ADDED", *stored});
    }
    return watcher;
}

void Store::forget_history() {
    const std::lock_guard lock(mutex_);
    history_.forget(++revision_);
    changed_.notify_all();
}

void Store::send_bookmarks() {
    const std::lock_guard lock(mutex_);
    history_.add({.revision = ++revision_});
    changed_.notify_all();
}

void Store::close_watches() {
    const std::lock_guard lock(mutex_);
    ++watch_generation_;
    changed_.notify_all();
}

bool Watcher::matches(const Json& object) const {
    return labels_.matches(object) && fields_.matches(object);
}

WatchEvent Watcher::bookmark() const {
    return {"BOOKMARK",
            {{"kind", served_->type.kind},
             {"apiVersion", served_->type.api_version()},
             {"metadata", {{"resourceVersion", std::to_string(cursor_)}}}}};
}

/// An object that begins to match is added, one that stops matching is deleted, whatever happened
/// to it.
std::optional<WatchEvent> Watcher::event_of(const Change& change) const {
    if (change.served == nullptr) return bookmark();
    if (change.served != served_ || (!ns_.empty() && change.ns != ns_)) return std::nullopt;
    const bool was = change.before != nullptr && matches(*change.before);
    const bool is = change.after != nullptr && matches(*change.after);
    if (is) return WatchEvent{was ? "MODIFIED" : "ADDED", *change.after};
    if (!was) return std::nullopt;
    Json last = change.last == nullptr ? *change.before : *change.last;
    last["metadata"]["resourceVersion"] = std::to_string(change.revision);
    return WatchEvent{"DELETED", std::move(last)};
}

/// The next event that is there already. Expects the store's mutex to be held.
Answer<std::optional<WatchEvent>> Watcher::advance() {
    if (!initial_.empty()) {
        WatchEvent event = std::move(initial_.front());
        initial_.pop_front();
        return event;
    }
    if (cursor_ < store_->history_.oldest()) {
        return std::unexpected(
            refusal::expired("too old resource version: " + std::to_string(cursor_) + " (" +
                             std::to_string(store_->history_.oldest()) + ")"));
    }
    while (const Change* change = store_->history_.after(cursor_)) {
        cursor_ = change->revision;
        if (auto event = event_of(*change)) return event;
    }
    return std::nullopt;
}

Answer<std::optional<WatchEvent>> Watcher::next(std::stop_token stop,
                                                std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(store_->mutex_);
    Answer<std::optional<WatchEvent>> found;
    const auto ready = [&] {
        found = advance();
        return !found || found->has_value() || generation_ != store_->watch_generation_;
    };
    store_->changed_.wait_until(lock, std::move(stop), until, ready);
    return found;
}

bool Watcher::closed() const {
    const std::lock_guard lock(store_->mutex_);
    return generation_ != store_->watch_generation_;
}

}  // namespace support
