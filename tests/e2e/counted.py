"""Runs unittest's tests and closes with a line that is worded as doctest's, for scripts/count-tests."""
import sys
import unittest


def run(suite, why_none):
    """The exit code: 77 when there is nothing to run, and `why_none` is said."""
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    # a test counts as failed once, whatever its sub-tests do
    broken = {str(getattr(test, "test_case", test)) for test, _ in result.failures + result.errors}
    failed, skipped = len(broken), len(result.skipped)
    passed = result.testsRun - failed - skipped
    if result.testsRun == 0:
        print(why_none)
    print(f"[doctest] test cases: {passed + failed} | {passed} passed | {failed} failed | {skipped} skipped",
          flush=True)
    return 1 if failed else 0 if result.testsRun else 77
