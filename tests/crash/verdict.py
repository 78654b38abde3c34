"""
Where things stand, told without what may differ between two ways there; and what must hold.

Gids, instants and numbers of snapshots are left out; everything else that Asana, the store or a
citizen holds is in.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from sync.adapters.publish.disk import Disk
from sync.adapters.publish.layout import UNFINISHED, current_version
from sync.adapters.publish.manifest import first_difference
from sync.core.chain import verify
from sync.core.marks import project_line
from sync.core.races import is_write
from sync.core.snapshot import same_content
from sync.model.snapshot import Snapshot
from tests.crash.scenes import PERSON, PLAN, WarmRoad

SERVICE: Final = "Jalon (compte de service)"
_GID: Final = re.compile(r"\b\d{15,}\b")
_ONCE: Final = ("pull", "settlement", "freeze", "revision", "ended", "resumed")
_UNTOLD: Final = {"numero", "genere_le", "journal"}


def account(road: WarmRoad, dump: Mapping[str, Any], people: Mapping[str, str]) -> dict[str, Any]:
    """Both sides, what was agreed, what is open and what the public reads, as plain JSON."""
    store = road.store
    names = _names(dump, people)

    def plain(value: object) -> str | None:
        if value is None:
            return None
        return _GID.sub(lambda gid: names.get(gid[0], "gid?"), str(value))

    told: dict[str, Any] = {
        "asana": _asana(dump, names),
        "links": {ref: names.get(gid, "nothing") for ref, gid in sorted(store.links().items())},
        "baselines": sorted(
            f"{ref} {key}: {plain(v)}" for (ref, key), v in store.baselines().items()
        ),
        "frozen": sorted(f"{key}: {standing}" for key, standing in store.frozen().items()),
        "revisions": [f"{one.number}: {one.reason}" for one in store.revisions()],
        "findings": sorted(
            f"{one.finding.key} {one.state} {plain(dict(one.finding.facts))}"
            for one in store.findings()
        ),
        "settlements": [f"{one.key}: {one.choice}" for one in store.settlements()],
        "log": sorted(
            f"{row.kind} {row.subject} {row.field}: {plain(row.from_)} > {plain(row.to)} {row.rule}"
            for row in store.log()
            if row.kind in _ONCE
        ),
        "snapshots": len(store.snapshots()),
        "page": _page(road),
    }
    return dict(json.loads(json.dumps(told, default=str)))


def _names(dump: Mapping[str, Any], people: Mapping[str, str]) -> dict[str, str]:
    """A name for every gid that says what it is, and is the same in every world."""
    found: dict[str, str] = {}
    for one in dump["projects"]:
        found[one["gid"]] = f"<project {one['name']}>"
        for section in one["sections"]:
            found[section["gid"]] = f"<section {one['name']}/{section['name']}>"
    for one in dump["fields"]:
        found[one["gid"]] = f"<field {one['name']}>"
        for option in one["options"]:
            found[option["gid"]] = f"<option {one['name']}/{option['name']}>"
    for gid, task in dump["tasks"].items():
        found[gid] = f"<task {task['notes'].rsplit('[jalon: ', 1)[-1].rstrip(']')}>"
    return {**found, **{gid: f"<person {name}>" for gid, name in people.items()}}


def _asana(dump: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A list wherever one too many may stand."""
    untold = {"gid", "created_at", "modified_at", "memberships", "subtasks"}
    return {
        "projects": [
            {
                **{k: v for k, v in one.items() if k not in ("gid", "sections")},
                "sections": [
                    [section["name"], [names[gid] for gid in section["tasks"]]]
                    for section in one["sections"]
                ],
            }
            for one in dump["projects"]
        ],
        "tasks": sorted(
            (
                {
                    **{k: v for k, v in task.items() if k not in untold},
                    "parent": names.get(task["parent"]),
                    "homes": sorted(names[one["section"]] for one in task["memberships"]),
                    "task": names[gid],
                }
                for gid, task in dump["tasks"].items()
            ),
            key=lambda task: str(task["task"]),
        ),
        "fields": sorted(
            (
                {
                    **{k: v for k, v in one.items() if k != "gid"},
                    "options": [{k: v for k, v in o.items() if k != "gid"} for o in one["options"]],
                }
                for one in dump["fields"]
            ),
            key=lambda one: str(one["name"]),
        ),
    }


def _page(road: WarmRoad) -> dict[str, Any]:
    page = json.loads((road.public / "dernier.json").read_bytes())
    return {key: value for key, value in page.items() if key not in _UNTOLD}


