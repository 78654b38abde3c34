"""
The rows of the reconciliation log: what each operation, decision, freeze and settlement tells.

A lasting disagreement is one finding, not a row a cycle; a write is logged when its outcome is
known, with the decision that asked for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from sync.core.catalogue import wording
from sync.core.chain import in_words
from sync.core.choices import CHOICES
from sync.core.dates import french, french_moment
from sync.core.life import sighting
from sync.core.marks import action_ref, field_ref
from sync.core.revise import compare
from sync.model.decision import Decision, Verdict
from sync.model.finding import Finding, FindingState, NewSettlement, StoredFinding
from sync.model.operation import AnyOperation, PlaceTask, Ref, SetParent, UpdateTask
from sync.model.plan import Plan, Revision
from sync.model.progress import FrozenStanding
from sync.model.record import RECOVERED, RESTORED, Head, JournalEntry, JournalState, NewLogRow
from sync.wording import Text

_WRITTEN = (Verdict.WRITE, Verdict.RESTORE, Verdict.SETTLE, Verdict.CREATE)

OF_THE_CYCLE = frozenset({"guard.held", "publish.altered", "publish.failed"})
"""
Findings about a cycle and its targets, which come and go without a reading of Asana. Each attempt
words them anew: of those the log has when they begin and when they end.
"""
_ASKED = ("open", "seen", "reopened")

_HAPPENED = Text("l’écriture a eu lieu", "the write happened")
_DID_NOT_HAPPEN = Text("l’écriture n’a pas eu lieu", "the write did not happen")
_LOST_UPDATE = Text(
    "la tâche est relue, et ce qui manque est écrit de nouveau",
    "the task is read again, and what is missing is written again",
)


def worth_a_row(decision: Decision) -> bool:
    """Writes are logged when their outcome is known; everything else when it is decided."""
    return decision.verdict not in _WRITTEN


def decision_row(decision: Decision) -> NewLogRow:
    pulled = decision.verdict is Verdict.PULL
    return NewLogRow(
        kind=decision.verdict.value,
        subject=decision.subject,
        field=decision.field,
        base=decision.base,
        plan=decision.plan,
        asana=decision.asana,
        from_=None if decision.base == "unseen" else decision.base,
        to=decision.asana,
        rule=decision.rule,
        reason_fr=decision.reason_fr,
        reason_en=decision.reason_en,
        outcome="read" if pulled else "left",
        actor="asana",
    )


def operation_rows(
    operation: AnyOperation, outcome: JournalState, decisions: Mapping[tuple[Ref, str], Decision]
) -> Iterator[NewLogRow]:
    """One row per field written, else one for the operation."""
    kind = type(operation).__name__
    changed: dict[str, object] = {"": getattr(operation, "name", None)}
    if isinstance(operation, UpdateTask):
        changed = {
            **operation.builtins,
            **{ref.removeprefix(field_ref("")): value for ref, value in operation.fields.items()},
        }
    elif isinstance(operation, PlaceTask):
        changed = {"section": operation.section}
    elif isinstance(operation, SetParent):
        changed = {"parent": operation.parent}
    for name, value in changed.items():
        decision = decisions.get((operation.ref, name))
        yield NewLogRow(
            kind=kind,
            subject=operation.ref,
            field=name,
            base=decision.base if decision else None,
            plan=decision.plan if decision else None,
            asana=decision.asana if decision else None,
            from_=decision.asana if decision else None,
            to=None if value is None else str(value),
            rule=decision.rule if decision else "create",
            reason_fr=decision.reason_fr if decision else "absent d’Asana",
            reason_en=decision.reason_en if decision else "absent from Asana",
            outcome=outcome,
        )


def settlement_row(settled: tuple[JournalEntry, JournalState, str | None]) -> NewLogRow:
    waiting, state, gid = settled
    told = _LOST_UPDATE
    if waiting.kind.startswith("Create"):
        told = _HAPPENED if state == "resolved" else _DID_NOT_HAPPEN
    return NewLogRow(
        kind=waiting.kind,
        subject=waiting.ref,
        to=gid,
        rule="lost_answer",
        reason_fr=f"réponse perdue : {told.fr}",
        reason_en=f"answer lost: {told.en}",
        outcome=state,
    )


def freeze_row(frozen: tuple[tuple[str, str], FrozenStanding]) -> NewLogRow:
    (action_id, checkpoint_id), fixed = frozen
    late = fixed.after_the_fact
    return NewLogRow(
        kind="freeze",
        subject=action_ref(action_id),
        field=f"gel/{checkpoint_id}",
        to=fixed.standing.status.value,
        rule="gel",
        reason_fr=f"état figé au {french(fixed.frozen_on)}" + (", après coup" if late else ""),
        reason_en=f"frozen as of {fixed.frozen_on}" + (", after the fact" if late else ""),
        outcome="done",
    )


def finding_rows(
    before: Mapping[str, StoredFinding], after: Mapping[str, Finding]
) -> Iterator[NewLogRow]:
    """
    One row when a finding opens, comes to say something else, is reopened, and closes, by key.

    `before` has those that are closed too: one of them that comes back is reopened. What is open
    and has other words is told again, for a past day is explained from these rows alone.
    """
    for key in sorted(after.keys() - before.keys()):
        yield _finding_row(after[key], "open")
    for key in sorted(after.keys() & before.keys()):
        was = before[key]
        if was.state != _after(was, after[key]) == "reopened":
            yield _finding_row(after[key], "reopened")
        elif _is_reworded(was, after[key]):
            yield _finding_row(after[key], "changed")
    for key in sorted(before.keys() - after.keys()):
        if before[key].state == "closed":
            continue
        yield _finding_row(before[key].finding, "closed")


def _is_reworded(was: StoredFinding, now: Finding) -> bool:
    asked = was.state in _ASKED and now.code not in OF_THE_CYCLE
    return asked and wording(was.finding) != wording(now)


def is_told(before: StoredFinding | None, now: Finding) -> bool:
    """False for what a person settled, while its facts last."""
    return before is None or _after(before, now) != "settled"


def _after(before: StoredFinding, now: Finding) -> FindingState:
    return sighting(before.state, dict(before.finding.facts), dict(now.facts))


def choice_row(chosen: NewSettlement) -> NewLogRow:
    """Who chose what for a finding, and why."""
    name = CHOICES[chosen.choice].name
    return NewLogRow(
        kind="settlement",
        subject=chosen.subject,
        from_=str(chosen.facts["was"]) if chosen.choice == "correct" else None,
        to=f"{chosen.choice} {chosen.value}"
        if chosen.choice in ("confirm", "correct")
        else chosen.choice,
        rule=chosen.key.partition(":")[0],
        reason_fr=f"{name.fr} : {chosen.reason}",
        reason_en=f"{name.en}: {chosen.reason}",
        outcome="settled",
        actor=chosen.by,
    )


def seen_row(finding: Finding, by: str) -> NewLogRow:
    return replace(_finding_row(finding, "seen"), actor=by)


def restored_row(made_at: datetime) -> NewLogRow:
    """The database is, from this row on, the one of an earlier day."""
    return NewLogRow(
        kind=RESTORED,
        subject="store",
        to=made_at.isoformat(),
        rule=RESTORED,
        reason_fr=f"base restaurée de sa sauvegarde du {french_moment(made_at)} UTC",
        reason_en=f"database restored from its backup of {made_at:%Y-%m-%d %H:%M:%S} UTC",
        outcome="done",
    )


def recovered_row(
    subject: Ref, fr: str, en: str, by: str, *, lost: Head | None = None, to: str | None = None
) -> NewLogRow:
    """One thing that a recovery took over; `lost` is a head of the log that is gone."""
    return NewLogRow(
        kind=RECOVERED,
        subject=subject,
        from_=None if lost is None else in_words(lost),
        to=to,
        rule=RECOVERED,
        reason_fr=fr,
        reason_en=en,
        outcome="done",
        actor=by,
    )


def revision_rows(before: Plan, revision: Revision, by: str) -> Iterator[NewLogRow]:
    """One row per difference, under the revision's own name; `by` is whoever asked for it."""
    for change in compare(before, revision.plan):
        yield NewLogRow(
            kind="revision",
            subject=f"{change.level}:{change.id}",
            from_=change.before,
            to=change.after,
            rule=f"révision {revision.number}",
            reason_fr=revision.reason,
            reason_en=revision.reason,
            outcome="done",
            actor=by,
        )


def _finding_row(finding: Finding, outcome: str) -> NewLogRow:
    says = wording(finding)
    return NewLogRow(
        kind="finding",
        subject=finding.subject,
        rule=finding.code,
        reason_fr=says.fr,
        reason_en=says.en,
        outcome=outcome,
    )
