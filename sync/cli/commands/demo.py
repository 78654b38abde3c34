"""`jalon demo`: placeholder while its parts are written."""

import argparse

from sync.cli.invocation import Invocation
from sync.wording import Language, Text

NAME = "demo"
HELP = Text("démonstration", "demonstration")


def arguments(parser: argparse.ArgumentParser, language: Language) -> None: ...
def run(call: Invocation) -> int:
    return 0
