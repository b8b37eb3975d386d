"""A pod's service account, and when it is used; each case has /var/run of its own."""
from choosing_cases import NAMED
from file_cases import LOCALHOST, NOTHING
from table import (A, BEARER, CONTEXT, PLAN, SECRET, TOKEN, UNKNOWN_AUTHORITY, case, differs, failed, kubeconfig,
                   matching, one, sent)

EMPTY = "what ours says of every token file that is empty"
POD = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": "@a.port@"}
ACCOUNT = {"sa/token": f"{SECRET}-pod", "sa/ca.crt": "symlink:@pki@/ca-a.crt", "sa/namespace": "shop"}
AS_POD = sent(authorization=BEARER + "-pod")
STRAY = "kubectl takes any flag for a configuration, and then has no server; ours keeps the pod's"


def in_pod(name, want, files=None, args="", env=None, **more):
    """A case inside a pod, with these files and this environment besides."""
    return case(name, ACCOUNT | (files or {}), want, args, env=POD | (env or {}), **more)


CASES = [
    in_pod("without a kubeconfig the service account is used", AS_POD),
    in_pod("with all files of $KUBECONFIG missing as well", AS_POD, env={"KUBECONFIG": "@dir@/nope"}),
    in_pod("with an empty kubeconfig as well", AS_POD, {"config": ""}),
    in_pod("with a kubeconfig without current-context as well", AS_POD,
           {"config": kubeconfig({"cl": A}, {"u": TOKEN}, {"c": CONTEXT}, "")}),
    in_pod("with a current context that is empty as well", AS_POD, {"config": kubeconfig({}, {}, {"c": ""})}),
    in_pod("a context that names a missing cluster", AS_POD, {"config": kubeconfig({}, {}, {"c": CONTEXT})},
           differs=differs(NAMED, failed('error: user "u" was not found for context "c"'))),
    in_pod("a cluster without a server is no configuration", AS_POD,
           {"config": kubeconfig({"cl": ""}, {}, {"c": "cluster: cl"})}, differs=differs(
               "an error that names the cluster, instead of acting as the pod",
               failed('error: no server found for cluster "cl"'))),
    in_pod("a user without a cluster", AS_POD, {"config": kubeconfig({}, {"u": TOKEN}, {"c": "user: u"})}),
    in_pod(
        "a user with a client certificate, without a cluster", AS_POD, {
            "config": kubeconfig({}, {"u": "client-certificate: @pki@/alice.crt, client-key: @pki@/alice.key"},
                                 {"c": "user: u"})
        }),
    in_pod("a kubeconfig beats the service account", sent(), {"config": one()}),
    in_pod("~/.kube/config beats the service account", sent(), {"home/.kube/config": one()}),
    in_pod("--context of a kubeconfig without current-context beats it", sent(),
           {"config": kubeconfig({"cl": A}, {"u": TOKEN}, {"c": CONTEXT}, "")}, "--context c"),
    in_pod(
        "a kubeconfig that cannot be parsed is an error",
        matching('error: error loading config file "@dir@/config": yaml: .*'), {"config": "{"}, differs=differs(
            "the YAML parser is another one", matching('error: error loading config file "@dir@/config": .+'))),
    in_pod("a current context that does not exist is an error",
           failed("Error in configuration: context was not found for specified context: zz"),
           {"config": kubeconfig(current="zz")}),
    in_pod("--kubeconfig that is missing is an error", failed("error: stat @dir@/nope: no such file or directory"),
           args="--kubeconfig @dir@/nope"),
    in_pod("--context without a kubeconfig is an error", failed('error: context "x" does not exist'),
           args="--context x"),
    in_pod("--user without a kubeconfig is an error", failed('error: auth info "x" does not exist'), args="--user x"),
    in_pod("--token alone changes only the token", sent(authorization=BEARER + "-flag"),
           args=f"--token {SECRET}-flag"),
    in_pod(
        "--server alone is no pod's server", failed("error: EOF"),
        args="--server @a2@ --certificate-authority @pki@/ca-a.crt", differs=differs(
            "a request without a login is sent as it is; kubectl asks for a user name", sent(
                "a2", authorization=None))),
    in_pod("--server with a token is no pod's server", sent("a2"),
           args=f"--server @a2@ --certificate-authority @pki@/ca-a.crt --token {SECRET}"),
    in_pod("--certificate-authority alone changes only the CA", failed(UNKNOWN_AUTHORITY),
           args="--certificate-authority @pki@/ca-b.crt"),
    in_pod("--as alone", LOCALHOST, args="--as bob", differs=differs(
        STRAY, sent(authorization=BEARER + "-pod", impersonate=("Impersonate-User: bob", )))),
    in_pod("--request-timeout alone", LOCALHOST, args="--request-timeout 5s", differs=differs(
        STRAY, sent(authorization=BEARER + "-pod", path=PLAN + "?timeout=5s"))),
    in_pod("--insecure-skip-tls-verify alone", AS_POD, args="--insecure-skip-tls-verify"),
    in_pod("--tls-server-name alone", AS_POD, args="--tls-server-name tls.parity.test", differs=differs(
        "a flag that was given is minded", sent(authorization=BEARER + "-pod", sni="tls.parity.test"))),
    in_pod("the service account beats KUBERNETES_MASTER", AS_POD, env={"KUBERNETES_MASTER": "@plain@"}),
    in_pod("an IPv6 service address is put in brackets", sent("six", authorization=BEARER + "-pod"),
           env={"KUBERNETES_SERVICE_HOST": "::1", "KUBERNETES_SERVICE_PORT": "@six.port@"}),
    in_pod("a name as the service address", sent(authorization=BEARER + "-pod", sni="localhost"),
           env={"KUBERNETES_SERVICE_HOST": "localhost"}),
    in_pod("without KUBERNETES_SERVICE_HOST it is no pod", LOCALHOST, env={"KUBERNETES_SERVICE_HOST": ""},
           differs=NOTHING),
    in_pod("without KUBERNETES_SERVICE_PORT it is no pod", LOCALHOST, env={"KUBERNETES_SERVICE_PORT": ""},
           differs=NOTHING),
    in_pod("the token is trimmed", AS_POD, {"sa/token": f"\n{SECRET}-pod\n"}),
    in_pod("a server that the CA did not sign is refused", failed(UNKNOWN_AUTHORITY),
           {"sa/ca.crt": "symlink:@pki@/ca-b.crt"}),
    case("without a token it is no pod", {"sa/ca.crt": "symlink:@pki@/ca-a.crt"}, LOCALHOST, env=POD,
         differs=NOTHING),
    case("without a CA the system's authorities count", {"sa/token": SECRET}, failed(UNKNOWN_AUTHORITY), env=POD),
    case("a token that is a folder is none", {"sa/token/x": ""}, LOCALHOST, env=POD, differs=NOTHING),
    case(
        "an empty token", {"sa/token": "", "sa/ca.crt": "symlink:@pki@/ca-a.crt"},
        failed('error: read empty token from file "/var/run/secrets/kubernetes.io/serviceaccount/token"'),
        env=POD, differs=differs(
            EMPTY, failed("error: the token file /var/run/secrets/kubernetes.io/serviceaccount/token is empty"))),
    case("outside of a pod the variables alone do nothing", {"sa/other": ""}, LOCALHOST, env=POD, differs=NOTHING),
]
