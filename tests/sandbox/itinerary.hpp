// The itineraries of mig-controller 1.8 as tables (mm/task.go): which phases a migration passes, in
// which order, which step of the pipeline each belongs to and when it is left out. What a phase
// does is in phases.hpp.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sandbox {

/// What a migration needs, which decides about the phases that it passes: the controller's flags.
struct Needs {
    bool quiesce = false;
    bool verify = false;
    bool volumes = false;           // any that are not skipped
    bool direct_volumes = false;    // any that a DirectVolumeMigration copies
    bool indirect_volumes = false;  // the plan copies by way of the storage
    bool direct_images = false;
    bool stage_backup = false;
    bool stage_pods = false;  // there are some now: condition StagePodsCreated
    bool conversion = false;  // of storage, within one cluster
};

struct ItineraryPhase {
    std::string_view name;
    std::string_view step;  // of the pipeline
    bool (*wanted)(const Needs&);
};

struct Itinerary {
    std::string_view name;
    std::span<const ItineraryPhase> phases;

    /// The phase by that name, or nullptr.
    const ItineraryPhase* find(std::string_view phase) const;
    const ItineraryPhase& first() const { return phases.front(); }
    /// The wanted phase that follows; the last one follows itself.
    const ItineraryPhase& after(std::string_view phase, const Needs& needs) const;
    /// 1 for the first, 0 for one of another itinerary.
    std::size_t number(std::string_view phase) const;
};

const Itinerary& rollback_itinerary();
const Itinerary& final_itinerary();
const Itinerary& stage_itinerary();
const Itinerary& cancel_itinerary();
const Itinerary& failed_itinerary();

/// The itinerary by its name in status.itinerary ("Final"), or nullptr.
const Itinerary* itinerary_of(std::string_view name);

/// A step's message while the phase runs: that phase in a few words.
std::string_view description_of(std::string_view phase);

}  // namespace sandbox
