"""Plays all situations, several at a time, and keeps what was printed."""
import collections
import concurrent.futures
import json
import shlex

import yaml
from situations import SITUATIONS
from world import World


# A reader of YAML 1.1, which would make a date of a time without quotes.
FORMS = {"json": json.loads, "yaml": yaml.safe_load}

# What became of a run: its name for messages, how it ended and was to end, its document, its lines of progress, and
# the document of --report, if there was one.
Played = collections.namedtuple("Played", "name ends expected document progress report")


def play_all(program, sandbox):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(play, program, sandbox, situation, form) for form in FORMS for situation in SITUATIONS]
        return [played for job in jobs for played in job.result()]


def play(program, sandbox, situation, form):
    with World(program, sandbox, situation.scenario) as world:
        for name in situation.plans:
            world.add_plan(name)
        return [play_one(world, situation, run, form) for run in situation.runs]


def play_one(world, situation, run, form):
    code, out, err = world.run([*shlex.split(run.words), "-o", form], run.signal)
    name = f"{situation.scenario}: {run.words} -o {form}"
    try:
        document = FORMS[form](out)
    except (ValueError, yaml.YAMLError) as error:
        raise AssertionError(f"{name}: stdout is no {form}: {error}\n{out}\n{err}") from error
    return Played(name, ending(code, document), run.ends, document, progress(err), report(world))


def ending(code, document):
    """'0 RunReport Succeeded': what the table says of a run."""
    word = document.get("outcome") or document.get("verdict") or ("Error" if document["error"] else "")
    return f"{code} {document['kind']} {word}".rstrip()


def progress(err):
    return [json.loads(line) for line in err.splitlines() if line.startswith("{")]


def report(world):
    """What --report has written, and only once."""
    file = world.home / "report.json"
    if not file.exists():
        return None
    document = json.loads(file.read_text(encoding="utf-8"))
    file.unlink()
    return document
