"""`jalon sync`: one cycle per plan, now or, in the sandbox, as of another day."""

import argparse
from collections.abc import Sequence
from typing import Any

from sync.cli.arguments import add_as_of, add_json, add_plan
from sync.cli.invocation import DONE, PARTLY_PUBLISHED, UNAVAILABLE, Invocation
from sync.cli.kinds import DONE_KINDS, named
from sync.cli.whereabouts import heading
from sync.core.dates import french
from sync.cycle import CycleReport, run_cycle
from sync.errors import ConfigError, SyncError
from sync.logs import redact
from sync.model.guarding import Acceptance
from sync.model.record import Outcome
from sync.model.snapshot import Snapshot
from sync.proposal import Wishes
from sync.wiring import (
    OpenedPlan,
    connected,
    open_plans,
    process_name,
)
from sync.wording import Language, Text

NAME = "sync"
HELP = Text(
    "accorde Asana au plan, relit l’avancement et publie : un cycle par plan",
    "bring Asana in line with the plan, read progress back and publish: one cycle per plan",
)
OUTCOMES: dict[Outcome, Text] = {
    "ok": Text("terminé", "finished"),
    "partial": Text("terminé en partie", "finished in part"),
    "held": Text("retenu", "held"),
    "failed": Text("échoué", "failed"),
    "abandoned": Text("abandonné", "abandoned"),
}
URGENCY = (0, 6, 2, 4, 5)
"""Of several plans' exit codes the most pressing is returned."""


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    add_plan(parser, language)
    add_json(parser, language)
    add_as_of(parser, language)
    parser.add_argument(
        "--full",
        action="store_true",
        help=Text(
            "tout relire, sans se fier aux événements", "read everything, whatever the events say"
        ).in_(language),
    )
    parser.add_argument(
        "--accept",
        metavar=Text("EMPREINTE", "DIGEST").in_(language),
        help=Text(
            "laisse passer le changement que le garde-fou retient, lui seul (voir « jalon diff »)",
            "let the change set through that the guard holds, no other (see `jalon diff`)",
        ).in_(language),
    )
    parser.add_argument(
        "--by",
        metavar=Text("NOM", "NAME").in_(language),
        help=Text("avec --accept : qui accepte", "with --accept: who accepts").in_(language),
    )
    parser.add_argument(
        "--reason",
        metavar=Text("MOTIF", "TEXT").in_(language),
        help=Text("avec --accept : pourquoi", "with --accept: why").in_(language),
    )


def run(call: Invocation) -> int:
    accept = _acceptance(call)
    settings = call.settings()
    if accept and not call.args.plan and len(settings.plans) > 1:
        raise ConfigError(
            Text(
                "--accept : dites de quel plan, avec --plan. Rien n’a été fait.",
                "--accept: say of which plan, with --plan. Nothing was done.",
            )
        )
    reports: list[dict[str, Any]] = []
    codes = [DONE]
    with open_plans(settings, only=call.args.plan, writing=True) as plans:
        for opened in plans:
            try:
                report = _cycle(call, opened, accept)
            except SyncError as error:
                if len(plans) == 1 and not call.args.json:
                    raise
                codes.append(error.exit_code)
                reports.append({"plan": opened.plan.id, "error": error.in_(call.language)})
                call.output.complain(f"{opened.plan.id} : {redact(error.in_(call.language))}")
                continue
            codes.append(exit_code(report))
            reports.append(_json(opened, report, call.language))
            if not call.args.json:
                show(call, opened, report, heading(opened.plan, settings))
    if call.args.json:
        call.output.json(reports)
    return max(codes, key=lambda code: URGENCY.index(code) if code in URGENCY else len(URGENCY))


def _acceptance(call: Invocation) -> Acceptance | None:
    """The three go together: nobody accepts without a name and a reason."""
    given = {
        name: " ".join((getattr(call.args, name) or "").split())
        for name in ("accept", "by", "reason")
    }
    if not any(given.values()) and call.args.accept is None:
        return None
    missing = [f"--{name}" for name, value in given.items() if not value]
    if missing:
        listed = ", ".join(missing)
        raise ConfigError(
            Text(
                f"Accepter demande --accept EMPREINTE, --by NOM et --reason MOTIF; il manque : "
                f"{listed}. Rien n’a été fait.",
                f"Accepting takes --accept DIGEST, --by NAME and --reason TEXT; missing: {listed}. "
                "Nothing was done.",
            )
        )
    return Acceptance(given["accept"].lower(), given["by"], given["reason"])


