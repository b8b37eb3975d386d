"""The cluster's proxy-url, and the proxies of the environment.

A host like api.parity.test is known to the proxies only, or to /etc/hosts where a case has `hosts`. 0.0.0.0 is the
loopback for the kernel, but not for the rules of NO_PROXY.
"""
from table import (A, CONTEXT, SECRET, TOKEN, UNKNOWN_AUTHORITY, basic, case, differs, failed, kubeconfig, matching,
                   one, sent)

PROXY_LOGIN = basic(f"alice:{SECRET}")
LOCKED = f"http://alice:{SECRET}@127.0.0.1:@lockedproxy.port@"
CA = "certificate-authority: @pki@/ca-a.crt"
FAR = f"server: 'https://api.parity.test:@a.port@', {CA}"
FAR_PLAIN = "server: 'http://api.parity.test:@plain.port@'"
ANY = f"server: 'https://0.0.0.0:@a.port@', {CA}"
HOSTS = "127.0.0.1 localhost api.parity.test\n"
BY_NAME = "proxies of these kinds are refused by name in ours"
PROXY_REFUSED = differs(
    "kubectl blames the server; ours names the proxy",
    failed(
        "Unable to connect to the server: proxyconnect tcp: dial tcp 127.0.0.1:@refused@: connect: connection refused"
    ))
WORDING = "the words of another parser; no password is printed"


def near(proxy):
    """A kubeconfig with this proxy-url."""
    return one(f"{A}, proxy-url: '{proxy}'")


def through(target, proxy="proxy", authorization=None):
    """What the request must look like that went through a proxy's tunnel."""
    return ((proxy, f"CONNECT {target}", authorization))


NEAR = through("127.0.0.1:@a@")
TO_FAR = through("api.parity.test:@a@")
TO_ANY = through("0.0.0.0:@a@")
FAR_SENT = sent(via=TO_FAR, sni="api.parity.test")
FAR_DIRECT = sent(sni="api.parity.test")


def refused(name, proxy, theirs, ours=None, reason=WORDING, **more):
    """A proxy-url that is refused."""
    return case(name, near(proxy), theirs, differs=ours and differs(reason, ours), **more)


