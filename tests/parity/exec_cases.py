"""Exec credential plugins: how they are run, and what is made of their answers."""
import json

from table import (A, ALICE, BEARER, RAW_DROPS_PATHS, SECRET, TOKEN, UNKNOWN_AUTHORITY, basic, case, differs, failed,
                   matching, one, sent)

V1 = "client.authentication.k8s.io/v1"
BETA = "client.authentication.k8s.io/v1beta1"
GETTING = "Unable to connect to the server: getting credentials: "
FROM_PLUGIN = BEARER + "-plugin"
GIVEN = f'{{"token": "{SECRET}-plugin"}}'
OLD, FUTURE = "2001-02-03T04:05:06Z", "2101-02-03T04:05:06Z"

# what it sees is written down, a line each, and the case's variables begin with PARITY
PLUGIN = """#!/bin/sh
{
  echo "info=$KUBERNETES_EXEC_INFO"
  echo "arguments=$*"
  echo "folder=$PWD"
  env | grep ^PARITY | sort
  echo ---
} >>@dir@/plugin-saw
"""


def plugin(status=GIVEN, version=V1, then=""):
    """A script that answers with this status."""
    answer = f'{{"apiVersion": "{version}", "kind": "ExecCredential", "status": {status}}}'
    return f"{PLUGIN}{then}\ncat <<'END'\n{answer}\nEND\n"


def saying(text):
    """A script that answers with this text."""
    return f"{PLUGIN}cat <<'END'\n{text}\nEND\n"


def user(fields="", version=V1, mode="Never", command="./login"):
    """A user with an exec plugin."""
    interactive = f"interactiveMode: {mode}, " if mode else ""
    return f"exec: {{apiVersion: {version}, {interactive}command: {command}{', ' if fields else ''}{fields}}}"


def saw(version=V1, interactive=False, cluster=None, arguments="", environment=()):
    """What one run of the plugin must have seen."""
    spec = {"interactive": interactive} | ({"cluster": cluster} if cluster else {})
    info = json.dumps({"kind": "ExecCredential", "apiVersion": version, "spec": spec}, sort_keys=True)
    return (f"info={info}", f"arguments={arguments}", "folder=@dir@", *environment)


def run(name, want, script=None, fields="", cluster=A, **more):
    """A case with the plugin `login` beside the kubeconfig."""
    login = user(fields, more.pop("version", V1), more.pop("mode", "Never"))
    return case(name, {"config": one(cluster, login), "login": script or plugin()}, want, more.pop("args", ""),
                **more)


def works(name, script=None, fields="", **more):
    """The plugin's token is sent, after one run of it."""
    seen = more.pop("seen", (saw(), ))
    want = sent(authorization=more.pop("authorization", FROM_PLUGIN), plugin=seen, certificate=more.pop(
        "certificate", None))
    return run(name, want, script, fields, **more)


def fails(name, script, text, **more):
    """The plugin's answer is refused with this error, after one run of it."""
    seen = more.pop("seen", (saw(), ))
    return run(name, failed(GETTING + text, plugin=seen), script, **more)


def undecoded(name, script, theirs, ours="decoding stdout: .*"):
    """The plugin's answer cannot be understood; patterns, for each says so in its own words."""
    return run(name, matching(GETTING + theirs, plugin=(saw(), )), script, differs=differs(
        DECODING, matching(GETTING + ours, plugin=(saw(), ))))


HELP = ("It looks like you are trying to use a client-go credential plugin that is not installed.\n"
        "To learn more about this feature, consult the documentation available at:")
NO_LECTURE = "installHint says enough; the general help on client-go's plugins is left out"
DECODING = "what is wrong with its answer is said in other words"

