#include "kube/kubeconfig.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"

namespace kubeconfig_test {

namespace {

using kube::KubeconfigOptions;

/// A folder that goes with the test, and is $HOME with no $KUBECONFIG while it lasts.
class Home {
  public:
    Home() {
        char pattern[] = "/tmp/unit-kube-XXXXXX";
        path_ = ::mkdtemp(pattern);
        ::setenv("HOME", path_.c_str(), 1);
        ::unsetenv("KUBECONFIG");
    }
    Home(const Home&) = delete;
    Home& operator=(const Home&) = delete;
    ~Home() {
        ::unsetenv("KUBECONFIG");
        std::filesystem::remove_all(path_);
    }
    std::string write(const std::string& name, const std::string& content) const {
        const std::filesystem::path file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << content;
        return file.string();
    }
    std::string at(const std::string& name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

// %C and %U are replaced by the bodies of the cluster and of the user.
std::string config_with(const std::string& cluster, const std::string& user) {
    return "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
           "clusters: [{name: cl, cluster: {" +
           cluster +
           "}}]\n"
           "users: [{name: us, user: {" +
           user +
           "}}]\n"
           "contexts: [{name: c, context: {cluster: cl, user: us, namespace: shop}}]\n";
}

base::Result<kube::Connection> connect(const KubeconfigOptions& options) {
    const auto config = kube::load_kubeconfig(options);
    if (!config) return std::unexpected(config.error());
    return kube::connection_of(*config, options);
}

base::Result<kube::Connection> connect_with(const std::string& text,
                                            KubeconfigOptions options = {}) {
    const Home home;
    options.kubeconfig = home.write("config", text);
    return connect(options);
}

std::string error_of(const base::Result<kube::Connection>& connection) {
    return connection ? "no error" : connection.error().message;
}

std::string token_of(const kube::Connection& connection) {
    const auto* token = std::get_if<kube::BearerToken>(&connection.auth);
    return token == nullptr ? "" : token->token.reveal();
}

}  // namespace

TEST_CASE("a context gives server, user, namespace and token") {
    const auto found = connect_with(config_with("server: 'https://api:6443'", "token: t0"));
    REQUIRE(found);
    CHECK(found->server == "https://api:6443");
    CHECK(found->described_as == "context c");
    CHECK(found->user == "us");
    CHECK(found->ns == "shop");
    CHECK(token_of(*found) == "t0");
}

TEST_CASE("files are found where client-go finds them") {
    const Home home;
    const std::string other = "server: 'https://other'";
    home.write(".kube/config", config_with("server: 'https://home'", ""));
    home.write("a", config_with("server: 'https://a'", ""));
    SUBCASE("~/.kube/config") {
        CHECK(connect({})->server == "https://home");
    }
    SUBCASE("$KUBECONFIG before it, missing files and repetitions skipped") {
        ::setenv("KUBECONFIG", (":/nope:" + home.at("a") + ":" + home.at("a")).c_str(), 1);
        const auto config = kube::load_kubeconfig({});
        REQUIRE(config);
        CHECK(config->files == std::vector{home.at("a")});
    }
    SUBCASE("$KUBECONFIG with nothing but missing files is an empty configuration") {
        ::setenv("KUBECONFIG", "/nope/a:/nope/b", 1);
        CHECK(
            error_of(connect({})).starts_with("error: Missing or incomplete configuration info."));
    }
    SUBCASE("--kubeconfig before both") {
        ::setenv("KUBECONFIG", home.at("a").c_str(), 1);
        const std::string file = home.write("b", config_with(other, ""));
        CHECK(connect({.kubeconfig = file})->server == "https://other");
    }
    SUBCASE("--kubeconfig that is missing") {
        CHECK(error_of(connect({.kubeconfig = "/nope/x"})) ==
              "error: stat /nope/x: no such file or directory");
    }
}

TEST_CASE("the first file that defines a name wins with all of its fields") {
    const Home home;
    const auto a = home.write("a",
                              "clusters: [{name: cl, cluster: {server: 'https://a'}}]\n"
                              "current-context: ''\n"
                              "contexts: [{name: one, context: {cluster: cl}}]\n");
    const auto b =
        home.write("b",
                   "clusters: [{name: cl, cluster: {server: 'https://b', tls-server-name: b}}]\n"
                   "users: [{name: us, user: {token: tb}}]\n"
                   "current-context: two\n"
                   "contexts: [{name: two, context: {cluster: cl, user: us}}]\n");
    ::setenv("KUBECONFIG", (a + ":" + b).c_str(), 1);
    const auto found = connect({});
    REQUIRE(found);
    CHECK(found->described_as == "context two");
    CHECK(found->server == "https://a");
    CHECK(found->tls.server_name.empty());
    CHECK(token_of(*found) == "tb");
}

TEST_CASE("relative paths start from the folder of the file that names them") {
    const Home home;
    home.write("one/ca.crt", "CA of one");
    home.write("two/keys/tls.crt", "certificate of two");
    home.write("two/keys/tls.key", "key of two");
    const auto a = home.write("one/config",
                              "clusters: [{name: cl, cluster: {server: 'https://a', "
                              "certificate-authority: ca.crt}}]\n");
    const auto b = home.write("two/config",
                              "users: [{name: us, user: {client-certificate: keys/tls.crt, "
                              "client-key: keys/tls.key, tokenFile: ../token}}]\n"
                              "current-context: c\n"
                              "contexts: [{name: c, context: {cluster: cl, user: us}}]\n");
    ::setenv("KUBECONFIG", (a + ":" + b).c_str(), 1);
    const auto found = connect({});
    REQUIRE(found);
    CHECK(found->tls.ca_pem == "CA of one");
    REQUIRE(found->tls.certificate);
    CHECK(found->tls.certificate->chain_pem == "certificate of two");
    CHECK(found->tls.certificate->key_pem.reveal() == "key of two");
    CHECK(std::get<kube::TokenFile>(found->auth).path == home.at("token"));
}

TEST_CASE("certificates come from data as well") {
    const auto found = connect_with(
        config_with("server: 'https://a', certificate-authority-data: " + base::encode_base64("CA"),
                    "client-certificate-data: " + base::encode_base64("cert") +
                        ", client-key-data: " + base::encode_base64("key")));
    REQUIRE(found);
    CHECK(found->tls.ca_pem == "CA");
    CHECK(found->tls.certificate->chain_pem == "cert");
    CHECK(found->tls.certificate->key_pem.reveal() == "key");
}

TEST_CASE("a JSON kubeconfig is one too, and unknown fields are ignored") {
    const auto found = connect_with(
        R"({"current-context":"c","extra":{"x":[1]},"clusters":[{"name":"cl","cluster":{"server":"https://j"}}],
            "contexts":[{"name":"c","context":{"cluster":"cl"}}]})");
    REQUIRE(found);
    CHECK(found->server == "https://j");
}

TEST_CASE("flags win over the kubeconfig") {
    const std::string text =
        config_with("server: 'https://a', tls-server-name: name, certificate-authority-data: " +
                        base::encode_base64("CA"),
                    "tokenFile: /run/token, token: t");
    SUBCASE("a tokenFile wins over a token") {
        CHECK(std::get<kube::TokenFile>(connect_with(text)->auth).path == "/run/token");
    }
    SUBCASE("--token wins over both") {
        CHECK(token_of(*connect_with(text, {.token = "flag"})) == "flag");
    }
    SUBCASE("--insecure-skip-tls-verify forgets the CA") {
        const auto found = connect_with(text, {.insecure = true});
        CHECK(found->tls.insecure);
        CHECK(found->tls.ca_pem.empty());
    }
    SUBCASE("--server drops the kubeconfig's tls-server-name") {
        const auto found = connect_with(text, {.server = "https://b:1"});
        CHECK(found->server == "https://b:1");
        CHECK(found->tls.server_name.empty());
    }
    SUBCASE("--tls-server-name") {
        CHECK(connect_with(text, {.tls_server_name = "flag"})->tls.server_name == "flag");
    }
    SUBCASE("without flags it is kept") {
        CHECK(connect_with(text)->tls.server_name == "name");
    }
    SUBCASE("--server and --token need no kubeconfig") {
        const Home home;
        const auto found = connect({.server = "https://b:1", .token = "t"});
        REQUIRE(found);
        CHECK(token_of(*found) == "t");
    }
    SUBCASE("--certificate-authority replaces insecure") {
        const Home home;
        const auto ca = home.write("ca", "flag's CA");
        KubeconfigOptions options{.certificate_authority = ca};
        options.kubeconfig = home.write(
            "config", config_with("server: 'https://a', insecure-skip-tls-verify: true", ""));
        const auto found = connect(options);
        CHECK_FALSE(found->tls.insecure);
        CHECK(found->tls.ca_pem == "flag's CA");
    }
}

TEST_CASE("a server is understood as kubectl understands it") {
    struct Row {
        const char* in;
        const char* out;
    };
    const Row rows[] = {
        {"https://api:6443", "https://api:6443"},
        {"https://api", "https://api"},
        {"https://api/pre/fix/", "https://api/pre/fix"},
        {"https://[::1]:6443/x", "https://[::1]:6443/x"},
        {"https://api:6443?q=1#f", "https://api:6443"},
        {"HTTPS://api", "https://api"},
        {"https://api:", "https://api"},
        {"https://api//pre//fix/", "https://api/pre/fix"},
        {"https://api/a/./b/../c", "https://api/a/c"},
        {"https://api/a%2fb/\u00e4", "https://api/a%2fb/%C3%A4"},
        {"http://api:8080", "http://api:8080"},
        {"api:8080", "http://api:8080"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.in);
        const auto found = connect_with(config_with(std::string("server: '") + row.in + "'", ""));
        REQUIRE(found);
        CHECK(found->server == row.out);
    }
    SUBCASE("without a scheme, TLS settings mean https") {
        CHECK(connect_with(config_with("server: 'api:1', insecure-skip-tls-verify: true", ""))
                  ->server == "https://api:1");
    }
}

TEST_CASE("what is wrong is named as client-go names it") {
    const std::string data = base::encode_base64("x");
    struct Row {
        std::string cluster;
        std::string user;
        std::string message;
    };
    const Row rows[] = {
        {"", "", "error: no server found for cluster \"cl\""},
        {"server: 'api:1/x'", "", "error: host must be a URL or a host:port pair: \"api:1/x\""},
        {"server: 'https://me:secret@api'", "",
         "error: the URL of the server \"api\" holds a login: it belongs to the user of the "
         "kubeconfig"},
        {"server: 'https://a', insecure-skip-tls-verify: true, certificate-authority-data: " + data,
         "", "error: specifying a root certificates file with the insecure flag is not allowed"},
        {"server: 'https://a', certificate-authority: /nope, certificate-authority-data: " + data,
         "",
         "error: certificate-authority-data and certificate-authority are both specified for cl. "
         "certificate-authority-data will override."},
        {"server: 'https://a', certificate-authority: /nope/ca", "",
         "error: unable to read certificate-authority /nope/ca for cl due to open /nope/ca: no "
         "such file or "
         "directory"},
        {"server: 'https://a', certificate-authority: /dev/null", "",
         "error: unable to read certificate-authority /dev/null for cl due to /dev/null is empty"},
        {"server: 'https://a', certificate-authority-data: '***'", "",
         "error: cluster \"cl\": certificate-authority-data is not valid base64"},
        {"server: 'https://a'", "client-certificate-data: " + data,
         "error: client-key-data or client-key must be specified for us to use the clientCert "
         "authentication "
         "method."},
        {"server: 'https://a'", "token: 12345",
         "error: user \"us\": token must be text: put it in quotes"},
        {"server: 'https://a'", "exec: {command: aws}",
         "Error in configuration: \n* apiVersion must be specified for us to use exec "
         "authentication plugin\n* interactiveMode must be specified for us to use exec "
         "authentication plugin"},
        {"server: 'https://a'",
         "exec: {apiVersion: client.authentication.k8s.io/v1, env: [{value: x}]}",
         "Error in configuration: \n* command must be specified for us to use exec authentication "
         "plugin\n* interactiveMode must be specified for us to use exec authentication plugin\n* "
         "env variable name must be specified for us to use exec authentication plugin"},
        {"server: 'https://a'",
         "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}",
         "error: exec plugin: invalid apiVersion \"client.authentication.k8s.io/v1alpha1\""},
        {"server: 'https://a'",
         "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Foo}",
         "error: invalid interactiveMode for us: \"Foo\""},
        {"server: 'https://a'", "auth-provider: {name: foo}",
         "error: no Auth Provider found for name \"foo\""},
        {"server: 'https://a'", "token: t, username: me",
         "error: more than one authentication method found for us; found [token basicAuth], only "
         "one is allowed"},
        {"server: 'https://a'", "token: t, as-groups: [g]",
         "error: requesting uid, groups or user-extra for us without impersonating a user"},
        {"server: 'https://a'", "as: me, as-groups: [yes]",
         "error: user \"us\": every one of as-groups must be text: put it in quotes"},
        {"server: 'https://a', proxy-url: 'ftp://me:SECRET@p'", "",
         "error: invalid 'proxy-url' \"ftp://p\" for cluster \"cl\": unsupported scheme \"ftp\", "
         "must be http, https, or socks5"},
        {"server: 'https://a'", "username: me, password: p, tokenFile: /x",
         "error: username/password or bearer token may be set, but not both"},
        {"server: 'https://a'",
         "exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1}, auth-provider: "
         "{name: oidc}",
         "error: authProvider cannot be provided in combination with an exec plugin for us"},
        {"server: 'https://a', certificate-authority: /nope, insecure-skip-tls-verify: true", "",
         "error: unable to read certificate-authority /nope for cl due to open /nope: no such file "
         "or directory"},
        {"", "client-certificate: /nope, client-key: /nope",
         "Error in configuration: \n* unable to read client-cert /nope for us due to open /nope: "
         "no "
         "such file or directory\n* unable to read client-key /nope for us due to open /nope: no "
         "such file or directory\n* no server found for cluster \"cl\""},
        {"server: 'https://a', proxy-url: 'p:3128'", "",
         "error: invalid 'proxy-url' \"p:3128\" for cluster \"cl\": could not parse: p:3128"},
        {"server: 'https://a', proxy-url: 'socks5://p'", "",
         "error: invalid 'proxy-url' \"socks5://p\" for cluster \"cl\": a proxy reached by socks5 "
         "is "
         "not supported by this program, only one reached by http"},
        {"", "client-key-data: " + data,
         "Error in configuration: \n* client-cert-data or client-cert must be specified for us to "
         "use the "
         "clientCert authentication method.\n* no server found for cluster \"cl\""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.cluster);
        CAPTURE(row.user);
        CHECK(error_of(connect_with(config_with(row.cluster, row.user))) == row.message);
    }
}

TEST_CASE("--token spares an exec plugin") {
    const std::string text =
        config_with("server: 'https://a'",
                    "exec: {command: aws, apiVersion: client.authentication.k8s.io/v1beta1}");
    CHECK(token_of(*connect_with(text, {.token = "t"})) == "t");
}

TEST_CASE("an exec plugin is read whole") {
    const std::string cluster =
        "server: 'https://a', tls-server-name: name, certificate-authority-data: " +
        base::encode_base64("CA") +
        ", extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: x}}]";
    const std::string user =
        "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./bin/login, args: [a, "
        "b], env: [{name: NAME, value: v}], provideClusterInfo: true, installHint: get it}";
    const Home home;
    const auto file = home.write("config", config_with(cluster, user));
    const auto found = connect({.kubeconfig = file, .interactive = false});
    REQUIRE_MESSAGE(found, error_of(found));
    const auto& plugin = std::get<kube::ExecPlugin>(found->auth);
    CHECK(plugin.command == home.at("bin/login"));
    CHECK(plugin.arguments == std::vector<std::string>{"a", "b"});
    REQUIRE(plugin.environment.size() == 1);
    CHECK(plugin.environment[0].first == "NAME");
    CHECK(plugin.environment[0].second.reveal() == "v");
    CHECK(plugin.interactive == kube::ExecPlugin::Interactive::IfAvailable);
    CHECK_FALSE(plugin.terminal);
    CHECK(plugin.install_hint == "get it");
    CHECK(base::Json::parse(plugin.cluster) ==
          base::Json{{"server", "https://a"},
                     {"tls-server-name", "name"},
                     {"certificate-authority-data", base::encode_base64("CA")},
                     {"config", {{"audience", "x"}}}});
}

TEST_CASE("a command without a slash is left to PATH") {
    const auto found = connect_with(
        config_with("server: 'https://a'",
                    "exec: {command: oc, apiVersion: client.authentication.k8s.io/v1beta1}"));
    CHECK(std::get<kube::ExecPlugin>(found->auth).command == "oc");
}

TEST_CASE("who has a certificate needs no plugin") {
    const auto found = connect_with(
        config_with("server: 'https://a'",
                    "client-certificate-data: " + base::encode_base64("cert") +
                        ", client-key-data: " + base::encode_base64("key") +
                        ", exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1}"));
    REQUIRE(found);
    CHECK(std::holds_alternative<kube::NoAuth>(found->auth));
}

TEST_CASE("a key without a certificate is ignored where there is another login") {
    const auto found = connect_with(config_with(
        "server: 'https://a'", "token: t, client-key-data: " + base::encode_base64("key")));
    REQUIRE(found);
    CHECK_FALSE(found->tls.certificate);
}

TEST_CASE("a name and a password are a login") {
    const auto found =
        connect_with(config_with("server: 'https://a'", "username: me, password: p"));
    REQUIRE(found);
    const auto& basic = std::get<kube::BasicAuth>(found->auth);
    CHECK(basic.username == "me");
    CHECK(basic.password.reveal() == "p");
}

TEST_CASE("whom to act as comes from the kubeconfig, and from flags before it") {
    const std::string text = config_with(
        "server: 'https://a'",
        "token: t, as: me, as-uid: u1, as-groups: [g1, g2], as-user-extra: {k: [a, b]}");
    SUBCASE("the kubeconfig") {
        const auto as = connect_with(text)->impersonation;
        CHECK(connect_with(text)->user.ends_with(" as me"));
        CHECK(as.user == "me");
        CHECK(as.uid == "u1");
        CHECK(as.groups == std::vector<std::string>{"g1", "g2"});
        CHECK(as.extra == std::vector<std::pair<std::string, std::string>>{{"k", "a"}, {"k", "b"}});
    }
    SUBCASE("flags, each in place of its field") {
        const auto as = connect_with(text, {.as = "you", .as_groups = {"h"}})->impersonation;
        CHECK(connect_with(text, {.as = "you"})->user.ends_with(" as you"));
        CHECK(as.user == "you");
        CHECK(as.uid == "u1");
        CHECK(as.groups == std::vector<std::string>{"h"});
    }
    SUBCASE("--as-user-extra, each key in place of its own") {
        const auto as = connect_with(text, {.as_user_extra = {"k=c", "l=d"}})->impersonation;
        CHECK(as.extra == std::vector<std::pair<std::string, std::string>>{{"k", "c"}, {"l", "d"}});
    }
    SUBCASE("--as-user-extra must be key=value") {
        CHECK(error_of(connect_with(text, {.as_user_extra = {"k"}})) ==
              "error: --as-user-extra \"k\" is no key=value");
    }
}

TEST_CASE("in a pod the service account is the last resort") {
    const Home home;
    home.write("sa/token", "pod-token");
    home.write("sa/ca.crt", "the pod's CA");
    ::setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
    ::setenv("KUBERNETES_SERVICE_PORT", "443", 1);
    KubeconfigOptions options{.service_account = home.at("sa")};
    SUBCASE("used when nothing is configured") {
        const auto found = connect(options);
        REQUIRE(found);
        CHECK(found->server == "https://[fd00::1]");
        CHECK(found->tls.ca_pem == "the pod's CA");
        CHECK(std::get<kube::TokenFile>(found->auth).path == home.at("sa/token"));
    }
    SUBCASE("with the token of --token") {
        options.token = "flag";
        CHECK(token_of(*connect(options)) == "flag");
    }
    SUBCASE("acting as somebody else, unlike kubectl, which forgets that") {
        options.as = "you";
        CHECK(connect(options)->impersonation.user == "you");
    }
    SUBCASE("not when a kubeconfig says where to go") {
        options.kubeconfig = home.write("config", config_with("server: 'https://a'", ""));
        CHECK(connect(options)->server == "https://a");
    }
    SUBCASE("not with --server") {
        options.server = "https://b";
        CHECK(connect(options)->server == "https://b");
    }
    SUBCASE("not without its token") {
        std::filesystem::remove(home.at("sa/token"));
        CHECK(error_of(connect(options)).starts_with("error: Missing or incomplete"));
    }
    ::unsetenv("KUBERNETES_SERVICE_HOST");
    ::unsetenv("KUBERNETES_SERVICE_PORT");
}

TEST_CASE("KUBERNETES_MASTER stands in for a server that nobody names") {
    const Home home;
    ::setenv("KUBERNETES_MASTER", "https://master", 1);
    CHECK(connect({})->server == "https://master");
    CHECK(connect({.server = "https://flag"})->server == "https://flag");
    ::unsetenv("KUBERNETES_MASTER");
}

TEST_CASE("names that lead nowhere are errors") {
    const std::string text = config_with("server: 'https://a'", "");
    CHECK(error_of(connect_with(text, {.context = "zz"})) ==
          "error: context \"zz\" does not exist");
    CHECK(error_of(connect_with(text, {.cluster = "zz"})) ==
          "error: cluster \"zz\" does not exist");
    CHECK(error_of(connect_with(text, {.user = "zz"})) == "error: auth info \"zz\" does not exist");
    CHECK(error_of(connect_with("current-context: zz\n")) ==
          "Error in configuration: context was not found for specified context: zz");
    const std::string contexts = "current-context: c\ncontexts: [{name: c, context: ";
    CHECK(error_of(connect_with(contexts + "{cluster: x}}]")) ==
          "error: cluster \"x\" was not found for context \"c\"");
    CHECK(error_of(connect_with(contexts + "{user: z}}]")) ==
          "error: user \"z\" was not found for context \"c\"");
    CHECK(error_of(connect_with(contexts + "{user: y}}]")) ==
          "error: context \"c\": user must be text: put it in quotes");
    CHECK(error_of(connect_with("current-context: 1\n")).contains("current-context must be text"));
    CHECK(connect_with(text, {.context = "zz"}).error().hint == "there are: c");
}

TEST_CASE("an empty configuration says what oc says, and how to log in") {
    for (const char* text : {"", "apiVersion: v1\nkind: Config\n", "clusters: []\n"}) {
        const auto found = connect_with(text);
        REQUIRE_FALSE(found);
        CHECK(found.error().message.starts_with(
            "error: Missing or incomplete configuration info.  Please"));
        CHECK(found.error().hint == "log in with `oc login`");
    }
}

TEST_CASE("a file that cannot be read is named, its content is not") {
    const Home home;
    SUBCASE("no YAML") {
        const auto file = home.write("bad", "users: [{name: x, user: {token: SECRET}\n- :");
        const std::string message = error_of(connect({.kubeconfig = file}));
        CHECK(
            message.starts_with("error: error loading config file \"" + file + "\": yaml: line "));
        CHECK_FALSE(message.contains("SECRET"));
    }
    SUBCASE("a folder") {
        CHECK(error_of(connect({.kubeconfig = "/tmp"})) ==
              "error: error loading config file \"/tmp\": read /tmp: is a directory");
    }
    SUBCASE("the same name twice") {
        const auto file = home.write(
            "twice",
            "users: [{name: x, user: {token: SECRET}}, {name: x, user: {token: SECRET}}]\n");
        CHECK(error_of(connect({.kubeconfig = file})) ==
              "error: error loading config file \"" + file +
                  "\": duplicate name \"x\" in list of users");
    }
    SUBCASE("something else") {
        const auto file = home.write("pod", "apiVersion: v1\nkind: Pod\n");
        CHECK(error_of(connect({.kubeconfig = file})).contains("it is no kubeconfig"));
    }
    SUBCASE("a list instead of a map") {
        const auto file = home.write("list", "- a\n- b\n");
        CHECK(error_of(connect({.kubeconfig = file})).contains("it is no kubeconfig"));
    }
}

}  // namespace kubeconfig_test
