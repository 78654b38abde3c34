"""`jalon findings`: the disagreements that a person should see, and what a person makes of them."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sync.cli.arguments import add_json, add_plan
from sync.cli.invocation import DONE, Invocation
from sync.cli.output import Output
from sync.core.catalogue import CATALOGUE, advice, wording
from sync.core.choices import CHOICES
from sync.core.dates import french, french_moment
from sync.core.fill import fill
from sync.core.guard import SANDBOX_SEEN
from sync.core.settling import CONFIRMABLE, Ask, offered
from sync.core.sides import asana_link, rule_of, sides
from sync.core.status import STATUS_NAMES
from sync.errors import ConfigError
from sync.model.finding import (
    Choice,
    Finding,
    FindingState,
    NewSettlement,
    Settlement,
    Severity,
    StoredFinding,
)
from sync.model.progress import Status
from sync.model.snapshot import Snapshot
from sync.settlement import see_finding, settle_finding, stored_finding
from sync.wiring import OpenedPlan, open_plans
from sync.wording import Language, Text

NAME = "findings"
HELP = Text(
    "les constats : quoi, depuis quand, que faire; les marquer vus, les régler",
    "the findings: what, since when, what to do; mark them seen, settle them",
)
SEVERITIES: dict[Severity, Text] = {
    "error": Text("erreur", "error"),
    "warning": Text("à voir", "warning"),
    "info": Text("info", "info"),
}
STYLES: dict[Severity, str | None] = {"error": "bold red", "warning": "yellow", "info": None}
STATES: dict[FindingState, Text] = {
    "open": Text("ouvert", "open"),
    "reopened": Text("rouvert", "reopened"),
    "seen": Text("vu", "seen"),
    "settled": Text("réglé", "settled"),
    "closed": Text("fermé", "closed"),
}
TOLD: frozenset[FindingState] = frozenset({"open", "reopened", "seen"})
"""What a person has still to answer."""
HEADERS = (
    Text("gravité", "severity"),
    Text("état", "state"),
    Text("clé", "key"),
    Text("depuis", "since"),
    Text("constat", "finding"),
    Text("que faire", "what to do"),
    Text("choix", "choices"),
)
_TITLE = Text(
    "{plan} : {n:# constat ouvert|# constats ouverts}",
    "{plan}: {n:# open finding|# open findings}",
)
_TITLE_AND_MORE = Text(
    f"{_TITLE.fr}, {{more:# autre|# autres}}", f"{_TITLE.en}, {{more:# other|# others}}"
)
Settled = Mapping[str, Settlement]


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    add_plan(parser, language)
    add_json(parser, language)
    parser.add_argument(
        "--all",
        action="store_true",
        help=Text("aussi ceux qui sont réglés ou fermés", "also those settled or closed").in_(
            language
        ),
    )
    parser.set_defaults(act=_list)
    below = parser.add_subparsers(
        metavar=Text("GESTE", "ACT").in_(language), help=_ACTS.in_(language), dest="act_name"
    )
    shown = below.add_parser("show", help=_SHOW.in_(language), allow_abbrev=False)
    _which(shown, language)
    shown.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help=_AS_JSON.in_(language)
    )
    shown.set_defaults(act=_show)
    seen = below.add_parser("see", help=_SEE.in_(language), allow_abbrev=False)
    _one(seen, language)
    seen.set_defaults(act=_see)
    settling = below.add_parser("settle", help=_SETTLE.in_(language), allow_abbrev=False)
    _one(settling, language)
    _what(settling, language)
    settling.set_defaults(act=_settle)


_ACTS = Text("répondre à un constat, au lieu de lister", "answer a finding, instead of listing")
_AS_JSON = Text("pour un programme", "for a program")
_SHOW = Text(
    "tout d’un constat : qui dit quoi, depuis quand, la règle, les choix, la tâche",
    "all of a finding: who says what, since when, the rule, the choices, the task",
)
_SEE = Text("marque un constat comme vu", "mark a finding as seen")
_SETTLE = Text(
    "règle un constat : un choix, un nom, un motif; le prochain cycle y donne suite",
    "settle a finding: a choice, a name, a reason; the next cycle acts on it",
)


def _one(parser: argparse.ArgumentParser, language: Language) -> None:
    _which(parser, language)
    parser.add_argument(
        "--by",
        required=True,
        metavar=Text("NOM", "NAME").in_(language),
        help=Text("qui le dit; gardé au journal", "who says so; kept in the log").in_(language),
    )


def _which(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument(
        "key",
        metavar=Text("CLÉ", "KEY").in_(language),
        help=Text("comme la liste la donne", "as the list gives it").in_(language),
    )
    parser.add_argument(
        "--plan",
        metavar="ID",
        default=argparse.SUPPRESS,
        help=Text("de quel plan", "of which plan").in_(language),
    )
    same = Text("comme devant le geste", "as before the act").in_(language)
    parser.add_argument("--lang", choices=("fr", "en"), default=argparse.SUPPRESS, help=same)
    parser.add_argument("--config", action="append", default=argparse.SUPPRESS, help=same)


def _what(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument(
        "--choice",
        required=True,
        choices=get_args(Choice),
        help=Text("l’un de ceux que la liste offre", "one of those the list offers").in_(language),
    )
    parser.add_argument(
        "--reason",
        required=True,
        metavar=Text("MOTIF", "REASON").in_(language),
        help=Text("pourquoi; gardé au journal, jamais publié", "why; kept, never published").in_(
            language
        ),
    )
    parser.add_argument(
        "--public-reason",
        metavar=Text("MOTIF", "REASON").in_(language),
        help=Text(
            "retire, confirm et correct : ce que la page en dit; rien, sinon",
            "retire, confirm and correct: what the page says of it; else nothing",
        ).in_(language),
    )
    parser.add_argument(
        "--status",
        choices=[status.value for status in CONFIRMABLE],
        help=Text(
            "confirm : l’état à publier, sinon celui qui est publié; correct : l’état au gel, "
            "sinon celui que disent les données",
            "confirm: the status to publish, else the published one; correct: the status at the "
            "freeze, else the one that the data say",
        ).in_(language),
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help=Text("dit ce qui serait réglé, sans rien écrire", "tell it and write nothing").in_(
            language
        ),
    )


def run(call: Invocation) -> int:
    act = call.args.act
    return int(act(call))


def _list(call: Invocation) -> int:
    told: list[dict[str, Any]] = []
    with open_plans(call.settings(), only=call.args.plan, writing=False) as plans:
        for opened in plans:
            stored = opened.store.findings(closed=call.args.all)
            found = by_severity(tuple(f for f in stored if call.args.all or f.state in TOLD))
            settled = {one.key: one for one in opened.store.settlements()}
            where, advice, plan = _addresses(opened), advices(opened), opened.plan.id
            told += [_json(plan, one, settled, where, advice(one), call.language) for one in found]
            if not call.args.json:
                zone, title = opened.settings.city.zone(), opened.plan.title
                show(call.output, found, zone, title, advice, settled)
    if call.args.json:
        call.output.json(told)
    return DONE


def _show(call: Invocation) -> int:
    args = call.args
    with open_plans(call.settings(), only=args.plan, writing=False) as plans:
        opened = _with(plans, args.key)
        one = stored_finding(opened.store, args.key)
        settled = {one.key: one for one in opened.store.settlements()}
        if args.json:
            where = _addresses(opened)
            call.output.json(
                _json(opened.plan.id, one, settled, where, advices(opened)(one), call.language)
            )
        else:
            _tell_all(call.output, opened, one, settled)
    return DONE


def _tell_all(output: Output, opened: OpenedPlan, one: StoredFinding, settled: Settled) -> None:
    zone, finding = opened.settings.city.zone(), one.finding
    by = settled.get(finding.key)
    output.say(finding.key, style="bold")
    severity, state = SEVERITIES[one.severity], STATES[one.state]
    output.say(Text(f"{severity.fr}, {state.fr}", f"{severity.en}, {state.en}"))
    output.say(said(one))
    for who, says in sides(finding):
        output.say(Text(f"  {who.fr} : {says.fr}", f"  {who.en}: {says.en}"))
    first, last = one.first_seen.astimezone(zone), one.last_seen.astimezone(zone)
    output.say(
        Text(
            f"Depuis le {french_moment(first)}, revu le {french_moment(last)}.",
            f"Since {first:%Y-%m-%d %H:%M}, last seen on {last:%Y-%m-%d %H:%M}.",
        )
    )
    if rule := rule_of(finding):
        output.say(Text(f"Règle : {rule.fr}.", f"Rule: {rule.en}."))
    do = advices(opened)(one)
    output.say(Text(f"Que faire : {do.fr}", f"What to do: {do.en}"))
    for choice in offered(one.finding):
        offer = CHOICES[choice]
        output.say(
            Text(
                f"  {choice} – {offer.name.fr}. {offer.does.fr}",
                f"  {choice} – {offer.name.en}. {offer.does.en}",
            )
        )
    if link := _addresses(opened)(one):
        output.say(Text(f"Dans Asana : {link}", f"In Asana: {link}"))
    if by is not None:
        output.say(settlement_words(by, zone))


Address = Callable[[StoredFinding], str | None]
Advice = Callable[[StoredFinding], Text]


def _addresses(opened: OpenedPlan) -> Address:
    """Where a finding's task is in Asana, for those who may go there."""
    links, sandbox = opened.store.links(), opened.store.facts().get(SANDBOX_SEEN) != "non"
    return lambda one: asana_link(one.finding, links, sandbox=sandbox)


