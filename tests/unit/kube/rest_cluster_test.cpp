// What RestCluster sends, and what it makes of the answers, against a server that follows a script.
#include "kube/rest_cluster.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <mutex>

#include "local_server.hpp"

namespace rest_cluster_test {

using base::ErrorKind;
using base::Json;
using kube::Object;
using kube::ResourceType;

namespace {

const ResourceType pods{.group = "", .version = "v1", .plural = "pods", .kind = "Pod"};
const ResourceType namespaces{
    .group = "", .version = "v1", .plural = "namespaces", .kind = "Namespace", .namespaced = false};
const ResourceType deployments{
    .group = "apps", .version = "v1", .plural = "deployments", .kind = "Deployment"};
const ResourceType nodes{
    .group = "", .version = "v1", .plural = "nodes", .kind = "Node", .namespaced = false};

struct Answer {
    int status = 200;
    std::string body = "{}";
    std::string type = "application/json";
    std::string retry_after = {};
};

Answer status(int code, const std::string& reason, const std::string& message,
              const std::string& rest = {}) {
    return {
        .status = code,
        .body = Json{{"kind", "Status"}, {"code", code}, {"reason", reason}, {"message", message}}
                    .dump(),
        .retry_after = rest};
}

/// Gives its answers in order and remembers the requests.
class Scripted {
    std::mutex mutex_;
    std::deque<Answer> answers_;
    LocalServer server_;  // before the cluster: it waits for the connections to end

  public:
    Scripted() : server_(std::make_unique<httplib::Server>()) {
        const auto handle = [this](const httplib::Request& request, httplib::Response& response) {
            take(request, response);
        };
        server_->Get(".*", handle);
        server_->Post(".*", handle);
        server_->Put(".*", handle);
        server_->Patch(".*", handle);
        server_->Delete(".*", handle);
        server_.start();
        kube::Connection connection{.server = "http://127.0.0.1:" + std::to_string(server_.port())};
        const auto remember = [this](const std::string& line) {
            const std::lock_guard lock(mutex_);
            log.push_back(line);
        };
        auto opened =
            kube::open_cluster(std::move(connection), {.verbosity = 6, .write = remember});
        REQUIRE(opened);
        cluster = std::move(*opened);
    }
    void answers(std::deque<Answer> all) { answers_ = std::move(all); }

    std::unique_ptr<kube::Cluster> cluster;
    std::vector<httplib::Request> requests;
    std::vector<std::string> log;
    const httplib::Request& request(std::size_t i) const { return requests.at(i); }

