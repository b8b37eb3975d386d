#include "support/access.hpp"

#include <algorithm>

namespace support {
namespace {

bool covers(const std::string& pattern, const std::string& value) {
    return pattern == "*" || pattern == value;
}

bool covers_namespace(const Denial& denial, const ObjectRef& ref) {
    if (denial.ns == "*") return true;
    return denial.ns == ref.ns || (ref.ns.empty() && ref.type.namespaced);
}

bool denies(const Denial& denial, const Attempt& attempt) {
    std::string resource = attempt.ref.type.resource();
    if (!attempt.subresource.empty()) resource += "/" + attempt.subresource;
    return covers(denial.user, attempt.user) && covers(denial.verb, attempt.verb) &&
           covers(denial.resource, resource) && covers_namespace(denial, attempt.ref);
}

}  // namespace

void Access::deny(Denial denial) {
    const std::lock_guard lock(mutex_);
    denials_.push_back(std::move(denial));
}

void Access::allow_everything() {
    const std::lock_guard lock(mutex_);
    denials_.clear();
}

bool Access::allows(const Attempt& attempt) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::none_of(denials_, [&](const Denial& d) { return denies(d, attempt); });
}

}  // namespace support
