#include "plugin/completion.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "plugin/completion_script.hpp"
#include "plugin/exit_code.hpp"
#include "plugin/options_table.hpp"
#include "plugin/options_words.hpp"

namespace plugin {
namespace {

constexpr std::array<std::pair<std::string_view, NameKind>, 7> flags_of_names{
    {{"namespace", NameKind::Namespace},
     {"context", NameKind::Context},
     {"source-context", NameKind::Context},
     {"target-context", NameKind::Context},
     {"source-namespaces", NameKind::Namespace},
     {"cluster", NameKind::Cluster},
     {"user", NameKind::User}}};

std::optional<NameKind> kind_of_names(const Flag& flag) {
    const auto* it =
        std::ranges::find(flags_of_names, flag.name, [](const auto& row) { return row.first; });
    if (it == flags_of_names.end()) return std::nullopt;
    return it->second;
}

std::string flag_of(const std::string& word) {
    return word.substr(0, word.find('='));
}

// kubectl's name of the log level is -v and --v
std::string shown_name(const Flag& flag) {
    return "--" + std::string(flag.shorthand == 'v' ? "v" : flag.name);
}

// A line break or a tab in a name (of a kubeconfig, say) would be read as the end of a candidate.
bool is_one_line(const std::string& name) {
    return !name.empty() && std::ranges::none_of(name, [](unsigned char c) { return c < ' '; });
}

class Completer {
  public:
    Completer(Words before, std::string current, const NameLookup& names)
        : before_(std::move(before)), current_(std::move(current)), names_(names) {}

    Completion complete() {
        if (before_.open) {
            add_values(*before_.open->flag, current_);
        } else if (!before_.literal && current_.starts_with('-')) {
            add_flag();
        } else {
            add_argument();
        }
        return std::move(completion_);
    }

  private:
    const CommandWord* command() const {
        const auto& words = before_.others;
        return words.empty() || words.front().literal ? nullptr : find_command(words.front().text);
    }

    std::string_view command_name() const { return command() == nullptr ? "run" : command()->name; }

    void add(const std::string& typed, std::string word, std::string_view description = {}) {
        if (word.starts_with(typed) && is_one_line(word))
            completion_.candidates.push_back({std::move(word), std::string(description)});
    }

    // --- flags and their values

    void add_flag() {
        const auto equals = current_.find('=');
        if (equals == std::string::npos) return add_flag_names();
        // the shells put "--flag=" back before the candidates
        const Words words = split_unfinished({current_});
        const Flag* flag = find_flag(flag_of(words.flags.back()).substr(2));
        add_values(*flag, current_.substr(equals + 1));
    }

    void add_flag_names() {
        for (const Flag& flag : flags()) {
            const bool known = !flag.help.empty() && takes(command_name(), flag);
            if (known && (flag.repeatable || !is_given(flag)))
                add(current_, shown_name(flag), flag.help);
        }
    }

    bool is_given(const Flag& flag) const {
        return std::ranges::any_of(before_.flags, [&](const std::string& given) {
            return flag_of(given) == "--" + std::string(flag.name);
        });
    }

    void add_values(const Flag& flag, const std::string& typed) {
        if (const auto kind = kind_of_names(flag)) return add_names(*kind, flag, typed);
        if (flag.value == "FILE" || flag.value == "DIR")
            completion_.directive = CompletionDirective::Files;
        for (const std::string& value : values_of(flag)) add(typed, value);
    }

    std::vector<std::string> values_of(const Flag& flag) const {
        if (flag.value.empty()) return {"true", "false"};
        if (flag.value.find('|') == std::string_view::npos) return {};
        return base::split(value_of(command_name(), flag), '|');
    }

    void add_names(NameKind kind, const Flag& flag, const std::string& typed) {
        const bool is_list = flag.value.find(',') != std::string_view::npos;
        const std::string begun = is_list ? typed.substr(0, typed.rfind(',') + 1) : "";
        for (const std::string& name : names_(kind, where_names_are(flag)))
            add(typed, begun + name);
    }

    Options where_names_are(const Flag& flag) const {
        Options options = options_of_flags(before_);
        if (flag.name == "source-namespaces" && !options.source_context.empty())
            options.kubeconfig.context = options.source_context;
        return options;
    }

    // --- the other words

    void add_argument() {
        if (before_.others.empty()) {
            if (!before_.literal) add_commands();
            return add_plans();
        }
        const CommandWord* named = command();
        if (named == nullptr || before_.others.size() > 1) return;
        if (named->name == "help") add_commands();
        if (named->name == "completion") add_shells();
        if (named->arguments.find("PLAN") != std::string_view::npos) add_plans();
    }

    void add_commands() {
        for (const CommandWord& row : command_words()) {
            add(current_, std::string(row.name), row.help);
        }
    }

    void add_shells() {
        for (const std::string& shell : completion_shells()) add(current_, shell);
    }

    void add_plans() {
        const std::string prefix(plan_prefix(current_));
        const bool may_be_command = before_.others.empty() && !before_.literal;
        for (const std::string& plan : names_(NameKind::Plan, options_of_flags(before_))) {
            // a plan that is called like a command is reached in its long spelling
            const bool hidden = prefix.empty() && may_be_command && find_command(plan) != nullptr;
            add(current_, (hidden ? "migplan/" : prefix) + plan);
        }
    }

    Words before_;
    std::string current_;
    const NameLookup& names_;
    Completion completion_;
};

}  // namespace

Completion complete(const std::vector<std::string>& words, const NameLookup& names) {
    if (words.empty()) return complete({""}, names);
    try {
        Words before = split_unfinished({words.begin(), words.end() - 1});
        return Completer(std::move(before), words.back(), names).complete();
    } catch (const UserError&) {
        return {};
    }
}

std::string wire_text(const Completion& completion, bool with_descriptions) {
    std::string text;
    for (const Candidate& candidate : completion.candidates) {
        text += candidate.word;
        if (with_descriptions && !candidate.description.empty())
            text += "\t" + candidate.description;
        text += "\n";
    }
    return text + ":" + std::to_string(static_cast<int>(completion.directive)) + "\n";
}

}  // namespace plugin
