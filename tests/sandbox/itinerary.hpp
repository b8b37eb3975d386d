// The itineraries of mig-controller 1.8 as tables (mm/task.go): which phases a migration passes, in
// which order, which step of the pipeline each belongs to and when it is left out. What a phase
// does is in phases.hpp.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sandbox {

/// What a migration needs, which decides about the phases that it passes.
struct Needs {
    bool volumes = false;
    bool quiesce = false;
};

struct ItineraryPhase {
    std::string_view name;
    std::string_view step;         // of the pipeline
    std::string_view description;  // the step's message while the phase runs
    bool (*wanted)(const Needs&);
};

struct Itinerary {
    std::string_view name;
    std::span<const ItineraryPhase> phases;

    /// The phase by that name, or nullptr.
    const ItineraryPhase* find(std::string_view phase) const;
    const ItineraryPhase& first(const Needs& needs) const;
    /// The wanted phase that follows; the last one follows itself.
    const ItineraryPhase& after(std::string_view phase, const Needs& needs) const;
    /// 1 for the first.
    std::size_t number(std::string_view phase) const;
};

const Itinerary& rollback_itinerary();
const Itinerary& final_itinerary();
const Itinerary& stage_itinerary();
const Itinerary& cancel_itinerary();
const Itinerary& failed_itinerary();

/// The itinerary by its name in status.itinerary ("Final"), or nullptr.
const Itinerary* itinerary_of(std::string_view name);

}  // namespace sandbox
