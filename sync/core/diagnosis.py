"""
What an examination of Asana's side means: good, doubtful or wrong, why, and what to do.

A doubt lets a cycle run; an error says that it would stop, or do harm.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal

from sync.core.catalogue import entry, wording
from sync.core.dates import french
from sync.core.ending import is_over
from sync.core.fill import counted, fill
from sync.core.guard import CLOCKS_APART
from sync.core.marks import ROLES, field_line, field_ref, marked_plans, project_line
from sync.core.recognise import recognise
from sync.model.cost import FREE_RATE, PAID_RATE, Cost
from sync.model.examination import Account, Examination, Question, Refused
from sync.model.finding import Finding
from sync.model.mapping import FieldRule
from sync.model.operation import Ref
from sync.model.plan import Plan
from sync.model.rules import Rules
from sync.model.target import Observed, ObservedField, ObservedProject, ProjectRole
from sync.wording import Text

Level = Literal["ok", "warning", "error"]

SKEW_DOUBTED: Final = 60.0
SKEW_REFUSED: Final = CLOCKS_APART.total_seconds()
"""Seconds. From there on a cycle is refused (`guard_skew`)."""
EVENTS_OUTLIVE: Final = 24 * 60
"""Minutes: Asana's event tokens last a day, so a cycle must be through long before."""

