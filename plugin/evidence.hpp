// What the evidence of a run says, in the order in which it says it, before it is Markdown or HTML:
// the two cannot disagree. All texts are as they came; who writes them escapes them.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "plugin/render_table.hpp"
#include "rollback/report.hpp"

namespace plugin::evidence {

struct Fact {
    std::string name;
    Cell value;
};

/// Sentences, one below the other.
struct Lines {
    std::string caption;  // empty where the section's title says it
    std::vector<Cell> items;
};

struct Records {
    std::string caption;  // as that of Lines
    std::vector<std::string> headers;
    std::vector<std::vector<Cell>> rows;
};

/// Where the time went.
struct Span {
    enum class Kind { Stage, Question, Pipeline };
    std::string name;
    Kind kind = Kind::Stage;
    base::Time began;
    base::Time ended;
    bool failed = false;
    bool open = false;  // it had not ended when the report did
};
using Timeline = std::vector<Span>;

using Part = std::variant<Lines, Records, Timeline>;

struct Section {
    std::string title;
    std::vector<Part> parts;
};

struct Document {
    std::string title;  // what it is about
    Cell headline;
    std::vector<Fact> facts;
    std::vector<Section> sections;
    std::string footer;
};

/// `version` is this program's.
Document document_of(const rollback::RunReport& report, const std::string& version);

/// How many rows of a table are shown before the rest is folded away.
inline constexpr std::size_t most_open_rows = 40;

// The sections of it; what is empty in them is left out by document_of().
Section acted(const rollback::RunReport& report);
Section seen_before(const rollback::RunReport& report);
Section done(const rollback::RunReport& report);
Section verified(const rollback::RunReport& report);
Section not_seen(const rollback::RunReport& report);

/// "2025-05-01 11:20:00": UTC, which stands beside it.
std::string utc(base::Time time);
/// How long the application was stopped, never more certain than what was seen.
Cell downtime(const rollback::RunReport& report);

}  // namespace plugin::evidence
