"""`jalon worker`: the service."""

import argparse

from sync import logs
from sync.cli.arguments import count
from sync.cli.invocation import DONE, Invocation
from sync.wiring import SystemClock, process_name, state_folder
from sync.wording import Language, Text
from sync.worker import GRACE_SECONDS, Worker
from sync.worker.health import FILE

NAME = "worker"
HELP = Text(
    "le service : un cycle à chaque échéance de l’horaire, jusqu’à SIGTERM",
    "the service: a cycle whenever the schedule says so, until SIGTERM",
)


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument(
        "--grace",
        type=float,
        default=GRACE_SECONDS,
        metavar="S",
        help=Text(
            f"secondes laissées au cycle en cours après SIGTERM ({GRACE_SECONDS:g})",
            f"seconds left to the running cycle after SIGTERM ({GRACE_SECONDS:g})",
        ).in_(language),
    )
    parser.add_argument(
        "--every",
        type=count(language),
        metavar="S",
        help=Text(
            "en répétition : un cycle toutes les S secondes, au lieu de l’horaire configuré",
            "in rehearsal: a cycle every S seconds, instead of the configured schedule",
        ).in_(language),
    )


def run(call: Invocation) -> int:
    settings = call.settings()
    logs.for_worker()
    worker = Worker(
        settings=settings,
        clock=SystemClock(),
        holder=process_name(),
        health_file=state_folder(settings, call.root) / FILE,
        grace=max(call.args.grace, 0.001),
        every=call.args.every,
    )
    worker.run()
    return DONE
