// The checks on the way to the application: Services have pods behind them, Routes and Ingresses
// lead there, and answer when they are asked.
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "rollback/check.hpp"
#include "rollback/pods.hpp"

namespace rollback::check {
namespace {

using base::text_or_empty;
using Name = std::pair<std::string, std::string>;  // namespace and name of a Service

// Services
// ------------------------------------------------------------------------------------------------

std::size_t ready_in_slice(const Object& slice) {
    return static_cast<std::size_t>(
        std::ranges::count_if(base::items_at(slice.body, "/endpoints"), [](const Json& endpoint) {
            // one that says nothing is taken for ready (discovery.k8s.io/v1)
            return base::bool_at(endpoint, "/conditions/ready").value_or(true);
        }));
}

std::size_t ready_in_subsets(const Object& endpoints) {
    std::size_t ready = 0;
    for (const Json& subset : base::items_at(endpoints.body, "/subsets"))
        ready += base::items_at(subset, "/addresses").size();
    return ready;
}

std::map<Name, std::size_t> ready_endpoints(const std::vector<Object>& endpoints) {
    std::map<Name, std::size_t> ready;
    for (const Object& each : endpoints) {
        const auto service = base::label_of(each, "kubernetes.io/service-name");
        if (service) {
            ready[{each.ref.ns, *service}] += ready_in_slice(each);
        } else {
            ready[{each.ref.ns, each.ref.name}] += ready_in_subsets(each);
        }
    }
    return ready;
}

// One without a selector has endpoints that somebody else keeps, or none at all.
const Json* selector_of(const Object& service) {
    const Json* selector = base::find(service.body, "/spec/selector");
    return selector == nullptr || selector->empty() ? nullptr : selector;
}

bool selects(const Json& selector, const Object& pod) {
    return std::ranges::all_of(selector.items(), [&](const auto& each) {
        return each.value().is_string() &&
               base::label_of(pod, each.key()) == each.value().template get<std::string>();
    });
}

// Evicted and completed pods lie about for long, and never become ready again.
bool can_become_ready(const Object& pod) {
    return !has_ended(pod) && !base::is_terminating(pod);
}

struct Selected {
    std::size_t alive = 0;
    std::size_t dead = 0;
};

Selected pods_of(const Evidence& e, const Object& service) {
    Selected selected;
    for (const Object& pod : e.state.source.pods) {
        if (pod.ref.ns != service.ref.ns || !selects(*selector_of(service), pod)) continue;
        ++(can_become_ready(pod) ? selected.alive : selected.dead);
    }
    return selected;
}

void check_service(const Evidence& e, const Object& service, CheckWriter& out) {
    const Selected selected = pods_of(e, service);
    if (selected.alive > 0 || out.has_gap("pods")) {
        out.fail(service.ref.path(), " has no ready endpoint", out.oc("describe", service.ref),
                 true);
    } else {
        // so it may have been before the migration
        out.warn(service.ref.path(),
                 selected.dead == 0
                     ? std::string(" selects no pod of its namespace")
                     : " selects no pod that runs, only " + base::count(selected.dead, "pod") +
                           " that ended or terminate" + (selected.dead == 1 ? "s" : ""),
                 out.oc("get", service.ref, " -o wide"));
    }
}

bool is_about_services(const std::string& resource) {
    return resource == "services" || resource == "endpoints" ||
           resource == "endpointslices.discovery.k8s.io";
}

// Routes and Ingresses
// --------------------------------------------------------------------------------

bool is_route(const Object& object) {
    return object.ref.type.kind == "Route";
}

// Empty when a router has admitted it.
std::string why_not_admitted(const Object& route) {
    std::string why = "no router has looked at it";
    for (const Json& ingress : base::items_at(route.body, "/status/ingress")) {
        for (const Json& condition : base::items_at(ingress, "/conditions")) {
            if (text_or_empty(condition, "/type") != "Admitted") continue;
            if (text_or_empty(condition, "/status") == "True") return {};
            why = text_or_empty(condition, "/reason") + ": " + text_or_empty(condition, "/message");
        }
    }
    return why;
}

void check_route(const Object& route, CheckWriter& out) {
    if (!is_route(route)) {
        if (base::items_at(route.body, "/status/loadBalancer/ingress").empty())
            out.warn(route.ref.path(), " has no address: no controller serves it",
                     out.oc("describe", route.ref));
        return;
    }
    if (const std::string why = why_not_admitted(route); !why.empty())
        out.fail(route.ref.path(), " is not admitted: " + why, out.oc("describe", route.ref), true);
}

bool is_about_routes(const std::string& resource) {
    // without discovery it is not known whether there are any
    return resource == "discovery" || resource == "routes.route.openshift.io" ||
           resource.starts_with("ingresses.");
}

// Answers
// -------------------------------------------------------------------------------------------------

void check_answer(const Probe& probe, CheckWriter& out) {
    const std::string subject = probe.route.path();
    const std::string remedy = "curl -v " + probe.url;
    if (!probe.error.empty())
        return out.unknown(subject, " could not be asked from here: " + probe.error, remedy);
    const std::string answer = " answers " + std::to_string(probe.status) + " at " + probe.url;
    if (probe.status >= 500) {
        out.fail(subject,
                 answer + (probe.status == 503 ? ": the router finds nothing behind it" : ""),
                 remedy);
    } else if (!probe.distrust.empty()) {
        out.warn(subject, answer + ", but its certificate is not trusted: " + probe.distrust,
                 remedy);
    }
}

std::string answers(const std::vector<Probe>& probes) {
    const auto elsewhere =
        std::ranges::count_if(probes, [](const Probe& probe) { return !probe.location.empty(); });
    return base::count(probes.size(), "address", "addresses") + " answered" +
           (elsewhere > 0 ? ", " + std::to_string(elsewhere) + " with a redirect" : "");
}

}  // namespace

std::vector<Finding> services_ready(const Evidence& e) {
    CheckWriter out(e, "source-services-ready", Side::Source);
    const auto ready = ready_endpoints(e.state.source.endpoints);
    std::size_t looked_at = 0;
    const bool blind = out.has_gap("endpoints") || out.has_gap("endpointslices.discovery.k8s.io");
    for (const Object& service : e.state.source.services) {
        if (selector_of(service) == nullptr || blind) continue;
        ++looked_at;
        const auto it = ready.find({service.ref.ns, service.ref.name});
        if (it == ready.end() || it->second == 0) check_service(e, service, out);
    }
    out.add_gaps(is_about_services);
    out.must_be_seen(e.state.source.traffic_seen, "the Services");
    return std::move(out).done(base::count(looked_at, "service") + " with ready endpoints");
}

std::vector<Finding> routes_admitted(const Evidence& e) {
    CheckWriter out(e, "source-routes-admitted", Side::Source);
    for (const Object& route : e.state.source.routes) check_route(route, out);
    out.add_gaps(is_about_routes);
    out.must_be_seen(e.state.source.traffic_seen, "the Routes");
    return std::move(out).done(base::count(e.state.source.routes.size(), "route") +
                               " admitted by a router");
}

std::vector<Finding> routes_answer(const Evidence& e) {
    if (!e.state.probes) return {};
    CheckWriter out(e, "source-routes-answer", Side::Source);
    for (const Probe& probe : *e.state.probes) check_answer(probe, out);
    return std::move(out).done(answers(*e.state.probes));
}

}  // namespace rollback::check
