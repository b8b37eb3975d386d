#include "sandbox/mtc_controller.hpp"

#include <algorithm>
#include <array>

#include "sandbox/cleanup.hpp"
#include "sandbox/marks.hpp"
#include "sandbox/mtc_rules.hpp"

namespace sandbox {

using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds retry_pause{200};

// Nobody has failed: the controller is being stopped, or somebody else wrote meanwhile.
bool is_passing(const base::Error& error) {
    return error.kind == base::ErrorKind::Conflict || error.kind == base::ErrorKind::Interrupted;
}

std::string key_of(const std::string& uid, std::string_view phase) {
    return uid + "/" + std::string(phase);
}

// The phase of no itinerary in which a failure is seen that the phase itself names (`fail` in
// mm/task.go); any other error leaves it where it is.
std::string_view seen_in_after(std::string_view failed) {
    using Pair = std::pair<std::string_view, std::string_view>;
    static constexpr std::array next{Pair{"InitialBackupCreated", "InitialBackupFailed"},
                                     Pair{"StagePodsCreated", "SourceStagePodsFailed"},
                                     Pair{"StageBackupCreated", "StageBackupFailed"},
                                     Pair{"StageRestoreCreated", "StageRestoreFailed"},
                                     Pair{"FinalRestoreCreated", "FinalRestoreFailed"},
                                     Pair{"SwapPVCReferences", "MigrationFailed"}};
    const auto it = std::ranges::find(next, failed, &Pair::first);
    return it == next.end() ? std::string_view() : it->second;
}

void adopt(Json& body, const Object& migration, const Object& plan) {
    Json& metadata = body["metadata"];
    metadata["labels"][labels::plan_name] = plan.ref.name;
    metadata["labels"][labels::migration_uid] = migration.uid;
    if (metadata.contains("ownerReferences")) return;
    metadata["ownerReferences"] = Json::array({{{"apiVersion", plan.ref.type.api_version()},
                                                {"kind", plan.ref.type.kind},
                                                {"name", plan.ref.name},
                                                {"uid", plan.uid}}});
}

// What a scenario calls the work of a DirectVolumeMigration's finalizer, where it is to hang.
constexpr std::string_view finalizing = "DirectVolumeMigrationFinalizer";

struct CopiedNamespaces {
    std::vector<std::string> source = {};
    std::vector<std::string> target = {};
};

void add_once(std::vector<std::string>& names, const std::string& name) {
    if (std::ranges::count(names, name) == 0) names.push_back(name);
}

CopiedNamespaces copied_namespaces(const Object& volume_migration) {
    CopiedNamespaces out;
    for (const Json& claim :
         base::items_at(volume_migration.body, "/spec/persistentVolumeClaims")) {
        const std::string ns = base::text_or_empty(claim, "/namespace");
        add_once(out.source, ns);
        add_once(out.target, base::text_at(claim, "/targetNamespace").value_or(ns));
    }
    return out;
}

bool covers(const std::vector<Watched>& known, const std::vector<Watched>& wanted) {
    return std::ranges::all_of(
        wanted, [&](const Watched& one) { return std::ranges::count(known, one) > 0; });
}

}  // namespace

struct MtcController::Round {
    Objects migrations;
    Objects plans;
    std::stop_token stop;

    const Object* plan_of(const Object& migration) const {
        const std::string name = base::text_or_empty(migration.body, "/spec/migPlanRef/name");
        const auto it =
            std::ranges::find_if(plans, [&](const Object& plan) { return plan.ref.name == name; });
        return it == plans.end() ? nullptr : &*it;
    }
};

struct MtcController::Waiting {
    Mirror source;
    Mirror target;
};

MtcController::MtcController(Clusters clusters, MtcOptions options)
    : clusters_(clusters), options_(std::move(options)) {}

MtcController::~MtcController() = default;

void MtcController::run(std::stop_token stop) {
    const kube::ListOptions here{.ns = openshift_migration};
    const Mirror mirror(clusters_.control,
                        {{types::migmigrations, here},
                         {types::migplans, here},
                         {types::directvolumemigrations, here}},
                        bell_);
    while (bell_.wait(stop, std::exchange(wake_, std::nullopt))) pass(stop);
    waiting_.clear();
}

