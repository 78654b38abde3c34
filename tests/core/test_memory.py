"""What is kept to be fast: worked out once, given back as it was, and never more than allowed."""

import pytest

from sync.core.memory import Memory


def known(memory: Memory[str], key: str) -> str:
    return memory.recall(key, lambda: pytest.fail("worked out again"))


@pytest.mark.parametrize("value", ["aaaa", ""])
def test_a_value_is_worked_out_once_while_it_is_kept(value: str) -> None:
    memory: Memory[str] = Memory(10, len)
    assert memory.recall("a", lambda: value) == value
    assert known(memory, "a") == value


def test_what_was_not_asked_for_longest_is_forgotten_first() -> None:
    memory: Memory[str] = Memory(10, len)
    for key in ("a", "b", "a", "c"):
        memory.recall(key, lambda: "1234")
    assert known(memory, "a") == "1234"
    assert memory.recall("b", lambda: "new") == "new"


def test_all_together_weigh_no_more_than_allowed_and_what_goes_makes_room() -> None:
    memory: Memory[str] = Memory(8, len)
    for key, value in {"a": "1234", "b": "5678"}.items():
        memory.recall(key, lambda value=value: value)  # type: ignore[misc]
    assert (known(memory, "a"), known(memory, "b")) == ("1234", "5678"), "no more than allowed"
    memory.recall("c", lambda: "90")
    memory.recall("d", lambda: "12")
    assert [known(memory, key) for key in "bcd"] == ["5678", "90", "12"]
    assert memory.recall("a", lambda: "1") == "1"
    assert [known(memory, key) for key in "cda"] == ["90", "12", "1"]
    assert memory.recall("b", lambda: "22") == "22"


def test_one_value_heavier_than_all_is_still_given_and_the_last_one_kept() -> None:
    memory: Memory[str] = Memory(2, len)
    assert memory.recall("a", lambda: "heavy") == "heavy"
    assert known(memory, "a") == "heavy"
    assert memory.recall("b", lambda: "heavier") == "heavier"
    assert known(memory, "b") == "heavier"
    assert memory.recall("a", lambda: "anew") == "anew"
