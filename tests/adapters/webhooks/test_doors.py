"""What comes in by a webhook's door: only what Asana signed, and each body once."""

import ast
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from sync.adapters.webhooks import Door, Doors
from sync.adapters.webhooks.doors import Delivery, Reply

NOW = datetime(2026, 2, 1, tzinfo=UTC)
SECRET = "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81"
BODY = json.dumps(
    {"events": [{"action": "changed", "resource": {"gid": "1", "resource_type": "task"}}]}
).encode()


class Hall:
    """Doors, and how often each plan was heard of."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.at = NOW
        paths = iter(f"path-{n}" for n in range(100))
        self.doors = Doors(
            heard=self.heard.append, now=lambda: self.at, new_path=lambda: next(paths)
        )

    def send(
        self, door: Door, body: bytes, signature: str | None, secret: str | None = None
    ) -> Reply:
        return self.doors.answer(Delivery(f"/hooks/{door.path}?x=1", secret, signature, body))


@pytest.fixture
def hall() -> Hall:
    return Hall()


@pytest.fixture
def door(hall: Hall) -> Door:
    return hall.doors.open("plan", "known", SECRET)


def signed(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def test_a_signed_body_is_heard(hall: Hall, door: Door) -> None:
    assert hall.send(door, BODY, signed(BODY)).status == 200
    assert hall.heard == ["plan"]


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(None, id="missing"),
        pytest.param("", id="empty"),
        pytest.param(signed(BODY)[:-1], id="too short"),
        pytest.param(signed(BODY) + "0", id="too long"),
        pytest.param(signed(BODY)[:-1] + ("0" if signed(BODY)[-1] != "0" else "1"), id="one off"),
        pytest.param("é" * 64, id="not ASCII"),
        pytest.param("\udcff" * 64, id="half a character"),
        pytest.param(signed(BODY).upper(), id="in capitals"),
        pytest.param(signed(BODY, "another webhook's secret"), id="another webhook's"),
        pytest.param(hashlib.sha256(BODY).hexdigest(), id="a digest without a secret"),
        pytest.param(signed(b""), id="of another body"),
    ],
)
def test_what_is_not_signed_by_its_secret_is_refused(
    hall: Hall, door: Door, signature: str | None
) -> None:
    assert hall.send(door, BODY, signature).status == 401
    assert hall.heard == []
    assert door.heard_at == NOW


def test_the_signature_is_over_the_very_bytes(hall: Hall, door: Door) -> None:
    """The same JSON with other spaces is another body, and the reverse is not a defect."""
    spaced = json.dumps(json.loads(BODY), indent=1).encode()
    assert hall.send(door, spaced, signed(BODY)).status == 401
    assert hall.send(door, spaced, signed(spaced)).status == 200
    odd = b'{"events": [ {"a":\t"\xc3\xa9", "a": 1e3} ]}'
    assert hall.send(door, odd, signed(odd)).status == 200


def test_a_heartbeat_is_taken_and_wakes_nobody(hall: Hall, door: Door) -> None:
    hall.at = datetime(2026, 2, 2, tzinfo=UTC)
    for body in (b'{"events": []}', b'{"events":[]}'):
        assert hall.send(door, body, signed(body)).status == 200
    assert hall.heard == []
    assert door.heard_at == hall.at


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{}", id="no events"),
        pytest.param(b"not JSON \xff", id="no JSON"),
        pytest.param(b"[" * 200_000, id="very deep"),
    ],
)
def test_a_signed_body_that_cannot_be_read_is_a_reason_to_look(
    hall: Hall, door: Door, body: bytes
) -> None:
    assert hall.send(door, body, signed(body)).status == 200
    assert hall.heard == ["plan"]


def test_a_body_that_came_before_is_no_news(hall: Hall, door: Door) -> None:
    for _ in range(1_000):
        assert hall.send(door, BODY, signed(BODY)).status == 200
    assert hall.heard == ["plan"]


def test_what_is_remembered_of_bodies_is_bounded(hall: Hall, door: Door) -> None:
    for number in range(5_000):
        body = BODY + b" " * number
        hall.send(door, body, signed(body))
    assert len(door._seen) < 5_000
    assert len(hall.heard) == 5_000


def test_a_secret_is_taken_only_while_it_is_expected(hall: Hall) -> None:
    """Whoever knows the address could otherwise make a secret of their own the right one."""
    door = hall.doors.new("plan")
    assert hall.send(door, b"{}", None, SECRET).status == 403
    with hall.doors.expecting(door):
        reply = hall.send(door, b"{}", None, SECRET)
    assert (reply.status, reply.headers) == (200, {"X-Hook-Secret": SECRET})
    assert door.secret == SECRET
    assert hall.send(door, b"{}", None, "another").status == 403
    assert hall.send(door, b"{}", None, SECRET).status == 403
    assert door.secret == SECRET
    assert hall.send(door, BODY, signed(BODY)).status == 200


def test_a_window_that_passed_without_a_handshake_stays_shut(hall: Hall) -> None:
    door = hall.doors.new("plan")
    with pytest.raises(RuntimeError), hall.doors.expecting(door):
        raise RuntimeError
    assert hall.send(door, b"{}", None, SECRET).status == 403
    assert hall.send(door, BODY, signed(BODY, "")).status == 401
    assert hall.heard == []


def test_one_window_takes_one_secret(hall: Hall) -> None:
    """The second may be somebody else's; the create's own answer tells which was Asana's."""
    door = hall.doors.new("plan")
    with hall.doors.expecting(door):
        assert hall.send(door, b"{}", None, SECRET).status == 200
        assert hall.send(door, b"{}", None, "another").status == 403
    assert door.proved_by(SECRET)
    assert not door.proved_by("another")
    assert not door.proved_by("é")
    assert not hall.doors.new("plan").proved_by("")


