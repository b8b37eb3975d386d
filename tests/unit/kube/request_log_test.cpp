#include "kube/request_log.hpp"

#include <doctest/doctest.h>

#include <regex>

#include "base/object.hpp"

namespace request_log_test {

using base::Json;
using kube::LoggedRequest;
using kube::LoggedResponse;
using Lines = std::vector<std::string>;

namespace {

const std::string marker = "s3cr3t-marker";

/// Without klog's prefix, which the first test is about.
Lines texts(int verbosity, const LoggedRequest& request, const LoggedResponse& response) {
    Lines lines = kube::request_lines(verbosity, request, response, std::chrono::milliseconds(12));
    for (std::string& line : lines) line.erase(0, line.find("] ") + 2);
    return lines;
}

LoggedRequest request(const std::string& method, const std::string& url,
                      const kube::Headers& headers = {}, const std::string& body = {}) {
    return {.method = method, .url = url, .headers = headers, .body = body};
}

LoggedResponse answer(const std::string& reason, const kube::Headers& headers,
                      const std::string& body) {
    return {.status = 200, .reason = reason, .headers = headers, .body = body, .failure = ""};
}

LoggedResponse no_answer(const std::string& failure) {
    LoggedResponse response;
    response.failure = failure;
    return response;
}

const LoggedRequest get =
    request("GET", "https://api:6443/x?limit=5",
            {{"user-agent", "oc"}, {"Authorization", "Bearer abc"}, {"Accept", "a \"b\""}});
const LoggedResponse ok =
    answer("OK", {{"x-b", "2"}, {"content-type", "application/json"}, {"x-b", "1"}}, R"({"a":1})");

std::string text_of(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

std::string shown_with_header(const std::string& name, const std::string& value) {
    return texts(7, request("GET", "u", {{name, value}}), {}).at(2);
}

std::string shown_url(const std::string& url) {
    return texts(7, request("GET", url), {}).at(0);
}

/// What is left of a JSON body.
Json shown(const std::string& body) {
    return Json::parse(kube::masked_body(body));
}

/// Where the marker stands in `body` it is masked, and nothing else is.
void check_only_marker_masked(const std::string& body) {
    CAPTURE(body);
    const std::string expected = std::regex_replace(body, std::regex(marker), "<masked>");
    CHECK(shown(body) == Json::parse(expected));
}

void check_unchanged(const std::string& body) {
    CAPTURE(body);
    CHECK(shown(body) == Json::parse(body));
}

}  // namespace

TEST_CASE("every line is one that readers of klog's lines understand") {
    const std::regex klog(R"(^I\d{4} \d\d:\d\d:\d\d\.\d{6}\s+\d+ \S+:\d+\] [^\n]+$)");
    for (const int verbosity : {6, 7, 8, 9, 10}) {
        const Lines lines = kube::request_lines(verbosity, get, ok, {});
        CHECK_FALSE(lines.empty());
        for (const std::string& line : lines) {
            CAPTURE(line);
            CHECK(std::regex_match(line, klog));
        }
    }
}

TEST_CASE("what each verbosity shows is what kubectl shows") {
    SUBCASE("below 6: nothing") {
        CHECK(texts(5, get, ok).empty());
    }
    SUBCASE("6: the request and its status") {
        CHECK(texts(6, get, ok) ==
              Lines{"GET https://api:6443/x?limit=5 200 OK in 12 milliseconds"});
    }
    SUBCASE("7: the request's headers, sorted, and the status apart") {
        CHECK(texts(7, get, ok) == Lines{"GET https://api:6443/x?limit=5",
                                         "Request Headers:", "    Accept: a \"b\"",
                                         "    Authorization: Bearer <masked>", "    User-Agent: oc",
                                         "Response Status: 200 OK in 12 milliseconds"});
    }
    SUBCASE("8: the response's headers and both bodies") {
        LoggedRequest post = get;
        post.method = "POST";
        post.headers = {{"Accept", "a"}};
        post.body = R"({"b": 2})";
        CHECK(texts(8, post, ok) == Lines{R"(Request Body: {"b":2})",
                                          "POST https://api:6443/x?limit=5",
                                          "Request Headers:", "    Accept: a",
                                          "Response Status: 200 OK in 12 milliseconds",
                                          "Response Headers:", "    Content-Type: application/json",
                                          "    X-B: 2", "    X-B: 1", R"(Response Body: {"a":1})"});
    }
    SUBCASE("9: the request as a call of curl") {
        const std::string curl =
            R"(curl -v -XGET  -H "Accept: a \"b\"" -H "Authorization: Bearer <masked>" )"
            R"(-H "User-Agent: oc" 'https://api:6443/x?limit=5')";
        CHECK(texts(9, get, ok) == Lines{curl,
                                         "GET https://api:6443/x?limit=5 200 OK in 12 milliseconds",
                                         "Response Headers:", "    Content-Type: application/json",
                                         "    X-B: 2", "    X-B: 1", R"(Response Body: {"a":1})"});
        CHECK(texts(9, request("GET", "/x?q='1'"), ok).front() == "curl -v -XGET  '/x?q=%271%27'");
    }
}

TEST_CASE("a request without an answer says why") {
    const LoggedResponse none = no_answer("connection refused\nby https://u:p@proxy:3128");
    const std::string why = R"(No answer: connection refused\nby https://<masked>@proxy:3128)";
    SUBCASE("6") {
        CHECK(texts(6, get, none) ==
              Lines{"GET https://api:6443/x?limit=5  in 12 milliseconds", why});
    }
    SUBCASE("8: there are no headers and no body to show") {
        const Lines lines = texts(8, get, none);
        CHECK(lines.back() == why);
        CHECK(lines.at(lines.size() - 2) == "Response Status:  in 12 milliseconds");
    }
}

TEST_CASE("a stream has no body to show") {
    LoggedResponse stream = ok;
    stream.body.clear();
    CHECK(texts(10, get, stream).back() == "    X-B: 1");
}

TEST_CASE("long bodies are cut as kubectl cuts them") {
    LoggedResponse response = ok;
    response.body = "[\"" + std::string(20000, 'x') + "\"]";  // 20004 characters
    const std::string title = "Response Body: ";
    CHECK(texts(8, get, response).back() ==
          title + response.body.substr(0, 1024) + " [truncated 18980 chars]");
    CHECK(texts(9, get, response).back() ==
          title + response.body.substr(0, 10240) + " [truncated 9764 chars]");
    CHECK(texts(10, get, response).back() == title + response.body);
    SUBCASE("after masking: a cut never makes a secret unrecognisable") {
        response.body = "[\"" + std::string(1000, 'x') + "eyJ" + std::string(500, 's') + ".b.c\"]";
        CHECK(texts(8, get, response).back() ==
              title + "[\"" + std::string(1000, 'x') + "<masked>\"]");
    }
}

TEST_CASE("what comes from outside can neither drive the terminal nor make up a line") {
    const LoggedRequest hostile =
        request("G\nET", "/x\nI1123 fake\x1b[2J", {{"X-A", "v\n\rI1123 fake \x1b[2J"}});
    const LoggedResponse response =
        answer("O\nK", {{"X-B", "\x1b]0;t\x07"}}, "[\"\\u001b[2J\\u009b1m\\u007f\\n\"]");
    for (const int verbosity : {6, 8, 10}) {
        for (const std::string& line : texts(verbosity, hostile, response)) {
            CAPTURE(line);
            CHECK(line.find_first_of("\n\r\x1b\x07\x7f") == std::string::npos);
            CHECK_FALSE(line.contains("\xc2\x9b"));
            CHECK_FALSE(line.starts_with("I1123"));
        }
    }
}

TEST_CASE("a watch's lines are shown one by one") {
    LoggedResponse response = ok;
    response.body = "{\"type\":\"ADDED\"}\n\n{\"type\":\"DELETED\"}\n";
    const Lines lines = texts(8, get, response);
    CHECK(lines.at(lines.size() - 2) == R"(Response Body: {"type":"ADDED"})");
    CHECK(lines.back() == R"({"type":"DELETED"})");
}

TEST_CASE("a body that is no JSON document is told by its size only") {
    CHECK(kube::masked_body("").empty());
    CHECK(kube::masked_body("password") == "<8 bytes, not shown: not JSON>");
    CHECK(kube::masked_body("x") == "<1 byte, not shown: not JSON>");
    for (const std::string& body :
         {"<html>" + marker + "</html>", "{\"a\":\"" + marker, "\"" + marker + "\"",
          "{}\n" + marker, marker + "\n{}", "{\"a\":\"\xff" + marker + "\"}",
          std::string("k8s\0", 4) + marker, "{\"a\": 1e999, \"b\":\"" + marker + "\"}"}) {
        CAPTURE(body);
        CHECK(kube::masked_body(body).contains("not shown: not JSON"));
    }
}

TEST_CASE("a body nested beyond reason is shown as far as reason goes") {
    const std::string deep = std::string(200000, '[') + std::string(200000, ']');
    CHECK(kube::masked_body(deep).contains("nested too deeply"));
    CHECK(kube::masked_body(std::string(200000, '[')).contains("not JSON"));
}

TEST_CASE("headers that carry credentials are masked, whatever their case") {
    SUBCASE("of a known scheme the scheme is left") {
        CHECK(shown_with_header("AUTHORIZATION", "Bearer abc") ==
              "    Authorization: Bearer <masked>");
        CHECK(shown_with_header("authorization", "basic dTpw") ==
              "    Authorization: basic <masked>");
        CHECK(shown_with_header("Proxy-Authorization", "Basic dTpw") ==
              "    Proxy-Authorization: Basic <masked>");
    }
    SUBCASE("of anything else nothing") {
        for (const std::string name :
             {"Authorization", "proxy-authorization", "Cookie", "SET-COOKIE", "X-Auth-Token",
              "x-vault-secret", "X-Password", "X-Api-Key"}) {
            CAPTURE(name);
            CHECK(shown_with_header(name, marker + " x").ends_with(": <masked>"));
            CHECK(shown_with_header(name, "").ends_with(": <masked>"));
        }
    }
    SUBCASE("in others what looks like a secret") {
        CHECK(shown_with_header("Location", "https://h/implicit#access_token=sha256~abc&x=1") ==
              "    Location: https://h/implicit#access_token=<masked>&x=1");
    }
    SUBCASE("who is impersonated is no secret") {
        CHECK(shown_with_header("Impersonate-User", "ann") == "    Impersonate-User: ann");
        CHECK(shown_with_header("Impersonate-Extra-Scopes", "view") ==
              "    Impersonate-Extra-Scopes: view");
        CHECK(shown_with_header("Audit-Id", "a-b") == "    Audit-Id: a-b");
    }
}

TEST_CASE("a URL is shown without what gives access") {
    CHECK(shown_url("https://u:p@api/x") == "GET https://<masked>@api/x");
    CHECK(shown_url("/x?access_token=abc&watch=true") == "GET /x?access_token=<masked>&watch=true");
    CHECK(shown_url("/x?q=sha256~abc") == "GET /x?q=<masked>");
    SUBCASE("where a list continues is no secret") {
        const std::string url = "/api/v1/secrets?continue=eyJ2IjoibWV0YSJ9&limit=5&watch";
        CHECK(shown_url(url) == "GET " + url);
    }
    SUBCASE("names of objects are no secrets") {
        const std::string url = "/api/v1/namespaces/token/secrets/password?labelSelector=a%3Db";
        CHECK(shown_url(url) == "GET " + url);
    }
}

TEST_CASE("the values of Secrets are masked, their keys stay") {
    SUBCASE("an object") {
        check_only_marker_masked(R"({"kind":"Secret","metadata":{"name":"data"},
            "data":{"k":"s3cr3t-marker"},"stringData":{"l":"s3cr3t-marker"},"type":"Opaque"})");
    }
    SUBCASE("with data that is none") {
        check_only_marker_masked(R"({"kind":"Secret","data":"s3cr3t-marker"})");
        check_only_marker_masked(R"({"kind":"Secret","data":null})");
        CHECK(shown(R"({"kind":"Secret","data":{"k":["s3cr3t-marker"],"n":12}})") ==
              Json::parse(R"({"kind":"Secret","data":{"k":"<masked>","n":"<masked>"}})"));
    }
    SUBCASE("a list, whose items do not say their kind") {
        check_only_marker_masked(R"({"kind":"SecretList","items":[
            {"metadata":{"name":"a"},"data":{"k":"s3cr3t-marker"}}]})");
    }
    SUBCASE("a mixed list") {
        check_only_marker_masked(R"({"kind":"List","items":[{"kind":"Pod","data":{"k":"v"}},
            {"kind":"Secret","data":{"k":"s3cr3t-marker"}}]})");
    }
    SUBCASE("events of a watch") {
        CHECK(kube::masked_body(R"({"type":"ADDED","object":{"kind":"Secret","data":{"k":"v"}}})"
                                "\n"
                                R"({"type":"ERROR","object":{"kind":"Status","code":410}})") ==
              R"({"object":{"data":{"k":"<masked>"},"kind":"Secret"},"type":"ADDED"})"
              "\n"
              R"({"object":{"code":410,"kind":"Status"},"type":"ERROR"})");
    }
    SUBCASE("events of a watch whose object does not say its kind") {
        check_only_marker_masked(R"({"type":"ADDED","object":{"data":{"k":"s3cr3t-marker"}}})");
    }
    SUBCASE("inside another object") {
        check_only_marker_masked(R"({"kind":"Template","objects":[
            {"kind":"Secret","data":{"k":"s3cr3t-marker"}}]})");
        check_only_marker_masked(
            R"({"kind":"ExternalSecret","spec":{"template":{"stringData":{"k":"s3cr3t-marker"}}}})");
    }
    SUBCASE("a merge patch, which does not say its kind") {
        check_only_marker_masked(R"({"data":{"k":"s3cr3t-marker","gone":"s3cr3t-marker"},
            "binaryData":{"b":"s3cr3t-marker"}})");
    }
}

