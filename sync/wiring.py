"""
The composition root: the only place that knows which adapter stands behind which port.

`open_plans` opens the store and joins each configured plan with its memory; `connected` gives
one plan the ports of a cycle and closes them after it. A cycle gets a session of its own, so
that its count of requests is its own too.
"""

import hashlib
import json
import os
import secrets
import socket
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy.engine import make_url

from sync.adapters.asana import (
    AsanaSubscriptions,
    AsanaTarget,
    Budget,
    Limits,
    Session,
    budget_folder,
    followed,
)
from sync.adapters.plans.adopted import load_plan
from sync.adapters.plans.encoding import decode
from sync.adapters.plans.source import fetch, read_path
from sync.adapters.publish import (
    DirectoryPublisher,
    Fetch,
    HttpPublisher,
    RemotePublisher,
    Unread,
    Witness,
    from_folder,
    make_publisher,
    read_back,
    told_in,
)
from sync.adapters.publish.layout import LATEST, STATE
from sync.adapters.signing import Signer
from sync.adapters.store import Database, open_database
from sync.adapters.store.dialect import file_of
from sync.core.chain import Told
from sync.core.commitments import SALT_BYTES, leaf_hash_of
from sync.core.memory import Memory
from sync.core.plan_document import plan_to_json
from sync.core.rest import NOT_BEFORE, waiting_until
from sync.core.signed_note import ROTATIONS, Checkpoint, NoNote, PublicKey, Rotation
from sync.core.tree import root_of
from sync.errors import ConfigError, PlanRefused, PublicationFailed, StoreRefused
from sync.model.plan import Plan
from sync.model.publication import Published
from sync.model.record import SnapshotRecord
from sync.model.rules import Rules
from sync.ports import Clock, Ports, Publisher, Store, Subscriptions
from sync.settings import PlanSettings, Settings
from sync.site.build import build_files
from sync.site.edition import Seal
from sync.site.presentation import Presentation
from sync.site.proof import Proof
from sync.wording import Text

NOON = time(12)
IN_MEMORY = "sqlite://"
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """Starts at a chosen instant and runs on from there; `ticks` tells seconds, as a stopwatch."""

    start: datetime
    ticks: Callable[[], float]
    began: float

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.ticks() - self.began)


def clock_at_noon(day: date, zone: ZoneInfo, ticks: Callable[[], float]) -> ShiftedClock:
    """A clock that starts at noon of that day in the city."""
    return clock_at(day, NOON, zone, ticks)


def clock_at(day: date, at: time, zone: ZoneInfo, ticks: Callable[[], float]) -> ShiftedClock:
    return ShiftedClock(datetime.combine(day, at, zone).astimezone(UTC), ticks, ticks())


@dataclass(frozen=True, slots=True)
class OpenedPlan:
    """
    One configured plan beside its memory.

    `state` is the folder in which the processes of this machine meet; None leaves no trace.
    """

    settings: PlanSettings
    plan_file: Plan
    store: Store
    state: Path | None

    @property
    def plan(self) -> Plan:
        """The plan of record; before the first cycle, what the file says."""
        revisions = self.store.revisions()
        return revisions[-1].plan if revisions else self.plan_file

    @property
    def rules(self) -> Rules:
        """From the plan of record: a file that was edited since does not steer a cycle."""
        return self.settings.rules(self.plan)

    def presentation(self) -> Presentation:
        city = self.settings.city
        return Presentation(
            city.city,
            city.public_url,
            city.language,
            city.time_zone,
            city.languages[1:],
            city.catalogue.catalogue(),
        )


