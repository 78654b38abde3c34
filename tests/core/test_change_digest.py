"""One digest for one change set: it stands while nothing changes, and moves with any value."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.change_digest import canonical, change_digest
from sync.model.decision import Decision, Verdict
from sync.model.guarding import Alarm
from sync.model.mapping import FieldRule, Option
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateField,
    CreateOption,
    CreateProject,
    CreateSection,
    CreateTask,
    PlaceTask,
    SetParent,
    ShareProject,
    UpdateTask,
)
from sync.model.record import Head
from sync.model.snapshot import Snapshot
from sync.wording import Text
from tests.core.paper_asana import provisioned
from tests.core.test_amounts import achieved, turned_back
from tests.core.test_snapshot import snapshot_of

WORDS = st.text(max_size=6)
VALUES = st.one_of(
    st.none(), WORDS, st.integers(-9, 9), st.floats(-9, 9, allow_nan=False), st.dates()
)
REFS = st.frozensets(WORDS, max_size=3)
BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "ref": WORDS,
    "after": REFS,
    "lane": st.none() | WORDS,
    "role": st.sampled_from(["actions", "indicators"]),
    "section": WORDS,
    "insert_after": st.none() | WORDS,
    "arriving": st.booleans(),
    "due_on": st.none() | st.dates(),
    "fields": st.dictionaries(WORDS, VALUES, max_size=3),
    "builtins": st.dictionaries(WORDS, st.none() | WORDS | st.dates(), max_size=3),
    "rule": st.builds(
        FieldRule,
        key=WORDS,
        role=st.just("axis"),
        scope=st.just("action"),
        kind=st.sampled_from(["text", "enum"]),
        owner=st.just("plan"),
        name=WORDS,
        options=st.lists(st.builds(Option, id=WORDS, name=WORDS), max_size=2).map(tuple),
    ),
}
KINDS = (
    CreateProject,
    ShareProject,
    CreateSection,
    CreateField,
    CreateOption,
    AttachField,
    CreateTask,
    UpdateTask,
    PlaceTask,
    SetParent,
)


def of(kind: type[Any]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **{f.name: BY_NAME.get(f.name, WORDS) for f in fields(kind)})


OPERATIONS = st.one_of([of(kind) for kind in KINDS])
PAGE = snapshot_of(provisioned())


def digest(
    operations: Sequence[AnyOperation] = (),
    decisions: Sequence[Decision] = (),
    alarms: Sequence[Alarm] = (),
    before: Snapshot | None = PAGE,
    after: Snapshot = PAGE,
    accepted: int = 0,
) -> str | None:
    return change_digest(operations, decisions, alarms, before, after, accepted=accepted)


@given(st.lists(OPERATIONS, min_size=1, max_size=4), st.randoms())
def test_the_same_operations_in_any_order_have_the_same_digest(
    operations: list[AnyOperation], chance: Any
) -> None:
    shuffled = operations[:]
    chance.shuffle(shuffled)
    assert digest(operations) == digest(shuffled) != digest()


@given(st.data(), st.lists(OPERATIONS, min_size=1, max_size=3))
def test_any_operation_with_any_other_value_has_another_digest(
    data: st.DataObject, operations: list[AnyOperation]
) -> None:
    at = data.draw(st.integers(0, len(operations) - 1))
    name = data.draw(st.sampled_from([f.name for f in fields(operations[at])]))
    value = data.draw(BY_NAME.get(name, WORDS))
    changed = replace(operations[at], **{name: value})
    others = [*operations[:at], changed, *operations[at + 1 :]]
    same = _as_python_tells_apart(value) == _as_python_tells_apart(getattr(operations[at], name))
    assert (digest(operations) == digest(others)) == same
    assert digest(operations) != digest([*operations, changed])
    assert digest(operations) != digest(operations[1:])


def _as_python_tells_apart(value: object) -> object:
    """`repr` knows 1 from 1.0 and a day from its text; a set or a mapping has no order."""
    if isinstance(value, frozenset):
        return sorted(map(repr, value))
    if isinstance(value, Mapping):
        return sorted((key, repr(inner)) for key, inner in value.items())
    return repr(value)


@given(OPERATIONS, OPERATIONS)
def test_two_kinds_of_operation_are_never_one(one: AnyOperation, other: AnyOperation) -> None:
    assert (canonical(one) == canonical(other)) == (repr(one) == repr(other) or one == other)


def pulled(**changes: Any) -> Decision:
    made = Decision(Verdict.PULL, "action:A1-01", "declare/mi-chemin", "pull", "", "", "en_cours")
    return replace(made, **changes)


@pytest.mark.parametrize(
    "other",
    [
        {"asana": "atteint"},
        {"base": "a_venir"},
        {"subject": "action:A1-02"},
        {"field": "declare/finalite"},
    ],
    ids=str,
)
def test_what_people_s_side_changed_is_part_of_it(other: dict[str, str]) -> None:
    assert digest(decisions=[pulled()]) is not None
    assert digest(decisions=[pulled()]) != digest(decisions=[pulled(**other)])
    noted = replace(pulled(), verdict=Verdict.REPORT)
    assert digest(decisions=[noted]) is None, "what is only told changes nothing"


def test_what_would_be_overwritten_is_part_of_it() -> None:
    """The operation is the same, and what is lost by it is not."""
    restore = replace(pulled(), verdict=Verdict.RESTORE, plan="1")
    seen = {digest(decisions=[replace(restore, asana=value)]) for value in (None, "2", "3")}
    assert len(seen) == 3


@pytest.mark.parametrize(
    "other",
    [
        Alarm("too many missing", 3, 20, 0.1, ("action:1", "action:2", "action:4")),
        Alarm("listing shrunk", 3, 20, 0.1, ("action:1", "action:2", "action:3")),
    ],
    ids=["other losses", "another rule"],
)
def test_what_the_guard_says_is_part_of_it(other: Alarm) -> None:
    alarm = Alarm("too many missing", 3, 20, 0.1, ("action:1", "action:2", "action:3"))
    assert digest(alarms=[alarm]) is not None
    assert digest(alarms=[alarm]) != digest(alarms=[other])
    assert digest(alarms=[alarm]) == digest(alarms=[replace(alarm, limit=0.05)])


def test_what_the_page_would_say_is_part_of_it_and_from_what() -> None:
    full = achieved()
    one, other = turned_back(full, 1), turned_back(full, 2)
    seen = {digest(before=b, after=a) for b, a in [(full, one), (full, other), (other, one)]}
    assert len(seen) == 3
    assert None not in seen
    assert digest(before=None, after=full) is not None


def test_the_clock_and_the_number_are_no_part_of_it() -> None:
    full = achieved()
    one = turned_back(full, 1)
    later = one.model_copy(
        update={
            "numero": 9,
            "etat_au": date(2026, 2, 9),
            "genere_le": datetime(2026, 2, 9, tzinfo=UTC),
            "plan": one.plan.model_copy(update={"adopte_le": date(2026, 2, 9)}),
        }
    )
    assert digest(before=full, after=one) == digest(before=full, after=later)


def test_nothing_to_change_has_no_digest() -> None:
    assert digest() is None
    assert digest(accepted=3) is None


def test_a_change_set_that_comes_back_after_a_yes_has_another_digest() -> None:
    assert digest(decisions=[pulled()], accepted=0) != digest(decisions=[pulled()], accepted=1)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "null"),
        ("échéance", '"échéance"'),
        (1, "1"),
        (1.0, "1.0"),
        (True, "true"),
        (Verdict.PULL, '"pull"'),
        (date(2026, 2, 1), '{"date":"2026-02-01"}'),
        (("b", 1, ("a",)), '["b",1,["a"]]'),
        (["b", date(2026, 2, 1)], '["b",{"date":"2026-02-01"}]'),
        ({"b": date(2026, 2, 1), "a": None}, '{"map":{"a":null,"b":{"date":"2026-02-01"}}}'),
        ({2: "b"}, '{"map":{"2":"b"}}'),
        (frozenset({"b", "a"}), r'{"set":["\"a\"","\"b\""]}'),
        ({2, 1}, '{"set":["1","2"]}'),
        (Head(3, "ab"), '{"=":"Head","chain":"ab","rows":3}'),
        ((Head(3, "ab"),), '[{"=":"Head","chain":"ab","rows":3}]'),
    ],
    ids=[
        *("nothing", "text", "whole", "real", "truth", "verdict", "day", "tuple", "list"),
        *("mapping", "numbered", "words", "numbers", "value", "values"),
    ],
)
def test_each_kind_of_value_has_a_form_of_its_own(value: object, told: str) -> None:
    """A digest that a person wrote down is still good after an upgrade: the form stays."""
    assert canonical(value) == told


def test_the_form_of_the_whole_stays_too() -> None:
    alarms = [
        Alarm("too many missing", 3, 20, 0.1, ("action:2",)),
        Alarm("field rewritten", 9, 20, 0.5, ("action:1",), Text("nom", "name")),
    ]
    told = (
        '{"accepted":2,'
        r'"alarms":["[\"field rewritten\",\"nom\",[\"action:1\"]]",'
        r'"[\"too many missing\",\"\",[\"action:2\"]]"],'
        r'"decided":["[\"pull\",\"action:A1-01\",\"declare/mi-chemin\",null,null,\"en_cours\"]"],'
        r'"operations":["{\"=\":\"SetParent\",\"after\":{\"set\":[]},\"lane\":null,'
        r'\"parent\":\"action:1\",\"ref\":\"indicator:1\"}"],'
        '"public":null}'
    )
    found = digest(
        [SetParent(ref="indicator:1", parent="action:1")],
        [pulled(base=None, asana="en_cours")],
        alarms,
        accepted=2,
    )
    assert found == sha256(told.encode()).hexdigest()[:32]


@pytest.mark.parametrize("verdict", [Verdict.KEEP, Verdict.AGREE, Verdict.CONFLICT, Verdict.HOLD])
def test_what_changes_neither_side_is_no_part_of_it(verdict: Verdict) -> None:
    assert digest(decisions=[pulled(verdict=verdict)]) is None


def test_an_alarm_about_another_axis_is_another_change_set() -> None:
    alarm = Alarm("too much in one axis", 9, 10, 0.6, ("action:1",), Text("axe 1", "axis 1"))
    other = replace(alarm, where=Text("axe 2", "axis 2"))
    assert digest(alarms=[alarm]) != digest(alarms=[other])
    assert digest(alarms=[alarm, other]) == digest(alarms=[other, alarm])
