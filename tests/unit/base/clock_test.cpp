#include "base/clock.hpp"

#include <doctest/doctest.h>

namespace clock_test {

using namespace base;
using namespace std::chrono_literals;

TEST_CASE("a time survives being written and read") {
    const auto time = parse_rfc3339("2025-05-01T11:00:07Z");
    REQUIRE(time);
    CHECK(rfc3339(*time) == "2025-05-01T11:00:07Z");
}

TEST_CASE("fractions are dropped and zones are converted") {
    CHECK(parse_rfc3339("2025-05-01T11:00:07.999999Z") == parse_rfc3339("2025-05-01T11:00:07Z"));
    CHECK(parse_rfc3339("2025-05-01T13:00:07+02:00") == parse_rfc3339("2025-05-01T11:00:07Z"));
}

TEST_CASE("what is no time is nothing") {
    for (const char* text :
         {"", "2025", "2025-13-01T11:00:00Z", "2025-05-01 11:00:00Z", "2025-05-01T11:00:00",
          "2025-05-01T11:00:00Zx", "-025-05-01T11:00:00Z", "2025-02-30T11:00:00Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_rfc3339(text));
    }
}

TEST_CASE("the time of an HTTP header is read, and nothing else is one") {
    CHECK(parse_http_date("Thu, 01 May 2025 11:00:07 GMT") ==
          parse_rfc3339("2025-05-01T11:00:07Z"));
    CHECK(parse_http_date("Wed, 31 Dec 2025 23:59:59 GMT") ==
          parse_rfc3339("2025-12-31T23:59:59Z"));
    for (const char* text : {"", "2025-05-01T11:00:07Z", "Thu, 01 May 2025 11:00:07 UTC",
                             "Thu, 01 Mai 2025 11:00:07 GMT", "Thu, 32 May 2025 11:00:07 GMT",
                             "Thu, 01 May 2025 25:00:07 GMT", "Thu, 01 May 2025 11:00:07 GMTx",
                             "Thu; 01 May 2025 11:00:07 GMT"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_http_date(text));
    }
}

TEST_CASE("durations are written with two units at most") {
    CHECK(human(7s) == "7s");
    CHECK(human(134s) == "2m14s");
    CHECK(human(3600s + 425s) == "1h07m");
    CHECK(human(std::chrono::hours(76)) == "3d4h");
    CHECK(human(-5s) == "0s");
}

TEST_CASE("durations are read as Go reads them, and a bare integer is seconds") {
    CHECK(parse_duration("90s") == 90s);
    CHECK(parse_duration("1m30s") == 90s);
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("1.5h") == 90min);
    CHECK(parse_duration("45") == 45s);
    CHECK(parse_duration("0") == 0s);
    for (const char* text : {"", "abc", "-5", "5x", "1m30", "s", "inf", "nan", "infs", "nanh",
                             "99999999999999999999", "1e30s", "9999999999999h"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration(text));
    }
}

TEST_CASE("a duration is written as Go writes it") {
    using namespace std::chrono_literals;
    CHECK(base::go_duration(5s) == "5s");
    CHECK(base::go_duration(90s) == "1m30s");
    CHECK(base::go_duration(1h) == "1h0m0s");
    CHECK(base::go_duration(900ms) == "900ms");
    CHECK(base::go_duration(1500ms) == "1.5s");
    CHECK(base::go_duration(61050ms) == "1m1.05s");
}

}  // namespace clock_test
