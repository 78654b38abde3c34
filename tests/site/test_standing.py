"""
A page that says « Instantané numéro 3 » says what it said when the third was the last.

It is written again when it changes itself, and never called unchanged when it did.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

import pytest
from bs4 import BeautifulSoup

from sync.core.changes import PublicChange
from sync.model.progress import Status
from sync.model.record import SnapshotRecord
from sync.model.snapshot import (
    PublicAction,
    PublicAxis,
    PublicVolet,
    PublicWithdrawal,
    Snapshot,
)
from sync.site import counts
from sync.site import standing as standing_module
from sync.site.presentation import Presentation
from tests.site.pages import CITY, built, words
from tests.site.snapshot_samples import END, MID, action, four_records, record_of, small, standing

BOTH = Presentation(CITY.city, CITY.page_url, others=("en",))
STANDING = re.compile(r"(en/)?(actions|etats|volets)/[^/]+\.html")
Told = dict[str, PublicAction]


def a_plan(told: Told, number: int, day: date, **said: Any) -> Snapshot:
    """Two volets: the actions whose id begins with « a », and the others."""
    volets = tuple(
        PublicVolet(id=key, titre=f"Volet {key}", actions=tuple(here))
        for key in ("a", "b")
        if (here := [one for one in told.values() if (one.id[0] == "a") == (key == "a")])
    )
    axis = PublicAxis(numero=1, titre="Organisation", objectif="Mieux faire", volets=volets)
    return small(numero=number, etat_au=day, axes=(axis,), **said)


def one(key: str, status: Status = Status.UNDER_WAY, **said: Any) -> PublicAction:
    places = {MID.id: standing(status), END.id: standing(Status.UPCOMING)}
    return action(key, titre=f"Action {key}", **{"jalons": places, **said})


def keep(told: Told) -> Told:
    return told


def with_(**changed: Any) -> Callable[[Told], Told]:
    """The action a2 says something else."""
    return lambda told: {**told, "a2": told["a2"].model_copy(update=changed)}


def without(key: str) -> Callable[[Told], Told]:
    return lambda told: {name: each for name, each in told.items() if name != key}


def has(key: str) -> Callable[[Told], Told]:
    return lambda told: {**told, key: one(key)}


def turned(told: Told) -> Told:
    return dict(sorted(told.items(), reverse=True))


REASON = standing(Status.UNDER_WAY, regle_le=date(2026, 2, 2), motif="Motif.")
STEPS: dict[str, tuple[Callable[[Told], Told], dict[str, Any]]] = {
    "nothing but the number": (keep, {}),
    "note": (with_(note="Une note."), {}),
    "status": (with_(jalons={MID.id: standing(Status.ACHIEVED)}), {}),
    "reason": (with_(jalons={MID.id: REASON, END.id: standing(Status.UPCOMING)}), {}),
    "direction": (with_(direction="Service du greffe"), {}),
    "proof": (with_(preuve="https://exemple.ca/"), {}),
    "no longer seen": (with_(donnees_du=date(2026, 1, 1)), {}),
    "title": (with_(titre="Autre titre"), {}),
    "gone": (without("a2"), {}),
    "new": (has("a9"), {}),
    "new volet": (has("c1"), {}),
    "other order": (turned, {}),
    "plan": (keep, {"plan": small().plan.model_copy(update={"titre": "Autre plan"})}),
    "revision": (keep, {"plan": small().plan.model_copy(update={"revision": 2})}),
    "invented": (keep, {"demonstration": True}),
    "other day": (keep, {"jalons": (MID.model_copy(update={"echeance": date(2026, 2, 8)}), END)}),
    "ended in the last one": (keep, {"fin": date(2026, 2, 11)}),
    "withdrawn": (
        keep,
        {
            "retraits": (
                PublicWithdrawal(
                    instantanes=(1,), action="a1", champ="note", le=date(2026, 2, 9), motif="Loi."
                ),
            )
        },
    ),
}
DAYS = (date(2026, 2, 10), date(2026, 2, 11), date(2026, 2, 16), date(2026, 2, 21))
"""Before the due day, the day after, past it, and past the freeze."""


def history(step: str, days: tuple[date, ...]) -> list[SnapshotRecord]:
    """Three snapshots: a note of b1 changes in the last one, the step is taken in the second."""
    change, said = STEPS[step]
    ends = "fin" in said
    first = {key: one(key) for key in ("a1", "a2", "a3", "b1", "b2")}
    second = change(first)
    third = {**second, "b1": second["b1"].model_copy(update={"note": "Une note de b1."})}
    return [
        record_of(a_plan(first, 1, days[0])),
        record_of(a_plan(second, 2, days[1], **said)),
        record_of(a_plan(third, 3, days[2], **said, **({"termine_le": days[2]} if ends else {}))),
    ]


def standing_pages(records: list[SnapshotRecord]) -> dict[str, bytes]:
    with pytest.MonkeyPatch.context() as plant:
        plant.setattr(counts, "MANY", 1)
        files = built(records, BOTH)
    return {name: body for name, body in files.items() if STANDING.fullmatch(name)}


def number_of(page: bytes) -> int | None:
    """None for what left the plan: such a page says when, and never changes again."""
    said = re.search(rb'id="_fraicheur"[^>]*data-numero="(\d+)"', page)
    return int(said[1]) if said else None


@pytest.mark.parametrize(
    "days",
    [
        DAYS[:3],
        (DAYS[0], DAYS[1], DAYS[1]),
        DAYS[1:],
        (DAYS[0], date(2026, 2, 11), date(2026, 2, 12)),
    ],
    ids=str,
)
@pytest.mark.parametrize("step", STEPS)
def test_a_page_is_as_it_was_when_the_snapshot_that_it_names_was_the_last(
    step: str, days: tuple[date, ...]
) -> None:
    """To the letter: so what it says is true of that day, and nothing newer is missing from it."""
    records = history(step, days)
    then = {n: standing_pages(records[:n]) for n in (1, 2)}
    now = standing_pages(records)
    numbers = {name: number_of(page) for name, page in now.items()}
    for name, number in numbers.items():
        if number in then:
            assert now[name] == then[number][name], name
    assert 3 in numbers.values()


@cache
def of_the_demonstration(until: int) -> dict[str, bytes]:
    return {n: b for n, b in built(four_records()[:until], BOTH).items() if STANDING.fullmatch(n)}


def test_so_it_is_in_the_demonstration() -> None:
    now = of_the_demonstration(4)
    for name, page in now.items():
        number = number_of(page)
        assert number is not None
        assert page == of_the_demonstration(number)[name]


def test_another_change_leaves_the_pages_of_the_others_alone() -> None:
    """Of a thousand pages, one change writes those that show it."""
    before, now = (standing_pages(history("note", (DAYS[0],) * 3)[:n]) for n in (2, 3))
    changed = {name for name in now if before.get(name) != now[name] and name[:3] != "en/"}
    assert changed == {
        "actions/b1.html",
        "volets/b.html",
        "etats/en_cours.html",
        "etats/a_venir.html",
    }
    assert number_of(now["actions/a2.html"]) == 2
    assert number_of(now["actions/a3.html"]) == 1


@pytest.mark.parametrize("step", ["title", "new", "plan", "other day", "invented", "gone"])
def test_what_may_touch_every_page_writes_every_page(step: str) -> None:
    """The title of a neighbour, its place, the plan's own words, the calendar."""
    now = standing_pages(history(step, (DAYS[0],) * 3)[:2])
    assert {number_of(page) for page in now.values()} - {None} == {2}


