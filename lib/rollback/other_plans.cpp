#include "rollback/other_plans.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "rollback/command.hpp"
#include "rollback/pods.hpp"

namespace rollback {
namespace {

bool is_same(const mtc::Reference& a, const mtc::Reference& b) {
    return a.ns == b.ns && a.name == b.name;
}

bool any_in(const std::vector<std::string>& names, const std::vector<std::string>& all) {
    return std::ranges::any_of(names,
                               [&](const auto& name) { return std::ranges::count(all, name) > 0; });
}

bool shares_a_namespace(const mtc::Plan& plan, const mtc::Plan& other) {
    return (is_same(plan.source, other.source) &&
            any_in(plan.source_namespaces(), other.source_namespaces())) ||
           (is_same(plan.target, other.target) &&
            any_in(plan.target_namespaces(), other.target_namespaces()));
}

bool covers(const std::vector<std::string>& seen, const std::vector<std::string>& wanted) {
    return std::ranges::all_of(
        wanted, [&](const std::string& ns) { return std::ranges::count(seen, ns) > 0; });
}

std::string in_namespace_of(const State& state) {
    return " -n " + base::shell_word(state.plan.ns);
}

std::string close_command(const State& state, const std::string& name) {
    return oc(state, Side::Control,
              "patch migplan " + name + in_namespace_of(state) +
                  R"( --type=merge -p '{"spec":{"closed":true}}')");
}

constexpr const char* closing_deletes =
    "closing a plan deletes the pods that MTC borrowed for it from the application";

std::string how_to_close(const State& state, const mtc::Plan& plan) {
    const std::string name = base::shell_word(plan.name);
    const auto borrowed = borrowed_for(state, plan);
    if (borrowed.empty() && all_pods_seen(state, plan)) return close_command(state, name);
    std::vector<std::string> paths;
    for (const ObjectRef& pod : borrowed) paths.push_back(pod.path());
    return std::string(closing_deletes) +
           (paths.empty() ? ", and whether there are such could not be seen"
                          : ": " + base::first_of(std::move(paths), 3)) +
           "; give them back first: " + give_back_command(state, name) + "; then " +
           close_command(state, name);
}

}  // namespace

std::string give_back_command(const State& state, const std::string& name) {
    const bool elsewhere = state.plan.ns != mtc::openshift_migration;
    return "{plugin} manual " + name + (elsewhere ? in_namespace_of(state) : "") +
           " --only=stage-pods";
}

std::vector<const mtc::Plan*> rivals_of(const State& state) {
    std::vector<const mtc::Plan*> rivals;
    for (const mtc::Plan& other : state.other_plans) {
        if (!other.closed && shares_a_namespace(state.plan, other)) rivals.push_back(&other);
    }
    return rivals;
}

void add_running_of_rivals(const State& state, std::vector<Blocker>& out) {
    const auto rivals = rivals_of(state);
    for (const mtc::Migration& m : state.other_migrations) {
        if (!m.has_begun() || mtc::is_terminal(m.state()) ||
            std::ranges::none_of(rivals,
                                 [&](const mtc::Plan* plan) { return plan->name == m.plan; }))
            continue;
        out.push_back({.id = "migration-running",
                       .what = mtc::word(m.kind) + " " + m.name + " of plan " + m.plan +
                               " has not ended, and that plan lists a namespace of this one: it "
                               "acts on the same workloads",
                       .remedy = "wait until it has ended: " +
                                 oc(state, Side::Control,
                                    words_for("get migmigration", m.name, m.ns) + " -w")});
    }
}

std::vector<ObjectRef> borrowed_for(const State& state, const mtc::Plan& plan) {
    std::vector<ObjectRef> pods;
    for (const ClusterView* view : {&state.source, &state.target}) {
        for (const Object& pod : view->pods) {
            if (is_borrowed(pod) && base::label_of(pod, mtc::labels::of_plan) == plan.uid)
                pods.push_back(pod.ref);
        }
    }
    return pods;
}

bool all_pods_seen(const State& state, const mtc::Plan& plan) {
    const bool blind =
        std::ranges::any_of(state.gaps, [](const Gap& gap) { return gap.resource == "pods"; });
    // a plan of other clusters has its pods elsewhere
    return !blind && is_same(state.plan.source, plan.source) &&
           is_same(state.plan.target, plan.target) &&
           covers(state.source.namespaces, plan.source_namespaces()) &&
           covers(state.target.namespaces, plan.target_namespaces());
}

std::string how_to_close_rivals(const State& state) {
    std::vector<std::string> ways;
    for (const mtc::Plan* rival : rivals_of(state)) ways.push_back(how_to_close(state, *rival));
    if (!ways.empty()) return base::join(ways, "; ");
    return std::string("the message names the other plan; ") + closing_deletes +
           ", so give them back first: " + give_back_command(state, "OTHER") + "; then " +
           close_command(state, "OTHER");
}

}  // namespace rollback
