"""A server on a real socket that misbehaves on request, below what any HTTP library would do."""

import gzip
import json
import socketserver
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

GOOD = {"data": {"gid": "1", "name": "Café\u00a0: 3\u00a0000"}}


@dataclass
class Faults:
    """What to do with the next requests, and what was done with the past ones."""

    url: str = ""
    script: deque[str | bytes] = field(default_factory=deque)
    fired: list[str | bytes] = field(default_factory=list)
    heard: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)


def answer(status: int, body: bytes, **headers: str) -> bytes:
    """A whole answer, ready to be written to the line."""
    lines = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + body


def good(document: Any = None, **headers: str) -> bytes:
    # raw U+00A0 in the bytes, as Asana sends it
    body = json.dumps(document or GOOD, ensure_ascii=False).encode()
    return answer(200, body, **headers)


SPOILT = {
    "html_200": answer(200, b"<html>Bienvenue</html>"),
    "empty_200": answer(200, b""),
    "truncated_json": answer(200, b'{"data": {"gid": "1'),
    "bad_utf8": answer(200, b'{"data": {"gid": "1", "name": "\xff\xfe"}}'),
    "no_data": answer(200, b'{"gid": "1"}'),
    "a_list": answer(200, b'[{"gid": "1"}]'),
    "not_a_number": answer(200, b'{"data": {"gid": "1", "n": NaN}}'),
    "infinite": answer(200, b'{"data": {"gid": "1", "n": 1e999}}'),
    "oversized": answer(200, b'{"data": "' + b"x" * 70_000 + b'"}'),
    "other_gid": good({"data": {"gid": "2", "name": "une autre"}}),
    "no_gid": good({"data": {"name": "sans identifiant"}}),
    "cut_body": answer(200, b'{"data": {"gid": "1"}}', Content_Length="500"),
    "a_string": answer(200, b'{"data": "1"}'),
    "key_twice": answer(200, b'{"data": {"gid": "1", "name": "a", "name": "b"}}'),
    "too_deep": answer(200, b'{"data": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
    "bomb": answer(200, gzip.compress(b" " * 40_000_000, 1)[:], Content_Encoding="gzip"),
    "two_lengths": answer(200, b'{"data": {"gid": "1"}}', content_length="7"),
    "no_http": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "garbled_header": b"HTTP/1.1 200 OK\r\nContent-Length: deux\r\n\r\n{}",
    "endless_header": b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 70_000 + b"\r\n\r\n",
    "bad_gzip": answer(200, b"not gzip at all", Content_Encoding="gzip"),
}


_ENDS_THE_LINE = ("cut_body", "two_lengths", "no_http", "garbled_header", "endless_header")


class _Line(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        faults: Faults = self.server.faults  # type: ignore[attr-defined]
        if faults.script and faults.script[0] == "handshake_drip":
            faults.fired.append(faults.script.popleft())
            self.wfile.write(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB is announced
            self._drip(faults)
            return
        while request := self.rfile.readline():
            method, path, _ = request.decode().split(" ", 2)
            headers: dict[str, str] = {}
            while (line := self.rfile.readline().decode().strip()) != "":
                name, _, value = line.partition(": ")
                headers[name.lower()] = value
            body = self.rfile.read(int(headers.get("content-length", 0)))
            faults.heard.append((method, path, headers, body))
            fault = faults.script.popleft() if faults.script else good()
            faults.fired.append(fault)
            if not self._act(fault, faults):
                return

    def _act(self, fault: str | bytes, faults: Faults) -> bool:
        if isinstance(fault, bytes):
            self.wfile.write(fault)
            return True
        if fault == "silence":
            faults.ended.wait(10)
        elif fault == "drip":
            self.wfile.write(answer(200, b"", Content_Length="100000"))
            self._drip(faults)
        elif fault == "drip_after_the_end":  # a whole answer, of no stated length, that never ends
            head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
            self.wfile.write(head + json.dumps(GOOD).encode())
            self._drip(faults)
        elif fault == "header_drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            self._drip(faults)
        elif fault in SPOILT:
            self.wfile.write(SPOILT[fault])
            return fault not in _ENDS_THE_LINE
        else:
            assert fault == "hang_up", fault
        return False

    def _drip(self, faults: Faults) -> None:
        try:
            while not faults.ended.wait(0.02):
                self.wfile.write(b" ")
        except OSError:
            return


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line cut by the client is what is being tested."""


@contextmanager
def fault_server() -> Iterator[Faults]:
    with _Server(("127.0.0.1", 0), _Line) as server:
        faults = Faults(f"http://127.0.0.1:{server.server_address[1]}/api/1.0")
        server.faults = faults  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield faults
        finally:
            faults.ended.set()
            server.shutdown()
            thread.join()
