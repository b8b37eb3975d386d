// The promises of lib/kube/http.hpp, against real sockets.
#include "kube/http.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <set>

#include "hello_server.hpp"
#include "kube/parallel.hpp"

namespace http_test {

using base::ErrorKind;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

const std::string unable = "Unable to connect to the server: ";
const std::string unverified = unable + "tls: failed to verify certificate: x509: ";
const std::string answer_ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

TEST_CASE("a server is trusted when its CA is the one we were given") {
    const Hello server;
    CHECK(outcome(ask(trusting(https(server.port())))) == "200 hello");
    CHECK(outcome(ask(trusting(https(server.port(), "localhost")))) == "200 hello");
    SUBCASE("and not otherwise") {
        const auto answer = ask(trusting(https(server.port()), other_ca().certificate));
        CHECK(outcome(answer) == unverified + "certificate signed by unknown authority");
        CHECK(answer.error().kind == ErrorKind::Unreachable);
    }
    SUBCASE("even when the system trusts it") {
        const TemporaryFile system(ca().certificate);
        ::setenv("SSL_CERT_FILE", system.path().c_str(), 1);
        CHECK(outcome(ask(trusting(https(server.port()), other_ca().certificate))) ==
              unverified + "certificate signed by unknown authority");
        CHECK(outcome(ask(trusting(https(server.port()), ""))) == "200 hello");
        ::unsetenv("SSL_CERT_FILE");
    }
    SUBCASE("a bundle may hold several") {
        CHECK(outcome(ask(trusting(https(server.port()),
                                   other_ca().certificate + ca().certificate))) == "200 hello");
    }
    SUBCASE("the server's own certificate is an anchor too") {
        CHECK(outcome(ask(trusting(https(server.port()), for_loopback().certificate))) ==
              "200 hello");
    }
    SUBCASE("unless we were told not to look") {
        Connection connection = trusting(https(server.port()), "");
        connection.tls.insecure = true;
        CHECK(outcome(ask(std::move(connection))) == "200 hello");
    }
}

TEST_CASE("a certificate must be for the name that was asked for") {
    const Hello server(for_names_only());
    CHECK(outcome(ask(trusting(https(server.port(), "localhost")))) == "200 hello");
    SUBCASE("an address is not a name, and the common name does not count") {
        CHECK(
            outcome(ask(trusting(https(server.port())))) ==
            unverified +
                "cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs");
    }
    SUBCASE("tls-server-name takes the host's place") {
        Connection connection = trusting(https(server.port()));
        connection.tls.server_name = "api.example";
        CHECK(outcome(ask(std::move(connection))) == "200 hello");
        Connection wrong = trusting(https(server.port(), "localhost"));
        wrong.tls.server_name = "other.example";
        CHECK(outcome(ask(std::move(wrong))) ==
              unverified + "certificate is valid for api.example, localhost, not other.example");
    }
}

TEST_CASE("a certificate for another address is refused") {
    const Hello server(make_certificate({.alt_names = "IP:10.0.0.1,IP:fd00::1", .issuer = &ca()}));
    CHECK(outcome(ask(trusting(https(server.port())))) ==
          unverified + "certificate is valid for 10.0.0.1, fd00::1, not 127.0.0.1");
}

TEST_CASE("a certificate with nothing but a common name is refused") {
    const Hello server(make_certificate({.common_name = "localhost", .issuer = &ca()}));
    CHECK(outcome(ask(trusting(https(server.port(), "localhost")))) ==
          unverified + "certificate relies on legacy Common Name field, use SANs instead");
}

TEST_CASE("a server may ask for our certificate") {
    const Hello server(for_loopback(), ca().certificate);
    const TestCertificate ours = make_certificate({.common_name = "me", .issuer = &ca()});
    Connection connection = trusting(https(server.port()));
    SUBCASE("we show it") {
        connection.tls.certificate.emplace(kube::ClientCertificate{
            .chain_pem = ours.certificate, .key_pem = base::Secret(ours.key)});
        CHECK(outcome(ask(std::move(connection))) == "200 hello");
    }
    SUBCASE("without one there is no answer") {
        const auto answer = ask(std::move(connection), post);
        REQUIRE_FALSE(answer);
        // the server's alert and our request cross on the wire: when it is missed, the write is
        // Lost
        if (answer.error().kind == ErrorKind::Lost) return;
        CHECK(outcome(answer) == unable + "remote error: tls: certificate required");
        CHECK(answer.error().kind == ErrorKind::Unreachable);
    }
}

TEST_CASE("what cannot be used is refused before any connection") {
    const auto error = [](kube::Tls tls) {
        auto opened = Http::open({.server = "https://a", .tls = std::move(tls)});
        return opened ? "no error" : opened.error().message;
    };
    const auto certificate = [](const std::string& chain, const std::string& key) {
        kube::Tls tls;
        tls.certificate.emplace(
            kube::ClientCertificate{.chain_pem = chain, .key_pem = base::Secret(key)});
        return tls;
    };
    CHECK(error({.ca_pem = "no PEM"}) ==
          "error: unable to load root certificates: unable to parse bytes as PEM block");
    CHECK(error(certificate("no PEM", ca().key)) ==
          "error: tls: failed to find any PEM data in certificate input");
    CHECK(error(certificate(ca().certificate, "no PEM")) ==
          "error: tls: failed to find any PEM data in key input");
    CHECK(error(certificate(ca().key, ca().certificate)).contains("may have been switched"));
    CHECK(error(certificate(ca().certificate, ca().certificate)) ==
          "error: tls: found a certificate rather than a key in the PEM for the private key");
    CHECK(error(certificate(ca().certificate, "-----BEGIN ENCRYPTED PRIVATE KEY-----")) ==
          "error: tls: the private key is locked by a passphrase");
    CHECK(error({.ca_pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"}) ==
          "error: unable to load root certificates: failed to parse certificate");
    CHECK(error(certificate(ca().certificate, other_ca().key)) ==
          "error: tls: private key does not match public key");
    CHECK_FALSE(Http::open({.server = "https://a b"}));
}

TEST_CASE("a server that speaks no TLS is named as one") {
    const RawServer server([](int socket, int) {
        char first = 0;
        [[maybe_unused]] const auto n = ::recv(socket, &first, 1, 0);
        write_all(socket, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    const auto answer = ask(trusting(https(server.port())));
    CHECK(outcome(answer) == unable + "tls: first record does not look like a TLS handshake");
    CHECK(answer.error().kind == ErrorKind::Unreachable);
}

TEST_CASE("why there is no connection is told in kubectl's words") {
    int port = 0;
    {
        const RawServer gone([](int, int) {});
        port = gone.port();
    }
    const auto refused = ask({.server = http(port)});
    CHECK(outcome(refused) == "The connection to the server 127.0.0.1:" + std::to_string(port) +
                                  " was refused - did you specify the right host or port?");
    CHECK(refused.error().kind == ErrorKind::Unreachable);
    CHECK(outcome(ask({.server = "https://no..such"})) ==
          unable + "dial tcp: lookup no..such: no such host");
    const FullServer full;
    Connection connection{.server = http(full.port())};
    connection.request_timeout = 100ms;
    CHECK(outcome(ask(std::move(connection))) ==
          unable + "dial tcp 127.0.0.1:" + std::to_string(full.port()) + ": i/o timeout");
}

TEST_CASE("credentials go over https, and never over http") {
    const auto echo = [](const httplib::Request& request, httplib::Response& answer) {
        answer.set_content(request.get_header_value("Authorization") + "|" +
                               request.get_header_value("User-Agent"),
                           "text/plain");
    };
    LocalServer secure(https_server(for_loopback()));
    secure->Get("/hello", echo);
    secure.start();
    LocalServer plain(std::make_unique<httplib::Server>());
    plain->Get("/hello", echo);
    plain.start();
    Connection to_secure = trusting(https(secure.port()));
    to_secure.auth = kube::BearerToken{base::Secret("T")};
    CHECK(ask(std::move(to_secure))->body.starts_with("Bearer T|oc-mtc-rollback/"));
    Connection to_plain{.server = http(plain.port())};
    to_plain.auth = kube::BearerToken{base::Secret("T")};
    CHECK(ask(std::move(to_plain))->body.starts_with("|oc-mtc-rollback/"));
}

TEST_CASE("a request goes out as it was written") {
    std::string seen;
    const RawServer server([&seen](int socket, int) {
        seen = read_request(socket);
        write_all(socket, answer_ok);
    });
    const auto answer = ask({.server = http(server.port()) + "/pre/"},
                            {.method = "PATCH",
                             .target = "/api/v1/pods?labelSelector=a%3Db%2Cc&x=%20",
                             .accept = "application/json;as=X",
                             .body = "[]",
                             .content_type = "application/json-patch+json"});
    CHECK(outcome(answer) == "200 ok");
    CHECK(seen.starts_with("PATCH /pre/api/v1/pods?labelSelector=a%3Db%2Cc&x=%20 HTTP/1.1\r\n"));
    CHECK(seen.contains("Accept: application/json;as=X\r\n"));
    CHECK(seen.contains("Content-Type: application/json-patch+json\r\n"));
    CHECK(seen.contains("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
    CHECK(seen.ends_with("\r\n\r\n[]"));
}

TEST_CASE("a target that would add a header is refused") {
    for (const char* target : {"/a\r\nX: y", "/a b", "/a\x7f", "a", ""}) {
        const auto answer =
            ask({.server = "http://127.0.0.1:1"}, {.method = "GET", .target = target});
        CHECK(answer.error().kind == ErrorKind::Malformed);
    }
}

TEST_CASE("a compressed answer is asked for and unpacked") {
    const std::string large(200000, 'x');
    LocalServer server(https_server(for_loopback()));
    server->Get("/hello", [&large](const httplib::Request&, httplib::Response& answer) {
        answer.set_content(large, "application/json");
    });
    server.start();
    const auto answer = ask(trusting(https(server.port())));
    REQUIRE(answer);
    CHECK(answer->body == large);
    CHECK(answer->headers.at("content-encoding") == "gzip");
}

TEST_CASE("a redirect is an answer, and is not followed") {
    LocalServer server(std::make_unique<httplib::Server>());
    server->Get("/hello", [](const httplib::Request&, httplib::Response& answer) {
        answer.set_redirect("/other");
    });
    server.start();
    const auto answer = ask({.server = http(server.port())});
    REQUIRE(answer);
    CHECK(answer->status == 302);
    CHECK(answer->headers.at("location") == "/other");
}

TEST_CASE("a connection is kept and used again") {
    std::mutex mutex;
    std::set<int> ports;
    std::atomic<int> working = 0;
    std::atomic<int> most = 0;
    LocalServer server(https_server(for_loopback()));
    server->Get("/hello", [&](const httplib::Request& request, httplib::Response& answer) {
        const int now = ++working;
        int seen = most;
        while (seen < now && !most.compare_exchange_weak(seen, now)) {
        }
        {
            const std::lock_guard lock(mutex);
            ports.insert(request.remote_port);
        }
        std::this_thread::sleep_for(20ms);
        --working;
        answer.set_content("hello", "text/plain");
    });
    server.start();
    const auto client = open(trusting(https(server.port())));
    std::atomic<int> good = 0;
    const auto send = [&](std::size_t) { good += client->send(hello, {}) ? 1 : 0; };
    SUBCASE("one after the other on one connection") {
        kube::in_parallel(10, 1, send);
        CHECK(ports.size() == 1);
    }
    SUBCASE("side by side on no more than eight") {
        kube::in_parallel(100, 20, send);
        CHECK(ports.size() <= 8);
        CHECK(most <= 8);
        CHECK(most > 4);
        CHECK(good == 100);
    }
}

TEST_CASE("a connection that the server closed meanwhile is replaced, for a write as well") {
    LocalServer server(https_server(for_loopback()));
    const auto ok = [](const httplib::Request&, httplib::Response& answer) {
        answer.set_content("ok", "text/plain");
    };
    server->Get("/hello", ok);
    server->Post("/hello", ok);
    server.start();
    const auto client = open(trusting(https(server.port())));
    REQUIRE(client->send(hello, {}));
    std::this_thread::sleep_for(1300ms);  // LocalServer closes idle connections after a second
    CHECK(outcome(client->send(post, {})) == "200 ok");
}

TEST_CASE("when a kept connection dies under a request") {
    std::atomic<int> requests = 0;
    // answers the first request of the first connection, and hangs up on the second
    const RawServer server([&requests](int socket, int connection) {
        while (!read_request(socket).empty()) {
            ++requests;
            if (connection == 0 && requests == 2) return;
            write_all(socket, answer_ok);
        }
    });
    {
        const auto client = open({.server = http(server.port())});
        REQUIRE(client->send(hello, {}));
        SUBCASE("a GET is sent again") {
            CHECK(outcome(client->send(hello, {})) == "200 ok");
            CHECK(requests == 3);
        }
        SUBCASE("a write is not, and is reported as lost") {
            const auto answer = client->send(post, {});
            REQUIRE_FALSE(answer);
            CHECK(answer.error().kind == ErrorKind::Lost);
            CHECK(requests == 2);
        }
    }
}

TEST_CASE("an answer that is cut off is no answer") {
    const RawServer server([](int socket, int) {
        read_request(socket);
        write_all(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    });
    const auto answer = ask({.server = http(server.port())});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::Lost);
}

TEST_CASE("a request's time is limited") {
    const RawServer server([](int socket, int count) {
        read_request(socket);
        if (count == 0) write_all(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        for (int i = 0; i < 30; ++i) {
            if (count == 0) write_all(socket, "x");
            std::this_thread::sleep_for(50ms);
            char end = 0;
            if (::recv(socket, &end, 1, MSG_DONTWAIT) == 0) return;
        }
    });
    Connection connection{.server = http(server.port())};
    connection.request_timeout = 200ms;
    const auto client = open(std::move(connection));
    // the first answer trickles, the second never comes
    for (int i = 0; i < 2; ++i) {
        const auto begun = Clock::now();
        const auto answer = client->send(hello, {});
        CHECK(Clock::now() - begun < 1s);
        REQUIRE_FALSE(answer);
        CHECK(answer.error().kind == ErrorKind::TimedOut);
        CHECK(answer.error().message ==
              "error: the server 127.0.0.1:" + std::to_string(server.port()) +
                  " did not answer within 200ms");
    }
}

TEST_CASE("an answer that never begins, or never ends, is given up, however busy the server is") {
    struct Row {
        const char* what;
        const char* head;  // once
        const char* more;  // again and again
        ErrorKind kind;
    };
    const Row rows[] = {
        {"a byte of the header now and then", "HTTP/1.1 200 OK\r\n", "x", ErrorKind::TimedOut},
        {"header lines without end", "HTTP/1.1 200 OK\r\n", "X-More: x\r\n", ErrorKind::TimedOut},
        {"100 Continue without end", "", "HTTP/1.1 100 Continue\r\n\r\n", ErrorKind::TimedOut},
        {"a body that trickles", "HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n", "x",
         ErrorKind::TimedOut},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const RawServer server([&](int socket, int) {
            read_request(socket);
            write_all(socket, row.head);
            char end = 0;
            while (::recv(socket, &end, 1, MSG_DONTWAIT) != 0) {
                write_all(socket, row.more);
                std::this_thread::sleep_for(10ms);
            }
        });
        Connection connection{.server = http(server.port())};
        connection.request_timeout = 300ms;
        const auto client = open(std::move(connection));
        const auto answer = client->send(hello, {});
        REQUIRE_FALSE(answer);
        CHECK(answer.error().kind == row.kind);
        // the header of a stream as well; its body may take its time
        if (std::string(row.what) == "a body that trickles") continue;
        const auto stream = client->stream(hello, [](std::string_view) { return true; }, {});
        REQUIRE_FALSE(stream);
        CHECK(stream.error().kind == row.kind);
    }
}

TEST_CASE("that a server is waited for is said, once for all who wait") {
    const RawServer server([](int socket, int) {
        read_request(socket);
        std::this_thread::sleep_for(200ms);
        write_all(socket, answer_ok);
    });
    std::mutex mutex;
    std::vector<std::string> told;
    kube::RequestLog log;
    log.patience = 20ms;
    log.waits = [&](const std::string& text) {
        const std::lock_guard lock(mutex);
        told.push_back(text);
    };
    auto client = kube::Http::open({.server = http(server.port())}, log);
    REQUIRE(client);
    kube::HttpRequest request = hello;
    request.what = "list pods";
    for (int i = 0; i < 2; ++i) CHECK(outcome((*client)->send(request, {})) == "200 ok");
    const std::lock_guard lock(mutex);
    CHECK(told == std::vector<std::string>{
                      "still waiting for the server 127.0.0.1:" + std::to_string(server.port()) +
                      " to answer (list pods)"});
}

TEST_CASE("a header that floods does not fill the memory") {
    std::atomic<std::size_t> sent = 0;
    const RawServer server([&](int socket, int) {
        read_request(socket);
        const std::string lines = [] {
            std::string out;
            for (int i = 0; i < 500; ++i) out += "X-More: " + std::string(100, 'x') + "\r\n";
            return out;
        }();
        write_all(socket, "HTTP/1.1 200 OK\r\n");
        // whoever has hung up may leave a window of 0 behind, and no reset
        const timeval patience{.tv_sec = 1, .tv_usec = 0};
        ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        for (ssize_t n = 0; n >= 0; sent += static_cast<std::size_t>(n))
            n = ::send(socket, lines.data(), lines.size(), MSG_NOSIGNAL);
    });
    const auto client = open({.server = http(server.port())});
    const auto answer = client->send(hello, {});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::Malformed);
    CHECK(answer.error().message.ends_with("has a header without an end"));
    CHECK(sent < 512UL << 20U);
}

TEST_CASE("a stream is passed on as it comes") {
    const RawServer server([](int socket, int) {
        read_request(socket);
        write_all(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
        std::this_thread::sleep_for(20ms);
        write_all(socket, "3\r\ntwo\r\n0\r\n\r\n");
    });
    const auto client = open({.server = http(server.port())});
    std::string all;
    SUBCASE("until the server ends it") {
        const auto end = client->stream(
            hello, [&](std::string_view bytes) { return all.append(bytes), true; }, {});
        REQUIRE(end);
        CHECK(end->status == 200);
        CHECK(end->body.empty());
        CHECK(all == "onetwo");
    }
    SUBCASE("until the receiver has enough") {
        const auto end = client->stream(
            hello, [&](std::string_view bytes) { return all.append(bytes), false; }, {});
        REQUIRE(end);
        CHECK(all == "one");
    }
}

TEST_CASE("a stream that is refused gives the refusal") {
    const RawServer server([](int socket, int) {
        read_request(socket);
        write_all(socket, "HTTP/1.1 410 Gone\r\nContent-Length: 3\r\n\r\nold");
    });
    const auto client = open({.server = http(server.port())});
    const auto end =
        client->stream(hello, [](std::string_view bytes) { return bytes == "nothing"; }, {});
    CHECK(outcome(end) == "410 old");
}

TEST_CASE("whatever a request waits for, it ends soon after being asked to stop") {
    std::stop_source source;
    const std::jthread later([&source] {
        std::this_thread::sleep_for(100ms);
        source.request_stop();
    });
    const auto begun = Clock::now();
    const auto check = [&](const base::Result<kube::HttpResponse>& answer) {
        CHECK(Clock::now() - begun < 1s);
        REQUIRE_FALSE(answer);
        CHECK(answer.error().kind == ErrorKind::Interrupted);
    };
    SUBCASE("an idle stream") {
        std::atomic<bool> over = false;  // before the server, whose thread reads it to the end
        LocalServer server(https_server(for_loopback()));
        server->Get("/hello", [&over](const httplib::Request&, httplib::Response& answer) {
            answer.set_chunked_content_provider("application/json",
                                                [&over](std::size_t, httplib::DataSink& sink) {
                                                    while (!over) std::this_thread::sleep_for(5ms);
                                                    return sink.done(), true;
                                                });
        });
        server.start();
        const auto client = open(trusting(https(server.port())));
        check(client->stream(hello, [](std::string_view) { return true; }, source.get_token()));
        over = true;
    }
    SUBCASE("a connection that is not accepted") {
        const FullServer server;
        check(open({.server = http(server.port())})->send(hello, source.get_token()));
    }
    SUBCASE("a handshake that is not answered") {
        const RawServer server([](int socket, int) {
            std::string all(10000, '\0');
            while (::recv(socket, all.data(), all.size(), 0) > 0) {
            }
        });
        check(open(trusting(https(server.port())))->send(hello, source.get_token()));
    }
    SUBCASE("a connection of the pool") {
        const RawServer server([](int socket, int) {
            while (!read_request(socket).empty()) {
            }
        });
        Connection connection{.server = http(server.port())};
        connection.parallel = 1;
        const auto client = open(std::move(connection));
        std::stop_source other;
        std::jthread busy([&] { (void)client->send(hello, other.get_token()); });
        std::this_thread::sleep_for(30ms);
        check(client->send(hello, source.get_token()));
        other.request_stop();
    }
    SUBCASE("nothing yet") {
        std::stop_source stopped;
        stopped.request_stop();
        check(open({.server = "http://127.0.0.1:1"})->send(hello, stopped.get_token()));
    }
}

TEST_CASE("after an interrupt the same client serves again") {
    std::atomic<bool> slow = true;
    LocalServer server(https_server(for_loopback()));
    server->Get("/hello", [&slow](const httplib::Request&, httplib::Response& answer) {
        for (int i = 0; i < 100 && slow; ++i) std::this_thread::sleep_for(5ms);
        answer.set_content("hello", "text/plain");
    });
    server.start();
    const auto client = open(trusting(https(server.port())));
    std::stop_source source;
    {
        const std::jthread later([&source] {
            std::this_thread::sleep_for(50ms);
            source.request_stop();
        });
        CHECK(client->send(hello, source.get_token()).error().kind == ErrorKind::Interrupted);
    }
    slow = false;
    CHECK(outcome(client->send(hello, {})) == "200 hello");
}

}  // namespace http_test
