"""
How an action becomes an Asana task: the file `mappings/asana.yaml`, and its expansion.

The file says for each field who owns it and what drift means. The expansion makes one declared
status per checkpoint, fills « Axe » from the plan and « Direction » from the config, and ends
each description with the line that proves a field ours.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sync.core.marks import field_line
from sync.model.mapping import (
    FIELDS_IN_A_PROJECT,
    TEXT_LIMIT,
    Builtin,
    BuiltinRule,
    DeclaredWord,
    FieldKind,
    FieldMapping,
    FieldRule,
    FieldScope,
    OnDrift,
    Option,
    Owner,
    Role,
    Scope,
)
from sync.model.plan import Checkpoint, Plan
from sync.model.rules import Direction
from sync.settings.problems import Key, Problem, dotted, refusal
from sync.settings.strict import Line, Paragraphs, Strict, wrong
from sync.wording import Text

Color = Literal[
    "none",
    "red",
    "orange",
    "yellow-orange",
    "yellow",
    "yellow-green",
    "green",
    "blue-green",
    "aqua",
    "blue",
    "indigo",
    "purple",
    "magenta",
    "hot-pink",
    "pink",
    "cool-gray",
]

MAX_OPTIONS = 500
CHECKPOINT = "{checkpoint}"
NUMBER, TITLE = "{number}", "{title}"


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a role allows: a mapping can move a choice, never turn a person's word into ours."""

    kind: FieldKind
    scope: FieldScope
    owners: tuple[Owner, ...]
    restored: bool = False  # drift must be restored: the rest of the service leans on it


_PEOPLE: tuple[Owner, ...] = ("people",)
_SHAPES: Mapping[Role, _Shape] = {
    "jalon_id": _Shape("text", "both", ("plan",), restored=True),
    "axis": _Shape("enum", "action", ("plan",)),
    "declared": _Shape("enum", "action", _PEOPLE),
    "evidence": _Shape("text", "both", _PEOPLE),
    "note": _Shape("text", "action", _PEOPLE),
    "publish_note": _Shape("enum", "action", _PEOPLE),
    "direction": _Shape("enum", "action", _PEOPLE),
    "public_followup": _Shape("text", "action", ("plan",), restored=True),
    "done_on": _Shape("date", "indicator", _PEOPLE),
    "quantity": _Shape("number", "indicator", _PEOPLE),
}
_DECLARED: tuple[DeclaredWord, ...] = ("a_venir", "en_cours", "atteint", "en_continu")
_BUILTINS: tuple[Builtin, ...] = ("name", "notes", "due_on", "section", "order", "assignee")


def _option_id(text: str) -> str:
    if not text or not all(
        letter.isascii() and (letter.isalnum() or letter in "_-") for letter in text
    ):
        said = Text(
            fr="identifiant attendu : lettres sans accent, chiffres, _ et -.",
            en="an id is expected: letters without accents, digits, _ and -.",
        )
        raise wrong(((), said))
    return text


class OptionEntry(Strict):
    id: Annotated[str, AfterValidator(_option_id)]
    name: Line
    color: Color = "none"
    means: DeclaredWord | None = None


class Ownership(Strict):
    owner: Owner
    on_drift: OnDrift | None = None

    @model_validator(mode="after")
    def _drift_has_a_meaning(self) -> Self:
        if self.owner == "plan" and self.on_drift is None:
            said = Text(
                fr="un champ du plan dit ce que devient une modification : restore ou report.",
                en="a field that the plan owns says what a change becomes: restore or report.",
            )
            raise wrong((("on_drift",), said))
        if self.owner != "plan" and self.on_drift is not None:
            said = Text(
                fr=f"sans objet quand le champ est à « {self.owner} » : retirez la clé.",
                en=f"has no meaning when the owner is “{self.owner}”: remove the key.",
            )
            raise wrong((("on_drift",), said))
        return self


class FieldEntry(Ownership):
    """
    One field as written. `option_name` and `colors` shape the options that the plan gives.

    `existing` says that people already have this field, under this name and with these options:
    it is read and never made or changed. `checkpoint` ties a declared status to one checkpoint,
    because an existing field cannot serve two.
    """

    key: Annotated[str, AfterValidator(_option_id)]
    role: Role
    scope: FieldScope
    kind: FieldKind
    name: Line
    description: Paragraphs
    options: Annotated[tuple[OptionEntry, ...], Field(max_length=MAX_OPTIONS)] = ()
    option_name: Line | None = None
    colors: tuple[Color, ...] = ()
    precision: Annotated[int, Field(ge=0, le=6)] = 0
    existing: bool = False
    checkpoint: Line | None = None

    @model_validator(mode="after")
    def _fits_its_role(self) -> Self:
        said = list(_misfits(self))
        if said:
            raise wrong(*said)
        return self


