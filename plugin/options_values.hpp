// What the flags' values mean: text into truths, numbers, durations and choices, with kubectl's
// words where one is wrong. It does not know how the command line was split.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plugin/options.hpp"

namespace plugin {

/// The given flags by their long name. The last value of a flag wins, unless all of them are asked
/// for.
class FlagValues {
  public:
    using Given = std::map<std::string, std::vector<std::string>>;
    explicit FlagValues(Given given) : given_(std::move(given)) {}

    bool has(const char* flag) const { return given_.contains(flag); }
    /// "" when it was not given.
    std::string text(const char* flag) const;
    /// Of a repeatable flag, in their order.
    std::vector<std::string> all(const char* flag) const;
    bool truth(const char* flag) const;
    int number(const char* flag, int least, int most, int otherwise) const;
    std::optional<std::chrono::milliseconds> duration(const char* flag) const;
    [[noreturn]] void invalid(const char* flag, const std::string& why) const;

  private:
    Given given_;
};

/// Throws UserError (Usage), in kubectl's words for a value that does not do.
[[noreturn]] void refuse_value(const std::string& value, const std::string& flag,
                               const std::string& why);
/// Nothing when the text is not wholly a number, or is none from `least` to `most`.
std::optional<std::int64_t> whole_number(std::string_view text, std::int64_t least,
                                         std::int64_t most);
/// The parts between separators, an empty one at the end, too.
std::vector<std::string> parts_of(const std::string& text, char separator);

/// Everything of the options but the command and its arguments. Throws UserError (Usage).
void set_flags(Options& options, const FlagValues& values);

}  // namespace plugin
