#include "mtc/schedule.hpp"

#include <doctest/doctest.h>

#include "builders.hpp"

namespace schedule_test {

using mtc::Resumption;
using mtc::Schedule;
using What = mtc::Resumption::What;

namespace {

base::Time time(const char* text) {
    return base::parse_rfc3339(text).value();
}

}  // namespace

TEST_CASE("how often a schedule was due is counted as its controller does") {
    struct Row {
        const char* schedule;
        const char* since;
        const char* until;
        std::size_t due;
    };
    // 2025-05-01 is a Thursday
    const Row rows[] = {
        {"* * * * *", "2025-05-01T10:00:00Z", "2025-05-01T10:05:00Z", 5},
        {"* * * * *", "2025-05-01T10:00:30Z", "2025-05-01T10:05:59Z", 5},
        {"* * * * *", "2025-05-01T10:00:00Z", "2025-05-03T12:00:00Z", 101},
        {"*/15 * * * *", "2025-05-01T10:00:00Z", "2025-05-01T11:00:00Z", 4},
        {"5/20 * * * *", "2025-05-01T10:00:00Z", "2025-05-01T11:00:00Z", 3},
        {"0 3 * * *", "2025-05-01T03:00:00Z", "2025-05-03T02:59:00Z", 1},
        {"0 3 * * *", "2025-05-01T02:59:00Z", "2025-05-03T03:00:00Z", 3},
        {"0 3 * * *", "2025-05-01T03:00:00Z", "2025-05-01T03:00:00Z", 0},
        {"0 3 * * *", "2025-05-02T03:00:00Z", "2025-05-01T03:00:00Z", 0},
        {"0 0 1 * *", "2025-01-01T00:00:00Z", "2025-12-31T00:00:00Z", 11},
        {"0 0 * * 0", "2025-05-01T00:00:00Z", "2025-05-31T00:00:00Z", 4},
        {"0 0 * * SUN,mon", "2025-05-01T00:00:00Z", "2025-05-31T00:00:00Z", 8},
        {"0 0 * jun-Aug *", "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 92},
        {"0 0 13 * 5", "2025-05-01T00:00:00Z", "2025-05-31T00:00:00Z", 6},
        {"0 0 13 * */2", "2025-05-01T00:00:00Z", "2025-05-08T00:00:00Z", 4},
        {"0 8-10 * * *", "2025-05-01T00:00:00Z", "2025-05-02T00:00:00Z", 3},
        {"0 22/1 ? * ?", "2025-05-01T00:00:00Z", "2025-05-02T00:00:00Z", 2},
        {"@hourly", "2025-05-01T10:00:00Z", "2025-05-01T13:30:00Z", 3},
        {"@daily", "2025-05-01T10:00:00Z", "2025-05-03T13:30:00Z", 2},
        {"@yearly", "2020-01-01T00:00:00Z", "2025-05-01T00:00:00Z", 5},
        {"@every 90s", "2025-05-01T10:00:00Z", "2025-05-01T10:05:00Z", 3},
        {"TZ=UTC 0 3 * * *", "2025-05-01T02:59:00Z", "2025-05-01T03:00:00Z", 1},
    };
    for (const Row& row : rows) {
        CAPTURE(row.schedule);
        CAPTURE(row.until);
        const auto schedule = Schedule::parse(row.schedule);
        REQUIRE(schedule);
        CHECK(schedule->due(time(row.since), time(row.until), 101) == row.due);
    }
}

TEST_CASE("what is no schedule, or one of another time zone, is none") {
    for (const char* text :
         {"", "*", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *",
          "* * * * 7", "5-1 * * * *", "*/0 * * * *", "a * * * *", "1, * * * *", "@sometimes",
          "@every soon", "TZ=Europe/Rome 0 3 * * *"}) {
        CAPTURE(text);
        CHECK_FALSE(Schedule::parse(text));
    }
}

TEST_CASE("a CronJob that is resumed waits, starts at once, or never again") {
    struct Row {
        const char* situation;
        const char* version;
        build::Json spec;
        const char* last;  // "": it never ran
        Resumption resumption;
    };
    const build::Json minutely = {{"schedule", "* * * * *"}};
    const build::Json nightly = {{"schedule", "0 3 * * *"}};
    const build::Json with_deadline = {{"schedule", "* * * * *"}, {"startingDeadlineSeconds", 600}};
    const build::Json with_long_deadline = {{"schedule", "* * * * *"},
                                            {"startingDeadlineSeconds", 36000}};
    const build::Json elsewhere = {{"schedule", "0 3 * * *"}, {"timeZone", "Europe/Rome"}};
    const build::Json in_utc = {{"schedule", "0 3 * * *"}, {"timeZone", "Etc/UTC"}};
    const Row rows[] = {
        {"nothing missed", "v1", nightly, "2025-05-03T03:00:00Z", {What::Waits, 0}},
        {"one missed", "v1", nightly, "2025-05-02T03:00:00Z", {What::AtOnce, 1}},
        {"some missed, on an old cluster",
         "v1beta1",
         nightly,
         "2025-05-01T03:00:00Z",
         {What::AtOnce, 2}},
        {"more than a hundred missed", "v1", minutely, "2025-05-01T10:00:00Z", {What::AtOnce, 101}},
        {"more than a hundred missed, on an old cluster",
         "v1beta1",
         minutely,
         "2025-05-01T10:00:00Z",
         {What::Never, 101}},
        {"a hundred missed, on an old cluster",
         "v1beta1",
         minutely,
         "2025-05-03T10:20:00Z",
         {What::AtOnce, 100}},
        {"a deadline bounds what counts",
         "v1beta1",
         with_deadline,
         "2025-05-01T10:00:00Z",
         {What::AtOnce, 10}},
        {"a deadline that is too long",
         "v1beta1",
         with_long_deadline,
         "2025-05-01T10:00:00Z",
         {What::Never, 101}},
        {"it never ran, and is due since it was made", "v1", nightly, "", {What::AtOnce, 2}},
        {"in a time zone of its own", "v1", elsewhere, "2025-05-01T03:00:00Z", {What::Unknown, 0}},
        {"in UTC", "v1", in_utc, "2025-05-02T03:00:00Z", {What::AtOnce, 1}},
        {"without a schedule",
         "v1",
         build::Json::object(),
         "2025-05-02T03:00:00Z",
         {What::Unknown, 0}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.situation);
        build::Thing thing({"batch", row.version, "cronjobs", "CronJob", true}, "shop", "nightly");
        std::move(thing).spec(row.spec).holding(
            {{"metadata", {{"creationTimestamp", "2025-05-01T10:00:00Z"}}}});
        if (*row.last != 0) std::move(thing).status({{"lastScheduleTime", row.last}});
        const Resumption seen = mtc::when_resumed(thing, time("2025-05-03T12:00:00Z"));
        CHECK(seen.missed == row.resumption.missed);
        CHECK(static_cast<int>(seen.what) == static_cast<int>(row.resumption.what));
    }
}

}  // namespace schedule_test
