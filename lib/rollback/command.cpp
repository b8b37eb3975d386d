#include "rollback/command.hpp"

#include "base/text.hpp"

namespace rollback {

std::string reach_of(const ClusterView& view, Side side) {
    if (!view.reach.empty()) return view.reach;
    const std::string in_words = "    # on the " + word(side) + " cluster";
    return view.server.empty() ? in_words : "--server=" + base::shell_word(view.server) + in_words;
}

std::string oc(const ClusterView& view, Side side, std::string_view words) {
    return "oc " + std::string(words) + " " + reach_of(view, side);
}

std::string oc(const State& state, Side side, std::string_view words) {
    return oc(view_of(state, side), side, words);
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

std::string oc_patch(const State& state, Side side, const ObjectRef& ref, std::string_view json) {
    return oc(state, side, "patch", ref, " --type=merge -p " + base::shell_quoted(json));
}

}  // namespace rollback
