#include "kube/credentials.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace credentials_test {

using namespace std::chrono_literals;

namespace {

/// The header that a request would carry now, or the error.
std::string header_of(kube::Credentials& credentials) {
    const auto login = credentials.login({});
    return login ? (*login)->authorization.reveal() : login.error().message;
}
std::string header_of(const kube::Auth& auth) {
    kube::Credentials credentials(auth);
    return header_of(credentials);
}

/// A token file that goes with the test.
struct File {
    File() {
        ::close(::mkstemp(path.data()));
        write("first");
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() { std::remove(path.c_str()); }
    void write(const std::string& content) const { std::ofstream(path) << content; }
    std::string path = "/tmp/unit-kube-token-XXXXXX";
};

}  // namespace

TEST_CASE("a token becomes a Bearer header") {
    const kube::Auth auth = kube::BearerToken{base::Secret("abc")};
    CHECK(header_of(auth) == "Bearer abc");
    const kube::Auth none = kube::NoAuth{};
    CHECK(header_of(none).empty());
}

TEST_CASE("a name and a password become a Basic header") {
    const kube::Auth auth = kube::BasicAuth{"me", base::Secret("pass:word")};
    CHECK(header_of(auth) == "Basic bWU6cGFzczp3b3Jk");
}

TEST_CASE("a token that would add a header is refused, and not shown") {
    const kube::Auth auth = kube::BearerToken{base::Secret("abc\r\nX-Evil: 1")};
    const std::string error = header_of(auth);
    CHECK(error.starts_with("error: the token holds characters"));
    CHECK_FALSE(error.contains("abc"));
}

TEST_CASE("a token file is read again when its token has aged") {
    const File file;
    const kube::Auth auth = kube::TokenFile{file.path};
    SUBCASE("not before") {
        kube::Credentials credentials(auth, 1h);
        file.write(" first\n");
        CHECK(header_of(credentials) == "Bearer first");
        file.write("second");
        CHECK(header_of(credentials) == "Bearer first");
    }
    SUBCASE("then the new one counts, and the old one when the file is gone") {
        kube::Credentials credentials(auth, 0ms);
        CHECK(header_of(credentials) == "Bearer first");
        file.write("second");
        CHECK(header_of(credentials) == "Bearer second");
        std::remove(file.path.c_str());
        CHECK(header_of(credentials) == "Bearer second");
    }
}

TEST_CASE("a token file that cannot be read is named") {
    const kube::Auth auth = kube::TokenFile{"/nope/token"};
    CHECK(header_of(auth) == "error: open /nope/token: no such file or directory");
    const File file;
    file.write(" \n");
    const kube::Auth empty = kube::TokenFile{file.path};
    CHECK(header_of(empty) == "error: the token file " + file.path + " is empty");
}

TEST_CASE("a token file is read at once when the server refused its token") {
    const File file;
    const kube::Auth auth = kube::TokenFile{file.path};
    kube::Credentials credentials(auth, 1h);
    const auto first = *credentials.login({});
    file.write("second");
    CHECK(credentials.renew(first));
    CHECK(header_of(credentials) == "Bearer second");
    SUBCASE("and not again when another request is refused for the first token") {
        file.write("third");
        CHECK(credentials.renew(first));
        CHECK(header_of(credentials) == "Bearer second");
    }
}

TEST_CASE("a token that the kubeconfig holds cannot be had anew") {
    const kube::Auth auth = kube::BearerToken{base::Secret("abc")};
    kube::Credentials credentials(auth);
    CHECK_FALSE(credentials.renew(*credentials.login({})));
}

namespace {

/// An exec plugin whose token counts its runs, and that expires at `expires` (the script's words).
struct Plugin {
    explicit Plugin(const std::string& expires) {
        file.write("#!/bin/sh\necho x >> " + file.path +
                   ".runs\n"
                   "printf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":"
                   "\"ExecCredential\",\"status\":{\"token\":\"t%d\"" +
                   expires + "}}' $(wc -l < " + file.path + ".runs)\n");
        ::chmod(file.path.c_str(), 0700);
        auth = kube::ExecPlugin{.command = file.path,
                                .api_version = "client.authentication.k8s.io/v1",
                                .interactive = kube::ExecPlugin::Interactive::Never};
    }
    ~Plugin() { std::remove((file.path + ".runs").c_str()); }
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;

    File file;
    kube::Auth auth;
};

}  // namespace

TEST_CASE(
    "an exec plugin is run when its credential is needed, and not again while that is valid") {
    const Plugin plugin("");
    kube::Credentials credentials(plugin.auth);
    CHECK(header_of(credentials) == "Bearer t1");
    CHECK(header_of(credentials) == "Bearer t1");
}

TEST_CASE("an exec plugin is run again when its credential has expired") {
    const Plugin plugin(R"(,"expirationTimestamp":"2020-01-01T00:00:00Z")");
    kube::Credentials credentials(plugin.auth);
    CHECK(header_of(credentials) == "Bearer t1");
    CHECK(header_of(credentials) == "Bearer t2");
}

TEST_CASE("an exec plugin is run again, once, when the server refused its credential") {
    const Plugin plugin("");
    kube::Credentials credentials(plugin.auth);
    const auto first = *credentials.login({});
    CHECK(credentials.renew(first));
    CHECK(header_of(credentials) == "Bearer t2");
    CHECK(credentials.renew(first));
    CHECK(header_of(credentials) == "Bearer t2");
}

}  // namespace credentials_test
