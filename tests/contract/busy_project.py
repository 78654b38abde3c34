"""
A project as people leave one: a field of every kind, odd words, gaps, and things beside it.

`fill` makes it through the API, as a client would; `held` tells what must be read of it, from what
the sandbox says of itself.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from sync.sandbox.process import RunningSandbox
from tests.sandbox.sandbox_hand import Hand

Sheet = Mapping[str, Any]
"""What is compared of one task."""

OPTIONS: Final = ("À faire", "En cours", "Atteint, « oui »")
ODD_WORDS: Final = (
    "mesurer l’effet",
    "«\u00a0deux points\u00a0»\u00a0: une espace insécable",
    'a < b & c > "d"',
    "vélo 🚲 et l'été\u200b",
    "  espaces aux bords  ",
    "e\u0301 décomposé, é composé",
)
FIRST_DAY: Final = date(2026, 1, 1)
SECTIONS: Final = 4
BESIDE: Final = 7
INSTANTS: Final = ("completed_at", "created_at", "modified_at")


def fill(sandbox: RunningSandbox, size: int) -> str:
    """The project's gid."""
    sandbox.control.add_person("Julie Gagnon", "julie@ville.invalid")
    people = {each["name"]: each["gid"] for each in sandbox.control.state()["people"]}
    hand = Hand(sandbox.url, sandbox.token)
    project = hand.project("Plan occupé", notes="Mille tâches.")
    fields = {
        kind: hand.field(f"Champ {kind}", kind, project, **more)
        for kind, more in (
            ("text", {}),
            ("number", {"precision": 2}),
            ("enum", {"enum_options": [{"name": name} for name in OPTIONS]}),
            ("multi_enum", {"enum_options": [{"name": name} for name in OPTIONS]}),
            ("date", {}),
            ("people", {}),
        )
    }
    sections = [hand.section(project, f"Volet {number}") for number in range(SECTIONS)]
    for number in range(size):
        values = _values(number, fields, people["Julie Gagnon"])
        hand.task(
            f"Tâche {number} : {ODD_WORDS[number % len(ODD_WORDS)]}",
            notes=f"Ligne 1\nLigne 2 : {ODD_WORDS[-1]}" if number % 3 else "",
            memberships=[{"project": project, "section": sections[number % SECTIONS]}],
            completed=number % 5 == 0,
            custom_fields=values,
            **({"due_on": _day(number)} if number % 4 else {}),
            **({"assignee": people["Julie Gagnon"]} if number % 7 == 0 else {}),
        )
    hand.session.close()
    return project


def surround(sandbox: RunningSandbox, project: str) -> None:
    """What a listing of the project must not show: a subtask, a trashed task, another project's."""
    hand = Hand(sandbox.url, sandbox.token)
    first = hand.get("/tasks", project=project)[0]["gid"]
    hand.task("sans foyer", parent=first)
    hand.data("DELETE", f"/tasks/{hand.task('à la corbeille', projects=[project])}")
    beside = hand.project("À côté")
    for number in range(BESIDE):
        hand.task(f"À côté {number}", projects=[beside])
    hand.session.close()


def _values(number: int, fields: Mapping[str, Any], person: str) -> dict[str, Any]:
    """Each kind is set on some tasks and left empty on others."""
    options = [each["gid"] for each in fields["multi_enum"]["enum_options"]]
    choice = [each["gid"] for each in fields["enum"]["enum_options"]]
    words = ODD_WORDS[number % len(ODD_WORDS)]
    told = {
        "text": (2, f"{words} {number}"),
        "number": (3, number / 4),
        "enum": (4, choice[number % len(choice)]),
        "multi_enum": (5, options[: 1 + number % len(options)]),
        "date": (6, _day(number)),
        "people": (7, [person]),
    }
    return {fields[kind]["gid"]: value for kind, (every, value) in told.items() if number % every}


def _day(number: int) -> str:
    return (FIRST_DAY + timedelta(days=number % 90)).isoformat()


def held(sandbox: RunningSandbox) -> dict[str, Sheet]:
    """By gid, every task that a listing of some project shows."""
    dump = sandbox.control.dump()
    people = {each["name"]: each["gid"] for each in sandbox.control.state()["people"]}
    carried = {each["gid"]: frozenset(each["fields"]) for each in dump["projects"]}
    return {
        gid: {
            "gid": gid,
            "name": task["name"],
            "notes": task["notes"],
            "completed": task["completed"],
            **{name: _instant(task[name]) for name in INSTANTS},
            "due_on": task["due_on"],
            "parent": task["parent"],
            "assignee": task["assignee"] and people[task["assignee"]],
            "homes": {(home["project"], home["section"]) for home in task["memberships"]},
            "fields": dict.fromkeys(
                frozenset().union(*(carried[home["project"]] for home in task["memberships"]))
            )
            | task["fields"],
        }
        for gid, task in dump["tasks"].items()
        if task["memberships"] and not task["trashed"]
    }


def sheet(record: Mapping[str, Any]) -> Sheet:
    """The same of a task's record as a reader gave it; some leave out what is empty."""
    told = record.get
    return {
        **{name: told(name) for name in ("gid", "name", "notes", "completed")},
        **{name: _instant(told(name)) for name in INSTANTS},
        "due_on": (told("due_on") or "")[:10] or None,
        **{name: (told(name) or {}).get("gid") for name in ("parent", "assignee")},
        "homes": {
            (home["project"]["gid"], home["section"]["gid"]) for home in told("memberships") or ()
        },
        "fields": {each["name"]: _value(each) for each in told("custom_fields") or ()},
    }


def _value(field: Mapping[str, Any]) -> Any:
    """As the sandbox tells it of itself: people and options by name, nothing as None."""
    told = field.get
    match field["resource_subtype"]:
        case "enum":
            return (told("enum_value") or {}).get("name")
        case "multi_enum":
            return [each["name"] for each in told("multi_enum_values") or ()] or None
        case "people":
            return [each["name"] for each in told("people_value") or ()] or None
        case "date":
            return (told("date_value") or {}).get("date")
        case kind:
            return told(f"{kind}_value")


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def differences(expected: Mapping[str, Sheet], got: Iterable[Sheet]) -> list[str]:
    """What is missing, what is there twice, what was not asked for, what is not the same."""
    found: list[str] = []
    seen: set[str] = set()
    for sheet in got:
        gid = sheet["gid"]
        if gid in seen:
            found.append(f"{gid}: twice")
        elif gid not in expected:
            found.append(f"{gid}: not held")
        else:
            found.extend(
                f"{gid}: {name} is {sheet.get(name)!r}, not {value!r}"
                for name, value in expected[gid].items()
                if sheet.get(name) != value
            )
        seen.add(gid)
    found.extend(f"{gid}: missing" for gid in expected.keys() - seen)
    return found
