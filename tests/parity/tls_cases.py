"""Which servers are believed, and which client certificates are shown."""
from table import A, ALICE, TOKEN, case, differs, failed, matching, one, sent

FAILED = "Unable to connect to the server: tls: failed to verify certificate: x509: "
AT_CONNECT = "Unable to connect to the server: "
UNKNOWN = failed(FAILED + "certificate signed by unknown authority")
LEGACY = failed(FAILED + "certificate relies on legacy Common Name field, use SANs instead")
NOT_PEM = failed("error: unable to load root certificates: unable to parse bytes as PEM block")
OPENSSL = "another TLS library, other words; the cause is named"
INSECURE = ", insecure-skip-tls-verify: true"


def trusting(kind, authority="ca-a.crt", more=""):
    """A kubeconfig with a server of this kind and the CA in this file."""
    return one(f"server: '@{kind}@', certificate-authority: @pki@/{authority}{more}")


def by_name(kind, more=""):
    """The same, reached as localhost."""
    return one(f"server: 'https://localhost:@{kind}.port@', certificate-authority: @pki@/ca-a.crt{more}")


def login(user):
    """A kubeconfig with this user."""
    return one(user=user)


def files(name, key=None):
    """A client certificate as files."""
    return f"client-certificate: @pki@/{name}, client-key: @pki@/{key or name.replace('.crt', '.key')}"


def data(name, key):
    """A client certificate as data."""
    return f"client-certificate-data: '@b64:{name}@', client-key-data: '@b64:{key}@'"


TRUST = [
    case("a CA in a file", trusting("a"), sent()),
    case("a CA as data", one("server: @a@, certificate-authority-data: '@b64:ca-a.crt@'"), sent()),
    case("another CA", trusting("a", "ca-b.crt"), UNKNOWN),
    case("a bundle that holds the CA as its second", trusting("a", "both-cas.crt"), sent()),
    case("without a CA the system's authorities count", one("server: @a@"), UNKNOWN),
    case("SSL_CERT_FILE counts among the system's authorities", one("server: @a@"), sent(),
         env={"SSL_CERT_FILE": "@pki@/ca-a.crt"}),
    case("SSL_CERT_DIR counts among the system's authorities", one("server: @a@"), sent(),
         env={"SSL_CERT_DIR": "@pki@/hashed"}),
    case("SSL_CERT_DIR counts, whatever its files are called",
         {"config": one("server: @a@"), "trust/any.pem": "symlink:@pki@/ca-a.crt"}, sent(),
         env={"SSL_CERT_DIR": "@dir@/trust"}),
    case("with a CA the system's authorities do not count", trusting("a", "ca-b.crt"), UNKNOWN,
         env={"SSL_CERT_FILE": "@pki@/ca-a.crt"}),
    case("insecure-skip-tls-verify believes everybody", one("server: @b@" + INSECURE), sent("b")),
    case("insecure-skip-tls-verify believes a self-signed one", one("server: @self@" + INSECURE), sent("self")),
    case("insecure-skip-tls-verify believes an expired one", one("server: @expired@" + INSECURE), sent("expired")),
    case("insecure-skip-tls-verify believes another name", one("server: 'https://localhost:@other.port@'" + INSECURE),
         sent("other", sni="localhost")),
    case("insecure-skip-tls-verify sends tls-server-name",
         one("server: @other@, tls-server-name: x.parity.test" + INSECURE), sent("other", sni="x.parity.test")),
    case("insecure-skip-tls-verify: false verifies", one("server: @b@, insecure-skip-tls-verify: false"), UNKNOWN),
    case("a server with its intermediate", trusting("chain"), sent("chain")),
    case("a server that does not send its intermediate", trusting("bare"), UNKNOWN),
    case("a server that does not send its intermediate, which is the CA", trusting("bare", "middle.crt"),
         sent("bare")),
    case("an intermediate as CA is enough", trusting("chain", "middle.crt"), sent("chain")),
    case("the server's own certificate as CA is enough", trusting("a", "a.crt"), sent()),
    case("a self-signed server's certificate as CA", trusting("self", "self.crt"), sent("self")),
    case("a self-signed server", trusting("self"), UNKNOWN),
    case("the certificate of another server as CA", trusting("a", "self.crt"), UNKNOWN),
    case(
        "a certificate that has ended", trusting("expired"),
        matching(
            FAILED.replace(".", r"\.") +
            "certificate has expired or is not yet valid: current time @now@ is after .*")),
    case("a certificate for clients only", trusting("purpose"),
         failed(FAILED + "certificate specifies an incompatible key usage")),
]

