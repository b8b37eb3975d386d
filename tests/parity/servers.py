"""API servers that answer 404, and proxies, on the loopback; each request is recorded."""
import base64
import dataclasses
import json
import select
import socket
import ssl
import threading

NOT_FOUND = 'migplans.migration.openshift.io "p1" not found'
REASONS = {
    401: ("Unauthorized", "Unauthorized"), 403: ("Forbidden", "forbidden"), 404: ("NotFound", NOT_FOUND),
    500: ("InternalError", "out of order")
}
PROXY_LOGIN = "alice:MARKER-SECRET"
PATIENCE = 15  # seconds; a client that keeps silent for so long has failed anyway


@dataclasses.dataclass
class Request:
    """What an API server saw of one request."""

    server: str
    method: str
    path: str
    headers: list
    sni: str | None
    certificate: str | None
    via: tuple  # (proxy, how it was asked, its Proxy-Authorization), or ()

    def values(self, name):
        """All values of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


class Log:
    """What all servers of a run saw, in order."""

    def __init__(self):
        self.requests = []
        self.proxied = []  # what proxies were asked for, also in vain
        self._upstream = {}  # local port of a proxy's connection to a server -> who asked for what
        self._lock = threading.Lock()

    def add(self, request):
        """Records a request to an API server."""
        with self._lock:
            self.requests.append(request)

    def asked(self, proxy, what, authorization):
        """Records a request to a proxy."""
        with self._lock:
            self.proxied.append((proxy, what, authorization))
        return (proxy, what, authorization)

    def forwards(self, port, asked):
        """Says that the connection from this port is a proxy's."""
        with self._lock:
            self._upstream[port] = asked

    def via(self, port):
        """Which proxy the connection from this port came through."""
        with self._lock:
            return self._upstream.get(port, ())


def status_body(code):
    """A Status as the API server sends it."""
    reason, message = REASONS[code]
    details = {"name": "p1", "group": "migration.openshift.io", "kind": "migplans"}
    return json.dumps({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
        "reason": reason, "details": details, "code": code
    }).encode()


def read_head(stream):
    """The request line and the headers, or None when the client has gone."""
    first = stream.readline(65536).decode("latin-1").strip()
    if not first:
        return None
    headers = []
    while line := stream.readline(65536).decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers.append((name, value.strip()))
    return first, headers


def common_name(connection):
    """Who the client's certificate says it is, or None without one."""
    certificate = connection.getpeercert() or {}
    names = dict(part[0] for part in certificate.get("subject", ()))
    return names.get("commonName")


