// What a run of the console flow, or of the manual one, saw, did and proved: one value that every
// output is rendered from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rollback/assess.hpp"
#include "rollback/runbook.hpp"
#include "rollback/verify.hpp"

namespace rollback {

/// How the run ended, for a script.
enum class Outcome {
    Succeeded,    // rolled back, and verified unless that was not asked for
    NothingToDo,  // not needed, or rolled back before and still well
    DryRun,
    Refused,      // a blocker stood in the way; nothing was changed
    Declined,     // at the prompt; nothing was changed
    Failed,       // the rollback ended, but failed, was canceled, or ended with warnings
    NotVerified,  // verification found something wrong, or could not see something
    TimedOut,     // it goes on in the cluster
    Detached,     // by a signal; it goes on in the cluster
    Error,
};
std::string word(Outcome outcome);

struct ClusterName {
    std::string server;
    std::string described_as;
    std::string user;
    std::string reach = {};  // as in ClusterView
};

/// What became of one write of the manual flow.
struct Written {
    Side side = Side::Source;
    ObjectRef object;
    std::string change;     // "0 replicas -> 3 replicas"
    std::string left = {};  // why it was left as it is; empty when it was written
    std::string error = {};
};

/// A part of the run, for the timeline: "look at both clusters", "stop the target", "prove".
struct Stage {
    std::string name;
    base::Time began = {};
    base::Time ended = {};
};

/// The stage in which a person is waited for, and no cluster.
inline constexpr const char* question_stage = "wait for an answer to the question";

/// What was asked for.
enum class Task { RollBack, Create, Verify, Cancel };
/// "RollBack", ...: as it is written in JSON
std::string word(Task task);

struct RunReport {
    Task task = Task::RollBack;
    Outcome outcome = Outcome::Error;
    Flow flow = Flow::Console;
    std::string ns;
    std::string plan;
    std::string plan_uid;
    StartChoice starts = {};                 // what the operator has said of it
    std::vector<std::string> left_out = {};  // its source namespaces that the run is not about
    ClusterName control;
    ClusterName source;
    ClusterName target;
    std::optional<Assessment> assessment = {};
    std::optional<Runbook> runbook = {};
    std::vector<Gap> gaps_before = {};            // of the look that the assessment is made from
    std::vector<Gap> gaps = {};                   // of the last look
    std::optional<mtc::Migration> rollback = {};  // as it was last seen
    bool attached = false;                        // it ran already
    std::vector<mtc::Migration> canceled = {};    // on request, as they were last seen
    std::vector<Written> written = {};            // by the manual flow
    std::vector<Finding> findings = {};
    std::vector<Stage> stages = {};  // in the order in which they began
    base::Time began = {};
    base::Time ended = {};
    std::optional<std::chrono::seconds> clock_ahead = {};  // of the control cluster, before ours
    std::string error = {};
    std::string hint = {};
    int exit_code = 0;
};

/// True when no rollback was created or attached to, and nothing was written.
bool nothing_has_begun(const RunReport& report);

/// From when the application was stopped until the end of the run, as far as clocks tell.
std::optional<std::chrono::seconds> stopped_for(const RunReport& report);

}  // namespace rollback
