r"""The words that the case tables are written in.

A case is one row: a promise in plain words, a kubeconfig, and what must happen, which is what kubectl does.
`differs` says where oc-mtc-rollback departs from kubectl on purpose, why, and what it does instead.

Placeholders in files, environment and arguments: @a@ is the URL of the server `a` (see servers.py for the
kinds; naming one starts it), @a.port@ its port, @dir@ the run's own folder, @pki@ the folder of certificates,
@b64:a.crt@ one of them as base64, @lines:a.crt@ as base64 with \n inside, @json:a.crt@ as a JSON string.
"""
import base64
import dataclasses
import re

SECRET = "MARKER-SECRET"  # part of every token and password: no output may hold it
PLAN = "/apis/migration.openshift.io/v1alpha1/namespaces/openshift-migration/migplans/p1"

A = "server: @a@, certificate-authority: @pki@/ca-a.crt"
B = "server: @b@, certificate-authority: @pki@/ca-b.crt"
TOKEN = f"token: {SECRET}"
BEARER = f"Bearer {SECRET}"
RAW_DROPS_PATHS = (1, 33)  # up to this version `get --raw` forgets the path of the server's URL
CONTEXT = "cluster: cl, user: u"
UNKNOWN_AUTHORITY = ("Unable to connect to the server: tls: failed to verify certificate: x509: "
                     "certificate signed by unknown authority")
ALICE = "client-certificate: @pki@/alice.crt, client-key: @pki@/alice.key"


@dataclasses.dataclass(frozen=True)
class Sent:
    """The first request, as the server saw it."""

    server: str = "a"
    authorization: str | None = BEARER
    certificate: str | None = None  # the client's, its common name
    impersonate: tuple = ()  # "Impersonate-User: alice", sorted
    sni: str | None = None
    via: tuple = ()  # (proxy, what it was asked for, Proxy-Authorization)
    path: str = PLAN
    gzip: bool = True
    plugin: tuple = ()  # what each run of an exec plugin saw, see PLUGIN in exec_cases.py
    times: int = 1  # how often it was sent
    method: str = "GET"
    said: str = ""  # of the server's answer, where the case asks for `words`


@dataclasses.dataclass(frozen=True)
class Failed:
    """No server saw a request, and this was printed; a pattern where the wording holds what varies."""

    text: str | re.Pattern
    code: int = 1
    plugin: tuple = ()
    proxied: tuple = ()  # what proxies were asked for, in vain


@dataclasses.dataclass(frozen=True)
class Differs:
    """Where oc-mtc-rollback departs from kubectl on purpose."""

    reason: str
    ours: Sent | Failed
    always: bool = True  # with every kubectl


@dataclasses.dataclass(frozen=True)
class Case:
    """One row of the table."""

    name: str
    files: dict
    want: Sent | Failed
    args: str = ""
    env: dict = dataclasses.field(default_factory=dict)
    differs: Differs | None = None
    answers: dict = dataclasses.field(default_factory=dict)  # server -> its first answers; then 404
    terminal: bool = False  # stdin is a terminal
    words: bool = False  # what is printed of the server's answer counts as well
    theirs_leaks: bool = False  # kubectl prints a secret here
    newer_than: tuple = (1, 0)  # kubectl versions up to this one do not know it


def sent(server="a", **seen):
    """The request reached this server; what is not said has its usual value."""
    return Sent(server=server, **seen)


def failed(text, **more):
    """It ended with this error, before any request."""
    return Failed(text, **more)


def matching(pattern, **more):
    """It ended with an error that this pattern matches as a whole."""
    return Failed(re.compile(pattern, re.DOTALL), **more)


def differs(reason, ours):
    """oc-mtc-rollback does this instead."""
    return Differs(reason, ours)


def may_differ(reason, ours):
    """The same, where it hangs on which kubectl it is."""
    return Differs(reason, ours, always=False)


def case(name, files, want, args="", **more):
    """A row; a text instead of files is the one kubeconfig."""
    return Case(name, {"config": files} if isinstance(files, str) else files, want, args, **more)


def entries(section, item, named):
    """One list of a kubeconfig."""
    rows = "".join(f"- name: {name}\n  {item}: {{{body}}}\n" for name, body in named.items())
    return f"{section}:\n{rows}" if rows else ""


def kubeconfig(clusters=None, users=None, contexts=None, current="c"):
    """A kubeconfig of these entries, each written as the inside of a YAML flow map."""
    return (f"apiVersion: v1\nkind: Config\ncurrent-context: \"{current}\"\n" +
            entries("clusters", "cluster", clusters or {}) + entries("users", "user", users or {}) +
            entries("contexts", "context", contexts or {}))


def one(cluster=A, user=TOKEN, context=CONTEXT):
    """A kubeconfig of one cluster `cl`, one user `u`, and the current context `c`."""
    return kubeconfig({"cl": cluster}, {"u": user}, {"c": context})


def basic(login):
    """The header of Basic authentication."""
    return "Basic " + base64.b64encode(login.encode()).decode()