URL = [
    case("proxy-url is asked for a tunnel", near("@proxy@"), sent(via=NEAR)),
    case("proxy-url is asked for the name, not for an address", one(FAR + ", proxy-url: @proxy@"), FAR_SENT),
    case("proxy-url gets its user name and password", near(LOCKED),
         sent(via=through("127.0.0.1:@a@", "lockedproxy", PROXY_LOGIN))),
    case("proxy-url gets user name and password without percent signs",
         near("http://us%40r:MARKER-SECRET%2F@127.0.0.1:@proxy.port@"),
         sent(via=through("127.0.0.1:@a@", authorization=basic("us@r:MARKER-SECRET/")))),
    case("proxy-url gets a user name alone", near("http://alice@127.0.0.1:@proxy.port@"),
         sent(via=through("127.0.0.1:@a@", authorization=basic("alice:")))),
    case("proxy-url with an empty user name and password", near("http://:@127.0.0.1:@proxy.port@"),
         sent(via=through("127.0.0.1:@a@", authorization=basic(":")))),
    case("the server does not see the proxy's password, nor the proxy the token", near(LOCKED),
         sent(via=through("127.0.0.1:@a@", "lockedproxy", PROXY_LOGIN))),
    case(
        "proxy-url with the wrong password", near(f"http://alice:wrong-{SECRET}@127.0.0.1:@lockedproxy.port@"),
        failed("Unable to connect to the server: Proxy Authentication Required", proxied=(through(
            "127.0.0.1:@a@", "lockedproxy", basic(f"alice:wrong-{SECRET}")), ))),
    case(
        "proxy-url without a password where one is needed", near("@lockedproxy@"),
        failed("Unable to connect to the server: Proxy Authentication Required", proxied=(through(
            "127.0.0.1:@a@", "lockedproxy"), ))),
    case("proxy-url with a slash at the end", near("@proxy@/"), sent(via=NEAR)),
    case("proxy-url with a path", near("@proxy@/some/where"), sent(via=NEAR)),
    case("proxy-url with a name", near("http://localhost:@proxy.port@"), sent(via=NEAR)),
    case("proxy-url with its scheme in capitals", near("HTTP://127.0.0.1:@proxy.port@"), sent(via=NEAR)),
    case("proxy-url beats HTTPS_PROXY", one(FAR + ", proxy-url: @proxy@"), FAR_SENT,
         env={"HTTPS_PROXY": "@refused@"}),
    case("proxy-url beats NO_PROXY", one(FAR + ", proxy-url: @proxy@"), FAR_SENT, env={"NO_PROXY": "*"}),
    case("proxy-url counts for the loopback as well",
         one(f"server: 'https://localhost:@a.port@', {CA}, proxy-url: @proxy@"),
         sent(via=through("localhost:@a@"), sni="localhost")),
    case("proxy-url with an IPv6 server", one(f"server: 'https://[::1]:@a.port@', {CA}, proxy-url: @proxy@"),
         sent(via=through("[::1]:@a@"))),
    case("proxy-url with tls-server-name", one(f"{A}, proxy-url: @proxy@, tls-server-name: tls.parity.test"),
         sent(via=NEAR, sni="tls.parity.test")),
    case("proxy-url with a client certificate",
         one(f"{A}, proxy-url: @proxy@", "client-certificate: @pki@/alice.crt, client-key: @pki@/alice.key"),
         sent(via=NEAR, authorization=None, certificate="alice")),
    case("proxy-url with a plain http server", one(FAR_PLAIN + ", proxy-url: @proxy@"),
         sent("plain", authorization=None, via=("proxy", "GET http://api.parity.test:@plain@" + sent().path, None))),
    case(
        "proxy-url with a server without a port", one(f"server: 'https://api.parity.test', {CA}, proxy-url: @proxy@"),
        matching("Unable to connect to the server: .*", proxied=(through("api.parity.test:443"), )), differs=differs(
            "what a proxy's silence is called",
            matching("Unable to connect to the server: .*|The connection to the "
                     "server .* was refused .*", proxied=(through("api.parity.test:443"), )))),
    case("an empty proxy-url counts as not given", near(""), sent()),
    case("--server keeps proxy-url", one("server: @b@, certificate-authority: @pki@/ca-a.crt, proxy-url: @proxy@"),
         sent(via=NEAR), "--server @a@"),
    case("the server's certificate is verified through a proxy",
         one("server: @b@, certificate-authority: @pki@/ca-a.crt, proxy-url: @proxy@"),
         failed(UNKNOWN_AUTHORITY, proxied=(through("127.0.0.1:@b@"), ))),
    case("proxy-url where nobody listens", near("http://127.0.0.1:@refused.port@"),
         failed("The connection to the server 127.0.0.1:@a@ was refused - did you specify the right host or port?"),
         differs=PROXY_REFUSED),
    case(
        "proxy-url with a host that does not exist", near("http://nowhere.invalid:3128"),
        matching(
            "Unable to connect to the server: proxyconnect tcp: dial tcp: lookup nowhere.invalid on .*: no such host"
        ), differs=differs(
            "no resolver is named",
            matching(
                "Unable to connect to the server: proxyconnect tcp: dial tcp: lookup nowhere.invalid.*: no such host")
        )),
    case("proxy-url with https", near("https://localhost:@tlsproxy.port@"),
         sent(via=through("127.0.0.1:@a@", "tlsproxy")), env={"SSL_CERT_FILE": "@pki@/ca-a.crt"}, differs=differs(
             BY_NAME, matching('error: .*proxy-url.*https.*'))),
    case("proxy-url with socks5", near("@socks@"), sent(via=("socks", "SOCKS5 127.0.0.1:@a@", None)), differs=differs(
        BY_NAME, matching('error: .*proxy-url.*socks5.*'))),
    case("proxy-url with socks5h", near("socks5h://127.0.0.1:@socks.port@"),
         matching("error: .*unsupported scheme \"socks5h\".*"), differs=differs(
             BY_NAME, matching('error: .*proxy-url.*socks5h.*'))),
    refused(
        "proxy-url with a scheme that nobody knows", "ftp://127.0.0.1:3128",
        failed("error: invalid 'proxy-url' \"ftp://127.0.0.1:3128\" for cluster \"cl\": unsupported scheme \"ftp\", "
               "must be http, https, or socks5")),
    refused(
        "proxy-url without a scheme", "127.0.0.1:3128",
        failed("error: invalid 'proxy-url' \"127.0.0.1:3128\" for cluster \"cl\": could not parse: 127.0.0.1:3128")),
    refused("proxy-url without a scheme, but with a password", f"alice:{SECRET}@127.0.0.1:3128",
            matching("error: invalid 'proxy-url' .*"), matching("error: invalid 'proxy-url' .*"), theirs_leaks=True),
    refused(
        "proxy-url that is a name and a port", "localhost:3128",
        matching("error: invalid 'proxy-url' \"localhost:3128\" for cluster "
                 "\"cl\": unsupported scheme \"localhost\", must be http, https, or socks5"),
        matching("error: invalid 'proxy-url' \"localhost:3128\" for cluster \"cl\": .*")),
    refused("proxy-url that is a word", "proxy",
            matching("error: invalid 'proxy-url' \"proxy\" for cluster \"cl\": .*")),
    refused("proxy-url that is no URL", "http://[::1",
            failed("error: invalid 'proxy-url' \"http://[::1\" for cluster \"cl\": could not parse: http://[::1")),
    refused(
        "proxy-url without a host", "http://",
        failed("The connection to the server 127.0.0.1:@a@ was refused - did you specify the right host or port?"),
        matching("error: invalid 'proxy-url' \"http://\" for cluster \"cl\": .*"),
        "kubectl takes it for port 80 of this machine"),
    case("a bad proxy-url of a cluster that is not used does not matter",
         kubeconfig({"cl": A, "x": "server: @b@, proxy-url: 'ftp://x'"}, {"u": TOKEN}, {"c": CONTEXT}), sent()),
]


