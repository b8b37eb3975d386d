#include "mtc/virtual_machine.hpp"

#include "mtc/names.hpp"

namespace mtc::virtual_machine {
namespace {

using base::Json;
using base::Object;

constexpr const char* halted = "Halted";
constexpr const char* always = "Always";
constexpr const char* strategy_at = "/spec/runStrategy";
constexpr const char* running_at = "/spec/running";

std::string strategy_of(const Object& machine) {
    if (const auto strategy = base::text_at(machine.body, strategy_at)) return *strategy;
    return base::bool_at(machine.body, running_at).value_or(false) ? always : halted;
}

// An instance of it exists, though it may be on its way up or down.
bool has_instance(const Object& machine) {
    return base::bool_at(machine.body, "/status/created").value_or(false);
}

bool is_asked_to_start(const Object& machine) {
    return !base::items_at(machine.body, "/status/stateChangeRequests").empty();
}

void test_as_seen(Json& patch, const Object& machine, const char* path) {
    if (const Json* seen = base::find(machine.body, path))
        patch.push_back({{"op", "test"}, {"path", path}, {"value", *seen}});
}

}  // namespace

Wanted current(const Object& machine) {
    return {.run_strategy = strategy_of(machine)};
}

Wanted recorded(const Object& machine) {
    if (base::annotation_of(machine, annotations::start_vm) != "true") return {};
    if (const auto strategy = base::annotation_of(machine, annotations::run_strategy))
        return {.run_strategy = strategy};
    // what is stopped by `running: false` was running before, or MTC would not have stopped it
    if (base::bool_at(machine.body, running_at)) return {.run_strategy = always};
    const std::string now = strategy_of(machine);
    return now == halted ? Wanted{} : Wanted{.run_strategy = now};
}

bool at_rest(const Object& machine) {
    const std::string strategy = strategy_of(machine);
    if (strategy == halted) return true;
    return starts_by_request(strategy) && !has_instance(machine) && !is_asked_to_start(machine);
}

Serving serving(const Object& machine) {
    const bool marked = base::annotation_of(machine, annotations::start_vm) == "true";
    if (at_rest(machine)) return {.yes = !marked, .why = marked ? "it is stopped" : ""};
    if (base::bool_at(machine.body, "/status/ready").value_or(false)) return {.yes = true};
    const std::string status = base::text_or_empty(machine.body, "/status/printableStatus");
    return {.yes = false, .why = "it is not ready" + (status.empty() ? "" : ": " + status)};
}

void set_strategy(Json& patch, const Object& machine, const std::string& strategy) {
    test_as_seen(patch, machine, strategy_at);
    test_as_seen(patch, machine, running_at);
    const bool has_running = base::find(machine.body, running_at) != nullptr;
    if (has_running && (strategy == always || strategy == halted)) {
        patch.push_back({{"op", "add"}, {"path", running_at}, {"value", strategy == always}});
        return;
    }
    // it may have one of the two only
    if (has_running) patch.push_back({{"op", "remove"}, {"path", running_at}});
    patch.push_back({{"op", "add"}, {"path", strategy_at}, {"value", strategy}});
}

bool starts_by_request(const std::string& strategy) {
    return strategy == "Manual" || strategy == "RerunOnFailure";
}

}  // namespace mtc::virtual_machine
