"""What a held cycle says, and a person's yes as the log keeps it: word for word."""

from dataclasses import replace

import pytest

from sync.core.accept import (
    acceptance_rows,
    fits_nothing,
    held,
    held_finding,
    not_lifted,
    other_change_set,
)
from sync.core.alarms import in_words
from sync.core.sides import sides
from sync.errors import ConfigError, UnsafeChangeSet
from sync.model.finding import Finding
from sync.model.guarding import Acceptance, Alarm
from sync.model.record import NewLogRow
from sync.wording import Text

MISSING = Alarm("too many missing", 3, 20, 0.1, ("action:A1-01", "action:A1-02", "action:A1-03"))
TURNED_BACK = Alarm(
    "statuses turned back",
    6,
    40,
    5,
    ("action:A1-01#mi-chemin", "action:A2-01#finalite"),
    Text("A1-01 (Atteint → En cours)", "A1-01 (Achieved → Under way)"),
)
FIGURES = Text(
    "3 tâches disparues pour 20 actions connues (limite : 10 %)",
    "3 tasks missing for 20 known actions (limit: 10%)",
)
BOTH_FIGURES = Text(
    f"{FIGURES.fr}; 6 états publiés reculeraient : A1-01 (Atteint → En cours) (limite : 5)",
    f"{FIGURES.en}; 6 published statuses would turn back: A1-01 (Achieved → Under way) (limit: 5)",
)
NO_FIGURES = {
    "figures": "refusé, quelle qu’en soit la quantité",
    "figures_en": "refused, whatever its amount",
}
DIGEST, NOW_DIGEST = "ab" * 16, "cd" * 16
YES = Acceptance(DIGEST, "Mme la greffière", "Vu avec les directions.")


def words(error: UnsafeChangeSet) -> Text:
    return Text(error.in_("fr"), error.in_("en"))


# held


def test_what_is_held_before_writing_tells_its_figures_and_how_to_say_yes() -> None:
    error = held([MISSING, TURNED_BACK], DIGEST)
    assert words(error) == Text(
        f"{BOTH_FIGURES.fr}. Rien n’a été écrit ni publié. Voir « jalon diff »; corriger la "
        f"cause, ou, si c’est voulu : jalon sync --accept {DIGEST} --by NOM --reason MOTIF",
        f"{BOTH_FIGURES.en}. Nothing was written or published. See `jalon diff`; mend the cause "
        f"or, if it is intended: jalon sync --accept {DIGEST} --by NAME --reason TEXT",
    )
    assert error.facts == {
        "rule": "too many missing",
        "rules": "too many missing, statuses turned back",
        "changed": 3,
        "known": 20,
        "limit": 0.1,
        "digest": DIGEST,
        "figures": BOTH_FIGURES,
    }


def test_what_is_held_after_writing_has_no_digest_yet() -> None:
    error = held([MISSING], None)
    assert words(error) == Text(
        f"{FIGURES.fr}. Rien n’a été publié; le prochain cycle dira l’empreinte à accepter.",
        f"{FIGURES.en}. Nothing was published; the next cycle tells the digest to accept.",
    )
    assert (error.facts["rules"], error.facts["digest"]) == ("too many missing", None)


def test_a_rule_that_several_axes_trip_is_named_once() -> None:
    axes = [Alarm("too much in one axis", 9, 10, 0.6, (), Text(f"axe {n}", "")) for n in (1, 2)]
    error = held([axes[0], MISSING, axes[1]], DIGEST)
    assert error.facts["rules"] == "too much in one axis, too many missing"
    assert error.in_("fr").startswith("axe 1 : 9 sur 10 (limite : 60 %); 3 tâches")


# a yes to something else


@pytest.mark.parametrize(
    ("digest", "alarms", "now"),
    [
        (
            None,
            [],
            Text(
                "Il n’y a plus rien à changer, donc rien à accepter.",
                "There is nothing left to change, so nothing to accept.",
            ),
        ),
        (
            NOW_DIGEST,
            [],
            Text(
                f"Il est maintenant {NOW_DIGEST}. Lire « jalon diff » avant d’accepter celui-là.",
                f"It is now {NOW_DIGEST}. Read `jalon diff` before accepting that one.",
            ),
        ),
        (
            NOW_DIGEST,
            [MISSING, TURNED_BACK],
            Text(
                f"Il est maintenant {NOW_DIGEST} ({BOTH_FIGURES.fr}). Lire « jalon diff » avant "
                "d’accepter celui-là.",
                f"It is now {NOW_DIGEST} ({BOTH_FIGURES.en}). Read `jalon diff` before accepting "
                "that one.",
            ),
        ),
    ],
    ids=["nothing is left", "nothing holds it", "it is held"],
)
def test_a_yes_to_another_change_set_lets_nothing_through(
    digest: str | None, alarms: list[Alarm], now: Text
) -> None:
    error = other_change_set(YES, digest, alarms)
    assert words(error) == Text(
        f"Le changement n’est pas celui qui a été accepté ({DIGEST}). Rien n’a été écrit ni "
        f"publié. {now.fr}",
        f"The change set is not the one that was accepted ({DIGEST}). Nothing was written or "
        f"published. {now.en}",
    )
    assert error.facts == {"rule": "other change set", "digest": digest}


