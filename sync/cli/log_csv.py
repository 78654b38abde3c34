"""The log as a table for a spreadsheet: a program's codes beside the words for people."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Final
from zoneinfo import ZoneInfo

from sync.cli.log_words import LOGGED_KINDS, OUTCOMES, in_words
from sync.cli.whereabouts import action_of
from sync.model.record import LogRow
from sync.site.columns import inert
from sync.wording import Language, Text

COLUMNS: Final = (
    "plan", "ligne", "quand", "cycle", "qui", "genre", "genre_libelle", "objet", "action", "champ",
    "dernier_accord", "au_plan", "dans_asana", "de", "a", "regle", "pourquoi", "issue",
    "issue_libelle", "efface",
)  # fmt: skip

BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Without it a spreadsheet that opens the file with a double click breaks every accent."""


def header() -> str:
    return _line(COLUMNS)


def lines(
    plan_id: str,
    rows: Iterable[LogRow],
    parents: Mapping[str, str],
    zone: ZoneInfo,
    language: Language,
) -> Iterable[str]:
    """Every cell that holds words is one that no spreadsheet takes for a formula."""
    for row in rows:
        texts = (
            row.cycle_id,
            row.actor,
            row.kind,
            in_words(row.kind, LOGGED_KINDS).in_(language),
            row.subject,
            action_of(row.subject, parents),
            row.field,
            row.base,
            row.plan,
            row.asana,
            row.from_,
            row.to,
            row.rule,
            Text(row.reason_fr, row.reason_en).in_(language),
            row.outcome,
            in_words(row.outcome, OUTCOMES).in_(language),
            "oui" if row.erased else "non",
        )
        at = row.at.astimezone(zone).isoformat(timespec="seconds")
        yield _line((inert(plan_id), row.id, at, *map(inert, texts)))


def _line(cells: Iterable[str | int]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()
