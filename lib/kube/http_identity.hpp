// Whom to act as, as the headers that say so (client-go's transport/round_trippers.go). Used by
// http.cpp only.
#pragma once

#include "base/result.hpp"
#include "kube/connection.hpp"
#include "kube/request_log.hpp"

namespace kube {

/// Impersonate-User, -Uid, -Group (once for each) and -Extra-KEY. An error when a value holds what
/// would make a header of its own.
base::Result<Headers> identity_headers(const Impersonation& as);

}  // namespace kube
