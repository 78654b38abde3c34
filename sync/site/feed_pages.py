"""
A feed of bounded size, and what is older in archives: RFC 5005 for Atom, `next_url` for JSON Feed.

Archives are filled from the oldest entry on, so that a full one is never written again. The feed
itself holds the newest entries, and at least all that no archive holds; where it holds less than
everything it leads to the newest archive that knows more, and each archive to the one before. No
entry is lost on that way; some are met twice, under the same id.

What a full archive says comes from its own snapshots and the city's config. A new snapshot changes
nothing in it; another address or another name of the city does, and so does a text that is
withdrawn from one of its snapshots, which the law asks for.

The way needs absolute addresses. Where the folder's address is unknown the feed is not divided:
better a long file than a past that no reader finds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sync.site.atom import feed_atom
from sync.site.edition import Edition
from sync.site.entries import Entry, entries
from sync.site.feed import feed_json
from sync.site.paths import feed_archive

ARCHIVE: Final = 50_000
"""Weight of the entries of one archive, unless a single one is heavier."""
FEED: Final = 90_000
"""
Weight of the entries of the feed itself: JSON Feed calls 100 KB ideal.

It is more than an archive’s, so that what no archive holds always fits.
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file’s entries, the newest first; `older` is the number of the archive that follows."""

    entries: tuple[Entry, ...]
    older: int | None


def feeds(edition: Edition) -> Mapping[str, bytes]:
    told = entries(edition)
    whole = Sheet(told, None), ()
    newest, archives = whole if edition.presentation.page_url is None else divided(told)
    files = {
        "flux.json": feed_json(edition, newest.entries, None, newest.older),
        "flux.atom": feed_atom(edition, newest.entries, None, newest.older),
    }
    for number, sheet in enumerate(archives, 1):
        for form, write in (("json", feed_json), ("atom", feed_atom)):
            path = feed_archive(number, form)
            files[path] = write(edition, sheet.entries, number, sheet.older)
    return files


def divided(told: Sequence[Entry]) -> tuple[Sheet, tuple[Sheet, ...]]:
    """The feed and the archives that it needs, number 1 first; `told` has the newest first."""
    *full, left = _greedy(told)
    held, weight = len(left), sum(one.weight for one in left)
    for entry in told[held:]:
        weight += entry.weight
        if weight > FEED:
            break
        held += 1
    needed, known = full, len(left)
    while needed and known + len(needed[-1]) <= held:
        known += len(needed.pop())
    archives = tuple(Sheet(one, number or None) for number, one in enumerate(needed))
    return Sheet(tuple(told[: max(1, held)]), len(needed) or None), archives


def _greedy(told: Sequence[Entry]) -> Iterator[tuple[Entry, ...]]:
    """Full archives, the oldest first, and at last what comes after them; each the newest first."""
    sheet: list[Entry] = []
    weight = 0
    for entry in reversed(told):
        if sheet and weight + entry.weight > ARCHIVE:
            yield tuple(reversed(sheet))
            sheet, weight = [], 0
        sheet.append(entry)
        weight += entry.weight
    yield tuple(reversed(sheet))