def test_what_no_yes_lifts_says_so() -> None:
    error = ConfigError(Text("La base est vide.", "The store is empty."))
    not_lifted(error)
    assert (error.in_("fr"), error.in_("en")) == (
        "La base est vide. Ce refus n’est pas une question de quantité : --accept ne le lève pas.",
        "The store is empty. This refusal is not a matter of amount: --accept does not lift it.",
    )


# the finding of a held cycle


def test_the_finding_of_a_held_cycle_tells_all_rules_and_the_first_one_s_figures() -> None:
    error = held([TURNED_BACK, MISSING], DIGEST)
    figures = in_words([TURNED_BACK, MISSING])
    assert held_finding(error) == Finding(
        "guard.held",
        "cycle",
        {
            "why": error.in_("fr"),
            "why_en": error.in_("en"),
            "changed": 6,
            "known": 40,
            "rule": "statuses turned back, too many missing",
            "limit": "5",
            "digest": DIGEST,
            "figures": figures.fr,
            "figures_en": figures.en,
        },
    )


def test_who_says_what_of_a_held_cycle_is_its_figures_and_not_the_sentence_again() -> None:
    held_back = held_finding(held([MISSING], DIGEST))
    assert sides(held_back)[1] == (Text("Asana", "Asana"), FIGURES)
    refused = held_finding(UnsafeChangeSet(Text("Figé.", "Frozen."), rule="frozen rewritten"))
    assert sides(refused)[1][1] == Text(NO_FIGURES["figures"], NO_FIGURES["figures_en"])


def test_the_finding_of_a_refusal_without_figures_tells_its_one_rule() -> None:
    error = UnsafeChangeSet(Text("Figé.", "Frozen."), rule="frozen rewritten")
    facts = {"why": "Figé.", "why_en": "Frozen.", "rule": "frozen rewritten", **NO_FIGURES}
    assert held_finding(error) == Finding("guard.held", "cycle", facts)
    nothing = UnsafeChangeSet(Text("Non.", "No."))
    assert held_finding(nothing).facts == {"why": "Non.", "why_en": "No.", **NO_FIGURES}


def test_the_finding_of_what_was_met_while_writing_has_no_digest() -> None:
    facts = held_finding(held([MISSING], None)).facts
    assert "digest" not in facts
    assert (facts["changed"], facts["known"], facts["limit"]) == (3, 20, "0.1")


# the yes in the log


def row(subject: str, field: str, rule: str) -> NewLogRow:
    return NewLogRow(
        kind="accepted",
        subject=subject,
        field=field,
        to=DIGEST,
        rule=rule,
        reason_fr="Vu avec les directions.",
        reason_en="Vu avec les directions.",
        outcome="done",
        actor="Mme la greffière",
    )


def test_a_yes_stands_with_the_cycle_and_with_each_thing_that_it_let_through() -> None:
    """A thing that two rules are about has one row, with both."""
    shrunk = replace(MISSING, rule="listing shrunk", subjects=("action:A1-02", "field:axe"))
    assert list(acceptance_rows(YES, [MISSING, shrunk, TURNED_BACK])) == [
        row("cycle", "", "too many missing, listing shrunk, statuses turned back"),
        row("action:A1-01", "", "too many missing"),
        row("action:A1-02", "", "too many missing, listing shrunk"),
        row("action:A1-03", "", "too many missing"),
        row("field:axe", "", "listing shrunk"),
        row("action:A1-01", "mi-chemin", "statuses turned back"),
        row("action:A2-01", "finalite", "statuses turned back"),
    ]


def test_a_yes_to_what_nothing_holds_is_one_row() -> None:
    assert list(acceptance_rows(YES, [])) == [row("cycle", "", "accepted")]


def test_an_answer_to_a_yes_is_told_apart_from_what_is_held() -> None:
    assert fits_nothing(other_change_set(YES, None, []))
    assert not fits_nothing(held([MISSING], DIGEST))