def by_environment(name, want, cluster=FAR, **env):
    """A case about the environment's proxies; api.parity.test is known also without a proxy."""
    return case(name, {"config": one(cluster), "hosts": HOSTS}, want, env=env)


PLAIN_SENT = sent("plain", authorization=None,
                  via=("proxy", "GET http://api.parity.test:@plain@" + sent().path, None))
PLAIN_DIRECT = sent("plain", authorization=None)

ENVIRONMENT = [
    by_environment("HTTPS_PROXY is for https", FAR_SENT, HTTPS_PROXY="@proxy@"),
    by_environment("https_proxy is for https", FAR_SENT, https_proxy="@proxy@"),
    by_environment("HTTPS_PROXY beats https_proxy", FAR_SENT, HTTPS_PROXY="@proxy@", https_proxy="@proxy2@"),
    by_environment("an empty HTTPS_PROXY leaves it to https_proxy", FAR_SENT, HTTPS_PROXY="", https_proxy="@proxy@"),
    by_environment("HTTPS_PROXY may lack its scheme", FAR_SENT, HTTPS_PROXY="127.0.0.1:@proxy.port@"),
    by_environment("HTTPS_PROXY may be a name without its scheme", FAR_SENT, HTTPS_PROXY="localhost:@proxy.port@"),
    by_environment("HTTPS_PROXY gets its user name and password",
                   sent(via=through("api.parity.test:@a@", "lockedproxy", PROXY_LOGIN), sni="api.parity.test"),
                   HTTPS_PROXY=LOCKED),
    by_environment("HTTPS_PROXY may lack its scheme and have a password",
                   sent(via=through("api.parity.test:@a@", "lockedproxy", PROXY_LOGIN), sni="api.parity.test"),
                   HTTPS_PROXY=LOCKED.removeprefix("http://")),
    by_environment("HTTPS_PROXY is not for http", PLAIN_DIRECT, FAR_PLAIN, HTTPS_PROXY="@proxy@"),
    by_environment("HTTP_PROXY is for http", PLAIN_SENT, FAR_PLAIN, HTTP_PROXY="@proxy@"),
    by_environment("http_proxy is for http", PLAIN_SENT, FAR_PLAIN, http_proxy="@proxy@"),
    by_environment("HTTP_PROXY is not for https", FAR_DIRECT, HTTP_PROXY="@proxy@"),
    case(
        "HTTP_PROXY where REQUEST_METHOD is set as well", {"config": one(FAR_PLAIN), "hosts": HOSTS},
        failed("Unable to connect to the server: refusing to use HTTP_PROXY value in CGI environment; "
               "see golang.org/s/cgihttpproxy"), env={"HTTP_PROXY": "@proxy@", "REQUEST_METHOD": "GET"},
        differs=differs("ours is no CGI program", PLAIN_SENT)),
    by_environment("ALL_PROXY is ignored", FAR_DIRECT, ALL_PROXY="@proxy@", all_proxy="@proxy@"),
    by_environment("the loopback is never proxied, by address", sent(), A, HTTPS_PROXY="@proxy@"),
    by_environment("the loopback is never proxied, by name", sent(sni="localhost"),
                   f"server: 'https://localhost:@a.port@', {CA}", HTTPS_PROXY="@proxy@"),
    by_environment("the loopback is never proxied, by IPv6 address", sent("six"),
                   f"server: 'https://[::1]:@six.port@', {CA}", HTTPS_PROXY="@proxy@"),
    by_environment("another address is proxied", sent(via=TO_ANY), ANY, HTTPS_PROXY="@proxy@"),
    case("HTTPS_PROXY with socks5", {"config": one(FAR), "hosts": HOSTS},
         sent(via=("socks", "SOCKS5 api.parity.test:@a@", None), sni="api.parity.test"),
         env={"HTTPS_PROXY": "@socks@"}, differs=differs(BY_NAME, matching('error: .*HTTPS_PROXY.*socks5.*'))),
    case("HTTPS_PROXY with https", {"config": one(FAR), "hosts": HOSTS},
         sent(via=through("api.parity.test:@a@", "tlsproxy"), sni="api.parity.test"),
         env={"HTTPS_PROXY": "@tlsproxy@"}, differs=differs(BY_NAME, matching('error: .*HTTPS_PROXY.*https.*'))),
    case("HTTPS_PROXY of a kind that is refused does not matter where NO_PROXY holds",
         {"config": one(FAR), "hosts": HOSTS}, FAR_DIRECT, env={"HTTPS_PROXY": "@socks@", "NO_PROXY": "parity.test"}),
    case(
        "HTTPS_PROXY where nobody listens", {"config": one(FAR), "hosts": HOSTS},
        failed(
            "The connection to the server api.parity.test:@a@ was refused - did you specify the right host or port?"),
        env={"HTTPS_PROXY": "http://127.0.0.1:@refused.port@"}, differs=PROXY_REFUSED),
    case("HTTPS_PROXY that is no URL", {"config": one(FAR), "hosts": HOSTS},
         matching("Unable to connect to the server: proxyconnect tcp: dial tcp: lookup http on .*: no such host"),
         env={"HTTPS_PROXY": "http://[::1"}, differs=differs(
             WORDING, matching(r'error: HTTPS_PROXY "http://\[::1": could not parse: .*'))),
]