def differences(one: Any, other: Any, where: str = "") -> Iterator[str]:
    """Where two accounts part, each place in a line."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from differences(one.get(key), other.get(key), f"{where}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{where}/{number}")
    elif isinstance(one, list) and isinstance(other, list):
        there, here = (
            Counter(json.dumps(x, ensure_ascii=False) for x in each) for each in (one, other)
        )
        yield f"{where}: only there {[*(there - here).elements()]}"
        yield f"{where}: only here {[*(here - there).elements()]}"
    elif one != other:
        yield f"{where}: there {one!r}, here {other!r}"


def folder_stands(road: WarmRoad, before: str | None) -> str | None:
    """
    What the public reads, as the digest in its version's name: whole, the old or the next one.

    It is looked at as a reader finds it, by the name that leads to it.
    """
    standing = current_version(road.public) if road.public.exists() else None
    if standing is None:
        assert before is None, "what was published is gone"
        return None
    wrong = first_difference(road.public, standing, Disk())
    assert wrong is None, f"half published: {wrong}"
    files = [*standing.path.rglob("*.json"), *(road.public / "instantanes").glob("*.json")]
    names = [name for name in files if not name.name.startswith(UNFINISHED)]
    numbers = {json.loads(name.read_bytes()).get("numero") for name in names}
    assert standing.number in numbers
    return standing.digest


def but_put_off(told: Mapping[str, Any], snapshots: int) -> dict[str, Any]:
    """
    The account without what a refused write leaves otherwise, done after those behind it.

    Columns and the lines of the companion project then stand in the order they were made in, which
    nobody reads as an order, and what was there meanwhile was published once more. The order of
    the actions stays, for people see it.
    """
    companion = project_line(PLAN.id, "indicators")
    projects = [
        {
            **one,
            "fields": sorted(one["fields"]),
            "sections": [
                [name, sorted(tasks) if companion in one["notes"] else tasks]
                for name, tasks in one["sections"]
            ],
        }
        for one in told["asana"]["projects"]
    ]
    more = told["snapshots"] - snapshots
    asana = {**told["asana"], "projects": projects}
    return {**told, "asana": asana, "snapshots": "as many" if more in (0, 1) else f"{more} more"}


def check(
    road: WarmRoad,
    reference: Mapping[str, Any],
    people: Mapping[str, str],
    *,
    refused: bool = False,
) -> None:
    """What must hold at the end of a case, whichever it was; of one with a fault, a little less."""
    store, dump = road.store, road.control.dump()
    found = account(road, dump, people)
    usual = reference["snapshots"]
    both = [but_put_off(one, usual) if refused else one for one in (reference, found)]
    apart = [f"  {line}" for line in differences(*both)]
    assert not apart, "\n".join(["not as if it had never been killed:", *apart[:12]])
    assert not store.unsettled(), "an unknown outcome was left open"
    assert all(one.outcome for one in store.cycles()), "an abandoned cycle was left open"
    verdict = verify(store.sealed_log(), ())
    assert not verdict.faults, f"the chain does not verify: {verdict.faults}"
    assert verdict.head == store.log_head()
    marks = Counter(task["notes"].rsplit("\n", 1)[-1] for task in dump["tasks"].values())
    assert set(marks.values()) == {1}, f"more than one task per action: {marks}"
    snapshots = [Snapshot.model_validate_json(one.body) for one in store.snapshots()]
    assert [one.numero for one in snapshots] == list(range(1, len(snapshots) + 1))
    assert not any(same_content(*pair) for pair in pairwise(snapshots))
    folder_stands(road, None if not snapshots else "some")
    no_edit_is_lost(road, dump)


def no_edit_is_lost(road: WarmRoad, dump: Mapping[str, Any]) -> None:
    """What a person wrote and Jalon wrote over stands in the log."""
    refs = {gid: ref for ref, gid in road.store.links().items()}
    keys = {rule.name: rule.key for rule in road.steering.mapping.fields}
    last: dict[tuple[str, str], str] = {}
    for entry in dump["history"]:
        key = (entry["gid"], entry["field"])
        if entry["by"] == SERVICE and last.get(key) == PERSON and entry["before"] is not None:
            field = entry["field"].removeprefix("custom_fields.")
            rows = [
                row
                for row in road.store.log(subject=refs[entry["gid"]])
                if row.field == keys.get(field, field)
                and (is_write(row.kind) or row.kind == "overwritten")
            ]
            assert any(str(entry["before"]) in (row.asana or "") for row in rows), (
                f"overwritten and not in the log: {entry}"
            )
        last[key] = entry["by"]
