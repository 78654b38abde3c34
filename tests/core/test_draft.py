"""What a comparison in the making remembers, and how it says what it decided."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sync.core.draft import ChangeSet, Memory
from sync.core.values import UNSEEN, Comparable, Unseen
from sync.model.decision import Decision, Verdict
from sync.model.finding import Finding, Settlement
from sync.model.operation import CreateSection, UpdateTask
from sync.model.target import ObservedSection
from tests.core.paper_draft import PLAN, READ_AT, RULES, drafted

NAME = ("action:A-1", "name")
MADE = CreateSection(ref="section:1.1", role="actions", name="Gestion")
WRITTEN = UpdateTask(ref="action:A-1", builtins={"name": "Bureau"})


def test_a_draft_of_nothing_proposes_nothing() -> None:
    draft = drafted()
    assert draft.done() == ChangeSet()
    assert (draft.plan, draft.rules, draft.refs) == (PLAN, RULES, {})
    assert (draft.observed.read_at, draft.recognition.gids) == (READ_AT, {})


def test_what_recognition_found_comes_first_and_stays_its_own() -> None:
    found = (Finding("schema.section_missing", "section:mi"),)
    draft = drafted(findings=found)
    draft.findings.append(Finding("task.gone", "action:A-1"))
    assert draft.done().findings == (*found, Finding("task.gone", "action:A-1"))
    assert draft.recognition.findings == found


def test_a_thing_is_there_when_it_has_a_gid_and_is_not_proved_gone() -> None:
    draft = drafted(["action:A-1", "section:1.1"], gone=["action:A-1"])
    refs = ("section:1.1", "action:A-1", "section:mi")
    assert [draft.exists(ref) for ref in refs] == [True, False, False]
    assert [draft.will_exist(ref) for ref in refs] == [True, False, False]
    assert [draft.gid(ref) for ref in refs] == ["section:1.1", "action:A-1", ""]
    assert draft.refs == {"action:A-1": "action:A-1", "section:1.1": "section:1.1"}


def test_what_is_made_will_be_there_and_what_is_written_is_not_made_by_it() -> None:
    draft = drafted()
    draft.make(MADE)
    draft.propose(WRITTEN, {NAME: "Bureau"})
    draft.propose(WRITTEN, {("action:A-1", "notes"): None})
    assert (draft.will_exist(MADE.ref), draft.exists(MADE.ref)) == (True, False)
    assert not draft.will_exist(WRITTEN.ref)
    changes = draft.done()
    assert changes.operations == (MADE, WRITTEN, WRITTEN)
    assert changes.on_success == {
        "CreateSection section:1.1": {},
        "UpdateTask action:A-1": {NAME: "Bureau", ("action:A-1", "notes"): None},
    }
    draft.make(MADE, {(MADE.ref, "order"): "x"})
    assert draft.done().on_success[MADE.key] == {(MADE.ref, "order"): "x"}


def test_only_what_is_not_agreed_yet_is_agreed() -> None:
    """An empty field that was agreed is a value; one that was never agreed is unseen."""
    draft = drafted(memory=Memory({NAME: "Bureau", ("action:A-1", "notes"): None}))
    assert draft.baseline(*NAME) == "Bureau"
    assert draft.baseline("action:A-1", "notes") is None
    assert draft.baseline("action:A-1", "due_on") is UNSEEN
    draft.agree(*NAME, "Bureau")
    draft.agree("action:A-1", "notes", None)
    draft.agree("action:A-1", "due_on", None)
    assert draft.done().agreed == {("action:A-1", "due_on"): None}
    draft.agree(*NAME, "Budget")
    assert draft.done().agreed == {("action:A-1", "due_on"): None, NAME: "Budget"}


def test_what_got_no_answer_is_awaited_until_a_read_may_settle_it() -> None:
    draft = drafted(memory=Memory({}, awaited={"section:1.1": "14 h 05"}))
    assert draft.awaits("section:1.1", "« Gestion »")
    assert not draft.awaits("section:mi", "« Mi-chemin »")
    changes = draft.done()
    facts = {"title": "« Gestion »", "until": "14 h 05"}
    assert changes.findings == (Finding("task.awaited", "section:1.1", facts),)
    assert changes.awaited == ("section:1.1",)


SETTLED = Settlement(
    key="field.conflict:action:A-1#name",
    choice="plan",
    by="G. Roy",
    reason="vu au conseil",
    id=1,
    at=datetime(2026, 2, 1, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("field", "verdict", "by", "fr", "en"),
    [
        ("name", Verdict.WRITE, None, "le plan a changé", "the plan changed"),
        (
            "suivi",
            Verdict.WRITE,
            None,
            "ce que la population lit a changé",
            "what the public reads has changed",
        ),
        ("suivi", Verdict.RESTORE, None, "le plan possède ce champ", "the plan owns this field"),
        (
            "name",
            Verdict.REPORT,
            None,
            "écart signalé, non corrigé",
            "drift is reported, not corrected",
        ),
        ("name", Verdict.CONFLICT, None, "les deux côtés ont changé", "both sides changed"),
        (
            "name",
            Verdict.HOLD,
            None,
            "rien n’est écrit sans accord",
            "nothing is written without agreement",
        ),
        ("note", Verdict.PULL, None, "les gens possèdent ce champ", "people own this field"),
        ("name", Verdict.AGREE, None, "de nouveau d’accord", "in agreement again"),
        ("name", Verdict.SETTLE, None, "réglé par une personne", "settled by a person"),
        ("name", Verdict.CREATE, None, "absent d’Asana", "absent from Asana"),
        (
            "suivi",
            Verdict.WRITE,
            SETTLED,
            "réglé par G. Roy : vu au conseil",
            "settled by G. Roy: vu au conseil",
        ),
    ],
)
def test_a_decision_says_why_in_both_languages(
    field: str, verdict: Verdict, by: Settlement | None, fr: str, en: str
) -> None:
    draft = drafted()
    draft.decide("action:A-1", field, verdict, "avant", "voulu", "vu", by)
    assert draft.done().decisions == (
        Decision(verdict, "action:A-1", field, verdict.value, fr, en, "avant", "voulu", "vu"),
    )


@pytest.mark.parametrize(("base", "told"), [(UNSEEN, "unseen"), (None, None), ("avant", "avant")])
def test_a_value_that_was_never_agreed_is_told_from_an_empty_one(
    base: Comparable | Unseen, told: str | None
) -> None:
    draft = drafted()
    draft.decide("action:A-1", "name", Verdict.HOLD, base, None, None)
    (decision,) = draft.done().decisions
    assert (decision.base, decision.plan, decision.asana) == (told, None, None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (UNSEEN, "jamais convenu"),
        (None, None),
        (3, "3"),
        ("section:1.1", "section:1.1"),
        ("gid:12", "gid:12"),
        ("deux  mots\n et trois", "deux mots et trois"),
        ("x" * 160, "x" * 160),
        ("x" * 161, "x" * 159 + "…"),
    ],
)
def test_a_value_is_shown_as_a_person_reads_it(value: object, shown: str | None) -> None:
    assert drafted().shown(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (UNSEEN, "jamais convenu"),
        (None, None),
        ("section:1.1", "Gestion"),
        ("section:mi", "Mi-chemin"),
        ("section:autre", "section:autre"),
        ("gid:12", "À trier d’ici lundi"),
        ("gid:13", "ailleurs"),
    ],
)
def test_a_place_is_shown_by_its_title(value: Comparable | Unseen, shown: str | None) -> None:
    draft = drafted(
        sections=(
            ObservedSection("11", "Autre", "1"),
            ObservedSection("12", "À trier  d’ici lundi", "1"),
        )
    )
    assert draft.placed(value) == shown


def test_the_followup_is_known_by_its_role_and_not_by_its_key() -> None:
    """A city names its fields as it likes."""
    fields = tuple(
        replace(one, key="renommé") if one.key == "suivi" else one for one in RULES.mapping.fields
    )
    draft = drafted(rules=replace(RULES, mapping=replace(RULES.mapping, fields=fields)))
    for field in ("suivi", "renommé"):
        draft.decide("action:A-1", field, Verdict.WRITE, None, None, None)
    assert [one.reason_en for one in draft.done().decisions] == [
        "the plan changed",
        "what the public reads has changed",
    ]
