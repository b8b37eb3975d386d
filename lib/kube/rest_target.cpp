#include "kube/rest_target.hpp"

#include <utility>

#include "kube/http.hpp"

namespace kube {

Target::Target(const ResourceType& type, const std::string& ns)
    : text_(type.group.empty() ? "/api" : "/apis") {
    segment(type.group).segment(type.version);
    if (type.namespaced && !ns.empty()) segment("namespaces").segment(ns);
    segment(type.plural);
}

Target::Target(const ObjectRef& ref) : Target(ref.type, ref.ns) {
    segment(ref.name);
}

Target& Target::segment(std::string_view name) {
    if (!name.empty()) text_.append("/").append(percent_encoded(name));
    return *this;
}

Target& Target::query(std::string_view name, std::string_view value) {
    if (value.empty()) return *this;
    text_ += std::exchange(has_query_, true) ? '&' : '?';
    text_.append(name).append("=").append(percent_encoded(value));
    return *this;
}

Target& Target::selectors(const ListOptions& options) {
    return query("labelSelector", options.label_selector)
        .query("fieldSelector", options.field_selector);
}

Target& Target::write_options(const WriteOptions& options) {
    return query("fieldManager", "oc-mtc-rollback").query("dryRun", options.dry_run ? "All" : "");
}

}  // namespace kube
