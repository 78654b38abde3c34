"""What is told of one action: each disagreement, its facts, and from which day to which."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from sync.core.history import History
from sync.core.reconcile import (
    REWORDED_TOLD,
    account_of,
    accounts_of,
    file_findings,
    plan_findings,
    reconcile,
    ruled,
    standings_of,
    withheld_reasons,
)
from sync.core.status import stand
from sync.model.finding import Finding
from sync.model.mapping import DeclaredWord, FieldMapping
from sync.model.plan import Action, Axis, Checkpoint, Goal, Indicator, Plan, Revision, Volet
from sync.model.progress import (
    ActionProgress,
    Basis,
    Correction,
    FrozenStanding,
    IndicatorProgress,
    Ruling,
    Standing,
    Status,
)
from sync.model.rules import Rules

DAY = timedelta(days=1)
DUE, GEL = date(2026, 2, 15), date(2026, 2, 20)
EARLY, LATE, AFTER_GEL = DUE - DAY, DUE + DAY, GEL + DAY
MIDWAY = Checkpoint("mi-chemin", "Mi-chemin", DUE, GEL)
FINAL = Checkpoint("finalite", "Finalité", date(2026, 3, 15), date(2026, 3, 20))
RULES = Rules((MIDWAY, FINAL), ZoneInfo("America/Toronto"), FieldMapping((), {}))
GUIDE = Indicator("g", "Guide remis", Goal("deliverable"))
GROUPS = Indicator("q", "3 à 4 organismes", Goal("quantity", 3, 4, "organismes"))
ONGOING = Indicator("c", "En continu.", Goal("continuity"))
OPEN = IndicatorProgress()
AT_MIDWAY = {"action": "Bureau", "checkpoint": "Mi-chemin"}


def action(*midway: Indicator, final: tuple[Indicator, ...] = ()) -> Action:
    lines = {"mi-chemin": midway, "finalite": final}
    return Action("A1-01", "Bureau", {name: cell for name, cell in lines.items() if cell})


def plan_of(*actions: Action) -> Plan:
    return Plan("p", "Plan", (Axis(1, "Axe", "Mieux", (Volet("1.1", "Volet", actions),)),))


def done(day: date | None, **more: object) -> IndicatorProgress:
    return IndicatorProgress(**({"done": True, "done_on": day, "stated": True} | more))  # type: ignore[arg-type]


def said(word: DeclaredWord | None, *lines: IndicatorProgress, **more: object) -> ActionProgress:
    """The manager's word at midway, and what was recorded on the lines of `GUIDE, GROUPS, …`."""
    return ActionProgress(
        declared={"mi-chemin": word},
        indicators=dict(zip(("g", "q", "c"), (*lines, OPEN, OPEN, OPEN), strict=False)),
        **more,  # type: ignore[arg-type]
    )


def found(
    progress: ActionProgress,
    today: date = EARLY,
    of: Action | None = None,
    frozen: FrozenStanding | None = None,
    history: History | None = None,
    rules: Rules = RULES,
) -> list[Finding]:
    one = of or action(GUIDE)
    kept = {i.id: progress.indicators[i.id] for _, i in one.all_indicators()}
    progresses = {one.id: replace(progress, indicators=kept)}
    plan = plan_of(one)
    accounts = accounts_of(plan, rules, progresses, today, history)
    fixed = {(one.id, "mi-chemin"): frozen} if frozen else {}
    told = reconcile(plan, rules, progresses, accounts, fixed, history)
    assert list(told) == [one.id]
    return list(told[one.id])


def codes(findings: list[Finding]) -> list[str]:
    return [one.code for one in findings]


def midway(code: str, **more: str | int | None) -> Finding:
    return Finding(code, "action:A1-01#mi-chemin", AT_MIDWAY | more)


def line(code: str, of: Indicator = GUIDE, **more: str | int | None) -> Finding:
    return Finding(code, f"indicator:{of.id}", {"indicator": of.text} | more)


