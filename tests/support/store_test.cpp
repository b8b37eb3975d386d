#include "support/shop.hpp"

namespace store_test {

using namespace support;  // the whole file is about it

TEST_CASE_FIXTURE(Shop, "a created object has an identity, a version and a time") {
    const Json created = create("prices", {{"data", {{"a", "1"}}}});
    CHECK(created["metadata"]["namespace"] == "shop");
    CHECK(created["metadata"]["creationTimestamp"] == "2025-05-01T12:00:00Z");
    CHECK(uid_of(created).size() == 36);
    CHECK(version_of(created) == store.resource_version());
    CHECK(store.get(configmap("prices")) == created);
}

TEST_CASE_FIXTURE(Shop, "creates are refused as a real server refuses them") {
    create("prices");
    const auto tried = [&](Json object, const std::string& ns = "shop") {
        return store.create({types::configmaps, ns, ""}, std::move(object));
    };
    CHECK(message_of(tried(body("prices"))) == "configmaps \"prices\" already exists");
    CHECK(message_of(tried(body("x"), "nowhere")) == "namespaces \"nowhere\" not found");
    CHECK(code_of(tried(body("X_y"))) == 422);
    CHECK(message_of(tried({{"metadata", Json::object()}})) ==
          "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is "
          "required");
    CHECK(code_of(tried(body("x", {{"metadata", {{"namespace", "other"}}}}))) == 400);
    CHECK(code_of(tried(body("x", {{"kind", "Secret"}, {"apiVersion", "v1"}}))) == 400);
    CHECK(code_of(store.create({{"nope", "v1", "things", "", true}, "shop", ""}, body("x"))) ==
          404);
}

TEST_CASE_FIXTURE(Shop, "generateName gives each object a name of its own") {
    const Json one = create(types::configmaps, {{"metadata", {{"generateName", "x-"}}}});
    const Json two = create(types::configmaps, {{"metadata", {{"generateName", "x-"}}}});
    CHECK(name_of(one).starts_with("x-"));
    CHECK(name_of(one) != name_of(two));
}

TEST_CASE_FIXTURE(Shop, "the generation counts changes of the spec") {
    const ObjectRef web{types::deployments, "shop", "web"};
    CHECK(create(types::deployments, body("web"))["metadata"]["generation"] == 1);
    const auto scaled = patch(web, R"([{"op": "replace", "path": "/spec/replicas", "value": 3}])");
    CHECK((*scaled)["metadata"]["generation"] == 2);
    const auto labelled =
        patch(web, R"([{"op": "add", "path": "/metadata/labels", "value": {"a": "b"}}])");
    CHECK((*labelled)["metadata"]["generation"] == 2);
}

TEST_CASE_FIXTURE(Shop, "the status belongs to its subresource, where there is one") {
    const ObjectRef web{types::deployments, "shop", "web"};
    create(types::deployments, body("web", {{"status", {{"replicas", 9}}}}));
    const char* both = R"([{"op": "add", "path": "/status/replicas", "value": 1},
                           {"op": "replace", "path": "/spec/replicas", "value": 5}])";
    SUBCASE("a write to the object leaves the status") {
        const Json written = *patch(web, both);
        CHECK(written["spec"]["replicas"] == 5);
        CHECK(written["status"] == Json::object());
    }
    SUBCASE("a write to the status leaves the object") {
        const Json written = *patch(web, both, {.subresource = "status"});
        CHECK(written["spec"]["replicas"] == 1);
        CHECK(written["status"]["replicas"] == 1);
    }
    SUBCASE("MTC's kinds have none") {
        const Json plan{{"apiVersion", "migration.openshift.io/v1alpha1"},
                        {"kind", "MigPlan"},
                        {"metadata", {{"name", "p"}}},
                        {"status", {{"phase", "x"}}}};
        CHECK(create(types::migplans, plan)["status"]["phase"] == "x");
        CHECK(code_of(patch({types::migplans, "shop", "p"}, "[]", {.subresource = "status"})) ==
              404);
    }
}

TEST_CASE_FIXTURE(Shop, "a patch whose test fails writes nothing") {
    const Json before = create("prices", {{"data", {{"a", "1"}}}});
    const auto answer = patch(configmap("prices"), R"([
        {"op": "replace", "path": "/data/a", "value": "2"},
        {"op": "test", "path": "/metadata/uid", "value": "another"}])");
    CHECK(code_of(answer) == 422);
    CHECK(message_of(answer) == "the server rejected our request due to an error in our request");
    CHECK(store.get(configmap("prices")) == before);
}

