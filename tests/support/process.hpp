// A program run by a test: its arguments and environment, what it writes, how it ends. With a
// pseudo-terminal when the test plays a person at a keyboard.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace support {

struct ProcessOptions {
    std::map<std::string, std::string> environment = {};  // the whole environment, PATH included
    bool terminal = false;                                // stdin and stderr are a pseudo-terminal
    int columns = 80;
};

struct Ended {
    int code = -1;    // the exit code, or 128 + the signal that killed it
    std::string out;  // stdout
    std::string err;  // stderr, of a terminal what was typed too
};

class Process {
  public:
    explicit Process(const std::vector<std::string>& argv, const ProcessOptions& options = {});
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    /// Kills what still runs.
    ~Process();

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    /// Types on the terminal.
    void type(const std::string& text) const;
    /// Waits until stderr holds the text; false when it ends, or the patience, before.
    bool await_err(const std::string& text,
                   std::chrono::milliseconds patience = std::chrono::seconds(10));
    /// Waits until stderr has so many lines; false when it ends, or the patience, before.
    bool await_err_lines(std::size_t n,
                         std::chrono::milliseconds patience = std::chrono::seconds(30));
    /// Waits for its end. Kills it when the patience ends first (the code is then 137).
    Ended wait(std::chrono::milliseconds patience = std::chrono::seconds(60));

  private:
    bool await_stderr(const std::function<bool(const std::string&)>& holds,
                      std::chrono::milliseconds patience);
    void read_from(int fd, std::string& into);

    pid_t pid_ = -1;
    int out_ = -1;
    int err_ = -1;
    bool terminal_ = false;
    std::mutex mutex_;
    std::condition_variable changed_;
    int open_streams_ = 2;
    Ended ended_;
    std::thread out_reader_;
    std::thread err_reader_;
    bool reaped_ = false;
};

/// Runs it to its end.
Ended run_process(const std::vector<std::string>& argv, const ProcessOptions& options = {});

}  // namespace support
