// Commands that are printed for a person to paste: each names its cluster, whatever is found.
#include "rollback/command.hpp"

#include <doctest/doctest.h>

#include <regex>

#include "rollback/leftovers.hpp"
#include "rollback/runbook.hpp"
#include "unit/rollback/builders.hpp"

namespace command_test {

using namespace rollback;
using build::contains;

namespace {

ObjectRef web() {
    return {.type = build::row("Deployment").type, .ns = "shop", .name = "web"};
}

void reached(State& state) {
    state.control.reach = "--context=hub";
    state.source.reach = "--context=old";
    state.target.reach = "--context=new";
}

using Texts = std::vector<std::pair<std::string, std::string>>;  // where it stands, and the text

// Everything that a person may read of a State, whatever the command.
Texts texts_of(const State& state, const std::string& rollback, Flow flow) {
    Texts texts;
    const Record record = record_of(state, rollback);
    for (const Finding& finding : verify({state, record, rollback, flow}))
        texts.emplace_back(finding.check + ": " + finding.message, finding.remedy);
    const Assessment assessment = assess(state);
    for (const Blocker& blocker : assessment.blockers)
        texts.emplace_back(blocker.id, blocker.what + " " + blocker.remedy);
    for (const Return& back : assessment.effects.returns)
        texts.emplace_back(back.workload.path(), back.note);
    for (const std::string& warning : assessment.effects.warnings)
        texts.emplace_back("warning", warning);
    texts.emplace_back("advice", assessment.advice.why);
    for (const std::string& command : assessment.advice.commands)
        texts.emplace_back("advice", command);
    const Runbook by_hand = manual_flow(state, record, {.set = {{"", "deployment", "no", 1}}});
    for (const Blocker& blocker : by_hand.blockers) texts.emplace_back(blocker.id, blocker.remedy);
    for (const Skipped& skipped : by_hand.skipped)
        texts.emplace_back(skipped.workload.path(), skipped.remedy);
    return texts;
}

// Each "oc VERB", and what stands behind it up to the next one.
std::vector<std::string> commands_in(const std::string& text) {
    static const std::regex start("(^| )oc [a-z]");
    std::vector<std::size_t> begins;
    for (std::sregex_iterator it(text.begin(), text.end(), start), end; it != end; ++it)
        begins.push_back(static_cast<std::size_t>(it->position()));
    std::vector<std::string> commands;
    for (std::size_t i = 0; i < begins.size(); ++i) {
        const std::size_t next = i + 1 < begins.size() ? begins[i + 1] : text.size();
        commands.push_back(text.substr(begins[i], next - begins[i]));
    }
    return commands;
}

/// Something of everything that can be wrong with both sides and the plan.
State all_wrong() {
    State state = build::halfway();
    state.plan.closed = true;
    state.plan.conditions = {{"PlanConflict", "Error", "", "x"},
                             {"NamespaceNotFoundOnSourceCluster", "Critical", "", "x"},
                             {"StorageNotReady", "Critical", "", "x"}};
    state.source_cluster.conditions = {{"TestConnectFailed", "Critical", "", "Unauthorized"}};
    state.target_cluster.conditions = {{"SaTokenNotPrivileged", "Critical", "", "x"}};
    state.knows_rollback = std::nullopt;
    state.migrations.push_back(
        build::migration("late", mtc::MigrationKind::Stage, 9, "EnsureInitialBackup"));
    auto& source = state.source;
    source.workloads = {build::stopped("Deployment", "web", "3"),
                        build::stopped("Deployment", "lost", "0"),
                        build::stopped("Job", "import", "0"),
                        build::stopped("StatefulSet", "odd", "three"),
                        build::stopped_daemon_set("agent", "{}"),
                        build::workload("Deployment", "api")
                            .spec({{"replicas", 2}})
                            .annotation(mtc::annotations::replicas, "2")};
    source.pods = {build::stage_pod("stage"), build::borrowed_pod("bare"),
                   build::pod_with("web-1", "data", "shop", "Failed")};
    source.claims = {build::claim("data", "Lost")};
    source.volumes = {build::volume("Failed")};
    source.endpoints = {build::endpoints("web", false)};
    source.routes = {build::route("web", "False"), build::route("api", "False"),
                     build::route("shop", "False"), build::route("old", "False")};
    auto& target = state.target;
    target.found_namespaces = {
        build::Thing(build::namespaces, "", "shop").status({{"phase", "Terminating"}})};
    target.workloads = {
        build::stopped("Deployment", "shared", "2"),
        build::migrated(build::mounting(build::running("Deployment", "web", 3), "data"))};
    target.pods = {build::stage_pod("stage"), build::pod_with("tool", "data")};
    target.foreign = {build::Thing(build::config_maps, "shop", "old")
                          .label(mtc::labels::migrated_by_plan, "uid-of-gone")};
    target.volumes = {
        build::volume("Released").label(mtc::labels::migrated_by_plan, "uid-of-shop-plan")};
    return state;
}

}  // namespace

TEST_CASE("a command names its cluster by the context, or by its server and in words") {
    State state = build::well();
    struct Row {
        const char* situation;
        std::string reach;
        std::string server;
        std::string command;
    };
    const std::vector<Row> rows{
        {"a context is known", "--context=old", "https://a:6443",
         "oc get deployment/web -n shop -o yaml --context=old"},
        {"none is", "", "https://a:6443",
         "oc get deployment/web -n shop -o yaml --server=https://a:6443    # on the source "
         "cluster"},
        {"there is no such cluster for us", "", "",
         "oc get deployment/web -n shop -o yaml    # on the source cluster"},
        {"an address of a stranger", "", "https://a:6443/;rm -r ~",
         "oc get deployment/web -n shop -o yaml --server='https://a:6443/;rm -r ~'    # on the "
         "source cluster"},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.situation));
        state.source.reach = row.reach;
        state.source.server = row.server;
        CHECK(oc(state, Side::Source, "get", web(), " -o yaml") == row.command);
    }
}

