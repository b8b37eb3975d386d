// How objects are created, bound, replaced and patched.
#include "support/store.hpp"

namespace support {
namespace {

using base::text_or_empty;

/// Terminating, past its grace, and nothing holds it.
bool is_free_to_go(const Json& object) {
    return base::find(object, "/metadata/deletionTimestamp") != nullptr &&
           base::number_at(object, "/metadata/deletionGracePeriodSeconds").value_or(0) == 0 &&
           base::items_at(object, "/metadata/finalizers").empty();
}

Answer<void> fitting_body(const ServedType& served, const ObjectRef& where, const Json& body) {
    const auto refused = [](const std::string& why) {
        return std::unexpected(refusal::bad_request(why));
    };
    if (!body.is_object()) return refused("the object provided is unrecognized");
    const std::string kind = text_or_empty(body, "/kind");
    if (kind.empty() && served.custom) {
        return refused("the object provided is unrecognized (must be of type " + served.type.kind +
                       "): Object 'Kind' is missing in '" + body.dump() + "'");
    }
    if (!kind.empty() && kind != served.type.kind) {
        return refused(kind + " in version \"" + served.type.version +
                       "\" cannot be handled as a " + served.type.kind);
    }
    const std::string ns = text_or_empty(body, "/metadata/namespace");
    if (!ns.empty() && ns != where.ns) {
        return refused(
            "the namespace of the provided object does not match the namespace sent on the "
            "request");
    }
    return {};
}

/// Of an update: the name is the URL's, and a custom type's object says which version it replaces.
Answer<void> fitting_name(const ServedType& served, const ObjectRef& ref, const Json& body) {
    const std::string name = text_or_empty(body, "/metadata/name");
    if (name != ref.name) {
        return std::unexpected(refusal::bad_request("the name of the object (" + name +
                                                    ") does not match the name on the URL (" +
                                                    ref.name + ")"));
    }
    if (!served.custom || base::find(body, "/metadata/resourceVersion") != nullptr) return {};
    return std::unexpected(refusal::invalid(
        served.type, name,
        {{"metadata.resourceVersion", "Invalid value: 0: must be specified for an update"}}));
}

}  // namespace

Answer<void> Store::namespace_accepts(const ServedType& served, const ObjectRef& ref) const {
    if (!served.type.namespaced) return {};
    const ServedType& spaces = **row(types::namespaces);
    const auto ns = lookup(spaces, {types::namespaces, "", ref.ns});
    if (!ns) return std::unexpected(ns.error());
    if (base::find(**ns, "/metadata/deletionTimestamp") == nullptr) return {};
    return std::unexpected(refusal::namespace_terminating(ref));
}

Answer<Json> Store::schema_checked(const ServedType& served, const std::string& name,
                                   Json object) const {
    if (!served.custom) return object;
    const ServedType& definitions = **row(types::customresourcedefinitions);
    const auto definition = lookup(definitions, {definitions.type, "", served.type.resource()});
    const Json* schema = definition ? schema_of(**definition, served.type.version) : nullptr;
    if (schema == nullptr) return object;
    object = pruned(object, *schema);
    if (const auto causes = violations(object, *schema); !causes.empty()) {
        return std::unexpected(refusal::invalid(served.type, name, causes));
    }
    return object;
}

Answer<Json> Store::create_object(const ObjectRef& where, Json body, const WriteRequest& request) {
    const auto found = row(where.type);
    if (!found) return std::unexpected(found.error());
    const ServedType& served = **found;
    if (request.subresource == "binding") return bind(served, where, body, request);
    if (!request.subresource.empty()) return std::unexpected(refusal::no_such_resource());
    if (const auto fits = fitting_body(served, where, body); !fits) {
        return std::unexpected(fits.error());
    }
    if (base::find(body, "/metadata/resourceVersion") != nullptr) {
        return std::unexpected(refusal::without_reason(
            500, "resourceVersion should not be set on objects to be created"));
    }
    const Birth fresh = birth();
    const auto name = name_for_create(served, body, fresh.name_suffix);
    if (!name) return std::unexpected(name.error());
    const ObjectRef ref{served.type, served.type.namespaced ? where.ns : "", *name};
    if (const auto accepts = namespace_accepts(served, ref); !accepts) {
        return std::unexpected(accepts.error());
    }
    auto checked = schema_checked(
        served, *name, prepared_for_create(served, ref.ns, *name, std::move(body), fresh));
    if (!checked) return checked;
    if (lookup(served, ref)) return std::unexpected(refusal::already_exists(served.type, *name));
    if (request.dry_run) return checked;
    return *write(served, *std::move(checked));
}

Answer<Json> Store::bind(const ServedType& served, const ObjectRef& ref, const Json& binding,
                         const WriteRequest& request) {
    if (text_or_empty(binding, "/metadata/name") != ref.name) {
        return std::unexpected(
            refusal::bad_request("name in URL does not match name in Binding object"));
    }
    const auto old = lookup(served, ref);
    if (!old) return std::unexpected(old.error());
    Json pod = **old;
    if (const auto node = base::text_at(pod, "/spec/nodeName")) {
        return std::unexpected(refusal::conflict(
            served.type, ref.name,
            "pod " + ref.name + " is already assigned to node \"" + *node + "\""));
    }
    pod["spec"]["nodeName"] = text_or_empty(binding, "/target/name");
    if (!request.dry_run) write(served, std::move(pod));
    return success_status();
}

Answer<Json> Store::replace_object(const ObjectRef& ref, Json body, const WriteRequest& request) {
    const auto served = row(ref.type);
    if (!served) return std::unexpected(served.error());
    if (const auto fits = fitting_body(**served, ref, body); !fits) {
        return std::unexpected(fits.error());
    }
    if (const auto fits = fitting_name(**served, ref, body); !fits) {
        return std::unexpected(fits.error());
    }
    const auto old = lookup(**served, ref);
    if (!old) return std::unexpected(old.error());
    const std::string uid = text_or_empty(**old, "/metadata/uid");
    const std::string wanted = base::text_at(body, "/metadata/uid").value_or(uid);
    if (wanted != uid) {
        return std::unexpected(refusal::conflict(ref.type, ref.name,
                                                 "Precondition failed: UID in precondition: " +
                                                     wanted + ", UID in object meta: " + uid));
    }
    return update_object(**served, *old, std::move(body), request);
}

Answer<Json> Store::update_object(const ServedType& served, const Stored& old, Json body,
                                  const WriteRequest& request) {
    const std::string name = text_or_empty(*old, "/metadata/name");
    const auto version = base::text_at(body, "/metadata/resourceVersion");
    if (version && *version != text_or_empty(*old, "/metadata/resourceVersion")) {
        return std::unexpected(refusal::modified(served.type, name));
    }
    const bool known = request.subresource.empty() ||
                       (request.subresource == "status" && served.status_subresource);
    if (!known) return std::unexpected(refusal::no_such_resource());
    auto prepared = prepared_for_update(served, *old, std::move(body), request.subresource);
    if (!prepared) return prepared;
    auto checked = schema_checked(served, name, *std::move(prepared));
    if (!checked || request.dry_run) return checked;
    if (*checked == *old) return checked;
    if (is_free_to_go(*checked)) {
        erase(served, old);  // one event only: the update itself is never stored
        return checked;
    }
    return *write(served, *std::move(checked));
}

Answer<Json> Store::patch_object(const ObjectRef& ref, PatchKind kind, const Json& patch,
                                 const WriteRequest& request) {
    const auto served = row(ref.type);
    if (!served) return std::unexpected(served.error());
    const auto old = lookup(**served, ref);
    if (!old) return std::unexpected(old.error());
    const bool scaling = request.subresource == "scale" && (*served)->scale_subresource;
    auto document = patched(scaling ? scale_of(**old) : **old, kind, patch);
    if (!document || !scaling) {
        return document ? update_object(**served, *old, *std::move(document), request) : document;
    }
    const auto written =
        update_object(**served, *old, with_scale(**old, *document), {.dry_run = request.dry_run});
    if (!written) return written;
    return scale_of(*written);
}

}  // namespace support
