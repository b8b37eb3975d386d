#include "kube/credentials.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

using namespace std::chrono_literals;

namespace {

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
    CHECK(kube::Credentials(auth).authorization()->reveal() == "Bearer abc");
    const kube::Auth none = kube::NoAuth{};
    CHECK(kube::Credentials(none).authorization()->empty());
}

TEST_CASE("a token that would add a header is refused, and not shown") {
    const kube::Auth auth = kube::BearerToken{base::Secret("abc\r\nX-Evil: 1")};
    const auto value = kube::Credentials(auth).authorization();
    REQUIRE_FALSE(value);
    CHECK_FALSE(value.error().message.contains("abc"));
}

TEST_CASE("a token file is read again when its token has aged") {
    const File file;
    const kube::Auth auth = kube::TokenFile{file.path};
    SUBCASE("not before") {
        kube::Credentials credentials(auth, 1h);
        file.write(" first\n");
        CHECK(credentials.authorization()->reveal() == "Bearer first");
        file.write("second");
        CHECK(credentials.authorization()->reveal() == "Bearer first");
    }
    SUBCASE("then the new one counts, and the old one when the file is gone") {
        kube::Credentials credentials(auth, 0ms);
        CHECK(credentials.authorization()->reveal() == "Bearer first");
        file.write("second");
        CHECK(credentials.authorization()->reveal() == "Bearer second");
        std::remove(file.path.c_str());
        CHECK(credentials.authorization()->reveal() == "Bearer second");
    }
}

TEST_CASE("a token file that cannot be read is named") {
    const kube::Auth auth = kube::TokenFile{"/nope/token"};
    CHECK(kube::Credentials(auth).authorization().error().message ==
          "error: open /nope/token: no such file or directory");
    const File file;
    file.write(" \n");
    const kube::Auth empty = kube::TokenFile{file.path};
    CHECK(kube::Credentials(empty).authorization().error().message ==
          "error: the token file " + file.path + " is empty");
}
