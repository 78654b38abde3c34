"""
What the invented managers do: deterministic, varied, and dated around the plan's checkpoints.

Each action gets two manners in turn, one for its earlier checkpoints and one for its last, so that
every status and the usual mishaps show on any plan of ordinary size. Days are relative to the
échéance and the gel, never to a city.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Final

from sync.core.marks import action_ref, indicator_ref
from sync.model.mapping import DeclaredWord
from sync.model.operation import Ref
from sync.model.plan import Action, Checkpoint, Indicator, Plan
from sync.model.rules import Rules

OPENING = timedelta(days=76)
"""The first cycle comes eleven weeks before the first échéance, when a plan is young."""
NOON: Final = time(12)
CLOSING: Final = time(23, 45)
SET_BACK: Final = 7
"""The silent action of which a result is dated before the échéance once the gel is past."""
REWORDED: Final = 5
"""The action whose title somebody changes while the plan changes it too."""
DEMO_LINK: Final = "https://www.example.org/demonstration"

MANAGERS: Final = ("Personne inventée A", "Personne inventée B", "Personne inventée C")


@dataclass(frozen=True, slots=True)
class Edit:
    """Someone changes a task; `fields` by the mapping's key, an enum by its option's name."""

    on: date
    ref: Ref
    completed: bool | None = None
    name: str | None = None
    fields: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Someone copies a task, id field included."""

    on: date
    ref: Ref


@dataclass(frozen=True, slots=True)
class Trash:
    on: date
    ref: Ref


@dataclass(frozen=True, slots=True)
class AddForeign:
    """Someone adds a task that is no business of the plan."""

    on: date
    name: str


Act = Edit | Duplicate | Trash | AddForeign


def moments(checkpoints: tuple[Checkpoint, ...]) -> tuple[tuple[date, time], ...]:
    """
    Cycles run early, five days before the first échéance, and on the day after each gel.

    Right before the end of the first gel there is one too, as the service has it; for the others
    the service was down, so that both ways of freezing show.
    """
    first = checkpoints[0]
    return (
        (first.due - OPENING, NOON),
        (first.due - timedelta(days=5), NOON),
        (first.freeze_on, CLOSING),
        *((checkpoint.freeze_on + timedelta(days=1), NOON) for checkpoint in checkpoints),
    )


def script(plan: Plan, rules: Rules) -> tuple[Act, ...]:
    """Every act of the demo, in the order of time."""
    acts = [*_progress(plan, rules), *_mishaps(plan, rules)]
    return tuple(sorted(acts, key=lambda act: act.on))


# manners: how the manager of an action behaves around one checkpoint


@dataclass(frozen=True, slots=True)
class _Scene:
    action: Action
    checkpoint: Checkpoint
    rules: Rules

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return self.action.indicators.get(self.checkpoint.id, ())

    def due(self, offset: int) -> date:
        return self.checkpoint.due + timedelta(days=offset)

    def frozen(self, offset: int) -> date:
        return self.checkpoint.freeze_on + timedelta(days=offset)

    def declare(self, on: date, word: DeclaredWord) -> Edit:
        rule = self.rules.mapping.role("declared", self.checkpoint.id)
        name = next(option.name for option in rule.options if option.means == word)
        return Edit(on, action_ref(self.action.id), fields={rule.key: name})

    def tick(self, indicator: Indicator, on: date, stated: date | None = None) -> Edit:
        """Done, with its « Fait le » when stated and its quantity when one is expected."""
        mapping = self.rules.mapping
        fields: dict[str, str | int | None] = {}
        if stated is not None:
            fields[mapping.role("done_on").key] = stated.isoformat()
        if indicator.goal.at_least is not None:
            fields[mapping.role("quantity").key] = indicator.goal.at_least
        return Edit(on, indicator_ref(indicator.id), completed=True, fields=fields)


Manner = Callable[[_Scene], Iterator[Act]]


def _on_time(scene: _Scene) -> Iterator[Act]:
    for number, indicator in enumerate(scene.indicators):
        day = scene.due(-20 + 5 * number)
        yield scene.tick(indicator, day, day)
    yield scene.declare(scene.due(-7), "atteint")


def _undeclared(scene: _Scene) -> Iterator[Act]:
    for indicator in scene.indicators:
        yield scene.tick(indicator, scene.due(-9), scene.due(-10))


def _ticked_on_monday(scene: _Scene) -> Iterator[Act]:
    """Friday's work, recorded after the weekend: not late, for « Fait le » says so."""
    yield scene.declare(scene.due(-15), "en_cours")
    for indicator in scene.indicators:
        yield scene.tick(indicator, scene.due(1), scene.due(-2))
    yield scene.declare(scene.due(1), "atteint")


