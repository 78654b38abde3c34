"""
`jalon verify`: recompute what must not have changed and hold it against what was told of it.

With `--log` the log's chain; the links are looked at as well: they and the log are what a damaged
file does most harm by. With a folder or an address, what is published there.
"""

import argparse
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sync.adapters.publish import Unread
from sync.cli.arguments import add_json, add_plan
from sync.cli.invocation import DONE, Invocation
from sync.cli.output import Output
from sync.cli.verify_publication import verify_publication
from sync.cli.whereabouts import heading
from sync.core.chain import Breach, Fault, Told, Verdict, verify
from sync.core.fill import fill
from sync.core.guard import RESTORED
from sync.core.witness import heads_in
from sync.errors import ConfigError, StoreRefused, UnsafeChangeSet
from sync.model.record import Head
from sync.model.snapshot import snapshot_path
from sync.ports import Store
from sync.system import reason_of
from sync.wiring import OpenedPlan, open_plans, told_outside
from sync.wording import Language, Text

NAME = "verify"
HELP = Text(
    "vérifie que le journal, ou ce qui est publié, n’a été ni changé, ni coupé, ni récrit",
    "verify that the log, or what is published, was not changed, cut or rewritten",
)
DOES_NOT_HOLD: Final = UnsafeChangeSet.exit_code
"""A person must look."""

SHOWN: Final = 10
_GIVEN_UP: Final = Text(
    "{n:# tête publiée dit|# têtes publiées disent} des lignes perdues avec une base; « jalon "
    "recover » {n:l’a nommée|les a nommées} dans le journal. {n:Elle ne prouve|Elles ne prouvent} "
    "rien de celles-ci.",
    "{n:# published head tells|# published heads tell} of rows lost with a database; `jalon "
    "recover` named {n:it|them} in the log. {n:It proves|They prove} nothing of these rows.",
)
_HEAD = re.compile(r"([0-9]+):([0-9a-fA-F]{64})")

BREACHES: Final[dict[Breach, Text]] = {
    "missing": Text(
        "elle manque, ou les lignes ont changé de place",
        "it is missing, or rows changed places",
    ),
    "texts": Text(
        "un de ses textes (qui, de, à, pourquoi…) n’est plus celui qui a été écrit",
        "one of its texts (who, from, to, why…) is not the one that was written",
    ),
    "half_erased": Text(
        "elle est effacée à moitié, ce que Jalon ne fait jamais",
        "it is half erased, which Jalon never does",
    ),
    "erased_undecided": Text(
        "ses textes sont effacés et aucune ligne ne dit qui l’a décidé",
        "its texts are erased and no row says who decided it",
    ),
    "facts": Text(
        "elle ne suit plus de la ligne d’avant : elle ou sa place a été changée",
        "it does not follow from the row before: it or its place was changed",
    ),
    "cut": Text("elle et la suite manquent", "it and what follows are missing"),
    "head": Text("le journal y était autre", "the log was another there"),
}


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    def say(fr: str, en: str) -> str:
        return Text(fr, en).in_(language)

    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--log", action="store_true", help=say("le journal", "the log"))
    what.add_argument(
        "where",
        nargs="?",
        metavar=say("DOSSIER|ADRESSE", "FOLDER|ADDRESS"),
        help=say("la publication à vérifier", "the publication to verify"),
    )
    parser.add_argument(
        "--key",
        metavar=say("CLÉ", "KEY"),
        help=say(
            "la clé publique de la ville, connue d’ailleurs (nom+id+clé)",
            "the city’s public key, known from elsewhere (name+id+key)",
        ),
    )
    given = parser.add_mutually_exclusive_group()
    given.add_argument(
        "--head",
        type=_head(language),
        metavar=say("LIGNES:TÊTE", "ROWS:HEAD"),
        help=say("une tête notée ailleurs", "a head noted elsewhere"),
    )
    given.add_argument(
        "--since",
        type=Path,
        metavar=say("FICHIER", "FILE"),
        help=say(
            "gardé ailleurs : une note.txt d’avant; avec --log, un instantané, un etat.json ou "
            "un journal du service",
            "kept elsewhere: an earlier note.txt; with --log, a snapshot, an etat.json or the "
            "service’s own log",
        ),
    )
    add_plan(parser, language)
    add_json(parser, language)


def _head(language: Language) -> Callable[[str], Head]:
    def parse(text: str) -> Head:
        found = _HEAD.fullmatch(text.strip())
        if found is None:
            said = Text(
                f"{text!r} : un nombre de lignes, deux-points et 64 chiffres hexadécimaux "
                "sont attendus, comme les montre cette commande",
                f"{text!r}: a number of rows, a colon and 64 hexadecimal digits are expected, "
                "as this command shows them",
            )
            raise argparse.ArgumentTypeError(said.in_(language))
        return Head(int(found[1]), found[2].lower())

    return parse


