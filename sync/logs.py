"""
Log events: JSON lines for the worker, a quiet console for commands, and never a secret.

Redaction works on the finished line, after every processor and every formatter, because a
secret can come in anywhere: a message, an argument, a traceback, the repr of an object. The
libraries' own loggers and the hooks for uncaught exceptions pass through the same place.
"""

import json
import logging
import re
import sys
import threading
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TextIO
from urllib.parse import quote, quote_plus

import structlog
from pydantic import SecretStr
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

HIDDEN = "[secret]"
ROUTED = ("asana", "urllib3", "apscheduler", "alembic", "sqlalchemy", "werkzeug")

# a token shorter than this would turn ordinary words into [secret]
_SHORTEST = 4
# in base64 only a part of the value is certain, so that more of it is asked for
_SHORTEST_ENCODED = 8
_SCHEME = re.compile(r"(?i)\b(bearer)(\s+|%20|\+)[A-Za-z0-9._~+/=:%-]{4,}")
_ASANA_TOKEN = re.compile(r"\b[0-9]/[0-9]{6,}(/[0-9]{6,})?:[0-9A-Za-z]{16,}")

_lock = threading.Lock()
_secrets: set[str] = set()
_pattern: re.Pattern[str] | None = None


def hide(secret: SecretStr | str) -> None:
    """From now on this value, raw or encoded, is written `[secret]` in every log line."""
    global _pattern  # noqa: PLW0603 - one process, one list of things never to say
    value = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
    if len(value) < _SHORTEST:
        return
    with _lock:
        _secrets.update(_forms(value))
        longest_first = sorted(_secrets, key=lambda form: (-len(form), form))
        _pattern = re.compile("|".join(re.escape(form) for form in longest_first))


def redact(text: str) -> str:
    """The text without any hidden value and without anything that looks like a credential."""
    if _pattern is not None:
        text = _pattern.sub(HIDDEN, text)
    return _ASANA_TOKEN.sub(HIDDEN, _SCHEME.sub(rf"\1 {HIDDEN}", text))


def _forms(value: str) -> Iterator[str]:
    """As it is, in a URL, in a repr or in JSON, and in base64 wherever it may begin."""
    yield quote(value, safe="")
    yield quote(value)
    yield quote_plus(value)
    for written in (value, repr(value)[1:-1]):
        yield written
        yield json.dumps(written)[1:-1]
        yield json.dumps(written, ensure_ascii=False)[1:-1]
    raw = value.encode()
    for encode in (b64encode, urlsafe_b64encode):
        for shift in range(3):
            # the first and last characters depend on the neighbours: only what is sure is kept
            encoded = encode(b"\0" * shift + raw).decode().rstrip("=")
            sure = encoded[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
            if len(sure) >= _SHORTEST_ENCODED:
                yield sure


class _RedactingHandler(logging.StreamHandler[TextIO]):
    """The last step of every line, structlog's and the libraries' alike."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """A line that cannot be formatted is told without its arguments, which may be secret."""
        self.stream.write(f"log line lost: {record.name}, {record.pathname}:{record.lineno}\n")


@contextmanager
def during(*, plan: str, cycle: str | None = None) -> Iterator[None]:
    """Every event inside says which plan and which cycle it belongs to."""
    facts = {"plan": plan} if cycle is None else {"plan": plan, "cycle": cycle}
    with structlog.contextvars.bound_contextvars(**facts):
        yield


def for_worker(*, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """JSON lines with UTC timestamps. Tracebacks go without locals, which hold people's texts."""
    tracebacks = ExceptionDictTransformer(show_locals=False)
    _configure(
        [
            structlog.processors.ExceptionRenderer(tracebacks),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        stream or sys.stdout,
        level,
    )


def for_command(*, stream: TextIO | None = None, level: int = logging.WARNING) -> None:
    """A person's terminal: warnings and worse, on standard error."""
    stream = stream or sys.stderr
    console = structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    _configure([console], stream, level)


def _configure(rendering: list[Processor], stream: TextIO, level: int) -> None:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
    )
    handler = _RedactingHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    adopt_libraries(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def adopt_libraries(level: int = logging.WARNING) -> None:
    """
    Send the libraries' loggers through ours; call it again after one of them was set up.

    A handler of their own would print past the redaction (Asana's SDK adds two), and their
    chatter is not ours to keep.
    """
    for name in ROUTED:
        logger = logging.getLogger(name)
        for own in logger.handlers[:]:
            logger.removeHandler(own)
        logger.propagate = True
        logger.setLevel(max(level, logging.WARNING))


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.stderr.write("\n")
        return
    logging.getLogger("sync").critical("process.failed", exc_info=(kind, error, trace))


def _uncaught_in_thread(hook: threading.ExceptHookArgs) -> None:
    if hook.exc_value is not None and not issubclass(hook.exc_type, SystemExit):
        thread = hook.thread.name if hook.thread else ""
        logging.getLogger("sync").critical(
            "thread.failed",
            exc_info=(hook.exc_type, hook.exc_value, hook.exc_traceback),
            extra={"thread_name": thread},
        )


def _unraisable(hook: "sys.UnraisableHookArgs") -> None:
    if hook.exc_value is not None:
        logging.getLogger("sync").critical(
            "cleanup.failed", exc_info=(hook.exc_type, hook.exc_value, hook.exc_traceback)
        )