def _see(call: Invocation) -> int:
    args = call.args
    with open_plans(call.settings(), only=args.plan, writing=False) as plans:
        see_finding(_with(plans, args.key).store, args.key, args.by, call.now())
    with call.output.committed():
        call.output.say(Text(f"Vu : {args.key}", f"Seen: {args.key}"))
    return DONE


def _settle(call: Invocation) -> int:
    args = call.args
    ask = Ask(
        choice=args.choice,
        by=args.by,
        reason=args.reason,
        public_reason=args.public_reason,
        status=Status(args.status) if args.status else None,
    )
    with open_plans(call.settings(), only=args.plan, writing=False) as plans:
        opened = _with(plans, args.key)
        chosen = settle_finding(
            opened.store,
            opened.plan,
            args.key,
            ask,
            call.now(),
            zone=opened.rules.zone,
            never=opened.settings.city.never_publish,
            dry=args.dry_run,
        )
        last = opened.store.last_snapshot()
        ended = last is not None and Snapshot.model_validate_json(last.body).ended is not None
    with call.output.committed():
        _tell(call.output, chosen, dry=args.dry_run, ended=ended)
    return DONE


def _tell(output: Output, chosen: NewSettlement, *, dry: bool, ended: bool) -> None:
    offer = CHOICES[chosen.choice]
    head = Text("Serait réglé", "Would be settled") if dry else Text("Réglé", "Settled")
    output.say(
        Text(
            f"{head.fr} : {chosen.key} – {offer.name.fr}.",
            f"{head.en}: {chosen.key} – {offer.name.en}.",
        )
    )
    code = chosen.key.partition(":")[0]
    if code in CATALOGUE:  # as it is now, which may be more than the list said some cycles ago
        output.say(wording(Finding(code, chosen.subject, chosen.facts)))
    if chosen.choice in ("confirm", "correct"):
        name = STATUS_NAMES[Status(str(chosen.value))]
        output.say(Text(f"État : {name.fr}", f"Status: {name.en}"))
    output.say(offer.does)
    if ended and chosen.choice != "correct":
        output.say(
            Text(
                "Le plan a pris fin : le journal le garde; rien n’en est écrit dans Asana, ni "
                "publié.",
                "The plan has ended: the log keeps it; nothing is written into Asana or published.",
            )
        )
    elif not offer.noted and not dry:
        output.say(Text("Le prochain cycle y donne suite.", "The next cycle acts on it."))


