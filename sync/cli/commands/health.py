"""`jalon health`: is the worker alive? For the container's health check."""

import argparse

from sync.cli.invocation import DONE, UNFORESEEN, Invocation
from sync.wiring import state_folder
from sync.wording import Language, Text
from sync.worker import read_health
from sync.worker.health import FILE

NAME = "health"
HELP = Text(
    "le service vit-il? (code 0 : oui, 1 : non)", "is the service alive? (code 0: yes, 1: no)"
)


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    """Nothing beyond what every command takes."""


def run(call: Invocation) -> int:
    path = state_folder(call.settings(), call.root) / FILE
    health = read_health(path)
    if health is None:
        return _unwell(call, Text(f"aucun signe de vie dans {path}", f"no sign of life in {path}"))
    if health.stopped:
        return _unwell(call, Text("le service est arrêté", "the service is stopped"))
    late = health.late(call.now())
    if late:
        names = ", ".join(late)
        return _unwell(
            call,
            Text(
                f"aucun cycle terminé à temps pour : {names}",
                f"no cycle ended in time for: {names}",
            ),
        )
    for plan_id, plan in health.plans.items():
        at = plan.last_ended_at.isoformat(timespec="seconds") if plan.last_ended_at else "–"
        webhook = f"\twebhook: {plan.webhook}" if plan.webhook else ""
        call.output.say(f"{plan_id}\t{at}\t{plan.outcome or '–'}{webhook}")
    return DONE


def _unwell(call: Invocation, why: Text) -> int:
    call.output.complain(Text(f"En panne : {why.fr}.", f"Unhealthy: {why.en}."))
    return UNFORESEEN
