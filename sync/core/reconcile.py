"""
Disagreements between what is declared, what is done and what the calendar says.

Pure: the same progress on the same day gives the same findings, each with a stable key.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from sync.core.history import History
from sync.core.notes import goal_range
from sync.core.presentable import presentable
from sync.core.privacy import Private, private_in_link, private_parts, unfit_link, where
from sync.core.revise import compare
from sync.core.status import STATUS_NAMES, Account, account_for, is_done, stand
from sync.core.values import normal
from sync.model.finding import Finding
from sync.model.mapping import DeclaredWord
from sync.model.plan import Action, Checkpoint, Indicator, Plan, Revision
from sync.model.progress import (
    ActionProgress,
    FrozenStanding,
    IndicatorProgress,
    Ruling,
    Rulings,
    Standing,
    Status,
)
from sync.model.rules import Rules
from sync.wording import Text

LONGEST_SHOWN: Final = 200
"""Characters of an address that a finding repeats."""

Frozen = Mapping[tuple[str, str], FrozenStanding]
Accounts = Mapping[str, Mapping[str, Account]]
Standings = Mapping[str, Mapping[str, Standing]]
"""By action id, then checkpoint id."""
_DECLARED_NAMES: dict[DeclaredWord, Text] = {
    "a_venir": Text("à venir", "upcoming"),
    "en_cours": Text("en cours", "under way"),
    "atteint": Text("atteint", "achieved"),
    "en_continu": Text("en continu", "ongoing"),
}
_WORSE = {Status.NOT_ACHIEVED, Status.NOT_ASSESSED, Status.UNDER_WAY, Status.UPCOMING}
_GOOD = {Status.ACHIEVED, Status.ACHIEVED_LATE, Status.CONTINUOUS}
REWORDED_TOLD: Final = 20
"""More new words than that are a new plan: the count tells of them."""
_DATED = {Status.ACHIEVED, Status.ACHIEVED_LATE}


def account_of(
    action: Action,
    checkpoint: Checkpoint,
    progress: ActionProgress,
    today: date,
    known_by: date | None = None,
    history: History | None = None,
) -> Account:
    """From the facts alone; see `ruled` for what a person decided."""
    indicators = action.indicators.get(checkpoint.id, ())
    done = [progress.indicators[i.id] for i in indicators]
    return account_for(
        indicators,
        done,
        progress.declared.get(checkpoint.id),
        checkpoint,
        today,
        known_by=known_by,
        doubtful=history is not None
        and any(
            _older_than_its_words(history, one, progress.indicators[one.id]) for one in indicators
        ),
    )


def ruled(account: Account, ruling: Ruling | None) -> Account:
    """What a person ruled goes before what the facts say."""
    if ruling is None:
        return account
    return account._replace(retired=ruling.status is Status.RETIRED, settled=ruling.status)


def _older_than_its_words(
    history: History, indicator: Indicator, progress: IndicatorProgress
) -> bool:
    """Done before the line got its present words: the tick does not carry over silently."""
    reworded = history.reworded.get(indicator.id)
    day = progress.done_on
    return reworded is not None and progress.done and day is not None and day < reworded


def accounts_of(
    plan: Plan,
    rules: Rules,
    progress: Mapping[str, ActionProgress],
    today: date,
    history: History | None = None,
) -> Accounts:
    return {
        action.id: {
            c.id: account_of(action, c, progress[action.id], today, history=history)
            for c in rules.checkpoints
        }
        for _, _, action in plan.actions()
    }


def standings_of(accounts: Accounts, rulings: Rulings) -> Standings:
    return {
        action_id: {c: stand(ruled(one, rulings.get((action_id, c)))) for c, one in own.items()}
        for action_id, own in accounts.items()
    }


def plan_findings(plan: Plan, rules: Rules) -> Iterator[Finding]:
    """What the published words themselves leave open."""
    titles = {c.id: c.title for c in rules.checkpoints}
    for _, _, action in plan.actions():
        for checkpoint_id, title in titles.items():
            if not action.indicators.get(checkpoint_id):
                facts: dict[str, str | int | None] = {"action": action.title, "checkpoint": title}
                yield Finding("plan.no_indicator", f"action:{action.id}#{checkpoint_id}", facts)
        for _, indicator in action.all_indicators():
            if indicator.goal.kind == "state":
                facts = {"indicator": indicator.id, "text": indicator.text}
                yield Finding("plan.state_word", f"indicator:{indicator.id}", facts)


def file_findings(revision: Revision, file: Plan) -> Iterator[Finding]:
    """Where the plan's file is not the plan of record; of other words, the first few one by one."""
    differences = compare(revision.plan, file)
    if not differences:
        return
    counted: dict[str, str | int | None] = {"revision": revision.number, "count": len(differences)}
    yield Finding("plan.file_differs", "plan", counted)
    reworded = [one for one in differences if one.kind == "reworded"]
    for one in reworded[:REWORDED_TOLD]:
        words: dict[str, str | int | None] = {"id": one.id, "record": one.before, "file": one.after}
        yield Finding("plan.reworded", f"{one.level}:{one.id}", words)


