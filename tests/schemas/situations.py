"""What is played: each situation on clusters of its own, once with -o json and once with -o yaml.

A scenario is one of the sandbox's, or a file of this folder. A run's words come after the program's name; `ends` is its exit code, kind and outcome (of an assessment the verdict).
"""
import collections
import pathlib
import signal

Run = collections.namedtuple("Run", "words ends signal", defaults=(None,))
Situation = collections.namedtuple("Situation", "scenario runs plans", defaults=((),))

YES = "--yes --progress=json"
SOON = f"{YES} --stall-after=1s"  # for what does not get well
AS_VIEWER = "--context=viewer@target --source-context=viewer@source --target-context=viewer@target"
AS_BLIND = "--context=blind@target --source-context=blind@source --target-context=blind@target"
ODD = str(pathlib.Path(__file__).with_name("odd.yaml"))
WAITS = str(pathlib.Path(__file__).with_name("waits.yaml"))
UNREACHABLE = "--server=https://127.0.0.1:1"

SITUATIONS = (
    Situation("failed-cutover", (
        Run("assess shop-plan", "0 Assessment Required"),
        Run("assess shop-plan --exit-code", "4 Assessment Required"),
        Run("assess", "0 AssessmentList"),
        Run("shop-plan", "6 RunReport Declined"),
        Run("shop-plan --dry-run", "0 Runbook DryRun"),
        Run("shop-plan --dry-run=server", "0 Runbook DryRun"),
        Run("manual shop-plan --dry-run=client", "0 Runbook DryRun"),
        Run("verify shop-plan --stall-after=1s", "4 Verification NotVerified"),
        Run(f"shop-plan {YES} --report=report.json", "0 RunReport Succeeded"),
        Run(f"shop-plan {YES}", "0 RunReport NothingToDo"),
        Run("verify --report=report.json", "0 Verification Succeeded"),
        Run("assess shop-plan", "0 Assessment AlreadyRolledBack"),
    )),
    Situation("small", (
        Run("no-such-plan --yes", "1 RunReport Error"),
        Run(f"shop-plan --yes {UNREACHABLE}", "1 RunReport Error"),
        Run(f"assess shop-plan {UNREACHABLE}", "1 Assessment Error"),
        Run(f"assess {UNREACHABLE}", "1 AssessmentList Error"),
        Run(f"verify {UNREACHABLE}", "1 Verification Error"),
        Run(f"leftovers {UNREACHABLE}", "1 Leftovers Error"),
        Run("assess no-such-plan", "1 Assessment Error"),
        Run("shop-plan --yes --kubeconfig=/no/such/file", "1 RunReport Error"),
        Run("shop-plan --yes --report=/no/such/folder/report.json", "1 RunReport Error"),
        Run(f"shop-plan {YES} --no-verify", "0 RunReport Succeeded"),
    )),
    Situation("small", (
        Run("verify", "2 Verification Error"),
        Run("leftovers", "2 Leftovers Error"),
        Run("status", "2 Status Error"),
        Run("assess", "0 AssessmentList"),
    ), plans=("other-plan",)),
    Situation("by-hand", (
        Run("assess shop-plan", "0 Assessment RequiredManual"),
        Run("shop-plan --yes --report=report.json", "6 RunReport Refused"),
        Run("manual shop-plan --dry-run", "0 Runbook DryRun"),
        Run("manual shop-plan --dry-run=server", "0 Runbook DryRun"),
        Run("manual shop-plan --yes --set=job/no-such=3", "6 RunReport Refused"),
        Run(f"manual shop-plan {YES}", "0 RunReport Succeeded"),
        Run(f"manual shop-plan {YES}", "0 RunReport NothingToDo"),
        Run("verify", "0 Verification Succeeded"),
    )),
    Situation("leftovers", (
        Run("leftovers shop-plan", "4 Leftovers NotVerified"),
        Run("leftovers shop-plan --delete", "6 Leftovers Declined"),
        Run("leftovers shop-plan --delete --dry-run", "0 Leftovers DryRun"),
        Run("leftovers shop-plan --delete --dry-run=server", "0 Leftovers DryRun"),
        Run(f"leftovers shop-plan --delete --include-backups {YES}", "0 Leftovers Succeeded"),
        Run("leftovers shop-plan --delete --yes", "0 Leftovers NothingToDo"),
    )),
    Situation("cutover-running", (
        Run(f"shop-plan {YES}", "6 RunReport Refused"),
        Run("leftovers shop-plan --delete --yes", "6 Leftovers Refused"),
        Run("assess shop-plan", "0 Assessment Required"),
        Run("status", "0 Status"),
        Run("status shop-plan --watch --timeout=1s --progress=json", "5 Status Error"),
        Run("cancel shop-plan --dry-run", "0 Runbook DryRun"),
        Run(f"shop-plan {YES} --cancel-running", "0 RunReport Succeeded"),
        Run(f"cancel shop-plan {YES}", "0 RunReport NothingToDo"),
        Run("status no-such-plan", "1 Status Error"),
    )),
    Situation("cutover-running", (
        Run(f"cancel shop-plan {YES}", "0 RunReport Succeeded"),
        Run(f"create shop-plan {YES}", "0 RunReport Succeeded"),
        Run("status shop-plan --watch --progress=json", "0 Status"),
    )),
    Situation("restricted-user", (
        Run(f"shop-plan --yes {AS_VIEWER}", "6 RunReport Refused"),
        Run(f"manual shop-plan --yes {AS_VIEWER}", "6 RunReport Refused"),
        Run(f"assess shop-plan {AS_VIEWER}", "0 Assessment Required"),
        Run(f"leftovers shop-plan --delete --yes {AS_VIEWER}", "0 Leftovers NothingToDo"),
    )),
    Situation("rollback-hangs-on-finalizer", (
        Run(f"shop-plan {SOON} --timeout=2s", "5 RunReport TimedOut"),
        Run("assess shop-plan", "0 Assessment InProgress"),
        Run("shop-plan --dry-run", "0 Runbook DryRun"),
        Run(f"shop-plan {SOON}", "130 RunReport Detached", signal.SIGINT),
    )),
    Situation(ODD, (
        Run(f"assess shop-plan {AS_BLIND}", "0 Assessment Required"),
        Run(f"leftovers shop-plan {AS_BLIND}", "4 Leftovers NotVerified"),
        Run(f"manual shop-plan {SOON}", "4 RunReport NotVerified"),
        Run(f"shop-plan {SOON}", "4 RunReport NotVerified"),
    )),
    Situation("rollback-fails", (
        Run(f"shop-plan {YES}", "3 RunReport Failed"),
        Run(f"shop-plan {YES}", "0 RunReport Succeeded"),
    )),
    Situation("rollback-with-warnings", (Run(f"shop-plan {YES}", "3 RunReport Failed"),)),
    Situation("broken-api-group", (Run(f"shop-plan {YES}", "3 RunReport Failed"),)),
    Situation("pods-do-not-start", (Run(f"shop-plan {SOON}", "4 RunReport NotVerified"),)),
    Situation("stage-pods", (
        Run(f"manual shop-plan {YES} --only=stage-pods", "0 RunReport Succeeded"),
    )),
    Situation("both-sides-write", (
        Run("assess shop-plan", "0 Assessment Dangerous"),
        Run(f"manual shop-plan {SOON}", "0 RunReport Succeeded"),
    )),
    Situation("moved-volume", (
        Run("assess shop-plan", "0 Assessment RequiredManual"),
        Run("assess shop-plan --target-context=source", "4 Assessment Unknown"),
        Run("verify shop-plan --target-context=source", "4 Verification NotVerified"),
        Run("leftovers shop-plan --target-context=source --delete --yes", "6 Leftovers Refused"),
        Run(f"manual shop-plan {YES} --target-context=source", "6 RunReport Refused"),
        Run(f"manual shop-plan {YES}", "0 RunReport Succeeded"),
    )),
    Situation("plan-closed", (
        Run("shop-plan --yes", "6 RunReport Refused"),
        Run("assess --exit-code", "4 AssessmentList"),
    )),
    Situation("plan-not-ready", (
        Run("shop-plan --yes", "6 RunReport Refused"),
    )),
    Situation(WAITS, (
        Run("status", "0 Status"),
        Run("cancel shop-plan --yes", "6 RunReport Refused"),
        Run(f"cancel shop-plan {YES} --cancel-rollback", "0 RunReport Succeeded"),
    )),
    Situation("nothing-stopped", (
        Run("shop-plan --yes", "0 RunReport NothingToDo"),
        Run("assess --exit-code", "0 AssessmentList"),
    )),
    Situation("copy-failed", (
        Run("assess shop-plan --exit-code", "4 Assessment Required"),
        Run("status", "0 Status"),
    )),
    Situation("succeeded-cutover", (Run("assess shop-plan", "0 Assessment NotNeeded"),)),
)
