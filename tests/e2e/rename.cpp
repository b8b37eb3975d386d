#include "rename.hpp"

#include "base/text.hpp"

namespace e2e {
namespace {

// "shop", "billing:billing-new", "shop/data": the suffix goes to each namespace, not to the claim.
std::string with_suffix(const std::string& text, const std::string& suffix) {
    if (const auto slash = text.find('/'); slash != std::string::npos) {
        return text.substr(0, slash) + suffix + text.substr(slash);
    }
    std::string out;
    for (const std::string& part : base::split(text, ':'))
        out += (out.empty() ? "" : ":") + part + suffix;
    return out;
}

template <class Value>
std::map<std::string, Value> with_suffix(std::map<std::string, Value> named,
                                         const std::string& suffix) {
    std::map<std::string, Value> out;
    for (auto& [name, value] : named) out.emplace(name + suffix, std::move(value));
    return out;
}

}  // namespace

sandbox::Scenario renamed(sandbox::Scenario scenario, const std::string& suffix) {
    scenario.plan.name += suffix;
    for (auto& ns : scenario.plan.namespaces) ns = with_suffix(ns, suffix);
    for (auto& volume : scenario.plan.volumes) volume = with_suffix(volume, suffix);
    for (auto& volume : scenario.plan.moved) volume = with_suffix(volume, suffix);
    for (auto& migration : scenario.migrations) migration.name += suffix;
    scenario.source = with_suffix(std::move(scenario.source), suffix);
    scenario.target = with_suffix(std::move(scenario.target), suffix);
    for (auto& pods : scenario.unready_on_source) pods.ns += pods.ns.empty() ? "" : suffix;
    for (auto& pods : scenario.unready_on_target) pods.ns += pods.ns.empty() ? "" : suffix;
    return scenario;
}

}  // namespace e2e
