"""What is plainly one pair, what has a rival, and what a person said: to the last figure."""

import pytest

from sync.core.likeness import likeness
from sync.core.pairing import Wanted, pair
from sync.model.adoption import Answers, Candidate, Certainty, Match
from sync.model.target import ObservedSection

REF = "action:A"


def things(*names: str) -> list[ObservedSection]:
    """Their gids are 1, 2, 3, …"""
    return [ObservedSection(str(n), name, "9") for n, name in enumerate(names, start=1)]


def one(title: str, *names: str, near: str = "", answers: Answers | None = None) -> Match:
    wanted = Wanted(REF, title, frozenset(near))
    (match,) = pair([wanted], things(*names), answers or {})
    return match


def shown(title: str, *names: str) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(str(n), name, likeness(title, name)) for n, name in enumerate(names, start=1)
    )


@pytest.mark.parametrize(
    ("title", "name", "certainty"),
    [
        pytest.param("Budget", "BUDGET", "exact", id="the same words"),
        pytest.param("abcdefghijklmnopqrst", "abcdefghijklmnopqxyz", "likely", id="85 of 100"),
        pytest.param("abcdefghijklmnopqrst", "abcdefghijklmnopwxyz", "doubtful", id="80"),
        pytest.param("abcdefghij", "abcdefwxyz", "doubtful", id="60"),
        pytest.param("abcdefghij", "abcdevwxyz", "none", id="50"),
    ],
)
def test_one_thing_by_its_nearness(title: str, name: str, certainty: Certainty) -> None:
    taken = "1" if certainty in ("exact", "likely") else None
    told = () if certainty == "none" else shown(title, name)
    assert one(title, name) == Match(REF, title, certainty, taken, told)


LONG = "abcdefghijklmnopqrstuvwxy"
NEAR_92, NEAR_88, NEAR_84 = (LONG[:n] + "é" * (25 - n) for n in (23, 22, 21))


@pytest.mark.parametrize(("rival", "taken"), [(NEAR_84, "1"), (NEAR_88, None)])
def test_how_far_off_the_second_nearest_must_be(rival: str, taken: str | None) -> None:
    """Eight of a hundred, on the side of the things and on that of the plan."""
    assert [likeness(LONG, near) for near in (NEAR_92, NEAR_88, NEAR_84)] == [92.0, 88.0, 84.0]
    assert one(LONG, NEAR_92, rival).gid == taken
    both = pair([Wanted(REF, NEAR_92), Wanted("action:B", rival)], things(LONG), {})
    assert both[0].gid == taken


def test_the_same_words_twice_are_told_apart_by_one_place_only() -> None:
    assert one("Suivi", "Suivi", "Suivi", near="2").gid == "2"
    for near in ("", "12"):
        doubt = one("Suivi", "Suivi", "Suivi", near=near)
        assert (doubt.certainty, doubt.gid) == ("doubtful", None)


def test_what_a_person_said() -> None:
    said = one("Budget", "Budget", "Finances", answers={REF: "2"})
    candidate = Candidate("2", "Finances", likeness("Budget", "Finances"))
    assert said == Match(REF, "Budget", "answered", "2", (candidate,))
    for nothing in (None, "77"):
        assert one("Budget", "Budget", answers={REF: nothing}) == Match(REF, "Budget", "none")
