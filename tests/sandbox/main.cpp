// The program `sandbox`: a scenario on two simulated clusters to look at, or the same scenario and
// simulators on real API servers. It is never installed.
#include <array>
#include <csignal>
#include <cxxopts.hpp>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "kube/kubeconfig.hpp"
#include "kube/rest_cluster.hpp"
#include "sandbox/seed.hpp"
#include "sandbox/world.hpp"

namespace {

using namespace sandbox;
using Words = cxxopts::ParseResult;

constexpr std::array ending_signals{SIGINT, SIGTERM};

sigset_t signal_set() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : ending_signals) sigaddset(&set, signal);
    return set;
}

std::stop_source ending;

// Before the first other thread, so that all inherit it and only this one sees the signals.
void stop_on_signals() {
    const sigset_t set = signal_set();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::thread([set] {
        int signal = 0;
        sigwait(&set, &signal);
        ending.request_stop();
    }).detach();
}

void wait_for_signal() {
    Bell never;
    while (never.wait(ending.get_token())) continue;
}

void say_ready(const Words& words, const std::string& line) {
    std::cout << line << std::endl;
    if (words.count("ready-file") == 0) return;
    std::ofstream(words["ready-file"].as<std::string>()) << line << '\n';
}

std::chrono::milliseconds pace_of(const Words& words) {
    const auto pace = base::parse_duration(words["pace"].as<std::string>());
    if (!pace) throw std::runtime_error("--pace is no duration");
    return *pace;
}

template <class T>
T expect(base::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
}

Scenario scenario_of(const Words& words) {
    if (words.count("scenario") == 0)
        throw std::runtime_error("--scenario is needed, one of: " + base::join(scenario_names()));
    return expect(load_scenario(words["scenario"].as<std::string>()));
}

// A context of a kubeconfig as an open cluster.
kube::Connection connection_of(const Words& words, const char* context) {
    if (words.count(context) == 0) throw std::runtime_error(std::string("--") + context + "?");
    kube::KubeconfigOptions options;
    options.context = words[context].as<std::string>();
    if (words.count("kubeconfig") > 0) options.kubeconfig = words["kubeconfig"].as<std::string>();
    return expect(kube::connection_of(expect(kube::load_kubeconfig(options)), options));
}

std::unique_ptr<kube::Cluster> cluster_of(const Words& words, const char* context) {
    return expect(kube::open_cluster(connection_of(words, context)));
}

void list(const Words&) {
    for (const std::string& name : scenario_names()) {
        std::cout << name << ": " << expect(load_scenario(name)).title << '\n';
    }
}

void serve(const Words& words) {
    WorldOptions options{.https = true, .pace = pace_of(words)};
    options.dir = std::filesystem::absolute(words["dir"].as<std::string>());
    options.quiesce_live = words.count("live") > 0;
    const World world(scenario_of(words), options);
    say_ready(words, "sandbox: " + world.scenario().name +
                         " is ready, KUBECONFIG=" + world.kubeconfig().string());
    wait_for_signal();
}

SourceAccess access_of(const Words& words, const kube::Connection& source) {
    SourceAccess access{.url = source.server, .ca_pem = source.tls.ca_pem};
    access.insecure = source.tls.insecure;
    if (words.count("source-url") > 0) access.url = words["source-url"].as<std::string>();
    if (words.count("source-token") > 0) access.token = words["source-token"].as<std::string>();
    return access;
}

void seed_clusters(const Words& words) {
    const auto source = cluster_of(words, "source-context");
    const auto target = cluster_of(words, "target-context");
    const SeedOptions how{.source = access_of(words, connection_of(words, "source-context")),
                          .quiesce_live = words.count("live") > 0};
    const Scenario scenario = scenario_of(words);
    const auto seeded = seed(scenario, {*target, *source, *target}, how, ending.get_token());
    if (!seeded) throw std::runtime_error(seeded.error().message);
    say_ready(words, "sandbox: seeded " + scenario.name);
}

