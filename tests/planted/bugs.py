"""
Bugs that have cost other integrators duplicates and losses, one function each, by name.

Each puts the bug where a careless change would put it. The docstring says what was done wrong;
`CAUGHT_BY` names the fast test that must see it.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
import urllib3
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import select

from sync import adoption, cycle, proposal, publishing
from sync.adapters.asana import exchange, listing, observe, picture, reads, session, writes
from sync.adapters.store import (
    Database,
    findings,
    leases,
    log,
    memory,
    schema,
    tables,
    transactions,
)
from sync.adapters.store.plan_store import PlanStore
from sync.adapters.webhooks import doors
from sync.core import (
    adopt_fields,
    amounts,
    chain,
    chosen,
    diff,
    life,
    log_rows,
    pairing,
    recognise,
    row_hash,
    snapshot,
    values,
)
from sync.core.marks import project_line
from sync.errors import SyncError
from sync.model.decision import Verdict
from sync.model.guarding import Alarm
from sync.model.progress import Status
from sync.model.record import Lease
from sync.worker import wakeups

Plant = pytest.MonkeyPatch


def blind_post_retry(plant: Plant) -> None:
    """A creation is sent again like a read."""
    plant.setattr(session, "may_repeat", lambda _failure, _kind: True)


def reused_opts(plant: Plant) -> None:
    """One dictionary of options serves every call."""
    shared: dict[str, Any] = {}

    def options(fields: str, offset: str | None) -> dict[str, Any]:
        shared.update({"limit": listing.PAGE_SIZE, "opt_fields": fields})
        if offset is not None:
            shared["offset"] = offset
        return shared

    plant.setattr(listing, "_options", options)


def swallowed_412(plant: Plant) -> None:
    """The fresh token is taken, and that changes were missed is not said, as in the SDK."""
    honest = reads.events
    plant.setattr(reads, "events", lambda *args: replace(honest(*args), lapsed=False))


def absence_from_a_failed_page(plant: Plant) -> None:
    """A listing whose next page fails ends there."""

    def as_far_as_it_goes(
        session: Any,
        what: Any,
        page: Callable[[Any], Any],
        read: Callable[[Any], Any],
        *,
        fields: str,
    ) -> list[Any]:
        found: list[Any] = []
        offset: str | None = None
        while True:
            options = listing._options(fields, offset)
            try:
                things, offset = session.read(
                    what, lambda options=options: listing._page(page(dict(options)), read)
                )
            except SyncError:
                return found
            found += things
            if offset is None:
                return found

    plant.setattr(reads, "list_all", as_far_as_it_goes)


def lapsed_offset_as_the_end(plant: Plant) -> None:
    """A 400 in the middle of a listing is taken for its end."""
    plant.setattr(listing, "_RESTARTS", 0)
    honest = listing.list_all

    def ended(*args: Any, **more: Any) -> list[Any]:
        try:
            return honest(*args, **more)
        except SyncError:
            return []

    plant.setattr(reads, "list_all", ended)


def short_listing_believed(plant: Plant) -> None:
    """The listing is not held against Asana's count."""
    plant.setattr(observe.Observer, "_prove", lambda *_: None)


def refusal_believed_by_events(plant: Plant) -> None:
    """One 404 in a read by events is a loss."""
    honest = picture.picture_of
    plant.setattr(observe, "picture_of", lambda *args: _whole(honest(*args)))


def _whole(made: picture.Picture) -> picture.Picture:
    made.whole = True
    return made


def record_believed(plant: Plant) -> None:
    """What a project's record lacks is taken for detached."""
    plant.setattr(
        observe,
        "fields_told",
        lambda records, *_: {role: each.fields or () for role, each in records.items()},
    )


def token_before_the_reads(plant: Plant) -> None:
    """The event token is committed first, and what was read because of it afterwards."""
    honest = cycle._Cycle._remember

    def hasty(self: Any, proposal: Any, *told: Any) -> None:
        if (before := self.store.mirror()) is not None:
            self.store.remember(before, proposal.reading.cursors, self.cycle_id)
        honest(self, proposal, *told)

    plant.setattr(cycle._Cycle, "_remember", hasty)


def overwritten_after_the_token(plant: Plant) -> None:
    """The event token is committed first, and what its events told afterwards."""
    honest = cycle._Cycle._remember

    def hasty(self: Any, proposal: Any, rows: Any = (), told: Any = ()) -> None:
        honest(self, proposal)
        self.store.append_log(self.cycle_id, self._now(), rows)
        self._open(told)

    plant.setattr(cycle._Cycle, "_remember", hasty)


