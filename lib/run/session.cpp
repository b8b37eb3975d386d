#include "run/session.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "kube/parallel.hpp"
#include "mtc/names.hpp"
#include "rollback/command.hpp"
#include "run/absent_cluster.hpp"
#include "run/plan_file.hpp"
#include "run/records.hpp"
#include "run/snapshot.hpp"

namespace run {
namespace {

using base::ErrorKind;

std::string flag(const char* name, const std::string& value) {
    return value.empty() ? "" : std::string(" --") + name + "=" + base::shell_word(value);
}

// Never the token. A context says which of a kubeconfig's clusters is meant, whatever is current.
std::string reach_by(const kube::KubeconfigOptions& options, const std::string& context) {
    const std::string flags = flag("kubeconfig", options.kubeconfig) + flag("context", context) +
                              flag("cluster", options.cluster) + flag("user", options.user) +
                              flag("server", options.server) + flag("as", options.as);
    const bool names_a_cluster =
        !context.empty() || !options.cluster.empty() || !options.server.empty();
    return names_a_cluster ? flags.substr(1) : "";
}

std::string chosen_context(const kube::Kubeconfig& config, const kube::KubeconfigOptions& options) {
    return options.context.empty() ? config.current_context : options.context;
}

// A context of the operator's own that leads to that server, so that a command can name it.
std::string context_to(const kube::Kubeconfig& config, const std::string& server) {
    for (const auto& [name, context] : config.contexts) {
        const auto cluster = config.clusters.find(base::text_or_empty(context.body, "/cluster"));
        if (cluster == config.clusters.end()) continue;
        if (base::text_or_empty(cluster->second.body, "/server") == server) return name;
    }
    return {};
}

Result<Endpoint> open_endpoint(kube::Connection connection, const kube::RequestLog& log) {
    Endpoint endpoint{
        .cluster = {}, .described_as = connection.described_as, .user = connection.user};
    if (connection.tls.insecure) endpoint.described_as += ", its certificate is not verified";
    auto cluster = kube::open_cluster(std::move(connection), log);
    if (!cluster) return std::unexpected(cluster.error());
    endpoint.cluster = std::move(*cluster);
    return endpoint;
}

Result<Endpoint> open_context(const ConnectOptions& options, const kube::Kubeconfig& config,
                              const std::string& context) {
    kube::KubeconfigOptions chosen = options.kubeconfig;
    if (!context.empty()) {
        // the global overrides speak of the control cluster, not of this context
        chosen = {.kubeconfig = options.kubeconfig.kubeconfig,
                  .context = context,
                  .disable_compression = options.kubeconfig.disable_compression,
                  .interactive = options.kubeconfig.interactive,
                  .request_timeout = options.kubeconfig.request_timeout,
                  .parallel = options.kubeconfig.parallel};
    }
    auto connection = kube::connection_of(config, chosen);
    if (!connection) return std::unexpected(connection.error());
    auto endpoint = open_endpoint(std::move(*connection), options.log);
    if (endpoint) endpoint->reach = reach_by(chosen, chosen_context(config, chosen));
    return endpoint;
}

// Which plans there are, so that a wrong name is answered with the right ones.
std::string plans_there_are(kube::Cluster& control, const std::string& ns, std::stop_token stop) {
    const auto plans = control.list(mtc::types::migplans, {.ns = ns, .metadata_only = true}, stop);
    if (!plans) return {};
    std::vector<std::string> names;
    for (const Object& plan : plans->items) names.push_back(plan.ref.name);
    if (names.empty())
        return "there are no plans in namespace " + ns + "; -n names another namespace";
    return "plans in namespace " + ns + ": " + base::join(names);
}

Result<mtc::Plan> read_plan(Session& session, std::stop_token stop) {
    auto object = session.control.cluster->get(session.plan, stop);
    if (!object) {
        base::Error error = object.error();
        if (error.kind == ErrorKind::NotFound) {
            error.hint = plans_there_are(*session.control.cluster, session.plan.ns, stop);
        }
        return std::unexpected(std::move(error));
    }
    return mtc::decode_plan(*object);
}

Result<mtc::MigCluster> read_cluster(kube::Cluster& control, const mtc::Reference& reference,
                                     std::stop_token stop) {
    auto object = control.get({mtc::types::migclusters, reference.ns, reference.name}, stop);
    if (!object) return std::unexpected(object.error());
    return mtc::decode_cluster(*object);
}

std::string flag_for(rollback::Side side) {
    return "--" + rollback::word(side) + "-context";
}

Result<kube::Connection> connection_by_secret(const ConnectOptions& options, kube::Cluster& control,
                                              const mtc::MigCluster& migcluster,
                                              std::stop_token stop) {
    auto secret =
        control.get({mtc::types::secrets, migcluster.secret.ns, migcluster.secret.name}, stop);
    if (!secret) return std::unexpected(secret.error());
    auto token = mtc::service_account_token(*secret);
    if (!token) return std::unexpected(token.error());
    kube::Connection connection{
        .server = migcluster.url,
        .tls = {.ca_pem = migcluster.ca_pem, .insecure = migcluster.insecure},
        .auth = kube::BearerToken{base::Secret(std::move(*token))}};
    connection.described_as = "MigCluster " + migcluster.name;
    connection.user = "the token in Secret " + migcluster.secret.ns + "/" + migcluster.secret.name;
    connection.compression = !options.kubeconfig.disable_compression;
    connection.request_timeout = options.kubeconfig.request_timeout;
    connection.parallel = options.kubeconfig.parallel;
    return connection;
}

Result<Endpoint> open_by_secret(const ConnectOptions& options, const kube::Kubeconfig& config,
                                kube::Cluster& control, const mtc::MigCluster& migcluster,
                                std::stop_token stop) {
    auto connection = connection_by_secret(options, control, migcluster, stop);
    if (!connection) return std::unexpected(connection.error());
    auto endpoint = open_endpoint(std::move(*connection), options.log);
    if (!endpoint) return endpoint;
    if (const auto context = context_to(config, migcluster.url); !context.empty())
        endpoint->reach = reach_by({.kubeconfig = options.kubeconfig.kubeconfig}, context);
    return endpoint;
}

std::string whose(const mtc::MigCluster& c, rollback::Side side) {
    return "the " + rollback::word(side) + " cluster (MigCluster " + c.name + ", Secret " +
           c.secret.ns + "/" + c.secret.name + ")";
}

// A request that everybody with a valid login may make: it tells a dead server and an expired token
// from a missing permission before anything else is asked.
Result<void> knock(const Endpoint& endpoint, std::stop_token stop) {
    const auto answer = endpoint.cluster->can_i(
        {.verb = "get", .type = {"", "v1", "namespaces", "Namespace", false}}, stop);
    if (answer || answer.error().kind == ErrorKind::Forbidden) return {};
    return std::unexpected(answer.error());
}

Endpoint absent(const std::string& described_as, const std::string& why) {
    return {.cluster = std::make_shared<AbsentCluster>(
                "none", base::Error{.kind = ErrorKind::Unreachable,
                                    .message = "error: " + described_as + " is not there: " + why}),
            .described_as = described_as,
            .user = {},
            .absent = why};
}

struct SideOptions {
    rollback::Side side;
    const std::string& context;
    const mtc::MigCluster& migcluster;
};

Result<Endpoint> open_side(const ConnectOptions& options, const kube::Kubeconfig& config,
                           const Session& session, const SideOptions& side, std::stop_token stop) {
    if (!side.context.empty()) {
        auto endpoint = open_context(options, config, side.context);
        if (!endpoint) return std::unexpected(base::within(flag_for(side.side), endpoint.error()));
        endpoint->by_context = true;
        auto there = knock(*endpoint, stop);
        if (!there)
            return std::unexpected(base::within(
                "the " + rollback::word(side.side) + " cluster (" + endpoint->described_as + ")",
                there.error()));
        return endpoint;
    }
    if (!session.control.absent.empty())
        return base::fail(ErrorKind::Invalid, "no " + flag_for(side.side) + " was given");
    if (side.migcluster.host) return session.control;
    auto endpoint =
        open_by_secret(options, config, *session.control.cluster, side.migcluster, stop);
    auto there =
        endpoint ? knock(*endpoint, stop) : Result<void>(std::unexpected(endpoint.error()));
    if (there) return endpoint;
    base::Error error = base::within(whose(side.migcluster, side.side), there.error());
    error.hint = "use your own login for that cluster: " + flag_for(side.side) + " CONTEXT";
    if (there.error().kind == ErrorKind::Unauthorized) {
        error.hint = "the token in the Secret has expired or is not valid there; " + error.hint;
    }
    return std::unexpected(std::move(error));
}

Result<void> read_migclusters(Session& session, const mtc::Plan& plan, std::stop_token stop) {
    std::array<Result<mtc::MigCluster>, 2> found{mtc::MigCluster{}, mtc::MigCluster{}};
    const std::array references{plan.source, plan.target};
    kube::in_parallel(2, 2, [&](std::size_t i) {
        found.at(i) = read_cluster(*session.control.cluster, references.at(i), stop);
    });
    for (auto& one : found) {
        if (!one) return std::unexpected(one.error());
    }
    session.source_cluster = std::move(*found[0]);
    session.target_cluster = std::move(*found[1]);
    return {};
}

Result<void> open_sides(Session& session, const ConnectOptions& options,
                        const kube::Kubeconfig& config, std::stop_token stop) {
    std::array<Result<Endpoint>, 2> opened{Endpoint{}, Endpoint{}};
    const std::array sides{
        SideOptions{rollback::Side::Source, options.source_context, session.source_cluster},
        SideOptions{rollback::Side::Target, options.target_context, session.target_cluster}};
    kube::in_parallel(2, 2, [&](std::size_t i) {
        opened.at(i) = open_side(options, config, session, sides.at(i), stop);
    });
    for (std::size_t i = 0; i < opened.size(); ++i) {
        const rollback::Side side = sides.at(i).side;
        const bool may_be_absent = options.sides_may_be_absent ||
                                   (side == rollback::Side::Target && options.target_may_be_absent);
        if (!opened.at(i) && may_be_absent)
            opened.at(i) =
                absent("the " + rollback::word(side) + " cluster", opened.at(i).error().message);
    }
    for (auto& one : opened) {
        if (!one) return std::unexpected(one.error());
    }
    session.source = std::move(*opened[0]);
    session.target = std::move(*opened[1]);
    return {};
}

Session session_of_plan(const ConnectOptions& options, Endpoint control) {
    return {.control = std::move(control),
            .source = {},
            .target = {},
            .plan = {mtc::types::migplans, options.ns, options.plan},
            .source_cluster = {},
            .target_cluster = {},
            .only = options.source_namespaces,
            .accepted = options.accepted,
            .plan_as_it_was = plan_as_it_was(snapshot_folder())};
}

Result<Session> session_of_control(const ConnectOptions& options, const kube::Kubeconfig& config,
                                   std::stop_token stop) {
    auto control = open_context(options, config, "");
    if (!control) return std::unexpected(control.error());
    Session session = session_of_plan(options, std::move(*control));
    const auto plan = read_plan(session, stop);
    if (!plan) return std::unexpected(plan.error());
    if (auto read = read_migclusters(session, *plan, stop); !read)
        return std::unexpected(read.error());
    return session;
}

Result<Session> session_of_file(const ConnectOptions& options) {
    const bool target_known = !options.target_context.empty() || options.target_may_be_absent;
    if (options.source_context.empty() || !target_known)
        return base::fail(ErrorKind::Invalid,
                          "error: --plan-file needs --source-context and --target-context: the "
                          "MigClusters and their Secrets are not read");
    auto plan = plan_in_file(options.plan_file, options.plan);
    if (!plan) return std::unexpected(plan.error());
    Session session =
        session_of_plan(options, absent("the control cluster", "--plan-file is used instead"));
    session.plan.ns = plan->ns;
    session.plan_from_file = std::move(*plan);
    return session;
}

}  // namespace

base::Time now_by(const kube::Cluster& cluster) {
    return base::now() + cluster.clock_ahead().value_or(std::chrono::seconds(0));
}

std::function<std::chrono::seconds()> clock_of(std::shared_ptr<const kube::Cluster> cluster) {
    return [cluster = std::move(cluster)] {
        return cluster->clock_ahead().value_or(std::chrono::seconds(0));
    };
}

const Endpoint& endpoint_of(const Session& session, rollback::Side side) {
    switch (side) {
        case rollback::Side::Control:
            return session.control;
        case rollback::Side::Source:
            return session.source;
        case rollback::Side::Target:
            return session.target;
    }
    return session.control;
}

std::string oc(const Session& session, rollback::Side side, std::string_view words) {
    const Endpoint& endpoint = endpoint_of(session, side);
    rollback::ClusterView view{.server = endpoint.cluster->server(),
                               .described_as = endpoint.described_as,
                               .user = endpoint.user,
                               .reach = endpoint.reach};
    if (!endpoint.absent.empty()) view.server.clear();
    return rollback::oc(view, side, words);
}

Result<Endpoint> open_control(const ConnectOptions& options) {
    const auto config = kube::load_kubeconfig(options.kubeconfig);
    if (!config) return std::unexpected(config.error());
    return open_context(options, *config, "");
}

Result<Session> connect(const ConnectOptions& options, std::stop_token stop) {
    auto config = kube::load_kubeconfig(options.kubeconfig);
    if (!config) return std::unexpected(config.error());
    auto session = options.plan_file.empty() ? session_of_control(options, *config, stop)
                                             : session_of_file(options);
    if (!session) return session;
    if (auto opened = open_sides(*session, options, *config, stop); !opened) {
        return std::unexpected(opened.error());
    }
    return session;
}

}  // namespace run
