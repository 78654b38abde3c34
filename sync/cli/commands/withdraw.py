"""
`jalon withdraw`: take a published text out of the past, because a law asks for it.

Shown first; done with --yes, a name and a reason. The snapshots keep their commitment to it, so
every signed note still verifies; the next publication tells the decision.
"""

import argparse
from datetime import date
from typing import Final

from sync.cli.arguments import add_plan, count
from sync.cli.invocation import DONE, Invocation
from sync.cli.one_plan import the_one
from sync.core.commitments import places_of, without
from sync.core.fill import fill
from sync.core.held_back import HELD_BACK, IN_ASANA, gone_from, read_held_back, write_held_back
from sync.core.presentable import presentable
from sync.core.withdrawal import (
    WITHDRAWALS,
    read_withdrawals,
    unfit_reason,
    write_withdrawals,
)
from sync.errors import ConfigError
from sync.model.record import LEASE_SECONDS, NewLogRow, SnapshotRecord
from sync.model.snapshot import PublicWithdrawal, Snapshot
from sync.ports import Store
from sync.wiring import OpenedPlan, open_plans, process_name
from sync.wording import Language, Text

NAME = "withdraw"
HELP = Text(
    "retire un texte déjà publié, par décision; tout se vérifie encore",
    "withdraw a text that was published, by decision; all still verifies",
)
FIELDS: Final = (*IN_ASANA, "motif", "correction")
SHOWN: Final = 5


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    def say(fr: str, en: str) -> str:
        return Text(fr, en).in_(language)

    parser.add_argument("action", metavar="ACTION", help=say("l’id de l’action", "the action’s id"))
    parser.add_argument(
        "--field",
        choices=FIELDS,
        required=True,
        help=say(
            "note, preuve, motif (d’une décision) ou correction (son motif)",
            "note, preuve (proof), motif (a decision’s reason) or correction (its reason)",
        ),
    )
    parser.add_argument(
        "--checkpoint",
        metavar="ID",
        help=say("le jalon d’un motif", "the checkpoint of a reason"),
    )
    parser.add_argument(
        "--from",
        dest="first",
        type=count(language),
        default=1,
        metavar="N",
        help=say("dès cet instantané (le premier)", "from this snapshot on (the first)"),
    )
    parser.add_argument(
        "--to",
        dest="last",
        type=count(language),
        metavar="N",
        help=say("jusqu’à celui-ci (le dernier)", "up to this one (the last)"),
    )
    parser.add_argument(
        "--by", default="", metavar=say("NOM", "NAME"), help=say("qui décide", "who decides")
    )
    parser.add_argument(
        "--reason",
        default="",
        metavar=say("TEXTE", "TEXT"),
        help=say(
            "pourquoi; il est publié pour de bon : n’y nommez personne",
            "why; it is published for good: name nobody in it",
        ),
    )
    parser.add_argument("--yes", action="store_true", help=say("retirer", "do withdraw"))
    add_plan(parser, language)


def run(call: Invocation) -> int:
    args, settings = call.args, call.settings()
    by, reason = args.by.strip(), presentable(args.reason).strip()
    if args.yes and not (by and reason):
        raise _refused(
            "dites qui décide et pourquoi (--by, --reason).",
            "say who decides and why (--by, --reason).",
        )
    if (args.checkpoint is None) == (args.field not in IN_ASANA):
        raise _refused(
            "--checkpoint va avec motif et correction, et avec eux seuls.",
            "--checkpoint goes with motif and correction, and with them alone.",
        )
    with open_plans(settings, only=args.plan, writing=args.yes) as plans:
        opened = the_one(plans)
        day = call.now().astimezone(opened.settings.city.zone()).date()
        if args.yes:
            lease = opened.store.take_lease(process_name(), call.now(), LEASE_SECONDS)
            try:
                texts = _withdraw(call, opened, day, by, reason)
            finally:
                opened.store.release_lease(lease)
        else:
            texts, _ = _found(call, opened, reason)
        shown_last = opened.store.snapshots()[-1].number in texts
        held = _is_held_back(opened.store, args.action, args.field) or shown_last
    with call.output.committed():
        for number, text in list(texts.items())[:SHOWN]:
            call.output.say(Text(f"  {number} : {text}", f"  {number}: {text}"))
        call.output.say(fill(_DONE if args.yes else _SHOWN, {"n": len(texts)}))
        if held and args.field in IN_ASANA:
            call.output.say(_IN_ASANA_STILL)
    return DONE


