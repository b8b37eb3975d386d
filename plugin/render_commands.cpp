// The manual flow as a shell script of `oc` commands.
#include <map>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "mtc/virtual_machine.hpp"
#include "plugin/exit_code.hpp"
#include "plugin/render_json.hpp"
#include "plugin/render_manual.hpp"
#include "plugin/text_width.hpp"

namespace plugin {
namespace {

using base::Json;
using rollback::RunReport;
using rollback::Side;

std::string quoted(const std::string& text) {
    return base::shell_quoted(text);
}

std::string function_on(Side side) {
    return side == Side::Target ? "on_target" : "on_source";
}

std::string object(const base::ObjectRef& ref) {
    return quoted(ref.type.resource() + "/" + ref.name) + " -n " + quoted(ref.ns);
}

Json guarded(const rollback::Patch& patch) {
    Json operations =
        Json::array({{{"op", "test"}, {"path", "/metadata/uid"}, {"value", patch.seen.uid}}});
    operations.insert(operations.end(), patch.operations.begin(), patch.operations.end());
    return operations;
}

// What a person reads beside a command stays one line, and a comment: a text from a server with a
// line break in it would go on as a command.
std::string comment(const std::string& text) {
    return "# " + one_line(text) + "\n";
}

// One that was made anew since it was seen is not the one that is to go: the server compares the
// uid, too.
std::string remove(const rollback::Delete& step) {
    const base::ObjectRef& ref = step.seen.ref;
    const std::string on = function_on(step.side);
    const std::string uid = step.seen.uid;
    const std::string api = ref.type.group.empty() ? "/api/" : "/apis/";
    const Json options = {
        {"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"preconditions", {{"uid", uid}}}};
    return "uid=$(" + on + " get " + object(ref) +
           " --ignore-not-found -o jsonpath='{.metadata.uid}')\n[ \"$uid\" != " + quoted(uid) +
           " ] || printf '%s' " + quoted(json_text(options)) + " | " + on + " delete --raw " +
           quoted(api + ref.type.api_version() + "/namespaces/" + ref.ns + "/" + ref.type.plural +
                  "/" + ref.name) +
           " -f -\n";
}

std::string start_request(const rollback::Patch& step) {
    const base::ObjectRef& ref = step.seen.ref;
    const auto& type = mtc::virtual_machine::start_requests;
    return "printf '{}' | " + function_on(step.side) + " replace --raw " +
           quoted("/apis/" + type.api_version() + "/namespaces/" + ref.ns + "/" + type.plural +
                  "/" + ref.name + "/start") +
           " -f -\n";
}

struct ShellCommand {
    const RunReport& report;

    std::string operator()(const rollback::Patch& step) const {
        return comment(word(step.side) + ": " + step.seen.ref.path() + ": " + step.change) +
               (step.request_start ? start_request(step) : "") + function_on(step.side) +
               " patch " + object(step.seen.ref) + " --type=json -p " +
               quoted(json_text(guarded(step))) + "\n";
    }
    std::string operator()(const rollback::Delete& step) const { return remove(step); }
    std::string operator()(const rollback::AwaitNoStagePods& step) const {
        std::string out;
        for (const std::string& ns : step.namespaces) {
            // the application's own pods stay, and lose that label
            out +=
                function_on(step.side) + " wait --for=delete pod -l " +
                quoted(std::string(mtc::labels::stage_pod) + ",!" + mtc::labels::application_pod) +
                " -n " + quoted(ns) + " --timeout=5m\n";
        }
        return out;
    }
    std::string operator()(const rollback::AwaitTargetStopped&) const {
        std::string out = comment("no pod may be left here that mounts a volume of the plan:");
        for (const std::string& ns : namespaces(Side::Target))
            out += "on_target get pods -n " + quoted(ns) + "\n";
        return out +
               "printf 'Is the application stopped on the target? [y/N] ' >&2\n"
               // where nobody is there to answer, nothing is started
               "read -r answer || exit 1\n"
               "[ \"$answer\" = y ] || exit 1\n";
    }
    std::string operator()(const rollback::AwaitServing&) const {
        std::string out;
        for (const std::string& ns : namespaces(Side::Source))
            out += "on_source get pods -n " + quoted(ns) + "\n";
        return out;
    }
    std::string operator()(const rollback::Create&) const { return {}; }
    std::string operator()(const rollback::AwaitMigration&) const { return {}; }
    std::string operator()(const rollback::AwaitGone&) const { return {}; }

    std::vector<std::string> namespaces(Side side) const {
        std::map<std::string, bool> names;
        for (const rollback::Step& step : report.runbook->steps) {
            if (const auto* patch = std::get_if<rollback::Patch>(&step.action);
                patch != nullptr && patch->side == side)
                names[patch->seen.ref.ns] = true;
            if (const auto* remove = std::get_if<rollback::Delete>(&step.action);
                remove != nullptr && remove->side == side)
                names[remove->seen.ref.ns] = true;
        }
        std::vector<std::string> out;
        for (const auto& [name, used] : names) out.push_back(name);
        return out;
    }
};

std::string function_for(Side side, const std::string& context,
                         const rollback::ClusterName& cluster) {
    const std::string flags =
        cluster.reach.empty() ? "--context=" + quoted(context) : cluster.reach;
    return function_on(side) + "() { oc " + flags + " \"$@\"; }\n";
}

// By its address alone a cluster would be sent the login of whatever context is the current one.
void must_be_reached(Side side, const std::string& context, const rollback::ClusterName& cluster) {
    if (!context.empty() || !cluster.reach.empty()) return;
    throw UserError(ExitCode::Refused,
                    "error: no context is known for the " + word(side) + " cluster (" +
                        one_line(cluster.server) +
                        "): the commands would send it the login of another one",
                    "name one with --" + word(side) + "-context");
}

}  // namespace

std::string render_commands(const RunReport& report, const ContextNames& contexts) {
    must_be_reached(Side::Source, contexts.source, report.source);
    must_be_reached(Side::Target, contexts.target, report.target);
    std::string out = "#!/bin/sh\n" +
                      comment("Manual rollback of plan " + report.ns + "/" + report.plan +
                              ". Each patch tests what was seen: one that fails has written "
                              "nothing.") +
                      "set -e\n" + function_for(Side::Source, contexts.source, report.source) +
                      function_for(Side::Target, contexts.target, report.target);
    for (const rollback::Step& step : report.runbook->steps)
        out += "\n" + std::visit(ShellCommand{report}, step.action);
    for (const rollback::Skipped& each : report.runbook->skipped)
        out += "\n" + comment("left as it is: " + each.workload.path() + " " + each.why + "; " +
                              each.remedy);
    return out;
}

}  // namespace plugin
