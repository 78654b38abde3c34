"""
One HTTP exchange that really ends, and an answer that really is one.

The SDK's own transport has no timeout by default, ignores a float one, follows redirects and
cannot bound a server that sends a byte now and then; its decoding turns U+00A0 into a space,
hands on HTML as bytes and takes an empty answer for a good one. Both are replaced here and
nothing above can tell: `Transport` takes the place of the SDK's REST client, `decode` that of
its deserialisation.
"""

import json
import math
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self
from urllib.parse import urlencode, urlsplit

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection

Mishap = Literal["unsent", "untrusted", "silence", "cut", "unreadable", "status"]
"""
`unsent`: not one byte left. `untrusted`: the certificate did not hold, so nothing left either.
`silence`: no answer in time. `cut`: the line broke. `unreadable`: an answer, not Asana's.
"""

_CHUNK: Final = 65_536
_SURROGATE: Final = b"\\ud"


class Failure(Exception):
    """What went wrong with one exchange, before anybody decided what it means."""

    def __init__(
        self,
        mishap: Mishap,
        *,
        status: int = 0,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> None:
        super().__init__(mishap, status)
        self.mishap: Mishap = mishap
        self.status = status
        self.headers = headers or {}
        self.body = body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `data` and `getheaders` are the names that the SDK expects."""

    status: int
    headers: Mapping[str, str]
    data: bytes = field(repr=False)

    def getheaders(self) -> Mapping[str, str]:
        return self.headers


class _Watch:
    """
    Cuts the line of one exchange once its time is up, wherever it then stands.

    Opening it counts: each address gets no more than the time that is left, and so does the
    whole of a TLS handshake. Out of reach is the look-up of the name, which the operating system
    bounds as it likes; after one that took too long nothing is tried.
    """

    def __init__(self, seconds: float) -> None:
        self.sent = False
        self.expired = False
        self._ends = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        _under_way.watch = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._socket = None
        _under_way.watch = None

    @property
    def left(self) -> float:
        return self._ends - time.monotonic()

    def most(self, seconds: float | None) -> float:
        """So many, or what is left; never nothing, which to a socket means something else."""
        left = max(self.left, 0.001)
        return left if seconds is None else min(seconds, left)

    def on(self, line: HTTPConnection) -> None:
        """
        The line's socket is about to be used.

        The socket and not the line is kept: where the server says that it will close, the line
        lets go of its socket before the answer is read.
        """
        with self._lock:
            self._socket = line.sock
        if self.expired:
            raise TimeoutError
        self.sent = True

    def _cut(self) -> None:
        with self._lock:
            self.expired = True
            if self._socket is not None:
                with suppress(OSError):
                    # not the TLS socket's own shutdown: it would pull the session from
                    # under the thread that is reading
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _UnderWay(threading.local):
    watch: _Watch | None = None


_under_way = _UnderWay()


class _WatchedLine(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _watched_opening(self, super()._new_conn)

    def send(self, data: Any) -> None:
        _watched_send(self, super().send, data)


class _WatchedTlsLine(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _watched_opening(self, super()._new_conn)

    def send(self, data: Any) -> None:
        _watched_send(self, super().send, data)


def _watched_opening(line: HTTPConnection, usual: Callable[[], socket.socket]) -> socket.socket:
    """The first address that answers; urllib3 would give each the whole time to connect."""
    watch = _under_way.watch
    if watch is None:
        return usual()
    failed: OSError = TimeoutError()
    for *_, address in socket.getaddrinfo(line.host, line.port, type=socket.SOCK_STREAM):
        if watch.left <= 0:
            break
        place, seconds = (str(address[0]), line.port), watch.most(line.timeout)
        try:
            opening = create_connection(place, seconds, socket_options=line.socket_options)
        except OSError as error:
            failed = error
        else:
            opening.settimeout(watch.most(line.timeout))
            return opening
    raise failed


def _watched_send(line: HTTPConnection, send: Callable[[Any], None], data: Any) -> None:
    """Open the line first, so that `sent` is true only from the first byte on."""
    if line.sock is None:
        line.connect()
    if _under_way.watch is not None:
        _under_way.watch.on(line)
    send(data)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _WatchedLine


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTlsLine


class Transport:
    """
    The SDK's REST client, bounded: connect, each read, the whole call and the answer's size.

    It sends once, follows no redirect, reads no proxy from the environment and logs nothing.
    """

    def __init__(
        self,
        *,
        connect_seconds: float,
        read_seconds: float,
        call_seconds: float,
        body_bytes: int,
        lines: int,
        sending: Callable[[str, str], None],
    ) -> None:
        self._timeout = urllib3.Timeout(connect=connect_seconds, read=read_seconds)
        self._call_seconds = call_seconds
        self._body_bytes = body_bytes
        self._sending = sending
        self._manager = urllib3.PoolManager(
            num_pools=1, maxsize=lines, cert_reqs="CERT_REQUIRED", ca_certs=certifi.where()
        )
        self._manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def close(self) -> None:
        self._manager.clear()

    # the three verbs, under the names that the SDK calls
    def GET(self, url: str, **details: Any) -> Answer:  # noqa: N802
        return self._send("GET", url, details)

    def POST(self, url: str, **details: Any) -> Answer:  # noqa: N802
        return self._send("POST", url, details)

    def PUT(self, url: str, **details: Any) -> Answer:  # noqa: N802
        return self._send("PUT", url, details)

    def _send(self, method: str, url: str, details: Mapping[str, Any]) -> Answer:
        query: Sequence[tuple[str, Any]] = details.get("query_params") or ()
        if query:
            url = f"{url}?{urlencode(query)}"
        headers = {**(details.get("headers") or {}), "Accept-Encoding": "gzip"}
        body = None
        if method != "GET":
            body = json.dumps(details.get("body") or {}, allow_nan=False).encode()
        self._sending(method, url)
        with _Watch(self._call_seconds) as watch:
            try:
                answer = self._exchange(method, url, headers, body)
            except urllib3.exceptions.HTTPError as error:
                raise _failure(error, watch) from None
            except (OSError, ValueError):
                raise Failure(_mishap_of_line(watch)) from None
            if watch.expired:
                raise Failure("silence")
        if 200 <= answer.status <= 299 or (answer.status == 412 and _asks_for_events(url)):
            return answer
        mishap: Mishap = "status" if answer.status >= 400 else "unreadable"
        raise Failure(mishap, status=answer.status, headers=answer.headers, body=answer.data)

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        response = self._manager.request(
            method,
            url,
            body=body,
            headers=headers,
            preload_content=False,
            redirect=False,
            retries=False,
            timeout=self._timeout,
        )
        try:
            content = _content(response, self._body_bytes)
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return Answer(response.status, response.headers, content)


def _asks_for_events(url: str) -> bool:
    """Only there a 412 is an answer: the token is too old, and here is a new one."""
    return urlsplit(url).path.endswith("/events")


def _content(response: urllib3.BaseHTTPResponse, most: int) -> bytes:
    """The whole body, read piece by piece so that its size is known before it is held."""
    content = bytearray()
    while piece := response.read(_CHUNK):
        content += piece
        if len(content) > most:
            raise Failure("unreadable", status=response.status)
    return bytes(content)


def _failure(error: urllib3.exceptions.HTTPError, watch: _Watch) -> Failure:
    if isinstance(error, urllib3.exceptions.SSLError) and not watch.sent:
        return Failure("untrusted")
    if isinstance(error, urllib3.exceptions.DecodeError):
        return Failure("unreadable")
    if isinstance(error, urllib3.exceptions.ReadTimeoutError) and watch.sent:
        return Failure("silence")
    return Failure(_mishap_of_line(watch))


def _mishap_of_line(watch: _Watch) -> Mishap:
    if not watch.sent:
        return "unsent"
    return "silence" if watch.expired else "cut"


def decode(answer: Answer) -> dict[str, Any]:
    """
    Read one answer strictly: an object whose `data` is a record or a list.

    Everything else is unreadable, not a value: an empty 200 must never pass for an empty list.
    Of a 412 only the `sync` token is read, whatever else it holds.
    """
    try:
        document = json.loads(
            answer.data.decode("utf-8"),
            object_pairs_hook=_each_key_once,
            parse_constant=_refuse,
            parse_float=_finite,
        )
        if _SURROGATE in answer.data.lower():
            document = _made_whole(document)
    except (ValueError, RecursionError):
        raise Failure("unreadable", status=answer.status) from None
    said = document if isinstance(document, dict) else {}
    if answer.status == 412:
        if "sync" not in said:
            raise Failure("status", status=412, headers=answer.headers, body=answer.data)
        return {"sync": said["sync"]}
    if not isinstance(said.get("data"), dict | list):
        raise Failure("unreadable", status=answer.status)
    return said


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values for one key nobody can say which was meant."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _made_whole(value: Any) -> Any:
    """Half of a surrogate pair, cut in somebody's text, is no character: U+FFFD stands for it."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_made_whole(each) for each in value]
        case dict():
            return {_made_whole(key): _made_whole(each) for key, each in value.items()}
        case _:
            return value


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits)
    return number
