"""What flags and KUBERNETES_MASTER do to what the kubeconfig says."""
from choosing_cases import EOF, NOT_LOGGED_IN
from table import (A, ALICE, B, BEARER, PLAN, RAW_DROPS_PATHS, SECRET, TOKEN, UNKNOWN_AUTHORITY, basic, case, differs,
                   failed, kubeconfig, matching, one, sent)

TRUST = "--certificate-authority @pki@/ca-a.crt"
NOT_TRUSTED = failed(UNKNOWN_AUTHORITY)
FLAG = SECRET + "-flag"
SENT_FLAG = sent(authorization="Bearer " + FLAG)
USAGE = "wrong usage ends with 2, and without `See 'kubectl get --help'`"
NOT_IMPERSONATING = "error: requesting uid, groups or user-extra for u without impersonating a user"
BAD_TIMEOUT = failed(
    "error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by "
    "a corresponding time unit (e.g. 1s | 2m | 3h)")


def bad_timeout(value):
    """A --request-timeout that is refused."""
    return case(f"--request-timeout {value} is refused", one(), BAD_TIMEOUT, f"--request-timeout={value}",
                differs=differs(USAGE, failed(BAD_TIMEOUT.text, code=2)))


def extra(name, value, *headers, **more):
    """A --as-user-extra, and the headers that it makes."""
    return case(name, one(), sent(impersonate=(*headers, "Impersonate-User: bob")),
                f"--as bob --as-user-extra {value}", newer_than=(1, 33), **more)


def not_ours(flag):
    """A flag that ours does not have."""
    return differs("this flag does not exist in ours", failed(f"error: unknown flag: {flag}", code=2))


SERVER = [
    case("--server beats the cluster's", one("server: @b@, certificate-authority: @pki@/ca-a.crt"), sent(),
         "--server @a@"),
    case("-s is --server", one("server: @b@, certificate-authority: @pki@/ca-a.crt"), sent(), "-s @a@"),
    case("-s may be glued to its value", one("server: @b@, certificate-authority: @pki@/ca-a.crt"), sent(), "-s@a@"),
    case("-s may have an equals sign", one("server: @b@, certificate-authority: @pki@/ca-a.crt"), sent(), "-s=@a@"),
    case("--server keeps the cluster's CA", one(B), NOT_TRUSTED, "--server @a@"),
    case("--server keeps insecure-skip-tls-verify", one("server: @b@, insecure-skip-tls-verify: true"), sent(),
         "--server @a@"),
    case("--server drops tls-server-name", one(A + ", tls-server-name: tls.parity.test"), sent(), "--server @a@"),
    case("--server with --tls-server-name", one(A + ", tls-server-name: localhost"), sent(sni="tls.parity.test"),
         "--server @a@ --tls-server-name tls.parity.test"),
    case("an empty --server counts as not given", one(), sent(), "--server ''"),
    case("--server is enough, with a CA and a token", {}, sent(), f"--server @a@ {TRUST} --token {SECRET}"),
    case("--server is enough, without verification", {}, sent(),
         f"--server @a@ --insecure-skip-tls-verify --token {SECRET}"),
    case("--server is enough, with a client certificate", {}, sent(authorization=None, certificate="alice"),
         f"--server @a@ {TRUST} --client-certificate @pki@/alice.crt --client-key @pki@/alice.key"),
    case("--server without a login", {}, EOF, f"--server @a@ {TRUST}", differs=NOT_LOGGED_IN),
    case("--server over http", {}, sent("plain", authorization=None), "--server @plain@"),
    case("--server over http carries no token", {}, sent("plain", authorization=None),
         f"--server @plain@ --token {SECRET}"),
    case("--server over http carries no login of the kubeconfig", one(user=TOKEN + ", as: bob"),
         sent("plain", authorization=None, impersonate=("Impersonate-User: bob", )), "--server @plain@"),
    case("--server may be host:port, and means http", {}, sent("plain", authorization=None),
         "--server 127.0.0.1:@plain.port@"),
    case("--server may have a path", one(), sent(path="/pre/fix" + PLAN), "--server @a@/pre/fix",
         newer_than=RAW_DROPS_PATHS),
    case("KUBERNETES_MASTER is the server where nothing else is", {}, sent("plain", authorization=None),
         env={"KUBERNETES_MASTER": "@plain@"}),
    case("KUBERNETES_MASTER is the server where the cluster has none", one("certificate-authority: @pki@/ca-a.crt"),
         sent(), env={"KUBERNETES_MASTER": "@a@"}),
    case("the cluster's server beats KUBERNETES_MASTER", one(), sent(), env={"KUBERNETES_MASTER": "@b@"}),
    case("--server beats KUBERNETES_MASTER", {}, sent(), f"--server @a@ {TRUST} --token {SECRET}",
         env={"KUBERNETES_MASTER": "@b@"}),
    case("KUBERNETES_MASTER with --token and a CA", {}, sent(), f"{TRUST} --token {SECRET}",
         env={"KUBERNETES_MASTER": "@a@"}),
]

