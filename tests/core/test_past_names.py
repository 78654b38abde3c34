"""Names that became private after they were published: each is found, told and never quoted."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from sync.core.commitments import WITHDRAWN as GONE
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


@pytest.mark.parametrize(("places", "more"), [(5, ""), (6, " (+ 1)"), (9, " (+ 4)")])
def test_no_more_is_told_than_can_be_read(places: int, more: str) -> None:
    said = refusal(small(*(action(f"A1-{n:02d}", note=NAME) for n in range(1, places + 1))))
    for words, then in ((said.text.fr, f" »){more}. Rien "), (said.text.en, f"`){more}. Nothing ")):
        assert words.count("jalon withdraw") == 5
        assert f"--plan demo-100{then}" in words


def test_what_is_said_tells_where_what_to_run_and_that_nothing_went_out() -> None:
    told = (action(note=NAME), action("A1-02", titre=f"Le parc {NAME}"))
    said = refusal(small(*told), small(*told, numero=2), small(*told[:1], numero=4))
    command = "jalon withdraw A1-01 --field note --from {} --to {} --plan demo-100"
    runs = (command.format(1, 2), command.format(4, 4))
    title = "/axes/0/volets/0/actions/1/titre"
    assert said.text.fr == (
        "Un nom de never_publish se lit dans ce qui est déjà publié : "
        f"1-2, A1-01, note (« {runs[0]} »); 4, A1-01, note (« {runs[1]} »); "
        + "; ".join(
            f"{n}, {title} (mots du plan, de la configuration ou d’un retrait, que rien n’enlève : "
            "ôtez le nom de la liste ou écrivez-le plus au long)"
            for n in (1, 2)
        )
        + ". Rien de plus n’a été publié. Lancez chaque commande, avec --by, --reason et --yes, "
        "puis « jalon sync »."
    )
    assert said.text.en == (
        "A name of never_publish stands in what is published already: "
        f"1-2, A1-01, note (`{runs[0]}`); 4, A1-01, note (`{runs[1]}`); "
        + "; ".join(
            f"{n}, {title} (words of the plan, the config or a withdrawal, which nothing takes "
            "away: take the name off the list or write it out longer)"
            for n in (1, 2)
        )
        + ". Nothing more was published. Run each command, with --by, --reason and --yes, then "
        "`jalon sync`."
    )
    assert said.facts["rule"] == "private name in published snapshot"
    assert said.facts["places"] == [
        (1, f"{HERE}/note"),
        (1, title),
        (2, f"{HERE}/note"),
        (2, title),
        (4, f"{HERE}/note"),
    ]


def test_no_command_is_asked_for_where_none_helps() -> None:
    said = refusal(small(action(titre=f"Le parc {NAME}")))
    assert said.text.fr.endswith(" au long). Rien de plus n’a été publié.")
    assert said.text.en.endswith(" longer). Nothing more was published.")


def test_what_stands_for_a_withdrawn_text_is_not_withdrawn_again() -> None:
    """A name may be a word of it: there is no text left that a command could take away."""
    (found,) = found_in(small(corrected(GONE)), never=("retiré",))
    assert (found.place, found.text) == (f"{HERE}/jalons/{MID.id}/corrections/0/motif", None)


def test_a_name_in_a_snapshot_without_salts_is_told_without_a_command() -> None:
    record = record_of(small(action(note=NAME)))
    said = json.loads(record.body)
    del said["sels"]
    unsalted = replace(record, body=json.dumps(said).encode())
    assert past_names(unsalted, (NAME,)) == (PastName(1, f"{HERE}/note", None),)


def test_a_checkpoint_of_any_name_is_told_as_the_command_takes_it() -> None:
    odd = MID.model_copy(update={"id": "mi/che~min"})
    one = action(jalons={odd.id: standing(motif=f"Dit {NAME}.", regle_le=MID.gel)})
    assert found_in(small(one, jalons=(odd,))) == [
        PastName(1, f"{HERE}/jalons/mi~1che~0min/motif", ("A1-01", "motif", odd.id))
    ]


def test_the_list_is_remembered_whatever_its_order_and_without_its_names() -> None:
    assert names_digest(("Roy", NAME)) == names_digest((NAME, "Roy"))
    assert names_digest(("Roy",)) != names_digest((NAME,))
    assert "roy" not in names_digest(("Roy",))
    assert names_digest(("Roy", "Côté")) != names_digest(("RoyCôté",))
    assert names_digest(()) == "", "as if no list had ever been looked for"
