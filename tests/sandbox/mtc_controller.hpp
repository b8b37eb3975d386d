// A double of mig-controller 1.8: it watches MigMigrations on the control cluster, decides who may
// run, and walks the real itineraries with their real effects on both clusters, one phase at a
// time. The Rollback, Cancel and Failed itineraries are complete; Final and Stage copy no data and
// write no backups. tests/fixtures/recorded has what the real one wrote.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "sandbox/mirror.hpp"
#include "sandbox/phases.hpp"

namespace sandbox {

/// What goes wrong on purpose. A phase is named as in status.phase.
struct Behaviour {
    struct Failure {
        std::string phase;
        std::string error;
        int times = -1;  // how often; -1: always
    };
    struct Warning {
        std::string phase;
        std::string type;  // ResticErrors, DirectVolumeMigrationFailed, ...
        std::string message;
    };
    struct Hang {
        std::string phase;
        std::chrono::milliseconds until{0};  // 0: until released
    };
    std::vector<Failure> fail = {};
    std::vector<Warning> warn = {};
    std::vector<Hang> hang = {};
    std::chrono::milliseconds resume_after{0};  // how late a plan's suspension is lifted
};

struct MtcOptions {
    std::chrono::milliseconds pace{150};  // how long each phase can be seen
    Behaviour behaviour = {};
};

class MtcController {
  public:
    MtcController(Clusters clusters, MtcOptions options = {});
    ~MtcController();
    /// Blocks until the token asks. All state is in the MigMigrations: another one goes on where
    /// this one stopped.
    void run(std::stop_token stop);
    /// From any thread: lets go of a phase that hangs; all of them without a name.
    void release(const std::string& phase = {});

  private:
    struct Round;  // one look at the control cluster
    struct Waiting;

    void pass(std::stop_token stop);
    void judge(const Round& round, const Object& plan);
    void close(const Round& round, const Object& plan);
    void clean_up(const Object& volume_migration, std::stop_token stop);
    void reconcile(const Round& round, const Object& listed);
    void advance(const Round& round, const Object& migration, const Object& plan,
                 MigrationStatus& status);
    void step(const Journey& journey, const Itinerary& itinerary, const Needs& needs,
              MigrationStatus& status);
    Result<Outcome> attempt(const Journey& journey, const ItineraryPhase& phase);
    std::optional<base::Error> planned_failure(std::string_view phase);
    bool hangs(const std::string& uid, std::string_view phase);
    bool is_due(const std::string& uid);
    void wait_for(const Journey& journey, const Outcome& outcome);
    void wake_at(SteadyTime time);

    Clusters clusters_;
    MtcOptions options_;
    Bell bell_;
    std::optional<SteadyTime> wake_;
    std::map<std::string, SteadyTime> due_;            // by the migration's uid
    std::map<std::string, SteadyTime> resumed_since_;  // by the plan's uid, until it is written
    std::map<std::string, SteadyTime> hanging_since_;  // by uid and phase
    std::map<std::string, std::unique_ptr<Waiting>> waiting_;
    std::mutex mutex_;
    std::set<std::string> released_;
    bool all_released_ = false;
};

}  // namespace sandbox