HOW_IT_IS_RUN = [
    works("its token is sent"),
    works("v1beta1 works as well", plugin(version=BETA), version=BETA, seen=(saw(BETA), )),
    works("v1beta1 may lack interactiveMode", plugin(version=BETA), version=BETA, mode="", seen=(saw(BETA), )),
    works("its arguments are passed on", fields="args: [get-token, --issuer-url=https://x, 'a b', '', $HOME]",
          seen=(saw(arguments="get-token --issuer-url=https://x a b  $HOME"), )),
    works("its variables are added",
          fields=f"env: [{{name: PARITY_A, value: {SECRET}}}, {{name: PARITY_B, value: ''}}]",
          seen=(saw(environment=(f"PARITY_A={SECRET}", "PARITY_B=")), )),
    works("variables of the environment are passed on", env={"PARITY_X": "outer"},
          seen=(saw(environment=("PARITY_X=outer", )), )),
    works("its variables beat those of the environment", fields="env: [{name: PARITY_X, value: inner}]",
          env={"PARITY_X": "outer"}, seen=(saw(environment=("PARITY_X=inner", )), )),
    works("of a variable that stands twice the last counts",
          fields="env: [{name: PARITY_X, value: a}, {name: PARITY_X, value: b}]",
          seen=(saw(environment=("PARITY_X=b", )), )),
    works("KUBERNETES_EXEC_INFO cannot be overridden", fields="env: [{name: KUBERNETES_EXEC_INFO, value: bogus}]"),
    works("KUBERNETES_EXEC_INFO of the environment is replaced", env={"KUBERNETES_EXEC_INFO": "bogus"}),
    works("interactiveMode IfAvailable without a terminal", mode="IfAvailable"),
    works("interactiveMode IfAvailable at a terminal", mode="IfAvailable", terminal=True,
          seen=(saw(interactive=True), )),
    works("interactiveMode Never at a terminal", mode="Never", terminal=True),
    works("interactiveMode Always at a terminal", mode="Always", terminal=True, seen=(saw(interactive=True), )),
    works("v1beta1 without interactiveMode at a terminal", plugin(version=BETA), version=BETA, mode="", terminal=True,
          seen=(saw(BETA, True), )),
    run("interactiveMode Always without a terminal",
        failed(GETTING + "exec plugin cannot support interactive mode: standard input is not a terminal"),
        mode="Always"),
    works("what it says on stderr is no error", plugin(then="echo 'a warning' >&2")),
    works("blanks around its answer", plugin(then="echo; echo")),
    works(
        "unknown fields of its answer",
        saying(f'{{"apiVersion": "{V1}", "kind": "ExecCredential", "future": 1, "spec": {{"x": 2}}, '
               f'"status": {{"token": "{SECRET}-plugin", "y": 3}}}}')),
    works("an answer in YAML", saying(f"apiVersion: {V1}\nkind: ExecCredential\nstatus:\n  token: {SECRET}-plugin")),
    works("a token that ends in the future",
          plugin(f'{{"token": "{SECRET}-plugin", "expirationTimestamp": "{FUTURE}"}}')),
    works("a token that ends in the future, by another clock",
          plugin(f'{{"token": "{SECRET}-plugin", "expirationTimestamp": "2101-02-03T04:05:06+02:00"}}')),
    works("expirationTimestamp: null", plugin(f'{{"token": "{SECRET}-plugin", "expirationTimestamp": null}}')),
    run(
        "a token with a line end is refused", matching(".*Authorization.*", plugin=(saw(), )),
        plugin(f'{{"token": "{SECRET}\\n"}}'), differs=differs(
            "a byte that no header can hold is an error of its own",
            matching(".* a token with characters .*", plugin=(saw(), )))),
    case("PATH is searched", {"config": one(user=user(command="login")), "bin/login": plugin()},
         sent(authorization=FROM_PLUGIN, plugin=(saw(), )), env={"PATH": "@dir@/bin:/usr/bin:/bin"}),
    case(
        "PATH of its variables is not searched", {
            "config": one(user=user("env: [{name: PATH, value: '@dir@/bin:/usr/bin:/bin'}]", command="parity-login")),
            "bin/parity-login": plugin()
        }, failed(GETTING + f"exec: executable parity-login not found\n{HELP}"), differs=differs(
            NO_LECTURE, failed(GETTING + "exec: executable parity-login not found"))),
    case("an absolute command", {"config": one(user=user(command="@dir@/login")), "login": plugin()},
         sent(authorization=FROM_PLUGIN, plugin=(saw(), ))),
    case("a command with blanks in its name", {"config": one(user=user(command="'./log in'")), "log in": plugin()},
         sent(authorization=FROM_PLUGIN, plugin=(saw(), ))),
    case("command is no shell line", one(user=user(command="'true && true'")),
         failed(GETTING + f"exec: executable true && true not found\n{HELP}"), differs=differs(
             NO_LECTURE, failed(GETTING + "exec: executable true && true not found"))),
]


