#!/usr/bin/env python3
"""install_test.py BUILD_DIR SANDBOX

The plugin as users install it: packed by scripts/package, installed by a real krew without a network, used,
uninstalled; and by `meson install`. OC_MTC_ROLLBACK_E2E_KREW names the folder of krew and its
validator, OC_MTC_ROLLBACK_E2E_KUBECTL the kubectl. Without them nothing is tested (exit code 77).
"""
import contextlib
import functools
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import unittest

import counted

ROOT = pathlib.Path(__file__).resolve().parents[2]
KREW = os.environ.get("OC_MTC_ROLLBACK_E2E_KREW", "")
KUBECTL = os.environ.get("OC_MTC_ROLLBACK_E2E_KUBECTL", "")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    """Yields the URL of a server of the folder's files."""
    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def sandbox(program, folder):
    """Yields the kubeconfig of two clusters with a failed cutover."""
    ready = folder / "ready"
    words = [program, "serve", "--scenario", "small", "--dir", folder, "--pace", "1ms", "--ready-file", ready]
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as clusters:
        try:
            while not (ready.exists() and ready.stat().st_size) and clusters.poll() is None:
                time.sleep(0.02)
            yield folder / "kubeconfig"
        finally:
            clusters.terminate()


class Installed(unittest.TestCase):
    build = ""
    sandbox = ""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="omr-install-")
        cls.addClassCleanup(folder.cleanup)
        cls.dist = pathlib.Path(folder.name, "dist")
        cls.archive = cls.pack(cls.dist)

    @classmethod
    def pack(cls, into):
        done = subprocess.run([ROOT / "scripts/package", cls.build, into], check=True, stdout=subprocess.PIPE, text=True)
        return pathlib.Path(done.stdout.strip())

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="omr-install-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        tools = self.home / "tools"
        tools.mkdir()
        (tools / "kubectl").symlink_to(KUBECTL)
        self.krew_bin = self.home / ".krew/bin"
        # whoever would use the network is refused by this proxy
        self.environment = {"PATH": f"{self.krew_bin}:{tools}:{KREW}:/usr/bin:/bin", "HOME": str(self.home),
                            "LANG": "C.UTF-8", "KREW_NO_UPGRADE_CHECK": "1",
                            "HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": "127.0.0.1,localhost"}

    def run_as_user(self, *words, check=True):
        done = subprocess.run(words, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=120, check=False)
        if check:
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def manifest(self, uri=None, archives=None):
        """The file that scripts/krew-manifest makes, by the name that krew's index wants."""
        words = [ROOT / "scripts/krew-manifest", *(["--uri", uri] if uri else []), *(archives or [self.archive])]
        path = self.home / "mtc-rollback.yaml"
        path.write_bytes(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
        return path

    def install(self, archive=None, check=True):
        return self.run_as_user("kubectl", "krew", "install", f"--manifest={self.manifest()}",
                                f"--archive={archive or self.archive}", check=check)

    def have_an_index(self):
        """krew uninstalls nothing before it has an index: one with nothing in it, from this machine."""
        index = self.home / "index"
        git = ("git", "-C", index, "-c", "user.name=nobody", "-c", "user.email=nobody@mtc-rollback.example")
        self.run_as_user("git", "init", "-q", index)
        self.run_as_user(*git, "commit", "-q", "--allow-empty", "-m", "nothing")
        self.environment["KREW_DEFAULT_INDEX_URI"] = str(index)
        self.run_as_user("kubectl", "krew", "update")

    def test_krew_installs_it_offline_and_takes_it_away(self):
        told = self.install()
        self.assertIn("kubectl_complete-mtc_rollback", told.stdout + told.stderr)  # the caveats
        done = self.run_as_user("kubectl", "mtc-rollback", "version")
        self.assertRegex(done.stdout, r"^oc-mtc-rollback v\d")
        self.have_an_index()
        self.run_as_user("kubectl", "krew", "uninstall", "mtc-rollback")
        self.assertEqual(list(self.krew_bin.iterdir()), [])

    def test_what_krew_installed_rolls_back(self):
        self.install()
        with sandbox(self.sandbox, self.home) as kubeconfig:
            self.environment["KUBECONFIG"] = str(kubeconfig)
            done = self.run_as_user("kubectl", "mtc-rollback", "shop-plan", "--yes")
        self.assertRegex(done.stdout, "(?m)^Rollback succeeded")

    def test_the_caveats_links_make_kubectl_complete_it(self):
        self.install()
        for name in ("kubectl_complete-mtc_rollback", "oc_complete-mtc_rollback"):
            (self.krew_bin / name).symlink_to("kubectl-mtc_rollback")
        self.assertIn("version\n", self.run_as_user("kubectl", "__completeNoDesc", "mtc-rollback", "vers").stdout)

    def test_an_archive_that_is_not_the_manifests_is_refused(self):
        other = self.home / "other.tar.gz"
        other.write_bytes(self.archive.read_bytes() + b"\0")
        self.assertNotEqual(self.install(other, check=False).returncode, 0)
        self.assertFalse((self.krew_bin / "kubectl-mtc_rollback").exists())

    def test_krews_validator_is_content(self):
        with served(self.dist) as url:
            self.run_as_user("validate-krew-manifest", "-manifest", self.manifest(url))
        template = self.home / "mtc-rollback.yaml"
        template.write_bytes((ROOT / "krew-manifest.yaml").read_bytes())
        self.run_as_user("validate-krew-manifest", "-skip-install", "-manifest", template)

    def test_the_same_program_gives_the_same_bytes(self):
        again = self.pack(self.home / "again")
        for name in os.listdir(self.dist):
            self.assertEqual((self.dist / name).read_bytes(), (again.parent / name).read_bytes(), name)

    def test_an_archive_has_nothing_of_this_machine(self):
        with tarfile.open(self.archive) as archive:
            members = archive.getmembers()
        self.assertEqual({(m.uid, m.gid, m.uname, m.gname) for m in members}, {(0, 0, "", "")})
        self.assertEqual(len({m.mtime for m in members}), 1)
        self.assertTrue(all(m.isreg() or m.isdir() for m in members))
        self.assertEqual(next(m for m in members if m.name == "oc-mtc-rollback").mode, 0o755)

    def test_the_licence_of_each_part_is_in_the_archive(self):
        bill = json.loads(self.archive.with_name(self.archive.name.replace(".tar.gz", ".cdx.json")).read_text())
        parts = {component["name"] for component in bill["components"]}
        self.assertLessEqual({"openssl", "yaml-cpp", "nlohmann-json3", "cxxopts", "gcc-12", "glibc"}, parts)
        with tarfile.open(self.archive) as archive:
            names = archive.getnames()
        self.assertIn("LICENSE", names)
        self.assertLessEqual({f"licenses/{part}" for part in parts}, set(names))

    def test_meson_installs_the_program_its_links_and_completions(self):
        words = ["meson", "install", "--quiet", "--no-rebuild", "-C", self.build, "--destdir", self.home / "root"]
        subprocess.run(words, check=True)
        installed = {path.name: path for path in (self.home / "root").rglob("*") if not path.is_dir()}
        links = {"oc-mtc_rollback", "kubectl-mtc_rollback", "kubectl_complete-mtc_rollback", "oc_complete-mtc_rollback"}
        files = {"oc-mtc-rollback", "oc-mtc-rollback.bash", "_oc_mtc_rollback", "oc-mtc-rollback.fish"}
        self.assertEqual(set(installed), links | files)
        for link in links:
            self.assertEqual(os.readlink(installed[link]), "oc-mtc-rollback")
        script = f"source {installed['oc-mtc-rollback.bash']}; complete -p oc-mtc-rollback"
        self.assertIn("__oc_mtc_rollback", self.run_as_user("bash", "-c", script).stdout)


def main(build, sandbox_program):
    Installed.build, Installed.sandbox = map(os.path.abspath, (build, sandbox_program))
    there = KREW and KUBECTL
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(Installed) if there else unittest.TestSuite()
    return counted.run(tests, "no krew to test with: build one with tests/e2e/krew/build")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