NAMES = [
    case("a name that the certificate has", by_name("names"), sent("names", sni="localhost")),
    case("an address that the certificate has", trusting("addresses"), sent("addresses")),
    case("a name, but the certificate has only addresses", by_name("addresses"),
         failed(FAILED + "certificate is not valid for any names, but wanted to match localhost")),
    case("an address, but the certificate has only names", trusting("names"),
         failed(FAILED + "cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs")),
    case("another name than the certificate's", by_name("other"),
         failed(FAILED + "certificate is valid for other.parity.test, not localhost")),
    case(
        "several names, but another one", by_name("names", ", tls-server-name: nope.parity.test"),
        failed(FAILED +
               "certificate is valid for localhost, api.parity.test, tls.parity.test, not nope.parity.test")),
    case("only a common name, reached by name", by_name("cn"), LEGACY),
    case("only a common name, reached by address", trusting("cn"),
         failed(FAILED + "cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs")),
    case("tls-server-name is what the certificate must have",
         trusting("other", more=", tls-server-name: other.parity.test"), sent("other", sni="other.parity.test")),
    case(
        "tls-server-name that the certificate does not have",
        trusting("a", more=", tls-server-name: other.parity.test"),
        failed(FAILED +
               "certificate is valid for localhost, api.parity.test, tls.parity.test, not other.parity.test")),
    case("tls-server-name may be an address", by_name("addresses", ", tls-server-name: 127.0.0.1"),
         sent("addresses")),
    case("tls-server-name may be in capitals", trusting("a", more=", tls-server-name: TLS.parity.test"),
         sent(sni="TLS.parity.test")),
    case("a wildcard is for one label", trusting("wildcard", more=", tls-server-name: api.parity.test"),
         sent("wildcard", sni="api.parity.test")),
    case("a wildcard is not for two labels", trusting("wildcard", more=", tls-server-name: a.b.parity.test"),
         failed(FAILED + "certificate is valid for *.parity.test, not a.b.parity.test")),
    case("a wildcard is not for none", trusting("wildcard", more=", tls-server-name: parity.test"),
         failed(FAILED + "certificate is valid for *.parity.test, not parity.test")),
]

PEM = [
    case("a CA with text around it", trusting("a", "commented.crt"), sent()),
    case("a CA with Windows' line ends", trusting("a", "windows.crt"), sent()),
    case("a CA with a private key beside it", trusting("a", "mixed.pem"), sent()),
    case("a CA that is no PEM", trusting("a", "broken.crt"), NOT_PEM),
    case("a CA that is DER", trusting("a", "ca-a.der"), NOT_PEM),
    case(
        "a CA file that is empty", trusting("a", "empty"), UNKNOWN, differs=differs(
            "kubectl takes it for none, which means the system's authorities: nobody meant that",
            failed("error: unable to read certificate-authority @pki@/empty for cl due to @pki@/empty is empty"))),
    case("a CA that is PEM, but no certificate", trusting("a", "alice.key"),
         failed("error: unable to load root certificates: no valid certificate authority data seen")),
    case("a CA whose PEM is damaged", trusting("a", "damaged.crt"),
         matching("error: unable to load root certificates: .*"), differs=differs(
             OPENSSL, matching("error: unable to load root certificates: .*"))),
    case("CA data that is no PEM", one("server: @a@, certificate-authority-data: aGVsbG8="), NOT_PEM),
    case("CA data that is empty counts as not given", one(A + ", certificate-authority-data: ''"), sent()),
]

VERSIONS = [
    case("TLS 1.2 is spoken", trusting("twelve"), sent("twelve")),
    case("TLS 1.1 is not spoken", trusting("old"),
         failed("Unable to connect to the server: remote error: tls: protocol version not supported")),
    case("TLS 1.1 is not spoken either when nothing is verified", one("server: @old@" + INSECURE),
         failed("Unable to connect to the server: remote error: tls: protocol version not supported")),
]

