#include <doctest/doctest.h>

#include <cstdio>

#include "base/text.hpp"
#include "fixture.hpp"

namespace view_test {

namespace {

using namespace fixture;
using plugin::ProgressFormat;

// What a view writes into a file.
class Written {
  public:
    explicit Written(ProgressFormat format)
        : file_(std::tmpfile()),
          view_(plugin::make_view({.format = format, .style = plain_style(), .out = file_})) {}
    Written(const Written&) = delete;
    Written& operator=(const Written&) = delete;
    ~Written() { std::fclose(file_); }

    void show(const run::Event& event, int seconds) { view_->show(event, noon(seconds)); }
    void finish() { view_->finish(); }

    std::string text() {
        std::string out;
        std::rewind(file_);
        for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_))
            out += static_cast<char>(c);
        return out;
    }
    std::size_t lines() { return base::split(text(), '\n').size(); }

  private:
    std::FILE* file_;
    std::unique_ptr<plugin::View> view_;
};

}  // namespace

TEST_CASE("a plain view says each thing once") {
    Written out(ProgressFormat::Auto);  // a file is no terminal
    out.show(run::MigrationChanged{running(7)}, 22);
    const std::size_t lines = out.lines();
    out.show(run::MigrationChanged{running(7)}, 23);
    out.show(run::Tick{}, 24);
    CHECK(out.lines() == lines);
    out.show(run::Stalled{std::chrono::seconds(60), {"a cause"}}, 90);
    out.show(run::Stalled{std::chrono::seconds(70), {"a cause"}}, 100);
    CHECK(out.lines() == lines + 1);
    out.show(run::Stalled{std::chrono::seconds(80), {"another cause"}}, 110);
    CHECK(out.lines() == lines + 2);
    out.show(run::Trouble{{.message = "refused"}}, 111);
    out.show(run::Trouble{{.message = "refused"}}, 112);
    CHECK(out.lines() == lines + 3);
    out.show(run::MigrationChanged{running(7)}, 113);
    out.show(run::Trouble{{.message = "refused"}}, 114);  // again, after it was well
    CHECK(out.lines() == lines + 4);
}

TEST_CASE("a plain line is a time, a word and the rest, on one line") {
    Written out(ProgressFormat::Plain);
    auto migration = running(7);
    migration.pipeline[2].progress = {"two\nlines \x1b[31m"};
    out.show(run::MigrationChanged{migration}, 22);
    for (const std::string& line : base::split(out.text(), '\n')) {
        CAPTURE(line);
        CHECK(base::parse_rfc3339(line.substr(0, 20)).has_value());
        CHECK(line.find('\x1b') == std::string::npos);
    }
    CHECK(out.text().find("2025-05-01T11:20:22Z progress CleanupMigrated: two lines ^[[31m\n") !=
          std::string::npos);
}

TEST_CASE("what gets well is said, and what gets worse again too") {
    Written out(ProgressFormat::Plain);
    const auto down = finding("source-workloads-serve", rollback::Severity::Failure,
                              "shop/deployment/web: 0 of 3");
    out.show(run::AwaitingApplication{{down}}, 1);
    out.show(run::AwaitingApplication{{down}}, 2);
    out.show(run::AwaitingApplication{}, 3);
    out.show(run::AwaitingApplication{{down}}, 4);
    CHECK(out.text() ==
          "2025-05-01T11:20:01Z waiting  source-workloads-serve: shop/deployment/web: 0 of 3\n"
          "2025-05-01T11:20:03Z well     source-workloads-serve: shop/deployment/web\n"
          "2025-05-01T11:20:04Z waiting  source-workloads-serve: shop/deployment/web: 0 of 3\n");
}

TEST_CASE("every event but the tick is a JSON line that parses") {
    Written out(ProgressFormat::Json);
    std::size_t events = 0;
    for (const Moment& moment : story()) {
        out.show(moment.event, moment.seconds);
        out.show(run::Tick{}, moment.seconds);
        ++events;
    }
    auto broken = running(7);
    broken.pipeline[2].message = "\xff\x1b[31m\n";
    out.show(run::MigrationChanged{broken}, 200);
    const auto lines = base::split(out.text(), '\n');
    REQUIRE(lines.size() == events + 1);
    for (const std::string& line : lines) {
        const auto json = base::Json::parse(line);
        CHECK(base::parse_rfc3339(base::text_or_empty(json, "/time")).has_value());
        CHECK_FALSE(base::text_or_empty(json, "/event").empty());
    }
    const auto started = base::Json::parse(lines.front());
    CHECK(base::text_or_empty(started, "/event") == "started");
    CHECK(base::text_or_empty(started, "/migration/name") == "rollback-7f3kq2xa");
    const auto last = base::Json::parse(lines.back());
    CHECK(base::text_or_empty(last, "/migration/state") == "Running");
    CHECK(base::number_at(last, "/migration/step") == 8);
}

TEST_CASE("no progress is nothing at all") {
    Written out(ProgressFormat::None);
    for (const Moment& moment : story()) out.show(moment.event, moment.seconds);
    out.finish();
    CHECK(out.text().empty());
}

TEST_CASE("a live view redraws in place and leaves its last frame") {
    Written out(ProgressFormat::Tty);
    out.show(run::MigrationChanged{running(7)}, 22);
    const std::string first = out.text();
    CHECK(first.find("\x1b[J") != std::string::npos);
    SUBCASE("the same frame is not written twice") {
        out.show(run::Tick{}, 22);
        CHECK(out.text() == first);
    }
    SUBCASE("the next one begins at the top of the last") {
        out.show(run::Tick{}, 23);
        const std::string second = out.text().substr(first.size());
        const auto height = std::count(first.begin(), first.end(), '\n');
        CHECK(second.starts_with("\r\x1b[" + std::to_string(height) + "A"));
    }
    SUBCASE("the end stands below the last frame") {
        out.finish();
        CHECK(out.text().ends_with("\n\x1b[J"));
        const std::string ended = out.text();
        out.finish();
        CHECK(out.text() == ended);
    }
}

}  // namespace view_test