_OURS: Final = re.compile(r"\bjalon\b", re.IGNORECASE)
_ROLE_NAMES: Final[Mapping[ProjectRole, Text]] = {
    "actions": Text("Projet des gestionnaires", "Managers’ project"),
    "indicators": Text("Projet des indicateurs", "Indicators’ project"),
}
_QUESTIONS: Final[Mapping[Question, Text]] = {
    "account": Text("Jeton", "Token"),
    "workspace": Text("Espace de travail", "Workspace"),
    "seat": Text("Droits du compte", "The account’s rights"),
    "fields": Text("Forfait et champs", "Tier and fields"),
    "projects": Text("Projets", "Projects"),
    "access": Text("Accès aux projets", "Access to the projects"),
}
_CLOCK: Final = Text("Horloge", "Clock")
_NEEDLESS: Final = Text(
    "Rien : le plan a pris fin et son dernier état est publié; Asana n’est plus nécessaire.",
    "Nothing: the plan has ended and its last state is published; Asana is needed no more.",
)
_MAY_EDIT: Final = ("admin", "editor")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One line: what was looked at, what was found and why it matters, what to do."""

    level: Level
    about: Text
    found: Text
    do: Text | None = None


def diagnose(
    seen: Examination,
    rules: Rules,
    links: Mapping[Ref, str],
    plan_id: str,
    *,
    over: bool = False,
) -> tuple[Diagnosis, ...]:
    """In the order in which things must be right; a plan that is `over` is only read."""
    return (
        *_account(seen),
        *_clock(seen),
        *_workspace(seen),
        *_seat(seen, _unmade(rules.mapping.fields, links)),
        *_fields(seen, rules.mapping.fields, links),
        *_projects(seen, rules, links, plan_id, over=over),
    )


def calmed(lines: Iterable[Diagnosis]) -> Iterator[Diagnosis]:
    """
    Of a plan whose last state is published: what Asana refuses or lacks stops nothing any more.

    A clock that is wrong still does.
    """
    for line in lines:
        if line.level == "error" and line.about != _CLOCK:
            yield replace(line, level="ok", do=_NEEDLESS)
        else:
            yield line


def _account(seen: Examination) -> Iterator[Diagnosis]:
    about = _QUESTIONS["account"]
    if seen.account is None:
        yield from _refused(seen, "account")
        return
    if is_reserved(seen.account):
        yield Diagnosis("ok", about, _same(f"{seen.account.name}"))
    else:
        yield Diagnosis(
            "warning",
            about,
            Text(
                f"Les écritures de Jalon porteront le nom de « {seen.account.name} ».",
                f"Jalon’s writes will carry the name “{seen.account.name}”.",
            ),
            Text(
                "Donner à Jalon un compte à lui, dont le nom contient « Jalon ».",
                "Give Jalon an account of its own, with “Jalon” in its name.",
            ),
        )
    if seen.sandbox:
        yield Diagnosis(
            "warning",
            about,
            Text(
                "C’est le bac à sable qui répond : tout ce qui en vient est inventé.",
                "The sandbox is answering: whatever comes from it is invented.",
            ),
            Text(
                "Pour le vrai Asana, retirer JALON_ASANA_URL et changer de base.",
                "For the real Asana, remove JALON_ASANA_URL and use another store.",
            ),
        )


def is_reserved(account: Account) -> bool:
    """Whether the account looks like Jalon's own rather than a person's."""
    return bool(_OURS.search(account.name) or _OURS.search(account.email))


def _clock(seen: Examination) -> Iterator[Diagnosis]:
    if seen.skew_seconds is None:
        return
    about = _CLOCK
    off = round(abs(seen.skew_seconds))
    if off <= SKEW_DOUBTED:
        yield Diagnosis("ok", about, Text("À l’heure d’Asana.", "In step with Asana’s."))
        return
    late = seen.skew_seconds > 0
    yield Diagnosis(
        "error" if off > SKEW_REFUSED else "warning",
        about,
        Text(
            f"Cette machine {'retarde' if late else 'avance'} de {off} s sur Asana; échéances et "
            "gels suivent cette horloge.",
            f"This machine is {off} s {'behind' if late else 'ahead of'} Asana; due dates and "
            "freezes follow this clock.",
        ),
        Text("La régler (NTP).", "Set it (NTP)."),
    )


def _workspace(seen: Examination) -> Iterator[Diagnosis]:
    if seen.workspace is not None:
        yield Diagnosis("ok", _QUESTIONS["workspace"], _same(seen.workspace))
    else:
        yield from _refused(seen, "workspace")


def _unmade(wanted: Sequence[FieldRule], links: Mapping[Ref, str]) -> list[FieldRule]:
    return [rule for rule in wanted if field_ref(rule.key) not in links]


def _seat(seen: Examination, unmade: Sequence[FieldRule]) -> Iterator[Diagnosis]:
    about = _QUESTIONS["seat"]
    if seen.workspace is None:
        return
    if seen.seat is None:
        yield Diagnosis(
            "warning",
            about,
            Text(
                "On ne sait pas si ce compte peut créer des champs : Asana ne le dit pas.",
                "Whether this account may create fields is not known: Asana does not say.",
            ),
            Text(
                "Vérifier dans Asana que le compte est membre, et non invité.",
                "Check in Asana that the account is a member and no guest.",
            ),
        )
    elif seen.seat in ("guest", "view_only"):
        word = (
            Text("invité", "a guest")
            if seen.seat == "guest"
            else Text("en lecture seule", "view only")
        )
        yield Diagnosis(
            "error" if unmade or seen.seat == "view_only" else "warning",
            about,
            Text(
                f"Ce compte est {word.fr} dans l’espace de travail : il ne peut pas créer de "
                f"champs ({len(unmade)} à créer).",
                f"This account is {word.en} in the workspace: it may not create fields "
                f"({len(unmade)} to create).",
            ),
            Text(
                "Faire du compte un membre de l’espace de travail.",
                "Make the account a member of the workspace.",
            ),
        )
    else:
        word = (
            Text("administrateur", "an administrator")
            if seen.seat == "admin"
            else Text("membre", "a member")
        )
        yield Diagnosis("ok", about, Text(f"Compte {word.fr}.", f"The account is {word.en}."))


def taken_names(
    wanted: Iterable[FieldRule], existing: Iterable[ObservedField], links: Mapping[Ref, str]
) -> list[tuple[FieldRule, ObservedField]]:
    """
    Fields still to be made whose name somebody else's field bears.

    A name can be given once in a workspace, and capitals make no other name of it.
    """
    by_name = {found.name.strip().casefold(): found for found in existing}
    return [
        (rule, by_name[name])
        for rule in wanted
        if field_ref(rule.key) not in links
        and not rule.existing
        and (name := rule.name.strip().casefold()) in by_name
        and field_line(rule.key) not in by_name[name].description
    ]


def _fields(
    seen: Examination, wanted: Sequence[FieldRule], links: Mapping[Ref, str]
) -> Iterator[Diagnosis]:
    about = _QUESTIONS["fields"]
    if "fields" in seen.refused:
        yield from _refused(seen, "fields")
        return
    if seen.workspace is None:
        return
    taken = taken_names(wanted, seen.fields, links)
    for rule, other in taken:
        yield Diagnosis(
            "error",
            about,
            Text(
                f"Le nom « {rule.name} » est déjà celui d’un champ qui n’est pas à Jalon "
                f"({other.gid}); Asana n’en accepte pas deux.",
                f"The name “{rule.name}” already belongs to a field that is not Jalon’s "
                f"({other.gid}); Asana takes no second one.",
            ),
            Text(
                "Renommer ce champ dans Asana, ou le nôtre dans mappings/.",
                "Rename that field in Asana, or ours in mappings/.",
            ),
        )
    if not taken:
        ours = sum(any(field_line(r.key) in f.description for f in seen.fields) for r in wanted)
        yield Diagnosis(
            "ok",
            about,
            Text(
                f"Champs personnalisés permis; {ours} des {len(wanted)} nôtres existent.",
                f"Custom fields allowed; {ours} of our {len(wanted)} exist.",
            ),
        )


def _projects(
    seen: Examination, rules: Rules, links: Mapping[Ref, str], plan_id: str, *, over: bool
) -> Iterator[Diagnosis]:
    yield from _refused(seen, "projects")
    if "projects" in seen.refused or seen.workspace is None:
        return
    for role in ROLES:
        project = seen.projects.get(role)
        if project is None:
            yield from (
                _absent(role, rules) if over else _unmade_project(role, rules, seen.namesakes)
            )
        else:
            yield from _project(role, project, seen, links, plan_id, over=over)
    yield from _refused(seen, "access", level="warning")


def _unmade_project(
    role: ProjectRole, rules: Rules, namesakes: Sequence[ObservedProject]
) -> Iterator[Diagnosis]:
    name = project_name(role, rules)
    same = [project for project in namesakes if project.name.strip() == name.strip()]
    if not same:
        yield Diagnosis(
            "ok",
            _ROLE_NAMES[role],
            Text(f"« {name} » sera créé.", f"“{name}” will be created."),
        )
        return
    gids = ", ".join(project.gid for project in same)
    yield Diagnosis(
        "warning",
        _ROLE_NAMES[role],
        Text(
            f"Un projet « {name} » existe déjà ({gids}) et n’est pas à Jalon, qui en créerait un "
            "second du même nom.",
            f"A project “{name}” already exists ({gids}) and is not Jalon’s, which would make a "
            "second one of that name.",
        ),
        Text(
            "L’adopter (jalon adopt), le renommer, ou changer asana.project.",
            "Adopt it (jalon adopt), rename it, or change asana.project.",
        ),
    )


def _absent(role: ProjectRole, rules: Rules) -> Iterator[Diagnosis]:
    name = project_name(role, rules)
    yield Diagnosis(
        "ok",
        _ROLE_NAMES[role],
        Text(
            f"« {name} » n’est pas dans Asana; le plan a pris fin, il n’est pas créé.",
            f"“{name}” is not in Asana; the plan has ended, it is not created.",
        ),
    )


def project_name(role: ProjectRole, rules: Rules) -> str:
    return rules.project_name if role == "actions" else rules.companion_name


def _project(
    role: ProjectRole,
    project: ObservedProject,
    seen: Examination,
    links: Mapping[Ref, str],
    plan_id: str,
    *,
    over: bool,
) -> Iterator[Diagnosis]:
    about, shown = _ROLE_NAMES[role], f"« {project.name} »"
    marks = marked_plans(project.notes)
    if marks - {plan_id} and project_line(plan_id, role) not in project.notes:
        others = ", ".join(sorted(marks - {plan_id}))
        yield Diagnosis(
            "error",
            about,
            Text(
                f"{shown} porte la marque d’un autre plan : {others}.",
                f"“{project.name}” carries another plan’s mark: {others}.",
            ),
            Text(
                "Vérifier la base (JALON_DATABASE_URL) et la description du projet.",
                "Check the store (JALON_DATABASE_URL) and the project’s notes.",
            ),
        )
        return
    if project.archived and not over:
        yield Diagnosis(
            "error",
            about,
            Text(f"{shown} est archivé.", f"“{project.name}” is archived."),
            Text(
                "Le désarchiver, ou retirer le plan de la configuration.",
                "Unarchive it, or remove the plan from the config.",
            ),
        )
        return
    if f"project:{role}" not in links:
        yield Diagnosis(
            "error",
            about,
            Text(
                f"{shown} existe déjà pour ce plan, mais la base ne le connaît pas.",
                f"“{project.name}” already exists for this plan, but the store does not know it.",
            ),
            Text("Remettre la base de sa sauvegarde.", "Restore the store from its backup."),
        )
        return
    level = seen.access.get(role)
    if role in seen.access and level not in (None, *_MAY_EDIT) and not over:
        yield Diagnosis(
            "error",
            about,
            Text(
                f"{shown} : le compte y est « {level} » et ne peut pas y écrire.",
                f"“{project.name}”: the account is “{level}” there and cannot write.",
            ),
            Text(
                "Lui donner le droit de modification.",
                "Give it the right to edit.",
            ),
        )
        return
    yield Diagnosis("ok", about, _same(project.name))


def _refused(
    seen: Examination, question: Question, *, level: Level = "error"
) -> Iterator[Diagnosis]:
    refused = seen.refused.get(question)
    if refused is not None:
        yield Diagnosis(level, _QUESTIONS[question], refused.text)


def definitions(
    seen: Examination, plan: Plan, rules: Rules, links: Mapping[Ref, str], at: datetime
) -> tuple[Finding, ...]:
    """What people did to linked fields and options, by the workspace's own listing."""
    if "fields" in seen.refused or seen.workspace is None:
        return ()
    observed = Observed(complete=True, read_at=at, fields=seen.fields)
    return recognise(plan, rules, observed, links, {}).findings


