"""
The public page: one HTML file, no script, no outside request.

What the template needs is worked out here, from the snapshot alone; the template only places
it. Everything is escaped, whoever wrote it.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sync.core.changes import PublicChange, changes
from sync.core.status import INDICATOR_TABLE, STATUS_NAMES, STATUS_TABLE
from sync.model.progress import Status
from sync.model.snapshot import (
    PublicAction,
    PublicAxis,
    PublicCheckpoint,
    PublicIndicator,
    PublicStanding,
    Snapshot,
)
from sync.site.bars import Segment, segments, tally
from sync.site.dates import say_date, say_instant
from sync.site.edition import Edition
from sync.site.links import host_of
from sync.site.locales.changes import say_change
from sync.site.locales.definitions import MARK_DEFINITIONS, STATUS_DEFINITIONS
from sync.site.locales.page import PAGE
from sync.site.typography import NBSP, display
from sync.wording import Language

ALWAYS_COUNTED = (Status.ACHIEVED_LATE, Status.NOT_ACHIEVED)
"""Shown even at zero: a reader must not have to infer that nothing is late or missed."""

WATCHED = (Status.NOT_ACHIEVED, Status.ACHIEVED_LATE, Status.NOT_ASSESSED)
NEWS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class CountRow:
    """
    One status of the counting table: a number per axis, the total, and the frozen total.

    `frozen` is None where nothing could be frozen: an action without an indicator.
    """

    status: Status
    by_axis: tuple[int, ...]
    total: int
    frozen: int | None


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """
    One checkpoint at a glance; `unfrozen` actions were not there to be frozen.

    `corrected` has the frozen counts that are others once corrections are heard.
    """

    checkpoint: PublicCheckpoint
    phase: str
    bar: tuple[Segment, ...]
    rows: tuple[CountRow, ...]
    watched: tuple[tuple[Status, tuple[PublicAction, ...]], ...]
    has_frozen: bool
    corrected: tuple[tuple[Status, int], ...]
    unfrozen: int


@dataclass(frozen=True, slots=True)
class AxisBar:
    checkpoint: PublicCheckpoint
    bar: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What changed on one action, or on the plan itself when `action_id` is None."""

    action_id: str | None
    title: str | None
    linked: bool
    sentences: tuple[str, ...]


def index_html(edition: Edition) -> bytes:
    presentation = edition.presentation
    record, snapshot = edition.current
    previous = edition.previous.snapshot if edition.previous else None
    css = _stylesheet(presentation.language, demonstration=snapshot.demonstration)
    text = (
        _environment(presentation.language)
        .get_template("index.html.jinja")
        .render(
            lang="fr-CA" if presentation.language == "fr" else "en-CA",
            presentation=presentation,
            record=record,
            snapshot=snapshot,
            css=Markup(css),  # noqa: S704  our own file
            css_hash=_csp_hash(css),
            updated=say_instant(snapshot.genere_le, presentation.tz, presentation.language),
            checkpoints=[_checkpoint(snapshot, c) for c in snapshot.jalons],
            titles={c.id: c.titre for c in snapshot.jalons},
            axis_bars={axis.numero: _axis_bars(snapshot, axis) for axis in snapshot.axes},
            previous=previous,
            news=_news(changes(previous, snapshot), snapshot, presentation.language),
            news_at_once=NEWS_AT_ONCE,
            history=[(r.number, r.as_of) for r, _ in reversed(edition.issues)],
            status_names=STATUS_NAMES,
            status_definitions=STATUS_DEFINITIONS,
            mark_definitions=MARK_DEFINITIONS,
            status_table=STATUS_TABLE,
            indicator_table=INDICATOR_TABLE,
        )
    )
    return text.lstrip().encode("utf-8")


def _stylesheet(language: Language, *, demonstration: bool) -> str:
    """The style sheet; a demonstration says so at the head of every printed sheet as well."""
    sheet = files("sync.site").joinpath("templates/page.css").read_text(encoding="utf-8")
    if not demonstration:
        return sheet
    words = PAGE["demo"].in_(language)
    return f'{sheet}@page {{ @top-center {{ content: "{words}"; font: bold 9pt sans-serif; }} }}\n'