def reconcile(
    plan: Plan,
    rules: Rules,
    progress: Mapping[str, ActionProgress],
    accounts: Accounts,
    frozen: Frozen,
    history: History | None = None,
) -> dict[str, tuple[Finding, ...]]:
    """Findings by action id, from the facts alone: a ruling does not answer its own question."""
    return {
        action.id: tuple(
            _action(action, rules, progress[action.id], accounts[action.id], frozen, history)
        )
        for _, _, action in plan.actions()
    }


def _action(
    action: Action,
    rules: Rules,
    progress: ActionProgress,
    accounts: Mapping[str, Account],
    frozen: Frozen,
    history: History | None,
) -> Iterator[Finding]:
    standings = {checkpoint_id: stand(account) for checkpoint_id, account in accounts.items()}
    for checkpoint in rules.checkpoints:
        account = accounts[checkpoint.id]
        if account.expected == 0:
            continue
        fixed = asked = frozen.get((action.id, checkpoint.id))
        yield from _declaration(action, checkpoint, account, standings[checkpoint.id])
        if fixed and account.today > checkpoint.freeze_on:
            then = account_of(
                action,
                checkpoint,
                progress,
                checkpoint.freeze_on + timedelta(days=1),
                checkpoint.freeze_on,
            )
            now = standings[checkpoint.id].status
            if fixed.corrections and fixed.corrected is now:
                asked = None  # what was dated otherwise since has been heard
            yield from _since_the_freeze(action, checkpoint, fixed, now, stand(then))
        if standings[checkpoint.id].status is Status.CONTINUOUS:
            yield from _activity(action, checkpoint, progress)
        for indicator in action.indicators[checkpoint.id]:
            done = progress.indicators[indicator.id]
            yield from _indicator(indicator, done, checkpoint, asked, account.today)
            if history is not None and _older_than_its_words(history, indicator, done):
                said: dict[str, str | int | None] = {"indicator": indicator.text}
                subject = f"indicator:{indicator.id}"
                yield Finding("indicator.reworded_after_done", subject, said)
    open_ones = sum(not p.done for p in progress.indicators.values())
    if progress.completed and progress.visible and open_ones:
        facts: dict[str, str | int | None] = {"action": action.title, "open": open_ones}
        yield Finding("task.completed_with_open_indicators", f"action:{action.id}", facts)
    yield from _order(action, rules, standings)
    yield from _public_text(action, rules, progress)