def told(name, cluster, **info):
    """provideClusterInfo tells this of the cluster."""
    told_of = {"server": "https://127.0.0.1:@a@", "config": None
               } | {key.replace("_", "-"): value
                    for key, value in info.items()}
    return works(name, fields="provideClusterInfo: true", cluster=cluster, seen=(saw(cluster=told_of), ))


DATA = "server: @a@, certificate-authority-data: '@b64:ca-a.crt@'"
CA = "@b64:ca-a.crt@"
EXTENSION = (", extensions: [{name: client.authentication.k8s.io/exec, extension: %s}, "
             "{name: other, extension: {x: z}}]")

CLUSTER_INFO = [
    told("provideClusterInfo tells server and CA", DATA, certificate_authority_data=CA),
    told("provideClusterInfo tells what a CA file holds", A, certificate_authority_data=CA),
    told("provideClusterInfo tells insecure-skip-tls-verify", "server: @a@, insecure-skip-tls-verify: true",
         insecure_skip_tls_verify=True),
    told("provideClusterInfo tells the cluster's extension",
         DATA + EXTENSION % "{audience: x, k: 5, deep: {a: [1, 2]}}", certificate_authority_data=CA,
         config={"audience": "x", "deep": {"a": [1, 2]}, "k": 5}),
    told("provideClusterInfo tells disable-compression: false as nothing", DATA + ", disable-compression: false",
         certificate_authority_data=CA),
    run(
        "provideClusterInfo tells tls-server-name",
        sent(
            authorization=FROM_PLUGIN, sni="tls.parity.test", plugin=(saw(
                cluster={
                    "server": "https://127.0.0.1:@a@", "config": None, "certificate-authority-data": CA,
                    "tls-server-name": "tls.parity.test"
                }), )), fields="provideClusterInfo: true", cluster=A + ", tls-server-name: tls.parity.test"),
    run(
        "provideClusterInfo tells disable-compression",
        sent(
            authorization=FROM_PLUGIN, gzip=False, plugin=(saw(
                cluster={
                    "server": "https://127.0.0.1:@a@", "config": None, "certificate-authority-data": CA,
                    "disable-compression": True
                }), )), fields="provideClusterInfo: true", cluster=A + ", disable-compression: true"),
    run(
        "provideClusterInfo tells proxy-url",
        sent(
            authorization=FROM_PLUGIN, via=("proxy", "CONNECT 127.0.0.1:@a@", None), plugin=(saw(
                cluster={
                    "server": "https://127.0.0.1:@a@", "config": None, "certificate-authority-data": CA,
                    "proxy-url": "http://127.0.0.1:@proxy@"
                }), )), fields="provideClusterInfo: true", cluster=A + ", proxy-url: @proxy@"),
    run(
        "provideClusterInfo tells what the flags say",
        sent(
            authorization=FROM_PLUGIN, sni="localhost", plugin=(saw(
                cluster={
                    "server": "https://127.0.0.1:@a@", "config": None, "certificate-authority-data": CA,
                    "tls-server-name": "localhost"
                }), )), fields="provideClusterInfo: true", cluster="server: @b@, certificate-authority: /nope",
        args="-s @a@ --certificate-authority @pki@/ca-a.crt --tls-server-name localhost"),
    run(
        "provideClusterInfo tells the path of the server",
        sent(
            authorization=FROM_PLUGIN, path="/pre" + sent().path, plugin=(saw(
                cluster={"server": "https://127.0.0.1:@a@/pre", "config": None, "certificate-authority-data": CA}),
                                                                          )), fields="provideClusterInfo: true",
        cluster="server: @a@/pre, certificate-authority: @pki@/ca-a.crt", newer_than=RAW_DROPS_PATHS),
    works("provideClusterInfo: false tells nothing", fields="provideClusterInfo: false"),
    works("without provideClusterInfo the extension stays here", cluster=DATA + EXTENSION % "{audience: x}"),
]

