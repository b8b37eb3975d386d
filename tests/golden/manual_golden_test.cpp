// What a person sees of the manual flow.
#include <doctest/doctest.h>

#include "fixture.hpp"
#include "golden.hpp"
#include "plugin/render_evidence.hpp"
#include "plugin/render_manual.hpp"
#include "plugin/view_live.hpp"
#include "plugin/view_plain.hpp"

namespace manual_golden_test {

namespace {

using namespace fixture;
using rollback::Outcome;
using rollback::Patch;
using rollback::Purpose;
using rollback::Side;

base::Object seen(const base::ObjectRef& ref) {
    return {.ref = ref, .uid = "uid-of-" + ref.name, .resource_version = "7", .body = {}};
}

Patch patch(Side side, Purpose purpose, const base::ObjectRef& ref, const std::string& change) {
    return {.side = side,
            .purpose = purpose,
            .seen = seen(ref),
            .operations = {{{"op", "test"}, {"path", "/spec/replicas"}, {"value", 0}},
                           {{"op", "add"}, {"path", "/spec/note"}, {"value", "it's"}}},
            .change = change};
}

rollback::Runbook by_hand() {
    const auto stage = object("pods", "Pod", "shop", "stage-web-x1");
    const auto nightly = base::ObjectRef{{"batch", "v1", "cronjobs", "CronJob"}, "shop", "nightly"};
    return {.steps = {{rollback::Delete{Side::Target, seen(stage)}, "a stage pod of MTC"},
                      {rollback::AwaitNoStagePods{Side::Target, {"shop"}}, "they hold volumes"},
                      {patch(Side::Target, Purpose::Stop, deployment("shop", "web"),
                             "3 replicas -> stopped"),
                       "it must not write"},
                      {rollback::AwaitTargetStopped{}, "nothing starts before"},
                      {patch(Side::Source, Purpose::Start, deployment("shop", "web"),
                             "0 replicas -> 3 replicas"),
                       "its annotation says so"},
                      {patch(Side::Source, Purpose::Start, nightly, "suspended -> not suspended"),
                       "its annotation says so"},
                      {rollback::AwaitServing{}, "pods take a while"}},
            .blockers = {},
            .skipped = {{.workload = deployment("shop", "api"),
                         .why = "is stopped by MTC, and what it ran before is lost",
                         .remedy = "say it: --set shop/deployment/api=N"}}};
}

rollback::RunReport manual_report(Outcome outcome) {
    auto out = report(outcome);
    out.flow = rollback::Flow::Manual;
    out.rollback.reset();
    out.runbook = by_hand();
    out.stages = {{"look at both clusters", noon(-20), noon(-18)},
                  {rollback::question_stage, noon(-18), noon()},
                  {"write on the target", noon(), noon(1)},
                  {"wait until nothing on the target can write", noon(1), noon(32)},
                  {"write on the source", noon(32), noon(32)},
                  {"wait until the application serves, and verify it", noon(32), noon(95)}};
    out.written = {{.side = Side::Target, .object = deployment("shop", "web"), .change = "stopped"},
                   {.side = Side::Source,
                    .object = deployment("shop", "web"),
                    .change = "0 replicas -> 3 replicas",
                    .left = "somebody has changed it meanwhile"}};
    return out;
}

}  // namespace

TEST_CASE("the storage of a workload that is started by hand was converted") {
    auto converted = state();
    const auto ref = deployment("shop", "web");
    auto workload = seen(ref);
    workload.body["spec"]["template"]["spec"]["volumes"] =
        base::Json::array({{{"persistentVolumeClaim", {{"claimName", "data-new"}}}}});
    converted.target.server = converted.source.server;
    converted.plan.namespaces = {{"shop", "shop"}};
    converted.source.namespaces = converted.target.namespaces = {"shop"};
    converted.source.workloads = {workload};
    converted.plan.volumes = {{.name = "pv-1",
                               .claim_ns = "shop",
                               .claim = "data",
                               .target_claim = "data-new",
                               .action = "copy",
                               .copy_method = "filesystem"}};
    const auto preview = [&](const rollback::Runbook& runbook) {
        return plugin::render_manual_preview(converted, assessment(), runbook, {}, control(),
                                             context(300));
    };
    CHECK(preview(by_hand()).contains("starts it with the new ones: shop/deployment/web"));
    CHECK_FALSE(preview({}).contains("storage conversion"));
}

TEST_CASE("before anything is done by hand") {
    golden::check("manual-preview.txt",
                  plugin::render_manual_preview(state(), assessment(), by_hand(), {}, control(),
                                                context(100)));
    golden::check("manual-runbook.txt", plugin::render_runbook(by_hand(), context(100)));
    golden::check("manual-commands.txt",
                  plugin::render_commands(manual_report(Outcome::DryRun), {"old", "new"}));
}

TEST_CASE("results by hand") {
    auto well = manual_report(Outcome::Succeeded);
    well.findings = all_well();
    auto unwell = manual_report(Outcome::NotVerified);
    unwell.findings = some_unwell();
    auto late = manual_report(Outcome::Detached);
    late.written.clear();
    golden::check("result-manual.txt", plugin::render_result(well, context(100)) + "\n====\n\n" +
                                           plugin::render_result(unwell, context(100)) +
                                           "\n====\n\n" +
                                           plugin::render_result(late, context(100)));
}

TEST_CASE("evidence by hand") {
    auto unwell = manual_report(Outcome::NotVerified);
    unwell.findings = some_unwell();
    unwell.exit_code = 4;
    const plugin::EvidenceContext version{.version = "v0"};
    golden::check("evidence-manual.md",
                  plugin::render_evidence(unwell, plugin::EvidenceFormat::Markdown, version));
    golden::check("evidence-manual.html",
                  plugin::render_evidence(unwell, plugin::EvidenceFormat::Html, version));
}

TEST_CASE("progress by hand") {
    const auto written = manual_report(Outcome::Succeeded).written;
    const std::vector<run::Event> story = {run::AwaitingPods{Side::Target, 2},
                                           run::Wrote{written[0], 1, 2},
                                           run::Wrote{written[1], 2, 2}};
    plugin::LiveModel model;
    model.flow = rollback::Flow::Manual;
    std::string text;
    const auto line = [&text](const std::string& each) { text += each; };
    const auto plain = plugin::make_plain_view(line);
    for (const run::Event& event : story) {
        plain->show(event, noon());
        model.apply(event, noon());
        for (const std::string& each : plugin::live_frame(model, plain_style(), noon(5)))
            text += "    " + each + "\n";
    }
    const auto json = plugin::make_json_view(line);
    for (const run::Event& event : story) json->show(event, noon());
    golden::check("manual-progress.txt", text);
}

}  // namespace manual_golden_test