@pytest.mark.parametrize(
    ("word", "recorded", "today", "told"),
    [
        pytest.param(None, OPEN, DUE, [], id="silent on the due day"),
        pytest.param(None, OPEN, LATE, [midway("status.undeclared")], id="silent the day after"),
        pytest.param("en_cours", OPEN, LATE, [], id="under way, nothing done yet"),
        pytest.param("atteint", done(EARLY), EARLY, [], id="declared and done"),
        pytest.param(
            "atteint",
            OPEN,
            LATE,
            [midway("status.declared_without_evidence", done=0, expected=1)],
            id="declared, not done",
        ),
        pytest.param(
            "en_continu",
            OPEN,
            EARLY,
            [midway("status.continuity_misused")],
            id="en continu where a result is expected",
        ),
        pytest.param(
            "a_venir",
            done(EARLY),
            EARLY,
            [
                midway(
                    "status.apart", done=1, expected=1, declared="à venir", declared_en="upcoming"
                )
            ],
            id="done, declared upcoming",
        ),
        pytest.param(
            None,
            done(EARLY),
            EARLY,
            [midway("status.evidence_without_declaration", expected=1)],
            id="done, not declared",
        ),
        pytest.param("atteint", done(DUE), LATE, [], id="done on the due day"),
        pytest.param(
            "atteint",
            done(LATE),
            LATE,
            [midway("status.achieved_late", done_on="2026-02-16", due="2026-02-15")],
            id="done the day after, and dated",
        ),
        pytest.param(
            "atteint",
            done(LATE, stated=False),
            LATE,
            [
                midway("status.achieved_late", done_on="2026-02-16", due="2026-02-15"),
                line("indicator.late_undated", done_on="2026-02-16"),
            ],
            id="ticked the day after, without a date",
        ),
        pytest.param("atteint", done(DUE, stated=False), LATE, [], id="ticked on the due day"),
        pytest.param("en_cours", done(LATE), LATE, None, id="dated today is no future"),
        pytest.param(
            None,
            done(LATE),
            DUE,
            [line("indicator.done_in_future", done_on="2026-02-16")],
            id="dated tomorrow",
        ),
        pytest.param(
            None,
            done(LATE, stated=False),
            DUE,
            [line("indicator.ticked_in_future", done_on="2026-02-16")],
            id="ticked tomorrow by Asana's clock, without a date",
        ),
        pytest.param(
            None,
            IndicatorProgress(done_on=LATE, stated=True),
            DUE,
            [],
            id="a date alone is not held against the calendar",
        ),
    ],
)
def test_declared_done_and_the_calendar(
    word: DeclaredWord | None, recorded: IndicatorProgress, today: date, told: list[Finding] | None
) -> None:
    findings = found(said(word, recorded), today)
    if told is None:
        assert "indicator.done_in_future" not in codes(findings)
    else:
        assert findings == told


@pytest.mark.parametrize(
    ("recorded", "told"),
    [
        (IndicatorProgress(), None),
        (IndicatorProgress(quantity=2), None),
        (IndicatorProgress(quantity=3), ("indicator.quantity_undeclared", "3")),
        (IndicatorProgress(quantity=5), ("indicator.quantity_undeclared", "5")),
        (done(EARLY), ("indicator.quantity_missing", None)),
        (done(EARLY, quantity=2.126), ("indicator.quantity_short", "2.13")),
        (done(EARLY, quantity=3), None),
        (done(EARLY, quantity=5), None),
        (done(LATE, quantity=2), ("indicator.done_in_future", "")),
    ],
)
def test_a_figure_against_its_goal(
    recorded: IndicatorProgress, told: tuple[str, str | None] | None
) -> None:
    """A line that is done in the future says only that."""
    findings = [
        one
        for one in found(said("en_cours", OPEN, recorded), EARLY, action(GROUPS))
        if not one.code.startswith("status.")
    ]
    if told is None:
        assert findings == []
    elif told[0] == "indicator.done_in_future":
        assert findings == [line(told[0], GROUPS, done_on="2026-02-16")]
    else:
        assert findings == [line(told[0], GROUPS, goal="3 à 4 organismes", quantity=told[1])]


