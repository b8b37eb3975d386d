#!/usr/bin/env python3
"""parity.py [--kubectl PATH] --plugin PATH [-k PATTERN] [-v]

Runs every case of the tables with kubectl and with oc-mtc-rollback, and compares which server saw the first
request, as whom, and by which way, or which error was printed. The only differences allowed are those that a
case lists. Without --kubectl it is the one of OC_MTC_ROLLBACK_E2E_KUBECTL, or else of PATH; without any, nothing
is tested (exit 77).
"""
import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import choosing_cases
import cluster_cases
import exec_cases
import file_cases
import flag_cases
import incluster_cases
import pki
import proxy_cases
import tls_cases
import user_cases
import validation_cases
from run import Program, Run, needs_mounts, private_mounts
from servers import Listener
from table import PLAN, SECRET, Failed, Sent
from world import Contexts

TABLES = (file_cases, choosing_cases, flag_cases, incluster_cases, cluster_cases, tls_cases, proxy_cases, user_cases,
          exec_cases, validation_cases)
# how SECRET looks in base64, at each of the three places it can begin
ENCODED = ("TUFSS0VSLVNFQ1JFV", "1BUktFUi1TRUNSRV", "NQVJLRVItU0VDUkVU")
WORKERS = 4

# --- the comparison


def matches(outcome, want):
    """Whether what came of it is what the table wants."""
    if isinstance(want, Failed) and isinstance(outcome, Failed) and isinstance(want.text, re.Pattern):
        return want.text.fullmatch(outcome.text) is not None and outcome == dataclasses.replace(
            want, text=outcome.text)
    return outcome == want


def spoken(outcome):
    """An outcome for a reader: only what is not usual."""
    usual = Sent() if isinstance(outcome, Sent) else Failed("")
    parts = [
        f"{field.name}={getattr(outcome, field.name)!r}" for field in dataclasses.fields(outcome)
        if field.name == "server" or getattr(outcome, field.name) != getattr(usual, field.name)
    ]
    return f"{'sent' if isinstance(outcome, Sent) else 'failed'}({', '.join(parts)})"


def complaints(case, theirs, ours):
    """What is wrong, a line each."""
    found = []
    if not matches(theirs, case.want):
        found.append("kubectl does not do what the table says")
    expected = case.differs.ours if case.differs else case.want
    if not matches(ours, expected):
        found.append(f"oc-mtc-rollback does not do {'what the difference says' if case.differs else 'as kubectl'}")
    elif case.differs and case.differs.always and ours == theirs:
        found.append("the difference is listed, but there is none")
    elif not case.differs and ours != theirs:
        found.append("the two differ")
    return found


class Comparison:
    """Both programs, and what all cases share."""

    def __init__(self, options, folder):
        self._folder = pathlib.Path(folder)
        made = pki.Pki(self._folder / "pki")
        self._made_once = (made, Contexts(made))
        self._marks = (SECRET, *ENCODED, "-----BEGIN PRIVATE", "-----BEGIN EC PRIVATE", "-----BEGIN RSA PRIVATE",
                       *made.private_marks())
        self._theirs = Program("kubectl", (options.kubectl, "get", "--raw", PLAN))
        # a copy: whoever builds meanwhile takes the program away from under us
        self._ours = Program("oc-mtc-rollback", (shutil.copy(options.plugin, self._folder), "p1"))

    def run(self, number, case):
        """(what is wrong, what kubectl did, what we did) of one case."""
        theirs, their_trouble = self._play(number, case, self._theirs)
        ours, our_trouble = self._play(number, case, self._ours, ("-v", "10"))
        return complaints(case, theirs, ours) + their_trouble + our_trouble, theirs, ours

    def _play(self, number, case, program, again=()):
        """What came of a run, and what else is wrong with it, or with another one with these flags added."""
        folder = self._folder / f"{number}-{program.name}"
        (folder / "home").mkdir(parents=True)
        run = Run(case, program, folder, self._made_once)
        try:
            done = run.start()
            outcome = run.outcome(done)
            trouble = self._trouble(program.name, done, case.theirs_leaks and program is self._theirs)
            if isinstance(outcome, Sent) and done.returncode != 1:
                trouble.append(f"{program.name} ends with {done.returncode} after an error")
            if again:
                trouble += self._trouble(f"{program.name} {' '.join(again)}", run.start(*again))
        finally:
            run.world.stop()
            shutil.rmtree(folder)
        return outcome, trouble

    def _trouble(self, name, done, may_leak=False):
        """A program that does not end, or prints a secret."""
        if done.returncode is None:
            return [f"{name} is {done.stderr}"]
        printed = done.stdout + done.stderr
        mark = next((mark for mark in self._marks if mark in printed), None)
        if may_leak:
            return [] if mark else [f"{name} is said to print a secret, but does not"]
        return [f"{name} prints a secret: {mark}"] if mark else []


