#include "support/strategy.hpp"

#include <array>
#include <map>
#include <regex>

namespace support {
namespace {

/// The defaults that clients of these tests can tell from their absence, by resource.
const std::map<std::string, Json>& defaults() {
    static const auto parsed = [](const char* text) { return Json::parse(text); };
    static const std::map<std::string, Json> rows{
        {"pods",
         parsed(R"({"spec": {"restartPolicy": "Always", "terminationGracePeriodSeconds": 30},
                            "status": {"phase": "Pending"}})")},
        {"persistentvolumeclaims", parsed(R"({"status": {"phase": "Pending"}})")},
        {"persistentvolumes", parsed(R"({"status": {"phase": "Pending"}})")},
        {"namespaces", parsed(R"({"spec": {"finalizers": ["kubernetes"]},
                                  "status": {"phase": "Active"}})")},
        {"secrets", parsed(R"({"type": "Opaque"})")},
        {"deployments.apps", parsed(R"({"spec": {"replicas": 1}, "status": {}})")},
        {"replicasets.apps", parsed(R"({"spec": {"replicas": 1}, "status": {"replicas": 0}})")},
        {"statefulsets.apps", parsed(R"({"spec": {"replicas": 1},
                                         "status": {"replicas": 0, "availableReplicas": 0}})")},
        {"daemonsets.apps",
         parsed(R"({"status": {"currentNumberScheduled": 0, "desiredNumberScheduled": 0,
                               "numberMisscheduled": 0, "numberReady": 0}})")},
        {"jobs.batch", parsed(R"({"spec": {"parallelism": 1, "completions": 1, "suspend": false},
                                  "status": {}})")},
        {"cronjobs.batch", parsed(R"({"spec": {"suspend": false, "concurrencyPolicy": "Allow"},
                                      "status": {}})")},
    };
    return rows;
}

void fill(Json& target, const Json& values) {
    for (const auto& [key, value] : values.items()) {
        if (!target.contains(key)) {
            target[key] = value;
        } else if (value.is_object() && target[key].is_object()) {
            fill(target[key], value);
        }
    }
}

void fill_defaults(const ServedType& served, Json& body) {
    const auto row = defaults().find(served.type.resource());
    if (row != defaults().end()) fill(body, row->second);
    if (served.type == types::namespaces) {
        body["metadata"]["labels"]["kubernetes.io/metadata.name"] = body["metadata"]["name"];
    }
}

bool counts_generations(const ServedType& served) {
    return !served.type.group.empty() || served.type == types::pods;
}

/// Without what the generation does not count: for a custom type without a status subresource,
/// everything but metadata counts.
Json counted(const ServedType& served, const Json& body) {
    Json part = body;
    part.erase("metadata");
    if (served.status_subresource || !served.custom) part.erase("status");
    return part;
}

void copy_or_erase(Json& to, const Json& from, const char* key) {
    if (from.contains(key)) {
        to[key] = from[key];
    } else {
        to.erase(key);
    }
}

Answer<void> same_identity(const ServedType& served, const Json& old, const Json& body) {
    const std::string name = base::text_or_empty(old, "/metadata/name");
    for (const char* field : {"uid", "name", "namespace", "creationTimestamp"}) {
        const std::string pointer = std::string("/metadata/") + field;
        const auto value = base::text_at(body, pointer);
        if (!value || value == base::text_at(old, pointer)) continue;
        return std::unexpected(
            refusal::invalid(served.type, name,
                             {{std::string("metadata.") + field,
                               "Invalid value: \"" + *value + "\": field is immutable"}}));
    }
    return {};
}

/// What only the server writes, as it was.
void keep_system_fields(const Json& old, Json& body) {
    for (const char* field : {"name", "namespace", "uid", "creationTimestamp", "deletionTimestamp",
                              "deletionGracePeriodSeconds", "generation", "resourceVersion"}) {
        copy_or_erase(body["metadata"], old["metadata"], field);
    }
    copy_or_erase(body, old, "apiVersion");
    copy_or_erase(body, old, "kind");
}

/// Empty maps and lists in metadata are not stored.
void drop_empty_metadata(Json& body) {
    for (const char* field : {"labels", "annotations", "finalizers", "ownerReferences"}) {
        Json& metadata = body["metadata"];
        if (metadata.contains(field) && (metadata[field].is_null() || metadata[field].empty())) {
            metadata.erase(field);
        }
    }
}

Answer<void> valid_name(const ServedType& served, const std::string& name) {
    static const std::string pattern =
        R"([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)";
    static const std::regex subdomain(pattern);
    if (name.size() <= 253 && std::regex_match(name, subdomain)) return {};
    return std::unexpected(refusal::invalid(
        served.type, name,
        {{"metadata.name",
          "Invalid value: \"" + name +
              "\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
              "characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
              "'example.com', regex used for validation is '" +
              pattern + "')"}}));
}

}  // namespace

