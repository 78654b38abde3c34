"""What the first cycle after a recovery may not do before a person looked."""

from typing import Any

import pytest

from sync.core.after_recovery import after_recovery
from sync.core.draft import ChangeSet
from sync.core.recognise import Recognition
from sync.core.view import View
from sync.model.guarding import Alarm
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateField,
    CreateOption,
    CreateProject,
    CreateSection,
    CreateTask,
    ShareProject,
    UpdateTask,
)
from sync.model.snapshot import Snapshot
from sync.wording import Text
from tests.core.paper_draft import STATE
from tests.core.paper_page import action, document, line, standing


def proposing(*operations: AnyOperation) -> View:
    return View(Recognition({}), {}, {}, (), ChangeSet(operations=operations))


def page(*actions: dict[str, Any], **said: Any) -> Snapshot:
    return Snapshot.model_validate(document(*actions, **said))


def task(number: int) -> CreateTask:
    ref = f"action:A-{number}"
    return CreateTask(ref=ref, name="", notes="", role="actions", section="section:1.1")


BASE = page(action("A-1"))
REST: tuple[AnyOperation, ...] = (
    UpdateTask(ref="action:A-1"),
    ShareProject(ref="share:actions/x", role="actions", member="x"),
    AttachField(ref="attach:actions/etat", role="actions", field="field:etat"),
)
KINDS: tuple[AnyOperation, ...] = (
    CreateProject(ref="project:actions", role="actions", name="", notes=""),
    CreateSection(ref="section:1.1", role="actions", name=""),
    CreateField(ref="field:etat", rule=STATE),
    CreateOption(ref="option:etat/a", field="field:etat", name="", color=""),
)


@pytest.mark.parametrize(
    ("operations", "made", "named"),
    [
        pytest.param(REST, (), "", id="nothing is made"),
        pytest.param((*REST, task(1)), ("action:A-1",), "action:A-1", id="a task"),
        pytest.param(
            KINDS,
            ("field:etat", "option:etat/a", "project:actions", "section:1.1"),
            "field:etat, option:etat/a, project:actions, section:1.1",
            id="each kind, in order",
        ),
        pytest.param(
            [task(n) for n in (5, 4, 3, 2, 1)],
            tuple(f"action:A-{n}" for n in range(1, 6)),
            "action:A-1, action:A-2, action:A-3, action:A-4, action:A-5",
            id="five are named",
        ),
        pytest.param(
            [task(n) for n in (6, 5, 4, 3, 2, 1)],
            tuple(f"action:A-{n}" for n in range(1, 7)),
            "action:A-1, action:A-2, action:A-3, action:A-4, action:A-5…",
            id="and of six the first five",
        ),
    ],
)
def test_nothing_is_made_before_somebody_looked(
    operations: list[AnyOperation], made: tuple[str, ...], named: str
) -> None:
    where = Text(named, named)
    alarm = Alarm("creations after a recovery", len(made), 27, 0, made, where)
    found = after_recovery(proposing(*operations), 27, BASE, BASE)
    assert found == ((alarm,) if made else ())
    assert after_recovery(proposing(*operations), 27, None, BASE) == found


def told(before: Snapshot, after: Snapshot) -> tuple[str, ...]:
    alarms = after_recovery(proposing(), 27, before, after)
    return alarms[0].subjects if alarms else ()


def test_the_alarm_names_what_would_turn_back() -> None:
    """Out of how many actions, and of more than five the first ones."""
    many = [action(f"A-{n}") for n in range(1, 7)]
    (alarm,) = after_recovery(proposing(), 27, page(*many[:5]), page())
    subjects = tuple(f"action:A-{n}" for n in range(1, 6))
    named = ", ".join(subjects)
    assert alarm == Alarm("page after a recovery", 5, 5, 0, subjects, Text(named, named))
    (alarm,) = after_recovery(proposing(), 27, page(*many), page())
    assert (alarm.changed, alarm.known, alarm.where) == (6, 6, Text(f"{named}…", f"{named}…"))
    both = after_recovery(proposing(task(9)), 27, page(*many), page())
    assert [one.rule for one in both] == ["creations after a recovery", "page after a recovery"]


def revised(number: int, *actions: dict[str, Any], title: str = "Plan") -> Snapshot:
    told = {"id": "p", "titre": title, "revision": number, "adopte_le": "2025-11-28"}
    return page(*actions, plan=told)


def headed(axe: str = "Axe", objectif: str = "Mieux", volet: str = "Gouvernance") -> Snapshot:
    volets = [{"id": "1.1", "titre": volet, "actions": []}]
    return page(axes=[{"numero": 1, "titre": axe, "objectif": objectif, "volets": volets}])


