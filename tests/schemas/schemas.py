"""The files of plugin/schemas: whether a document is as they say, and which of their properties it has."""
import collections
import json
import pathlib

import jsonschema

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "plugin/schemas"
SHARED = "common.json"

# A property of an object that a schema describes: where ("Finding", "RunReport.clusters") and its name.
Place = collections.namedtuple("Place", "where name")


def load(folder=FOLDER):
    """Every schema by the name of its file."""
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


class Schemas:
    """Validates, and keeps what it has seen of each property."""

    def __init__(self, files):
        self.files = files
        # "#/..." means the file that it stands in, so the references of a part are looked up from there
        self._resolvers = {file: jsonschema.RefResolver(file, schema, store=files) for file, schema in files.items()}
        self.used = set()
        self.present, self.absent, self.null, self.filled = set(), set(), set(), set()

    @staticmethod
    def kinds(files):
        return sorted(name.removesuffix(".json") for name in files if name != SHARED)

    def _validator(self, node, file):
        return jsonschema.Draft202012Validator(node, resolver=self._resolvers[file])

    def errors(self, document, kind):
        """What is not as the schema of its kind says, a line each."""
        file = f"{kind}.json"
        if file not in self.files:
            return [f"no schema describes the kind {kind}"]
        self.used.add(file)
        validator = self._validator(self.files[file], file)
        found = [f"{error.json_path}: {error.message[:300]}" for error in best(validator, document)]
        if not found:
            self._note(self.files[file], document, file, kind)
        return found

    def resolve(self, reference, file):
        """(node, its file, its name) of a $ref that stands in `file`."""
        named, _, pointer = reference.partition("#")
        node = self.files[named or file]
        for key in pointer.strip("/").split("/"):
            node = node[key]
        return node, named or file, pointer.rpartition("/")[2]

    def _note(self, node, value, file, where):
        """Notes which properties a valid value has, and whether there is something in them."""
        if node is False:
            return
        if "$ref" in node:
            self._note(*self._at(node["$ref"], value, file))
        for branch in node.get("oneOf", ()):
            if self._validator(branch, file).is_valid(value):
                self._note(branch, value, file, where)
        if isinstance(value, dict):
            for name, part in node.get("properties", {}).items():
                self._note_property(Place(where, name), part, value, file)
        elif isinstance(value, list) and "items" in node:
            for item in value:
                self._note(node["items"], item, file, where)

    def _at(self, reference, value, file):
        node, file, name = self.resolve(reference, file)
        return node, value, file, name

    def _note_property(self, place, part, value, file):
        if place.name not in value:
            self.absent.add(place)
            return
        self.present.add(place)
        content = value[place.name]
        if content is None:
            self.null.add(place)
        elif content not in ("", [], {}):
            self.filled.add(place)
        self._note(part, content, file, f"{place.where}.{place.name}")


def best(validator, document):
    """The errors, those of the branch that was meant instead of 'is not valid under any of the given schemas'."""
    for error in validator.iter_errors(document):
        yield jsonschema.exceptions.best_match([error])


def objects(files):
    """(where, file, node) of every object that has properties, wherever it stands."""
    for file, schema in files.items():
        yield from _objects(schema, file, file.removesuffix(".json"))


def _objects(node, file, where):
    if not isinstance(node, dict):
        return
    if "properties" in node:
        yield where, file, node
    for name, part in node.get("properties", {}).items():
        yield from _objects(part, file, f"{where}.{name}")
    for name, part in node.get("$defs", {}).items():
        yield from _objects(part, file, name)
    yield from _objects(node.get("items"), file, where)
    for branch in node.get("oneOf", ()):
        yield from _objects(branch, file, where)
