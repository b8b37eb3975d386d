#!/usr/bin/env python3
"""schemas_test.py PROGRAM SANDBOX

What the program prints is what plugin/schemas says, and what plugin/schemas says is printed: the real program is
played on the sandbox (situations.py). Then the commands of plugin/schemas/README.md are run. Without jq and the
Python modules jsonschema and yaml nothing is tested (exit code 77).
"""
import concurrent.futures
import copy
import json
import os
import pathlib
import shutil
import sys
import unittest
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/e2e"))
import counted  # noqa: E402

try:
    import jsonschema
    import yaml  # noqa: F401

    import play
    import readme
    import words
    from schemas import Place, Schemas, load, objects
except ImportError as missing:
    print(f"{missing}: scripts/bootstrap installs it for /usr/bin/python3")
    sys.exit(77)
if not shutil.which("jq", path="/usr/bin:/bin"):
    print("no jq in /usr/bin: scripts/bootstrap installs it")
    sys.exit(77)

PROGRAM = SANDBOX = ""

# Properties that no situation and no golden file fills, and why.
UNFILLED = {
    Place("AssessmentList", "hint"): "of a login that has expired; the errors of the situations have none",
    Place("Trouble", "hint"): "of a login that expires while a rollback is followed; no situation has one",
    Place("Wanted", "runStrategy"): "the sandbox has no KubeVirt; the end-to-end tests have",
    Place("Written", "left"): "somebody has to change an object between the look and the write; tests/contract does",
    Place("Wrote", "left"): "as that of Written",
}


def closed(node):
    """An object that a schema describes whole, not one that only narrows another."""
    return "$ref" not in node and node.get("type") == "object"


class Printed(unittest.TestCase):
    """All documents, and all that the schemas say of them."""

    @classmethod
    def setUpClass(cls):
        cls.files = load()
        cls.schemas = Schemas(cls.files)
        cls.played = play.play_all(PROGRAM, SANDBOX)
        cls.errors = [f"{name}: {error}" for name, kind, document in cls.documents()
                      for error in cls.schemas.errors(document, kind)]

    @classmethod
    def documents(cls):
        for each in cls.played:
            yield each.name, each.document["kind"], each.document
            if each.report is not None:
                yield f"{each.name}: --report", each.report["kind"], each.report
            for line in each.progress:
                yield f"{each.name}: --progress", "Progress", line
        for path in sorted((ROOT / "tests/golden").glob("*.json")):
            document = json.loads(path.read_text(encoding="utf-8"))
            yield path.name, document["kind"], document
        for line in (ROOT / "tests/golden/progress-json.txt").read_text(encoding="utf-8").splitlines():
            yield "progress-json.txt", "Progress", json.loads(line)

    def places(self):
        return {Place(where, name) for where, _, node in objects(self.files) if closed(node)
                for name in node["properties"]}

    def test_each_situation_ends_as_the_table_says(self):
        for each in self.played:
            with self.subTest(each.name):
                self.assertEqual(each.ends, each.expected, each.document["error"])

    def test_each_document_is_as_its_schema_says(self):
        self.assertEqual(self.errors, [])

    def test_the_report_says_what_stdout_says(self):
        reports = [each for each in self.played if each.report is not None]
        self.assertGreater(len(reports), 2)
        for each in reports:
            with self.subTest(each.name):
                self.assertEqual(each.report, each.document)

    def test_each_schema_is_one_and_is_used(self):
        for name, schema in self.files.items():
            with self.subTest(name):
                jsonschema.Draft202012Validator.check_schema(schema)
        self.assertEqual(self.schemas.used, {f"{kind}.json" for kind in Schemas.kinds(self.files)})

    def test_each_property_is_described(self):
        for where, file, node in objects(self.files):
            for name, part in node["properties"].items():
                with self.subTest(f"{where}.{name}"):
                    self.assertTrue(part is False or self.is_described(part, file))

    def is_described(self, part, file):
        if "$ref" not in part or "description" in part:
            return bool(part.get("description"))
        node, file, _ = self.schemas.resolve(part["$ref"], file)
        return self.is_described(node, file)

    def test_each_property_is_seen_with_something_in_it(self):
        self.assertEqual(self.places() - self.schemas.filled, set(UNFILLED))

    def test_an_object_says_all_its_properties_and_which_are_always_there(self):
        for where, _, node in objects(self.files):
            if not closed(node):
                continue
            optional = {name for name in node["properties"] if name not in node.get("required", ())}
            with self.subTest(where):
                self.assertIs(node.get("additionalProperties"), False)
                self.assertEqual(optional, {name for name in optional if Place(where, name) in self.schemas.absent},
                                 "always there, so it belongs into 'required'")

    def test_a_null_that_a_schema_allows_is_seen(self):
        allowed = {Place(where, name) for where, file, node in objects(self.files) if closed(node)
                   for name, part in node["properties"].items() if self.may_be_null(part, file)}
        self.assertEqual(allowed - self.schemas.null, set())

    def may_be_null(self, part, file):
        if "$ref" in part:
            node, file, _ = self.schemas.resolve(part["$ref"], file)
            return self.may_be_null(node, file)
        return "null" in part.get("type", ()) or any(branch == {"type": "null"} for branch in part.get("oneOf", ()))

    def test_a_property_that_no_schema_has_is_an_error(self):
        for name, *place in (("Assessment.json",), ("common.json", "$defs", "Finding"), ("common.json", "$defs", "Run")):
            files = copy.deepcopy(self.files)
            node = files[name]
            for key in place:
                node = node[key]
            lost = next(iter(set(node["properties"]) - {"kind", "apiVersion"}))
            del node["properties"][lost]
            node["required"].remove(lost)
            with self.subTest(name, place=place):
                lesser = Schemas(files)
                self.assertTrue(any(lesser.errors(document, kind) for _, kind, document in self.documents()))

    def test_enums_have_the_words_of_the_program(self):
        for where, expected in words.enums():
            with self.subTest(where):
                self.assertEqual(set(self.schemas.resolve(where, "")[0]["enum"]), expected)


class Readme(unittest.TestCase):
    """plugin/schemas/README.md."""

    def test_each_command_ends_as_it_says(self):
        blocks = list(readme.commands())
        self.assertGreater(len(blocks), 5)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            ended = list(pool.map(lambda block: readme.run(block, PROGRAM, SANDBOX), blocks))
        for block, (code, out, err) in zip(blocks, ended):
            with self.subTest(block.text):
                self.assertEqual(code, block.exit_code, out + err)
                self.assertRegex(out, block.says)

    def test_each_line_of_progress_is_one_and_each_event_has_one(self):
        schemas = Schemas(load())
        lines = readme.lines_of_progress()
        for line in lines:
            with self.subTest(line):
                self.assertEqual(schemas.errors(line, "Progress"), [])
        events = {node["properties"]["event"]["const"] for _, file, node in objects(schemas.files)
                  if file == "Progress.json" and "event" in node["properties"]}
        self.assertEqual({line["event"] for line in lines}, events)

    def test_each_kind_is_named(self):
        for kind in Schemas.kinds(load()):
            self.assertIn(f"]({kind}.json)", readme.TEXT)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    PROGRAM, SANDBOX = map(os.path.abspath, sys.argv[1:])
    warnings.simplefilter("ignore", DeprecationWarning)  # newer versions of jsonschema have another resolver, too
    sys.exit(counted.run(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__]), ""))
