#!/usr/bin/env python3
"""roles_test.py PROGRAM SANDBOX

plugin/cluster-roles.yaml on real API servers: people who have these roles and nothing else do what
README says, and no permission is in them that nobody needs. scripts/e2e starts the clusters and names
them in OC_MTC_ROLLBACK_E2E_STATE. Without them nothing is tested (exit code 77).
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

import counted

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATE = pathlib.Path(os.environ.get("OC_MTC_ROLLBACK_E2E_STATE", "/nonexistent"))
ROLES = ROOT / "plugin/cluster-roles.yaml"
READER, OPERATOR, SCAN, LOGINS = (f"mtc-rollback-{name}" for name in ("reader", "operator", "scan", "logins"))
MTC = "openshift-migration"
OWN_LOGINS = ("--source-context=source", "--target-context=target")

# Permissions that these clusters cannot show to be used: (verb, group, resource) by reason.
NOT_SHOWN = {
    "OpenShift's image API is not served here":
        {("list", "image.openshift.io", "imagestreams")},
    "only clusters of OpenShift 3 serve them":
        {(verb, "extensions", kind) for verb in ("get", "list", "patch", "watch")
         for kind in ("daemonsets", "replicasets")} |
        {("list", "extensions", "ingresses"), ("watch", "extensions", "ingresses")},
    "read where EndpointSlices are not served":
        {("list", "", "endpoints"), ("watch", "", "endpoints")},
    "KubeVirt's are tried in manual_test.cpp: here nobody serves its start requests":
        {("get", "kubevirt.io", "virtualmachines"), ("patch", "kubevirt.io", "virtualmachines"),
         ("watch", "kubevirt.io", "virtualmachines"), ("update", "subresources.kubevirt.io", "virtualmachines/start")},
    "asked only after a patch or create that was refused or lost":
        {("get", "", "pods"), ("get", "apps", "deployments"), ("get", "apps", "statefulsets"),
         ("get", "apps", "daemonsets"), ("get", "apps", "replicasets"), ("get", "batch", "cronjobs"),
         ("get", "batch", "jobs"), ("get", "apps.openshift.io", "deploymentconfigs"),
         ("get", "migration.openshift.io", "migmigrations")},
    "a blocked migration is deleted, and what an MTC has made of a rollback that it does not know":
        {("delete", "migration.openshift.io", "migmigrations")},
    "Velero's deletion is not served here":
        {("create", "velero.io", "deletebackuprequests"), ("watch", "velero.io", "backups")},
}

# Watched while the proof waits; it may be done before, so they are used in one run and not in another.
# KEDA is not installed here.
SOMETIMES = {("list", "keda.sh", "scaledobjects"), ("watch", "discovery.k8s.io", "endpointslices"), ("watch", "route.openshift.io", "routes"),
             ("watch", "networking.k8s.io", "ingresses")}


# Clusters ------------------------------------------------------------------------------------------------

def kubectl(context, *words, given=None):
    command = (STATE / "bin/kubectl", f"--kubeconfig={STATE}/kubeconfig", f"--context={context}",
               f"--cache-dir={STATE}/{context}/cache", *words)
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f"kubectl {' '.join(words)}: {done.stderr}")
    return done.stdout


def await_migratable(plan):
    """MTC's controller takes a moment to judge a plan anew after a migration has ended."""
    command = (STATE / "bin/kubectl", f"--kubeconfig={STATE}/kubeconfig", "--context=target", "get", "migplan", plan,
               "-n", MTC, "--watch", "--request-timeout=60s", '-ojsonpath={.status.conditions[*].type}{"\\n"}')
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watch:
        try:
            if not any({"Ready", "Suspended"} & set(line.split()) == {"Ready"} for line in watch.stdout):
                raise RuntimeError(f"{plan} did not become Ready")
        finally:
            watch.terminate()


def on_both(*words, given=None):
    return [kubectl(context, *words, given=given) for context in ("source", "target")]


def binding(role, user):
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": {"name": f"{user}-{role}"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]}


def apply(objects):
    on_both("apply", "-f", "-", given=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))


