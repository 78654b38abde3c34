"""One city's file: what it refuses, where, and what it proposes instead."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ConfigError
from sync.model.catalogue import Catalogue
from sync.settings import load_settings
from sync.settings.config import working_days_after
from sync.settings.schedule import cron_problem
from tests.settings.city_samples import CITY, a_plan, problems_of
from tests.settings.conftest import WriteCity


def refused(config: Path) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(ConfigError) as caught:
        load_settings([config], {})
    return [(p.line, p.key, p.text.fr) for p in problems_of(caught.value)]


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "words"),
    [
        pytest.param(
            "echeance:", "echance:", 8, "checkpoints[0].echance", "« echeance »", id="misspelt"
        ),
        pytest.param("publish:", "publis:", 18, "publis", "« publish »", id="misspelt at the top"),
        pytest.param(
            "project:", "projet:", 13, "asana.projet", "« project »", id="misspelt in a group"
        ),
        pytest.param("city: Essaiville\n", "", 1, "city", "obligatoire", id="missing"),
        pytest.param(
            "city: Essaiville", "city: 12", 1, "city", "guillemets", id="a number for text"
        ),
        pytest.param("city: Essaiville", "city: ''", 1, "city", "vide", id="empty"),
        pytest.param(
            "city: Essaiville", 'city: "A\\u202EB"', 1, "city", "invisible", id="invisible letter"
        ),
        pytest.param("Toronto", "Torronto", 2, "time_zone", "« America/Toronto »", id="zone"),
        pytest.param(
            "America/Toronto", "EST5", 2, "time_zone", "America/Toronto", id="zone, no hint"
        ),
        pytest.param(
            "2026-02-15", "2026-02-30", 8, "checkpoints[0].echeance", "AAAA", id="no such day"
        ),
        pytest.param(
            "2026-02-15", "20260215", 8, "checkpoints[0].echeance", "AAAA", id="another form"
        ),
        pytest.param(
            "2026-03-15", "2026-02-15", 11, "checkpoints[1].echeance", "date", id="same day"
        ),
        pytest.param(
            "2026-03-15", "2026-01-15", 11, "checkpoints[1].echeance", "date", id="out of order"
        ),
        pytest.param(
            "2026-02-15",
            "2026-02-15\n    gel: 2026-02-14",
            9,
            "checkpoints[0].gel",
            "précède",
            id="gel",
        ),
        pytest.param(
            "asana:\n",
            "ends: 2026-03-19\nasana:\n",
            12,
            "ends",
            "dernier gel (2026-03-20)",
            id="ends before the last gel",
        ),
        pytest.param(
            "id: fin", "id: Debut", 9, "checkpoints[1].id", "minuscules", id="id with a capital"
        ),
        pytest.param("id: fin", "id: debut", 9, "checkpoints[1].id", "deux fois", id="id twice"),
        pytest.param(
            "title: Fin", "title: début", 10, "checkpoints[1].title", "deux fois", id="title twice"
        ),
        pytest.param(
            "[A1-01]",
            "[A1-01, A1-01]",
            17,
            "directions[0].actions[1]",
            "deux fois",
            id="action twice",
        ),
        pytest.param("[A1-01]", "A1-01", 17, "directions[0].actions", "liste", id="no list"),
        pytest.param(
            "[A1-01]",
            "[]\n    responsible: nobody",
            18,
            "directions[0].responsible",
            "@",
            id="no e-mail",
        ),
        pytest.param(
            "url: public",
            "url: s3://seau/x\n    internal: true",
            20,
            "publish[0].internal",
            "Retirez cette ligne",
            id="internal on a bucket",
        ),
        pytest.param(
            "url: public",
            "url: sftp://v@depot.interne/x\n    internal: true",
            20,
            "publish[0].internal",
            "Retirez cette ligne",
            id="internal on SFTP",
        ),
        pytest.param(
            "url: public",
            "url: public\n    internal: true",
            20,
            "publish[0].internal",
            "Retirez cette ligne",
            id="internal on a folder",
        ),
        pytest.param("url: public", "url: ftp://x/y", 19, "publish[0].url", "dossier", id="target"),
        pytest.param(
            "url: public", "url: http://x.ca/", 19, "publish[0].url", "https", id="plain http"
        ),
        pytest.param(
            "url: public", "url: https://u:p@x.ca/", 19, "publish[0].url", "jeton", id="password"
        ),
        pytest.param(
            "plan: plan.yaml", "plan: absent.yaml", 3, "plan", "absent.yaml", id="no plan"
        ),
        pytest.param(
            "mapping: asana.yaml", "mapping: a.yaml", 4, "mapping", "a.yaml", id="no mapping"
        ),
        pytest.param(
            "publish:",
            "schedule: {cycle: '0 6 * * 1'}\npublish:",
            18,
            "schedule.cycle",
            "mon",
            id="weekday",
        ),
        pytest.param(
            "publish:",
            "schedule: {cycle: 'often'}\npublish:",
            18,
            "schedule.cycle",
            "cinq",
            id="no cron",
        ),
        pytest.param(
            "publish:",
            "guard: {max_updated_share: 30}\npublish:",
            18,
            "guard.max_updated_share",
            "1",
            id="30 %",
        ),
        pytest.param("publish:", "language: de\npublish:", 18, "language", "'fr'", id="language"),
        pytest.param(
            "publish:",
            "languages: [fr, en, en]\npublish:",
            18,
            "languages[2]",
            "deux fois",
            id="the same language twice",
        ),
        pytest.param(
            "publish:",
            "languages: [en, fr]\npublish:",
            18,
            "languages[0]",
            "celle de « language » (fr)",
            id="another language at the root",
        ),
        pytest.param(
            "publish:",
            "catalogue: {frequency: souvent}\npublish:",
            18,
            "catalogue.frequency",
            "'quotidien'",
            id="frequency",
        ),
        pytest.param(
            "publish:",
            "catalogue: {licence: CC BY}\npublish:",
            18,
            "catalogue.licence",
            "https",
            id="licence",
        ),
        pytest.param(
            "publish:",
            "database: postgresql://u:p@h/d\npublish:",
            18,
            "database",
            "JALON_DATABASE_URL",
            id="db",
        ),
        pytest.param(
            "project:",
            "token_env: A\n  token_file_env: B\n  project:",
            14,
            "asana.token_file_env",
            "deux",
            id="2 tokens",
        ),
        pytest.param(
            "project:", "members: [bob]\n  project:", 13, "asana.members[0]", "gid", id="member"
        ),
    ],
)
def test_a_bad_config_is_refused_where_it_is_wrong(
    write_city: WriteCity, old: str, new: str, line: int, key: str, words: str
) -> None:
    """The message must be enough to fix the file: line, key, what was expected."""
    told = refused(write_city(old, new))
    assert [(at, name) for at, name, _ in told] == [(line, key)]
    assert words in told[0][2]


def test_all_the_problems_of_a_file_are_told_together(write_city: WriteCity) -> None:
    """A person fixes a file once, not once per problem."""
    spoiled = (
        CITY.replace("Toronto", "Nowhere").replace("2026-02-15", "soon").replace("name:", "nom:")
    )
    told = refused(write_city(text=spoiled))
    assert [(line, key) for line, key, _ in told] == [
        (2, "time_zone"),
        (8, "checkpoints[0].echeance"),
        (15, "directions[0].name"),
        (16, "directions[0].nom"),
    ]


def test_a_plan_may_end_on_the_day_of_its_last_gel_or_never(city: Path) -> None:
    assert load_settings([city], {}).plans[0].rules(a_plan()).ends_on is None
    ending = city.with_name("fin.yaml")
    ending.write_text(f"{city.read_text(encoding='utf-8')}ends: 2026-03-20\n", encoding="utf-8")
    assert load_settings([ending], {}).plans[0].rules(a_plan()).ends_on == date(2026, 3, 20)


def test_the_default_gel_is_five_working_days_after_the_echeance(city: Path) -> None:
    """Both of these are Sundays; Monday's tick for Friday's work is not public lateness."""
    plan = load_settings([city], {}).plans[0]
    assert [(c.due, c.freeze_on) for c in plan.checkpoints()] == [
        (date(2026, 2, 15), date(2026, 2, 20)),
        (date(2026, 3, 15), date(2026, 3, 20)),
    ]


@pytest.mark.parametrize(
    ("due", "freeze"),
    [
        pytest.param("2026-02-13", "2026-02-20", id="from a Friday"),
        pytest.param("2026-02-14", "2026-02-20", id="from a Saturday"),
        pytest.param("2026-02-16", "2026-02-23", id="from a Monday"),
        pytest.param("2026-12-31", "2027-01-07", id="over the new year"),
    ],
)
def test_working_days_are_monday_to_friday(due: str, freeze: str) -> None:
    assert working_days_after(date.fromisoformat(due), 5) == date.fromisoformat(freeze)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 30))
def test_exactly_that_many_working_days_lie_in_between(day: date, count: int) -> None:
    end = working_days_after(day, count)
    days = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(one.weekday() < 5 for one in days) == count
    assert end.weekday() < 5


@pytest.mark.parametrize(
    ("expression", "sound"),
    [
        pytest.param("*/15 * * * *", True, id="each quarter of an hour"),
        pytest.param("5,35 7-18 * * mon-fri", True, id="office hours"),
        pytest.param("0 6 1-7 * Mon", True, id="first Monday"),
        pytest.param("0 6 * jan-mar sat,sun", True, id="names"),
        pytest.param("0 6 * * 1", False, id="a weekday number"),
        pytest.param("0 6 * * 1-5", False, id="weekday numbers"),
        pytest.param("0 6 * * mon-5", False, id="half a number"),
        pytest.param("0 6 * * */2", False, id="every other weekday, by number"),
        pytest.param("0 6 * * fri-mon", False, id="a range that goes back"),
        pytest.param("0 6 * * lundi", False, id="a French name"),
        pytest.param("60 * * * *", False, id="minute 60"),
        pytest.param("0 24 * * *", False, id="hour 24"),
        pytest.param("0 6 * *", False, id="four fields"),
        pytest.param("@daily", False, id="a nickname"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_schedule_means_the_same_to_everyone(expression: str, sound: bool) -> None:
    """APScheduler counts weekdays from Monday = 0: a number would fire a day late."""
    assert (cron_problem(expression) is None) is sound


def test_a_time_of_day_is_a_full_read_each_day(write_city: WriteCity) -> None:
    config = write_city("publish:", "schedule: {full_read: '03:05'}\npublish:")
    assert load_settings([config], {}).plans[0].city.schedule.full_read == "5 3 * * *"


def test_what_the_city_says_of_its_data_set_reaches_its_catalogues(write_city: WriteCity) -> None:
    said = "catalogue: {frequency: quotidien, keywords: [plan, suivi], territory: Ici}\npublish:"
    told = load_settings([write_city("publish:", said)], {}).plans[0].city.catalogue.catalogue()
    assert told == Catalogue(frequency="quotidien", keywords=("plan", "suivi"), territory="Ici")


def test_a_message_is_told_in_both_languages(write_city: WriteCity) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings([write_city("project:", "projet:")], {})
    assert "ligne 13, « asana.projet » : clé inconnue" in caught.value.in_("fr")
    assert "line 13, “asana.projet”: unknown key" in caught.value.in_("en")
