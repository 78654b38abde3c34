"""Which tasks may have been written by two at once, and what a person's value was then."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from sync.core.races import (
    CUSTOM,
    STORY,
    Loss,
    Naming,
    Written,
    Wrote,
    is_write,
    maybe_written,
    overwritten,
    race_finding,
    race_row,
    suspects,
    unread_finding,
    unread_row,
    written,
)
from sync.model.finding import Finding
from sync.model.mapping import FieldMapping, FieldRule, Option
from sync.model.record import LogRow, NewLogRow
from sync.model.target import Edit, FieldValue, Observed, ObservedField, ObservedTask, Remark

A1: Final = "action:A1-01"
OURS: Final = [Written(A1, "name", "vu", "mis")]
US, THEM = "1", "2"
SINCE: Final = datetime(2026, 2, 1, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("edits", "suspected"),
    [
        pytest.param([("name", US)], False, id="what we wrote"),
        pytest.param([("name", US), ("name", THEM)], True, id="two authors of one field"),
        pytest.param([("name", US), ("completed", THEM)], True, id="two authors of the task"),
        pytest.param([("name", US), (STORY, THEM)], True, id="told by the history alone"),
        pytest.param([("name", US), ("name", US)], True, id="once more than we wrote"),
        pytest.param([("name", ""), ("name", "")], True, id="authors left out"),
        pytest.param([("name", US), (STORY, US)], False, id="our own story"),
        pytest.param([("odd", US)], True, id="a field that Asana calls otherwise"),
        pytest.param([], False, id="nothing is told"),
    ],
)
def test_more_than_jalon_did_is_a_suspicion(edits: list[tuple[str, str]], suspected: bool) -> None:
    told = [Edit("7", field, by) for field, by in edits]
    assert suspects(told, {"7": OURS}) == (("7",) if suspected else ())


def test_custom_fields_are_counted_together_since_no_event_tells_them_apart() -> None:
    ours = [Written(A1, "suivi_public", "vu"), Written(A1, "axe", "vu")]
    told = [Edit("7", CUSTOM, US), Edit("7", "custom_fields", US)]
    assert suspects(told, {"7": ours}) == ()
    assert suspects([*told, Edit("7", CUSTOM, US)], {"7": ours}) == ("7",)


def test_each_task_is_judged_by_its_own_events() -> None:
    told = [Edit("7", "name", US), Edit("8", "name", US), Edit("8", "name", THEM)]
    assert suspects(told, {"7": OURS, "8": OURS, "9": OURS}) == ("8",)


def test_a_lost_answer_is_one_by_itself() -> None:
    assert suspects([], {"7": [*OURS, Written(A1, "name", "vu", lost=True)]}) == ("7",)


def test_a_task_never_seen_before_its_lost_write_is_none() -> None:
    """Nothing of it was seen, so that nothing can be held against its history."""
    assert suspects([Edit("7", "assignee", US), Edit("7", "name", THEM)], {"7": []}) == ()


def test_the_cycle_that_wrote_is_remembered_as_one_fact() -> None:
    wrote = Wrote("c-12", SINCE)
    assert wrote.fact == "c-12 2026-02-01T17:00:00+00:00"
    assert Wrote.from_fact(wrote.fact) == wrote
    assert Wrote.from_fact(None) is None
    assert Wrote.from_fact("") is None


@pytest.mark.parametrize(
    ("kind", "writes"),
    [
        *(("UpdateTask", True), ("PlaceTask", True), ("SetParent", True)),
        *(("CreateTask", False), ("keep", False)),
    ],
)
def test_what_writes_to_a_task_that_exists(kind: str, writes: bool) -> None:
    assert is_write(kind) is writes


def row(**changes: str | None) -> LogRow:
    facts: dict[str, object] = {
        "id": 1,
        "at": SINCE,
        "cycle_id": "c",
        "actor": "jalon",
        "kind": "UpdateTask",
        "subject": A1,
        "field": "name",
        "base": "avant",
        "plan": "mis",
        "asana": "vu",
        "from_": None,
        "to": None,
        "rule": "write",
        "reason_fr": "",
        "reason_en": "",
        "outcome": "done",
    }
    return LogRow(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (row(), Written(A1, "name", "vu", "mis")),
        (row(rule="restore"), Written(A1, "name", "vu", "mis", restored=True)),
        (row(outcome="unknown"), Written(A1, "name", "vu", "mis")),
        (row(asana=None, plan=None), Written(A1, "name", None)),
        (row(outcome="rejected"), None),
        (row(outcome="void"), None),
        (row(outcome="resolved"), None),
        (row(outcome="unseen"), None),
        (row(field=""), None),
        (row(kind="CreateTask"), None),
    ],
)
def test_what_the_log_says_was_written(one: LogRow, expected: Written | None) -> None:
    assert written([one]) == ((expected,) if expected else ())


def rule(key: str, name: str, **more: object) -> FieldRule:
    facts = {"kind": "text", "owner": "plan"} | more
    return FieldRule(key, "evidence", "action", name, "", **facts)  # type: ignore[arg-type]


STATES: Final = (Option("oui", "Oui"), Option("non", "Non publié"))
MAPPING: Final = FieldMapping(
    (
        rule("suivi_public", "Suivi public"),
        rule("publier", "Publier", kind="enum", options=STATES),
        rule("quantite", "Quantité", kind="number", precision=1),
        rule("note", "Note", owner="people"),
    ),
    {},
)
GIDS: Final = {
    "section:1.1": "31",
    A1: "7",
    "field:suivi_public": "51",
    "field:publier": "52",
    "field:quantite": "53",
    "field:note": "54",
    "option:publier/oui": "61",
    "option:publier/non": "62",
}
FIELDS: Final = (
    ObservedField("51", "Suivi public", "text"),
    ObservedField("52", "Publié ?", "enum"),
)
NAMING: Final = Naming.of(GIDS, Observed(True, SINCE, fields=FIELDS), MAPPING)


def test_how_a_readings_things_are_called() -> None:
    assert Naming.of({A1: "7"}, Observed(True, SINCE, fields=FIELDS), MAPPING) == Naming(
        {A1: "7"},
        {"7": A1},
        {"51": "Suivi public", "52": "Publié ?"},
        {one.key: one for one in MAPPING.fields},
    )


@pytest.mark.parametrize(
    ("name", "value", "comparable"),
    [
        ("name", "Bureau  neuf ", "Bureau neuf"),
        ("notes", None, None),
        ("notes", "", None),
        ("section", "31", "section:1.1"),
        ("section", "99", "gid:99"),
        ("section", None, None),
        ("assignee", "5", "gid:5"),
        ("publier", "61", "oui"),
        ("publier", "69", "gid:69"),
        ("publier", None, None),
        ("suivi_public", "a  b", "a b"),
        ("suivi_public", "61", "61"),
        ("quantite", 2.26, "2.3"),
        ("due_on", date(2026, 2, 15), "2026-02-15"),
        ("nowhere", 2.26, "2"),
    ],
)
def test_a_value_as_the_comparison_has_it(
    name: str, value: FieldValue, comparable: str | None
) -> None:
    assert NAMING.comparable(name, value) == comparable


def test_a_lost_answer_may_have_put_anything_but_what_people_own() -> None:
    task = ObservedTask(
        "7",
        "Bureau ",
        notes="Texte",
        due_on=date(2026, 2, 15),
        assignee_gid="5",
        homes={"1": "99", "2": "31"},
        fields={"51": "Suivi", "52": "61", "53": 2, "54": "à nous"},
    )
    assert maybe_written(A1, task, MAPPING, NAMING) == tuple(
        Written(A1, name, seen, lost=True)
        for name, seen in (
            ("name", "Bureau"),
            ("notes", "Texte"),
            ("due_on", "2026-02-15"),
            ("section", "section:1.1"),
            ("assignee", "gid:5"),
            ("suivi_public", "Suivi"),
            ("publier", "oui"),
            ("quantite", "2"),
        )
    )
    assert maybe_written(A1, None, MAPPING, NAMING) == ()


def test_what_a_task_does_not_carry_was_seen_empty() -> None:
    unknown = Naming.of({}, Observed(True, SINCE), MAPPING)
    bare = ObservedTask("7", "Bureau", homes={"1": "31"}, fields={"51": "Suivi"})
    seen = {one.field: one.seen for one in maybe_written(A1, bare, MAPPING, unknown)}
    empty = ("notes", "due_on", "section", "assignee", "suivi_public", "publier", "quantite")
    assert seen == {"name": "Bureau"} | dict.fromkeys(empty)


def remark(minute: int, by: str, text: str, about: str = "name", **more: object) -> Remark:
    return Remark("7", SINCE + timedelta(minutes=minute), by, text, about, **more)  # type: ignore[arg-type]


def valued(minute: int, by: str, old: FieldValue, new: FieldValue, about: str = "name") -> Remark:
    return remark(minute, by, f"{old} → {new}", about, old=old, new=new, valued=True)


def lines(name: str, *remarks: Remark, naming: Naming = NAMING) -> list[str]:
    return [each.text for each in naming.lines(name, remarks)]


def test_the_lines_about_a_field() -> None:
    told = (
        remark(1, US, "renamed"),
        remark(2, US, "by its gid", "51"),
        remark(3, US, "another's gid", "53"),
        remark(4, US, "set Suivi public to x", CUSTOM),
        remark(5, US, "set Publier to Oui", CUSTOM),
        remark(6, US, "set Publié ? to Oui", CUSTOM),
        remark(7, US, "Suivi public named in a comment", ""),
        remark(8, US, "set Quantité to 3", CUSTOM),
    )
    assert lines("name", *told) == ["renamed"]
    assert lines("due_on", *told) == []
    assert lines("suivi_public", *told) == ["by its gid", "set Suivi public to x"]
    assert lines("publier", *told) == ["set Publier to Oui", "set Publié ? to Oui"]
    assert lines("quantite", *told) == ["another's gid", "set Quantité to 3"]
    assert lines("nowhere", *told[:1], *told[3:6]) == []


def test_a_comment_is_about_no_field_not_even_one_that_is_gone() -> None:
    gone = Naming.of({}, Observed(True, SINCE), MAPPING)
    told = remark(1, THEM, "Merci !", ""), remark(2, US, "set Suivi public to x", CUSTOM)
    assert lines("suivi_public", *told, naming=gone) == ["set Suivi public to x"]


def losses(write: Written, *remarks: Remark) -> list[Loss]:
    return list(overwritten([write], remarks, SINCE, US, NAMING))


@pytest.mark.parametrize(
    ("remarks", "lost"),
    [
        pytest.param([valued(1, US, "vu", "mis")], None, id="what had been seen stood there"),
        pytest.param(
            [valued(1, THEM, "vu", "leur"), valued(2, US, "leur", "mis")],
            Loss("name", "leur", "vu → leur"),
            id="somebody wrote in between",
        ),
        pytest.param(
            [valued(2, US, "leur", "mis")],
            Loss("name", "leur", "leur → mis"),
            id="in between, and told by our line alone",
        ),
        pytest.param(
            [
                *(valued(1, THEM, "vu", "leur"), valued(2, US, "leur", "mis")),
                *(valued(3, THEM, "mis", "autre"), valued(4, US, "autre", "mis")),
            ],
            Loss("name", "autre", "mis → autre"),
            id="the last of our lines counts",
        ),
        pytest.param(
            [valued(1, US, "leur", "mis"), valued(2, THEM, "mis", "autre")],
            Loss("name", "leur", "leur → mis"),
            id="what came after is no loss",
        ),
        pytest.param([valued(1, US, "leur", "autre")], None, id="none of them is our write"),
        pytest.param([valued(-1, US, "leur", "mis")], None, id="before the cycle began"),
        pytest.param(
            [valued(0, US, "leur", "mis")], Loss("name", "leur", "leur → mis"), id="at it"
        ),
        pytest.param([valued(1, US, "leur", "mis", "notes")], None, id="of another field"),
        pytest.param(
            [remark(1, THEM, "renamed"), valued(2, US, "leur", "mis")],
            Loss("name", "leur", "renamed"),
            id="their line without a value",
        ),
        pytest.param(
            [valued(1, THEM, "vu", "leur"), remark(2, US, "renamed", new="mis")],
            None,
            id="a line without values is not known to be ours",
        ),
    ],
)
def test_the_history_tells_values(remarks: Sequence[Remark], lost: Loss | None) -> None:
    assert losses(Written(A1, "name", "vu", "mis"), *remarks) == ([lost] if lost else [])


def test_of_a_lost_answer_our_line_is_known_by_its_author() -> None:
    """What was put is not known."""
    write = Written(A1, "name", "vu", lost=True)
    told = valued(1, THEM, "vu", "leur"), valued(2, US, "leur", "mis")
    assert losses(write, *told) == [Loss("name", "leur", "vu → leur")]
    assert losses(write, told[0]) == []
    assert losses(write, valued(2, US, "vu", "mis")) == []


def test_each_write_is_looked_at() -> None:
    writes = [Written(A1, "name", "vu", "mis"), Written(A1, "publier", "oui", "non")]
    remarks = [valued(1, US, "vu", "mis"), valued(1, US, "69", "62", "52")]
    found = list(overwritten(writes, remarks, SINCE, US, NAMING))
    assert found == [Loss("publier", "gid:69", "69 → 62")]


@pytest.mark.parametrize(
    ("write", "theirs", "lost"),
    [
        pytest.param(
            Written(A1, "suivi_public", "vu"), "set Suivi public to leur", True, id="another value"
        ),
        pytest.param(
            Written(A1, "suivi_public", "vu"), "set Suivi public to vu", False, id="seen in time"
        ),
        pytest.param(
            Written(A1, "suivi_public", "vu"), "set Suivi public to “vu”.", False, id="in quotes"
        ),
        pytest.param(
            Written(A1, "suivi_public", "vu"), "set Suivi public to revu", True, id="a longer word"
        ),
        pytest.param(
            Written(A1, "suivi_public", "vu"), "Suivi public from vu to x", True, id="not its end"
        ),
        pytest.param(
            Written(A1, "suivi_public", "v.u"), "set Suivi public to vou", True, id="no pattern"
        ),
        pytest.param(
            Written(A1, "publier", "non"), "set Publier to Non publié", False, id="by its name"
        ),
        pytest.param(Written(A1, "publier", "non"), "set Publier to Oui", True, id="another one"),
        pytest.param(
            Written(A1, "publier", "gid:69"), "set Publier to gid:69", False, id="no option of ours"
        ),
        pytest.param(
            Written(A1, "suivi_public", None), "cleared Suivi public", True, id="seen empty"
        ),
        pytest.param(
            Written(A1, "suivi_public", None, restored=True),
            "cleared Suivi public",
            False,
            id="seen empty and filled again",
        ),
    ],
)
def test_the_history_tells_only_who(write: Written, theirs: str, lost: bool) -> None:
    ours = "set Suivi public and Publier to y"
    told = remark(1, THEM, theirs, CUSTOM), remark(2, US, ours, CUSTOM)
    assert losses(write, *told) == ([Loss(write.field, theirs, theirs)] if lost else [])


@pytest.mark.parametrize(
    ("authors", "said"),
    [
        ([US], None),
        ([THEM], None),
        ([US, THEM], None),
        ([THEM, US], "line 0"),
        ([US, THEM, US], "line 1"),
        ([THEM, THEM, US, US], "line 1"),
    ],
)
def test_somebodys_line_before_the_last_of_ours(authors: list[str], said: str | None) -> None:
    told = [remark(n, by, f"line {n}") for n, by in enumerate(authors)]
    write = Written(A1, "name", "vu", "mis")
    assert losses(write, *told) == ([Loss("name", said, said)] if said else [])


def test_how_a_loss_is_written_down_and_told() -> None:
    loss = Loss("name", "leur", "renamed")
    assert race_row(A1, loss) == NewLogRow(
        kind="overwritten",
        subject=A1,
        field="name",
        asana="leur",
        from_="leur",
        rule="overwritten",
        reason_fr="modifié dans Asana entre la lecture et l’écriture de Jalon : renamed",
        reason_en="changed in Asana between Jalon's reading and its writing: renamed",
        outcome="noted",
        actor="asana",
    )
    facts = {"title": "Bureau", "field": "name", "said": "renamed"}
    assert race_finding(A1, "Bureau", loss) == Finding("field.overwritten", f"{A1}#name", facts)


def test_how_an_unread_history_is_written_down_and_told() -> None:
    assert unread_row(A1) == NewLogRow(
        kind="overwritten",
        subject=A1,
        field="history",
        rule="overwritten",
        reason_fr="écrit par deux à la fois; l’historique ne se lit pas",
        reason_en="written by two at once; the history cannot be read",
        actor="asana",
    )
    told = Finding("task.history_unread", f"{A1}#history", {"title": "Bureau"})
    assert unread_finding(A1, "Bureau") == told
