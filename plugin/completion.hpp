// What may stand where the cursor is: a pure function of the words of a command line and of the
// names that a kubeconfig or a cluster has. How those are fetched, and how long one waits for them,
// is the affair of completion_names.hpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plugin/options.hpp"

namespace plugin {

enum class NameKind { Plan, Namespace, Context, Cluster, User };

/// The names there are, where the flags on the line say; none when they cannot be had.
using NameLookup = std::function<std::vector<std::string>(NameKind, const Options&)>;

struct Candidate {
    std::string word;
    std::string description = {};
    bool operator==(const Candidate&) const = default;
};

/// The two of Cobra's ShellCompDirective that are needed here.
enum class CompletionDirective { Files = 0, NoFiles = 4 };

struct Completion {
    std::vector<Candidate> candidates = {};
    CompletionDirective directive = CompletionDirective::NoFiles;
};

/// The last word is the one to complete and may be empty. A line that is wrong has no candidates.
Completion complete(const std::vector<std::string>& words, const NameLookup& names);

/// Cobra's wire format: "word\tdescription" lines, then ":4".
std::string wire_text(const Completion& completion, bool with_descriptions);

}  // namespace plugin