void MtcController::release(const std::string& phase) {
    {
        const std::lock_guard lock(mutex_);
        if (phase.empty()) all_released_ = true;
        released_.insert(phase);
    }
    bell_.ring();
}

void MtcController::wake_at(SteadyTime time) {
    wake_ = wake_ ? std::min(*wake_, time) : time;
}

void MtcController::pass(std::stop_token stop) {
    const kube::ListOptions here{.ns = openshift_migration};
    auto migrations = clusters_.control.list(types::migmigrations, here, stop);
    auto plans = clusters_.control.list(types::migplans, here, stop);
    const auto copies = clusters_.control.list(types::directvolumemigrations, here, stop);
    if (!migrations || !plans || !copies) return wake_at(Clock::now() + retry_pause);
    const Round round{std::move(migrations->items), std::move(plans->items), stop};
    std::erase_if(waiting_, [&](const auto& entry) {
        return std::ranges::count(round.migrations, entry.first, &Object::uid) == 0;
    });
    for (const Object& copy : copies->items) clean_up(copy, stop);
    for (const Object& plan : round.plans) judge(round, plan);
    for (const Object& migration : round.migrations) {
        if (!is_completed(migration) && !base::is_terminating(migration))
            reconcile(round, migration);
    }
}

// The plan controller is another one: it looks at a plan some time after its migration has ended.
void MtcController::judge(const Round& round, const Object& plan) {
    if (has_to_be_closed(plan)) return close(round, plan);
    const Json judged = judged_plan(plan, round.migrations);
    if (is_resumed(plan, judged)) {
        const auto since = resumed_since_.try_emplace(plan.uid, Clock::now()).first->second;
        const auto due = since + options_.behaviour.resume_after;
        if (Clock::now() < due) return wake_at(due);
    }
    resumed_since_.erase(plan.uid);
    std::ignore = update(clusters_.control, plan, judged, round.stop);
}

void MtcController::clean_up(const Object& volume_migration, std::stop_token stop) {
    auto finalizers = base::finalizers_of(volume_migration);
    if (!base::is_terminating(volume_migration) ||
        std::erase(finalizers, volume_migration_finalizer) == 0 ||
        hangs(volume_migration.uid, finalizing))
        return;
    const CopiedNamespaces namespaces = copied_namespaces(volume_migration);
    const auto source =
        delete_copying_objects(clusters_.source, volume_migration.uid, namespaces.source, stop);
    const auto target =
        delete_copying_objects(clusters_.target, volume_migration.uid, namespaces.target, stop);
    if (!source || !target || !*source || !*target) return wake_at(Clock::now() + retry_pause);
    Json body = volume_migration.body;
    body["metadata"]["finalizers"] = finalizers;
    std::ignore = update(clusters_.control, volume_migration, body, stop);
}

void MtcController::close(const Round& round, const Object& plan) {
    for (kube::Cluster* cluster : {&clusters_.source, &clusters_.target}) {
        if (!delete_made_for(*cluster, plan.uid, round.stop))
            return wake_at(Clock::now() + retry_pause);
    }
    std::ignore = update(clusters_.control, plan, closed_plan(plan), round.stop);
}

void MtcController::reconcile(const Round& round, const Object& listed) {
    if (!is_due(listed.uid)) return;
    Json body = listed.body;
    MigrationStatus status(base::find(body, "/status"));
    const Object* plan = round.plan_of(listed);
    if (plan != nullptr) adopt(body, listed, *plan);
    validate(listed, plan, round.migrations, status.conditions());
    if (plan != nullptr && !status.conditions().blocked()) advance(round, listed, *plan, status);
    if (!status.conditions().blocked() && status.phase() != "Completed")
        status.conditions().set(
            {.type = "Ready", .category = "Required", .message = "The migration is ready."});
    body["status"] = status.json();
    const auto written = update(clusters_.control, listed, body, round.stop);
    if (!written) wake_at(Clock::now() + retry_pause);
    if (status.phase() == "Completed") waiting_.erase(listed.uid);
}

