"""
The three-way comparison of one field.

Desired, observed, and the baseline (what both sides last agreed on). Only the third tells a
plan that moved from a person who moved the field. Who owns the field comes from the mapping.
"""

from sync.core.values import UNSEEN, Comparable, Unseen
from sync.model.decision import Verdict
from sync.model.mapping import OnDrift, Owner


def decide(
    desired: Comparable,
    observed: Comparable,
    baseline: Comparable | Unseen,
    owner: Owner,
    on_drift: OnDrift | None,
) -> Verdict:
    """
    What to do with one field; see the table in `docs/lifecycle.md`.

    A value that nobody agreed on is never overwritten: without a baseline only an empty field
    is written.
    """
    if owner == "people":
        return _pulled(observed, baseline)
    if desired == observed:
        return Verdict.KEEP if baseline == desired else Verdict.AGREE
    if baseline is UNSEEN:
        return Verdict.WRITE if observed is None else Verdict.HOLD
    if observed == baseline:
        return Verdict.WRITE
    if owner == "plan" and on_drift == "restore":
        return Verdict.RESTORE
    if desired == baseline:
        return Verdict.REPORT
    return Verdict.CONFLICT


def _pulled(observed: Comparable, baseline: Comparable | Unseen) -> Verdict:
    known = None if baseline is UNSEEN else baseline
    return Verdict.KEEP if observed == known else Verdict.PULL