PAIR = '"clientCertificateData": @json:alice.crt@, "clientKeyData": @json:alice.key@'
EXPIRING = f'{{"token": "{SECRET}-plugin", "expirationTimestamp": "%s"}}'

NO_VERSION = (f"exec plugin is configured to use API version {V1}, plugin returned version "
              "client.authentication.k8s.io/__internal")
VERSION_MISSING = differs(
    "clearer words", failed(GETTING + "decoding stdout: Object 'apiVersion' is missing", plugin=(saw(), )))
ANSWERS = [
    works("a client certificate", plugin(f"{{{PAIR}}}"), authorization=None, certificate="alice"),
    works("a client certificate and a token", plugin(f'{{{PAIR}, "token": "{SECRET}-plugin"}}'), certificate="alice"),
    works("a client certificate beats none, and is asked for again when it ends",
          plugin(f'{{{PAIR}, "expirationTimestamp": "{FUTURE}"}}'), authorization=None, certificate="alice"),
    run("a token that has ended is sent, and asked for again", sent(authorization=FROM_PLUGIN, plugin=(saw(), saw())),
        plugin(EXPIRING % OLD)),
    run(
        "after a 401 it is run again", sent(authorization=FROM_PLUGIN, plugin=(saw(), saw())), answers={"a": [401]},
        differs=differs("ours repeats the request as well",
                        sent(authorization=FROM_PLUGIN, plugin=(saw(), saw()), times=2))),
    run(
        "after a second 401 it is not run a third time", sent(authorization=FROM_PLUGIN, plugin=(saw(), saw())),
        answers={"a": [401, 401, 401]}, differs=differs(
            "ours repeats the request as well", sent(authorization=FROM_PLUGIN, plugin=(saw(), saw()), times=2))),
    run("after a 403 it is not run again", sent(authorization=FROM_PLUGIN, plugin=(saw(), )), answers={"a": [403]}),
    fails("another apiVersion than asked for", plugin(version=BETA),
          f"exec plugin is configured to use API version {V1}, "
          f"plugin returned version {BETA}"),
    undecoded(
        "an answer of an unknown apiVersion", plugin(version="client.authentication.k8s.io/v7"),
        "decoding stdout: no kind \"ExecCredential\" is registered for version "
        '"client.authentication.k8s.io/v7" in scheme .*',
        "exec plugin is configured to use API version client.authentication.k8s.io/v1, plugin returned version .*/v7"
    ),
    undecoded("an answer of another kind", saying(f'{{"apiVersion": "{V1}", "kind": "Pod", "status": {GIVEN}}}'),
              'decoding stdout: no kind "Pod" is registered for version .*'),
    works("an answer without kind", saying(f'{{"apiVersion": "{V1}", "status": {GIVEN}}}')),
    fails("an answer without apiVersion", saying(f'{{"kind": "ExecCredential", "status": {GIVEN}}}'), NO_VERSION,
          differs=VERSION_MISSING),
    fails("an answer without apiVersion and kind", saying(f'{{"status": {GIVEN}}}'), NO_VERSION,
          differs=VERSION_MISSING),
    fails("an answer without status", saying(f'{{"apiVersion": "{V1}", "kind": "ExecCredential"}}'),
          "exec plugin didn't return a status field"),
    fails("an empty status", plugin("{}"), "exec plugin didn't return a token or cert/key pair"),
    fails("an empty token", plugin('{"token": ""}'), "exec plugin didn't return a token or cert/key pair"),
    fails("a certificate without its key", plugin('{"clientCertificateData": @json:alice.crt@}'),
          "exec plugin returned only certificate or key, not both"),
    fails("a key without its certificate", plugin('{"clientKeyData": @json:alice.key@}'),
          "exec plugin returned only certificate or key, not both"),
    fails("a key of another certificate",
          plugin('{"clientCertificateData": @json:alice.crt@, "clientKeyData": @json:bob.key@}'),
          "failed parsing client key/certificate: tls: private key does not match public key"),
    fails("a certificate that is none",
          plugin(f'{{"clientCertificateData": "{SECRET}", "clientKeyData": "{SECRET}"}}'),
          "failed parsing client key/certificate: tls: failed to find any PEM data in certificate input"),
    undecoded("no answer at all", PLUGIN, NO_VERSION),
    undecoded("an answer that is no JSON", saying(f"{SECRET} is my answer"),
              "decoding stdout: couldn't get version/kind; .*"),
    undecoded("an answer that is cut off",
              saying(f'{{"apiVersion": "{V1}", "kind": "ExecCredential", "status": {{"token": "{SECRET}'),
              "decoding stdout: couldn't get version/kind; .*"),
    undecoded("a token that is a number", plugin('{"token": 5}'),
              "decoding stdout: json: cannot unmarshal number into Go .*"),
    undecoded("an expirationTimestamp that is no time", plugin(EXPIRING % "soon"),
              'decoding stdout: parsing time "soon" as .*'),
    fails("it ends with an exit code", plugin(then="exit 3"), "exec: executable @dir@/login failed with exit code 3"),
    fails("it ends with an exit code after an answer",
          plugin() + "exit 4\n", "exec: executable @dir@/login failed with exit code 4"),
    undecoded("it is killed", plugin(then="kill -9 $$"), "exec: executable @dir@/login failed with exit code -1",
              "exec: executable @dir@/(./)?login was killed by signal 9.*"),
]