TLS = [
    case("--insecure-skip-tls-verify", one("server: @b@"), sent("b"), "--insecure-skip-tls-verify"),
    case("--insecure-skip-tls-verify=true", one("server: @b@"), sent("b"), "--insecure-skip-tls-verify=true"),
    case("--insecure-skip-tls-verify=false does not switch the cluster's off",
         one("server: @b@, insecure-skip-tls-verify: true"), sent("b"), "--insecure-skip-tls-verify=false"),
    case("--insecure-skip-tls-verify=false verifies", one("server: @b@"), NOT_TRUSTED,
         "--insecure-skip-tls-verify=false"),
    case("--insecure-skip-tls-verify clears the cluster's CA",
         one("server: @b@, certificate-authority: @pki@/ca-a.crt"), sent("b"), "--insecure-skip-tls-verify"),
    case("--insecure-skip-tls-verify clears the cluster's CA data",
         one("server: @b@, certificate-authority-data: @b64:ca-a.crt@"), sent("b"), "--insecure-skip-tls-verify"),
    case("--insecure-skip-tls-verify clears a CA that is missing", one("server: @b@, certificate-authority: /nope"),
         sent("b"), "--insecure-skip-tls-verify"),
    case("--certificate-authority clears insecure-skip-tls-verify",
         one("server: @b@, insecure-skip-tls-verify: true"), NOT_TRUSTED, TRUST),
    case("--certificate-authority beats the cluster's CA", one("server: @a@, certificate-authority: @pki@/ca-b.crt"),
         sent(), TRUST),
    case("--certificate-authority beats the cluster's CA data",
         one("server: @a@, certificate-authority-data: @b64:ca-b.crt@"), sent(), TRUST),
    case("--certificate-authority is seen from the working directory",
         {"config": one("server: @a@"), "ca": "symlink:@pki@/ca-a.crt"}, sent(), "--certificate-authority ca"),
    case(
        "--certificate-authority that is missing", one("server: @a@"),
        failed(
            "error: unable to read certificate-authority /nope for cl due to open /nope: no such file or directory"),
        "--certificate-authority /nope"),
    case("--certificate-authority with --insecure-skip-tls-verify", one("server: @a@"),
         failed("error: specifying a root certificates file with the insecure flag is not allowed"),
         f"{TRUST} --insecure-skip-tls-verify"),
    case("an empty --certificate-authority counts as not given", one(), sent(), "--certificate-authority ''"),
    case("--tls-server-name", one(), sent(sni="tls.parity.test"), "--tls-server-name tls.parity.test"),
    case("--tls-server-name beats the cluster's", one(A + ", tls-server-name: nope"), sent(sni="tls.parity.test"),
         "--tls-server-name tls.parity.test"),
]

