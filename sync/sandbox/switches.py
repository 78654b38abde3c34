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
    """Budget per token; 0 is no limit."""
    concurrent_reads: int = 0
    concurrent_writes: int = 0
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
    "plan_tier": ("paid", "free"),
    "create_position": ("end", "top"),
    "unknown_opt_field": ("refuse", "ignore"),
    "unpaginated": ("truncate", "refuse"),
}
