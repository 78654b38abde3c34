"""Values of custom fields: what Asana accepts for each kind, and how it shows them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from sync.sandbox.clock import parse_instant, stamp
from sync.sandbox.refusal import Refusal, invalid
from sync.sandbox.state import CustomField, EnumOption, User, World

KINDS = ("text", "number", "enum", "multi_enum", "date", "people")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field as a task shows it. Not `enabled`: its project dropped the field, the value stays."""

    field: CustomField
    value: Any
    enabled: bool = True


def parse_value(world: World, field: CustomField, raw: Any) -> Any:
    """What to keep for this input; None is an empty field. Anything doubtful is a 400."""
    if raw is None:
        return None
    return _PARSERS[field.kind](world, field, raw)


def is_day(text: object) -> bool:
    """A calendar date in the one form that Asana writes."""
    if not (isinstance(text, str) and _DAY.fullmatch(text)):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def display(field: CustomField, value: Any) -> str | None:
    """`display_value`: the value as text, whatever its kind; null when empty."""
    if value is None:
        return None
    match field.kind:
        case "number":
            return _display_number(field, value)
        case "enum":
            return option_named(field, value).name
        case "multi_enum":
            return ", ".join(option_named(field, gid).name for gid in value)
        case "date":
            return str(value["date_time"] or f"{value['date']}T00:00:00.000Z")
        case "people":
            return ", ".join(user.name for user in value)
        case _:
            return str(value)


def option_named(field: CustomField, gid: str) -> EnumOption:
    return next(option for option in field.options if option.gid == gid)


def _wrong(field: CustomField, raw: Any, wanted: str) -> Refusal:
    return invalid(f"custom_fields: [{field.gid}]: {wanted}: {raw!r}")


def _parse_text(world: World, field: CustomField, raw: Any) -> Any:
    if not isinstance(raw, str):
        raise _wrong(field, raw, "Not a string")
    if len(raw) > world.switches.max_text_value:
        raise invalid(f"custom_fields: [{field.gid}]: Text is too long: {len(raw)} characters")
    return raw or None


def _parse_number(_world: World, field: CustomField, raw: Any) -> Any:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise _wrong(field, raw, "Not a number")
    step = Decimal(1).scaleb(-field.precision)
    try:
        rounded = Decimal(str(raw)).quantize(step, rounding=ROUND_HALF_UP)
    except InvalidOperation:  # more digits than a number field holds
        raise _wrong(field, raw, "Not a valid number") from None
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def _parse_option(_world: World, field: CustomField, raw: Any) -> Any:
    for option in field.options:
        if option.gid == raw:
            if not option.enabled:
                raise invalid(f"custom_fields: [{field.gid}]: Enum option is disabled: {raw}")
            return option.gid
    raise _wrong(field, raw, "Not a valid enum option")


def _parse_options(world: World, field: CustomField, raw: Any) -> Any:
    if not isinstance(raw, list):
        raise _wrong(field, raw, "Not an array of enum options")
    return [_parse_option(world, field, each) for each in dict.fromkeys(raw)] or None


def _parse_date(world: World, field: CustomField, raw: Any) -> Any:
    """Both written forms are taken, for the documents contradict each other; we count which."""
    form = "string" if isinstance(raw, str) else "object"
    if world.switches.date_form not in ("any", form):
        raise _wrong(field, raw, f"Not a date as {world.switches.date_form}")
    if isinstance(raw, str):
        world.date_forms["string"] += 1
        if is_day(raw):
            return {"date": raw, "date_time": None}
        return _with_time(field, raw)
    if isinstance(raw, dict) and raw.keys() <= {"date", "date_time"}:
        world.date_forms["object"] += 1
        if raw.get("date_time") is not None:
            return _with_time(field, raw["date_time"])
        if raw.get("date") is None:
            return None
        if is_day(raw["date"]):
            return {"date": raw["date"], "date_time": None}
    raise _wrong(field, raw, "Not a date")


def _with_time(field: CustomField, raw: Any) -> Any:
    try:
        moment = parse_instant(raw)
    except (TypeError, ValueError):
        raise _wrong(field, raw, "Not a date") from None
    return {"date": stamp(moment)[:10], "date_time": stamp(moment)}


def _parse_people(world: World, field: CustomField, raw: Any) -> Any:
    if not isinstance(raw, list):
        raise _wrong(field, raw, "Not an array of users")
    people: list[User] = []
    for gid in raw:
        user = world.find(User, gid)
        if user is None:
            raise _wrong(field, gid, "Unknown object")
        people.append(user)
    return people or None


def _display_number(field: CustomField, value: float) -> str:
    if field.format == "percentage":
        places = max(field.precision - 2, 0)
        return f"{Decimal(str(value)) * 100:.{places}f}%"
    text = f"{Decimal(str(value)):.{field.precision}f}"
    if field.format == "currency" and field.currency_code:
        return f"{field.currency_code} {text}"
    if field.format == "custom" and field.custom_label:
        before = field.custom_label_position == "prefix"
        return f"{field.custom_label} {text}" if before else f"{text} {field.custom_label}"
    return text


_PARSERS: dict[str, Callable[[World, CustomField, Any], Any]] = {
    "text": _parse_text,
    "number": _parse_number,
    "enum": _parse_option,
    "multi_enum": _parse_options,
    "date": _parse_date,
    "people": _parse_people,
}
