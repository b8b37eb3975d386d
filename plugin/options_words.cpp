#include "plugin/options_words.hpp"

#include "plugin/exit_code.hpp"

namespace plugin {
namespace {

const Flag& known(std::string_view name) {
    if (const Flag* flag = find_flag(name)) return *flag;
    const std::string near = nearest_flag(name);
    wrong_usage("unknown flag: --" + std::string(name) +
                (near.empty() ? "" : " (did you mean " + near + "?)"));
}

const Flag& known(char shorthand, const std::string& word) {
    if (const Flag* flag = find_flag(shorthand)) return *flag;
    const std::string near = nearest_flag(word.substr(1));
    const bool long_flag = word.size() > 3 && !near.empty();
    wrong_usage(std::string("unknown shorthand flag: '") + shorthand + "' in " +
                word.substr(0, word.find('=')) +
                (long_flag ? " (did you mean " + near + "?)" : ""));
}

class Splitter {
  public:
    explicit Splitter(const std::vector<std::string>& arguments) : arguments_(arguments) {}

    Words split() {
        for (; at_ < arguments_.size(); ++at_) take(arguments_[at_]);
        return std::move(words_);
    }

  private:
    void take(const std::string& word) {
        if (words_.literal || word.size() < 2 || word[0] != '-') {
            words_.others.push_back({word, words_.literal});
        } else if (word == "--") {
            words_.literal = true;
        } else if (word[1] == '-') {
            take_long(word);
        } else {
            take_short(word);
        }
    }

    void take_long(const std::string& word) {
        const auto equals = word.find('=');
        const Flag& flag = known(
            std::string_view(word).substr(2, equals == std::string::npos ? equals : equals - 2));
        if (equals != std::string::npos) return add(flag, word.substr(equals + 1));
        if (!flag.bare.empty()) return add(flag, std::string(flag.bare));
        add_next(flag, "--" + std::string(flag.name));
    }

    // "-yn=x": switches, then at most one flag whose value is the rest or the next word
    void take_short(const std::string& word) {
        for (std::size_t i = 1; i < word.size(); ++i) {
            const Flag& flag = known(word[i], word);
            const std::string rest = word.substr(i + 1);
            if (rest.starts_with('=')) return add(flag, rest.substr(1));
            if (!flag.bare.empty()) {
                add(flag, std::string(flag.bare));
                continue;
            }
            if (!rest.empty()) return add(flag, rest);
            return add_next(flag, std::string("'") + word[i] + "' in " + word);
        }
    }

    void add_next(const Flag& flag, const std::string& written) {
        if (at_ + 1 < arguments_.size()) return add(flag, arguments_[++at_]);
        words_.open = OpenFlag{.flag = &flag, .written = written};
    }

    void add(const Flag& flag, const std::string& value) {
        words_.flags.push_back("--" + std::string(flag.name) + "=" + value);
    }

    const std::vector<std::string>& arguments_;
    std::size_t at_ = 0;
    Words words_;
};

}  // namespace

Words split_words(const std::vector<std::string>& arguments) {
    Words words = split_unfinished(arguments);
    if (words.open) wrong_usage("flag needs an argument: " + words.open->written);
    return words;
}

Words split_unfinished(const std::vector<std::string>& arguments) {
    return Splitter(arguments).split();
}

}  // namespace plugin
