"""
What a command prints: tables for a terminal, tab-separated lines for a pipe, JSON for a program.

Everything that comes from Asana or a document is hostile to a terminal: control characters
are made visible before anything is printed.
"""

import json
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText

from sync.wording import Language, Text

PROGRESS_AFTER = 1.0
"""Seconds after which a person starts to wonder."""

Cell = str | int | Text | None


class Output:
    """Standard output and standard error in one language."""

    def __init__(
        self, out: TextIO, err: TextIO, language: Language, environ: Mapping[str, str]
    ) -> None:
        self.language: Language = language
        self._out = out
        self._err = err
        self._screen = Console(
            file=out, highlight=False, markup=False, emoji=False, _environ=environ
        )
        self._margin = Console(
            file=err, highlight=False, markup=False, emoji=False, _environ=environ
        )

    def say(self, text: str | Text, *, style: str | None = None) -> None:
        """One statement on standard output."""
        if self._out.isatty():
            self._screen.print(RichText(self._words(text), style=style or ""), soft_wrap=True)
        else:
            self._out.write(f"{self._words(text)}\n")

    def blank(self) -> None:
        self._out.write("\n")

    def complain(self, text: str | Text) -> None:
        """One statement on standard error: what went wrong, or a warning."""
        if self._err.isatty():
            self._margin.print(RichText(self._words(text)), soft_wrap=True)
        else:
            self._err.write(f"{self._words(text)}\n")

    def table(
        self,
        headers: Sequence[Text],
        rows: Sequence[Sequence[Cell]],
        *,
        title: Text | None = None,
        styles: Sequence[str | None] = (),
    ) -> None:
        """`styles` colour whole rows, on a terminal only; no meaning hangs on a colour."""
        if not self._out.isatty():
            if title is not None:
                self.say(title)
            for row in (headers, *rows):
                self._out.write("\t".join(_one_line(self._cell(cell)) for cell in row) + "\n")
            return
        drawn = Table(
            box=box.SIMPLE_HEAD,
            title=None if title is None else RichText(self._words(title)),
            title_justify="left",
        )
        for number, header in enumerate(headers):
            figures = bool(rows) and all(isinstance(row[number], int | None) for row in rows)
            drawn.add_column(self._words(header), justify="right" if figures else "left")
        for number, row in enumerate(rows):
            style = styles[number] if number < len(styles) else None
            drawn.add_row(*(RichText(self._cell(cell)) for cell in row), style=style)
        self._screen.print(drawn)

    def json(self, value: Any) -> None:
        json.dump(value, self._out, ensure_ascii=False, indent=2)
        self._out.write("\n")

    @contextmanager
    def step(self, text: Text) -> Iterator[None]:
        """Say what is going on, on a terminal only, once it takes more than a second."""
        if not self._err.isatty():
            yield
            return
        status = self._margin.status(RichText(self._words(text)))
        begin = threading.Timer(PROGRESS_AFTER, status.start)
        begin.daemon = True
        begin.start()
        try:
            yield
        finally:
            begin.cancel()
            begin.join()
            status.stop()

    def _words(self, text: str | Text) -> str:
        return visible(text.in_(self.language) if isinstance(text, Text) else text)

    def _cell(self, cell: Cell) -> str:
        if cell is None:
            return ""
        return self._words(cell) if isinstance(cell, Text) else visible(str(cell))


def visible(text: str) -> str:
    """The text without anything that could steer a terminal or turn its reading direction."""
    return "".join(
        character if character in "\n\t" or not _steers(character) else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def _steers(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs"} and character != "\N{SOFT HYPHEN}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
