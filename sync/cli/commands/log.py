"""`jalon log`: every operation and every decision, with its reason."""

import argparse
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sync.cli.arguments import add_json, add_plan, count
from sync.cli.invocation import DONE, Invocation
from sync.cli.log_words import LOGGED_KINDS, OUTCOMES, RULES, in_words
from sync.cli.output import Output
from sync.cli.whereabouts import action_in, action_of, heading, parents_of, refs_of
from sync.model.decision import Verdict
from sync.model.record import LogRow
from sync.wiring import OpenedPlan, open_plans
from sync.wording import Language, Text

NAME = "log"
HELP = Text(
    "le journal : qui ou quoi, quand, de, à, pourquoi", "the log: who or what, when, from, to, why"
)
HEADERS = (
    Text("quand", "when"),
    Text("cycle", "cycle"),
    Text("qui", "who"),
    Text("quoi", "what"),
    Text("objet", "thing"),
    Text("champ", "field"),
    Text("de", "from"),
    Text("à", "to"),
    Text("règle", "rule"),
    Text("pourquoi", "why"),
    Text("issue", "outcome"),
)
HEAD = (0, 1, 2, 3, 4, 5, 10)
LEFT_TO_PEOPLE = frozenset({Verdict.REPORT, Verdict.CONFLICT, Verdict.HOLD})


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    add_plan(parser, language)
    add_json(parser, language)
    parser.add_argument(
        "--action",
        metavar="ID",
        help=Text("une action et ses indicateurs", "one action and its indicators").in_(language),
    )
    parser.add_argument(
        "--cycle", metavar="ID", help=Text("un seul cycle", "one cycle only").in_(language)
    )
    parser.add_argument(
        "--limit",
        type=count(language),
        metavar="N",
        help=Text("les N lignes les plus récentes", "the N newest rows").in_(language),
    )


def run(call: Invocation) -> int:
    told: list[dict[str, Any]] = []
    settings = call.settings()
    with open_plans(settings, only=call.args.plan, writing=False) as plans:
        for opened in plans:
            rows = _rows(call, opened)
            if call.args.json:
                parents = parents_of(opened.store.revisions(), opened.plan)
                told += [_json(opened.plan.id, row, parents, call.language) for row in rows]
            else:
                title = heading(opened.plan, settings)
                show(call.output, rows, opened.settings.city.zone(), title=title)
    if call.args.json:
        call.output.json(told)
    return DONE


def _rows(call: Invocation, opened: OpenedPlan) -> list[LogRow]:
    """A cycle may be named by the first characters of its id, as the table shows it."""
    args = call.args
    if args.action is None and args.cycle is None:
        return list(opened.store.log(limit=args.limit))
    rows = opened.store.log()
    if args.action is not None:
        rows = about(opened, action_in(opened.plan, args.action).id)
    wanted = args.cycle or ""
    return list(deque((r for r in rows if r.cycle_id.startswith(wanted)), maxlen=args.limit))


def about(opened: OpenedPlan, action_id: str) -> Iterator[LogRow]:
    """Rows on one action and its indicators, of every revision; ids are never reused."""
    exactly, beginnings = refs_of(opened.store.revisions(), opened.plan, action_id)
    for row in opened.store.log():
        if row.subject in exactly or row.subject.startswith(beginnings):
            yield row


def show(output: Output, rows: list[LogRow], zone: ZoneInfo, title: str | None) -> None:
    output.table(
        HEADERS,
        [
            (
                f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
                row.cycle_id[:8],
                row.actor,
                in_words(row.kind, LOGGED_KINDS),
                row.subject,
                row.field,
                row.from_,
                _after(row),
                _rule(row.rule),
                Text(row.reason_fr, row.reason_en),
                in_words(row.outcome, OUTCOMES),
            )
            for row in rows
        ],
        title=Text(title, title) if title else None,
        head=HEAD,
    )


def _after(row: LogRow) -> str | None:
    """Where nothing was written, what Asana says is what stands."""
    return row.asana if row.to is None and row.kind in LEFT_TO_PEOPLE else row.to


def _rule(rule: str) -> Text:
    """An adopted revision is its own rule, and is stored with its number."""
    word, _, number = rule.partition(" ")
    if word == "révision":
        return Text(f"révision {number}", f"revision {number}")
    return in_words(rule, RULES)


def _json(
    plan_id: str, row: LogRow, parents: Mapping[str, str], language: Language
) -> dict[str, Any]:
    return {
        "plan": plan_id,
        "id": row.id,
        "cycle": row.cycle_id,
        "time": row.at.isoformat(),
        "who": row.actor,
        "kind": row.kind,
        "subject": row.subject,
        "action": action_of(row.subject, parents),
        "field": row.field,
        "base": row.base,
        "in_plan": row.plan,
        "in_asana": row.asana,
        "from": row.from_,
        "to": row.to,
        "rule": row.rule,
        "why": Text(row.reason_fr, row.reason_en).in_(language),
        "outcome": row.outcome,
    }