def schema_lines(findings: Iterable[Finding]) -> Iterator[Diagnosis]:
    """Of these findings, those about fields, options and sections; each once."""
    for finding in {finding.key: finding for finding in findings}.values():
        if finding.code.startswith("schema."):
            told = entry(finding)
            level: Level = "error" if told.severity == "error" else "warning"
            yield Diagnosis(
                level, Text("Champs et sections", "Fields and sections"), wording(finding), told.do
            )


def signing_line(signer: str | None) -> Diagnosis:
    """`signer` is the name of the key that publications are signed with."""
    about = Text("Signature", "Signature")
    if signer is not None:
        return Diagnosis("ok", about, Text(f"par la clé {signer}.", f"by the key {signer}."))
    return Diagnosis(
        "warning",
        about,
        Text(
            "aucune clé : personne ne peut vérifier que le passé publié n’a pas été récrit.",
            "no key: nobody can check that the published past was not rewritten.",
        ),
        Text(
            "Faire une clé (« jalon keys new ») et la donner par JALON_SIGNING_KEY_FILE.",
            "Make a key (`jalon keys new`) and give it by JALON_SIGNING_KEY_FILE.",
        ),
    )


def end_line(rules: Rules, today: date) -> Iterator[Diagnosis]:
    """The plan's last day; a doubt where the last gel is past and nobody has said when it ends."""
    about, last = Text("Fin du plan", "End of the plan"), rules.checkpoints[-1].freeze_on
    if rules.ends_on is None:
        if today > last:
            yield Diagnosis(
                "warning",
                about,
                Text(
                    f"aucune, et le dernier gel est passé ({french(last)}) : le suivi continue.",
                    f"none, and the last freeze is past ({last}): the tracking goes on.",
                ),
                Text(
                    "Donner le dernier jour du plan dans la configuration (ends: AAAA-MM-JJ).",
                    "Give the plan’s last day in the config (ends: YYYY-MM-DD).",
                ),
            )
        return
    yield Diagnosis(
        "ok",
        about,
        Text(
            f"le {french(rules.ends_on)}; depuis, Asana n’est plus que lu.",
            f"{rules.ends_on}; since then Asana is only read.",
        )
        if is_over(rules, today)
        else Text(f"le {french(rules.ends_on)}.", f"{rules.ends_on}."),
    )


