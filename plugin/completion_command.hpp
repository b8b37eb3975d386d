// How shells, kubectl and oc ask for completion: by the hidden commands __complete and
// __completeNoDesc as in Cobra's programs, or by the name kubectl_complete-mtc_rollback (for oc:
// oc_complete-...) with the words as arguments. Neither is part of the visible command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace plugin {

struct CompletionRequest {
    std::vector<std::string> words;  // the last one is to be completed
    bool with_descriptions = true;
};

/// Empty when the program was called for anything else.
std::optional<CompletionRequest> completion_request(int argc, const char* const* argv);

/// Prints the candidates and ends the process: silent about any failure, exit code 0.
[[noreturn]] void answer_completion(const CompletionRequest& request);

}  // namespace plugin
