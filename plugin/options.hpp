// The command line, read with kubectl's habits (-n x, -nx, -n=x, --flag x, --flag=x, --bool=false,
// flags before and after arguments, --). The one file whose .cpp names cxxopts. It checks words,
// not clusters.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "kube/kubeconfig.hpp"
#include "rollback/manual.hpp"

namespace plugin {

enum class OutputFormat { Text, Wide, Json, Yaml, Name, Commands };
enum class ProgressFormat { Auto, Tty, Plain, Json, None };
enum class DryRun { None, Client, Server };
enum class ColorMode { Auto, Always, Never };
enum class ManualPart { All, StagePods, Workloads };

struct Options {
    std::string command;  // "run", "version", ...; with `help`: whose, "" for the program's
    std::vector<std::string> arguments;  // after the command; the plan, the shell
    kube::KubeconfigOptions kubeconfig;
    std::string ns = "openshift-migration";
    std::string source_context;
    std::string target_context;
    bool yes = false;
    bool verify = true;  // --no-verify
    bool probe_routes = false;
    bool exit_code = false;
    bool cancel_running = false;
    bool cancel_rollback = false;
    bool wait = false;
    bool watch = false;
    std::string name;  // of the rollback to create; empty: a random one
    DryRun dry_run = DryRun::None;
    OutputFormat output = OutputFormat::Text;
    ProgressFormat progress = ProgressFormat::Auto;
    ColorMode color = ColorMode::Auto;
    std::optional<std::chrono::milliseconds> timeout;
    std::chrono::milliseconds stall_after{60'000};
    ManualPart only = ManualPart::All;
    std::vector<rollback::ReplicaCount> set;  // the kind as "deployment", however it was written
    bool start_as_before = false;
    std::vector<std::string> source_namespaces;  // empty: all of the plan
    std::vector<std::string> accept;             // "ID" or "ID=OBJECT"
    bool assume_target_stopped = false;
    std::string plan_file;
    std::string report;   // the file for the evidence; empty: none
    bool remove = false;  // --delete
    bool include_backups = false;
    int verbosity = 0;
    bool warnings_as_errors = false;
    bool help = false;
};

/// argv[0] as a person calls it: "oc mtc-rollback", "kubectl mtc-rollback". `kubectl_path` is
/// $KUBECTL_PATH, by which a newer kubectl or oc tells a plugin who started it: krew makes only the
/// kubectl- name, and oc finds that, too.
std::string called_as(const char* argv0, const char* kubectl_path = nullptr);

/// Throws UserError (Usage) that names the word and, for an unknown flag or command, the nearest
/// known one.
Options parse_options(int argc, const char* const* argv, const char* kubectl_path = nullptr);

struct Words;
/// What the flags of a line say, whatever its other words are. Throws as parse_options does.
Options options_of_flags(const Words& words);

/// The help of a command ("" for the program), for stdout.
std::string help_text(const std::string& command, const std::string& called_as);

}  // namespace plugin