// Real clusters have kube-controller-manager, which knows no DeploymentConfigs and binds claims.
void simulate(const Words& words) {
    const bool everything = words.count("kubelet") + words.count("mtc") == 0;
    const auto source = cluster_of(words, "source-context");
    const auto target = cluster_of(words, "target-context");
    const Scenario scenario = words.count("scenario") > 0 ? scenario_of(words) : Scenario{};
    const MtcOptions options{.pace = pace_of(words), .behaviour = scenario.controller};
    MtcController mtc({*target, *source, *target}, options);
    Kubelet source_kubelet(*source, {.unready = scenario.unready_on_source, .bind_claims = false});
    Kubelet target_kubelet(*target, {.unready = scenario.unready_on_target, .bind_claims = false});
    WorkloadController source_configs(*source, "DeploymentConfig");
    WorkloadController target_configs(*target, "DeploymentConfig");
    std::vector<std::jthread> threads;
    const auto start = [&](auto& simulator) {
        threads.emplace_back([&](std::stop_token stop) { simulator.run(stop); });
    };
    if (everything || words.count("mtc") > 0) start(mtc);
    if (everything || words.count("kubelet") > 0) {
        start(source_kubelet);
        start(target_kubelet);
        start(source_configs);
        start(target_configs);
    }
    say_ready(words, "sandbox: simulating");
    wait_for_signal();
    for (std::jthread& thread : threads) thread.request_stop();
}

struct Command {
    std::string_view name;
    std::string_view about;
    void (*run)(const Words&);
};

constexpr std::array<Command, 4> commands{{
    {"list", "the scenarios", list},
    {"serve", "two simulated clusters with a scenario on them, until SIGTERM or Ctrl-C", serve},
    {"seed", "puts a scenario on two real clusters", seed_clusters},
    {"simulate", "runs the simulators on two real clusters", simulate},
}};

cxxopts::Options options_of_sandbox() {
    std::string about = "Clusters with a migration that went wrong, to try oc-mtc-rollback on.\n";
    for (const Command& command : commands) {
        about += "\n  sandbox " + std::string(command.name) + ": " + std::string(command.about);
    }
    cxxopts::Options options("sandbox", about);
    options.custom_help("COMMAND [flags]");
    options.add_options()("command", "", cxxopts::value<std::string>())("h,help", "this text")(
        "scenario", "its name or file", cxxopts::value<std::string>())(
        "dir", "serve: where the kubeconfig is written",
        cxxopts::value<std::string>()->default_value("sandbox"))(
        "pace", "how long the controller stays in each phase",
        cxxopts::value<std::string>()->default_value("150ms"))(
        "live", "stop the source's applications by the controller's own code")(
        "ready-file", "written when ready", cxxopts::value<std::string>())(
        "kubeconfig", "of the real clusters", cxxopts::value<std::string>())(
        "source-context", "", cxxopts::value<std::string>())(
        "target-context", "also the control cluster", cxxopts::value<std::string>())(
        "source-token", "seed: what the MigCluster's Secret holds", cxxopts::value<std::string>())(
        "source-url", "seed: instead of the context's server", cxxopts::value<std::string>())(
        "kubelet", "simulate: only pods and volumes")("mtc", "simulate: only mig-controller");
    options.parse_positional({"command"});
    return options;
}

int run(int argc, char** argv) {
    auto options = options_of_sandbox();
    const Words words = options.parse(argc, argv);
    if (words.count("help") > 0 || words.count("command") == 0) {
        std::cout << options.help() << '\n';
        return words.count("help") > 0 ? 0 : 2;
    }
    const auto name = words["command"].as<std::string>();
    const auto command = std::ranges::find(commands, name, &Command::name);
    if (command == commands.end()) throw std::runtime_error("no command " + name);
    command->run(words);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    stop_on_signals();
    try {
        return run(argc, argv);
    } catch (const std::exception& problem) {
        std::cerr << "sandbox: " << problem.what() << '\n';
        return 1;
    }
}
