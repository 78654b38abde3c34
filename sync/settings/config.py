"""
What one city decides, in one file of `config/`.

The models hold the shape of the file and what can be checked from the file alone; what takes
the plan or the environment is checked in `check.py` and `load.py`.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from sync.core.names import SHORTEST_NAME
from sync.model.catalogue import Catalogue, Frequency
from sync.model.plan import Checkpoint
from sync.model.rules import Direction, GuardLimits
from sync.settings.addresses import is_looked_at, root_problem, target_problem, web_problem
from sync.settings.problems import Key, suggestion
from sync.settings.schedule import cron_problem, daily
from sync.settings.strict import (
    Day,
    Email,
    Line,
    Slug,
    Strict,
    VariableName,
    wrong,
    wrong_here,
)
from sync.wording import Language, Text

FREEZE_AFTER_WORKING_DAYS = 5
REQUESTS_PER_MINUTE = 1_500
LEAST_RATE, GREATEST_RATE = 10, 100_000
Rate = Annotated[int, Field(ge=LEAST_RATE, le=GREATEST_RATE)]
"""Requests a minute; the ends only catch a slip of the hand."""


def working_days_after(day: date, count: int) -> date:
    """Monday to Friday; holidays are the city's to set, by writing the gel down."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _zone(name: str) -> str:
    known = available_timezones()
    if name not in known:
        hint = suggestion(name, sorted(known)) if "/" in name else _ZONE_EXAMPLE
        raise wrong_here(f"fuseau horaire inconnu. {hint.fr}", f"unknown time zone. {hint.en}")
    return name


_ZONE_EXAMPLE = Text(
    fr="Un nom de la base IANA est attendu, comme America/Toronto.",
    en="An IANA name is expected, such as America/Toronto.",
)


def _cron(expression: str) -> str:
    found = cron_problem(expression)
    if found:
        raise wrong(((), found))
    return expression


def _cron_or_time(expression: str) -> str:
    return daily(expression.strip()) or _cron(expression)


def _web(url: str) -> str:
    found = web_problem(url)
    if found:
        raise wrong(((), found))
    return url


def _root(url: str) -> str:
    found = root_problem(url)
    if found:
        raise wrong(((), found))
    return url.rstrip("/")


def _target(url: str) -> str:
    found = target_problem(url)
    if found:
        raise wrong(((), found))
    return url


def _member(text: str) -> str:
    if not text.isdecimal() and "@" not in text:
        raise wrong_here(
            "adresse électronique ou gid Asana attendu.", "an e-mail or an Asana gid is expected."
        )
    return text


def _name(text: str) -> str:
    if sum(letter.isalnum() for letter in text) < SHORTEST_NAME:
        raise wrong_here(
            f"au moins {SHORTEST_NAME} lettres : un nom plus court se lirait partout.",
            f"at least {SHORTEST_NAME} letters: a shorter name would be read everywhere.",
        )
    return text


class CheckpointConfig(Strict):
    """`column` is the header of the published table's column, when it cannot be guessed."""

    id: Slug
    title: Line
    echeance: Day
    gel: Day | None = None
    column: Line | None = None

    @model_validator(mode="after")
    def _freezes_after_it_is_due(self) -> Self:
        if self.gel is not None and self.gel < self.echeance:
            raise wrong(
                (
                    ("gel",),
                    Text(
                        fr=f"le gel ({self.gel}) précède l'échéance ({self.echeance}).",
                        en=f"the gel ({self.gel}) is before the échéance ({self.echeance}).",
                    ),
                )
            )
        return self

    def checkpoint(self) -> Checkpoint:
        freeze_on = self.gel or working_days_after(self.echeance, FREEZE_AFTER_WORKING_DAYS)
        return Checkpoint(self.id, self.title, self.echeance, freeze_on)


def _twice(values: Iterable[tuple[Key, str]]) -> list[tuple[Key, Text]]:
    """Values that are given again, but for case."""
    seen: set[str] = set()
    found: list[tuple[Key, Text]] = []
    for at, value in values:
        if value.casefold() in seen:
            said = Text(fr=f"« {value} » est donné deux fois.", en=f"“{value}” is given twice.")
            found.append((at, said))
        seen.add(value.casefold())
    return found


