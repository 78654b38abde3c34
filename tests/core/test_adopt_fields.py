"""Which field of people's is which of the mapping: by name and kind, doubts asked, rest told."""

from dataclasses import replace

import pytest

from sync.core.adopt import propose_adoption
from sync.core.adopt_fields import said_by
from sync.core.marks import field_line, field_ref, option_ref
from sync.core.recognise import recognise
from sync.model.adoption import Adoption, Answers, Certainty, Survey
from sync.model.mapping import FieldKind, FieldMapping, FieldRule, Option, Role
from sync.model.rules import Rules
from sync.model.target import Observed, ObservedField, ObservedOption, ObservedProject
from sync.wording import Text
from tests.core.paper_asana import READ_AT, rules_for, small_plan

PLAN = small_plan()
WORDS = ("À venir", "En cours", "Fini")
STATUT, COURS = field_ref("statut"), option_ref("statut", "cours")


def existing(
    key: str, name: str, *, kind: FieldKind = "enum", role: Role = "declared"
) -> FieldRule:
    options = (
        Option("venir", "À venir", means="a_venir"),
        Option("cours", "En cours", means="en_cours"),
        Option("fini", "Fini", means="atteint"),
    )
    return FieldRule(
        key,
        role,
        "action",
        name,
        "",
        kind,
        "people",
        options=options if kind == "enum" else (),
        existing=True,
    )


def field(
    gid: str, name: str, *options: str | ObservedOption, kind: str | None = None
) -> ObservedField:
    listed = tuple(
        ObservedOption(f"{gid}.{n}", one) if isinstance(one, str) else one
        for n, one in enumerate(options, start=1)
    )
    kind = kind or ("enum" if options else "text")
    return ObservedField(gid, name, kind, options=listed, attached_to=frozenset({"1"}))


def rules_with(*rules: FieldRule) -> Rules:
    usual = rules_for(PLAN)
    fields = FieldMapping((*rules, *usual.mapping.fields), usual.mapping.builtins)
    return replace(usual, mapping=fields)


def adoption_of(rules: Rules, *fields: ObservedField, answers: Answers | None = None) -> Adoption:
    survey = Survey(ObservedProject("1", "Plan", ""), (), fields, (), {})
    return propose_adoption(PLAN, rules, survey, answers or {})


def verdicts(adoption: Adoption) -> dict[str, tuple[Certainty, str | None]]:
    found = {match.ref: (match.certainty, match.gid) for match in adoption.matches}
    return {ref: what for ref, what in found.items() if ref.startswith(("field:", "option:"))}


ONE = rules_with(existing("statut", "Statut"))


def test_a_field_and_its_options_typed_otherwise_are_the_same_ones() -> None:
    adoption = adoption_of(ONE, field("7", " STATUT ", "1. a venir", "En cours", "FINI", "?"))
    assert verdicts(adoption) == {
        STATUT: ("exact", "7"),
        option_ref("statut", "venir"): ("exact", "7.1"),
        COURS: ("exact", "7.2"),
        option_ref("statut", "fini"): ("exact", "7.3"),
    }


def test_a_slip_in_either_name_is_likely_with_its_score() -> None:
    adoption = adoption_of(ONE, field("7", "Statuts", "À venir", "En  cour", "Fini"))
    found = {match.ref: match for match in adoption.matches}
    assert found[STATUT].certainty == found[COURS].certainty == "likely"
    assert [c.score for c in found[STATUT].candidates] == [92.3]
    assert (found[COURS].gid, found[COURS].title) == ("7.2", "Statut : En cours")


def test_a_name_half_alike_is_a_doubt_and_its_options_wait_for_the_answer() -> None:
    theirs = field("7", "Statut des travaux", "À venir", "En cours", "Fini")
    asked = adoption_of(rules_with(existing("statut", "Statut de l’action")), theirs)
    assert [doubt.ref for doubt in asked.doubts] == [STATUT]
    assert verdicts(asked) == {STATUT: ("doubtful", None)}
    assert not asked.links
    rules = rules_with(existing("statut", "Statut de l’action"))
    said = adoption_of(rules, theirs, answers={STATUT: "7"})
    assert verdicts(said)[STATUT] == ("answered", "7")
    assert verdicts(said)[COURS] == ("exact", "7.2")
    refused = adoption_of(rules, theirs, answers={STATUT: None})
    assert verdicts(refused) == {STATUT: ("none", None)}


