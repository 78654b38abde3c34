"""
The sandbox on a socket: threads, HTTP/1.1, and the means to break a connection on purpose.

Werkzeug routes the requests but its own server closes every connection after one answer;
a client's kept-alive connections, and what happens when one is cut, are part of what is
rehearsed here, so the sockets are served by the standard library's server.
"""

import argparse
import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sync.sandbox.announcements import HEADER
from sync.sandbox.api import Api
from sync.sandbox.call import API_ROOT
from sync.sandbox.clock import parse_instant
from sync.sandbox.control import CONTROL_ROOT, Control
from sync.sandbox.deliveries import Postman
from sync.sandbox.refusal import Refusal, no_route, not_in_sandbox
from sync.sandbox.sandbox import Opening, Sandbox
from sync.sandbox.switches import parse
from sync.sandbox.wire import Line, Reply, Request, refusal_reply

HOST = "127.0.0.1"
BLANKS = 64 * 1024


class SandboxServer(ThreadingHTTPServer):
    """Listens on loopback only: nothing here is meant for a network."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, sandbox: Sandbox, port: int = 0) -> None:
        self.sandbox = sandbox
        self.api = Api(sandbox)
        self.control = Control(sandbox)
        self.postman = Postman(sandbox)
        self._live: set[socket.socket] = set()
        self._live_lock = threading.Lock()
        super().__init__((HOST, port), _Handler)

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.server_port}"

    def greeting(self) -> dict[str, Any]:
        """What a client needs to begin."""
        world = self.sandbox.world
        return {
            "url": f"{self.base_url}{API_ROOT}",
            "control": f"{self.base_url}{CONTROL_ROOT}",
            "token": next(iter(world.tokens)),
            "tokens": {grant.label: token for token, grant in world.tokens.items()},
            "workspace": self.sandbox.workspace.gid,
            "team": self.sandbox.team.gid,
        }

    def answer(self, request: Request) -> Reply:
        try:
            if request.path.startswith(f"{API_ROOT}/"):
                return self.api.answer(request)
            if request.path.startswith(f"{CONTROL_ROOT}/"):
                return self.control.answer(request)
        except Exception:  # noqa: BLE001 - a defect of ours must not look like a lost line
            traceback.print_exc()
            return refusal_reply(Refusal(500, "The sandbox itself is at fault: see its terminal."))
        finally:
            self.postman.look()
        return refusal_reply(no_route())

    def server_close(self) -> None:
        self.postman.close()
        super().server_close()

    def opened(self, connection: socket.socket) -> None:
        with self._live_lock:
            self._live.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._live_lock:
            self._live.discard(connection)

    def hang_up(self) -> None:
        """End the connections that clients keep alive, so that their threads end too."""
        with self._live_lock:
            live = list(self._live)
        for connection in live:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is its own affair; anything else is told on the terminal."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one segment for headers and body
    server: SandboxServer

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.closed(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def version_string(self) -> str:
        return "jalon-sandbox"

    def end_headers(self) -> None:
        """Every answer announces the sandbox, even those that no route gave."""
        self.send_header("Jalon-Sandbox", "1")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Silent: the control interface keeps the log of requests."""

    def _serve(self) -> None:
        if self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            self._send(refusal_reply(not_in_sandbox("chunked bodies")))
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=url.path,
            query=dict(parse_qsl(url.query, keep_blank_values=True)),
            query_text=url.query,
            headers={name.title(): value for name, value in self.headers.items()},
            body=body,
            base_url=self.server.base_url,
        )
        self._send(self.server.answer(request))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _serve  # noqa: N815

    def _send(self, reply: Reply) -> None:
        line = reply.line
        if line.drop:
            self._hold(line.hold)
            self._cut(reset=line.reset)
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        for change in reply.changes:
            self.send_header(HEADER, change)
        length = len(reply.body) + line.pad if line.length is None else line.length
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command != "HEAD":
            self._write(reply.body, line)
        self.wfile.flush()
        if line.cut is not None or line.length is not None:
            self._cut(reset=line.reset)

    def _write(self, body: bytes, line: Line) -> None:
        if line.pause:
            for index in range(len(body)):
                self.wfile.write(body[index : index + 1])
                self.wfile.flush()
                self.server.sandbox.sleep(line.pause)
            return
        self.wfile.write(body[: line.cut])
        for start in range(0, line.pad, BLANKS):
            self.wfile.write(b" " * min(BLANKS, line.pad - start))

    def _hold(self, seconds: float) -> None:
        """Say nothing until the client hangs up, or for so long."""
        if seconds:
            select.select([self.connection], [], [], seconds)

    def _cut(self, *, reset: bool = False) -> None:
        self.close_connection = True
        if reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            os.close(self.connection.detach())  # at once: files on the socket would defer it
        else:
            self.connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def running(sandbox: Sandbox, port: int = 0) -> Iterator[SandboxServer]:
    """Serve a sandbox from a thread of this process, for quick tests."""
    with SandboxServer(sandbox, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            server.hang_up()


def serve(
    opening: Opening,
    port: int = 0,
    *,
    ready: Callable[[str], object] = print,
    until_input_closes: bool = False,
) -> None:
    """
    Serve until SIGTERM or SIGINT, or until standard input closes if that is asked: a parent
    that dies closes it, so that no sandbox outlives its test.

    `ready` gets one line of JSON, once the port is open: url, control, tokens, workspace.
    """
    gc.set_threshold(100_000)  # what is made here is kept: looking for waste only takes time
    with SandboxServer(Sandbox(opening), port) as server:

        def stop(*_signal: object) -> None:
            threading.Thread(target=server.shutdown, daemon=True).start()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)

        def stop_with_parent() -> None:
            sys.stdin.read()
            stop()

        if until_input_closes:
            threading.Thread(target=stop_with_parent, daemon=True).start()
        ready(json.dumps(server.greeting(), ensure_ascii=False))
        server.serve_forever(0.05)
        server.hang_up()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: `python -m sync.sandbox --port N`."""
    parser = argparse.ArgumentParser(
        prog="jalon sandbox",
        description=(
            "Un Asana de répétition, sur cette machine seulement. "
            "An Asana stand-in for rehearsal, on this machine only."
        ),
    )
    parser.add_argument("--port", type=int, default=0, help="0: un port libre / a free port")
    parser.add_argument("--seed", type=int, default=1, help="graine des gid / seed of the gids")
    parser.add_argument(
        "--now", type=_instant, default=None, help="instant de départ / starting instant (ISO 8601)"
    )
    parser.add_argument(
        "--frozen", action="store_true", help="l'horloge reste arrêtée / the clock stands still"
    )
    parser.add_argument(
        "--until-input-closes",
        action="store_true",
        help="arrêter quand l'entrée standard se ferme / stop when standard input closes",
    )
    parser.add_argument(
        "--switch",
        type=_switch,
        action="append",
        default=[],
        metavar="NOM=VALEUR",
        help="interrupteur tourné au départ / a switch turned from the start (docs/sandbox.md)",
    )
    options = parser.parse_args(arguments)

    def ready(line: str) -> None:
        print(line, flush=True)  # noqa: T201 - this line is the command's output

    opening = Opening(
        seed=options.seed, start=options.now, frozen=options.frozen, switches=dict(options.switch)
    )
    serve(opening, options.port, ready=ready, until_input_closes=options.until_input_closes)
    return 0


def _switch(text: str) -> tuple[str, Any]:
    return parse(text)


def _instant(text: str) -> datetime:
    return parse_instant(text)
