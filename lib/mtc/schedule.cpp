#include "mtc/schedule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace mtc {
namespace {

using namespace std::chrono;
using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed",
                                                        "thu", "fri", "sat"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> descriptors{
    {{"@yearly", "0 0 1 1 *"},
     {"@annually", "0 0 1 1 *"},
     {"@monthly", "0 0 1 * *"},
     {"@weekly", "0 0 * * 0"},
     {"@daily", "0 0 * * *"},
     {"@midnight", "0 0 * * *"},
     {"@hourly", "0 * * * *"}}};

/// What a field may hold.
struct Bounds {
    int least;
    int most;
    Names names = {};
};

std::optional<int> value_of(std::string_view text, const Bounds& bounds) {
    for (std::size_t i = 0; i < bounds.names.size(); ++i) {
        if (base::lower(text) == bounds.names[i]) return bounds.least + static_cast<int>(i);
    }
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// "*", "5", "1-5", "*/15", "10-40/10": from, to, step. Nothing when it is none of these.
struct Range {
    int from;
    int to;
    int step = 1;
    bool all = false;
};

std::optional<Range> range_of(std::string_view text, const Bounds& bounds) {
    const auto slash = text.find('/');
    const std::string_view span = text.substr(0, slash);
    Range range{.from = bounds.least, .to = bounds.most};
    const bool star = span == "*" || span == "?";
    if (!star) {
        const auto dash = span.find('-');
        const auto from = value_of(span.substr(0, dash), bounds);
        const auto to =
            dash == std::string_view::npos ? from : value_of(span.substr(dash + 1), bounds);
        if (!from || !to) return std::nullopt;
        range.from = *from;
        // "5/15" goes on to the end
        const bool open = dash == std::string_view::npos && slash != std::string_view::npos;
        range.to = open ? bounds.most : *to;
    }
    if (slash != std::string_view::npos) {
        const auto step = value_of(text.substr(slash + 1), {.least = 1, .most = bounds.most});
        if (!step || *step < 1) return std::nullopt;
        range.step = *step;
    }
    range.all = star && range.step == 1;
    if (range.from < bounds.least || range.to > bounds.most || range.from > range.to)
        return std::nullopt;
    return range;
}

/// Sets the bits of a field; nothing when it cannot be understood, else whether it is "*".
template <std::size_t N>
std::optional<bool> fill(std::bitset<N>& bits, const std::string& field, const Bounds& bounds) {
    bool all = false;
    for (const std::string& part : base::split(field + ",", ',')) {
        const auto range = range_of(part, bounds);
        if (!range) return std::nullopt;
        for (int value = range->from; value <= range->to; value += range->step)
            bits.set(static_cast<std::size_t>(value));
        all = all || range->all;
    }
    return all;
}

std::vector<std::string> fields_of(std::string_view text) {
    std::vector<std::string> fields;
    for (std::string& field : base::split(text, ' ')) {
        if (!field.empty()) fields.push_back(std::move(field));
    }
    return fields;
}

std::string_view without_zone(std::string_view text) {
    for (const std::string_view zone : {"CRON_TZ=UTC ", "TZ=UTC "}) {
        if (text.starts_with(zone)) return text.substr(zone.size());
    }
    return text;
}

}  // namespace

std::optional<Schedule> Schedule::parse(std::string_view text) {
    text = base::trimmed(without_zone(base::trimmed(text)));
    Schedule out;
    if (text.starts_with("@every ")) {
        const auto duration = base::parse_duration(base::trimmed(text.substr(7)));
        if (!duration) return std::nullopt;
        out.every_ = std::max(seconds(1), duration_cast<seconds>(*duration));
        return out;
    }
    for (const auto& [name, meaning] : descriptors) {
        if (text == name) text = meaning;
    }
    const auto fields = fields_of(text);
    if (fields.size() != 5) return std::nullopt;
    const auto day = fill(out.days_, fields[2], {.least = 1, .most = 31});
    const auto weekday =
        fill(out.weekdays_, fields[4], {.least = 0, .most = 6, .names = weekday_names});
    if (!fill(out.minutes_, fields[0], {.least = 0, .most = 59}) ||
        !fill(out.hours_, fields[1], {.least = 0, .most = 23}) || !day ||
        !fill(out.months_, fields[3], {.least = 1, .most = 12, .names = month_names}) || !weekday)
        return std::nullopt;
    out.any_day_ = *day;
    out.any_weekday_ = *weekday;
    return out;
}

bool Schedule::is_day(sys_days day) const {
    const year_month_day date(day);
    if (!months_[static_cast<unsigned>(date.month())]) return false;
    const bool by_date = days_[static_cast<unsigned>(date.day())];
    const bool by_weekday = weekdays_[weekday(day).c_encoding()];
    return any_day_ || any_weekday_ ? by_date && by_weekday : by_date || by_weekday;
}

std::size_t Schedule::due(base::Time since, base::Time until, std::size_t most) const {
    if (until <= since) return 0;
    if (every_) return std::min(most, static_cast<std::size_t>((until - since) / *every_));
    std::size_t count = 0;
    auto at = floor<minutes>(since) + minutes(1);
    while (at <= until && count < most) {
        const auto day = floor<days>(at);
        const hh_mm_ss clock(at - day);
        if (!is_day(day)) {
            at = day + days(1);
        } else if (!hours_[static_cast<std::size_t>(clock.hours().count())]) {
            at = floor<hours>(at) + hours(1);
        } else {
            count += minutes_[static_cast<std::size_t>(clock.minutes().count())] ? 1 : 0;
            at += minutes(1);
        }
    }
    return count;
}

namespace {

constexpr std::size_t too_many = 100;

// cronjob_controllerv2.go starts the last one that was missed, however many there are;
// cronjob/utils.go before it gave up.
bool gives_up(const base::Object& cron_job) {
    return cron_job.ref.type.version != "v1";
}

std::optional<base::Time> last_known(const base::Object& cron_job) {
    for (const char* at : {"/status/lastScheduleTime", "/metadata/creationTimestamp"}) {
        if (const auto time = base::parse_rfc3339(base::text_or_empty(cron_job.body, at)))
            return time;
    }
    return std::nullopt;
}

bool is_in_utc(const base::Object& cron_job) {
    const std::string zone = base::text_or_empty(cron_job.body, "/spec/timeZone");
    return zone.empty() || zone == "UTC" || zone == "Etc/UTC";
}

}  // namespace

Resumption when_resumed(const base::Object& cron_job, base::Time now) {
    const auto schedule = Schedule::parse(base::text_or_empty(cron_job.body, "/spec/schedule"));
    auto since = last_known(cron_job);
    if (!schedule || !since || !is_in_utc(cron_job)) return {};
    if (const auto deadline = base::number_at(cron_job.body, "/spec/startingDeadlineSeconds"))
        since = std::max(*since, now - seconds(*deadline));
    const std::size_t missed = schedule->due(*since, now, too_many + 1);
    if (missed == 0) return {Resumption::What::Waits, 0};
    const bool never = missed > too_many && gives_up(cron_job);
    return {never ? Resumption::What::Never : Resumption::What::AtOnce, missed};
}

}  // namespace mtc