TEST_CASE("the values of ConfigMaps are masked") {
    check_only_marker_masked(R"({"kind":"ConfigMap","data":{"app.conf":"s3cr3t-marker"},
        "binaryData":{"b":"s3cr3t-marker"},"immutable":true})");
    check_only_marker_masked(
        R"({"kind":"ConfigMapList","items":[{"data":{"app.conf":"s3cr3t-marker"}}]})");
}

TEST_CASE("the values of environment variables are masked") {
    SUBCASE("of containers") {
        check_only_marker_masked(R"({"kind":"Pod","spec":{"initContainers":[{"env":[
            {"name":"A","value":"s3cr3t-marker"},
            {"name":"B","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}]}})");
    }
    SUBCASE("of an image") {
        check_only_marker_masked(R"({"Config":{"Env":["s3cr3t-marker"]}})");
    }
    SUBCASE("as a map") {
        check_only_marker_masked(R"({"env":{"A":"s3cr3t-marker"}})");
    }
    SUBCASE("a label of that name is none") {
        check_unchanged(R"({"metadata":{"labels":{"env":"prod"}}})");
    }
}

TEST_CASE("args and commands stay, but for what looks like a secret") {
    check_unchanged(R"({"command":["sh","-c","run"],"args":["--name=x","--level=2"]})");
    CHECK(shown(R"({"args":["--key=sha256~abc --v=2"]})") ==
          Json::parse(R"({"args":["--key=<masked> --v=2"]})"));
}

TEST_CASE("the annotation in which kubectl keeps the whole object is masked, others stay") {
    check_only_marker_masked(R"({"kind":"PartialObjectMetadata","metadata":{"annotations":{
        "kubectl.kubernetes.io/last-applied-configuration":"s3cr3t-marker",
        "openshift.io/migrate-copy-method":"snapshot"}}})");
}

