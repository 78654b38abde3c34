"""`jalon recover`: rebuild a lost or restored database from Asana and from what was published."""

import argparse
from collections import Counter
from collections.abc import Sequence

from sync import recovery
from sync.cli.arguments import add_as_of, add_plan
from sync.cli.invocation import DONE, Invocation
from sync.cli.one_plan import the_one
from sync.cli.output import Cell
from sync.core.chain import in_words
from sync.core.dates import french
from sync.core.desired import titles_of
from sync.errors import ConfigError
from sync.recovery import Recovery
from sync.wiring import (
    OpenedPlan,
    connected,
    open_plans,
    process_name,
    publication_of,
    try_plans,
)
from sync.wording import Language, Text

NAME = "recover"
HELP = Text(
    "rebâtit une base perdue ou restaurée, d’Asana et de ce qui est publié; montre d’abord",
    "rebuild a lost or restored database from Asana and what is published; shows first",
)
SHOWN = 20
LONGEST = 80


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    def say(fr: str, en: str) -> str:
        return Text(fr, en).in_(language)

    add_plan(parser, language)
    add_as_of(parser, language)
    parser.add_argument(
        "--from",
        dest="source",
        metavar=say("LIEU", "PLACE"),
        help=say(
            "la publication : un dossier ou l’adresse de la page (par défaut, les dossiers de la "
            "configuration)",
            "the publication: a folder or the page’s address (by default the config’s folders)",
        ),
    )
    parser.add_argument(
        "--by",
        metavar=say("NOM", "NAME"),
        default="",
        help=say("qui le décide (avec --yes)", "who decides it (with --yes)"),
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help=say("écrire dans la base; jamais dans Asana", "write the store; never Asana"),
    )


def run(call: Invocation) -> int:
    args = call.args
    if args.yes and not args.by.strip():
        raise ConfigError(
            Text(
                "--yes demande --by NOM : le journal dit qui a décidé la reprise. Rien n’a été "
                "écrit.",
                "--yes needs --by NAME: the log says who decided the recovery. Nothing was "
                "written.",
            )
        )
    settings = call.settings()
    opening = (
        open_plans(settings, only=args.plan, writing=True)
        if args.yes
        else try_plans(settings, only=args.plan)
    )
    with opening as plans:
        opened = the_one(plans)
        published = publication_of(opened, args.source)
        clock = call.clock(opened.settings.city.zone())
        with connected(opened, clock, process_name()) as ports:
            with call.output.step(Text("Lecture d’Asana…", "Reading Asana…")):
                found = recovery.examine(
                    ports,
                    opened.settings.rules,
                    opened.plan_file,
                    published,
                    sandbox_only=args.as_of is not None,
                )
            _show(call, opened, found)
            if args.yes:
                recovery.recover(ports, found, args.by.strip())
    with call.output.committed():
        call.output.say(_DONE if args.yes else _SHOWN, style="bold")
    return DONE


_SHOWN = Text(
    "Rien n’a été écrit. Pour reprendre la base : la même commande avec --yes --by NOM. Asana et "
    "la page ne changent pas.",
    "Nothing was written. To recover the store: the same command with --yes --by NAME. Asana and "
    "the page do not change.",
)
_DONE = Text(
    "Base reprise. Suite : « jalon diff », puis « jalon sync », qui ne crée rien et ne fait rien "
    "reculer sans votre accord.",
    "Store recovered. Next: `jalon diff`, then `jalon sync`, which creates nothing and turns "
    "nothing back without your yes.",
)


def _show(call: Invocation, opened: OpenedPlan, found: Recovery) -> None:
    output = call.output
    output.table(_HEADERS, list(_counts(found)), title=_from_where(opened, found), head=(0,))
    if not any(ref.startswith("project:") for ref in found.links) and not opened.store.links():
        output.complain(
            Text(
                "Asana ne montre aucun projet de ce plan : espace de travail ou jeton d’un autre "
                "compte ? Le prochain cycle ferait tout créer, et attendra votre accord.",
                "Asana shows no project of this plan: another workspace, another account's "
                "token? The next cycle would create everything, and waits for your yes.",
            )
        )
    for ref in found.missing[:SHOWN]:
        output.say(
            Text(
                f"Absent d’Asana : {ref}. S’il a été supprimé, restaurez-le; le prochain cycle "
                "ne le crée pas sans votre accord.",
                f"Not in Asana: {ref}. If it was removed, restore it; the next cycle does not "
                "create it without your yes.",
            ),
            style="yellow",
        )
    if len(found.missing) > SHOWN:
        more = len(found.missing) - SHOWN
        output.say(Text(f"… et {more} autres.", f"… and {more} more."))
    if found.held:
        titles = titles_of(found.revisions[-1].plan if found.revisions else opened.plan)
        rows: list[Sequence[Cell]] = [
            (
                one.subject,
                titles.get(one.subject),
                one.field,
                _shortly(one.plan),
                _shortly(one.asana),
            )
            for one in found.held
        ]
        output.table(_HELD, rows, title=_HELD_TITLE, head=(0, 2))


_HEADERS = (Text("à reprendre", "to take over"), Text("combien", "how many"))
_HELD = (
    Text("objet", "thing"),
    Text("titre", "title"),
    Text("champ", "field"),
    Text("selon le plan", "by the plan"),
    Text("dans Asana", "in Asana"),
)
_HELD_TITLE = Text(
    "Retenus : rien ne dit ce qui avait été convenu, rien n’y sera écrit",
    "Held: nothing tells what had been agreed, nothing is written there",
)


def _from_where(opened: OpenedPlan, found: Recovery) -> Text:
    if found.published is None:
        return Text(
            f"{opened.plan.title} : aucune publication à lire, seulement Asana",
            f"{opened.plan.title}: no publication to read, Asana only",
        )
    last, where = found.published.last, found.published.where
    return Text(
        f"{opened.plan.title} : instantané {last.numero} du {french(last.etat_au)}, {where}",
        f"{opened.plan.title}: snapshot {last.numero} of {last.etat_au}, {where}",
    )


def _shortly(value: str | None) -> str | None:
    text = " ".join((value or "").split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _counts(found: Recovery) -> list[Sequence[Cell]]:
    kinds = Counter(ref.partition(":")[0] for ref in found.links)
    each = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    linked = f"{len(found.links)} ({each})" if each else "0"
    last = dict(found.lost_heads).get("store")
    return [
        (Text("révisions du plan", "revisions of the plan"), len(found.revisions)),
        (Text("instantanés publiés", "published snapshots"), len(found.snapshots)),
        (
            Text("instantanés dont un texte fut retiré depuis", "snapshots that lost a text since"),
            len(found.withdrawn),
        ),
        (Text("états figés", "frozen statuses"), len(found.frozen)),
        (Text("décisions lues sur la page", "decisions read from the page"), len(found.settled)),
        (Text("liens vers Asana", "links to Asana"), linked),
        (
            Text("accords trop vieux, oubliés", "agreements too old, forgotten"),
            len(found.forgotten),
        ),
        (Text("champs retenus", "fields held"), len(found.held)),
        (Text("absents d’Asana", "not in Asana"), len(found.missing)),
        (
            Text("journal perdu, dernière tête connue", "lost log, last known head"),
            in_words(last) if last else None,
        ),
    ]