def test_two_near_fields_are_a_doubt_with_both_shown() -> None:
    adoption = adoption_of(ONE, field("7", "Statut A", *WORDS), field("8", "Statut B", *WORDS))
    (doubt,) = adoption.doubts
    assert [one.gid for one in doubt.candidates] == ["7", "8"]
    assert not adoption.links


def test_one_field_near_two_rules_is_neither_s_without_a_person() -> None:
    rules = rules_with(existing("a", "Statut A"), existing("b", "Statut B"))
    adoption = adoption_of(rules, field("7", "Statut C", *WORDS))
    assert [doubt.ref for doubt in adoption.doubts] == [field_ref("a"), field_ref("b")]


def test_an_option_near_two_of_the_mapping_is_asked_about() -> None:
    adoption = adoption_of(ONE, field("7", "Statut", "À venir", "En cours A", "En cours B", "Fini"))
    (doubt,) = adoption.doubts
    assert (doubt.ref, [one.gid for one in doubt.candidates]) == (COURS, ["7.2", "7.3"])


@pytest.mark.parametrize("kind", ["text", "number", "multi_enum", "people"])
def test_another_kind_is_no_candidate_even_by_its_very_name_and_it_is_said(kind: str) -> None:
    theirs = field("7", "Statut", kind=kind)
    adoption = adoption_of(ONE, theirs)
    assert verdicts(adoption) == {STATUT: ("none", None)}
    assert any("Statut" in note.fr and kind in note.fr for note in adoption.notes)
    answered = adoption_of(ONE, theirs, answers={STATUT: "7"})
    assert not answered.links


def test_a_rival_of_another_kind_is_no_rival() -> None:
    adoption = adoption_of(ONE, field("6", "Statut"), field("7", "Statuts", *WORDS))
    assert verdicts(adoption)[STATUT] == ("likely", "7")


def test_the_very_name_and_the_option_that_can_be_chosen_are_nearer() -> None:
    off, on = ObservedOption("7.1", "En cours", enabled=False), ObservedOption("7.2", "En cours")
    adoption = adoption_of(ONE, field("6", "STATUT", *WORDS), field("7", "Statut", off, on))
    assert verdicts(adoption)[STATUT] == ("exact", "7")
    assert verdicts(adoption)[COURS] == ("exact", "7.2")


def test_a_name_of_signs_alone_is_still_a_name() -> None:
    rule = replace(existing("statut", "✅"), options=(Option("oui", "👍"), Option("non", "👎")))
    adoption = adoption_of(rules_with(rule), field("7", "✅", "👎", "👍"))
    assert set(verdicts(adoption).values()) == {
        ("exact", "7"),
        ("exact", "7.1"),
        ("exact", "7.2"),
    }


def test_what_no_rule_names_is_told_with_its_score_and_never_linked() -> None:
    adoption = adoption_of(
        rules_for(PLAN),
        field("6", "Avancement", "À venir", "En cours", "Atteint", "En attente"),
        field("7", "note publique"),
        field("8", "Budget", kind="number"),
        field("9", "Responsables", kind="people"),
    )
    assert not adoption.links
    assert not adoption.doubts
    told = {
        each.field.gid: [(use.rule.key, use.score) for use in each.uses] for each in adoption.unread
    }
    assert [key for key, _ in told["6"]] == ["declare/mi-chemin", "declare/finalite"]
    assert told["7"] == [("note_publique", 100.0)]
    assert (told["8"], told["9"]) == ([], [])