class Listener:
    """A socket on the loopback, each connection served by a thread of its own."""

    def __init__(self, name, address="127.0.0.1"):
        self.name = name
        self._socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        self._socket.bind((address, 0))
        self.port = self._socket.getsockname()[1]
        self.host = f"[{address}]" if ":" in address else address

    def start(self):
        """Begins to accept connections."""
        self._socket.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        """Accepts no more connections."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # never listened
        self._socket.close()

    def serve(self, connection, peer):
        """Serves one connection."""
        raise NotImplementedError

    def _accept(self):
        while True:
            try:
                connection, peer = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection, peer), daemon=True).start()

    def _serve(self, connection, peer):
        connection.settimeout(PATIENCE)
        with connection:
            try:
                self.serve(connection, peer)
            except OSError:
                pass  # the client went away, which is its right


class Refusing(Listener):
    """A port that is taken, but where nobody listens."""

    def start(self):
        """Stays silent: a bound socket that does not listen refuses connections."""


class Closing(Listener):
    """Accepts connections and closes them without a word."""

    def serve(self, connection, peer):
        connection.recv(65536)  # what is unread at the end would make a reset of it


class ApiServer(Listener):
    """Answers every request with a Status; HTTPS when it has a TLS context."""

    def __init__(self, name, log, context=None, address="127.0.0.1", answers=()):
        super().__init__(name, address)
        self._log = log
        self._context = context
        self._answers = list(answers)

    def serve(self, connection, peer):
        sni = None
        if self._context is None and connection.recv(1, socket.MSG_PEEK) == b"\x16":
            connection.recv(65536)
            connection.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\nThis is no HTTPS server.\n")
            return
        if self._context is not None:
            connection = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            self._shake_hands(connection)
            sni = getattr(connection, "sni", None)
        head = read_head(connection.makefile("rb"))
        if head is None:
            return
        method, path, _ = head[0].split(" ", 2)
        certificate = common_name(connection) if self._context is not None else None
        self._log.add(Request(self.name, method, path, head[1], sni, certificate, self._log.via(peer[1])))
        self._answer(connection)
        connection.close()

    @staticmethod
    def _shake_hands(connection):
        try:
            connection.do_handshake()
        except ssl.SSLError:
            # a close with unread data would be a reset, and the client would never see the alert
            socket.socket.shutdown(connection, socket.SHUT_WR)
            connection.settimeout(0.5)
            while socket.socket.recv(connection, 4096):
                pass
            raise

    def _answer(self, connection):
        code = self._answers.pop(0) if self._answers else 404
        body = status_body(code)
        head = (f"HTTP/1.1 {code} {REASONS[code][0]}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n")
        connection.sendall(head.encode() + body)


class Proxy(Listener):
    """An HTTP proxy; whatever host it is asked for, it connects to the loopback."""

    def __init__(self, name, log, context=None, login=None):
        super().__init__(name)
        self._log = log
        self._context = context
        self._login = login

    def serve(self, connection, peer):
        if self._context is not None:
            connection = self._context.wrap_socket(connection, server_side=True)
        stream = connection.makefile("rb", buffering=0)
        head = read_head(stream)
        if head is None:
            return
        method, target, _ = head[0].split(" ", 2)
        given = next((value for key, value in head[1] if key.lower() == "proxy-authorization"), None)
        asked = self._log.asked(self.name, f"{method} {target}", given)
        wanted = "Basic " + base64.b64encode(self._login.encode()).decode() if self._login else None
        if wanted is not None and given != wanted:
            connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif method == "CONNECT":
            upstream = connect_upstream(self._log, target, asked)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            pump(connection, upstream)
        else:
            self._forward(connection, head, asked)

    def _forward(self, connection, head, asked):
        """A request in absolute form, as plain http is proxied."""
        method, target, version = head[0].split(" ", 2)
        host, _, path = target.removeprefix("http://").partition("/")
        upstream = connect_upstream(self._log, host, asked)
        kept = [f"{name}: {value}" for name, value in head[1] if not name.lower().startswith("proxy-")]
        upstream.sendall("\r\n".join([f"{method} /{path} {version}", *kept, "", ""]).encode("latin-1"))
        pump(connection, upstream)


class Socks(Listener):
    """A SOCKS5 proxy without a login, for CONNECT to a name or an IPv4 address."""

    def __init__(self, name, log):
        super().__init__(name)
        self._log = log

    def serve(self, connection, peer):
        stream = connection.makefile("rb", buffering=0)
        stream.read(stream.read(2)[1])
        connection.sendall(b"\x05\x00")
        kind = stream.read(4)[3]
        host = stream.read(stream.read(1)[0]).decode() if kind == 3 else socket.inet_ntoa(stream.read(4))
        target = f"{host}:{int.from_bytes(stream.read(2), 'big')}"
        upstream = connect_upstream(self._log, target, self._log.asked(self.name, f"SOCKS5 {target}", None))
        connection.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        pump(connection, upstream)


def connect_upstream(log, target, asked):
    """A connection to the port of this target, on the loopback."""
    upstream = socket.socket(socket.AF_INET)
    upstream.settimeout(PATIENCE)
    upstream.bind(("127.0.0.1", 0))
    log.forwards(upstream.getsockname()[1], asked)
    upstream.connect(("127.0.0.1", int(target.rpartition(":")[2])))
    return upstream


def pump(left, right):
    """Carries bytes both ways until one side closes."""
    other = {left: right, right: left}
    with right:
        while True:
            pending = isinstance(left, ssl.SSLSocket) and left.pending()
            ready = [left] if pending else select.select([left, right], [], [], PATIENCE)[0]
            for side in ready:
                data = side.recv(65536)
                if not data:
                    return
                other[side].sendall(data)
            if not ready:
                return
