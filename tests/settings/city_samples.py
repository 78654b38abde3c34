"""A small, valid city and its plan, to be spoiled one line at a time."""

from pathlib import Path

from sync.errors import ConfigError
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet
from sync.settings.problems import Problem

REPOSITORY = Path(__file__).parents[2]

CITY = """\
city: Essaiville
time_zone: America/Toronto
plan: plan.yaml
mapping: asana.yaml
checkpoints:
  - id: debut
    title: Début
    echeance: 2026-02-15
  - id: fin
    title: Fin
    echeance: 2026-03-15
asana:
  project: Plan d'essai
directions:
  - id: greffe
    name: Greffe
    actions: [A1-01]
publish:
  - url: public
"""


def a_plan(
    plan_id: str = "essai",
    *,
    checkpoints: tuple[str, ...] = ("debut", "fin"),
    actions: tuple[str, ...] = ("A1-01", "A1-02"),
    retired: tuple[str, ...] = (),
    axes: int = 1,
) -> Plan:
    deliverable = Goal("deliverable")
    volet = Volet(
        "1.1",
        "Volet",
        tuple(
            Action(
                action_id,
                f"Action {action_id}",
                {c: (Indicator(f"{action_id}-{c}-1", "Fait.", deliverable),) for c in checkpoints},
            )
            for action_id in actions
        ),
    )
    numbered = [
        Axis(n, f"Titre {n}", "Objectif", (volet,) if n == 1 else ()) for n in range(1, axes + 1)
    ]
    return Plan(plan_id, "Plan d'essai", tuple(numbered), retired)


def problems_of(error: ConfigError) -> tuple[Problem, ...]:
    found = error.facts["problems"]
    assert isinstance(found, tuple)
    return found
