"""Where a plan comes from: files, standard input, and servers slow, wrong or hostile."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sync.adapters.plans.source import LARGEST, Document, Patience, fetch
from sync.errors import PlanRefused

NOTHING = io.BytesIO()


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stop = threading.Event()
    authorization: str | None = None

    def do_GET(self) -> None:
        type(self).authorization = self.headers.get("Authorization")
        route = self.path.partition("?")[0]
        if route == "/plan.html":
            self.answer(200, b"<table></table>", {"Content-Type": "text/html; charset=utf-8"})
        elif route == "/empty":
            self.answer(204)
        elif route == "/missing":
            self.answer(404, b"no")
        elif route == "/moved":
            self.answer(302, headers={"Location": "/plan.html?token=secret"})
        elif route == "/loop":
            self.answer(302, headers={"Location": "/loop"})
        elif route == "/file":
            self.answer(302, headers={"Location": "file:///etc/passwd"})
        elif route == "/cut":
            self.answer(200, b"half", {"Content-Length": "1000"})
            self.close_connection = True
        elif route == "/large":
            self.answer(200, headers={"Content-Length": str(LARGEST * 50)})
            chunk = b"x" * 1_000_000
            try:
                for _ in range(50):
                    self.wfile.write(chunk)
            except OSError:
                return
        elif route == "/drip":
            self.answer(200, headers={"Content-Length": "1000000"})
            try:
                while not self.stop.wait(0.02):
                    self.wfile.write(b"x")
                    self.wfile.flush()
            except OSError:
                return

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        pass


@contextmanager
def serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        Server.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()
        Server.stop.clear()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of this machine would stand between the test and its own server."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as url:
        yield url


def test_a_page_is_fetched_with_its_type(address: str) -> None:
    assert fetch(f"{address}/plan.html", stdin=NOTHING) == Document(
        f"{address}/plan.html", b"<table></table>", "text/html; charset=utf-8"
    )


def test_a_redirect_is_followed_and_no_secret_shown(address: str) -> None:
    assert fetch(f"{address}/moved", stdin=NOTHING).name == f"{address}/plan.html"


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        ("/missing", "answered 404"),
        ("/empty", "answered 204"),
        ("/loop", "more than 5 redirects"),
        ("/file", "not followed"),
        ("/cut", "could not be read whole"),
        ("/large", "over 20 MB"),
        ("/drip", "within 0.3 seconds"),
    ],
)
def test_an_answer_that_is_no_whole_page_is_refused(address: str, route: str, reason: str) -> None:
    with pytest.raises(PlanRefused, match=reason):
        fetch(
            f"{address}{route}",
            stdin=NOTHING,
            patience=Patience(whole=0.3 if route == "/drip" else 30),
        )


def test_a_server_that_is_not_there_is_named_without_the_secrets_of_the_address() -> None:
    with pytest.raises(PlanRefused) as refusal:
        fetch("http://user:secret@127.0.0.1:1/plan?token=secret", stdin=NOTHING)

    assert refusal.value.facts["place"] == "http://127.0.0.1:1/plan"
    assert "secret" not in str(refusal.value)


def test_passwords_kept_on_this_machine_are_not_sent(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public page needs none, and its server has no business knowing them."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))

    fetch(f"{address}/plan.html", stdin=NOTHING)

    assert Server.authorization is None


def test_a_file_and_standard_input_are_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_bytes(b"a;b")

    assert fetch(str(path), stdin=NOTHING) == Document(str(path), b"a;b")
    assert fetch("-", stdin=io.BytesIO(b"a;b")) == Document("-", b"a;b")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("absent.csv", "does not exist"), (".", "a folder"), ("a\0b", "cannot be read")],
)
def test_a_path_that_gives_no_file_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(PlanRefused, match=reason):
        fetch(str(tmp_path / name), stdin=NOTHING)


def test_no_more_than_20_mb_are_taken_from_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)

    for location, stdin in ((str(path), NOTHING), ("-", path.open("rb"))):
        with stdin, pytest.raises(PlanRefused, match="over 20 MB"):
            fetch(location, stdin=stdin)
