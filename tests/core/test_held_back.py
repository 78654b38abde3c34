"""A withdrawn text that Asana may still hold stays unpublished until a person took it out there."""

from dataclasses import replace

import pytest

from sync.core.held_back import (
    gone_from,
    read_held_back,
    still_held,
    without_held_back,
    write_held_back,
)
from sync.model.progress import ActionProgress
from tests.core.paper_asana import provisioned
from tests.core.test_catalogue import A1
from tests.site.snapshot_samples import action, small

LINK = "https://ville.example/pv"
NOTE, PROOF = ("A1-01", "note"), ("A1-01", "preuve")
OFFERED = ActionProgress(note="Une note.", evidence=LINK, publish_note=True)


@pytest.mark.parametrize(
    ("progress", "left"),
    [
        pytest.param(OFFERED, {NOTE, PROOF}, id="both are there"),
        pytest.param(replace(OFFERED, note=None), {PROOF}, id="the note was emptied"),
        pytest.param(replace(OFFERED, note=" \n"), {PROOF}, id="of the note only blanks are left"),
        pytest.param(replace(OFFERED, evidence=None), {NOTE}, id="the proof was emptied"),
        pytest.param(replace(OFFERED, publish_note=False), set(), id="neither is for the public"),
        pytest.param(
            replace(OFFERED, note=None, evidence=None, visible=False),
            {NOTE, PROOF},
            id="the task was not seen",
        ),
    ],
)
def test_only_what_a_reading_shows_to_be_gone_is_let_go(
    progress: ActionProgress, left: set[tuple[str, str]]
) -> None:
    held = frozenset({NOTE, PROOF})
    assert still_held(held, {"A1-01": progress}) == left


def test_an_action_that_no_reading_tells_of_keeps_its_text_held() -> None:
    assert still_held(frozenset({NOTE}), {}) == {NOTE}


def test_only_the_field_that_is_held_leaves_the_snapshot() -> None:
    before = small(
        action("A1-01", note="Une note.", preuve=LINK), action("A1-02", note="Une autre.")
    )
    one, other = without_held_back(before, frozenset({NOTE})).actions()
    assert (one.note, one.preuve) == (None, LINK)
    assert other == before.actions()[1]
    assert without_held_back(before, frozenset()) is before


def test_a_text_that_is_shown_is_another_one_than_what_was_withdrawn() -> None:
    shown = small(action("A1-01", note="Une autre note."))
    assert gone_from(shown, [NOTE, PROOF]) == {PROOF}


def test_what_is_held_is_read_as_it_was_written() -> None:
    held = frozenset({NOTE, PROOF})
    assert read_held_back(write_held_back(held)) == held
    assert read_held_back(write_held_back(frozenset())) == read_held_back(None) == frozenset()


def test_the_manager_is_told_how_to_let_another_text_through_and_never_the_text() -> None:
    paper = provisioned()
    paper.set_field(A1, "note_publique", "Une note.")
    paper.set_field(A1, "publier_note", "oui")
    view = paper.look(held_back=frozenset({NOTE, PROOF}))
    (found,) = [one for one in view.findings if one.code == "public.text_withdrawn"]
    assert found.subject == f"{A1}#note_publique"
    assert "Une note." not in found.facts.values()
    told = {d.plan for d in view.changes.decisions if d.field == "suivi_public"}
    assert any("a été retirée par décision" in str(one) for one in told)
