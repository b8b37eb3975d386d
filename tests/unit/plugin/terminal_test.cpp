#include <doctest/doctest.h>
#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include <cstdlib>

#include "plugin/terminal.hpp"
#include "plugin/text_width.hpp"

namespace terminal_test {

namespace {

using plugin::ColorMode;
using plugin::Tone;

// Sets a variable for as long as it lives; nullptr unsets it.
class Variable {
  public:
    Variable(const char* name, const char* value) : name_(name) {
        const char* old = std::getenv(name);
        had_ = old != nullptr;
        if (had_) old_ = old;
        set(value);
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() { set(had_ ? old_.c_str() : nullptr); }

  private:
    void set(const char* value) {
        if (value == nullptr)
            ::unsetenv(name_);
        else
            ::setenv(name_, value, 1);
    }
    const char* name_;
    bool had_ = false;
    std::string old_;
};

class Terminal {
  public:
    Terminal(unsigned short columns, unsigned short rows) {
        const winsize size{rows, columns, 0, 0};
        REQUIRE(::openpty(&master_, &slave_, nullptr, nullptr, &size) == 0);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal() {
        ::close(master_);
        ::close(slave_);
    }
    int fd() const { return slave_; }

  private:
    int master_ = -1;
    int slave_ = -1;
};

}  // namespace

TEST_CASE("colour is for terminals that want it") {
    const Terminal terminal(120, 40);
    const Variable term("TERM", "xterm");
    const Variable none("NO_COLOR", nullptr);
    CHECK(plugin::style_of(terminal.fd(), ColorMode::Auto).color);
    CHECK_FALSE(plugin::style_of(terminal.fd(), ColorMode::Never).color);
    SUBCASE("NO_COLOR counts by its presence, and the flag beats it") {
        const Variable set("NO_COLOR", "");
        CHECK_FALSE(plugin::style_of(terminal.fd(), ColorMode::Auto).color);
        CHECK(plugin::style_of(terminal.fd(), ColorMode::Always).color);
    }
    SUBCASE("a dumb terminal has none") {
        const Variable dumb("TERM", "dumb");
        CHECK_FALSE(plugin::style_of(terminal.fd(), ColorMode::Auto).color);
        CHECK_FALSE(plugin::can_redraw());
    }
    SUBCASE("a file has none") {
        const int file = ::open("/dev/null", O_WRONLY);
        CHECK_FALSE(plugin::style_of(file, ColorMode::Auto).color);
        CHECK(plugin::style_of(file, ColorMode::Always).color);
        ::close(file);
    }
}

TEST_CASE("the width is the terminal's, then COLUMNS, then none for a file") {
    const Terminal terminal(120, 40);
    const Variable columns("COLUMNS", "60");
    CHECK(plugin::style_of(terminal.fd(), ColorMode::Auto).width == 120);
    CHECK(plugin::screen_size(terminal.fd()).rows == 40);
    const int file = ::open("/dev/null", O_WRONLY);
    CHECK(plugin::style_of(file, ColorMode::Auto).width == 60);
    for (const char* odd : {"wide", "-3", ""}) {
        const Variable nonsense("COLUMNS", odd);
        CHECK(plugin::style_of(file, ColorMode::Auto).width == 0);
    }
    ::close(file);
    const Terminal unknown(0, 0);
    const Variable unset("COLUMNS", nullptr);
    CHECK(plugin::style_of(unknown.fd(), ColorMode::Auto).width == 80);
}

TEST_CASE("the first locale variable that is set decides about check marks") {
    const Variable all("LC_ALL", nullptr);
    const Variable ctype("LC_CTYPE", "");
    const Variable lang("LANG", "de_DE.UTF-8");
    CHECK(plugin::style_of(1, ColorMode::Auto).unicode);
    const Variable c("LC_ALL", "C");
    CHECK_FALSE(plugin::style_of(1, ColorMode::Auto).unicode);
    const Variable utf8("LC_ALL", "C.utf8");
    CHECK(plugin::style_of(1, ColorMode::Auto).unicode);
}

TEST_CASE("paint colours only where colour is wanted") {
    plugin::Style style{.color = true};
    CHECK(style.paint(Tone::Bad, "x") == "\x1b[31mx\x1b[0m");
    CHECK(style.paint(Tone::Plain, "x") == "x");
    CHECK(style.paint(Tone::Bad, "").empty());
    style.color = false;
    CHECK(style.paint(Tone::Bad, "x") == "x");
}

TEST_CASE("a server's text cannot drive the terminal") {
    CHECK(plugin::one_line("a\x1b[31mb\nc\td\r") == "a^[[31mb c d\\r");
    CHECK(plugin::one_line("\xc2\x9b"
                           "31m") == "\\u009b31m");  // C1: CSI in one character
    CHECK(plugin::one_line("a\xe2\x80\xae"
                           "b") == "a\\u202eb");                      // right-to-left override
    CHECK(plugin::one_line("\xff\xfe\xc3") == "???");                 // no UTF-8
    CHECK(plugin::one_line("\xe0\x80\xaf\xed\xa0\x80") == "??????");  // overlong, surrogate
    CHECK(plugin::one_line(" größe ") == "größe");
    CHECK(plugin::one_ascii_line("größe…") == "gr??e?");
}

TEST_CASE("width counts columns, not bytes") {
    CHECK(plugin::display_width("abc") == 3);
    CHECK(plugin::display_width("größe") == 5);
    CHECK(plugin::display_width("数据") == 4);
    CHECK(plugin::display_width("e\xcc\x81") == 1);  // a combining accent
    CHECK(plugin::display_width("✓ …") == 3);
}

TEST_CASE("text is cut at columns and wrapped between words") {
    CHECK(plugin::cut("abcdef", 6, "…") == "abcdef");
    CHECK(plugin::cut("abcdef", 4, "…") == "abc…");
    CHECK(plugin::cut("数据库", 4, "…") == "数…");
    CHECK(plugin::cut("abcdef", 2, "...") == "ab");
    CHECK(plugin::cut("abcdef", 0, "…").empty());
    CHECK(plugin::padded("数", 4) == "数  ");
    CHECK(plugin::wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
    CHECK(plugin::wrapped("a-very-long-word b", 5) ==
          std::vector<std::string>{"a-very-long-word", "b"});
    CHECK(plugin::wrapped("one two", 0) == std::vector<std::string>{"one two"});
    CHECK(plugin::wrapped("", 10) == std::vector<std::string>{""});
}

}  // namespace terminal_test