def edit_overwritten_unseen(plant: Plant) -> None:
    """Two authors of one field in the same events are nothing to look at."""
    plant.setattr(proposal, "suspects", lambda *_: ())


def copy_taken_for_ours(plant: Plant) -> None:
    """The youngest task with our id is the one, as if the id were the identity."""
    honest = recognise._Tasks._one

    def by_id(self: Any, ref: Any, claimants: Any, linked: Any) -> None:
        if claimants:
            self.links = {**self.links, ref: claimants[-1].gid}
        honest(self, ref, claimants, linked)

    plant.setattr(recognise._Tasks, "_one", by_id)


def proposal_that_writes(plant: Plant) -> None:
    """A project is marked when it is looked at, and not when it is adopted."""
    honest = adoption.survey

    def eager(target: Any, store: Any, clock: Any, project: str) -> Any:
        seen = honest(target, store, clock, project)
        target.mark_project(seen.project.gid, project_line(store.plan_id, "actions"))
        return seen

    plant.setattr(adoption, "survey", eager)


def doubt_adopted(plant: Plant) -> None:
    """The nearest title is the one, however near the next is."""
    plant.setattr(pairing, "MARGIN", 0.0)
    plant.setattr(pairing, "LIKELY", pairing.WORTH_ASKING)


def one_task_for_two_promises(plant: Plant) -> None:
    """Each promise takes its nearest task, whoever else has it."""
    plant.setattr(
        pairing,
        "_plain_pairs",
        lambda _wanted, scores: {ref: near[0].gid for ref, near in scores.items() if near},
    )


def any_kind_of_field_taken(plant: Plant) -> None:
    """A field is known by its name, whatever it holds."""
    honest = adopt_fields._people_s
    plant.setattr(
        adopt_fields,
        "_people_s",
        lambda survey: [replace(each, kind="enum") for each in honest(survey)],
    )


def digest_of_nothing(plant: Plant) -> None:
    """Every change set has the same digest."""
    plant.setattr(proposal, "change_digest", lambda *_, **__: "0" * 32)


def accepted_as_it_was_shown(plant: Plant) -> None:
    """A yes is held against the digest that was told, and not against what is there now."""
    honest = cycle.digest_of

    def told(store: Any, proposal: Any) -> Any:
        shown = [f.finding.facts.get("digest") for f in store.findings()]
        return next(filter(None, shown), None) or honest(store, proposal)

    plant.setattr(cycle, "digest_of", told)


def limit_reached_is_too_much(plant: Plant) -> None:
    """A share exactly at its limit is held."""

    def over(rule: str, refs: Any, known: int, limit: float) -> Any:
        if refs and len(refs) >= known * limit:
            yield Alarm(rule, len(refs), known, limit, tuple(sorted(refs)))

    plant.setattr(amounts, "_over", over)


def yes_that_stays(plant: Plant) -> None:
    """A yes is logged and not counted."""

    def uncounted(self: Any, proposal: Any, accepted: Any) -> None:
        rows = list(cycle.acceptance_rows(accepted, proposal.alarms))
        self.store.append_log(self.cycle_id, self._now(), rows)

    plant.setattr(cycle._Cycle, "_accept", uncounted)


def settled_by_key_alone(plant: Plant) -> None:
    """What was chosen for one edit is carried out upon a later one."""
    plant.setattr(chosen.Chosen, "of", lambda self, finding: self.settled.get(finding.key))


def settled_and_told_again(plant: Plant) -> None:
    """Each sighting of a settled finding opens it anew."""
    honest = life.sighting
    for module in (findings, log_rows):
        plant.setattr(
            module,
            "sighting",
            lambda state, *facts: "open" if state == "settled" else honest(state, *facts),
        )


def carried_out_twice(plant: Plant) -> None:
    """That a settlement was carried out is not part of what it was about."""
    plant.setattr(diff, "exactly", lambda *values: chosen.exactly(*values[:3]))


