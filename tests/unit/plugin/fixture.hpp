// A plan, a rollback and its story as values, written by hand, for the tests of what a person sees.
// All times hang on one moment, so that the same bytes come out on every day.
#pragma once

#include <string>
#include <vector>

#include "plugin/render.hpp"
#include "plugin/render_assessment.hpp"
#include "plugin/view.hpp"

namespace fixture {

/// 2025-05-01T11:20:00Z
base::Time noon(int seconds = 0);

plugin::Style plain_style(int width = 80);
plugin::Style rich_style(int width = 80);
plugin::RenderContext context(int width = 80, bool wide = false);

base::ObjectRef deployment(const std::string& ns, const std::string& name);
base::ObjectRef object(const std::string& plural, const std::string& kind, const std::string& ns,
                       const std::string& name);

rollback::State state();
rollback::Assessment assessment();
/// Workloads and volumes that go with assessment().
rollback::Situation situation();
plugin::AssessmentReport assessment_report();
/// A plan of every sort: to be rolled back, well, partly unseen, not to be looked at.
plugin::SurveyReport survey_report();
rollback::ClusterName control();
rollback::Runbook runbook();
std::vector<rollback::Blocker> blockers();

rollback::Finding finding(const std::string& check, rollback::Severity severity,
                          const std::string& message, const std::string& remedy = {});
std::vector<rollback::Finding> all_well();
std::vector<rollback::Finding> some_unwell();

/// A rollback in its n-th phase of 10, `started` at noon.
mtc::Migration running(int phase);
mtc::Migration ended(const std::string& condition);
mtc::Migration failed();
mtc::Migration blocked();

rollback::RunReport report(rollback::Outcome outcome);

struct Moment {
    int seconds;  // after noon
    run::Event event;
};
/// A rollback from its creation to a slow application, with a stall on the way.
std::vector<Moment> story();

}  // namespace fixture
