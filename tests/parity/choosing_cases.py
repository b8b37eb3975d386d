"""Which context, cluster and user are chosen, and what their absence means."""
from file_cases import LOCALHOST, NO_SERVER, NOTHING
from table import A, ALICE, B, BEARER, CONTEXT, TOKEN, case, differs, failed, kubeconfig, one, sent

NAMED = "a context that names what does not exist is an error; kubectl takes it for empty"
NO_LOGIN = "a request without a login is sent as it is; kubectl asks for a user name"
ANONYMOUS = sent(authorization=None)
EOF = failed("error: EOF")  # kubectl asks for a user name, and stdin is at its end
NOT_LOGGED_IN = differs(NO_LOGIN, ANONYMOUS)

CLUSTERS = {"cl": A, "b": B}
USERS = {"u": TOKEN, "v": TOKEN + "-v", "cert": ALICE}
CONTEXTS = {"c": CONTEXT, "d": "cluster: b, user: v"}


def several(current="c", **more):
    """Two clusters, three users, and contexts, some of them added by name."""
    return kubeconfig(CLUSTERS, USERS, CONTEXTS | more, current)


PLAIN = [
    case("the current context is used", several("d"), sent("b", authorization=BEARER + "-v")),
    case("--context beats the current context", several(), sent("b", authorization=BEARER + "-v"), "--context d"),
    case("--context may follow with an equals sign", several(), sent("b", authorization=BEARER + "-v"),
         "--context=d"),
    case("the last --context wins", several(), sent("b", authorization=BEARER + "-v"), "--context c --context d"),
    case("an empty --context counts as not given", several(), sent(), "--context ''"),
    case("--cluster replaces the context's", several(), sent("b"), "--cluster b"),
    case("--user replaces the context's", several(), sent(authorization=BEARER + "-v"), "--user v"),
    case("--cluster and --user replace both", several(), sent("b", authorization=BEARER + "-v"),
         "--cluster b --user v"),
    case("--context, --cluster and --user together", several(), sent(authorization=None, certificate="alice"),
         "--context d --cluster cl --user cert"),
    case("an empty --cluster and --user count as not given", several(), sent(), "--cluster '' --user ''"),
    case("--cluster and --user are enough without a context", several(""), sent("b", authorization=BEARER + "-v"),
         "--cluster b --user v"),
    case(
        "names may hold slashes and colons, as oc login makes them",
        kubeconfig({"api-ocp-example-com:6443": A}, {"kube:admin/api-ocp-example-com:6443": TOKEN}, {
            "shop/api-ocp-example-com:6443/kube:admin": "cluster: 'api-ocp-example-com:6443', "
            "user: 'kube:admin/api-ocp-example-com:6443'"
        }, "shop/api-ocp-example-com:6443/kube:admin"), sent()),
    case("names may hold blanks and other letters",
         kubeconfig({"größe 1": A}, {"u": TOKEN}, {"c d": "cluster: größe 1, user: u"}, "c d"), sent()),
    case("names are case-sensitive", several(), failed('error: context "D" does not exist'), "--context D"),
    case("a good context among bad ones is used", several(bad="cluster: nope, user: nope", worse=""), sent()),
    case("the namespace of a context does not matter", one(context=CONTEXT + ", namespace: elsewhere"), sent()),
    case("a bad cluster that is not used does not matter",
         kubeconfig({"cl": A, "x": "server: '::', certificate-authority: /nope"}, {"u": TOKEN}, {"c": CONTEXT}),
         sent()),
    case("a bad user that is not used does not matter",
         kubeconfig({"cl": A}, {"u": TOKEN, "x": "client-key: /nope, username: x"}, {"c": CONTEXT}), sent()),
]

