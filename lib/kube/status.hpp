// What an API server's answer means when it is not the thing that was asked for: a Status object,
// an HTML page of a login portal, a bare text. Worded as kubectl words it (kubectl's
// cmd/util/helpers.go and apimachinery's api/errors).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/object.hpp"
#include "base/result.hpp"
#include "kube/http.hpp"

namespace kube {

/// The error of a response whose status is no success. `what` names the request for bodies that are
/// no Status: "get pods web-1".
base::Error error_of(const HttpResponse& response, std::string_view what);

/// The response's Retry-After, when it is a number of seconds.
std::optional<std::chrono::seconds> retry_after_of(const HttpResponse& response);

/// The error of a Status object, as in a watch's ERROR event.
base::Error error_of_status(const base::Json& status);

}  // namespace kube