def created_anew_for_ever(plant: Plant) -> None:
    """A loss is created anew because a person once said so, whichever task it is."""

    class Any:
        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, _other: object) -> bool:
            return True

    honest, anew = chosen.chosen, chosen.Chosen.anew
    plant.setattr(
        proposal,
        "chosen",
        lambda settlements, _found: replace(
            honest(settlements, ()), settled={one.key: one for one in settlements}
        ),
    )
    plant.setattr(chosen.Chosen, "anew", lambda self: dict.fromkeys(anew(self), Any()))


def frozen_status_retired(plant: Plant) -> None:
    """What is retired loses the status that was frozen."""
    honest = snapshot._standing

    def forgetful(*args: Any) -> Any:
        made = honest(*args)
        gone = {"etat_fige": None, "fige_le": None}
        return made.model_copy(update=gone if made.etat is Status.RETIRED else {})

    plant.setattr(snapshot, "_standing", forgetful)


def correction_over_the_frozen(plant: Plant) -> None:
    """A correction takes the place of what was frozen."""
    honest = proposal.with_corrections

    def rewritten(*args: Any) -> Any:
        return {
            place: replace(one, standing=replace(one.standing, status=one.corrected))
            for place, one in honest(*args).items()
        }

    plant.setattr(proposal, "with_corrections", rewritten)


def freeze_recomputed(plant: Plant) -> None:
    """What is frozen is worked out again at each cycle, from what is known by then."""
    honest = proposal.due_freezes
    plant.setattr(
        proposal,
        "due_freezes",
        lambda plan, rules, now, before, _frozen, *more: honest(
            plan, rules, now, before, {}, *more
        ),
    )
    plant.setattr(proposal, "guard_frozen", lambda *_: None)


def read_of_the_morning(plant: Plant) -> None:
    """Any read of the gel's day counts for its end."""
    plant.setattr(proposal, "reads_its_end", lambda *_: True)


def task_link_published(plant: Plant) -> None:
    """Where no proof is given, the task itself is shown; and nobody looks at the bytes."""
    honest = snapshot._action

    def linked(*args: Any) -> Any:
        made = honest(*args)
        task = f"https://app.asana.com/0/0/{made.id}"
        return made.model_copy(update={"preuve": made.preuve or task})

    plant.setattr(snapshot, "_action", linked)
    for module in (proposal, publishing):
        plant.setattr(module, "guard_bytes", lambda *_: None)


def other_bytes_confirmed(plant: Plant) -> None:
    """A target that says it stands at that number is believed to serve what was published."""
    plant.setattr(publishing, "_confirm", lambda *_: None)


def forged_delivery_heard(plant: Plant) -> None:
    """A signature is asked for and not compared."""
    plant.setattr(doors, "genuine", lambda *_: True)


def handshake_at_any_time(plant: Plant) -> None:
    """Whoever sends a secret first makes it the right one."""
    honest = doors.Doors._shake_hands

    def open_hand(self: Any, door: Any, secret: str) -> Any:
        door.expecting = True
        return honest(self, door, secret)

    plant.setattr(doors.Doors, "_shake_hands", open_hand)


def strange_event_skipped(plant: Plant) -> None:
    """An event that does not say of what is passed over."""
    honest = observe.hints_of
    plant.setattr(observe, "hints_of", lambda *args: replace(honest(*args), unclear=False))


def no_timeout(plant: Plant) -> None:
    """Nobody ends a call that the server does not end: the SDK's default, and that of a float."""
    honest = exchange.Transport.__init__

    def patient(self: Any, **details: Any) -> None:
        honest(self, **details)
        self._timeout = urllib3.Timeout(None)

    plant.setattr(exchange.Transport, "__init__", patient)
    no_deadline(plant)


def no_deadline(plant: Plant) -> None:
    """Only each wait of the socket is bounded, as by an integer timeout of the SDK."""

    def watched(self: Any) -> Any:
        exchange._under_way.watch = self
        return self

    plant.setattr(exchange._Watch, "__enter__", watched)


def lost_create_forgotten(plant: Plant) -> None:
    """The next cycle does not look whether the create whose answer was lost has happened."""
    plant.setattr(PlanStore, "unsettled", lambda _self: ())


def lost_create_not_proved(plant: Plant) -> None:
    """It looks, and believes a listing that hides it."""
    honest = proposal.Known
    plant.setattr(proposal, "Known", lambda **said: replace(honest(**said), awaiting=False))


def second_home_lost(plant: Plant) -> None:
    """The answer to a create with two homes is not compared with what was asked."""
    plant.setattr(writes, "_lacks", lambda *_: set())


