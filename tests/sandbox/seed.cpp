#include "sandbox/seed.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/yaml.hpp"
#include "sandbox/control_objects.hpp"
#include "sandbox/expand.hpp"
#include "sandbox/leftovers.hpp"
#include "sandbox/marks.hpp"
#include "sandbox/mtc_rules.hpp"
#include "sandbox/quiesce.hpp"
#include "sandbox/settled.hpp"
#include "sandbox/volume_migration.hpp"

namespace sandbox {
namespace {

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// One cluster that is being filled. The first error is thrown, and caught by seed().
class Sower {
  public:
    Sower(kube::Cluster& cluster, std::stop_token stop)
        : cluster_(cluster), stop_(std::move(stop)) {}

    Object put(const Json& body) {
        const ResourceType& type = *type_of_kind(body.at("kind").get<std::string>());
        const ObjectRef ref = base::object_of(type, body).ref;
        auto made = cluster_.create(ref, body, {}, stop_);
        if (!made && made.error().kind == base::ErrorKind::AlreadyExists)
            return expect(ref, cluster_.get(ref, stop_));
        const Object object = expect(ref, std::move(made));
        const Json* status = base::find(body, "/status");
        // a type with a status subresource drops the status that it is created with
        const bool dropped = status != nullptr && !includes(object, *status);
        if (dropped) expect(ref, set_status(cluster_, object, *status, stop_));
        return object;
    }

    void change(const Object& seen, const Json& body) {
        expect(seen.ref, update(cluster_, seen, body, stop_));
    }

    void put_namespace(const std::string& ns) {
        put(manifest(types::namespaces, {}, ns));
        put(manifest(types::serviceaccounts, ns, "default"));
    }

    kube::Cluster& cluster() { return cluster_; }

    template <class T>
    static T expect(const ObjectRef& ref, Result<T> result) {
        if (!result) throw std::runtime_error(ref.path() + ": " + result.error().message);
        if constexpr (!std::is_void_v<T>) return std::move(*result);
    }

  private:
    static bool includes(const Object& object, const Json& status) {
        const Json* stored = base::find(object.body, "/status");
        return stored != nullptr && matches(&status, stored);
    }

    kube::Cluster& cluster_;
    std::stop_token stop_;
};

class Seeding {
  public:
    Seeding(const Scenario& scenario, const Clusters& clusters, const SeedOptions& options,
            std::stop_token stop)
        : scenario_(scenario),
          clusters_(clusters),
          options_(options),
          control_(clusters.control, stop),
          source_(clusters.source, stop),
          target_(clusters.target, stop),
          stop_(stop) {}

    void run() {
        for (Sower* sower : {&control_, &source_, &target_}) prepare(*sower);
        plan_ = plant_plan();
        for (const auto& [ns, items] : scenario_.source) source_.put_namespace(ns);
        plant_volumes();
        if (options_.quiesce_live) stop_live();
        plant_migrations();
        for (const auto& [ns, items] : scenario_.source) plant(source_, Side::Source, ns, items);
        for (const auto& [ns, items] : scenario_.target) plant_target(ns, items);
    }

  private:
    void prepare(Sower& sower) {
        plant_definitions(sower);
        sower.put_namespace(openshift_migration);
        sower.put(manifest(types::namespaces, {}, "kube-system"));
        for (const auto& [name, labels] : scenario_.nodes) {
            plant_node(sower, name, labels);
        }
    }

    // A real API server taints a new node until its kubelet says that it is ready.
    static void plant_node(Sower& sower, const std::string& name, const Json& labels) {
        const Object node = sower.put(manifest(types::nodes, {}, name));
        Json changed = node.body;
        for (const auto& [key, value] : labels.items()) changed["metadata"]["labels"][key] = value;
        if (changed.contains("spec")) changed["spec"].erase("taints");
        sower.change(node, changed);
    }

    // Present on clusters that are real; the sandbox's begin without.
    static void plant_definitions(Sower& sower) {
        static const auto definitions = base::parse_yaml_documents(
            content_of(std::filesystem::path(TESTS_DIR) / "e2e/control-plane/crds/migration.yaml"));
        if (!definitions) throw std::runtime_error(definitions.error().message);
        for (const Json& definition : *definitions) sower.put(definition);
    }

    Object plant_plan() {
        control_.put_namespace("openshift-config");
        control_.put(host_cluster());
        control_.put(remote_secret(options_.source));
        control_.put(remote_cluster(options_.source));
        return control_.put(plan_manifest(scenario_));
    }

    void plant_volumes() {
        for (const std::string& volume : scenario_.plan.volumes) {
            const std::string ns = volume.substr(0, volume.find('/'));
            const std::string names = volume.substr(volume.find('/') + 1);
            const std::string claim = names.substr(0, names.find(':'));
            source_.put(source_volume(ns, claim));
            source_.put(source_claim(ns, claim));
        }
    }