CLIENT = [
    case("a client certificate as files", login(files("alice.crt")), sent(authorization=None, certificate="alice")),
    case("a client certificate as data", login(data("alice.crt", "alice.key")),
         sent(authorization=None, certificate="alice")),
    case("a certificate as a file, its key as data",
         login("client-certificate: @pki@/alice.crt, client-key-data: '@b64:alice.key@'"),
         sent(authorization=None, certificate="alice")),
    case("a certificate as data, its key as a file",
         login("client-certificate-data: '@b64:alice.crt@', client-key: @pki@/alice.key"),
         sent(authorization=None, certificate="alice")),
    case("a client certificate and a token are both sent", login(files("alice.crt") + ", " + TOKEN),
         sent(certificate="alice")),
    case("a client certificate of another CA is sent", login(files("bob.crt")),
         sent(authorization=None, certificate="bob")),
    case("a client certificate with its intermediate", login(files("carol-chain.crt", "carol.key")),
         sent(authorization=None, certificate="carol")),
    case("an RSA key", login(files("erin.crt")), sent(authorization=None, certificate="erin")),
    case("an RSA key in its old form", login(files("erin.crt", "erin-pkcs1.key")),
         sent(authorization=None, certificate="erin")),
    case("an EC key in its old form", login(files("alice.crt", "alice-sec1.key")),
         sent(authorization=None, certificate="alice")),
    case("certificate and key in one file", login(files("alice-both.pem", "alice-both.pem")),
         sent(authorization=None, certificate="alice")),
    case("a client certificate over TLS 1.2", one("server: @twelve@, certificate-authority: @pki@/ca-a.crt", ALICE),
         sent("twelve", authorization=None, certificate="alice")),
    case("a server that insists on a certificate and gets one",
         one("server: @insists@, certificate-authority: @pki@/ca-a.crt", ALICE),
         sent("insists", authorization=None, certificate="alice")),
    case("a server that insists on a certificate and gets none", trusting("insists"),
         failed("Unable to connect to the server: remote error: tls: certificate required")),
    case("a server that does not believe the client's certificate",
         one("server: @insists@, certificate-authority: @pki@/ca-a.crt", files("self.crt")),
         failed("Unable to connect to the server: remote error: tls: unknown certificate authority")),
    case("a key of another certificate", login(files("alice.crt", "bob.key")),
         failed(AT_CONNECT + "tls: private key does not match public key"), differs=differs(
             OPENSSL, failed("error: tls: private key does not match public key"))),
    case("a key of another kind", login(files("alice.crt", "erin.key")),
         failed(AT_CONNECT + "tls: private key type does not match public key type"), differs=differs(
             OPENSSL, matching(".*tls: private key does not match public key"))),
    case("a key that is locked by a passphrase", login(files("alice.crt", "alice-locked.key")),
         failed(AT_CONNECT + "tls: failed to parse private key"), differs=differs(OPENSSL,
                                                                                  matching(".*tls: .*key.*"))),
    case("a key that is no PEM", login(files("alice.crt", "broken.key")),
         failed(AT_CONNECT + "tls: failed to find any PEM data in key input"), differs=differs(
             OPENSSL, failed("error: tls: failed to find any PEM data in key input"))),
    case("a key as data that is no PEM",
         login("client-certificate: @pki@/alice.crt, client-key-data: TUFSS0VSLVNFQ1JFVA=="),
         failed("error: " + "tls: failed to find any PEM data in key input")),
    case("a certificate that is no PEM", login(files("broken.crt", "alice.key")),
         failed(AT_CONNECT + "tls: failed to find any PEM data in certificate input"), differs=differs(
             OPENSSL, failed("error: tls: failed to find any PEM data in certificate input"))),
    case(
        "certificate and key swapped", login(files("alice.key", "alice.crt")),
        failed(AT_CONNECT +
               "tls: failed to find certificate PEM data in certificate input, but did find a private key; "
               "PEM inputs may have been switched"), differs=differs(OPENSSL, matching(".*tls: .*certificate.*"))),
    case("a certificate whose PEM is damaged", login(files("damaged.crt", "alice.key")),
         failed(AT_CONNECT + "x509: malformed certificate"), differs=differs(OPENSSL,
                                                                             matching(".*tls: .*certificate.*"))),
]

CASES = TRUST + NAMES + PEM + VERSIONS + CLIENT
