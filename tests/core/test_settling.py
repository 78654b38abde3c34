"""Whether a person may settle a finding so: what is kept of it, and each refusal word for word."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sync.core.settling import CONFIRMABLE, CORRECTABLE, Ask, Memory, offered, settle
from sync.errors import ConfigError
from sync.model.finding import (
    Choice,
    Finding,
    FindingState,
    NewSettlement,
    Settlement,
    StoredFinding,
)
from sync.model.progress import Status
from sync.model.target import Observed, ObservedTask
from sync.wording import Text
from tests.core.paper_asana import READ_AT, small_plan

A1, A3, LINE = "action:A1-01", "action:A1-03", "indicator:A1-03-mi-chemin-1"
WHO, WHY = "Mme la greffière", "Décidé au comité."
MEMORY = Memory(
    plan=small_plan(),
    links={A1: "1", A3: "3", LINE: "31", "indicator:A1-01-mi-chemin-1": "11"},
    baselines={},
    mirror=Observed(
        True, READ_AT, tasks={"1": ObservedTask("1", "Bureau")}, absent=frozenset({"3", "31"})
    ),
    published={("A1-01", "mi-chemin"): Status.ACHIEVED},
    zone=ZoneInfo("America/Toronto"),
)

MISSING = Finding("task.missing", A3, {"action": "Délais"})
DRIFTED = Finding("field.drifted", f"{A1}#name", {"plan": "Bureau", "asana": "Bureau neuf"})
APART = Finding("status.apart", f"{A1}#mi-chemin", {"declared": "atteint"})
FROZEN = Finding(
    "status.frozen_otherwise", f"{A1}#mi-chemin", {"was": "atteint", "says": "non_atteint"}
)
REGRESSED = replace(FROZEN, code="status.regressed")
RETIRED = Finding("action.retired", A1, {"action": "Bureau"})
COPIED = Finding("task.duplicated", A1, {"copies": "5 6"})


def stored(finding: Finding, state: FindingState = "open") -> StoredFinding:
    return StoredFinding(finding, "warning", state, READ_AT, READ_AT, "c1", "c2")


def ask(choice: Choice, **more: Any) -> Ask:
    return Ask(choice, **{"by": WHO, "reason": WHY, **more})


def kept(
    finding: Finding, asked: Ask, memory: Memory = MEMORY, state: FindingState = "open"
) -> NewSettlement:
    return settle(asked, stored(finding, state), None, memory)


def refusal(
    finding: Finding,
    asked: Ask,
    memory: Memory = MEMORY,
    state: FindingState = "open",
    last: Settlement | None = None,
) -> Text:
    with pytest.raises(ConfigError) as error:
        settle(asked, stored(finding, state), last, memory)
    return error.value.text


# what is kept


@pytest.mark.parametrize(
    ("finding", "asked", "value"),
    [
        (DRIFTED, ask("plan"), None),
        (DRIFTED, ask("keep"), None),
        (DRIFTED, ask("asana"), None),
        (MISSING, ask("retire"), None),
        (MISSING, ask("recreate"), json.dumps({A3: "3", LINE: "31"})),
        (COPIED, ask("duplicate"), None),
        (RETIRED, ask("reinstate"), None),
        (APART, ask("confirm"), "atteint"),
        (APART, ask("confirm", status=Status.UNDER_WAY), "en_cours"),
        (FROZEN, ask("correct", public_reason="Recompté."), "non_atteint"),
        (
            FROZEN,
            ask("correct", public_reason="Recompté.", status=Status.NOT_ASSESSED),
            "non_evalue",
        ),
    ],
    ids=lambda one: one.choice if isinstance(one, Ask) else getattr(one, "code", ""),
)
def test_what_is_kept_of_a_choice(finding: Finding, asked: Ask, value: str | None) -> None:
    assert kept(finding, asked) == NewSettlement(
        key=finding.key,
        choice=asked.choice,
        by=WHO,
        reason=WHY,
        facts=finding.facts,
        value=value,
        public_reason=asked.public_reason,
    )


def test_what_people_typed_is_kept_without_the_spaces_around_it() -> None:
    asked = ask("retire", by=f"  {WHO} ", reason=f" {WHY}\n", public_reason="  Fusionnée.  ")
    chosen = kept(MISSING, asked)
    assert (chosen.by, chosen.reason, chosen.public_reason) == (WHO, WHY, "Fusionnée.")
    assert kept(MISSING, ask("retire", public_reason="  ")).public_reason is None


def test_only_the_indicators_that_went_with_the_task_are_made_anew() -> None:
    assert MEMORY.mirror is not None
    still_there = replace(MEMORY, mirror=replace(MEMORY.mirror, absent=frozenset({"3", "11"})))
    assert json.loads(kept(MISSING, ask("recreate"), still_there).value or "") == {A3: "3"}
    line = Finding("task.missing", LINE, {})
    assert json.loads(kept(line, ask("recreate")).value or "") == {LINE: "31"}
    unlinked = replace(MEMORY, links={A3: "3"})
    assert json.loads(kept(MISSING, ask("recreate"), unlinked).value or "") == {A3: "3"}


def test_tasks_to_make_anew_are_told_in_one_order() -> None:
    """The same choice twice is told from another one by its text."""
    assert MEMORY.mirror is not None
    links = {"indicator:A1-01-mi-chemin-1": "11", "indicator:A1-01-finalite-1": "12", A1: "1"}
    gone = replace(
        MEMORY,
        links=links,
        mirror=replace(MEMORY.mirror, absent=frozenset(links.values())),
    )
    told = kept(Finding("task.missing", A1, {}), ask("recreate"), gone).value or ""
    assert list(json.loads(told)) == sorted(links)


# what does not fit


NOTHING = Text(" Rien n’a été écrit.", " Nothing was written.")


def said(fr: str, en: str) -> Text:
    return Text(fr + NOTHING.fr, en + NOTHING.en)


CLOSED = said(
    "Ce constat est fermé : les deux côtés s’accordent, il n’y a rien à régler.",
    "This finding is closed: both sides agree, there is nothing to settle.",
)
AT_ITS_CAUSE = said(
    "Ce constat ne se règle qu’à sa cause; « que faire » le dit.",
    "This finding is settled only at its cause; “what to do” tells it.",
)
NOT_FITTING = said(
    "« recreate » (recréer) ne convient pas à ce constat. Au choix : plan, asana, keep.",
    "“recreate” (create anew) does not fit this finding. One of: plan, asana, keep.",
)
ONLY_AN_ACTION = said(
    "« retire » (retirer l’action) ne convient pas à ce constat. Au choix : recreate, keep.",
    "“retire” (retire the action) does not fit this finding. One of: recreate, keep.",
)
EMPTY = said(
    "--by et --reason ne peuvent être vides : le journal dit qui a choisi, et pourquoi.",
    "--by and --reason may not be empty: the log says who chose, and why.",
)
STATUS_ELSEWHERE = said(
    "--status ne va qu’avec confirm ou correct.", "--status goes with confirm or correct."
)
NO_PUBLIC_REASON = said(
    "--public-reason est requis pour corriger : la page dit pourquoi, à côté de l’état figé.",
    "--public-reason is required to correct: the page says why, beside the frozen status.",
)
NOT_TOLD = said(
    "--public-reason ne va qu’avec retire, confirm ou correct : rien d’autre n’est publié.",
    "--public-reason goes with retire, confirm or correct only: nothing else is published.",
)
PRIVATE = said(
    "--public-reason paraît contenir une adresse courriel; il serait publié. Reformulez-le.",
    "--public-reason seems to contain an e-mail address; it would be published. Reword it.",
)
WHICH_STATUS = said(
    "--status : dites quel état confirmer. Au choix : atteint, atteint_en_retard, en_continu, "
    "en_cours, a_venir, non_atteint, non_evalue.",
    "--status: say which status to confirm. One of: atteint, atteint_en_retard, en_continu, "
    "en_cours, a_venir, non_atteint, non_evalue.",
)
NOT_FROM_FROZEN = said(
    "--status : un état figé ne peut devenir « en_cours ». Au choix : atteint, "
    "atteint_en_retard, en_continu, non_atteint, non_evalue.",
    "--status: a frozen status cannot become “en_cours”. One of: atteint, atteint_en_retard, "
    "en_continu, non_atteint, non_evalue.",
)
THE_SAME = said(
    "« atteint » est déjà l’état figé : il n’y a rien à corriger.",
    "“atteint” is the frozen status already: there is nothing to correct.",
)


@pytest.mark.parametrize(
    ("finding", "asked", "expected"),
    [
        (Finding("guard.held", "cycle"), ask("keep"), AT_ITS_CAUSE),
        (Finding("of.an.older.version", A1), ask("keep"), AT_ITS_CAUSE),
        (DRIFTED, ask("recreate"), NOT_FITTING),
        (replace(MISSING, subject=LINE), ask("retire"), ONLY_AN_ACTION),
        (DRIFTED, ask("keep", by=" "), EMPTY),
        (DRIFTED, ask("keep", reason="\n"), EMPTY),
        (DRIFTED, ask("keep", status=Status.ACHIEVED), STATUS_ELSEWHERE),
        (FROZEN, ask("correct"), NO_PUBLIC_REASON),
        (FROZEN, ask("correct", public_reason="  "), NO_PUBLIC_REASON),
        (DRIFTED, ask("keep", public_reason="Voilà."), NOT_TOLD),
        (RETIRED, ask("reinstate", public_reason="Voilà."), NOT_TOLD),
        (MISSING, ask("retire", public_reason="Voir a.b@ville.example"), PRIVATE),
        (APART, ask("confirm", status=Status.RETIRED), WHICH_STATUS),
        (APART, ask("confirm", status=Status.NOT_APPLICABLE), WHICH_STATUS),
        (replace(APART, subject=f"{A1}#finalite"), ask("confirm"), WHICH_STATUS),
        (FROZEN, ask("correct", public_reason="m", status=Status.UNDER_WAY), NOT_FROM_FROZEN),
        (FROZEN, ask("correct", public_reason="m", status=Status.ACHIEVED), THE_SAME),
        (
            replace(REGRESSED, facts={"was": "atteint", "says": "atteint"}),
            ask("correct", public_reason="m"),
            THE_SAME,
        ),
    ],
)
def test_what_does_not_fit_is_refused(finding: Finding, asked: Ask, expected: Text) -> None:
    assert refusal(finding, asked) == expected


@pytest.mark.parametrize(
    ("code", "subject", "choices"),
    [
        ("task.missing", A3, ("recreate", "retire", "keep")),
        ("task.missing", LINE, ("recreate", "keep")),
        ("task.moved", LINE, ("plan", "keep")),
        ("status.undeclared", f"{A1}#mi-chemin", ("confirm", "retire", "keep")),
        ("field.drifted", f"{A1}#name", ("plan", "asana", "keep")),
        ("field.drifted", f"{A1}#section", ("plan", "asana", "keep")),
        ("field.drifted", f"{LINE}#section", ("plan", "keep")),
        ("field.drifted", f"{LINE}#due_on", ("plan", "keep")),
        ("field.drifted", "section:1.1#order", ("plan", "asana", "keep")),
        ("of.an.older.version", A1, ()),
    ],
)
def test_nothing_is_offered_that_would_do_nothing(
    code: str, subject: str, choices: tuple[Choice, ...]
) -> None:
    assert offered(Finding(code, subject)) == choices


def test_what_is_closed_is_not_settled_whatever_is_asked() -> None:
    assert refusal(DRIFTED, ask("keep"), state="closed") == CLOSED
    assert refusal(DRIFTED, ask("recreate"), state="closed") == CLOSED
    for state in ("open", "seen", "reopened", "settled"):
        assert kept(DRIFTED, ask("keep"), state=state).choice == "keep"


@pytest.mark.parametrize("status", CONFIRMABLE)
def test_every_status_that_facts_can_give_may_be_confirmed(status: Status) -> None:
    assert kept(APART, ask("confirm", status=status)).value == status.value


@pytest.mark.parametrize("status", CORRECTABLE[1:])
def test_a_frozen_status_becomes_what_a_past_gel_can_give(status: Status) -> None:
    asked = ask("correct", status=status, public_reason="Recompté.")
    assert kept(FROZEN, asked).value == status.value


def test_a_public_reason_goes_with_what_the_page_shows() -> None:
    for finding, choice in ((MISSING, "retire"), (APART, "confirm"), (FROZEN, "correct")):
        asked = ask(choice, public_reason="Recompté.")  # type: ignore[arg-type]
        assert kept(finding, asked).public_reason == "Recompté."


# the same again


def before(**changes: Any) -> Settlement:
    facts: Mapping[str, Any] = {
        "key": MISSING.key,
        "choice": "retire",
        "by": "M. le directeur",
        "reason": "Ailleurs.",
        "public_reason": "Fusionnée.",
        "id": 1,
        "at": datetime(2026, 2, 1, 3, tzinfo=UTC),  # the evening before in the city
    }
    return Settlement(**{**facts, **changes})


def test_a_choice_that_stands_is_not_made_again() -> None:
    asked = ask("retire", public_reason="Fusionnée.")
    assert refusal(MISSING, asked, state="settled", last=before()) == said(
        "M. le directeur l’a déjà réglé ainsi, le 31 janvier 2026.",
        "M. le directeur settled it so already, on 2026-01-31.",
    )


@pytest.mark.parametrize(
    ("state", "last"),
    [
        ("settled", before(choice="keep")),
        ("settled", before(value="autre")),
        ("settled", before(public_reason=None)),
        ("settled", None),
        ("reopened", before()),
        ("open", before()),
    ],
)
def test_another_choice_or_another_public_reason_is_made(
    state: FindingState, last: Settlement | None
) -> None:
    asked = ask("retire", public_reason="Fusionnée.")
    assert settle(asked, stored(MISSING, state), last, MEMORY).choice == "retire"


# what the last reading must still show

STALE = said(
    "La dernière lecture d’Asana ne le montre plus ainsi : lancez « jalon sync », puis relisez le "
    "constat.",
    "The last reading of Asana no longer shows it so: run `jalon sync`, then read the finding "
    "again.",
)


@pytest.mark.parametrize(
    "memory",
    [
        replace(MEMORY, mirror=None),
        replace(MEMORY, mirror=Observed(True, READ_AT, absent=frozenset({"31"}))),
        replace(MEMORY, links={LINE: "31"}),
    ],
    ids=["nothing was read", "it is back", "it is known no more"],
)
def test_only_what_is_gone_is_made_anew(memory: Memory) -> None:
    assert refusal(MISSING, ask("recreate"), memory) == STALE


def named(name: str) -> Memory:
    return replace(MEMORY, mirror=Observed(True, READ_AT, tasks={"1": ObservedTask("1", name)}))


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        (
            named(" \u200b"),
            said(
                "Le nom est vide dans Asana : il n’y a rien à accepter.",
                "The name is empty in Asana: there is nothing to accept.",
            ),
        ),
        (
            named("Bureau, 418-555-0123"),
            said(
                "Le nom dans Asana paraît contenir un numéro de téléphone; il serait publié.",
                "The name in Asana seems to contain a telephone number; it would be published.",
            ),
        ),
        (replace(MEMORY, mirror=None), STALE),
        (replace(MEMORY, mirror=Observed(True, READ_AT)), STALE),
        (replace(MEMORY, links={}), STALE),
    ],
)
def test_a_name_is_accepted_as_it_was_last_read_and_fit_for_the_page(
    memory: Memory, expected: Text
) -> None:
    assert refusal(DRIFTED, ask("asana"), memory) == expected


NO_VOLET = said(
    "Cette section n’est pas un volet du plan : rien à accepter. Au choix : plan, keep.",
    "That section is no volet of the plan: nothing to accept. One of: plan, keep.",
)


@pytest.mark.parametrize(
    ("ref", "told", "expected"),
    [
        (A1, "section:1.2", None),
        (A1, "=section:1.2", None),
        (A1, "section:9.9", NO_VOLET),
        (A1, "", NO_VOLET),
        (A1, None, NO_VOLET),
        (LINE, "section:1.2", NO_VOLET),
    ],
)
def test_a_section_is_accepted_for_an_action_where_it_is_a_volet(
    ref: str, told: str | None, expected: Text | None
) -> None:
    moved = replace(DRIFTED, subject=f"{ref}#section")
    memory = replace(MEMORY, baselines={(ref, "section~"): told}, mirror=None)
    if expected is None:
        assert kept(moved, ask("asana"), memory).choice == "asana"
    else:
        assert refusal(moved, ask("asana"), memory) == expected


def test_only_what_the_plan_says_itself_is_accepted_into_it() -> None:
    order = replace(DRIFTED, subject="section:1.1#order")
    assert kept(order, ask("asana"), replace(MEMORY, mirror=None)).value is None
    notes = replace(DRIFTED, subject=f"{A1}#notes")
    assert refusal(notes, ask("asana")) == said(
        "Le plan ne dit pas cela lui-même : il n’y a rien à y accepter. Au choix : plan, keep.",
        "The plan does not say this itself: there is nothing to accept into it. One of: plan, "
        "keep.",
    )
    unknown_section = replace(DRIFTED, subject=f"{A1}#section")
    assert refusal(unknown_section, ask("asana")) == NO_VOLET


def test_a_name_on_the_city_s_list_comes_neither_by_a_reason_nor_by_a_wording() -> None:
    never = replace(MEMORY, never=("Bureau Roy",))
    assert (
        "un nom à ne jamais publier"
        in refusal(MISSING, ask("retire", public_reason="Voir le bureau Roy"), never).fr
    )
    assert MEMORY.mirror is not None
    named = replace(MEMORY.mirror, tasks={"1": ObservedTask("1", "BUREAU-ROY")})
    assert (
        "un nom à ne jamais publier"
        in refusal(DRIFTED, ask("asana"), replace(never, mirror=named)).fr
    )
    assert kept(DRIFTED, ask("asana"), replace(MEMORY, mirror=named)).choice == "asana"
