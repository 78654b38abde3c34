"""`jalon log`: every operation and every decision, with its reason; and the erasure of a text."""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sync.cli import log_csv
from sync.cli.arguments import add_json, add_plan, count, day
from sync.cli.invocation import DONE, Invocation
from sync.cli.log_words import LOGGED_KINDS, OUTCOMES, RULES, in_words
from sync.cli.output import Output
from sync.cli.staging import staged
from sync.cli.whereabouts import (
    action_of,
    action_of_any_revision,
    heading,
    parents_of,
    refs_of,
)
from sync.core.alarms import names_of
from sync.core.fill import fill
from sync.core.past import end_of
from sync.errors import ConfigError
from sync.model.decision import Verdict
from sync.model.record import LogFilter, LogRow
from sync.wiring import OpenedPlan, open_plans
from sync.wording import Language, Text

NAME = "log"
HELP = Text(
    "le journal : qui ou quoi, quand, de, à, pourquoi", "the log: who or what, when, from, to, why"
)
HEADERS = (
    Text("ligne", "row"),
    Text("quand", "when"),
    Text("cycle", "cycle"),
    Text("qui", "who"),
    Text("quoi", "what"),
    Text("objet", "thing"),
    Text("champ", "field"),
    Text("de", "from"),
    Text("à", "to"),
    Text("règle", "rule"),
    Text("pourquoi", "why"),
    Text("issue", "outcome"),
)
HEAD = (0, 1, 2, 3, 4, 5, 6, 11)
LEFT_TO_PEOPLE = frozenset({Verdict.REPORT, Verdict.CONFLICT, Verdict.HOLD})
ERASED_TEXTS: Final = Text("textes effacés par décision", "texts erased by decision")
STDOUT: Final = "-"
QUOTED: Final = 80
"""Characters of a text that a finding surely quotes."""
TELLING: Final = 6
SHOWN: Final = 20


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    def say(fr: str, en: str) -> str:
        return Text(fr, en).in_(language)

    add_plan(parser, language)
    shape = parser.add_mutually_exclusive_group()
    add_json(shape, language)
    shape.add_argument(
        "--csv",
        metavar=say("FICHIER", "FILE"),
        help=say("pour un tableur; « - » : la sortie", "for a spreadsheet; “-”: the output"),
    )
    shape.add_argument(
        "--erase",
        type=count(language),
        metavar=say("LIGNE", "ROW"),
        help=say(
            "efface les textes d’une ligne, par décision; la ligne reste",
            "erase the texts of one row, by decision; the row stays",
        ),
    )
    filters: tuple[tuple[str, str, Any, str, str], ...] = (
        ("--action", "ID", str, "une action et ses indicateurs", "one action and its indicators"),
        ("--field", say("CHAMP", "FIELD"), str, "un seul champ", "one field only"),
        ("--cycle", "ID", str, "un seul cycle", "one cycle only"),
        ("--person", say("NOM", "NAME"), str, "une personne, jalon ou asana", "who did it"),
        ("--code", "CODE", str, "un genre, une règle ou un constat", "a kind, a rule or a finding"),
        ("--since", say("JOUR", "DAY"), day(language), "depuis ce jour", "from that day on"),
        ("--until", say("JOUR", "DAY"), day(language), "jusqu’à ce jour compris", "up to that day"),
        ("--limit", "N", count(language), "les N lignes les plus récentes", "the N newest rows"),
    )
    for name, metavar, kind, fr, en in filters:
        parser.add_argument(name, metavar=metavar, type=kind, help=say(fr, en))
    for name, metavar, fr, en in (
        ("--by", say("NOM", "NAME"), "qui décide (avec --erase)", "who decides (with --erase)"),
        ("--reason", say("TEXTE", "TEXT"), "pourquoi (avec --erase)", "why (with --erase)"),
    ):
        parser.add_argument(name, metavar=metavar, default="", help=say(fr, en))
    parser.add_argument("--yes", action="store_true", help=say("effacer", "do erase"))