def test_a_withdrawal_writes_the_page_of_its_action() -> None:
    """Whoever has an older copy open is told that another one is published."""
    now = standing_pages(history("withdrawn", (DAYS[0],) * 3)[:2])
    assert number_of(now["actions/a1.html"]) == 2
    assert number_of(now["actions/a3.html"]) == 1


def test_a_due_day_that_passes_writes_the_pages_that_say_so() -> None:
    records = history("nothing but the number", (DAYS[1], DAYS[2], DAYS[2]))
    passed = BeautifulSoup(standing_pages(records)["actions/a3.html"].decode(), "lxml")
    assert "passée" in words(passed.select_one(".questions"))
    assert number_of(standing_pages(records)["actions/a3.html"]) == 2


def test_the_page_says_since_which_day_and_snapshot_it_holds_and_that_it_still_does() -> None:
    page = standing_pages(history("note", (DAYS[0], DAYS[1], DAYS[2])))["actions/b1.html"]
    said = words(BeautifulSoup(page.decode(), "lxml").select_one("#_fraicheur"))
    assert said.startswith(
        "État au 16 février 2026 Cette page vaut depuis ce jour-là (instantané numéro 3); elle "
        "reste à jour tant que rien n’y change"
    )
    assert "Données à jour" not in said


def test_one_publication_looks_through_its_history_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three kinds, in two languages, and the sitemap ask for the same."""
    compared: list[tuple[int, int]] = []
    honest = standing_module._touched

    def counted(before: Snapshot, after: Snapshot, said: Sequence[PublicChange]) -> Iterator[str]:
        compared.append((before.numero, after.numero))
        return honest(before, after, said)

    monkeypatch.setattr(standing_module, "_touched", counted)
    standing_pages(history("note", (DAYS[0],) * 3))
    assert compared == [(1, 2), (2, 3)]


def test_the_sitemap_dates_a_page_by_its_own_change() -> None:
    files = built(four_records(), BOTH)
    days = {record.number: record.generated_at.date().isoformat() for record in four_records()}
    told = dict(
        re.findall(r"<loc>(.*?)</loc>\s*<lastmod>(.*?)</lastmod>", files["sitemap.xml"].decode())
    )
    for name, page in of_the_demonstration(4).items():
        number = number_of(page)
        assert number is not None
        assert told[f"{CITY.page_url}{name}"] == days[number]
    assert told[CITY.page_url] == days[4]
