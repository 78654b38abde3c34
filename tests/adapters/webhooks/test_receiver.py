"""The receiver on a real socket, and what people do to sockets."""

import contextlib
import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import requests

from sync.adapters.webhooks import Bounds, Doors, Receiver
from sync.errors import ConfigError

SECRET = "s" * 64
BODY = b'{"events": [{"action": "changed"}]}'
SIGNED = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
BOUNDS = Bounds(seconds=0.6, body_bytes=1_000, connections=8)


class Ground:
    def __init__(self, bounds: Bounds) -> None:
        self.heard: list[str] = []
        self.doors = Doors(heard=self.heard.append, now=lambda: datetime.now(UTC))
        self.doors.open("plan", "known", SECRET)
        self.receiver = Receiver("127.0.0.1", 0, self.doors, bounds)
        self.url = f"http://127.0.0.1:{self.receiver.port}/known"

    def deliver(self, body: bytes = BODY, **headers: str) -> int:
        with requests.Session() as session:
            session.trust_env = False
            sent = {"X-Hook-Signature": SIGNED, **headers}
            return session.post(self.url, data=body, headers=sent, timeout=10).status_code

    def raw(self, opening: bytes) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.receiver.port), timeout=10)
        line.sendall(opening)
        return line

    def answered(self, opening: bytes) -> bytes:
        with contextlib.closing(self.raw(opening)) as line:
            return line.recv(65_536)


@pytest.fixture
def ground() -> Iterator[Ground]:
    ground = Ground(BOUNDS)
    with ground.receiver:
        yield ground


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not what():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def head(*lines: str, path: str = "/known", method: str = "POST") -> bytes:
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: x", *lines, "", "")).encode("latin-1")


def test_a_delivery_comes_in(ground: Ground) -> None:
    assert ground.deliver() == 200
    assert ground.heard == ["plan"]


def test_a_handshake_is_echoed_on_the_wire(ground: Ground) -> None:
    door = ground.doors.new("plan")
    url = ground.url.replace("known", door.path)
    with ground.doors.expecting(door), requests.Session() as session:
        session.trust_env = False
        answer = session.post(url, data=b"{}", headers={"X-Hook-Secret": "abc"}, timeout=10)
    assert (answer.status_code, answer.headers["X-Hook-Secret"]) == (200, "abc")
    assert "Python" not in answer.headers["Server"]


@pytest.mark.parametrize(
    ("opening", "status"),
    [
        pytest.param(head(), b"411", id="no length"),
        pytest.param(head("Transfer-Encoding: chunked"), b"411", id="chunked"),
        pytest.param(head("Content-Length: -1"), b"411", id="negative"),
        pytest.param(head("Content-Length: 1_0"), b"411", id="no number"),
        pytest.param(head("Content-Length: ²"), b"411", id="a superscript"),
        pytest.param(head("Content-Length: 1001"), b"413", id="one byte too many"),
        pytest.param(head(f"Content-Length: {'9' * 5_000}"), b"413", id="five thousand digits"),
        pytest.param(head(method="GET"), b"404", id="a GET"),
        pytest.param(head(method="DELETE"), b"501", id="another method"),
        pytest.param(head("X-Hook-Signature: \xff", "Content-Length: 0"), b"401", id="not ASCII"),
        pytest.param(head("Content-Length: 0", path="/other"), b"404", id="another path"),
        pytest.param(b"\x16\x03\x01\x02\x00\r\n\r\n", b"400", id="TLS"),
    ],
)
def test_what_is_no_delivery_is_refused(ground: Ground, opening: bytes, status: bytes) -> None:
    assert status in ground.answered(opening).split(b"\r\n")[0]
    assert ground.heard == []
    assert ground.deliver() == 200


@pytest.mark.parametrize(
    "opening",
    [
        pytest.param(b"POST /" + b"x" * 20_000, id="a long line"),
        pytest.param(head(*(f"X-{n}: {'x' * 400}" for n in range(60))), id="many lines"),
    ],
)
def test_a_head_that_is_too_long_is_cut_off(ground: Ground, opening: bytes) -> None:
    with contextlib.suppress(ConnectionResetError):
        assert ground.answered(opening) == b""
    assert ground.deliver() == 200


def test_a_body_that_never_ends_is_given_up(ground: Ground) -> None:
    """Without an answer: the line is cut, and nothing is made of the half that came."""
    line = ground.raw(head("Content-Length: 100") + BODY)
    assert line.recv(100) == b""
    line.close()
    assert ground.heard == []


def test_a_drip_does_not_stretch_the_deadline(ground: Ground) -> None:
    """A byte now and then keeps each wait short, but the whole has one deadline."""
    line = ground.raw(b"POST /known HTTP/1.1\r\nX: ")
    ended = False
    for _ in range(1_000):
        try:
            line.sendall(b"x")
        except OSError:
            ended = True
            break
        time.sleep(0.02)
    line.close()
    assert ended


def test_slow_clients_do_not_block_a_delivery(ground: Ground) -> None:
    """More of them than there are places: the oldest make room."""
    slow = [ground.raw(b"POST /known HTTP/1.1\r\nX: ") for _ in range(BOUNDS.connections * 3)]
    assert ground.deliver() == 200
    assert ground.heard == ["plan"]
    before = threading.active_count()
    for line in slow:
        line.close()
    until(lambda: threading.active_count() <= before)


def test_the_oldest_of_too_many_makes_room() -> None:
    """Long before its deadline: what is old is slow, and a delivery never is."""
    ground = Ground(Bounds(seconds=600, connections=4))
    with ground.receiver, contextlib.ExitStack() as open_lines:
        lines = [
            open_lines.enter_context(contextlib.closing(ground.raw(b"POST"))) for _ in range(10)
        ]
        for line in lines[:6]:
            assert line.recv(1) == b""
        assert ground.deliver() == 200


def test_one_request_a_connection(ground: Ground) -> None:
    once = head("Content-Length: 0", path="/other")
    with contextlib.closing(ground.raw(once + once)) as line:
        heard = b""
        while piece := line.recv(1_000):
            heard += piece
    assert heard.count(b"HTTP/1.1 ") == 1
    assert b"Connection: close" in heard


def test_many_at_once(ground: Ground) -> None:
    answers: list[int] = []
    bodies = [BODY + b" " * n for n in range(8)]

    def deliver(body: bytes) -> None:
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        answers.append(ground.deliver(body, **{"X-Hook-Signature": signature}))

    threads = [threading.Thread(target=deliver, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 8
    assert ground.heard == ["plan"] * 8


def test_an_address_that_is_taken_is_a_clear_error(ground: Ground) -> None:
    with pytest.raises(ConfigError, match=f"127.0.0.1:{ground.receiver.port}"):
        Receiver("127.0.0.1", ground.receiver.port, ground.doors)


def test_closing_frees_the_port_and_cuts_what_is_open() -> None:
    ground = Ground(Bounds())
    line = ground.raw(b"POST /known HTTP/1.1\r\n")
    ground.receiver.close()
    with contextlib.suppress(ConnectionResetError):  # it may not have been accepted yet
        assert line.recv(10) == b""
    line.close()
    with Receiver("127.0.0.1", ground.receiver.port, ground.doors):
        assert ground.deliver() == 200
