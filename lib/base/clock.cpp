#include "base/clock.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

namespace base {
namespace {

using namespace std::chrono;

std::optional<int> digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + count, value);
    if (error != std::errc() || end != text.data() + count || text[0] == '-') return std::nullopt;
    text.remove_prefix(count);
    return value;
}

bool skip(std::string_view& text, char c) {
    if (text.empty() || text[0] != c) return false;
    text.remove_prefix(1);
    return true;
}

void skip_fraction(std::string_view& text) {
    if (!skip(text, '.')) return;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') text.remove_prefix(1);
}

std::optional<seconds> zone(std::string_view& text) {
    if (skip(text, 'Z') || skip(text, 'z')) return seconds(0);
    const bool west = !text.empty() && text[0] == '-';
    if (!west && (text.empty() || text[0] != '+')) return std::nullopt;
    text.remove_prefix(1);
    const auto h = digits(text, 2);
    if (!h || !skip(text, ':')) return std::nullopt;
    const auto m = digits(text, 2);
    if (!m) return std::nullopt;
    const seconds offset = hours(*h) + minutes(*m);
    return west ? -offset : offset;
}

std::optional<double> unit_in_milliseconds(std::string_view unit) {
    static constexpr std::array<std::pair<std::string_view, double>, 6> units{
        {{"ns", 1e-6}, {"us", 1e-3}, {"ms", 1}, {"s", 1e3}, {"m", 6e4}, {"h", 3.6e6}}};
    for (const auto& [name, factor] : units) {
        if (name == unit) return factor;
    }
    return std::nullopt;
}

std::string two(std::int64_t first, char unit, std::int64_t second, char small) {
    std::array<char, 48> out{};
    const int n =
        std::snprintf(out.data(), out.size(), "%lld%c%02lld%c", static_cast<long long>(first), unit,
                      static_cast<long long>(second), small);
    return {out.data(), static_cast<std::size_t>(n)};
}

}  // namespace

Time now() {
    return floor<seconds>(system_clock::now());
}

std::string rfc3339(Time time) {
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    std::array<char, 64> out{};
    const int n = std::snprintf(
        out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()));
    return {out.data(), static_cast<std::size_t>(n)};
}

std::optional<Time> parse_rfc3339(std::string_view text) {
    const auto y = digits(text, 4);
    if (!y || !skip(text, '-')) return std::nullopt;
    const auto mo = digits(text, 2);
    if (!mo || !skip(text, '-')) return std::nullopt;
    const auto d = digits(text, 2);
    if (!d || (!skip(text, 'T') && !skip(text, 't'))) return std::nullopt;
    const auto h = digits(text, 2);
    if (!h || !skip(text, ':')) return std::nullopt;
    const auto mi = digits(text, 2);
    if (!mi || !skip(text, ':')) return std::nullopt;
    const auto s = digits(text, 2);
    if (!s) return std::nullopt;
    skip_fraction(text);
    const auto offset = zone(text);
    const year_month_day date{year(*y), month(static_cast<unsigned>(*mo)),
                              day(static_cast<unsigned>(*d))};
    if (!offset || !text.empty() || !date.ok() || *h > 23 || *mi > 59 || *s > 60)
        return std::nullopt;
    return sys_days(date) + hours(*h) + minutes(*mi) + seconds(*s) - *offset;
}

std::optional<Time> parse_http_date(std::string_view text) {
    static constexpr std::array<std::string_view, 12> months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    // the name of the day says nothing that the date does not
    if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT"))
        return std::nullopt;
    const auto name = std::ranges::find(months, text.substr(8, 3));
    if (name == months.end()) return std::nullopt;
    const auto month = static_cast<int>(name - months.begin()) + 1;
    const std::string in_numbers = std::string(text.substr(12, 4)) + "-" + (month < 10 ? "0" : "") +
                                   std::to_string(month) + "-" + std::string(text.substr(5, 2)) +
                                   "T" + std::string(text.substr(17, 8)) + "Z";
    return parse_rfc3339(in_numbers);
}

std::string human(std::chrono::seconds duration) {
    const auto total = std::max<std::int64_t>(0, duration.count());
    if (total < 60) return std::to_string(total) + "s";
    if (total < 3600) return two(total / 60, 'm', total % 60, 's');
    if (total < 86400) return two(total / 3600, 'h', total % 3600 / 60, 'm');
    return std::to_string(total / 86400) + "d" + std::to_string(total % 86400 / 3600) + "h";
}

std::string go_duration(milliseconds duration) {
    const auto total = duration.count();
    if (total != 0 && total < 1000) return std::to_string(total) + "ms";
    const auto hours = total / 3'600'000;
    const auto minutes = total / 60'000 % 60;
    std::string out;
    if (hours > 0) out += std::to_string(hours) + "h";
    if (hours > 0 || minutes > 0) out += std::to_string(minutes) + "m";
    out += std::to_string(total / 1000 % 60);
    if (std::string fraction = std::to_string(1000 + total % 1000).substr(1); fraction != "000") {
        while (fraction.ends_with('0')) fraction.pop_back();
        out += "." + fraction;
    }
    return out + "s";
}

std::optional<milliseconds> parse_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    double total = 0;
    for (bool first = true; !text.empty(); first = false) {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value,
                                                  std::chars_format::fixed);
        // "inf" and "nan" are numbers to from_chars; so many seconds are no duration either
        const bool sensible = value >= 0 && value <= 1e12;
        if (error != std::errc() || !sensible || text[0] == '-') return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const auto length = std::min(text.find_first_of("0123456789."), text.size());
        if (first && text.empty()) return milliseconds(static_cast<std::int64_t>(value * 1e3));
        const auto factor = unit_in_milliseconds(text.substr(0, length));
        if (!factor) return std::nullopt;
        text.remove_prefix(length);
        total += value * *factor;
    }
    if (total > 1e15) return std::nullopt;
    return milliseconds(static_cast<std::int64_t>(total));
}

}  // namespace base
