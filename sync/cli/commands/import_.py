"""
`jalon import SOURCE`: read a published document as a plan.

A plan that nobody knows yet is summed up and, with -o, written down as adopted. Against the plan
of record its changes are shown; only --yes, with a reason, makes them a revision.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from sync.adapters.plans.adopted import dump_plan
from sync.adapters.plans.read import Imported, read_plan
from sync.adapters.plans.source import Document, fetch
from sync.cli.invocation import DONE, Invocation
from sync.cli.output import Cell, Output
from sync.cli.staging import staged
from sync.core.fill import fill
from sync.core.log_rows import revision_rows
from sync.core.revise import compare
from sync.errors import ConfigError, SyncError
from sync.model.plan import Change, GoalKind, Plan, Remark
from sync.settings import PlanSettings, Settings
from sync.wiring import OpenedPlan, known_plans, open_plan, read_adopted, same_plan, try_plan
from sync.wording import Language, Text

NAME = "import"
HELP = Text(
    "lit un plan publié : texte, HTML, Markdown, CSV, XLSX ou YAML adopté",
    "read a published plan: text, HTML, Markdown, CSV, XLSX or adopted YAML",
)
FIRST_ADOPTION: Final = "première adoption"

GOALS: Final[dict[GoalKind, Text]] = {
    "deliverable": Text("livrable", "deliverable"),
    "quantity": Text("quantité", "quantity"),
    "state": Text("état", "state"),
    "continuity": Text("continuité", "continuity"),
}
REMARKS: Final[dict[str, Text]] = {
    "action_without_indicator": Text(
        "aucun indicateur dans cette colonne", "no indicator in this column"
    ),
    "state_word": Text("un mot d’état en guise de cible", "a state word as a goal"),
    "ambiguous_column": Text(
        "indicateur dont la colonne n’est pas certaine", "indicator whose column is not certain"
    ),
    "empty_action": Text("action sans aucun indicateur", "action without any indicator"),
    "ignored_column": Text("colonne laissée de côté", "column left aside"),
    "private_words": Text(
        "semble privé, et sera publié tel quel", "looks private, and will be published as it is"
    ),
}
CHANGES: Final[dict[str, Text]] = {
    "added": Text("ajouté", "added"),
    "removed": Text("retiré", "removed"),
    "reworded": Text("reformulé", "reworded"),
    "moved": Text("déplacé", "moved"),
}
LEVELS: Final[dict[str, Text]] = {
    "plan": Text("plan", "plan"),
    "axis": Text("axe", "axis"),
    "volet": Text("volet", "volet"),
    "action": Text("action", "action"),
    "indicator": Text("indicateur", "indicator"),
}


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    def say(fr: str, en: str) -> str:
        return Text(fr, en).in_(language)

    parser.add_argument(
        "source",
        metavar="SOURCE",
        help=say(
            "fichier, adresse http(s), ou « - » pour l’entrée standard",
            "file, http(s) address, or “-” for standard input",
        ),
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar=say("FICHIER", "FILE"),
        help=say("où écrire le plan adopté (YAML)", "where to write the adopted plan (YAML)"),
    )
    parser.add_argument("--id", metavar="ID", help=say("identifiant du plan", "the plan’s id"))
    parser.add_argument(
        "--title", metavar=say("TITRE", "TITLE"), help=say("titre du plan", "the plan’s title")
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help=say(
            "adopter les changements comme révision, ou remplacer un fichier",
            "adopt the changes as a revision, or replace a file",
        ),
    )
    parser.add_argument(
        "--reason",
        metavar=say("MOTIF", "REASON"),
        help=say("pourquoi le plan change (exigé avec --yes)", "why the plan changes (with --yes)"),
    )


def run(call: Invocation) -> int:
    args = call.args
    _refuse_the_source_as_output(args.source, args.output)
    document = fetch(args.source, stdin=call.stdin)
    chosen = _configured(call, document)
    if chosen is None:
        imported = read_plan(document, plan_id=args.id, title=args.title)
        show_summary(call.output, imported)
        if args.output:
            _write(call, imported.plan)
        return DONE
    settings, one = chosen
    with try_plan(settings, one) as opened:
        known, recorded = opened.plan, bool(opened.store.revisions())
    imported = read_plan(
        document, plan_id=known.id, title=args.title, columns=one.columns(), known=known
    )
    show_summary(call.output, imported)
    if same_plan(known, imported.plan):
        _nothing_new(call, imported.plan, recorded=recorded)
        return DONE
    show_changes(call.output, compare(known, imported.plan))
    if not args.yes:
        call.output.say(
            Text(
                'Rien n’a été changé. Pour adopter : --yes --reason "…".',
                'Nothing was changed. To adopt: --yes --reason "…".',
            )
        )
        return DONE
    _adopt(call, settings, one, imported.plan)
    return DONE


def _configured(call: Invocation, document: Document) -> tuple[Settings, PlanSettings] | None:
    """
    The configured plan that this document speaks of, if any.

    A config that was named decides; one that merely lies in the working folder counts only
    when the document or --id says that it is that plan, or -o names its file.
    """
    args = call.args
    named = bool(args.config or call.environ.get("JALON_CONFIG", "").strip())
    if not named and not (call.root / "config").is_dir():
        return None
    try:
        settings = call.settings()
        plans = known_plans(settings)
    except ConfigError:
        if named:
            raise
        return None
    if named and len(plans) == 1:
        return settings, plans[0][0]
    wanted = args.id or read_plan(document, title=args.title).plan.id
    output = args.output and Path(args.output).resolve()
    for one, plan in plans:
        if plan.id == wanted or (output and one.plan_path.resolve() == output):
            return settings, one
    if not named:
        return None
    listed = ", ".join(plan.id for _, plan in plans)
    raise ConfigError(
        Text(
            f"--id : dites duquel des plans configurés il s’agit. Au choix : {listed}.",
            f"--id: say which of the configured plans it is. One of: {listed}.",
        )
    )


def show_summary(output: Output, imported: Imported) -> None:
    plan = imported.plan
    volets, actions = list(plan.volets()), list(plan.actions())
    lines = list(plan.indicators())
    output.say(f"{plan.title} ({plan.id})", style="bold")
    per_axis: list[Sequence[Cell]] = [
        (
            axis.number,
            axis.title,
            len(axis.volets),
            sum(len(volet.actions) for volet in axis.volets),
            *(
                sum(len(a.indicators.get(c.id, ())) for v in axis.volets for a in v.actions)
                for c in imported.checkpoints
            ),
        )
        for axis in plan.axes
    ]
    per_checkpoint = Counter(checkpoint_id for _, checkpoint_id, _ in lines)
    totals = [per_checkpoint[c.id] for c in imported.checkpoints]
    output.table(
        (
            Text("axe", "axis"),
            Text("titre", "title"),
            Text("volets", "volets"),
            Text("actions", "actions"),
            *(Text(f"indicateurs {c.id}", f"indicators {c.id}") for c in imported.checkpoints),
        ),
        [*per_axis, (None, Text("en tout", "in all"), len(volets), len(actions), *totals)],
    )
    goals = Counter(indicator.goal.kind for _, _, indicator in lines)
    output.table(
        (Text("cible", "goal"), Text("nombre", "count")),
        [(GOALS[kind], goals[kind]) for kind in GOALS if goals[kind]],
    )
    if imported.remarks:
        output.table(
            (
                Text("à savoir", "to know"),
                Text("objet", "thing"),
                Text("texte", "text"),
                Text("où", "where"),
            ),
            [(_remark(one), one.subject, one.text, one.place) for one in imported.remarks],
        )


def _remark(one: Remark) -> Text:
    return REMARKS.get(one.code, Text(one.code, one.code))


def show_changes(output: Output, changes: Sequence[Change]) -> None:
    output.table(
        (
            Text("changement", "change"),
            Text("niveau", "level"),
            Text("id", "id"),
            Text("avant", "before"),
            Text("après", "after"),
        ),
        [(CHANGES[c.kind], LEVELS[c.level], c.id, c.before, c.after) for c in changes],
        head=(0, 1, 2),
        title=fill(
            Text(
                "{n:# changement|# changements} par rapport au plan en vigueur",
                "{n:# change|# changes} from the plan of record",
            ),
            {"n": len(changes)},
        ),
    )


def _nothing_new(call: Invocation, plan: Plan, *, recorded: bool) -> None:
    where: Literal["record", "file"] = "record" if recorded else "file"
    fr = {"record": "au plan en vigueur", "file": "au plan adopté dans le fichier"}[where]
    en = {"record": "the plan of record", "file": "the plan adopted in the file"}[where]
    call.output.say(Text(f"Rien ne change par rapport {fr}.", f"Nothing differs from {en}."))
    if call.args.output:
        _write(call, plan)


def _write(call: Invocation, plan: Plan) -> None:
    place, text = Path(call.args.output), dump_plan(plan)
    if _same_file(place, text):
        call.output.say(Text(f"{place} : déjà à jour.", f"{place}: already up to date."))
        return
    _refuse_to_replace(call, place)
    with staged(place, text) as fresh:
        fresh.put()
    with call.output.committed():
        call.output.say(Text(f"Plan adopté écrit : {place}", f"Adopted plan written: {place}"))


def _same_file(place: Path, text: str) -> bool:
    try:
        return place.read_bytes() == text.encode()
    except OSError:
        return False


def _refuse_the_source_as_output(source: str, output: str | None) -> None:
    """What the city published is the proof that the plan was read right."""
    if output is not None and _are_one_file(source, output):
        raise ConfigError(
            Text(
                f"-o {output} : c’est la source elle-même. Rien n’a été écrit; donnez un autre "
                "nom.",
                f"-o {output}: that is the source itself. Nothing was written; give another name.",
            )
        )


def _are_one_file(source: str, output: str) -> bool:
    """An address, standard input and a file to come are no file of this disk."""
    try:
        return Path(output).samefile(source)
    except (OSError, ValueError):
        return False


def _refuse_to_replace(call: Invocation, place: Path) -> None:
    """Only an adopted plan is ever replaced, and only when a person says so."""
    if not place.exists():
        return
    if not _is_adopted(place):
        raise ConfigError(
            Text(
                f"{place} existe déjà et n’est pas un plan adopté. Rien n’a été écrit; donnez un "
                "autre nom.",
                f"{place} already exists and is no adopted plan. Nothing was written; give another "
                "name.",
            )
        )
    if not call.args.yes:
        raise ConfigError(
            Text(
                f"{place} existe déjà et diffère. Rien n’a été écrit; ajoutez --yes pour le "
                "remplacer, ou donnez un autre nom.",
                f"{place} already exists and differs. Nothing was written; add --yes to replace "
                "it, or give another name.",
            )
        )


def _is_adopted(place: Path) -> bool:
    try:
        read_adopted(place)
    except (SyncError, OSError):
        return False
    return True


def _adopt(call: Invocation, settings: Settings, one: PlanSettings, plan: Plan) -> None:
    """The revision and the file, or neither: the file is ready on disk before the revision is."""
    reason = (call.args.reason or "").strip()
    if not reason:
        raise ConfigError(
            Text(
                "--reason : dites pourquoi le plan change; le motif est gardé avec la révision. "
                "Rien n’a été changé.",
                "--reason: say why the plan changes; the reason is kept with the revision. "
                "Nothing was changed.",
            )
        )
    one.rules(plan)  # what the config cannot steer is not adopted
    if call.args.output:
        _refuse_to_replace(call, Path(call.args.output))
    with open_plan(settings, one) as opened:
        if call.args.output:
            with staged(Path(call.args.output), dump_plan(plan)) as fresh:
                number = _record(call, opened, plan, reason)
                fresh.put()
        else:
            number = _record(call, opened, plan, reason)
    _tell_adopted(call, one, number)


def _tell_adopted(call: Invocation, one: PlanSettings, number: int) -> None:
    """The revision first: it is what cannot be taken back."""
    with call.output.committed():
        call.output.say(Text(f"Révision {number} adoptée.", f"Revision {number} adopted."))
        if place := call.args.output:
            call.output.say(Text(f"Plan adopté écrit : {place}", f"Adopted plan written: {place}"))
            return
    with call.output.committed():
        call.output.complain(
            Text(
                f"{one.plan_path} ne le dit pas encore : -o {one.plan_path} l’y écrit.",
                f"{one.plan_path} does not say so yet: -o {one.plan_path} writes it there.",
            )
        )


def _record(call: Invocation, opened: OpenedPlan, plan: Plan, reason: str) -> int:
    """The original wording comes first in the record, even when nothing was synchronised yet."""
    now, store = call.now(), opened.store
    today = now.astimezone(opened.settings.city.zone()).date()
    with store.transaction():
        before = opened.plan
        if not store.revisions():
            store.add_revision(opened.plan_file, today, FIRST_ADOPTION)
        revision = store.add_revision(plan, today, reason)
        store.append_log("import", now, list(revision_rows(before, revision, "jalon")))
    return revision.number
