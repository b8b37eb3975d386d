// The one file of tests that names cpp-httplib.
#include "sandbox/server.hpp"

#include <httplib.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <ctime>
#include <future>
#include <limits>
#include <mutex>
#include <thread>
#include <type_traits>

#include "sandbox/server_connections.hpp"
#include "sandbox/server_stream.hpp"
#include "support/certificates.hpp"

namespace sandbox {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int long_seconds = 600;
constexpr std::size_t many_requests = 1'000'000;

/// A thread for each connection: watches are many and idle, a pool of fixed size would starve.
class ThreadPerConnection : public httplib::TaskQueue {
  public:
    ThreadPerConnection(Connections& connections, std::promise<void>& running)
        : connections_(connections) {
        running.set_value();
    }
    using Enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue({}));  // void, later bool
    Enqueued enqueue(std::function<void()> work) override {
        {
            const std::lock_guard lock(mutex_);
            ++busy_;
        }
        std::thread([this, work = std::move(work)] {
            connections_.serve(work);
            const std::lock_guard lock(mutex_);
            --busy_;
            idle_.notify_all();
        }).detach();
        return Enqueued(true);
    }
    void shutdown() override {
        std::unique_lock lock(mutex_);
        idle_.wait(lock, [&] { return busy_ == 0; });
    }

  private:
    Connections& connections_;
    std::mutex mutex_;
    std::condition_variable idle_;
    std::size_t busy_ = 0;
};

class HttpsServer : public httplib::SSLServer {
  public:
    using SSLServer::SSLServer;
    /// httplib queues five connections; one more would wait a second for TCP to try again.
    void lengthen_queue() { ::listen(svr_sock_, SOMAXCONN); }
};

/// httplib hands out the context as a reference, later as a void*.
template <class Context>
SSL_CTX* native(Context& context) {
    if constexpr (std::is_pointer_v<Context>) {
        return static_cast<SSL_CTX*>(context);
    } else {
        return &context;
    }
}

void announce(const SSL* ssl, int where, int) {
    if ((where & SSL_CB_HANDSHAKE_START) == 0 || Connections::current() == nullptr) return;
    Connections::current()->adopt(SSL_get_fd(ssl));
}

template <class T, class Read>
T* from_pem(const std::string& pem, const Read& read) {
    BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    T* value = read(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    return value;
}

bool use_certificate(SSL_CTX* context, const support::Certificates& certificates) {
    X509* certificate = from_pem<X509>(certificates.certificate_pem, PEM_read_bio_X509);
    EVP_PKEY* key = from_pem<EVP_PKEY>(certificates.key_pem, PEM_read_bio_PrivateKey);
    const bool used = SSL_CTX_use_certificate(context, certificate) == 1 &&
                      SSL_CTX_use_PrivateKey(context, key) == 1;
    X509_free(certificate);
    EVP_PKEY_free(key);
    SSL_CTX_set_info_callback(context, announce);
    return used;
}

/// A write without a body, as curl sends deletes: httplib would wait for one until the connection
/// closes.
bool is_bare(const httplib::Request& request) {
    return request.method != "GET" && !request.has_header("Content-Length") &&
           !request.has_header("Transfer-Encoding");
}

ApiRequest api_request(const httplib::Request& request) {
    ApiRequest asked{.method = request.method,
                     .path = request.path,
                     .authorization = request.get_header_value("Authorization"),
                     .accept = request.get_header_value("Accept"),
                     .content_type = request.get_header_value("Content-Type"),
                     .body = request.body};
    for (const auto& [key, value] : request.params) asked.query[key] = value;
    return asked;
}

void send(httplib::Response& response, const Reply& reply) {
    response.status = reply.status;
    response.set_content(reply.body, reply.content_type);
}

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};

}  // namespace

class ApiServer::Impl {
  public:
    Impl(support::Store& store, ServerOptions options)
        : options_(std::move(options)),
          certificates_(support::make_certificates(options_.name)),
          api_(store, options_.users, options_.discovery),
          server_(
              [this](auto&& context) { return use_certificate(native(context), certificates_); }) {
        configure();
        listen();
    }
    ~Impl() { stop(); }