def absent(name, command, theirs, fields="", ours=None):
    """A plugin that cannot be started."""
    return case(
        name, {
            "config": one(user=user(fields, command=command)), "plain": "no program", "folder/x": "",
            "bad": "#!/nowhere/sh\n"
        }, failed(GETTING + theirs), differs=ours and differs(*ours))


def not_found(name, hint="", told=""):
    """A plugin that PATH does not have; `told` is what installHint becomes (ours indents it as a hint)."""
    said = GETTING + "exec: executable no-such-plugin not found"
    return absent(name, "no-such-plugin", f"exec: executable no-such-plugin not found\n{HELP}{told}", hint,
                  (NO_LECTURE, failed(said)))


ABSENT = [
    not_found("a command that PATH does not have"),
    not_found("a command that PATH does not have, with installHint", "installHint: Get it from the shop.",
              "\nGet it from the shop."),
    not_found("installHint of several lines", 'installHint: "One.\\n\\nTwo."', "\nOne.\nTwo."),
    not_found("installHint with escape sequences", 'installHint: "\\e[31mRed\\e[0m"', "\nU+001B[31mRedU+001B[0m"),
    absent("a command that is missing", "./nope", "exec: fork/exec @dir@/nope: no such file or directory",
           "installHint: Get it from the shop.",
           ("clearer words, with the installHint",
            failed(GETTING + "exec: executable @dir@/nope not found"))),
    absent("a command that is no program", "./plain", "exec: fork/exec @dir@/plain: permission denied"),
    absent("a command that is a folder", "./folder", "exec: fork/exec @dir@/folder: permission denied"),
    absent("a command whose interpreter is missing", "./bad", "exec: fork/exec @dir@/bad: no such file or directory"),
]

