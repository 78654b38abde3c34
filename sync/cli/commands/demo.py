"""`jalon demo`: the whole road on invented progress, in a few seconds and without a token."""

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from sync.cli.commands.explain import explain
from sync.cli.commands.findings import TOLD, by_severity
from sync.cli.commands.findings import show as show_findings
from sync.cli.commands.log import show as show_log
from sync.cli.commands.status import show_actions, show_counts
from sync.cli.invocation import DONE, Invocation
from sync.cli.output import Output
from sync.core.catalogue import advice
from sync.core.choices import CHOICES
from sync.core.dates import french
from sync.demo import DemoReport, Explain, GuardScene, Progress, run_demo
from sync.demo.guarded import BY
from sync.model.snapshot import Snapshot
from sync.wiring import OpenedPlan
from sync.wording import Language, Text

NAME = "demo"
HELP = Text(
    "toute la route sur un avancement inventé, sans jeton : import, Asana, cycles, page",
    "the whole road on invented progress, without a token: import, Asana, cycles, page",
)
CHANGES_TOLD: Final = 3
"""Lines of the log per action: enough to see what they are; `jalon explain` tells more."""
INVENTED: Final = Text(
    "DÉMONSTRATION : le plan est celui de la ville, l’avancement est inventé de toutes pièces.",
    "DEMONSTRATION: the plan is the city’s, the progress is invented from beginning to end.",
)


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument(
        "--out",
        default="public",
        metavar=Text("DOSSIER", "FOLDER").in_(language),
        help=Text(
            "où laisser la page (public/); une démonstration antérieure y est remplacée",
            "where to leave the page (public/); an earlier demonstration there is replaced",
        ).in_(language),
    )


def run(call: Invocation) -> int:
    output = call.output
    output.say(INVENTED, style="bold yellow")
    try:
        report = run_demo(
            call.root / call.args.out,
            config=Path(call.args.config[0]) if call.args.config else None,
            root=call.root,
            progress=_teller(output),
            explain=_explainer(output),
        )
        show(output, report)
    finally:
        output.say(INVENTED, style="bold yellow")
    return DONE


def _explainer(output: Output) -> Explain:
    """What `jalon explain` says of an action, where there is one to speak of."""

    def tell(opened: OpenedPlan, snapshot: Snapshot, action_id: str) -> None:
        action = next((a for a in snapshot.actions() if a.id == action_id), None)
        if action is None:
            return
        output.blank()
        output.say(f"jalon explain {action_id}", style="bold")
        explain(output, opened, snapshot, action, last=CHANGES_TOLD)

    return tell


def _teller(output: Output) -> Progress:
    """Each step is said as it begins, so that a person sees the road go by."""

    @contextmanager
    def tell(text: Text) -> Iterator[None]:
        output.say(Text(f"  {text.fr}", f"  {text.en}"))
        with output.step(text):
            yield

    return tell


def show(output: Output, report: DemoReport) -> None:
    day = report.snapshot.etat_au
    output.blank()
    output.say(
        Text(f"{report.plan.title}, état au {french(day)}", f"{report.plan.title}, as of {day}"),
        style="bold",
    )
    show_counts(output, report.snapshot)
    output.blank()
    show_actions(output, report.snapshot)
    output.blank()
    told = tuple(one for one in report.findings if one.state in TOLD)
    frozen = {
        (action.id, place)
        for action in report.snapshot.actions()
        for place, one in action.jalons.items()
        if one.etat_fige
    }
    show_findings(
        output,
        by_severity(told),
        report.zone,
        report.plan.title,
        lambda one: advice(one.finding, frozen),
    )
    output.blank()
    show_choices(output, report)
    output.blank()
    if report.guarded is not None:
        show_guarded(output, report.guarded, report.zone)
        output.blank()
    show_cost(output, report)
    output.blank()
    for text in _where(report):
        output.say(text)


def show_guarded(output: Output, scene: GuardScene, zone: ZoneInfo) -> None:
    """What the guard held on the way, who let it through, and what the log keeps of it."""
    written = sum(scene.accepted.operations.values())
    output.say(
        Text(
            f"Le garde-fou, le {french(scene.day)} : {scene.emptied} valeurs d’un champ tenu par "
            "Jalon, vidées d’un coup par erreur (inventé).",
            f"The guard, on {scene.day}: {scene.emptied} values of a field that Jalon keeps, "
            "emptied at once by mistake (invented).",
        ),
        style="bold",
    )
    output.say(Text(f"  Retenu : {scene.refused.fr}", f"  Held: {scene.refused.en}"))
    output.say(
        Text(
            f"  Accepté par cette empreinte, par « {BY} » : {written} tâches rétablies.",
            f"  Accepted by that digest, by “{BY}”: {written} tasks restored.",
        )
    )
    title = f"jalon log, jalon explain {scene.action_id}"
    show_log(output, list(scene.rows), zone, title=title)


def show_choices(output: Output, report: DemoReport) -> None:
    """What was held or lost, and what somebody chose; the next line of the cost acted on it."""
    output.table(
        (
            Text("réglé le", "settled on"),
            Text("constat", "finding"),
            Text("choix", "choice"),
            Text("motif", "reason"),
        ),
        [
            (leg.day.isoformat(), one.key, CHOICES[one.choice].name, one.reason)
            for leg in report.legs
            for one in leg.settled
        ],
        title=Text(
            "Choix d’une administratrice inventée; le cycle suivant y a donné suite",
            "Choices of an invented administrator; the cycle after acted on them",
        ),
    )


def show_cost(output: Output, report: DemoReport) -> None:
    """Requests are what Asana's limits count; people's acts in the sandbox cost none."""
    told = [(leg.day.isoformat(), leg.acts, leg.report) for leg in report.legs]
    told.append((report.legs[-1].day.isoformat(), 0, report.quiet))
    output.table(
        (
            Text("comme au", "as of"),
            Text("gestes des gestionnaires", "managers’ acts"),
            Text("requêtes", "requests"),
            Text("lectures", "reads"),
            Text("écritures", "writes"),
            Text("instantané", "snapshot"),
        ),
        [
            (
                day,
                acts,
                sum(one.requests.values()),
                _reads(one.requests),
                sum(one.requests.values()) - _reads(one.requests),
                one.snapshot_number if one.snapshot_is_new else None,
            )
            for day, acts, one in told
        ],
        title=Text(
            f"Coût en requêtes à Asana ({f'{report.seconds:.1f}'.replace('.', ',')} s en tout)",
            f"Cost in requests to Asana ({report.seconds:.1f} s in all)",
        ),
    )


def _reads(requests: Mapping[str, int]) -> int:
    return sum(count for kind, count in requests.items() if kind.startswith("GET "))


def _where(report: DemoReport) -> list[Text]:
    out = report.out
    return [
        Text(f"La page : {out / 'index.html'}", f"The page: {out / 'index.html'}"),
        Text(f"Les données : {out / 'dernier.json'}", f"The data: {out / 'dernier.json'}"),
        Text(
            f"Les {report.snapshot.numero} instantanés : {out / 'instantanes'}",
            f"The {report.snapshot.numero} snapshots: {out / 'instantanes'}",
        ),
        Text(
            f"Pour la lire dans un navigateur : jalon preview {out}",
            f"To read it in a browser: jalon preview {out}",
        ),
        Text(
            f"Pour vérifier que rien n’y est récrit : jalon verify {out}",
            f"To check that nothing in it is rewritten: jalon verify {out}",
        ),
    ]
