"""
What Asana's documents leave open, or what depends on the customer: one named switch each.

Tests turn them to see that the service holds either way.
"""

from dataclasses import dataclass, fields
from typing import Any, get_type_hints


@dataclass(slots=True)
class Switches:
    plan_tier: str = "paid"
    """`free` answers 402 to custom fields."""
    refuse_two_homes: bool = False
    """A create with a parent and a project in one call answers 400."""
    drop_home: bool = False
    """A create with a parent and a project answers 201 and keeps only the parent."""
    create_position: str = "end"
    """Where `POST /tasks` puts a task in its section: `end` or `top`."""
    external_by_pat: str = "refuse"
    """A personal token that writes `external`: `refuse` (400), `forbid` (403) or `ignore`."""
    external_taken: str = "refuse"
    """A key of an app that another of its tasks bears: `refuse` (400) or `accept`."""
    no_access: str = "forbidden"
    """What one may not see is answered 403 (`forbidden`) or 404 (`missing`)."""
    unknown_opt_field: str = "refuse"
    """`refuse` (400) or `ignore`."""
    unpaginated: str = "truncate"
    """A listing without `limit` beyond the cut-off: `truncate`, or `refuse` (400)."""
    unpaginated_cutoff: int = 1000
    listing_ceiling: int = 0
    """A paginated listing that goes beyond this many answers 400 on its way; 0 is never."""
    offset_seconds: float = 900
    sync_seconds: float = 86_400
    refuse_spent_sync: bool = False
    """A sync token whose successor was used answers 412."""
    story_events: bool = True
    """Each edit also writes a story, which has its own event."""
    events_delay: float = 0
    visibility_delay: float = 0
    """Seconds on the sandbox's clock before what is made from now on shows in reads and events."""
    requests_per_minute: int = 0
    """Budget per token; 0 is no limit. Asana grants 150, or 1,500 where it is paid."""
    rate_seconds: float = 60
    """The window that the budget is looked at in. Asana's is finer than a minute, by how much ?."""
    rate_shape: str = "window"
    """`window`: so many in the last seconds; `bucket`: it refills without a pause."""
    concurrent_reads: int = 0
    """GETs in flight per token; 0 is no limit. Asana grants 50."""
    concurrent_writes: int = 0
    """Other calls in flight per token; 0 is no limit. Asana grants 15."""
    retry_after_at_once: str = "sent"
    """Whether a 429 for too many calls in flight says when to come back: `sent` or `absent`."""
    task_counts_per_minute: int = 0
    """The extra limit on `task_counts`, whose size nobody says; 0 is none."""
    cost_per_minute: int = 0
    """Budget of rows times fields read, taken after the answer; 0 is none, Asana's is unknown."""
    batch_order: str = "any"
    """A batch is done in another order than it was sent in (`any`), or in that one (`sent`)."""
    limits_clock: str = "real"
    """What the limits measure a minute by: `real` time, or the `sandbox`'s own, moved by hand."""
    private_task: str = "forbidden"
    """What others are answered for a private task: `forbidden` (403) or `unknown` (404)."""
    same_option_names: bool = False
    """Whether two options of one field may bear the same name."""
    max_projects_per_task: int = 20
    max_fields_per_project: int = 20
    max_enum_options: int = 500
    max_subtask_depth: int = 5
    max_text_value: int = 1024
    modified_since_inclusive: bool = True
    due_zone: str = "America/Toronto"
    """The zone that `due_on` is told in when `due_at` was set."""

    def turn(self, name: str, value: Any) -> None:
        """Set one switch; a name or a value that does not fit is a ValueError that says so."""
        hints = get_type_hints(type(self))
        if name not in hints:
            known = ", ".join(each.name for each in fields(self))
            raise ValueError(f"unknown switch {name!r}; the switches are {known}")
        wanted = hints[name]
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not wanted:
            raise ValueError(f"switch {name} wants {wanted.__name__}, not {value!r}")
        allowed = _CHOICES.get(name)
        if allowed and value not in allowed:
            raise ValueError(f"switch {name} wants one of {', '.join(allowed)}, not {value!r}")
        setattr(self, name, value)


_CHOICES = {
    "external_by_pat": ("refuse", "forbid", "ignore"),
    "external_taken": ("refuse", "accept"),
    "no_access": ("forbidden", "missing"),
    "plan_tier": ("paid", "free"),
    "batch_order": ("any", "sent"),
    "rate_shape": ("window", "bucket"),
    "retry_after_at_once": ("sent", "absent"),
    "limits_clock": ("real", "sandbox"),
    "create_position": ("end", "top"),
    "private_task": ("forbidden", "unknown"),
    "unknown_opt_field": ("refuse", "ignore"),
    "unpaginated": ("truncate", "refuse"),
}
