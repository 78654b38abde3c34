"""A webhook's target for tests: what it was told, and what it answers, both in the test's hand."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 10


@dataclass(frozen=True)
class Told:
    path: str
    secret: str | None
    signature: str | None
    body: bytes


@dataclass
class Ear:
    """`answer` is a status; `echo` says whether a handshake is confirmed."""

    url: str = ""
    answer: int = 200
    echo: bool = True
    told: list[Told] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def deliveries(self) -> list[Told]:
        return [each for each in self.told if each.secret is None]

    def wait_for(self, count: int) -> list[Told]:
        """That many deliveries, handshakes apart."""
        deadline = time.monotonic() + PATIENCE
        while len(self.deliveries()) < count:
            assert time.monotonic() < deadline, f"{len(self.deliveries())} of {count} came"
            time.sleep(0.005)
        return self.deliveries()


@contextmanager
def listening() -> Iterator[Ear]:
    ear = Ear()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            secret = self.headers["X-Hook-Secret"]
            answer, echo = ear.answer, ear.echo  # as they are while it is being told
            ear.told.append(Told(self.path, secret, self.headers["X-Hook-Signature"], body))
            ear.meanwhile()
            self.send_response(answer)
            if secret is not None and echo:
                self.send_header("X-Hook-Secret", secret)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    ear.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield ear
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