  private:
    void take(const httplib::Request& request, httplib::Response& response) {
        const std::lock_guard lock(mutex_);
        requests.push_back(request);
        Answer answer{.status = 500, .body = "the script is over"};
        if (!answers_.empty()) {
            answer = answers_.front();
            answers_.pop_front();
        }
        response.status = answer.status;
        if (!answer.retry_after.empty()) response.set_header("Retry-After", answer.retry_after);
        response.set_content(answer.body, answer.type.c_str());
    }
};

Object seen(const std::string& name) {
    return {.ref = {deployments, "shop", name},
            .uid = "u-1",
            .resource_version = "5",
            .body = Json::object()};
}

template <class T>
ErrorKind kind_of(const kube::Result<T>& result) {
    REQUIRE_FALSE(result);
    return result.error().kind;
}

std::string page(const std::string& name, const std::string& next) {
    return Json{{"metadata", {{"resourceVersion", "9"}, {"continue", next}}},
                {"items", {{{"metadata", {{"name", name}}}}}}}
        .dump();
}

Answer object(const std::string& name, const std::string& ns, const std::string& uid = "u-1") {
    return {.body = Json{{"metadata", {{"name", name}, {"namespace", ns}, {"uid", uid}}}}.dump()};
}

const Answer deleted{.body = R"({"kind":"Status","status":"Success"})"};

}  // namespace

TEST_CASE("an answer about something else, or about nothing, is none") {
    Scripted script;
    for (const Answer& answer : {Answer{.body = "{}"}, object("api", "shop"),
                                 object("web", "billing"), object("web", "shop", "")}) {
        script.answers({answer});
        CHECK(kind_of(script.cluster->get({pods, "shop", "web"}, {})) == ErrorKind::Malformed);
    }
    script.answers({object("web", "shop", "u-2")});
    CHECK(kind_of(script.cluster->patch(seen("web"), Json::array(), {}, {})) ==
          ErrorKind::Malformed);
    for (const char* body : {"{}", R"({"kind":"Status","status":"Failure"})", "[]", "x"}) {
        script.answers({{.body = body}});
        CHECK(kind_of(script.cluster->remove(seen("web"), {}, {})) == ErrorKind::Malformed);
    }
}

TEST_CASE("what names no object is not asked for") {
    for (const char* name : {"", ".", ".."}) {
        Scripted script;
        CHECK(kind_of(script.cluster->get({pods, "shop", name}, {})) == ErrorKind::Malformed);
        CHECK(kind_of(script.cluster->get({pods, name, "web"}, {})) == ErrorKind::Malformed);
        CHECK(kind_of(script.cluster->remove(seen(name), {}, {})) == ErrorKind::Malformed);
        if (*name != '\0') {
            const auto nothing = [](const kube::WatchEvent&) { return true; };
            CHECK(kind_of(script.cluster->list(pods, {.ns = name}, {})) == ErrorKind::Malformed);
            CHECK(kind_of(script.cluster->watch(pods, {.ns = name}, "1", nothing, {})) ==
                  ErrorKind::Malformed);
            CHECK(kind_of(script.cluster->create({pods, name, ""}, Json::object(), {}, {})) ==
                  ErrorKind::Malformed);
        }
        CHECK(script.requests.empty());
    }
}

TEST_CASE("the server may be left to name what is created, and its body may") {
    Scripted script;
    script.answers({object("made-1", "shop"), object("shop", "")});
    CHECK(script.cluster->create({pods, "shop", ""}, Json::object(), {}, {}));
    CHECK(script.cluster->create({namespaces, "", ""}, Json::object(), {}, {}));
    // but not where it is created
    CHECK(kind_of(script.cluster->create({pods, "", ""}, Json::object(), {}, {})) ==
          ErrorKind::Malformed);
    CHECK(script.requests.size() == 2);
}

TEST_CASE("an object is asked for by its path, with every segment encoded") {
    Scripted script;
    script.answers({object("a/b", "shop"), object("web", "shop"), object("n", "")});
    CHECK(script.cluster->get({deployments, "shop", "a/b"}, {})->ref.name == "a/b");
    CHECK(script.request(0).target == "/apis/apps/v1/namespaces/shop/deployments/a%2Fb");
    CHECK(script.cluster->get({pods, "shop", "web"}, {}));
    CHECK(script.request(1).target == "/api/v1/namespaces/shop/pods/web");
    CHECK(script.cluster->get({nodes, "ignored", "n"}, {}));
    CHECK(script.request(2).target == "/api/v1/nodes/n");
}

TEST_CASE("a list is read in pages with the same selectors") {
    Scripted script;
    script.answers({{.body = page("a", "next&")}, {.body = page("b", "")}});
    const auto all = script.cluster->list(pods,
                                          {.ns = "shop",
                                           .label_selector = "a=b,c",
                                           .field_selector = "metadata.name=x",
                                           .metadata_only = true},
                                          {});
    REQUIRE(all);
    CHECK(all->items.size() == 2);
    CHECK(all->items[1].body["kind"] == "Pod");
    CHECK(all->resource_version == "9");
    const std::string selectors = "&labelSelector=a%3Db%2Cc&fieldSelector=metadata.name%3Dx";
    CHECK(script.request(0).target == "/api/v1/namespaces/shop/pods?limit=500" + selectors);
    CHECK(script.request(1).target ==
          "/api/v1/namespaces/shop/pods?limit=500&continue=next%26" + selectors);
    CHECK(script.request(0).get_header_value("Accept") ==
          "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json");
}

TEST_CASE("a list whose pages have expired starts over") {
    Scripted script;
    const Answer expired = status(410, "Expired", "too old");
    SUBCASE("and is one view in the end") {
        script.answers({{.body = page("old", "next")}, expired, {.body = page("new", "")}});
        const auto all = script.cluster->list(pods, {}, {});
        REQUIRE(all);
        REQUIRE(all->items.size() == 1);
        CHECK(all->items[0].ref.name == "new");
        CHECK(script.request(2).target == "/api/v1/pods?limit=500");
    }
    SUBCASE("but not for ever") {
        std::deque<Answer> all;
        for (int i = 0; i < 20; ++i)
            all.push_back(i % 2 == 0 ? Answer{.body = page("a", "next")} : expired);
        script.answers(std::move(all));
        CHECK(kind_of(script.cluster->list(pods, {}, {})) == ErrorKind::Expired);
        CHECK(script.requests.size() == 8);
    }
}

TEST_CASE("a list without end is an error, not a wait without end") {
    Scripted script;
    const std::string empty = R"({"metadata":{"resourceVersion":"9","continue":"N"},"items":[]})";
    const auto numbered = [&](int i) {
        std::string text = empty;
        return Answer{.body = text.replace(text.find('N'), 1, std::to_string(i))};
    };
    SUBCASE("the same page again") {
        script.answers({{.body = page("a", "next")}, {.body = page("b", "next")}});
    }
    SUBCASE("empty pages") {
        std::deque<Answer> all;
        for (int i = 0; i < 4; ++i) all.push_back(numbered(i));
        script.answers(std::move(all));
    }
    CHECK(kind_of(script.cluster->list(pods, {.ns = "shop"}, {})) == ErrorKind::Malformed);
}

TEST_CASE("a page may be empty, as where a selector takes nothing of it") {
    Scripted script;
    script.answers({{.body = R"({"metadata":{"resourceVersion":"9","continue":"n"},"items":[]})"},
                    {.body = page("a", "")}});
    CHECK(script.cluster->list(pods, {.ns = "shop"}, {})->items.size() == 1);
}

TEST_CASE("a patch tests the uid before anything else") {
    Scripted script;
    script.answers({object("web", "shop")});
    const Json operations =
        Json::array({{{"op", "replace"}, {"path", "/spec/replicas"}, {"value", 2}}});
    REQUIRE(script.cluster->patch(seen("web"), operations,
                                  {.dry_run = true, .subresource = "scale"}, {}));
    const auto& request = script.request(0);
    CHECK(request.method == "PATCH");
    CHECK(request.target ==
          "/apis/apps/v1/namespaces/shop/deployments/web/"
          "scale?fieldManager=oc-mtc-rollback&dryRun=All");
    CHECK(request.get_header_value("Content-Type") == "application/json-patch+json");
    CHECK(
        request.body ==
        R"([{"op":"test","path":"/metadata/uid","value":"u-1"},{"op":"replace","path":"/spec/replicas","value":2}])");
}

TEST_CASE("a request to a subresource is a PUT of its options") {
    Scripted script;
    script.answers({{.status = 202, .body = ""}});
    const base::ObjectRef machine{
        {"subresources.kubevirt.io", "v1", "virtualmachines", "VirtualMachine", true},
        "shop",
        "vm"};
    REQUIRE(script.cluster->update(machine, Json::object(), {.subresource = "start"}, {}));
    CHECK(script.request(0).method == "PUT");
    CHECK(script.request(0).target ==
          "/apis/subresources.kubevirt.io/v1/namespaces/shop/virtualmachines/vm/"
          "start?fieldManager=oc-mtc-rollback");
    CHECK(script.request(0).body == "{}");
    SUBCASE("that the object is in no state for it is a conflict") {
        script.answers({status(409, "Conflict", "VM is already running")});
        CHECK(kind_of(script.cluster->update(machine, Json::object(), {.subresource = "start"},
                                             {})) == ErrorKind::Conflict);
    }
}

TEST_CASE("a patch of what is no longer as it was seen is a conflict") {
    Scripted script;
    const auto patch = [&] { return script.cluster->patch(seen("web"), Json::array(), {}, {}); };
    SUBCASE("a test failed") {
        script.answers({status(422, "Invalid",
                               "the server rejected our request due to an error in our request")});
        const auto patched = patch();
        CHECK(kind_of(patched) == ErrorKind::Conflict);
        CHECK(patched.error().message ==
              "Error from server (Conflict): shop/deployment/web is no longer as it "
              "was seen; nothing was written");
    }
    SUBCASE("the server says so") {
        script.answers({status(409, "Conflict", "modified")});
        CHECK(kind_of(patch()) == ErrorKind::Conflict);
    }
    SUBCASE("but a value that is not allowed is not") {
        script.answers(
            {{.status = 422,
              .body =
                  R"({"kind":"Status","reason":"Invalid","message":"m","details":{"kind":"Deployment",
                                   "name":"web","causes":[{"field":"spec.replicas","message":"must be positive"}]}})"}});
        CHECK(kind_of(patch()) == ErrorKind::Invalid);
    }
}

TEST_CASE("a delete carries the uid that was seen") {
    Scripted script;
    script.answers({deleted, deleted, status(404, "NotFound", "gone")});
    REQUIRE(script.cluster->remove(seen("web"), {}, {}));
    CHECK(script.request(0).method == "DELETE");
    CHECK(script.request(0).target == "/apis/apps/v1/namespaces/shop/deployments/web");
    CHECK(Json::parse(script.request(0).body) == Json{{"kind", "DeleteOptions"},
                                                      {"apiVersion", "v1"},
                                                      {"propagationPolicy", "Background"},
                                                      {"preconditions", {{"uid", "u-1"}}}});
    REQUIRE(script.cluster->remove(seen("web"), {.dry_run = true}, {}));
    CHECK(Json::parse(script.request(1).body)["dryRun"] == Json::array({"All"}));
    CHECK(kind_of(script.cluster->remove(seen("web"), {}, {})) == ErrorKind::NotFound);
}

TEST_CASE("what was never seen is never written") {
    Scripted script;
    Object unseen = seen("web");
    unseen.uid.clear();
    CHECK(kind_of(script.cluster->remove(unseen, {}, {})) == ErrorKind::Malformed);
    CHECK(kind_of(script.cluster->patch(unseen, Json::array(), {}, {})) == ErrorKind::Malformed);
    CHECK(script.requests.empty());
}

TEST_CASE("a create is sent once to its collection") {
    Scripted script;
    Answer made = object("web", "shop", "new");
    made.status = 201;
    script.answers({made, {.status = 201}, status(409, "AlreadyExists", "exists")});
    const Json body{{"metadata", {{"name", "web"}}}};
    CHECK(script.cluster->create({pods, "shop", "web"}, body, {}, {})->uid == "new");
    CHECK(script.request(0).target == "/api/v1/namespaces/shop/pods?fieldManager=oc-mtc-rollback");
    CHECK(Json::parse(script.request(0).body) == body);
    CHECK(script.cluster->create({pods, "shop", "web"}, body, {.subresource = "eviction"}, {}));
    CHECK(script.request(1).target ==
          "/api/v1/namespaces/shop/pods/web/eviction?fieldManager=oc-mtc-rollback");
    CHECK(kind_of(script.cluster->create({pods, "shop", "web"}, body, {}, {})) ==
          ErrorKind::AlreadyExists);
}

TEST_CASE("the server's word on when to come again counts") {
    Scripted script;
    SUBCASE("for any verb") {
        script.answers({status(429, "TooManyRequests", "wait", "0"),
                        status(503, "ServiceUnavailable", "wait", "1"), deleted});
        const auto begun = std::chrono::steady_clock::now();
        CHECK(script.cluster->remove(seen("web"), {}, {}));
        CHECK(std::chrono::steady_clock::now() - begun >= std::chrono::seconds(1));
        CHECK(script.requests.size() == 3);
    }
    SUBCASE("not without the header") {
        script.answers({status(429, "TooManyRequests", "wait"), {}});
        CHECK(kind_of(script.cluster->get({pods, "n", "p"}, {})) == ErrorKind::Unavailable);
        CHECK(script.requests.size() == 1);
    }
    SUBCASE("ten times at most") {
        script.answers(std::deque<Answer>(20, status(503, "ServiceUnavailable", "wait", "0")));
        const auto got = script.cluster->get({pods, "n", "p"}, {});
        CHECK(kind_of(got) == ErrorKind::Unavailable);
        CHECK(got.error().retry_after == std::chrono::seconds(0));
        CHECK(script.requests.size() == 11);
    }
    SUBCASE("a wait can be interrupted") {
        script.answers({status(429, "TooManyRequests", "wait", "30")});
        std::stop_source source;
        const std::jthread later([&source] {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            source.request_stop();
        });
        CHECK(kind_of(script.cluster->get({pods, "n", "p"}, source.get_token())) ==
              ErrorKind::Interrupted);
    }
}

TEST_CASE("a write that a server error may hide is not taken for undone") {
    Scripted script;
    script.answers({status(500, "InternalError", "etcdserver: request timed out"),
                    status(504, "Timeout", "slow", "1"), status(503, "ServiceUnavailable", "later"),
                    status(500, "InternalError", "etcdserver")});
    CHECK(kind_of(script.cluster->remove(seen("web"), {}, {})) == ErrorKind::Lost);
    CHECK(kind_of(script.cluster->remove(seen("web"), {}, {})) == ErrorKind::TimedOut);
    CHECK(kind_of(script.cluster->remove(seen("web"), {}, {})) == ErrorKind::Unavailable);
    CHECK(kind_of(script.cluster->get({pods, "n", "p"}, {})) == ErrorKind::Unavailable);
    CHECK(script.requests.size() == 4);
}

TEST_CASE("a page of a login portal is no answer") {
    Scripted script;
    script.answers({{.body = "<html>", .type = "text/html"}, {.body = "not JSON"}});
    CHECK(kind_of(script.cluster->get({pods, "n", "p"}, {})) == ErrorKind::Malformed);
    CHECK(kind_of(script.cluster->list(pods, {}, {})) == ErrorKind::Malformed);
}

TEST_CASE("a watch begins where it is told and gives each event") {
    Scripted script;
    const std::string stream =
        R"({"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"6"}}})"
        "\n"
        R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"7"}}})"
        "\n";
    std::vector<std::string> versions;
    const auto handler = [&versions](const kube::WatchEvent& event) {
        versions.push_back(event.object.resource_version);
        return true;
    };
    SUBCASE("until the server ends it") {
        script.answers({{.body = stream}});
        CHECK(script.cluster->watch(pods, {.ns = "n", .label_selector = "a", .metadata_only = true},
                                    "5", handler, {}));
        CHECK(versions == std::vector<std::string>{"6", "7"});
        CHECK(script.request(0).target ==
              "/api/v1/namespaces/n/pods?watch=true&resourceVersion=5&allowWatchBookmarks=true&"
              "timeoutSeconds=300&labelSelector=a");
        CHECK(script.request(0).get_header_value("Accept") ==
              "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json");
    }
    SUBCASE("until the handler has enough") {
        script.answers({{.body = stream}});
        int events = 0;
        CHECK(script.cluster->watch(pods, {}, "5",
                                    [&](const kube::WatchEvent&) { return ++events < 1; }, {}));
        CHECK(events == 1);
    }
    SUBCASE("until an error, in the stream or instead of it") {
        script.answers(
            {{.body = R"({"type":"ERROR","object":{"kind":"Status","code":410,"message":"old"}})"
                      "\n"},
             status(410, "Expired", "old"),
             {.body = "no JSON\n"}});
        CHECK(kind_of(script.cluster->watch(pods, {}, "5", handler, {})) == ErrorKind::Expired);
        CHECK(kind_of(script.cluster->watch(pods, {}, "5", handler, {})) == ErrorKind::Expired);
        CHECK(kind_of(script.cluster->watch(pods, {}, "5", handler, {})) == ErrorKind::Malformed);
    }
}

