"""
What the invented administrators choose between two cycles, and the wording they begin with.

One title begins as a working draft, so that the words as published can reach a task that somebody
had renamed: both sides moved, apart. In the end the page has the city's own words.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from sync.core.marks import action_ref
from sync.core.reword import reword
from sync.core.settling import Ask
from sync.demo.script import REWORDED
from sync.model.finding import StoredFinding
from sync.model.plan import Plan

ADMINISTRATOR: Final = "Personne inventée D"
DRAFT: Final = " (version de travail, démonstration)"
FIRST_REASON: Final = "version de travail (démonstration)"
AS_PUBLISHED: Final = "les mots tels que publiés (démonstration)"
CORRECTION: Final = "Démonstration : preuve inventée, reçue après le gel."
PUBLIC_REASON: Final = "Démonstration : retrait inventé, pour montrer comment il se lit."


def working_draft(plan: Plan) -> Plan:
    actions = [action for _, _, action in plan.actions()]
    chosen = actions[REWORDED % len(actions)]
    return reword(plan, {action_ref(chosen.id): chosen.title + DRAFT})


def choices(found: Sequence[StoredFinding], leg: int) -> Iterator[tuple[str, Ask]]:
    """
    After the second cycle what is held or lost is settled; right after the first gel a frozen
    status is corrected and an action retired.
    """
    open_ones = [one.finding for one in found if one.state in ("open", "reopened")]
    if leg == 2:
        for finding in open_ones:
            if finding.code == "field.conflict":
                why = "les mots publiés font foi (démonstration)"
                yield finding.key, Ask("plan", ADMINISTRATOR, why)
            elif finding.code == "task.missing":
                why = "mise à la corbeille par erreur (démonstration)"
                yield finding.key, Ask("recreate", ADMINISTRATOR, why)
    elif leg == 4:
        for finding in open_ones:
            if finding.code == "status.frozen_otherwise":
                why = "procès-verbal inventé pour la démonstration"
                yield finding.key, Ask("correct", ADMINISTRATOR, why, CORRECTION)
                break
        silent = [one for one in open_ones if one.code == "status.undeclared"]
        for finding in silent[-1:]:
            why = "décision inventée pour la démonstration"
            yield finding.key, Ask("retire", ADMINISTRATOR, why, PUBLIC_REASON)