TEST_CASE("a text is masked where its key says that it is a secret") {
    for (const std::string key :
         {"password",        "dbPassword",     "PASSWD",
          "passphrase",      "dbPwd",          "secret",
          "clientSecret",    "client_secret",  "secretAccessKey",
          "token",           "refreshToken",   "bearer-token",
          "privateKey",      "ssh-privatekey", "private_key",
          "tls.key",         "kubeconfig",     "credentials",
          "client-key-data", "clientKeyData",  "apiKey",
          "access_key",      "auth",           "openshift.io/token-secret.value"}) {
        CAPTURE(key);
        check_only_marker_masked(R"({"spec":{")" + key + R"(":"s3cr3t-marker"}})");
        check_only_marker_masked(R"({")" + key + R"(":["s3cr3t-marker",{"name":"n"}]})");
    }
}

TEST_CASE("what only sounds like a secret stays") {
    for (const std::string field :
         {R"("replicas":3)",
          R"("name":"secret-token")",
          R"("namespace":"password")",
          R"("labels":{"app":"token-server"})",
          R"("secretName":"web")",
          R"("secret-name":"web")",
          R"("secretNamespace":"shop")",
          R"("credsSecretRef":"web")",
          R"("credsSecretRef":{"name":"web","namespace":"shop"})",
          R"("tokenRefs":["a"])",
          R"("secretNames":["a"])",
          R"("secret":{"secretName":"web","defaultMode":420})",
          R"("imagePullSecrets":[{"name":"web"}])",
          R"("imagePullSecrets":["web"])",
          R"("secrets":[{"name":"web-token-x"}])",
          R"("automountServiceAccountToken":true)",
          R"("tokenExpirationSeconds":3600)",
          R"("resourceVersion":"123")",
          R"("token":null)",
          R"("continue":"eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MX0")",
          R"("uid":"1-2")",
          R"("image":"quay.io/x@sha256:abc")",
          R"("resources":["secrets","tokenreviews"])",
          R"("kind":"Secret")",
          R"("url":"https://api.example.com:6443/x@y")",
          R"("caBundle":"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==")",
          R"("cert":"-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n")",
          R"("tolerations":[{"key":"dedicated","operator":"Equal","value":"gpu"}])",
          R"("parameters":[{"name":"REPLICAS","value":"3"}])",
          R"("spec":{"data":{"a":"b"}})",
          R"("number":1.5)",
          R"("text":"gr\u00fc\u00df dich")"}) {
        check_unchanged("{" + field + "}");
    }
}

