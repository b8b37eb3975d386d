#include "mtc/volume_migration.hpp"

#include <algorithm>
#include <set>

#include "mtc/names.hpp"

namespace mtc {
namespace {

using base::Json;
using base::text_or_empty;

std::vector<std::string> copied_namespaces(const Json& body) {
    std::set<std::string> names;
    for (const Json& claim : base::items_at(body, "/spec/persistentVolumeClaims")) {
        names.insert(text_or_empty(claim, "/namespace"));
        names.insert(text_or_empty(claim, "/targetNamespace"));
    }
    names.erase("");
    return {names.begin(), names.end()};
}

base::Object without_spec(const base::Object& object) {
    base::Object out = object;
    out.body = {{"metadata", object.body.value("metadata", Json::object())}};
    return out;
}

}  // namespace

bool VolumeMigration::cleans_up() const {
    return !base::is_terminating(seen) &&
           std::ranges::count(base::finalizers_of(seen), volume_migration_finalizer) > 0;
}

VolumeMigration decode_volume_migration(const base::Object& object) {
    return {.seen = without_spec(object),
            .migration_uid = base::label_of(object, labels::by_migration).value_or(""),
            .phase = text_or_empty(object.body, "/status/phase"),
            .namespaces = copied_namespaces(object.body)};
}

}  // namespace mtc
