"""A comparison on paper: a plan of one action, four fields, and what Asana was seen to hold."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sync.core.draft import Draft, Memory
from sync.core.recognise import Recognition
from sync.model.finding import Finding
from sync.model.mapping import FieldMapping, FieldRule, Option
from sync.model.operation import Ref
from sync.model.plan import Action, Axis, Checkpoint, Goal, Indicator, Plan, Volet
from sync.model.rules import Rules
from sync.model.target import Observed, ObservedField, ObservedSection

LINES = {"mi": (Indicator("A-1-mi-1", "Guide.", Goal("deliverable")),)}
PLAN = Plan(
    "p",
    "Plan",
    (Axis(1, "Axe", "But", (Volet("1.1", "Gestion", (Action("A-1", "Bureau", LINES),)),)),),
)
FOLLOWUP = FieldRule("suivi", "public_followup", "action", "Suivi", "", "text", "plan", "restore")
STATE = FieldRule(
    "etat",
    "declared",
    "action",
    "État",
    "",
    "enum",
    "people",
    options=(Option("a", "À venir", "cool-gray"), Option("b", "En cours", "yellow")),
)
PROOF = FieldRule("preuve", "evidence", "both", "Preuve", "", "text", "people")
DONE_ON = FieldRule("fait_le", "done_on", "indicator", "Fait le", "", "date", "people")
OWN = FieldRule("note", "note", "action", "Leur note", "", "text", "people", existing=True)
FIELDS = (OWN, FOLLOWUP, STATE, PROOF, DONE_ON)
RULES = Rules(
    checkpoints=(
        Checkpoint("mi", "Mi-chemin", date(2026, 2, 15), date(2026, 2, 20)),
        Checkpoint("fin", "Finalité", date(2026, 3, 15), date(2026, 3, 20)),
    ),
    zone=ZoneInfo("America/Toronto"),
    mapping=FieldMapping(FIELDS, {}),
    project_name="Plan d’essai",
    companion_name="Plan d’essai – indicateurs",
)
READ_AT = datetime(2026, 2, 1, 17, tzinfo=UTC)
EVERYTHING = (
    "project:actions",
    "project:indicators",
    "section:1.1",
    "section:mi",
    "section:fin",
    "field:suivi",
    "field:etat",
    "option:etat/a",
    "option:etat/b",
    "field:preuve",
    "field:fait_le",
)


def drafted(
    there: Iterable[Ref] = (),
    *,
    rules: Rules = RULES,
    attached: Mapping[str, Iterable[str]] | None = None,
    memory: Memory | None = None,
    gone: Iterable[Ref] = (),
    findings: tuple[Finding, ...] = (),
    sections: tuple[ObservedSection, ...] = (),
) -> Draft:
    """`there` is what exists, each with its ref for a gid; `attached` by field key, to roles."""
    gids = {ref: ref for ref in there}
    fields = tuple(
        ObservedField(
            f"field:{key}", key, "text", attached_to=frozenset(f"project:{role}" for role in roles)
        )
        for key, roles in (attached or {}).items()
    )
    recognition = Recognition(gids, gone=frozenset(gone), findings=findings)
    observed = replace(Observed(complete=True, read_at=READ_AT), fields=fields, sections=sections)
    return Draft(PLAN, rules, observed, recognition, memory or Memory({}))
