"""
Every field of the mapping, whoever owns it: plan, Asana and baseline over {absent, a, b, c}.

The rules are written out here as the design states them, and read from the top. What the whole
comparison makes of each case is held against them: what is written, told, remembered and logged.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import product
from typing import Any, Final

import pytest

from sync.core.desired import DesiredTask, build_desired
from sync.core.diff import diff
from sync.core.draft import ChangeSet, Memory
from sync.core.log_rows import decision_row, operation_rows, worth_a_row
from sync.core.marks import field_ref
from sync.core.reword import held_back
from sync.core.view import View
from sync.model.mapping import OnDrift, Owner
from sync.model.operation import PlaceTask, SetParent, UpdateTask
from sync.model.record import NewLogRow
from sync.model.rules import Rules
from sync.model.target import Observed, ObservedTask
from tests.core.paper_asana import PaperAsana, provisioned

UNSEEN: Final = "never agreed"
LETTERS: Final = ("absent", "a", "b", "c")
OWNERS: Final[tuple[tuple[Owner, OnDrift | None], ...]] = (
    ("plan", "restore"),
    ("plan", "report"),
    ("shared", "report"),
    ("people", None),
)
ACTION, INDICATOR = "action:A1-01", "indicator:A1-01-mi-chemin-1"


def long(letter: str) -> str:
    """Longer than anything that a finding shows: what is lost must be kept whole."""
    return f"{letter} : " + " ".join([f"mot {letter}{n}" for n in range(60)])


@dataclass(frozen=True)
class Kind:
    """A real field: what each letter is in the plan and in Asana, and as the log spells it."""

    ref: str
    name: str
    spelled: Mapping[str, str | None]
    values: Mapping[str, Any]
    built_in: bool = False
    always: bool = False  # the plan always has one

    @property
    def governed_by(self) -> str:
        return "section" if self.name == "parent" else self.name


def text(ref: str, name: str, *, built_in: bool = False, empty: str | None = None) -> Kind:
    values = {letter: long(letter) for letter in "abc"}
    return Kind(ref, name, {**values, "absent": None}, {**values, "absent": empty}, built_in)


DAYS = {letter: date(2026, 2, day) for day, letter in enumerate("abc", start=3)}
ISO = {letter: f"2026-02-0{day}" for day, letter in enumerate("abc", start=3)}
WORDS = {"a": "a_venir", "b": "en_cours", "c": "atteint"}
VOLETS = {"a": "section:1.1", "b": "section:1.2", "c": "section:2.1"}
PARENTS = {"a": "action:A1-01", "b": "action:A1-02", "c": "action:A2-01"}
KINDS: Final = {
    "name": text(ACTION, "name", built_in=True, empty=""),
    "notes": text(ACTION, "notes", built_in=True, empty=""),
    "section": Kind(ACTION, "section", {**VOLETS, "absent": None}, VOLETS, True, True),
    "text": text(ACTION, "suivi_public"),
    "note": text(ACTION, "note_publique"),
    "link": text(ACTION, "preuve"),
    "enum": Kind(ACTION, "declare/mi-chemin", {**WORDS, "absent": None}, WORDS),
    "due date": Kind(INDICATOR, "due_on", {**ISO, "absent": None}, DAYS, True),
    "parent": Kind(INDICATOR, "parent", {**PARENTS, "absent": None}, PARENTS, True, True),
    "number": Kind(
        INDICATOR,
        "quantite",
        {"absent": None, "a": "3", "b": "4.25", "c": "0"},
        {"a": 3, "b": 4.25, "c": 0},
    ),
    "date": Kind(INDICATOR, "fait_le", {**ISO, "absent": None}, DAYS),
}


@dataclass(frozen=True)
class Outcome:
    """`remembered` is whether Asana's value is agreed on at once."""

    written: bool
    finding: str | None
    remembered: bool
    row: str | None


QUIET = Outcome(False, None, False, None)


