"""`jalon diff`: what a cycle would change; writes nothing anywhere."""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sync.cli.arguments import add_as_of, add_json, add_plan
from sync.cli.invocation import CHANGES_PENDING, DONE, Invocation
from sync.cli.kinds import KINDS, named
from sync.core.alarms import in_words
from sync.core.changes import changes
from sync.core.desired import titles_of
from sync.core.diagnosis import forecast_words
from sync.core.ending import written_no_more
from sync.core.fill import counted
from sync.core.marks import field_ref
from sync.errors import UnsafeChangeSet
from sync.model.cost import FREE_RATE, PAID_RATE, Cost
from sync.model.decision import Decision
from sync.model.operation import AnyOperation, CreateTask, PlaceTask, UpdateTask
from sync.proposal import Proposal, Wishes, cost_of, digest_of, propose
from sync.site.locales.changes import say_change
from sync.wiring import OpenedPlan, connected, process_name, try_plans
from sync.wording import Language, Text

NAME = "diff"
HELP = Text(
    "montre ce qu’un cycle changerait dans Asana (code 3 s’il y a quelque chose)",
    "show what a cycle would change in Asana (code 3 if anything)",
)
HEADERS = (
    Text("quoi", "what"),
    Text("objet", "thing"),
    Text("titre", "title"),
    Text("champ", "field"),
    Text("de", "from"),
    Text("à", "to"),
    Text("pourquoi", "why"),
)
HEAD = (0, 1, 3)
PUBLIC_HEADERS = (
    Text("action", "action"),
    Text("ce que la page dirait", "what the page would say"),
)
COST_HEADERS = (Text("requête", "request"), Text("nombre", "count"))


@dataclass(frozen=True, slots=True)
class Whole:
    """
    The change set as a whole: its digest, what the guard says, and what the page would say.

    There is none when nothing would change.
    """

    digest: str
    held: Text | None
    public: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One field that would be written, or one thing that would be made."""

    kind: str
    ref: str
    title: str
    field: str
    before: str | None
    after: str | None
    why: Text


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    add_plan(parser, language)
    add_json(parser, language)
    add_as_of(parser, language)
    parser.add_argument(
        "--cost",
        action="store_true",
        help=Text(
            "montre plutôt combien de requêtes prendrait ce cycle, par sorte",
            "show how many requests that cycle would take instead, by kind",
        ).in_(language),
    )


def run(call: Invocation) -> int:
    settings = call.settings()
    wishes = Wishes(sandbox_only=call.args.as_of is not None)
    told: list[dict[str, Any]] = []
    pending = held = False
    with try_plans(settings, only=call.args.plan) as plans:
        for opened in plans:
            clock = call.clock(opened.settings.city.zone())
            with (
                connected(opened, clock, process_name()) as ports,
                call.output.step(Text("Lecture d’Asana…", "Reading Asana…")),
            ):
                proposal = propose(ports, opened.rules, opened.plan_file, wishes)
                cost = cost_of(ports, opened.rules, proposal)
            lines = list(lines_of(proposal, opened))
            whole = whole_of(proposal, opened)
            pending = pending or bool(lines)
            held = held or bool(proposal.alarms)
            if call.args.cost:
                told.append(_cost_json(opened.plan.id, cost))
            else:
                told += [_json(opened.plan.id, line, call.language) for line in lines]
                told += [_whole_json(opened.plan.id, whole, call.language)] if whole else []
            if not call.args.json:
                if call.args.cost:
                    _print_cost(call, opened, cost)
                else:
                    _print(call, opened, lines, opened.rules.ends_on if proposal.over else None)
                    _print_whole(call, whole)
    if call.args.json:
        call.output.json(told)
    if held:
        return UnsafeChangeSet.exit_code
    return CHANGES_PENDING if pending else DONE


def whole_of(proposal: Proposal, opened: OpenedPlan) -> Whole | None:
    digest, after = digest_of(opened.store, proposal), proposal.candidate
    if digest is None or after is None:
        return None
    titles = {checkpoint.id: checkpoint.titre for checkpoint in after.jalons}
    public = tuple(
        (
            change.action_id or "",
            Text(say_change(change, titles, "fr"), say_change(change, titles, "en")),
        )
        for change in changes(proposal.published, after)
    )
    held = in_words(proposal.alarms) if proposal.alarms else None
    return Whole(digest, held, public)


def lines_of(proposal: Proposal, opened: OpenedPlan) -> Iterator[Line]:
    """Grouped by kind, in the order in which they would be sent."""
    changes = proposal.view.changes
    decisions = {(d.subject, d.field): d for d in changes.decisions}
    titles = titles_of(opened.plan)
    order = {kind: place for place, kind in enumerate(KINDS)}
    for operation in sorted(changes.operations, key=lambda o: order[type(o).__name__]):
        title = titles.get(operation.ref) or str(getattr(operation, "name", ""))
        yield from _lines(operation, title, decisions)


def _lines(
    operation: AnyOperation, title: str, decisions: Mapping[tuple[str, str], Decision]
) -> Iterator[Line]:
    kind = type(operation).__name__
    written: dict[str, object] = {"": None}
    if isinstance(operation, UpdateTask):
        prefix = field_ref("")
        fields = {ref.removeprefix(prefix): value for ref, value in operation.fields.items()}
        written = {**operation.builtins, **fields}
    elif isinstance(operation, PlaceTask):
        written = {"section": operation.section}
    elif isinstance(operation, CreateTask):
        written = {"": operation.due_on}
    for name, value in written.items():
        decision = decisions.get((operation.ref, name))
        yield Line(
            kind=kind,
            ref=operation.ref,
            title=title,
            field=name,
            before=decision.asana if decision else None,
            after=decision.plan if decision else None if value is None else str(value),
            why=Text(decision.reason_fr, decision.reason_en)
            if decision
            else Text("absent d’Asana", "absent from Asana"),
        )


def _print(call: Invocation, opened: OpenedPlan, lines: list[Line], ends_on: date | None) -> None:
    """`ends_on` is the plan's last day, where it is over."""
    if ends_on is not None:
        said, plan = written_no_more(ends_on), opened.plan.title
        call.output.say(Text(f"{plan} : {said.fr}", f"{plan}: {said.en}"))
        return
    if not lines:
        call.output.say(
            Text(
                f"{opened.plan.title} : rien à changer, Asana suit le plan.",
                f"{opened.plan.title}: nothing to change, Asana follows the plan.",
            )
        )
        return
    count = _changes(len(lines))
    title = Text(
        f"{opened.plan.title} : {count.fr} à faire", f"{opened.plan.title}: {count.en} to make"
    )
    rows = [
        (named(x.kind, KINDS), x.ref, x.title, x.field, x.before, x.after, x.why) for x in lines
    ]
    call.output.table(HEADERS, rows, title=title, head=HEAD)


