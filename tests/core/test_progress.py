"""What people recorded in Asana, read field by field; what cannot be read keeps its last value."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from math import inf, nan

import pytest

from sync.core.progress import LARGEST_QUANTITY, Baselines, ProgressReader, read_progress
from sync.core.recognise import Recognition
from sync.model.finding import Finding
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet
from sync.model.progress import ActionProgress, IndicatorProgress
from sync.model.target import (
    FieldValue,
    Observed,
    ObservedField,
    ObservedOption,
    ObservedTask,
)
from tests.core.paper_asana import READ_AT, rules_for

VISITS = Indicator("A-1", "Deux visites", Goal("quantity", 2, 2, "visites"))
LAST = Indicator("A-2", "Bilan", Goal("deliverable"))
ACTION = Action("A", "Tournée", {"mi-chemin": (VISITS,), "finalite": (LAST,)})
PLAN = Plan("essai", "Essai", (Axis(1, "Axe", "Mieux", (Volet("1.1", "Volet", (ACTION,)),)),))
RULES = rules_for(PLAN)
A, I1, I2 = "action:A", "indicator:A-1", "indicator:A-2"
GIDS = (
    {A: "t0", I1: "t1", I2: "t2"}
    | {f"field:{rule.key}": f"f/{rule.key}" for rule in RULES.mapping.fields}
    | {
        f"option:{rule.key}/{option.id}": f"o/{rule.key}/{option.id}"
        for rule in RULES.mapping.fields
        for option in rule.options
    }
)
PREVIOUS = date(2026, 1, 31)


def task(gid: str, fields: Mapping[str, FieldValue] | None = None, **more: object) -> ObservedTask:
    blank: dict[str, FieldValue] = {f"f/{rule.key}": None for rule in RULES.mapping.fields}
    typed = {f"f/{key}": value for key, value in (fields or {}).items()}
    return replace(ObservedTask(gid, "nom", fields=blank | typed), **more)  # type: ignore[arg-type]


def without(one: ObservedTask, *keys: str) -> ObservedTask:
    """The same task where these fields are detached from the project."""
    gone = {f"f/{key}" for key in keys}
    return replace(one, fields={k: v for k, v in one.fields.items() if k not in gone})


def reader(
    *tasks: ObservedTask,
    baselines: Baselines | None = None,
    gids: Mapping[str, str] = GIDS,
    gone: frozenset[str] = frozenset(),
    **seen: object,
) -> ProgressReader:
    observed = replace(
        Observed(True, READ_AT, tasks={one.gid: one for one in tasks}),
        **seen,  # type: ignore[arg-type]
    )
    return ProgressReader(RULES, observed, Recognition(gids, gone=gone), baselines or {}, PREVIOUS)


def action_of(one: ObservedTask, **seen: object) -> ActionProgress:
    return reader(one, **seen).action(ACTION)  # type: ignore[arg-type]


def indicator_of(one: ObservedTask, **seen: object) -> IndicatorProgress:
    return reader(one, **seen).indicator(VISITS)  # type: ignore[arg-type]


UNREAD = IndicatorProgress(visible=False)


def test_everything_that_people_enter_on_an_action_is_read() -> None:
    filled = task(
        "t0",
        {
            "declare/mi-chemin": "o/declare/mi-chemin/en_cours",
            "declare/finalite": "o/declare/finalite/a_venir",
            "preuve": " https://ville.example/pv\n",
            "note_publique": "  Trois visites faites. ",
            "publier_note": "o/publier_note/oui",
            "direction": "o/direction/greffe",
        },
        completed=True,
    )
    assert read_progress(PLAN, reader(filled, task("t1"))) == {
        "A": ActionProgress(
            declared={"mi-chemin": "en_cours", "finalite": "a_venir"},
            indicators={"A-1": IndicatorProgress(), "A-2": UNREAD},
            evidence="https://ville.example/pv",
            note="Trois visites faites.",
            publish_note=True,
            direction="greffe",
            completed=True,
            visible=True,
            read_on=None,
        )
    }


def test_an_empty_action_says_nothing_and_publishes_nothing() -> None:
    assert action_of(task("t0", {"note_publique": "  ", "preuve": ""})) == ActionProgress(
        declared={"mi-chemin": None, "finalite": None}, indicators={"A-1": UNREAD, "A-2": UNREAD}
    )


@pytest.mark.parametrize("gids", [{}, GIDS], ids=["never made", "made and not read"])
def test_an_action_without_a_task_is_not_in_sight(gids: Mapping[str, str]) -> None:
    progress = reader(gids=gids).action(ACTION)
    unread = {"A-1": UNREAD, "A-2": UNREAD}
    assert progress == ActionProgress(indicators=unread, visible=False)


@pytest.mark.parametrize(
    ("ticked", "stated", "progress"),
    [
        pytest.param(None, None, IndicatorProgress(), id="open"),
        pytest.param(
            None,
            date(2026, 2, 10),
            IndicatorProgress(done=True, done_on=date(2026, 2, 10), stated=True),
            id="a date alone is done",
        ),
        pytest.param(
            datetime(2026, 2, 13, 3, tzinfo=UTC),
            None,
            IndicatorProgress(done=True, done_on=date(2026, 2, 12)),
            id="a tick counts on the city's day",
        ),
        pytest.param(
            datetime(2026, 2, 13, 3, tzinfo=UTC),
            date(2026, 2, 10),
            IndicatorProgress(done=True, done_on=date(2026, 2, 10), stated=True),
            id="what was stated goes before the tick",
        ),
    ],
)
def test_when_an_indicator_was_done(
    ticked: datetime | None, stated: date | None, progress: IndicatorProgress
) -> None:
    one = task("t1", {"fait_le": stated}, completed=ticked is not None, completed_at=ticked)
    assert indicator_of(one) == progress


def test_a_tick_without_its_hour_is_done_on_no_day_and_an_hour_without_a_tick_is_nothing() -> None:
    assert indicator_of(task("t1", completed=True)) == IndicatorProgress(done=True)
    assert indicator_of(task("t1", completed_at=READ_AT)) == IndicatorProgress()


def test_what_is_no_day_is_no_date() -> None:
    """People made a text field of « Fait le »."""
    assert indicator_of(task("t1", {"fait_le": "hier"})) == IndicatorProgress()


def test_what_an_indicator_carries_beside_its_tick() -> None:
    one = task("t1", {"quantite": 2, "preuve": " pv "})
    assert indicator_of(one) == IndicatorProgress(quantity=2.0, evidence="pv")


@pytest.mark.parametrize("figure", [0, 0.5, 3, LARGEST_QUANTITY])
def test_a_figure_that_a_person_can_mean_counts(figure: float) -> None:
    seen = reader(task("t1", {"quantite": figure}))
    assert seen.indicator(VISITS).quantity == figure
    assert seen.findings == []


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        (-0.5, "-0.5"),
        (LARGEST_QUANTITY + 1, "1000000"),
        (8_192_945_500, "8192945500"),
        (1.005e7, "10050000"),
        (inf, "Infinity"),
        (nan, "NaN"),
    ],
)
def test_any_other_figure_counts_for_nothing_and_is_told(figure: float, told: str) -> None:
    seen = reader(task("t1", {"quantite": figure}))
    assert seen.indicator(VISITS).quantity is None
    facts = {"indicator": "Deux visites", "quantity": told}
    assert seen.findings == [Finding("indicator.quantity_unfit", I1, facts)]


def test_a_figure_with_many_decimals_is_told_with_two() -> None:
    seen = reader(task("t1", {"quantite": -1.23456}))
    seen.indicator(VISITS)
    assert [finding.facts["quantity"] for finding in seen.findings] == ["-1.23"]


def test_what_cannot_be_read_keeps_its_last_known_value() -> None:
    """A field that was detached turns no status back."""
    fields = ("declare/mi-chemin", "preuve", "note_publique", "publier_note", "direction")
    known: Baselines = {
        (A, "declare/mi-chemin"): "en_cours",
        (A, "preuve"): "pv",
        (A, "note_publique"): "note",
        (A, "publier_note"): "oui",
        (A, "direction"): "greffe",
    }
    progress = action_of(without(task("t0"), *fields), baselines=known)
    assert progress.declared == {"mi-chemin": "en_cours", "finalite": None}
    assert (progress.evidence, progress.note) == ("pv", "note")
    assert (progress.publish_note, progress.direction) == (True, "greffe")
    detached = without(task("t1"), "fait_le", "quantite", "preuve")
    last: Baselines = {(I1, "fait_le"): "2026-02-10", (I1, "quantite"): "2.5", (I1, "preuve"): "pv"}
    assert indicator_of(detached, baselines=last) == IndicatorProgress(
        done=True, done_on=date(2026, 2, 10), stated=True, quantity=2.5, evidence="pv"
    )
    assert indicator_of(detached) == IndicatorProgress()


def test_what_can_be_read_counts_though_it_is_empty_now() -> None:
    known: Baselines = {(I1, "fait_le"): "2026-02-10", (A, "declare/mi-chemin"): "en_cours"}
    assert indicator_of(task("t1"), baselines=known) == IndicatorProgress()
    assert action_of(task("t0"), baselines=known).declared["mi-chemin"] is None


def test_a_field_that_was_never_made_says_nothing() -> None:
    unmade = {ref: gid for ref, gid in GIDS.items() if ref != "field:fait_le"}
    assert indicator_of(task("t1", {"fait_le": PREVIOUS}), gids=unmade) == IndicatorProgress()


FIELDS = (
    ObservedField("f/axe", "Axe", "enum", options=(ObservedOption("7", "Autre champ"),)),
    ObservedField(
        "f/declare/mi-chemin",
        "État",
        "enum",
        options=(ObservedOption("8", "Fini"), ObservedOption("9", "Presque")),
    ),
)


@pytest.mark.parametrize(
    ("gid", "name"), [("9", "Presque"), ("10", "10")], ids=["by its name", "by its gid if unnamed"]
)
@pytest.mark.parametrize("known", ["en_cours", None])
def test_an_option_that_nobody_knows_is_told_and_the_last_known_one_kept(
    gid: str, name: str, known: str | None
) -> None:
    typed = task("t0", {"declare/mi-chemin": gid})
    seen = reader(typed, baselines={(A, "declare/mi-chemin"): known}, fields=FIELDS)
    assert seen.action(ACTION).declared["mi-chemin"] == known
    facts = {"title": "Tournée", "field": "État déclaré – Mi-chemin", "asana": name}
    subject = f"{A}#declare/mi-chemin"
    assert seen.findings == [Finding("schema.option_unknown", subject, facts)]


@pytest.mark.parametrize("key", ["publier_note", "direction"])
def test_it_is_told_of_every_choice_of_an_action(key: str) -> None:
    seen = reader(task("t0", {key: "10"}))
    progress = seen.action(ACTION)
    assert (progress.publish_note, progress.direction) == (False, None)
    told = [(finding.subject, finding.facts["title"]) for finding in seen.findings]
    assert told == [(f"{A}#{key}", "Tournée")]


def test_a_last_known_choice_that_the_mapping_no_longer_has_declares_nothing() -> None:
    detached = without(task("t0"), "declare/mi-chemin")
    progress = action_of(detached, baselines={(A, "declare/mi-chemin"): "presque"})
    assert progress.declared["mi-chemin"] is None


def test_an_option_without_a_meaning_declares_nothing() -> None:
    rules = replace(
        RULES,
        mapping=replace(
            RULES.mapping,
            fields=tuple(
                replace(rule, options=tuple(replace(o, means="bientôt") for o in rule.options))
                if rule.role == "declared"
                else rule
                for rule in RULES.mapping.fields
            ),
        ),
    )
    typed = task("t0", {"declare/mi-chemin": "o/declare/mi-chemin/en_cours"})
    observed = Observed(True, READ_AT, tasks={"t0": typed})
    progress = ProgressReader(rules, observed, Recognition(GIDS), {}).action(ACTION)
    assert progress.declared["mi-chemin"] is None


LAST_SEEN: Baselines = {(A, "last_seen"): "2026-01-20"}


@pytest.mark.parametrize(
    ("seen", "visible", "read_on"),
    [
        pytest.param({"baselines": LAST_SEEN}, True, None, id="in sight: as of today"),
        pytest.param(
            {"gone": frozenset({A}), "baselines": LAST_SEEN},
            False,
            date(2026, 1, 20),
            id="gone: as of the day it was last seen",
        ),
        pytest.param(
            {"moved": frozenset({"t0"})}, False, PREVIOUS, id="moved: as of the previous read"
        ),
        pytest.param(
            {"gone": frozenset({I1}), "moved": frozenset({"t1"})}, True, None, id="another task"
        ),
    ],
)
def test_of_which_day_the_facts_of_an_action_are(
    seen: Mapping[str, object], visible: bool, read_on: date | None
) -> None:
    progress = action_of(task("t0"), **seen)
    assert (progress.visible, progress.read_on) == (visible, read_on)


@pytest.mark.parametrize("seen", [{"gone": frozenset({I1})}, {"moved": frozenset({"t1"})}])
def test_an_indicator_that_went_is_read_from_its_last_body(seen: Mapping[str, object]) -> None:
    progress = indicator_of(task("t1", {"fait_le": PREVIOUS}), **seen)
    assert progress == IndicatorProgress(done=True, done_on=PREVIOUS, stated=True, visible=False)
