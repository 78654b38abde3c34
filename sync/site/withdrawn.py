"""
What is said of a text that a decision took out of past snapshots.

The current snapshot lists every withdrawal so far. The page of a past snapshot that held the text,
and the page of the action that it was of, say that it is gone, since when and why: nobody should
have to guess whether something was there.
"""

from sync.core.runs import runs
from sync.model.snapshot import PublicWithdrawal
from sync.site.edition import Edition
from sync.site.locales.changes import say_field
from sync.site.locales.page import PAGE
from sync.wording import Language

Withdrawals = tuple[PublicWithdrawal, ...]


def withdrawn_from(edition: Edition, number: int) -> Withdrawals:
    """What was taken out of that snapshot, in the order of the decisions."""
    return tuple(one for one in edition.current.snapshot.retraits if number in one.instantanes)


def withdrawn_of(edition: Edition, action_id: str) -> Withdrawals:
    """What was taken away of that action, from any snapshot."""
    return tuple(one for one in edition.current.snapshot.retraits if one.action == action_id)


def what_went(withdrawal: PublicWithdrawal, language: Language) -> str:
    return say_field(withdrawal.champ, language)


def where_from(withdrawal: PublicWithdrawal, language: Language) -> str:
    """« numéros 2 à 4 et numéro 7 »: the snapshots that held it."""
    said = [
        PAGE["number_n"].in_(language).format(number=first)
        if first == last
        else PAGE["numbers"].in_(language).format(first=first, last=last)
        for first, last in runs(withdrawal.instantanes)
    ]
    *others, end = said
    return f"{', '.join(others)} {PAGE['and'].in_(language)} {end}" if others else end
