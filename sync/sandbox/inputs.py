"""Reading what a body sends: a value of the right kind, or the 400 that Asana would give."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sync.sandbox.clock import parse_instant
from sync.sandbox.refusal import invalid, not_in_sandbox, unknown_object
from sync.sandbox.state import Thing, User, World
from sync.sandbox.values import is_day

T = TypeVar("T", bound=Thing)


def document(body: bytes) -> Any:
    """
    A body as JSON that can be answered again; a ValueError for anything else.

    Python reads more than JSON is: NaN, a number beyond any float, half of a surrogate pair.
    Once kept, such a value would spoil every later answer that shows it.
    """
    decoded = json.loads(body or b"{}")
    json.dumps(decoded, ensure_ascii=False, allow_nan=False).encode()
    return decoded


def check_names(
    data: Mapping[str, Any],
    allowed: Collection[str],
    *,
    not_written: Collection[str] = (),
    elsewhere: Collection[str] = (),
) -> None:
    """
    Refuse what this call does not take.

    `not_written` exists in Asana and cannot be written here; `elsewhere` can be written in
    Asana and not in the sandbox.
    """
    for name in data:
        if name in allowed:
            continue
        if name in not_written:
            raise invalid(f"{name}: Cannot write this property")
        if name in elsewhere:
            raise not_in_sandbox(f"writing {name}")
        raise invalid(f"Unrecognized request field {name!r}")


def text(data: Mapping[str, Any], name: str, *, required: bool = False) -> str | None:
    value = data.get(name)
    if value is None:
        if required:
            raise invalid(f"{name}: Missing input")
        if name in data:
            raise invalid(f"{name}: Value cannot be null")
        return None
    if not isinstance(value, str):
        raise invalid(f"{name}: Not a string: {value!r}")
    return value


def required_text(data: Mapping[str, Any], name: str) -> str:
    value = text(data, name, required=True)
    if not value:
        raise invalid(f"{name}: Missing input")
    return value


def flag(data: Mapping[str, Any], name: str) -> bool:
    value = data.get(name)
    if not isinstance(value, bool):
        raise invalid(f"{name}: Not a boolean: {value!r}")
    return value


def choice(data: Mapping[str, Any], name: str, allowed: Collection[str]) -> str:
    value = data.get(name)
    if not isinstance(value, str) or value not in allowed:
        raise invalid(f"{name}: Not one of {', '.join(allowed)}: {value!r}")
    return value


def day(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    if value is not None and not is_day(value):
        raise invalid(f"{name}: Not a valid date: {value!r}")
    return value


def instant(data: Mapping[str, Any], name: str) -> datetime | None:
    value = data.get(name)
    if value is None:
        return None
    try:
        return parse_instant(value)
    except (TypeError, ValueError):
        raise invalid(f"{name}: Not a valid date-time: {value!r}") from None


def gid_of(name: str, raw: Any) -> str:
    """A gid as a body may give it: the string, or an object that holds it."""
    if isinstance(raw, dict) and isinstance(raw.get("gid"), str):
        raw = raw["gid"]
    if not isinstance(raw, str) or not raw.isdecimal():
        raise invalid(f"{name}: Not a recognized ID: {raw}")
    return raw


def thing(world: World, kind: type[T], data: Mapping[str, Any], name: str) -> T:
    if data.get(name) is None:
        raise invalid(f"{name}: Missing input")
    return named(world, kind, name, data[name])


def optional_thing(world: World, kind: type[T], data: Mapping[str, Any], name: str) -> T | None:
    return None if data.get(name) is None else named(world, kind, name, data[name])


def named(world: World, kind: type[T], name: str, raw: Any) -> T:
    gid = gid_of(name, raw)
    found = world.find(kind, gid)
    if found is None:
        raise unknown_object(name, gid)
    return found


def list_of(data: Mapping[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid(f"{name}: Not an array: {value!r}")
    return value


def things(world: World, kind: type[T], data: Mapping[str, Any], name: str) -> list[T]:
    return [
        named(world, kind, f"{name}: [{index}]", raw)
        for index, raw in enumerate(list_of(data, name))
    ]


def person(world: World, me: User, name: str, raw: Any) -> User:
    """A user as Asana accepts one: a gid, an address, or `me`."""
    if raw == "me":
        return me
    if isinstance(raw, str) and "@" in raw:
        for user in world.of(User):
            if user.email == raw:
                return user
        raise unknown_object(name, raw)
    return named(world, User, name, raw)


def one_of_two(data: Mapping[str, Any], first: str, second: str) -> None:
    if data.get(first) is not None and data.get(second) is not None:
        raise invalid(f"You may only provide one of {first} or {second}!")
