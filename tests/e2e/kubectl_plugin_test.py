#!/usr/bin/env python3
"""kubectl_plugin_test.py OC_MTC_ROLLBACK

The plugin as real kubectls find, start and complete it: the one that OC_MTC_ROLLBACK_E2E_KUBECTL names,
and the one on PATH. Without any of them nothing is tested (exit code 77).
"""
import contextlib
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import counted

LINKS = ("kubectl-mtc_rollback", "oc-mtc_rollback", "kubectl_complete-mtc_rollback", "oc_complete-mtc_rollback")
PLANS = ("shop-plan", "shop-test", "bank")


class MigPlans(http.server.BaseHTTPRequestHandler):
    """An API server that has MigPlans and nothing else."""

    def do_GET(self):  # noqa: N802, the name is the library's
        path = "/apis/migration.openshift.io/v1alpha1/namespaces/openshift-migration/migplans"
        if self.path.split("?")[0] != path:
            self.send_error(404)
            return
        items = [{"metadata": {"name": name, "namespace": "openshift-migration", "uid": name}} for name in PLANS]
        body = json.dumps({"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                           "metadata": {"resourceVersion": "1"}, "items": items}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def api_server():
    """Yields the URL of a server with plans."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), MigPlans)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def silent_server():
    """Yields the socket and the URL of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


def kubectls():
    """Every kubectl there is to test with, once."""
    named = os.environ.get("OC_MTC_ROLLBACK_E2E_KUBECTL")
    found = [named] if named else []
    on_path = shutil.which("kubectl")
    found += [on_path] if on_path else []
    return list({os.path.realpath(path): path for path in reversed(found)}.values())[::-1]


def version_of(kubectl):
    """(1, 36)"""
    done = subprocess.run([kubectl, "version", "--client", "-o", "json"], capture_output=True, text=True, check=True)
    version = json.loads(done.stdout)["clientVersion"]
    return int(version["major"]), int(version["minor"].rstrip("+"))


class Plugin(unittest.TestCase):
    """What each kubectl is expected to do; a class of its own is made for each."""
    binary = ""
    kubectl = ""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="omr-kubectl-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        bin_folder = self.folder / "bin"
        bin_folder.mkdir()
        for link in LINKS:
            (bin_folder / link).symlink_to(self.binary)
        self.environment = {"PATH": f"{bin_folder}:/usr/bin:/bin", "HOME": str(self.folder), "LANG": "C.UTF-8"}

    def log_in(self, url):
        config = {"apiVersion": "v1", "kind": "Config", "current-context": "control",
                  "clusters": [{"name": "c", "cluster": {"server": url}}],
                  "users": [{"name": "u", "user": {"token": "t"}}],
                  "contexts": [{"name": "control", "context": {"cluster": "c", "user": "u"}}]}
        path = self.folder / "kubeconfig"
        path.write_text(json.dumps(config), encoding="utf-8")
        self.environment["KUBECONFIG"] = str(path)

    def run_kubectl(self, *words, check=False):
        return subprocess.run([self.kubectl, *words], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=30, check=check)

    def completed(self, *words, asking="__complete"):
        """(the candidates, the directive) of kubectl's answer"""
        lines = self.run_kubectl(asking, "mtc-rollback", *words, check=True).stdout.splitlines()
        return lines[:-1], lines[-1]

    @staticmethod
    def time_of(action):
        began = time.monotonic()
        action()
        return time.monotonic() - began

    def need_completion_of_plugins(self):
        if version_of(self.kubectl) < (1, 26):
            self.skipTest("plugins are completed from kubectl 1.26 on")

    def test_it_is_found_and_started(self):
        done = self.run_kubectl("mtc-rollback", "version", check=True)
        self.assertRegex(done.stdout, r"^oc-mtc-rollback v\d")
        self.assertEqual(done.stderr, "")

    def test_words_arrive_as_they_were_typed(self):
        done = self.run_kubectl("mtc-rollback", "version", "-o", "json", check=True)
        self.assertEqual(json.loads(done.stdout)["kind"], "Version")

    def test_its_exit_code_is_kubectls(self):
        done = self.run_kubectl("mtc-rollback", "shop-plan", "--contxt=x")
        self.assertEqual(done.returncode, 2)
        self.assertIn("unknown flag: --contxt (did you mean --context?)", done.stderr)

    def test_help_and_hints_name_it_as_it_was_called(self):
        self.assertIn("kubectl mtc-rollback PLAN", self.run_kubectl("mtc-rollback", "--help", check=True).stdout)
        self.assertIn("See 'kubectl mtc-rollback -h'", self.run_kubectl("mtc-rollback", "--nonsense").stderr)

    def test_it_is_listed_without_a_warning(self):
        self.environment["PATH"] = str(self.folder / "bin")
        done = self.run_kubectl("plugin", "list", check=True)
        self.assertIn(str(self.folder / "bin" / "kubectl-mtc_rollback"), done.stdout)
        self.assertNotIn("warning", done.stdout + done.stderr)

    def test_a_signal_reaches_it(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number.name), silent_server() as (listener, url):
                self.log_in(url)
                words = [self.kubectl, "mtc-rollback", "shop-plan", "-y"]
                with subprocess.Popen(words, env=self.environment, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
                    listener.settimeout(20)
                    with listener.accept()[0]:
                        self.assertEqual(os.readlink(f"/proc/{started.pid}/exe"), os.path.realpath(self.binary))
                        started.send_signal(number)
                        started.communicate(timeout=20)
                    self.assertEqual(started.returncode, code)

    def test_kubectl_completes_commands_and_plans(self):
        self.need_completion_of_plugins()
        with api_server() as url:
            self.log_in(url)
            candidates, directive = self.completed("")
            self.assertEqual(directive, ":4")
            self.assertIn("version\tshow the version", candidates)
            for plan in PLANS:
                self.assertIn(plan, candidates)
            self.assertEqual(self.completed("run", "shop-"), (["shop-plan", "shop-test"], ":4"))
            self.assertEqual(self.completed("vers", asking="__completeNoDesc"), (["version"], ":4"))

    def test_kubectl_completes_flags_and_their_values(self):
        self.need_completion_of_plugins()
        self.log_in("http://127.0.0.1:1")
        self.assertEqual(self.completed("bank", "-o", "j"), (["json"], ":4"))
        self.assertEqual(self.completed("bank", "--context", ""), (["control"], ":4"))
        self.assertEqual(self.completed("bank", "--no-", asking="__completeNoDesc"), (["--no-verify"], ":4"))
        self.assertEqual(self.completed("bank", "--kubeconfig", ""), ([], ":0"))

    def test_a_server_that_hangs_does_not_hold_up_kubectl(self):
        self.need_completion_of_plugins()
        with silent_server() as (_, url):
            self.log_in(url)
            # gcloud's kubectl asks the server for its version first, and waits
            without_cluster = self.time_of(lambda: self.completed("bank", "-o", ""))
            with_cluster = self.time_of(lambda: self.assertEqual(self.completed("run", ""), ([], ":4")))
            self.assertLess(with_cluster - without_cluster, 3)


def suite(binary):
    """The tests, once for each kubectl."""
    tests = unittest.TestSuite()
    for kubectl in kubectls():
        about = {"binary": binary, "kubectl": kubectl, "__qualname__": f"Plugin of {kubectl}"}
        tests.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(type("Plugin", (Plugin,), about)))
    return tests


def main(binary):
    for kubectl in kubectls():
        print(f"with {kubectl}, version {'.'.join(map(str, version_of(kubectl)))}", flush=True)
    return counted.run(suite(os.path.abspath(binary)),
                       "no kubectl was found: build one with tests/e2e/control-plane/build")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