def renamed(scenario, suffix):
    """The scenario's text with a plan, migrations and namespaces that no other test has."""
    text = (ROOT / f"tests/sandbox/scenarios/{scenario}.yaml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^  name: shop-plan\n", "", text)
    text = text.replace("plan:\n", f"plan:\n  name: plan-{suffix}\n", 1)
    text = re.sub(r'(?m)(?<![\w-])(shop|billing-new|billing)(?=[:/,\]"]|$)', rf"\1-{suffix}", text)
    return re.sub(r"\b(cutover-1|stage-1)\b(?=,|$)", rf"\1-{suffix}", text, flags=re.M)


# What was asked ------------------------------------------------------------------------------------------

REQUEST = re.compile(r"\] (GET|POST|PATCH|PUT|DELETE) https://[^/]*(/\S+) ")
RESOURCE = re.compile(r"/(?:api/v1|apis/([^/]+)/[^/]+)(?:/namespaces/[^/]+(?=/))?/([^/?]+)(?:/([^/?]+))?(?:/([^?]+))?")
WRITES = {"POST": "create", "PATCH": "patch", "PUT": "update", "DELETE": "delete"}
# everybody who is logged in may ask what they may do
GRANTED = {("create", "authorization.k8s.io", "selfsubjectaccessreviews")}


def requests(log):
    """The permissions that a log of -v 6 took: {(verb, group, resource)}. Discovery takes none."""
    out = set()
    for method, url in REQUEST.findall(log):
        path, _, query = url.partition("?")
        if not (found := RESOURCE.fullmatch(path)):
            continue
        group, resource, name, sub = found.groups()
        read = "watch" if "watch=true" in query else "get" if name else "list"
        out.add((WRITES.get(method, read), group or "", f"{resource}/{sub}" if sub else resource))
    return out - GRANTED


def permissions(rules):
    return {(verb, group, resource) for rule in rules for verb in rule["verbs"]
            for group in rule["apiGroups"] for resource in rule["resources"]}


def comparable(done):
    """What a person is told, without what differs from call to call: time, ages, people, columns."""
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "TIME", done.stdout + done.stderr)
    text = re.sub(r"\b(\d+[dhms])+\b", "AGE", text)
    text = re.sub(r"rollback-\w{8}\b", "rollback-NAME", text)
    text = re.sub(r"--kubeconfig=\S+", "--kubeconfig=FILE", text)
    text = "\n".join(line for line in text.splitlines() if " as " not in line and not line.startswith("I1"))
    return done.returncode, re.sub(r"[ -]{2,}", "  ", text)


def because(done, what):
    return f"{what}: exit code {done.returncode}\n{done.stdout}\n{done.stderr[-6000:]}"