def by_the_design(
    owner: Owner, drift: OnDrift | None, plan: str, asana: str, base: str, *, lately: bool
) -> Outcome:
    """The first that holds. `lately`: restored within the last seven days."""
    seen = base != UNSEEN
    if owner == "people":  # Jalon only reads it: what moved is remembered
        moved = asana != (base if seen else "absent")
        return Outcome(False, None, True, "pull") if moved else QUIET
    if plan == asana:  # whatever was agreed on before
        return QUIET if base == plan else Outcome(False, None, True, None)
    if not seen:  # nobody agreed on it: an empty field is filled, another is held
        if asana == "absent":
            return Outcome(True, None, False, "write")
        return Outcome(False, "field.unseen", False, "hold")
    if asana == base:  # only the plan moved
        return Outcome(True, None, False, "write")
    if (owner, drift) == ("plan", "restore"):  # a person moved what the plan owns
        if lately:
            return Outcome(False, "field.restored_again", False, "hold")
        return Outcome(True, "field.restored", False, "restore")
    if plan == base:  # only a person moved: left, and told
        return Outcome(False, "field.drifted", False, "report")
    return Outcome(False, "field.conflict", False, "conflict")  # both did: held


class Stage:
    """One action and one indicator of a plan in place, to be put into any state."""

    def __init__(self) -> None:
        self.paper: PaperAsana = provisioned()
        self.view: View = self.paper.look()
        self.observed: Observed = self.paper.observe()
        self.gids = self.paper.links
        desired = build_desired(
            self.paper.plan, self.paper.rules, {a.id: "" for _, _, a in self.paper.plan.actions()}
        )
        self.desired = {task.ref: task for task in desired if task.ref in (ACTION, INDICATOR)}
        self.home = {
            ACTION: self.observed.projects["actions"].gid,
            INDICATOR: self.observed.projects["indicators"].gid,
        }
        self.steady = {
            key: value
            for key, value in self.paper.baselines.items()
            if key not in {(kind.ref, kind.name) for kind in KINDS.values()}
        }

    def rules(self, owner: Owner, drift: OnDrift | None, precision: int = 2) -> Rules:
        """The real mapping, with another owner for every field that is looked at."""
        mapping = self.paper.rules.mapping
        mine = {kind.name for kind in KINDS.values() if not kind.built_in}
        fields = tuple(
            replace(
                rule,
                owner=owner,
                on_drift=drift,
                precision=precision if rule.kind == "number" else 0,
            )
            if rule.key in mine
            else rule
            for rule in mapping.fields
        )
        names = {kind.governed_by for kind in KINDS.values() if kind.built_in}
        builtins = {
            name: replace(rule, owner=owner, on_drift=drift) if name in names else rule
            for name, rule in mapping.builtins.items()
        }
        return replace(self.paper.rules, mapping=replace(mapping, fields=fields, builtins=builtins))

    def wanted(self, values: Mapping[str, Any]) -> tuple[DesiredTask, ...]:
        tasks = {ref: task._replace(fields={}) for ref, task in self.desired.items()}
        for name, value in values.items():
            kind, task = KINDS[name], tasks[KINDS[name].ref]
            if kind.built_in:
                tasks[kind.ref] = task._replace(**{kind.name: value})
            else:
                tasks[kind.ref] = task._replace(fields={**task.fields, kind.name: value})
        return tuple(
            task._replace(fields={**task.fields, "jalon_id": self.desired[ref].fields["jalon_id"],
                                  **({"axe": "axe-1"} if ref == ACTION else {})})
            for ref, task in tasks.items()
        )  # fmt: skip

    def seen(self, values: Mapping[str, Any]) -> Observed:
        tasks = dict(self.observed.tasks)
        for name, value in values.items():
            kind = KINDS[name]
            gid = self.gids[kind.ref]
            tasks[gid] = self._with(tasks[gid], kind, value)
        return replace(self.observed, tasks=tasks)

    def _with(self, task: ObservedTask, kind: Kind, value: Any) -> ObservedTask:
        if kind.name == "section":
            home = self.gids[value] if value else None
            return replace(task, homes={**task.homes, self.home[kind.ref]: home})
        if kind.name == "parent":
            return replace(task, parent_gid=self.gids[value] if value else None)
        if kind.built_in:
            return replace(task, **{kind.name: value})
        if kind.name.startswith("declare/") and value:
            value = self.gids[f"option:{kind.name}/{value}"]
        return replace(task, fields={**task.fields, self.gids[field_ref(kind.name)]: value})

    def compare(
        self,
        rules: Rules,
        plan: Mapping[str, Any],
        asana: Observed,
        baselines: Mapping[tuple[str, str], str | None],
        *,
        lately: bool = False,
    ) -> ChangeSet:
        known = {**self.steady, **baselines}
        restored = frozenset(
            (kind.ref, kind.name) for kind in KINDS.values() if lately
        )  # fmt: skip
        memory = Memory(known, restored=restored)
        recognition = self.view.recognition
        return diff(self.paper.plan, rules, self.wanted(plan), asana, recognition, memory)


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