void MtcController::advance(const Round& round, const Object& migration, const Object& plan,
                            MigrationStatus& status) {
    const PlanFacts facts = facts_of(plan);
    const Needs needs = needs_of(migration, plan, status.conditions());
    const Itinerary& itinerary = choose_itinerary(migration, status);
    const bool begins = status.itinerary() != itinerary.name;
    if (begins) status.begin(itinerary, needs);
    if (begins || itinerary.find(status.phase()) == nullptr) status.start(itinerary.first());
    const Journey journey{clusters_, facts, migration, status.conditions(), round.stop};
    step(journey, itinerary, needs, status);
}

void MtcController::step(const Journey& journey, const Itinerary& itinerary, const Needs& needs,
                         MigrationStatus& status) {
    const ItineraryPhase& phase = *itinerary.find(status.phase());
    status.start(phase);
    const auto outcome = attempt(journey, phase);
    const bool stays = !outcome || outcome->then == Outcome::Then::Wait;
    if (stays) status.enter(itinerary, phase);
    if (!outcome && is_passing(outcome.error())) return wake_at(Clock::now() + retry_pause);
    due_[journey.migration.uid] = Clock::now() + options_.pace;
    if (!outcome || outcome->then == Outcome::Then::Fail) {
        status.fail(phase, outcome ? outcome->reasons : std::vector{outcome.error().message});
        const std::string_view seen_in = seen_in_after(phase.name);
        if (!seen_in.empty()) status.fall(itinerary, seen_in);
        return;
    }
    if (stays) return wait_for(journey, *outcome);
    waiting_.erase(journey.migration.uid);
    Needs after = needs;
    after.stage_pods = status.conditions().has("StagePodsCreated");
    const ItineraryPhase& next = outcome->then == Outcome::Then::Jump
                                     ? *itinerary.find(outcome->jump_to)
                                     : itinerary.after(phase.name, after);
    status.enter(itinerary, next);
    if (next.name == "Completed") status.complete();
}

Result<Outcome> MtcController::attempt(const Journey& journey, const ItineraryPhase& phase) {
    for (const Behaviour::Warning& warning : options_.behaviour.warn) {
        if (warning.phase == phase.name)
            journey.conditions.set({.type = warning.type,
                                    .category = "Warn",
                                    .message = warning.message,
                                    .durable = true});
    }
    if (hangs(journey.migration.uid, phase.name)) return Outcome{.then = Outcome::Then::Wait};
    if (auto failure = planned_failure(phase.name)) return std::unexpected(std::move(*failure));
    return run_phase(phase.name, journey);
}

std::optional<base::Error> MtcController::planned_failure(std::string_view phase) {
    for (Behaviour::Failure& failure : options_.behaviour.fail) {
        if (failure.phase != phase || failure.times == 0) continue;
        if (failure.times > 0) --failure.times;
        return base::Error{.kind = base::ErrorKind::Unavailable, .message = failure.error};
    }
    return std::nullopt;
}

bool MtcController::hangs(const std::string& uid, std::string_view phase) {
    const auto& hangs = options_.behaviour.hang;
    const auto hang = std::ranges::find(hangs, phase, &Behaviour::Hang::phase);
    if (hang == hangs.end()) return false;
    {
        const std::lock_guard lock(mutex_);
        if (all_released_ || released_.contains(hang->phase)) return false;
    }
    const auto since = hanging_since_.try_emplace(key_of(uid, phase), Clock::now()).first->second;
    if (hang->until.count() == 0) return true;
    if (Clock::now() >= since + hang->until) return false;
    wake_at(since + hang->until);
    return true;
}

bool MtcController::is_due(const std::string& uid) {
    const auto it = due_.find(uid);
    if (it == due_.end() || Clock::now() >= it->second) return true;
    wake_at(it->second);
    return false;
}

// The watches are kept as long as they show what is waited for.
void MtcController::wait_for(const Journey& journey, const Outcome& outcome) {
    auto& waiting = waiting_[journey.migration.uid];
    if (waiting && covers(waiting->source.watched(), outcome.on_source) &&
        covers(waiting->target.watched(), outcome.on_target))
        return;
    waiting.reset(new Waiting{Mirror(clusters_.source, outcome.on_source, bell_),
                              Mirror(clusters_.target, outcome.on_target, bell_)});
}

}  // namespace sandbox
