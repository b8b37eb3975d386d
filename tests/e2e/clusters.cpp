#include "clusters.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "base/text.hpp"
#include "base/yaml.hpp"
#include "kube/kubeconfig.hpp"
#include "kube/reflector.hpp"
#include "kube/rest_cluster.hpp"
#include "mtc/names.hpp"
#include "rename.hpp"
#include "sandbox/deadline.hpp"
#include "sandbox/kubelet.hpp"
#include "sandbox/mtc_controller.hpp"
#include "sandbox/seed.hpp"
#include "sandbox/workload_controller.hpp"

namespace e2e {
namespace {

template <class T>
T must(base::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

std::string kubeconfig() {
    const char* path = std::getenv("OC_MTC_ROLLBACK_E2E_KUBECONFIG");
    if (path == nullptr)
        throw std::runtime_error("run this by scripts/e2e: it starts the clusters");
    return path;
}

const base::ResourceType cluster_roles{"rbac.authorization.k8s.io", "v1", "clusterroles",
                                       "ClusterRole", false};
const base::ResourceType cluster_role_bindings{"rbac.authorization.k8s.io", "v1",
                                               "clusterrolebindings", "ClusterRoleBinding", false};

const base::ResourceType roles{"rbac.authorization.k8s.io", "v1", "roles", "Role"};
const base::ResourceType role_bindings{"rbac.authorization.k8s.io", "v1", "rolebindings",
                                       "RoleBinding"};

// What MTC's documentation has people do by `oc create token`.
std::string token_of(kube::Cluster& cluster, const base::ObjectRef& account) {
    const base::Json request = {{"apiVersion", "authentication.k8s.io/v1"},
                                {"kind", "TokenRequest"},
                                {"spec", {{"expirationSeconds", 7200}}}};
    return base::text_or_empty(
        must(cluster.create(account, request, {.subresource = "token"}, {})).body, "/status/token");
}

// Everything in one namespace, nothing across namespaces.
void allow_all_in(kube::Cluster& cluster, const std::string& ns, const base::ObjectRef& account,
                  const std::vector<std::string>& groups = {"*"}) {
    const base::Json rule = {{"apiGroups", groups}, {"resources", {"*"}}, {"verbs", {"*"}}};
    const base::Json subject = {
        {"kind", "ServiceAccount"}, {"name", account.name}, {"namespace", account.ns}};
    must(cluster.create(
        {roles, ns, account.name},
        {{"metadata", {{"name", account.name}}}, {"rules", base::Json::array({rule})}}, {}, {}));
    must(cluster.create(
        {role_bindings, ns, account.name},
        {{"metadata", {{"name", account.name}}},
         {"roleRef", {{"apiGroup", roles.group}, {"kind", "Role"}, {"name", account.name}}},
         {"subjects", base::Json::array({subject})}},
        {}, {}));
}

void allow_to_read(kube::Cluster& cluster, const base::ObjectRef& account) {
    const base::Json rule = {
        {"apiGroups", {"*"}}, {"resources", {"*"}}, {"verbs", {"get", "list", "watch"}}};
    const base::Json subject = {
        {"kind", "ServiceAccount"}, {"name", account.name}, {"namespace", account.ns}};
    must(cluster.create(
        {cluster_roles, "", account.name},
        {{"metadata", {{"name", account.name}}}, {"rules", base::Json::array({rule})}}, {}, {}));
    must(cluster.create(
        {cluster_role_bindings, "", account.name},
        {{"metadata", {{"name", account.name}}},
         {"roleRef",
          {{"apiGroup", cluster_roles.group}, {"kind", "ClusterRole"}, {"name", account.name}}},
         {"subjects", base::Json::array({subject})}},
        {}, {}));
}

void add_context(base::Json& config, const std::string& context, const std::string& token) {
    const base::Json one = kubeconfig_of(connection(context), {{"token", token}}, context);
    for (const char* part : {"clusters", "users", "contexts"}) config[part].push_back(one[part][0]);
}

std::string new_suffix() {
    static int stages = 0;
    return "-" + std::to_string(++stages);
}

}  // namespace

kube::Connection connection(const std::string& context) {
    kube::KubeconfigOptions options;
    options.kubeconfig = kubeconfig();
    options.context = context;
    return must(kube::connection_of(must(kube::load_kubeconfig(options)), options));
}

base::Json kubeconfig_of(const kube::Connection& connection, const base::Json& user,
                         const std::string& name) {
    const base::Json cluster = {
        {"server", connection.server},
        {"certificate-authority-data", base::encode_base64(connection.tls.ca_pem)}};
    const auto list = [&name](const char* what, const base::Json& value) {
        return base::Json::array({{{"name", name}, {what, value}}});
    };
    return {{"apiVersion", "v1"},
            {"kind", "Config"},
            {"current-context", name},
            {"clusters", list("cluster", cluster)},
            {"users", list("user", user)},
            {"contexts", list("context", {{"cluster", name}, {"user", name}})}};
}

Stage::Stage(const std::string& scenario, std::chrono::milliseconds pace)
    : suffix_(new_suffix()),
      scenario_(renamed(must(sandbox::load_scenario(scenario)), suffix_)),
      source_(must(kube::open_cluster(connection("source")))),
      target_(must(kube::open_cluster(connection("target")))) {
    const auto start = [this](auto simulator) {
        simulators_.emplace_back(
            [simulator](const std::stop_token& stop) { simulator->run(stop); });
    };
    const sandbox::KubeletOptions on_source{.unready = scenario_.unready_on_source,
                                            .bind_claims = false};
    const sandbox::KubeletOptions on_target{.unready = scenario_.unready_on_target,
                                            .bind_claims = false};
    start(std::make_shared<sandbox::Kubelet>(*source_, on_source));
    start(std::make_shared<sandbox::Kubelet>(*target_, on_target));
    start(std::make_shared<sandbox::WorkloadController>(*source_, "DeploymentConfig"));
    seed();
    start(std::make_shared<sandbox::MtcController>(
        sandbox::Clusters{*target_, *source_, *target_},
        sandbox::MtcOptions{.pace = pace, .behaviour = scenario_.controller}));
}

Stage::~Stage() {
    for (auto& simulator : simulators_) simulator.request_stop();
    simulators_.clear();
}

void Stage::seed() {
    const kube::Connection source = connection("source");
    const base::ObjectRef migration_controller{support::types::serviceaccounts,
                                               mtc::openshift_migration, "migration-controller"};
    const sandbox::SeedOptions options{
        .source = {.url = source.server,
                   .ca_pem = source.tls.ca_pem,
                   .token = token_of(*source_, migration_controller)},
        .quiesce_live = scenario_.stopped};
    const auto seeded = sandbox::seed(scenario_, {*target_, *source_, *target_}, options, {});
    if (!seeded) throw std::runtime_error("seed: " + seeded.error().message);
}

support::ProcessOptions Stage::environment() const {
    return {.environment = {{"PATH", "/usr/bin:/bin"},
                            {"HOME", home_.path.string()},
                            {"KUBECONFIG", kubeconfig()},
                            {"LANG", "C.UTF-8"},
                            {"TERM", "xterm-256color"}}};
}

std::vector<std::string> Stage::command(std::vector<std::string> words) const {
    words.insert(words.begin(), {OC_MTC_ROLLBACK, "--context=target"});
    return words;
}

support::Ended Stage::run(std::vector<std::string> words) const {
    return support::run_process(command(std::move(words)), environment());
}

std::unique_ptr<support::Process> Stage::start(std::vector<std::string> words) const {
    return std::make_unique<support::Process>(command(std::move(words)), environment());
}

support::Ended Stage::shell(const std::string& script) const {
    const auto bin = home_.path / "bin";
    std::filesystem::create_directories(bin);
    const auto oc = bin / "oc";
    std::ofstream(oc)
        << "#!/bin/sh\nexec '" +
               (std::filesystem::path(kubeconfig()).parent_path() / "bin/kubectl").string() +
               "' \"$@\"\n";
    std::filesystem::permissions(oc, std::filesystem::perms::owner_all);
    auto options = environment();
    options.environment["PATH"] = bin.string() + ":/usr/bin:/bin";
    return support::run_process({"/bin/sh", "-c", script}, options);
}

std::filesystem::path Stage::reader_kubeconfig() {
    const std::string name = "reader" + suffix_;
    base::Json config = {{"apiVersion", "v1"}, {"kind", "Config"}, {"current-context", "target"}};
    for (const std::string& context : {std::string("target"), std::string("source")}) {
        kube::Cluster& cluster = context == "target" ? *target_ : *source_;
        const base::ObjectRef account{support::types::serviceaccounts, mtc::openshift_migration,
                                      name};
        must(cluster.create(account, {{"metadata", {{"name", name}}}}, {}, {}));
        allow_to_read(cluster, account);
        add_context(config, context, token_of(cluster, account));
    }
    std::filesystem::path file = home_.path / "reader";
    std::ofstream(file) << base::to_yaml(config);
    return file;
}

std::filesystem::path Stage::namespaced_kubeconfig(const std::string& in,
                                                   const std::vector<std::string>& groups) {
    const std::string name = "namespaced" + suffix_;
    base::Json config = {{"apiVersion", "v1"}, {"kind", "Config"}, {"current-context", "target"}};
    for (const std::string& context : {std::string("target"), std::string("source")}) {
        kube::Cluster& cluster = context == "target" ? *target_ : *source_;
        const base::ObjectRef account{support::types::serviceaccounts, ns(in), name};
        must(cluster.create(account, {{"metadata", {{"name", name}}}}, {}, {}));
        allow_all_in(cluster, ns(in), account, groups);
        if (context == "target") allow_all_in(cluster, mtc::openshift_migration, account);
        add_context(config, context, token_of(cluster, account));
    }
    std::filesystem::path file = home_.path / "namespaced";
    std::ofstream(file) << base::to_yaml(config);
    return file;
}

void Stage::remove_finalizers(const base::ResourceType& type, const std::string& in) {
    const auto strip = [this](const kube::ObjectMap& objects) {
        bool done = false;
        for (const auto& [ref, object] : objects) {
            if (base::finalizers_of(object).empty()) continue;
            const base::Json operation = {{"op", "remove"}, {"path", "/metadata/finalizers"}};
            must(target_->patch(object, base::Json::array({operation}), {}, {}));
            done = true;
        }
        return !done;
    };
    const auto ended = kube::reflect(*target_, type, {.ns = ns(in)}, {.changed = strip}, {});
    if (!ended) throw std::runtime_error(ended.error().message);
}

base::Object Stage::await_on_target(const base::ResourceType& type, const std::string& in,
                                    const std::function<bool(const base::Object&)>& holds) {
    base::Object found;
    const auto look = [&](const kube::ObjectMap& objects) {
        for (const auto& [ref, object] : objects) {
            if (holds(object)) {
                found = object;
                return false;
            }
        }
        return true;
    };
    const sandbox::Deadline deadline(std::chrono::seconds(60));
    const std::string where = in.empty() ? "" : ns(in);
    must(kube::reflect(*target_, type, {.ns = where}, {.changed = look}, deadline.token()));
    return found;
}

std::size_t Stage::rollbacks() {
    std::size_t n = 0;
    for (const base::Object& o :
         must(target_->list(mtc::types::migmigrations, {.ns = mtc::openshift_migration}, {}))
             .items) {
        const bool ours = base::text_at(o.body, "/spec/migPlanRef/name") == plan();
        if (ours && base::bool_at(o.body, "/spec/rollback").value_or(false)) ++n;
    }
    return n;
}

std::int64_t Stage::replicas(const base::ResourceType& type, const std::string& in,
                             const std::string& name) {
    return base::number_at(must(source_->get({type, ns(in), name}, {})).body, "/spec/replicas")
        .value_or(-1);
}

bool Stage::exists(kube::Cluster& cluster, const base::ResourceType& type, const std::string& in,
                   const std::string& name) {
    return cluster.get({type, ns(in), name}, {}).has_value();
}

}  // namespace e2e