class Roles(unittest.TestCase):
    program = ""
    sandbox = ""
    stages = 0

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="omr-roles-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        on_both("apply", "-f", str(ROLES))
        roles = json.loads(kubectl("target", "get", "clusterroles", "-o", "json"))["items"]
        cls.rules = {role["metadata"]["name"]: role["rules"] for role in roles if "rules" in role}
        cls.bind({"reader": [READER], "operator": [READER, OPERATOR],
                  "reader-scan": [READER, SCAN], "operator-scan": [READER, OPERATOR, SCAN]})
        cls.token = kubectl("source", "create", "token", "migration-controller", "-n", MTC).strip()
        cls.simulate()

    @classmethod
    def bind(cls, people):
        apply([binding(role, user) for user, roles in people.items() for role in roles])
        for user in people:
            cls.kubeconfig(user)
            cls.await_permission(user)

    @classmethod
    def await_permission(cls, user):
        """An API server learns of a binding by a watch, a moment later."""
        for context in ("source", "target"):
            deadline = time.monotonic() + 30
            while cls.may(context, user) != "yes":
                assert time.monotonic() < deadline, f"{user} has got no permission"
                time.sleep(0.05)

    @staticmethod
    def may(context, user):
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
                  "spec": {"user": user, "resourceAttributes": {"verb": "list", "group": "", "resource": "pods"}}}
        answer = kubectl(context, "create", "-o", "jsonpath={.status.allowed}", "-f", "-", given=json.dumps(review))
        return "yes" if answer == "true" else "no"

    @classmethod
    def kubeconfig(cls, user):
        """The administrator's, who acts as that user on both clusters."""
        config = json.loads(kubectl("target", "config", "view", "--raw", "-o", "json"))
        config["current-context"] = "target"
        for each in config["users"] if user != "admin" else []:
            each["user"]["as"] = user
        path = cls.folder / user
        path.write_text(json.dumps(config), encoding="utf-8")
        path.chmod(0o600)
        return path

    @classmethod
    def simulate(cls):
        """The kubelets and MTC's controller of both clusters; by that scenario, no cutover ends by itself."""
        cls.kubeconfig("admin")
        words = [cls.sandbox, "simulate", "--scenario=cutover-running", *cls.clusters(), "--pace=1ms",
                 f"--ready-file={cls.folder}/ready"]
        simulators = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        cls.addClassCleanup(simulators.wait)
        cls.addClassCleanup(simulators.terminate)

    @classmethod
    def clusters(cls):
        return f"--kubeconfig={cls.folder}/admin", "--source-context=source", "--target-context=target"

    def seed(self, scenario):
        """The name of the plan."""
        Roles.stages += 1
        suffix = f"{os.getpid()}-{Roles.stages}"
        file = self.folder / f"{scenario}-{suffix}.yaml"
        file.write_text(renamed(scenario, suffix), encoding="utf-8")
        subprocess.run([self.sandbox, "seed", "--live", f"--scenario={file}", f"--source-token={self.token}",
                        *self.clusters()], check=True, capture_output=True, timeout=120)
        return f"plan-{suffix}"

    def play(self, user, *words, own_logins=True):
        command = [self.program, f"--kubeconfig={self.folder}/{user}", *words, *(OWN_LOGINS if own_logins else ())]
        return subprocess.run(command, env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LANG": "C.UTF-8"},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)

    def succeeds(self, user, *words, code=0, **more):
        done = self.play(user, *words, **more)
        self.assertEqual(done.returncode, code, because(done, f"{user}: {' '.join(words)}"))
        return done

    def same(self, user, *words):
        """As an administrator is told; returns how it ended."""
        done = self.play(user, *words)
        self.assertEqual(comparable(done), comparable(self.play("admin", *words)), because(done, f"{user}: {words}"))
        return done

    @staticmethod
    def everything_of(plan):
        """The names and versions of all that a command could write."""
        suffix = plan.removeprefix("plan-")
        kinds = "pods,deployments,statefulsets,daemonsets,replicasets,jobs,cronjobs,secrets,configmaps,services"
        seen = []
        for ns in (f"shop-{suffix}", f"billing-{suffix}", f"billing-new-{suffix}"):
            seen += on_both("get", kinds, "-n", ns, "-o", "name")
        kinds = "migplans,migmigrations,directvolumemigrations,secrets"
        return seen + [kubectl("target", "get", kinds, "-n", MTC, "-o", "name")]

    # --- what each may do ---------------------------------------------------------------------------------

    def test_the_operator_rolls_back_as_an_administrator_does(self):
        plan = self.seed("failed-cutover")
        self.succeeds("operator-scan", "assess", plan)
        done = self.succeeds("operator-scan", "run", plan, "--yes")
        self.assertIn("Rollback succeeded\n", done.stdout)
        await_migratable(plan)
        self.assertEqual(self.same("operator-scan", "verify", plan, "-owide").returncode, 0)

    def test_the_operator_rolls_back_by_hand_and_clears_up_as_an_administrator_does(self):
        self.succeeds("operator-scan", "manual", self.seed("by-hand"), "--yes")
        self.succeeds("operator", "leftovers", self.seed("leftovers"), "--delete", "--yes", "--timeout=60s")

    def test_with_the_logins_of_the_migclusters_the_operator_needs_their_secrets(self):
        plan = self.seed("small")
        done = self.play("operator", "run", plan, "--yes", own_logins=False)
        self.assertEqual(done.returncode, 1, because(done, "run"))
        self.assertRegex(done.stderr, r"cannot get resource \"secrets\"|may not get secrets")
        kubectl("target", "apply", "-f", "-", given=json.dumps(
            binding(LOGINS, "operator-scan") | {"kind": "RoleBinding", "metadata":
                                                {"name": "logins", "namespace": "openshift-config"}}))
        self.succeeds("operator-scan", "run", plan, "--yes", own_logins=False)

    def test_the_reader_is_told_what_an_administrator_is_told(self):
        plan = self.seed("leftovers")
        for words in (("assess",), ("verify", plan), ("leftovers", plan)):
            with self.subTest(words[0]):
                self.same("reader-scan", *words)
        told, whole = (json.loads(self.succeeds(user, "assess", plan, "-ojson").stdout)
                       for user in ("reader-scan", "admin"))
        self.assertEqual([blocker["message"] for blocker in told["blockers"]],
                         ["you may not create migmigrations.migration.openshift.io in namespace "
                          "openshift-migration (control)"])
        of_their_own = {"advice", "blockers", "clusters", "flow", "seenAt"}
        self.assertEqual({k: v for k, v in told.items() if k not in of_their_own},
                         {k: v for k, v in whole.items() if k not in of_their_own})

    def test_the_operator_creates_a_rollback_by_kubectl_and_follows_it(self):
        plan = self.seed("small")
        printed = self.succeeds("operator-scan", "create", plan, "--dry-run=client", "-oyaml").stdout
        kubectl("target", "apply", "-f", "-", given=printed)
        followed = self.succeeds("operator", "status", plan, "--watch", "--timeout=60s", "-ojson")
        self.assertEqual(json.loads(followed.stdout)["migrations"][0]["state"], "Succeeded")
        await_migratable(plan)
        self.assertEqual(self.same("reader-scan", "verify", plan, "-oname").returncode, 0)

    def test_the_operator_cancels_what_runs_and_the_reader_only_sees_it(self):
        plan = self.seed("cutover-running")
        self.assertEqual(self.same("reader", "status", plan, "-oname").returncode, 0)
        refused = self.succeeds("reader", "cancel", plan, "--yes", code=1)
        self.assertIn('cannot patch resource "migmigrations"', refused.stderr)
        done = self.succeeds("operator", "cancel", plan, "--yes", "--timeout=60s")
        self.assertIn("Canceled: cutover", done.stdout)
        self.assertEqual(self.succeeds("reader", "status", plan, "-oname").stdout, "")

    def test_without_the_scan_the_proof_has_a_hole_and_says_so(self):
        plan = self.seed("small")
        done = self.succeeds("operator", "run", plan, "--yes", code=6)
        self.assertIn("the recovery could not be proved, because you may not list", done.stderr)
        self.succeeds("operator", "run", plan, "--yes", "--no-verify")
        done = self.succeeds("reader", "verify", plan, code=4)
        self.assertRegex(done.stdout, "(?m)^unknown +target-no-migrated-objects")
        done = self.succeeds("reader", "leftovers", plan, code=4)
        self.assertIn("list secrets", done.stdout + done.stderr)

    def test_what_the_reader_must_not_do_is_refused_by_name_and_changes_nothing(self):
        for scenario, words, refused in (
                ("small", ("run",), "may not create migmigrations.migration.openshift.io"),
                ("by-hand", ("manual",), "patch deployments.apps"),
                ("leftovers", ("leftovers", "--delete"), "delete secrets")):
            with self.subTest(words[0]):
                plan = self.seed(scenario)
                before = self.everything_of(plan)
                done = self.succeeds("reader-scan", *words, plan, "--yes", code=6)
                self.assertIn(refused, done.stdout + done.stderr)
                self.assertEqual(self.everything_of(plan), before)

    # --- and no more --------------------------------------------------------------------------------------

    def test_every_permission_is_used_and_what_is_used_is_in_the_roles(self):
        asked = set()
        for scenario, flow in (("failed-cutover", ("run", "--yes")), ("by-hand", ("manual", "--yes")),
                               ("cutover-running", ("cancel", "--yes", "--timeout=60s")),
                               ("leftovers", ("leftovers", "--delete", "--include-backups", "--yes", "--timeout=60s"))):
            plan = self.seed(scenario)
            self.add_rare_leftovers(plan)
            self.take_finalizers_off(plan)
            for words in (("assess",), flow, ("verify",), ("leftovers",)):
                asked |= requests(self.play("admin", words[0], plan, *words[1:], "-v6").stderr)
        # what is deleted is watched until it is gone, unless it is gone at the first look
        asked |= {("watch", group, resource) for verb, group, resource in asked if verb == "delete"}
        granted = permissions(self.rules[READER]) | permissions(self.rules[OPERATOR])
        not_shown = set().union(*NOT_SHOWN.values())
        self.assertEqual(granted - asked - not_shown - SOMETIMES, set(), "in the roles, and used by nothing")
        # the rest is what mtc-rollback-scan is for
        self.assertEqual({p for p in asked - granted if p[0] != "list"}, set(), "used, and not in the roles")
        self.assertEqual(not_shown - granted, set(), "excused, and not in the roles")
        self.assertEqual(not_shown & asked, set(), "excused, and used")

    @staticmethod
    def take_finalizers_off(plan):
        """No controller runs here, which would end what it has put them on."""
        for name in kubectl("target", "get", "directvolumemigrations", "-n", MTC, "-o", "name").split():
            if plan.removeprefix("plan-") in name:
                kubectl("target", "patch", name, "-n", MTC, "--type=merge", "-p", '{"metadata":{"finalizers":null}}')

    @staticmethod
    def add_rare_leftovers(plan):
        """Of hooks, registries, images and Velero, which no scenario has."""
        suffix = plan.removeprefix("plan-")

        def uid(kind, name):
            return kubectl("target", "get", kind, name, "-n", MTC, "-o", "jsonpath={.metadata.uid}")

        def made(api, kind, labels, ns=MTC, **body):
            return {"apiVersion": api, "kind": kind, **body,
                    "metadata": {"name": f"rare-{suffix}", "namespace": ns, "labels": labels}}

        migration, mtc = uid("migmigration", f"cutover-1-{suffix}"), "migration.openshift.io/v1alpha1"
        pod = {"metadata": {"labels": {"rare": suffix}}, "spec": {"containers": [{"name": "c", "image": "c"}]}}
        job = made("batch/v1", "Job", {"mighook": "h", "owner": migration}, ns=f"shop-{suffix}",
                   spec={"parallelism": 0, "template": {"spec": {**pod["spec"], "restartPolicy": "Never"}}})
        registry = made("apps/v1", "Deployment", {"migration.openshift.io/migration-registry": "True",
                                                  "migplan": uid("migplan", plan)},
                        spec={"replicas": 0, "selector": {"matchLabels": {"rare": suffix}}, "template": pod})
        restore = made("velero.io/v1", "Restore", {"migration.openshift.io/migrated-by-migplan": uid("migplan", plan)},
                       status={"phase": "Completed"})
        images = made(mtc, "DirectImageMigration", {"migmigration": migration})
        for each in (job, registry, restore, images):
            kubectl("target", "apply", "-f", "-", given=json.dumps(each))
        stream = made(mtc, "DirectImageStreamMigration",
                      {"directimagemigration": uid("directimagemigration", f"rare-{suffix}")})
        kubectl("target", "apply", "-f", "-", given=json.dumps(stream))

    def test_without_any_one_rule_something_is_refused_or_unseen(self):
        rules = self.rules[READER] + self.rules[OPERATOR]
        excused = set().union(*NOT_SHOWN.values())
        shown = [i for i, rule in enumerate(rules) if not permissions([rule]) <= excused]
        self.bind_all_but(rules, shown)
        plans = [self.seed(scenario) for scenario in ("failed-cutover", "by-hand", "leftovers")]
        commands = self.harmless(plans)
        whole = {words: comparable(self.play("but-nothing", *words)) for words in commands}
        for i in shown:
            with self.subTest(rule=rules[i]):
                same = all(comparable(self.play(f"but-{i}", *words)) == whole[words] for words in commands)
                self.assertFalse(same, "nobody would miss it")

    def bind_all_but(self, rules, left_out):
        people = {f"but-{i}": rules[:i] + rules[i + 1:] for i in left_out} | {"but-nothing": rules}
        apply([{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name},
                "rules": rest} for name, rest in people.items()])
        apply([binding(name, name) for name in people])
        for name in people:
            self.kubeconfig(name)
        self.await_permission("but-nothing")

    @staticmethod
    def harmless(plans):
        """Commands that write nothing, but ask beforehand whether they may."""
        cutover, by_hand, leftovers = plans
        return (("assess", cutover, "-owide"), ("verify", cutover), ("run", cutover, "--dry-run"),
                ("manual", by_hand, "--dry-run"), ("leftovers", leftovers),
                ("leftovers", leftovers, "--delete", "--dry-run"))


def main(program, sandbox):
    Roles.program, Roles.sandbox = map(os.path.abspath, (program, sandbox))
    there = (STATE / "kubeconfig").exists()
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(Roles) if there else unittest.TestSuite()
    return counted.run(tests, "no clusters to test on: run this by scripts/e2e")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