    // What is stopped here exists already when the rest is planted, and is left as it is.
    void stop_live() {
        QuiesceScope scope;
        for (const auto& [ns, items] : scenario_.source) {
            scope.namespaces.push_back(ns);
            for (const Item& item : items) {
                const bool kept = item.has("stopped") && !item.flag("stopped", true);
                if (is_stopped_kind(item) && !kept) plant_running(ns, item);
            }
        }
        check(await_settled(clusters_.source, stop_));
        for (const auto& [ns, items] : scenario_.source) {
            for (const Item& item : items) pause_again(ns, item);
        }
        check(quiesce(clusters_.source, scope, stop_));
        check(await_settled(clusters_.source, stop_));
    }

    static bool is_stopped_kind(const Item& item) {
        const ResourceType* type = type_of_kind(item.kind);
        return type != nullptr && (type->group.starts_with("apps") || type->group == "batch");
    }

    // A Deployment that is paused from the beginning never gets a pod.
    void plant_running(const std::string& ns, Item item) {
        item.fields.erase("paused");
        plant_item(source_, {.side = Side::Source, .ns = ns}, item);
    }

    void pause_again(const std::string& ns, const Item& item) {
        if (!item.flag("paused", false)) return;
        const ObjectRef ref{*type_of_kind(item.kind), ns, item.name};
        const Object running = Sower::expect(ref, clusters_.source.get(ref, stop_));
        Json changed = running.body;
        changed["spec"]["paused"] = true;
        source_.change(running, changed);
    }

    static void check(const Result<void>& result) {
        if (!result) throw std::runtime_error(result.error().message);
    }

    void plant_migrations() {
        for (const MigrationWords& words : scenario_.migrations) {
            const Object migration = control_.put(migration_manifest(words, plan_));
            if (words.kind != "cutover") continue;
            cutover_uid_ = migration.uid;
            if (!scenario_.plan.volumes.empty() && words.state != "pending")
                plant_volume_migration(words, migration);
        }
        judge_plan();
    }

    void plant_volume_migration(const MigrationWords& words, const Object& migration) {
        const Object made = control_.put(volume_migration_manifest(words, migration, scenario_));
        volume_migration_uid_ = made.uid;
        for (const Json& body : dvm_leftovers_on_control(made)) control_.put(body);
    }

    void judge_plan() {
        const auto all =
            clusters_.control.list(types::migmigrations, {.ns = openshift_migration}, stop_);
        if (!all) throw std::runtime_error(all.error().message);
        const auto plan = clusters_.control.get(plan_.ref, stop_);
        if (!plan) throw std::runtime_error(plan.error().message);
        check(update(clusters_.control, *plan, judged_plan(*plan, all->items), stop_));
    }

    void plant_target(const std::string& ns, const TargetNamespace& items) {
        target_.put_namespace(ns);
        plant(target_, Side::Target, ns, items.existing);
        Place place = place_of(Side::Target, ns);
        place.migrated = true;
        for (const Item& item : items.migrated) plant_item(target_, place, item);
    }

    void plant(Sower& sower, Side side, const std::string& ns, const std::vector<Item>& items) {
        for (const Item& item : items) plant_item(sower, place_of(side, ns), item);
    }

    Place place_of(Side side, const std::string& ns) const {
        return {.side = side,
                .ns = ns,
                .plan_uid = plan_.uid,
                .migration_uid = cutover_uid_,
                .volume_migration_uid = volume_migration_uid_};
    }

    void plant_item(Sower& sower, const Place& place, const Item& item) {
        const bool after_stop = place.side == Side::Source && !place.plan_uid.empty();
        const bool stopped = after_stop && item.flag("stopped", scenario_.stopped);
        for (Json body : expand(item, place)) {
            const ResourceType& type = *type_of_kind(body.at("kind").get<std::string>());
            sower.put(stopped ? quiesced(type, std::move(body)) : std::move(body));
        }
    }

    const Scenario& scenario_;
    const Clusters& clusters_;
    const SeedOptions& options_;
    Sower control_;
    Sower source_;
    Sower target_;
    std::stop_token stop_;
    Object plan_;
    std::string cutover_uid_;
    std::string volume_migration_uid_;
};

}  // namespace

Result<void> seed(const Scenario& scenario, const Clusters& clusters, const SeedOptions& options,
                  std::stop_token stop) {
    try {
        Seeding(scenario, clusters, options, stop).run();
        return {};
    } catch (const std::exception& problem) {
        return base::fail(base::ErrorKind::Invalid,
                          "seeding " + scenario.name + ": " + problem.what());
    }
}

}  // namespace sandbox
