#include <variant>

#include "base/text.hpp"
#include "base/yaml.hpp"
#include "plugin/render.hpp"
#include "plugin/render_parts.hpp"
#include "plugin/text_width.hpp"

namespace plugin {
namespace {

using rollback::AwaitMigration;
using rollback::AwaitServing;
using rollback::Create;

std::string in_namespace(const rollback::ObjectRef& ref) {
    return ref.label() + (ref.ns.empty() ? "" : " in namespace " + ref.ns);
}

std::string on_side(rollback::Side side) {
    return " on the " + word(side) + (side == rollback::Side::Control ? " cluster" : "");
}

struct Title {
    std::string operator()(const Create& step) const {
        return "Create " + in_namespace(step.what) +
               (step.side == rollback::Side::Control ? "" : " on the " + word(step.side));
    }
    std::string operator()(const AwaitMigration& step) const {
        return "Follow " + in_namespace(step.what) + " until it ends";
    }
    std::string operator()(const AwaitServing&) const {
        return "Wait until every workload of the source serves again, then verify both clusters";
    }
    std::string operator()(const rollback::Patch& step) const {
        return "Patch " + in_namespace(step.seen.ref) + on_side(step.side) + ": " + step.change;
    }
    std::string operator()(const rollback::Delete& step) const {
        return "Delete " + in_namespace(step.seen.ref) + on_side(step.side);
    }
    std::string operator()(const rollback::AwaitNoStagePods& step) const {
        return "Wait until no stage pods are left on the " + word(step.side);
    }
    std::string operator()(const rollback::AwaitTargetStopped&) const {
        return "Look at the target again, and wait until no pod of it mounts a volume of the plan";
    }
    std::string operator()(const rollback::AwaitGone& step) const {
        const std::string objects = base::count(step.what.size(), "object");
        return step.by_controller
                   ? "Wait until MTC's controller has deleted " + objects
                   : "Wait until " + objects + (step.what.size() == 1 ? " is gone" : " are gone");
    }
};

struct Detail {
    std::string operator()(const Create& step) const {
        std::string out;
        for (const std::string& line : base::split(base::to_yaml(step.manifest), '\n')) {
            if (!line.empty()) out += "      " + line + "\n";
        }
        return out;
    }
    std::string operator()(const AwaitMigration&) const { return {}; }
    std::string operator()(const AwaitServing&) const { return {}; }
    std::string operator()(const rollback::Patch&) const { return {}; }
    std::string operator()(const rollback::Delete&) const { return {}; }
    std::string operator()(const rollback::AwaitNoStagePods&) const { return {}; }
    std::string operator()(const rollback::AwaitTargetStopped&) const { return {}; }
    std::string operator()(const rollback::AwaitGone&) const { return {}; }
};

}  // namespace

std::string in_words(const rollback::Step& step) {
    return std::visit(Title{}, step.action);
}

std::string render_runbook(const rollback::Runbook& runbook, const RenderContext& context) {
    if (!runbook.blockers.empty()) return render_blockers(runbook.blockers, context);
    if (runbook.empty()) return "There is nothing to do.\n";
    std::string out =
        context.style.paint(Tone::Bold, "This would be done (dry run, nothing is changed):") + "\n";
    int number = 0;
    for (const rollback::Step& step : runbook.steps) {
        out += "\n" + marked({std::to_string(++number) + ".", Tone::Bold}, in_words(step),
                             context.style, 1);
        out += marked({" ", Tone::Plain}, step.why, context.style, 2);
        out += std::visit(Detail{}, step.action);
    }
    return out;
}

}  // namespace plugin
