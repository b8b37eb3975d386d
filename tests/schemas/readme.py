"""The fenced blocks of plugin/schemas/README.md, and how those with commands are run.

A block of bash or python is run as a script in which `oc` is one that knows the plugin. The comment before it says on
which scenario, and may say how it ends and what stdout must have: <!-- sandbox: small; exit 4; says NotVerified -->.
"""
import collections
import json
import re
import sys

from schemas import FOLDER
from world import World

TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")
FENCED = re.compile(r"(?:<!-- sandbox: (?P<where>.*?) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)```", re.DOTALL)
WORDS = re.compile(r"(?P<scenario>[\w-]+)(?:; exit (?P<exit>\d+))?(?:; says (?P<says>.+))?")
INTERPRETERS = {"bash": ["bash", "-euo", "pipefail"], "python": [sys.executable]}
OC = '#!/bin/sh\nshift\nexec oc-mtc_rollback "$@"\n'  # oc mtc-rollback ...: as oc finds a plugin

Block = collections.namedtuple("Block", "language text scenario exit_code says")


def commands():
    """Every block that can be run; one of which nobody has said where is an error."""
    for match in FENCED.finditer(TEXT):
        if match["language"] in INTERPRETERS:
            words = WORDS.fullmatch(match["where"] or "")
            if not words:
                raise AssertionError(f"on which scenario is this to be run?\n{match['text']}")
            yield Block(match["language"], match["text"], words["scenario"], int(words["exit"] or 0), words["says"] or "")


def lines_of_progress():
    return [json.loads(line) for match in FENCED.finditer(TEXT) if match["language"] == "jsonl"
            for line in match["text"].splitlines()]


def run(block, program, sandbox):
    """(exit code, stdout, stderr)."""
    with World(program, sandbox, block.scenario) as world:
        tools = world.home / "tools"
        tools.mkdir()
        (tools / "oc-mtc_rollback").symlink_to(program)
        (tools / "oc").write_text(OC, encoding="utf-8")
        (tools / "oc").chmod(0o755)
        world.environment["PATH"] = f"{tools}:{world.environment['PATH']}"
        (world.home / "schemas").symlink_to(FOLDER)
        script = world.home / "script"
        script.write_text(block.text, encoding="utf-8")
        world.program = INTERPRETERS[block.language][0]
        return world.run([*INTERPRETERS[block.language][1:], script])