TEST_CASE("a value is masked where the name beside it says that it is a secret") {
    check_only_marker_masked(
        R"({"parameters":[{"name":"ADMIN_PASSWORD","value":"s3cr3t-marker"}]})");
    check_only_marker_masked(
        R"({"httpHeaders":[{"name":"Authorization","value":"s3cr3t-marker"}]})");
    check_only_marker_masked(R"({"params":[{"key":"token","value":"s3cr3t-marker"}]})");
}

TEST_CASE("what looks like a secret is masked wherever it stands") {
    struct Row {
        std::string text;
        std::string expected;
    };
    const Row rows[] = {
        {"-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n", "<masked>\n"},
        {"a -----BEGIN PRIVATE KEY-----abc-----END PRIVATE KEY----- b", "a <masked> b"},
        {"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n-----BEGIN EC PRIVATE "
         "KEY-----\nabc",
         "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n<masked>"},
        {"-----BEGIN OPENSSH PRIVATE KEY-----abc-----END OPENSSH", "<masked>"},
        {"-----BEGIN PRIVATE KEY", "<masked>"},
        {"key: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQphYmMK, x", "key: <masked>, x"},
        {"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCmF", "<masked>"},
        {"use eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.a_b-c please", "use <masked> please"},
        {"x=eyJhIjoxfQ..a.b.c&eyJhIjoxfQ.b.c", "x=<masked>&<masked>"},
        {"eyJhIjoxfQ.a", "eyJhIjoxfQ.a"},
        {"oc login --token=sha256~Ab_c-1 now sha256~d", "oc login --token=<masked> now <masked>"},
        {"git clone https://ann:pw@github.com/x and https://b@c",
         "git clone https://<masked>@github.com/x and https://<masked>@c"},
        {"", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const Json body = {{"message", row.text}};
        CHECK(shown(body.dump()) == Json{{"message", row.expected}});
        CHECK(shown(Json{{row.text, 1}}.dump()) == Json{{row.expected, 1}});
    }
}

TEST_CASE("a JSON patch shows no value on whose way a secret stands") {
    const auto patch = [](const std::string& path, const std::string& value) {
        return R"([{"op":"replace","path":")" + path + R"(","value":)" + value + "}]";
    };
    SUBCASE("masked") {
        for (const std::string path :
             {"/data/key", "/stringData/key", "/binaryData/key", "/spec/password", "/spec/token",
              "/spec/passwords/0", "/spec/tokens/-", "/spec/containers/0/env/1/value",
              "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration"}) {
            check_only_marker_masked(patch(path, R"("s3cr3t-marker")"));
        }
        check_only_marker_masked(patch("/data", R"({"k":"s3cr3t-marker"})"));
        check_only_marker_masked(patch("", R"({"kind":"Secret","data":{"k":"s3cr3t-marker"}})"));
        check_only_marker_masked(patch("/spec", R"({"password":"s3cr3t-marker","replicas":1})"));
        CHECK_FALSE(
            kube::masked_body(patch("/spec/env", R"([{"name":"A","value":"s3cr3t-marker"}])"))
                .contains(marker));
    }
    SUBCASE("shown") {
        check_unchanged(patch("/spec/replicas", "3"));
        check_unchanged(patch("/spec/secretName", R"("web")"));
        check_unchanged(patch("/spec/imagePullSecrets/0", R"({"name":"web"})"));
        check_unchanged(patch("/metadata/annotations/a~1b", R"("c")"));
        check_unchanged(R"([{"op":"test","path":"/metadata/uid","value":"1-2"},
                            {"op":"remove","path":"/data/key"},
                            {"op":"move","path":"/spec/token","from":"/spec/a"}])");
    }
}

