#include "kube/kubeconfig.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"

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
    CHECK(std::get<kube::TokenFile>(found->auth).path == home.at("two/../token"));
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
         "error: host must be a URL or a host:port pair: \"api\""},
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
         "error: user \"us\": an exec credential plugin is not supported yet"},
        {"server: 'https://a'", "auth-provider: {name: oidc}",
         "error: user \"us\": an auth-provider is not supported yet"},
        {"server: 'https://a'", "username: me, password: secret",
         "error: user \"us\": basic authentication is not supported yet"},
        {"server: 'https://a'", "token: t, as: admin",
         "error: user \"us\": impersonation (as) is not supported yet"},
        {"server: 'https://a', proxy-url: 'http://p'", "",
         "error: cluster \"cl\": proxy-url is not supported yet"},
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

TEST_CASE("--token spares a login that is not supported") {
    const std::string text = config_with("server: 'https://a'", "exec: {command: aws}");
    CHECK(token_of(*connect_with(text, {.token = "t"})) == "t");
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
    CHECK(error_of(connect_with(contexts + "{user: y}}]")) ==
          "error: user \"y\" was not found for context \"c\"");
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
