#include "plugin/warnings.hpp"

#include <cstdio>

#include "base/text.hpp"

namespace plugin {

void Warnings::show(const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (!seen_.insert(text).second) return;
    if (holds_) {
        held_back_.push_back(text);
    } else {
        print(text);
    }
}

void Warnings::note(const std::string& text) const {
    const std::lock_guard lock(mutex_);
    if (!holds_) std::fputs((base::printable(text) + "\n").c_str(), stderr);
}

void Warnings::hold() {
    const std::lock_guard lock(mutex_);
    holds_ = true;
}

void Warnings::release() {
    const std::lock_guard lock(mutex_);
    holds_ = false;
    for (const std::string& text : held_back_) print(text);
    held_back_.clear();
}

std::size_t Warnings::count() const {
    const std::lock_guard lock(mutex_);
    return seen_.size();
}

void Warnings::print(const std::string& text) const {
    const std::string line =
        style_.paint(Tone::Warning, "Warning:") + " " + base::printable(text) + "\n";
    std::fputs(line.c_str(), stderr);
}

}  // namespace plugin
