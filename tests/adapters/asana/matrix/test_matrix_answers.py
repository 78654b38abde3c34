"""
Every answer that the adapter reads, with one of its values gone or replaced by something odd.

Each true answer is kept as it came over the line; then each place in it is spoilt in each way, and
the call is made again. It ends with a value or with an error that has a name: never with one of
Python's own, of which a cycle would know neither what may have happened nor what to do next.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pytest

from sync.adapters.asana.exchange import Answer, Failure
from sync.errors import SyncError
from tests.adapters.asana.matrix.calls import CALLS, Read, Write
from tests.adapters.asana.matrix.stage import Outcome, Stage

GONE: Final = object()
ODD: Final = (
    GONE, None, True, -1, "", "x", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    [], [None], [[]], {}, {"gid": None},
)  # fmt: skip
ROWS_SPOILT: Final = 2
"""Of a long list; the others are read in the same way."""
Send = Callable[..., Answer]
Place = tuple[str | int, ...]


@dataclass
class Kept:
    """Stands where the transport does: first it keeps what comes, then it gives that again."""

    sends: Mapping[str, Send]
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    again: bool = False

    def _send(self, method: str, url: str, **details: Any) -> Answer:
        asked = (method, f"{url}{details.get('query_params')}")
        if not self.again:
            self.answers[asked] = self.sends[method](url, **details)
        elif asked not in self.answers:
            raise Failure("unsent")  # what only an odd answer makes it ask
        return self.answers[asked]

    def GET(self, url: str, **details: Any) -> Answer:  # noqa: N802
        return self._send("GET", url, **details)

    def POST(self, url: str, **details: Any) -> Answer:  # noqa: N802
        return self._send("POST", url, **details)

    def PUT(self, url: str, **details: Any) -> Answer:  # noqa: N802
        return self._send("PUT", url, **details)


@pytest.mark.parametrize("call", [each for each in CALLS if getattr(each, "page", 0) < 2], ids=str)
def test_an_odd_answer_ends_with_a_value_or_with_an_error_that_has_a_name(
    stage: Stage, call: Read | Write
) -> None:
    stage.restore("small", call)
    with stage.session() as (session, _):
        transport = session.client.rest_client
        kept = Kept({name: getattr(transport, name) for name in ("GET", "POST", "PUT")})
        session.client.rest_client = kept
        assert conducted(stage, call, session) is None
    kept.again = True
    true = dict(kept.answers)
    for asked, answer in true.items():
        for place, odd, document in spoilt(json.loads(answer.data)):
            kept.answers = {**true, asked: replace(answer, data=json.dumps(document).encode())}
            with stage.session() as (session, _):
                session.client.rest_client = kept
                stranger = conducted(stage, call, session)
            assert stranger is None, f"{odd!r} at {place} of {asked}: {stranger!r}"


def conducted(stage: Stage, call: Read | Write, session: Any) -> Exception | None:
    """Make the call; what is no error of ours is handed back. A writing is told of just once."""
    outcome = Outcome()
    try:
        stage.conduct(call, session, outcome)
    except SyncError as error:
        outcome.error = error
    except Exception as stranger:  # noqa: BLE001 - the very thing that is looked for
        return stranger
    if isinstance(call, Write) and call.operation is not None:
        assert len(outcome.states) == 1
    return None


def spoilt(document: Any) -> Iterator[tuple[Place, Any, Any]]:
    for place in places(document):
        for odd in ODD:
            copy = deepcopy(document)
            holder = copy
            for step in place[:-1]:
                holder = holder[step]
            if odd is GONE:
                del holder[place[-1]]
            else:
                holder[place[-1]] = odd
            yield place, odd, copy


def places(value: Any, here: Place = ()) -> Iterator[Place]:
    match value:
        case dict():
            inner = list(value.items())
        case list():
            inner = list(enumerate(value))[:ROWS_SPOILT]
        case _:
            inner = []
    for step, each in inner:
        yield (*here, step)
        yield from places(each, (*here, step))