def _misfits(entry: FieldEntry) -> Iterator[tuple[Key, Text]]:
    shape = _SHAPES[entry.role]
    yield from _must_be("kind", entry.role, entry.kind, (shape.kind,))
    yield from _must_be("scope", entry.role, entry.scope, (shape.scope,))
    yield from _must_be("owner", entry.role, entry.owner, shape.owners)
    if shape.restored:
        yield from _must_be("on_drift", entry.role, entry.on_drift, ("restore",))
    if entry.precision and entry.kind != "number":
        yield ("precision",), Text(fr="sans objet : retirez la clé.", en="no meaning: remove it.")
    filled = entry.role in {"axis", "direction"}
    if filled and entry.options:
        yield (
            ("options",),
            Text(
                fr="les choix viennent du plan ou de la config : retirez la clé.",
                en="the choices come from the plan or the config: remove the key.",
            ),
        )
    if entry.kind == "enum" and not filled and not entry.options:
        yield (
            ("options",),
            Text(fr="au moins un choix attendu.", en="at least one choice expected."),
        )
    if entry.kind != "enum" and entry.options:
        yield ("options",), Text(fr="sans objet : retirez la clé.", en="no meaning: remove it.")
    if entry.colors and not filled:
        yield ("colors",), Text(fr="sans objet : retirez la clé.", en="no meaning: remove it.")
    yield from _placeholders(
        "option_name", entry.option_name, entry.role == "axis", (NUMBER, TITLE)
    )
    each = entry.role == "declared" and entry.checkpoint is None
    yield from _placeholders("name", entry.name, each, (CHECKPOINT,))
    yield from _of_people(entry)
    if entry.role == "declared":
        yield from _meanings(entry.options, whole=not entry.existing)
    for index, option in enumerate(entry.options):
        if option.means and entry.role != "declared":
            yield (
                ("options", index, "means"),
                Text(fr="sans objet : retirez la clé.", en="no meaning: remove it."),
            )
    for what in ("id", "name"):
        counted = Counter(getattr(option, what).casefold() for option in entry.options)
        for index, option in enumerate(entry.options):
            if counted[getattr(option, what).casefold()] > 1:
                yield (
                    ("options", index, what),
                    Text(fr="donné deux fois.", en="given twice."),
                )


def _must_be(
    key: str, role: str, given: str | None, allowed: Sequence[str]
) -> Iterator[tuple[Key, Text]]:
    if given not in allowed:
        listed = ", ".join(allowed)
        yield (
            (key,),
            Text(
                fr=f"pour « {role} », attendu : {listed}.", en=f"for “{role}”, expected: {listed}."
            ),
        )


def _placeholders(
    key: str, text: str | None, wanted: bool, names: tuple[str, ...]
) -> Iterator[tuple[Key, Text]]:
    rest = text or ""
    for name in names if wanted else ():
        if name not in rest:
            yield (key,), Text(fr=f"doit contenir {name}.", en=f"must contain {name}.")
        rest = rest.replace(name, "")
    if text is not None and not wanted and key == "option_name":
        yield (key,), Text(fr="sans objet : retirez la clé.", en="no meaning: remove it.")
    elif "{" in rest or "}" in rest:
        yield (key,), Text(fr="accolade imprévue.", en="unexpected brace.")


def _of_people(entry: FieldEntry) -> Iterator[tuple[Key, Text]]:
    """What a field that people already have may be, and what one checkpoint is given for."""
    if entry.existing and (entry.owner != "people" or entry.role == "direction"):
        yield (
            ("existing",),
            Text(
                fr=f"sans objet pour « {entry.role} » : Jalon écrit dans ce champ, il en crée un "
                "à lui.",
                en=f"has no meaning for “{entry.role}”: Jalon writes to that field and makes one "
                "of its own.",
            ),
        )
    if entry.existing and entry.scope == "indicator":
        yield (
            ("existing",),
            Text(
                fr=f"sans objet pour « {entry.role} » : le projet des indicateurs est fait par "
                "Jalon, et un champ des gens n'y est pas.",
                en=f"has no meaning for “{entry.role}”: Jalon makes the project of the indicators, "
                "and people's own field is not in it.",
            ),
        )
    if entry.checkpoint is not None and entry.role != "declared":
        yield (
            ("checkpoint",),
            Text(fr="sans objet : retirez la clé.", en="no meaning: remove it."),
        )
    if entry.existing and entry.role == "declared" and entry.checkpoint is None:
        yield (
            ("checkpoint",),
            Text(
                fr="un champ existant ne sert qu'un jalon : donnez l'id de ce jalon.",
                en="an existing field serves one checkpoint only: give that checkpoint's id.",
            ),
        )


