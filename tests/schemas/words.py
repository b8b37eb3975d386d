"""The words of the enums as the C++ has them, to be compared with those of the schemas."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The enum of the schema, as a file and a pointer; where the C++ has its words: a file, the text before them and
# the text after them; how a word stands there.
RETURNED = r'return "([^"]+)"'
ID = r'\.id = "([^"]+)"'
ACCEPTABLE = r'constexpr (?:std::string_view|const char\*) \w+ = "([^"]+)"'
LEFTOVER = "Leftovers.json#/$defs/Leftover/properties"
ROW = r'\{"([a-z-]+)",'
WORDS = (
    ("common.json#/$defs/Cluster", "lib/rollback/state.cpp", "word(Side", "\n}", RETURNED),
    ("common.json#/$defs/Verdict", "lib/rollback/assess.cpp", "word(Verdict", "\n}", RETURNED),
    ("common.json#/$defs/AdviceFlow", "lib/rollback/advice.cpp", "word(Flow", "\n}", RETURNED),
    ("common.json#/$defs/Outcome", "lib/rollback/report.cpp", "word(Outcome", "\n}", RETURNED),
    ("common.json#/$defs/Finding/properties/severity", "lib/rollback/verify.cpp", "word(Severity", "\n}", RETURNED),
    ("common.json#/$defs/MigrationState", "plugin/render_json.cpp", "state_word(", "\n}", RETURNED),
    ("common.json#/$defs/CheckId", "lib/rollback/verify.cpp", "> check_table{{", "\n}};", ROW),
    ("common.json#/$defs/Copy/properties/end", "lib/rollback/copy.cpp", "word(CopyEnd", "\n}", RETURNED),
    (f"{LEFTOVER}/removal", "plugin/render_leftovers.cpp", "word(Removal", "\n}", RETURNED),
    (f"{LEFTOVER}/kind", "lib/rollback/leftover_kinds.cpp", "> table{", "\n};", ROW),
)
BLOCKERS = ("lib/rollback/blockers.cpp", "lib/rollback/cancel.cpp", "lib/rollback/manual_guard.cpp", "lib/rollback/marks.cpp", "lib/rollback/leftovers_deletion.cpp", "lib/rollback/start_choice.cpp", "lib/rollback/still_so.cpp", "lib/rollback/twice.cpp", "lib/rollback/volume_fate.cpp")


def enums():
    """(where the schema has them, the words of the C++)."""
    for where, file, begin, end, word in WORDS:
        text = (ROOT / file).read_text(encoding="utf-8")
        yield where, set(re.findall(word, text[text.index(begin):].partition(end)[0]))
    texts = [(ROOT / file).read_text(encoding="utf-8") for file in BLOCKERS]
    clusters = "".join((ROOT / "lib/rollback" / file).read_text(encoding="utf-8") for file in ("assess.hpp", "conversion.hpp", "identity.cpp", "marks.hpp", "other_owners.hpp", "twice.hpp", "volume_fate.hpp"))
    yield "common.json#/$defs/BlockerId", ({word for text in texts for word in re.findall(ID, text)}
                                           | set(re.findall(ACCEPTABLE, clusters)))