def _late(scene: _Scene) -> Iterator[Act]:
    """Between échéance and gel, and without a date: late, and a question to the manager."""
    yield scene.declare(scene.due(-12), "en_cours")
    for indicator in scene.indicators:
        yield scene.tick(indicator, scene.due(3))
    yield scene.declare(scene.due(3), "atteint")


def _half(scene: _Scene) -> Iterator[Act]:
    """The first half is done; a quantity of the rest is begun."""
    yield scene.declare(scene.due(-14), "en_cours")
    half = len(scene.indicators) // 2
    for indicator in scene.indicators[:half]:
        yield scene.tick(indicator, scene.due(-8), scene.due(-8))
    for indicator in scene.indicators[half:]:
        if indicator.goal.at_least:
            key = scene.rules.mapping.role("quantity").key
            begun: dict[str, str | int | None] = {key: indicator.goal.at_least - 1}
            yield Edit(scene.due(-8), indicator_ref(indicator.id), fields=begun)


def _half_then_done(scene: _Scene) -> Iterator[Act]:
    """Frozen as not achieved, done afterwards: the page shows both."""
    yield from _half(scene)
    for indicator in scene.indicators[len(scene.indicators) // 2 :]:
        yield scene.tick(indicator, scene.frozen(11), scene.frozen(10))
    yield scene.declare(scene.frozen(11), "atteint")


def _wishful(scene: _Scene) -> Iterator[Act]:
    """Declared achieved, nothing to show for it."""
    yield scene.declare(scene.due(-6), "atteint")


def _silent(_scene: _Scene) -> Iterator[Act]:
    return iter(())


def _continuous(scene: _Scene) -> Iterator[Act]:
    yield scene.declare(scene.due(-9), "en_continu")


MANNERS: Final[tuple[tuple[Manner, Manner], ...]] = (
    (_on_time, _on_time),
    (_half_then_done, _half),
    (_on_time, _ticked_on_monday),
    (_late, _on_time),
    (_undeclared, _late),
    (_wishful, _half),
    (_ticked_on_monday, _on_time),
    (_silent, _silent),
    (_on_time, _wishful),
)


def _progress(plan: Plan, rules: Rules) -> Iterator[Act]:
    for number, (_, _, action) in enumerate(plan.actions()):
        earlier, last = MANNERS[number % len(MANNERS)]
        for checkpoint in rules.checkpoints:
            scene = _Scene(action, checkpoint, rules)
            manner = last if checkpoint is rules.checkpoints[-1] else earlier
            continuity = any(i.goal.kind == "continuity" for i in scene.indicators)
            if not scene.indicators:
                continue
            yield from (_continuous if continuity and manner is not _silent else manner)(scene)


# mishaps: each once, on the action whose turn it is


def _mishaps(plan: Plan, rules: Rules) -> Iterator[Act]:
    actions = [action for _, _, action in plan.actions()]
    mapping = rules.mapping
    (start, _), first = moments(rules.checkpoints)[0], rules.checkpoints[0]

    def of(number: int) -> Ref:
        return action_ref(actions[number % len(actions)].id)

    def after_start(days_later: int) -> date:
        return start + timedelta(days=days_later)

    directions = mapping.role("direction").options
    for number, action in enumerate(actions):
        if directions and number % 4 != 3:
            chosen: dict[str, str | int | None] = {
                mapping.role("direction").key: directions[number % len(directions)].name
            }
            yield Edit(after_start(8), action_ref(action.id), fields=chosen)
    yes = mapping.role("publish_note").options[0].name
    notes = {
        0: "Démonstration : note inventée. Tout s’est déroulé comme prévu.",
        3: "Démonstration : note inventée. Écrire à personne@exemple.invalid ou au 819 555-0199.",
        9: "Démonstration : note inventée. Le calendrier a été revu avec les équipes.",
    }
    for number, words in notes.items():
        said: dict[str, str | int | None] = {
            mapping.role("note").key: words,
            mapping.role("publish_note").key: yes,
            mapping.role("evidence").key: DEMO_LINK,
        }
        yield Edit(after_start(30), of(number), fields=said)
    yield Duplicate(after_start(15), of(2))
    yield Edit(after_start(20), of(1), name="Titre changé à la main (démonstration)")
    yield Edit(after_start(18), of(REWORDED), name="Titre raccourci à la main (démonstration)")
    yield Trash(after_start(40), of(10))
    overwritten: dict[str, str | int | None] = {
        mapping.role("public_followup").key: "Texte écrit à la main dans un champ tenu par Jalon."
    }
    yield Edit(after_start(22), of(4), fields=overwritten)
    yield AddForeign(after_start(25), "Réserver la salle (tâche hors plan, démonstration)")
    yield Trash(first.freeze_on + timedelta(days=6), of(18))
    if len(actions) > SET_BACK:
        scene = _Scene(actions[SET_BACK], first, rules)
        for indicator in scene.indicators:
            yield scene.tick(indicator, scene.frozen(1), scene.due(-3))
