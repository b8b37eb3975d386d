#include "run/plan_file.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/yaml.hpp"
#include "kube/file.hpp"
#include "mtc/names.hpp"

namespace run {
namespace {

using base::ErrorKind;
using base::Json;

void add_plans(const Json& document, std::vector<Json>& plans) {
    const std::string kind = base::text_or_empty(document, "/kind");
    if (kind == "Snapshot") {
        if (const Json* plan = base::find(document, "/plan")) plans.push_back(*plan);
    } else if (kind == mtc::types::migplans.kind) {
        plans.push_back(document);
    }
    for (const Json& item : base::items_at(document, "/items")) add_plans(item, plans);
}

std::string name_of_plan(const Json& plan) {
    return base::text_or_empty(plan, "/metadata/name");
}

std::vector<std::string> names_of_plans(const std::vector<Json>& plans) {
    std::vector<std::string> names;
    std::ranges::transform(plans, std::back_inserter(names), name_of_plan);
    return names;
}

std::unexpected<base::Error> not_there(const std::string& path, const std::string& name,
                                       const std::vector<std::string>& names) {
    return base::fail(ErrorKind::NotFound, "error: --plan-file " + path + " has no MigPlan " + name,
                      names.empty()
                          ? "save one with: oc get migplan " + name +
                                " -n openshift-migration -o yaml    # on the control cluster"
                          : "it has: " + base::join(names));
}

base::Result<std::vector<Json>> plans_in(const std::string& path) {
    const auto text = kube::read_file(path);
    if (!text) return std::unexpected(base::within("error: --plan-file", text.error()));
    const auto documents = base::parse_yaml_documents(*text);
    if (!documents)
        return std::unexpected(base::within("error: --plan-file " + path, documents.error()));
    std::vector<Json> plans;
    for (const Json& document : *documents) add_plans(document, plans);
    return plans;
}

}  // namespace

base::Result<std::vector<std::string>> plan_names_in_file(const std::string& path) {
    const auto plans = plans_in(path);
    if (!plans) return std::unexpected(plans.error());
    return names_of_plans(*plans);
}

base::Result<mtc::Plan> plan_in_file(const std::string& path, const std::string& name) {
    const std::string who = "error: --plan-file " + path;
    const auto plans = plans_in(path);
    if (!plans) return std::unexpected(plans.error());
    const auto it = std::ranges::find(*plans, name, name_of_plan);
    if (it == plans->end()) return not_there(path, name, names_of_plans(*plans));
    const auto plan = mtc::decode_plan(base::object_of(mtc::types::migplans, *it));
    if (!plan) return std::unexpected(base::within(who, plan.error()));
    if (plan->uid.empty())
        return base::fail(ErrorKind::Malformed,
                          who + ": MigPlan " + name +
                              " has no metadata.uid, by which its objects on the target are known",
                          "use what `oc get migplan -o yaml` printed, not a manifest to apply");
    return plan;
}

}  // namespace run
