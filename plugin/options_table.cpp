#include "plugin/options_table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/text.hpp"

namespace plugin {
namespace {

constexpr bool repeatable = true;

// clang-format off
constexpr std::array flag_table{
    Flag{"yes", 'y', "", "true", FlagGroup::Rollback, "don't ask; a must when stdin is no terminal"},
    Flag{"dry-run", 0, "client|server", "client", FlagGroup::Rollback, "show what would be done, and stop; server also has the API server check it"},
    Flag{"no-verify", 0, "", "true", FlagGroup::Rollback, "stop when the rollback is done, without proof of the recovery"},
    Flag{"cancel-running", 0, "", "true", FlagGroup::Rollback, "cancel a migration that would postpone the rollback, wait for its end, then roll back"},
    Flag{"name", 0, "NAME", "", FlagGroup::Rollback, "of the MigMigration (default: rollback- and 8 random characters)"},
    Flag{"wait", 0, "", "true", FlagGroup::Rollback, "follow the rollback until it ends"},
    Flag{"probe-routes", 0, "", "true", FlagGroup::Proof, "also ask every Route and Ingress of the source over HTTP(S), from here"},
    Flag{"report", 0, "FILE", "", FlagGroup::Proof, "also write the evidence (what was seen, done, verified), as .md, .html or .json"},

    Flag{"only", 0, "stage-pods|workloads", "", FlagGroup::Manual, "do only this part: remove the stage pods, or start the applications"},
    Flag{"set", 0, "[NAMESPACE/]KIND/NAME=N", "", FlagGroup::Starts, "the replica count of a workload that MTC does not start, or whose recorded count is lost (0 leaves it at rest; of a cronjob 0 leaves it suspended, 1 resumes it); may be repeated", repeatable},
    Flag{"start-as-before", 0, "", "true", FlagGroup::Starts, "also start what is at rest on the source without MTC's mark, with what the record or its copy on the target says that it ran"},
    Flag{"source-namespaces", 0, "NAME,...", "", FlagGroup::Manual, "only this part of the plan, by the names on the source; may be repeated", repeatable},
    Flag{"assume-target-stopped", 0, "", "true", FlagGroup::Manual, "nothing that was migrated runs on the target, though it cannot be seen; where that is wrong, two writers corrupt a volume"},
    Flag{"plan-file", 0, "FILE", "", FlagGroup::Manual, "the MigPlan from a file (YAML or JSON, a must-gather's, a snapshot), when the control cluster is gone; needs --source-context, and --target-context or --assume-target-stopped"},

    Flag{"cancel-rollback", 0, "", "true", FlagGroup::Cancel, "with --yes: also when it is a rollback that runs"},

    Flag{"delete", 0, "", "true", FlagGroup::Leftovers, "delete what was found, after asking; refused while a migration of these namespaces runs"},
    Flag{"include-backups", 0, "", "true", FlagGroup::Leftovers, "with --delete: also the plan's Velero Backups, with what they hold, and Restores"},

    Flag{"timeout", 0, "DURATION", "", FlagGroup::Waiting, "give up waiting after so long (90s, 20m); what has begun goes on"},
    Flag{"stall-after", 0, "DURATION", "", FlagGroup::Waiting, "explain why when nothing has moved for so long (default 60s)"},
    Flag{"progress", 0, "auto|tty|plain|json|none", "", FlagGroup::Waiting, "a live table, a line for each change, JSON lines, or nothing; on stderr"},
    Flag{"watch", 'w', "", "true", FlagGroup::Waiting, "follow what runs until it ends, and what runs after it"},

    Flag{"exit-code", 0, "", "true", FlagGroup::Assessment, "end with exit code 4 when something is to be done"},

    Flag{"output", 'o', "wide|json|yaml|name", "", FlagGroup::Output, "the form of the result on stdout"},
    Flag{"color", 0, "auto|always|never", "", FlagGroup::Output, "colours; auto minds NO_COLOR"},

    Flag{"namespace", 'n', "NAME", "", FlagGroup::Clusters, "of the MTC objects (default openshift-migration)"},
    Flag{"context", 0, "NAME", "", FlagGroup::Clusters, "the kubeconfig's context (control cluster)"},
    Flag{"kubeconfig", 0, "FILE", "", FlagGroup::Clusters, "instead of $KUBECONFIG and ~/.kube/config"},
    Flag{"source-context", 0, "NAME", "", FlagGroup::Clusters, "reach the source with this context instead of its MigCluster's Secret"},
    Flag{"target-context", 0, "NAME", "", FlagGroup::Clusters, "reach the target with this context instead of its MigCluster's Secret"},
    Flag{"accept", 0, "ID[=OBJECT]", "", FlagGroup::Clusters, "go on though that was found: wrong-cluster, one-cluster or no-namespaces (a side does not seem to be the plan's), or could not be seen: running-unseen, volume-policy-unseen=NAMESPACE/CLAIM; or stays down: stops-unmigrated=NAMESPACE/KIND/NAME, runs-on-target-only=NAMESPACE/KIND/NAME, serves-on-target-only=NAMESPACE/KIND/NAME; or goes back to its old claims: conversion-moves-set=NAMESPACE/KIND/NAME; or an old cluster takes it: conversion-copies-job=NAMESPACE/KIND/NAME; may be repeated", repeatable},
    Flag{"cluster", 0, "NAME", "", FlagGroup::AsInKubectl, "the kubeconfig's cluster"},
    Flag{"user", 0, "NAME", "", FlagGroup::AsInKubectl, "the kubeconfig's user"},
    Flag{"server", 's', "URL", "", FlagGroup::AsInKubectl, "the API server"},
    Flag{"token", 0, "TOKEN", "", FlagGroup::AsInKubectl, "the bearer token"},
    Flag{"certificate-authority", 0, "FILE", "", FlagGroup::AsInKubectl, "what the server's certificate is checked against"},
    Flag{"client-certificate", 0, "FILE", "", FlagGroup::AsInKubectl, "the client's certificate"},
    Flag{"client-key", 0, "FILE", "", FlagGroup::AsInKubectl, "its key"},
    Flag{"tls-server-name", 0, "NAME", "", FlagGroup::AsInKubectl, "the name that the server's certificate must carry"},
    Flag{"insecure-skip-tls-verify", 0, "", "true", FlagGroup::AsInKubectl, "don't check the server's certificate"},
    Flag{"disable-compression", 0, "", "true", FlagGroup::AsInKubectl, "have the server send its answers uncompressed"},
    Flag{"request-timeout", 0, "DURATION", "", FlagGroup::AsInKubectl, "of a single request (default: none)"},
    Flag{"as", 0, "USER", "", FlagGroup::AsInKubectl, "act as this user"},
    Flag{"as-group", 0, "GROUP", "", FlagGroup::AsInKubectl, "act as a member of this group; may be repeated", repeatable},
    Flag{"as-uid", 0, "UID", "", FlagGroup::AsInKubectl, "act as the user with this UID"},
    Flag{"as-user-extra", 0, "KEY=VALUE", "", FlagGroup::AsInKubectl, "act with this extra attribute; may be repeated", repeatable},
    Flag{"parallel", 0, "N", "", FlagGroup::Clusters, "connections per cluster, 1 to 32 (default 8; manual: 16)"},

    Flag{"loglevel", 'v', "N", "", FlagGroup::General, "from 6 on, log requests (also --loglevel)"},
    Flag{"help", 'h', "", "true", FlagGroup::General, "this text"},
    Flag{"version", 0, "", "true", FlagGroup::General, ""},
    Flag{"warnings-as-errors", 0, "", "true", FlagGroup::General, ""},
    Flag{"cache-dir", 0, "DIR", "", FlagGroup::General, ""},             // kubectl's, for scripts that pass it on: nothing is cached here
    Flag{"match-server-version", 0, "", "true", FlagGroup::General, ""}, // the same: no version of ours belongs to a server's
};

constexpr std::array command_table{
    CommandWord{"run", "PLAN", "roll back and prove the recovery (the default)"},
    CommandWord{"assess", "[PLAN]", "is a rollback needed, which way leads out, what is lost"},
    CommandWord{"manual", "PLAN", "roll back without MTC's controller, when it cannot"},
    CommandWord{"verify", "[PLAN]", "prove that the application is back and the target is clean"},
    CommandWord{"leftovers", "[PLAN]", "what migrations left behind on both clusters; delete it"},
    CommandWord{"create", "PLAN", "create the rollback's MigMigration, and return"},
    CommandWord{"status", "[PLAN]", "the plan's migrations, and where the running one stands"},
    CommandWord{"cancel", "PLAN", "cancel the migration of a plan that runs"},
    CommandWord{"completion", "SHELL", "print the completion script of a shell"},
    CommandWord{"version", "", "show the version"},
    CommandWord{"help", "[COMMAND]", "show help"},
};
// clang-format on

// Flags of the rollbacks that mean the same there.
constexpr std::array<std::string_view, 3> also_of_leftovers{"yes", "dry-run", "plan-file"};

constexpr std::array<std::string_view, 4> plan_prefixes{
    "migplan/", "migplans/", "migplan.migration.openshift.io/", "migplans.migration.openshift.io/"};

std::string canonical(std::string_view name) {
    std::string out(name);
    std::ranges::replace(out, '_', '-');
    return out == "v" ? "loglevel" : out;
}

template <class Row>
std::string nearest(std::span<const Row> rows, std::string_view word) {
    std::size_t best = std::max<std::size_t>(2, word.size() / 3) + 1;
    std::string found;
    for (const Row& row : rows) {
        const auto distance = base::edit_distance(word, row.name);
        // a word that shares no letter with a short name is not near it
        if (distance >= std::min(best, row.name.size())) continue;
        if (row.help.empty()) continue;
        best = distance;
        found = row.name;
    }
    return found;
}

}  // namespace

std::span<const Flag> flags() {
    return flag_table;
}

std::span<const CommandWord> command_words() {
    return command_table;
}

const Flag* find_flag(std::string_view name) {
    const auto it = std::ranges::find(flag_table, canonical(name), &Flag::name);
    return it == flag_table.end() ? nullptr : &*it;
}

const Flag* find_flag(char shorthand) {
    if (shorthand == 0) return nullptr;
    const auto it = std::ranges::find(flag_table, shorthand, &Flag::shorthand);
    return it == flag_table.end() ? nullptr : &*it;
}

const CommandWord* find_command(std::string_view name) {
    const auto it = std::ranges::find(command_table, name, &CommandWord::name);
    return it == command_table.end() ? nullptr : &*it;
}

std::string_view plan_prefix(std::string_view word) {
    const auto it = std::ranges::find_if(
        plan_prefixes, [word](std::string_view prefix) { return word.starts_with(prefix); });
    return it == plan_prefixes.end() ? std::string_view() : *it;
}

namespace {

bool changes_or_looks(std::string_view command) {
    constexpr std::array<std::string_view, 8> commands{"run",       "assess", "manual", "verify",
                                                       "leftovers", "create", "status", "cancel"};
    return std::ranges::count(commands, command) > 0;
}

bool looks_at_both_sides(std::string_view command) {
    return changes_or_looks(command) && command != "status" && command != "cancel";
}

bool is_rollback_flag_of(std::string_view command, std::string_view flag) {
    if (flag == "cancel-running") return command == "run" || command == "create";
    if (flag == "name" || flag == "wait") return command == "create";
    if (flag == "no-verify") return command == "run" || command == "manual";
    return command == "run" || command == "manual" || command == "create";
}

bool is_of_the_plan(const Flag& flag) {
    return flag.name == "source-namespaces" || flag.name == "plan-file";
}

}  // namespace

FlagGroup group_of(std::string_view command, const Flag& flag) {
    if (command == "leftovers" && std::ranges::count(also_of_leftovers, flag.name) > 0)
        return FlagGroup::Leftovers;
    const bool changes = flag.name == "yes" || flag.name == "dry-run";
    return command == "cancel" && changes ? FlagGroup::Cancel : flag.group;
}

bool takes(std::string_view command, const Flag& flag) {
    switch (group_of(command, flag)) {
        case FlagGroup::Rollback:
            return is_rollback_flag_of(command, flag.name);
        case FlagGroup::Proof:
            return command == "run" || command == "manual" || command == "verify";
        case FlagGroup::Waiting:
            if (flag.name == "watch") return command == "status";
            return command != "assess" && changes_or_looks(command);
        case FlagGroup::Cancel:
            return command == "cancel";
        case FlagGroup::Starts:
            return command == "run" || command == "manual";
        case FlagGroup::Manual:
            return command == "manual" || (command == "verify" && is_of_the_plan(flag));
        case FlagGroup::Leftovers:
            return command == "leftovers";
        case FlagGroup::Assessment:
            return command == "assess";
        case FlagGroup::Clusters:
            return flag.name != "accept" || looks_at_both_sides(command);
        case FlagGroup::Output:
        case FlagGroup::General:
        case FlagGroup::AsInKubectl:
            return true;
    }
    return false;
}

std::string value_of(std::string_view command, const Flag& flag) {
    const bool shows_commands = command == "manual" && flag.name == "output";
    return std::string(flag.value) + (shows_commands ? "|commands" : "");
}

std::string nearest_flag(std::string_view name) {
    const std::string found = nearest(flags(), canonical(name));
    return found.empty() ? found : "--" + found;
}

std::string nearest_command(std::string_view word) {
    return nearest(command_words(), word);
}

}  // namespace plugin
