// What the commands that change something have in common: they connect, show what will be done,
// ask, show how it goes, and print how it ended. Which flow it is, and what it shows before, is
// each command's own.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "plugin/command_context.hpp"
#include "plugin/view.hpp"

namespace plugin {

class FlowCommand {
  public:
    FlowCommand(const Invocation& invocation, rollback::Flow flow,
                rollback::Task task = rollback::Task::RollBack);

    using Flow = std::function<rollback::RunReport(const run::Session&)>;

    /// Connects, carries out the flow, prints its report, and writes it to the file of --report.
    ExitCode run(const Flow& flow);

    const CommandContext& context() const { return context_; }
    const rollback::ClusterName& control() const { return control_; }

    /// As the flags say it; asks `question` ("Roll back?"), which means to do the `action`.
    run::FlowOptions flow_options(const std::string& question, const std::string& action);
    /// Before anybody is asked: what will be done, unless --progress leaves it out.
    void show_preview(const std::string& text, const rollback::Assessment& assessment);

    /// What the flow's own text of a dry run is; by default the runbook.
    std::function<std::string(const rollback::RunReport&)> dry_run_text;
    /// The same of the result; by default that of a rollback.
    std::function<std::string(const rollback::RunReport&)> result_text;
    /// The document of -o json|yaml.
    std::function<base::Json(const rollback::RunReport&)> document;

  private:
    rollback::RunReport carried_out(const Flow& flow);
    rollback::RunReport not_begun(const base::Error& error) const;
    void print(const rollback::RunReport& report) const;
    std::string result(const rollback::RunReport& report) const;
    run::FlowOptions::DryRun dry_run() const;
    run::EventSink sink();
    ProgressFormat progress() const;

    CommandContext context_;
    rollback::Flow flow_;
    rollback::Task task_;
    std::string plan_;
    std::optional<ExitCode> not_chosen_;  // where no plan was named, and none could be meant
    rollback::ClusterName control_;
    std::shared_ptr<kube::Cluster> control_cluster_;
    std::unique_ptr<View> view_;
};

}  // namespace plugin
