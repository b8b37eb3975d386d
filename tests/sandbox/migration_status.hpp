// The status of a MigMigration while it is edited: conditions that must be set anew in each round
// or go (unless durable), and the pipeline of steps (api/condition.go, mm/task.go). It knows no
// clusters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sandbox/itinerary.hpp"
#include "sandbox/resources.hpp"

namespace sandbox {

struct StatusCondition {
    std::string type;
    std::string category;
    std::string message;
    std::string reason = {};
    bool durable = false;
};

/// The conditions of any MTC object, edited round by round.
class ConditionList {
  public:
    /// `before`: the array as it is stored. Keeps what is durable, or everything.
    enum class Keep { Durable, Everything };
    explicit ConditionList(const Json* before, Keep keep);
    void set(const StatusCondition& condition);
    void drop(std::string_view type);
    bool has(std::string_view type) const;
    bool has_category(std::string_view category) const;
    bool blocked() const { return has_category("Critical") || has_category("Error"); }
    const Json& json() const { return now_; }

  private:
    Json before_ = Json::array();
    Json now_ = Json::array();
};

class MigrationStatus {
  public:
    explicit MigrationStatus(const Json* status);
    ConditionList& conditions() { return conditions_; }

    std::string phase() const { return base::text_or_empty(status_, "/phase"); }
    std::string itinerary() const { return base::text_or_empty(status_, "/itinerary"); }
    bool failed() const;

    /// A new itinerary: those of its steps that are not there yet join the pipeline, at its end.
    void begin(const Itinerary& itinerary, const Needs& needs);
    /// The phase runs now: its step has begun.
    void start(const ItineraryPhase& phase);
    /// The phase is the current one, after what ran: other steps that have begun are over, those
    /// before its own that have not are skipped.
    void enter(const Itinerary& itinerary, const ItineraryPhase& phase);
    /// The phase failed. It is the current one still, until the Failed itinerary begins.
    void fail(const ItineraryPhase& phase, const std::vector<std::string>& errors);
    /// What has failed is seen in this phase of no itinerary ("FinalRestoreFailed") until then.
    void fall(const Itinerary& itinerary, std::string_view phase);
    void complete();
    Json json() const;

  private:
    Json& pipeline() { return status_["pipeline"]; }
    void start_clock();
    void show(std::string_view phase, std::string_view step);
    void set_running(const Itinerary& itinerary, std::string_view phase);

    Json status_;
    ConditionList conditions_;
};

}  // namespace sandbox