@dataclass(frozen=True, slots=True)
class Witnesses:
    """`inside` lie in the database itself: whoever rewrites the log may reach them too."""

    inside: tuple[Told, ...]
    outside: tuple[Told, ...]
    unreadable: tuple[str, ...]

    def but(self, given_up: Collection[Told]) -> "Witnesses":
        """Those that say something of this log: a head of lost rows says nothing."""
        inside, outside = (
            tuple(one for one in told if one not in given_up)
            for told in (self.inside, self.outside)
        )
        return replace(self, inside=inside, outside=outside)


def run(call: Invocation) -> int:
    if call.args.where is not None:
        return verify_publication(call)
    settings, code = call.settings(), DONE
    told: list[dict[str, Any]] = []
    with open_plans(settings, only=call.args.plan, writing=False) as plans:
        _require_one_plan(call, plans)
        for opened in plans:
            witnesses = _witnesses(call, opened)
            verdict = verify(opened.store.sealed_log(), witnesses.inside + witnesses.outside)
            witnesses = witnesses.but(verdict.given_up)
            links = _links(opened.store)
            if verdict.faults or isinstance(links, StoreRefused):
                code = DOES_NOT_HOLD
            if call.args.json:
                told.append(_json(opened.plan.id, verdict, witnesses, links))
            else:
                call.output.say(heading(opened.plan, settings), style="bold")
                _report_links(call.output, links)
                restored = bool(opened.store.facts().get(RESTORED))
                _report(call.output, verdict, witnesses, restored=restored)
    if call.args.json:
        call.output.json(told)
    return code


def _require_one_plan(call: Invocation, plans: Sequence[OpenedPlan]) -> None:
    if len(plans) > 1 and (call.args.head or call.args.since):
        names = ", ".join(opened.plan.id for opened in plans)
        raise ConfigError(
            Text(
                f"--head et --since parlent d’un seul plan : ajoutez --plan. Au choix : {names}.",
                f"--head and --since tell of one plan: add --plan. One of: {names}.",
            )
        )


def _witnesses(call: Invocation, opened: OpenedPlan) -> Witnesses:
    """Read before the log is: rows that come meanwhile only make it longer."""
    plan_id = opened.store.plan_id
    inside = tuple(
        Told(head, snapshot_path(record.number))
        for record in opened.store.snapshots()
        for head in heads_in(record.body, plan_id)
    )
    found = list(told_outside(opened))
    outside = [one for one in found if isinstance(one, Told)]
    if call.args.head:
        outside.append(Told(call.args.head, "--head"))
    if call.args.since:
        outside += _kept(call.args.since, plan_id)
    unreadable = tuple(one.where for one in found if isinstance(one, Unread))
    return Witnesses(inside, tuple(outside), unreadable)


def _kept(path: Path, plan_id: str) -> list[Told]:
    """A file that was named must tell something: a check that could not be made is none."""
    why = Text(
        "il ne dit la tête d’aucun journal de ce plan", "it tells the head of no log of this plan"
    )
    try:
        heads = heads_in(path.read_bytes(), plan_id)
    except OSError as error:
        heads, why = (), reason_of(error)
    except ValueError:
        heads = ()
    if not heads:
        raise ConfigError(
            Text(
                f"--since {path} : {why.fr}. Donnez un instantané, un etat.json ou les lignes "
                "JSON du service.",
                f"--since {path}: {why.en}. Give a snapshot, an etat.json or the service’s JSON "
                "lines.",
            )
        )
    return [Told(head, str(path)) for head in heads]


def _links(store: Store) -> int | StoreRefused:
    """How many links there are, each as it was written; or what is said of those that are not."""
    try:
        return len(store.links())
    except StoreRefused as refusal:
        if refusal.facts.get("problem") != "damaged":
            raise
        return refusal


def _report_links(output: Output, links: int | StoreRefused) -> None:
    if isinstance(links, StoreRefused):
        output.say(links.text, style="bold red")
    else:
        output.say(Text(f"Liens vérifiés : {links}.", f"Links verified: {links}."))


