"""The end of a plan: its last day, what is no longer written, and what then stays for good."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.ending import (
    closed,
    ending_row,
    is_over,
    kept,
    never_followed,
    only_read,
    stands,
    stands_ended,
    unread,
    waits,
    without_writes,
    written_no_more,
)
from sync.core.marks import action_ref
from sync.core.privacy import WITHHELD
from sync.model.decision import Verdict
from sync.model.finding import Finding
from sync.model.progress import Status
from sync.model.record import NewLogRow
from sync.model.rules import Rules
from sync.model.snapshot import PublicAction, PublicCorrection, Snapshot
from sync.wording import Text
from tests.core.paper_asana import provisioned, rules_for, small_plan
from tests.site.snapshot_samples import END, LAST_DAY, MID, action, ending, small, standing

READ = LAST_DAY + timedelta(days=1)
LATER = date(2026, 6, 30)
RULES = rules_for(small_plan(), ends_on=LAST_DAY)
NAMED = replace(RULES, never=("Marie-Ève Côté",))
SINCE: dict[str, Any] = {"etat_au": LATER, "demonstration": True}
CORRECTED = PublicCorrection(etat=Status.ACHIEVED, le=READ, motif="Procès-verbal reçu.")
AGAIN = PublicCorrection(etat=Status.NOT_ACHIEVED, le=LATER, motif="Vérifié au greffe.")


@pytest.mark.parametrize(
    ("ends_on", "today", "over"),
    [
        (None, LATER, False),
        (LAST_DAY, LAST_DAY, False),
        (LAST_DAY, READ, True),
        (LAST_DAY, date(2026, 1, 1), False),
    ],
)
def test_a_plan_is_over_once_its_last_day_is(ends_on: date | None, today: date, over: bool) -> None:
    assert is_over(replace(RULES, ends_on=ends_on), today) is over


@pytest.mark.parametrize(
    ("read_on", "ends_on", "stands_still"),
    [
        pytest.param(READ, LAST_DAY, True, id="read after the last day"),
        pytest.param(READ, date(2026, 4, 1), True, id="the day moved back"),
        pytest.param(READ, READ, False, id="the day it was read became the last one"),
        pytest.param(READ, LATER, False, id="the day moved on"),
        pytest.param(READ, None, False, id="the day taken away"),
        pytest.param(None, LAST_DAY, False, id="no last state yet"),
    ],
)
def test_a_last_state_stands_while_it_was_read_after_the_last_day(
    read_on: date | None, ends_on: date | None, stands_still: bool
) -> None:
    before = small(action()).model_copy(update={"fin": LAST_DAY, "termine_le": read_on})
    assert stands(before, replace(RULES, ends_on=ends_on)) is stands_still
    assert stands(None, replace(RULES, ends_on=ends_on)) is False


# nothing is written


def test_what_was_put_back_is_only_told_and_every_other_rule_stays() -> None:
    was, now = RULES.mapping, only_read(RULES).mapping
    for then, after in (
        *zip(was.fields, now.fields, strict=True),
        *((was.builtins[name], one) for name, one in now.builtins.items()),
    ):
        drift = "report" if then.on_drift == "restore" else then.on_drift
        assert after == replace(then, on_drift=drift)
    assert now.builtins.keys() == was.builtins.keys()
    assert replace(only_read(RULES), mapping=was) == RULES
    kept_as_they_were = {one.on_drift for one in now.fields} - {"report"}
    assert kept_as_they_were, "a field that people own is read as before"


def test_a_built_in_field_that_is_put_back_is_only_told_too() -> None:
    builtins = {
        name: replace(one, on_drift="restore") for name, one in RULES.mapping.builtins.items()
    }
    strict = replace(RULES, mapping=replace(RULES.mapping, builtins=builtins))
    assert {one.on_drift for one in only_read(strict).mapping.builtins.values()} == {"report"}


def test_of_a_view_all_stays_but_what_asks_to_be_written() -> None:
    paper = provisioned()
    paper.set_field(action_ref("A1-01"), "axe", None)
    paper.set_field(action_ref("A1-01"), "declare/mi-chemin", "en_cours")
    view = paper.look()
    blocked, other = Finding("task.blocked", "action:A1-02"), Finding("task.gone", "action:A1-03")
    view = replace(
        view,
        findings=(*view.findings, blocked, other),
        changes=replace(
            view.changes, findings=(*view.changes.findings, blocked, other), on_success={"k": {}}
        ),
    )
    told = {one.verdict for one in view.changes.decisions}
    assert view.changes.operations
    assert {Verdict.RESTORE, Verdict.PULL} <= told
    after = without_writes(view)
    assert (after.changes.operations, after.changes.on_success) == ((), {})
    assert after.findings == tuple(one for one in view.findings if one != blocked)
    assert after.changes.findings == tuple(one for one in view.changes.findings if one != blocked)
    assert [one.verdict for one in after.changes.decisions] == [
        one.verdict for one in view.changes.decisions if one.verdict is Verdict.PULL
    ]
    assert after.changes.agreed == view.changes.agreed, "what was read is remembered"
    assert after.standings == view.standings


# what stays


def frozen(*corrections: PublicCorrection, **said: Any) -> PublicAction:
    """Not achieved on the gel's day."""
    there = standing(
        Status.NOT_ACHIEVED,
        etat_fige=Status.NOT_ACHIEVED,
        fige_le=MID.gel,
        corrections=corrections,
        **said,
    )
    return action(jalons={MID.id: there})


