"""
What a command prints: tables for a terminal, tab-separated lines for a pipe, JSON for a program.

Everything that comes from Asana or a document is hostile to a terminal: control characters
are made visible before anything is printed.
"""

import json
import os
import threading
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as RichText

from sync.wording import Language, Text

PROGRESS_AFTER = 1.0
"""Seconds after which a person starts to wonder."""

READABLE = 20
"""Columns of a terminal that a text needs to be read in a table; with fewer it is a strip."""

SHOWN = 200
"""Characters of a long text that are shown where rows are blocks."""

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

    def ask(self, text: Text) -> None:
        """A question on standard error, which a pipe does not swallow; no line after it."""
        self._err.write(self._words(text))
        self._err.flush()

    def table(
        self,
        headers: Sequence[Text],
        rows: Sequence[Sequence[Cell]],
        *,
        title: Text | None = None,
        styles: Sequence[str | None] = (),
        head: Collection[int] = (),
    ) -> None:
        """
        `styles` colour whole rows, on a terminal only; no meaning hangs on a colour.

        The columns in `head` name a row and are never broken. Where the terminal is too narrow
        for them and something readable beside them, each row becomes a block under its head.
        """
        if not self._out.isatty():
            if title is not None:
                self.say(title)
            for row in (headers, *rows):
                self._out.write("\t".join(_one_line(self._cell(cell)) for cell in row) + "\n")
        elif head and not self._fits(headers, rows, head):
            self._blocks(headers, rows, title, styles, head)
        else:
            self._drawn(headers, rows, title, styles, head)

    def _fits(
        self, headers: Sequence[Text], rows: Sequence[Sequence[Cell]], head: Collection[int]
    ) -> bool:
        needed = 1
        for number in range(len(headers)):
            column = (headers[number], *(row[number] for row in rows))
            width = max(cell_len(_one_line(self._cell(cell))) for cell in column)
            needed += 3 + (width if number in head else min(width, READABLE))
        return needed <= self._screen.width

    def _drawn(
        self,
        headers: Sequence[Text],
        rows: Sequence[Sequence[Cell]],
        title: Text | None,
        styles: Sequence[str | None],
        head: Collection[int],
    ) -> None:
        drawn = Table(
            box=box.SIMPLE_HEAD,
            title=None if title is None else RichText(self._words(title)),
            title_justify="left",
        )
        for number, header in enumerate(headers):
            figures = bool(rows) and all(isinstance(row[number], int | None) for row in rows)
            drawn.add_column(
                self._words(header),
                justify="right" if figures else "left",
                no_wrap=number in head,
            )
        for number, row in enumerate(rows):
            style = styles[number] if number < len(styles) else None
            drawn.add_row(*(RichText(self._cell(cell)) for cell in row), style=style)
        self._screen.print(drawn)

    def _blocks(
        self,
        headers: Sequence[Text],
        rows: Sequence[Sequence[Cell]],
        title: Text | None,
        styles: Sequence[str | None],
        head: Collection[int],
    ) -> None:
        """An empty cell says nothing here and is left out."""
        if title is not None:
            self._screen.print(RichText(self._words(title), style="italic"))
        colon = Text(" :", ":").in_(self.language)
        for number, row in enumerate(rows):
            cells = [_one_line(self._cell(cell)) for cell in row]
            style = styles[number] if number < len(styles) else None
            first = "  ".join(cell for at, cell in enumerate(cells) if at in head and cell)
            self._screen.print(RichText(first, style=style or "bold"))
            for at, cell in enumerate(cells):
                if at not in head and cell:
                    line = RichText(f"{self._words(headers[at])}{colon} {_cut(cell)}")
                    self._screen.print(Padding(line, (0, 0, 0, 2)))

    def raw(self, text: str) -> None:
        """For a program, as it is."""
        self._out.write(text)

    def json(self, value: Any) -> None:
        json.dump(value, self._out, ensure_ascii=False, indent=2)
        self._out.write("\n")

    @contextmanager
    def committed(self) -> Iterator[None]:
        """What was written stays so: inside, a reader that has gone makes no failure of it."""
        try:
            yield
            self._out.flush()
        except BrokenPipeError:
            for stream in (self._out, self._err):
                try:
                    stream.flush()
                except BrokenPipeError:
                    let_go(stream)

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


def let_go(stream: TextIO) -> None:
    """The reader went away: what is still buffered goes nowhere, quietly."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())


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


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1].rstrip()}…"
