"""`jalon adopt`: take a project that people built in Asana for a plan's own."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from sync import adoption
from sync.cli.arguments import add_json, add_plan
from sync.cli.invocation import DONE, Invocation
from sync.cli.mapping_lines import lines_for, place_of
from sync.cli.one_plan import the_one
from sync.cli.output import Cell
from sync.core.fill import fill
from sync.core.marks import action_ref, field_ref, indicator_ref
from sync.model.adoption import Adoption, Answers, Certainty, Match, Survey, UnreadField
from sync.model.operation import Ref
from sync.model.plan import Plan
from sync.settings.answers import read_answers
from sync.wiring import (
    OpenedPlan,
    SystemClock,
    connected,
    open_plans,
    process_name,
    try_plans,
)
from sync.wording import Language, Text

NAME = "adopt"
HELP = Text(
    "reconnaît dans un projet Asana saisi à la main les actions et les indicateurs du plan",
    "recognise the plan’s actions and indicators in an Asana project typed by hand",
)
HEADERS = (
    Text("verdict", "verdict"),
    Text("objet", "thing"),
    Text("dans le plan", "in the plan"),
    Text("dans Asana", "in Asana"),
    Text("gid", "gid"),
    Text("ressemblance", "likeness"),
)
CERTAINTIES: Final[dict[Certainty, Text]] = {
    "exact": Text("mêmes mots", "same words"),
    "likely": Text("proche", "near"),
    "answered": Text("selon vous", "as you said"),
    "doubtful": Text("douteux", "doubtful"),
    "none": Text("rien", "nothing"),
}
STYLES: Final[dict[Certainty, str | None]] = {
    "exact": "green",
    "likely": None,
    "answered": "green",
    "doubtful": "bold yellow",
    "none": "dim",
}


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    add_plan(parser, language)
    add_json(parser, language)
    parser.add_argument(
        "--project",
        required=True,
        metavar=Text("NOM", "NAME").in_(language),
        help=Text("le nom du projet, ou son gid", "the project’s name, or its gid").in_(language),
    )
    parser.add_argument(
        "--answers",
        type=Path,
        metavar=Text("FICHIER", "FILE").in_(language),
        help=Text(
            "réponses aux cas douteux (YAML : answers, puis objet: gid ou none)",
            "answers to the doubtful ones (YAML: answers, then thing: gid or none)",
        ).in_(language),
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help=Text(
            "adopter; au terminal, demande d’abord ce qui est douteux",
            "adopt; at a terminal, first asks about what is doubtful",
        ).in_(language),
    )


def run(call: Invocation) -> int:
    settings = call.settings()
    answers = read_answers(call.args.answers) if call.args.answers else {}
    opening = (
        open_plans(settings, only=call.args.plan, writing=True)
        if call.args.yes
        else try_plans(settings, only=call.args.plan)
    )
    with opening as plans:
        opened = the_one(plans)
        with connected(opened, SystemClock(), process_name()) as ports:
            with call.output.step(Text("Lecture du projet…", "Reading the project…")):
                seen = adoption.survey(ports.target, ports.store, ports.clock, call.args.project)
            proposal = adoption.propose(opened.plan, opened.rules, seen, answers)
            if call.args.yes and call.stdin.isatty():
                proposal = _ask(call, opened, seen, answers, proposal)
            if call.args.json:
                call.output.json(
                    [
                        *(_json(opened.plan.id, match) for match in proposal.matches),
                        *(_json_unread(opened.plan.id, each) for each in proposal.unread),
                    ]
                )
            else:
                _print(call, opened, proposal)
            if not call.args.yes:
                _what_next(call, proposal)
                return DONE
            warnings = adoption.adopt(
                ports.target,
                ports.store,
                ports.clock,
                ports.holder,
                plan=opened.plan,
                rules=opened.rules,
                seen=seen,
                adoption=proposal,
            )
    with call.output.committed():
        for warning in warnings:
            call.output.complain(warning)
        if not call.args.json:
            call.output.say(
                Text(
                    f"Adopté : {len(proposal.links)} liens. Suite : « jalon diff », puis "
                    "« jalon sync », qui crée ce qui manque.",
                    f"Adopted: {len(proposal.links)} links. Next: `jalon diff`, then `jalon "
                    "sync`, which makes what is missing.",
                )
            )
    return DONE


def _ask(
    call: Invocation, opened: OpenedPlan, seen: Survey, answers: Answers, proposal: Adoption
) -> Adoption:
    """One question for each doubt; an answer may settle or raise others."""
    given = dict(answers)
    while proposal.doubts:
        doubt = proposal.doubts[0]
        given[doubt.ref] = _answer(call, doubt, len(proposal.doubts))
        proposal = adoption.propose(opened.plan, opened.rules, seen, given)
    return proposal


def _answer(call: Invocation, doubt: Match, left: int) -> str | None:
    call.output.say(
        fill(
            Text(
                "{ref} « {title} » : qu’est-ce dans Asana ? "
                "({left:dernière question|# questions à venir})",
                "{ref} “{title}”: what is it in Asana? ({left:last question|# questions to come})",
            ),
            {"ref": doubt.ref, "title": doubt.title, "left": left},
        ),
        style="bold",
    )
    for number, one in enumerate(doubt.candidates, start=1):
        call.output.say(f"  {number}  {one.name}  ({one.score:.0f}, {one.gid})")
    call.output.say(Text("  0  rien de cela", "  0  none of these"))
    while True:
        call.output.ask(Text("numéro, ou q pour quitter : ", "number, or q to quit: "))
        line = call.stdin.readline()
        word = line.decode(errors="replace").strip()
        if not line or word.casefold() == "q":
            raise KeyboardInterrupt
        if word.isascii() and word.isdecimal() and int(word) <= len(doubt.candidates):
            return doubt.candidates[int(word) - 1].gid if int(word) else None


def _print(call: Invocation, opened: OpenedPlan, proposal: Adoption) -> None:
    count = dict.fromkeys(CERTAINTIES, 0)
    for match in proposal.matches:
        count[match.certainty] += 1
    told = {CERTAINTIES[word]: n for word, n in count.items() if n}
    title = Text(
        f"{opened.plan.title} dans « {proposal.project.name} » – "
        + ", ".join(f"{word.fr} : {n}" for word, n in told.items()),
        f"{opened.plan.title} in “{proposal.project.name}” – "
        + ", ".join(f"{word.en}: {n}" for word, n in told.items()),
    )
    rows: list[Sequence[Cell]] = []
    styles: list[str | None] = []
    obvious = _without_parent(opened.plan, proposal)
    for match in proposal.matches:
        for row in () if match.ref in obvious else _rows(match):
            rows.append(row)
            styles.append(STYLES[match.certainty])
    call.output.table(HEADERS, rows, title=title, styles=styles, head=(0, 1))
    if obvious:
        call.output.say(
            fill(
                Text(
                    "{n:# indicateur d’une action|# indicateurs d’actions} sans tâche "
                    "{n:n’est pas énuméré|ne sont pas énumérés}.",
                    "{n:# indicator of an action|# indicators of actions} without a task "
                    "{n:is|are} not listed.",
                ),
                {"n": len(obvious)},
            )
        )
    for note in proposal.notes:
        call.output.say(note)
    for unread in proposal.unread:
        _print_unread(call, unread)
    call.output.say(
        fill(
            Text(
                "{n:# tâche ou sous-tâche du projet reste telle quelle"
                "|# tâches ou sous-tâches du projet restent telles quelles}.",
                "{n:# task or subtask of the project stays as it is"
                "|# tasks or subtasks of the project stay as they are}.",
            ),
            {"n": proposal.untouched},
        )
    )


def _without_parent(plan: Plan, proposal: Adoption) -> set[Ref]:
    """Indicators that nothing can be, since nothing is their action."""
    taken = proposal.links
    return {
        indicator_ref(indicator.id)
        for _, _, action in plan.actions()
        if action_ref(action.id) not in taken
        for _, indicator in action.all_indicators()
    }


def _rows(match: Match) -> list[Sequence[Cell]]:
    """One row; of a doubt one more for each candidate."""
    verdict = CERTAINTIES[match.certainty]
    chosen = match.chosen
    if chosen is not None:
        score = f"{chosen.score:.0f}"
        return [(verdict, match.ref, match.title, chosen.name, chosen.gid, score)]
    rows: list[Sequence[Cell]] = [(verdict, match.ref, match.title, None, None, None)]
    if match.certainty == "doubtful":
        rows += [(None, None, None, c.name, c.gid, f"{c.score:.0f}") for c in match.candidates]
    return rows


def _print_unread(call: Invocation, unread: UnreadField) -> None:
    """One field that stays unread; for the nearest rule, the lines that would have it read."""
    name, kind = unread.field.name, unread.field.kind
    if not unread.uses:
        call.output.say(
            Text(
                f"Champ « {name} » ({kind}) : rien de mappings/ n’en approche; il n’est pas lu.",
                f"Field “{name}” ({kind}): nothing of mappings/ comes near; it is not read.",
            )
        )
        return
    near = ", ".join(f"{use.rule.key} ({use.score:.0f})" for use in unread.uses)
    call.output.say(
        Text(
            f"Champ « {name} » ({kind}) : il n’est pas lu. Ressemble à : {near}. Pour le faire "
            f"lire, dans mappings/, {place_of(unread.uses[0]).fr} :",
            f"Field “{name}” ({kind}): it is not read. Is like: {near}. To have it read, in "
            f"mappings/, {place_of(unread.uses[0]).en}:",
        )
    )
    for line in lines_for(unread.uses[0], unread.field):
        call.output.say(line)


def _what_next(call: Invocation, proposal: Adoption) -> None:
    if call.args.json:
        return
    doubts = len(proposal.doubts)
    if doubts:
        call.output.say(
            Text(
                f"Rien n’a été écrit. {doubts} cas douteux : avec --yes, le terminal les demande "
                "un par un; sans terminal, répondez par --answers.",
                f"Nothing was written. {doubts} doubtful: with --yes the terminal asks about each; "
                "without a terminal, answer by --answers.",
            )
        )
    else:
        call.output.say(
            Text(
                "Rien n’a été écrit. Pour adopter : la même commande avec --yes.",
                "Nothing was written. To adopt: the same command with --yes.",
            )
        )


def _json(plan_id: str, match: Match) -> dict[str, Any]:
    return {
        "plan": plan_id,
        "ref": match.ref,
        "title": match.title,
        "verdict": match.certainty,
        "gid": match.gid,
        "candidates": [
            {"gid": one.gid, "name": one.name, "score": one.score} for one in match.candidates
        ],
    }


def _json_unread(plan_id: str, unread: UnreadField) -> dict[str, Any]:
    return {
        "plan": plan_id,
        "ref": None,
        "title": unread.field.name,
        "verdict": "unread",
        "gid": unread.field.gid,
        "candidates": [
            {"ref": field_ref(use.rule.key), "name": use.rule.name, "score": use.score}
            for use in unread.uses
        ],
    }
