#include <algorithm>
#include <span>

#include "base/text.hpp"
#include "plugin/evidence_markup.hpp"
#include "plugin/text_width.hpp"

namespace plugin::evidence {
namespace {

using Row = std::vector<Cell>;

std::string_view class_of(Tone tone) {
    switch (tone) {
        case Tone::Good:
            return "good";
        case Tone::Warning:
            return "warning";
        case Tone::Bad:
            return "bad";
        case Tone::Dim:
            return "dim";
        case Tone::Plain:
        case Tone::Bold:
        case Tone::Active:
            return "plain";
    }
    return "plain";
}

std::string element(const std::string& tag, const std::string& content,
                    const std::string& attributes = {}) {
    return "<" + tag + attributes + ">" + content + "</" + tag + ">";
}

std::string with_class(std::string_view name) {
    return " class=\"" + std::string(name) + "\"";
}

// Lines may break behind a slash, and not within a flag ("-n").
std::string breakable(std::string_view text) {
    std::string out;
    for (const std::string& word : base::split(html_text(text), ' ')) {
        if (!out.empty()) out += ' ';
        if (word.starts_with('-')) {
            out += element("span", word, with_class("flag"));
            continue;
        }
        for (std::size_t i = 0; i < word.size(); ++i) {
            out += word[i];
            if (word[i] == '/' && word.substr(i + 1, 1) != "/") out += "<wbr>";
        }
    }
    return out;
}

std::string toned(const std::string& tag, const Cell& cell) {
    return element(tag, breakable(cell.text), with_class(class_of(cell.tone)));
}

// The name of its column stands in each cell: where there is no room for columns it is shown there.
std::string row(const Records& records, const Row& cells) {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string label = " data-label=\"" + html_text(records.headers.at(i)) + "\"";
        out += cells[i].text.empty() ? "<td></td>" : element("td", toned("div", cells[i]), label);
    }
    return "<tr>" + out + "</tr>\n";
}

std::string table(const Records& records, std::span<const Row> rows, const std::string& name) {
    std::string head;
    for (const std::string& header : records.headers)
        head += element("th", html_text(header), " scope=\"col\"");
    std::string body;
    for (const Row& each : rows) body += row(records, each);
    return "<table aria-label=\"" + html_text(name) + "\">\n<thead><tr>" + head +
           "</tr></thead>\n<tbody>\n" + body + "</tbody>\n</table>\n";
}

std::string folded(const Records& records, std::span<const Row> rows, const std::string& name) {
    if (rows.empty()) return {};
    return "<details><summary>and " + std::to_string(rows.size()) + " more</summary>\n" +
           table(records, rows, name + ", the rest") + "</details>\n";
}

std::string html_caption(const std::string& text) {
    return text.empty() ? "" : element("h3", html_text(text)) + "\n";
}

struct HtmlWriter {
    const std::string& section;

    std::string operator()(const Lines& lines) const {
        std::string out;
        for (const Cell& line : lines.items) out += toned("li", line) + "\n";
        return html_caption(lines.caption) + "<ul>\n" + out + "</ul>\n";
    }
    std::string operator()(const Records& records) const {
        const std::span<const Row> rows = records.rows;
        const auto open = std::min(rows.size(), most_open_rows);
        const std::string& name = records.caption.empty() ? section : records.caption;
        return html_caption(records.caption) + table(records, rows.first(open), name) +
               folded(records, rows.subspan(open), name);
    }
    std::string operator()(const Timeline& timeline) const { return html_timeline(timeline); }
};

std::string facts(const Document& document) {
    std::string out;
    for (const Fact& fact : document.facts)
        out += "<div>" + element("dt", html_text(fact.name)) + toned("dd", fact.value) + "</div>\n";
    return "<dl>\n" + out + "</dl>\n";
}

std::string section(const Section& each) {
    std::string out = element("h2", html_text(each.title)) + "\n";
    for (const Part& part : each.parts) out += std::visit(HtmlWriter{each.title}, part);
    return "<section>\n" + out + "</section>\n";
}

// Nothing is loaded and nothing runs, whatever text there is.
std::string head(const Document& document) {
    return "<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" "
           "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<meta name=\"color-scheme\" content=\"light dark\">\n" +
           element("title", html_text(document.headline.text + " – " + document.title)) + "\n" +
           element("style", html_style) + "\n";
}

}  // namespace

std::string html_text(std::string_view text) {
    std::string out;
    for (const char c : one_line(text)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string to_html(const Document& document) {
    std::string sections;
    for (const Section& each : document.sections) sections += section(each);
    return "<!doctype html>\n<html lang=\"en\">\n<head>\n" + head(document) +
           "</head>\n<body>\n<header" + with_class(class_of(document.headline.tone)) + ">\n" +
           element("p", html_text(document.title)) + "\n" +
           element("h1", html_text(document.headline.text)) + "\n</header>\n<main>\n" +
           facts(document) + sections + "</main>\n<footer>" +
           element("p", html_text(document.footer)) + "</footer>\n</body>\n</html>\n";
}

}  // namespace plugin::evidence
