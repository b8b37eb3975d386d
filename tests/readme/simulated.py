"""Two simulated clusters for the tests and the picture of README."""
import contextlib
import pathlib
import subprocess
import tempfile
import time


@contextlib.contextmanager
def clusters(sandbox, scenario, pace="1ms"):
    """Yields the environment of a person in whose kubeconfig they are, with a home of their own."""
    with tempfile.TemporaryDirectory(prefix="omr-readme-") as name:
        home = pathlib.Path(name)
        ready = home / "ready"
        words = [sandbox, "serve", "--scenario", scenario, "--dir", home, "--pace", pace, "--ready-file", ready]
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as server:
            try:
                while not (ready.exists() and ready.stat().st_size) and server.poll() is None:
                    time.sleep(0.02)
                if server.poll() is not None:
                    raise RuntimeError(f"the simulated clusters did not come up with scenario {scenario}")
                yield {"PATH": "/usr/bin:/bin", "HOME": name, "KUBECONFIG": str(home / "kubeconfig"),
                       "LANG": "C.UTF-8", "TERM": "xterm-256color"}
            finally:
                server.terminate()
