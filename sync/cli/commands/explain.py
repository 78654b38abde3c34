"""
`jalon explain ACTION`: what the page says of one action, and why, from stored rows only.

With `--on DATE`: what it said at the end of that day, as it was stored then.
"""

import argparse
from collections import deque
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sync.cli.arguments import add_plan, day
from sync.cli.commands.findings import advices, said, settlement_words
from sync.cli.commands.log import ERASED_TEXTS, about
from sync.cli.commands.log import show as show_log
from sync.cli.commands.status import INVENTED, NOTHING_YET, told
from sync.cli.invocation import DONE, Invocation
from sync.cli.output import Output
from sync.cli.whereabouts import action_in, action_of_any_revision, refs_of
from sync.core.dates import french, french_moment
from sync.core.ending import stands_ended
from sync.core.past import (
    InForce,
    end_of,
    findings_then,
    freezes_then,
    in_force,
    lost_then,
)
from sync.core.status import STATUS_NAMES, Account, Row, row_for, stand
from sync.errors import ConfigError
from sync.model.finding import StoredFinding
from sync.model.plan import Checkpoint
from sync.model.progress import Status
from sync.model.record import RESTORED, LogFilter, LogRow, SnapshotRecord
from sync.model.snapshot import (
    PublicAction,
    PublicCheckpoint,
    PublicCorrection,
    PublicIndicator,
    PublicStanding,
    Snapshot,
)
from sync.wiring import OpenedPlan, open_plans
from sync.wording import Language, Text

NAME = "explain"
HELP = Text("explique ce que la page dit d’une action", "explain what the page says of one action")
LAST_CHANGES = 15
TARGET = "target:"
"""How the subject of a finding about a target begins."""
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
    parser.add_argument(
        "--on",
        type=day(language),
        metavar=Text("JOUR", "DAY").in_(language),
        help=Text(
            "ce que la page disait à la fin de ce jour", "what the page said at the end of that day"
        ).in_(language),
    )
    add_plan(parser, language)


def run(call: Invocation) -> int:
    with open_plans(call.settings(), only=call.args.plan, writing=False) as plans:
        opened = _plan_with(plans, call.args.action)
        if call.args.on is not None:
            explain_then(call, opened, call.args.on)
            return DONE
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


def explain(
    output: Output,
    opened: OpenedPlan,
    snapshot: Snapshot,
    action: PublicAction,
    *,
    last: int = LAST_CHANGES,
) -> None:
    """Of what the log holds of the action, the `last` lines."""
    if snapshot.demonstration:
        output.say(INVENTED, style="yellow")
    if snapshot.ended is not None:
        output.say(stands_ended(*snapshot.ended))
    output.say(f"{action.id}  {action.titre}", style="bold")
    if action.donnees_du is not None:
        output.say(_last_known(action.donnees_du))
    for checkpoint in snapshot.jalons:
        output.blank()
        for text in _at(checkpoint, action, snapshot):
            output.say(text)
    output.blank()
    _findings(output, opened, action.id)
    rows = list(deque(about(opened, action.id), maxlen=last))
    _changes(output, rows, opened)


def _changes(output: Output, rows: list[LogRow], opened: OpenedPlan) -> None:
    if rows:
        output.blank()
        output.say(Text("Derniers changements au journal :", "Last changes in the log:"))
        show_log(output, rows, opened.settings.city.zone(), title=None)


def explain_then(call: Invocation, opened: OpenedPlan, on: date) -> None:
    """Nothing is judged again: the snapshot that stood, and the log up to the end of that day."""
    output, zone = call.output, opened.settings.city.zone()
    if on > call.now().astimezone(zone).date():
        raise ConfigError(
            Text(f"--on : le {french(on)} n’est pas encore passé.", f"--on: {on} is yet to come.")
        )
    action_id = action_of_any_revision(opened.store.revisions(), opened.plan, call.args.action)
    standing = in_force(opened.store.snapshots(), on, zone)
    over = end_of(on, zone)
    rows = list(about(opened, action_id, until=over))
    output.say(Text(f"{action_id}, le {french(on)}", f"{action_id}, on {on}"), style="bold")
    if standing is None:
        output.say(
            Text(
                "Aucun instantané n’existait encore : la page ne disait rien de ce plan.",
                "There was no snapshot yet: the page said nothing of this plan.",
            )
        )
    else:
        _page_then(output, standing, action_id, rows, zone)
        _not_taken(output, opened, over, zone)
    output.blank()
    if not _untold(output, opened, over, zone):
        _findings_then(output, rows, zone)
    _changes(output, rows[-LAST_CHANGES:], opened)