TEST_CASE("access is asked for in a review") {
    Scripted script;
    script.answers({{.status = 201, .body = R"({"status":{"allowed":true}})"},
                    {.status = 201, .body = R"({"status":{"allowed":false}})"},
                    {.status = 201, .body = "{}"}});
    const kube::AccessQuery query{
        .verb = "patch", .type = deployments, .ns = "shop", .subresource = "scale", .name = "web"};
    CHECK(*script.cluster->can_i(query, {}));
    CHECK(script.request(0).target == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
    CHECK(Json::parse(script.request(0).body)["spec"]["resourceAttributes"] ==
          Json{{"verb", "patch"},
               {"group", "apps"},
               {"resource", "deployments"},
               {"namespace", "shop"},
               {"subresource", "scale"},
               {"name", "web"}});
    CHECK_FALSE(*script.cluster->can_i(query, {}));
    CHECK(kind_of(script.cluster->can_i(query, {})) == ErrorKind::Malformed);
}

TEST_CASE("an older server's discovery is read version by version") {
    LocalServer server(std::make_unique<httplib::Server>());
    const auto serve = [&server](const std::string& path, const std::string& body, int code = 200) {
        server->Get(path, [body, code](const httplib::Request&, httplib::Response& answer) {
            answer.status = code;
            answer.set_content(body, "application/json");
        });
    };
    serve("/api", R"({"kind":"APIVersions","versions":["v1"]})");
    serve(
        "/api/v1",
        R"({"kind":"APIResourceList","resources":[{"name":"pods","kind":"Pod","namespaced":true,"verbs":["list"]}]})");
    serve("/apis", R"({"kind":"APIGroupList","groups":[
        {"name":"apps","versions":[{"version":"v1"}],"preferredVersion":{"version":"v1"}},
        {"name":"broken","versions":[{"version":"v1"}],"preferredVersion":{"version":"v1"}}]})");
    serve(
        "/apis/apps/v1",
        R"({"kind":"APIResourceList","resources":[{"name":"deployments","kind":"Deployment","namespaced":true}]})");
    serve("/apis/broken/v1", R"({"kind":"Status","reason":"ServiceUnavailable","message":"down"})",
          503);
    server.start();
    const auto cluster =
        kube::open_cluster({.server = "http://127.0.0.1:" + std::to_string(server.port())});
    const auto found = (*cluster)->discover({});
    REQUIRE(found);
    REQUIRE(found->resources.size() == 2);
    CHECK(found->resources[0].type == pods);
    CHECK(found->resources[1].type == deployments);
    CHECK(found->broken ==
          std::vector<std::string>{"broken/v1: Error from server (ServiceUnavailable): down"});
}