def _changes(number: int) -> Text:
    return counted(number, Text("changement", "change"), Text("changements", "changes"))


def _print_whole(call: Invocation, whole: Whole | None) -> None:
    if whole is None:
        return
    say = call.output.say
    if whole.public:
        count = _changes(len(whole.public))
        title = Text(f"Sur la page : {count.fr}", f"On the page: {count.en}")
        call.output.table(PUBLIC_HEADERS, whole.public, title=title, head=(0,))
    say(Text(f"Empreinte du changement : {whole.digest}", f"Change set digest: {whole.digest}"))
    if whole.held is not None:
        call.output.complain(
            Text(
                f"Le garde-fou retient ce changement : {whole.held.fr}. Corriger la cause, ou, si "
                f"c’est voulu : jalon sync --accept {whole.digest} --by NOM --reason MOTIF",
                f"The guard holds this change set: {whole.held.en}. Mend the cause or, if it is "
                f"intended: jalon sync --accept {whole.digest} --by NAME --reason TEXT",
            )
        )


def _print_cost(call: Invocation, opened: OpenedPlan, cost: Cost) -> None:
    told = forecast_words(cost)
    title = Text(
        f"{opened.plan.title}, prochain cycle : {told.fr}",
        f"{opened.plan.title}, next cycle: {told.en}",
    )
    rows = sorted(cost.requests.items(), key=lambda row: (-row[1], row[0]))
    call.output.table(COST_HEADERS, rows, title=title, head=(0,))


def _cost_json(plan_id: str, cost: Cost) -> dict[str, Any]:
    return {
        "plan": plan_id,
        "requests": dict(sorted(cost.requests.items())),
        "reads": cost.reads,
        "writes": cost.writes,
        "minutes": {str(rate): cost.minutes(rate) for rate in (FREE_RATE, PAID_RATE)},
    }


def _whole_json(plan_id: str, whole: Whole, language: Language) -> dict[str, Any]:
    return {
        "plan": plan_id,
        "kind": "change_set",
        "digest": whole.digest,
        "held": whole.held.in_(language) if whole.held else None,
        "public": [
            {"action": action or None, "text": text.in_(language)} for action, text in whole.public
        ],
    }


def _json(plan_id: str, line: Line, language: Language) -> dict[str, Any]:
    return {
        "plan": plan_id,
        "kind": line.kind,
        "ref": line.ref,
        "title": line.title,
        "field": line.field,
        "from": line.before,
        "to": line.after,
        "why": line.why.in_(language),
    }