@pytest.mark.parametrize("secret", ["", "é", "x" * 513, "a\tb"])
def test_a_secret_that_no_header_should_hold_is_refused(hall: Hall, secret: str) -> None:
    door = hall.doors.new("plan")
    with hall.doors.expecting(door):
        assert hall.send(door, b"{}", None, secret).status == 403
    assert door.secret is None


def test_a_deliverys_own_heartbeat_may_come_before_the_create_is_answered(hall: Hall) -> None:
    door = hall.doors.new("plan")
    with hall.doors.expecting(door):
        hall.send(door, b"{}", None, SECRET)
        assert hall.send(door, b'{"events": []}', signed(b'{"events": []}')).status == 200


def test_a_closed_door_is_no_address(hall: Hall, door: Door) -> None:
    hall.doors.close(door)
    assert hall.send(door, BODY, signed(BODY)).status == 404
    assert hall.send(door, b"{}", None, SECRET).status == 404


def test_each_kind_of_refusal_is_logged_once_and_without_what_was_sent(
    hall: Hall, door: Door
) -> None:
    with capture_logs() as log:
        for _ in range(5):
            hall.send(door, BODY, signed(BODY, "other"))
            hall.send(door, BODY, None)
            hall.send(door, BODY, None, "intruder")
            hall.doors.answer(Delivery("/guessed", None, None, BODY))
    assert [(line["event"], line["why"]) for line in log] == [
        ("webhook.refused", why) for why in ("signature", "unsigned", "handshake", "path")
    ]
    told = repr(log) + repr(door) + repr(Delivery("/p", SECRET, signed(BODY), BODY))
    for never in (SECRET, "intruder", "guessed", "resource", door.path, signed(BODY, "other")):
        assert never not in told


# the source itself


SOURCES = sorted(
    path
    for folder in ("adapters/webhooks", "worker")
    for path in (Path(__file__).parents[3] / "sync" / folder).glob("*.py")
)
SENSITIVE = ("secret", "signature", "digest", "hexdigest", "made")


def _sensitive(node: ast.expr) -> bool:
    names = {
        found.id if isinstance(found, ast.Name) else found.attr
        for found in ast.walk(node)
        if isinstance(found, ast.Name | ast.Attribute)
    }
    return any(word in name.casefold() for name in names for word in SENSITIVE)


def careless(source: str) -> list[int]:
    """Lines that compare something secret with an operator that stops at the first difference."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare)
        and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
        and any(_sensitive(each) for each in (node.left, *node.comparators))
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_secret_or_signature_is_compared_by_equality(path: Path) -> None:
    assert careless(path.read_text(encoding="utf-8")) == []


def test_that_check_sees_a_careless_comparison() -> None:
    assert careless("if a.signature == given: pass\n") == [1]
    assert careless("ok = given != hmac.new(s, b, h).hexdigest()\n") == [1]
    assert careless("ok = status == 200\n") == []
    assert len(SOURCES) > 5