def _csp_hash(css: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode()


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("sync.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def say(key: str, **values: object) -> str:
        return display(PAGE[key].in_(language).format(**values), language)

    def say_count(key: str, n: int, **values: object) -> str:
        alone = n in (0, 1) if language == "fr" else n == 1
        return say(f"{'one' if alone else 'many'}_{key}", n=n, **values)

    def status_name(status: Status) -> str:
        return STATUS_NAMES[status].in_(language).replace(" ", NBSP)

    def day(value: date) -> str:
        return say_date(value, language)

    def quantity(line: PublicIndicator) -> str | None:
        return _quantity(line, language)

    def typo(text: str) -> str:
        return display(text, language)

    environment.globals.update(
        say=say,
        say_count=say_count,
        status_name=status_name,
        quantity=quantity,
        marks=_marks,
        moved_on=_moved_on,
        unseen_at_freeze=_unseen_at_freeze,
    )
    environment.filters.update(
        typo=typo, day=day, host=host_of, words=lambda text: typo(text.in_(language))
    )
    return environment


def _checkpoint(snapshot: Snapshot, checkpoint: PublicCheckpoint) -> CheckpointView:
    totals = snapshot.totaux.get(checkpoint.id)
    frozen: Mapping[Status, int] = totals.fige if totals else {}
    corrected: Mapping[Status, int] = totals.corrige if totals else {}
    per_axis = [_counts(axis, checkpoint.id) for axis in snapshot.axes]
    now = tally(
        action.jalons[checkpoint.id].etat
        for action in snapshot.actions()
        if checkpoint.id in action.jalons
    )
    rows = tuple(
        CountRow(
            status,
            tuple(counts.get(status, 0) for counts in per_axis),
            now.get(status, 0),
            frozen.get(status, None if status is Status.NOT_APPLICABLE else 0),
        )
        for status in STATUS_NAMES
        if now.get(status) or frozen.get(status) or status in ALWAYS_COUNTED
    )
    has_frozen = any(frozen.values())
    return CheckpointView(
        checkpoint,
        _phase(snapshot, checkpoint, has_frozen=has_frozen),
        segments(now),
        rows,
        _watched(snapshot, checkpoint.id),
        has_frozen,
        tuple(
            (status, corrected.get(status, 0))
            for status in STATUS_NAMES
            if corrected and corrected.get(status, 0) != frozen.get(status, 0)
        ),
        sum(now.values()) - sum(frozen.values()),
    )


def _phase(snapshot: Snapshot, checkpoint: PublicCheckpoint, *, has_frozen: bool) -> str:
    """The key of the sentence that says how firm the counts are."""
    if has_frozen:
        return "phase_frozen"
    if snapshot.etat_au <= checkpoint.echeance:
        return "phase_before"
    return "phase_provisional" if snapshot.etat_au <= checkpoint.gel else "phase_unfrozen"


def _counts(axis: PublicAxis, checkpoint_id: str) -> dict[Status, int]:
    return tally(
        action.jalons[checkpoint_id].etat
        for volet in axis.volets
        for action in volet.actions
        if checkpoint_id in action.jalons
    )


def _watched(
    snapshot: Snapshot, checkpoint_id: str
) -> tuple[tuple[Status, tuple[PublicAction, ...]], ...]:
    found = (
        (
            status,
            tuple(
                action
                for action in snapshot.actions()
                if checkpoint_id in action.jalons and action.jalons[checkpoint_id].etat is status
            ),
        )
        for status in WATCHED
    )
    return tuple((status, actions) for status, actions in found if actions)


def _axis_bars(snapshot: Snapshot, axis: PublicAxis) -> tuple[AxisBar, ...]:
    return tuple(AxisBar(c, segments(_counts(axis, c.id))) for c in snapshot.jalons)


def _news(told: Sequence[PublicChange], snapshot: Snapshot, language: Language) -> tuple[News, ...]:
    titles = {checkpoint.id: checkpoint.titre for checkpoint in snapshot.jalons}
    shown = {action.id for action in snapshot.actions()}
    groups: dict[str | None, list[PublicChange]] = {}
    for change in told:
        groups.setdefault(change.action_id, []).append(change)
    return tuple(
        News(
            action_id,
            group[0].title,
            action_id in shown,
            tuple(say_change(change, titles, language) for change in group),
        )
        for action_id, group in groups.items()
    )


def _marks(standing: PublicStanding) -> tuple[str, ...]:
    """Keys of the reservations that go with a status."""
    found = [
        ("provisional", standing.provisoire),
        ("disagreement", standing.selon == "desaccord"),
        ("unconfirmed", not standing.confirme and standing.selon != "desaccord"),
        ("by_indicators", standing.selon == "indicateurs"),
        ("by_declaration", standing.selon == "declaration"),
        ("by_calendar", standing.selon == "calendrier"),
        ("by_settlement", standing.selon == "reglement" and standing.regle_le is None),
    ]
    return tuple(key for key, holds in found if holds)


def _moved_on(standing: PublicStanding) -> bool:
    """The current status is no longer the frozen one."""
    return standing.etat_fige is not None and standing.etat_fige is not standing.etat


def _unseen_at_freeze(action: PublicAction, standing: PublicStanding) -> bool:
    """The task had gone from sight before the gel: the frozen status rests on an older reading."""
    read_on, frozen_on = action.donnees_du, standing.fige_le
    return read_on is not None and frozen_on is not None and read_on < frozen_on


def _quantity(line: PublicIndicator, language: Language) -> str | None:
    """What was counted, beside what the plan expects when it gives a range."""
    if line.quantite is None:
        return None
    value: Any = line.quantite
    if language == "fr":
        value = str(value).replace(".", ",")
    low, high = line.cible.minimum, line.cible.maximum
    if low is None:
        return PAGE["quantity_bare"].in_(language).format(value=value)
    if high is None or high == low:
        goal = str(low)
    else:
        goal = PAGE["range"].in_(language).format(low=low, high=high)
    if line.cible.unite:
        goal = f"{goal} {line.cible.unite}"
    return PAGE["quantity"].in_(language).format(value=value, goal=goal)