def written(changes: ChangeSet) -> dict[tuple[str, str], NewLogRow]:
    """By field, the row that the log gets for what is written there."""
    decisions = {(one.subject, one.field): one for one in changes.decisions}
    return {
        (row.subject, row.field): row
        for operation in changes.operations
        if isinstance(operation, UpdateTask | PlaceTask | SetParent)
        for row in operation_rows(operation, "done", decisions)
        if row.subject in (ACTION, INDICATOR)
    }


def told(changes: ChangeSet, kind: Kind) -> list[str]:
    named = [f.code for f in changes.findings if f.subject == f"{kind.ref}#{kind.name}"]
    if kind.name in ("section", "parent"):
        code = {"section": "task.moved", "parent": "task.rehung"}[kind.name]
        named += [f.code for f in changes.findings if f.subject == kind.ref and f.code == code]
    return named


def as_told(kind: Kind, outcome: Outcome, asana: str) -> list[str]:
    """Where a whole task moved, it is told of the task; but a hold is told as any other."""
    code = outcome.finding
    if code is None or code == "field.restored_again":
        return [code] if code else []
    if kind.name == "section" and asana == "absent":
        return ["task.moved"]
    return ["task.rehung"] if kind.name == "parent" else [code]


def cases() -> Iterator[tuple[str, str, str]]:
    return product(LETTERS, LETTERS, (*LETTERS, UNSEEN))


@pytest.mark.parametrize("lately", [False, True], ids=["first time", "restored lately"])
@pytest.mark.parametrize(("owner", "drift"), OWNERS, ids=["restore", "report", "shared", "people"])
def test_every_triple_of_every_kind(
    stage: Stage,
    record_property: Callable[[str, object], None],
    owner: Owner,
    drift: OnDrift | None,
    *,
    lately: bool,
) -> None:
    rules, count = stage.rules(owner, drift), 0
    for plan, asana, base in cases():
        kinds = {n: k for n, k in KINDS.items() if not (k.always and plan == "absent")}
        wanted = {name: kind.values.get(plan) for name, kind in kinds.items()}
        seen = stage.seen({name: kind.values.get(asana) for name, kind in kinds.items()})
        agreed = {
            (kind.ref, kind.name): kind.spelled[base] for kind in kinds.values() if base != UNSEEN
        }
        changes = stage.compare(rules, wanted, seen, agreed, lately=lately)
        outcome = by_the_design(owner, drift, plan, asana, base, lately=lately)
        rows = written(changes)
        left = {(d.subject, d.field): decision_row(d) for d in changes.decisions if worth_a_row(d)}
        for name, kind in kinds.items():
            case, key = f"{name}: plan {plan}, asana {asana}, base {base}", (kind.ref, kind.name)
            count += 1
            assert (key in rows) is outcome.written, case
            assert told(changes, kind) == as_told(kind, outcome, asana), case
            assert (key in changes.agreed) is outcome.remembered, case
            if outcome.remembered:
                assert changes.agreed[key] == kind.spelled[asana], case
            assert_the_log_keeps(rows.get(key), left.get(key), outcome, kind, asana, case)
        assert_conflict_is_not_published(stage, rules, changes, agreed, outcome, plan, base)
    record_property("cases: triples of plan, Asana and baseline, by owner and kind of field", count)


