"""The order in which writes are sent, without any Asana: `send` is a plain function here."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.adapters.asana.apply import apply
from sync.adapters.asana.writes import Done, Unlinked
from sync.errors import (
    OutcomeUnknown,
    SyncError,
    TargetDenied,
    TargetRejected,
    TargetUnavailable,
)
from sync.model.mapping import FieldRule, Option
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateField,
    CreateProject,
    CreateSection,
    CreateTask,
    PlaceTask,
    Ref,
    SetParent,
    UpdateTask,
)
from sync.ports import Applied
from sync.wording import Text

SOME = Text("essai", "trial")
IN_FLIGHT = 3


@dataclass
class Ledger:
    """Plays Asana: keeps what was sent, in which order, and fails where it was told to."""

    failing: Mapping[Ref, SyncError | Unlinked] = field(default_factory=dict)
    sent: list[AnyOperation] = field(default_factory=list)
    told: list[Applied] = field(default_factory=list)
    announced: list[AnyOperation] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    most: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, operation: AnyOperation, links: Mapping[Ref, str]) -> Done:
        with self._lock:
            self.sent.append(operation)
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.001)
        with self._lock:
            self._now -= 1
        if operation.ref in self.failing:
            raise self.failing[operation.ref]
        return Done(created=f"gid of {operation.ref}")

    def run(
        self,
        operations: Sequence[AnyOperation],
        links: Mapping[Ref, str] | None = None,
        send: Callable[[AnyOperation, Mapping[Ref, str]], Done] | None = None,
    ) -> None:
        apply(
            operations,
            links or {},
            send or self.send,
            in_flight=IN_FLIGHT,
            before=self._before,
            after=self._after,
        )

    def _before(self, operation: AnyOperation) -> None:
        self.threads.add(threading.get_ident())
        self.announced.append(operation)

    def _after(self, applied: Applied) -> None:
        self.threads.add(threading.get_ident())
        self.told.append(applied)

    def order(self) -> list[Ref]:
        return [operation.ref for operation in self.sent]

    def states(self) -> dict[Ref, str]:
        return {applied.operation.ref: applied.state for applied in self.told}


RULE = FieldRule(
    key="axe",
    role="axis",
    scope="action",
    name="Axe",
    description="…",
    kind="enum",
    owner="plan",
    options=(Option("1", "Un"),),
)


def task(ref: Ref, **changes: object) -> CreateTask:
    given: dict[str, object] = {"role": "actions", "section": "section:v", "name": "x", "notes": ""}
    return CreateTask(ref=ref, **(given | changes))  # type: ignore[arg-type]


EVERYTHING: tuple[AnyOperation, ...] = (
    PlaceTask(ref="action:b", role="actions", section="section:v", insert_after="action:a"),
    SetParent(ref="indicator:i", parent="action:b"),
    UpdateTask(ref="action:a", fields={"field:axe": "option:axe/1"}),
    task("indicator:i", parent="action:a", role="indicators"),
    task("action:a", fields={"field:axe": "option:axe/1"}),
    task("action:b"),
    AttachField(ref="attach:actions/axe", role="actions", field="field:axe"),
    CreateField(ref="field:axe", rule=RULE),
    CreateSection(ref="section:v", role="actions", name="V"),
    CreateProject(ref="project:actions", role="actions", name="P", notes=""),
    CreateProject(ref="project:indicators", role="indicators", name="P", notes=""),
)


def test_whatever_an_operation_names_exists_before_it_is_sent() -> None:
    """Given in the worst order and without a single `after`, provisioning still works."""
    ledger = Ledger()

    ledger.run(EVERYTHING)

    def made(ref: Ref) -> int:
        return ledger.sent.index(next(o for o in EVERYTHING if o.ref == ref and o in MAKERS))

    assert len(ledger.sent) == len(EVERYTHING)
    for after, needs in NEEDS:
        for ref in needs:
            assert made(ref) < ledger.sent.index(after), (after, ref)


MAKERS = EVERYTHING[3:]
NEEDS: tuple[tuple[AnyOperation, tuple[Ref, ...]], ...] = (
    (EVERYTHING[0], ("action:b", "section:v", "action:a")),
    (EVERYTHING[1], ("indicator:i", "action:b")),
    (EVERYTHING[2], ("action:a", "field:axe", "attach:actions/axe")),
    (EVERYTHING[3], ("action:a", "section:v", "project:indicators")),
    (EVERYTHING[4], ("section:v", "project:actions", "attach:actions/axe")),
    (EVERYTHING[6], ("field:axe", "project:actions")),
    (EVERYTHING[8], ("project:actions",)),
)


def test_what_was_made_is_known_to_what_follows() -> None:
    """Its gid, and the gids that came with it, such as a field's options."""
    seen: dict[Ref, Mapping[Ref, str]] = {}

    def send(operation: AnyOperation, links: Mapping[Ref, str]) -> Done:
        seen[operation.ref] = links
        return Done(created="77", also={"option:axe/1": "78"})

    Ledger().run(
        [CreateField(ref="field:axe", rule=RULE), task("action:a", fields={"field:axe": None})],
        {"section:v": "5"},
        send,
    )

    assert seen["action:a"] == {"section:v": "5", "field:axe": "77", "option:axe/1": "78"}