TEST_CASE_FIXTURE(Shop, "a patch may test that a value is missing") {
    create("prices");
    CHECK(patch(configmap("prices"), R"([
        {"op": "test", "path": "/metadata/annotations", "value": null},
        {"op": "add", "path": "/data", "value": {"a": "1"}}])"));
}

TEST_CASE_FIXTURE(Shop, "an update with an old resourceVersion is a conflict") {
    Json first = create("prices");
    REQUIRE(patch(configmap("prices"), R"([{"op": "add", "path": "/data", "value": {}}])"));
    CHECK(message_of(store.update(configmap("prices"), first)) ==
          "Operation cannot be fulfilled on configmaps \"prices\": the object has been modified; "
          "please apply your changes to the latest version and try again");
    first["metadata"].erase("resourceVersion");
    CHECK(store.update(configmap("prices"), first));
}

TEST_CASE_FIXTURE(Shop, "a write that changes nothing makes no new version and no event") {
    const Json before = create("prices");
    CHECK(store.update(configmap("prices"), before) == before);
    CHECK(store.resource_version() == version_of(before));
}

TEST_CASE_FIXTURE(Shop, "nobody can change who an object is") {
    create("prices");
    CHECK(message_of(patch(configmap("prices"),
                           R"([{"op": "replace", "path": "/metadata/uid", "value": "q"}])")) ==
          "ConfigMap \"prices\" is invalid: metadata.uid: Invalid value: \"q\": field is "
          "immutable");
}

TEST_CASE_FIXTURE(Shop, "a delete with a stale precondition deletes nothing") {
    const Json before = create("prices");
    CHECK(code_of(store.remove(configmap("prices"), {.uid = "another"})) == 409);
    CHECK(code_of(store.remove(configmap("prices"), {.resource_version = "1"})) == 409);
    CHECK(store.get(configmap("prices")) == before);
    CHECK(store.remove(configmap("prices"), {.uid = uid_of(before)}));
    CHECK(code_of(store.get(configmap("prices"))) == 404);
}

TEST_CASE_FIXTURE(Shop, "finalizers keep an object until the last one is gone") {
    create("prices", {{"metadata", {{"finalizers", {"a/b"}}}}});
    const Json marked = *store.remove(configmap("prices"));
    CHECK(marked["metadata"]["deletionTimestamp"] == "2025-05-01T12:00:00Z");
    CHECK(store.get(configmap("prices")) == marked);
    CHECK(patch(configmap("prices"), R"([{"op": "remove", "path": "/metadata/finalizers"}])"));
    CHECK(code_of(store.get(configmap("prices"))) == 404);
}

TEST_CASE_FIXTURE(Shop, "dry runs answer as if and store nothing") {
    const WriteRequest dry{.dry_run = true};
    CHECK(store.create(configmap(""), body("new"), dry));
    CHECK(code_of(store.get(configmap("new"))) == 404);
    const Json before = create("prices");
    const auto patched =
        patch(configmap("prices"), R"([{"op": "add", "path": "/data", "value": {"a": "1"}}])", dry);
    CHECK((*patched)["data"]["a"] == "1");
    CHECK(store.remove(configmap("prices"), {.dry_run = true}));
    CHECK(store.get(configmap("prices")) == before);
}

TEST_CASE_FIXTURE(Shop, "dependents go with their last owner") {
    const auto owned_by = [](const Json& owner) {
        return Json{{"uid", uid_of(owner)}, {"name", name_of(owner)}};
    };
    const Json one = create("one");
    const Json two = create("two");
    create("child", {{"metadata", {{"ownerReferences", {owned_by(one), owned_by(two)}}}}});
    SUBCASE("one by one") {
        CHECK(store.remove(configmap("one")));
        CHECK((*store.get(configmap("child")))["metadata"]["ownerReferences"].size() == 1);
        CHECK(store.remove(configmap("two")));
        CHECK(code_of(store.get(configmap("child"))) == 404);
    }
    SUBCASE("orphaned on request") {
        CHECK(store.remove(configmap("one"), {.propagation = "Orphan"}));
        CHECK(store.remove(configmap("two"), {.propagation = "Orphan"}));
        CHECK_FALSE((*store.get(configmap("child")))["metadata"].contains("ownerReferences"));
    }
    SUBCASE("before their owner on request") {
        CHECK(store.remove(configmap("one"), {.propagation = "Foreground"}));
        CHECK(code_of(store.get(configmap("one"))) == 404);
    }
}

