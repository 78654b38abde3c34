"""What to write in `mappings/` to have a field read that people already use."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from sync.core.adopt_fields import said_by
from sync.core.likeness import plain
from sync.model.adoption import Use
from sync.model.target import ObservedField
from sync.wording import Text

TO_SAY: Final = "a_completer"
"""No meaning that `jalon check` accepts, so that nobody forgets to say it."""
_WORDS: Final = "a_venir, en_cours, atteint, en_continu"


def place_of(use: Use) -> Text:
    """Where the lines go: a declared status beside the others, anything else instead."""
    if use.rule.role == "declared":
        return Text("avant les autres champs", "above the other fields")
    key = use.rule.key
    return Text(f"à la place de l’entrée « {key} »", f"in place of entry “{key}”")


def lines_for(use: Use, field: ObservedField) -> Iterator[str]:
    """One entry of `fields:`, indented as the file is; a person completes what only they know."""
    rule = use.rule
    declared = rule.role == "declared"
    yield f"  - key: {_quoted(_ids([field.name])[0]) if declared else rule.key}"
    yield f"    role: {rule.role}"
    if rule.checkpoint_id:
        yield f"    checkpoint: {rule.checkpoint_id}"
    yield f"    scope: {rule.scope}"
    yield f"    kind: {rule.kind}"
    yield "    owner: people"
    yield "    existing: true"
    yield f"    name: {_quoted(field.name)}"
    yield f"    description: {_quoted('Le champ que les gens utilisent déjà.')}"
    if declared:
        yield f"    options:    # means : {_WORDS}"
        live = [option.name for option in field.options if option.enabled]
        for id_, name in zip(_ids(live), live, strict=True):
            like = said_by(rule, name)
            means = like.means if like else TO_SAY
            yield f"      - {{id: {_quoted(id_)}, name: {_quoted(name)}, means: {means}}}"
    elif rule.options:
        yield "    options:"
        for wanted in rule.options:
            named = [o.name for o in field.options if said_by(rule, o.name) == wanted]
            yield f"      - {{id: {wanted.id}, name: {_quoted((named or [wanted.name])[0])}}}"


def _ids(names: Sequence[str]) -> list[str]:
    """The letters and digits of each name; numbered where that leaves nothing or says it twice."""
    words = ["_".join("".join(c for c in plain(n) if c.isascii()).split()) for n in names]
    return [
        word if word and words.count(word) == 1 else f"{word or 'choix'}_{number}"
        for number, word in enumerate(words, start=1)
    ]


def _quoted(text: str) -> str:
    return json.dumps(text.strip(), ensure_ascii=False)