REJECTED = TargetRejected(SOME, status=400)
UNKNOWN = OutcomeUnknown(SOME)


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        pytest.param(REJECTED, "rejected", id="refused"),
        pytest.param(UNKNOWN, "unknown", id="no clear answer"),
        pytest.param(Unlinked("field:z"), "void", id="names what has no gid"),
    ],
)
def test_only_what_depends_on_a_failure_is_not_sent(
    failure: SyncError | Unlinked, state: str
) -> None:
    """The rest of the plan must not wait for one bad task."""
    ledger = Ledger({"action:a": failure})

    ledger.run(
        [
            task("action:a"),
            task("indicator:i", parent="action:a"),
            SetParent(ref="indicator:i", parent="action:a"),
            task("action:b"),
        ]
    )

    assert sorted(ledger.order()) == ["action:a", "action:b"]
    assert ledger.states() == {"action:a": state, "action:b": "done"}


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        pytest.param(TargetDenied(SOME), "rejected", id="the token is refused"),
        pytest.param(TargetUnavailable(SOME, retry_after=600), "void", id="a long pause"),
        pytest.param(OutcomeUnknown(SOME, retry_after=600), "unknown", id="a doubt and a pause"),
    ],
)
def test_a_refused_token_or_a_long_pause_stops_everything(failure: SyncError, state: str) -> None:
    """What is in flight is told, nothing more is sent, and then it is raised."""
    ledger = Ledger({"action:1": failure})

    with pytest.raises(type(failure)) as caught:
        ledger.run([task(f"action:{n}") for n in range(50)])

    assert caught.value is failure
    assert len(ledger.sent) < 50
    assert len(ledger.told) == len(ledger.sent)
    assert ledger.states()["action:1"] == state


def test_three_unknown_outcomes_in_a_row_stop_everything() -> None:
    """Each is a task to look up before going on; an Asana that only times out makes no more."""
    ledger = Ledger({f"action:{n}": UNKNOWN for n in range(50)})

    with pytest.raises(OutcomeUnknown):
        ledger.run([task(f"action:{n}") for n in range(50)])

    assert 3 <= len(ledger.sent) <= 2 + IN_FLIGHT


def test_a_failure_does_not_stop_its_lane() -> None:
    """A lane is an order, not a need: the fourth section may come without the third."""
    ledger = Ledger({"section:3": REJECTED})
    sections = [
        CreateSection(ref=f"section:{n}", role="actions", name="x", lane="sections")
        for n in range(6)
    ]

    ledger.run(sections)

    assert ledger.sent == sections


def test_an_error_of_the_journal_stops_the_sending() -> None:
    """A write that cannot be journalled must not be sent."""

    def before(operation: AnyOperation) -> None:
        if operation.ref == "action:2":
            raise KeyError("journal")

    ledger = Ledger()
    with pytest.raises(KeyError):
        apply(
            [task(f"action:{n}") for n in range(9)],
            {},
            ledger.send,
            in_flight=1,
            before=before,
            after=lambda _: None,
        )

    assert ledger.order() == ["action:0", "action:1"]


@st.composite
def operations(draw: st.DrawFn) -> list[CreateTask]:
    """Tasks that hang on earlier ones and stand in a few lanes."""
    count = draw(st.integers(1, 12))
    made = []
    for n in range(count):
        after = draw(st.frozensets(st.integers(0, n - 1), max_size=2)) if n else frozenset()
        lane = draw(st.sampled_from([None, "un", "deux"]))
        made.append(task(f"action:{n}", after=frozenset(f"action:{i}" for i in after), lane=lane))
    return made


@settings(max_examples=60, deadline=None)
@given(operations(), st.sets(st.integers(0, 11), max_size=2))
def test_the_laws_of_sending(given_ones: list[CreateTask], failing: set[int]) -> None:
    """Once each, bounded, in order, journalled in the caller's thread, nothing after a failure."""
    ledger = Ledger({f"action:{n}": REJECTED for n in failing})

    ledger.run(given_ones)

    order = ledger.order()
    assert len(set(order)) == len(order)
    assert ledger.most <= IN_FLIGHT
    assert ledger.threads == {threading.get_ident()}
    assert [o.ref for o in ledger.announced] == [o.ref for o in ledger.announced if o.ref in order]
    assert len(ledger.told) == len(order)
    states = ledger.states()
    for operation in given_ones:
        if operation.ref in order:
            before = order[: order.index(operation.ref)]
            assert all(ref in before and states[ref] == "done" for ref in operation.after)
        else:
            assert any(states.get(ref) != "done" for ref in operation.after)
    for lane in ("un", "deux"):
        in_lane = [o.ref for o in given_ones if o.lane == lane and o.ref in order]
        assert in_lane == [ref for ref in order if ref in in_lane]