def _not_empty(items: tuple[Strict, ...]) -> tuple[Strict, ...]:
    """Not pydantic's min_length, which also complains of items that were refused."""
    if not items:
        raise wrong_here("liste vide : au moins un élément.", "empty list: at least one item.")
    return items


def _in_date_order(items: tuple[CheckpointConfig, ...]) -> tuple[CheckpointConfig, ...]:
    said = _twice(((n, "id"), item.id) for n, item in enumerate(items))
    said += _twice(((n, "title"), item.title) for n, item in enumerate(items))
    for number, (before, after) in enumerate(pairwise(items), start=1):
        if after.echeance <= before.echeance:
            said.append(
                (
                    (number, "echeance"),
                    Text(
                        fr=f"{after.echeance} ne suit pas {before.echeance} : rangez les jalons "
                        "par date.",
                        en=f"{after.echeance} does not follow {before.echeance}: put the "
                        "checkpoints in date order.",
                    ),
                )
            )
    if said:
        raise wrong(*said)
    return items


class DirectionConfig(Strict):
    """A department, the actions it answers for, and who is assigned in Asana (never published)."""

    id: Slug
    name: Line
    responsible: Email | None = None
    actions: tuple[Line, ...] = ()

    def direction(self) -> Direction:
        return Direction(self.id, self.name, self.responsible, self.actions)


def _each_once(items: tuple[DirectionConfig, ...]) -> tuple[DirectionConfig, ...]:
    said = _twice(((n, "id"), item.id) for n, item in enumerate(items))
    said += _twice(((n, "name"), item.name) for n, item in enumerate(items))
    said += _twice(
        ((n, "actions", m), action)
        for n, item in enumerate(items)
        for m, action in enumerate(item.actions)
    )
    if said:
        raise wrong(*said)
    return items


def _once(languages: tuple[Language, ...]) -> tuple[Language, ...]:
    said = _twice(((n,), language) for n, language in enumerate(languages))
    if said:
        raise wrong(*said)
    return languages


class Credential(Strict):
    """
    The variable that holds a token (or, with `_FILE` at its end, names its file); or the
    variable, of any name, that names its file.
    """

    token_env: VariableName | None = None
    token_file_env: VariableName | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.token_env and self.token_file_env:
            raise wrong(
                (
                    ("token_file_env",),
                    Text(
                        fr="donnez token_env ou token_file_env, pas les deux.",
                        en="give token_env or token_file_env, not both.",
                    ),
                )
            )
        return self


class AsanaConfig(Credential):
    """
    The rate is the token's own at Asana, so what the workspace pays for: 150 or 1,500.

    More than 50 readings or 15 writings in flight Asana refuses, whatever the tier.
    """

    project: Line
    companion: Line | None = None
    workspace: Line | None = None
    team: Line | None = None
    members: tuple[Annotated[Line, AfterValidator(_member)], ...] = ()
    url: Annotated[str, AfterValidator(_root)] | None = None
    requests_per_minute: Rate = REQUESTS_PER_MINUTE
    reads_in_flight: Annotated[int, Field(ge=1, le=50)] = 5
    writes_in_flight: Annotated[int, Field(ge=1, le=15)] = 5

    def companion_name(self) -> str:
        return self.companion or f"{self.project} – indicateurs"


class TargetConfig(Credential):
    url: Annotated[str, AfterValidator(_target)]
    internal: bool = False

    @model_validator(mode="after")
    def _internal_where_it_counts(self) -> Self:
        """Whoever writes it elsewhere believes in a guard that does not stand there."""
        if self.internal and not is_looked_at(self.url):
            raise wrong(
                (
                    ("internal",),
                    Text(
                        fr="sans effet ici : seules les cibles https:// et ckan+https:// doivent "
                        "être publiques. Un dossier, un seau (s3://) et un hôte SFTP peuvent être "
                        "dans un réseau privé sans qu'on le dise. Retirez cette ligne.",
                        en="of no effect here: only https:// and ckan+https:// targets must be "
                        "public. A folder, a bucket (s3://) and an SFTP host may be in a private "
                        "network as they are. Remove this line.",
                    ),
                )
            )
        return self


class ScheduleConfig(Strict):
    """Cron expressions in the city's time zone; `full_read` may be a time of day."""

    cycle: Annotated[str, AfterValidator(_cron)] = "*/15 * * * *"
    full_read: Annotated[str, AfterValidator(_cron_or_time)] = "30 3 * * *"