def assert_the_log_keeps(
    wrote: NewLogRow | None,
    left: NewLogRow | None,
    outcome: Outcome,
    kind: Kind,
    asana: str,
    case: str,
) -> None:
    """What a person had written there stands in a row, whole, before it is written over."""
    if outcome.row is None:
        assert wrote is None, case
        assert left is None, case
        return
    row = wrote if outcome.written else left
    assert row is not None, case
    assert (row.rule, row.asana) == (outcome.row, kind.spelled[asana]), case
    assert row.reason_fr, case
    if outcome.written:
        assert row.from_ == kind.spelled[asana], case


def assert_conflict_is_not_published(
    stage: Stage,
    rules: Rules,
    changes: ChangeSet,
    agreed: Mapping[tuple[str, str], str | None],
    outcome: Outcome,
    plan: str,
    base: str,
) -> None:
    """Of what both share and changed apart, the public goes on reading what was agreed."""
    shared = rules.mapping.builtins["name"].owner == "shared"
    if outcome.finding != "field.conflict" or not shared or base == "absent":
        return
    said = replace_title(stage, long(plan))
    public = held_back(said, rules, changes.findings, lambda: agreed)
    assert title(public) == long(base)


def replace_title(stage: Stage, words: str) -> Any:
    plan = stage.paper.plan
    first, *axes = plan.axes
    volet, *volets = first.volets
    action, *actions = volet.actions
    volet = replace(volet, actions=(replace(action, title=words), *actions))
    return replace(plan, axes=(replace(first, volets=(volet, *volets)), *axes))


def title(plan: Any) -> str:
    return next(str(a.title) for _, _, a in plan.actions() if f"action:{a.id}" == ACTION)


# noise


def decomposed(words: str) -> str:
    return unicodedata.normalize("NFD", words)


PLAIN = "Déjà 3 ententes « signées » à l’été, où ça\nva bien"
TEXT_NOISE: Final[dict[str, str]] = {
    "no-break spaces": PLAIN.replace(" ", "\N{NO-BREAK SPACE}"),
    "narrow ones": PLAIN.replace("« ", "«\N{NARROW NO-BREAK SPACE}"),
    "thin ones": PLAIN.replace(" »", "\N{THIN SPACE}»"),
    "doubled ones": PLAIN.replace(" ", "  "),
    "tabs": PLAIN.replace(" ", "\t"),
    "around": f"  {PLAIN} \n",
    "at a line's end": PLAIN.replace("\n", "  \n "),
    "line ends": PLAIN.replace("\n", "\r\n"),
    "letters and marks apart": decomposed(PLAIN),
    "apart, and no-break": decomposed(PLAIN).replace(" ", "\N{NO-BREAK SPACE}"),
}
MONTREAL = timezone(timedelta(hours=-5))
DAY_NOISE: Final[dict[str, Any]] = {
    "with a time": datetime(2026, 2, 3),  # noqa: DTZ001 - as a reader without zones would say it
    "with a time and a zone": datetime(2026, 2, 3, 23, 30, tzinfo=MONTREAL),
    "in UTC": datetime(2026, 2, 3, 0, 30, tzinfo=UTC),
}
NUMBER_NOISE: Final[dict[str, Any]] = {
    "3.0": 3.0,
    "3.00 as a sum": 2.9 + 0.1,
    "beyond two decimals": 3.0000001,
    "short of it": 2.9999999,
}
NOISE: Final = [
    *((kind, how, PLAIN, value) for kind in ("name", "notes", "text", "note", "link")
      for how, value in TEXT_NOISE.items()),
    *((kind, how, date(2026, 2, 3), value) for kind in ("date", "due date")
      for how, value in DAY_NOISE.items()),
    *(("number", how, 3, value) for how, value in NUMBER_NOISE.items()),
    ("number", "a sum of decimals", 0.3, 0.1 + 0.2),
    ("number", "zero and below it", 0, -0.0),
]  # fmt: skip