def test_no_use_is_told_that_jalon_would_write_or_of_another_kind() -> None:
    adoption = adoption_of(
        rules_for(PLAN),
        field("6", "Suivi public"),
        field("7", "Direction", "Greffe"),
        field("8", "Note publique", kind="number"),
        field("9", "Fait le", kind="date"),
    )
    assert [each.uses for each in adoption.unread] == [(), (), (), ()]


def test_a_field_that_jalon_made_for_another_plan_is_nobody_s_candidate() -> None:
    made = replace(field("7", "Statut", *WORDS), description=f"Lu.\n\n{field_line('declare')}")
    adoption = adoption_of(ONE, made)
    assert verdicts(adoption) == {STATUT: ("none", None)}
    assert not adoption.unread


def test_more_fields_than_a_project_takes_are_told_before_and_with_how_many_to_remove() -> None:
    """Nine of ours go on the managers' project, and Asana takes twenty in all."""
    rules = rules_for(PLAN)
    assert len(rules.mapping.of("action")) == 9
    theirs = [field(str(n), f"Le leur {n}", kind="people") for n in range(12)]
    assert adoption_of(rules, *theirs[:11]).notes == ()
    (note,) = adoption_of(rules, *theirs).notes
    assert "au moins 1 champ" in note.fr
    used = adoption_of(ONE, *theirs[:11], field("90", "Statut", *WORDS))
    assert len(used.notes) == 1, "one that is read in place stays on the project too"


def test_what_is_taken_or_asked_about_is_not_told_as_unread() -> None:
    fields = field("7", "Statut A", *WORDS), field("8", "Statut B", *WORDS), field("9", "Autre")
    assert [each.field.gid for each in adoption_of(ONE, *fields).unread] == ["9"]
    taken = field("7", "Statut", *WORDS), field("8", "Priorité", "Haute", "Basse")
    assert [each.field.gid for each in adoption_of(ONE, *taken).unread] == ["8"]


def test_rules_of_two_kinds_are_sought_each_among_its_own() -> None:
    rules = rules_with(existing("statut", "Statut"), existing("note", "Note", kind="text"))
    found = verdicts(adoption_of(rules, field("7", "Statut", *WORDS), field("8", "Note")))
    assert found[STATUT] == ("exact", "7")
    assert found[field_ref("note")] == ("exact", "8")


TWENTY, NEAR = "abcdefghijklmnopqrst", "abcdefghijklmnopqxyz"
"""As near as is still likely: 85 of 100."""


def test_a_field_of_another_kind_is_told_in_both_languages_where_its_rule_has_none() -> None:
    """Not one of another name, nor where the rule has its field."""
    rules = rules_with(existing("a", "Priorité"), existing("statut", TWENTY))
    adoption = adoption_of(
        rules,
        field("6", "Priorité", *WORDS),
        field("7", "Priorité"),
        field("8", NEAR, kind="number"),
        field("9", "Café", kind="number"),
    )
    assert adoption.notes == (
        Text(
            f"Le champ « {NEAR} » est de type number, et la règle « statut » de mappings/ attend "
            "enum : il n’est pas pris.",
            f"Field “{NEAR}” is of type number, and rule “statut” of mappings/ expects enum: it is "
            "not taken.",
        ),
    )


def test_too_many_fields_are_told_in_both_languages() -> None:
    theirs = [field(str(n), f"Le leur {n}", kind="people") for n in range(13)]
    assert adoption_of(rules_for(PLAN), *theirs).notes == (
        Text(
            "Le projet porte 13 champs et Jalon en ajoute 9; Asana en admet 20. Retirer du projet "
            "au moins 2 champs avant d’adopter.",
            "The project carries 13 fields and Jalon adds 9; Asana takes 20. Remove at least 2 "
            "fields from it before adopting.",
        ),
    )


