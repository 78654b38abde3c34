"""
An edit that a person made between Jalon's reading and its writing: overwritten, for Asana has
no compare-and-set. It is found afterwards, in the events that the next cycle reads anyway.

Two authors on one field of one task in the same stretch of events are a suspicion; Asana's own
history of the task, read only then, says what was overwritten.
"""

from collections.abc import Iterator, Mapping, Sequence

from sync.core.marks import field_ref
from sync.model.decision import Verdict
from sync.model.finding import Finding
from sync.model.mapping import FieldMapping
from sync.model.operation import Ref
from sync.model.record import OVERWRITTEN, LogRow, NewLogRow
from sync.model.target import Edit, Remark

_CUSTOM = "custom_fields"
_TOLD_AS = {
    "name": "name_changed",
    "notes": "notes_changed",
    "due_on": "due_date_changed",
    "section": "section_changed",
    "assignee": "assigned",
}
"""The stories that Asana writes when a built-in field of ours changes (OpenAPI, Story)."""


def suspects(edits: Sequence[Edit], refs: Mapping[str, Ref]) -> tuple[str, ...]:
    """Gids of tasks of ours in which two people or more changed the same field."""
    authors: dict[tuple[str, str], set[str]] = {}
    for edit in edits:
        if edit.gid in refs:
            authors.setdefault((edit.gid, edit.field), set()).add(edit.by)
    return tuple(dict.fromkeys(gid for (gid, _), who in authors.items() if len(who) > 1))


def overwritten(
    gid: str, edits: Sequence[Edit], remarks: Sequence[Remark], me: str, mapping: FieldMapping
) -> Iterator[tuple[str, str]]:
    """The fields of one task that `me` wrote over a person's edit, and what the history says."""
    for name in dict.fromkeys(edit.field for edit in edits if edit.gid == gid):
        told = [edit.by for edit in edits if (edit.gid, edit.field) == (gid, name)]
        if not _over(told, me):
            continue
        for key, lines in _histories(name, remarks, mapping):
            by = [line.by for line in lines]
            if _over(by, me):
                mine = max(n for n, who in enumerate(by) if who == me)
                theirs = max(n for n in range(mine) if by[n] != me)
                yield key, lines[theirs].text


def _over(authors: Sequence[str], me: str) -> bool:
    """Whether somebody else's edit comes before one of ours."""
    return me in authors and any(who != me for who in authors[: _last(authors, me)])


def _last(authors: Sequence[str], me: str) -> int:
    return max(n for n, who in enumerate(authors) if who == me)


def _histories(
    name: str, remarks: Sequence[Remark], mapping: FieldMapping
) -> Iterator[tuple[str, list[Remark]]]:
    """The lines of history about a field; a custom field is named in the words of its own."""
    if name != _CUSTOM:
        yield name, [each for each in remarks if each.kind == _TOLD_AS.get(name)]
        return
    changed = [each for each in remarks if each.kind.endswith("custom_field_changed")]
    for rule in mapping.fields:
        if rule.owner != "people":
            yield rule.key, [each for each in changed if rule.name in each.text]


def known_already(said: str, rows: Sequence[LogRow]) -> bool:
    """
    Whether a reading had seen the edit in time: the `rows` of that field, since the last reading
    began, hold its value, or tell that an emptied field was filled again.
    """
    return any(
        row.asana in said if row.asana else row.rule == Verdict.RESTORE.value for row in rows
    )


def race_row(ref: Ref, name: str, said: str) -> NewLogRow:
    return NewLogRow(
        kind=OVERWRITTEN,
        subject=ref,
        field=name,
        asana=said,
        from_=said,
        rule=OVERWRITTEN,
        reason_fr="modifié dans Asana entre la lecture et l’écriture de Jalon",
        reason_en="changed in Asana between Jalon's reading and its writing",
        outcome="noted",
        actor="asana",
    )


def race_finding(ref: Ref, title: str, name: str, said: str) -> Finding:
    facts: dict[str, str | int | None] = {"title": title, "field": name, "said": said}
    return Finding("field.overwritten", f"{ref}#{name.removeprefix(field_ref(''))}", facts)
