"""A log that somebody rewrote with a tool of their own, and what gives it away."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from itertools import combinations, pairwise
from typing import Any

import pytest

from sync.core.chain import (
    FACTS,
    START,
    TEXTS,
    Fault,
    Told,
    Verdict,
    commit,
    in_words,
    link,
    seal,
    verify,
)
from sync.core.marks import log_ref
from sync.model.record import RECOVERED, Head, Seal, SealedRow

ROWS = 40
AT = datetime(2026, 2, 16, 9, 30, tzinfo=UTC)


def honest(number: int) -> tuple[dict[str, Any], dict[str, str | None]]:
    facts = {
        "plan_id": "p",
        "id": number,
        "at": AT + timedelta(seconds=number),
        "cycle_id": f"c{number // 7}",
        "kind": "pull",
        "subject": "action:A-1",
        "field": "note",
        "rule": "pull",
        "outcome": "read",
    }
    texts = dict.fromkeys(TEXTS, "x") | {"after": f"mot {number % 3}", "base": None}
    return facts, texts


def hung(
    rows: Sequence[tuple[Mapping[str, Any], Mapping[str, str | None]]], head: Head = START
) -> list[SealedRow]:
    made = []
    for facts, texts in rows:
        sealed = seal(head, facts, texts, facts["id"].to_bytes(32))
        head = Head(facts["id"], sealed.chain)
        made.append(SealedRow(facts["id"], facts, texts, sealed))
    return made


LOG = hung([honest(number) for number in range(1, ROWS + 1)])
HEAD = Head(ROWS, LOG[-1].seal.chain)


def found(rows: Sequence[SealedRow], *heads: Head) -> list[tuple[int, str]]:
    faults = verify(rows, [Told(head, "ailleurs") for head in heads]).faults
    return [(fault.row, fault.breach) for fault in faults]


def renumbered(rows: Sequence[SealedRow]) -> list[SealedRow]:
    """The gap closed, as somebody would who knows the ids and not the chain."""
    return [
        replace(row, number=number, facts={**row.facts, "id": number})
        for number, row in enumerate(rows, start=1)
    ]


def rewritten(rows: Sequence[SealedRow]) -> list[SealedRow]:
    """By somebody who has this program: every salt, commitment and link is made anew."""
    return hung([(row.facts, row.texts) for row in renumbered(rows)])


def test_an_honest_log_holds_against_every_head_that_was_ever_told() -> None:
    heads = [START, *(Head(row.number, row.seal.chain) for row in LOG)]
    verdict = verify(LOG, [Told(head, "ailleurs") for head in heads])
    assert (verdict.head, verdict.erased, verdict.faults) == (HEAD, 0, ())
    other = Told(Head(0, "f" * 64), "ailleurs")
    assert verify(LOG, [other]).faults == (Fault(0, "head", other, 0),)


@pytest.mark.usefixtures("far_away")
def test_the_hashes_are_those_of_the_written_form() -> None:
    """Said in full once, so that the form cannot change without a new version in its name."""
    facts, texts = honest(1)
    body = (
        '{"actor":"x","after":"mot 1","asana":"x","base":null,"before":"x","plan":"x",'
        '"reason_en":"x","reason_fr":"x"}'
    )
    commitment = sha256(b"jalon/journal/1/textes\n" + bytes([7] * 32) + body.encode()).digest()
    row = (
        '{"at":"2026-02-16T09:30:01+00:00","cycle_id":"c0","field":"note","id":1,"kind":"pull",'
        '"outcome":"read","plan_id":"p","rule":"pull","subject":"action:A-1"}'
    )
    chain = sha256(b"jalon/journal/1/ligne\n" + bytes(32) + row.encode() + commitment)
    assert seal(START, facts, texts, bytes([7] * 32)) == Seal(
        "07" * 32, commitment.hex(), chain.hexdigest()
    )


def test_the_zone_in_which_a_database_gives_an_instant_back_does_not_matter() -> None:
    facts, texts = honest(1)
    there = {**facts, "at": facts["at"].astimezone(timezone(timedelta(hours=-5)))}
    assert seal(START, facts, texts, bytes(32)) == seal(START, there, texts, bytes(32))


def test_a_commitment_tells_nothing_without_its_salt() -> None:
    """Few texts are likely: without a salt, whoever tries them all knows which was erased."""
    _, texts = honest(1)
    with_one, with_another = (commit(f"{salt:064x}", texts) for salt in (1, 2))
    assert with_one != with_another


@pytest.mark.parametrize("name", [*FACTS, *TEXTS])
def test_an_edit_of_any_row_is_found_at_that_row(name: str) -> None:
    for row in (LOG[0], LOG[1], LOG[20], LOG[-1]):
        if name in TEXTS:
            edited = replace(row, texts={**row.texts, name: "autre"})
        elif name == "id":
            edited = replace(row, facts={**row.facts, name: 0})
        else:
            edited = replace(row, facts={**row.facts, name: "autre"})
        rows = [edited if one is row else one for one in LOG]
        assert found(rows) == [(row.number, "texts" if name in TEXTS else "facts")]


def test_an_edit_whose_own_link_was_made_anew_is_found_at_the_next_row() -> None:
    log = hung([honest(number) for number in range(1, ROWS + 1)])
    for before, row in pairwise(log[:-1]):
        texts = {**row.texts, "after": "autre"}
        made = seal(Head(before.number, before.seal.chain), row.facts, texts, bytes(32))
        rows = [replace(row, texts=texts, seal=made) if one is row else one for one in log]
        assert found(rows) == [(row.number + 1, "facts")]


def test_a_removed_row_is_found_at_its_place() -> None:
    for number in (1, 2, 20, 38, 39):
        rest = [row for row in LOG if row.number != number]
        assert found(rest) == [(number, "missing")]
        assert found(renumbered(rest)) == [(number, "facts")]


def test_two_rows_that_changed_places_are_found_at_the_first() -> None:
    """Near to each other and far apart, the first and the last among them."""
    for one, other in combinations((0, 1, 2, 18, 38, 39), 2):
        rows = list(LOG)
        rows[one], rows[other] = rows[other], rows[one]
        assert found(rows) == [(one + 1, "missing")]
        assert found(renumbered(rows)) == [(one + 1, "facts")]


def test_a_row_put_in_is_found() -> None:
    for number in (0, 1, 20, 38, 39):
        rows = [*LOG[: number + 1], LOG[number], *LOG[number + 1 :]]
        assert found(rows) == [(number + 2, "missing")]
        if number + 1 < ROWS:
            assert found(renumbered(rows)) == [(number + 2, "facts")]


def test_a_tail_cut_at_any_length_is_found_with_a_head_told_elsewhere_only() -> None:
    """What is left is a log of its own: nothing inside it can tell."""
    for length in (0, 1, 20, 38, 39):
        assert found(LOG[:length]) == []
        assert found(LOG[:length], HEAD) == [(length + 1, "cut")]


def test_a_log_rewritten_with_its_chain_is_found_with_a_head_told_elsewhere_only() -> None:
    for number in (0, 1, 20, 38, 39):
        row = LOG[number]
        changed = replace(row, texts={**row.texts, "after": "autre"})
        rows = rewritten([*LOG[:number], changed, *LOG[number + 1 :]])
        assert found(rows) == []
        heads = [Head(one.number, one.seal.chain) for one in LOG]
        # the row itself and all that hang on it: no head told since holds
        assert found(rows, *heads) == [(one, "head") for one in range(number + 1, ROWS + 1)]


def test_rows_that_came_since_a_head_was_told_do_not_disturb_it() -> None:
    more = hung([honest(ROWS + 1)], HEAD)
    assert found([*LOG, *more], HEAD) == []


def test_an_edit_by_somebody_who_erases_is_found() -> None:
    """Half of it, and all of it with no row that says who decided."""
    third = LOG[2]
    bare = dict.fromkeys(TEXTS)
    gone = replace(third, texts=bare, seal=replace(third.seal, salt=None))
    half = replace(third, seal=replace(third.seal, salt=None))
    assert found([*LOG[:2], half, *LOG[3:]]) == [(3, "half_erased")]
    assert found([*LOG[:2], gone, *LOG[3:]]) == [(3, "erased_undecided")]
    facts, texts = honest(ROWS + 1)
    decision = hung([({**facts, "kind": "erased", "subject": log_ref(3)}, texts)], HEAD)
    verdict = verify([*LOG[:2], gone, *LOG[3:], *decision], [Told(HEAD, "ailleurs")])
    assert (verdict.erased, verdict.faults) == (1, ())


def test_a_decision_counts_for_rows_before_it_only() -> None:
    (facts, texts), second = honest(1), honest(2)
    ahead, row = hung([({**facts, "kind": "erased", "subject": log_ref(2)}, texts), second])
    gone = replace(row, texts=dict.fromkeys(TEXTS), seal=replace(row.seal, salt=None))
    assert found([ahead, gone]) == [(2, "erased_undecided")]


@pytest.mark.parametrize("number", [1, 2])
def test_no_row_decides_that_it_is_erased_itself(number: int) -> None:
    facts, texts = honest(number)
    said = {**facts, "kind": "erased", "subject": log_ref(number)}
    log = hung([*map(honest, range(1, number)), (said, texts)])
    gone = replace(log[-1], texts=dict.fromkeys(TEXTS), seal=replace(log[-1].seal, salt=None))
    assert found([*log[:-1], gone]) == [(number, "erased_undecided")]


def test_faults_come_in_the_order_of_their_rows() -> None:
    gone = replace(LOG[2], texts=dict.fromkeys(TEXTS), seal=replace(LOG[2].seal, salt=None))
    rows = [*LOG[:2], gone, *LOG[3:9]]
    told = (HEAD, Head(7, "0" * 64))
    assert found(rows, *told) == [(3, "erased_undecided"), (7, "head"), (10, "cut")]


def test_a_told_head_that_held_narrows_where_the_change_lies() -> None:
    rows = rewritten([*LOG[:20], replace(LOG[20], texts={**LOG[20].texts, "after": "autre"})])
    heads = [Head(0, START.chain), *(Head(LOG[n].number, LOG[n].seal.chain) for n in (9, 14, 20))]
    (fault,) = verify(rows, [Told(head, "ailleurs") for head in heads]).faults
    assert (fault.row, fault.vouched) == (21, 15)


def test_after_the_first_row_that_does_not_hold_no_head_is_compared() -> None:
    """One cause, one line: a head beyond it would only repeat it."""
    rows = [*LOG[:9], *LOG[10:]]
    assert verify(rows, [Told(HEAD, "ailleurs")]).faults == (Fault(10, "missing"),)
    assert found(rows, Head(5, "0" * 64)) == [(5, "head"), (10, "missing")]


def test_no_hash_made_for_a_row_passes_for_one_made_for_a_text() -> None:
    facts, texts = honest(1)
    assert commit("0" * 64, texts) != link("0" * 64, facts, "0" * 64)


@pytest.mark.parametrize("broken", ["", "zz", "AB" * 32, "0" * 63, " " + "0" * 63])
def test_a_value_that_is_no_hash_of_ours_is_found(broken: str) -> None:
    row = LOG[3]
    for name, breach in (("salt", "texts"), ("commitment", "texts"), ("chain", "facts")):
        rows = [*LOG[:3], replace(row, seal=replace(row.seal, **{name: broken})), *LOG[4:]]
        assert found(rows) == [(4, breach)]
    bare = dict.fromkeys(TEXTS)
    gone = replace(row, texts=bare, seal=replace(row.seal, salt=None, commitment=broken))
    assert found([*LOG[:3], gone, *LOG[4:]]) == [(4, "facts")]


@pytest.mark.parametrize("strange", [b"x", float("nan"), 2**60, "\ud800", object()])
def test_a_value_that_no_log_of_ours_could_hold_is_found(strange: Any) -> None:
    for part, name in (("texts", "after"), ("facts", "field")):
        row = LOG[3]
        edited = replace(row, **{part: {**getattr(row, part), name: strange}})
        assert found([*LOG[:3], edited, *LOG[4:]]) == [(4, "facts")]


def told_lost(number: int, *heads: Head) -> list[tuple[dict[str, Any], dict[str, str | None]]]:
    """Rows from `number` on, each of which gives one head up, as after a recovery."""
    rows = []
    for at, head in enumerate(heads, start=number):
        facts, texts = honest(at)
        rows.append(({**facts, "kind": RECOVERED}, {**texts, "before": in_words(head)}))
    return rows


def test_a_head_is_noted_as_its_count_and_its_hash() -> None:
    assert in_words(Head(12, "ab")) == "12:ab"


def test_rows_lost_with_a_database_are_given_up_where_a_row_says_so() -> None:
    """A head that is given up is told as such; one that nobody gave up stays a fault."""
    lost, other = Told(Head(60, "a" * 64), "publication"), Told(Head(61, "b" * 64), "courriel")
    log = hung([*map(honest, range(1, 4)), *told_lost(4, lost.head)])
    verdict = verify(log, [lost])
    assert verdict == Verdict(Head(4, log[-1].seal.chain), 0, (), (lost,))
    verdict = verify(log, [other, lost])
    assert (verdict.given_up, verdict.faults) == ((lost,), (Fault(5, "cut", other),))
    inside = Told(Head(2, "c" * 64), "courriel")
    log = hung([*map(honest, range(1, 4)), *told_lost(4, lost.head, inside.head)])
    verdict = verify(log, [inside, lost])
    assert (verdict.given_up, verdict.faults) == ((inside, lost), ())


def test_only_a_recovery_gives_a_head_up_and_hides_no_other_fault() -> None:
    lost = Told(Head(60, "a" * 64), "publication")
    ((facts, texts),) = told_lost(4, lost.head)
    said_by_another = hung([*map(honest, range(1, 4)), ({**facts, "kind": "pull"}, texts)])
    assert verify(said_by_another, [lost]).faults == (Fault(5, "cut", lost),)
    empty = hung([*map(honest, range(1, 4)), (facts, {**texts, "before": None})])
    assert verify(empty, [lost]).faults == (Fault(5, "cut", lost),)
    log = hung([*map(honest, range(1, 4)), (facts, texts)])
    gone = replace(log[1], texts=dict.fromkeys(TEXTS), seal=replace(log[1].seal, salt=None))
    verdict = verify([log[0], gone, *log[2:]], [lost])
    assert verdict.faults == (Fault(2, "erased_undecided"),)
    assert (verdict.erased, verdict.given_up) == (1, (lost,))


def test_a_log_that_breaks_tells_how_far_it_held() -> None:
    gone = replace(LOG[2], texts=dict.fromkeys(TEXTS), seal=replace(LOG[2].seal, salt=None))
    wrong = Told(Head(4, "0" * 64), "courriel")
    rows = [*LOG[:2], gone, *LOG[3:5], *LOG[6:]]
    assert verify(rows, [wrong]) == Verdict(
        Head(5, LOG[4].seal.chain), 1, (Fault(4, "head", wrong), Fault(6, "missing"))
    )


def test_every_head_that_tells_of_rows_cut_off_is_named_in_order() -> None:
    """Two may tell the same count otherwise."""
    late, one, two = (Told(Head(n, c * 64), c) for n, c in ((50, "a"), (45, "b"), (45, "c")))
    assert verify(LOG, [late, one, two]).faults == tuple(
        Fault(ROWS + 1, "cut", each) for each in (one, two, late)
    )


def test_two_heads_of_one_row_vouch_for_it_only_together() -> None:
    right = Told(Head(10, LOG[9].seal.chain), "publication")
    wrong = Told(Head(10, "0" * 64), "courriel")
    later = Told(Head(20, "1" * 64), "courriel")
    start = Told(Head(5, LOG[4].seal.chain), "publication")
    assert verify(LOG, [start, right, wrong, later]).faults == (
        Fault(10, "head", wrong, 5),
        Fault(20, "head", later, 5),
    )


@pytest.mark.parametrize("name", TEXTS)
def test_a_row_of_which_only_some_texts_are_erased_is_half_erased(name: str) -> None:
    bare = {**dict.fromkeys(TEXTS), name: "reste"}
    half = replace(LOG[2], texts=bare, seal=replace(LOG[2].seal, salt=None))
    assert found([*LOG[:2], half, *LOG[3:]]) == [(3, "half_erased")]
