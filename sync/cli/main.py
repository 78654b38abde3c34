"""
From words on a command line to an exit code, whatever happens in between.

Codes: 0 done; 2 usage or configuration; 3 changes pending (`diff`); 4 refused by the guard;
5 Asana denied or unavailable; 6 published only in part; 1 anything unforeseen. As everywhere,
130 says that a person interrupted and 141 that the reader of a pipe went away.
"""

import argparse
import contextlib
import gc
import logging
import os
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from sync import __version__, logs
from sync.cli.commands import COMMANDS
from sync.cli.french import argparse_in
from sync.cli.incident import report
from sync.cli.invocation import UNFORESEEN, Command, Invocation
from sync.cli.output import Output, let_go
from sync.errors import SyncError
from sync.wording import Language, Text

INTERRUPTED = 130
PIPE_CLOSED = 141

DESCRIPTION = Text(
    "Jalon garde en accord le plan publié d’une ville, son projet Asana et sa page publique.",
    "Jalon keeps a city’s published plan, its Asana project and its public page in agreement.",
)


def main(argv: Sequence[str] | None = None) -> int:
    gc.set_threshold(100_000)  # the values of a large plan are all needed: look for waste seldom
    words = sys.argv[1:] if argv is None else list(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _answer(words, os.environ, sys.stdout, sys.stderr)
        sys.stdout.flush()
    except BrokenPipeError:
        let_go(sys.stdout)
        return PIPE_CLOSED
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):
            sys.stderr.write("\n")
        return INTERRUPTED
    return code


def _answer(words: Sequence[str], environ: Mapping[str, str], out: TextIO, err: TextIO) -> int:
    language = chosen_language(words, environ)
    output = Output(out, err, language, environ)
    try:
        with argparse_in(language):
            args = parser(language).parse_args(words)
    except SystemExit as asked:
        return asked.code if isinstance(asked.code, int) else UNFORESEEN
    logs.for_command(stream=err, level=logging.ERROR)
    call = Invocation(
        args=args,
        output=output,
        environ=environ,
        stdin=sys.stdin.buffer,
        root=Path(),
        now=lambda: datetime.now(UTC),
        ticks=time.monotonic,
    )
    command: Command = args.command
    try:
        return command.run(call)
    except SyncError as error:
        output.complain(logs.redact(error.in_(language)))
        return error.exit_code
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last door: a person gets words, not a trace
        output.complain(report(error, call))
        return UNFORESEEN


def chosen_language(words: Sequence[str], environ: Mapping[str, str]) -> Language:
    """Known before anything is parsed, because the parser itself speaks."""
    early = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    early.add_argument("--lang")
    given: str | None = None
    with contextlib.suppress(argparse.ArgumentError):
        given = early.parse_known_args(words)[0].lang
    wanted = (given or environ.get("JALON_LANG", "")).strip().casefold()
    return "en" if wanted == "en" else "fr"


def parser(language: Language) -> argparse.ArgumentParser:
    say = _Words(language)
    top = argparse.ArgumentParser(
        prog="jalon", description=DESCRIPTION.in_(language), allow_abbrev=False
    )
    top.add_argument(
        "--version",
        action="version",
        version=f"jalon {__version__}",
        help=Text("affiche la version", "show the version").in_(language),
    )
    _everywhere(top, say, default=None)
    commands = top.add_subparsers(
        title=say("commandes", "commands"),
        metavar=say("COMMANDE", "COMMAND"),
        required=True,
        dest="name",
    )
    for command in COMMANDS:
        help_ = command.HELP.in_(language)
        below = commands.add_parser(command.NAME, help=help_, description=help_, allow_abbrev=False)
        command.arguments(below, language)
        _everywhere(below, say, default=argparse.SUPPRESS)
        below.set_defaults(command=command)
    return top


class _Words:
    def __init__(self, language: Language) -> None:
        self._language: Language = language

    def __call__(self, fr: str, en: str) -> str:
        return Text(fr, en).in_(self._language)


def _everywhere(parser: argparse.ArgumentParser, say: _Words, *, default: object) -> None:
    """Options that may stand before or after the command's name."""
    parser.add_argument(
        "--lang",
        choices=("fr", "en"),
        default=default,
        help=say("langue du terminal (JALON_LANG)", "language of the terminal (JALON_LANG)"),
    )
    parser.add_argument(
        "--config",
        action="append",
        metavar=say("FICHIER", "FILE"),
        default=default,
        help=say(
            "configuration d’une ville, à répéter au besoin (JALON_CONFIG; par défaut, la seule "
            "de config/)",
            "a city’s configuration, repeatable (JALON_CONFIG; by default the only one in config/)",
        ),
    )
