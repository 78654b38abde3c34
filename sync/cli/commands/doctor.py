"""`jalon doctor`: what stands between a plan and a good cycle; reads Asana, writes nothing."""

import argparse
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from sync.adapters.webhooks import recall
from sync.cli.arguments import add_json, add_plan
from sync.cli.invocation import DONE, Invocation
from sync.core.accept import held
from sync.core.diagnosis import (
    Diagnosis,
    Level,
    calmed,
    cost_line,
    definitions,
    diagnose,
    end_line,
    project_name,
    refusal_line,
    schema_lines,
    signing_line,
    unread_line,
    webhook_line,
)
from sync.core.ending import is_over, stands
from sync.core.fill import fill
from sync.core.marks import ROLES, project_lines
from sync.errors import ConfigError, SyncError
from sync.model.examination import Examination, Refused
from sync.model.snapshot import Snapshot
from sync.proposal import cost_of, digest_of, propose
from sync.settings.load import WebhookAccess
from sync.wiring import (
    OpenedPlan,
    SystemClock,
    connected,
    followed_projects,
    process_name,
    signer_of,
    subscribing,
    try_plans,
)
from sync.wording import Language, Text

NAME = "doctor"
HELP = Text(
    "examine Asana avant d’écrire : jeton, droits, forfait, noms, projets, coût du prochain cycle",
    "examine Asana before writing: token, rights, tier, names, projects, cost of the next cycle",
)
HEADERS = (
    Text("état", "state"),
    Text("quoi", "what"),
    Text("constat", "found"),
    Text("que faire", "what to do"),
)
LEVELS: Final[dict[Level, Text]] = {
    "ok": Text("bon", "ok"),
    "warning": Text("à voir", "look"),
    "error": Text("erreur", "error"),
}
STYLES: Final[dict[Level, str | None]] = {"ok": None, "warning": "yellow", "error": "bold red"}


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    add_plan(parser, language)
    add_json(parser, language)


def run(call: Invocation) -> int:
    settings = call.settings()
    told: list[dict[str, Any]] = []
    codes = [DONE]
    with try_plans(settings, only=call.args.plan) as plans:
        for opened in plans:
            with call.output.step(Text("Examen d’Asana…", "Examining Asana…")):
                seen = _examine(opened)
                today = call.now().astimezone(opened.settings.city.zone()).date()
                ended = _has_ended(opened, today)
                asked = [*_judged(opened, seen, today)]
                told_here = [*_said_here(opened, seen, today, ended=ended)]
                woken = [*_webhooks(opened, seen, settings.webhook)]
                if ended:
                    asked, woken = [*calmed(asked)], [*calmed(woken)]
                coming = _next_cycle(opened, seen, call.now(), ended=ended)
                lines = [*asked, *told_here, *woken, *coming]
            codes.append(_code(lines, seen))
            told += [_json(opened.plan.id, line, call.language) for line in lines]
            if not call.args.json:
                _print(call, opened, lines)
    if call.args.json:
        call.output.json(told)
    return max(codes)


def _examine(opened: OpenedPlan) -> Examination:
    with connected(opened, SystemClock(), process_name()) as ports:
        return ports.target.examine(
            opened.store.links(),
            project_lines(opened.plan.id),
            {role: project_name(role, opened.rules) for role in ROLES},
        )


def _judged(opened: OpenedPlan, seen: Examination, today: date) -> Iterable[Diagnosis]:
    over = is_over(opened.rules, today)
    return diagnose(seen, opened.rules, opened.store.links(), opened.plan.id, over=over)


def _has_ended(opened: OpenedPlan, today: date) -> bool:
    """Whether the plan's last state is published: from then on Asana is not needed."""
    last = opened.store.last_snapshot()
    before = Snapshot.model_validate_json(last.body) if last else None
    return is_over(opened.rules, today) and stands(before, opened.rules)


def _said_here(
    opened: OpenedPlan, seen: Examination, today: date, *, ended: bool
) -> Iterable[Diagnosis]:
    """What the config decides; where nobody let us in, that is all there is to say."""
    if seen.account is None and not ended:
        return
    yield from end_line(opened.rules, today)
    if opened.settings.targets:
        key = opened.settings.signing_key
        yield signing_line(signer_of(key).public.name if key else None)


def _webhooks(
    opened: OpenedPlan, seen: Examination, access: WebhookAccess | None
) -> Iterable[Diagnosis]:
    """Those that the service of this machine made for its address, and whether Asana has them."""
    followed = followed_projects(opened)
    if access is None or seen.account is None or not followed:
        return
    kept = recall(opened.state, opened.plan.id) if opened.state else ()
    made = {one.resource: one.webhook for one in kept if one.target == f"{access.url}/{one.path}"}
    held = [made[project] for project in followed if project in made]
    try:
        with subscribing(opened, SystemClock()) as subscriptions:
            gone = [webhook for webhook in held if not subscriptions.stands(webhook)]
    except SyncError as error:
        yield refusal_line(Refused(error.text, error.exit_code))
        return
    yield webhook_line(len(followed), len(followed) - len(held), len(gone))


def _next_cycle(
    opened: OpenedPlan, seen: Examination, now: datetime, *, ended: bool
) -> Iterable[Diagnosis]:
    """The dry run of the next cycle, through ports of its own so that only its requests count."""
    if not ended and (seen.account is None or seen.workspace is None):
        return
    told = definitions(seen, opened.plan, opened.rules, opened.store.links(), now)
    with connected(opened, SystemClock(), process_name()) as ports:
        try:
            proposal = propose(ports, opened.rules, opened.plan_file)
        except SyncError as error:
            yield from schema_lines(told)
            yield refusal_line(Refused(error.text, error.exit_code))
            return
        schema = schema_lines((*told, *proposal.view.findings))
        yield from calmed(schema) if ended else schema
        if proposal.alarms:
            refusal = held(proposal.alarms, digest_of(opened.store, proposal))
            yield refusal_line(Refused(refusal.text, refusal.exit_code))
            return
        if proposal.unread:
            yield unread_line()
            return
        yield cost_line(
            cost_of(ports, opened.rules, proposal), opened.settings.asana.requests_per_minute
        )


def _code(lines: Iterable[Diagnosis], seen: Examination) -> int:
    """Of an error: that of the question that Asana refused, else a configuration to mend."""
    if all(line.level != "error" for line in lines):
        return DONE
    return max((ConfigError.exit_code, *(one.exit_code for one in seen.refused.values())))


def _print(call: Invocation, opened: OpenedPlan, lines: list[Diagnosis]) -> None:
    errors = sum(line.level == "error" for line in lines)
    doubts = sum(line.level == "warning" for line in lines)
    title = fill(
        Text(
            "{plan} : {errors:# erreur|# erreurs}, {doubts:# point|# points} à voir. Rien n’a été "
            "écrit.",
            "{plan}: {errors:# error|# errors}, {doubts:# point|# points} to look at. Nothing was "
            "written.",
        ),
        {"plan": opened.plan.title, "errors": errors, "doubts": doubts},
    )
    call.output.table(
        HEADERS,
        [(LEVELS[line.level], line.about, line.found, line.do) for line in lines],
        title=title,
        styles=[STYLES[line.level] for line in lines],
        head=(0, 1),
    )


def _json(plan_id: str, line: Diagnosis, language: Language) -> dict[str, Any]:
    return {
        "plan": plan_id,
        "level": line.level,
        "about": line.about.in_(language),
        "found": line.found.in_(language),
        "do": line.do.in_(language) if line.do else None,
    }