    void stop() {
        stop_.request_stop();
        if (!listener_.joinable()) return;
        server_.stop();
        connections_.drop_all(true);
        listener_.join();
    }

    void configure();
    void listen();
    void handle(const httplib::Request& request, httplib::Response& response);
    bool suffer(const std::optional<Effect>& fault, httplib::Response& response);
    static void send_half(httplib::Response& response, const Reply& reply);
    void wait(std::optional<std::chrono::milliseconds> time);
    void open_stream(httplib::Response& response, Stream stream);
    std::size_t record(const httplib::Request& request);
    void tell(std::size_t n, const httplib::Request& request, Phase phase);
    void tell_time(httplib::Response& response) const;

    static constexpr std::int64_t no_clock = std::numeric_limits<std::int64_t>::min();
    std::atomic<std::int64_t> clock_ = 0;  // seconds before ours
    ServerOptions options_;
    support::Certificates certificates_;
    Api api_;
    Faults faults_;
    Connections connections_;
    std::stop_source stop_;
    HttpsServer server_;
    std::promise<void> running_;
    int port_ = 0;
    std::thread listener_;
    mutable std::mutex mutex_;
    std::condition_variable_any waiting_;
    Observer observer_;
    std::vector<std::string> requests_;
    std::size_t count_ = 0;
};

void ApiServer::Impl::configure() {
    const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
        handle(request, response);
    };
    server_.Get(".*", handler);
    server_.Post(".*", handler);
    server_.Put(".*", handler);
    server_.Patch(".*", handler);
    server_.Delete(".*", handler);
    server_.set_pre_routing_handler(
        [handler](const httplib::Request& request, httplib::Response& response) {
            if (!is_bare(request)) return httplib::Server::HandlerResponse::Unhandled;
            handler(request, response);
            return httplib::Server::HandlerResponse::Handled;
        });
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_timeout(long_seconds);
    server_.set_keep_alive_max_count(many_requests);
    server_.set_read_timeout(long_seconds);
    server_.set_write_timeout(long_seconds);
    server_.new_task_queue = [this] { return new ThreadPerConnection(connections_, running_); };
}

void ApiServer::Impl::listen() {
    port_ = server_.bind_to_any_port("127.0.0.1");
    if (port_ <= 0) throw std::runtime_error("the sandbox server cannot listen");
    server_.lengthen_queue();
    listener_ = std::thread([this] { server_.listen_after_bind(); });
    running_.get_future().wait();  // httplib's stop() does nothing before this
}

std::size_t ApiServer::Impl::record(const httplib::Request& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request.method + " " + request.target);
    return ++count_;
}

void ApiServer::Impl::tell(std::size_t n, const httplib::Request& request, Phase phase) {
    Observer observer;
    {
        const std::lock_guard lock(mutex_);
        observer = observer_;
    }
    if (observer) observer(n, request.method, request.target, phase);
}

void ApiServer::Impl::tell_time(httplib::Response& response) const {
    const std::int64_t ahead = clock_.load();
    if (ahead == no_clock) return;
    const std::time_t now = std::time(nullptr) + static_cast<std::time_t>(ahead);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 40> text{};
    std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    response.set_header("Date", text.data());
}

void ApiServer::Impl::handle(const httplib::Request& request, httplib::Response& response) {
    tell_time(response);
    const std::size_t n = record(request);
    tell(n, request, Phase::Before);
    const auto fault = faults_.take(request.method, request.target);
    if (suffer(fault, response)) return;
    ApiAnswer answer = api_.answer(api_request(request));
    tell(n, request, Phase::After);
    if (fault && std::holds_alternative<DropAfter>(*fault)) return connections_.drop_own();
    if (fault && std::holds_alternative<HangAfter>(*fault)) {
        wait(std::nullopt);
        return connections_.drop_own();
    }
    const auto* reply = std::get_if<Reply>(&answer);
    if (fault && reply != nullptr && std::holds_alternative<CutShort>(*fault))
        return send_half(response, *reply);
    if (auto* stream = std::get_if<Stream>(&answer))
        return open_stream(response, std::move(*stream));
    send(response, std::get<Reply>(answer));
}

