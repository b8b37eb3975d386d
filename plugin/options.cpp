#include "plugin/options.hpp"

#include <algorithm>
#include <utility>

// std::regex recurses for every character, so that a long token would exhaust the stack
#define CXXOPTS_NO_REGEX true
#include <cxxopts.hpp>

#include "base/text.hpp"
#include "plugin/completion_script.hpp"
#include "plugin/exit_code.hpp"
#include "plugin/options_table.hpp"
#include "plugin/options_values.hpp"
#include "plugin/options_words.hpp"

namespace plugin {
namespace {

// Commands
// --------------------------------------------------------------------------------------------------

// What `oc get migplans -o name` prints is accepted as well.
std::string plan_name(const std::string& word) {
    std::string_view name = word;
    name.remove_prefix(plan_prefix(word).size());
    const bool bad = name.empty() || name == "." || name == ".." ||
                     name.find_first_of("/%") != std::string::npos;
    if (bad) wrong_usage("\"" + word + "\" is no name of a MigPlan: write NAME or migplan/NAME");
    return std::string(name);
}

[[noreturn]] void refuse_several(const std::vector<std::string>& words, bool first_was_free) {
    const std::string near = first_was_free ? nearest_command(words.front()) : "";
    if (!near.empty())
        wrong_usage("unknown command \"" + words.front() + "\" (did you mean \"" + near + "\"?)");
    wrong_usage("one plan at a time, but there are " + std::to_string(words.size()) + ": " +
                base::join(words, " "));
}

void set_optional_plan(Options& options, bool named_command) {
    auto& words = options.arguments;
    if (words.size() > 1) refuse_several(words, !named_command);
    for (std::string& word : words) word = plan_name(word);
}

void set_plan(Options& options, bool named_command) {
    if (options.arguments.empty())
        wrong_usage(options.command == "cancel"
                        ? "which plan? Name the MigPlan whose migration to cancel"
                        : "which plan? Name the MigPlan to roll back",
                    "List them with: oc get migplans -n " + options.ns);
    set_optional_plan(options, named_command);
}

void check_shell(const std::vector<std::string>& words) {
    const std::string there_are = base::join(completion_shells(), ", ");
    if (words.size() == 1 && std::ranges::count(completion_shells(), words.front()) > 0) return;
    if (words.empty()) wrong_usage("which shell? There are: " + there_are);
    wrong_usage("no completion script for \"" + base::join(words, " ") + "\": there are " +
                there_are);
}

void check_topic(const std::vector<std::string>& words) {
    if (words.empty()) return;
    const CommandWord* topic = find_command(words.front());
    if (topic == nullptr) wrong_usage("unknown help topic \"" + words.front() + "\"");
}

// The first word is a command if it names one; otherwise the command is `run`. Returns whether it
// was named.
bool take_command(const std::vector<Word>& words, Options& options) {
    const CommandWord* command =
        words.empty() || words.front().literal ? nullptr : find_command(words.front().text);
    options.command = command == nullptr ? "run" : std::string(command->name);
    for (std::size_t i = command == nullptr ? 0 : 1; i < words.size(); ++i)
        options.arguments.push_back(words[i].text);
    return command != nullptr;
}

void check_flags(const std::string& command, const std::vector<std::string>& given) {
    for (const std::string& word : given) {
        const std::string flag = word.substr(0, word.find('='));
        if (!takes(command, *find_flag(flag.substr(2))))
            wrong_usage(flag + " has no meaning for " + command);
    }
}

void check_output(const Options& options) {
    if (options.output != OutputFormat::Commands) return;
    if (options.command != "manual")
        wrong_usage("-o commands has no meaning for " + options.command +
                    ": it is a format of manual PLAN --dry-run=client");
    if (options.dry_run != DryRun::Client)
        wrong_usage("-o commands shows what would be done: pass --dry-run=client with it");
}

void check_only(const Options& options) {
    if (options.only != ManualPart::StagePods) return;
    const std::string no_meaning = " has no meaning with --only stage-pods: it starts nothing";
    if (!options.set.empty()) wrong_usage("--set" + no_meaning);
    if (options.start_as_before) wrong_usage("--start-as-before" + no_meaning);
    if (options.assume_target_stopped) wrong_usage("--assume-target-stopped" + no_meaning);
}

void check_probes(const Options& options) {
    if (options.probe_routes && !options.verify)
        wrong_usage("--probe-routes has no meaning with --no-verify: it is a part of the proof");
}

void check_watch(const Options& options) {
    if (options.command == "status" && options.timeout && !options.watch)
        wrong_usage("--timeout has no meaning without --watch: nothing is waited for");
}

void check_deletion(const Options& options) {
    if (options.command != "leftovers" || options.remove) return;
    const std::string no_meaning = " has no meaning without --delete: nothing is changed";
    if (options.yes) wrong_usage("--yes" + no_meaning);
    if (options.include_backups) wrong_usage("--include-backups" + no_meaning);
    if (options.dry_run != DryRun::None) wrong_usage("--dry-run" + no_meaning);
}

void check_plan_file(const Options& options) {
    const bool target_known = !options.target_context.empty() || options.assume_target_stopped;
    if (options.plan_file.empty() || (!options.source_context.empty() && target_known)) return;
    const std::string instead = options.command == "manual" ? " or --assume-target-stopped" : "";
    wrong_usage("--plan-file needs --source-context, and --target-context" + instead +
                ": without the control cluster nothing else says how to reach them");
}

void check_combinations(const Options& options) {
    check_output(options);
    check_only(options);
    check_plan_file(options);
    check_probes(options);
    check_deletion(options);
    check_watch(options);
}

// Parsing
// ---------------------------------------------------------------------------------------------------

FlagValues parse_flags(const std::vector<std::string>& given) {
    cxxopts::Options definition("oc-mtc-rollback");
    for (const Flag& flag : flags()) {
        definition.add_options()(std::string(flag.name), "", cxxopts::value<std::string>());
    }
    std::vector<const char*> argv{"oc-mtc-rollback"};
    for (const std::string& word : given) argv.push_back(word.c_str());
    const auto parsed = definition.parse(static_cast<int>(argv.size()), argv.data());
    FlagValues::Given values;
    for (const auto& entry : parsed.arguments()) values[entry.key()].push_back(entry.value());
    return FlagValues(std::move(values));
}

void interpret(Options& options, const Words& words, const FlagValues& values) {
    const bool named = take_command(words.others, options);
    options.help = values.truth("help") || (words.others.empty() && words.flags.empty());
    // thousands of small writes, each of which waits for its answer
    if (options.command == "manual" && !values.has("parallel")) options.kubeconfig.parallel = 16;
    if (options.help) {
        if (!named) options.command.clear();
    } else if (values.truth("version")) {
        options.command = "version";
    } else if (options.command == "run" || options.command == "manual" ||
               options.command == "create" || options.command == "cancel") {
        set_plan(options, named);
    } else if (options.command == "assess" || options.command == "leftovers" ||
               options.command == "verify" || options.command == "status") {
        set_optional_plan(options, named);
    } else if (options.command == "completion") {
        check_shell(options.arguments);
    } else if (options.command == "help") {
        check_topic(options.arguments);
    } else if (!options.arguments.empty()) {
        wrong_usage(options.command + " takes no arguments, but there is \"" +
                    options.arguments.front() + "\"");
    }
}

Options parse_words(const Words& words) {
    Options options;
    const FlagValues values = parse_flags(words.flags);
    set_flags(options, values);
    interpret(options, words, values);
    if (options.help) return options;
    check_flags(options.command, words.flags);
    check_combinations(options);
    return options;
}

std::string_view file_name(const char* path) {
    std::string_view name = path == nullptr ? "" : path;
    name.remove_prefix(std::min(name.rfind('/') + 1, name.size()));
    return name;
}

}  // namespace

std::string called_as(const char* argv0, const char* kubectl_path) {
    const std::string_view name = file_name(argv0);
    const auto dash = name.find('-');
    const std::string_view tool = name.substr(0, dash);
    if (dash == std::string_view::npos || (tool != "oc" && tool != "kubectl"))
        return name.empty() ? "oc mtc-rollback" : std::string(name);
    // kubectl's rule for plugins: a dash in the file's name separates words, '_' stands for a dash
    std::string called(name);
    if (tool == "kubectl" && file_name(kubectl_path) == "oc") called.replace(0, tool.size(), "oc");
    std::ranges::replace(called, '-', ' ');
    std::ranges::replace(called, '_', '-');
    return called;
}

Options options_of_flags(const Words& words) {
    Options options;
    set_flags(options, parse_flags(words.flags));
    return options;
}

Options parse_options(int argc, const char* const* argv, const char* kubectl_path) {
    const std::string called = called_as(argc > 0 ? argv[0] : nullptr, kubectl_path);
    try {
        const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
        return parse_words(split_words(arguments));
    } catch (UserError& error) {
        if (error.hint.empty()) error.hint = "See '" + called + " -h' for help and examples.";
        throw;
    } catch (const cxxopts::exceptions::exception& error) {
        throw UserError(ExitCode::Usage, error.what(),
                        "See '" + called + " -h' for help and examples.");
    }
}

}  // namespace plugin
