// Warnings, on stderr: each once however often it comes, from whichever thread, and never into the
// middle of a live table.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "plugin/terminal.hpp"

namespace plugin {

class Warnings {
  public:
    explicit Warnings(Style style) : style_(style) {}
    Warnings(const Warnings&) = delete;
    Warnings& operator=(const Warnings&) = delete;

    void show(const std::string& text);
    /// What is no warning: that something is waited for. Not said into a table, which shows it.
    void note(const std::string& text) const;
    /// While a table is drawn again and again: keeps what comes for release().
    void hold();
    void release();
    /// How many different ones came.
    std::size_t count() const;

  private:
    void print(const std::string& text) const;

    Style style_;
    mutable std::mutex mutex_;
    std::set<std::string> seen_;
    std::vector<std::string> held_back_;
    bool holds_ = false;
};

}  // namespace plugin
