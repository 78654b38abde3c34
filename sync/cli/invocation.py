"""One call of the command: what was asked, and everything around it, as values."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from zoneinfo import ZoneInfo

from sync import logs
from sync.cli.output import Output
from sync.ports import Clock
from sync.settings import Settings, load_settings
from sync.wiring import SystemClock, clock_at_noon
from sync.wording import Language, Text

DONE = 0
UNFORESEEN = 1
CHANGES_PENDING = 3
UNAVAILABLE = 5
PARTLY_PUBLISHED = 6


@dataclass(frozen=True, slots=True)
class Invocation:
    """`root` is the working folder, `now` tells the time, `ticks` counts seconds (a stopwatch)."""

    args: argparse.Namespace
    output: Output
    environ: Mapping[str, str]
    stdin: BinaryIO
    root: Path
    now: Callable[[], datetime]
    ticks: Callable[[], float]

    @property
    def language(self) -> Language:
        return self.output.language

    def settings(self) -> Settings:
        """Read and hidden: from here on no secret of theirs is ever written to a log."""
        given = self.args.config or []
        settings = load_settings([Path(path) for path in given], self.environ, root=self.root)
        for secret in settings.secrets():
            logs.hide(secret)
        for warning in settings.warnings:
            self.output.complain(warning)
        return settings

    def clock(self, zone: ZoneInfo) -> Clock:
        """Of the day that `--as-of` asks for, else of this machine."""
        as_of = self.args.as_of
        return clock_at_noon(as_of, zone, self.ticks) if as_of else SystemClock()


class Command(Protocol):
    """A command is a module: its name, its one line of help, its arguments and what it does."""

    NAME: str
    HELP: Text

    @staticmethod
    def arguments(parser: argparse.ArgumentParser, language: Language) -> None: ...

    @staticmethod
    def run(call: Invocation) -> int: ...


def as_json(value: Any) -> Any:
    """An instant or a day as ISO text; for values that are not strings in a dataclass."""
    return value.isoformat() if hasattr(value, "isoformat") else value