_SHOWN: Final = Text(
    "Rien n’a été retiré. {n:# instantané contient|# instantanés contiennent} ce texte. Pour le "
    "retirer pour de bon : la même commande avec --by, --reason et --yes.",
    "Nothing was withdrawn. {n:# snapshot holds|# snapshots hold} this text. To withdraw it for "
    "good: the same command with --by, --reason and --yes.",
)
_DONE: Final = Text(
    "Texte retiré de {n:# instantané|# instantanés}. Lancez « jalon sync » : la publication "
    "suivante le dit, et le retire de chaque dossier, seau, hôte SFTP et portail. Un récepteur "
    "d’envois, le journal (« jalon log --erase »), les sauvegardes et les copies des lecteurs "
    "peuvent encore le contenir.",
    "Text withdrawn from {n:# snapshot|# snapshots}. Run `jalon sync`: the next publication says "
    "so, and takes it out of every folder, bucket, SFTP host and portal. A receiver of pushes, the "
    "log (`jalon log --erase`), backups and readers’ copies may still hold it.",
)


_IN_ASANA_STILL: Final = Text(
    "S’il est encore dans Asana, videz-y ce champ, ou « Publier la note » : rien n’y est repris "
    "avant qu’un cycle l’ait vu ainsi, même si le plan reprend.",
    "If it is still in Asana, empty that field there, or « Publier la note »: nothing is taken "
    "from it before a cycle saw it so, even if the plan goes on.",
)


def _is_held_back(store: Store, action: str, field: str) -> bool:
    return (action, field) in read_held_back(store.facts().get(HELD_BACK))


def _found(
    call: Invocation, opened: OpenedPlan, reason: str
) -> tuple[dict[int, str], dict[int, bytes]]:
    """By number, the text as it stands and the snapshot without it."""
    args, store = call.args, opened.store
    wanted = (args.action, args.field, args.checkpoint)
    texts: dict[int, str] = {}
    bodies: dict[int, bytes] = {}
    found: set[str] = set()
    records = store.snapshots()
    for record in _between(records, args.first, args.last):
        places = places_of(record.body, wanted)
        if places:
            texts[record.number] = " / ".join(places.values())
            found.update(places.values())
            bodies[record.number] = without(record.body, places)
    if not texts:
        raise _refused(
            "aucun de ces instantanés ne contient un tel texte.",
            "none of these snapshots holds such a text.",
        )
    if what := unfit_reason(reason, found, opened.rules.never):
        raise _refused(
            f"--reason : le motif est publié, ne se retire pas, et semble contenir {what.fr}. "
            "Dites-le autrement.",
            f"--reason: the reason is published, cannot be withdrawn, and seems to hold {what.en}. "
            "Say it otherwise.",
        )
    return texts, bodies


def _between(
    records: tuple[SnapshotRecord, ...], first: int, last: int | None
) -> list[SnapshotRecord]:
    return [one for one in records if first <= one.number and (not last or one.number <= last)]


def _withdraw(
    call: Invocation, opened: OpenedPlan, day: date, by: str, reason: str
) -> dict[int, str]:
    args, store = call.args, opened.store
    texts, bodies = _found(call, opened, reason)
    made = PublicWithdrawal(
        instantanes=tuple(bodies),
        action=args.action,
        champ=args.field,
        jalon=args.checkpoint,
        le=day,
        motif=reason,
    )
    facts = store.facts()
    known = read_withdrawals(facts.get(WITHDRAWALS))
    held = read_held_back(facts.get(HELD_BACK))
    if args.field in IN_ASANA:
        last = store.snapshots()[-1]
        after = Snapshot.model_validate_json(bodies.get(last.number, last.body))
        held |= gone_from(after, [(args.action, args.field)])
    row = NewLogRow(
        kind="withdrawn",
        subject="",
        field=args.field,
        rule="withdrawn",
        reason_fr=reason,
        reason_en=reason,
        outcome="done",
        actor=by,
    )
    store.withdraw(
        bodies,
        row,
        call.now(),
        (WITHDRAWALS, write_withdrawals((*known, made))),
        (HELD_BACK, write_held_back(held)),
    )
    return texts


def _refused(fr: str, en: str) -> ConfigError:
    return ConfigError(
        Text(f"withdraw : {fr} Rien n’a été retiré.", f"withdraw: {en} Nothing was withdrawn.")
    )
