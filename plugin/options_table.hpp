// The words of the command line: every command and flag of the contract, one row each, from which
// parsing, the help and "did you mean" are made.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace plugin {

/// The headings of the help, in their order.
enum class FlagGroup {
    Rollback,
    Proof,
    Starts,
    Manual,
    Cancel,
    Leftovers,
    Waiting,
    Assessment,
    Output,
    Clusters,
    General,
    AsInKubectl
};

struct Flag {
    std::string_view name;   // without dashes
    char shorthand;          // 0: none
    std::string_view value;  // what the help calls its value; empty: a switch
    std::string_view bare;   // what it means without a value; empty: it needs one
    FlagGroup group;
    std::string_view help;    // empty: not shown
    bool repeatable = false;  // each of its values counts, not only the last
};

struct CommandWord {
    std::string_view name;
    std::string_view arguments;
    std::string_view help;
};

std::span<const Flag> flags();
std::span<const CommandWord> command_words();

/// By its long name ('_' counts as '-', and aliases as their flag) or nullptr.
const Flag* find_flag(std::string_view name);
const Flag* find_flag(char shorthand);
const CommandWord* find_command(std::string_view name);

/// "migplan/" of "migplan/NAME", in any spelling that `oc get migplans -o name` or a person uses.
std::string_view plan_prefix(std::string_view word);

/// Whether a command has the flag.
bool takes(std::string_view command, const Flag& flag);
/// Under which heading the help of a command has the flag.
FlagGroup group_of(std::string_view command, const Flag& flag);
/// What the help of a command calls the flag's value: one command's -o has a format more.
std::string value_of(std::string_view command, const Flag& flag);

/// The nearest flag ("--context") or command, or "" when nothing is near.
std::string nearest_flag(std::string_view name);
std::string nearest_command(std::string_view word);

}  // namespace plugin
