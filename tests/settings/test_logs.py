"""Promise 6: a secret never reaches a log, whichever way it comes."""

import base64
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from sync import logs
from sync.settings import load_settings
from tests.settings.conftest import WriteCity

CANARY = "1/1199999999:c4n+ry/c4n'ry&c4n\\ry"


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """A worker's log in memory; everything global is put back."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    for name in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(logs, "_secrets", set())
    monkeypatch.setattr(logs, "_pattern", None)
    written = io.StringIO()
    logs.hide(SecretStr(CANARY))
    logs.for_worker(stream=written)
    yield written
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level = before[0], before[1]
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def no_secret(stream: io.StringIO) -> bool:
    """Neither the value nor a recognisable half of it, raw or encoded."""
    written = stream.getvalue()
    halves = (
        CANARY[:14],
        CANARY[14:],
        quote(CANARY, safe=""),
        base64.b64encode(CANARY.encode()).decode()[:16],
    )
    return bool(written) and not any(half in written for half in halves)


def test_an_event_is_one_json_line_with_its_cycle(stream: io.StringIO) -> None:
    with logs.during(plan="essai", cycle="c-1"):
        structlog.get_logger("sync.cycle").info("cycle.finished", writes=3)
    (line,) = lines(stream)
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {
        "event": "cycle.finished",
        "level": "info",
        "logger": "sync.cycle",
        "plan": "essai",
        "cycle": "c-1",
        "writes": 3,
    }


def test_a_forged_line_stays_in_its_own(stream: io.StringIO) -> None:
    structlog.get_logger().info("task.read", title='x"}\n{"event": "forged"}')
    assert len(lines(stream)) == 1


class Leaky:
    def __repr__(self) -> str:
        return f"Leaky(token={CANARY!r})"


WAYS = {
    "message": lambda: structlog.get_logger().info(f"read.failed {CANARY}"),
    "fact": lambda: structlog.get_logger().info("read.failed", token=CANARY),
    "nested fact": lambda: structlog.get_logger().info("read.failed", h={"a": [CANARY]}),
    "key": lambda: structlog.get_logger().info("read.failed", **{CANARY: 1}),
    "repr": lambda: structlog.get_logger().info("read.failed", what=Leaky()),
    "bound": lambda: structlog.get_logger().bind(token=CANARY).info("read.failed"),
    "url": lambda: structlog.get_logger().info("read.failed", url=quote(CANARY, safe="")),
    "argument": lambda: logging.getLogger("asana").warning("got %s", CANARY),
    "extra": lambda: logging.getLogger("apscheduler.x").warning("got", extra={"t": CANARY}),
    "sql": lambda: logging.getLogger("sqlalchemy.engine").error("%r", {"t": CANARY}),
    "warning": lambda: warnings.warn(f"old token {CANARY}", stacklevel=1),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.filterwarnings("default")
def test_a_secret_is_hidden_whichever_way_it_comes(stream: io.StringIO, way: str) -> None:
    WAYS[way]()
    assert no_secret(stream)


def test_a_line_that_cannot_be_written_is_told_without_its_arguments(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standard library would print them on standard error, past the redaction."""
    root = logging.getLogger()
    ours = [handler for handler in root.handlers if isinstance(handler, logs._RedactingHandler)]
    monkeypatch.setattr(root, "handlers", ours)  # pytest's own handler raises instead
    logging.getLogger("urllib3.pool").error("%d", CANARY)
    assert stream.getvalue().startswith("log line lost: urllib3.pool")
    assert no_secret(stream)


@pytest.mark.parametrize("shift", ["", "u", "us", "user:"])
def test_a_secret_in_basic_credentials_is_hidden(stream: io.StringIO, shift: str) -> None:
    """base64 looks different at each offset; the certain part is enough to give it away."""
    encoded = base64.b64encode(f"{shift}{CANARY}".encode()).decode()
    structlog.get_logger().info("request.sent", header=encoded)
    assert logs.HIDDEN in stream.getvalue()
    assert encoded[8:-4] not in stream.getvalue()


