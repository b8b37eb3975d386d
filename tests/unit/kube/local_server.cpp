#include "local_server.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string text_in(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

Bio memory(const std::string& text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

void fill(X509* certificate, EVP_PKEY* key, const TestCertificateOptions& options) {
    static long serial = 1;
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    const std::string& name = options.common_name;
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.data()),
                               static_cast<int>(name.size()), -1, 0);
}

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int listen_on_loopback(int backlog, int& port) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    ::bind(listener, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener, backlog);
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    return listener;
}

}  // namespace

TestCertificate make_certificate(const TestCertificateOptions& options) {
    const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free);
    const Certificate certificate(X509_new(), X509_free);
    fill(certificate.get(), key.get(), options);
    Certificate issuer(nullptr, X509_free);
    Key issuer_key(nullptr, EVP_PKEY_free);
    if (options.issuer != nullptr) {
        issuer.reset(PEM_read_bio_X509(memory(options.issuer->certificate).get(), nullptr, nullptr,
                                       nullptr));
        issuer_key.reset(
            PEM_read_bio_PrivateKey(memory(options.issuer->key).get(), nullptr, nullptr, nullptr));
    }
    X509* signer = issuer ? issuer.get() : certificate.get();
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
    add_extension(certificate.get(), signer, NID_basic_constraints,
                  issuer ? "CA:FALSE" : "critical,CA:TRUE");
    if (!options.alt_names.empty()) {
        add_extension(certificate.get(), signer, NID_subject_alt_name, options.alt_names);
    }
    X509_sign(certificate.get(), issuer_key ? issuer_key.get() : key.get(), EVP_sha256());
    const Bio certificate_text(BIO_new(BIO_s_mem()), BIO_free);
    const Bio key_text(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(certificate_text.get(), certificate.get());
    PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {.certificate = text_in(certificate_text.get()), .key = text_in(key_text.get())};
}

TemporaryFile::TemporaryFile(const std::string& content) {
    ::close(::mkstemp(path_.data()));
    std::ofstream(path_) << content;
}
TemporaryFile::~TemporaryFile() {
    ::unlink(path_.c_str());
}

std::unique_ptr<httplib::Server> https_server(const TestCertificate& certificate,
                                              const std::string& client_ca) {
    // by file: the constructors that take OpenSSL's types differ between versions of cpp-httplib
    const TemporaryFile chain(certificate.certificate);
    const TemporaryFile key(certificate.key);
    const TemporaryFile ca(client_ca);
    return std::make_unique<httplib::SSLServer>(chain.path().c_str(), key.path().c_str(),
                                                client_ca.empty() ? nullptr : ca.path().c_str());
}

LocalServer::LocalServer(std::unique_ptr<httplib::Server> server) : server_(std::move(server)) {
    server_->new_task_queue = [] { return new httplib::ThreadPool(24); };
    server_->set_keep_alive_max_count(10000);
    server_->set_keep_alive_timeout(1);
    port_ = server_->bind_to_any_port("127.0.0.1");
}

LocalServer::~LocalServer() {
    server_->stop();
}

void LocalServer::start() {
    thread_ = std::jthread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

RawServer::RawServer(std::function<void(int, int)> serve)
    : serve_(std::move(serve)), listener_(listen_on_loopback(16, port_)) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

RawServer::~RawServer() {
    thread_.request_stop();
    thread_.join();
    ::close(listener_);
}

void RawServer::run(const std::stop_token& stop) {
    for (int count = 0; !stop.stop_requested();) {
        pollfd waiting{.fd = listener_, .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, 20) <= 0) continue;
        const int socket = ::accept(listener_, nullptr, nullptr);
        if (socket < 0) continue;
        serve_(socket, count++);
        ::close(socket);
    }
}

std::string read_request(int socket) {
    std::string text;
    std::size_t wanted = std::string::npos;
    while (text.size() < wanted) {
        char portion[4096];
        const ssize_t n = ::recv(socket, portion, sizeof portion, 0);
        if (n <= 0) return {};
        text.append(portion, static_cast<std::size_t>(n));
        const auto end = text.find("\r\n\r\n");
        if (end == std::string::npos) continue;
        const auto length = text.find("Content-Length: ");
        wanted = end + 4 + (length < end ? std::stoul(text.substr(length + 16)) : 0);
    }
    return text;
}

void write_all(int socket, const std::string& text) {
    [[maybe_unused]] const ssize_t n = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
}

FullServer::FullServer() {
    sockets_.push_back(listen_on_loopback(0, port_));
    for (int i = 0; i < 4; ++i) {
        const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        const sockaddr_in address = loopback(port_);
        ::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        sockets_.push_back(client);
    }
}

FullServer::~FullServer() {
    for (const int socket : sockets_) ::close(socket);
}
