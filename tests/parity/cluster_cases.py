"""What a cluster's server may look like, and its other fields."""
from table import (A, ALICE, PLAN, RAW_DROPS_PATHS, SECRET, TOKEN, basic, case, differs, failed, kubeconfig, matching,
                   one, sent)
from tls_cases import OPENSSL

CA = "certificate-authority: @pki@/ca-a.crt"
OURS = "error: host must be a URL or a host:port pair: .*"
NO_URL = "the wording is another one; the server is named"
# it is refused without being shown
LOGIN_IN_URL = differs("no secrets in URLs: they are printed everywhere",
                       failed('error: the URL of the server "127.0.0.1:@a@" holds a login: it belongs to the user of the '
                              'kubeconfig'))
NOT_TLS = "Unable to connect to the server: tls: first record does not look like a TLS handshake"
NOT_IN_PLAIN = differs("what speaks of TLS is spoken to by TLS; nothing goes out in plain", failed(NOT_TLS))


def server(url, more=CA):
    """A kubeconfig with this server."""
    return one(f"server: '{url}', {more}")


def refused(name, url, theirs, ours):
    """A server that both refuse, each in its own words."""
    return case(name, server(url), matching(theirs), differs=differs(NO_URL, matching(ours)))


def no_url(name, url):
    """A server that both refuse in the same words."""
    return case(name, server(url), failed(f'error: host must be a URL or a host:port pair: "{url}"'))