def webhook_line(followed: int, unmade: int, gone: int) -> Diagnosis:
    """Of the projects that are followed: how many have no webhook here, how many lost theirs."""
    about = Text("Webhooks", "Webhooks")
    counts = {"followed": followed, "unmade": unmade, "gone": gone}
    if gone:
        found = Text(
            "Asana n’en a plus {gone} sur {followed} : l’adresse n’a sans doute pas répondu "
            "de la journée.",
            "Asana has lost {gone} of {followed}: the address probably did not answer for a day.",
        )
        do = Text(
            "Vérifier que JALON_WEBHOOK_URL répond de l’extérieur; le service le refait de "
            "lui-même.",
            "Check that JALON_WEBHOOK_URL answers from outside; the service makes it again.",
        )
        return Diagnosis("warning", about, fill(found, counts), do)
    if unmade:
        found = Text(
            "il en manque {unmade} sur {followed} : seul l’horaire réveille le service.",
            "{unmade} of {followed} missing: only the schedule wakes the service.",
        )
        do = Text(
            "Lancer « jalon worker » ici; il les fait après son premier cycle. Sinon, lire son "
            "journal (webhook.failed, webhook.unconfirmed).",
            "Run `jalon worker` here; it makes them after its first cycle. Else read its log "
            "(webhook.failed, webhook.unconfirmed).",
        )
        return Diagnosis("warning", about, fill(found, counts), do)
    return Diagnosis(
        "ok",
        about,
        fill(
            Text("{followed:# en place|# en place}.", "{followed:# in place|# in place}."), counts
        ),
    )


