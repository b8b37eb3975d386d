"""One case with one program: its own folder, its own servers, and what came of it."""
import dataclasses
import functools
import json
import os
import pathlib
import pty
import re
import shlex
import subprocess

from table import Failed, Sent
from world import World

PLACEHOLDER = re.compile(r"@(b64:|lines:|json:)?([a-z0-9][a-z0-9.-]*)@")
KLOG = re.compile(r"^[IWEF]\d{4} \d\d:\d\d:")
# the second stands there only at times: when Go reads the alert before it has written the request
GO_WRAPPING = re.compile(r'\b(?:Get|Post) "[^"]*": |\breadLoopPeekFailLocked: ')
NOW = re.compile(r"\bcurrent time \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
TIMEOUT = 20  # seconds; whoever takes longer has failed
PRIVATE_MOUNTS = """
set -e
if [ -d sa ]; then
  mount -t tmpfs none /var/run
  mkdir -p /var/run/secrets/kubernetes.io
  cp -r sa /var/run/secrets/kubernetes.io/serviceaccount
fi
if [ -f hosts ]; then mount --bind hosts /etc/hosts; fi
exec "$@"
"""


def needs_mounts(case):
    """Whether the case lives in a mount namespace of its own: a service account, or /etc/hosts."""
    return any(name == "hosts" or name.startswith("sa/") for name in case.files)


@dataclasses.dataclass
class Program:
    """A program under comparison: its command without flags."""

    name: str
    command: tuple


@functools.cache
def private_mounts():
    """The command that gives a program mounts of its own, as root or in a user namespace; None without any."""
    for command in (("unshare", "--mount"), ("unshare", "--map-root-user", "--mount")):
        tried = [*command, "mount", "-t", "tmpfs", "none", "/var/run"]
        if subprocess.run(tried, capture_output=True, check=False).returncode == 0:
            return command
    return None


class Run:
    """One case with one program: its own folder, its own servers."""

    def __init__(self, case, program, folder, made_once):
        self.case = case
        self.program = program
        self.folder = pathlib.Path(folder)
        self.pki, contexts = made_once
        self.world = World(contexts, case.answers)
        self._write_files()

    def filled(self, text):
        """The text with its placeholders replaced."""
        return PLACEHOLDER.sub(self._value, text)

    def start(self, *flags):
        """Runs the program once; what it printed, and its exit code."""
        command = [*self.program.command, *shlex.split(self.filled(self.case.args)), *flags]
        if needs_mounts(self.case):
            command = [*private_mounts(), "sh", "-c", PRIVATE_MOUNTS, "sh", *command]
        stdin, terminal = self._stdin()
        try:
            return subprocess.run(command, stdin=stdin, capture_output=True, text=True, errors="replace", check=False,
                                  timeout=TIMEOUT, cwd=self.folder, env=self._environment())
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, None, "", f"still running after {TIMEOUT} s")
        finally:
            for descriptor in terminal:
                os.close(descriptor)

    def outcome(self, done):
        """What came of it, in the table's words."""
        requests = self.world.log.requests
        if not requests:
            asked = tuple(self._proxied(*row) for row in self.world.log.proxied)
            return Failed(self.normal(done.stderr), done.returncode, self._plugin_runs(), asked)
        first = requests[0]
        same = [request for request in requests if request.path == first.path and request.method == first.method]
        return Sent(server=first.server, authorization="; ".join(first.values("Authorization")) or None,
                    certificate=first.certificate, impersonate=impersonation(first), sni=first.sni,
                    via=self._proxied(*first.via) if first.via else (), path=first.path, gzip=any(
                        "gzip" in value for value in first.values("Accept-Encoding")), plugin=self._plugin_runs(),
                    times=len(same), method=first.method, said=self.normal(done.stderr) if self.case.words else "")

    def normal(self, text):
        """What was printed, without what differs from run to run, or is only a hint."""
        lines = [
            line for line in text.splitlines()
            if line.strip() and not line.startswith((" ", "\t")) and not KLOG.match(line)
        ]
        text = NOW.sub("current time @now@", GO_WRAPPING.sub("", self._places("\n".join(lines))))
        return text.strip()

    def _places(self, text):
        """The text with paths and ports as placeholders."""
        text = text.replace(str(self.folder), "@dir@").replace(str(self.pki.folder), "@pki@")
        names = self.world.names_by_port()
        return re.sub(r":(\d{4,5})\b", lambda port: f":@{names[int(port[1])]}@"
                      if int(port[1]) in names else port[0], text)

    def _proxied(self, proxy, what, authorization):
        return (proxy, self._places(what), authorization)

    def _plugin_runs(self):
        """What each run of an exec plugin wrote down."""
        try:
            text = (self.folder / "plugin-saw").read_text(encoding="utf-8")
        except FileNotFoundError:
            return ()
        text = self._places(text).replace(self.pki.base64("ca-a.crt"), "@b64:ca-a.crt@")
        return tuple(
            tuple(one_form(line) for line in block.splitlines() if line) for block in text.split("---\n")[:-1])

    def _value(self, found):
        form, name = found.groups()
        if form == "b64:":
            return self.pki.base64(name)
        if form == "lines:":
            return "\\n".join(re.findall(".{1,64}", self.pki.base64(name)))
        if form == "json:":
            return json.dumps(pathlib.Path(self.pki.path(name)).read_text())
        if name in ("dir", "pki"):
            return str(self.folder if name == "dir" else self.pki.folder)
        server, dot, _ = name.partition(".port")
        return str(self.world.server(server).port) if dot else self.world.url(server)

    def _write_files(self):
        for name, text in self.case.files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            link, _, target = text.partition("symlink:")
            if target and not link:
                path.symlink_to(self.filled(target))
                continue
            path.write_text(self.filled(text), encoding="utf-8", newline="")
            if text.startswith("#!"):
                path.chmod(0o755)

    def _environment(self):
        environment = {
            "PATH": os.environ["PATH"], "HOME": f"{self.folder}/home", "KUBECACHEDIR": f"{self.folder}/cache"
        }
        if "config" in self.case.files:
            environment["KUBECONFIG"] = f"{self.folder}/config"
        return environment | {name: self.filled(value) for name, value in self.case.env.items()}

    def _stdin(self):
        """Where the program reads from, and what to close afterwards."""
        if not self.case.terminal:
            return subprocess.DEVNULL, ()
        controller, terminal = pty.openpty()
        return terminal, (controller, terminal)


def one_form(line):
    """What a plugin wrote down, JSON in one form."""
    name, _, value = line.partition("=")
    try:
        return f"{name}={json.dumps(json.loads(value), sort_keys=True)}" if name == "info" else line
    except ValueError:
        return line


def impersonation(request):
    """The Impersonate-* headers, sorted; HTTP does not care how a name is spelled."""
    return tuple(
        sorted(
            f"{name.title()}: {value}" for name, value in request.headers if name.lower().startswith("impersonate-")))
