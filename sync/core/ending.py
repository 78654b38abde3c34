"""
The end of a plan: who still writes, which state is the last, and what stays as it was.

Once the plan's last day is over nothing is written into Asana any more. The first complete reading
that began after that day closes the plan: one last number says so. From then on the page keeps
what that number says; only a correction, a withdrawal, or a text that turns out private changes it
(decision record 0048).
"""

from dataclasses import replace
from datetime import date
from typing import Final

from sync.core.dates import french
from sync.core.log_rows import worth_a_row
from sync.core.privacy import link_fault, private_in
from sync.core.snapshot import public_reason, totals_of
from sync.core.view import View
from sync.errors import ConfigError
from sync.model.finding import Finding
from sync.model.record import NewLogRow
from sync.model.rules import Rules
from sync.model.snapshot import PublicAction, PublicCorrection, PublicStanding, Snapshot
from sync.wording import Text

ENDED: Final = "ended"
"""The fact that holds both days of the end that the log told last; empty when it goes on."""
_OF_WRITING: Final = ("task.blocked",)
"""Findings about a write that has to wait; where none is asked for, nothing waits."""


def is_over(rules: Rules, today: date) -> bool:
    return rules.ends_on is not None and today > rules.ends_on


def stands(before: Snapshot | None, rules: Rules) -> bool:
    """
    Whether the last state that was published is still that of the plan.

    It is where it was read after the last day as the city gives it now. A later day asks for
    another last state, were that day over already.
    """
    if before is None or before.termine_le is None or rules.ends_on is None:
        return False
    return before.termine_le > rules.ends_on


def only_read(rules: Rules) -> Rules:
    """The same rules, with drift reported in every field: nothing is put back any more."""
    mapping = rules.mapping
    fields = tuple(
        replace(one, on_drift="report") if one.on_drift == "restore" else one
        for one in mapping.fields
    )
    builtins = {
        name: replace(one, on_drift="report") if one.on_drift == "restore" else one
        for name, one in mapping.builtins.items()
    }
    return replace(rules, mapping=replace(mapping, fields=fields, builtins=builtins))


def without_writes(view: View) -> View:
    """What was seen and what it means, and nothing that asks to be written."""
    changes = replace(
        view.changes,
        operations=(),
        on_success={},
        decisions=tuple(one for one in view.changes.decisions if worth_a_row(one)),
        findings=_of_reading(view.changes.findings),
    )
    return replace(view, changes=changes, findings=_of_reading(view.findings))


def _of_reading(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(one for one in findings if one.code not in _OF_WRITING)


def closed(built: Snapshot, today: date) -> Snapshot:
    return built.model_copy(update={"termine_le": today})


def kept(before: Snapshot, built: Snapshot, rules: Rules) -> Snapshot:
    """
    The publication after the plan's last one: what `before` says, under the next number.

    Of what Asana and the store say now (`built`), only the corrections of frozen statuses, the
    withdrawals and the plan's last day are taken. A text under a name that was since put on the
    city's list, or that a younger rule finds private, is withheld as it would be today.
    """
    now = {action.id: action for action in built.actions()}
    shown = before.with_actions(lambda action: _kept(action, now.get(action.id), rules))
    totals = (
        before.totaux
        if shown.axes == before.axes
        else {one.id: totals_of(shown.actions(), one.id) for one in before.jalons}
    )
    return built.model_copy(
        update={
            "etat_au": before.etat_au,
            "plan": before.plan,
            "jalons": before.jalons,
            "axes": shown.axes,
            "totaux": totals,
            "termine_le": before.termine_le,
        }
    )


def _kept(action: PublicAction, now: PublicAction | None, rules: Rules) -> PublicAction:
    never = rules.never
    withheld = action.note is not None and private_in(action.note, never) is not None
    fault = None if action.preuve is None else link_fault(action.preuve, never)
    return action.model_copy(
        update={
            "jalons": {
                key: _standing(one, now.jalons.get(key) if now else None, rules)
                for key, one in action.jalons.items()
            },
            **({"note": None, "texte_retenu": True} if withheld else {}),
            **({"preuve": None, "preuve_retenue": fault[0]} if fault else {}),
        }
    )


def _standing(standing: PublicStanding, now: PublicStanding | None, rules: Rules) -> PublicStanding:
    said = standing.corrections
    if now is not None and len(now.corrections) >= len(said):
        said = now.corrections
    motif = None if standing.motif is None else public_reason(standing.motif, rules.never)
    return standing.model_copy(
        update={"corrections": tuple(_again(one, rules) for one in said), "motif": motif}
    )


def _again(one: PublicCorrection, rules: Rules) -> PublicCorrection:
    return one.model_copy(update={"motif": public_reason(one.motif, rules.never)})


def never_followed(ends_on: date) -> ConfigError:
    return ConfigError(
        Text(
            f"Le plan a pris fin le {french(ends_on)} sans avoir jamais été suivi dans Asana : il "
            "n’y a rien à y lire ni à publier. Rien n’a été écrit; corrigez « ends » dans la "
            "configuration.",
            f"The plan ended on {ends_on} without ever being followed in Asana: there is nothing "
            "to read there or to publish. Nothing was written; correct “ends” in the config.",
        )
    )


def written_no_more(ends_on: date) -> Text:
    return Text(
        f"le plan a pris fin le {french(ends_on)}, rien n’est plus écrit dans Asana.",
        f"the plan ended on {ends_on}, nothing is written into Asana any more.",
    )


def waits(ends_on: date) -> Text:
    """Said in the outcome of a cycle that could not make the plan's last state."""
    none = written_no_more(ends_on)
    return Text(
        f"{none.fr[0].upper()}{none.fr[1:]} Son dernier état attend une lecture complète que le "
        "garde-fou laisse passer; le prochain cycle l’essaie.",
        f"{none.en[0].upper()}{none.en[1:]} Its last state waits for a complete reading that the "
        "guard lets through; the next cycle tries.",
    )


def unread(why: Text) -> Text:
    """Said in the outcome of a cycle that went on without Asana, which gave the reason `why`."""
    return Text(
        "Asana n’a pas pu être lu. Le plan a pris fin : la page garde son dernier état, ce qui a "
        f"été décidé depuis est publié, et les constats restent comme ils étaient. La raison : "
        f"{why.fr}",
        "Asana could not be read. The plan has ended: the page keeps its last state, what was "
        f"decided since is published, and the findings stay as they were. The reason: {why.en}",
    )


def stands_ended(fin: date, last_read: date) -> Text:
    """Said of every cycle after the last number, and of what was published."""
    return Text(
        f"Le plan a pris fin le {french(fin)}; son dernier état a été lu le {french(last_read)}. "
        "Asana n’est plus que lu, et la page ne change plus, sauf correction ou retrait.",
        f"The plan ended on {fin}; its last state was read on {last_read}. Asana is only read, "
        "and the page no longer changes, but for a correction or a withdrawal.",
    )


def ending_row(after: Snapshot) -> NewLogRow:
    """What the log says when the plan ends, and when it goes on after all."""
    if after.ended is None:
        return NewLogRow(
            kind="resumed",
            subject="",
            rule="end",
            reason_fr="le plan se poursuit : la fin a été déplacée ou retirée de la configuration",
            reason_en="the plan goes on: its end was moved or taken out of the config",
            outcome="done",
        )
    fin, last_read = after.ended
    return NewLogRow(
        kind="ended",
        subject="",
        to=fin.isoformat(),
        rule="end",
        reason_fr=f"le plan a pris fin; dernier état lu le {french(last_read)}",
        reason_en=f"the plan ended; last state read on {last_read}",
        outcome="done",
    )