OTHER_LOGINS = [
    run("--token beats the plugin", sent(authorization=BEARER + "-flag"), args=f"--token {SECRET}-flag"),
    case("a token beats the plugin", {"config": one(user=user() + ", " + TOKEN), "login": plugin()}, sent()),
    case("a tokenFile beats the plugin",
         {"config": one(user=user() + ", tokenFile: token"), "token": SECRET, "login": plugin()}, sent()),
    case("user name and password beat the plugin",
         {"config": one(user=user() + f", username: alice, password: {SECRET}"), "login": plugin()},
         sent(authorization=basic(f"alice:{SECRET}"))),
    case("a client certificate beats the plugin", {"config": one(user=user() + ", " + ALICE), "login": plugin()},
         sent(authorization=None, certificate="alice")),
    case("impersonation goes with the plugin", {"config": one(user=user() + ", as: bob"), "login": plugin()},
         sent(authorization=FROM_PLUGIN, plugin=(saw(), ), impersonate=("Impersonate-User: bob", ))),
    case("over http the plugin is not run", {"config": one("server: @plain@", user()), "login": plugin()},
         sent("plain", authorization=None)),
    run("it is not run for a server that is not believed", failed(UNKNOWN_AUTHORITY, plugin=(saw(), )),
        cluster="server: @b@, certificate-authority: @pki@/ca-a.crt"),
]

NOTHING_GIVEN = failed(
    "Error in configuration: \n* command must be specified for u to use exec authentication plugin\n"
    "* apiVersion must be specified for u to use exec authentication plugin\n"
    "* interactiveMode must be specified for u to use exec authentication plugin")
VALIDATION = [
    case("apiVersion of long ago", one(user=user(version="client.authentication.k8s.io/v1alpha1")),
         failed('error: exec plugin: invalid apiVersion "client.authentication.k8s.io/v1alpha1"')),
    case("apiVersion that nobody knows", one(user=user(version="foo/v1")),
         failed('error: exec plugin: invalid apiVersion "foo/v1"')),
    case("no apiVersion", one(user="exec: {command: ./login, interactiveMode: Never}"),
         failed("error: apiVersion must be specified for u to use exec authentication plugin")),
    case("no command", one(user=f"exec: {{apiVersion: {V1}, interactiveMode: Never}}"),
         failed("error: command must be specified for u to use exec authentication plugin")),
    case("no interactiveMode in v1", one(user=user(mode="")),
         failed("error: interactiveMode must be specified for u to use exec authentication plugin")),
    case("interactiveMode that nobody knows", one(user=user(mode="Foo")),
         failed('error: invalid interactiveMode for u: "Foo"')),
    case("interactiveMode is case-sensitive", one(user=user(mode="never")),
         failed('error: invalid interactiveMode for u: "never"')),
    case("a variable without a name", one(user=user("env: [{value: x}]")),
         failed("error: env variable name must be specified for u to use exec authentication plugin")),
    case("a variable without a value", {"config": one(user=user("env: [{name: PARITY_X}]")), "login": plugin()},
         sent(authorization=FROM_PLUGIN, plugin=(saw(environment=("PARITY_X=", )), ))),
    case("an exec plugin and an auth-provider", one(user=user() + ", auth-provider: {name: oidc}"),
         failed("error: authProvider cannot be provided in combination with an exec plugin for u")),
    case("an empty exec", one(user="exec: {}"), NOTHING_GIVEN),
    case("everything is missing", one(user="exec: {args: [a]}"), NOTHING_GIVEN),
    case("args that are no list", one(user=user("args: text")),
         matching('error: error loading config file "@dir@/config": json: .*'), differs=differs(
             "the YAML parser is another one", matching("error: .*args.*"))),
    case("an argument that is a number", one(user=user("args: [5]")),
         matching('error: error loading config file "@dir@/config": json: .*'), differs=differs(
             "the YAML parser is another one", matching("error: .*args.*"))),
]

CASES = HOW_IT_IS_RUN + CLUSTER_INFO + ANSWERS + ABSENT + OTHER_LOGINS + VALIDATION
