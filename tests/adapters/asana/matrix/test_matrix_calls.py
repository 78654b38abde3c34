"""
Every call that Jalon makes, under every fault that it can meet: on real sockets, through the SDK.

Each pair asserts that its fault fired. « Blind POST retry », planted, goes red in
`test_a_call_under_a_fault` on each creation that was done and not answered.
"""

import pytest

from sync.errors import SyncError, TargetDenied, TargetRejected, TargetUnavailable, UnsafeChangeSet
from tests.adapters.asana.matrix.calls import CALLS, Read, Write
from tests.adapters.asana.matrix.conftest import Elsewhere
from tests.adapters.asana.matrix.faults import BAD_REQUESTS, FAULTS, Fault
from tests.adapters.asana.matrix.pairs import PAIRS, no_pair
from tests.adapters.asana.matrix.stage import LIMITS, Outcome, Stage, canaries
from tests.adapters.asana.sent import kinds_sent

RIGHT = "the right answer"
Ending = type[SyncError] | str
READ_ENDS: dict[str, tuple[Ending, ...]] = {
    "unsent": (TargetUnavailable,),
    "lost": (RIGHT,),
    "limit": (RIGHT,),
    "long": (TargetUnavailable,),
    "denied": (TargetDenied,),
    "refused": (TargetDenied, TargetRejected, UnsafeChangeSet),
    "lapsed": (RIGHT, TargetRejected),
    "redirect": (TargetUnavailable,),
    "odd": (RIGHT, TargetUnavailable),
}
"""How a reading ends that one fault struck once."""
WRITE_ENDS: dict[str, tuple[str, str]] = {
    "unsent": ("void", "void"),
    "lost": ("unknown", "done"),
    "limit": ("done", "done"),
    "long": ("void", "void"),
    "denied": ("rejected", "rejected"),
    "refused": ("rejected", "rejected"),
    "lapsed": ("rejected", "rejected"),
    "redirect": ("unknown", "unknown"),
}
"""And a writing: what must not arrive twice, and what may."""


def test_the_table_is_whole() -> None:
    """A pair is tried, or there is a reason why it is none."""
    none = [(call, fault) for call in CALLS for fault in FAULTS if no_pair(call, fault)]
    assert len(PAIRS) + len(none) == len(CALLS) * len(FAULTS)
    assert {call.name for call, _ in PAIRS} == {call.name for call in CALLS}
    assert {fault.name for _, fault in PAIRS} == {fault.name for fault in FAULTS}


def test_every_kind_of_request_that_the_adapter_can_send_is_among_the_calls() -> None:
    """A call that no row names would meet its first fault in service."""
    told = {f"{call.method} {call.path.replace('*', '{}')}" for call in CALLS}

    assert kinds_sent() <= told
    assert told - kinds_sent() == {"GET /users/me"}, "which the SDK knows as /users/{user_gid}"


@pytest.mark.parametrize(("call", "fault"), PAIRS, ids=str)
def test_a_call_under_a_fault(
    stage: Stage, elsewhere: Elsewhere, call: Read | Write, fault: Fault
) -> None:
    """Struck once: it ends as its group says, and all that must hold holds."""
    outcome = strike(stage, elsewhere, call, fault, times=1)

    if fault.group == "lost" and call.again:
        assert outcome.repeats >= 1, "what says nothing is asked for once more"
    if isinstance(call, Read):
        assert_read_as_its_group_says(stage, call, fault, outcome)
    else:
        in_two_steps = call.other_form and fault.name in BAD_REQUESTS
        state = "done" if in_two_steps else WRITE_ENDS[fault.group][call.again]
        assert outcome.states == [state]
        assert_one_at_most(stage, call, state)


@pytest.mark.night
@pytest.mark.parametrize("times", [2, 0], ids=["twice", "for ever"])
@pytest.mark.parametrize(("call", "fault"), PAIRS, ids=str)
def test_a_call_under_a_fault_that_lasts(
    stage: Stage, elsewhere: Elsewhere, call: Read | Write, fault: Fault, times: int
) -> None:
    outcome = strike(stage, elsewhere, call, fault, times=times)

    if isinstance(call, Read):
        assert outcome.error or is_right(stage, call, fault, outcome)
    else:
        (state,) = outcome.states
        assert_one_at_most(stage, call, state)


def strike(
    stage: Stage, elsewhere: Elsewhere, call: Read | Write, fault: Fault, *, times: int
) -> Outcome:
    """Make the call; assert that the fault fired, and what holds for every call (I10, I11, I12)."""
    stage.begin(call, fault, times=times)
    if fault.group == "unsent":
        with elsewhere(fault.name) as (url, fired):
            outcome = stage.make(call, url)
            assert fired() >= 1
            assert outcome.sent == (1 if fault.name == "untrusted" else 3)
    else:
        outcome = stage.make(call)
        assert 1 <= stage.fired() <= 3 + (fault.group == "lapsed"), "three attempts a request"
    assert max(outcome.slept, default=0.0) <= LIMITS.longest_pause
    if fault.group == "long":
        assert outcome.resting >= 3_600, "all who share the token know"
        assert stage.fired() == 1, "and nothing is sent meanwhile"
    for canary in canaries():
        assert canary not in outcome.told
    assert "DELETE" not in stage.sandbox.control.requests()["by_method"]
    return outcome


def is_right(stage: Stage, call: Read, fault: Fault, outcome: Outcome) -> bool:
    """
    The whole truth (I17), but for the answers that say something else of their own.

    A task that is gone is looked for again by a full listing before anything is concluded, a
    listing that no count confirms proves no absence, and a stream that starts anew is followed by
    a full read.
    """
    if fault.name in call.says:
        return bool(outcome.value == call.says[fault.name])
    if fault.name == "resync":
        return bool(outcome.value.lapsed) and outcome.value.events == ()
    if call.name == "events":
        return bool(outcome.value.events == stage.truth[call.name].events)
    return bool(outcome.value == stage.truth[call.name])


def assert_read_as_its_group_says(stage: Stage, call: Read, fault: Fault, outcome: Outcome) -> None:
    ends = READ_ENDS[fault.group]
    begun_again = call.page > 1 and fault.name == "bad_request"  # as a lapsed offset is told
    if outcome.error is None:
        assert RIGHT in ends or begun_again or fault.name in call.says
        assert is_right(stage, call, fault, outcome)
    else:
        assert type(outcome.error) in ends


def assert_one_at_most(stage: Stage, call: Write, state: str) -> None:
    """
    What is said of a write is true, and sending again what did not happen makes one (I1).

    Before it sends again, a cycle looks; so does this.
    """
    done = stage.done(call)
    assert done <= 1, "never two"
    if state in ("void", "rejected"):
        assert done == 0, "what is said to be undone is not done"
    if state == "done":
        assert done == 1
    stage.calm()
    if done == 0:
        again = stage.make(call)
        assert again.states == ["done"]
    assert stage.done(call) == 1
