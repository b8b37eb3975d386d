#include "kube/http_tunnel.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string_view>

#include "base/text.hpp"

namespace kube {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t longest_answer = 16384;

/// What one step of the talk came to.
enum class Step { Done, Closed, TooLate };

/// Waits until the socket can be read or written.
Step await(int socket, short what, Clock::time_point deadline) {
    for (;;) {
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return Step::TooLate;
        pollfd waiting{.fd = socket, .events = what, .revents = 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(left));
        if (ready > 0) return Step::Done;
        if (ready < 0 && errno != EINTR) return Step::Closed;
    }
}

bool is_passing(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

Step write_all(int socket, std::string_view text, Clock::time_point deadline) {
    while (!text.empty()) {
        if (const Step step = await(socket, POLLOUT, deadline); step != Step::Done) return step;
        const ssize_t n = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && !is_passing(errno)) return Step::Closed;
        if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
    }
    return Step::Done;
}

// Byte by byte: what follows the header belongs to the server behind the proxy.
Step read_header(int socket, std::string& header, Clock::time_point deadline) {
    while (!header.ends_with("\r\n\r\n")) {
        if (header.size() >= longest_answer) return Step::Closed;
        if (const Step step = await(socket, POLLIN, deadline); step != Step::Done) return step;
        char byte = 0;
        const ssize_t n = ::recv(socket, &byte, 1, MSG_DONTWAIT);
        if (n == 0 || (n < 0 && !is_passing(errno))) return Step::Closed;
        if (n == 1) header += byte;
    }
    return Step::Done;
}

std::string request_for(const Proxy& proxy, const std::string& authority) {
    std::string request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
    if (!proxy.authorization.empty()) {
        request += "Proxy-Authorization: " + proxy.authorization.reveal() + "\r\n";
    }
    return request + "\r\n";
}

/// "HTTP/1.1 407 Proxy Authentication Required": Go reports what follows the version and the
/// status.
std::string refusal_in(std::string_view header) {
    const std::string_view line = header.substr(0, header.find("\r\n"));
    if (!line.starts_with("HTTP/1.") || line.size() < 12) return "the proxy answers no HTTP";
    if (line[9] == '2') return "";
    const std::string_view reason = base::trimmed(line.substr(12));
    return base::printable(reason.empty() ? line.substr(9, 3) : reason);
}

std::string trouble(Step step) {
    switch (step) {
        case Step::Done:
            return "";
        case Step::Closed:
            return "the proxy closed the connection: EOF";
        case Step::TooLate:
            return "the proxy did not answer in time: i/o timeout";
    }
    return "";
}

}  // namespace

std::string open_tunnel(int socket, const Proxy& proxy, const std::string& authority,
                        milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    const Step sent = write_all(socket, request_for(proxy, authority), deadline);
    if (sent != Step::Done) return trouble(sent);
    std::string header;
    const Step answered = read_header(socket, header, deadline);
    return answered == Step::Done ? refusal_in(header) : trouble(answered);
}

}  // namespace kube