TEST_CASE_FIXTURE(Shop, "a namespace goes after everything in it") {
    create("free");
    create("held", {{"metadata", {{"finalizers", {"a/b"}}}}});
    CHECK(store.remove({types::namespaces, "", "shop"}));
    CHECK(code_of(store.get(configmap("free"))) == 404);
    CHECK((*store.get({types::namespaces, "", "shop"}))["status"]["phase"] == "Terminating");
    CHECK(message_of(store.create(configmap(""), body("late"))) ==
          "configmaps \"late\" is forbidden: unable to create new content in namespace shop "
          "because it is being terminated");
    REQUIRE(patch(configmap("held"), R"([{"op": "remove", "path": "/metadata/finalizers"}])"));
    CHECK(code_of(store.get({types::namespaces, "", "shop"})) == 404);
}

TEST_CASE("a bound pod stays terminating until the kubelet lets go") {
    Store store({.graceful_pods = true});
    store.put({{"apiVersion", "v1"},
               {"kind", "Pod"},
               {"metadata", {{"name", "web-1"}, {"namespace", "shop"}}}});
    const ObjectRef pod{types::pods, "shop", "web-1"};
    const Json binding{{"metadata", {{"name", "web-1"}}}, {"target", {{"name", "node-1"}}}};
    REQUIRE(store.create(pod, binding, {.subresource = "binding"}));
    CHECK((*store.get(pod))["spec"]["nodeName"] == "node-1");
    CHECK(code_of(store.create(pod, binding, {.subresource = "binding"})) == 409);
    CHECK((*store.remove(pod))["metadata"]["deletionGracePeriodSeconds"] == 30);
    CHECK(store.get(pod));
    CHECK(store.remove(pod, {.grace_seconds = 0}));
    CHECK(code_of(store.get(pod)) == 404);
}

TEST_CASE_FIXTURE(Shop, "a stored CRD's schema is enforced") {
    store.put(Json::parse(R"({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "migmigrations.migration.openshift.io"},
        "spec": {"versions": [{"name": "v1alpha1", "schema": {"openAPIV3Schema": {
            "type": "object", "properties": {
                "spec": {"type": "object", "required": ["stage"], "properties": {
                    "stage": {"type": "boolean"}, "rollback": {"type": "boolean"}}},
                "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}}]}})"));
    const auto tried = [&](const char* more) {
        Json migration{{"apiVersion", "migration.openshift.io/v1alpha1"},
                       {"kind", "MigMigration"},
                       {"metadata", {{"generateName", "m"}, {"name", "m"}}}};
        migration.merge_patch(Json::parse(more));
        return store.create({types::migmigrations, "shop", ""}, migration, {.dry_run = true});
    };
    CHECK(message_of(tried(R"({"spec": {"rollback": true}})")) ==
          "MigMigration.migration.openshift.io \"m\" is invalid: spec.stage: Required value");
    CHECK(message_of(tried(R"({"spec": {"stage": "x", "rollback": 7}})")) ==
          "MigMigration.migration.openshift.io \"m\" is invalid: [spec.rollback: Invalid value: "
          "\"integer\": spec.rollback in body must be of type boolean: \"integer\", spec.stage: "
          "Invalid value: \"string\": spec.stage in body must be of type boolean: \"string\"]");
    const Json kept =
        *tried(R"({"spec": {"stage": true, "what": 1}, "status": {"any": 1}, "x": 1})");
    CHECK(kept["spec"] == Json{{"stage", true}});
    CHECK(kept["status"] == Json{{"any", 1}});
    CHECK_FALSE(kept.contains("x"));
}

TEST_CASE_FIXTURE(Shop, "workloads have a scale") {
    const ObjectRef web{types::deployments, "shop", "web"};
    create(types::deployments, body("web", {{"spec", {{"replicas", 0}}}}));
    CHECK((*store.get(web, "scale"))["kind"] == "Scale");
    const auto scaled = store.patch(web, PatchKind::MergePatch, {{"spec", {{"replicas", 2}}}},
                                    {.subresource = "scale"});
    CHECK((*scaled)["spec"]["replicas"] == 2);
    CHECK((*store.get(web))["spec"]["replicas"] == 2);
}

TEST_CASE_FIXTURE(Shop, "two stores never share a uid") {
    Store other({.name = "target"});
    CHECK(uid_of(*other.create({types::namespaces, "", ""}, body("shop"))) !=
          uid_of(*store.get({types::namespaces, "", "shop"})));
}

}  // namespace store_test
