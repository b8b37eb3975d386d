// The status of a MigMigration while it is edited: conditions that must be set anew in each round
// or go (unless durable), and the pipeline of steps (api/condition.go, mm/task.go). It knows no
// clusters.
#pragma once

#include <string>
#include <string_view>

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

    /// A new itinerary: its steps join the pipeline.
    void begin(const Itinerary& itinerary, const Needs& needs);
    /// The phase is the current one; steps before its own are over or skipped.
    void enter(const Itinerary& itinerary, const ItineraryPhase& phase);
    /// The current step failed; the Failed itinerary ends the others.
    void fail(const std::string& error);
    void complete();
    Json json() const;

  private:
    Json& pipeline() { return status_["pipeline"]; }
    void start_clock();

    Json status_;
    ConditionList conditions_;
};

}  // namespace sandbox