SERVER = [
    case("an address and a port", server("@a@"), sent()),
    case("a name is sent as SNI", server("https://localhost:@a.port@"), sent(sni="localhost")),
    case("a name may be in capitals", server("https://LOCALHOST:@a.port@"), sent(sni="LOCALHOST")),
    case("a name may end with a dot", {
        "config": server("https://api.parity.test.:@a.port@"), "hosts": "127.0.0.1 api.parity.test api.parity.test.\n"
    }, sent(sni="api.parity.test")),
    case("a scheme may be in capitals", server("HTTPS://127.0.0.1:@a.port@"), sent()),
    case("blanks around the server", server(" @a@ "), matching("Unable to connect to the server: .*"),
         differs=differs(NO_URL, matching(OURS))),
    case("a slash at the end", server("@a@/"), sent()),
    case("a path", server("@a@/k8s/clusters/c-1"), sent(path="/k8s/clusters/c-1" + PLAN), newer_than=RAW_DROPS_PATHS),
    case("a path with a slash at the end", server("@a@/pre/fix/"), sent(path="/pre/fix" + PLAN),
         newer_than=RAW_DROPS_PATHS),
    case("a path with double slashes", server("@a@//pre//fix//"), sent(path="/pre/fix" + PLAN),
         newer_than=RAW_DROPS_PATHS),
    case("a path with dots", server("@a@/a/./b/../c"), sent(path="/a/c" + PLAN), newer_than=RAW_DROPS_PATHS),
    case("a path with a percent sign", server("@a@/a%20b"), sent(path="/a%20b" + PLAN), newer_than=RAW_DROPS_PATHS),
    case("a path with an escaped slash", server("@a@/a%2fb"), sent(path="/a/b" + PLAN), newer_than=RAW_DROPS_PATHS,
         differs=differs("the path goes out as it was written", sent(path="/a%2fb" + PLAN))),
    case("a path with other letters", server("@a@/größe"), sent(path="/gr%C3%B6%C3%9Fe" + PLAN),
         newer_than=RAW_DROPS_PATHS),
    case("a query is dropped", server("@a@/?x=y"), sent()),
    case("a fragment is no path", server("@a@/#here"), sent(path="/%23here" + PLAN), differs=differs(
        "kubectl takes the fragment for a path; ours drops it", sent()), newer_than=RAW_DROPS_PATHS),
    case("a query after a path is dropped", server("@a@/pre?x=y"), sent(path="/pre" + PLAN),
         newer_than=RAW_DROPS_PATHS),
    case("a login in the URL", server("https://alice:MARKER-SECRET@127.0.0.1:@a.port@"),
         sent(authorization=basic(f"alice:{SECRET}")), differs=LOGIN_IN_URL),
    case("a login in the URL without another one",
         one("server: 'https://alice:MARKER-SECRET@127.0.0.1:@a.port@', " + CA, ALICE),
         sent(authorization=basic(f"alice:{SECRET}"), certificate="alice"), differs=LOGIN_IN_URL),
    case("an IPv6 address", server("https://[::1]:@six.port@"), sent("six")),
    case("an IPv6 address, spelled out", server("https://[0:0:0:0:0:0:0:1]:@six.port@"), sent("six")),
    case("a colon without a port", server("https://127.0.0.1:"),
         failed("The connection to the server 127.0.0.1 was refused - did you specify the right host or port?")),
    case("without a port it is 443", server("https://127.0.0.1"),
         failed("The connection to the server 127.0.0.1 was refused - did you specify the right host or port?")),
    case("plain http", server("@plain@", ""), sent("plain", authorization=None)),
    case("plain http with TLS fields", server("@plain@"), sent("plain", authorization=None)),
    case("plain http with a client certificate", one("server: @plain@", ALICE), sent("plain", authorization=None)),
    case("plain http without a user", kubeconfig({"cl": "server: @plain@"}, {}, {"c": "cluster: cl"}),
         sent("plain", authorization=None)),
    case("plain http with impersonation", one("server: @plain@", TOKEN + ", as: bob"),
         sent("plain", authorization=None, impersonate=("Impersonate-User: bob", ))),
    case(
        "plain http with an exec plugin does not run it",
        one("server: @plain@", "exec: {apiVersion: client.authentication.k8s.io/v1, "
            "interactiveMode: Never, command: /nope}"), sent("plain", authorization=None)),
    case("host and port without a scheme are plain http", server("127.0.0.1:@plain.port@", ""),
         sent("plain", authorization=None)),
    case("a name and a port without a scheme are plain http", server("localhost:@plain.port@", ""),
         sent("plain", authorization=None)),
    case("host and port without a scheme are plain http, even with a CA", server("127.0.0.1:@plain.port@"),
         sent("plain", authorization=None), differs=NOT_IN_PLAIN),
    case("host and port without a scheme are plain http, even with insecure-skip-tls-verify",
         server("127.0.0.1:@plain.port@", "insecure-skip-tls-verify: true"), sent("plain", authorization=None),
         differs=NOT_IN_PLAIN),
    case("host and port and path without a scheme", server("127.0.0.1:@a.port@/pre"),
         failed('error: host must be a URL or a host:port pair: "127.0.0.1:@a@/pre"')),
    no_url("a server that is no URL", "https://[::1"),
    no_url("a port that is no number", "https://127.0.0.1:port"),
    no_url("a scheme without a host", "https://"),
    refused("a port that is too big", "https://127.0.0.1:99999", ".*: invalid port", OURS),
    refused("a scheme that nobody knows", "ftp://127.0.0.1:1", ".*: unsupported protocol scheme \"ftp\"", OURS),
    refused("a host that does not exist", "https://nowhere.invalid:6443",
            "Unable to connect to the server: dial tcp: lookup nowhere.invalid on .*: no such host",
            "Unable to connect to the server: dial tcp: lookup nowhere.invalid.*: no such host"),
    case(
        "a port where nobody listens", server("@refused@"),
        failed(
            "The connection to the server 127.0.0.1:@refused@ was refused - did you specify the right host or port?")
    ),
    case(
        "a name and a port where nobody listens", server("https://localhost:@refused.port@"),
        failed(
            "The connection to the server localhost:@refused@ was refused - did you specify the right host or port?")
    ),
    case(
        "http where nobody listens", server("http://127.0.0.1:@refused.port@", ""),
        failed(
            "The connection to the server 127.0.0.1:@refused@ was refused - did you specify the right host or port?")
    ),
    case("https where http is spoken", server("https://127.0.0.1:@plain.port@"),
         failed("Unable to connect to the server: http: server gave HTTP response to HTTPS client"),
         differs=differs(OPENSSL, failed(NOT_TLS))),
    case("a server that hangs up during the handshake", server("https://127.0.0.1:@closing.port@"),
         failed("Unable to connect to the server: EOF")),
]

OTHER = [
    case("disable-compression", one(A + ", disable-compression: true"), sent(gzip=False)),
    case("disable-compression: false", one(A + ", disable-compression: false"), sent()),
    case("tls-server-name is sent as SNI", one(A + ", tls-server-name: tls.parity.test"),
         sent(sni="tls.parity.test")),
    case("api-version of old times is ignored", one(A + ", api-version: v1"), sent()),
    case("a 401 is told as kubectl tells it", one(),
         sent(said="error: You must be logged in to the server (Unauthorized)"), words=True, answers={"a": [401]}),
    case("a 403 is told as kubectl tells it", one(), sent(said="Error from server (Forbidden): forbidden"),
         words=True, answers={"a": [403]}),
    case("a 500 is told as kubectl tells it, and not sent again", one(),
         sent(said="Error from server (InternalError): out of order"), words=True, answers={"a": [500, 500]}),
]

CASES = SERVER + OTHER