def not_proxied(rule, cluster=FAR, want=FAR_DIRECT, variable="NO_PROXY"):
    """A NO_PROXY that holds for this cluster."""
    return by_environment(f"{variable}={rule} holds for {'a name' if cluster is FAR else 'an address'}", want,
                          cluster, HTTPS_PROXY="@proxy@", **{variable: rule})


def still_proxied(rule, cluster=FAR, want=FAR_SENT):
    """A NO_PROXY that does not hold for this cluster."""
    return by_environment(f"NO_PROXY={rule} does not hold for {'a name' if cluster is FAR else 'an address'}", want,
                          cluster, HTTPS_PROXY="@proxy@", NO_PROXY=rule)


NO_PROXY = [
    not_proxied("*"),
    not_proxied("api.parity.test"),
    not_proxied("api.parity.test", variable="no_proxy"),
    not_proxied("API.Parity.TEST"),
    not_proxied("parity.test"),
    not_proxied(".parity.test"),
    not_proxied("*.parity.test"),
    not_proxied("test"),
    not_proxied(".test"),
    not_proxied("elsewhere.org, parity.test ,other.org"),
    not_proxied("elsewhere.org,,parity.test"),
    not_proxied("api.parity.test:@a.port@"),
    not_proxied("parity.test:@a.port@"),
    not_proxied("elsewhere,*"),
    still_proxied(""),
    still_proxied("arity.test"),
    still_proxied("pi.parity.test"),
    still_proxied("api.parity.test:1"),
    still_proxied("sub.api.parity.test"),
    still_proxied(".api.parity.test"),
    still_proxied("api.parity.*"),
    still_proxied("*api.parity.test"),
    still_proxied("elsewhere.org parity.test"),
    still_proxied("127.0.0.1"),
    still_proxied("api.parity.test."),
    not_proxied("0.0.0.0", ANY, sent()),
    not_proxied("0.0.0.0/8", ANY, sent()),
    not_proxied("10.0.0.0/8,0.0.0.0/1", ANY, sent()),
    not_proxied("0.0.0.0:@a.port@", ANY, sent()),
    not_proxied("*", ANY, sent()),
    still_proxied("0.0.0.1", ANY, sent(via=TO_ANY)),
    still_proxied("0.0.0.1/32", ANY, sent(via=TO_ANY)),
    still_proxied("0.0.0", ANY, sent(via=TO_ANY)),
    still_proxied("0.0.0.0:1", ANY, sent(via=TO_ANY)),
    still_proxied("0.0.0.0/99", ANY, sent(via=TO_ANY)),
    still_proxied("::/0", ANY, sent(via=TO_ANY)),
]

CASES = URL + ENVIRONMENT + NO_PROXY
