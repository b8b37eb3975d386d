// Servers for the tests of lib/kube: HTTPS and HTTP on cpp-httplib, and a raw TCP one for what no
// decent HTTP server does. Certificates are made while the test runs.
#pragma once

#include <httplib.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

/// A certificate and its key, in PEM.
struct TestCertificate {
    std::string certificate;
    std::string key;
};

struct TestCertificateOptions {
    std::string common_name = "test";
    std::string alt_names = {};               // "DNS:localhost,IP:127.0.0.1"
    const TestCertificate* issuer = nullptr;  // nullptr: it signs itself, and is a CA
};
TestCertificate make_certificate(const TestCertificateOptions& options);

/// Text in a file that goes with the object.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& content);
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile();
    const std::string& path() const { return path_; }

  private:
    std::string path_ = "/tmp/contract-http-XXXXXX";
};

/// A cpp-httplib server on a free port of the loopback, ended with the object.
class LocalServer {
  public:
    explicit LocalServer(std::unique_ptr<httplib::Server> server);
    LocalServer(const LocalServer&) = delete;
    LocalServer& operator=(const LocalServer&) = delete;
    ~LocalServer();

    httplib::Server* operator->() { return server_.get(); }
    /// Call it when all handlers are set.
    void start();
    int port() const { return port_; }

  private:
    std::unique_ptr<httplib::Server> server_;
    int port_ = 0;
    std::jthread thread_;
};

/// An HTTPS server with this certificate; clients need one of `client_ca` unless it is empty.
std::unique_ptr<httplib::Server> https_server(const TestCertificate& certificate,
                                              const std::string& client_ca = {});

/// A TCP server: `serve` is called with each accepted socket (counted from 0), one after the other.
class RawServer {
  public:
    explicit RawServer(std::function<void(int socket, int count)> serve);
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;
    ~RawServer();
    int port() const { return port_; }

  private:
    void run(const std::stop_token& stop);

    std::function<void(int, int)> serve_;
    int port_ = 0;
    int listener_ = -1;
    std::jthread thread_;
};

/// Reads one request (its header and a body of Content-Length) from a socket; "" at the end.
std::string read_request(int socket);
void write_all(int socket, const std::string& text);

/// A listening socket whose queue is full: connecting to it hangs.
class FullServer {
  public:
    FullServer();
    FullServer(const FullServer&) = delete;
    FullServer& operator=(const FullServer&) = delete;
    ~FullServer();
    int port() const { return port_; }

  private:
    std::vector<int> sockets_;
    int port_ = 0;
};