@pytest.mark.parametrize("goal", [Goal("quantity"), Goal("deliverable", 3)])
@pytest.mark.parametrize("recorded", [done(EARLY, quantity=1), IndicatorProgress(quantity=5)])
def test_without_a_number_expected_no_figure_is_held_against_it(
    goal: Goal, recorded: IndicatorProgress
) -> None:
    one = Indicator("q", "Des organismes", goal)
    told = found(said("en_cours", OPEN, recorded), EARLY, action(one))
    assert not [finding for finding in told if finding.code.startswith("indicator.")]


@pytest.mark.parametrize(
    ("recorded", "reworded", "told"),
    [
        (done(EARLY), DUE, True),
        (done(EARLY), EARLY, False),
        (done(EARLY), None, False),
        (done(None), DUE, False),
        (IndicatorProgress(done_on=EARLY), DUE, False),
    ],
)
def test_a_tick_older_than_the_words_is_asked_about_and_not_confirmed(
    recorded: IndicatorProgress, reworded: date | None, told: bool
) -> None:
    history = History(reworded={"g": reworded} if reworded else {"other": DUE})
    progress = said("atteint", recorded)
    findings = found(progress, EARLY, history=history)
    asked = line("indicator.reworded_after_done")
    assert (asked in findings) is told
    standing = stand(account_of(action(GUIDE), MIDWAY, progress, EARLY, history=history))
    assert standing.confirmed is (recorded.done and not told)


def test_one_reworded_line_of_two_is_enough_for_doubt() -> None:
    history = History(reworded={"g": DUE})
    progress = said("atteint", done(EARLY), done(EARLY, quantity=3))
    account = account_of(action(GUIDE, GROUPS), MIDWAY, progress, EARLY, history=history)
    assert (account.done, account.doubtful) == (2, True)
    without = account_of(action(GUIDE, GROUPS), MIDWAY, progress, EARLY)
    assert without == account._replace(doubtful=False)


def test_an_account_counts_what_was_known_by_a_day() -> None:
    progress = said("en_cours", done(LATE))
    account = account_of(action(GUIDE), MIDWAY, progress, AFTER_GEL, DUE)
    assert (account.done, account.expected, account.today) == (0, 1, AFTER_GEL)
    assert (account.declared, account.checkpoint) == ("en_cours", MIDWAY)
    elsewhere = account_of(action(GUIDE), FINAL, progress, AFTER_GEL)
    assert (elsewhere.declared, elsewhere.expected) == (None, 0)


@pytest.mark.parametrize(
    ("changes", "open_ones"),
    [
        ({"completed": True}, 2),
        ({"completed": False}, 0),
        ({"completed": True, "visible": False}, 0),
    ],
)
def test_a_completed_task_with_open_lines(changes: Mapping[str, bool], open_ones: int) -> None:
    facts = {"action": "Bureau", "open": 2}
    expected = [Finding("task.completed_with_open_indicators", "action:A1-01", facts)]
    one = action(GUIDE, final=(GROUPS,))
    assert found(said("en_cours", **changes), EARLY, one) == (expected if open_ones else [])


def test_a_completed_task_all_done_is_right() -> None:
    assert found(said("atteint", done(EARLY), completed=True)) == []


@pytest.mark.parametrize(
    ("recorded", "evidence", "idle"),
    [
        (OPEN, None, True),
        (done(EARLY), None, False),
        (IndicatorProgress(evidence="https://ville.example/pv"), None, False),
        (IndicatorProgress(quantity=4), None, False),
        (OPEN, "https://ville.example/pv", False),
    ],
)
def test_en_continu_wants_to_see_something_done(
    recorded: IndicatorProgress, evidence: str | None, idle: bool
) -> None:
    """The other line of the cell is done with its proof: it shows nothing of what goes on."""
    proved = done(EARLY, evidence="https://ville.example/guide", quantity=1)
    progress = said("en_continu", proved, OPEN, recorded, evidence=evidence)
    told = [midway("status.continuity_idle")] if idle else []
    assert found(progress, EARLY, action(GUIDE, ONGOING)) == told


