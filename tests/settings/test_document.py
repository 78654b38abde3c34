"""Reading our YAML: what it allows in form, and the line of what it refuses."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ConfigError
from sync.settings.document import MAX_BYTES, MAX_DEPTH, read_document
from tests.settings.city_samples import problems_of


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        pytest.param(b"a: 1\nb: 2\na: 3\n", 3, "deux fois", id="a key twice"),
        pytest.param(b"a: &x 1\nb: *x\n", 1, "ancre", id="an anchor"),
        pytest.param(b"a: 1\nb: !!str 2\n", 2, "tiquette", id="a tag"),
        pytest.param(b"a: !exec [x]\n", 1, "tiquette", id="a tag on a list"),
        pytest.param(b"a: 1\n---\nb: 2\n", 2, "second document", id="a second document"),
        pytest.param(b"a: 1\n  b: 2\n", 2, "YAML", id="bad indentation"),
        pytest.param(b"a: 1\nb: [1, 2\n", 3, "YAML", id="a bracket left open"),
        pytest.param(b"a: 1\n? [b]\n: 2\n", 2, "simple mot", id="a list as a key"),
        pytest.param(b"a: 1\nb: caf\xe9\n", 2, "UTF-8", id="not UTF-8"),
        pytest.param(b"a: 1\nb: \x00\n", None, "YAML", id="a control character"),
        pytest.param(b"[" * (MAX_DEPTH + 1), 1, "niveaux", id="nested too deep"),
        pytest.param(b"[" * 100_000, 1, "niveaux", id="nested absurdly deep"),
        pytest.param(b"#" * (MAX_BYTES + 1), None, "trop grand", id="too large"),
    ],
)
def test_a_trap_is_refused_with_its_line(
    tmp_path: Path, body: bytes, line: int | None, words: str
) -> None:
    """YAML's cleverness is where a city's file goes wrong silently; we take none of it."""
    path = tmp_path / "config.yaml"
    path.write_bytes(body)
    with pytest.raises(ConfigError) as caught:
        read_document(path)
    first = problems_of(caught.value)[0]
    assert (first.file, first.line) == (str(path), line)
    assert words in first.text.fr


def test_every_repeated_key_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_document(path)
    assert [(p.line, p.key) for p in problems_of(caught.value)] == [(4, "b.c"), (5, "a")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("no", "no", id="no is a word, not false"),
        pytest.param("010", "010", id="a leading zero is kept"),
        pytest.param("12:30", "12:30", id="a time is not 750"),
        pytest.param("2026-02-15", "2026-02-15", id="a date stays as written"),
        pytest.param(".nan", ".nan", id="not a number is no number"),
        pytest.param("1e999", "1e999", id="nor is infinity"),
        pytest.param("'3'", "3", id="a quoted number is text"),
        pytest.param("3", 3, id="a number"),
        pytest.param("0.3", 0.3, id="a decimal"),
        pytest.param("true", True, id="a yes"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_value_is_what_a_person_meant(tmp_path: Path, written: str, read: object) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"a: {written}\n", encoding="utf-8")
    data = read_document(path).data
    assert data == {"a": read}
    assert isinstance(data, dict)
    assert type(data["a"]) is type(read)


def test_an_empty_file_is_a_file_without_keys(tmp_path: Path) -> None:
    """So that what is told is the keys it lacks."""
    path = tmp_path / "config.yaml"
    path.write_text("# nothing yet\n", encoding="utf-8")
    assert read_document(path).data == {}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.yaml"):
        read_document(tmp_path / "absent.yaml")


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, body: bytes
) -> None:
    """Nothing but a ConfigError comes out of a broken file."""
    path = tmp_path_factory.mktemp("any") / "config.yaml"
    path.write_bytes(body)
    with suppress(ConfigError):
        read_document(path)