def _meanings(options: Sequence[OptionEntry], *, whole: bool) -> Iterator[tuple[Key, Text]]:
    """Each option means a word; of our own field (`whole`), each word is what one of them means."""
    given = [option.means for option in options]
    for index, option in enumerate(options):
        if option.means is None:
            yield (
                ("options", index, "means"),
                Text(
                    fr=f"chaque choix dit son sens : {', '.join(_DECLARED)}.",
                    en=f"each choice says what it means: {', '.join(_DECLARED)}.",
                ),
            )
    for word in _DECLARED if whole else ():
        if None not in given and given.count(word) != 1:
            yield (
                ("options",),
                Text(
                    fr=f"« {word} » doit être le sens d'un choix et d'un seul.",
                    en=f"“{word}” must be what one choice, and only one, means.",
                ),
            )


class BuiltinEntries(Strict):
    """Asana's own properties of a task."""

    name: Ownership
    notes: Ownership
    due_on: Ownership
    section: Ownership
    order: Ownership
    assignee: Ownership


def _whole(entries: tuple[FieldEntry, ...]) -> tuple[FieldEntry, ...]:
    said: list[tuple[Key, Text]] = []
    for what in ("key", "name", "role"):
        counted = Counter(_once(entry, what) for entry in entries)
        for index, entry in enumerate(entries):
            if counted[_once(entry, what)] > 1:
                said.append(
                    (
                        (index, what),
                        Text(
                            fr="donné par deux champs; dans Asana un nom ne sert qu'une fois.",
                            en="given by two fields; in Asana a name is used only once.",
                        ),
                    )
                )
    said.extend(
        ((), Text(fr=f"le rôle « {role} » n'a pas de champ.", en=f"no field has role “{role}”."))
        for role in _SHAPES
        if all(entry.role != role for entry in entries)
    )
    if said:
        raise wrong(*said)
    return entries


def _once(entry: FieldEntry, what: str) -> tuple[str, str]:
    """What may be given once; a role, once for all checkpoints and once more for each one."""
    return getattr(entry, what).casefold(), (entry.checkpoint or "") if what == "role" else ""


class MappingFile(Strict):
    fields: Annotated[tuple[FieldEntry, ...], AfterValidator(_whole)]
    builtins: BuiltinEntries


def expand(
    file: MappingFile,
    checkpoints: Sequence[Checkpoint],
    plan: Plan,
    directions: Sequence[Direction],
    name: str = "mapping",
) -> FieldMapping:
    """
    One plan's mapping. The same inputs give the same fields in the same order.

    Raises ConfigError when the plan does not fit Asana: too many fields or options, a name
    twice, a description too long.
    """
    problems = [
        Problem(text, file=name, key=dotted(key))
        for key, text in _undeclared(file.fields, checkpoints)
    ]
    if problems:
        raise refusal(problems)
    own = {entry.checkpoint for entry in file.fields if entry.checkpoint}
    rules = tuple(
        rule
        for entry in file.fields
        for rule in _expanded(entry, checkpoints, plan, directions, own)
    )
    problems = [Problem(text, file=name, key=dotted(key)) for key, text in _too_much(rules)]
    if problems:
        raise refusal(problems)
    builtins: dict[Builtin, BuiltinRule] = {}
    for builtin in _BUILTINS:
        owned: Ownership = getattr(file.builtins, builtin)
        builtins[builtin] = BuiltinRule(owned.owner, owned.on_drift)
    return FieldMapping(rules, builtins)


def _undeclared(
    entries: Sequence[FieldEntry], checkpoints: Sequence[Checkpoint]
) -> Iterator[tuple[Key, Text]]:
    """Checkpoints that the mapping names and the config does not, or that no field declares."""
    known = {checkpoint.id for checkpoint in checkpoints}
    listed = ", ".join(sorted(known))
    given = {entry.checkpoint for entry in entries if entry.role == "declared"}
    for index, entry in enumerate(entries):
        if entry.checkpoint is not None and entry.checkpoint not in known:
            said = Text(
                fr=f"jalon inconnu « {entry.checkpoint} ». Connus : {listed}.",
                en=f"unknown checkpoint “{entry.checkpoint}”. Known: {listed}.",
            )
            yield ("fields", index, "checkpoint"), said
    if None not in given:
        for missing in sorted(known - given):
            said = Text(
                fr=f"aucun champ ne déclare le jalon « {missing} ».",
                en=f"no field declares checkpoint “{missing}”.",
            )
            yield ("fields",), said


