"""
A small HTTP server that listens for deliveries, from threads of its own.

It is meant to stand behind a reverse proxy that speaks TLS, and is bounded as if it did not: each
connection has one request, one deadline from its first byte to its last, and a size. When too many
are open the oldest is cut: a delivery takes milliseconds, so what is old is slow.
"""

import contextlib
import socket
import sys
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO, Final, Self

import structlog

from sync.adapters.webhooks.doors import SECRET, SIGNATURE, Delivery, Doors, Reply
from sync.errors import ConfigError
from sync.system import reason_of
from sync.wording import Text

_LOOK_EVERY: Final = 0.25
_MOST_DIGITS: Final = 9
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bounds:
    """
    Seconds for a whole exchange, well within Asana's ten; bytes of the lines before a body and of
    the body; open connections.
    """

    seconds: float = 5.0
    head_bytes: int = 16_384
    body_bytes: int = 1_048_576
    connections: int = 64


class Receiver:
    """Listens from construction on, which raises ConfigError when the address is not to be had."""

    def __init__(self, host: str, port: int, doors: Doors, bounds: Bounds = Bounds()) -> None:
        try:
            self._server = _Server(host, port, doors, bounds)
        except OSError as error:
            shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            why = reason_of(error)
            raise ConfigError(
                Text(
                    f"JALON_WEBHOOK_LISTEN : on ne peut pas écouter sur {shown} ({why.fr}). "
                    "Libérer ce port ou en choisir un autre.",
                    f"JALON_WEBHOOK_LISTEN: cannot listen on {shown} ({why.en}). Free that port "
                    "or choose another.",
                ),
                variable="JALON_WEBHOOK_LISTEN",
            ) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_LOOK_EVERY,), name="webhooks", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Take no more; whatever is still open is cut."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.lines.cut_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Lines:
    """The open connections, oldest first, and since when."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._lock = threading.Lock()
        self._since: OrderedDict[socket.socket, float] = OrderedDict()

    def admit(self, line: socket.socket) -> None:
        with self._lock:
            while len(self._since) >= self._bounds.connections:
                _cut(self._since.popitem(last=False)[0])
            self._since[line] = time.monotonic()

    def leave(self, line: socket.socket) -> None:
        with self._lock:
            self._since.pop(line, None)

    def cut_late(self) -> None:
        earliest = time.monotonic() - self._bounds.seconds
        with self._lock:
            for line, since in list(self._since.items()):
                if since > earliest:
                    break
                del self._since[line]
                _cut(line)

    def cut_all(self) -> None:
        with self._lock:
            for line in self._since:
                _cut(line)
            self._since.clear()


def _cut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, host: str, port: int, doors: Doors, bounds: Bounds) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.doors = doors
        self.bounds = bounds
        self.lines = _Lines(bounds)
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Without the base's look-up of this machine's name, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "jalon", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        self.lines.admit(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.lines.leave(request)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        self.lines.cut_late()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """A line that broke, or was cut by us, is nobody's concern; a defect is."""
        if not isinstance(sys.exception(), OSError):
            _log.exception("webhook.crashed")


class _Head:
    """
    What comes in, with a bound on all lines together: the base bounds each line and their number,
    which allows megabytes.
    """

    def __init__(self, raw: BinaryIO, most: int) -> None:
        self._raw = raw
        self._left = most
        self.read = raw.read
        self.close = raw.close

    def readline(self, size: int) -> bytes:
        line = self._raw.readline(min(size, self._left + 1))
        self._left -= len(line)
        if self._left < 0:
            raise ConnectionAbortedError
        return line

    @property
    def closed(self) -> bool:
        return self._raw.closed


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Jalon"
    sys_version = ""
    server: _Server

    def setup(self) -> None:
        self.request.settimeout(self.server.bounds.seconds)
        super().setup()
        self.rfile: Any = _Head(self.rfile, self.server.bounds.head_bytes)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal()):
            self._send(Reply(411))
            return
        if len(length) > _MOST_DIGITS or int(length) > self.server.bounds.body_bytes:
            self._send(Reply(413))
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True  # the line was cut, so nobody hears an answer
            return
        delivery = Delivery(self.path, self.headers.get(SECRET), self.headers.get(SIGNATURE), body)
        self._send(self.server.doors.answer(delivery))

    def do_GET(self) -> None:
        self._send(Reply(404))

    do_HEAD = do_GET  # noqa: N815 - the base's names

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_details: Any) -> None:
        """Nothing of a stranger's request goes to the log; what matters is told by the doors."""