def _declaration(
    action: Action,
    checkpoint: Checkpoint,
    account: Account,
    standing: Standing,
) -> Iterator[Finding]:
    if account.silent and account.today <= checkpoint.due:
        return  # nothing to hold against anything yet
    subject = f"action:{action.id}#{checkpoint.id}"
    facts: dict[str, str | int | None] = {"action": action.title, "checkpoint": checkpoint.title}
    counted = facts | {"done": account.done, "expected": account.expected}
    counted |= _beside_the_counts(account)
    if account.declared == "atteint" and account.evidence is not Status.ACHIEVED:
        yield Finding("status.declared_without_evidence", subject, counted)
    elif account.declared == "en_continu" and not account.continuity:
        yield Finding("status.continuity_misused", subject, counted if account.done else facts)
    elif not standing.confirmed and account.declared is not None:
        declared = _both("declared", _DECLARED_NAMES[account.declared])
        yield Finding("status.apart", subject, counted | declared)
    if account.declared is None and account.evidence is Status.ACHIEVED:
        told = facts | {"expected": account.expected} | _beside_the_counts(account)
        yield Finding("status.evidence_without_declaration", subject, told)
    if standing.status is Status.ACHIEVED_LATE and account.last_done_on:
        days = {
            "done_on": account.last_done_on.isoformat(),
            "due": checkpoint.due.isoformat(),
        }
        yield Finding("status.achieved_late", subject, facts | days)
    if account.silent:
        yield Finding("status.undeclared", subject, facts)


def _beside_the_counts(account: Account) -> dict[str, str | int | None]:
    """
    What a status hangs on and the counts leave out; none of it is said while there is nothing.

    Without it a status that a person confirmed would outlive what they confirmed it upon.
    """
    if account.late and account.last_done_on:
        return {"late_on": account.last_done_on.isoformat()}
    return {"started": "oui"} if account.started and not account.done else {}


def _since_the_freeze(
    action: Action, checkpoint: Checkpoint, fixed: FrozenStanding, now: Status, then: Standing
) -> Iterator[Finding]:
    """
    What was frozen, as corrected, against what the data say today; `then` is what they say of the
    day of the gel. What a person ruled at the gel is not held against the facts a second time,
    but for an action that was retired then and is not today: nobody ruled on its result.
    """
    was = fixed.corrected
    reinstated = was is Status.RETIRED
    if fixed.standing.basis == "reglement" and not (fixed.corrections or reinstated):
        return
    if was in _GOOD and now in _WORSE:
        code, says = "status.regressed", now
    elif then.expected == fixed.standing.expected and (
        reinstated
        or (was in _WORSE and then.status in _GOOD)
        or (was in _DATED and then.status is not was)
    ):
        code, says = "status.frozen_otherwise", then.status
    else:
        return
    facts: dict[str, str | int | None] = {
        "action": action.title,
        "checkpoint": checkpoint.title,
        "frozen_on": fixed.frozen_on.isoformat(),
        "was": was.value,
        "says": says.value,
    }
    names = _both("frozen", STATUS_NAMES[was]) | _both("current", STATUS_NAMES[says])
    yield Finding(code, f"action:{action.id}#{checkpoint.id}", facts | names)


def _activity(
    action: Action, checkpoint: Checkpoint, progress: ActionProgress
) -> Iterator[Finding]:
    """« En continu » is published on a word alone: what shows that the work is being done?"""
    lines = [
        progress.indicators[i.id]
        for i in action.indicators[checkpoint.id]
        if i.goal.kind == "continuity"
    ]
    shown = any(line.done or line.evidence or line.quantity for line in lines)
    if not (shown or progress.evidence):
        facts: dict[str, str | int | None] = {
            "action": action.title,
            "checkpoint": checkpoint.title,
        }
        yield Finding("status.continuity_idle", f"action:{action.id}#{checkpoint.id}", facts)


def _both(key: str, text: Text) -> dict[str, str | int | None]:
    """One fact in both languages, for the catalogue's two templates."""
    return {key: text.fr.lower(), f"{key}_en": text.en.lower()}


def _indicator(
    indicator: Indicator,
    progress: IndicatorProgress,
    checkpoint: Checkpoint,
    fixed: FrozenStanding | None,
    today: date,
) -> Iterator[Finding]:
    day = progress.done_on
    if day:
        yield from _dated(indicator, progress, day, checkpoint, fixed, today)
        if progress.done and day > today:
            return
    if indicator.goal.kind == "quantity":
        yield from _quantity(indicator, progress, today)


