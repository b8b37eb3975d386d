// effects_of(): what a rollback will do, and what it will not.
#include <algorithm>

#include "mtc/names.hpp"
#include "rollback/assess.hpp"

namespace rollback {
namespace {

// A Job's "0" is a number, but not the one it ran; anything else that is unknown is no number.
std::string note_for(const Object& workload, const mtc::WorkloadKind& kind,
                     const mtc::Wanted& then) {
    if (workload.ref.type.plural == "cronjobs") {
        return "MTC resumes it even if it was suspended before the migration";
    }
    if (then.known()) return {};
    const std::string text = base::annotation_of(workload, kind.mark).value_or("");
    if (text == "0") return "its recorded number is lost; MTC may leave it at 0";
    return std::string("its annotation ") + kind.mark + " cannot be read (" + text +
           "), and MTC's rollback fails on it: correct it first";
}

std::vector<Return> returns_of(const State& state) {
    std::vector<Return> returns;
    for (const Object& workload : state.source.workloads) {
        if (!mtc::is_quiesced(workload)) continue;
        const mtc::WorkloadKind* kind = mtc::workload_kind(workload.ref.type);
        mtc::Wanted then = kind->recorded(workload);
        std::string note = note_for(workload, *kind, then);
        returns.push_back(
            {workload.ref, kind->current(workload), std::move(then), std::move(note)});
    }
    return returns;
}

// The application then serves on the target: rolling back moves it, it does not repair it.
void serves_on_target(const State& state, std::vector<std::string>& out) {
    for (const mtc::Migration& m : state.migrations) {
        if (m.kind != mtc::MigrationKind::Cutover) continue;
        if (!std::holds_alternative<mtc::Succeeded>(m.state())) continue;
        out.push_back("cutover " + m.name +
                      " succeeded: the application may serve on the target now, and this takes it "
                      "back to the source");
    }
}

void data_lost(const State& state, std::vector<std::string>& out) {
    const auto since = stopped_since(state);
    const bool claims = std::ranges::any_of(state.target.labelled, [](const Object& o) {
        return o.ref.type.plural == "persistentvolumeclaims";
    });
    if (!claims) return;
    out.push_back("data written to the migrated volumes on the target" +
                  (since ? " since " + base::rfc3339(*since) : std::string()) +
                  " is deleted with them; nothing is copied back to the source");
}

// From 1.8 on the controller scales down every workload of the target's namespaces and starts none
// again.
void stays_down(const State& state, std::vector<std::string>& out) {
    for (const Object& workload : state.target.workloads) {
        if (base::label_of(workload, mtc::labels::migrated_by_plan) || mtc::is_quiesced(workload))
            continue;
        if (is_also_source(state, workload.ref.ns)) continue;
        if (mtc::workload_kind(workload.ref.type)->at_rest(workload)) continue;
        out.push_back("target: " + workload.ref.path() +
                      " was not migrated, but MTC 1.8 stops it and does not start it again (it "
                      "records what it ran "
                      "in its annotations)");
    }
}

void broken_discovery(const State& state, std::vector<std::string>& out) {
    for (const Gap& gap : state.gaps) {
        if (gap.side != Side::Target || gap.resource != "discovery") continue;
        out.push_back("target: " + gap.why +
                      "; the controller fails when an API group cannot be discovered");
    }
}

}  // namespace

Effects effects_of(const State& state) {
    Effects effects{.returns = returns_of(state), .deleted = {}, .warnings = {}};
    for (const Object& object : state.target.labelled) {
        effects.deleted[object.ref.type.resource()].push_back(object.ref);
    }
    if (!effects.returns.empty()) serves_on_target(state, effects.warnings);
    data_lost(state, effects.warnings);
    stays_down(state, effects.warnings);
    broken_discovery(state, effects.warnings);
    return effects;
}

}  // namespace rollback