def _page_then(
    output: Output, standing: InForce, action_id: str, rows: list[LogRow], zone: ZoneInfo
) -> None:
    snapshot = Snapshot.model_validate_json(standing.record.body)
    if snapshot.demonstration:
        output.say(INVENTED, style="yellow")
    output.say(_stood(standing, snapshot, zone))
    if snapshot.ended is not None:
        output.say(stands_ended(*snapshot.ended))
    action = next((one for one in snapshot.actions() if one.id == action_id), None)
    if action is None:
        output.say(
            Text(
                f"Cette action n’était pas au plan publié (révision {snapshot.plan.revision}).",
                f"This action was not in the published plan (revision {snapshot.plan.revision}).",
            )
        )
        return
    output.say(action.titre)
    if action.donnees_du is not None:
        output.say(_last_known(action.donnees_du))
    frozen = freezes_then(rows)
    for checkpoint in snapshot.jalons:
        output.blank()
        for text in _at(checkpoint, action, snapshot):
            output.say(text)
        if action.jalons[checkpoint.id].etat_fige is None:
            output.say(_not_frozen(frozen.get(checkpoint.id), zone))


def _stood(standing: InForce, snapshot: Snapshot, zone: ZoneInfo) -> Text:
    def moment(record: SnapshotRecord) -> tuple[str, str]:
        there = record.generated_at.astimezone(zone)
        return french_moment(there), f"{there:%Y-%m-%d at %H:%M}"

    (since_fr, since_en), after = moment(standing.record), standing.until
    fr = f"L’instantané {snapshot.numero} était en vigueur, depuis le {since_fr}"
    en = f"Snapshot {snapshot.numero} was in force, since {since_en}"
    if after is not None:
        until_fr, until_en = moment(after)
        fr, en = f"{fr} et jusqu’au {until_fr}", f"{en} and until {until_en}"
    fr += f"; il suit la révision {snapshot.plan.revision} du plan."
    en += f"; it follows revision {snapshot.plan.revision} of the plan."
    if len(standing.that_day) > 1:
        numbers = ", ".join(map(str, standing.that_day))
        fr += f" Ce jour-là en a vu plusieurs ({numbers}) : voici le dernier."
        en += f" That day saw several ({numbers}): this is the last."
    return Text(fr, en)


def _not_frozen(row: LogRow | None, zone: ZoneInfo) -> Text:
    if row is None:
        return Text("  Pas encore figé ce jour-là.", "  Not frozen yet on that day.")
    there = row.at.astimezone(zone).date()
    status = Status(row.to) if row.to in set(Status) else None
    name = STATUS_NAMES[status] if status else Text("?", "?")
    return Text(
        f"  Figé au journal le {french(there)} ({name.fr}), pas encore publié ce jour-là.",
        f"  Frozen in the log on {there} ({name.en}), not published yet on that day.",
    )


def _findings_then(output: Output, rows: list[LogRow], zone: ZoneInfo) -> None:
    found = findings_then(rows)
    if not found:
        output.say(Text("Aucun constat ouvert ce jour-là.", "No finding was open on that day."))
        return
    output.say(Text("Constats ouverts ce jour-là :", "Findings open on that day:"))
    for one in found:
        row, there = one.row, one.since.astimezone(zone).date()
        said = ERASED_TEXTS if row.erased else Text(row.reason_fr, row.reason_en)
        output.say(
            Text(f"  – {said.fr} (depuis le {french(there)})", f"  – {said.en} (since {there})")
        )


def _untold(output: Output, opened: OpenedPlan, over: datetime, zone: ZoneInfo) -> bool:
    """Whether the log's rows of that moment are lost; then what it does not say proves nothing."""
    store = opened.store
    among = [*store.log_where(LogFilter(numbers=frozenset({1})))]
    lost = lost_then([*among, *store.log_where(LogFilter(code=RESTORED))], over)
    if lost is None:
        return False
    there = lost.at.astimezone(zone).date()
    output.say(
        Text(
            "Le journal de ce jour est perdu avec une base de données, remplacée le "
            f"{french(there)} : les constats d’alors ne sont plus connus.",
            "The log of that day is lost with a database, which was replaced on "
            f"{there}: the findings of then are no longer known.",
        ),
        style="yellow",
    )
    return True


def _not_taken(output: Output, opened: OpenedPlan, over: datetime, zone: ZoneInfo) -> None:
    """Where a target had not answered, its readers may have had an earlier snapshot."""
    rows = opened.store.log_where(LogFilter(beginnings=(TARGET,), until=over))
    for one in findings_then(rows):
        if one.row.rule == "publish.failed":
            name = one.row.subject.removeprefix(TARGET)
            there = one.row.at.astimezone(zone).date()
            output.say(
                Text(
                    f"La cible « {name} » ne prenait plus les publications depuis le "
                    f"{french(there)} : on pouvait y lire un instantané plus ancien.",
                    f"The target “{name}” no longer took publications since {there}: an earlier "
                    "snapshot may have stood there.",
                ),
                style="yellow",
            )


def _last_known(read_on: date) -> Text:
    return Text(
        f"La tâche n’est plus visible dans Asana : ce qui suit est son dernier état connu, "
        f"du {french(read_on)}.",
        f"The task is no longer visible in Asana: this is its last known state, of {read_on}.",
    )


