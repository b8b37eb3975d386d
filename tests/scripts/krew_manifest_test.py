#!/usr/bin/env python3
"""What scripts/krew-manifest makes of archives: an entry for each, and nothing that is not there."""
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = (ROOT / "krew-manifest.yaml").read_text(encoding="utf-8")
VERSION = re.search(r"^  version: '(.*)',$", (ROOT / "meson.build").read_text(encoding="utf-8"), re.MULTILINE).group(1)


class Manifest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def made_of(self, *names, uri=()):
        for name in names:
            (self.folder / name).write_text(name, encoding="utf-8")
        return subprocess.run([sys.executable, ROOT / "scripts/krew-manifest", *uri, *(self.folder / n for n in names)],
                              capture_output=True, text=True, check=False)

    def test_each_archive_has_an_entry_with_its_checksum(self):
        names = [f"oc-mtc-rollback-v{VERSION}-{platform}.tar.gz" for platform in ("darwin-arm64", "linux-amd64")]
        done = self.made_of(*names, uri=("--uri", "https://here.example/v1/"))
        for name in names:
            sha256 = hashlib.sha256(name.encode()).hexdigest()
            self.assertIn(f'    uri: https://here.example/v1/{name}\n    sha256: "{sha256}"\n', done.stdout)
        self.assertEqual(re.findall(r"os: (\w+)\n +arch: (\w+)", done.stdout), [("darwin", "arm64"), ("linux", "amd64")])

    def test_an_archive_of_another_version_is_refused(self):
        done = self.made_of("oc-mtc-rollback-v9.9.9-linux-amd64.tar.gz")
        self.assertEqual(done.returncode, 1)
        self.assertIn("oc-mtc-rollback-v9.9.9-linux-amd64.tar.gz is not named", done.stderr)

    def test_the_template_is_what_the_script_makes_but_for_the_checksums(self):
        names = [f"oc-mtc-rollback-v{VERSION}-linux-{arch}.tar.gz" for arch in ("amd64", "arm64")]
        blank = re.sub(r'sha256: "\w+"', f'sha256: "{"0" * 64}"', self.made_of(*names).stdout)
        self.assertEqual(re.sub(r"\A(#.*\n)*", "", TEMPLATE), blank)

    def test_the_template_is_of_this_version(self):
        self.assertIn(f"  version: v{VERSION}\n", TEMPLATE)


if __name__ == "__main__":
    unittest.main()