def _report(output: Output, verdict: Verdict, witnesses: Witnesses, *, restored: bool) -> None:
    head, faults = verdict.head, verdict.faults
    output.say(
        Text(
            f"Lignes vérifiées : {head.rows}, dont {verdict.erased} aux textes effacés par "
            "décision.",
            f"Rows verified: {head.rows}, {verdict.erased} of them with texts erased by decision.",
        )
    )
    output.say(
        Text(
            f"Têtes comparées : {len(witnesses.inside)} dans la base, {len(witnesses.outside)} "
            "hors de la base.",
            f"Heads compared: {len(witnesses.inside)} in the database, {len(witnesses.outside)} "
            "outside of it.",
        )
    )
    for where in witnesses.unreadable:
        output.complain(
            Text(
                f"{where} : illisible, donc comparé à rien.",
                f"{where}: unreadable, hence compared with nothing.",
            )
        )
    if verdict.given_up:
        output.say(
            fill(_GIVEN_UP, {"n": len(verdict.given_up)}),
            style="yellow",
        )
    if not faults:
        output.say(
            Text(f"Tête : {head.rows}:{head.chain}", f"Head: {head.rows}:{head.chain}"),
        )
        _conclude(output, outside=witnesses.outside)
        return
    for fault in faults[:SHOWN]:
        output.say(_fault(fault), style="bold red")
    if len(faults) > SHOWN:
        more = len(faults) - SHOWN
        output.say(Text(f"… et {more} autres.", f"… and {more} more."))
    only_behind = restored and all(fault.told in witnesses.outside for fault in faults)
    output.say(_BEHIND if only_behind else _DOES_NOT_HOLD)


_BEHIND = Text(
    "La base vient d’une sauvegarde : ce qui a été publié depuis parle de lignes qu’elle n’a pas. "
    "Lancez « jalon recover », qui les nomme, puis vérifiez de nouveau.",
    "The store comes from a backup: what was published since tells of rows that it does not have. "
    "Run `jalon recover`, which names them, then verify again.",
)
_DOES_NOT_HOLD = Text(
    "Le journal ne tient pas. Gardez une copie de la base, n’effacez rien, et comparez avec une "
    "sauvegarde; « jalon restore » remet la dernière bonne.",
    "The log does not hold. Keep a copy of the database, delete nothing, and compare with a "
    "backup; “jalon restore” puts the last good one back.",
)


def _conclude(output: Output, *, outside: Collection[Told]) -> None:
    if outside:
        output.say(Text("Le journal tient.", "The log holds."), style="green")
        return
    output.say(
        Text(
            "Les lignes se suivent. Aucune tête hors de la base n’a été comparée : une fin coupée "
            "ou un journal récrit en entier ne se verraient pas. Gardez ailleurs la tête "
            "ci-dessus, puis donnez-la par --head.",
            "The rows follow one another. No head outside of the database was compared: a cut end "
            "or a log rewritten as a whole would not show. Keep the head above elsewhere, then "
            "give it by --head.",
        ),
        style="yellow",
    )


def _fault(fault: Fault) -> Text:
    said, told = BREACHES[fault.breach], fault.told
    if told is None:
        return Text(f"Ligne {fault.row} : {said.fr}.", f"Row {fault.row}: {said.en}.")
    if fault.breach == "cut":
        return Text(
            f"Ligne {fault.row} : {said.fr}. {told.where} en compte {told.head.rows}.",
            f"Row {fault.row}: {said.en}. {told.where} counts {told.head.rows}.",
        )
    first = fault.vouched + 1
    return Text(
        f"Ligne {fault.row} : {said.fr}, selon {told.where}. Une ligne, de {first} à {fault.row}, "
        "a été changée et la chaîne récrite après elle, ou ce n’est pas le même journal.",
        f"Row {fault.row}: {said.en}, says {told.where}. A row, from {first} to {fault.row}, was "
        "changed and the chain rewritten after it, or this is another log.",
    )


def _json(
    plan_id: str, verdict: Verdict, witnesses: Witnesses, links: int | StoreRefused
) -> dict[str, Any]:
    damaged = isinstance(links, StoreRefused)
    return {
        "plan": plan_id,
        "holds": not (verdict.faults or damaged),
        "links": None if damaged else links,
        "rows": verdict.head.rows,
        "head": verdict.head.chain,
        "erased": verdict.erased,
        "given_up": len(verdict.given_up),
        "compared_inside": len(witnesses.inside),
        "compared_outside": len(witnesses.outside),
        "unreadable": list(witnesses.unreadable),
        "faults": [
            {
                "row": fault.row,
                "breach": fault.breach,
                "vouched": fault.vouched,
                "told_by": fault.told.where if fault.told else None,
                "told_rows": fault.told.head.rows if fault.told else None,
                "told_head": fault.told.head.chain if fault.told else None,
            }
            for fault in verdict.faults
        ],
    }