void ApiServer::Impl::send_half(httplib::Response& response, const Reply& reply) {
    response.status = reply.status;
    response.set_content_provider(reply.body.size(), reply.content_type,
                                  [half = reply.body.substr(0, reply.body.size() / 2)](
                                      std::size_t at, std::size_t, httplib::DataSink& sink) {
                                      return at == 0 && sink.write(half.data(), half.size()) &&
                                             false;
                                  });
}

/// What a fault does before the request is processed; true when it is not processed at all.
bool ApiServer::Impl::suffer(const std::optional<Effect>& fault, httplib::Response& response) {
    if (!fault) return false;
    return std::visit(Overloaded{
                          [&](const AnswerWith& answer) {
                              send(response, {answer.status, answer.body, answer.content_type});
                              for (const auto& [name, value] : answer.headers) {
                                  response.set_header(name, value);
                              }
                              return true;
                          },
                          [&](const DropBefore&) {
                              connections_.drop_own();
                              return true;
                          },
                          [&](const DropAfter&) { return false; },
                          [&](const HangAfter&) { return false; },
                          [&](const CutShort&) { return false; },
                          [&](const Hang&) {
                              wait(std::nullopt);
                              connections_.drop_own();
                              return true;
                          },
                          [&](const Delay& delay) {
                              wait(delay.by);
                              return stop_.stop_requested();
                          },
                      },
                      *fault);
}

/// Until the server stops, or the time is over.
void ApiServer::Impl::wait(std::optional<std::chrono::milliseconds> time) {
    std::unique_lock lock(mutex_);
    const auto never = [] { return false; };
    if (time) {
        waiting_.wait_until(lock, stop_.get_token(), Clock::now() + *time, never);
    } else {
        waiting_.wait(lock, stop_.get_token(), never);
    }
}

void ApiServer::Impl::open_stream(httplib::Response& response, Stream stream) {
    const StreamTimes times{options_.bookmark_every, options_.watch_timeout};
    auto sender = std::make_shared<Sender>(std::move(stream), times, stop_.get_token());
    response.status = 200;
    // Not plain JSON: httplib would compress that, and keep events back until its buffer is full.
    response.set_chunked_content_provider(
        "application/json;stream=watch", [sender](std::size_t, httplib::DataSink& sink) {
            const Step step = sender->step();
            if (step.then == Then::Break) return false;
            if (!step.text.empty() && !sink.write(step.text.data(), step.text.size())) return false;
            if (step.then == Then::End) sink.done();
            return true;
        });
}

ApiServer::ApiServer(support::Store& store, ServerOptions options)
    : impl_(std::make_unique<Impl>(store, std::move(options))) {}

ApiServer::~ApiServer() = default;

void ApiServer::stop() {
    impl_->stop();
}

std::string ApiServer::url() const {
    return "https://127.0.0.1:" + std::to_string(impl_->port_);
}

const std::string& ApiServer::ca_pem() const {
    return impl_->certificates_.ca_pem;
}

kube::Connection ApiServer::connection(const std::string& token) const {
    kube::Connection connection{.server = url()};
    connection.tls.ca_pem = ca_pem();
    connection.auth = kube::BearerToken{base::Secret(token)};
    connection.described_as = "context " + impl_->options_.name;
    connection.ns = "default";
    return connection;
}

void ApiServer::inject(Fault fault) {
    impl_->faults_.add(std::move(fault));
}

void ApiServer::clear_faults() {
    impl_->faults_.clear();
}

void ApiServer::drop_connections() {
    impl_->connections_.drop_all(false);
}

void ApiServer::on_request(Observer observer) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->observer_ = std::move(observer);
}

std::vector<std::string> ApiServer::requests() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->requests_;
}

void ApiServer::forget_requests() {
    const std::lock_guard lock(impl_->mutex_);
    impl_->requests_.clear();
}

void ApiServer::set_clock(std::optional<std::chrono::seconds> ahead) {
    impl_->clock_ = ahead ? ahead->count() : Impl::no_clock;
}

void ApiServer::set_token(const std::string& token, const std::string& user) {
    impl_->api_.set_token(token, user);
}

void ApiServer::set_discovery(DiscoveryOptions options) {
    impl_->api_.set_discovery(std::move(options));
}

}  // namespace sandbox