def process_name() -> str:
    """Who holds a lease: readable for an operator, unique even where process ids repeat."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def state_folder(settings: Settings, root: Path = Path()) -> Path:
    """Where the health file and the details of failures go: beside the database, else `var`."""
    file = file_of(make_url(settings.database.get_secret_value()))
    return root / "var" if file is None else file.parent


def read_adopted(path: Path) -> Plan:
    """The adopted plan in a file."""
    document = read_path(str(path))
    text = decode(document.body, document.name)
    return load_plan(text, str(path))


def known_plans(settings: Settings) -> tuple[tuple[PlanSettings, Plan], ...]:
    """Each config with its plan file; two configs may not speak of the same plan."""
    return settings.with_plans(read_adopted)


@contextmanager
def open_plans(
    settings: Settings, *, only: str | None = None, writing: bool
) -> Iterator[tuple[OpenedPlan, ...]]:
    """
    Open the store for these plans, or for `only` one of them, by its id.

    Without `writing` the database must be there and of this release, and stays as it is.
    """
    chosen = _chosen(known_plans(settings), only)
    state = state_folder(settings)
    with open_database(settings.database.get_secret_value(), migrate=writing) as database:
        yield tuple(OpenedPlan(one, plan, database.plan(plan.id), state) for one, plan in chosen)


@contextmanager
def open_plan(settings: Settings, one: PlanSettings) -> Iterator[OpenedPlan]:
    """Open the store for one plan, its file read afresh."""
    plan = read_adopted(one.plan_path)
    with open_database(settings.database.get_secret_value()) as database:
        yield OpenedPlan(one, plan, database.plan(plan.id), state_folder(settings))


@contextmanager
def try_plans(settings: Settings, *, only: str | None = None) -> Iterator[tuple[OpenedPlan, ...]]:
    """As reading, but where no database is yet an empty one stands in that leaves no trace."""
    chosen = _chosen(known_plans(settings), only)
    state = _standing_state(settings)
    with _standing_or_empty(settings) as database:
        yield tuple(OpenedPlan(one, plan, database.plan(plan.id), state) for one, plan in chosen)


@contextmanager
def try_plan(settings: Settings, one: PlanSettings) -> Iterator[OpenedPlan]:
    plan = read_adopted(one.plan_path)
    with _standing_or_empty(settings) as database:
        yield OpenedPlan(one, plan, database.plan(plan.id), _standing_state(settings))


def _standing_state(settings: Settings) -> Path | None:
    state = state_folder(settings)
    return state if state.is_dir() else None


def _standing_or_empty(settings: Settings) -> Database:
    try:
        return open_database(settings.database.get_secret_value(), migrate=False)
    except StoreRefused as refusal:
        if refusal.facts.get("problem") != "missing":
            raise
        return open_database(IN_MEMORY)


def _chosen(
    plans: Sequence[tuple[PlanSettings, Plan]], only: str | None
) -> Sequence[tuple[PlanSettings, Plan]]:
    if only is None:
        return plans
    found = [(one, plan) for one, plan in plans if plan.id == only]
    if not found:
        listed = ", ".join(plan.id for _, plan in plans)
        raise ConfigError(
            Text(
                f"--plan : aucun plan « {only} » dans la configuration. Connus : {listed}.",
                f"--plan: no plan “{only}” in the configuration. Known: {listed}.",
            )
        )
    return found


@contextmanager
def connected(opened: OpenedPlan, clock: Clock, holder: str) -> Iterator[Ports]:
    """Everything one cycle touches. Nothing is sent before the cycle asks for it."""
    session = _session(opened, clock)
    try:
        target = AsanaTarget(
            session,
            workspace=opened.settings.asana.workspace,
            field_keys=[rule.key for rule in opened.rules.mapping.fields],
            learned=opened.store.facts(),
        )
        yield Ports(
            store=opened.store,
            target=target,
            publishers=publishers(opened.settings),
            clock=clock,
            render=_renderer(opened),
            digest=digest,
            new_id=lambda: str(uuid.uuid4()),
            holder=holder,
            salt=partial(secrets.token_bytes, SALT_BYTES),
        )
    finally:
        session.close()


@contextmanager
def subscribing(opened: OpenedPlan, clock: Clock) -> Iterator[Subscriptions]:
    """One plan's token, to make webhooks and look at them."""
    session = _session(opened, clock)
    try:
        yield AsanaSubscriptions(session, workspace=opened.settings.asana.workspace)
    finally:
        session.close()


def followed_projects(opened: OpenedPlan) -> tuple[str, ...]:
    """The gids of the projects whose events a cycle reads."""
    mirror = opened.store.mirror()
    return tuple(mirror.projects[role].gid for role in followed(mirror)) if mirror else ()


def _session(opened: OpenedPlan, clock: Clock) -> Session:
    """Within what the token may send, together with all who use it on this machine."""
    access = opened.settings.asana
    token = access.needed_token().get_secret_value()
    folder = budget_folder(opened.state, access.url, token) if opened.state else None
    budget = Budget(access.requests_per_minute, folder=folder)
    now = clock.now()
    until = waiting_until(opened.store.facts().get(NOT_BEFORE), now)
    if until is not None:  # also for those who ask without beginning a cycle
        budget.rest((until - now).total_seconds())
    return Session(
        token,
        url=access.url,
        limits=Limits(
            reads_in_flight=access.reads_in_flight, writes_in_flight=access.writes_in_flight
        ),
        budget=budget,
        now=clock.now,
    )


def publishers(settings: PlanSettings) -> tuple[Publisher, ...]:
    return tuple(
        make_publisher(target.place, token=target.token, name=target.name, internal=target.internal)
        for target in settings.targets
    )


