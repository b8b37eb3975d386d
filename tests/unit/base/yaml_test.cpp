#include "base/yaml.hpp"

#include <doctest/doctest.h>

namespace yaml_test {

using namespace base;

TEST_CASE("scalars get the type that YAML gives them, and quoting keeps text") {
    const auto json =
        parse_yaml("a: 1\nb: '1'\nc: true\nd: \"true\"\ne: 1.5\nf: ~\ng: v1\nh:\ni: 0x1f");
    REQUIRE(json);
    CHECK((*json)["a"] == 1);
    CHECK((*json)["b"] == "1");
    CHECK((*json)["c"] == true);
    CHECK((*json)["d"] == "true");
    CHECK((*json)["e"] == 1.5);
    CHECK((*json)["f"].is_null());
    CHECK((*json)["g"] == "v1");
    CHECK((*json)["h"].is_null());
    CHECK((*json)["i"] == "0x1f");
}

TEST_CASE("an empty text is null, JSON is YAML, and only the first document counts") {
    CHECK(parse_yaml("")->is_null());
    CHECK((*parse_yaml(R"({"a": [1, 2]})"))["a"].size() == 2);
    CHECK((*parse_yaml("a: 1\n---\na: 2\n"))["a"] == 1);
    CHECK(parse_yaml_documents("a: 1\n---\na: 2\n")->size() == 2);
}

TEST_CASE("a broken file is an error with its line, without its content") {
    const auto json = parse_yaml("token: hunter2\nbad: [1, 2\n");
    REQUIRE_FALSE(json);
    CHECK(json.error().kind == ErrorKind::Malformed);
    CHECK(json.error().message.find("line") != std::string::npos);
    CHECK(json.error().message.find("hunter2") == std::string::npos);
}

TEST_CASE("a file that is nested without end is refused") {
    CHECK_FALSE(parse_yaml(std::string(400, '[') + std::string(400, ']')));
}

TEST_CASE("aliases that multiply are refused before they fill the memory") {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 0; j < 9; ++j) text += ", " + before;
        text += "]\n";
    }
    CHECK_FALSE(parse_yaml(text));
}

TEST_CASE("merge keys give what a map does not say itself") {
    const auto json = parse_yaml(
        "base: &b {a: 1, b: 1}\nother: &o {b: 2, c: 2}\n"
        "one: {<<: *b, b: 3}\nlist: {b: 4, <<: [*b, *o]}\nquoted: {'<<': 1}\n");
    REQUIRE(json);
    CHECK((*json)["one"] == Json{{"a", 1}, {"b", 3}});
    CHECK((*json)["list"] == Json{{"a", 1}, {"b", 4}, {"c", 2}});
    CHECK((*json)["quoted"].contains("<<"));
}

TEST_CASE("what is tagged as text is text") {
    CHECK(*parse_yaml("!!str 123") == "123");
}

TEST_CASE("a truth may be spelled as YAML 1.1 does, which kubectl reads") {
    CHECK(*parse_yaml("yes") == true);
    CHECK(*parse_yaml("Off") == false);
    CHECK(*parse_yaml("'no'") == "no");
}

TEST_CASE("what is written reads back as the same value") {
    const Json value = {{"text", "true"},
                        {"number", 3},
                        {"empty", ""},
                        {"list", {1, "2", nullptr}},
                        {"map", Json::object()},
                        {"none", Json::array()},
                        {"deep", {{"a", {{"b", "c: d"}}}}},
                        {"lines", "a\nb"},
                        {"time", "2025-05-01T11:00:00Z"},
                        {"duration", "12:30:00"},
                        {"odd", "- x"},
                        {"truths", {"no", "on", "y"}}};
    const auto read = parse_yaml(to_yaml(value));
    REQUIRE(read);
    CHECK(*read == value);
}

TEST_CASE("what a reader of YAML 1.1 takes for a number or a time is quoted") {
    for (const char* text : {"2025-05-01T11:00:00Z", "2025-05-01", "2025-05-01 11:00:00", "0x1f",
                             "1_000", "12:30:00", ".inf", "0b11", "+12", "0o17"})
        CHECK(to_yaml(Json{{"a", text}}) == "a: \"" + std::string(text) + "\"\n");
    for (const char* text : {"3 workloads", "v1", "web-1", "10.0.0.1/24", "inf"})
        CHECK(to_yaml(Json{{"a", text}}) == "a: " + std::string(text) + "\n");
}

TEST_CASE("text reads back as it was by readers of YAML 1.1, too: nothing stands there raw") {
    for (const char* text : {"a\xe2\x80\xa8key: b", "a\xe2\x80\xa9z", "a\xc2\x85- b", "\x7f",
                             "a\rb", "a\xe2\x80\xaez", "=", "<<", "\xef\xbb\xbfx"}) {
        for (const Json& value : {Json{{"a", text}}, Json{{text, "b"}}}) {
            const std::string yaml = to_yaml(value);
            CAPTURE(yaml);
            CHECK(yaml.contains('"'));
            for (const char* raw : {"\xe2\x80", "\xc2\x85", "\x7f", "\r", "\xef\xbb\xbf"})
                CHECK_FALSE(yaml.contains(raw));
            const auto back = parse_yaml(yaml);
            REQUIRE(back);
            CHECK(*back == value);
        }
    }
    CHECK(to_yaml(Json{{"a", "gr\xc3\xbc\xc3\x9f"}}) == "a: gr\xc3\xbc\xc3\x9f\n");
}

TEST_CASE("a file of documents on which the reader makes no progress is refused") {
    for (const char* text : {",", "---\n, 2]", "a: 1\n---\n, 2]\n", "]", "}\n---\na: 1"}) {
        CAPTURE(text);
        const auto documents = parse_yaml_documents(text);
        REQUIRE_FALSE(documents);
        CHECK(documents.error().kind == ErrorKind::Malformed);
    }
    CHECK(parse_yaml_documents("a: 1\n---\nb: 2\n---\n")->size() >= 2);
    CHECK(parse_yaml_documents("")->empty());
}

}  // namespace yaml_test
