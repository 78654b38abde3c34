"""`jalon status`: where the plan stands, as last published; nothing is contacted."""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sync.cli.arguments import add_json, add_plan
from sync.cli.invocation import DONE, Invocation
from sync.cli.output import Cell, Output
from sync.core.dates import french
from sync.core.ending import is_over, stands, stands_ended, waits
from sync.core.status import STATUS_NAMES
from sync.model.progress import Status
from sync.model.snapshot import PublicAction, PublicStanding, Snapshot
from sync.wiring import open_plans
from sync.wording import Language, Text

NAME = "status"
HELP = Text(
    "où en est le plan, par axe et par action, selon le dernier instantané",
    "where the plan stands, by axis and by action, from the last snapshot",
)
NOTHING_YET = Text(
    "aucun instantané encore; lancez « jalon sync »", "no snapshot yet; run `jalon sync`"
)
INVENTED = Text("Démonstration : données inventées.", "Demonstration: invented data.")


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    add_plan(parser, language)
    add_json(parser, language)


def run(call: Invocation) -> int:
    told: list[dict[str, Any]] = []
    with open_plans(call.settings(), only=call.args.plan, writing=False) as plans:
        for opened in plans:
            last = opened.store.last_snapshot()
            if last is None:
                title = opened.plan.title
                call.output.complain(
                    Text(f"{title} : {NOTHING_YET.fr}.", f"{title}: {NOTHING_YET.en}.")
                )
            elif call.args.json:
                told.append({"id": opened.plan.id, **json.loads(last.body)})
            else:
                snapshot, rules = Snapshot.model_validate_json(last.body), opened.rules
                show(call.output, snapshot)
                today = call.now().astimezone(rules.zone).date()
                if rules.ends_on and is_over(rules, today) and not stands(snapshot, rules):
                    call.output.complain(waits(rules.ends_on))
    if call.args.json:
        call.output.json(told)
    return DONE


def show(output: Output, snapshot: Snapshot) -> None:
    output.say(
        Text(
            f"{snapshot.plan.titre}, état au {french(snapshot.etat_au)} "
            f"(instantané {snapshot.numero})",
            f"{snapshot.plan.titre}, as of {snapshot.etat_au} (snapshot {snapshot.numero})",
        ),
        style="bold",
    )
    if snapshot.demonstration:
        output.say(INVENTED, style="yellow")
    if snapshot.ended is not None:
        output.say(stands_ended(*snapshot.ended))
    show_counts(output, snapshot)
    output.blank()
    show_actions(output, snapshot)


def show_counts(output: Output, snapshot: Snapshot) -> None:
    """By checkpoint and axis: counts of actions, never an average."""
    counted = {
        (checkpoint.id, axis.numero): Counter(
            action.jalons[checkpoint.id].etat for volet in axis.volets for action in volet.actions
        )
        for checkpoint in snapshot.jalons
        for axis in snapshot.axes
    }
    present = [status for status in STATUS_NAMES if any(c[status] for c in counted.values())]
    headers = (
        Text("jalon", "checkpoint"),
        Text("axe", "axis"),
        *(STATUS_NAMES[status] for status in present),
        Text("total", "total"),
    )
    rows: list[Sequence[Cell]] = []
    for checkpoint in snapshot.jalons:
        total: Counter[Status] = Counter()
        for axis in snapshot.axes:
            counts = counted[checkpoint.id, axis.numero]
            total += counts
            name = f"{axis.numero} {axis.titre}"
            rows.append((checkpoint.titre, name, *_figures(counts, present)))
        rows.append((checkpoint.titre, Text("tous", "all"), *_figures(total, present)))
    output.table(headers, rows, head=(0,))


def _figures(counts: Counter[Status], present: Sequence[Status]) -> list[int | None]:
    return [*(counts[status] or None for status in present), counts.total()]


def show_actions(output: Output, snapshot: Snapshot) -> None:
    headers = (
        Text("action", "action"),
        Text("titre", "title"),
        *(Text(checkpoint.titre, checkpoint.titre) for checkpoint in snapshot.jalons),
    )
    rows: list[Sequence[Cell]] = [
        (
            action.id,
            action.titre,
            *(told(action, checkpoint.id) for checkpoint in snapshot.jalons),
        )
        for action in snapshot.actions()
    ]
    output.table(headers, rows, head=(0,))


def told(action: PublicAction, checkpoint_id: str) -> Text:
    """« En cours (1 sur 2), à confirmer; figé : Non atteint »."""
    standing = action.jalons[checkpoint_id]
    return Text(_told(standing, "fr"), _told(standing, "en"))


def _told(standing: PublicStanding, language: Language) -> str:
    words = STATUS_NAMES[standing.etat].in_(language)
    if standing.attendus:
        of = Text("sur", "of").in_(language)
        words += f" ({standing.faits} {of} {standing.attendus})"
    if not standing.confirme:
        words += Text(", à confirmer", ", to be confirmed").in_(language)
    if standing.provisoire:
        words += Text(", provisoire", ", provisional").in_(language)
    if standing.etat_fige is not None and standing.etat_fige is not standing.etat:
        fixed = STATUS_NAMES[standing.etat_fige]
        words += Text(f"; figé : {fixed.fr}", f"; frozen: {fixed.en}").in_(language)
    for one in standing.corrections[-1:]:
        name = STATUS_NAMES[one.etat]
        words += Text(f"; corrigé : {name.fr}", f"; corrected: {name.en}").in_(language)
    return words
