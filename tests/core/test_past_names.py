"""Names that became private after they were published: each is found, told and never quoted."""

from collections.abc import Sequence

import pytest

from sync.core.commitments import salted
from sync.core.past_names import PastName, guard_past, names_digest, past_names
from sync.errors import UnsafeChangeSet
from sync.model.progress import Status
from sync.model.snapshot import PublicAction, PublicCorrection, PublicWithdrawal, Snapshot
from tests.site.snapshot_samples import MID, action, record_of, small, standing

NAME = "Marie-Ève Côté"
HERE = "/axes/0/volets/0/actions/0"
WITHDRAWN = PublicWithdrawal(
    instantanes=(1,), action="A1-01", champ="note", le=MID.gel, motif=f"Demande de {NAME}."
)


def reasoned(motif: str) -> PublicAction:
    return action(jalons={MID.id: standing(motif=motif, regle_le=MID.gel)})


def corrected(motif: str) -> PublicAction:
    one = PublicCorrection(etat=Status.ACHIEVED, le=MID.gel, motif=motif)
    frozen = {"etat_fige": Status.NOT_ACHIEVED, "fige_le": MID.gel, "corrections": (one,)}
    return action(jalons={MID.id: standing(**frozen)})


def found_in(*snapshots: Snapshot, never: Sequence[str] = (NAME,)) -> list[PastName]:
    records = [record_of(salted(one, lambda: b"0" * 16)) for one in snapshots]
    return [one for record in records for one in past_names(record, never)]


def refusal(*snapshots: Snapshot) -> UnsafeChangeSet:
    with pytest.raises(UnsafeChangeSet) as refused:
        guard_past(found_in(*snapshots), "demo-100")
    return refused.value


@pytest.mark.parametrize(
    ("snapshot", "place", "text"),
    [
        pytest.param(
            small(action(note=f"Merci à « {NAME.upper()} »!")),
            f"{HERE}/note",
            ("A1-01", "note", None),
            id="a note",
        ),
        pytest.param(
            small(action(note='Selon la mairie\\"Marie-Ève\nCôté"')),
            f"{HERE}/note",
            ("A1-01", "note", None),
            id="a note that JSON escapes",
        ),
        pytest.param(
            small(action(preuve="https://ville.ca/marie-eve-cote/bilan")),
            f"{HERE}/preuve",
            ("A1-01", "preuve", None),
            id="a proof",
        ),
        pytest.param(
            small(reasoned(f"Dit {NAME}.")),
            f"{HERE}/jalons/{MID.id}/motif",
            ("A1-01", "motif", MID.id),
            id="a reason",
        ),
        pytest.param(
            small(corrected(f"Dit {NAME}.")),
            f"{HERE}/jalons/{MID.id}/corrections/0/motif",
            ("A1-01", "correction", MID.id),
            id="the reason of a correction",
        ),
        pytest.param(
            small(action(titre=f"Le parc {NAME}")), f"{HERE}/titre", None, id="the plan’s words"
        ),
        pytest.param(
            small(action(direction=f"Bureau de {NAME}")), f"{HERE}/direction", None, id="the config"
        ),
        pytest.param(
            small(action(), retraits=(WITHDRAWN,)), "/retraits/0/motif", None, id="a withdrawal"
        ),
    ],
)
def test_a_name_is_found_wherever_it_was_published(
    snapshot: Snapshot, place: str, text: tuple[str, str, str | None] | None
) -> None:
    assert found_in(snapshot) == [PastName(1, place, text)]
    said = refusal(snapshot)
    for words in (said.text.fr, said.text.en):
        assert "jalon withdraw" in words if text else place in words
        assert "côté" not in words.casefold()


def test_a_name_is_a_whole_word_and_an_empty_list_finds_nothing() -> None:
    told = small(action(note="La royauté de Royan"))
    assert not found_in(told, never=("Roy",))
    assert not found_in(small(action(note=NAME)), never=())


def test_each_unbroken_run_of_snapshots_has_a_command_of_its_own() -> None:
    """What was said in between named nobody, and stays."""
    notes = {1: NAME, 2: NAME, 3: "Rien.", 4: f"Selon {NAME}", 5: "Rien."}
    said = refusal(*(small(action(note=note), numero=n) for n, note in notes.items()))
    for first, last in ((1, 2), (4, 4)):
        command = f"jalon withdraw A1-01 --field note --from {first} --to {last} --plan demo-100"
        assert command in said.text.fr
        assert command in said.text.en
    assert said.facts["changed"] == 3


def test_no_more_is_told_than_can_be_read() -> None:
    said = refusal(small(*(action(f"A1-{n:02d}", note=NAME) for n in range(1, 10))))
    assert said.text.en.count("jalon withdraw") == 5
    assert "(+ 4)" in said.text.en


def test_the_list_is_remembered_whatever_its_order_and_without_its_names() -> None:
    assert names_digest(("Roy", NAME)) == names_digest((NAME, "Roy"))
    assert names_digest(("Roy",)) != names_digest((NAME,))
    assert "roy" not in names_digest(("Roy",))
