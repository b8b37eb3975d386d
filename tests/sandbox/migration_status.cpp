#include "sandbox/migration_status.hpp"

#include <algorithm>

namespace sandbox {
namespace {

bool is_started(const Json& step) {
    return step.contains("started");
}
bool has_ended(const Json& step) {
    return step.contains("completed");
}

void begin_step(Json& step) {
    if (!is_started(step)) step["started"] = time_now();
}

void end_step(Json& step) {
    begin_step(step);
    if (!has_ended(step)) step["completed"] = time_now();
}

Json* step_in(Json& pipeline, std::string_view name) {
    const auto it = std::ranges::find_if(
        pipeline, [&](const Json& step) { return base::text_or_empty(step, "/name") == name; });
    return it == pipeline.end() ? nullptr : &*it;
}

// A step that is over says only how it ended; the last word counts.
void say_how_it_ended(Json& step) {
    if (has_ended(step)) {
        step.erase("phase");
        step["message"] = "Completed";
    }
    if (step.contains("failed")) step["message"] = "Failed";
    if (step.contains("skipped")) step["message"] = "Skipped";
}

Json* find_condition(Json& conditions, std::string_view type) {
    const auto it = std::ranges::find_if(
        conditions, [&](const Json& c) { return base::text_or_empty(c, "/type") == type; });
    return it == conditions.end() ? nullptr : &*it;
}

Json condition_json(const StatusCondition& condition) {
    Json json = {{"type", condition.type},
                 {"status", "True"},
                 {"category", condition.category},
                 {"message", condition.message},
                 {"lastTransitionTime", time_now()}};
    if (!condition.reason.empty()) json["reason"] = condition.reason;
    if (condition.durable) json["durable"] = true;
    return json;
}

bool same_but_for_time(Json a, Json b) {
    a.erase("lastTransitionTime");
    b.erase("lastTransitionTime");
    return a == b;
}

}  // namespace

ConditionList::ConditionList(const Json* before, Keep keep) {
    if (before == nullptr || !before->is_array()) return;
    before_ = *before;
    for (const Json& condition : before_) {
        if (keep == Keep::Everything || base::bool_at(condition, "/durable").value_or(false))
            now_.push_back(condition);
    }
}

void ConditionList::set(const StatusCondition& condition) {
    Json json = condition_json(condition);
    const Json* before = find_condition(before_, condition.type);
    if (before != nullptr && same_but_for_time(*before, json)) json = *before;
    if (Json* now = find_condition(now_, condition.type)) {
        *now = json;
    } else {
        now_.push_back(json);
    }
}

void ConditionList::drop(std::string_view type) {
    if (const Json* found = find_condition(now_, type))
        now_.erase(static_cast<std::size_t>(found - &now_.front()));
}

bool ConditionList::has(std::string_view type) const {
    return std::ranges::any_of(
        now_, [&](const Json& c) { return base::text_or_empty(c, "/type") == type; });
}

bool ConditionList::has_category(std::string_view category) const {
    return std::ranges::any_of(
        now_, [&](const Json& c) { return base::text_or_empty(c, "/category") == category; });
}

MigrationStatus::MigrationStatus(const Json* status)
    : status_(status == nullptr ? Json::object() : *status),
      conditions_(base::find(status_, "/conditions"), ConditionList::Keep::Durable) {}

bool MigrationStatus::failed() const {
    return conditions_.has("Failed") || !base::items_at(status_, "/errors").empty();
}

void MigrationStatus::start_clock() {
    if (!status_.contains("startTimestamp")) status_["startTimestamp"] = time_now();
}

void MigrationStatus::begin(const Itinerary& itinerary, const Needs& needs) {
    start_clock();
    status_["itinerary"] = itinerary.name;
    for (const ItineraryPhase& phase : itinerary.phases) {
        if (!phase.wanted(needs) || step_in(pipeline(), phase.step) != nullptr) continue;
        pipeline().push_back({{"name", phase.step}, {"message", "Not started"}});
    }
}

// A step that an earlier phase of it has ended is not begun again, and a skipped one is, if its
// phase comes after all: Cleanup of a canceled migration is both.
void MigrationStatus::show(std::string_view phase, std::string_view step) {
    const Json* current = step_in(pipeline(), step);
    for (Json& other : pipeline()) {
        if (&other != current && is_started(other)) end_step(other);
    }
    for (Json& earlier : pipeline()) {
        if (&earlier == current) break;
        if (!is_started(earlier)) earlier["skipped"] = true;
    }
    if (Json* now = step_in(pipeline(), step)) {
        begin_step(*now);
        (*now)["phase"] = phase;
        (*now)["message"] = description_of(phase);
        if (phase == "Completed") end_step(*now);
    }
    // while it waits for a DirectVolumeMigration, the controller leaves the other steps as they are
    if (step == "DirectVolume") return;
    for (Json& each : pipeline()) say_how_it_ended(each);
}

void MigrationStatus::set_running(const Itinerary& itinerary, std::string_view phase) {
    conditions_.set({.type = "Running",
                     .category = "Advisory",
                     .message = "Step: " + std::to_string(itinerary.number(phase)) + "/" +
                                std::to_string(itinerary.phases.size()),
                     .reason = std::string(phase)});
}

void MigrationStatus::start(const ItineraryPhase& phase) {
    status_["phase"] = phase.name;
    if (Json* step = step_in(pipeline(), phase.step)) {
        begin_step(*step);
        (*step)["phase"] = phase.name;
        (*step)["message"] = description_of(phase.name);
    }
}

void MigrationStatus::enter(const Itinerary& itinerary, const ItineraryPhase& phase) {
    status_["phase"] = phase.name;
    show(phase.name, phase.step);
    set_running(itinerary, phase.name);
}

void MigrationStatus::fail(const ItineraryPhase& phase, const std::vector<std::string>& errors) {
    for (const std::string& error : errors) status_["errors"].push_back(error);
    conditions_.set({.type = "Failed",
                     .category = "Advisory",
                     .message = "The migration has failed.  See: Errors.",
                     .reason = std::string(phase.name),
                     .durable = true});
    conditions_.drop("Running");
    if (Json* step = step_in(pipeline(), phase.step)) (*step)["failed"] = true;
}

void MigrationStatus::fall(const Itinerary& itinerary, std::string_view phase) {
    status_["phase"] = phase;
    show(phase, "Cleanup");
    set_running(itinerary, phase);
}

void MigrationStatus::complete() {
    status_["phase"] = "Completed";
    conditions_.drop("Running");
    const bool warned = conditions_.has_category("Warn");
    if (failed()) return;
    conditions_.set({.type = warned ? "SucceededWithWarnings" : "Succeeded",
                     .category = "Advisory",
                     .message = warned ? "The migration has completed with warnings, please look "
                                         "at `Warn` conditions."
                                       : "The migration has completed successfully.",
                     .reason = "Completed",
                     .durable = true});
}

Json MigrationStatus::json() const {
    Json json = status_;
    json["conditions"] = conditions_.json();
    return json;
}

}  // namespace sandbox
