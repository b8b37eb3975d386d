// The timeline of the HTML: a bar for each span, to scale, below an axis of clock times.
#include <algorithm>
#include <array>

#include "plugin/evidence_markup.hpp"

namespace plugin::evidence {
namespace {

using std::chrono::seconds;

constexpr std::int64_t most_ticks = 6;
constexpr std::int64_t day = 86'400;

struct Scale {
    base::Time from;
    seconds length;

    // "12.345%", whatever the locale
    std::string percent(seconds part) const {
        const auto thousandths = std::clamp(part, seconds(0), length) * 100'000 / length;
        const std::string decimals = std::to_string(thousandths % 1000);
        return std::to_string(thousandths / 1000) + "." + std::string(3 - decimals.size(), '0') +
               decimals + "%";
    }
    std::string at(base::Time time) const { return percent(time - from); }
};

Scale scale_of(const Timeline& timeline) {
    const auto began = std::ranges::min(timeline, {}, &Span::began).began;
    const auto ended = std::max(began, std::ranges::max(timeline, {}, &Span::ended).ended);
    return {began, std::max(ended - began, seconds(1))};
}

// Ticks
// -----------------------------------------------------------------------------------------------------

seconds between_ticks(seconds length) {
    constexpr std::array<std::int64_t, 17> steps{
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 10800, 21600, 43200, day};
    for (const auto step : steps) {
        if (length.count() <= step * most_ticks) return seconds(step);
    }
    return seconds((length.count() / day / most_ticks + 1) * day);
}

std::string clock(base::Time time, seconds step, bool many_days) {
    const std::string text = utc(time);
    std::string date = text.substr(5, 5);
    if (step.count() >= day) return date;
    const std::string hours = text.substr(11, step.count() % 60 == 0 ? 5 : 8);
    return many_days ? date + " " + hours : hours;
}

struct Tick {
    std::string at;
    const char* place;  // a label near an end must not stand out over it
    std::string label;
};

const char* place(seconds at, seconds length) {
    if (at * 10 < length) return " class=\"first\"";
    return (length - at) * 10 < length ? " class=\"last\"" : "";
}

std::vector<Tick> ticks_of(const Scale& scale) {
    const seconds step = between_ticks(scale.length);
    const base::Time end = scale.from + scale.length;
    const bool many_days = utc(scale.from).substr(0, 10) != utc(end).substr(0, 10);
    const auto first = (scale.from.time_since_epoch() + step - seconds(1)) / step * step;
    std::vector<Tick> out;
    for (base::Time time(first); time <= end; time += step)
        out.push_back(
            {scale.at(time), place(time - scale.from, scale.length), clock(time, step, many_days)});
    return out;
}

std::string axis(const std::vector<Tick>& ticks) {
    std::string out;
    for (const Tick& tick : ticks)
        out += "<span" + std::string(tick.place) + " style=\"left:" + tick.at + "\">" + tick.label +
               "</span>";
    return "<div class=\"axis\"><b>UTC</b><div>" + out + "</div></div>\n";
}

std::string lines(const std::vector<Tick>& ticks) {
    std::string out;
    for (const Tick& tick : ticks) out += "<i style=\"left:" + tick.at + "\"></i>";
    return out;
}

// Bars
// ------------------------------------------------------------------------------------------------------

std::string_view class_of(const Span& span) {
    if (span.failed) return "failed";
    if (span.open) return "open";
    switch (span.kind) {
        case Span::Kind::Stage:
            return "stage";
        case Span::Kind::Question:
            return "question";
        case Span::Kind::Pipeline:
            return "pipeline";
    }
    return "stage";
}

std::string how_long(const Span& span) {
    return base::human(std::max(span.ended - span.began, seconds(0))) +
           (span.open ? " so far" : "");
}

std::string bar(const Span& span, const Scale& scale, const std::string& grid) {
    return "<li><span class=\"name\">" + html_text(span.name) + "</span><span class=\"track\">" +
           grid + "<b class=\"" + std::string(class_of(span)) +
           "\" style=\"left:" + scale.at(span.began) +
           ";width:" + scale.percent(span.ended - span.began) +
           "\"></b></span><span class=\"took\">" + how_long(span) + "</span></li>\n";
}

std::string bars(const Timeline& timeline, const char* title, bool of_the_pipeline,
                 const Scale& scale, const std::string& grid) {
    std::string out;
    for (const Span& span : timeline) {
        if ((span.kind == Span::Kind::Pipeline) == of_the_pipeline) out += bar(span, scale, grid);
    }
    return out.empty() ? out : "<h4>" + std::string(title) + "</h4>\n<ol>\n" + out + "</ol>\n";
}

}  // namespace

std::string html_timeline(const Timeline& timeline) {
    const Scale scale = scale_of(timeline);
    const auto ticks = ticks_of(scale);
    const std::string grid = lines(ticks);
    return "<h3>Timeline</h3>\n<div class=\"timeline\">\n" + axis(ticks) +
           bars(timeline, "This run", false, scale, grid) +
           bars(timeline, "MTC&#39;s controller", true, scale, grid) + "</div>\n";
}

}  // namespace plugin::evidence
