#include "base/text.hpp"

#include <doctest/doctest.h>

namespace text_test {

using namespace base;

TEST_CASE("text from a server cannot drive the terminal") {
    CHECK(printable("a\x1b[31mb") == "a^[[31mb");
    CHECK(printable("a\rb") == "a\\rb");
    CHECK(printable("a\tb\nc") == "a\tb\nc");
    CHECK(printable("\x7f") == "^?");
    CHECK(printable("a\xc2\x9b"
                    "31mb\xc2\xa0") == "a\\u009b31mb\xc2\xa0");
    CHECK(printable("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
}

TEST_CASE("what nobody sees is escaped, and nothing else") {
    for (const auto& [raw, escaped] : {std::pair("a\xe2\x80\xa8z", "a\\u2028z"),
                                       {"a\xe2\x80\xaez", "a\\u202ez"},
                                       {"a\xe2\x81\xa6z", "a\\u2066z"},
                                       {"\xef\xbb\xbfz", "\\ufeffz"},
                                       {"a\xd8\x9cz", "a\\u061cz"},
                                       {"a\xc2\x85z", "a\\u0085z"}}) {
        CHECK(escaped_deceptive(raw) == escaped);
        CHECK(printable(raw) == escaped);
    }
    CHECK(escaped_deceptive("\x7f") == "\\u007f");
    for (const char* text : {"", "plain", "gr\xc3\xbc\xc3\x9f", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                             "\xe2\x80", "\xe2", "\xff\xfe", "a\nb"})
        CHECK(escaped_deceptive(text) == text);
}

TEST_CASE("base64 survives encoding and decoding") {
    for (const char* text : {"", "a", "ab", "abc", "abcd", "\xff\xfe"}) {
        CAPTURE(text);
        std::string out;
        CHECK(decode_base64(encode_base64(text), out));
        CHECK(out == text);
    }
}

TEST_CASE("what is no base64 is refused") {
    std::string out;
    CHECK_FALSE(decode_base64("a", out));
    CHECK_FALSE(decode_base64("a$==", out));
    CHECK_FALSE(decode_base64("YQ==YQ==", out));
    CHECK(decode_base64("YW\nJj\n", out));
    CHECK(out == "abc");
}

TEST_CASE("counts agree with their nouns") {
    CHECK(count(1, "pod") == "1 pod");
    CHECK(count(0, "pod") == "0 pods");
    CHECK(count(2, "policy", "policies") == "2 policies");
}

TEST_CASE("the distance between words counts single edits") {
    CHECK(edit_distance("contxet", "context") == 2);
    CHECK(edit_distance("yes", "yes") == 0);
    CHECK(edit_distance("", "abc") == 3);
}

TEST_CASE("splitting and joining are inverse for non-empty parts") {
    CHECK(split("a:b:c", ':') == std::vector<std::string>{"a", "b", "c"});
    CHECK(split("", ':').empty());
    CHECK(join({"a", "b"}) == "a, b");
    CHECK(trimmed(" \n x y\t") == "x y");
}

}  // namespace text_test
