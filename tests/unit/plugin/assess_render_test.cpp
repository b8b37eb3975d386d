#include <doctest/doctest.h>

#include <array>

#include "base/text.hpp"
#include "base/yaml.hpp"
#include "fixture.hpp"
#include "plugin/render_assessment.hpp"

namespace assess_render_test {

namespace {

using namespace fixture;
using rollback::Verdict;

std::string text(const plugin::AssessmentReport& report, bool wide = false) {
    return plugin::render_assessment(report, context(0, wide));
}

std::string with_verdict(Verdict verdict) {
    auto report = assessment_report();
    report.assessment->verdict = verdict;
    return base::split(text(report), '\n').front();
}

bool has(const std::string& whole, const std::string& part) {
    return whole.find(part) != std::string::npos;
}

base::Json document(const plugin::AssessmentReport& report) {
    return plugin::to_json(report, "kubectl mtc-rollback");
}

rollback::Gap gap(rollback::Side side, const std::string& resource) {
    return {.side = side, .resource = resource, .what = "list " + resource, .why = "forbidden"};
}

/// A report with n workloads that run alike on both sides.
plugin::AssessmentReport with_many(std::size_t n) {
    auto report = assessment_report();
    const rollback::Presence well{.told = {.replicas = 1}, .serves = {.yes = true}};
    auto& workloads = report.assessment->situation.workloads;
    for (std::size_t i = 0; i < n; ++i)
        workloads.push_back({.workload = deployment("many", "app-" + std::to_string(i)),
                             .source = well,
                             .target = well});
    return report;
}

}  // namespace

TEST_CASE("the first line names the plan and says what the verdict is") {
    const std::string plan = "Plan openshift-migration/shop-plan: ";
    CHECK(with_verdict(Verdict::NotNeeded) == plan + "no rollback is needed");
    CHECK(with_verdict(Verdict::Required) == plan + "a rollback is required");
    CHECK(with_verdict(Verdict::RequiredManual) == plan + "a rollback is required, by hand");
    CHECK(with_verdict(Verdict::Recommended) == plan + "a rollback is recommended");
    CHECK(with_verdict(Verdict::Dangerous) == plan + "urgent: both sides write");
    CHECK(with_verdict(Verdict::InProgress) == plan + "a rollback is running");
    CHECK(with_verdict(Verdict::AlreadyRolledBack) == plan + "rolled back already");
    CHECK(with_verdict(Verdict::Unknown) == plan + "not known whether a rollback is needed");
}

TEST_CASE("the document has the verdict and the flow as words") {
    auto report = assessment_report();
    for (const Verdict verdict :
         {Verdict::NotNeeded, Verdict::Required, Verdict::RequiredManual, Verdict::Recommended,
          Verdict::Dangerous, Verdict::InProgress, Verdict::AlreadyRolledBack, Verdict::Unknown}) {
        report.assessment->verdict = verdict;
        CHECK(document(report)["verdict"] == word(verdict));
        CHECK_FALSE(document(report)["verdict"].get<std::string>().empty());
    }
    CHECK(document(report)["flow"] == "console");
    CHECK(document(report)["advice"]["flow"] == "console");
}

TEST_CASE("a command of the advice is worded as the program was called") {
    auto report = assessment_report();
    report.assessment->advice.commands = {"{plugin} cancel a", "{plugin} a && {plugin} b"};
    auto called = context(0);
    called.called_as = "kubectl mtc-rollback";
    const std::string all = plugin::render_assessment(report, called);
    CHECK(has(all, "  -> kubectl mtc-rollback cancel a\n"));
    CHECK(has(all, "  -> kubectl mtc-rollback a && kubectl mtc-rollback b\n"));
    CHECK(document(report)["advice"]["commands"][0]["command"] == "kubectl mtc-rollback cancel a");
    CHECK(plugin::command_of("{plugin} x", "{plugin}") == "{plugin} x");
}

TEST_CASE("the report of a run has no placeholder in its commands") {
    auto run = fixture::report(rollback::Outcome::Declined);
    CHECK(plugin::to_json(run)["assessment"]["advice"]["commands"][0]["command"] ==
          "oc mtc-rollback shop-plan");
}

TEST_CASE("what stands in the way is listed with its way out, and nothing where nothing does") {
    auto report = assessment_report();
    CHECK_FALSE(has(text(report), "In the way"));
    report.assessment->blockers = blockers();
    CHECK(has(text(report), "In the way: 2 things\n"));
    CHECK(has(text(report), "  -> oc describe migplan shop-plan -n openshift-migration\n"));
}

TEST_CASE("of many workloads those that are stopped, unwell or differ are shown") {
    CHECK_FALSE(has(text(with_many(15)), "more, well and alike"));
    const auto many = with_many(30);
    CHECK(has(text(many), "Workloads: 35\n"));
    CHECK(has(text(many), "deployment/web "));
    CHECK_FALSE(has(text(many), "app-7"));
    CHECK(has(text(many), "and 30 more, well and alike on both sides (-o wide shows all)\n"));
    CHECK(has(text(many, true), "deployment/app-29 "));
    CHECK_FALSE(has(text(many, true), "more, well and alike"));
    auto alike = with_many(30);
    alike.assessment->situation.workloads.erase(alike.assessment->situation.workloads.begin(),
                                                alike.assessment->situation.workloads.begin() + 5);
    CHECK_FALSE(has(text(alike), "RETURNS TO"));
    alike.assessment->situation.workloads[9].source->serves = {.yes = false, .why = "0 of 1"};
    CHECK(has(text(alike), "deployment/app-9 "));
}

TEST_CASE("what was not seen is not said to be absent") {
    auto report = assessment_report();
    const auto row = [&](const char* of) {
        for (const std::string& line : base::split(text(report), '\n')) {
            if (line.starts_with(of)) return line;
        }
        return std::string();
    };
    CHECK(has(row("deployment/metrics"), "not there"));
    for (const char* resource : {"deployments.apps", "discovery"}) {
        report.gaps = {gap(rollback::Side::Target, resource)};
        CHECK(has(row("deployment/metrics"), "not seen"));
    }
    report.gaps = {gap(rollback::Side::Source, "pods")};
    CHECK(has(row("deployment/metrics"), "not there"));
    CHECK(has(row("shop/cache"), "not seen"));
    CHECK(has(row("shop/cache"), "<none>"));
    report.gaps.clear();
    CHECK_FALSE(has(text(report), "ot seen"));
}

TEST_CASE("a volume that both sides write to is pointed at") {
    CHECK(has(text(assessment_report()), "both sides can write to this volume"));
    CHECK(document(assessment_report())["volumes"][1]["writtenByBoth"] == true);
    CHECK(document(assessment_report())["volumes"][0]["writtenByBoth"] == false);
    CHECK(has(text(assessment_report()), "web-1, web-2, web-3 and 2 more"));
    CHECK(has(text(assessment_report(), true), "web-1, web-2, web-3, web-4, web-5"));
}

TEST_CASE("nothing seen to do is said, with its condition") {
    auto report = assessment_report();
    report.assessment->effects = {};
    report.assessment->advice = {};
    report.assessment->situation = {};
    const std::string all = text(report);
    CHECK(has(all, "What to do\n  nothing\n"));
    CHECK(has(all, "Workloads: none seen\n"));
    CHECK(has(all, "start nothing on the source: nothing seen that MTC has stopped\n"));
    CHECK(has(all, "delete nothing on the target: nothing seen that was migrated\n"));
    CHECK_FALSE(has(all, "Volumes"));
}

TEST_CASE("text from a server cannot drive the terminal through an assessment") {
    const std::string nasty = "\x1b[2Jnasty\r\n";
    auto report = assessment_report();
    report.ns = report.plan = report.source.user = report.source.server = nasty;
    report.gaps[0].what = report.gaps[0].why = nasty;
    auto& assessment = *report.assessment;
    assessment.reasons = assessment.effects.warnings = {nasty};
    assessment.blockers = {{nasty, nasty, nasty}};
    assessment.advice = {.why = nasty, .commands = {nasty}};
    assessment.effects.deleted["configmaps"][0].type.kind = nasty;
    auto& situation = assessment.situation;
    situation.workloads[0].workload.name = situation.workloads[0].workload.ns = nasty;
    situation.workloads[3].target->serves.why = nasty;
    situation.volumes[0].volume.claim = situation.volumes[0].volume.action = nasty;
    situation.volumes[1].target_pods[0].name = nasty;
    auto survey = survey_report();
    for (auto& line : survey.lines) {
        line.plan = line.reason = line.last_migration = line.error = nasty;
        line.namespaces = {nasty};
    }
    const std::string all =
        text(report) + text(report, true) + plugin::render_survey(survey, context(80, true));
    CHECK(all.find('\x1b') == std::string::npos);
    CHECK(all.find('\r') == std::string::npos);
    CHECK(has(all, "^[[2Jnasty"));
}

TEST_CASE("the document of an assessment has records in its lists, and YAML says the same") {
    const auto json = document(assessment_report());
    CHECK(json["apiVersion"] == "mtc-rollback/v1");
    CHECK(json["kind"] == "Assessment");
    CHECK(json["stoppedSince"] == "2025-05-01T10:57:46Z");
    CHECK(json["seenAt"] == "2025-05-01T11:20:00Z");
    CHECK(json["clusters"]["source"]["server"] == "https://api.ocp3.example.com:8443");
    CHECK(json["workloads"][0]["target"].is_null());
    CHECK(json["workloads"][0]["returnsTo"].empty());
    CHECK(json["workloads"][2]["returnsTo"].is_null());
    CHECK(json["workloads"][3]["returnsTo"]["replicas"] == 3);
    for (const char* list : {"reasons", "blockers", "workloads", "volumes", "returns", "deleted",
                             "warnings", "gaps"}) {
        CAPTURE(list);
        CHECK(json[list].is_array());
        for (const auto& item : json[list]) CHECK(item.is_object());
    }
    const auto yaml = base::parse_yaml(plugin::render_document(json, plugin::OutputFormat::Yaml));
    REQUIRE(yaml.has_value());
    CHECK(*yaml == json);
}

TEST_CASE("the document of an error has the same fields, null where nothing is known") {
    plugin::AssessmentReport report{.ns = "mtc", .plan = "no-plan", .seen_at = noon()};
    report.error = "not found";
    report.exit_code = 1;
    const auto json = document(report);
    CHECK(json["error"] == "not found");
    CHECK(json["exitCode"] == 1);
    CHECK(json["verdict"].is_null());
    CHECK(json["workloads"].is_null());
    const auto full = document(assessment_report());
    for (const auto& [key, value] : full.items()) CHECK(json.contains(key));
}

TEST_CASE("the table of plans shows what could not be looked at, and what could not be seen") {
    const std::string all = plugin::render_survey(survey_report(), context(0));
    CHECK(has(all, "\nx bank-plan: the source cluster"));
    CHECK(has(all, "\n! forum-plan: not everything could be seen (2 gaps)\n"));
    CHECK(has(all, "blog,blog-db,blog-cache and 2 more"));
    CHECK_FALSE(has(all, "REASON"));
    const std::string wide = plugin::render_survey(survey_report(), context(0, true));
    CHECK(has(wide, "blog-mail,blog-test"));
    CHECK(has(wide, "4 workloads of the source are stopped by MTC"));
}

TEST_CASE("the document of all plans is a list of records") {
    const auto json = plugin::to_json(survey_report());
    CHECK(json["kind"] == "AssessmentList");
    REQUIRE(json["items"].size() == 4);
    CHECK(json["items"][0]["verdict"].is_null());
    CHECK(json["items"][3]["verdict"] == "Required");
    CHECK(json["items"][3]["namespaces"][1]["name"] == "billing:billing-new");
    CHECK(json["items"][3]["stoppedSince"] == "2025-05-01T10:57:46Z");
}

}  // namespace assess_render_test
