"""
The header row: which column holds what.

It is the only place where words decide: a column of axes or volets, one of actions, and at least
one of indicators, in French or English. The checkpoint's id comes from its header's own words.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from sync.adapters.plans.refusal import refuse
from sync.adapters.plans.table import Row

_AXIS = frozenset({"axe", "axes", "axis"})
_OBJECTIVE = frozenset({"objectif", "objectifs", "objective", "objectives"})
_VOLET = frozenset({"volet", "volets", "area", "areas"})
_ACTION = frozenset({"action", "actions"})
_INDICATOR = frozenset({"indicateur", "indicateurs", "indicator", "indicators"})

_INDICATOR_WORDS = re.compile(
    r"^indicat(?:eur|or)s?\b\W*(?:(?:à|au|aux|de|du|des|pour|en|at|for|by|of)\b\s*|d[’'])?"
    r"(?:(?:la|le|les|the)\b\s*|l[’'])?"
    r"|\s+indicators?$",
    re.IGNORECASE,
)
_PARENTHESIS = re.compile(r"\s*\(([^()]*)\)\s*$")


@dataclass(frozen=True, slots=True)
class FoundCheckpoint:
    """A column of indicators: the checkpoint's id and the words of its header."""

    id: str
    heading: str


@dataclass(frozen=True, slots=True)
class Header:
    """Column numbers, from 0. A combined « Axe/Volet » column is the volet's."""

    place: str
    width: int
    axis: int | None
    objective: int | None
    volet: int
    action: int
    checkpoints: tuple[tuple[int, FoundCheckpoint], ...]
    others: tuple[tuple[int, str], ...]

    def found(self) -> tuple[FoundCheckpoint, ...]:
        return tuple(checkpoint for _, checkpoint in self.checkpoints)


def read_header(row: Row, columns: Mapping[str, str] | None = None) -> Header | None:
    """
    The header in this row, or None when the row is not one.

    `columns` (checkpoint id → header text) comes from the city's config and wins over the words;
    a column it names and that is not there is an error, since its promises would be lost.
    """
    headings = [cell.joined() for cell in row.cells]
    while headings and not headings[-1]:
        headings.pop()
    named = {_fold(heading): checkpoint_id for checkpoint_id, heading in (columns or {}).items()}
    checkpoints: list[tuple[int, str, str | None]] = []
    others: list[tuple[int, str]] = []
    axis = objective = volet = action = None
    for n, heading in enumerate(headings):
        spelled = re.findall(r"\w+", _fold(heading))
        # Only where a heading opens or ends: a promise may well speak of actions.
        words = frozenset(spelled[:2] + spelled[-1:])
        if _fold(heading) in named:
            checkpoints.append((n, heading, named[_fold(heading)]))
        elif words & _INDICATOR:
            checkpoints.append((n, heading, None))
        elif words & _ACTION and action is None:
            action = n
        elif words & _VOLET and volet is None:
            volet = n
        elif words & _AXIS and axis is None:
            axis = n
        elif words & _OBJECTIVE and objective is None:
            objective = n
        elif heading:
            others.append((n, heading))
    if action is None or volet is None or not checkpoints:
        return None
    if columns:
        _require(columns, row.place, headings)
    return Header(
        place=row.place,
        width=len(headings),
        axis=axis,
        objective=objective,
        volet=volet,
        action=action,
        checkpoints=_with_ids(checkpoints, row.place),
        others=tuple(others),
    )


def _with_ids(
    columns: list[tuple[int, str, str | None]], place: str
) -> tuple[tuple[int, FoundCheckpoint], ...]:
    ids = [given or _slug(_checkpoint_words(heading)) for _, heading, given in columns]
    if len(set(ids)) < len(ids) or not all(ids):
        # The words before the parenthesis do not tell the columns apart: those inside may.
        ids = [given or _slug(_dated_words(heading)) for _, heading, given in columns]
    if len(set(ids)) < len(ids) or not all(ids):
        headings = " | ".join(heading for _, heading, _ in columns)
        raise refuse(
            place,
            f"deux colonnes d’indicateurs ont le même nom ({headings}). "
            "Distinguez-les, ou nommez-les dans la configuration (« column » de chaque jalon).",
            f"two indicator columns have the same name ({headings}). "
            "Tell them apart, or name them in the config (each checkpoint’s “column”).",
            headings=headings,
        )
    return tuple(
        (n, FoundCheckpoint(checkpoint_id, heading))
        for (n, heading, _), checkpoint_id in zip(columns, ids, strict=True)
    )


def _checkpoint_words(heading: str) -> str:
    bare = _INDICATOR_WORDS.sub("", _PARENTHESIS.sub("", heading).strip())
    return bare if _slug(bare) else _dated_words(heading)


def _dated_words(heading: str) -> str:
    return _INDICATOR_WORDS.sub("", heading) or heading


def _require(columns: Mapping[str, str], place: str, headings: list[str]) -> None:
    present = {_fold(heading) for heading in headings}
    for checkpoint_id, wanted in columns.items():
        if _fold(wanted) in present:
            continue
        found = " | ".join(heading for heading in headings if heading)
        near = get_close_matches(wanted, headings, n=1)
        raise refuse(
            place,
            f"la colonne « {wanted} », que la configuration nomme pour le jalon {checkpoint_id}, "
            f"est introuvable. Colonnes trouvées : {found}."
            + (f" Est-ce « {near[0]} » ?" if near else ""),
            f"the column “{wanted}”, which the config names for checkpoint {checkpoint_id}, "
            f"is missing. Columns found: {found}." + (f" Is it “{near[0]}”?" if near else ""),
            checkpoint=checkpoint_id,
            found=found,
        )


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", _fold(text)).strip("-")


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split())
