// How requests are sent to an API server: logged, repeated when the server asks for it, and
// answered with an error unless they succeeded. It knows no resources.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "kube/http.hpp"
#include "kube/rest_cluster.hpp"

namespace kube {

class Requests {
  public:
    Requests(std::unique_ptr<Http> http, RequestLog log)
        : http_(std::move(http)), log_(std::move(log)) {}

    const Connection& connection() const { return http_->connection(); }

    /// A request whose success is all that counts. Repeated when the server asks for it, and, a
    /// read, once more when the connection broke. A write is never repeated unless the server said
    /// that it was not done. `what` names it in errors: "get pods web-1".
    Result<HttpResponse> ask(const HttpRequest& request, const std::string& what,
                             const std::stop_token& stop) const;

    /// A stream, once; what reached `receive` is its caller's to judge.
    Result<void> follow(const HttpRequest& request, const std::string& what,
                        const BodyReceiver& receive, const std::stop_token& stop) const;

  private:
    void log(const HttpRequest& request, std::chrono::steady_clock::time_point begun,
             const Result<HttpResponse>& answer) const;

    std::unique_ptr<Http> http_;
    RequestLog log_;
};

}  // namespace kube
