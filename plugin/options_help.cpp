#include <array>
#include <span>

#include "base/text.hpp"
#include "plugin/completion_script.hpp"
#include "plugin/options.hpp"
#include "plugin/options_table.hpp"

namespace plugin {
namespace {

constexpr std::size_t line_width = 80;
constexpr std::size_t flag_column = 34;

constexpr std::array<std::pair<FlagGroup, std::string_view>, 11> headings{
    {{FlagGroup::Rollback, "Rollback"},
     {FlagGroup::Proof, "Proof"},
     {FlagGroup::Starts, "What to start"},
     {FlagGroup::Manual, "Manual"},
     {FlagGroup::Cancel, "Cancel"},
     {FlagGroup::Leftovers, "Leftovers"},
     {FlagGroup::Waiting, "Waiting"},
     {FlagGroup::Assessment, "Assessment"},
     {FlagGroup::Output, "Output"},
     {FlagGroup::Clusters, "Clusters"},
     {FlagGroup::General, "General"}}};

using ExitCodeLine = std::pair<int, std::string_view>;
constexpr std::array<ExitCodeLine, 8> exit_codes{
    {{0, "done, and verified where verification was part of it"},
     {1, "an error: cluster unreachable, not authorised, a write refused"},
     {2, "wrong usage"},
     {3, "the rollback ended, but failed, was canceled, or ended with warnings"},
     {4, "verification found something wrong, or could not see what it needed"},
     {5, "not finished within --timeout; it goes on in the cluster"},
     {6, "refused, or declined at the prompt; nothing was changed"},
     {130, "interrupted (143: terminated); the rollback goes on in the cluster"}}};

constexpr std::array<ExitCodeLine, 5> exit_codes_of_assess{
    {{0, "looked; with --exit-code: nothing is to be done"},
     {1, "an error: cluster unreachable, not authorised, no such plan"},
     {2, "wrong usage"},
     {4, "not the plan's clusters; with --exit-code: something is to be done"},
     {130, "interrupted (143: terminated)"}}};

constexpr std::array<ExitCodeLine, 7> exit_codes_of_manual{
    {{0, "done, and verified where verification was part of it"},
     {1, "an error: cluster unreachable, not authorised, a write refused"},
     {2, "wrong usage"},
     {4, "verification found something wrong, or could not see what it needed"},
     {5, "not finished within --timeout; run it again to go on"},
     {6, "refused, or declined at the prompt; nothing was changed"},
     {130, "interrupted (143: terminated); run it again to go on"}}};

constexpr std::array<ExitCodeLine, 5> exit_codes_of_verify{
    {{0, "all is well; warnings may stand"},
     {1, "an error: cluster unreachable, not authorised, no such plan"},
     {2, "wrong usage, or more than one plan could be meant"},
     {4, "something is wrong, or could not be seen"},
     {130, "interrupted (143: terminated)"}}};

constexpr std::array<ExitCodeLine, 7> exit_codes_of_leftovers{
    {{0, "nothing is in the way of another attempt; with --delete: and all is gone"},
     {1, "an error: cluster unreachable, not authorised, a deletion refused"},
     {2, "wrong usage, or more than one plan could be meant"},
     {4, "something is in the way or is left, or not everything could be seen"},
     {5, "not finished within --timeout; what was begun goes on"},
     {6, "refused, or declined at the prompt; nothing was changed"},
     {130, "interrupted (143: terminated); run it again to go on"}}};

constexpr std::array<ExitCodeLine, 7> exit_codes_of_create{
    {{0, "created, or running already; with --wait: and it succeeded"},
     {1, "an error: cluster unreachable, not authorised, a write refused"},
     {2, "wrong usage"},
     {3, "with --wait: it failed, was canceled, or ended with warnings"},
     {5, "not finished within --timeout; it goes on in the cluster"},
     {6, "refused, or declined at the prompt; nothing was changed"},
     {130, "interrupted (143: terminated); the rollback goes on in the cluster"}}};

constexpr std::array<ExitCodeLine, 5> exit_codes_of_status{
    {{0, "looked; with --watch: and what was followed succeeded"},
     {1, "an error: cluster unreachable, not authorised, no such plan"},
     {2, "wrong usage, or more than one plan could be meant"},
     {3, "with --watch: it failed, was canceled, or ended with warnings"},
     {5, "with --watch: not finished within --timeout; it goes on in the cluster"}}};

constexpr std::array<ExitCodeLine, 7> exit_codes_of_cancel{
    {{0, "canceled, or deleted where MTC would not cancel it; or nothing runs"},
     {1, "an error: cluster unreachable, not authorised, a write refused"},
     {2, "wrong usage"},
     {3, "it has ended in another way before it could be canceled"},
     {5, "not finished within --timeout; it goes on in the cluster"},
     {6, "refused, or declined at the prompt; nothing was changed"},
     {130, "interrupted (143: terminated); what was asked for goes on"}}};

std::string padded_to(std::string text, std::size_t width) {
    if (text.size() < width) text.resize(width, ' ');
    return text;
}

// The words of `text` from column `column` on, on as many lines as they need.
std::string wrapped_from(std::string_view text, std::size_t column) {
    std::string out;
    std::size_t at = column;
    for (const std::string& word : base::split(text, ' ')) {
        if (at + word.size() >= line_width) {
            out += "\n" + std::string(column, ' ');
            at = column;
        } else if (!out.empty()) {
            out += ' ';
            ++at;
        }
        out += word;
        at += word.size();
    }
    return out;
}

std::string flag_line(std::string_view command, const Flag& flag) {
    // --loglevel is oc's word; kubectl's is -v
    const std::string name(flag.shorthand == 'v' ? "v" : flag.name);
    std::string left = flag.shorthand == 0 ? "      " : std::string("  -") + flag.shorthand + ", ";
    left += "--" + name;
    if (!flag.value.empty())
        left += (flag.name == "dry-run" ? "[=" : " ") + value_of(command, flag);
    if (flag.name == "dry-run") left += "]";
    if (left.size() + 2 > flag_column) left += "\n" + std::string(flag_column, ' ');
    return padded_to(left, flag_column) + wrapped_from(flag.help, flag_column) + "\n";
}

std::string flag_groups(std::string_view command) {
    std::string out;
    for (const auto& [group, heading] : headings) {
        std::string lines;
        for (const Flag& flag : flags()) {
            if (group_of(command, flag) == group && !flag.help.empty() && takes(command, flag))
                lines += flag_line(command, flag);
        }
        if (!lines.empty()) out += "\n" + std::string(heading) + ":\n" + lines;
    }
    return out;
}

std::string as_in_kubectl() {
    std::string names;
    for (const Flag& flag : flags()) {
        if (flag.group != FlagGroup::AsInKubectl) continue;
        names += names.empty() ? "" : " ";
        if (flag.shorthand != 0) names += std::string("-") + flag.shorthand + "/";
        names += "--" + std::string(flag.name);
    }
    return "\nAs in kubectl:\n  " + wrapped_from(names, 2) + "\n";
}

std::string commands_list() {
    std::string out = "\nCommands:\n";
    for (const CommandWord& command : command_words()) {
        const std::string left =
            "  " + std::string(command.name) + " " + std::string(command.arguments);
        out += padded_to(left, 20) + std::string(command.help) + "\n";
    }
    return out;
}

std::string exit_code_list(std::span<const ExitCodeLine> lines) {
    std::string out = "\nExit codes:\n";
    for (const auto& [code, meaning] : lines) {
        out += padded_to("  " + std::to_string(code), 7) + std::string(meaning) + "\n";
    }
    return out;
}

std::string run_examples(const std::string& called) {
    return "\nExamples:\n"
           "  # Look at both clusters, say what will happen, ask, roll back, verify\n"
           "  " +
           called +
           " shop-plan\n\n"
           "  # What would happen? Nothing is changed\n"
           "  " +
           called +
           " shop-plan --dry-run\n\n"
           "  # In a script: don't ask, wait 20 minutes at most, JSON on stdout\n"
           "  " +
           called +
           " shop-plan --yes --timeout 20m -o json\n\n"
           "  # With your own logins instead of the MigClusters' Secrets\n"
           "  " +
           called +
           " shop-plan --source-context ocp3 --target-context ocp4\n\n"
           "  # A plan that is called like a command\n"
           "  " +
           called + " migplan/verify\n";
}

std::string about_run(const std::string& called, const std::string& usage) {
    return "Roll back a failed migration of the Migration Toolkit for Containers (MTC):\n"
           "delete what was migrated from the target, start the application on the source\n"
           "again, and prove that it is back. Nothing is changed before you say yes.\n\n"
           "Running it again is safe: it attaches to a rollback that runs already. Ctrl-C\n"
           "detaches, and the rollback goes on in the cluster.\n\n"
           "Usage:\n" +
           usage + run_examples(called);
}

std::string program_help(const std::string& called) {
    return about_run(called, "  " + called + " PLAN [flags]\n  " + called + " COMMAND [flags]\n") +
           commands_list() + flag_groups("run") + as_in_kubectl() + exit_code_list(exit_codes);
}

std::string run_help(const std::string& called) {
    return about_run(called, "  " + called + " [run] PLAN [flags]\n") + flag_groups("run") +
           exit_code_list(exit_codes);
}

std::string assess_examples(const std::string& called) {
    return "\nExamples:\n"
           "  # A line for every plan\n"
           "  " +
           called +
           " assess\n\n"
           "  # One plan: its workloads and volumes on both sides, and what to do\n"
           "  " +
           called +
           " assess shop-plan\n\n"
           "  # In a script: exit code 4 when something is to be done\n"
           "  " +
           called +
           " assess shop-plan --exit-code -o json\n\n"
           "  # The plans for which something is to be done\n"
           "  " +
           called + " assess -o name\n";
}

std::string assess_help(const std::string& called) {
    return "Look at both clusters of a plan and say whether a rollback is needed, which way\n"
           "leads out, what stands in it, and what would be lost. Nothing is changed.\n\n"
           "Without PLAN there is a line for every plan of the namespace.\n\n"
           "Usage:\n  " +
           called + " assess [PLAN] [flags]\n" + assess_examples(called) + flag_groups("assess") +
           exit_code_list(exit_codes_of_assess);
}

std::string manual_examples(const std::string& called) {
    return "\nExamples:\n"
           "  # Look at both clusters, say what will be done, ask, do it, verify\n"
           "  " +
           called +
           " manual shop-plan\n\n"
           "  # The same as oc commands, to read or to run by hand\n"
           "  " +
           called +
           " manual shop-plan --dry-run=client -o commands\n\n"
           "  # What one deployment ran before is lost: say it\n"
           "  " +
           called +
           " manual shop-plan --set shop/deployment/web=3\n\n"
           "  # The control cluster is gone, and the plan is in a must-gather\n"
           "  " +
           called +
           " manual shop-plan --plan-file shop-plan.yaml \\\n"
           "    --source-context ocp3 --target-context ocp4\n";
}

std::string manual_help(const std::string& called) {
    return "Roll back a migration when MTC's controller cannot: remove the stage pods on\n"
           "both clusters, start the applications on the source, wait until their pods run,\n"
           "and prove that they are back. Nothing is changed before you say yes.\n\n"
           "Nothing is started on the source while the target can write to a volume of the\n"
           "plan: workloads that still run there are stopped first. Running it again is\n"
           "safe: it does what is left to do.\n\n"
           "Usage:\n  " +
           called + " manual PLAN [flags]\n" + manual_examples(called) + flag_groups("manual") +
           exit_code_list(exit_codes_of_manual);
}

std::string verify_examples(const std::string& called) {
    return "\nExamples:\n"
           "  # Is the application back, and the target clean?\n"
           "  " +
           called +
           " verify shop-plan\n\n"
           "  # Ask its Routes, too, and keep the evidence\n"
           "  " +
           called +
           " verify shop-plan --probe-routes --report proof.html\n\n"
           "  # In a script: what is not well, as JSON; exit code 4 when something is not\n"
           "  " +
           called + " verify shop-plan --timeout 5m -o json\n";
}

std::string verify_help(const std::string& called) {
    return "Prove that a rollback has brought the application back: its workloads, pods,\n"
           "volumes, Services and Routes on the source, and that nothing of the migration is\n"
           "left on the target. What is still becoming ready is waited for. Nothing is\n"
           "changed.\n\n"
           "Without PLAN: the only plan, or the only one that was rolled back.\n\n"
           "Usage:\n  " +
           called + " verify [PLAN] [flags]\n" + verify_examples(called) + flag_groups("verify") +
           exit_code_list(exit_codes_of_verify);
}

std::string leftovers_examples(const std::string& called) {
    return "\nExamples:\n"
           "  # What is there, of which migration, and does it stand in the way?\n"
           "  " +
           called +
           " leftovers shop-plan\n\n"
           "  # Delete it: show what, ask, delete, wait until it is gone\n"
           "  " +
           called +
           " leftovers shop-plan --delete\n\n"
           "  # In a script, with what Velero saved\n"
           "  " +
           called + " leftovers shop-plan --delete --include-backups --yes -o json\n";
}

std::string leftovers_help(const std::string& called) {
    return "List what migrations of a plan left behind on both clusters and on the control\n"
           "cluster: rsync and stage pods, their Secrets, ConfigMaps, Services and Routes,\n"
           "hooks, registries, MTC's own records, Velero's backups; each with its age, the\n"
           "migration that made it, and whether it stands in the way of another attempt.\n"
           "Nothing is changed without --delete. The application's own objects are never\n"
           "deleted.\n\n"
           "Without PLAN: the only plan, or the only one that was rolled back.\n\n"
           "Usage:\n  " +
           called + " leftovers [PLAN] [flags]\n" + leftovers_examples(called) +
           flag_groups("leftovers") + exit_code_list(exit_codes_of_leftovers);
}

std::string create_help(const std::string& called) {
    return "Create the MigMigration that has MTC roll back, as its documentation shows it,\n"
           "and return. Before that both clusters are looked at: what would keep MTC from\n"
           "rolling back is refused. A rollback that runs already is not doubled.\n\n"
           "Usage:\n  " +
           called +
           " create PLAN [flags]\n\n"
           "Examples:\n"
           "  # Create it, and follow it until it ends\n"
           "  " +
           called +
           " create shop-plan --wait\n\n"
           "  # Only print it, and apply it by hand\n"
           "  " +
           called +
           " create shop-plan --dry-run=client -o yaml | oc apply -f -\n\n"
           "  # A cutover that hangs is canceled first\n"
           "  " +
           called + " create shop-plan --cancel-running --yes -o name\n" + flag_groups("create") +
           exit_code_list(exit_codes_of_create);
}

std::string status_help(const std::string& called) {
    return "Show the plan's migrations, the newest first: what they are, how they ended and\n"
           "why, the steps of the one that runs, and what the others wait for. Nothing is\n"
           "changed; the control cluster is enough.\n\n"
           "Without PLAN: the only plan, or the only one that was rolled back.\n\n"
           "Usage:\n  " +
           called +
           " status [PLAN] [flags]\n\n"
           "Examples:\n"
           "  # Follow what runs until it ends\n"
           "  " +
           called + " status shop-plan -w\n" + flag_groups("status") +
           exit_code_list(exit_codes_of_status);
}

std::string cancel_help(const std::string& called) {
    return "Cancel the migration of a plan that runs, wait for its end, and say what that\n"
           "leaves behind. One that is blocked does not heed it, and is deleted instead. To\n"
           "cancel a rollback is asked for in words of its own: it may leave the application\n"
           "stopped, and the target half deleted.\n\n"
           "Usage:\n  " +
           called +
           " cancel PLAN [flags]\n\n"
           "Examples:\n"
           "  # Show what would be done\n"
           "  " +
           called +
           " cancel shop-plan --dry-run\n\n"
           "  # In a script, a rollback as well\n"
           "  " +
           called + " cancel shop-plan --yes --cancel-rollback --timeout 10m\n" +
           flag_groups("cancel") + exit_code_list(exit_codes_of_cancel);
}

std::string version_help(const std::string& called) {
    return "Show the version of this program.\n\nUsage:\n  " + called + " version [-o json|yaml]\n";
}

std::string completion_help(const std::string& called) {
    return "Print the script that completes the words of oc-mtc-rollback in a shell:\n"
           "commands, flags, and the names of plans, namespaces and contexts.\n\n"
           "Usage:\n  " +
           called + " completion " + base::join(completion_shells(), "|") +
           "\n\n"
           "Examples:\n"
           "  # bash: in this session, and (as a line in ~/.bashrc) in every one\n"
           "  source <(oc-mtc-rollback completion bash)\n\n"
           "  # zsh: the same with ~/.zshrc, after compinit\n"
           "  source <(oc-mtc-rollback completion zsh)\n\n"
           "  # fish\n"
           "  oc-mtc-rollback completion fish > \\\n"
           "    ~/.config/fish/completions/oc-mtc-rollback.fish\n\n"
           "kubectl (1.26 or newer) and oc need no script, but two links beside the\n"
           "plugin, which krew cannot make:\n"
           "  dir=$(dirname \"$(command -v kubectl-mtc_rollback)\")\n"
           "  ln -s kubectl-mtc_rollback \"$dir/kubectl_complete-mtc_rollback\"\n"
           "  ln -s kubectl-mtc_rollback \"$dir/oc_complete-mtc_rollback\"\n";
}

std::string help_help(const std::string& called) {
    return "Show the help of the program or of a command.\n\nUsage:\n  " + called +
           " help [COMMAND]\n";
}

}  // namespace

std::string help_text(const std::string& command, const std::string& called_as) {
    if (command == "run") return run_help(called_as);
    if (command == "assess") return assess_help(called_as);
    if (command == "manual") return manual_help(called_as);
    if (command == "verify") return verify_help(called_as);
    if (command == "leftovers") return leftovers_help(called_as);
    if (command == "create") return create_help(called_as);
    if (command == "status") return status_help(called_as);
    if (command == "cancel") return cancel_help(called_as);
    if (command == "completion") return completion_help(called_as);
    if (command == "version") return version_help(called_as);
    if (command == "help") return help_help(called_as);
    return program_help(called_as);
}

}  // namespace plugin
