// The promises of kube::Cluster about reading and writing, tried in every world. watch_contract.cpp
// has those about watches.
#include <algorithm>

#include "contract/promises.hpp"
#include "kube/parallel.hpp"

namespace cluster_contract {

using namespace contract;  // the whole file is written in its words

TEST_CASE("what was created can be read back, alone and in a list") {
    in_every_world([](World& world) {
        const Object created = create(world, "round-trip", labelled("promise", "round-trip"));
        CHECK(created.ref == configmap(world, "round-trip"));
        CHECK_FALSE(created.uid.empty());
        CHECK_FALSE(created.resource_version.empty());
        const Object read = must(world.cluster().get(created.ref, {}));
        CHECK(read == created);
        const auto list = must(world.cluster().list(
            types::configmaps, {.ns = world.ns(), .label_selector = "promise=round-trip"}, {}));
        CHECK(list.items == std::vector{created});
        CHECK_FALSE(list.resource_version.empty());
    });
}

TEST_CASE("a name that is taken is AlreadyExists") {
    in_every_world([](World& world) {
        create(world, "taken");
        const auto again = world.cluster().create(configmap(world, "taken"),
                                                  {{"metadata", {{"name", "taken"}}}}, {}, {});
        CHECK(refusal_of(again) == ErrorKind::AlreadyExists);
        CHECK(again.error().message ==
              "Error from server (AlreadyExists): configmaps \"taken\" already exists");
    });
}

TEST_CASE("what is not there is NotFound, in kubectl's words") {
    in_every_world([](World& world) {
        const auto missing = world.cluster().get(configmap(world, "missing"), {});
        CHECK(refusal_of(missing) == ErrorKind::NotFound);
        CHECK(missing.error().message ==
              "Error from server (NotFound): configmaps \"missing\" not found");
        const auto deployment =
            world.cluster().get({types::deployments, world.ns(), "missing"}, {});
        REQUIRE_FALSE(deployment);
        CHECK(deployment.error().message ==
              "Error from server (NotFound): deployments.apps \"missing\" not found");
    });
}

TEST_CASE("nothing can be created in a namespace that is not there") {
    in_every_world([](World& world) {
        const auto created = world.cluster().create({types::configmaps, "no-such-namespace", "x"},
                                                    {{"metadata", {{"name", "x"}}}}, {}, {});
        CHECK(refusal_of(created) == ErrorKind::NotFound);
    });
}

TEST_CASE("generateName makes a name") {
    in_every_world([](World& world) {
        const Json body{{"metadata", {{"generateName", "made-"}}}};
        const Object made = must(world.cluster().create(configmap(world, ""), body, {}, {}));
        CHECK(made.ref.name.starts_with("made-"));
        CHECK(made.ref.name.size() > 5);
    });
}

TEST_CASE("a patch changes what it says and returns the object") {
    in_every_world([](World& world) {
        const Object seen = create(world, "patched");
        const Object written = must(world.cluster().patch(seen, replace_key("new"), {}, {}));
        CHECK(written.body["data"]["key"] == "new");
        CHECK(written.uid == seen.uid);
        CHECK(written.resource_version != seen.resource_version);
        CHECK(must(world.cluster().get(seen.ref, {})) == written);
    });
}

TEST_CASE("a patch whose test fails is a Conflict and writes nothing") {
    in_every_world([](World& world) {
        const Object seen = create(world, "guarded");
        Json operations = replace_key("new");
        operations.push_back({{"op", "test"}, {"path", "/data/key"}, {"value", "other"}});
        CHECK(refusal_of(world.cluster().patch(seen, operations, {}, {})) == ErrorKind::Conflict);
        CHECK(must(world.cluster().get(seen.ref, {})) == seen);
    });
}

TEST_CASE("a patch of an object that was replaced since is a Conflict and writes nothing") {
    in_every_world([](World& world) {
        const Object seen = create(world, "replaced");
        must(world.cluster().remove(seen, {}, {}));
        const Object other = create(world, "replaced");
        const auto patched = world.cluster().patch(seen, replace_key("new"), {}, {});
        CHECK(refusal_of(patched) == ErrorKind::Conflict);
        CHECK(must(world.cluster().get(seen.ref, {})) == other);
    });
}

TEST_CASE("a patch of something else than what changed since is no conflict") {
    in_every_world([](World& world) {
        const Object seen = create(world, "busy");
        const Json labels{{{"op", "add"}, {"path", "/metadata/labels"}, {"value", {{"a", "b"}}}}};
        must(world.cluster().patch(seen, labels, {}, {}));
        CHECK(world.cluster().patch(seen, replace_key("new"), {}, {}));
    });
}

TEST_CASE("a delete of an object that was replaced since is a Conflict and deletes nothing") {
    in_every_world([](World& world) {
        const Object seen = create(world, "born-again");
        must(world.cluster().remove(seen, {}, {}));
        const Object other = create(world, "born-again");
        CHECK(refusal_of(world.cluster().remove(seen, {}, {})) == ErrorKind::Conflict);
        CHECK(must(world.cluster().get(seen.ref, {})) == other);
    });
}

TEST_CASE("a delete deletes, and the second one finds nothing") {
    in_every_world([](World& world) {
        const Object seen = create(world, "deleted");
        must(world.cluster().remove(seen, {}, {}));
        CHECK(refusal_of(world.cluster().get(seen.ref, {})) == ErrorKind::NotFound);
        CHECK(refusal_of(world.cluster().remove(seen, {}, {})) == ErrorKind::NotFound);
    });
}

TEST_CASE("a finalizer keeps an object, terminating, until it is removed") {
    in_every_world([](World& world) {
        const Json finalizers{{"metadata", {{"finalizers", {"example.com/hold"}}}}};
        const Object seen = create(world, "held", finalizers);
        must(world.cluster().remove(seen, {}, {}));
        const Object held = must(world.cluster().get(seen.ref, {}));
        CHECK(base::is_terminating(held));
        const Json release{{{"op", "remove"}, {"path", "/metadata/finalizers"}}};
        must(world.cluster().patch(held, release, {}, {}));
        CHECK(refusal_of(world.cluster().get(seen.ref, {})) == ErrorKind::NotFound);
    });
}

TEST_CASE("a dry run answers as if and writes nothing") {
    in_every_world([](World& world) {
        const kube::WriteOptions dry{.dry_run = true};
        const Json body{{"metadata", {{"name", "dry"}}}, {"data", {{"key", "value"}}}};
        const auto created = must(world.cluster().create(configmap(world, "dry"), body, dry, {}));
        CHECK(created.body["data"] == body["data"]);
        CHECK(refusal_of(world.cluster().get(created.ref, {})) == ErrorKind::NotFound);

        const Object seen = create(world, "dry");
        const Object patched = must(world.cluster().patch(seen, replace_key("new"), dry, {}));
        CHECK(patched.body["data"]["key"] == "new");
        must(world.cluster().remove(seen, dry, {}));
        CHECK(must(world.cluster().get(seen.ref, {})) == seen);
    });
}

TEST_CASE("a list of more than two pages is complete and in order") {
    in_every_world([](World& world) {
        constexpr std::size_t many = 1203;
        kube::in_parallel(many, 8, [&](std::size_t i) {
            const std::string name = "many-" + std::to_string(10'000 + i);
            Json body = labelled("promise", "many");
            body["metadata"]["name"] = name;
            static_cast<void>(world.cluster().create(configmap(world, name), body, {}, {}));
        });
        const auto list = must(world.cluster().list(
            types::configmaps, {.ns = world.ns(), .label_selector = "promise=many"}, {}));
        const Names names = names_of(list);
        CHECK(names.size() == many);
        CHECK(names.front() == "many-10000");
        CHECK(names.back() == "many-11202");
        CHECK(std::ranges::is_sorted(names));
    });
}

TEST_CASE("label selectors choose as kubectl's -l does") {
    in_every_world([](World& world) {
        create(world, "select-a", labelled("tier", "front"));
        create(world, "select-b", labelled("tier", "back"));
        const auto chosen = [&](const std::string& selector) {
            return names_of(must(world.cluster().list(
                types::configmaps, {.ns = world.ns(), .label_selector = selector}, {})));
        };
        CHECK(chosen("tier=front") == Names{"select-a"});
        CHECK(chosen("tier,tier!=front") == Names{"select-b"});
        CHECK(chosen("tier in (front,back)") == Names{"select-a", "select-b"});
        CHECK(chosen("tier notin (back),tier") == Names{"select-a"});
        CHECK(std::ranges::count(chosen("!tier"), "select-a") == 0);
    });
}

TEST_CASE("a field selector chooses by name") {
    in_every_world([](World& world) {
        create(world, "field-a");
        create(world, "field-b");
        const auto list = must(world.cluster().list(
            types::configmaps, {.ns = world.ns(), .field_selector = "metadata.name=field-b"}, {}));
        CHECK(names_of(list) == Names{"field-b"});
    });
}

TEST_CASE("a selector that cannot be understood is Invalid") {
    in_every_world([](World& world) {
        const auto list = world.cluster().list(types::configmaps,
                                               {.ns = world.ns(), .label_selector = "a b"}, {});
        CHECK(refusal_of(list) == ErrorKind::Invalid);
    });
}

TEST_CASE("a list of metadata has labels and no data") {
    in_every_world([](World& world) {
        create(world, "metadata", labelled("promise", "metadata"));
        const auto list = must(world.cluster().list(
            types::configmaps,
            {.ns = world.ns(), .label_selector = "promise=metadata", .metadata_only = true}, {}));
        REQUIRE(list.items.size() == 1);
        CHECK(base::label_of(list.items[0], "promise") == "metadata");
        CHECK_FALSE(list.items[0].body.contains("data"));
        CHECK(list.items[0].body["kind"] == "ConfigMap");
    });
}

TEST_CASE("a list leaves out the fields that nobody wants, but nothing of the metadata") {
    in_every_world([](World& world) {
        create(world, "trimmed",
               {{"metadata", {{"labels", {{"promise", "trimmed"}, {"bulk", "kept"}}}}},
                {"data", {{"bulk", "left out"}, {"wanted", "kept"}}}});
        const auto list = must(world.cluster().list(
            types::configmaps,
            {.ns = world.ns(), .label_selector = "promise=trimmed", .without = {"bulk", "labels"}},
            {}));
        REQUIRE(list.items.size() == 1);
        CHECK(list.items[0].body["data"] == Json{{"key", "value"}, {"wanted", "kept"}});
        CHECK(base::label_of(list.items[0], "bulk") == "kept");
    });
}

TEST_CASE("objects come without managedFields and without what kubectl last applied") {
    in_every_world([](World& world) {
        const std::string last = "kubectl.kubernetes.io/last-applied-configuration";
        create(world, "applied", {{"metadata", {{"annotations", {{last, "{}"}, {"a", "b"}}}}}});
        const Object read = must(world.cluster().get(configmap(world, "applied"), {}));
        CHECK(base::annotation_of(read, "a") == "b");
        CHECK_FALSE(base::annotation_of(read, last));
        CHECK_FALSE(read.body["metadata"].contains("managedFields"));
    });
}

TEST_CASE("a type that nobody serves is NotFound") {
    in_every_world([](World& world) {
        const base::ResourceType type{"example.com", "v1", "things", "Thing", true};
        const auto list = world.cluster().list(type, {.ns = world.ns()}, {});
        CHECK(refusal_of(list) == ErrorKind::NotFound);
    });
}

TEST_CASE("discovery knows deployments, their verbs and no subresources") {
    in_every_world([](World& world) {
        const auto discovery = must(world.cluster().discover({}));
        const auto found = std::ranges::find(discovery.resources, types::deployments,
                                             &kube::DiscoveredResource::type);
        REQUIRE(found != discovery.resources.end());
        for (const char* verb : {"create", "delete", "get", "list", "patch", "watch"}) {
            CHECK(std::ranges::count(found->verbs, verb) == 1);
        }
        for (const auto& resource : discovery.resources) {
            CHECK_FALSE(resource.type.plural.contains('/'));
        }
        CHECK(discovery.broken.empty());
    });
}

TEST_CASE("an access review says who may and who may not") {
    in_every_world([](World& world) {
        const kube::AccessQuery question{.verb = "list", .type = types::secrets, .ns = world.ns()};
        CHECK(must(world.cluster().can_i(question, {})));
        CHECK_FALSE(must(world.restricted().can_i(question, {})));
    });
}

TEST_CASE("who may not is told so in kubectl's words") {
    in_every_world([](World& world) {
        const auto list = world.restricted().list(types::secrets, {.ns = world.ns()}, {});
        CHECK(refusal_of(list) == ErrorKind::Forbidden);
        const std::string& message = list.error().message;
        CHECK(message.starts_with("Error from server (Forbidden): secrets is forbidden: User \""));
        CHECK(
            message.ends_with("\" cannot list resource \"secrets\" in API group \"\" in the "
                              "namespace \"" +
                              world.ns() + "\""));
    });
}

TEST_CASE("a MigMigration without spec.stage is Invalid") {
    in_every_world([](World& world) {
        const Json body{{"apiVersion", "migration.openshift.io/v1alpha1"},
                        {"kind", "MigMigration"},
                        {"metadata", {{"name", "no-stage"}}},
                        {"spec", {{"rollback", true}}}};
        const auto created = world.cluster().create({types::migmigrations, world.ns(), "no-stage"},
                                                    body, {.dry_run = true}, {});
        CHECK(refusal_of(created) == ErrorKind::Invalid);
        CHECK(created.error().message ==
              "The MigMigration \"no-stage\" is invalid: spec.stage: Required value");
    });
}

TEST_CASE("only what was seen is written") {
    in_every_world([](World& world) {
        Object unseen = create(world, "unseen");
        unseen.uid.clear();
        CHECK(refusal_of(world.cluster().remove(unseen, {}, {})) == ErrorKind::Malformed);
        CHECK(refusal_of(world.cluster().patch(unseen, replace_key("new"), {}, {})) ==
              ErrorKind::Malformed);
    });
}

TEST_CASE("a call that was stopped before it began does nothing") {
    in_every_world([](World& world) {
        std::stop_source stop;
        stop.request_stop();
        const auto created =
            world.cluster().create(configmap(world, "stopped"),
                                   {{"metadata", {{"name", "stopped"}}}}, {}, stop.get_token());
        CHECK(refusal_of(created) == ErrorKind::Interrupted);
        CHECK(refusal_of(world.cluster().get(configmap(world, "stopped"), {})) ==
              ErrorKind::NotFound);
    });
}

}  // namespace cluster_contract