TEST_CASE("each request is logged, with nothing in it that drives a terminal") {
    Scripted script;
    script.answers({object("p", "n"), status(404, "NotFound", "no")});
    CHECK(script.cluster->get({pods, "n", "p"}, {}));
    CHECK(script.log.at(0).contains("] GET " + script.cluster->server() +
                                    "/api/v1/namespaces/n/pods/p 200 OK in "));
    CHECK(script.log.at(0).ends_with(" milliseconds"));
    CHECK_FALSE(script.cluster->get({pods, "n", "p"}, {}));
    CHECK(script.log.at(1).contains(" 404 "));
}

TEST_CASE("a read whose connection broke is sent once more, a write never") {
    std::atomic<int> requests = 0;
    const RawServer server([&requests](int socket, int) {
        read_request(socket);
        const std::string body = object("p", "n").body;
        if (++requests == 2) {
            write_all(socket,
                      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                          std::to_string(body.size()) + "\r\n\r\n" + body);
        }
    });
    const auto cluster =
        kube::open_cluster({.server = "http://127.0.0.1:" + std::to_string(server.port())});
    SUBCASE("a read") {
        CHECK((*cluster)->get({pods, "n", "p"}, {}));
        CHECK(requests == 2);
    }
    SUBCASE("a write") {
        CHECK(kind_of((*cluster)->remove(seen("web"), {}, {})) == ErrorKind::Lost);
        CHECK(requests == 1);
    }
}

}  // namespace rest_cluster_test
