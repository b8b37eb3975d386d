"""The certificates of a run: made once, by the openssl command, in a temporary folder."""
import base64
import pathlib
import subprocess

NAMES = "DNS:localhost,DNS:api.parity.test,DNS:tls.parity.test"
ADDRESSES = "IP:127.0.0.1,IP:0.0.0.0,IP:::1"
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
RSA = ("-newkey", "rsa:2048")
IS_CA = "basicConstraints=critical,CA:TRUE"
MINIMAL = "[req]\ndistinguished_name = dn\nprompt = no\n[dn]\nCN = unused\n"

# file name, subject, signed by (None: by itself), extensions
CERTIFICATES = (
    ("ca-a", "/CN=CA A", None, (IS_CA, )),
    ("ca-b", "/CN=CA B", None, (IS_CA, )),
    ("middle", "/CN=Intermediate of A", "ca-a", (IS_CA, )),
    ("a", "/CN=server-a", "ca-a", (f"subjectAltName={NAMES},{ADDRESSES}", )),
    ("b", "/CN=server-b", "ca-b", (f"subjectAltName={NAMES},{ADDRESSES}", )),
    ("leaf", "/CN=leaf", "middle", (f"subjectAltName={NAMES},{ADDRESSES}", )),
    ("cn", "/CN=localhost", "ca-a", ()),
    ("other", "/CN=localhost", "ca-a", ("subjectAltName=DNS:other.parity.test", )),
    ("names", "/CN=127.0.0.1", "ca-a", (f"subjectAltName={NAMES}", )),
    ("addresses", "/CN=localhost", "ca-a", (f"subjectAltName={ADDRESSES}", )),
    ("wildcard", "/CN=wildcard", "ca-a", ("subjectAltName=DNS:*.parity.test", )),
    ("purpose", "/CN=purpose", "ca-a", (f"subjectAltName={NAMES},{ADDRESSES}", "extendedKeyUsage=clientAuth")),
    ("self", "/CN=self", None, (f"subjectAltName={NAMES},{ADDRESSES}", "basicConstraints=CA:FALSE")),
    ("alice", "/CN=alice/O=devs", "ca-a", ()),
    ("bob", "/CN=bob", "ca-b", ()),
    ("carol", "/CN=carol", "middle", ()),
)


class Pki:
    """A folder with NAME.crt and NAME.key for every certificate, and some broken files."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self._write("openssl.cnf", MINIMAL)
        for name, subject, issuer, extensions in CERTIFICATES:
            self._certificate(name, subject, issuer, extensions)
        self._certificate("erin", "/CN=erin", "ca-a", (), key=RSA)
        self._expired()
        self._combined()

    def path(self, name):
        """Where the file is."""
        return str(self.folder / name)

    def base64(self, name):
        """The file, as a kubeconfig's *-data field holds it."""
        return base64.b64encode((self.folder / name).read_bytes()).decode()

    def private_marks(self):
        """A line of every private key, as it stands in a file: what no output may hold."""
        lines = [path.read_text().splitlines() for path in self.folder.glob("*.key")]
        return sorted({text[1] for text in lines if len(text) > 2})

    def _certificate(self, name, subject, issuer, extensions, key=EC):
        """One certificate with its key."""
        signer = ("-CA", self.path(f"{issuer}.crt"), "-CAkey", self.path(f"{issuer}.key")) if issuer else ()
        added = [part for extension in extensions for part in ("-addext", extension)]
        self._openssl("req", "-x509", *key, "-nodes", "-days", "2", "-config", self.path("openssl.cnf"), "-subj",
                      subject, *signer, *added, "-keyout", self.path(f"{name}.key"), "-out", self.path(f"{name}.crt"))

    def _expired(self):
        """A server's certificate that ended yesterday."""
        self._openssl("req", "-new", "-key", self.path("a.key"), "-config", self.path("openssl.cnf"),
                      "-subj", "/CN=expired", "-addext", f"subjectAltName={NAMES},{ADDRESSES}", "-out",
                      self.path("expired.csr"))
        self._openssl("x509", "-req", "-in", self.path("expired.csr"), "-CA", self.path("ca-a.crt"), "-CAkey",
                      self.path("ca-a.key"), "-days", "-1", "-copy_extensions", "copyall", "-out",
                      self.path("expired.crt"))
        self._copy("expired.key", "a.key")

    def _combined(self):
        """Chains, bundles, other forms of keys, and files that are no PEM."""
        self._copy("chain.crt", "leaf.crt", "middle.crt")
        self._copy("chain.key", "leaf.key")
        self._copy("bare.crt", "leaf.crt")
        self._copy("bare.key", "leaf.key")
        self._copy("both-cas.crt", "ca-b.crt", "ca-a.crt")
        self._copy("carol-chain.crt", "carol.crt", "middle.crt")
        self._copy("mixed.pem", "alice.key", "ca-a.crt")
        self._copy("alice-both.pem", "alice.crt", "alice.key")
        self._openssl("pkey", "-in", self.path("alice.key"), "-traditional", "-out", self.path("alice-sec1.key"))
        self._openssl("pkey", "-in", self.path("erin.key"), "-traditional", "-out", self.path("erin-pkcs1.key"))
        self._openssl("pkey", "-in", self.path("alice.key"), "-aes256", "-passout", "pass:MARKER-SECRET", "-out",
                      self.path("alice-locked.key"))
        self._openssl("x509", "-in", self.path("ca-a.crt"), "-outform", "der", "-out", self.path("ca-a.der"))
        comment = "Subject: CN=CA A\n"
        self._write("commented.crt", comment + (self.folder / "ca-a.crt").read_text() + "\n# the end\n")
        self._write("windows.crt", (self.folder / "ca-a.crt").read_text().replace("\n", "\r\n"))
        (self.folder / "hashed").mkdir()
        name = self._openssl("x509", "-in", self.path("ca-a.crt"), "-noout", "-hash").strip()
        self._copy(f"hashed/{name}.0", "ca-a.crt")
        self._write("broken.crt", "no PEM at all\n")
        self._write("broken.key", "MARKER-SECRET is no PEM at all\n")
        self._write("damaged.crt", "-----BEGIN CERTIFICATE-----\nTUFSS0VSLVNFQ1JFVA==\n-----END CERTIFICATE-----\n")
        self._write("empty", "")
        self._write("token", "MARKER-SECRET-file\n")

    def _write(self, name, text):
        (self.folder / name).write_text(text, newline="")

    def _copy(self, name, *parts):
        self._write(name, "".join((self.folder / part).read_text() for part in parts))

    def _openssl(self, *arguments):
        done = subprocess.run(("openssl", *arguments), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"openssl {' '.join(arguments)}: {done.stderr}")
        return done.stdout