LOGIN = [
    case("--token beats the user's", one(), SENT_FLAG, f"--token {FLAG}"),
    case("--token may have an equals sign", one(), SENT_FLAG, f"--token={FLAG}"),
    case("the last --token wins", one(), SENT_FLAG, f"--token {SECRET} --token {FLAG}"),
    case("an empty --token counts as not given", one(), sent(), "--token ''"),
    case("--token is added to a client certificate", one(user=ALICE),
         sent(authorization="Bearer " + FLAG, certificate="alice"), f"--token {FLAG}"),
    case("--token with a tokenFile", {"config": one(user="tokenFile: token"), "token": SECRET + "-file"},
         sent(authorization=BEARER + "-file"), f"--token {FLAG}", differs=differs(
             "a flag that is given is meant; kubectl takes the file's token", SENT_FLAG)),
    case("--token with a tokenFile that is missing", one(user="tokenFile: nope"), SENT_FLAG, f"--token {FLAG}"),
    case(
        "--token with user name and password", one(user=f"username: alice, password: {SECRET}"),
        failed(
            "error: more than one authentication method found for u; found [token basicAuth], only one is allowed"),
        f"--token {FLAG}"),
    case("--token with an exec plugin that would fail",
         one(user="exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: /nope}"),
         SENT_FLAG, f"--token {FLAG}"),
    case("--client-certificate and --client-key", one(), sent(certificate="alice"),
         "--client-certificate @pki@/alice.crt --client-key @pki@/alice.key"),
    case("--client-certificate and --client-key are seen from the working directory",
         {"config": one(), "crt": "symlink:@pki@/alice.crt", "key": "symlink:@pki@/alice.key"},
         sent(certificate="alice"), "--client-certificate crt --client-key key"),
    case("--client-certificate and --client-key beat the user's files",
         one(user="client-certificate: @pki@/bob.crt, client-key: @pki@/bob.key"),
         sent(authorization=None, certificate="alice"),
         "--client-certificate @pki@/alice.crt --client-key @pki@/alice.key"),
    case("--client-certificate and --client-key beat the user's data",
         one(user="client-certificate-data: @b64:bob.crt@, client-key-data: @b64:bob.key@"),
         sent(authorization=None, certificate="alice"),
         "--client-certificate @pki@/alice.crt --client-key @pki@/alice.key", newer_than=(1, 33)),
    case("--client-key beats the user's data alone",
         one(user="client-certificate-data: @b64:alice.crt@, client-key-data: @b64:bob.key@"),
         sent(authorization=None, certificate="alice"), "--client-key @pki@/alice.key", newer_than=(1, 33)),
    case(
        "--client-certificate without a key", one(),
        failed("error: client-key-data or client-key must be specified for u to use the clientCert "
               "authentication method."), "--client-certificate @pki@/alice.crt"),
    case("--client-certificate that is missing", one(),
         failed("error: unable to read client-cert /nope for u due to open /nope: no such file or directory"),
         "--client-certificate /nope --client-key @pki@/alice.key"),
    case("--username and --password", one(user=""), sent(authorization=basic(f"alice:{SECRET}")),
         f"--username alice --password {SECRET}", differs=not_ours("--username")),
]

IMPERSONATION = [
    case("--as", one(), sent(impersonate=("Impersonate-User: bob", )), "--as bob"),
    case("--as of a service account", one(), sent(impersonate=("Impersonate-User: system:serviceaccount:ns:sa", )),
         "--as system:serviceaccount:ns:sa"),
    case("--as with --as-group, several times", one(),
         sent(impersonate=("Impersonate-Group: devs", "Impersonate-Group: ops", "Impersonate-User: bob")),
         "--as bob --as-group devs --as-group=ops"),
    case("--as-group is not split at commas", one(),
         sent(impersonate=("Impersonate-Group: a,b", "Impersonate-User: bob")), "--as bob --as-group a,b"),
    case("--as with --as-uid", one(), sent(impersonate=("Impersonate-Uid: 123", "Impersonate-User: bob")),
         "--as bob --as-uid 123"),
    case("--as beats the user's, and keeps its groups", one(user=TOKEN + ", as: alice, as-groups: [x], as-uid: '5'"),
         sent(impersonate=("Impersonate-Group: x", "Impersonate-Uid: 5", "Impersonate-User: bob")), "--as bob"),
    case("--as-group beats the user's groups", one(user=TOKEN + ", as: alice, as-groups: [v, w]"),
         sent(impersonate=("Impersonate-Group: z", "Impersonate-User: alice")), "--as-group z"),
    case("--as-uid beats the user's uid", one(user=TOKEN + ", as: alice, as-uid: '5'"),
         sent(impersonate=("Impersonate-Uid: 7", "Impersonate-User: alice")), "--as-uid 7"),
    case("--as-group without --as", one(), failed(NOT_IMPERSONATING), "--as-group x"),
    case("--as-uid without --as", one(), failed(NOT_IMPERSONATING), "--as-uid 1"),
    case("--as with an empty value", one(), sent(), "--as ''"),
    extra("--as-user-extra", "reason=why", "Impersonate-Extra-Reason: why"),
    extra("--as-user-extra with an equals sign in its value", "k=a=b", "Impersonate-Extra-K: a=b"),
    extra("--as-user-extra without a value", "k=", "Impersonate-Extra-K: "),
    extra("--as-user-extra is not split at commas", "k=a,b", "Impersonate-Extra-K: a,b"),
    extra(
        "--as-user-extra without an equals sign is ignored", "k", differs=differs(
            "bad input is an error, not ignored",
            failed('error: invalid argument "k" for "--as-user-extra" flag: must be KEY=VALUE', code=2))),
    extra("--as-user-extra with the same key twice", "k=a --as-user-extra k=b", "Impersonate-Extra-K: a",
          "Impersonate-Extra-K: b"),
    case("--as-user-extra without --as", one(), failed(NOT_IMPERSONATING), "--as-user-extra k=v", newer_than=(1, 33)),
    case("--as-user-extra beats the user's", one(user=TOKEN + ", as: bob, as-user-extra: {k: [a], l: [b]}"),
         sent(impersonate=("Impersonate-Extra-K: flag", "Impersonate-Extra-L: b", "Impersonate-User: bob")),
         "--as-user-extra k=flag", newer_than=(1, 33)),
]