def _dated(
    indicator: Indicator,
    progress: IndicatorProgress,
    day: date,
    checkpoint: Checkpoint,
    fixed: FrozenStanding | None,
    today: date,
) -> Iterator[Finding]:
    subject = f"indicator:{indicator.id}"
    facts: dict[str, str | int | None] = {"indicator": indicator.text, "done_on": day.isoformat()}
    if progress.done and day > today:
        code = "indicator.done_in_future" if progress.stated else "indicator.ticked_in_future"
        yield Finding(code, subject, facts)
        return
    if progress.done and day > checkpoint.due and not progress.stated:
        yield Finding("indicator.late_undated", subject, facts)
    if (
        fixed
        and progress.stated
        and day <= checkpoint.due < today
        and _not_known_in_time(indicator, fixed, checkpoint)
    ):
        yield Finding("indicator.backdated", subject, facts)
    before = fixed.done.get(indicator.id) if fixed else None
    if before and before <= checkpoint.due < day and progress.stated:
        yield Finding("indicator.postdated", subject, facts | {"before": before.isoformat()})


def _quantity(indicator: Indicator, progress: IndicatorProgress, today: date) -> Iterator[Finding]:
    subject, goal, figure = f"indicator:{indicator.id}", indicator.goal, progress.quantity
    if goal.at_least is None:
        return
    told: dict[str, str | int | None] = {
        "indicator": indicator.text,
        "goal": goal_range(goal),
        "quantity": normal(figure, 2),
    }
    if not progress.done:
        if figure is not None and figure >= goal.at_least:
            yield Finding("indicator.quantity_undeclared", subject, told)
    elif figure is None:
        yield Finding("indicator.quantity_missing", subject, told)
    elif not is_done(indicator, progress, today):
        yield Finding("indicator.quantity_short", subject, told)


def _not_known_in_time(indicator: Indicator, fixed: FrozenStanding, checkpoint: Checkpoint) -> bool:
    """At the freeze it was open, or dated after the due date."""
    if indicator.id not in fixed.done:
        return True
    day = fixed.done[indicator.id]
    return day is not None and day > checkpoint.due


def _order(action: Action, rules: Rules, standings: Mapping[str, Standing]) -> Iterator[Finding]:
    """A later checkpoint achieved before an earlier one is."""
    for earlier, later in pairwise(rules.checkpoints):
        first, second = standings[earlier.id], standings[later.id]
        if second.status in _GOOD - {Status.CONTINUOUS} and first.status in _WORSE:
            facts: dict[str, str | int | None] = {
                "action": action.title,
                "earlier": earlier.title,
                "later": later.title,
            }
            if second.status is Status.ACHIEVED_LATE:
                facts["says"] = second.status.value
            yield Finding("status.final_before_midway", f"action:{action.id}#{later.id}", facts)


def _public_text(action: Action, rules: Rules, progress: ActionProgress) -> Iterator[Finding]:
    if not progress.publish_note:
        return
    subject = f"action:{action.id}"
    if progress.note and (parts := private_parts(progress.note, rules.never)):
        yield _withheld("public.text_withheld", subject, action, parts)
    if progress.evidence and (what := unfit_link(progress.evidence, rules.never)):
        parts = private_in_link(progress.evidence, rules.never) or (
            Private(what, presentable(progress.evidence)[:LONGEST_SHOWN]),
        )
        yield _withheld("public.link_withheld", subject, action, parts)


def _withheld(code: str, subject: str, action: Action, parts: Sequence[Private]) -> Finding:
    facts = {"action": action.title, "words": where(parts)} | _both("what", parts[0].what)
    return Finding(code, subject, facts)


def withheld_reasons(
    plan: Plan, rules: Rules, rulings: Rulings, frozen: Frozen
) -> Iterator[Finding]:
    """Reasons given for the page that it cannot show, as when a name was ruled out after them."""
    for _, _, action in plan.actions():
        for checkpoint in rules.checkpoints:
            key = (action.id, checkpoint.id)
            given = [one.reason for one in (frozen[key].corrections if key in frozen else ())]
            if (ruling := rulings.get(key)) and ruling.reason:
                given.append(ruling.reason)
            parts = [part for reason in given for part in private_parts(reason, rules.never)]
            if parts:
                subject = f"action:{action.id}#{checkpoint.id}"
                yield _withheld("public.reason_withheld", subject, action, parts)
