"""
What proves that a full read left nothing out, so that an absence may be concluded from it.

A listing that ended properly may still lack a row: one that changed pages while it was read, or
one that the platform left out. Tasks are therefore held against Asana's own count of them; fields
are taken from a project's record only while nothing of ours is lacking there.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sync.adapters.asana.picture import Picture
from sync.adapters.asana.reads import ProjectRecord
from sync.model.operation import Ref
from sync.model.target import Observed, ObservedField, ProjectRole
from sync.wording import Text

_MOST_IN_A_RECORD: Final = 20
"""As many fields as a project may carry, says Asana: a record with so many may be cut there."""
_HOME_OF_KIND: Final[Mapping[str, ProjectRole]] = {
    "action": "actions",
    "indicator": "indicators",
}


def fields_told(
    records: Mapping[ProjectRole, ProjectRecord],
    mirror: Observed | None,
    links: Mapping[Ref, str],
) -> dict[ProjectRole, Sequence[ObservedField]]:
    """
    The fields of those projects whose record tells them all.

    A record has no pages, so nothing in it says that it is whole: it is believed where it holds
    every field that the last reading saw there, and, with the others, every field and option that
    is linked. What is missed is looked for in the listing before anything is concluded.
    """
    if mirror is None or not mirror.complete:
        return {}
    shown = [each for record in records.values() for each in record.fields or ()]
    gids = {each.gid for each in shown} | {o.gid for each in shown for o in each.options}
    linked = {gid for ref, gid in links.items() if ref.startswith(("field:", "option:"))}
    if not linked <= gids:
        return {}
    return {
        role: record.fields
        for role, record in records.items()
        if record.fields is not None and _believable(role, record, record.fields, mirror)
    }


def _believable(
    role: ProjectRole, record: ProjectRecord, fields: Sequence[ObservedField], mirror: Observed
) -> bool:
    gid = record.project.gid
    before = {each.gid for each in mirror.fields if gid in each.attached_to}
    known = role in mirror.projects and mirror.projects[role].gid == gid
    return known and len(fields) < _MOST_IN_A_RECORD and before <= {each.gid for each in fields}


def concerned(picture: Picture, gids: Collection[str]) -> frozenset[ProjectRole]:
    """The projects in which these linked tasks would be listed."""
    kinds = {ref.partition(":")[0] for ref, gid in picture.links.items() if gid in gids}
    return frozenset(_HOME_OF_KIND[kind] for kind in kinds) & picture.projects.keys()


def short_listings(
    picture: Picture, counts: Mapping[ProjectRole, int | None]
) -> frozenset[ProjectRole]:
    """Which listings hold fewer tasks than Asana counts, or could not be held against a count."""
    return frozenset(
        role
        for role, count in counts.items()
        if count is None or count > len(picture.order.get(role, ()))
    )


def shortfall(picture: Picture, counts: Mapping[ProjectRole, int | None]) -> Text:
    """In words, for the one who reads why the cycle is partial."""
    said = ", ".join(
        f"{picture.projects[role].gid} : {len(picture.order.get(role, ()))}/"
        f"{'?' if counts[role] is None else counts[role]}"
        for role in sorted(short_listings(picture, counts))
    )
    return Text(
        "Asana compte plus de tâches qu’il n’en liste (projet : listées/comptées) : "
        f"{said}. Aucune absence n’en est conclue et rien n’est créé à nouveau; le prochain cycle "
        "relira tout.",
        f"Asana counts more tasks than it lists (project: listed/counted): {said}. No absence is "
        "concluded from it and nothing is made again; the next cycle reads everything again.",
    )
