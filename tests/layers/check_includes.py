#!/usr/bin/env python3
"""check_includes.py ROOT

Checks which file includes what: the direction of the layers, and that each third-party library is
named in one place. Prints a line for every violation, with the remedy, and exits 1 when there is one.
"""
import fnmatch
import pathlib
import re
import sys

# layer: what it may include besides itself. No network in a decision: mtc and rollback never see kube.
LAYERS = {
    "base": (),
    "kube": ("base",),
    "mtc": ("base",),
    "rollback": ("base", "mtc"),
    "run": ("base", "kube", "mtc", "rollback"),
    "plugin": ("base", "kube", "mtc", "rollback", "run"),
}
REMEDY = {
    "base": "base knows nothing but values; move this up to the layer that needs both",
    "kube": "kube knows nothing of MTC; decide in rollback/, join the two in run/",
    "mtc": "what MTC objects mean is a pure function of base::Object; let run/ fetch it",
    "rollback": "a decision is a pure function of values; have run/ observe it and put it into rollback::State",
    "run": "run/ never prints; emit an event and let plugin/ render it",
}

# header: the files that may name it. Everybody else uses the wrapper there.
THIRD_PARTY = {
    "nlohmann/*": ("lib/base/object.hpp",),
    "yaml-cpp/*": ("lib/base/yaml.cpp",),
    "httplib.h": ("lib/kube/http*.cpp", "tests/*"),
    "openssl/*": ("lib/kube/http*.cpp", "tests/*"),
    "simdjson.h": ("lib/kube/list_decoder.cpp",),
    "cxxopts.hpp": ("plugin/options.cpp", "tests/sandbox/main.cpp"),
    "doctest/*": ("tests/*",),
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
SOURCES = (".cpp", ".hpp", ".h", ".cc")


def layer_of(path):
    parts = path.split("/")
    if parts[0] == "lib" and len(parts) > 2:
        return parts[1]
    return parts[0] if parts[0] in ("plugin", "tests") else None


def matches(name, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def violation(path, quoted, header):
    """What is wrong with `path` including `header`, or None."""
    for pattern, owners in THIRD_PARTY.items():
        if matches(header, (pattern,)) and not matches(path, owners):
            return f"only {', '.join(owners)} may name {header}; use what that file offers, or extend it"
    if not quoted:
        return None
    if header.endswith(".cpp"):
        return "a source is compiled, never included"
    own, first = layer_of(path), header.split("/")[0]
    if ".." in header.split("/"):
        return "say the path from lib/, the project's root or tests/, so that the layer can be seen"
    if own == "tests" or own is None:
        return None
    if own not in LAYERS:
        return f"lib/{own} is no layer that the rule knows; name it in tests/layers/check_includes.py"
    if first in LAYERS:
        if first != own and first not in LAYERS[own]:
            return f"{own} may include only {', '.join((own, *LAYERS[own]))}; {REMEDY[own]}"
        return None
    if "/" in header:
        return f'"{header}" belongs to no layer that {own} may include; what ships never uses tests/'
    return f"say \"{own}/{header}\", so that the layer can be seen"


# A command that is printed names its cluster: rollback/command.hpp writes all of them. Where there is no
# cluster to name, or the text is an example, the file stands here.
COMMAND = re.compile(r'"[^"]*\boc (?:adm|annotate|apply|create|delete|describe|edit|get|label|logs|patch|scale|set|wait) ')
WITHOUT_A_CLUSTER = ("lib/run/plan_file.cpp", "plugin/options.cpp", "plugin/options_help.cpp")


def unnamed_command(path, line):
    """What is wrong with a line that writes a command by itself, or None."""
    ships = layer_of(path) in LAYERS and path not in WITHOUT_A_CLUSTER
    if not ships or line.lstrip().startswith("//") or "oc create token" in line or not COMMAND.search(line):
        return None
    return "a command that is printed names its cluster: write it with rollback/command.hpp"


def sources(root):
    for top in ("lib", "plugin", "tests"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in SOURCES and path.is_file():
                yield path


def check(root):
    """(number of files, violations as printable lines)"""
    files, found = 0, []
    for path in sources(root):
        files += 1
        name = path.relative_to(root).as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            include = INCLUDE.match(line)
            if include:
                wrong = violation(name, include[1] == '"', include[2])
                if wrong:
                    found.append(f"{name}:{number}: {line.strip()}: {wrong}")
            elif unnamed_command(name, line):
                found.append(f"{name}:{number}: {line.strip()}: {unnamed_command(name, line)}")
    return files, found


def main(root):
    files, found = check(pathlib.Path(root))
    for line in found:
        print(line)
    if files == 0:
        print(f"{root}: no source files below lib/, plugin/ or tests/; is this the root of the checkout?")
        return 1
    print(f"{files} files, {len(found)} wrong includes")
    return 1 if found else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