TEST_CASE("names are a shell's words") {
    State state = build::well();
    state.target.reach = "--context=new";
    CHECK(oc(state, Side::Target, "delete", {.type = build::pods, .ns = "a b", .name = "x;id'"}) ==
          R"(oc delete 'pod/x;id'\''' -n 'a b' --context=new)");
    CHECK(words_for("patch migplan", "shop plan", "mtc") == "patch migplan 'shop plan' -n mtc");
}

TEST_CASE("each command that is printed of a State names the cluster that it is for") {
    for (const std::string rollback : {"", "rollback-1"}) {
        for (const Flow flow : {Flow::Console, Flow::Manual}) {
            State state = all_wrong();
            if (rollback.empty()) {
                // while one runs there is one remedy: to wait
                state.migrations.back().phase = "Completed";
                state.migrations.back().conditions = {{"Failed", "Advisory", "", ""}};
            } else {
                state.migrations.push_back(build::good_rollback());
            }
            reached(state);
            std::size_t seen = 0;
            for (const auto& [where, text] : texts_of(state, rollback, flow)) {
                for (const std::string& command : commands_in(text)) {
                    CAPTURE(where);
                    CAPTURE(command);
                    CHECK(contains(command, "--context="));
                    ++seen;
                }
            }
            CHECK(seen > 15);
        }
    }
}

TEST_CASE("a finding's command is for the finding's own side") {
    State state = all_wrong();
    state.migrations.push_back(build::good_rollback());
    reached(state);
    std::size_t seen = 0;
    for (const Flow flow : {Flow::Console, Flow::Manual}) {
        for (const Finding& finding : verify({state, {}, "rollback-1", flow})) {
            if (commands_in(finding.remedy).empty()) continue;
            CAPTURE(finding.check);
            CAPTURE(finding.remedy);
            const char* contexts[] = {"hub", "old", "new"};
            CHECK(finding.remedy.ends_with(std::string("--context=") +
                                           contexts[static_cast<int>(finding.side)]));
            ++seen;
        }
    }
    CHECK(seen > 20);
}

TEST_CASE("before any rollback there is one remedy, to roll back") {
    State state = all_wrong();
    reached(state);
    const auto only_remedy = [&](const std::string& rollback, Flow flow, const char* remedy) {
        std::size_t told = 0;
        for (const Finding& finding : verify({state, {}, rollback, flow})) {
            CAPTURE(finding.check);
            CAPTURE(finding.remedy);
            for (const char* destroys :
                 {"oc delete", "oc annotate", "oc patch deployment", "oc scale"})
                CHECK_FALSE(finding.remedy.starts_with(destroys));
            if (finding.remedy == remedy) ++told;
        }
        CHECK(told == 1);
    };
    // what runs may start, stop and delete all of it
    for (const Flow flow : {Flow::Console, Flow::Manual})
        only_remedy("", flow,
                    "wait until MigMigration late has ended: {plugin} status shop-plan -w");
    state.migrations.back().phase = "Completed";
    state.migrations.back().conditions = {{"Failed", "Advisory", "", ""}};
    only_remedy("", Flow::Console, "roll back: {plugin} shop-plan");
    // nor after one that did not do all of it
    state.migrations.push_back(build::good_rollback());
    for (const char* ending : {"Failed", "Canceled"}) {
        state.migrations.back().conditions[0].type = ending;
        only_remedy("rollback-1", Flow::Console, "roll back: {plugin} shop-plan");
    }
    state.migrations.clear();
    const auto findings = verify({state, {}, "", Flow::Console});
    CHECK(std::ranges::none_of(findings, [](const Finding& f) {
        return contains(f.remedy, "{plugin}") && !contains(f.remedy, "--only=stage-pods");
    }));
}

}  // namespace command_test