Answer<std::string> name_for_create(const ServedType& served, const Json& body,
                                    const std::string& suffix) {
    std::string name = base::text_or_empty(body, "/metadata/name");
    const std::string prefix = base::text_or_empty(body, "/metadata/generateName");
    if (name.empty() && !prefix.empty()) name = prefix + suffix;
    if (name.empty()) {
        return std::unexpected(
            refusal::invalid(served.type, "",
                             {{"metadata.name", "Required value: name or generateName is required",
                               "FieldValueRequired"}}));
    }
    if (const auto valid = valid_name(served, name); !valid) return std::unexpected(valid.error());
    return name;
}

Json prepared_for_create(const ServedType& served, const std::string& ns, const std::string& name,
                         Json body, const Birth& birth) {
    Json& metadata = body["metadata"];
    metadata["name"] = name;
    if (served.type.namespaced) metadata["namespace"] = ns;
    metadata["uid"] = birth.uid;
    metadata["creationTimestamp"] = birth.time;
    for (const char* field : {"deletionTimestamp", "deletionGracePeriodSeconds", "generation"}) {
        metadata.erase(field);
    }
    if (counts_generations(served)) metadata["generation"] = 1;
    body["apiVersion"] = served.type.api_version();
    body["kind"] = served.type.kind;
    if (served.status_subresource) body.erase("status");
    fill_defaults(served, body);
    drop_empty_metadata(body);
    return body;
}

Answer<Json> prepared_for_update(const ServedType& served, const Json& old, Json body,
                                 const std::string& subresource) {
    if (const auto same = same_identity(served, old, body); !same) {
        return std::unexpected(same.error());
    }
    if (subresource == "status") {
        Json status = body.contains("status") ? body["status"] : Json::object();
        body = old;
        body["status"] = std::move(status);
        return body;
    }
    keep_system_fields(old, body);
    if (served.status_subresource) copy_or_erase(body, old, "status");
    drop_empty_metadata(body);
    if (counts_generations(served) && counted(served, body) != counted(served, old)) {
        body["metadata"]["generation"] =
            base::number_at(old, "/metadata/generation").value_or(0) + 1;
    }
    return body;
}

Json scale_of(const Json& workload) {
    Json scale = {{"kind", "Scale"}, {"apiVersion", "autoscaling/v1"}};
    for (const char* field : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
        copy_or_erase(scale["metadata"], workload["metadata"], field);
    }
    scale["spec"] = Json::object();
    const auto wanted = base::number_at(workload, "/spec/replicas").value_or(0);
    if (wanted != 0) scale["spec"]["replicas"] = wanted;  // a real server leaves the zero out
    scale["status"]["replicas"] = base::number_at(workload, "/status/replicas").value_or(0);
    return scale;
}

Json with_scale(Json workload, const Json& scale) {
    workload["spec"]["replicas"] = base::number_at(scale, "/spec/replicas").value_or(0);
    return workload;
}

Json terminating(Json object, const std::string& time, std::int64_t grace_seconds) {
    Json& metadata = object["metadata"];
    metadata["deletionTimestamp"] = time;
    metadata["deletionGracePeriodSeconds"] = grace_seconds;
    if (metadata.contains("generation")) {
        metadata["generation"] = metadata["generation"].get<std::int64_t>() + 1;
    }
    return object;
}

}  // namespace support
