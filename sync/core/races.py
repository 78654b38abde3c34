"""
An edit that a person made between Jalon's reading and its writing: overwritten, for Asana has
no compare-and-set. It is found afterwards, in the events that the next cycle reads anyway.

Those raise a suspicion; the task's own history, read only then, says what stood there before our
write. Where that is not what Jalon had seen there, somebody wrote it in between.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sync.core.marks import field_ref, option_ref
from sync.core.values import Comparable, normal
from sync.model.decision import Verdict
from sync.model.finding import Finding
from sync.model.mapping import FieldMapping, FieldRule
from sync.model.operation import Ref
from sync.model.record import OVERWRITTEN, LogRow, NewLogRow
from sync.model.target import Edit, FieldValue, Observed, ObservedTask, Remark

BUILTINS: Final = ("name", "notes", "due_on", "section", "assignee")
CUSTOM: Final = "custom field"
"""The events do not say which custom field changed."""
STORY: Final = "story"
"""A line in a task's history: it says who was there, and nothing of what changed."""
_HISTORY: Final = "history"
_WRITES: Final = ("UpdateTask", "PlaceTask", "SetParent")


@dataclass(frozen=True, slots=True)
class Written:
    """
    One field of a task that existed, as Jalon had `seen` it when it decided, and what it `put`.

    `lost` says that the answer, and with it what was put, is not known.
    """

    ref: Ref
    field: str
    seen: Comparable
    put: Comparable = None
    restored: bool = False
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Wrote:
    """The cycle that wrote to tasks which existed, and since when."""

    cycle_id: str
    since: datetime

    @property
    def fact(self) -> str:
        return f"{self.cycle_id} {self.since.isoformat()}"

    @classmethod
    def from_fact(cls, fact: str | None) -> "Wrote | None":
        if not fact:
            return None
        cycle_id, _, since = fact.partition(" ")
        return cls(cycle_id, datetime.fromisoformat(since))


def is_write(kind: str) -> bool:
    """Whether an operation of that kind writes to a task that exists."""
    return kind in _WRITES


def written(rows: Iterable[LogRow]) -> tuple[Written, ...]:
    """What the log says was written; a write that certainly did not happen is none."""
    return tuple(
        Written(row.subject, row.field, row.asana, row.plan, row.rule == Verdict.RESTORE.value)
        for row in rows
        if is_write(row.kind)
        and row.field
        and row.outcome in ("done", "unknown")  # the rest did not happen, or is an earlier cycle's
    )


def maybe_written(
    ref: Ref, task: ObservedTask | None, mapping: FieldMapping, naming: "Naming"
) -> tuple[Written, ...]:
    """Everything that a write whose answer was lost may have put, and what was seen there."""
    if task is None:
        return ()
    held: dict[str, FieldValue] = {
        "name": task.name,
        "notes": task.notes,
        "due_on": task.due_on,
        "section": next((s for s in task.homes.values() if s in naming.refs), None),
        "assignee": task.assignee_gid,
    }
    owned = [rule for rule in mapping.fields if rule.owner != "people"]
    held |= {rule.key: task.fields.get(naming.gids.get(field_ref(rule.key), "")) for rule in owned}
    return tuple(
        Written(ref, name, naming.comparable(name, value), lost=True)
        for name, value in held.items()
    )


def suspects(edits: Sequence[Edit], wrote: Mapping[str, Sequence[Written]]) -> tuple[str, ...]:
    """
    Of the tasks that Jalon wrote to, by gid, those that somebody else may have written to as well.

    More than one author of anything is a suspicion, and so are more changes than Jalon made: the
    events may leave an author out, and the token may be a manager's. A task of which nothing is
    known to have been written or seen is none.
    """
    return tuple(gid for gid, ours in wrote.items() if ours and _suspect(gid, edits, ours))


def _suspect(gid: str, edits: Sequence[Edit], ours: Sequence[Written]) -> bool:
    if any(one.lost for one in ours):
        return True
    told = [edit for edit in edits if edit.gid == gid]
    if len({edit.by for edit in told}) > 1:
        return True
    known = Counter(one.field if one.field in BUILTINS else CUSTOM for one in ours)
    changes = Counter(
        edit.field if edit.field in BUILTINS else CUSTOM for edit in told if edit.field != STORY
    )
    return any(changes[name] > known[name] for name in changes)


