#include <doctest/doctest.h>

#include <algorithm>

#include "base/text.hpp"
#include "fixture.hpp"
#include "plugin/text_width.hpp"
#include "plugin/view_live.hpp"

namespace frame_test {

namespace {

using namespace fixture;
using plugin::LiveModel;

using Lines = std::vector<std::string>;

LiveModel told(int until) {
    LiveModel model;
    model.stopped_since = noon(-1334);
    for (const Moment& moment : story()) {
        if (moment.seconds <= until) model.apply(moment.event, noon(moment.seconds));
    }
    return model;
}

std::string bare(const std::string& line) {
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\x1b')
            i = line.find('m', i);
        else
            out += line[i];
    }
    return out;
}

std::string text(const Lines& lines) {
    return base::join(lines, "\n");
}

// A story with the worst of names, and messages that try to drive the terminal.
LiveModel hostile() {
    LiveModel model = told(95);
    const std::string nasty =
        "\x1b[2J\x1b[1;1H\nrm -rf \xc2\x9b"
        "31m 数据库数据库 \xff " +
        std::string(300, 'w');
    model.rollback = nasty;
    model.migration->plan = nasty;
    for (auto& step : model.migration->pipeline) {
        step.name = nasty;
        step.phase = nasty;
        step.progress = {nasty};
    }
    model.stall->why = {nasty, nasty};
    model.unwell = {finding("source-pods-healthy", rollback::Severity::Failure, nasty)};
    model.trouble = base::Error{.message = nasty, .hint = nasty};
    return model;
}

}  // namespace

TEST_CASE("no line of a frame is as wide as the terminal, whatever the names") {
    const std::vector<LiveModel> models{told(0),  told(1),   told(22),  told(45),
                                        told(95), told(108), told(122), hostile()};
    for (const LiveModel& model : models) {
        for (const int width : {1, 10, 20, 40, 61, 80, 200}) {
            for (const bool rich : {false, true}) {
                const auto style = rich ? rich_style(width) : plain_style(width);
                for (const std::string& line : live_frame(model, style, noon(95))) {
                    CAPTURE(line);
                    CHECK(plugin::display_width(bare(line)) <= std::max(width - 1, 1));
                }
            }
        }
    }
}

TEST_CASE("a server's text puts no control character into a frame") {
    for (const std::string& line : live_frame(hostile(), plain_style(), noon(95))) {
        CHECK(std::ranges::none_of(line,
                                   [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
        CHECK(std::ranges::none_of(line,
                                   [](char c) { return static_cast<unsigned char>(c) >= 0x7f; }));
    }
}

TEST_CASE("colour changes nothing but colour") {
    const LiveModel model = told(95);
    auto rich = rich_style();
    const Lines colored = live_frame(model, rich, noon(95));
    rich.color = false;
    const Lines plain = live_frame(model, rich, noon(95));
    REQUIRE(colored.size() == plain.size());
    for (std::size_t i = 0; i < plain.size(); ++i) CHECK(bare(colored[i]) == plain[i]);
    CHECK(text(colored).find("\x1b[") != std::string::npos);
    CHECK(text(plain).find('\x1b') == std::string::npos);
}

TEST_CASE("a low terminal keeps what matters") {
    const LiveModel model = told(95);
    for (const int rows : {4, 6, 8, 10, 12, 24}) {
        const Lines lines = live_frame(model, plain_style(), noon(95), rows);
        CHECK(static_cast<int>(lines.size()) < rows);
        CHECK(lines.front().starts_with("Rollback running"));
        CHECK(text(lines).find("Delete migrated objects") != std::string::npos);
    }
    CHECK(text(live_frame(model, plain_style(), noon(95), 8)).find("application stopped for") !=
          std::string::npos);
}

TEST_CASE("the step that runs tells its phase, its time and its last progress") {
    const std::string frame = text(live_frame(told(22), plain_style(), noon(30)));
    CHECK(frame.find("phase 8 of 10") != std::string::npos);
    CHECK(frame.find("waiting until migrated objects are gone (EnsureMigratedDeleted)") !=
          std::string::npos);
    CHECK(frame.find("> Delete migrated objects  CleanupMigrated           15s") !=
          std::string::npos);
    CHECK(frame.find("persistentvolumeclaim shop/data: Terminating") != std::string::npos);
    CHECK(frame.find("an older line") == std::string::npos);
    CHECK(frame.find("Ctrl-C detaches") != std::string::npos);
}

TEST_CASE("a stall is explained until something moves, and its clock runs on") {
    LiveModel model = told(95);
    CHECK(text(live_frame(model, plain_style(), noon(95))).find("Nothing has moved for 1m13s") !=
          std::string::npos);
    model.apply(run::Tick{}, noon(100));
    CHECK(model.stall.has_value());
    model.apply(run::MigrationChanged{running(8)}, noon(101));
    CHECK_FALSE(model.stall.has_value());
}

TEST_CASE("the clock of the application stops when the source serves") {
    LiveModel model = told(110);
    CHECK(
        text(live_frame(model, plain_style(), noon(115))).find("application stopped for 24m09s") !=
        std::string::npos);
    SUBCASE("when nothing is left") {
        model.apply(run::AwaitingApplication{}, noon(118));
    }
    SUBCASE("when only the target is not well") {
        model.apply(run::AwaitingApplication{{finding(
                        "target-no-migrated-objects", rollback::Severity::Failure,
                        "shop/configmap/a carries the plan's label")}},
                    noon(118));
    }
    CHECK(text(live_frame(model, plain_style(), noon(200)))
              .find("application was stopped for 24m12s") != std::string::npos);
}

TEST_CASE("what was not seen does not count as serving") {
    LiveModel model = told(110);
    model.apply(
        run::AwaitingApplication{{finding("source-workloads-serve", rollback::Severity::Unknown,
                                          "could not list deployments.apps")}},
        noon(118));
    CHECK_FALSE(model.serves_since.has_value());
}

TEST_CASE("a long list of what is not well is counted") {
    const std::string frame = text(live_frame(told(104), plain_style(), noon(104)));
    CHECK(frame.find("Not well yet:") != std::string::npos);
    CHECK(frame.find("and 4 more") != std::string::npos);
}

TEST_CASE("a rollback that failed says where and why") {
    LiveModel model;
    model.apply(run::MigrationChanged{failed()}, noon(41));
    const std::string frame = text(live_frame(model, plain_style(), noon(41)));
    CHECK(frame.find("Rollback failed in DeleteMigrated") != std::string::npos);
    CHECK(frame.find("x deployments.apps \"web\" is forbidden: cannot delete") !=
          std::string::npos);
    CHECK(frame.find("x Delete migrated objects") != std::string::npos);
}

TEST_CASE("after the end there is no word of Ctrl-C") {
    LiveModel model = told(118);
    model.over = true;
    CHECK(text(live_frame(model, plain_style(), noon(118))).find("Ctrl-C") == std::string::npos);
}

}  // namespace frame_test