def commitment_without_salt(plant: Plant) -> None:
    """A text is hashed as it is: whoever tries the likely ones reads what was erased."""
    honest = chain.commit
    plant.setattr(chain, "commit", lambda _salt, texts: honest("0" * 64, texts))


def row_on_its_own(plant: Plant) -> None:
    """A row's hash does not hang on the one before."""
    honest = chain.link
    plant.setattr(chain, "link", lambda _before, facts, bound: honest("0" * 64, facts, bound))


def head_compared_with_itself(plant: Plant) -> None:
    """The log's own head is what every told head is held against."""
    plant.setattr(chain, "_contradicted", lambda *_: ())


def lax_trigger(plant: Plant) -> None:
    """Whoever empties the salt may write what they like, with no decision."""
    honest = schema.upgrade

    def loosened(connection: Any, place: str) -> None:
        honest(connection, place)
        connection.exec_driver_sql("DROP TRIGGER log_refuses_update")
        connection.exec_driver_sql(
            "CREATE TRIGGER log_refuses_update BEFORE UPDATE ON log WHEN NEW.salt IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'log is append-only'); END"
        )

    plant.setattr(schema, "upgrade", loosened)


def link_believed(plant: Plant) -> None:
    """Links are hashed when they are written, and the hash is not compared when they are read."""
    plant.setattr(memory.Memory, "_require_intact_links", lambda *_: None)
    plant.setattr(memory, "sum_with", lambda *_, **__: row_hash.NOTHING)


def rows_counted_no_more(plant: Plant) -> None:
    """Each link is held against its hash, and that one is missing is not seen."""
    plant.setattr(memory, "sum_with", lambda *_, **__: row_hash.NOTHING)


def index_believed(plant: Plant) -> None:
    """The database is asked for the few links that are wanted: it may answer from an index."""

    def asked(self: Any, moment: datetime) -> frozenset[str]:
        wanted = select(tables.link.c.gid).where(self._mine(tables.link))
        with self._reading() as connection:
            return frozenset(connection.scalars(wanted.where(tables.link.c.linked_at >= moment)))

    plant.setattr(memory.Memory, "linked_since", asked)


def log_row_believed(plant: Plant) -> None:
    """Rows of the log are told as they stand, and the next one hung on whatever is there."""
    plant.setattr(log.Log, "_require_intact_rows", lambda *_: None)


def newer_schema_accepted(plant: Plant) -> None:
    """A revision that is not known is taken for the latest."""
    plant.setattr(schema, "revision_of", lambda *_: schema.head())


def upgraded_under_us(plant: Plant) -> None:
    """The revision is looked at when the database is opened, and never again."""
    plant.setattr(transactions, "require_own", lambda *_: None)


def written_into_nowhere(plant: Plant) -> None:
    """A file that was taken away is written to as long as it is open."""
    plant.setattr(Database, "_require_same_file", lambda *_, **__: None)


def slot_twice_in_the_autumn_night(plant: Plant) -> None:
    """A cron expression is left to APScheduler: what the clock shows twice, it runs twice."""
    plant.setattr(
        wakeups,
        "WallTimes",
        lambda expression, zone: CronTrigger.from_crontab(expression, timezone=zone),
    )


def frozen_on_the_wrong_day(plant: Plant) -> None:
    """The day is that of UTC, not the city's: a gel ends in the evening."""
    honest = proposal.weigh

    def elsewhere(ports: Any, rules: Any, *rest: Any) -> Any:
        return honest(ports, replace(rules, zone=ZoneInfo("UTC")), *rest)

    plant.setattr(proposal, "weigh", elsewhere)


def published_backwards(plant: Plant) -> None:
    """Whatever the clock says now is what the page was verified at."""
    plant.setattr(publishing, "_verified", lambda _ports, observed, _before: observed.read_at)


def wrong_clock_let_through(plant: Plant) -> None:
    """Nobody asks Asana what time it is."""
    plant.setattr(proposal, "guard_skew", lambda _skew: None)


def lease_until_the_end_of_time(plant: Plant) -> None:
    """A lease that ends years ahead is waited for."""
    plant.setattr(leases, "LONGEST", timedelta(days=36_500))


def noise_taken_for_drift(plant: Plant) -> None:
    """An accent in two characters is another letter."""
    plant.setattr(values, "normalize", lambda _form, text: text)