FINAL_FIRST = Finding(
    "status.final_before_midway",
    "action:A1-01#finalite",
    {"action": "Bureau", "earlier": "Mi-chemin", "later": "Finalité"},
)


@pytest.mark.parametrize(
    ("midway_line", "final_line", "told"),
    [(OPEN, done(EARLY), True), (done(EARLY), done(EARLY), False), (OPEN, OPEN, False)],
)
def test_the_final_result_before_the_midway_one(
    midway_line: IndicatorProgress, final_line: IndicatorProgress, told: bool
) -> None:
    findings = found(said(None, midway_line, final_line), EARLY, action(GUIDE, final=(NOTE,)))
    assert (FINAL_FIRST in findings) is told


NOTE = Indicator("q", "Note", Goal("deliverable"))


def test_en_continu_at_the_end_is_not_achieved_before() -> None:
    progress = said(None, OPEN, OPEN, done(EARLY))
    progress = replace(progress, declared={"finalite": "en_continu"})
    assert FINAL_FIRST not in found(progress, EARLY, action(GUIDE, final=(ONGOING,)))


def test_a_checkpoint_without_lines_hides_none_after_it() -> None:
    one = Action("A1-01", "Bureau", {"finalite": (GUIDE,)})
    told = found(said(None, done(EARLY)), EARLY, one)
    assert [(f.code, f.subject) for f in told] == [
        ("status.evidence_without_declaration", "action:A1-01#finalite")
    ]


@pytest.mark.parametrize(
    ("note", "evidence", "publish", "told"),
    [
        (None, None, True, []),
        ("Bientôt", "https://ville.example", True, []),
        ("819 555-0199", "http://intranet", False, []),
        ("819 555-0199", None, True, ["public.text_withheld"]),
        (None, "http://intranet", True, ["public.link_withheld"]),
    ],
)
def test_what_staff_wrote_for_the_public(
    note: str | None, evidence: str | None, publish: bool, told: list[str]
) -> None:
    words = {
        "public.text_withheld": ("un numéro de téléphone", "a telephone number"),
        "public.link_withheld": (
            "ce n’est pas une adresse https",
            "it is not an https address",
        ),
    }
    held = {"public.text_withheld": "819 555-0199", "public.link_withheld": "http://intranet"}
    expected = [
        Finding(
            code,
            "action:A1-01",
            {
                "action": "Bureau",
                "words": held[code],
                "what": words[code][0],
                "what_en": words[code][1],
            },
        )
        for code in told
    ]
    progress = said("en_cours", note=note, evidence=evidence, publish_note=publish)
    assert found(progress) == expected


NAMED = replace(RULES, never=("Jean Roy",))
A_NAME = {
    "action": "Bureau",
    "words": "Jean Roy",
    "what": "un nom à ne jamais publier",
    "what_en": "a name that is never to be published",
}


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("public.text_withheld", {"note": "Selon JEAN ROY."}),
        ("public.link_withheld", {"evidence": "https://ville.ca/jean-roy"}),
    ],
)
def test_a_name_on_the_city_s_list_is_told_where_it_was_typed(
    code: str, typed: Mapping[str, str]
) -> None:
    progress = said("en_cours", publish_note=True, **typed)
    assert found(progress, rules=NAMED) == [Finding(code, "action:A1-01", A_NAME)]
    assert found(progress) == []


VU = Correction(Status.ACHIEVED, AFTER_GEL, "Vu au conseil.")
BY_ROY = Correction(Status.ACHIEVED, AFTER_GEL, "Selon Jean Roy.")