def cost_line(cost: Cost, allowed: int) -> Diagnosis:
    """`allowed` is how many requests a minute Jalon gives itself."""
    minutes = cost.minutes(allowed)
    told = forecast_words(cost)
    about = Text("Prochain cycle", "Next cycle")
    if minutes < EVENTS_OUTLIVE:
        return Diagnosis("ok", about, told)
    return Diagnosis(
        "warning",
        about,
        told,
        Text("Répartir les plans entre plusieurs jetons.", "Spread the plans over several tokens."),
    )


def forecast_words(cost: Cost) -> Text:
    free, paid = cost.minutes(FREE_RATE), cost.minutes(PAID_RATE)
    total = counted(cost.total, Text("requête", "request"), Text("requêtes", "requests"))
    reads = counted(cost.reads, Text("en lecture", "read"), Text("en lecture", "reads"))
    writes = counted(cost.writes, Text("en écriture", "write"), Text("en écriture", "writes"))
    return Text(
        f"{total.fr} : {reads.fr}, {writes.fr}; "
        f"{free} min au plus à {FREE_RATE} par minute, {paid} à 1\N{NARROW NO-BREAK SPACE}500.",
        f"{total.en}: {reads.en}, {writes.en}; "
        f"{free} min at most at {FREE_RATE} a minute, {paid} at {PAID_RATE:,}.",
    )


def unread_line() -> Diagnosis:
    """Of a plan whose last state is published, where Asana cannot be read."""
    return Diagnosis(
        "ok",
        Text("Prochain cycle", "Next cycle"),
        Text(
            "sans Asana : la page garde son dernier état, ce qui a été décidé est publié.",
            "without Asana: the page keeps its last state, what was decided is published.",
        ),
    )


def refusal_line(refused: Refused) -> Diagnosis:
    """Why the next cycle would stop before it wrote."""
    return Diagnosis("error", Text("Prochain cycle", "Next cycle"), refused.text)


def _same(text: str) -> Text:
    return Text(text, text)
