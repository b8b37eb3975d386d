#include <doctest/doctest.h>

#include "base/text.hpp"
#include "base/yaml.hpp"
#include "fixture.hpp"
#include "plugin/render_table.hpp"

namespace render_test {

namespace {

using namespace fixture;
using rollback::Outcome;
using rollback::Severity;

std::string first_line(const rollback::RunReport& report) {
    return base::split(plugin::render_result(report, context()), '\n').front();
}

rollback::RunReport verified(Outcome outcome, std::vector<rollback::Finding> findings) {
    auto out = report(outcome);
    out.rollback = ended("Succeeded");
    out.findings = std::move(findings);
    return out;
}

}  // namespace

TEST_CASE("only a verified success is called one") {
    CHECK(first_line(verified(Outcome::Succeeded, all_well())) == "Rollback succeeded");
    CHECK(first_line(verified(Outcome::Succeeded, {})) ==
          "MTC has rolled back; the recovery was not verified");
    CHECK(first_line(verified(Outcome::Succeeded, some_unwell())) ==
          "Rollback ended, but the recovery is not proved");
    CHECK(first_line(verified(Outcome::NotVerified, some_unwell())) ==
          "Rollback ended, but the application is not well");
    auto target = all_well();
    target[4].severity = Severity::Failure;
    CHECK(first_line(verified(Outcome::NotVerified, target)) ==
          "Rollback ended, but verification found something wrong");
    auto gap = all_well();
    gap.back().severity = Severity::Unknown;
    CHECK(first_line(verified(Outcome::NotVerified, gap)) ==
          "Rollback ended, but not everything could be verified");
    for (const Outcome outcome : {Outcome::NothingToDo, Outcome::DryRun, Outcome::Refused,
                                  Outcome::Declined, Outcome::Failed, Outcome::NotVerified,
                                  Outcome::TimedOut, Outcome::Detached, Outcome::Error}) {
        CHECK(plugin::render_result(verified(outcome, all_well()), context())
                  .find("Rollback succeeded") == std::string::npos);
    }
}

TEST_CASE("a failure is told in the console's words") {
    auto out = report(Outcome::Failed);
    out.rollback = failed();
    CHECK(first_line(out) == "Rollback failed in phase DeleteMigrated");
    out.rollback = ended("Canceled");
    CHECK(first_line(out) == "Rollback canceled");
    out.rollback = ended("SucceededWithWarnings");
    CHECK(first_line(out) == "Rollback completed with warnings");
    out.rollback.reset();
    CHECK(first_line(out) == "Rollback failed");
}

TEST_CASE("what goes on in the cluster can be attached to") {
    auto out = report(Outcome::Detached);
    out.rollback = running(7);
    out.ns = "other";
    CHECK(plugin::render_result(out, context())
              .find("Attach to it again: oc mtc-rollback shop-plan -n other\n") !=
          std::string::npos);
}

TEST_CASE("what needs a person stands first, and a long list is counted") {
    auto out = verified(Outcome::NotVerified, all_well());
    for (int i = 0; i < 20; ++i) {
        out.findings.push_back(
            finding("source-pods-healthy", Severity::Failure, "shop/pod/web-" + std::to_string(i)));
    }
    const std::string text = plugin::render_result(out, context());
    CHECK(text.find("\nFAILED") < text.find("\nok"));
    CHECK(text.find("and 14 more of the same checks (-o wide shows all)") != std::string::npos);
    CHECK(plugin::render_result(out, context(80, true)).find("web-19") != std::string::npos);
}

TEST_CASE("a remedy is never broken, so that it can be copied") {
    auto out = verified(Outcome::NotVerified, some_unwell());
    out.findings.front().remedy = "oc " + std::string(30, 'x') + " " + std::string(60, 'y');
    CHECK(
        plugin::render_result(out, context(80)).find("-> " + out.findings.front().remedy + "\n") !=
        std::string::npos);
}

TEST_CASE("text from a server cannot drive the terminal") {
    auto state = fixture::state();
    auto assessment = fixture::assessment();
    const std::string nasty = "\x1b[2Jnasty\r\n";
    state.gaps[0].why = state.gaps[0].what = state.plan.name = state.source.user = nasty;
    assessment.reasons = assessment.effects.warnings = {nasty};
    assessment.effects.returns[0].workload.name = assessment.effects.returns[0].note = nasty;
    assessment.effects.deleted["configmaps"][0].type.kind = nasty;
    auto out = verified(Outcome::Failed, some_unwell());
    out.findings[0].message = out.findings[0].remedy = out.error = out.hint = out.plan = nasty;
    out.rollback = failed();
    out.rollback->errors = {nasty};
    const std::string all =
        plugin::render_preview(state, assessment, control(), context()) +
        plugin::render_preview(state, assessment, control(), context(80, true)) +
        plugin::render_blockers({{nasty, nasty, nasty}}, context()) +
        plugin::render_result(out, context());
    CHECK(all.find('\x1b') == std::string::npos);
    CHECK(all.find('\r') == std::string::npos);
    CHECK(all.find("^[[2Jnasty") != std::string::npos);
}

TEST_CASE("nothing seen is not the same as nothing there") {
    auto assessment = fixture::assessment();
    assessment.effects = {};
    const std::string text = plugin::render_preview(state(), assessment, control(), context());
    CHECK(text.find("Comes back on the source: nothing seen") != std::string::npos);
    CHECK(text.find("Deleted on the target: nothing seen") != std::string::npos);
    CHECK(text.find("Could not be seen: 1 gap") != std::string::npos);
}

TEST_CASE("many workloads are counted, and those with a note are shown") {
    auto assessment = fixture::assessment();
    auto& returns = assessment.effects.returns;
    returns.assign(100, returns.front());
    returns.back().note = "look at me";
    const std::string text = plugin::render_preview(state(), assessment, control(), context());
    CHECK(text.find("look at me") != std::string::npos);
    CHECK(text.find("and 80 more (-o wide shows all)") != std::string::npos);
}

TEST_CASE("the report is one document of records") {
    auto out = verified(Outcome::NotVerified, some_unwell());
    out.gaps = state().gaps;
    out.exit_code = 4;
    const auto json = base::Json::parse(
        plugin::render_document(plugin::to_json(out), plugin::OutputFormat::Json));
    CHECK(json["apiVersion"] == "mtc-rollback/v1");
    CHECK(json["kind"] == "RunReport");
    CHECK(json["outcome"] == "NotVerified");
    CHECK(json["exitCode"] == 4);
    CHECK(json["began"] == "2025-05-01T11:19:40Z");
    REQUIRE(json["stages"].size() == 7);
    CHECK(json["stages"][2] == base::Json{{"name", "wait for an answer to the question"},
                                          {"began", "2025-05-01T11:19:42Z"},
                                          {"ended", "2025-05-01T11:19:59Z"}});
    CHECK(json["rollback"]["state"] == "Succeeded");
    CHECK(json["findings"][2]["severity"] == "failure");
    CHECK(json["gaps"][0]["forbidden"] == true);
    CHECK(json["assessment"]["verdict"] == "Required");
    CHECK(json["runbook"]["steps"][0]["manifest"]["spec"]["rollback"] == true);
    for (const char* list : {"findings", "gaps", "clusters"}) {
        for (const auto& item : json[list]) CHECK(item.is_object());
    }
    for (const char* list : {"reasons", "returns", "deleted", "warnings", "blockers"}) {
        for (const auto& item : json["assessment"][list]) CHECK(item.is_object());
    }
}

TEST_CASE("a dry run's document is a Runbook") {
    CHECK(plugin::to_json(report(Outcome::DryRun))["kind"] == "Runbook");
}

TEST_CASE("a document survives bytes that are no UTF-8, and YAML says the same as JSON") {
    auto out = report(Outcome::Error);
    out.error = "\xff\xfe broken";
    const auto document = plugin::to_json(out);
    const auto json =
        base::Json::parse(plugin::render_document(document, plugin::OutputFormat::Json));
    const auto yaml =
        base::parse_yaml(plugin::render_document(document, plugin::OutputFormat::Yaml));
    REQUIRE(yaml.has_value());
    CHECK(*yaml == json);
}

TEST_CASE("a table keeps its columns and wraps only the last") {
    plugin::Table table({"A", "B"});
    table.row({{"数据"}, {"one two three four five six seven"}});
    table.row({{"x"}, {"y"}});
    CHECK(table.render(plain_style(35)) ==
          "A      B\n"
          "数据   one two three four five six\n"
          "       seven\n"
          "x      y\n");
    CHECK(table.render(plain_style(0)) ==
          "A      B\n"
          "数据   one two three four five six seven\n"
          "x      y\n");
}

}  // namespace render_test