TEST_CASE("no secret reaches the log at any verbosity") {
    struct Row {
        std::string what;
        std::string body;
    };
    const std::string pem =
        "-----BEGIN PRIVATE KEY-----\\n" + marker + "\\n-----END PRIVATE KEY-----";
    const Row rows[] = {
        {"Secret", R"({"kind":"Secret","data":{"a":"s3cr3t-marker"}})"},
        {"Secret, spelt with escapes",
         R"({"k\u0069nd":"Secret","d\u0061ta":{"a":"s3cr3t-marker"}})"},
        {"Secret, a key twice", R"({"kind":"Secret","data":{"a":"s3cr3t-marker"},"data":{}})"},
        {"Secret, kind last", R"({"data":{"a":"s3cr3t-marker"},"kind":"Secret"})"},
        {"SecretList", R"({"kind":"SecretList","items":[{"data":{"a":"s3cr3t-marker"}}]})"},
        {"watch",
         R"({"type":"ADDED","object":{"kind":"Secret","stringData":{"a":"s3cr3t-marker"}}})"},
        {"watch of two lines",
         "{\"type\":\"BOOKMARK\"}\n"
         R"({"type":"ADDED","object":{"kind":"Secret","data":{"a":"s3cr3t-marker"}}})"},
        {"Table",
         R"({"kind":"Table","rows":[{"object":{"kind":"Secret","data":{"a":"s3cr3t-marker"}}}]})"},
        {"ConfigMap", R"({"kind":"ConfigMap","data":{"a":"s3cr3t-marker"}})"},
        {"ConfigMap's bytes", R"({"kind":"ConfigMap","binaryData":{"a":"s3cr3t-marker"}})"},
        {"merge patch", R"({"stringData":{"a":"s3cr3t-marker"}})"},
        {"JSON patch", R"([{"op":"add","path":"/data/a","value":"s3cr3t-marker"}])"},
        {"TokenReview", R"({"kind":"TokenReview","spec":{"token":"s3cr3t-marker"}})"},
        {"TokenRequest", R"({"kind":"TokenRequest","status":{"token":"s3cr3t-marker"}})"},
        {"OAuthClient",
         R"({"kind":"OAuthClient","secret":"s3cr3t-marker","additionalSecrets":["s3cr3t-marker"]})"},
        {"kubeconfig", R"({"users":[{"user":{"client-key-data":"s3cr3t-marker"}}]})"},
        {"docker config", R"({"auths":{"quay.io":{"auth":"s3cr3t-marker"}}})"},
        {"Deployment", R"({"kind":"Deployment","spec":{"template":{"spec":{"containers":[
             {"env":[{"name":"A","value":"s3cr3t-marker"}]}]}}}})"},
        {"ControllerRevision", R"({"kind":"ControllerRevision","data":{"spec":{"template":{"spec":
             {"containers":[{"env":[{"name":"A","value":"s3cr3t-marker"}]}]}}}}})"},
        {"strategic merge patch",
         R"({"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"s3cr3t-marker"}]}]}})"},
        {"last applied", R"({"metadata":{"annotations":{
             "kubectl.kubernetes.io/last-applied-configuration":"s3cr3t-marker"}}})"},
        {"BuildConfig", R"({"spec":{"triggers":[{"generic":{"secret":"s3cr3t-marker"}}]}})"},
        {"Route", R"({"spec":{"tls":{"key":")" + pem + R"("}}})"},
        {"args", R"({"args":["--token=eyJhIjoxfQ.s3cr3t-marker.x","sha256~s3cr3t-marker"]})"},
        {"Git URL", R"({"git":{"uri":"https://ann:s3cr3t-marker@github.com/x"}})"},
        {"text", marker},
        {"YAML", "kind: Secret\ndata:\n  a: " + marker},
        {"broken JSON", R"({"kind":"Secret","data":{"a":"s3cr3t-marker")"},
        {"protobuf", std::string("k8s\0\n", 5) + marker},
    };
    const kube::Headers headers = {{"authorization", "Bearer " + marker},
                                   {"Proxy-Authorization", "Basic " + marker},
                                   {"cookie", "a=" + marker},
                                   {"set-cookie", "a=" + marker},
                                   {"X-Auth-Token", marker}};
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const LoggedRequest post =
            request("POST", "https://u:" + marker + "@api/x?token=" + marker, headers, row.body);
        const LoggedResponse response = answer("OK", headers, row.body);
        for (const int verbosity : {6, 7, 8, 9, 10}) {
            const std::string log = text_of(texts(verbosity, post, response));
            CHECK_FALSE(log.contains(marker));
        }
    }
}

