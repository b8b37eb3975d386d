#include "sandbox/world.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "sandbox/deadline.hpp"
#include "sandbox/marks.hpp"
#include "sandbox/mtc_rules.hpp"
#include "sandbox/seed.hpp"
#include "sandbox/settled.hpp"

namespace sandbox {
namespace {

constexpr const char* source_token = "source-token";

Scenario loaded(const std::string& name) {
    auto scenario = load_scenario(name);
    if (!scenario) throw std::runtime_error(scenario.error().message);
    return std::move(*scenario);
}

void check(const Result<void>& result) {
    if (!result) throw std::runtime_error(result.error().message);
}

support::StoreOptions store_options(const std::string& name) {
    support::StoreOptions options;
    options.name = name;
    options.graceful_pods = true;  // the kubelet ends them
    return options;
}

std::filesystem::path new_folder() {
    std::string path = std::filesystem::temp_directory_path() / "sandbox-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no folder " + path);
    return path;
}

bool is_meant(const std::string& word, const std::string& cluster) {
    return word == "*" || word == cluster;
}

}  // namespace

World::Side::Side(const std::string& name, std::vector<UnreadyPods> unready,
                  const std::vector<std::string>& broken)
    : store(store_options(name)),
      admin(store, {.server = "https://" + name + ".example:6443"}),
      system(store, {.server = "https://" + name + ".example:6443"}),
      kubelet(system, {.unready = std::move(unready)}),
      workloads(system) {
    admin.set_broken(broken);
    system.set_broken(broken);
}

World::World(const std::string& scenario, WorldOptions options)
    : World(loaded(scenario), std::move(options)) {}

World::World(Scenario scenario, WorldOptions options)
    : scenario_(std::move(scenario)),
      source_("source", scenario_.unready_on_source, scenario_.broken_on_source),
      target_("target", scenario_.unready_on_target, scenario_.broken_on_target),
      control_(target_.store, {.server = "https://target.example:6443"}),
      mtc_(clusters(), {.pace = options.pace, .behaviour = scenario_.controller}),
      dir_(options.dir),
      own_dir_(options.https && options.dir.empty()) {
    if (own_dir_) dir_ = new_folder();
    if (options.https) {
        serve(source_, "source", scenario_.broken_on_source);
        serve(target_, "target", scenario_.broken_on_target);
    }
    deny();
    populate(options);
    if (!options.https) return;
    write_kubeconfig();
    inject_faults();
}

World::~World() {
    threads_.stop.request_stop();
    threads_.all.clear();
    std::error_code ignored;
    if (own_dir_) std::filesystem::remove_all(dir_, ignored);
}

// A storage conversion has one cluster only; the other one stays empty.
Clusters World::clusters() {
    kube::Cluster& source = scenario_.plan.conversion ? target_.system : source_.system;
    return {target_.system, source, target_.system};
}

std::unique_ptr<support::FakeCluster> World::source_as(const std::string& user) {
    return std::make_unique<support::FakeCluster>(
        source_.store, support::FakeOptions{.server = source_.admin.server(), .user = user});
}

std::unique_ptr<support::FakeCluster> World::target_as(const std::string& user) {
    return std::make_unique<support::FakeCluster>(
        target_.store, support::FakeOptions{.server = target_.admin.server(), .user = user});
}

void World::settle(std::chrono::milliseconds patience) {
    const Deadline deadline(patience);
    check(await_settled(source_.system, deadline.token()));
    check(await_settled(target_.system, deadline.token()));
}

bool World::await(kube::Cluster& cluster, const ResourceType& type,
                  const std::function<bool(const kube::ObjectMap&)>& holds,
                  std::chrono::milliseconds patience) {
    const Deadline deadline(patience);
    const auto changed = [&](const kube::ObjectMap& objects) { return !holds(objects); };
    return kube::reflect(cluster, type, {}, {.changed = changed}, deadline.token()).has_value();
}

Object World::await_end(const std::string& migration, std::chrono::milliseconds patience) {
    Object found;
    const auto ended = [&](const kube::ObjectMap& objects) {
        const auto it = objects.find({types::migmigrations, openshift_migration, migration});
        if (it != objects.end()) found = it->second;
        return it != objects.end() && is_completed(found);
    };
    if (!await(target_.system, types::migmigrations, ended, patience))
        throw std::runtime_error(
            migration + " has not ended in time: " + found.body.value("status", Json()).dump());
    return found;
}

void World::serve(Side& side, const std::string& name, const std::vector<std::string>& broken) {
    ServerOptions options;
    options.name = name;
    options.discovery.broken = {broken.begin(), broken.end()};
    options.users[source_token] = "migration-controller";
    for (const User& user : scenario_.users) options.users[user.name + "-token"] = user.name;
    side.server = std::make_unique<ApiServer>(side.store, options);
}

void World::deny() {
    for (const User& user : scenario_.users) {
        for (const Denied& denied : user.denied) {
            const support::Denial denial{user.name, denied.verb, denied.resource, denied.ns};
            if (is_meant(denied.cluster, "source")) source_.store.access().deny(denial);
            if (is_meant(denied.cluster, "target")) target_.store.access().deny(denial);
        }
    }
}

void World::inject_faults() {
    for (const FaultWords& words : scenario_.faults) {
        const Json status = support::refusal::of_code(words.status, "a fault of the sandbox");
        const std::optional<int> after =
            words.retry_after > 0 ? std::optional(words.retry_after) : std::nullopt;
        const Fault fault{words.match, answer_with(status, after), words.times};
        if (is_meant(words.cluster, "source")) source_.server->inject(fault);
        if (is_meant(words.cluster, "target")) target_.server->inject(fault);
    }
}

void World::write_kubeconfig() const {
    std::vector<KubeconfigContext> contexts{{"target", *target_.server},
                                            {"source", *source_.server}};
    for (const User& user : scenario_.users) {
        contexts.push_back({user.name + "@target", *target_.server, user.name + "-token"});
        contexts.push_back({user.name + "@source", *source_.server, user.name + "-token"});
    }
    std::filesystem::create_directories(dir_);
    std::ofstream file(kubeconfig());
    file << sandbox::kubeconfig(contexts);
    if (!file.flush()) throw std::runtime_error("cannot write " + kubeconfig().string());
}

void World::populate(const WorldOptions& options) {
    SeedOptions how{.source = {.token = source_token}, .quiesce_live = options.quiesce_live};
    if (source_.server) {
        how.source.url = source_.server->url();
        how.source.ca_pem = source_.server->ca_pem();
    }
    const Deadline deadline(options.patience);
    if (options.quiesce_live) run_pods();
    check(seed(scenario_, clusters(), how, deadline.token()));
    if (!options.quiesce_live) run_pods();
    settle(options.patience);
    if (options.controller) start(mtc_);
}

void World::run_pods() {
    for (Side* side : {&source_, &target_}) {
        start(side->kubelet);
        start(side->workloads);
    }
}

template <class Simulator>
void World::start(Simulator& simulator) {
    threads_.all.emplace_back(
        [&simulator, token = threads_.stop.get_token()] { simulator.run(token); });
}

}  // namespace sandbox
