// The command line, read with kubectl's habits (-n x, -nx, -n=x, --flag x, --flag=x, --bool=false,
// flags before and after arguments, --). The one file whose .cpp names cxxopts. It checks words,
// not clusters.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "kube/kubeconfig.hpp"

namespace plugin {

enum class OutputFormat { Text, Wide, Json, Yaml, Name };
enum class ProgressFormat { Auto, Tty, Plain, Json, None };
enum class DryRun { None, Client, Server };
enum class ColorMode { Auto, Always, Never };

struct Options {
    std::string command;  // "run", "version", "help"; with `help`: whose, "" for the program's
    std::vector<std::string> arguments;  // after the command; for run: the plan
    kube::KubeconfigOptions kubeconfig;
    std::string ns = "openshift-migration";
    std::string source_context;
    std::string target_context;
    bool yes = false;
    bool verify = true;  // --no-verify
    DryRun dry_run = DryRun::None;
    OutputFormat output = OutputFormat::Text;
    ProgressFormat progress = ProgressFormat::Auto;
    ColorMode color = ColorMode::Auto;
    std::optional<std::chrono::milliseconds> timeout;
    std::chrono::milliseconds stall_after{60'000};
    int verbosity = 0;
    bool help = false;
};

/// argv[0] as a person calls it: "oc mtc-rollback", "kubectl mtc-rollback".
std::string called_as(const char* argv0);

/// Throws UserError (Usage) that names the word and, for an unknown flag or command, the nearest
/// known one.
Options parse_options(int argc, const char* const* argv);

/// The help of a command ("" for the program), for stdout.
std::string help_text(const std::string& command, const std::string& called_as);

}  // namespace plugin
