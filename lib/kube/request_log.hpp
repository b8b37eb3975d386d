// What -v shows of a request, in kubectl's form (client-go's transport/round_trippers.go and klog),
// and what it must not show: every header and every field of a body in which a secret can stand is
// masked. It formats and decides; it sends and writes nothing.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace kube {

/// Where requests are told of; called from any thread, one complete line (or several) each time.
struct RequestLog {
    int verbosity =
        0;  // -v: 6 the request line, 7 headers, 8 and 9 bodies cut short, 10 whole ones
    std::function<void(const std::string& line)> write = {};
    /// Receives each new text of the server's Warning headers, once per program.
    std::function<void(const std::string& text)> warn = {};
    /// Told that a server is waited for, when it has been silent for so long; now and then.
    std::function<void(const std::string& text)> waits = {};
    std::chrono::milliseconds patience{5000};
};

using Headers = std::vector<std::pair<std::string, std::string>>;

struct LoggedRequest {
    std::string method;
    std::string url;  // whole, without credentials
    Headers headers;
    std::string body;
};

struct LoggedResponse {
    int status = 0;
    std::string reason;  // "Not Found"
    Headers headers;
    std::string body;     // empty for a stream
    std::string failure;  // instead of all that: why there was no answer
};

/// The lines for one request and its answer at this verbosity, each with klog's prefix, as kubectl
/// 1.32 prints them; secrets masked, control characters and line breaks escaped. Empty below 6.
/// They are all made when the answer is there (or its headers, for a stream).
std::vector<std::string> request_lines(int verbosity, const LoggedRequest& request,
                                       const LoggedResponse& response,
                                       std::chrono::milliseconds took);

/// A body as it may be shown: JSON (one document, or one per line as in a watch) with secrets
/// masked, compact and in ASCII; anything else only by its size.
std::string masked_body(const std::string& body);

/// The texts in a Warning header's value (RFC 7234 5.5, as apimachinery's ParseWarningHeaders reads
/// it): those of code 299; what cannot be read, and all behind it, is left out. At most 4 KiB each,
/// and raw: whoever prints one makes control characters and broken UTF-8 harmless.
std::vector<std::string> warnings_in(const std::string& header);

}  // namespace kube
