#include "rollback/report.hpp"

namespace rollback {

std::string word(Outcome outcome) {
    switch (outcome) {
        case Outcome::Succeeded:
            return "Succeeded";
        case Outcome::NothingToDo:
            return "NothingToDo";
        case Outcome::DryRun:
            return "DryRun";
        case Outcome::Refused:
            return "Refused";
        case Outcome::Declined:
            return "Declined";
        case Outcome::Failed:
            return "Failed";
        case Outcome::NotVerified:
            return "NotVerified";
        case Outcome::TimedOut:
            return "TimedOut";
        case Outcome::Detached:
            return "Detached";
        case Outcome::Error:
            return "Error";
    }
    return {};
}

bool nothing_has_begun(const RunReport& report) {
    return !report.rollback && !report.attached && report.written.empty();
}

std::optional<std::chrono::seconds> stopped_for(const RunReport& report) {
    if (!report.assessment || !report.assessment->stopped_since) return std::nullopt;
    return elapsed(*report.assessment->stopped_since, report.ended, report.clock_ahead);
}

std::string word(Task task) {
    switch (task) {
        case Task::RollBack:
            return "RollBack";
        case Task::Create:
            return "Create";
        case Task::Verify:
            return "Verify";
        case Task::Cancel:
            return "Cancel";
    }
    return {};
}

}  // namespace rollback