def told_outside(opened: OpenedPlan) -> Iterator[Told | Unread]:
    """
    The log's heads that the targets tell, and where something could not be read.

    What a receiver of pushes shows, only the page's public address tells.
    """
    plan_id, presentation = opened.store.plan_id, opened.presentation()
    targets = publishers(opened.settings)
    for publisher in targets:
        if isinstance(publisher, Witness):
            try:
                yield from publisher.told(plan_id)
            except PublicationFailed:
                yield Unread(publisher.name)
    if any(isinstance(one, HttpPublisher) for one in targets):
        for where in filter(None, map(presentation.address, (STATE, LATEST))):
            try:
                yield from told_in([(where, _body_at(where))], plan_id)
            except PlanRefused:
                yield Unread(where)


def publication_of(opened: OpenedPlan, given: str | None = None) -> Published | None:
    """
    What is published of a plan, from a folder or address that is given, else from the targets
    of its config that can be read, of which the one that has come furthest counts; None where
    nothing is.
    """
    plan_id = opened.store.plan_id
    if given is not None:
        return read_back(fetching(given), given, plan_id)
    found: list[Published | None] = []
    for one in publishers(opened.settings):
        if isinstance(one, DirectoryPublisher):
            found.append(read_back(from_folder(one.root), str(one.root), plan_id))
        elif isinstance(one, RemotePublisher):
            with one.fetching() as fetched:
                found.append(read_back(fetched, one.name, plan_id))
    there = [one for one in found if one is not None]
    return max(there, key=lambda one: one.last.numero, default=None)


def fetching(place: str) -> Fetch:
    """What a folder or an address holds, by relative path."""
    if urlsplit(place).scheme in ("http", "https"):
        return _from_address(place)
    return from_folder(Path(place))


def _from_address(address: str) -> Fetch:
    root = address if address.endswith("/") else f"{address}/"
    return lambda name: _body_at(urljoin(root, name))


def _body_at(address: str) -> bytes | None:
    """None where nothing is there. Raises PlanRefused where that cannot be told."""
    try:
        return fetch(address, stdin=BytesIO()).body
    except PlanRefused as error:
        if error.facts.get("status") == NOT_FOUND:
            return None
        raise


def _renderer(opened: OpenedPlan) -> Callable[[Sequence[SnapshotRecord]], Mapping[str, bytes]]:
    presentation, seal = opened.presentation(), sealer(opened)
    return lambda records: build_files(records, presentation, seal)


def sealer(opened: OpenedPlan) -> Seal | None:
    """Signs by the city's key; None where it has none. Raises ConfigError for a damaged one."""
    key = opened.settings.signing_key
    if key is None:
        return None
    signer = signer_of(key)
    rotations = tuple(json.loads(opened.store.facts().get(ROTATIONS) or "[]"))
    return lambda records: Proof(
        signer.note(checkpoint_of(records, signer)), signer.public, signer.sign, rotations
    )


_LEAVES: Final[Memory[bytes]] = Memory(1_000_000, len)
"""A snapshot's leaf never changes while its bytes do not."""


def checkpoint_of(records: Sequence[SnapshotRecord], signer: Signer) -> str:
    leaves = [
        _LEAVES.recall(hashlib.sha256(one.body).digest(), partial(leaf_hash_of, one.body))
        for one in records
    ]
    root = root_of(leaves)
    return Checkpoint(signer.public.name, len(records), root).text()


def pass_on(opened: OpenedPlan, former: Signer, new: PublicKey) -> None:
    """Keep, signed by the key in use, that another follows it."""
    last = opened.store.last_snapshot()
    said = Rotation(former.public, new, last.number if last else 0)
    with opened.store.transaction():
        kept = json.loads(opened.store.facts().get(ROTATIONS) or "[]")
        opened.store.note_fact(ROTATIONS, json.dumps([*kept, former.note(said.text())]))


def signer_of(key: SecretStr) -> Signer:
    try:
        return Signer(key.get_secret_value())
    except NoNote:
        said = Text(
            "La clé de signature est mal copiée : son identifiant n’est pas le sien. Rien n’a été "
            "publié; donnez le contenu du fichier que « jalon keys new » a écrit.",
            "The signing key is badly copied: its id is not its own. Nothing was published; give "
            "the content of the file that `jalon keys new` wrote.",
        )
        raise ConfigError(said) from None


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def same_plan(one: Plan, other: Plan) -> bool:
    """Word for word and id for id, the ids that were given up included."""
    return plan_to_json(one) == plan_to_json(other)
