"""
The headers that announce a coming change, one each, and the two by which a caller chooses.

A change that the caller has chosen about, by naming it in `Asana-Enable` or `Asana-Disable`,
is no longer announced to them.
"""

from collections.abc import Iterable, Mapping

HEADER = "Asana-Change"
CHOOSING = ("Asana-Enable", "Asana-Disable")
TEAM = "project_team_deprecation"
MORE = {TEAM: "https://forum.asana.com/t/929205"}


def announced(names: Iterable[str], headers: Mapping[str, str]) -> tuple[str, ...]:
    """What `Asana-Change` says of each of these changes that the caller has not chosen about."""
    chosen = {name.strip() for each in CHOOSING for name in headers.get(each, "").split(",")}
    return tuple(
        f"name={name};info={MORE.get(name, 'https://forum.asana.com/c/api')};affected=true"
        for name in dict.fromkeys(names)
        if name and name not in chosen
    )
