"""Where names cannot be switched together, the manifest tells the truth at every instant."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from sync.adapters.publish.exchange import GLANCE
from sync.adapters.publish.read_back import read_back
from sync.adapters.publish.remote import RemotePublisher
from sync.errors import PublicationFailed, PublicationMissing
from sync.model.snapshot import State
from sync.ports import Publication
from tests.adapters.publish.publications import publication
from tests.adapters.publish.shelves import MemoryShelf, Stopped, told_truly

PLAN = publication(1).snapshot.plan.id


def publisher(shelf: MemoryShelf) -> RemotePublisher:
    return RemotePublisher("s3://seau/x", shelf.opened)


def published(*numbers: int) -> MemoryShelf:
    shelf = MemoryShelf()
    for number in numbers:
        publisher(shelf).publish(publication(number))
    return shelf


def later(number: int) -> State:
    state = publication(number).state
    return state.model_copy(update={"verifie_le": state.verifie_le + timedelta(days=1)})


def other_pages(number: int) -> Publication:
    """The same history with one file less and another more."""
    good = publication(number)
    files = {name: body for name, body in good.files.items() if "a-01" not in name}
    return replace(good, files={**files, "actions/a-09/index.html": b"neuf"})


@pytest.mark.parametrize("how", ["before", "after"])
@pytest.mark.parametrize("already", [(), (1,), (1, 2)], ids=["nothing", "one", "two"])
def test_a_stop_at_any_step_leaves_what_the_manifest_says(
    how: str, already: tuple[int, ...]
) -> None:
    """And the next publication, of the same number or of a later one, makes it whole."""
    last = len(already)
    stops = 0
    while True:
        shelf = published(*already)
        shelf.at, shelf.how, shelf.steps = stops + 1, how, 0
        shelf.after_each = told_truly
        try:
            publisher(shelf).publish(other_pages(last + 1))
        except Stopped:
            stops += 1
        else:
            break
        assert told_truly(shelf.held) in (last, last + 1, -1)
        for then in (last + 1, last + 2):
            after = MemoryShelf(dict(shelf.held), after_each=told_truly)
            publisher(after).publish(publication(then))
            assert told_truly(after.held) == then
            assert not [name for name in after.held if name.startswith((".nouveau", ".altere"))]
    assert stops > 15


def test_two_stops_in_a_row_are_told_as_well() -> None:
    """The manifest then names what each of three publications may have left."""
    for first in range(5, 14):
        for second in range(3, 14):
            shelf = published(1)
            shelf.after_each = told_truly
            for number, at in ((2, first), (3, second)):
                shelf.at, shelf.steps = at, 0
                with pytest.raises(Stopped):
                    publisher(shelf).publish(publication(number))
            shelf.at = 0
            publisher(shelf).publish(publication(3))
            assert told_truly(shelf.held) == 3


def test_nothing_public_changes_before_all_of_it_was_read_back() -> None:
    """A quota that is full, or bytes that change on the way, must cost the public nothing."""

    class Garbling(MemoryShelf):
        def write(self, bodies: Mapping[str, bytes], becoming: Mapping[str, str]) -> None:
            super().write({name: body + b" " for name, body in bodies.items()}, becoming)

    good = published(1)
    shelf = Garbling(dict(good.held))
    with pytest.raises(PublicationFailed, match="read back other"):
        publisher(shelf).publish(publication(2))
    kept = {name: body for name, body in shelf.held.items() if not name.startswith(".nouveau")}
    assert kept == good.held


@pytest.mark.parametrize(
    "lost", ["index.html", "schema/instantane.schema.json", "instantanes/0001.json"]
)
def test_what_a_switch_damaged_is_not_told_to_stand(lost: str) -> None:
    """What was sent was read back, and the place lost it on the way to its public name."""

    class Losing(MemoryShelf):
        def _move(self, source: str, name: str) -> None:
            super()._move(source, name)
            if name == lost:
                self.held[name] = b""

    shelf = Losing()
    new = publication(1)
    with pytest.raises(PublicationFailed, match=f"{lost} was read back other"):
        publisher(shelf).publish(new)
    assert json.loads(shelf.held[".manifeste.json"])["avant"] is not None
    with pytest.raises(PublicationMissing):
        publisher(shelf).confirm(later(1), new.record.digest)
    sound = MemoryShelf(shelf.held)
    publisher(sound).publish(new)
    assert told_truly(sound.held) == 1


def test_only_what_changed_is_sent() -> None:
    shelf = published(1)
    sent: list[str] = []

    class Watched(MemoryShelf):
        def reveal(self, moves: Mapping[str, str]) -> None:
            sent.extend(moves.values())
            super().reveal(moves)

    publisher(Watched(shelf.held)).publish(publication(2))
    assert "schema/instantane.schema.json" not in sent
    assert "actions/a-01/index.html" not in sent
    assert "instantanes/0001.json" not in sent
    assert sent[-4:] == ["index.html", "dernier.json", "etat.json", ".manifeste.json"]


def test_what_has_arrived_is_not_sent_again() -> None:
    """A thousand pages over a slow line take more than one cycle, and arrive all the same."""
    written: list[str] = []

    class Watched(MemoryShelf):
        def write(self, bodies: Mapping[str, bytes], becoming: Mapping[str, str]) -> None:
            written.extend(bodies)
            super().write(bodies, becoming)

    shelf = Watched(at=4, how="after")
    with pytest.raises(Stopped):
        publisher(shelf).publish(publication(1))
    assert len([name for name in shelf.held if name.startswith(".nouveau/")]) == 4
    shelf.at = 0
    before = set(shelf.held)
    written.clear()
    publisher(shelf).publish(publication(1))
    assert not before & set(written)


def test_what_arrived_in_part_is_sent_again() -> None:
    """A line that was cut in the middle of a file must not stop every publication after it."""
    shelf = MemoryShelf(at=4, how="after")
    with pytest.raises(Stopped):
        publisher(shelf).publish(publication(1))
    shelf.at = 0
    for name in shelf.held:
        shelf.held[name] = shelf.held[name][:3]
    publisher(shelf).publish(publication(1))
    assert told_truly(shelf.held) == 1


def test_two_pages_may_say_the_same() -> None:
    good = publication(1)
    pages = {f"actions/a-0{one}/index.html": b"<p>rien</p>" for one in (3, 4)}
    shelf = MemoryShelf()
    publisher(shelf).publish(replace(good, files={**good.files, **pages}))
    assert {name: shelf.held[name] for name in pages} == pages


def test_that_a_page_goes_is_told_before_it_is_gone() -> None:
    """Where nothing else changes, the manifest still is the one that says it is there."""
    good = publication(2)
    fewer = {name: body for name, body in good.files.items() if "a-01" not in name}
    shelf = published(1, 2)
    shelf.after_each = told_truly
    publisher(shelf).publish(replace(good, files=fewer))
    assert "actions/a-01/index.html" not in shelf.held
    assert told_truly(shelf.held) == 2


def test_a_publication_that_contradicts_itself_is_refused_before_anything_is_sent() -> None:
    """A gap in the history could never be confirmed, nor mended."""
    good, shelf = publication(3), published(1)
    gap = {name: body for name, body in good.immutable.items() if "0002" not in name}
    before = dict(shelf.held)
    with pytest.raises(PublicationFailed, match="contradicts itself"):
        publisher(shelf).publish(replace(good, immutable=gap))
    assert shelf.held == before


def forged_with_its_manifest(held: dict[str, bytes]) -> None:
    manifest = json.loads(held[".manifeste.json"])
    manifest["fichiers"]["dernier.json"] = hashlib.sha256(b"{}").hexdigest()
    held.update({"dernier.json": b"{}", ".manifeste.json": json.dumps(manifest).encode()})


TAMPERINGS: dict[str, Callable[[dict[str, bytes]], object]] = {
    "index altered": lambda held: held.update({"index.html": b"pirate"}),
    "index deleted": lambda held: held.pop("index.html"),
    "page altered": lambda held: held.update({"actions/a-01/index.html": b"pirate"}),
    "dernier.json altered": lambda held: held.update({"dernier.json": b"[]"}),
    "etat.json deleted": lambda held: held.pop("etat.json"),
    "snapshot 1 altered": lambda held: held.update({"instantanes/0001.json": b"[]"}),
    "snapshot 2 deleted": lambda held: held.pop("instantanes/0002.json"),
    "dernier.json forged with the manifest": forged_with_its_manifest,
    "manifest deleted": lambda held: held.pop(".manifeste.json"),
    "manifest damaged": lambda held: held.update({".manifeste.json": b"{"}),
    "everything deleted": lambda held: held.clear(),
}


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS)
@pytest.mark.parametrize("then", [2, 3])
def test_altered_bytes_are_not_confirmed_and_are_mended(
    request: pytest.FixtureRequest, tampering: Callable[[dict[str, bytes]], object], then: int
) -> None:
    """A fresh `verifie_le` over a falsified page would vouch for it."""
    shelf = published(1, 2)
    tampering(shelf.held)
    tampered = dict(shelf.held)
    with pytest.raises(PublicationMissing) as failure:
        publisher(shelf).confirm(later(2), publication(2).record.digest)
    assert "s3://seau/x" in failure.value.in_("fr")
    assert shelf.held == tampered
    publisher(shelf).publish(publication(then))
    foreign = [body for body in tampered.values() if body in (b"pirate", b"[]")]
    aside = {n: shelf.held.pop(n) for n in list(shelf.held) if n.startswith(".altere/")}
    if "manifest" in request.node.callspec.id:  # then our own earlier files are nobody's either
        assert set(foreign) <= set(aside.values())
    else:
        assert [*aside.values()] == foreign
    assert told_truly(shelf.held) == then


def test_an_untouched_publication_is_confirmed() -> None:
    shelf = published(1, 2)
    before = dict(shelf.held)
    publisher(shelf).confirm(later(2), publication(2).record.digest)
    assert b"2026-02-11" in shelf.held["etat.json"]
    assert {n for n in before if before[n] != shelf.held[n]} == {"etat.json"}
    assert before.keys() == shelf.held.keys()


def test_what_was_interrupted_is_not_confirmed() -> None:
    shelf = published(1)
    shelf.at, shelf.steps = 9, 0
    with pytest.raises(Stopped):
        publisher(shelf).publish(publication(2))
    assert told_truly(shelf.held) == -1
    for number in (1, 2):
        with pytest.raises(PublicationMissing):
            publisher(shelf).confirm(later(number), publication(number).record.digest)


@pytest.mark.parametrize(
    ("number", "words"),
    [pytest.param(1, "", id="older"), pytest.param(2, "autre", id="another"), (3, "autre")],
)
@pytest.mark.parametrize("lost", [(), (".manifeste.json",)], ids=["whole", "manifest lost"])
def test_history_is_never_stepped_back_or_rewritten(
    number: int, words: str, lost: tuple[str, ...]
) -> None:
    shelf = published(1, 2)
    for name in lost:
        shelf.held.pop(name)
    before = dict(shelf.held)
    with pytest.raises(PublicationFailed):
        publisher(shelf).publish(publication(number, words=words))
    assert shelf.held == before


@pytest.mark.parametrize("name", ["index.html", "instantanes/0001.json", "etat.json"])
def test_a_place_that_is_somebody_elses_is_refused(name: str) -> None:
    """A wrong prefix in a setting must not eat a website."""
    shelf = MemoryShelf({name: b"a moi", "robots.txt": b"x"})
    with pytest.raises(PublicationFailed, match="not Jalon") as failure:
        publisher(shelf).publish(publication(1))
    assert name in failure.value.in_("fr")
    assert shelf.held == {name: b"a moi", "robots.txt": b"x"}


def test_a_number_that_somebody_else_took_is_left_as_it_is() -> None:
    """It may be cited already, as what we would publish under that number."""
    shelf = published(1)
    shelf.held["instantanes/0002.json"] = b"d'un autre"
    before = dict(shelf.held)
    with pytest.raises(PublicationFailed, match="never changes"):
        publisher(shelf).publish(publication(2))
    assert shelf.held == before


def test_what_is_not_ours_beside_our_files_is_left_alone() -> None:
    shelf = published(1)
    shelf.held["robots.txt"] = b"x"
    publisher(shelf).publish(other_pages(2))
    assert shelf.held["robots.txt"] == b"x"
    assert "actions/a-01/index.html" not in shelf.held


def test_the_standing_number_is_told() -> None:
    assert publisher(MemoryShelf()).standing(PLAN) is None
    shelf = published(1, 2)
    standing = publisher(shelf).standing(PLAN)
    assert standing is not None
    assert standing.number == 2
    assert publisher(shelf).standing("autre-plan") is None


def test_a_lost_store_can_be_rebuilt_from_it() -> None:
    shelf = published(1, 2)
    with publisher(shelf).fetching() as fetch:
        found = read_back(fetch, "s3://seau/x", PLAN)
    assert found is not None
    assert [one.number for one in found.records] == [1, 2]


def test_the_manifest_of_a_place_elsewhere_is_a_witness_too() -> None:
    shelf = published(1, 2)
    manifest = json.loads(shelf.held[".manifeste.json"])
    manifest["instantanes"]["instantanes/0001.json"] = "0" * 64
    shelf.held[".manifeste.json"] = json.dumps(manifest).encode()
    with publisher(shelf).fetching() as fetch, pytest.raises(Exception, match="altered"):
        read_back(fetch, "ici", PLAN)


def test_how_far_it_has_come_is_a_short_look() -> None:
    """It is asked before each cycle, which must not wait for a place that hangs."""
    shelf = published(1)
    standing = publisher(shelf).standing(PLAN)
    assert standing is not None
    assert standing.number == 1
    assert shelf.given[-1] == GLANCE
    assert None in shelf.given
