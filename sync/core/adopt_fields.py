"""
Which fields that people already use are the ones that the mapping says they have.

The mapping decides: a field is sought for a rule that is marked as existing, and for no other.
For the rest of people's fields it is only told which rule each could serve.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from sync.core.fill import fill
from sync.core.likeness import likeness
from sync.core.marks import field_ref, mark_in_notes, option_ref
from sync.core.pairing import LIKELY, SHOWN, WORTH_ASKING, Wanted, pair
from sync.model.adoption import Answers, Match, Survey, UnreadField, Use
from sync.model.mapping import FIELDS_IN_A_PROJECT, FieldRule, Option, Role
from sync.model.operation import Ref
from sync.model.rules import Rules
from sync.model.target import ObservedField, ObservedOption
from sync.wording import Text

_READABLE: Final[tuple[Role, ...]] = ("declared", "evidence", "note", "publish_note")
"""What can be read from a field of the managers' project that is not ours."""


def pair_fields(rules: Rules, survey: Survey, answers: Answers) -> list[Match]:
    """Each rule that is marked as existing, then its options; only the same kind is compared."""
    fields = _people_s(survey)
    wanted = [rule for rule in rules.mapping.fields if rule.existing]
    found: dict[Ref, Match] = {}
    for kind in dict.fromkeys(rule.kind for rule in wanted):
        of_kind = [each for each in fields if each.kind == kind]
        sought = [_sought(rule, of_kind) for rule in wanted if rule.kind == kind]
        found |= {match.ref: match for match in pair(sought, of_kind, answers)}
    by_gid = {each.gid: each for each in fields}
    matches: list[Match] = []
    for rule in wanted:
        match = found[field_ref(rule.key)]
        matches.append(match)
        if match.gid is not None:
            matches += _options(rule, by_gid[match.gid].options, answers)
    return matches


def unread_fields(
    rules: Rules, survey: Survey, matches: Sequence[Match]
) -> tuple[UnreadField, ...]:
    """People's fields that no rule takes or asks about, each with the rules it could serve."""
    spoken_of = {match.gid for match in matches}
    spoken_of |= {c.gid for m in matches if m.certainty == "doubtful" for c in m.candidates}
    return tuple(
        UnreadField(each, _uses(rules, each))
        for each in _people_s(survey)
        if each.gid not in spoken_of
    )


def wrong_kinds(rules: Rules, survey: Survey, matches: Sequence[Match]) -> Iterator[Text]:
    """Rules left without a field though one bears their name, and is of another kind."""
    without = {match.ref for match in matches if match.certainty == "none"}
    for rule in rules.mapping.fields:
        if field_ref(rule.key) not in without:
            continue
        for each in _people_s(survey):
            if each.kind != rule.kind and likeness(rule.name, each.name) >= LIKELY:
                yield Text(
                    f"Le champ « {each.name} » est de type {each.kind}, et la règle "
                    f"« {rule.key} » de mappings/ attend {rule.kind} : il n’est pas pris.",
                    f"Field “{each.name}” is of type {each.kind}, and rule “{rule.key}” of "
                    f"mappings/ expects {rule.kind}: it is not taken.",
                )


def too_many_fields(rules: Rules, survey: Survey) -> Iterator[Text]:
    """Asana would refuse ours, and every cycle would tell it anew."""
    ours = sum(not rule.existing for rule in rules.mapping.of("action"))
    theirs = len(survey.fields)
    if ours + theirs > FIELDS_IN_A_PROJECT:
        over = ours + theirs - FIELDS_IN_A_PROJECT
        yield fill(
            Text(
                "Le projet porte {theirs:# champ|# champs} et Jalon en ajoute {ours}; Asana en "
                "admet {most}. Retirer du projet au moins {over:# champ|# champs} avant "
                "d’adopter.",
                "The project carries {theirs:# field|# fields} and Jalon adds {ours}; Asana takes "
                "{most}. Remove at least {over:# field|# fields} from it before adopting.",
            ),
            {"theirs": theirs, "ours": ours, "most": FIELDS_IN_A_PROJECT, "over": over},
        )


def _people_s(survey: Survey) -> list[ObservedField]:
    """Not those that carry a mark: another plan's, made by Jalon."""
    return [each for each in survey.fields if mark_in_notes(each.description) is None]


def _sought(rule: FieldRule, fields: Sequence[ObservedField]) -> Wanted:
    """Among names that differ by typing alone, the very name of the mapping is nearer."""
    same = frozenset(each.gid for each in fields if each.name.strip() == rule.name.strip())
    return Wanted(field_ref(rule.key), rule.name, same)


def _options(
    rule: FieldRule, options: Sequence[ObservedOption], answers: Answers
) -> Iterator[Match]:
    """Named with their field for the reader; an option that can be chosen is nearer."""
    wanted = []
    for option in rule.options:
        same = [each for each in options if each.name.strip() == option.name.strip()]
        live = frozenset(each.gid for each in same or options if each.enabled)
        wanted.append(Wanted(option_ref(rule.key, option.id), option.name, live))
    for match in pair(wanted, options, answers):
        yield replace(match, title=f"{rule.name} : {match.title}")


def _uses(rules: Rules, field: ObservedField) -> tuple[Use, ...]:
    uses = [
        Use(rule, score)
        for rule in rules.mapping.fields
        if rule.role in _READABLE and not rule.existing and rule.kind == field.kind
        if (score := _fitness(rule, field)) >= WORTH_ASKING
    ]
    return tuple(sorted(uses, key=lambda use: -use.score)[:SHOWN])


def _fitness(rule: FieldRule, field: ObservedField) -> float:
    """By its name; a declared status also by its options, whatever people call the field."""
    by_name = likeness(rule.name, field.name)
    if rule.role != "declared" or not field.options:
        return by_name
    nearest = [max(likeness(one.name, o.name) for o in field.options) for one in rule.options]
    return max(by_name, round(sum(nearest) / len(nearest), 1))


def said_by(rule: FieldRule, name: str) -> Option | None:
    """The option of the rule whose words these plainly are; None where a person must say."""
    scores = [(likeness(one.name, name), one) for one in rule.options]
    near = [(score, one) for score, one in scores if score >= LIKELY]
    return max(near, key=lambda each: each[0])[1] if near else None
