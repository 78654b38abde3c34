"""
Texts that were withdrawn while Asana may still hold them.

The decision was to take the text away, and nothing that the calendar or a list does may bring it
back. So nothing of that field is published until a reading has found it empty, or not meant for
the public: from then on what stands there was put there by a person.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from sync.core.marks import action_ref
from sync.core.snapshot import offered
from sync.model.finding import Finding
from sync.model.plan import Action
from sync.model.progress import ActionProgress
from sync.model.snapshot import PublicAction, Snapshot
from sync.wording import Text

HELD_BACK: Final = "withdrawn_held_back"
"""The fact that keeps which texts are held back."""

Held = frozenset[tuple[str, str]]
"""The action's id and the snapshot's field."""
NOTHING_HELD: Final[Held] = frozenset()

IN_ASANA: Final[Mapping[str, tuple[str, Text]]] = {
    "note": ("note_publique", Text("la note publique", "the public note")),
    "preuve": ("preuve", Text("la preuve", "the proof")),
}
"""The published fields whose source is Asana: the field there, and its name in words."""


def read_held_back(fact: str | None) -> Held:
    return frozenset((action, field) for action, field in json.loads(fact or "[]"))


def write_held_back(held: Held) -> str:
    return json.dumps(sorted(held)) if held else ""


def gone_from(snapshot: Snapshot, texts: Collection[tuple[str, str]]) -> Held:
    """Of these texts, those that the snapshot does not show: a newer one there is another text."""
    shown = {
        (action.id, field)
        for action in snapshot.actions()
        for field in IN_ASANA
        if getattr(action, field) is not None
    }
    return frozenset(texts) - shown


def still_held(held: Held, progress: Mapping[str, ActionProgress]) -> Held:
    """What a complete reading has not shown to be gone; an unseen task tells nothing."""
    return frozenset(
        (action, field)
        for action, field in held
        if action not in progress
        or not progress[action].visible
        or _in_asana(progress[action], field) is not None
    )


def without_held_back(snapshot: Snapshot, held: Held) -> Snapshot:
    return snapshot.with_actions(lambda action: _without(action, held)) if held else snapshot


def held_back_findings(action: Action, progress: ActionProgress, held: Held) -> Iterator[Finding]:
    for field, (name, what) in IN_ASANA.items():
        if (action.id, field) in held and _in_asana(progress, field) is not None:
            facts: dict[str, str | int | None] = {
                "action": action.title,
                "what": what.fr,
                "what_en": what.en,
            }
            yield Finding("public.text_withdrawn", f"{action_ref(action.id)}#{name}", facts)


def _in_asana(progress: ActionProgress, field: str) -> str | None:
    return offered(progress.note if field == "note" else progress.evidence, progress)


def _without(action: PublicAction, held: Held) -> PublicAction:
    gone = {field: None for field in IN_ASANA if (action.id, field) in held}
    return action.model_copy(update=gone) if gone else action
