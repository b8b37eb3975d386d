// Time as the API writes it (RFC 3339, UTC) and durations as a person reads them. `now` is the only
// I/O in this folder; what needs a time in a decision takes it as an argument.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace base {

using Time = std::chrono::sys_seconds;

/// The wall clock, in whole seconds.
Time now();
/// "2025-05-01T11:00:00Z"
std::string rfc3339(Time time);
/// The time of "2025-05-01T11:00:00Z" or "...11:00:00.123+02:00" (fractions are dropped), or
/// nothing.
std::optional<Time> parse_rfc3339(std::string_view text);
/// The time of an HTTP header, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110), or nothing.
std::optional<Time> parse_http_date(std::string_view text);
/// "7s", "2m14s", "1h07m", "3d4h": two units at most, as kubectl's ages are.
std::string human(std::chrono::seconds duration);
/// As Go's Duration prints itself: "5s", "1m30s", "1h0m0s", "1.5s", "900ms".
std::string go_duration(std::chrono::milliseconds duration);
/// A Go duration ("90s", "1m30s", "500ms", "1.5h") or a bare integer of seconds; nothing when it is
/// neither or negative. Rounded to milliseconds.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace base