@pytest.mark.parametrize(
    ("before", "after", "subjects"),
    [
        pytest.param(BASE, BASE, (), id="the same"),
        pytest.param(revised(2), revised(1), ("plan",), id="an older revision"),
        pytest.param(revised(1), revised(2, title="Autre"), (), id="a newer one, in other words"),
        pytest.param(revised(1), revised(1, title="Autre"), ("plan",), id="another title"),
        pytest.param(headed(), headed(axe="Autre"), ("plan",), id="an axis in other words"),
        pytest.param(headed(), headed(objectif="Autre"), ("plan",), id="another objective"),
        pytest.param(headed(), headed(volet="Autre"), ("plan",), id="a volet in other words"),
        pytest.param(
            page(action("A-1"), action("A-2")),
            page(action("A-2", titre="Autre")),
            ("action:A-1", "action:A-2#name"),
            id="an action gone and another in other words",
        ),
        pytest.param(
            revised(1, action("A-1"), action("A-2")),
            revised(2, action("A-2", titre="Autre")),
            (),
            id="which a newer revision may do",
        ),
        pytest.param(BASE, page(action("A-1"), action("A-2")), (), id="an action added"),
        pytest.param(
            page(action("A-1", jalons={"mi": standing(), "fin": standing()})),
            page(action("A-1", jalons={"fin": standing(etat="a_venir")})),
            ("action:A-1#mi",),
            id="a checkpoint gone: the other is looked at all the same",
        ),
    ],
)
def test_nothing_that_was_published_is_gone_or_says_less(
    before: Snapshot, after: Snapshot, subjects: tuple[str, ...]
) -> None:
    assert told(before, after) == subjects


def at(*lines: dict[str, Any], revision: int = 1, **said: Any) -> Snapshot:
    return revised(revision, action("A-1", jalons={"mi": standing(indicateurs=lines, **said)}))


RULED = {"selon": "reglement", "regle_le": "2026-02-03"}
THERE = ("action:A-1#mi",)
FIRST = ("indicator:L-1",)


@pytest.mark.parametrize(
    ("before", "after", "subjects"),
    [
        pytest.param(at(etat="atteint"), at(etat="en_cours"), THERE, id="fallen"),
        pytest.param(at(etat="atteint_en_retard"), at(etat="a_venir"), THERE, id="late, fallen"),
        pytest.param(at(etat="en_continu"), at(etat="en_cours"), THERE, id="ongoing, fallen"),
        pytest.param(at(etat="atteint"), at(etat="atteint_en_retard"), (), id="as good"),
        pytest.param(at(etat="atteint"), at(etat="retire"), (), id="retired is no fall"),
        pytest.param(at(etat="atteint"), at(etat="sans_objet"), (), id="nothing to do is none"),
        pytest.param(at(etat="en_cours"), at(etat="a_venir"), (), id="what was not good yet"),
        pytest.param(at(**RULED), at(**RULED), (), id="a ruling that stands"),
        pytest.param(at(**RULED), at(), THERE, id="a ruling that is gone"),
        pytest.param(at(**RULED), at(etat="retire", **RULED), THERE, id="ruled otherwise"),
        pytest.param(
            at(**RULED), at(selon="accord", regle_le="2026-02-03"), (), id="the same by accounts"
        ),
        pytest.param(
            at(etat="en_cours", regle_le="2026-02-03"), at(), (), id="a day without a ruling"
        ),
        pytest.param(at(line("L-1"), line("L-2")), at(line("L-2")), FIRST, id="a line gone"),
        pytest.param(at(line("L-1")), at(line("L-1", texte="Autre.")), FIRST, id="its words"),
        pytest.param(
            at(line("L-1")),
            at(line("L-1", cible={"genre": "livrable"})),
            FIRST,
            id="what it expects",
        ),
        pytest.param(at(line("L-1", fait=True)), at(line("L-1")), FIRST, id="done no more"),
        pytest.param(at(line("L-1")), at(line("L-1", fait=True)), (), id="done since"),
        pytest.param(
            at(line("L-1", fait=True), line("L-2")),
            at(line("L-2", texte="Autre."), revision=2),
            (),
            id="which a newer revision may do",
        ),
        pytest.param(
            at(line("L-1", fait=True)),
            at(line("L-1"), revision=2),
            FIRST,
            id="but not undo what was done",
        ),
        pytest.param(
            at(line("L-1", fait=True), etat="atteint"),
            at(line("L-1")),
            (*THERE, *FIRST),
            id="the status before its lines",
        ),
    ],
)
def test_no_status_and_no_line_turns_back(
    before: Snapshot, after: Snapshot, subjects: tuple[str, ...]
) -> None:
    assert told(before, after) == subjects