def lost_text_not_logged(plant: Plant) -> None:
    """The row tells what was put back, and not over what."""
    honest = log_rows.NewLogRow

    def terse(**told: Any) -> Any:
        return honest(**{**told, "asana": None, "from_": None})

    plant.setattr(log_rows, "NewLogRow", terse)


def shared_conflict_overwritten(plant: Plant) -> None:
    """Where both moved the plan wins, whoever owns the field."""
    honest = diff.decide

    def bold(*args: Any) -> Any:
        verdict = honest(*args)
        return Verdict.WRITE if verdict is Verdict.CONFLICT else verdict

    plant.setattr(diff, "decide", bold)


def no_lease(plant: Plant) -> None:
    """Whoever asks for the lease has it, and whoever writes need not hold it."""
    taken = count(1)

    def take(_store: Any, holder: str, now: Any, seconds: float) -> Lease:
        return Lease(holder, next(taken), now + timedelta(seconds=seconds))

    plant.setattr(PlanStore, "take_lease", take)
    plant.setattr(PlanStore, "renew_lease", lambda _store, lease, _now, _seconds: lease)
    plant.setattr(PlanStore, "release_lease", lambda _store, _lease: None)


def token_not_checked(plant: Plant) -> None:
    """A store that held a lease writes on, whoever holds it now."""
    plant.setattr(PlanStore, "_require_lease", lambda _store, _connection: None)
    plant.setattr(PlanStore, "renew_lease", lambda _store, lease, _now, _seconds: lease)


def sent_without_looking_at_the_lease(plant: Plant) -> None:
    """What waited for its turn is sent, however long that was."""
    plant.setattr(cycle._Cycle, "_still_ours", lambda _cycle: None)


def baseline_before_the_answer(plant: Plant) -> None:
    """What is about to be written counts as agreed on."""
    honest = cycle._Cycle._apply

    def hasty(self: Any, proposal: Any, operations: Any) -> None:
        for agreed in proposal.view.changes.on_success.values():
            self.store.agree(agreed)
        honest(self, proposal, operations)

    plant.setattr(cycle._Cycle, "_apply", hasty)


def naive_create(plant: Plant) -> None:
    """What no link knows is created; nobody looks whether it is there."""
    plant.setattr(recognise._Tasks, "_claims", lambda _tasks: {})
    plant.setattr(PlanStore, "unsettled", lambda _store: ())


def read_wherever_it_is(plant: Plant) -> None:
    """What people enter in a task that left the project is published all the same."""
    honest = proposal.keep_last_known

    def lax(observed: Any, *known: Any) -> Any:
        kept = honest(observed, *known)
        elsewhere = {gid: observed.tasks[gid] for gid in observed.moved & observed.tasks.keys()}
        return replace(kept, tasks={**kept.tasks, **elsewhere})

    plant.setattr(proposal, "keep_last_known", lax)


def intention_without_its_text(plant: Plant) -> None:
    """The journal says that a write was meant, and not what it was to replace."""
    plant.setattr(cycle, "intention", lambda *_: None)


def created_again_after_a_kill(plant: Plant) -> None:
    """As above; the cycle dies between its create and the answer's record."""
    naive_create(plant)


def agreed_and_killed(plant: Plant) -> None:
    """As above; the cycle dies before it sends anything."""
    baseline_before_the_answer(plant)


def intention_lost_in_a_kill(plant: Plant) -> None:
    """As above; the write has happened, and nothing tells of it."""
    intention_without_its_text(plant)


def frozen_again(plant: Plant) -> None:
    """Each cycle after the gel computes anew what was frozen."""
    plant.setattr(proposal, "with_corrections", lambda *_: {})


def untold_left_to_events(plant: Plant) -> None:
    """What no event tells of is not read again after the cycle that made it died."""
    plant.setattr(cycle, "_UNTOLD", ())


_LISTED: Final = (
    "tests/adapters/asana/test_asana_completeness.py::"
    "test_from_a_listing_that_did_not_end_nothing_is_concluded"
)
_TARGET: Final = "tests/adapters/asana/test_asana_target.py::"
_WHOLE: Final = "tests/adapters/asana/test_asana_completeness.py::"
_LINE: Final = (
    "tests/adapters/asana/test_asana_deadline.py::"
    "test_a_call_ends_while_the_server_still_holds_the_line"
)
_FAULTS: Final = "tests/cycle/test_faults.py::"
_HELD = "tests/cycle/test_held.py::"
_RACE: Final = "tests/cycle/test_overwritten.py::"
_DAMAGE: Final = "tests/adapters/store/test_store_damage.py::"
_DOORS: Final = "tests/adapters/webhooks/test_doors.py::"

