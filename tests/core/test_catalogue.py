"""Every code of the catalogue appears for its own reason, and says who holds what, and why."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from sync.core.accept import held_finding
from sync.core.activity import ACTIVE, STALE_AFTER
from sync.core.catalogue import CATALOGUE, wording
from sync.core.chosen import Chosen
from sync.core.history import History
from sync.core.marks import action_ref, indicator_ref
from sync.core.races import Loss, race_finding, unread_finding
from sync.core.reconcile import file_findings
from sync.core.reword import reword
from sync.core.sides import GROUNDS, asana_link, rule_of, sides
from sync.errors import UnsafeChangeSet
from sync.model.finding import Finding, Settlement
from sync.model.plan import Action, Goal, Plan, Revision
from sync.model.progress import FrozenStanding, Standing, Status
from sync.model.target import ObservedTask
from sync.wording import Text
from tests.core.paper_asana import READ_AT, PaperAsana, provisioned, rules_for, small_plan

A1, A2 = action_ref("A1-01"), action_ref("A1-02")
I1, I2 = indicator_ref("A1-01-mi-chemin-1"), indicator_ref("A1-02-mi-chemin-1")
LATER, AFTER_DUE, AFTER_GEL = date(2026, 2, 10), date(2026, 2, 17), date(2026, 2, 25)
CYCLE_TESTS: Final = Path(__file__).parents[1] / "cycle"

Scene = Callable[[], Iterable[Finding]]
IN_A_CYCLE: Final = {
    "task.refused": "test_faults.py",
    "publish.failed": "test_people.py",
    "publish.altered": "test_served.py",
}
"""What only a whole cycle can come to, and where it does."""


def with_goal(goal: Goal) -> PaperAsana:
    """The one midway line of A1-02 expects something else."""
    plan = small_plan()

    def changed(action: Action) -> Action:
        if action.id != "A1-02":
            return action
        (line,) = action.indicators["mi-chemin"]
        return replace(
            action, indicators={**action.indicators, "mi-chemin": (replace(line, goal=goal),)}
        )

    paper = PaperAsana(mapped(plan, changed), rules_for(plan))
    while paper.cycle().changes.operations:
        pass
    return paper


def mapped(plan: Plan, change: Callable[[Action], Action]) -> Plan:
    return replace(
        plan,
        axes=tuple(
            replace(
                axis,
                volets=tuple(
                    replace(volet, actions=tuple(map(change, volet.actions)))
                    for volet in axis.volets
                ),
            )
            for axis in plan.axes
        ),
    )


def after(
    change: Callable[[PaperAsana], object],
    today: date = date(2026, 2, 1),
    paper: Callable[[], PaperAsana] = provisioned,
    **memory: object,
) -> Scene:
    def play() -> Iterable[Finding]:
        asana = paper()
        change(asana)
        return asana.look(today, **memory).findings  # type: ignore[arg-type]

    return play


def declared(word: str, ref: str = A2) -> Callable[[PaperAsana], None]:
    return lambda paper: paper.set_field(ref, "declare/mi-chemin", word)


def dated(day: date, ref: str = I2) -> Callable[[PaperAsana], None]:
    return lambda paper: paper.set_field(ref, "fait_le", day)


def ticked(day: date, ref: str = I2) -> Callable[[PaperAsana], None]:
    at = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
    return lambda paper: paper.change(ref, completed=True, completed_at=at)


def figure(quantity: float, *, done: bool) -> Callable[[PaperAsana], None]:
    def entered(paper: PaperAsana) -> None:
        paper.set_field(I2, "quantite", quantity)
        if done:
            ticked(LATER)(paper)

    return entered


def expecting(goal: Goal) -> Callable[[], PaperAsana]:
    return lambda: with_goal(goal)


def three_to_four() -> PaperAsana:
    return with_goal(Goal("quantity", 3, 4, "organismes"))


def frozen(status: Status, done: Mapping[str, date | None] = {}) -> Callable[[PaperAsana], None]:
    def fixed(paper: PaperAsana) -> None:
        standing = Standing(status, len(done), 1, "indicateurs")
        paper.frozen["A1-02", "mi-chemin"] = FrozenStanding(standing, date(2026, 2, 20), done=done)

    return fixed


def both(*changes: Callable[[PaperAsana], object]) -> Callable[[PaperAsana], None]:
    def all_of(paper: PaperAsana) -> None:
        for change in changes:
            change(paper)

    return all_of


def field(key: str, **changes: object) -> Callable[[PaperAsana], None]:
    def changed(paper: PaperAsana) -> None:
        gid = paper.links[f"field:{key}"]
        paper.fields[gid] = replace(paper.fields[gid], **changes)  # type: ignore[arg-type]

    return changed


def option(**changes: object) -> Callable[[PaperAsana], None]:
    def changed(paper: PaperAsana) -> None:
        gid = paper.links["field:declare/mi-chemin"]
        first, *rest = paper.fields[gid].options
        options = (replace(first, **changes), *rest)  # type: ignore[arg-type]
        paper.fields[gid] = replace(paper.fields[gid], options=options)

    return changed


def without_the_field(paper: PaperAsana) -> None:
    gid = paper.links["field:axe"]
    del paper.fields[gid]
    for task in list(paper.tasks.values()):
        fields = {k: v for k, v in task.fields.items() if k != gid}
        paper.tasks[task.gid] = replace(task, fields=fields)


def made_anew(paper: PaperAsana) -> None:
    """With what was answered in it gone, and under another gid."""
    declared("en_cours")(paper)
    paper.cycle()
    gid = paper.links["field:declare/mi-chemin"]
    options = tuple(replace(one, gid=f"9{one.gid}") for one in paper.fields[gid].options)
    paper.fields["9"] = replace(paper.fields.pop(gid), gid="9", options=options)
    for task in list(paper.tasks.values()):
        if gid in task.fields:
            fields = {"9" if k == gid else k: v for k, v in task.fields.items()}
            paper.tasks[task.gid] = replace(task, fields=fields | {"9": None})


def without_a_section(paper: PaperAsana) -> None:
    paper.sections = [s for s in paper.sections if s.gid != paper.links["section:2.1"]]


def with_a_new_action(paper: PaperAsana) -> None:
    axis = paper.plan.axes[1]
    (volet,) = axis.volets
    grown = replace(volet, actions=(*volet.actions, Action("A2-09", "Nouvelle", {})))
    paper.plan = replace(paper.plan, axes=(paper.plan.axes[0], replace(axis, volets=(grown,))))


def without_an_action(paper: PaperAsana) -> None:
    axis = paper.plan.axes[0]
    smaller = replace(axis.volets[0], actions=axis.volets[0].actions[:1])
    axes = (replace(axis, volets=(smaller, *axis.volets[1:])), *paper.plan.axes[1:])
    paper.plan = replace(paper.plan, axes=axes)


def copied(paper: PaperAsana) -> None:
    original = paper.tasks[paper.links[A1]]
    paper.tasks["9"] = replace(original, gid="9", created_at=datetime(2027, 1, 1, tzinfo=UTC))
    paper.order.append("9")


def stranger(paper: PaperAsana) -> None:
    home = {paper.projects["actions"].gid: None}
    paper.tasks["9"] = ObservedTask("9", "Réserver la salle", created_at=READ_AT, homes=home)
    paper.order.append("9")


def conflict(paper: PaperAsana) -> None:
    paper.change(A1, name="Notre bureau")
    paper.plan = reword(paper.plan, {A1: "Bureau de projets"})


def lain_still(paper: PaperAsana) -> None:
    """Said to be under way; the day of the last change is older than what is allowed."""
    declared("en_cours")(paper)
    paper.cycle()
    paper.baselines[A2, ACTIVE] = (date(2026, 2, 1) - STALE_AFTER - timedelta(days=1)).isoformat()


def published(note: str, key: str) -> Callable[[PaperAsana], None]:
    def offered(paper: PaperAsana) -> None:
        paper.set_field(A1, key, note)
        paper.set_field(A1, "publier_note", "oui")

    return offered


RETIRED: Final = Settlement(
    id=1, at=READ_AT, key=f"task.missing:{A1}", choice="retire", by="Mme X", reason="budget"
)
REWORDED: Final = Revision(2, LATER, "essai", small_plan())
HELD: Final = UnsafeChangeSet(Text("trop", "too much"), rule="too many updates")
SCENES: Final[Mapping[str, Scene]] = {
    "plan.no_indicator": lambda: provisioned().look().findings,
    "plan.state_word": lambda: with_goal(Goal("state", word="Terminé")).look().findings,
    "plan.file_differs": lambda: file_findings(REWORDED, reword(small_plan(), {A1: "Autre"})),
    "plan.reworded": lambda: file_findings(REWORDED, reword(small_plan(), {I1: "Autre"})),
    "task.missing": after(lambda p: p.absent.add(p.links[A1])),
    "task.moved": after(lambda p: p.change(A1, homes={"9": None})),
    "task.rehung": after(lambda p: p.change(I1, parent_gid=p.links[A2])),
    "task.converted": after(lambda p: p.change(A1, parent_gid=p.links[A2])),
    "task.duplicated": after(copied),
    "task.foreign": after(stranger),
    "task.identity_doubt": after(lambda p: p.set_field(A1, "jalon_id", "essai/A1-02")),
    "task.awaited": after(
        lambda _: None,
        paper=lambda: PaperAsana(small_plan(), rules_for(small_plan())),
        awaited={A1: "12:00:00"},
    ),
    "task.blocked": after(both(without_a_section, with_a_new_action)),
    "task.retired": after(without_an_action),
    "task.history_unread": lambda: [unread_finding(A1, "Bureau")],
    "task.completed_with_open_indicators": after(lambda p: p.change(A1, completed=True)),
    "field.restored": after(lambda p: p.set_field(A1, "jalon_id", "moi")),
    "field.restored_again": after(
        lambda p: p.set_field(A1, "suivi_public", "Non"), restored=frozenset({(A1, "suivi_public")})
    ),
    "field.drifted": after(lambda p: p.change(I2, due_on=date(2026, 9, 1))),
    "field.conflict": after(conflict),
    "field.unseen": after(lambda p: (p.baselines.pop((A1, "name")), p.change(A1, name="Autre"))),
    "field.answer_kept": after(made_anew),
    "field.overwritten": lambda: [race_finding(A1, "Bureau", Loss("name", "x", "renamed"))],
    "schema.field_missing": after(without_the_field),
    "schema.field_renamed": after(field("axe", name="Axe")),
    "schema.field_detached": after(field("axe", attached_to=frozenset())),
    "schema.field_retyped": after(field("axe", kind="text")),
    "schema.option_renamed": after(option(name="Plus tard")),
    "schema.option_confused": after(option(name="Atteint")),
    "schema.option_disabled": after(option(enabled=False)),
    "schema.option_unknown": after(declared("777")),
    "schema.section_missing": after(without_a_section),
    "schema.section_renamed": after(
        lambda p: p.sections.insert(0, replace(p.sections.pop(0), name="Autre"))
    ),
    "status.declared_without_evidence": after(declared("atteint")),
    "status.evidence_without_declaration": after(ticked(LATER), LATER),
    "status.apart": after(both(declared("a_venir"), ticked(LATER)), LATER),
    "status.continuity_misused": after(declared("en_continu")),
    "status.continuity_idle": after(declared("en_continu"), paper=expecting(Goal("continuity"))),
    "status.achieved_late": after(dated(AFTER_DUE), AFTER_DUE),
    "status.undeclared": after(lambda _: None, AFTER_DUE),
    "status.final_before_midway": after(dated(LATER, indicator_ref("A1-02-finalite-1")), LATER),
    "status.regressed": after(frozen(Status.ACHIEVED), AFTER_GEL),
    "status.frozen_otherwise": after(both(frozen(Status.NOT_ASSESSED), dated(LATER)), AFTER_GEL),
    "indicator.late_undated": after(ticked(AFTER_DUE), AFTER_DUE),
    "indicator.backdated": after(both(frozen(Status.NOT_ASSESSED), dated(LATER)), AFTER_GEL),
    "indicator.postdated": after(
        both(frozen(Status.ACHIEVED, {"A1-02-mi-chemin-1": LATER}), dated(AFTER_DUE)), AFTER_GEL
    ),
    "indicator.done_in_future": after(dated(AFTER_DUE), LATER),
    "indicator.ticked_in_future": after(ticked(AFTER_DUE), LATER),
    "indicator.quantity_short": after(figure(2, done=True), LATER, three_to_four),
    "indicator.quantity_missing": after(ticked(LATER), LATER, three_to_four),
    "indicator.quantity_undeclared": after(figure(3, done=False), LATER, three_to_four),
    "indicator.quantity_unfit": after(figure(-1, done=True), LATER, three_to_four),
    "indicator.reworded_after_done": after(
        dated(LATER),
        LATER,
        history=History({"A1-02": date(2026, 1, 1)}, {"A1-02-mi-chemin-1": AFTER_DUE}),
    ),
    "public.text_withheld": after(published("819 555-0199", "note_publique")),
    "public.link_withheld": after(published("http://intranet", "preuve")),
    "public.reason_withheld": after(
        lambda _: None,
        chosen=Chosen(retired={"A1-01": replace(RETIRED, public_reason="Au 819 555-0199")}),
    ),
    "public.text_withdrawn": after(
        published("Une note.", "note_publique"), held_back=frozenset({("A1-01", "note")})
    ),
    "action.retired": after(lambda _: None, chosen=Chosen(retired={"A1-01": RETIRED})),
    "action.stale": after(lain_still),
    "guard.held": lambda: [held_finding(HELD)],
}


def test_every_code_has_a_scene_or_a_cycle_of_its_own_and_grounds() -> None:
    assert set(SCENES) | set(IN_A_CYCLE) == set(CATALOGUE) == set(GROUNDS)
    for code, name in IN_A_CYCLE.items():
        assert code in (CYCLE_TESTS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("code", SCENES)
def test_it_appears_and_says_who_holds_what_and_by_which_rule(code: str) -> None:
    """In both languages, with every blank filled in from its own facts."""
    found = [one for one in SCENES[code]() if one.code == code]
    assert found, "the scene does not come to it"
    for one in found:
        texts = [wording(one), *(text for side in sides(one) for text in side)]
        rule = rule_of(one)
        assert rule is not None
        for text in (*texts, rule):
            assert text.fr
            assert text.en
            assert not {"{", "?"} & {*text.fr, *text.en}


@pytest.mark.parametrize(
    ("code", "held"),
    [
        ("field.drifted", ["15 février 2026", "1er septembre 2026"]),
        ("field.conflict", ["Bureau de projets", "Notre bureau", "Bureau"]),
        ("status.frozen_otherwise", ["non évalué", "atteint, à ce jour-là"]),
        ("status.achieved_late", ["17 février 2026", "15 février 2026"]),
        ("indicator.quantity_short", ["3 à 4 organismes", "2"]),
        ("indicator.postdated", ["fait le 10 février 2026", "fait le 17 février 2026"]),
        ("plan.reworded", ["Bureau, 1", "Autre"]),
    ],
)
def test_both_values_are_told(code: str, held: list[str]) -> None:
    (one,) = [one for one in SCENES[code]() if one.code == code]
    assert [says.fr for _, says in sides(one)] == held


def test_a_quiet_town_has_none_of_them() -> None:
    """Nothing that the scenes find was there before their change."""
    standing = {one.code for one in provisioned().look().findings}
    assert standing == {"plan.no_indicator"}


def test_a_change_by_people_ends_the_stillness_and_one_of_ours_does_not() -> None:
    paper = provisioned()
    lain_still(paper)
    paper.set_field(A2, "suivi_public", "effacé")
    assert "action.stale" in {one.code for one in paper.cycle().findings}
    paper.set_field(I2, "preuve", "https://ville.example/pv")
    assert "action.stale" not in {one.code for one in paper.cycle().findings}
    assert paper.baselines[A2, ACTIVE] == "2026-02-01"


def test_a_link_leads_to_the_task_in_the_real_asana_only() -> None:
    links = {A1: "12001", "project:actions": "12000", "section:1.1": "12002"}
    drift, section = Finding("field.drifted", f"{A1}#name"), Finding("x", "section:1.1#order")
    assert asana_link(drift, links, sandbox=False) == "https://app.asana.com/0/0/12001"
    foreign = Finding("task.foreign", "project:actions")
    assert asana_link(foreign, links, sandbox=False) == "https://app.asana.com/0/12000"
    assert asana_link(section, links, sandbox=False) is None
    assert asana_link(drift, links, sandbox=True) is None
    assert asana_link(drift, {}, sandbox=False) is None