@pytest.mark.parametrize(
    ("options", "taken"),
    [
        pytest.param([("EN COURS", True), ("En cours", True)], "7.2", id="the very name"),
        pytest.param([(" En cours ", True), ("EN COURS", True)], "7.1", id="spaces aside"),
        pytest.param([("EN COURS", True), ("En cours", False)], None, id="which cannot be chosen"),
        pytest.param([("EN COURS", False), ("en cours", True)], "7.2", id="one that can be chosen"),
    ],
)
def test_of_options_that_differ_by_typing_alone(
    options: list[tuple[str, bool]], taken: str | None
) -> None:
    made = [
        ObservedOption(f"7.{n}", name, enabled=on) for n, (name, on) in enumerate(options, start=1)
    ]
    assert verdicts(adoption_of(ONE, field("7", "Statut", *made)))[COURS][1] == taken


def ours(*rules: FieldRule) -> Rules:
    return rules_with(*(replace(rule, existing=False) for rule in rules))


def uses(rules: Rules, theirs: ObservedField) -> list[tuple[str, float]]:
    (unread,) = adoption_of(rules, theirs).unread
    return [(use.rule.key, use.score) for use in unread.uses]


def test_what_a_field_could_serve_the_nearest_first() -> None:
    sixty = existing("a", "abcdefwxyz", kind="text", role="note")
    nearer = existing("b", "abcdefghiz", kind="text", role="evidence")
    farther = existing("c", "abcdevwxyz", kind="text", role="note")
    found = uses(ours(farther, sixty, nearer), field("7", "abcdefghij"))
    assert found == [("b", 90.0), ("a", 60.0)]


def test_a_status_is_known_by_its_options_and_nothing_else_is() -> None:
    """The score is the mean of the three, to one decimal."""
    publish = replace(
        existing("p", "Publier", role="publish_note"),
        options=(Option("o", "Oui"), Option("n", "Non")),
    )
    rules = ours(existing("statut", "Statut"), publish)
    assert uses(rules, field("7", "Zzz", "Oui", "Non")) == []
    keys = dict(uses(rules, field("7", "Zzz", "À venir", "En cours", "Finx")))
    assert keys["statut"] == 91.7


def test_the_option_that_words_plainly_mean() -> None:
    near = Option("near", NEAR)
    rule = replace(existing("statut", "Statut"), options=(near, *ONE.mapping.fields[0].options))
    said = {one.id: one for one in rule.options}
    assert said_by(rule, "en COURS") is said["cours"]
    assert said_by(rule, "Finis") is said["fini"]
    assert said_by(rule, TWENTY) is near
    assert said_by(rule, "En attente") is None
    both = replace(rule, options=(near, Option("exact", TWENTY), Option("near2", NEAR)))
    assert said_by(both, TWENTY) == Option("exact", TWENTY)
    twice = replace(rule, options=(Option("oui", "Oui"), Option("si", "OUI")))
    assert said_by(twice, "oui") == Option("oui", "Oui"), "the first of two alike"


def recognised(rules: Rules, *fields: ObservedField, **linked: str) -> tuple[str | None, set[str]]:
    """What a cycle takes the rule « statut » for, and the codes of its findings."""
    project = ObservedProject("1", "Plan", "")
    observed = Observed(
        complete=True, read_at=READ_AT, projects={"actions": project}, fields=fields
    )
    links = {field_ref(key): gid for key, gid in linked.items()}
    found = recognise(PLAN, rules, observed, links, {})
    return found.gids.get(STATUT), {one.code for one in found.findings if one.subject == STATUT}


def test_a_cycle_takes_a_field_by_its_very_name_kind_and_nothing_less() -> None:
    assert recognised(ONE, field("7", "Statut", *WORDS)) == ("7", set())
    missing = (None, {"schema.field_missing"})
    assert recognised(ONE, field("7", "statuts", *WORDS)) == missing
    assert recognised(ONE, field("7", "Statut")) == missing, "a text is no list of choices"
    twice = field("7", "Statut", *WORDS), field("8", "Statut", *WORDS)
    assert recognised(ONE, *twice) == missing, "nobody said which"
    assert recognised(ONE, *twice, statut="8") == ("8", set())


def test_what_was_linked_is_followed_by_its_gid() -> None:
    renamed = field("7", "Avancement", *WORDS)
    assert recognised(ONE, renamed, statut="7") == ("7", {"schema.field_renamed"})
