"""`jalon findings`: the disagreements that a person should see."""

import argparse
from typing import Any
from zoneinfo import ZoneInfo

from sync.cli.arguments import add_json, add_plan
from sync.cli.invocation import DONE, Invocation
from sync.cli.output import Output
from sync.core.catalogue import CATALOGUE, wording
from sync.model.finding import Severity, StoredFinding
from sync.wiring import open_plans
from sync.wording import Language, Text

NAME = "findings"
HELP = Text(
    "les constats ouverts : quoi, depuis quand, que faire",
    "the open findings: what, since when, what to do",
)
SEVERITIES: dict[Severity, Text] = {
    "error": Text("erreur", "error"),
    "warning": Text("à voir", "warning"),
    "info": Text("info", "info"),
}
STYLES: dict[Severity, str | None] = {"error": "bold red", "warning": "yellow", "info": None}
HEADERS = (
    Text("gravité", "severity"),
    Text("code", "code"),
    Text("depuis", "since"),
    Text("constat", "finding"),
    Text("que faire", "what to do"),
)


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    add_plan(parser, language)
    add_json(parser, language)


def run(call: Invocation) -> int:
    told: list[dict[str, Any]] = []
    with open_plans(call.settings(), only=call.args.plan, writing=False) as plans:
        for opened in plans:
            found = by_severity(opened.store.findings())
            told += [_json(opened.plan.id, one, call.language) for one in found]
            if not call.args.json:
                show(call.output, found, opened.settings.city.zone(), opened.plan.title)
    if call.args.json:
        call.output.json(told)
    return DONE


def by_severity(found: tuple[StoredFinding, ...]) -> list[StoredFinding]:
    """The gravest first, then the oldest."""
    order = list(SEVERITIES)
    return sorted(found, key=lambda f: (order.index(f.severity), f.first_seen, f.finding.key))


def show(output: Output, found: list[StoredFinding], zone: ZoneInfo, title: str) -> None:
    if not found:
        output.say(Text(f"{title} : aucun constat ouvert.", f"{title}: no open finding."))
        return
    rows = [
        (
            SEVERITIES[one.severity],
            one.finding.code,
            f"{one.first_seen.astimezone(zone):%Y-%m-%d}",
            said(one),
            advice(one),
        )
        for one in found
    ]
    output.table(
        HEADERS,
        rows,
        title=Text(
            f"{title} : {len(found)} constat(s) ouvert(s)", f"{title}: {len(found)} open finding(s)"
        ),
        styles=[STYLES[one.severity] for one in found],
        head=(0, 1, 2),
    )


def said(one: StoredFinding) -> Text:
    """A code that another release stored is shown as it is."""
    if one.finding.code not in CATALOGUE:
        return Text(one.finding.key, one.finding.key)
    return wording(one.finding)


def advice(one: StoredFinding) -> Text:
    known = CATALOGUE.get(one.finding.code)
    return known.do if known else Text("", "")


def _json(plan_id: str, one: StoredFinding, language: Language) -> dict[str, Any]:
    return {
        "plan": plan_id,
        "key": one.finding.key,
        "code": one.finding.code,
        "subject": one.finding.subject,
        "severity": one.severity,
        "state": one.state,
        "first_seen": one.first_seen.isoformat(),
        "last_seen": one.last_seen.isoformat(),
        "facts": dict(one.finding.facts),
        "text": said(one).in_(language),
        "do": advice(one).in_(language),
    }
