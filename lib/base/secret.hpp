// A token, a key or a password: it can be moved and handed to the one who sends it, never printed
// or copied, and its memory is wiped when it goes. The TLS and HTTP libraries keep copies of their
// own.
#pragma once

#include <string>
#include <utility>

namespace base {

class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
    Secret& operator=(Secret&& other) noexcept {
        if (this == &other) return *this;
        wipe();
        value_ = std::move(other.value_);
        other.wipe();
        return *this;
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { wipe(); }

    bool empty() const { return value_.empty(); }
    /// The secret itself. Call it only where it is sent or parsed.
    const std::string& reveal() const { return value_; }
    /// A copy, made on purpose.
    Secret duplicate() const { return Secret(value_); }

  private:
    void wipe() noexcept {
        // volatile: the compiler may not drop writes to memory that is about to be freed
        volatile char* data = value_.data();
        for (std::size_t i = 0; i < value_.size(); ++i) data[i] = 0;
        value_.clear();
    }

    std::string value_;
};

}  // namespace base
