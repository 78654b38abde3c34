"""`jalon withdraw`: a published text leaves the past, and nothing else of it changes."""

import re
from collections.abc import Iterator

import pytest

from sync.adapters.store import PlanStore, open_database
from sync.core.commitments import leaf_of
from sync.core.held_back import HELD_BACK, read_held_back
from sync.core.past_names import guard_past, past_names
from sync.core.withdrawal import WITHDRAWALS, read_withdrawals
from sync.errors import UnsafeChangeSet
from sync.settings.load import load_settings
from sync.wiring import SystemClock, connected, open_plans
from tests.cli.conftest import Jalon
from tests.cli.town import CONFIG, Town
from tests.site.publication_samples import MID, SIZE, history

NOTE = ("withdraw", "A1-01", "--field", "note", "--to", "3")
MOTIF = ("withdraw", "A1-01", "--field", "motif", "--checkpoint", MID.id)
DECIDED = ("--by", "greffe", "--reason", "Demande d’une personne.", "--yes")


@pytest.fixture
def store(town: Town) -> Iterator[PlanStore]:
    with open_database(f"sqlite:///{town.state / 'jalon.db'}") as database:
        opened = database.plan("petit-plan")
        for record in history():
            opened.add_snapshot(record)
        yield opened


def bodies(store: PlanStore) -> list[bytes]:
    return [one.body for one in store.snapshots()]


def test_it_is_shown_first_and_nothing_is_written(jalon: Jalon, store: PlanStore) -> None:
    before = bodies(store)
    said = jalon(*NOTE)
    assert said.code == 0, said.err
    assert "Note 2, « d’ici »" in said.out
    assert "3 instantanés contiennent ce texte" in said.out
    assert bodies(store) == before
    assert store.log_head().rows == 0


def test_a_text_goes_from_the_snapshots_asked_for_and_every_leaf_stays(
    jalon: Jalon, store: PlanStore, town: Town
) -> None:
    before = bodies(store)
    assert jalon(*NOTE, *DECIDED).code == 0
    after = bodies(store)
    assert [leaf_of(body) for body in after] == [leaf_of(body) for body in before]
    held = [f"Note {n},".encode() in body for n, body in enumerate(after, 1)]
    assert held == [False, False, False, True, True]
    (kept,) = read_withdrawals(store.facts()[WITHDRAWALS])
    assert (kept.instantanes, kept.action, kept.champ) == ((1, 2, 3), "A1-01", "note")
    rows = list(store.log())
    assert [row.subject for row in rows] == ["snapshot:1", "snapshot:2", "snapshot:3"]
    assert {(row.actor, row.reason_fr) for row in rows} == {("greffe", "Demande d’une personne.")}
    assert b"Note 2," not in (town.state / "jalon.db").read_bytes()


def test_a_note_that_the_last_snapshot_shows_goes_too_and_its_field_is_held_back(
    jalon: Jalon, store: PlanStore
) -> None:
    """Nobody who can empty the field in Asana need be found first."""
    asked = ("withdraw", "A1-01", "--field", "note")
    foreseen = jalon(*asked)
    assert (foreseen.code, "videz-y ce champ" in foreseen.out) == (0, True)
    assert HELD_BACK not in store.facts()
    done = jalon(*asked, *DECIDED)
    assert (done.code, "videz-y ce champ" in done.out) == (0, True)
    assert not any(b"Note 5," in body for body in bodies(store))
    assert read_held_back(store.facts()[HELD_BACK]) == {("A1-01", "note")}


def test_a_reason_goes_from_the_last_snapshot_too(jalon: Jalon, store: PlanStore) -> None:
    """Nothing in Asana holds it: it is left out from then on."""
    assert jalon(*MOTIF, *DECIDED).code == 0
    assert not any(b"Motif " in body for body in bodies(store))
    assert len(store.snapshots()) == SIZE