@dataclass(frozen=True, slots=True)
class Naming:
    """How a reading's things are called: gids of refs, refs of gids, names of fields by gid."""

    gids: Mapping[Ref, str]
    refs: Mapping[str, Ref]
    names: Mapping[str, str]
    rules: Mapping[str, FieldRule]

    @classmethod
    def of(cls, gids: Mapping[Ref, str], observed: Observed, mapping: FieldMapping) -> "Naming":
        return cls(
            gids,
            {gid: ref for ref, gid in gids.items()},
            {each.gid: each.name for each in observed.fields},
            {rule.key: rule for rule in mapping.fields},
        )

    def comparable(self, name: str, value: FieldValue) -> Comparable:
        """As the comparison of desired and observed has it (`sync.core.diff`)."""
        if name in ("section", "assignee"):
            return None if value is None else self.refs.get(str(value), f"gid:{value}")
        rule = self.rules.get(name)
        if rule and rule.kind == "enum" and value is not None:
            ref = self.refs.get(str(value))
            return ref.removeprefix(option_ref(name, "")) if ref else f"gid:{value}"
        return normal(value, rule.precision if rule else 0)

    def lines(self, name: str, remarks: Iterable[Remark]) -> list[Remark]:
        """The lines of a history about one field: by its gid; by its name where no gid is told."""
        if name in BUILTINS:
            return [each for each in remarks if each.about == name]
        gid = self.gids.get(field_ref(name))  # None is what no line is about; an empty text is not
        shown = {self.names.get(gid or ""), self.rules[name].name if name in self.rules else None}
        return [
            each
            for each in remarks
            if each.about == gid
            or (each.about == CUSTOM and any(word and word in each.text for word in shown))
        ]


@dataclass(frozen=True, slots=True)
class Loss:
    """A person's value that Jalon wrote over, where it is known, and Asana's own words for it."""

    field: str
    value: Comparable
    said: str


def overwritten(
    ours: Sequence[Written], remarks: Sequence[Remark], since: datetime, me: str, naming: Naming
) -> Iterator[Loss]:
    """What `ours`, the writes to one task since an instant, replaced unseen; `me` wrote them."""
    fresh = [each for each in remarks if each.at >= since]
    for write in ours:
        lines = naming.lines(write.field, fresh)
        valued = [line for line in lines if line.valued]
        found = (
            _by_value(write, lines, me, naming) if valued else _by_author(write, lines, me, naming)
        )
        if found:
            yield found


def _by_value(write: Written, lines: Sequence[Remark], me: str, naming: Naming) -> Loss | None:
    """The line of our own write tells what stood there before it."""
    mine = [
        n
        for n, line in enumerate(lines)
        if line.valued
        and (line.by == me if write.lost else naming.comparable(write.field, line.new) == write.put)
    ]
    if not mine:
        return None
    line = lines[mine[-1]]
    before = naming.comparable(write.field, line.old)
    if before == write.seen:
        return None
    theirs = lines[mine[-1] - 1] if mine[-1] else line
    return Loss(write.field, before, theirs.text)


def _by_author(write: Written, lines: Sequence[Remark], me: str, naming: Naming) -> Loss | None:
    """Where no values are told: somebody else's line stands before the last of ours."""
    mine = [n for n, line in enumerate(lines) if line.by == me]
    theirs = [line for line in lines[: mine[-1]] if line.by != me] if mine else []
    if not theirs or _seen_in_time(write, theirs[-1], naming):
        return None
    return Loss(write.field, theirs[-1].text, theirs[-1].text)


def _seen_in_time(write: Written, line: Remark, naming: Naming) -> bool:
    """Whether the line tells of the very value that Jalon saw, or that it filled again."""
    if write.seen is None:
        return write.restored
    ref = option_ref(write.field, write.seen)
    option = next(
        (
            o.name
            for r in naming.rules.values()
            for o in r.options
            if option_ref(r.key, o.id) == ref
        ),
        write.seen,
    )
    return re.search(rf"(?<!\w){re.escape(option)}\W*$", line.text) is not None


def race_row(ref: Ref, loss: Loss) -> NewLogRow:
    return NewLogRow(
        kind=OVERWRITTEN,
        subject=ref,
        field=loss.field,
        asana=loss.value,
        from_=loss.value,
        rule=OVERWRITTEN,
        reason_fr=f"modifié dans Asana entre la lecture et l’écriture de Jalon : {loss.said}",
        reason_en=f"changed in Asana between Jalon's reading and its writing: {loss.said}",
        actor="asana",
    )


def race_finding(ref: Ref, title: str, loss: Loss) -> Finding:
    facts: dict[str, str | int | None] = {"title": title, "field": loss.field, "said": loss.said}
    return Finding("field.overwritten", f"{ref}#{loss.field}", facts)


def unread_row(ref: Ref) -> NewLogRow:
    return NewLogRow(
        kind=OVERWRITTEN,
        subject=ref,
        field=_HISTORY,
        rule=OVERWRITTEN,
        reason_fr="écrit par deux à la fois; l’historique ne se lit pas",
        reason_en="written by two at once; the history cannot be read",
        actor="asana",
    )


def unread_finding(ref: Ref, title: str) -> Finding:
    return Finding("task.history_unread", f"{ref}#{_HISTORY}", {"title": title})
