"""`jalon explain ACTION`: what the page says of one action, and why, from stored rows only."""

import argparse
from collections import deque
from collections.abc import Sequence

from sync.cli.arguments import add_plan
from sync.cli.commands.findings import advice, said
from sync.cli.commands.log import about
from sync.cli.commands.log import show as show_log
from sync.cli.commands.status import INVENTED, NOTHING_YET, told
from sync.cli.invocation import DONE, Invocation
from sync.cli.output import Output
from sync.cli.whereabouts import action_in, refs_of
from sync.core.dates import french
from sync.core.status import STATUS_NAMES, Account, row_for
from sync.errors import ConfigError
from sync.model.finding import StoredFinding
from sync.model.plan import Checkpoint
from sync.model.snapshot import (
    PublicAction,
    PublicCheckpoint,
    PublicIndicator,
    PublicStanding,
    Snapshot,
)
from sync.wiring import OpenedPlan, open_plans
from sync.wording import Language, Text

NAME = "explain"
HELP = Text("explique ce que la page dit d’une action", "explain what the page says of one action")
LAST_CHANGES = 15
DECLARED = {
    "a_venir": Text("« à venir »", "“upcoming”"),
    "en_cours": Text("« en cours »", "“under way”"),
    "atteint": Text("« atteint »", "“achieved”"),
    "en_continu": Text("« en continu »", "“ongoing”"),
}


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument(
        "action",
        metavar="ACTION",
        help=Text("identifiant, comme A1-03", "id, such as A1-03").in_(language),
    )
    add_plan(parser, language)


def run(call: Invocation) -> int:
    with open_plans(call.settings(), only=call.args.plan, writing=False) as plans:
        opened = _plan_with(plans, call.args.action)
        action_id = action_in(opened.plan, call.args.action).id
        last = opened.store.last_snapshot()
        published = last and Snapshot.model_validate_json(last.body)
        action = published and next((a for a in published.actions() if a.id == action_id), None)
        if not published or not action:
            call.output.complain(
                Text(f"{action_id} : {NOTHING_YET.fr}.", f"{action_id}: {NOTHING_YET.en}.")
            )
            return DONE
        explain(call.output, opened, published, action)
    return DONE


def _plan_with(plans: Sequence[OpenedPlan], wanted: str) -> OpenedPlan:
    """With several plans the one that has the action; ids may repeat from plan to plan."""
    if len(plans) == 1:
        return plans[0]
    having = [
        p
        for p in plans
        if any(a.id.casefold() == wanted.casefold() for _, _, a in p.plan.actions())
    ]
    if len(having) == 1:
        return having[0]
    names = ", ".join(p.plan.id for p in having or plans)
    raise ConfigError(
        Text(
            f"« {wanted} » : dites de quel plan, avec --plan. Au choix : {names}.",
            f"“{wanted}”: say of which plan, with --plan. One of: {names}.",
        )
    )


def explain(output: Output, opened: OpenedPlan, snapshot: Snapshot, action: PublicAction) -> None:
    if snapshot.demonstration:
        output.say(INVENTED, style="yellow")
    output.say(f"{action.id}  {action.titre}", style="bold")
    if action.donnees_du is not None:
        day = action.donnees_du
        output.say(
            Text(
                f"La tâche n’est plus visible dans Asana : ce qui suit est son dernier état connu, "
                f"du {french(day)}.",
                f"The task is no longer visible in Asana: this is its last known state, of {day}.",
            )
        )
    for checkpoint in snapshot.jalons:
        output.blank()
        for text in _at(checkpoint, action, snapshot):
            output.say(text)
    output.blank()
    _findings(output, opened, action.id)
    rows = list(deque(about(opened, action.id), maxlen=LAST_CHANGES))
    if rows:
        output.blank()
        output.say(Text("Derniers changements au journal :", "Last changes in the log:"))
        show_log(output, rows, opened.settings.city.zone(), title=None)


