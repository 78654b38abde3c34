"""Values made comparable and snapshots canonical: the quick ways say what the plain ones do."""

import unicodedata
from datetime import UTC, date, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sync.core.presentable import presentable
from sync.core.snapshot import plainly_encoded
from sync.core.values import normal, normal_text
from sync.model.target import FieldValue

SPACES = st.sampled_from(" \n\r\t\N{NO-BREAK SPACE}\u2028\u2029\x85\x1c\x0b\u200b ab")


def plainly(text: str) -> str | None:
    composed = unicodedata.normalize("NFC", presentable(unicodedata.normalize("NFC", text)))
    lines = (" ".join(line.split()) for line in composed.split("\n"))
    return "\n".join(lines).strip() or None


@given(st.text(alphabet=st.one_of(SPACES, st.characters()), max_size=12))
def test_text_without_noise_passes_as_it_is_and_no_other_does(text: str) -> None:
    assert normal_text(text) == plainly(text)


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        pytest.param(None, None, id="none"),
        pytest.param("", None, id="empty"),
        pytest.param(" \n\t ", None, id="spaces only"),
        pytest.param("a b\nc", "a b\nc", id="tidy"),
        pytest.param("a  b", "a b", id="doubled"),
        pytest.param("a \nb", "a\nb", id="at a line's end"),
        pytest.param("a\n b", "a\nb", id="at a line's beginning"),
        pytest.param(" a", "a", id="before"),
        pytest.param("\na", "a", id="a line before"),
        pytest.param("a ", "a", id="after"),
        pytest.param("a\n", "a", id="a line after"),
        pytest.param("a\n\nb", "a\n\nb", id="an empty line between stays"),
        pytest.param("a\tb\N{NO-BREAK SPACE}c", "a b c", id="odd spaces"),
        pytest.param("a\r\nb", "a\nb", id="line ends of another system"),
        pytest.param("a\N{LINE SEPARATOR}b", "a\nb", id="a line end of its own"),
        pytest.param("\u202ea\u200bb\u00ad \ufeff", "ab", id="what nobody can see"),
        pytest.param("\u200b", None, id="nothing else"),
        pytest.param("a \u200b b", "a b", id="nor the spaces around it"),
        pytest.param("e\u200b\N{COMBINING ACUTE ACCENT}", "é", id="between a letter and its mark"),
        pytest.param("न\u200dष", "न\u200dष", id="a joiner that spells stays"),
        pytest.param("e\N{COMBINING ACUTE ACCENT}", "é", id="a letter and its mark"),
    ],
)
def test_text_is_made_comparable(text: str | None, tidy: str | None) -> None:
    assert normal_text(text) == tidy


@pytest.mark.parametrize(
    ("value", "precision", "comparable"),
    [
        pytest.param(None, 2, None, id="empty"),
        pytest.param(" a  b", 0, "a b", id="text"),
        pytest.param(date(2026, 2, 3), 0, "2026-02-03", id="a day"),
        pytest.param(datetime(2026, 2, 3, 23, 59, tzinfo=UTC), 0, "2026-02-03", id="an instant"),
        pytest.param(3, 0, "3", id="a whole number"),
        pytest.param(100, 0, "100", id="with its zeros"),
        pytest.param(1_000_000, 2, "1000000", id="a large one"),
        pytest.param(3.0, 2, "3", id="nothing behind the point"),
        pytest.param(3.25, 1, "3.2", id="half to even, down"),
        pytest.param(3.75, 1, "3.8", id="half to even, up"),
        pytest.param(2.5, 0, "2", id="half of a whole"),
        pytest.param(0.001, 2, "0", id="too small to count"),
        pytest.param(-0.001, 2, "0", id="nor from below"),
        pytest.param(0.001, 3, "0.001", id="small and counted"),
        pytest.param(-1.5, 1, "-1.5", id="below zero"),
        pytest.param(1e300, 0, "1E+300", id="beyond any figure that a person means"),
    ],
)
def test_any_value_is_made_comparable(
    value: FieldValue, precision: int, comparable: str | None
) -> None:
    assert normal(value, precision) == comparable


def test_a_field_keeps_whole_numbers_unless_it_says_otherwise() -> None:
    assert normal(3.2) == "3"


KEYS = st.text(alphabet=st.characters(max_codepoint=127), max_size=6)
INTEGERS = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_a_snapshot_s_bytes_are_those_of_rfc_8785(value: object) -> None:
    assert plainly_encoded(value) == rfc8785.dumps(value)  # type: ignore[arg-type]