_DEFAULT_LIMITS = GuardLimits()
Share = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class GuardConfig(Strict):
    minimum_population: Count = _DEFAULT_LIMITS.minimum_population
    minimum_values: Annotated[int, Field(ge=1)] = _DEFAULT_LIMITS.minimum_values
    max_created_share: Share = _DEFAULT_LIMITS.max_created_share
    max_updated_share: Share = _DEFAULT_LIMITS.max_updated_share
    max_field_share: Share = _DEFAULT_LIMITS.max_field_share
    max_moved_share: Share = _DEFAULT_LIMITS.max_moved_share
    max_restored_share: Share = _DEFAULT_LIMITS.max_restored_share
    max_axis_share: Share = _DEFAULT_LIMITS.max_axis_share
    max_declared_share: Share = _DEFAULT_LIMITS.max_declared_share
    max_emptied_share: Share = _DEFAULT_LIMITS.max_emptied_share
    max_missing_share: Share = _DEFAULT_LIMITS.max_missing_share
    max_shrunk_share: Share = _DEFAULT_LIMITS.max_shrunk_share
    max_renumbered_share: Share = _DEFAULT_LIMITS.max_renumbered_share
    max_schema_changes: Count = _DEFAULT_LIMITS.max_schema_changes
    max_turned_back: Count = _DEFAULT_LIMITS.max_turned_back

    def limits(self) -> GuardLimits:
        return GuardLimits(**self.model_dump())


class CatalogueConfig(Strict):
    """What only the city can say of its data set; what is absent is said nowhere."""

    licence: Annotated[str, AfterValidator(_web)] | None = None
    categories: tuple[Line, ...] = ()
    keywords: tuple[Line, ...] = ()
    frequency: Frequency | None = None
    territory: Line | None = None

    def catalogue(self) -> Catalogue:
        return Catalogue(**self.model_dump())


class CityConfig(Strict):
    """Paths are relative to the file itself."""

    city: Line
    language: Language = "fr"
    languages: Annotated[tuple[Language, ...], AfterValidator(_once)] = ()
    plan: Line
    source: Line | None = None
    mapping: Line
    time_zone: Annotated[str, AfterValidator(_zone)]
    checkpoints: Annotated[
        tuple[CheckpointConfig, ...], AfterValidator(_not_empty), AfterValidator(_in_date_order)
    ]
    ends: Day | None = None
    asana: AsanaConfig
    directions: Annotated[
        tuple[DirectionConfig, ...], AfterValidator(_not_empty), AfterValidator(_each_once)
    ]
    never_publish: tuple[Annotated[Line, AfterValidator(_name)], ...] = ()
    publish: tuple[TargetConfig, ...] = ()
    signing: Credential = Credential()
    schedule: ScheduleConfig = ScheduleConfig()
    guard: GuardConfig = GuardConfig()
    public_url: Annotated[str, AfterValidator(_web)] | None = None
    catalogue: CatalogueConfig = CatalogueConfig()
    database: Line | None = None

    @model_validator(mode="after")
    def _the_roots_own_first(self) -> Self:
        if self.languages and self.languages[0] != self.language:
            raise wrong(
                (
                    ("languages", 0),
                    Text(
                        fr=f"la première langue est celle de « language » ({self.language}), dont "
                        "les pages sont à la racine du dossier. Mettez-la en tête, ou changez "
                        "« language ».",
                        en=f"the first language is that of “language” ({self.language}), whose "
                        "pages stand at the folder’s root. Put it first, or change “language”.",
                    ),
                )
            )
        return self

    @model_validator(mode="after")
    def _ends_after_the_last_freeze(self) -> Self:
        last = max(one.checkpoint().freeze_on for one in self.checkpoints)
        if self.ends is not None and self.ends < last:
            raise wrong(
                (
                    ("ends",),
                    Text(
                        fr=f"la fin du plan ({self.ends}) précède le dernier gel ({last}) : un "
                        "état serait fixé quand la page ne change plus. Donnez ce jour ou un "
                        "jour plus tard.",
                        en=f"the plan’s end ({self.ends}) is before the last freeze ({last}): a "
                        "status would be fixed when the page no longer changes. Give that day or "
                        "a later one.",
                    ),
                )
            )
        return self

    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