def run(call: Invocation) -> int:
    if call.args.erase is not None:
        return _erase(call)
    if call.args.by or call.args.reason or call.args.yes:
        raise ConfigError(
            Text(
                "--by, --reason et --yes ne vont qu’avec --erase.",
                "--by, --reason and --yes go with --erase alone.",
            )
        )
    settings = call.settings()
    with open_plans(settings, only=call.args.plan, writing=False) as plans:
        if call.args.csv is not None:
            _export(call, plans)
        elif call.args.json:
            call.output.json([each for opened in plans for each in _all_json(call, opened)])
        else:
            for opened in plans:
                rows = list(opened.store.log_where(asked(call.args, opened)))
                title = heading(opened.plan, settings)
                if rows:
                    show(call.output, rows, opened.settings.city.zone(), title=title)
                else:
                    call.output.say(_no_row(title))
    return DONE


def asked(args: argparse.Namespace, opened: OpenedPlan) -> LogFilter:
    """A cycle may be named by the first characters of its id; days are the city's."""
    zone = opened.settings.city.zone()
    exactly: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    if args.action is not None:
        revisions = opened.store.revisions()
        action_id = action_of_any_revision(revisions, opened.plan, args.action)
        exactly, beginnings = refs_of(revisions, opened.plan, action_id)
    return LogFilter(
        subjects=exactly,
        beginnings=beginnings,
        field=args.field,
        cycle=args.cycle or "",
        person=args.person,
        code=args.code,
        since=None if args.since is None else datetime.combine(args.since, time(), zone),
        until=None if args.until is None else end_of(args.until, zone),
        limit=args.limit,
    )


def about(opened: OpenedPlan, action_id: str, until: datetime | None = None) -> Iterator[LogRow]:
    """Rows on one action and its indicators, of every revision; ids are never reused."""
    exactly, beginnings = refs_of(opened.store.revisions(), opened.plan, action_id)
    return opened.store.log_where(LogFilter(subjects=exactly, beginnings=beginnings, until=until))


def show(output: Output, rows: list[LogRow], zone: ZoneInfo, title: str | None) -> None:
    output.table(
        HEADERS,
        [
            (
                row.id,
                f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
                row.cycle_id[:8],
                row.actor,
                in_words(row.kind, LOGGED_KINDS),
                row.subject,
                row.field,
                row.from_,
                _after(row),
                _rule(row.rule),
                ERASED_TEXTS if row.erased else Text(row.reason_fr, row.reason_en),
                in_words(row.outcome, OUTCOMES),
            )
            for row in rows
        ],
        title=Text(title, title) if title else None,
        head=HEAD,
    )


def _no_row(title: str) -> Text:
    return Text(
        f"{title} : aucune ligne du journal ne répond à cela.",
        f"{title}: no row of the log answers this.",
    )


def _after(row: LogRow) -> str | None:
    """Where nothing was written, what Asana says is what stands."""
    return row.asana if row.to is None and row.kind in LEFT_TO_PEOPLE else row.to


def _rule(rule: str) -> Text:
    """
    An adopted revision is its own rule, and is stored with its number; a yes is told by the rules
    that it lifted.
    """
    word, _, number = rule.partition(" ")
    if word == "révision":
        return Text(f"révision {number}", f"revision {number}")
    return RULES.get(rule) or names_of(rule)


def _export(call: Invocation, plans: Sequence[OpenedPlan]) -> None:
    """A file is written whole or not at all."""
    told = _csv(call, plans)
    if call.args.csv == STDOUT:
        for line in told:
            call.output.raw(line)
        return
    with staged(Path(call.args.csv), log_csv.BOM + "".join(told)) as file:
        file.put()


def _csv(call: Invocation, plans: Sequence[OpenedPlan]) -> Iterable[str]:
    yield log_csv.header()
    for opened in plans:
        yield from log_csv.lines(
            opened.plan.id,
            opened.store.log_where(asked(call.args, opened)),
            parents_of(opened.store.revisions(), opened.plan),
            opened.settings.city.zone(),
            call.language,
        )


def _all_json(call: Invocation, opened: OpenedPlan) -> Iterator[dict[str, Any]]:
    parents = parents_of(opened.store.revisions(), opened.plan)
    for row in opened.store.log_where(asked(call.args, opened)):
        yield _json(opened.plan.id, row, parents, call.language)