def test_a_traceback_hides_the_secret_of_its_message(stream: io.StringIO) -> None:
    def fail() -> None:
        raise ValueError(CANARY) from KeyError(CANARY)

    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("cycle.failed")
        logging.getLogger("asana.rest").exception("request failed")
    assert no_secret(stream)
    assert "ValueError" in stream.getvalue()


def test_a_traceback_goes_without_its_locals(stream: io.StringIO) -> None:
    """They hold what people wrote in Asana, which no log may keep."""

    def fail() -> None:
        note = "Mme Tremblay a téléphoné"
        raise ValueError(len(note))

    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("cycle.failed")
    assert "Tremblay" not in stream.getvalue()


def test_an_uncaught_exception_hides_it_too(stream: io.StringIO) -> None:
    def fail() -> None:
        raise RuntimeError(CANARY)

    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    thread = threading.Thread(target=fail, name="cycle")
    thread.start()
    thread.join()
    assert [line["event"] for line in lines(stream)] == ["process.failed", "thread.failed"]
    assert no_secret(stream)


@pytest.mark.parametrize(
    "said",
    [
        "Authorization: Bearer abc.def-123",
        "authorization=bearer%20abc.def-123",
        "token 2/1201111111111/1202222222222:abcdef0123456789abcdef",
    ],
)
def test_what_looks_like_a_credential_is_hidden_even_if_nobody_named_it(
    stream: io.StringIO, said: str
) -> None:
    structlog.get_logger().info("request.sent", said=said)
    assert "abc" not in stream.getvalue()


def test_a_library_that_brings_its_own_handler_is_sent_through_ours(
    stream: io.StringIO,
) -> None:
    """Asana's SDK adds handlers on standard error when it is set up, after the logs were."""
    own = io.StringIO()
    handler = logging.StreamHandler(own)
    logging.getLogger("asana").addHandler(handler)
    logs.adopt_libraries()
    logging.getLogger("asana.rest").warning("response: %s", CANARY)
    assert own.getvalue() == ""
    assert no_secret(stream)


def test_a_command_is_quiet_and_says_warnings_on_its_console(stream: io.StringIO) -> None:
    console = io.StringIO()
    logs.for_command(stream=console)
    structlog.get_logger("sync").info("cycle.finished")
    assert console.getvalue() == ""
    structlog.get_logger("sync").warning("store.slow", token=CANARY)
    assert "store.slow" in console.getvalue()
    assert no_secret(console)


def test_settings_can_be_logged_whole(stream: io.StringIO, write_city: WriteCity) -> None:
    logs.hide("s3cret-in-database")
    settings = load_settings(
        [write_city()],
        {
            "ASANA_ACCESS_TOKEN": CANARY,
            "JALON_DATABASE_URL": "postgresql://u:s3cret-in-database@h/d",
        },
    )
    for secret in settings.secrets():
        logs.hide(secret)
    structlog.get_logger().info("settings.read", settings=settings, plans=settings.plans)
    assert no_secret(stream)
    assert "s3cret" not in stream.getvalue()


@given(st.text(min_size=4, max_size=30), st.text(max_size=10), st.text(max_size=10))
def test_no_hidden_value_survives_redaction(secret: str, before: str, after: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logs, "_secrets", set())
        patch.setattr(logs, "_pattern", None)
        logs.hide(secret)
        told = logs.redact(f"{before}{secret}{after}")
        assert logs.HIDDEN in told
        assert secret not in told.replace(logs.HIDDEN, "\n" * len(secret)) or secret.isspace()


def test_ordinary_words_are_left_alone(stream: io.StringIO) -> None:
    """A very short value is no secret, and hiding it would eat the log."""
    logs.hide("a")
    structlog.get_logger().info("task.read", title="Plan d'action à mi-chemin")
    assert "Plan d'action à mi-chemin" in stream.getvalue()