OTHER = [
    case("--request-timeout in seconds is sent as ?timeout", one(), sent(path=PLAN + "?timeout=5s"),
         "--request-timeout 5"),
    case("--request-timeout as a duration", one(), sent(path=PLAN + "?timeout=1m30s"), "--request-timeout=1m30s"),
    case("--request-timeout in hours", one(), sent(path=PLAN + "?timeout=1h0m0s"), "--request-timeout=1h"),
    case("--request-timeout below a second", one(), sent(path=PLAN + "?timeout=900ms"), "--request-timeout 900ms"),
    case("--request-timeout 0 is none", one(), sent(), "--request-timeout 0"),
    case("--request-timeout 0s is none", one(), sent(), "--request-timeout 0s"),
    case("an empty --request-timeout is none", one(), sent(), "--request-timeout ''"),
    bad_timeout("abc"),
    bad_timeout("-5"),
    bad_timeout("5x"),
    case("--disable-compression", one(), sent(gzip=False), "--disable-compression"),
    case("--cache-dir", one(), sent(), "--cache-dir @dir@/elsewhere"),
    case("--match-server-version", one(), sent(), "--match-server-version=false"),
    case("underscores for dashes in the name of a flag", one("server: @b@"), sent("b"), "--insecure_skip_tls_verify"),
    case("-v with an equals sign", one(), sent(), "-v=2"),
    case("--v", one(), sent(), "--v 1"),
    case("-v glued to its level", one(), sent(), "-v2"),
    case("an unknown flag", one(), failed("error: unknown flag: --nope\nSee 'kubectl get --help' for usage."),
         "--nope", differs=differs(USAGE, matching("error: unknown flag: --nope.*", code=2))),
    case("a flag without its value", one(),
         failed("error: flag needs an argument: --context\nSee 'kubectl get --help' for usage."), "--context",
         differs=differs(USAGE, matching("error: flag needs an argument: --context.*", code=2))),
    case("a bool that is none", one(),
         matching('error: invalid argument "maybe" for "--insecure-skip-tls-verify" flag: .*'),
         "--insecure-skip-tls-verify=maybe", differs=differs(
             USAGE, matching("error: .*maybe.*--insecure-skip-tls-verify.*", code=2))),
    case("-n does not matter to a request with its own namespace", one(), sent(), "-n openshift-migration"),
    case(
        "several flags at once", kubeconfig({"cl": B}, {"u": ALICE}, {"c": "cluster: cl, user: u"}),
        sent(authorization="Bearer " + FLAG, certificate="alice", sni="api.parity.test",
             impersonate=("Impersonate-User: bob", )),
        f"-s @a@ {TRUST} --tls-server-name=api.parity.test --token {FLAG} --as=bob"),
]

CASES = SERVER + TLS + LOGIN + IMPERSONATION + OTHER
