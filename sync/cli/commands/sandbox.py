"""`jalon sandbox`: an Asana stand-in on this machine."""

import argparse

from sync.cli.arguments import port, switch
from sync.cli.invocation import Invocation
from sync.sandbox import server
from sync.wording import Language, Text

NAME = "sandbox"
HELP = Text(
    "lance un bac à sable qui tient lieu d’Asana, sur cette machine seulement",
    "run a sandbox that stands in for Asana, on this machine only",
)


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument(
        "--port",
        type=port(language),
        default=0,
        help=Text("port d’écoute (0 : un port libre)", "port (0: a free one)").in_(language),
    )
    parser.add_argument(
        "--switch",
        type=switch(language),
        action="append",
        default=[],
        metavar=Text("NOM=VALEUR", "NAME=VALUE").in_(language),
        help=Text(
            "interrupteur tourné au départ, à répéter au besoin (docs/sandbox.md les nomme)",
            "a switch turned from the start, repeatable (docs/sandbox.md names them)",
        ).in_(language),
    )


def run(call: Invocation) -> int:
    switches = [part for text in call.args.switch for part in ("--switch", text)]
    return server.main(["--port", str(call.args.port), *switches])
