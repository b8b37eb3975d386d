// Requests that go through an HTTP proxy.
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <mutex>

#include "hello_server.hpp"

namespace http_proxy_test {

using base::ErrorKind;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

int connected_to(int port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    return socket;
}

// Passes what there is from one socket on to the other; false at its end.
bool pass(int from, int to) {
    std::array<char, 4096> bytes{};
    const ssize_t n = ::recv(from, bytes.data(), bytes.size(), 0);
    if (n <= 0) return false;
    write_all(to, std::string(bytes.data(), static_cast<std::size_t>(n)));
    return true;
}

void join_sockets(int a, int b) {
    for (;;) {
        std::array<pollfd, 2> waiting{{{a, POLLIN, 0}, {b, POLLIN, 0}}};
        ::poll(waiting.data(), waiting.size(), 5000);
        if (waiting[0].revents == 0 && waiting[1].revents == 0) return;
        if (waiting[0].revents != 0 && !pass(a, b)) return;
        if (waiting[1].revents != 0 && !pass(b, a)) return;
    }
}

/// Answers CONNECT with `answer`, and joins the sockets when that is a yes.
struct Proxy {
    Proxy(std::string said, int port) : answer(std::move(said)), server_port(port) {}

    std::string url(const std::string& userinfo = "") const {
        return "http://" + userinfo + "127.0.0.1:" + std::to_string(server.port());
    }
    std::string first_request() {
        const std::lock_guard lock(mutex);
        return requests.at(0);
    }

    std::mutex mutex;
    std::vector<std::string> requests;
    std::string answer;
    int server_port;
    RawServer server{[this](int client, int) {
        const std::string request = read_request(client);
        {
            const std::lock_guard lock(mutex);
            requests.push_back(request);
        }
        write_all(client, answer);
        if (!answer.contains(" 200 ")) return;
        const int behind = connected_to(server_port);
        join_sockets(client, behind);
        ::close(behind);
    }};
};

const std::string established = "HTTP/1.1 200 Connection established\r\n\r\n";

Connection through(const std::string& proxy, std::string server) {
    Connection connection = trusting(std::move(server));
    connection.proxy_url = base::Secret(proxy);
    return connection;
}

}  // namespace

TEST_CASE("the proxy is asked to connect through, and TLS is spoken with the server behind it") {
    const Hello server;
    Proxy proxy(established, server.port());
    const auto client = open(
        through(proxy.url("me:s%3Acret@"), "https://localhost:" + std::to_string(server.port())));
    CHECK(outcome(client->send(hello, {})) == "200 hello");
    CHECK(outcome(client->send(hello, {})) == "200 hello");
    const std::string authority = "localhost:" + std::to_string(server.port());
    CHECK(proxy.first_request() == "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority +
                                       "\r\nProxy-Authorization: Basic bWU6czpjcmV0\r\n\r\n");
    SUBCASE("once for a connection that is kept") {
        CHECK(proxy.requests.size() == 1);
    }
}

TEST_CASE("an address of IPv6 stands in brackets, and the port is always named") {
    Proxy proxy("HTTP/1.1 403 No\r\nConnection: close\r\n\r\n", 0);
    CHECK_FALSE(ask(through(proxy.url(), "https://[fd00::1]")));
    CHECK(proxy.first_request().starts_with("CONNECT [fd00::1]:443 HTTP/1.1\r\n"));
}

TEST_CASE("the certificate behind a proxy is verified as any other") {
    const Hello server;
    Proxy proxy(established, server.port());
    Connection connection = through(proxy.url(), "https://other.example");
    CHECK(outcome(ask(std::move(connection))) ==
          "Unable to connect to the server: tls: failed to verify certificate: x509: certificate "
          "is valid for localhost, not other.example");
}

TEST_CASE("a proxy that refuses is heard, soon, whatever it says of the connection") {
    struct Row {
        const char* answer;
        const char* why;
    };
    const Row rows[] = {
        {"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n",
         "Proxy Authentication Required"},
        {"HTTP/1.1 407 Proxy Authentication Required\r\nConnection: close\r\nContent-Length: "
         "2\r\n\r\nno",
         "Proxy Authentication Required"},
        {"HTTP/1.0 502 Bad Gateway\r\n\r\n", "Bad Gateway"},
        {"HTTP/1.1 403 \x1b[31mNo\r\n\r\n", "^[[31mNo"},
        {"HTTP/1.1 503\r\n\r\n", "503"},
        {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "the proxy answers no HTTP"},
        {"HTTP/1.1 200", "the proxy closed the connection: EOF"},
        {"", "the proxy closed the connection: EOF"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.answer);
        Proxy proxy(row.answer, 0);
        const auto begun = Clock::now();
        const auto answer = ask(through(proxy.url(), "https://api.example:6443"));
        CHECK(outcome(answer) == std::string("Unable to connect to the server: ") + row.why);
        CHECK(answer.error().kind == ErrorKind::Unreachable);
        CHECK(Clock::now() - begun < 5s);
    }
}

TEST_CASE("a proxy that is silent is waited for as long as for a connection") {
    std::mutex hold;
    const std::unique_lock held(hold);
    RawServer proxy([](int socket, int) {
        read_request(socket);
        read_request(socket);  // until the client goes
    });
    Connection connection =
        through("http://127.0.0.1:" + std::to_string(proxy.port()), "https://api.example");
    connection.request_timeout = 300ms;
    CHECK(outcome(ask(std::move(connection))) ==
          "Unable to connect to the server: the proxy did not answer in time: i/o timeout");
}

TEST_CASE("a proxy that is not there is named") {
    int port = 0;
    {
        const RawServer gone([](int, int) {});
        port = gone.port();
    }
    const std::string url = "127.0.0.1:" + std::to_string(port);
    CHECK(outcome(ask(through("http://" + url, "https://api.example"))) ==
          "Unable to connect to the server: proxyconnect tcp: dial tcp " + url +
              ": connect: connection refused");
}

TEST_CASE("waiting for a proxy ends soon after being asked to stop") {
    std::stop_source stop;
    RawServer proxy([&](int socket, int) {
        read_request(socket);
        stop.request_stop();
        read_request(socket);
    });
    const auto client =
        open(through("http://127.0.0.1:" + std::to_string(proxy.port()), "https://api.example"));
    const auto begun = Clock::now();
    CHECK(client->send(hello, stop.get_token()).error().kind == ErrorKind::Interrupted);
    CHECK(Clock::now() - begun < 5s);
}

TEST_CASE("a plain request names its server to the proxy, and carries no login for it") {
    std::string request;
    RawServer proxy([&](int socket, int) {
        request = read_request(socket);
        write_all(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    });
    Connection connection{.server = "http://api.example:8080/prefix"};
    connection.proxy_url = base::Secret("http://me:p@127.0.0.1:" + std::to_string(proxy.port()));
    connection.auth = kube::BearerToken{base::Secret("SECRET")};
    CHECK(outcome(ask(std::move(connection))) == "200 ok");
    CHECK(request.starts_with("GET http://api.example:8080/prefix/hello HTTP/1.1\r\n"));
    CHECK(request.contains("Host: api.example:8080\r\n"));
    CHECK(request.contains("Proxy-Authorization: Basic bWU6cA==\r\n"));
    CHECK_FALSE(request.contains("SECRET"));
}

}  // namespace http_proxy_test