def test_the_commands_that_a_held_publication_names_take_the_name_out(
    jalon: Jalon, store: PlanStore
) -> None:
    found = [one for record in store.snapshots() for one in past_names(record, ("Motif",))]
    with pytest.raises(UnsafeChangeSet) as refused:
        guard_past(found, store.plan_id)
    commands = re.findall("« jalon (withdraw [^»]+) »", refused.value.text.fr)
    assert commands
    for command in commands:
        said = jalon(*command.split(), *DECIDED)
        assert said.code == 0, said.err
    assert not [one for record in store.snapshots() for one in past_names(record, ("Motif",))]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ((*NOTE, "--yes"), "--by"),
        ((*NOTE, "--checkpoint", MID.id, *DECIDED), "--checkpoint"),
        (("withdraw", "A1-01", "--field", "motif", *DECIDED), "--checkpoint"),
        (("withdraw", "A9-99", "--field", "note", *DECIDED), "aucun de ces instantanés"),
    ],
)
def test_what_is_not_a_decision_withdraws_nothing(
    jalon: Jalon, store: PlanStore, words: tuple[str, ...], what: str
) -> None:
    before = bodies(store)
    said = jalon(*words)
    assert said.code == 2
    assert what in said.err
    assert bodies(store) == before


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        pytest.param("écrire à marie@exemple.ca", "une adresse courriel", id="e-mail"),
        pytest.param("appeler au 819 555-0123", "un numéro de téléphone", id="telephone"),
        pytest.param("voir @marie", "une mention", id="mention"),
        pytest.param("au nom de Marie-Ève Untel", "un nom à ne jamais publier", id="name"),
        pytest.param("https://app.asana.com/0/1/2", "un lien Asana", id="Asana"),
        pytest.param(
            "Voir https://v-my.sharepoint.com/personal/marie.",
            "un dossier personnel OneDrive",
            id="personal folder",
        ),
        pytest.param(
            "Voir (https://exemple.ca/?a=marie%40exemple.ca)",
            "une adresse courriel",
            id="an e-mail inside a link",
        ),
        pytest.param("Voir http://intranet/plainte", "pas une adresse https", id="inside link"),
        pytest.param("On a retiré « NOTE 2, D’ICI À ».", "le texte même", id="the text again"),
    ],
)
def test_a_reason_that_could_not_be_taken_back_is_refused_as_it_is_typed(
    jalon: Jalon, store: PlanStore, town: Town, reason: str, what: str
) -> None:
    """It is published in each snapshot from then on, and no withdrawal reaches it."""
    town.settle(f"{CONFIG}never_publish: [Marie-Ève Untel]\n")
    before = bodies(store)
    for more in ((), ("--yes",)):
        said = jalon(*NOTE, "--by", "greffe", "--reason", reason, *more)
        assert said.code == 2
        assert what in said.err
        assert "Rien n’a été retiré" in said.err
    assert bodies(store) == before


def test_a_reason_says_only_what_everyone_can_see(jalon: Jalon, store: PlanStore) -> None:
    said = jalon(*NOTE, "--by", "greffe", "--reason", "Loi\u202e 25\u200b, art. 28", "--yes")
    assert said.code == 0, said.err
    (kept,) = read_withdrawals(store.facts()[WITHDRAWALS])
    assert kept.motif == "Loi 25, art. 28"


def test_the_database_itself_refuses_a_change_without_a_decision(store: PlanStore) -> None:
    row = store.snapshots()[0]
    with pytest.raises(ValueError, match="not the same one"):
        store.withdraw({1: row.body.replace(b"Note", b"Mot")}, None, None, ("", ""))  # type: ignore[arg-type]


def test_the_salts_of_a_cycle_are_long_and_drawn_anew_each_time(town: Town) -> None:
    """Whoever could guess the salt could guess the text that was withdrawn."""
    settings = load_settings(
        [town.config], {**town.environ, "ASANA_ACCESS_TOKEN": "2/1/3:essai"}, root=town.folder
    )
    with (
        open_plans(settings, writing=True) as (opened,),
        connected(opened, SystemClock(), "essai") as ports,
    ):
        drawn = [ports.salt() for _ in range(200)]
    assert {len(salt) for salt in drawn} == {16}
    assert min(len({salt[at] for salt in drawn}) for at in range(16)) > 50
