"""A hop on loopback: hands requests on, remembers what passed, and may alter an answer."""

import http.client
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

HOP_BY_HOP: Final = frozenset(
    {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}
)
SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Passed:
    """One request and its answer."""

    method: str
    target: str
    sent: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def header(self, name: str) -> str:
        return {key.casefold(): value for key, value in self.headers.items()}.get(name, "")


class Relay(ThreadingHTTPServer):
    """
    Hands on to `upstream`, a URL that may be changed between requests.

    `alter` changes what was answered; a `stand_in` is answered in its place, and then nothing is
    handed on.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        self.upstream = ""
        self.passed: list[Passed] = []
        self.tell_truth()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def tell_truth(self) -> None:
        """Hand on every request, and every answer as it is."""
        self.alter: Callable[[Passed], Passed] = lambda passed: passed
        self.stand_in: Passed | None = None


@contextmanager
def relaying() -> Iterator[Relay]:
    with Relay() as relay:
        thread = threading.Thread(target=relay.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield relay
        finally:
            relay.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Relay

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass

    def _serve(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        stand_in = self.server.stand_in
        passed = self.server.alter(self._handed_on(sent)) if stand_in is None else stand_in
        self.server.passed.append(passed)
        self.send_response(passed.status)
        for name, value in passed.headers.items():
            if name.casefold() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(passed.body)))
        self.end_headers()
        self.wfile.write(passed.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve  # noqa: N815

    def _handed_on(self, sent: bytes) -> Passed:
        upstream = urlsplit(self.server.upstream)
        headers = {
            name: value for name, value in self.headers.items() if name.casefold() not in HOP_BY_HOP
        }
        line = http.client.HTTPConnection(str(upstream.hostname), upstream.port, timeout=SECONDS)
        try:
            line.request(self.command, upstream.path + self.path, sent or None, headers)
            answer = line.getresponse()
            return Passed(
                method=self.command,
                target=self.path,
                sent=sent,
                status=answer.status,
                headers=dict(answer.getheaders()),
                body=answer.read(),
            )
        finally:
            line.close()