def _with(plans: Sequence[OpenedPlan], key: str) -> OpenedPlan:
    """The plan that has this finding; keys may repeat from plan to plan."""
    having = [one for one in plans if key in _keys(one)] or plans
    if len(having) == 1:
        return having[0]
    names = ", ".join(one.plan.id for one in having)
    raise ConfigError(
        Text(
            f"{key} : dites de quel plan, avec --plan. Au choix : {names}. Rien n’a été écrit.",
            f"{key}: say of which plan, with --plan. One of: {names}. Nothing was written.",
        )
    )


def _keys(opened: OpenedPlan) -> set[str]:
    return {one.finding.key for one in opened.store.findings(closed=True)}


def by_severity(found: tuple[StoredFinding, ...]) -> list[StoredFinding]:
    """The gravest first, then the oldest."""
    order = list(SEVERITIES)
    return sorted(found, key=lambda f: (order.index(f.severity), f.first_seen, f.finding.key))


def show(
    output: Output,
    found: list[StoredFinding],
    zone: ZoneInfo,
    title: str,
    advice: Advice,
    settled: Settled | None = None,
) -> None:
    told = sum(one.state in TOLD for one in found)
    if not found:
        output.say(Text(f"{title} : aucun constat ouvert.", f"{title}: no open finding."))
        return
    rows = [
        (
            SEVERITIES[one.severity],
            STATES[one.state],
            one.finding.key,
            f"{one.first_seen.astimezone(zone):%Y-%m-%d}",
            _with_settlement(said(one), one, settled or {}, zone),
            advice(one),
            ", ".join(offered(one.finding)) if one.state in TOLD else None,
        )
        for one in found
    ]
    more = len(found) - told
    output.table(
        HEADERS,
        rows,
        title=fill(_TITLE_AND_MORE if more else _TITLE, {"plan": title, "n": told, "more": more}),
        styles=[STYLES[one.severity] for one in found],
        head=(0, 1, 2, 3),
    )