MISSING = [
    case("--context that does not exist", several(), failed('error: context "zz" does not exist'), "--context zz"),
    case("--cluster that does not exist", several(), failed('error: cluster "zz" does not exist'), "--cluster zz"),
    case("--user that does not exist", several(), failed('error: auth info "zz" does not exist'), "--user zz"),
    case("--cluster and --user that do not exist", several(), failed('error: auth info "zz" does not exist'),
         "--cluster zz --user zz"),
    case("a current context that does not exist", several("zz"),
         failed("Error in configuration: context was not found for specified context: zz")),
    case("a current context that does not exist, with --cluster and --user", several("zz"),
         failed("Error in configuration: context was not found for specified context: zz"), "--cluster cl --user u"),
    case("a current context that does not exist, but --context does", several("zz"), sent(), "--context c"),
    case("--context without any kubeconfig", {}, failed('error: context "zz" does not exist'), "--context zz"),
    case("--cluster without any kubeconfig", {}, failed('error: cluster "zz" does not exist'), "--cluster zz"),
    case("--user without any kubeconfig", {}, failed('error: auth info "zz" does not exist'), "--user zz"),
    case("a context that names a missing cluster", several(x="cluster: nope, user: u"), LOCALHOST, "--context x",
         differs=differs(NAMED, failed('error: cluster "nope" was not found for context "x"'))),
    case("a context that names a missing user", several(x="cluster: cl, user: nope"), EOF, "--context x",
         differs=differs(NAMED, failed('error: user "nope" was not found for context "x"'))),
    case("a context that names a missing cluster and user", several(x="cluster: nope, user: nope"), LOCALHOST,
         "--context x", differs=differs(NAMED, failed('error: user "nope" was not found for context "x"'))),
    case("a context that names a missing cluster, but --cluster is given", several(x="cluster: nope, user: u"),
         sent(), "--context x --cluster cl"),
    case("a context that names a missing user, but --user is given", several(x="cluster: cl, user: nope"), sent(),
         "--context x --user u"),
    case("a context that names a missing user, but --token is given", several(x="cluster: cl, user: nope"),
         sent(authorization="Bearer MARKER-SECRET-flag"), "--context x --token MARKER-SECRET-flag", differs=differs(
             NAMED, failed('error: user "nope" was not found for context "x"'))),
    case("a context that names a missing cluster, but --server is given", several(x="cluster: nope, user: u"), sent(),
         "--context x --server @a@ --certificate-authority @pki@/ca-a.crt", differs=differs(
             NAMED, failed('error: cluster "nope" was not found for context "x"'))),
    case("a context without a cluster", several(x="user: u"), LOCALHOST, "--context x", differs=NOTHING),
    case("a context without a user", several(x="cluster: cl"), EOF, "--context x", differs=NOT_LOGGED_IN),
    case("a context without a user, but with --token", several(x="cluster: cl"),
         sent(authorization="Bearer MARKER-SECRET-flag"), "--context x --token MARKER-SECRET-flag"),
    case("a context that is empty", several(x=""), LOCALHOST, "--context x", differs=NOTHING),
    case("a user that is empty", one(user=""), EOF, differs=NOT_LOGGED_IN),
    case("a user that is empty, with --as", one(user=""), EOF, "--as bob", differs=differs(
        NO_LOGIN, sent(authorization=None, impersonate=("Impersonate-User: bob", )))),
    case("a cluster that is empty", one(""), LOCALHOST, differs=NO_SERVER),
    case("a cluster with everything but a server", one("certificate-authority: @pki@/ca-a.crt"), LOCALHOST,
         differs=NO_SERVER),
    case("no current context", several(""), LOCALHOST, differs=NOTHING),
    case("no current context, but --context", several(""), sent(), "--context c"),
    case("no current context, but --cluster", several(""), EOF, "--cluster cl", differs=NOT_LOGGED_IN),
    case("no current context, but --user", several(""), LOCALHOST, "--user u", differs=NOTHING),
    case("no current context, but --token", several(""), LOCALHOST, "--token MARKER-SECRET", differs=NOTHING),
    case("no current context, but --server with a CA and a token", several(""), sent(),
         "--server @a@ --certificate-authority @pki@/ca-a.crt --token MARKER-SECRET"),
]

CASES = PLAIN + MISSING
