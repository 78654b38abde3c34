"""Values made comparable and snapshots canonical: the quick ways say what the plain ones do."""

import unicodedata

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sync.core.snapshot import plainly_encoded
from sync.core.values import normal_text

SPACES = st.sampled_from(" \n\r\t\N{NO-BREAK SPACE}\u2028\u2029\x85\x1c\x0b\u200b ab")


def plainly(text: str) -> str | None:
    composed = unicodedata.normalize("NFC", text)
    lines = (" ".join(line.split()) for line in composed.replace("\r\n", "\n").split("\n"))
    return "\n".join(lines).strip() or None


@given(st.text(alphabet=st.one_of(SPACES, st.characters()), max_size=12))
def test_text_without_noise_passes_as_it_is_and_no_other_does(text: str) -> None:
    assert normal_text(text) == plainly(text)


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