def _with_settlement(text: Text, one: StoredFinding, settled: Settled, zone: ZoneInfo) -> Text:
    """Who settled it, where that is what stands or how it ended."""
    by = settled.get(one.finding.key)
    return text if by is None or one.state in TOLD else _joined(text, settlement_words(by, zone))


def _joined(one: Text, other: Text) -> Text:
    return Text(f"{one.fr} {other.fr}", f"{one.en} {other.en}")


def settlement_words(by: Settlement, zone: ZoneInfo) -> Text:
    day, name = by.at.astimezone(zone).date(), CHOICES[by.choice].name
    return Text(
        f"Réglé par {by.by} le {french(day)} : {name.fr} ({by.reason}).",
        f"Settled by {by.by} on {day}: {name.en} ({by.reason}).",
    )


def said(one: StoredFinding) -> Text:
    """A code that another release stored is shown as it is."""
    if one.finding.code not in CATALOGUE:
        return Text(one.finding.key, one.finding.key)
    return wording(one.finding)


def advices(opened: OpenedPlan) -> Advice:
    frozen = opened.store.frozen()
    return lambda one: advice(one.finding, frozen)


def _json(
    plan_id: str, one: StoredFinding, settled: Settled, where: Address, do: Text, language: Language
) -> dict[str, Any]:
    by, rule = settled.get(one.finding.key), rule_of(one.finding)
    return {
        "plan": plan_id,
        "key": one.finding.key,
        "code": one.finding.code,
        "subject": one.finding.subject,
        "severity": one.severity,
        "state": one.state,
        "first_seen": one.first_seen.isoformat(),
        "last_seen": one.last_seen.isoformat(),
        "facts": dict(one.finding.facts),
        "text": said(one).in_(language),
        "sides": [
            {"who": who.in_(language), "says": says.in_(language)}
            for who, says in sides(one.finding)
        ],
        "rule": rule and rule.in_(language),
        "asana": where(one),
        "do": do.in_(language),
        "choices": list(offered(one.finding)),
        "settlement": None
        if by is None
        else {
            "choice": by.choice,
            "by": by.by,
            "reason": by.reason,
            "public_reason": by.public_reason,
            "value": by.value,
            "at": by.at.isoformat(),
        },
    }
