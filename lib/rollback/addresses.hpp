// At which addresses a Route or an Ingress can be asked, read from its spec. It asks nothing.
#pragma once

#include <string>
#include <vector>

#include "rollback/state.hpp"

namespace rollback {

struct Address {
    ObjectRef route;
    std::string server;  // "https://shop.apps.example"
    std::string path;    // "/", "/api"
    std::string url() const { return server + path; }
};

/// One for a Route, one for each host of an Ingress; https where it terminates or passes on TLS.
/// None where no host is named, or one for a whole domain ("*.apps.example").
std::vector<Address> addresses_of(const Object& route_or_ingress);

}  // namespace rollback
