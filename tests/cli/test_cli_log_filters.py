"""`jalon log`: which rows, the table for a spreadsheet, and the erasure of a text."""

import csv
import io
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync.adapters.store import PlanStore, open_database
from sync.cli.log_csv import BOM, COLUMNS
from sync.core.chain import verify
from sync.model.record import NewLogRow
from tests.cli.conftest import Jalon
from tests.cli.town import Town

MIDNIGHT = datetime(2026, 2, 17, 5, tzinfo=UTC)  # in the city
SUBJECTS = ("action:A1-01", "indicator:A1-01-mi-chemin-1", "action:A1-02", "action:A1-01#note")
FORMULAS = ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "＋1", "－1", "＠x")


@pytest.fixture
def store(town: Town) -> Iterator[PlanStore]:
    """One row in each half-day around a midnight, of every mixture."""
    with open_database(f"sqlite:///{town.state / 'jalon.db'}") as database:
        opened = database.plan("petit-plan")
        mixed = itertools.product(SUBJECTS, ("note", "name"), ("asana", "Élise Roy"))
        for number, (subject, field, actor) in enumerate(mixed):
            kind, rule = (("pull", "pull"), ("finding", "stale"))[number % 2]
            row = NewLogRow(kind, subject, field, rule=rule, actor=actor, to=f"mot {number}")
            at = MIDNIGHT + timedelta(hours=12 * (number % 5 - 2))
            opened.append_log(f"c{number % 3}-suite", at, [row])
        yield opened


def told(jalon: Jalon, *words: str) -> list[dict[str, Any]]:
    answer = jalon("log", "--json", *words)
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def in_city(row: dict[str, Any]) -> str:
    return (datetime.fromisoformat(row["time"]) - timedelta(hours=5)).date().isoformat()


FILTERS: dict[tuple[str, ...], Any] = {
    ("--action", "a1-01"): lambda row: row["action"] == "A1-01",
    ("--field", "note"): lambda row: row["field"] == "note",
    ("--cycle", "c1"): lambda row: row["cycle"] == "c1-suite",
    ("--person", "élise ROY"): lambda row: row["who"] == "Élise Roy",
    ("--code", "stale"): lambda row: row["rule"] == "stale",
    ("--code", "pull"): lambda row: row["kind"] == "pull",
    ("--since", "2026-02-17"): lambda row: in_city(row) >= "2026-02-17",
    ("--until", "2026-02-16"): lambda row: in_city(row) <= "2026-02-16",
}


@pytest.mark.parametrize("asked", FILTERS, ids=" ".join)
def test_each_filter_and_each_two_of_them(
    jalon: Jalon, store: PlanStore, asked: tuple[str, ...]
) -> None:
    every = told(jalon)
    assert len(every) == 16
    for other in [(), *FILTERS]:
        if other and other[0] == asked[0]:
            continue
        wanted = [row for row in every if FILTERS[asked](row)]
        wanted = [row for row in wanted if not other or FILTERS[other](row)]
        assert told(jalon, *asked, *other) == wanted, other
    assert 0 < len(told(jalon, *asked)) < 16


def test_a_limit_keeps_the_newest_of_what_was_asked_for(jalon: Jalon, store: PlanStore) -> None:
    asked = ("--action", "A1-01", "--field", "note")
    assert told(jalon, *asked, "--limit", "2") == told(jalon, *asked)[-2:]


# the table for a spreadsheet


