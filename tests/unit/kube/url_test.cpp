#include "kube/url.hpp"

#include <doctest/doctest.h>

#include "kube/http.hpp"

namespace url_test {

TEST_CASE("everything but unreserved characters is percent-encoded") {
    CHECK(kube::percent_encoded("web-1._~") == "web-1._~");
    CHECK(kube::percent_encoded("a/b?c&d=e f") == "a%2Fb%3Fc%26d%3De%20f");
    CHECK(kube::percent_encoded("\r\n%\x7f") == "%0D%0A%25%7F");
    CHECK(kube::percent_encoded("\xc3\xa4") == "%C3%A4");
    CHECK(kube::percent_encoded("") == "");
}

TEST_CASE("a server's URL is taken apart") {
    const auto url = kube::parse_server("https://[fd00::1]/pre/", true);
    REQUIRE(url);
    CHECK(url->host == "fd00::1");
    CHECK(url->port == 443);
    CHECK(url->prefix == "/pre");
    CHECK(url->authority() == "[fd00::1]");
    CHECK(url->origin() == "https://[fd00::1]");
}

TEST_CASE("what is no URL of a server is refused") {
    for (const char* text :
         {"", "https://", "ftp://a", "https://a:0", "https://a:65536", "https://a:x",
          "https://[::1", "https://a b", "https://a\r\nX: y", "https://a/\r\nX", "a/b"}) {
        CAPTURE(text);
        CHECK_FALSE(kube::parse_server(text, true));
    }
}

}  // namespace url_test