def _at(checkpoint: PublicCheckpoint, action: PublicAction, snapshot: Snapshot) -> list[Text]:
    standing = action.jalons[checkpoint.id]
    shown, due, freeze = told(action, checkpoint.id), checkpoint.echeance, checkpoint.gel
    lines = [
        Text(
            f"{checkpoint.titre} (échéance le {french(due)}, gel le {french(freeze)}) : {shown.fr}",
            f"{checkpoint.titre} (due on {due}, frozen on {freeze}): {shown.en}",
        )
    ]
    row = row_for(account_from(standing, checkpoint, snapshot))
    lines.append(Text(f"  Pourquoi : {row.when.fr}.", f"  Why: {row.when.en}."))
    if not standing.attendus:
        return lines
    declared = DECLARED[standing.declare] if standing.declare else Text("rien", "nothing")
    lines.append(
        Text(
            f"  Déclaré : {declared.fr}. Indicateurs faits : {standing.faits} de "
            f"{standing.attendus}.",
            f"  Declared: {declared.en}. Indicators done: {standing.faits} of {standing.attendus}.",
        )
    )
    lines += [_indicator(one) for one in standing.indicateurs]
    if standing.etat_fige is not None and standing.fige_le is not None:
        fixed = STATUS_NAMES[standing.etat_fige]
        late = (
            Text(", après coup", ", after the fact") if standing.fige_apres_coup else Text("", "")
        )
        lines.append(
            Text(
                f"  Figé au {french(standing.fige_le)}{late.fr} : {fixed.fr}. Ce qui suit se lit à "
                "côté et ne le change plus.",
                f"  Frozen as of {standing.fige_le}{late.en}: {fixed.en}. What follows is read "
                "beside it and no longer changes it.",
            )
        )
    return lines


def _indicator(one: PublicIndicator) -> Text:
    quantity = Text("", "")
    if one.quantite is not None:
        quantity = Text(f" ; quantité : {one.quantite}", f"; quantity: {one.quantite}")
    if not one.fait:
        return Text(
            f"  – pas fait{quantity.fr} : {one.texte}", f"  – not done{quantity.en}: {one.texte}"
        )
    fr = f" le {french(one.fait_le)}" if one.fait_le else ""
    en = f" on {one.fait_le}" if one.fait_le else ""
    return Text(
        f"  – fait{fr}{quantity.fr} : {one.texte}", f"  – done{en}{quantity.en}: {one.texte}"
    )


def account_from(
    standing: PublicStanding, checkpoint: PublicCheckpoint, snapshot: Snapshot
) -> Account:
    """What the status table looked at, from what was published."""
    return Account(
        expected=standing.attendus,
        done=standing.faits,
        started=any(float(one.quantite or 0) > 0 for one in standing.indicateurs),
        last_done_on=max((i.fait_le for i in standing.indicateurs if i.fait_le), default=None),
        declared=standing.declare,
        continuity=any(one.cible.genre == "continuite" for one in standing.indicateurs),
        checkpoint=Checkpoint(checkpoint.id, checkpoint.titre, checkpoint.echeance, checkpoint.gel),
        today=snapshot.etat_au,
        retired=standing.selon == "reglement" and standing.etat.value == "retire",
        settled=standing.etat if standing.selon == "reglement" else None,
    )


def _findings(output: Output, opened: OpenedPlan, action_id: str) -> None:
    exactly, beginnings = refs_of(opened.store.revisions(), opened.plan, action_id)
    found: list[StoredFinding] = [
        one
        for one in opened.store.findings()
        if one.finding.subject in exactly or one.finding.subject.startswith(beginnings)
    ]
    if not found:
        output.say(Text("Aucun constat ouvert.", "No open finding."))
        return
    output.say(Text("Constats ouverts :", "Open findings:"))
    zone = opened.settings.city.zone()
    for one in found:
        text, do, day = said(one), advice(one), one.first_seen.astimezone(zone).date()
        output.say(
            Text(
                f"  – {text.fr} (depuis le {french(day)}) {do.fr}",
                f"  – {text.en} (since {day}) {do.en}",
            )
        )
