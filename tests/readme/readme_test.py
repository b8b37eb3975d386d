#!/usr/bin/env python3
"""readme_test.py PROGRAM SANDBOX

README says what is so: its examples are run on the sandbox and print what stands there, its messages are
the program's, its promises are held by tests that exist. An example is a fenced block after a comment:
  <!-- sandbox: SCENARIO -->                     what is typed behind `$ ` is run, in a shell
  <!-- sandbox: SCENARIO; before: COMMAND -->    with what has been done before
ACCEPT=1 writes into README what the program prints today, and reports the test as skipped.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import simulated

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "README.md"

# Blocks that are not run here, by their first line, and why.
NOT_RUN = {
    "scripts/demo": "it builds everything; .ci/run runs scripts/test, a person the demo",
    "scripts/release": "tests/e2e/install_test.py packs, installs and uses it by a real krew",
    "scripts/bootstrap": "tests/e2e/install_test.py installs it by meson",
}

# Times, names and places that differ from run to run: what README has in their stead.
ALWAYS_THE_SAME = (
    (r"\d{4}-\d\d-\d\dT[\d:]{8}Z", "2026-03-01T09:41:00Z"),
    (r"\brollback-\w{8}\b", "rollback-7f3kq2xa"),
    (r"(?<=pod/web)-\w{9}-\w{5}\b", "-6d4cf56db-x2v4q"),
    (r"\b\d+m\d\ds\b", "30m08s"),
    (r"\(\d+s\)", "(8s)"),
    (r"(?<=Z   )\d+s\b", "8s"),
    (r"\b\ds(?= {3,}(?:harmless|in the way))", "2s"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:6443"),
)

BLOCK = re.compile(r"(?:<!-- sandbox: (?P<scenario>[\w-]+)(?:; before: (?P<before>.+?))? -->\n)?"
                   r"^```\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"(?:\s*"((?:[^"\\\n]|\\.)*)")*')
ONE_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def the_same(text):
    for pattern, always in ALWAYS_THE_SAME:
        text = re.sub(pattern, always, text)
    return text


def literals(file):
    """The texts in a file of C++; what stands in several lines is one."""
    found = LITERAL.finditer(file.read_text(encoding="utf-8"))
    return ["".join(ONE_LITERAL.findall(each[0])).replace('\\"', '"') for each in found]


def section(title):
    return re.search(rf"(?ms)^## {title}\n(.*?)(?=^## |\Z)", README.read_text(encoding="utf-8"))[1]


class Readme(unittest.TestCase):
    program = ""
    sandbox = ""
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="omr-readme-bin-")
        self.addCleanup(folder.cleanup)
        self.bin = pathlib.Path(folder.name)
        (self.bin / "oc-mtc_rollback").symlink_to(self.program)
        (self.bin / "oc").write_text('#!/bin/sh\nshift\nexec oc-mtc_rollback "$@"\n', encoding="utf-8")  # as oc does it
        (self.bin / "oc").chmod(0o755)

    def typed(self, command, environment):
        """What a terminal shows of it."""
        done = subprocess.run(command, shell=True, env=environment, stdin=subprocess.DEVNULL, text=True, check=False,
                              cwd=environment["HOME"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        return the_same(done.stdout).strip("\n")

    def played(self, block):
        """The block's text, with today's output."""
        commands = [line for line in block["text"].splitlines() if line.startswith("$ ")]
        with simulated.clusters(self.sandbox, block["scenario"]) as environment:
            environment["PATH"] = f"{self.bin}:/usr/bin:/bin"
            if block["before"]:
                self.typed(block["before"], environment)
            return "".join(f"{each}\n{self.typed(each[2:], environment)}\n" for each in commands)

    def test_examples_print_what_stands_there(self):
        readme = README.read_text(encoding="utf-8")
        today = readme
        for block in reversed([each for each in BLOCK.finditer(readme) if each["scenario"]]):
            with self.subTest(block["text"].splitlines()[0]):
                now = self.played(block)
                today = today[:block.start("text")] + now + today[block.end("text"):]
                if not os.environ.get("ACCEPT"):
                    self.assertEqual(block["text"], now)
        if os.environ.get("ACCEPT"):
            README.write_text(today, encoding="utf-8")
            self.skipTest("README has what the program prints today")

    def test_a_block_is_run_here_or_excused(self):
        blocks = list(BLOCK.finditer(README.read_text(encoding="utf-8")))
        self.assertEqual(len(blocks) * 2, README.read_text(encoding="utf-8").count("```"))
        not_run = {block["text"].split()[0] for block in blocks if not block["scenario"]}
        self.assertEqual(not_run, set(NOT_RUN))

    def test_messages_are_the_programs(self):
        sources = [file for folder in ("lib", "plugin") for file in (ROOT / folder).rglob("*.cpp")]
        texts = [text for file in sources for text in literals(file)]
        messages = re.findall(r"(?m)^- \*\*`(.+?)`\*\*", section("Troubleshooting"))
        self.assertGreaterEqual(len(messages), 8)
        for message in messages:
            with self.subTest(message):
                self.assertTrue(any(message in text for text in texts), "no such message in lib/ or plugin/")

    def test_promises_are_held_by_tests_that_exist(self):
        promises = re.findall(r"(?m)^- .*", section("What it promises"))
        self.assertTrue(promises)
        for promise in promises:
            with self.subTest(promise):
                tests = re.findall(r"\[\w+\]\((tests/[^)]+)\): \*(.+?)\*", promise)
                self.assertTrue(tests, "no test is named")
                for file, name in tests:
                    self.assertIn(name, literals(ROOT / file))


def main(program, sandbox):
    Readme.program, Readme.sandbox = map(os.path.abspath, (program, sandbox))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(
        unittest.defaultTestLoader.loadTestsFromTestCase(Readme))
    return 1 if not result.wasSuccessful() else 77 if os.environ.get("ACCEPT") else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
