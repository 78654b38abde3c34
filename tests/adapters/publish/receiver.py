"""A receiver on loopback that follows a script, one entry per request."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Received:
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """
    What came in, and `stored`: the effects, by idempotency key.

    A script entry is raw bytes to answer, or `drop-before` and `drop-after` (before or after
    the effect), or `drip` (headers one byte at a time, for ever).
    """

    url: str = ""
    script: list[bytes | str] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    stored: dict[str, bytes] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)


def answer(status: int, document: object = None, **headers: str) -> bytes:
    body = b"" if document is None else json.dumps(document).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    if document is not None:
        kind = "problem+json" if status >= 400 else "json"
        lines.append(f"Content-Type: application/{kind}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextmanager
def receiving(
    *script: bytes | str, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[Receiver]:
    listener = socket.create_server(("127.0.0.1", 0))
    scheme = "https" if tls else "http"
    url = f"{scheme}://{host}:{listener.getsockname()[1]}/suivi"
    receiver = Receiver(url, list(script))
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=_serve, args=(receiver, connection, tls))
            threads.append(thread)
            thread.start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield receiver
    finally:
        receiver.stop.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for thread in threads:
            thread.join()


def _serve(
    receiver: Receiver, connection: socket.socket, tls: ssl.SSLContext | None = None
) -> None:
    if tls is not None:
        try:
            connection = tls.wrap_socket(connection, server_side=True)
        except OSError:  # whoever calls does not like the certificate
            connection.close()
            return
    with connection:
        connection.settimeout(5)
        data = b""
        while b"\r\n\r\n" not in data:
            try:
                more = connection.recv(65536)
            except OSError:
                return
            if not more:  # whoever called went away, over our certificate for instance
                return
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")[1:]
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        while len(body) < int(headers["content-length"]):
            body += connection.recv(65536)
        receiver.received.append(Received(headers, body))
        entry = receiver.script.pop(0) if receiver.script else answer(201)
        if entry == "drop-before":
            return
        receiver.stored[headers["idempotency-key"]] = body
        if entry == "drop-after":
            return
        if entry == "drip":
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not receiver.stop.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return
        elif isinstance(entry, bytes):
            connection.sendall(entry)
