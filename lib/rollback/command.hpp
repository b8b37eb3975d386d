// The one place where the commands are written that a person is to paste: each names the cluster
// that it is for, by the context where one is known, otherwise by the server and in words. It runs
// nothing.
#pragma once

#include <string>
#include <string_view>

#include "rollback/state.hpp"

namespace rollback {

/// "--context=prod", or "--server=https://...    # on the source cluster". Without either the words
/// alone. What stands behind it on a line is part of the comment.
std::string reach_of(const ClusterView& view, Side side);

/// "oc " and these words, which are a shell's already, on the cluster of that side.
std::string oc(const ClusterView& view, Side side, std::string_view words);
std::string oc(const State& state, Side side, std::string_view words);

/// Several, each only after the one before has done well.
std::string oc_each(const State& state, Side side, const std::vector<std::string>& words);

/// "oc VERB KIND/NAME -n NAMESPACE REST", on the cluster of that side.
std::string oc(const State& state, Side side, std::string_view verb, const ObjectRef& ref,
               std::string_view rest = {});
std::string oc(const ClusterView& view, Side side, std::string_view verb, const ObjectRef& ref,
               std::string_view rest = {});

/// "describe migplan" + name + " -n NAMESPACE", as a shell's words.
std::string words_for(std::string_view verb_and_kind, const std::string& name,
                      const std::string& ns);

/// "KIND/NAME -n NAMESPACE", as a shell's words.
std::string words_of(const ObjectRef& ref);

}  // namespace rollback