@pytest.mark.parametrize(("owner", "drift"), OWNERS, ids=["restore", "report", "shared", "people"])
@pytest.mark.parametrize(
    ("name", "plain", "noisy"),
    [pytest.param(kind, plain, noisy, id=f"{kind}, {how}") for kind, how, plain, noisy in NOISE],
)
def test_noise_is_never_drift(
    stage: Stage, owner: Owner, drift: OnDrift | None, name: str, plain: Any, noisy: Any
) -> None:
    """In Asana, in the plan, or agreed on from either: nothing to write, to tell, to remember."""
    rules, kind = stage.rules(owner, drift), KINDS[name]
    key, others = (kind.ref, kind.name), steady_values(name)
    first = stage.compare(rules, {**others, name: plain}, stage.seen({**others, name: plain}), {})
    for agreed_on, wanted, seen in product((plain, noisy), repeat=3):
        base = stage.compare(
            rules, {**others, name: agreed_on}, stage.seen({**others, name: agreed_on}), {}
        ).agreed
        assert base[key] == first.agreed[key]
        changes = stage.compare(
            rules, {**others, name: wanted}, stage.seen({**others, name: seen}), base
        )
        assert not written(changes)
        assert key not in changes.agreed
        assert not told(changes, kind)
        assert not [one for one in changes.decisions if one.field == kind.name]


def steady_values(name: str) -> dict[str, Any]:
    return {each: kind.values.get("a") for each, kind in KINDS.items() if each != name}


@pytest.mark.parametrize(
    "shuffled",
    [
        pytest.param(lambda options: options[::-1], id="in another order"),
        pytest.param(lambda options: (*options[2:], *options[:2]), id="turned"),
        pytest.param(
            lambda options: tuple(replace(one, color="red") for one in options), id="recoloured"
        ),
        pytest.param(
            lambda options: tuple(replace(one, name=f"{one.name} ") for one in options), id="spaced"
        ),
    ],
)
@pytest.mark.parametrize(("owner", "drift"), OWNERS, ids=["restore", "report", "shared", "people"])
def test_how_the_options_of_a_field_stand_is_noise(
    stage: Stage, owner: Owner, drift: OnDrift | None, shuffled: Callable[[Any], Any]
) -> None:
    rules, kind = stage.rules(owner, drift), KINDS["enum"]
    values = {name: each.values.get("a") for name, each in KINDS.items()}
    seen = stage.seen(values)
    seen = replace(
        seen, fields=tuple(replace(one, options=shuffled(one.options)) for one in seen.fields)
    )
    agreed = {(each.ref, each.name): each.spelled["a"] for each in KINDS.values()}
    changes = stage.compare(rules, values, seen, agreed)
    assert not written(changes)
    assert not told(changes, kind)
    assert not [one for one in changes.decisions if one.field == kind.name]


@pytest.mark.parametrize("base", [UNSEEN, None, "oui"])
@pytest.mark.parametrize("done", [True, False])
def test_a_tick_is_people_s_whatever_was_agreed(
    stage: Stage, *, done: bool, base: str | None
) -> None:
    values = {name: each.values.get("a") for name, each in KINDS.items()}
    seen, gid = stage.seen(values), stage.gids[INDICATOR]
    seen = replace(seen, tasks={**seen.tasks, gid: replace(seen.tasks[gid], completed=done)})
    agreed = {(each.ref, each.name): each.spelled["a"] for each in KINDS.values()}
    key = (INDICATOR, "completed")
    known = agreed if base == UNSEEN else {**agreed, key: base}
    changes = stage.compare(stage.rules("people", None), values, seen, known)
    assert not written(changes)
    now = "oui" if done else None
    before = None if base == UNSEEN else base
    assert changes.agreed.get(key, before) == now
    assert [d.verdict.value for d in changes.decisions if d.field == "completed"] == (
        [] if now == before else ["pull"]
    )
