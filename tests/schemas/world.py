"""The real program against the sandbox's two clusters, for a person with a home of their own."""
import base64
import json
import pathlib
import ssl
import subprocess
import tempfile
import time
import urllib.request

import yaml

PATIENCE = 120  # seconds; what takes so long hangs


class World:
    """A scenario that is served while the `with` lasts."""

    def __init__(self, program, sandbox, scenario):
        self.program, self._sandbox, self._scenario = program, sandbox, scenario

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="omr-schemas-")
        self.home = pathlib.Path(self._folder.name)
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LANG": "C.UTF-8",
                            "KUBECONFIG": str(self.home / "kubeconfig")}
        ready = self.home / "ready"
        words = [self._sandbox, "serve", "--scenario", self._scenario, "--dir", self.home, "--pace", "1ms",
                 "--ready-file", ready]
        self._clusters = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        while not (ready.exists() and ready.stat().st_size) and self._clusters.poll() is None:
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self._clusters.terminate()
        self._clusters.wait()
        self._folder.cleanup()

    def run(self, words, signal=None):
        """The program's (exit code, stdout, stderr); `signal` is sent when the first line of stderr is there."""
        with subprocess.Popen([self.program, *words], env=self.environment, cwd=self.home, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            first = ""
            if signal is not None:
                first = process.stderr.readline()
                process.send_signal(signal)
            out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, first + err

    def add_plan(self, name):
        """Another MigPlan beside the scenario's, that is like it."""
        path = "/apis/migration.openshift.io/v1alpha1/namespaces/openshift-migration/migplans"
        plan = json.loads(self._ask(f"{path}/shop-plan"))
        plan["metadata"] = {"name": name, "namespace": "openshift-migration"}
        self._ask(path, json.dumps(plan).encode())

    def _ask(self, path, body=None):
        config = yaml.safe_load((self.home / "kubeconfig").read_text(encoding="utf-8"))
        cluster = next(c["cluster"] for c in config["clusters"] if c["name"] == "target")
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        request = urllib.request.Request(cluster["server"] + path, body, {
            "Authorization": "Bearer admin-token", "Content-Type": "application/json"})
        context = ssl.create_default_context(cadata=authority)
        with urllib.request.urlopen(request, context=context, timeout=PATIENCE) as answer:
            return answer.read()