def _at(checkpoint: PublicCheckpoint, action: PublicAction, snapshot: Snapshot) -> list[Text]:
    standing = action.jalons[checkpoint.id]
    shown, due, freeze = told(action, checkpoint.id), checkpoint.echeance, checkpoint.gel
    lines = [
        Text(
            f"{checkpoint.titre} (échéance le {french(due)}, gel le {french(freeze)}) : {shown.fr}",
            f"{checkpoint.titre} (due on {due}, frozen on {freeze}): {shown.en}",
        )
    ]
    row = row_behind(standing, checkpoint, snapshot)
    if row is not None:
        lines.append(Text(f"  Pourquoi : {row.when.fr}.", f"  Why: {row.when.en}."))
    if not standing.attendus:
        return lines
    declared = DECLARED[standing.declare] if standing.declare else Text("rien", "nothing")
    lines.append(
        Text(
            f"  Déclaré : {declared.fr}. Indicateurs faits : {standing.faits} sur "
            f"{standing.attendus}.",
            f"  Declared: {declared.en}. Indicators done: {standing.faits} of {standing.attendus}.",
        )
    )
    lines += [_indicator(one) for one in standing.indicateurs]
    if standing.regle_le is not None:
        why = f" Motif : {standing.motif}" if standing.motif else ""
        why_en = f" Reason: {standing.motif}" if standing.motif else ""
        lines.append(
            Text(
                f"  Décidé par une personne le {french(standing.regle_le)}.{why}",
                f"  Decided by a person on {standing.regle_le}.{why_en}",
            )
        )
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
    lines += map(_correction, standing.corrections)
    return lines


def _correction(one: PublicCorrection) -> Text:
    name = STATUS_NAMES[one.etat]
    return Text(
        f"  Corrigé le {french(one.le)} : {name.fr}. Motif : {one.motif}",
        f"  Corrected on {one.le}: {name.en}. Reason: {one.motif}",
    )


def _indicator(one: PublicIndicator) -> Text:
    quantity = Text("", "")
    if one.quantite is not None:
        quantity = Text(f"; quantité : {one.quantite}", f"; quantity: {one.quantite}")
    if not one.fait:
        return Text(
            f"  – pas fait{quantity.fr} : {one.texte}", f"  – not done{quantity.en}: {one.texte}"
        )
    fr = f" le {french(one.fait_le)}" if one.fait_le else ""
    en = f" on {one.fait_le}" if one.fait_le else ""
    return Text(
        f"  – fait{fr}{quantity.fr} : {one.texte}", f"  – done{en}{quantity.en}: {one.texte}"
    )


def row_behind(
    standing: PublicStanding, checkpoint: PublicCheckpoint, snapshot: Snapshot
) -> Row | None:
    """
    The row of the status table that gave what was published; None where today's table gives it not.

    A quantity that is not ticked, or a tick dated ahead, is work begun and not public: whether
    there was one is told by the published standing alone.
    """
    account = Account(
        expected=standing.attendus,
        done=standing.faits,
        started=False,
        last_done_on=max((i.fait_le for i in standing.indicateurs if i.fait_le), default=None),
        declared=standing.declare,
        continuity=any(one.cible.genre == "continuite" for one in standing.indicateurs)
        and all(one.fait or one.cible.genre == "continuite" for one in standing.indicateurs),
        checkpoint=Checkpoint(checkpoint.id, checkpoint.titre, checkpoint.echeance, checkpoint.gel),
        today=snapshot.etat_au,
        retired=standing.selon == "reglement" and standing.etat is Status.RETIRED,
        settled=standing.etat if standing.selon == "reglement" else None,
    )
    for one in (account, account._replace(started=True)):
        given = stand(one)
        if (given.status, given.basis) == (standing.etat, standing.selon):
            return row_for(one)
    return None


def _findings(output: Output, opened: OpenedPlan, action_id: str) -> None:
    exactly, beginnings = refs_of(opened.store.revisions(), opened.plan, action_id)
    found: list[StoredFinding] = [
        one
        for one in opened.store.findings()
        if one.finding.subject in exactly or one.finding.subject.startswith(beginnings)
    ]
    zone = opened.settings.city.zone()
    _settled(output, opened, [one for one in found if one.state == "settled"], zone)
    found = [one for one in found if one.state != "settled"]
    if not found:
        output.say(Text("Aucun constat ouvert.", "No open finding."))
        return
    output.say(Text("Constats ouverts :", "Open findings:"))
    advice = advices(opened)
    for one in found:
        text, do, since = said(one), advice(one), one.first_seen.astimezone(zone).date()
        output.say(
            Text(
                f"  – {text.fr} (depuis le {french(since)}) {do.fr}",
                f"  – {text.en} (since {since}) {do.en}",
            )
        )


def _settled(
    output: Output, opened: OpenedPlan, found: Sequence[StoredFinding], zone: ZoneInfo
) -> None:
    by = {one.key: one for one in opened.store.settlements()}
    known = [(one, by[one.finding.key]) for one in found if one.finding.key in by]
    if not known:
        return
    output.say(Text("Constats réglés :", "Settled findings:"))
    for one, settlement in known:
        text, words = said(one), settlement_words(settlement, zone)
        output.say(Text(f"  – {text.fr} {words.fr}", f"  – {text.en} {words.en}"))
