"""Tables for a terminal, lines for a pipe, and nothing hostile in either."""

import io
import re

import pytest

from sync.cli.output import Output, visible
from sync.wording import Text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


HEADERS = (Text("nom", "name"), Text("nombre", "count"))


LOG_HEADERS = (
    Text("quand", "when"),
    Text("objet", "thing"),
    Text("champ", "field"),
    Text("de", "from"),
    Text("à", "to"),
    Text("pourquoi", "why"),
)
LOG_ROW = (
    "2026-02-21 12:00:00",
    "indicator:A1-01-mi-chemin-1",
    "echeance_publiee",
    None,
    "mot " * 100,
    "à cause du plan",
)


def drawn(out: io.StringIO, **environ: str) -> str:
    output = Output(
        out, io.StringIO(), "fr", {"TERM": "xterm-256color", "COLUMNS": "60", **environ}
    )
    output.table(HEADERS, [("un\tdeux\ntrois", 4)], styles=["bold red"])
    return out.getvalue()


def test_a_pipe_gets_tab_separated_lines_without_colour() -> None:
    """One row is one line, whatever a title holds: programs cut at tabs and line ends."""
    assert drawn(io.StringIO()) == "nom\tnombre\nun deux trois\t4\n"


def test_a_terminal_gets_a_table_with_colour() -> None:
    told = drawn(Terminal())
    assert "\x1b[" in told
    assert "\t" not in told


def test_no_color_is_honoured() -> None:
    """https://no-color.org: bold may stay, colours may not."""
    assert "31m" not in drawn(Terminal(), NO_COLOR="1")


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("\x1b[2J", id="clears the screen"),
        pytest.param("\x1b]0;titre\x07", id="renames the window"),
        pytest.param("\u202egnp.exe", id="reads backwards"),
        pytest.param("\r écrasé", id="overwrites the line"),
    ],
)
@pytest.mark.parametrize("terminal", [True, False])
def test_a_title_cannot_steer_the_terminal(hostile: str, terminal: bool) -> None:
    """Task names come from anybody in Asana."""
    out: io.StringIO = Terminal() if terminal else io.StringIO()
    output = Output(out, io.StringIO(), "fr", {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "60"})
    output.say(hostile)
    output.table(HEADERS, [(hostile, 1)])
    assert not {"\x1b", "\x07", "\u202e", "\r"} & set(out.getvalue())
    assert "\N{REPLACEMENT CHARACTER}" in out.getvalue()


def test_words_in_brackets_are_words() -> None:
    """Rich would take them for markup and drop them."""
    out = Terminal()
    Output(out, io.StringIO(), "fr", {"TERM": "dumb"}).say("[bold]texte[/bold] :smile:")
    assert "[bold]texte[/bold] :smile:" in out.getvalue()


def test_french_and_its_typography_pass_unharmed() -> None:
    words = "L’été « à venir » ; 1er février — 3 %"
    assert visible(words) == words


def test_progress_is_silent_on_a_pipe() -> None:
    err = io.StringIO()
    output = Output(io.StringIO(), err, "fr", {})
    with output.step(Text("Lecture…", "Reading…")):
        pass
    assert err.getvalue() == ""


def at_width(width: int) -> list[str]:
    out = Terminal()
    output = Output(out, io.StringIO(), "fr", {"TERM": "xterm", "COLUMNS": str(width)})
    output.table(LOG_HEADERS, [LOG_ROW], title=Text("Plan", "Plan"), head=(0, 1, 2))
    plain = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    return [line.rstrip() for line in plain.splitlines()]


@pytest.mark.parametrize("width", [40, 80, 100, 118, 125, 160, 240])
def test_dates_and_ids_stand_whole_at_any_width(width: int) -> None:
    """An id cut in two can be neither read nor copied."""
    lines = at_width(width)
    for whole in ("2026-02-21 12:00:00", "indicator:A1-01-mi-chemin-1", "echeance_publiee"):
        assert any(whole in line for line in lines), whole
    assert max(len(line) for line in lines) <= width


def test_a_narrow_terminal_gets_a_block_for_each_row() -> None:
    """Long texts have their own lines, are cut, and an empty value takes no line."""
    lines = at_width(80)
    assert lines[:2] == [
        "Plan",
        "2026-02-21 12:00:00  indicator:A1-01-mi-chemin-1  echeance_publiee",
    ]
    assert lines[2].startswith("  à : mot mot")
    assert lines[-1] == "  pourquoi : à cause du plan"
    assert " ".join(lines).count("mot") == 50
    assert not any(line.startswith("  de :") for line in lines)


def test_a_wide_terminal_gets_the_table() -> None:
    head = next(line for line in at_width(160) if "quand" in line)
    assert head.split() == ["quand", "objet", "champ", "de", "à", "pourquoi"]
