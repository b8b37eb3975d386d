"""The servers of one run, by name, each started when a case first names it."""
import ssl
import threading

from servers import PROXY_LOGIN, ApiServer, Closing, Log, Proxy, Refusing, Socks


def remember_sni(connection, name, _context):
    """Keeps what the client asked for, to be recorded with the request."""
    connection.sni = name


class Contexts:
    """The TLS contexts of a run, made when first needed."""

    CLIENTS = {"insists": ssl.CERT_REQUIRED}

    def __init__(self, pki):
        self._pki = pki
        self._made = {}
        self._lock = threading.Lock()

    def of(self, kind):
        """The context of one kind of server."""
        with self._lock:
            if kind not in self._made:
                self._made[kind] = self._make(kind)
            return self._made[kind]

    def _make(self, kind):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate = TLS_SERVERS[kind]
        context.load_cert_chain(self._pki.path(f"{certificate}.crt"), self._pki.path(f"{certificate}.key"))
        # every server asks for a certificate: one that is sent unasked-for by the kubeconfig would be seen
        context.verify_mode = self.CLIENTS.get(kind, ssl.CERT_OPTIONAL)
        for authority in ("ca-a.crt", "ca-b.crt"):
            context.load_verify_locations(self._pki.path(authority))
        context.sni_callback = remember_sni
        if kind == "old":
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        if kind == "twelve":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context


# kind of server -> its certificate
TLS_SERVERS = {
    "a": "a", "b": "b", "chain": "chain", "bare": "bare", "cn": "cn", "other": "other", "names": "names",
    "addresses": "addresses", "wildcard": "wildcard", "purpose": "purpose", "self": "self", "expired": "expired",
    "insists": "a", "old": "a", "twelve": "a", "six": "a", "tlsproxy": "a"
}
SCHEMES = {
    "plain": "http", "proxy": "http", "lockedproxy": "http", "closing": "http", "tlsproxy": "https", "socks": "socks5"
}


class World:
    """The servers of one run, each started when it is first named; `a2` is one more of the kind `a`."""

    def __init__(self, contexts, answers):
        self.log = Log()
        self._contexts = contexts
        self._answers = answers
        self._servers = {}

    def server(self, name):
        """The server of this name."""
        if name not in self._servers:
            self._servers[name] = self._make(name)
            self._servers[name].start()
        return self._servers[name]

    def url(self, name):
        """Where to reach it."""
        server = self.server(name)
        return f"{SCHEMES.get(name.rstrip('0123456789'), 'https')}://{server.host}:{server.port}"

    def names_by_port(self):
        """Which server stands behind which port."""
        return {server.port: name for name, server in self._servers.items()}

    def stop(self):
        """Ends all servers."""
        for server in self._servers.values():
            server.stop()

    def _make(self, name):
        kind = name.rstrip("0123456789")
        if kind == "refused":
            return Refusing(name)
        if kind == "closing":
            return Closing(name)
        if kind == "socks":
            return Socks(name, self.log)
        if kind in ("proxy", "lockedproxy", "tlsproxy"):
            context = self._contexts.of(kind) if kind == "tlsproxy" else None
            return Proxy(name, self.log, context, PROXY_LOGIN if kind == "lockedproxy" else None)
        context = None if kind == "plain" else self._contexts.of(kind)
        address = "::1" if kind == "six" else "127.0.0.1"
        return ApiServer(name, self.log, context, address, self._answers.get(name, ()))
