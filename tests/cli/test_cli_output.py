"""Tables for a terminal, lines for a pipe, and nothing hostile in either."""

import io

import pytest

from sync.cli.output import Output, visible
from sync.wording import Text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


HEADERS = (Text("nom", "name"), Text("nombre", "count"))


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