def ended(*actions: PublicAction, numero: int = 6) -> Snapshot:
    return ending(small(*actions, numero=numero, jalons=(MID,), etat_au=READ), termine_le=READ)


def since(*actions: PublicAction, **said: Any) -> Snapshot:
    """What Asana and the store say two months later."""
    return ending(small(*actions, numero=7, jalons=(MID,), **SINCE, **said))


def only(snapshot: Snapshot) -> PublicAction:
    (one,) = snapshot.actions()
    return one


def test_the_last_state_is_that_of_the_reading_that_closed_it() -> None:
    told = ending(small(action()))
    assert closed(told, READ) == told.model_copy(update={"termine_le": READ})


def test_whatever_asana_says_since_the_page_keeps_what_it_says() -> None:
    last = ended(action(note="Le centre ouvre.", direction="Greffe"), action("A1-02"))
    other = since(
        action(
            titre="Autre titre",
            note="Tout va mal.",
            preuve="https://ville.ca/a",
            jalons={MID.id: standing(Status.ACHIEVED)},
        ),
        action("A9-09"),
        plan=last.plan.model_copy(update={"titre": "Autre", "revision": 2}),
    ).model_copy(update={"fin": LATER, "jalons": (MID, END)})
    after = kept(last, other, RULES)
    assert after == other.model_copy(
        update={
            "etat_au": READ,
            "plan": last.plan,
            "jalons": (MID,),
            "axes": last.axes,
            "totaux": last.totaux,
            "termine_le": READ,
        }
    )
    assert (after.numero, after.demonstration, after.fin) == (7, True, LATER)


def test_totals_that_an_earlier_release_counted_otherwise_stay_with_what_they_count() -> None:
    """Nobody changed anything: a release that counts otherwise makes no new number."""
    last = ended(action()).model_copy(update={"totaux": {}})
    assert kept(last, since(action()), RULES).totaux == {}


def test_a_correction_is_taken_and_counted_and_nothing_else_with_it() -> None:
    last = ended(frozen())
    now = frozen(CORRECTED, motif="Dit autre chose.", declare="atteint")
    after = kept(last, since(now), RULES)
    assert only(after) == frozen(CORRECTED)
    assert after.totaux[MID.id].corrige == {Status.ACHIEVED: 1}
    assert after.totaux[MID.id].fige == {Status.NOT_ACHIEVED: 1}
    assert after.totaux.keys() == {MID.id}


SAID = "Selon Marie-Ève Côté."

typed = st.one_of(st.none(), st.sampled_from([SAID, "Écrire à a@ville.ca", "Vu."]))
told_of = st.builds(
    lambda status, frozen, note, motif: action(
        note=note,
        jalons={MID.id: standing(status, etat_fige=frozen, fige_le=MID.gel, motif=motif)},
    ),
    st.sampled_from(Status),
    st.sampled_from(Status),
    typed,
    typed,
)


@given(told_of, told_of)
def test_nothing_that_asana_says_after_the_end_gets_out(
    was: PublicAction, now: PublicAction
) -> None:
    """No status, no note and no reason of today; what turns out private is taken out, no more."""
    after = only(kept(ended(was), since(now), NAMED))
    then, there = was.jalons[MID.id], after.jalons[MID.id]
    assert (there.etat, there.etat_fige) == (then.etat, then.etat_fige)
    assert after.note in (was.note, None)
    assert there.motif in (then.motif, WITHHELD)
    assert after == only(kept(ended(was), since(), NAMED)), "as if nothing were said"
    assert kept(ended(after), since(now), NAMED).axes == ended(after).axes, "and once is enough"


@pytest.mark.parametrize(
    ("then", "now", "after"),
    [
        pytest.param((CORRECTED,), (CORRECTED, AGAIN), (CORRECTED, AGAIN), id="one more"),
        pytest.param((CORRECTED,), (AGAIN,), (AGAIN,), id="the guard sees what was rewritten"),
        pytest.param((CORRECTED, AGAIN), (CORRECTED,), (CORRECTED, AGAIN), id="fewer are none"),
        pytest.param((CORRECTED,), (), (CORRECTED,), id="none is none"),
    ],
)
def test_what_was_corrected_stays_corrected(
    then: tuple[PublicCorrection, ...],
    now: tuple[PublicCorrection, ...],
    after: tuple[PublicCorrection, ...],
) -> None:
    found = kept(ended(frozen(*then)), since(frozen(*now)), RULES)
    assert only(found).jalons[MID.id].corrections == after


