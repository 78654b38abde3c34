"""Which heads of the log the documents outside of the database tell, and of whose log."""

import json

import pytest

from sync.core.witness import heads_in
from sync.model.record import Head

ONE, TWO = "a" * 64, "b" * 64


def journal(rows: int, chain: str) -> dict[str, object]:
    return {"lignes": rows, "tete": chain}


def line(plan: object, rows: int, chain: str) -> dict[str, object]:
    return {"event": "cycle.finished", "plan": plan, "log_rows": rows, "log_head": chain}


SNAPSHOT = {"plan": {"id": "ville", "titre": "Plan"}, "numero": 3, "journal": journal(7, ONE)}
STATE = {"numero": 3, "journal": journal(7, ONE)}


@pytest.mark.parametrize(
    ("told", "heads"),
    [
        (SNAPSHOT, [Head(7, ONE)]),
        (STATE, [Head(7, ONE)]),
        ({"plan": {"id": "voisine"}, "journal": journal(7, ONE)}, []),
        ({"plan": {}, "journal": journal(7, ONE)}, []),
        ({"plan": {"id": "ville"}}, []),
        ({"plan": {"id": "ville"}, "journal": None}, []),
        ({"numero": 3}, []),
        (line("ville", 9, TWO), [Head(9, TWO)]),
        (line("voisine", 9, TWO), []),
        ({"journal": journal(0, "0" * 64)}, [Head(0, "0" * 64)]),
    ],
)
def test_a_document_tells_the_head_of_its_own_plan_s_log(
    told: dict[str, object], heads: list[Head]
) -> None:
    assert heads_in(json.dumps(told).encode(), "ville") == tuple(heads)


def test_a_worker_s_log_tells_one_head_a_cycle_in_their_order() -> None:
    lines = [
        line("ville", 7, ONE),
        line("voisine", 50, TWO),
        {"event": "worker.started"},
        line("ville", 9, TWO),
    ]
    text = "\n\n".join(map(json.dumps, lines)) + "\n  \n"
    assert heads_in(text.encode(), "ville") == (Head(7, ONE), Head(9, TWO))
    assert heads_in(b"\xef\xbb\xbf" + text.encode(), "ville") == (Head(7, ONE), Head(9, TWO))


@pytest.mark.parametrize(
    "body", [b"", b" \n", b"[]", b"3", b'["plan"]', b'{"numero": 3}\n3', b'{"numero": 3}\n[]']
)
def test_what_is_no_document_of_ours_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^neither an object nor lines of them$"):
        heads_in(body, "ville")


@pytest.mark.parametrize("body", [b"\xff\xfe", b"plan: ville", b'{"numero": 3}\nplan'])
def test_what_cannot_be_read_at_all_is_refused(body: bytes) -> None:
    with pytest.raises((UnicodeDecodeError, json.JSONDecodeError)):
        heads_in(body, "ville")


@pytest.mark.parametrize(
    "told",
    [
        {"journal": journal(-1, ONE)},
        {"journal": journal(7, "a" * 63)},
        {"journal": {"lignes": 7}},
        {"journal": {"lignes": 7, "tete": ONE, "de": "plus"}},
        {"log_head": ONE},
        {"log_head": None, "log_rows": 7, "journal": journal(7, ONE)},
    ],
)
def test_a_head_that_is_none_is_refused_rather_than_passed_over(told: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"^a head that is none$"):
        heads_in(json.dumps(told).encode(), "ville")