@pytest.mark.parametrize(
    ("corrections", "ruling", "told"),
    [
        pytest.param((), None, False, id="nothing was decided"),
        pytest.param((VU,), "Vu.", False, id="what may be shown"),
        pytest.param((VU, BY_ROY), None, True, id="of a correction"),
        pytest.param((), "Selon Jean Roy.", True, id="of a ruling"),
        pytest.param((BY_ROY,), "Selon Jean Roy.", True, id="of both, once"),
    ],
)
def test_a_reason_that_cannot_be_shown_is_told_with_its_place(
    corrections: tuple[Correction, ...], ruling: str | None, told: bool
) -> None:
    """The page shows that a reason was given; whoever gave it must learn that it is not read."""
    plan, at = plan_of(action(GUIDE)), ("A1-01", "mi-chemin")
    standing = stand(account_of(action(GUIDE), MIDWAY, said(None, OPEN), AFTER_GEL))
    frozen = {at: FrozenStanding(standing, GEL, corrections=corrections)} if corrections else {}
    rulings = {at: Ruling(Status.ACHIEVED, AFTER_GEL, ruling)} if ruling else {}
    expected = [Finding("public.reason_withheld", "action:A1-01#mi-chemin", A_NAME)]
    assert list(withheld_reasons(plan, NAMED, rulings, frozen)) == expected * told
    assert list(withheld_reasons(plan, RULES, rulings, frozen)) == []


def fixed(
    status: Status,
    known: Mapping[str, date | None] = {},
    *corrections: Status,
    basis: Basis = "accord",
    expected: int = 1,
) -> FrozenStanding:
    return FrozenStanding(
        Standing(status, len(known), expected, basis),
        GEL,
        done=known,
        corrections=tuple(Correction(one, AFTER_GEL, "vérifié") for one in corrections),
    )


GOOD, LATE_ONE, NOT_DONE, SILENT = (
    Status.ACHIEVED,
    Status.ACHIEVED_LATE,
    Status.NOT_ACHIEVED,
    Status.NOT_ASSESSED,
)


@pytest.mark.parametrize(
    ("frozen", "recorded", "today", "told"),
    [
        pytest.param(fixed(GOOD, {"g": EARLY}), done(EARLY), AFTER_GEL, None, id="as it was"),
        pytest.param(
            fixed(GOOD, {"g": EARLY}),
            OPEN,
            AFTER_GEL,
            ("status.regressed", GOOD, NOT_DONE),
            id="achieved then, open now",
        ),
        pytest.param(fixed(GOOD, {"g": EARLY}), OPEN, GEL, None, id="the gel's own day is early"),
        pytest.param(
            fixed(SILENT),
            done(EARLY),
            AFTER_GEL,
            ("status.frozen_otherwise", SILENT, GOOD),
            id="not assessed then, dated before the due day now",
        ),
        pytest.param(
            fixed(NOT_DONE),
            done(GEL),
            AFTER_GEL,
            ("status.frozen_otherwise", NOT_DONE, LATE_ONE),
            id="dated on the gel's day",
        ),
        pytest.param(
            fixed(NOT_DONE), done(AFTER_GEL), AFTER_GEL, None, id="done after the gel is no matter"
        ),
        pytest.param(
            fixed(NOT_DONE, expected=2),
            done(EARLY),
            AFTER_GEL,
            None,
            id="the plan expected something else then",
        ),
        pytest.param(
            fixed(GOOD, {"g": EARLY}),
            done(LATE),
            AFTER_GEL,
            ("status.frozen_otherwise", GOOD, LATE_ONE),
            id="achieved in time then, late by its date now",
        ),
        pytest.param(
            fixed(LATE_ONE, {"g": LATE}),
            done(EARLY),
            AFTER_GEL,
            ("status.frozen_otherwise", LATE_ONE, GOOD),
            id="late then, in time by its date now",
        ),
        pytest.param(
            fixed(GOOD, {"g": EARLY}),
            done(AFTER_GEL),
            AFTER_GEL,
            ("status.frozen_otherwise", GOOD, NOT_DONE),
            id="its date set behind the gel: not done on that day",
        ),
        pytest.param(
            fixed(Status.CONTINUOUS),
            done(EARLY),
            AFTER_GEL,
            None,
            id="en continu then, achieved now: both are good",
        ),
        pytest.param(
            fixed(GOOD, basis="reglement"), OPEN, AFTER_GEL, None, id="ruled by a person at the gel"
        ),
        pytest.param(
            fixed(NOT_DONE, {}, GOOD, basis="reglement"),
            OPEN,
            AFTER_GEL,
            ("status.regressed", GOOD, NOT_DONE),
            id="ruled at the gel and corrected since: the correction is held against the facts",
        ),
        pytest.param(
            fixed(GOOD, {"g": EARLY}, NOT_DONE),
            OPEN,
            AFTER_GEL,
            None,
            id="corrected to what the facts say",
        ),
    ],
)
def test_what_was_frozen_against_what_is_said_of_that_day(
    frozen: FrozenStanding,
    recorded: IndicatorProgress,
    today: date,
    told: tuple[str, Status, Status] | None,
) -> None:
    names = {
        GOOD: ("atteint", "achieved"),
        LATE_ONE: ("atteint en retard", "achieved late"),
        NOT_DONE: ("non atteint", "not achieved"),
        SILENT: ("non évalué", "not assessed"),
    }
    word: DeclaredWord | None = "atteint" if recorded.done else "en_cours"
    findings = [
        one
        for one in found(said(word, recorded), today, frozen=frozen)
        if one.code in ("status.regressed", "status.frozen_otherwise")
    ]
    if told is None:
        assert findings == []
        return
    code, was, says = told
    assert findings == [
        midway(
            code,
            frozen_on="2026-02-20",
            was=was.value,
            says=says.value,
            frozen=names[was][0],
            frozen_en=names[was][1],
            current=names[says][0],
            current_en=names[says][1],
        )
    ]


