"""What the benchmarks share: a large plan on clusters that control-plane/start runs, and what a command costs."""
import collections
import http.client
import json
import os
import shutil
import ssl
import subprocess
import sys
import threading

CACHE = os.environ.get("OC_MTC_ROLLBACK_CACHE", "/var/tmp/oc-mtc-rollback")
MTC = "/apis/migration.openshift.io/v1alpha1/namespaces/openshift-migration"
LABEL = "migration.openshift.io/migrated-by-migplan"
REPLICAS = "migration.openshift.io/preQuiesceReplicas"
MERGE = "application/merge-patch+json"
THREADS = 8

# As small as Python gets, since on Linux the peak memory of a process begins with that of its parent.
MEASURE = """
import os, sys, time
began = time.monotonic()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)])
_, status, used = os.wait4(pid, 0)
wall = time.monotonic() - began
print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))
"""

# Seconds on the wall and of processor time, MiB of its largest process at its peak, exit code, and all it wrote.
Cost = collections.namedtuple("Cost", "wall cpu peak code log")


def cost_of(command, environment):
    """What the command costs, with the processes that it waits for."""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE, *command], env=os.environ | environment,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]}: {done.stderr}")
    wall, cpu, peak, code = done.stdout.split()
    return Cost(float(wall), float(cpu), float(peak), int(code), done.stderr)


def requests_in(log):
    """How many requests a log of -v6 tells of, ours or kubectl's, whose newer versions word it otherwise."""
    return sum(" milliseconds" in line for line in log.splitlines())


def find_kubectl():
    beside_control_plane = os.path.join(CACHE, "control-plane", "kubectl")
    return shutil.which("kubectl") or (
        beside_control_plane if os.access(beside_control_plane, os.X_OK) else None)


class Cluster:
    """Talks to an API server as its administrator, from several threads."""

    def __init__(self, state, side, url=None):
        folder = state / side
        self.url = url or (folder / "url").read_text().strip()
        self._context = ssl.create_default_context(cafile=folder / "ca.crt")
        self._context.load_cert_chain(folder / "admin.crt", folder / "admin.key")
        self._local = threading.local()

    def request(self, method, path, body=None, kind="application/json", besides=None):
        """The object that is answered, or None when the status is the one of `besides`."""
        if not hasattr(self._local, "connection"):
            host = self.url.removeprefix("https://")
            self._local.connection = http.client.HTTPSConnection(host, context=self._context)
        text = None if body is None else json.dumps(body)
        self._local.connection.request(method, path, text, {"Content-Type": kind})
        answer = self._local.connection.getresponse()
        text = answer.read()
        if answer.status == besides:
            return None
        if answer.status not in (200, 201):
            sys.exit(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text)

    def create(self, path, body):
        """The object as it was made; None when there is one already, which is left alone."""
        return self.request("POST", path, body, besides=409)


def deployment(name, replicas, uid):
    """One that its controller leaves alone, since it is paused; uid: of the plan, on the target."""
    labels = {"app": name}
    return {"metadata": {"name": name, "labels": labels | ({LABEL: uid} if uid else {}),
                         "annotations": {} if uid else {REPLICAS: str(replicas)}},
            "spec": {"replicas": replicas if uid else 0, "paused": True, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels}, "spec": pod_spec()}}}


def pod_spec():
    """As much text as a pod usually has."""
    variables = [{"name": f"VARIABLE_{i}", "value": "x" * 60} for i in range(20)]
    return {"automountServiceAccountToken": False,
            "containers": [{"name": "app", "image": "registry.example/app:1", "env": variables}]}


def condition(kind, category):
    return {"type": kind, "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z", "category": category}


def plan_for(target, source, namespaces):
    """The uid of the plan load-plan for these namespaces, whose cutover has failed."""
    reference = {"namespace": "openshift-migration"}
    ready = {"conditions": [condition("Ready", "Required")]}
    target.create("/api/v1/namespaces", {"metadata": {"name": "openshift-migration"}})
    kind = {"apiVersion": "migration.openshift.io/v1alpha1"}
    target.create(f"{MTC}/migclusters", kind | {
        "kind": "MigCluster", "metadata": {"name": "load-host"}, "spec": {"isHostCluster": True}, "status": ready})
    target.create(f"{MTC}/migclusters", kind | {
        "kind": "MigCluster", "metadata": {"name": "load-source"}, "status": ready,
        "spec": {"isHostCluster": False, "url": source.url,
                 "serviceAccountSecretRef": {"name": "none", "namespace": "openshift-config"}}})
    plan = target.create(f"{MTC}/migplans", kind | {
        "kind": "MigPlan", "metadata": {"name": "load-plan"}, "status": ready,
        "spec": {"namespaces": namespaces, "srcMigClusterRef": reference | {"name": "load-source"},
                 "destMigClusterRef": reference | {"name": "load-host"}}})
    if plan is None:  # of an earlier run, perhaps of another size
        plan = target.request("PATCH", f"{MTC}/migplans/load-plan", {"spec": {"namespaces": namespaces}}, MERGE)
    target.create(f"{MTC}/migmigrations", kind | {
        "kind": "MigMigration", "metadata": {"name": "load-cutover"},
        "spec": {"migPlanRef": reference | {"name": "load-plan"}, "stage": False, "quiescePods": True},
        "status": {"phase": "Completed", "errors": ["it failed"], "conditions": [condition("Failed", "Advisory")]}})
    return plan["metadata"]["uid"]