def _cycle(call: Invocation, opened: OpenedPlan, accept: Acceptance | None) -> CycleReport:
    clock, rehearsed = call.clock(opened.settings.city.zone()), call.args.as_of is not None
    wishes = Wishes(full=call.args.full, sandbox_only=rehearsed, accept=accept)
    title = opened.plan.title
    with (
        connected(opened, clock, process_name()) as ports,
        call.output.step(Text(f"Cycle de « {title} »…", f"Cycle of “{title}”…")),
    ):
        report = run_cycle(ports, opened.rules, opened.plan_file, wishes)
    if report is None:
        raise AssertionError("only a cycle with a slot can find it taken")
    return report


def exit_code(report: CycleReport) -> int:
    """A create that still waits for its answer counts as Asana not having answered."""
    if report.refused or report.unknown:
        return UNAVAILABLE
    if report.failed_targets:
        return PARTLY_PUBLISHED
    return DONE if report.outcome == "ok" else UNAVAILABLE


def show(call: Invocation, opened: OpenedPlan, report: CycleReport, title: str) -> None:
    say = call.output.say
    outcome, day_ = OUTCOMES[report.outcome], report.as_of
    say(
        Text(
            f"{title}, au {french(day_)} : cycle {outcome.fr}.",
            f"{title}, as of {day_}: cycle {outcome.en}.",
        ),
        style="bold",
    )
    last = opened.store.last_snapshot()
    if last is not None and Snapshot.model_validate_json(last.body).demonstration:
        say(
            Text(
                "Démonstration : tout l’avancement vient du bac à sable et est inventé.",
                "Demonstration: all progress comes from the sandbox and is invented.",
            ),
            style="yellow",
        )
    for text in report.warnings:
        call.output.complain(text)
    call.output.table((Text("fait", "done"), Text("nombre", "count")), rows_of(report), title=None)
    for name, text in report.failed_targets:
        said, colon = redact(text.in_(call.language)), Text(" :", ":").in_(call.language)
        call.output.complain(said if said.startswith(name) else f"{name}{colon} {said}")
    failed = {name for name, _ in report.failed_targets}
    for target in opened.settings.targets:
        if target.name not in failed:
            say(Text(f"Publié : {target.name}", f"Published: {target.name}"))


def rows_of(report: CycleReport) -> Sequence[tuple[Text, int]]:
    """What the cycle did and cost, in numbers."""
    number = report.snapshot_number
    snapshot = (
        Text("instantané nouveau, numéro", "new snapshot, number")
        if report.snapshot_is_new
        else Text("instantané inchangé, numéro", "snapshot unchanged, number")
    )
    reading = (
        Text("requêtes à Asana (lecture complète)", "requests to Asana (full read)")
        if report.full_read
        else Text("requêtes à Asana (par événements)", "requests to Asana (by events)")
    )
    refused = [
        (Text("écritures refusées", "writes refused"), report.refused),
        (Text("écritures sans réponse", "writes without an answer"), report.unknown),
    ]
    return [
        *((named(kind, DONE_KINDS), n) for kind, n in report.operations.items() if n),
        *((text, n) for text, n in refused if n),
        (Text("constats ouverts", "open findings"), report.findings),
        (reading, sum(report.requests.values())),
        (snapshot, number),
    ]


def _json(opened: OpenedPlan, report: CycleReport, language: Language) -> dict[str, Any]:
    return {
        "plan": opened.plan.id,
        "cycle": report.cycle_id,
        "outcome": report.outcome,
        "as_of": report.as_of.isoformat(),
        "operations": {kind: n for kind, n in report.operations.items() if n},
        "refused": report.refused,
        "unknown": report.unknown,
        "findings": report.findings,
        "requests": dict(report.requests),
        "full_read": report.full_read,
        "snapshot": report.snapshot_number,
        "snapshot_is_new": report.snapshot_is_new,
        "targets": [target.name for target in opened.settings.targets],
        "failed_targets": [
            {"target": name, "error": redact(text.in_(language))}
            for name, text in report.failed_targets
        ],
    }