BACKDATED, POSTDATED = "indicator.backdated", "indicator.postdated"


@pytest.mark.parametrize(
    ("frozen", "recorded", "today", "told"),
    [
        pytest.param(fixed(SILENT), done(EARLY), LATE, BACKDATED, id="open then, dated before now"),
        pytest.param(fixed(SILENT), done(DUE), LATE, BACKDATED, id="dated on the due day"),
        pytest.param(fixed(SILENT), done(LATE), LATE, None, id="dated late, which is no favour"),
        pytest.param(fixed(SILENT), done(EARLY), DUE, None, id="the due day is not over"),
        pytest.param(fixed(SILENT), done(EARLY, stated=False), LATE, None, id="nobody dated it"),
        pytest.param(fixed(SILENT), done(None), LATE, None, id="without a day"),
        pytest.param(None, done(EARLY), LATE, None, id="nothing was frozen"),
        pytest.param(fixed(GOOD, {"g": EARLY}), done(EARLY), LATE, None, id="known in time"),
        pytest.param(fixed(GOOD, {"g": DUE}), done(EARLY), LATE, None, id="known on the due day"),
        pytest.param(fixed(GOOD, {"g": None}), done(EARLY), LATE, None, id="known without a day"),
        pytest.param(fixed(GOOD, {"q": EARLY}), done(EARLY), LATE, BACKDATED, id="another was"),
        pytest.param(fixed(LATE_ONE, {"g": LATE}), done(DUE), LATE, BACKDATED, id="known as late"),
        pytest.param(
            fixed(GOOD), done(EARLY), AFTER_GEL, BACKDATED, id="the same status by another line"
        ),
        pytest.param(
            fixed(SILENT, {}, GOOD), done(EARLY), AFTER_GEL, None, id="heard: corrected to it"
        ),
        pytest.param(
            fixed(SILENT, {}, NOT_DONE), done(EARLY), AFTER_GEL, BACKDATED, id="corrected otherwise"
        ),
        pytest.param(fixed(GOOD, {"g": EARLY}), done(LATE), LATE, POSTDATED, id="moved behind"),
        pytest.param(fixed(GOOD, {"g": DUE}), done(LATE), LATE, POSTDATED, id="from the due day"),
        pytest.param(fixed(GOOD, {"g": EARLY}), done(DUE), DUE, None, id="moved to the due day"),
        pytest.param(fixed(LATE_ONE, {"g": LATE}), done(GEL), GEL, None, id="late all along"),
        pytest.param(fixed(GOOD, {"g": None}), done(LATE), LATE, None, id="no day to compare"),
        pytest.param(
            fixed(GOOD, {"g": EARLY}), done(LATE, stated=False), LATE, None, id="a tick made anew"
        ),
        pytest.param(fixed(GOOD, {"g": EARLY}), done(None), LATE, None, id="its date erased"),
    ],
)
def test_a_date_set_otherwise_since_the_gel(
    frozen: FrozenStanding | None, recorded: IndicatorProgress, today: date, told: str | None
) -> None:
    findings = [
        one
        for one in found(said("atteint", recorded), today, frozen=frozen)
        if one.code in (BACKDATED, POSTDATED)
    ]
    day = recorded.done_on.isoformat() if recorded.done_on else None
    if told == POSTDATED:
        assert frozen is not None
        before = str(frozen.done["g"])
        assert findings == [line(POSTDATED, done_on=day, before=before)]
    else:
        assert findings == ([line(BACKDATED, done_on=day)] if told else [])