def _expanded(
    entry: FieldEntry,
    checkpoints: Sequence[Checkpoint],
    plan: Plan,
    directions: Sequence[Direction],
    own: Collection[str | None],
) -> Iterator[FieldRule]:
    """`own` are checkpoints that have a declared status to themselves."""
    if entry.role == "declared":
        for checkpoint in checkpoints:
            if checkpoint.id != entry.checkpoint if entry.checkpoint else checkpoint.id in own:
                continue
            yield _rule(
                entry,
                key=f"{entry.key}/{checkpoint.id}",
                name=entry.name.replace(CHECKPOINT, checkpoint.title),
                description=entry.description.replace(CHECKPOINT, checkpoint.title),
                options=_written(entry),
                checkpoint_id=checkpoint.id,
            )
    elif entry.role == "axis":
        pattern = entry.option_name or ""
        choices = [
            (
                f"axe-{axis.number}",
                pattern.replace(NUMBER, str(axis.number)).replace(TITLE, axis.title),
            )
            for axis in plan.axes
        ]
        yield _rule(entry, options=_filled(entry, choices))
    elif entry.role == "direction":
        choices = [(direction.id, direction.name) for direction in directions]
        yield _rule(entry, options=_filled(entry, choices))
    else:
        yield _rule(entry, options=_written(entry))


def _rule(
    entry: FieldEntry,
    *,
    options: tuple[Option, ...],
    key: str | None = None,
    name: str | None = None,
    description: str | None = None,
    checkpoint_id: str | None = None,
) -> FieldRule:
    key = key or entry.key
    return FieldRule(
        key=key,
        role=entry.role,
        scope=entry.scope,
        name=name or entry.name,
        description=(
            entry.description
            if entry.existing
            else f"{description or entry.description}\n\n{field_line(key)}"
        ),
        kind=entry.kind,
        owner=entry.owner,
        on_drift=entry.on_drift,
        options=options,
        checkpoint_id=checkpoint_id,
        precision=entry.precision,
        existing=entry.existing,
    )


def _written(entry: FieldEntry) -> tuple[Option, ...]:
    return tuple(Option(one.id, one.name, one.color, one.means) for one in entry.options)


def _filled(entry: FieldEntry, choices: Sequence[tuple[str, str]]) -> tuple[Option, ...]:
    colors = entry.colors or ("none",)
    return tuple(
        Option(id_, name, colors[index % len(colors)]) for index, (id_, name) in enumerate(choices)
    )


def _too_much(rules: Sequence[FieldRule]) -> Iterator[tuple[Key, Text]]:
    names = Counter(rule.name.casefold() for rule in rules)
    for rule in rules:
        if names[rule.name.casefold()] > 1:
            yield (
                (rule.key,),
                Text(
                    fr=f"le nom « {rule.name} » sert à deux champs; changez un titre de jalon.",
                    en=f"the name “{rule.name}” serves two fields; change a checkpoint's title.",
                ),
            )
        if len(rule.description) >= TEXT_LIMIT:
            yield (
                (rule.key,),
                Text(
                    fr=f"description de {len(rule.description)} caractères, marque comprise : "
                    f"moins de {TEXT_LIMIT} attendus.",
                    en=f"description of {len(rule.description)} characters with its mark: fewer "
                    f"than {TEXT_LIMIT} expected.",
                ),
            )
        if rule.kind == "enum" and not 1 <= len(rule.options) <= MAX_OPTIONS:
            yield (
                (rule.key,),
                Text(
                    fr=f"{len(rule.options)} choix; Asana en admet de 1 à {MAX_OPTIONS}.",
                    en=f"{len(rule.options)} choices; Asana takes 1 to {MAX_OPTIONS}.",
                ),
            )
    scopes: tuple[Scope, ...] = ("action", "indicator")
    for scope in scopes:
        count = sum(rule.scope in (scope, "both") for rule in rules)
        if count > FIELDS_IN_A_PROJECT:
            yield (
                ("fields",),
                Text(
                    fr=f"{count} champs dans un projet; Asana en admet {FIELDS_IN_A_PROJECT}.",
                    en=f"{count} fields in one project; Asana takes {FIELDS_IN_A_PROJECT}.",
                ),
            )
