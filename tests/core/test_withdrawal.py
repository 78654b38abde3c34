"""A reason that was withdrawn is in no snapshot any more, and nothing else is gone with it."""

from datetime import date

import pytest

from sync.core.commitments import WITHDRAWN
from sync.core.withdrawal import read_withdrawals, with_withdrawals, write_withdrawals
from sync.model.progress import Status
from sync.model.snapshot import PublicCorrection, PublicStanding, PublicWithdrawal, Snapshot
from tests.site.snapshot_samples import END, MID, action, small, standing

EARLY, DAY, LATE = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)


def settled(on: date, *corrections: date) -> PublicStanding:
    return standing(
        Status.ACHIEVED,
        regle_le=on,
        motif=f"Réglé le {on}.",
        corrections=tuple(
            PublicCorrection(etat=Status.ACHIEVED, le=one, motif=f"Corrigé le {one}.")
            for one in corrections
        ),
    )


def told() -> Snapshot:
    def both() -> dict[str, PublicStanding]:
        return {MID.id: settled(DAY, EARLY, DAY, LATE), END.id: settled(LATE, EARLY)}

    return small(
        action("A1-01", jalons=both(), note="Note."),
        action("A1-02", jalons={**both(), MID.id: standing(motif="Sans règlement.")}),
    )


def withdrawal(champ: str, jalon: str | None, action: str = "A1-01") -> PublicWithdrawal:
    return PublicWithdrawal(
        instantanes=(1, 2),
        action=action,
        champ=champ,
        jalon=jalon,
        le=DAY,
        motif="À la demande de la personne concernée.",
    )


def reasons(snapshot: Snapshot) -> dict[str, list[str | None]]:
    """Every reason, the decision's first, by action and checkpoint."""
    return {
        f"{one.id} {key}": [at.motif, *(each.motif for each in at.corrections)]
        for one in snapshot.actions()
        for key, at in one.jalons.items()
    }


BEFORE = reasons(told())


@pytest.mark.parametrize(
    ("made", "after"),
    [
        pytest.param(
            [withdrawal("motif", MID.id)],
            {"A1-01 mi-chemin": [None, *BEFORE["A1-01 mi-chemin"][1:]]},
            id="the decision of that day",
        ),
        pytest.param([withdrawal("motif", END.id)], {}, id="a later decision has its own reason"),
        pytest.param(
            [withdrawal("motif", MID.id, "A1-02")], {}, id="a reason that is no decision's stays"
        ),
        pytest.param(
            [withdrawal("correction", MID.id)],
            {
                "A1-01 mi-chemin": [
                    "Réglé le 2026-03-02.",
                    WITHDRAWN,
                    WITHDRAWN,
                    "Corrigé le 2026-03-03.",
                ]
            },
            id="corrections up to that day",
        ),
        pytest.param(
            [
                withdrawal("note", None),
                withdrawal("correction", END.id),
                withdrawal("motif", MID.id),
                withdrawal("correction", MID.id, "A1-02"),
                withdrawal("correction", END.id, "A1-02"),
            ],
            {
                "A1-01 mi-chemin": [None, *BEFORE["A1-01 mi-chemin"][1:]],
                "A1-01 finalite": ["Réglé le 2026-03-03.", WITHDRAWN],
                "A1-02 finalite": ["Réglé le 2026-03-03.", WITHDRAWN],
            },
            id="several, each at its place",
        ),
    ],
)
def test_what_was_withdrawn_is_gone_and_nothing_else(
    made: list[PublicWithdrawal], after: dict[str, list[str | None]]
) -> None:
    found = with_withdrawals(told(), made)
    assert reasons(found) == {**BEFORE, **after}
    assert found.retraits == tuple(made)


def test_the_rest_of_the_snapshot_is_what_it_was() -> None:
    """A note is left to Asana, where it must be gone first."""
    made = [withdrawal("note", None), withdrawal("preuve", None)]
    assert with_withdrawals(told(), made) == told().model_copy(update={"retraits": tuple(made)})
    assert with_withdrawals(told(), []) == told()


def test_decisions_are_kept_as_they_were_made() -> None:
    made = (withdrawal("note", None), withdrawal("correction", MID.id))
    assert read_withdrawals(write_withdrawals(made)) == made
    assert read_withdrawals(None) == ()