def test_a_ruling_goes_before_the_facts() -> None:
    accounts = accounts_of(plan_of(action(GUIDE)), RULES, {"A1-01": said("en_cours")}, EARLY)
    account = accounts["A1-01"]["mi-chemin"]
    assert ruled(account, None) == account
    retired = ruled(account, Ruling(Status.RETIRED, EARLY))
    assert (retired.retired, retired.settled) == (True, Status.RETIRED)
    settled = ruled(account, Ruling(Status.ACHIEVED, EARLY))
    assert settled == account._replace(settled=Status.ACHIEVED)
    rulings = {("A1-01", "mi-chemin"): Ruling(Status.ACHIEVED, EARLY)}
    told = standings_of(accounts, rulings)
    assert list(told) == ["A1-01"]
    assert {name: one.status for name, one in told["A1-01"].items()} == {
        "mi-chemin": Status.ACHIEVED,
        "finalite": Status.NOT_APPLICABLE,
    }
    assert standings_of(accounts, {})["A1-01"]["mi-chemin"].status is Status.UNDER_WAY


def test_accounts_are_kept_by_action_and_checkpoint_with_their_doubt() -> None:
    history = History(reworded={"g": DUE})
    progress = {"A1-01": said(None, done(EARLY))}
    accounts = accounts_of(plan_of(action(GUIDE)), RULES, progress, EARLY, history)
    assert {name: one.doubtful for name, one in accounts["A1-01"].items()} == {
        "mi-chemin": True,
        "finalite": False,
    }


def test_what_the_published_words_leave_open() -> None:
    state = Indicator("s", "Terminé", Goal("state", word="Terminé"))
    assert list(plan_findings(plan_of(action(GUIDE, state)), RULES)) == [
        Finding(
            "plan.no_indicator",
            "action:A1-01#finalite",
            {"action": "Bureau", "checkpoint": "Finalité"},
        ),
        Finding("plan.state_word", "indicator:s", {"indicator": "s", "text": "Terminé"}),
    ]


def test_a_file_that_is_not_the_plan_of_record() -> None:
    lines = tuple(Indicator(f"g{n}", f"Guide {n}", Goal("deliverable")) for n in range(30))
    record = Revision(3, EARLY, "essai", plan_of(action(*lines)))
    assert list(file_findings(record, record.plan)) == []

    def renamed(count: int) -> Plan:
        other = tuple(replace(one, text=f"{one.text} bis") for one in lines[:count])
        return plan_of(action(*other, *lines[count:-1]))

    told = list(file_findings(record, renamed(1)))
    assert told == [
        Finding("plan.file_differs", "plan", {"revision": 3, "count": 2}),
        Finding(
            "plan.reworded",
            "indicator:g0",
            {"id": "g0", "record": "Guide 0", "file": "Guide 0 bis"},
        ),
    ]
    for count, shown in ((REWORDED_TOLD, REWORDED_TOLD), (REWORDED_TOLD + 1, REWORDED_TOLD)):
        first, *others = file_findings(record, renamed(count))
        assert (first.facts["count"], len(others)) == (count + 1, shown)