TEST_CASE("warnings are read as apimachinery reads them") {
    struct Row {
        std::string header;
        Lines texts;
    };
    const Row rows[] = {
        {R"(299 - "text")", {"text"}},
        {R"(  299 - "text"  )", {"text"}},
        {R"(299 - "a, \"b\" and \\ c")", {R"(a, "b" and \ c)"}},
        {R"(299 - "\a")", {"a"}},
        {R"(299 - "a", 299 - "b",299 - "c")", {"a", "b", "c"}},
        {R"(299 - "a" "Tue, 15 Nov 1994 08:12:31 GMT")", {"a"}},
        {R"(299 - "a" "Tue, 15 Nov 1994 08:12:31 GMT", 299 - "b")", {"a", "b"}},
        {R"(299 api.example.com:6443 "a")", {"a"}},
        {R"(299 - "")", {""}},
        {R"(299 - "a",)", {"a"}},
        {"", {}},
        {"   ", {}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.header);
        CHECK(kube::warnings_in(row.header) == row.texts);
    }
}

TEST_CASE("only warnings of code 299 are the API server's") {
    CHECK(kube::warnings_in(R"(110 - "stale", 299 - "a", 199 - "misc")") == Lines{"a"});
}

TEST_CASE("behind what cannot be read no warning is read") {
    for (const std::string header :
         {R"(299 - "a", 29 - "b", 299 - "c")", R"(299 - "a", 2999 - "b")",
          R"(299 - "a", 29x - "b")", R"(299 - "a", 299 "b")", R"(299 - "a", 299  "b")",
          R"(299 - "a", 299  - "b")", R"(299 - "a", 299 - b)", R"(299 - "a", 299 - "b)",
          R"(299 - "a", 299 - "b\)", R"(299 - "a", 299 - "b" "Tue)", R"(299 - "a", 299 - "b" x)",
          R"(299 - "a", text)", R"(299 - "a", 299)", R"(299 - "a", 299 - )"}) {
        CAPTURE(header);
        CHECK(kube::warnings_in(header) == Lines{"a"});
    }
}

TEST_CASE("a warning is cut where it gets too long, between two characters") {
    const auto warning = [](const std::string& text) {
        return kube::warnings_in("299 - \"" + text + "\"").at(0);
    };
    CHECK(warning(std::string(4096, 'x')) == std::string(4096, 'x'));
    CHECK(warning(std::string(10000, 'x')) == std::string(4096, 'x'));
    CHECK(warning(std::string(4095, 'x') + "\u00e4\u00e4") == std::string(4095, 'x'));
}

}  // namespace request_log_test
