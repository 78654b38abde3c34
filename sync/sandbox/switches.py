"""
What Asana's documents leave open, or what depends on the customer: one named switch each.

A test turns every one each way to see that the service holds: `tests/cycle/test_switches.py`.
"""

from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args, get_type_hints


class SwitchError(ValueError):
    """A switch that does not fit. `wants` is what its value may be; None if none has the name."""

    def __init__(self, message: str, wants: str | None = None) -> None:
        super().__init__(message)
        self.wants = wants


@dataclass(slots=True)
class Switches:
    # what the customer has and who may see what
    plan_tier: Literal["paid", "free"] = "paid"
    """`free` answers 402 to custom fields."""
    is_organization: bool = True
    """False: a workspace without teams; a project's `team` is refused there (400)."""
    no_access: Literal["forbidden", "missing"] = "forbidden"
    """What one may not see is answered 403 (`forbidden`) or 404 (`missing`)."""
    private_task: Literal["forbidden", "unknown"] = "forbidden"
    """What others are answered for a private task: `forbidden` (403) or `unknown` (404)."""
    trashed_task: Literal["missing", "forbidden"] = "missing"
    """What a task in the trash is answered with: 404 (`missing`) or 403 (`forbidden`)."""

    # how a write is taken
    refuse_two_homes: bool = False
    """A create with a parent and a project in one call answers 400."""
    drop_home: bool = False
    """A create with a parent and a project answers 201 and keeps only the parent."""
    create_position: Literal["end", "top"] = "end"
    """Where `POST /tasks` puts a task in its section."""
    team_read: Literal["null", "kept"] = "null"
    """What a project reads as its `team` that was sent one: null now, the team until lately."""
    external_by_pat: Literal["refuse", "forbid", "ignore"] = "refuse"
    """A personal token that writes `external`: `refuse` (400), `forbid` (403) or `ignore`."""
    external_taken: Literal["refuse", "accept"] = "refuse"
    """A key of an app that another of its tasks bears: `refuse` (400) or `accept`."""
    date_form: Literal["any", "string", "object"] = "any"
    """The form a date field is written in; the documents contradict each other."""
    enum_color: Literal["any", "listed"] = "any"
    """Whether an option takes any word as its colour, or one of Asana's palette (else 400)."""
    same_option_names: bool = False
    """Whether two options of one field may bear the same name."""
    max_name: int = 0
    """Characters of a task's name; 0 is no limit, for none is documented."""
    max_notes: int = 0
    """Characters of a task's notes; 0 is no limit, for none is documented."""
    max_text_value: int = 1024
    """Characters of a text field."""
    max_projects_per_task: int = 20
    """Projects that a task can be in."""
    max_fields_per_project: int = 20
    """Custom fields that a project can carry."""
    max_enum_options: int = 500
    """Options of a field, disabled ones too."""
    max_subtask_depth: int = 5
    """Levels of subtasks."""
    batch_order: Literal["any", "sent"] = "any"
    """A batch is done in another order than it was sent in (`any`), or in that one (`sent`)."""
    due_zone: str = "America/Toronto"
    """The zone that `due_on` is told in when `due_at` was set."""

    # how a read answers
    unknown_opt_field: Literal["refuse", "ignore"] = "refuse"
    """A field of `opt_fields` that does not exist: `refuse` (400) or `ignore`."""
    unpaginated: Literal["truncate", "refuse"] = "truncate"
    """A listing without `limit` beyond the cut-off: `truncate`, or `refuse` (400)."""
    unpaginated_cutoff: int = 1000
    """Rows of a listing without `limit`."""
    listing_ceiling: int = 0
    """A paginated listing that goes beyond this many answers 400 on its way; 0 is never."""
    offset_seconds: float = 900
    """How long the offset of a next page is good for."""
    offset_holds: Literal["position", "row"] = "position"
    """What an offset holds while others edit: a position, or the last row that was shown."""
    modified_since_inclusive: bool = True
    """Whether `modified_since` gives what was changed at that very instant."""
    modified_since_elsewhere: Literal["refuse", "filter", "ignore"] = "refuse"
    """`modified_since` on a project's or section's own listing, where it is not documented."""

    # how late a create shows
    visibility_delay: float = 0
    """Seconds on the sandbox's clock before what is made from now on shows in reads and events."""
    delay_listings: bool = True
    """Whether listings wait for the visibility delay."""
    delay_gets: bool = True
    """Whether the read of one thing by its gid waits for it."""
    delay_events: bool = True
    """Whether event streams wait for it."""
    read_your_writes: bool = False
    """Whether who made a thing is spared the visibility delay in reads."""

    # events
    sync_seconds: float = 86_400
    """How long a sync token is good for."""
    refuse_spent_sync: bool = False
    """A sync token whose successor was used answers 412."""
    events_delay: float = 0
    """Seconds on the sandbox's clock before an event is told."""
    events_loss: float = 0
    """The share of events that are never told, 0 to 1: always the same ones for a seed."""
    event_user: Literal["named", "null"] = "named"
    """Whether an event says who did it; Asana may leave it null."""
    story_events: bool = True
    """Each edit also writes a story, which has its own event."""
    story_details: bool = True
    """A story tells old and new values apart from its words; Asana says so conditionally."""
    section_events: bool = True
    """A move to another section of a project is told, as `removed` and `added`."""
    field_event: str = "custom_fields"
    """The `field` that the change of a custom field is told under; empty is not at all."""

    # limits
    requests_per_minute: int = 0
    """Budget per token; 0 is no limit. Asana grants 150, or 1,500 where it is paid."""
    rate_seconds: float = 60
    """The window that the budget is looked at in. Asana's is shorter; how short nobody says."""
    rate_shape: Literal["window", "bucket"] = "window"
    """`window`: so many in the last seconds; `bucket`: it refills without a pause."""
    concurrent_reads: int = 0
    """GETs in flight per token; 0 is no limit. Asana grants 50."""
    concurrent_writes: int = 0
    """Other calls in flight per token; 0 is no limit. Asana grants 15."""
    retry_after_at_once: Literal["sent", "absent"] = "sent"
    """Whether a 429 for too many calls in flight says when to come back."""
    task_counts_per_minute: int = 0
    """The extra limit on `task_counts`, whose size nobody says; 0 is none."""
    cost_per_minute: int = 0
    """Budget of rows times fields read, taken after the answer; 0 is none, Asana's is unknown."""
    limits_clock: Literal["real", "sandbox"] = "real"
    """What the limits measure a minute by: real time, or the sandbox's own, moved by hand."""

    # announcements
    changes: str = ""
    """Names of coming changes, by commas, announced in an `Asana-Change` header each."""

    def turn(self, name: str, value: Any) -> None:
        """Set one switch; a name or a value that does not fit is a SwitchError."""
        hints = get_type_hints(type(self))
        if name not in hints:
            known = ", ".join(each.name for each in fields(self))
            raise SwitchError(f"unknown switch {name!r}; the switches are {known}")
        wanted, choices = hints[name], get_args(hints[name])
        if wanted is float and type(value) is int:
            value = float(value)
        fits = value in choices if choices else type(value) is wanted
        if not fits:
            wants = ", ".join(choices) if choices else wanted.__name__
            raise SwitchError(f"switch {name} wants {wants}, not {value!r}", wants)
        setattr(self, name, value)


def parse(text: str) -> tuple[str, Any]:
    """A switch as a command line gives it, `name=value`; a SwitchError says what does not fit."""
    name, _, said = text.partition("=")
    wanted = get_type_hints(Switches).get(name)
    value: Any = said
    if wanted is bool:
        value = {"true": True, "false": False}.get(said, said)
    elif wanted in (int, float):
        with suppress(ValueError):
            value = wanted(said)
    Switches().turn(name, value)
    return name, value