def test_no_cell_of_the_table_is_a_formula(jalon: Jalon, town: Town, store: PlanStore) -> None:
    for text in FORMULAS:
        row = NewLogRow(
            text, text, text, text, text, text, text, text, text, text, text, text, text
        )
        store.append_log(text, MIDNIGHT, [row])
    assert jalon("log", "--csv", "journal.csv").code == 0
    written = (town.folder / "journal.csv").read_bytes().decode("utf-8")
    assert written.startswith(BOM)
    rows = list(csv.reader(io.StringIO(written.removeprefix(BOM), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 1 + 16 + len(FORMULAS)
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@＝＋－＠")]
    assert not [cell for cell in cells if cell[:1] in tuple("\t\r\n")]
    assert set(FORMULAS) <= {cell.replace("'", "") for cell in cells}


def test_the_table_goes_to_a_pipe_as_it_is_and_obeys_the_filters(
    jalon: Jalon, store: PlanStore
) -> None:
    out = jalon("log", "--csv", "-", "--action", "A1-02").out
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert not out.startswith(BOM)
    assert [int(row["ligne"]) for row in rows] == [
        row["id"] for row in told(jalon, "--action", "A1-02")
    ]
    assert {row["action"] for row in rows} == {"A1-02"}
    assert rows[0]["quand"].endswith("-05:00")


def test_a_question_without_an_answer_is_told_so(jalon: Jalon, store: PlanStore) -> None:
    answer = jalon("log", "--person", "Zorro")
    assert (answer.code, answer.out.count("\n")) == (0, 1)
    assert "aucune ligne" in answer.out


def test_a_file_that_cannot_be_written_leaves_nothing(
    jalon: Jalon, town: Town, store: PlanStore
) -> None:
    before = sorted(town.folder.rglob("*"))
    answer = jalon("log", "--csv", "absent/journal.csv")
    assert answer.code == 2
    assert "absent/journal.csv" in answer.err
    assert sorted(town.folder.rglob("*")) == before


# erasing


def test_a_row_is_shown_first_and_erased_with_yes_a_name_and_a_reason(
    jalon: Jalon, store: PlanStore
) -> None:
    shown = jalon("log", "--erase", "3")
    assert shown.code == 0
    assert "mot 2" in shown.out
    assert "Rien n’a été effacé" in shown.out
    for words in (["--yes"], ["--yes", "--by", "Greffe"], ["--yes", "--reason", "x", "--by", " "]):
        refused = jalon("log", "--erase", "3", *words)
        assert refused.code == 2
    assert not [row for row in told(jalon) if row["erased"]]

    done = jalon("log", "--erase", "3", "--yes", "--by", "Greffe", "--reason", "demande 12")
    assert done.code == 0, done.err
    assert "mot 2" not in done.out
    gone, decision = told(jalon)[2], told(jalon)[-1]
    assert (gone["erased"], gone["to"], gone["who"], gone["why"]) == (True, None, "", "")
    assert (decision["kind"], decision["subject"]) == ("erased", "log:3")
    assert (decision["who"], decision["why"]) == ("Greffe", "demande 12")
    assert "textes effacés par décision" in jalon("log").out
    assert verify(store.sealed_log(), []).faults == ()
    assert jalon("verify", "--log").code == 0


def test_other_rows_with_the_text_to_erase_are_named(jalon: Jalon, store: PlanStore) -> None:
    """A finding quotes, shortened, what a field held: one row erased is not the text gone."""
    lost = "Mme Roy a appelé\nle 12 au sujet de son voisin, " + "x" * 200
    quote = "Le champ avait été changé (« " + " ".join(lost.split())[:160] + "… »)."
    restored = NewLogRow("UpdateTask", "action:A1-01", "name", asana=lost, from_=lost, rule="x")
    quoting = NewLogRow("finding", "action:A1-01#name", rule="y", reason_fr=quote)
    store.append_log("c9", MIDNIGHT, [restored, quoting])
    row, other = (one["id"] for one in told(jalon)[-2:])
    for words in ((), ("--yes", "--by", "Greffe", "--reason", "demande 12")):
        said = jalon("log", "--erase", str(row), *words).out
        assert f"1 autre ligne du journal : {other}." in said
    assert "Le même texte se lit" not in jalon("log", "--erase", "3").out


@pytest.mark.parametrize(
    "words",
    [
        ("--erase", "999"),
        ("--erase", "999", "--yes", "--by", "x", "--reason", "y"),
        ("--erase", "0"),
        ("--by", "x"),
        ("--yes",),
        ("--erase", "1", "--json"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    jalon: Jalon, store: PlanStore, words: tuple[str, ...]
) -> None:
    head = store.log_head()
    assert jalon("log", *words).code == 2
    assert store.log_head() == head
