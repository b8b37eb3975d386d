#include "kube/request_log.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <limits>

#include "base/object.hpp"
#include "base/text.hpp"
#include "kube/masking.hpp"

namespace kube {
namespace {

using base::Json;
using Lines = std::vector<std::string>;

// ---- klog's form ----

std::string padded(std::string text, std::size_t width, char fill) {
    if (text.size() < width) text.insert(0, width - text.size(), fill);
    return text;
}

// The source is fixed: where in our code a line was made helps nobody, but scripts that read klog
// lines expect a file and a line there
std::string klog_prefix() {
    using std::chrono::system_clock;
    const auto now = system_clock::now();
    const std::time_t seconds = system_clock::to_time_t(now);
    std::tm local{};
    localtime_r(&seconds, &local);
    std::array<char, 32> time{};
    std::strftime(time.data(), time.size(), "I%m%d %H:%M:%S.", &local);
    const auto fraction = now.time_since_epoch() % std::chrono::seconds(1);
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(fraction).count();
    return time.data() + padded(std::to_string(micros), 6, '0') + " " +
           padded(std::to_string(getpid()), 7, ' ') + " requests.cpp:1] ";
}

std::string replaced(std::string_view text, char what, std::string_view by) {
    std::string out;
    for (const char c : text) {
        if (c == what) {
            out += by;
        } else {
            out += c;
        }
    }
    return out;
}

/// A line break in it must not begin a line that looks like one of ours.
std::string on_one_line(std::string_view text) {
    return replaced(base::printable(text), '\n', "\\n");
}

void append(Lines& lines, Lines more) {
    std::ranges::move(more, std::back_inserter(lines));
}

// ---- bodies ----

// client-go's truncateBody
std::size_t longest_body(int verbosity) {
    if (verbosity >= 10) return std::numeric_limits<std::size_t>::max();
    return verbosity == 9 ? 10240 : 1024;
}

std::string truncated(std::string text, std::size_t longest) {
    if (text.size() <= longest) return text;
    const std::string rest = std::to_string(text.size() - longest);
    text.resize(longest);
    return text + " [truncated " + rest + " chars]";
}

Lines body_lines(const std::string& title, const std::string& body, int verbosity) {
    if (body.empty()) return {};
    Lines lines = base::split(truncated(masked_body(body), longest_body(verbosity)), '\n');
    lines.front().insert(0, title + ": ");
    return lines;
}

/// In ASCII: safe for every terminal (C1 controls, reversed text) and to be cut anywhere.
std::string dumped(const Json& json) {
    return masked_json(json).dump(-1, ' ', true, Json::error_handler_t::replace);
}

/// A watch's answer: one JSON document per line; nothing when a line is none.
std::vector<Json> documents_in(const std::string& body) {
    std::vector<Json> documents;
    for (const std::string& line : base::split(body, '\n')) {
        if (base::trimmed(line).empty()) continue;
        documents.push_back(Json::parse(line, nullptr, false));
        if (!documents.back().is_structured()) return {};
    }
    return documents;
}

// ---- headers ----

/// "content-type" as Go writes it: "Content-Type".
std::string canonical(std::string name) {
    bool is_first = true;
    for (char& c : name) {
        const auto byte = static_cast<unsigned char>(c);
        c = static_cast<char>(is_first ? std::toupper(byte) : std::tolower(byte));
        is_first = c == '-';
    }
    return name;
}

/// "Name: value", sorted by name (the values of one name in their order), masked.
Lines shown_headers(const Headers& headers) {
    Headers sorted = headers;
    for (auto& [name, value] : sorted) name = canonical(name);
    std::ranges::stable_sort(sorted, {}, &Headers::value_type::first);
    Lines lines;
    for (const auto& [name, value] : sorted) {
        lines.push_back(on_one_line(name + ": " + masked_header(name, value)));
    }
    return lines;
}

Lines header_lines(const std::string& title, const Headers& headers) {
    Lines lines{title + " Headers:"};
    for (const std::string& header : shown_headers(headers)) lines.push_back("    " + header);
    return lines;
}

// ---- the request and its answer ----

std::string shown_url(const LoggedRequest& request) {
    return on_one_line(masked_url(request.url));
}

// Two spaces before the headers, as kubectl prints it
std::string curl_line(const LoggedRequest& request) {
    std::string headers;
    for (const std::string& header : shown_headers(request.headers)) {
        headers += " -H " + base::in_quotes(header);
    }
    const std::string url = replaced(shown_url(request), '\'', "%27");
    return "curl -v -X" + on_one_line(request.method) + " " + headers + " '" + url + "'";
}

std::string request_line(const LoggedRequest& request) {
    return on_one_line(request.method) + " " + shown_url(request);
}

// Without an answer the status is empty, which leaves two spaces: so kubectl prints it
std::string status_and_time(const LoggedResponse& response, std::chrono::milliseconds took) {
    std::string status;
    if (response.status != 0) {
        status = std::to_string(response.status);
        if (!response.reason.empty()) status += " " + on_one_line(response.reason);
    }
    return " " + status + " in " + std::to_string(took.count()) + " milliseconds";
}

/// Levels 7 and 8 print the request and the status apart, with the headers in between; 6, 9 and 10
/// both in one line (client-go's DebugWrappers).
bool is_in_two_parts(int verbosity) {
    return verbosity == 7 || verbosity == 8;
}

Lines request_part(int verbosity, const LoggedRequest& request) {
    Lines lines;
    if (verbosity >= 8) append(lines, body_lines("Request Body", request.body, verbosity));
    if (verbosity >= 9) lines.push_back(curl_line(request));
    if (is_in_two_parts(verbosity)) {
        lines.push_back(request_line(request));
        append(lines, header_lines("Request", request.headers));
    }
    return lines;
}

Lines response_part(int verbosity, const LoggedRequest& request, const LoggedResponse& response,
                    std::chrono::milliseconds took) {
    const std::string subject =
        is_in_two_parts(verbosity) ? "Response Status:" : request_line(request);
    Lines lines{subject + status_and_time(response, took)};
    if (!response.failure.empty()) {
        lines.push_back("No answer: " + on_one_line(masked_text(response.failure)));
        return lines;
    }
    if (verbosity < 8) return lines;
    append(lines, header_lines("Response", response.headers));
    append(lines, body_lines("Response Body", response.body, verbosity));
    return lines;
}

}  // namespace

std::vector<std::string> request_lines(int verbosity, const LoggedRequest& request,
                                       const LoggedResponse& response,
                                       std::chrono::milliseconds took) {
    if (verbosity < 6) return {};
    Lines lines = request_part(verbosity, request);
    append(lines, response_part(verbosity, request, response, took));
    const std::string prefix = klog_prefix();
    for (std::string& line : lines) line.insert(0, prefix);
    return lines;
}

std::string masked_body(const std::string& body) {
    if (body.empty()) return {};
    const Json whole = Json::parse(body, nullptr, false);
    if (whole.is_structured()) return dumped(whole);
    std::vector<std::string> lines;
    for (const Json& document : documents_in(body)) lines.push_back(dumped(document));
    if (lines.empty()) return "<" + base::count(body.size(), "byte") + ", not shown: not JSON>";
    return base::join(lines, "\n");
}

}  // namespace kube
