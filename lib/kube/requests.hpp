// How requests are sent to an API server: repeated when the server asks for it, and
// answered with an error unless they succeeded. It knows no resources.
#pragma once

#include <memory>
#include <string>

#include "kube/http.hpp"
#include "kube/rest_cluster.hpp"

namespace kube {

class Requests {
  public:
    explicit Requests(std::unique_ptr<Http> http) : http_(std::move(http)) {}

    const Connection& connection() const { return http_->connection(); }
    std::optional<std::chrono::seconds> clock_ahead() const { return http_->clock_ahead(); }

    /// A request whose success is all that counts. Repeated when the server asks for it, and, a
    /// read, once more when the connection broke. A write is never repeated unless the server said
    /// that it was not done. `what` names it in errors: "get pods web-1".
    Result<HttpResponse> ask(const HttpRequest& request, const std::string& what,
                             const std::stop_token& stop) const;

    /// A stream, once; what reached `receive` is its caller's to judge.
    Result<void> follow(const HttpRequest& request, const std::string& what,
                        const BodyReceiver& receive, const std::stop_token& stop) const;

  private:
    std::unique_ptr<Http> http_;
};

}  // namespace kube
