#include "support/refusal.hpp"

#include <map>

#include "base/text.hpp"

namespace support {
namespace {

Json status(const char* outcome) {
    return {{"kind", "Status"},
            {"apiVersion", "v1"},
            {"metadata", Json::object()},
            {"status", outcome}};
}

Json failure(int code, const std::string& reason, const std::string& message,
             Json details = nullptr) {
    Json body = status("Failure");
    body["message"] = message;
    body["code"] = code;
    if (!reason.empty()) body["reason"] = reason;
    if (!details.is_null()) body["details"] = std::move(details);
    return body;
}

Json details_of(const std::string& group, const std::string& kind, const std::string& name) {
    Json details = {{"kind", kind}};
    if (!name.empty()) details["name"] = name;
    if (!group.empty()) details["group"] = group;
    return details;
}

Json details_of(const ResourceType& type, const std::string& name) {
    return details_of(type.group, type.plural, name);
}

std::string quoted(const std::string& text) {
    return "\"" + text + "\"";
}

std::string qualified_kind(const ResourceType& type) {
    return type.group.empty() ? type.kind : type.kind + "." + type.group;
}

std::string named(const ResourceType& type, const std::string& name) {
    return name.empty() ? type.resource() : type.resource() + " " + quoted(name);
}

std::string told(const std::vector<Cause>& causes) {
    std::vector<std::string> lines;
    lines.reserve(causes.size());
    for (const Cause& cause : causes) lines.push_back(cause.field + ": " + cause.message);
    return lines.size() == 1 ? lines.front() : "[" + base::join(lines) + "]";
}

std::string reason_of(int code) {
    static const std::map<int, std::string> reasons{
        {400, "BadRequest"},    {401, "Unauthorized"},
        {403, "Forbidden"},     {404, "NotFound"},
        {409, "Conflict"},      {410, "Expired"},
        {422, "Invalid"},       {429, "TooManyRequests"},
        {500, "InternalError"}, {503, "ServiceUnavailable"},
        {504, "Timeout"}};
    const auto row = reasons.find(code);
    return row == reasons.end() ? "" : row->second;
}

}  // namespace

namespace refusal {

Json not_found(const ResourceType& type, const std::string& name) {
    return failure(404, "NotFound", named(type, name) + " not found", details_of(type, name));
}

Json already_exists(const ResourceType& type, const std::string& name) {
    return failure(409, "AlreadyExists", named(type, name) + " already exists",
                   details_of(type, name));
}

Json conflict(const ResourceType& type, const std::string& name, const std::string& why) {
    return failure(409, "Conflict",
                   "Operation cannot be fulfilled on " + named(type, name) + ": " + why,
                   details_of(type, name));
}

Json modified(const ResourceType& type, const std::string& name) {
    return conflict(type, name,
                    "the object has been modified; please apply your changes to the latest version "
                    "and try again");
}

Json precondition(const ResourceType& type, const std::string& name, const std::string& field,
                  const std::string& wanted, const std::string& actual) {
    const std::string moved = field == "UID" ? "deleted and then recreated" : "modified";
    // A real server names the kind here, not the resource.
    return failure(409, "Conflict",
                   "Operation cannot be fulfilled on " + qualified_kind(type) + " " + quoted(name) +
                       ": the " + field + " in the precondition (" + wanted +
                       ") does not match the " + field + " in record (" + actual +
                       "). The object might have been " + moved,
                   details_of(type.group, type.kind, name));
}

Json invalid(const ResourceType& type, const std::string& name, const std::vector<Cause>& causes) {
    Json details = details_of(type.group, type.kind, name);
    for (const Cause& cause : causes) {
        details["causes"].push_back(
            {{"reason", cause.reason}, {"message", cause.message}, {"field", cause.field}});
    }
    return failure(422, "Invalid",
                   qualified_kind(type) + " " + quoted(name) + " is invalid: " + told(causes),
                   std::move(details));
}

Json patch_rejected() {
    return failure(422, "Invalid", "the server rejected our request due to an error in our request",
                   Json::object());
}

Json bad_request(const std::string& message) {
    return failure(400, "BadRequest", message);
}

Json unauthorized() {
    return failure(401, "Unauthorized", "Unauthorized");
}

Json forbidden(const Attempt& attempt) {
    const ResourceType& type = attempt.ref.type;
    const std::string resource =
        attempt.subresource.empty() ? type.plural : type.plural + "/" + attempt.subresource;
    const std::string scope = attempt.ref.ns.empty()
                                  ? " at the cluster scope"
                                  : " in the namespace " + quoted(attempt.ref.ns);
    return failure(403, "Forbidden",
                   named(type, attempt.ref.name) + " is forbidden: User " + quoted(attempt.user) +
                       " cannot " + attempt.verb + " resource " + quoted(resource) +
                       " in API group " + quoted(type.group) + scope,
                   details_of(type, attempt.ref.name));
}

Json namespace_terminating(const ObjectRef& ref) {
    Json details = details_of(ref.type, ref.name);
    details["causes"] = {{{"reason", "NamespaceTerminating"},
                          {"message", "namespace " + ref.ns + " is being terminated"},
                          {"field", "metadata.namespace"}}};
    return failure(403, "Forbidden",
                   named(ref.type, ref.name) + " is forbidden: unable to create new content in " +
                       "namespace " + ref.ns + " because it is being terminated",
                   std::move(details));
}

Json expired(const std::string& message) {
    return failure(410, "Expired", message);
}

Json expired_token() {
    return expired(
        "The provided continue parameter is too old to display a consistent list result. You can "
        "start a new list without the continue parameter, or use the continue token in this "
        "response to retrieve the remainder of the results. Continuing with the provided token "
        "results in an inconsistent list - objects that were created, modified, or deleted between "
        "the time the first chunk was returned and now may show up in the list.");
}

Json too_many_requests(int retry_after_seconds) {
    return failure(429, "TooManyRequests",
                   "the server has received too many requests and has asked us to try again later",
                   {{"retryAfterSeconds", retry_after_seconds}});
}

Json unavailable(const std::string& message) {
    return failure(503, "ServiceUnavailable", message);
}

Json method_not_allowed() {
    return failure(405, "MethodNotAllowed",
                   "the server does not allow this method on the requested resource",
                   Json::object());
}

Json unsupported_media_type() {
    return failure(415, "UnsupportedMediaType", "415: Unsupported Media Type", Json::object());
}

Json no_such_resource() {
    return failure(404, "NotFound", "the server could not find the requested resource",
                   Json::object());
}

Json internal(const std::string& message) {
    return failure(500, "InternalError", message);
}

Json without_reason(int code, const std::string& message) {
    return failure(code, "", message);
}

Json of_code(int code, const std::string& message) {
    return failure(code, reason_of(code), message);
}

}  // namespace refusal

Json deleted_status(const ResourceType& type, const std::string& name, const std::string& uid) {
    Json body = status("Success");
    body["details"] = details_of(type, name);
    body["details"]["uid"] = uid;
    return body;
}

Json success_status() {
    Json body = status("Success");
    body["code"] = 201;
    return body;
}

}  // namespace support
