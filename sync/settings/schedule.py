"""
When cycles run: five cron fields, read in the city's time zone.

APScheduler counts weekdays from Monday = 0 where cron counts from Sunday = 0, so that a number
would fire a day late; only names are taken.
"""

import re

from apscheduler.triggers.cron import CronTrigger

from sync.wording import Text

_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FIELDS = 5


def cron_problem(expression: str) -> Text | None:
    """What is wrong with a cron expression, or None."""
    fields = expression.split()
    if len(fields) != _FIELDS:
        return Text(
            fr="cinq champs attendus : minute, heure, jour du mois, mois, jour de la semaine "
            "(exemple : « */15 6-20 * * mon-fri »).",
            en="five fields are expected: minute, hour, day of month, month, day of week "
            "(example: “*/15 6-20 * * mon-fri”).",
        )
    weekday = fields[-1].casefold()
    if any(part not in _NAMES for part in re.split(r"[,-]", weekday)) and weekday != "*":
        return Text(
            fr=f"jour de la semaine « {fields[-1]} » : écrivez un nom ({', '.join(_NAMES)}), une "
            "suite (mon-fri) ou *, jamais un numéro, qui n'a pas partout le même sens.",
            en=f"day of week “{fields[-1]}”: write a name ({', '.join(_NAMES)}), a range "
            "(mon-fri) or *, never a number, which does not mean the same everywhere.",
        )
    try:
        CronTrigger.from_crontab(expression, timezone="UTC")
    except ValueError as error:
        return Text(
            fr=f"expression cron refusée ({error}).", en=f"cron expression refused ({error})."
        )
    return None


def daily(time: str) -> str | None:
    """`03:30` as a cron expression, or None when it is no time of day."""
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", time)
    return f"{int(found[2])} {int(found[1])} * * *" if found else None