# --- which cases


def has_ipv6():
    """Whether there is an IPv6 loopback."""
    try:
        Listener("probe", "::1").stop()
        return True
    except OSError:
        return False


def kubectl_version(path):
    """(major, minor) of this kubectl."""
    done = subprocess.run([path, "version", "--client", "-o", "json"], capture_output=True, text=True, check=True)
    version = json.loads(done.stdout)["clientVersion"]
    if "dispatcher" in version["gitVersion"]:  # gcloud's: it asks the server for its version first
        raise SystemExit(f"{path} only starts other kubectls: name one of them")
    return int(version["major"]), int(re.match(r"\d+", version["minor"])[0])


class Skipping:
    """Why a case cannot be run here."""

    def __init__(self, kubectl):
        self._version = kubectl_version(kubectl)
        self._mounts = private_mounts()
        self._ipv6 = has_ipv6()

    def reason(self, case):
        """None when it can."""
        if needs_mounts(case) and not self._mounts:
            return "no private mounts (unshare --mount) on this machine"
        if any("@six" in text for text in (*case.files.values(), *case.env.values(), case.args)) and not self._ipv6:
            return "no IPv6 on this machine"
        if self._version <= case.newer_than:
            return f"kubectl {self._version[0]}.{self._version[1]} does not know this yet"
        return None


def all_cases(pattern):
    """Every row of every table that the pattern finds."""
    found = []
    for table in TABLES:
        topic = table.__name__.removesuffix("_cases")
        found += [dataclasses.replace(case, name=f"{topic}: {case.name}") for case in table.CASES]
    names = [case.name for case in found]
    assert len(names) == len(set(names)), f"twice: {sorted({name for name in names if names.count(name) > 1})}"
    return [case for case in found if re.search(pattern, case.name)]


# --- the report


def tell(case, wrong, theirs, ours, verbose):
    """What a reader needs of one case."""
    if wrong:
        print(f"FAILED  {case.name}\n        {'; '.join(wrong)}")
    elif verbose:
        print(f"{'differs' if case.differs else 'same   '} {case.name}")
    if wrong or verbose:
        print(f"        kubectl: {spoken(theirs)}\n        ours:    {spoken(ours)}")
    if case.differs and (wrong or verbose):
        print(f"        on purpose: {case.differs.reason}")


def run_all(options, cases, folder):
    """Runs them, tells of them, and closes with the line that scripts/count-tests reads; the number of failures."""
    comparison = Comparison(options, folder)
    skipping = Skipping(options.kubectl)
    runnable = []
    for case in cases:
        reason = skipping.reason(case)
        if reason:
            print(f"skipped {case.name}: {reason}")
        else:
            runnable.append(case)
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for case, (wrong, theirs, ours) in zip(runnable, pool.map(comparison.run, range(len(runnable)), runnable)):
            tell(case, wrong, theirs, ours, options.verbose)
            failures += bool(wrong)
    print(f"{sum(case.differs is not None for case in runnable)} cases differ on purpose")
    print(f"[doctest] test cases: {len(runnable)} | {len(runnable) - failures} passed | {failures} failed | "
          f"{len(cases) - len(runnable)} skipped")
    return failures or not runnable


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubectl", default=os.environ.get("OC_MTC_ROLLBACK_E2E_KUBECTL") or shutil.which("kubectl"))
    parser.add_argument("--plugin", required=True)
    parser.add_argument("-k", dest="pattern", default="", metavar="PATTERN", help="only cases whose name this finds")
    parser.add_argument("-v", dest="verbose", action="store_true", help="tell of every case, not only of failures")
    options = parser.parse_args()
    options.plugin = os.path.abspath(options.plugin)
    return options


def main():
    options = arguments()
    if not options.kubectl:
        print("no kubectl to compare with")
        return 77
    with tempfile.TemporaryDirectory(prefix="parity-") as folder:
        return 1 if run_all(options, all_cases(options.pattern), folder) else 0


if __name__ == "__main__":
    sys.exit(main())
