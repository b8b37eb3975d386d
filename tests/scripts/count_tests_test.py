#!/usr/bin/env python3
"""What scripts/count-tests makes of the logs of meson test: nothing that failed is lost."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

COUNT_TESTS = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "count-tests"


def doctest(passed, failed, skipped=0):
    total = passed + failed
    return (f"[doctest] test cases: {total:3} | {passed:3} passed | {failed} failed | {skipped} skipped\n"
            f"[doctest] assertions: 9 | 9 passed | 0 failed |\n")


def count(*runs):
    """(last line, exit status) for the runs of a log"""
    with tempfile.TemporaryDirectory() as directory:
        log = os.path.join(directory, "log.json")
        with open(log, "w", encoding="utf-8") as file:
            file.writelines(
                json.dumps({"name": "program", "result": result, "stdout": stdout}) + "\n"
                for result, stdout in runs)
        done = subprocess.run([sys.executable, COUNT_TESTS, log], capture_output=True, text=True, check=False)
        return done.stdout.splitlines()[-1], done.returncode


class Counting(unittest.TestCase):
    def test_doctest_programs_count_as_their_cases(self):
        self.assertEqual(count(("OK", doctest(20, 0)), ("OK", doctest(3, 0, 2))), ("23 passed, 0 failed, 2 skipped", 0))

    def test_a_failed_case_fails_the_whole(self):
        self.assertEqual(count(("FAIL", doctest(20, 2))), ("20 passed, 2 failed, 0 skipped", 1))

    def test_a_program_that_died_before_its_summary_is_one_failure(self):
        self.assertEqual(count(("FAIL", "[doctest] doctest version\n"), ("OK", doctest(1, 0))),
                         ("1 passed, 1 failed, 0 skipped", 1))

    def test_a_program_that_failed_after_a_good_summary_is_one_failure(self):
        self.assertEqual(count(("FAIL", doctest(20, 0) + "ERROR: LeakSanitizer")), ("20 passed, 1 failed, 0 skipped", 1))

    def test_a_timeout_is_a_failure(self):
        self.assertEqual(count(("TIMEOUT", "")), ("0 passed, 1 failed, 0 skipped", 1))

    def test_a_program_of_another_kind_is_one_test(self):
        self.assertEqual(count(("OK", "fine"), ("FAIL", "bad")), ("1 passed, 1 failed, 0 skipped", 1))

    def test_a_program_that_skips_has_passed_nothing(self):
        self.assertEqual(count(("SKIP", doctest(4, 0)), ("SKIP", ""), ("OK", "")), ("1 passed, 0 failed, 5 skipped", 0))

    def test_a_summary_in_colour_is_read(self):
        coloured = "[doctest] test cases: \x1b[0m  2 | \x1b[32m  2 passed\x1b[0m | \x1b[0m0 failed\x1b[0m | 0 skipped"
        self.assertEqual(count(("OK", coloured)), ("2 passed, 0 failed, 0 skipped", 0))

    def test_no_test_at_all_is_a_failure(self):
        self.assertEqual(count(), ("0 passed, 1 failed, 0 skipped", 1))
        self.assertEqual(count(("SKIP", "")), ("0 passed, 1 failed, 1 skipped", 1))
        self.assertEqual(count(("OK", doctest(0, 0))), ("0 passed, 1 failed, 0 skipped", 1))


if __name__ == "__main__":
    unittest.main()
