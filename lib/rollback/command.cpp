#include "rollback/command.hpp"

#include "base/text.hpp"

namespace rollback {

namespace {

std::string flags_of(const ClusterView& view) {
    if (!view.reach.empty()) return view.reach;
    return view.server.empty() ? "" : "--server=" + base::shell_word(view.server);
}

// Behind the last command of a line.
std::string comment_on(const ClusterView& view, Side side) {
    return view.reach.empty() ? "    # on the " + word(side) + " cluster" : "";
}

}  // namespace

std::string reach_of(const ClusterView& view, Side side) {
    return flags_of(view) + comment_on(view, side);
}

std::string oc(const ClusterView& view, Side side, std::string_view words) {
    const std::string flags = flags_of(view);
    return "oc " + std::string(words) + (flags.empty() ? "" : " " + flags) + comment_on(view, side);
}

std::string oc(const State& state, Side side, std::string_view words) {
    return oc(view_of(state, side), side, words);
}

std::string oc_each(const State& state, Side side, const std::vector<std::string>& words) {
    const ClusterView& view = view_of(state, side);
    const std::string flags = flags_of(view);
    std::vector<std::string> commands;
    for (const std::string& each : words)
        commands.push_back("oc " + each + (flags.empty() ? "" : " " + flags));
    return base::join(commands, " && ") + comment_on(view, side);
}

std::string words_of(const ObjectRef& ref) {
    return base::shell_word(ref.label()) +
           (ref.ns.empty() ? "" : " -n " + base::shell_word(ref.ns));
}

std::string oc(const ClusterView& view, Side side, std::string_view verb, const ObjectRef& ref,
               std::string_view rest) {
    return oc(view, side, std::string(verb) + " " + words_of(ref) + std::string(rest));
}

std::string oc(const State& state, Side side, std::string_view verb, const ObjectRef& ref,
               std::string_view rest) {
    return oc(view_of(state, side), side, verb, ref, rest);
}

std::string words_for(std::string_view verb_and_kind, const std::string& name,
                      const std::string& ns) {
    return std::string(verb_and_kind) + " " + base::shell_word(name) + " -n " +
           base::shell_word(ns);
}

}  // namespace rollback
