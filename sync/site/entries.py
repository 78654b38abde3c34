"""
What the feeds tell: one entry per snapshot that changed something for the public.

Where a snapshot changed very much at once, its entry comes in parts, each with some of the actions.

JSON Feed and Atom are two ways of writing these same entries, so that a reader of one learns
what a reader of the other learns. An entry's id holds the plan and the snapshot's number, which
is never given twice, so it is never reused. Each entry carries the snapshot's digest: every
reader who keeps the feed becomes a witness of what was published.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Final

from markupsafe import Markup

from sync.core.changes import PublicChange
from sync.core.memory import Memory
from sync.model.record import SnapshotRecord
from sync.model.snapshot import Snapshot, snapshot_path
from sync.site.dates import say_date
from sync.site.edition import Edition
from sync.site.locales.changes import say_change
from sync.site.locales.page import PAGE
from sync.site.presentation import Presentation
from sync.site.typography import display

PART: Final = 45_000
"""
Weight of the changes from which an entry is continued in another part.

Weights are close to the bytes that both words and fields take in the JSON feed. What one action
changed is never divided.
"""

Groups = Mapping[str, Sequence[str]]
"""Sentences by the heading of the action they concern; the plan's own stand under ''."""


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One snapshot in a feed: `text` and `html` say the same sentences.

    `told` are the changes of this part; `part` counts from 1 to `parts`. `note` is the signed note
    that stood when the feed was made; only the newest entry has it.
    """

    id: str
    number: int
    title: str
    text: str
    html: str
    published: datetime
    as_of: date
    digest: str
    demonstration: bool
    told: tuple[PublicChange, ...]
    url: str | None
    part: int = 1
    parts: int = 1
    note: str | None = None

    @property
    def weight(self) -> int:
        """About the bytes that it takes in the JSON feed, a signed note aside."""
        return (
            _HEAD
            + len(self.text.encode())
            + len(self.html.encode())
            + sum(map(_weight_of, self.told))
        )


_ENTRIES: Final[Memory[tuple[Entry, ...]]] = Memory(
    20_000_000, lambda parts: sum(one.weight for one in parts)
)


def entries(edition: Edition) -> tuple[Entry, ...]:
    """
    The newest first, and of one snapshot the first part first.

    A snapshot that changed nothing has none, and lends its id to no other.
    """
    found = tuple(_entries(edition))
    if edition.note is None or found[0].number != edition.current.record.number:
        return found
    return (_signed(found[0], edition.note, edition.presentation), *found[1:])


def heard(edition: Edition, told: Sequence[Entry], *, archived: bool = False) -> Snapshot:
    """
    The snapshot that a feed speaks for: the current one, or that of an archive's newest entry.

    RFC 5005 asks that an archive stay as it is, so nothing in it may come from a later snapshot.
    """
    if not archived:
        return edition.current.snapshot
    newest = told[0].number
    return next(one.snapshot for one in edition.issues if one.record.number == newest)


def feed_title(snapshot: Snapshot, presentation: Presentation, *, archived: bool = False) -> str:
    language = presentation.language
    title = PAGE["feed_title"].in_(language)
    title = title.format(plan=snapshot.plan.titre, city=presentation.city)
    marked = title if archived else ended_last(title, snapshot, presentation)
    return display(invented_first(marked, snapshot, presentation), language)


def invented_first(title: str, snapshot: Snapshot, presentation: Presentation) -> str:
    """A title travels far from its page, so a demonstration stands at its head."""
    if not snapshot.demonstration:
        return title
    return f"{PAGE['demo'].in_(presentation.language)} – {title}"


def ended_last(title: str, snapshot: Snapshot, presentation: Presentation) -> str:
    """A title as it is, and at its end that the plan has ended, when it has."""
    if snapshot.ended is None:
        return title
    return f"{title} ({PAGE['ended_short'].in_(presentation.language)})"


def ended_notice(snapshot: Snapshot, presentation: Presentation) -> str | None:
    """What an ended plan says of itself, with both its days; None while it goes on."""
    if snapshot.ended is None:
        return None
    language = presentation.language
    keys = zip(("ended", "ended_why"), snapshot.ended, strict=True)
    said = (PAGE[key].in_(language).format(day=say_date(day, language)) for key, day in keys)
    return display(" ".join(said), language)


def notices(
    snapshot: Snapshot, presentation: Presentation, *, archived: bool = False
) -> tuple[str, ...]:
    """What whoever reads the data far from their page must know first."""
    ended = None if archived else ended_notice(snapshot, presentation)
    said = (invented_notice(snapshot, presentation), ended)
    return tuple(one for one in said if one)


def invented_notice(snapshot: Snapshot, presentation: Presentation) -> str | None:
    """What a demonstration says of itself, in full; None where the data are real."""
    if not snapshot.demonstration:
        return None
    language = presentation.language
    return display(f"{PAGE['demo'].in_(language)}. {PAGE['demo_why'].in_(language)}", language)


def _entries(edition: Edition) -> Iterator[Entry]:
    presentation = edition.presentation
    before = b""
    made: list[tuple[Entry, ...]] = []
    for issue, told in edition.told():
        record, snapshot = issue
        key = (before, issue.mark, record.digest, presentation)
        work = partial(_parts, record, snapshot, told, presentation)
        made.append(_ENTRIES.recall(key, work))
        before = issue.mark
    for parts in reversed(made):
        yield from parts


def _parts(
    record: SnapshotRecord,
    snapshot: Snapshot,
    told: tuple[PublicChange, ...],
    presentation: Presentation,
) -> tuple[Entry, ...]:
    portions = tuple(_portions(told))
    return tuple(
        _entry(record, snapshot, portion, presentation, len(told), number, len(portions))
        for number, portion in enumerate(portions, 1)
    )


def _portions(told: Sequence[PublicChange]) -> Iterator[tuple[PublicChange, ...]]:
    """In the order of the changes; all that concerns one action stays together."""
    portion: list[PublicChange] = []
    weight = 0
    groups: dict[str | None, list[PublicChange]] = {}
    for change in told:
        groups.setdefault(change.action_id, []).append(change)
    for group in groups.values():
        heavier = 3 * sum(map(_weight_of, group))
        if portion and weight + heavier > PART:
            yield tuple(portion)
            portion, weight = [], 0
        portion += group
        weight += heavier
    if portion:
        yield tuple(portion)


_HEAD: Final = 1_500
_FIELDS: Final = 90


def _weight_of(change: PublicChange) -> int:
    """About its bytes as fields; each of the two ways of saying it in words takes as many."""
    said = (change.action_id, change.checkpoint_id, change.indicator_id, change.label)
    return _FIELDS + sum(len(one.encode()) for one in (*said, change.before, change.after) if one)


def _signed(entry: Entry, note: str, presentation: Presentation) -> Entry:
    """Whoever keeps this entry can show, later, what was signed on that day."""
    said = PAGE["feed_note"].in_(presentation.language)
    block = Markup("<p>{}</p><pre>{}</pre>").format(said, note)
    text = f"{entry.text}\n\n{said}\n\n{note}"
    return replace(entry, note=note, text=text, html=entry.html + str(block))


def _entry(
    record: SnapshotRecord,
    snapshot: Snapshot,
    told: tuple[PublicChange, ...],
    presentation: Presentation,
    total: int,
    part: int,
    parts: int,
) -> Entry:
    """`total` counts the changes of every part."""
    language = presentation.language
    how_many = PAGE["one_change" if total == 1 else "many_changes"].in_(language)
    title = (
        PAGE["feed_item"]
        .in_(language)
        .format(day=say_date(snapshot.etat_au, language), changes=how_many.format(n=total))
    )
    if parts > 1:
        title += PAGE["feed_part"].in_(language).format(part=part, parts=parts)
    proof = PAGE["feed_verify"].in_(language).format(number=record.number, digest=record.digest)
    invented = invented_notice(snapshot, presentation)
    groups = _by_action(told, snapshot, presentation)
    return Entry(
        id=f"urn:jalon:{snapshot.plan.id}:instantane:{record.number}"
        + (f":partie:{part}" if part > 1 else ""),
        number=record.number,
        title=display(invented_first(title, snapshot, presentation), language),
        text=_as_text(groups, proof, invented),
        html=_as_html(groups, proof, invented),
        published=record.generated_at,
        as_of=snapshot.etat_au,
        digest=record.digest,
        demonstration=snapshot.demonstration,
        told=told,
        url=presentation.address(snapshot_path(record.number)),
        part=part,
        parts=parts,
    )


def _by_action(
    told: Sequence[PublicChange], snapshot: Snapshot, presentation: Presentation
) -> Groups:
    titles = {checkpoint.id: checkpoint.titre for checkpoint in snapshot.jalons}
    groups: dict[str, list[str]] = {}
    for change in told:
        heading = f"{change.action_id} – {change.title}" if change.action_id else ""
        sentence = say_change(change, titles, presentation.language)
        groups.setdefault(display(heading, presentation.language), []).append(
            display(sentence, presentation.language)
        )
    return groups


def _as_text(groups: Groups, proof: str, invented: str | None) -> str:
    """`invented` is the notice of a demonstration: an entry is read far from its title."""
    lines: list[str] = [invented, ""] if invented else []
    for heading, sentences in groups.items():
        if heading:
            lines.append(heading)
        lines.extend(f"- {sentence}" for sentence in sentences)
    return "\n".join([*lines, "", proof])


def _as_html(groups: Groups, proof: str, invented: str | None) -> str:
    blocks = Markup("<p><strong>{}</strong></p>").format(invented) if invented else Markup()
    for heading, sentences in groups.items():
        if heading:
            blocks += Markup("<h3>{}</h3>").format(heading)
        items = Markup().join(Markup("<li>{}</li>").format(sentence) for sentence in sentences)
        blocks += Markup("<ul>{}</ul>").format(items)
    return str(blocks + Markup("<p>{}</p>").format(proof))