@pytest.mark.parametrize("now", [(), (action(jalons={}),)], ids=["action", "checkpoint"])
def test_what_is_gone_since_keeps_its_corrections(now: tuple[PublicAction, ...]) -> None:
    assert only(kept(ended(frozen(CORRECTED)), since(*now), RULES)) == frozen(CORRECTED)


@pytest.mark.parametrize(
    ("told", "rules", "after"),
    [
        pytest.param(
            action(note=SAID), NAMED, action(note=None, texte_retenu=True), id="a name in a note"
        ),
        pytest.param(
            action(note="Écrire à a@ville.example"),
            RULES,
            action(note=None, texte_retenu=True),
            id="an address in a note",
        ),
        pytest.param(action(note=SAID), RULES, action(note=SAID), id="a name that may be said"),
        pytest.param(
            action(texte_retenu=True), NAMED, action(texte_retenu=True), id="withheld already"
        ),
        pytest.param(
            action(preuve="https://ville.ca/marie-eve-cote"),
            NAMED,
            action(preuve=None, preuve_retenue="prive"),
            id="a name in a proof",
        ),
        pytest.param(
            action(preuve="https://ville.ca:8443/a"),
            RULES,
            action(preuve=None, preuve_retenue="forme"),
            id="a proof of another form",
        ),
        pytest.param(
            action(preuve="https://ville.ca/a", preuve_retenue=None),
            NAMED,
            action(preuve="https://ville.ca/a"),
            id="a proof that may be said",
        ),
        pytest.param(
            action(jalons={MID.id: standing(motif=SAID, regle_le=MID.gel)}),
            NAMED,
            action(jalons={MID.id: standing(motif=WITHHELD, regle_le=MID.gel)}),
            id="a name in a reason",
        ),
        pytest.param(
            frozen(CORRECTED.model_copy(update={"motif": SAID})),
            NAMED,
            frozen(CORRECTED.model_copy(update={"motif": WITHHELD})),
            id="a name in the reason of a correction",
        ),
    ],
)
def test_a_text_that_turns_out_private_is_withheld_whether_or_not_asana_has_it(
    told: PublicAction, rules: Rules, after: PublicAction
) -> None:
    for now in ((), (told,)):
        assert only(kept(ended(told), since(*now), rules)) == after


# what is said


def test_what_is_said_of_the_end() -> None:
    refused = never_followed(LAST_DAY)
    assert refused.in_("fr") == (
        "Le plan a pris fin le 30 avril 2026 sans avoir jamais été suivi dans Asana : il n’y a "
        "rien à y lire ni à publier. Rien n’a été écrit; corrigez « ends » dans la configuration."
    )
    assert refused.in_("en") == (
        "The plan ended on 2026-04-30 without ever being followed in Asana: there is nothing to "
        "read there or to publish. Nothing was written; correct “ends” in the config."
    )
    none = written_no_more(LAST_DAY)
    assert none.fr == "le plan a pris fin le 30 avril 2026, rien n’est plus écrit dans Asana."
    assert none.en == "the plan ended on 2026-04-30, nothing is written into Asana any more."
    later = waits(LAST_DAY)
    assert later.fr == (
        f"L{none.fr[1:]} Son dernier état attend une lecture complète que le garde-fou laisse "
        "passer; le prochain cycle l’essaie."
    )
    assert later.en == (
        f"T{none.en[1:]} Its last state waits for a complete reading that the guard lets through; "
        "the next cycle tries."
    )
    stands = stands_ended(LAST_DAY, READ)
    assert stands.fr == (
        "Le plan a pris fin le 30 avril 2026; son dernier état a été lu le 1er mai 2026. Asana "
        "n’est plus que lu, et la page ne change plus, sauf correction ou retrait."
    )
    assert stands.en == (
        "The plan ended on 2026-04-30; its last state was read on 2026-05-01. Asana is only read, "
        "and the page no longer changes, but for a correction or a withdrawal."
    )


def test_what_is_said_where_asana_could_not_be_read_any_more() -> None:
    told = unread(Text("le jeton est refusé.", "the token is refused."))
    assert told.fr == (
        "Asana n’a pas pu être lu. Le plan a pris fin : la page garde son dernier état, ce qui a "
        "été décidé depuis est publié, et les constats restent comme ils étaient. La raison : le "
        "jeton est refusé."
    )
    assert told.en == (
        "Asana could not be read. The plan has ended: the page keeps its last state, what was "
        "decided since is published, and the findings stay as they were. The reason: the token is "
        "refused."
    )


def test_the_log_tells_the_end_with_both_days_and_that_it_goes_on() -> None:
    assert ending_row(ended(action())) == NewLogRow(
        kind="ended",
        subject="",
        to="2026-04-30",
        rule="end",
        reason_fr="le plan a pris fin; dernier état lu le 1er mai 2026",
        reason_en="the plan ended; last state read on 2026-05-01",
        outcome="done",
    )
    assert ending_row(ending(small(action()))) == NewLogRow(
        kind="resumed",
        subject="",
        rule="end",
        reason_fr="le plan se poursuit : la fin a été déplacée ou retirée de la configuration",
        reason_en="the plan goes on: its end was moved or taken out of the config",
        outcome="done",
    )