_SERVED = "tests/cycle/test_served.py::"
_RECOVER: Final = "tests/cli/test_cli_recover.py::"
_FROZEN = "tests/cycle/test_frozen.py::"
_ENDED: Final = "tests/cycle/test_ended.py::"
_TIME: Final = "tests/cycle/test_time.py::"
_THREE: Final = "tests/core/test_three_way.py::"
_KILLED: Final = "tests/crash/test_kills.py::test_a_cycle_killed_at_a_point_is_completed"
_SETTLED = "tests/cycle/test_settled.py::"


def lost_store_goes_on(plant: Plant) -> None:
    """An empty store is a new one, whatever is published and whatever Asana holds."""
    plant.setattr(proposal, "guard_store", lambda *_, **__: None)
    plant.setattr(proposal, "guard_projects", lambda *_, **__: None)


def restored_store_goes_on(plant: Plant) -> None:
    """Only a store that a restore marked is known to be old: a copy put back by hand is not."""
    honest = proposal.guard_store
    plant.setattr(
        proposal,
        "guard_store",
        lambda standing, last, **more: honest(
            standing and replace(standing, head=None), last, **more
        ),
    )


def old_agreements_kept(plant: Plant) -> None:
    """What the backup says was agreed is held against what Asana says today."""
    plant.setattr(PlanStore, "forget", lambda *_: None)


def recovered_and_made_again(plant: Plant) -> None:
    """What a recovery does not find in Asana was never made."""
    plant.setattr(proposal, "after_recovery", lambda *_: ())


def half_a_recovery(plant: Plant) -> None:
    """Each thing that a recovery writes is a transaction of its own."""
    plant.setattr(PlanStore, "transaction", lambda _self: nullcontext())


def written_after_the_end(plant: Plant) -> None:
    """What drifted is put back for as long as the service runs."""
    plant.setattr(proposal, "without_writes", lambda view: view)


def ended_on_a_half_read_page(plant: Plant) -> None:
    """Any cycle after the last day makes the last state, whatever it could read."""
    honest = proposal.candidate_of

    def at_once(ports: Any, rules: Any, found: Any, *more: Any) -> Any:
        return honest(ports, rules, replace(found, closes=found.over), *more)

    plant.setattr(proposal, "candidate_of", at_once)


def page_that_goes_on_after_the_end(plant: Plant) -> None:
    """The page says that the plan has ended, and follows Asana all the same."""
    plant.setattr(
        proposal,
        "kept",
        lambda before, built, _rules: built.model_copy(update={"termine_le": before.termine_le}),
    )