def _json(
    plan_id: str, row: LogRow, parents: Mapping[str, str], language: Language
) -> dict[str, Any]:
    return {
        "plan": plan_id,
        "id": row.id,
        "cycle": row.cycle_id,
        "time": row.at.isoformat(),
        "who": row.actor,
        "kind": row.kind,
        "subject": row.subject,
        "action": action_of(row.subject, parents),
        "field": row.field,
        "base": row.base,
        "in_plan": row.plan,
        "in_asana": row.asana,
        "from": row.from_,
        "to": row.to,
        "rule": row.rule,
        "why": Text(row.reason_fr, row.reason_en).in_(language),
        "outcome": row.outcome,
        "erased": row.erased,
    }


def _erase(call: Invocation) -> int:
    """Shown first; done with --yes, a name and a reason."""
    args, settings = call.args, call.settings()
    by, reason = args.by.strip(), args.reason.strip()
    if args.yes and not (by and reason):
        raise ConfigError(
            Text(
                "--erase : dites qui décide et pourquoi (--by, --reason). Rien n’a été effacé.",
                "--erase: say who decides and why (--by, --reason). Nothing was erased.",
            )
        )
    with open_plans(settings, only=args.plan, writing=args.yes) as plans:
        if len(plans) > 1:
            names = ", ".join(opened.plan.id for opened in plans)
            raise ConfigError(
                Text(
                    f"--erase : dites de quel plan, avec --plan. Au choix : {names}.",
                    f"--erase: say of which plan, with --plan. One of: {names}.",
                )
            )
        (opened,) = plans
        which = LogFilter(numbers=frozenset({args.erase}))
        elsewhere = [n for row in opened.store.log_where(which) for n in _also_in(opened, row)]
        if args.yes:
            opened.store.erase_log(args.erase, by=by, reason=reason, at=call.now())
        rows = list(opened.store.log_where(which))
        if not rows:
            raise ConfigError(
                Text(
                    f"Le journal n’a pas de ligne {args.erase}.",
                    f"The log has no row {args.erase}.",
                )
            )
        with call.output.committed():
            show(call.output, rows, opened.settings.city.zone(), title=None)
            call.output.say(_erased(args.erase) if args.yes else NOT_ERASED)
            if elsewhere:
                call.output.say(_same_in(elsewhere), style="yellow")
    return DONE


def _also_in(opened: OpenedPlan, row: LogRow) -> Iterator[int]:
    """Other rows with the same text of a person's: a finding quotes what a field held."""
    sought = {_start(text) for text in (row.asana, *_only_text(row)) if text} - {""}
    for other in opened.store.log_where(LogFilter()):
        if other.id != row.id:
            texts = (other.asana, other.from_, other.to, other.reason_fr)
            if any(text in _plain(held) for text in sought for held in texts if held):
                yield other.id


def _only_text(row: LogRow) -> tuple[str | None, ...]:
    """Where no field of Asana's is told, what the row says itself."""
    return () if row.asana else (row.from_, row.to)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _start(text: str) -> str:
    """Enough to find it where it is quoted shortened; what is very short is no text of anybody."""
    start = _plain(text)[:QUOTED]
    return start if len(start) >= TELLING else ""


def _same_in(numbers: Sequence[int]) -> Text:
    listed = ", ".join(map(str, numbers[:SHOWN])) + (" …" if len(numbers) > SHOWN else "")
    return fill(
        Text(
            "Le même texte se lit aussi dans {n:# autre ligne|# autres lignes} du journal : "
            "{listed}. {n:Elle|Chacune} s’efface à part.",
            "The same text stands in {n:# other row|# other rows} of the log too: {listed}. "
            "{n:It|Each} is erased on its own.",
        ),
        {"n": len(numbers), "listed": listed},
    )


NOT_ERASED: Final = Text(
    "Rien n’a été effacé. Pour effacer les textes de cette ligne pour de bon : la même commande "
    "avec --by, --reason et --yes. La ligne reste, et dit sur quoi elle portait.",
    "Nothing was erased. To erase the texts of this row for good: the same command with --by, "
    "--reason and --yes. The row stays, and says what it was about.",
)


def _erased(number: int) -> Text:
    return Text(
        f"Textes de la ligne {number} effacés; une nouvelle ligne dit par qui et pourquoi. Les "
        "sauvegardes, Asana et les constats ouverts peuvent encore les contenir.",
        f"Texts of row {number} erased; a new row says by whom and why. Backups, Asana and open "
        "findings may still hold them.",
    )