_SCENES: Final = "tests/machine/test_scenes.py::"
_PAIR: Final = "tests/machine/test_two_workers.py::test_a_schedule"
CAUGHT_BY: Final[dict[Callable[[Plant], None], str]] = {
    blind_post_retry: (
        f"{_FAULTS}test_a_lost_answer_at_any_create_makes_no_second_one[task-drop_after]"
    ),
    reused_opts: f"{_WHOLE}test_a_second_listing_begins_at_its_first_page_again",
    swallowed_412: f"{_TARGET}test_an_expired_token_leads_to_a_full_read_with_a_fresh_one",
    absence_from_a_failed_page: f"{_LISTED}[unavailable-when0-/projects/*/tasks]",
    lapsed_offset_as_the_end: f"{_LISTED}[expired_offset-when3-/projects/*/tasks]",
    short_listing_believed: (
        f"{_WHOLE}test_a_hidden_task_that_also_meets_an_odd_refusal_stands_as_before[404]"
    ),
    refusal_believed_by_events: f"{_TARGET}test_one_odd_answer_takes_no_task_away[404]",
    record_believed: (
        f"{_WHOLE}test_a_field_that_a_record_lacks_is_looked_for_in_the_listing[Jalon]"
    ),
    token_before_the_reads: (
        "tests/cycle/test_events.py::"
        "test_a_crash_between_a_reading_and_its_commit_loses_nothing[events-commit]"
    ),
    strange_event_skipped: (
        "tests/adapters/asana/test_asana_events.py::"
        "test_an_event_that_says_nothing_leads_to_a_full_read[no resource]"
    ),
    no_timeout: f"{_LINE}[silence]",
    no_deadline: f"{_LINE}[drip]",
    lost_create_forgotten: (
        f"{_FAULTS}test_a_task_whose_answer_was_lost_is_not_sent_again_within_the_minute"
    ),
    lost_create_not_proved: f"{_FAULTS}test_a_create_that_the_listing_hides_is_not_made_again",
    second_home_lost: (
        f"{_TARGET}test_where_asana_refuses_the_one_call_form_the_two_step_form_is_learned[dropped]"
    ),
    overwritten_after_the_token: (f"{_RACE}test_the_cycle_that_finds_it_may_be_killed_anywhere[5]"),
    edit_overwritten_unseen: (
        f"{_RACE}test_it_is_told_once_kept_a_week_and_told_again_when_it_happens_again"
    ),
    copy_taken_for_ours: "tests/people/test_people_matrix.py::test_between_two_cycles[7a-full]",
    proposal_that_writes: (
        "tests/cli/test_cli_adopt.py::test_a_proposal_reads_and_writes_nothing_anywhere"
    ),
    doubt_adopted: "tests/cli/test_cli_adopt.py::test_a_doubt_is_never_taken_silently",
    one_task_for_two_promises: (
        "tests/core/test_adopt.py::test_one_title_near_two_promises_is_nobody_s_without_a_person"
    ),
    any_kind_of_field_taken: (
        "tests/core/test_adopt_fields.py::"
        "test_another_kind_is_no_candidate_even_by_its_very_name_and_it_is_said[text]"
    ),
    commitment_without_salt: (
        "tests/adapters/store/test_store_chain.py::test_a_salt_of_its_own_binds_each_row[sqlite]"
    ),
    row_on_its_own: (
        "tests/core/test_chain.py::"
        "test_an_edit_whose_own_link_was_made_anew_is_found_at_the_next_row"
    ),
    head_compared_with_itself: (
        "tests/cli/test_cli_verify.py::"
        "test_a_rewritten_log_is_told_by_a_head_or_a_file_kept_elsewhere"
    ),
    link_believed: f"{_DAMAGE}test_a_changed_link_is_refused_and_the_way_back_is_named"
    "[sqlite-another gid]",
    rows_counted_no_more: f"{_DAMAGE}test_a_changed_link_is_refused_and_the_way_back_is_named"
    "[sqlite-one row less]",
    index_believed: f"{_DAMAGE}test_neither_a_row_nor_what_an_index_says_of_it_is_believed"
    "[1200000000000045]",
    log_row_believed: f"{_DAMAGE}"
    "test_a_changed_row_of_the_log_is_not_told_and_nothing_is_hung_on_it[sqlite-a text]",
    newer_schema_accepted: "tests/adapters/store/test_store_migrations.py::"
    "test_a_newer_schema_is_refused_before_anything_is_written[sqlite]",
    upgraded_under_us: (
        f"{_DAMAGE}test_a_database_upgraded_in_the_middle_is_not_written_to[sqlite]"
    ),
    written_into_nowhere: (
        f"{_DAMAGE}test_nothing_is_written_into_a_file_that_was_taken_away[removed]"
    ),
    lax_trigger: (
        "tests/adapters/store/test_store_chain.py::"
        "test_the_database_lets_texts_go_by_decision_and_nothing_else[sqlite]"
    ),
    digest_of_nothing: f"{_HELD}test_what_changed_since_is_not_let_through[one more]",
    accepted_as_it_was_shown: (f"{_HELD}test_what_changed_since_is_not_let_through[another value]"),
    limit_reached_is_too_much: ("tests/core/test_amounts.py::test_a_limit[at-too many updates]"),
    yes_that_stays: f"{_HELD}test_a_yes_counts_once_even_when_the_same_change_comes_back",
    settled_by_key_alone: (f"{_SETTLED}test_a_later_edit_is_not_overwritten_by_an_earlier_choice"),
    settled_and_told_again: (
        f"{_SETTLED}test_what_is_left_as_it_is_is_not_told_again_until_it_changes"
    ),
    carried_out_twice: (
        f"{_SETTLED}test_what_was_carried_out_is_not_carried_out_again_upon_the_same_words"
    ),
    created_anew_for_ever: f"{_SETTLED}test_a_task_created_anew_and_lost_again_is_asked_again",
    frozen_status_retired: (
        f"{_SETTLED}test_a_retired_action_is_published_so_and_its_frozen_status_stays"
    ),
    correction_over_the_frozen: (
        f"{_FROZEN}test_a_date_set_back_is_told_and_a_correction_stands_beside_what_was_frozen"
    ),
    freeze_recomputed: f"{_FROZEN}test_a_date_moved_past_the_due_date_after_the_gel_is_told",
    read_of_the_morning: (
        f"{_FROZEN}test_when_the_service_was_down_the_freeze_says_so_and_counts_what_was_dated_in_time"
        "[only in the morning of the gel]"
    ),
    task_link_published: f"{_SERVED}test_no_way_into_asana_reaches_the_public",
    other_bytes_confirmed: (
        f"{_SERVED}test_other_bytes_than_published_are_told_and_replaced_in_the_same_cycle"
        "[dernier.json]"
    ),
    lost_store_goes_on: f"{_RECOVER}test_a_lost_database_is_rebuilt_and_nothing_is_made_twice",
    restored_store_goes_on: (f"{_RECOVER}test_a_copy_put_back_by_hand_is_known_for_an_older_one"),
    old_agreements_kept: (
        f"{_RECOVER}test_what_nobody_can_say_to_have_been_agreed_is_held[restored]"
    ),
    recovered_and_made_again: (
        f"{_RECOVER}test_a_task_that_is_gone_is_not_made_anew_without_a_yes"
    ),
    half_a_recovery: f"{_RECOVER}test_a_recovery_that_is_killed_leaves_nothing",
    forged_delivery_heard: f"{_DOORS}test_the_signature_is_over_the_very_bytes",
    handshake_at_any_time: f"{_DOORS}test_a_secret_is_taken_only_while_it_is_expected",
    slot_twice_in_the_autumn_night: (
        "tests/worker/test_schedule_nights.py::"
        "test_a_daily_time_is_one_slot_in_either_night[Toronto-autumn-01:30]"
    ),
    frozen_on_the_wrong_day: (
        f"{_TIME}test_a_freeze_comes_once_at_the_end_of_the_city_s_own_day[29 February 2028]"
    ),
    written_after_the_end: f"{_ENDED}test_afterwards_asana_is_only_read",
    ended_on_a_half_read_page: f"{_ENDED}test_a_reading_that_falls_short_does_not_end_it",
    page_that_goes_on_after_the_end: f"{_ENDED}test_afterwards_the_page_keeps_what_it_says",
    published_backwards: f"{_TIME}test_a_cycle_after_a_jump[an hour back]",
    wrong_clock_let_through: f"{_TIME}test_a_clock_that_asana_contradicts[past a gel]",
    lease_until_the_end_of_time: (
        f"{_TIME}test_a_lease_of_the_dead_ends_within_minutes_all_the_same[1 d back]"
    ),
    noise_taken_for_drift: (
        f"{_THREE}test_noise_is_never_drift[text, letters and marks apart-restore]"
    ),
    lost_text_not_logged: f"{_THREE}test_every_triple_of_every_kind[restore-first time]",
    shared_conflict_overwritten: f"{_THREE}test_every_triple_of_every_kind[shared-first time]",
    no_lease: f"{_PAIR}[30:end]",
    token_not_checked: f"{_PAIR}[40:30:paused]",
    sent_without_looking_at_the_lease: (
        f"{_SCENES}test_nothing_is_sent_after_a_wait_that_outlasts_the_lease"
    ),
    baseline_before_the_answer: f"{_SCENES}test_a_title_whose_writing_fails_is_written_later",
    naive_create: f"{_SCENES}test_a_creation_whose_answer_is_lost_is_not_made_twice",
    read_wherever_it_is: (
        f"{_SCENES}test_what_is_entered_in_a_task_that_left_is_not_published_until_it_is_back"
    ),
    intention_without_its_text: (
        f"{_SCENES}test_a_text_replaced_by_a_cycle_that_dies_is_kept_and_told"
    ),
    created_again_after_a_kill: f"{_KILLED}[revision-44]",
    agreed_and_killed: f"{_KILLED}[revision-25]",
    intention_lost_in_a_kill: f"{_KILLED}[edits-16]",
    frozen_again: f"{_KILLED}[gel-10]",
    untold_left_to_events: f"{_KILLED}[revision-16]",
}
