"""Which files, which variables, and which of them wins."""

import os
from pathlib import Path

import pytest

from sync.errors import ConfigError
from sync.settings import Settings, load_settings
from sync.wiring import OpenedPlan
from tests.settings.city_samples import CITY, a_plan, problems_of
from tests.settings.conftest import WriteCity

CANARY = "0/1200000000000001:c4n4ryc4n4ryc4n4ry"
PASSWORD = "p4ssw0rd-canary"


def refused(config: list[Path], environ: dict[str, str], root: Path = Path()) -> dict[str, str]:
    """Key → words of what was refused; the canary must never be among them."""
    with pytest.raises(ConfigError) as caught:
        load_settings(config, environ, root=root)
    everything = f"{caught.value!r} {caught.value.text} {caught.value.facts}"
    assert CANARY not in everything
    assert PASSWORD not in everything
    return {problem.key or "": problem.text.fr for problem in problems_of(caught.value)}


def secret_file(folder: Path, body: bytes, mode: int = 0o600) -> str:
    path = folder / "token"
    path.write_bytes(body)
    path.chmod(mode)
    return str(path)


# --- which config


def test_the_only_config_of_the_folder_is_taken(write_city: WriteCity, tmp_path: Path) -> None:
    write_city(name="config")
    (tmp_path / "config" / "plan.yaml").unlink()
    (tmp_path / "config" / "asana.yaml").rename(tmp_path / "asana.yaml")
    config = tmp_path / "config" / "config.yaml"
    config.write_text(
        CITY.replace("asana.yaml", "../asana.yaml").replace("plan.yaml", "../asana.yaml"),
        encoding="utf-8",
    )
    assert load_settings([], {}, root=tmp_path).plans[0].document.path == config


def test_several_configs_are_a_question(write_city: WriteCity, tmp_path: Path) -> None:
    """Guessing which city is meant would write in the wrong project."""
    write_city(name="config")
    words = refused([], {}, tmp_path)[""]
    assert all(name in words for name in ("asana.yaml", "config.yaml", "plan.yaml", "JALON_CONFIG"))


def test_no_config_says_how_to_name_one(tmp_path: Path) -> None:
    assert "--config" in refused([], {}, tmp_path)[""]


def test_the_command_line_wins_over_the_variable(write_city: WriteCity) -> None:
    one, other = write_city(name="un"), write_city(name="autre")
    settings = load_settings([one], {"JALON_CONFIG": str(other)})
    assert [plan.document.path for plan in settings.plans] == [one]


def test_the_variable_names_files_or_a_folder(write_city: WriteCity, tmp_path: Path) -> None:
    one, other = write_city(name="un"), write_city("url: public", "url: ../p2", name="autre")
    both = load_settings([], {"JALON_CONFIG": f"un/un.yaml{os.pathsep}{other}"}, root=tmp_path)
    assert [plan.document.path for plan in both.plans] == [one, other]
    folder = tmp_path / "configs"
    folder.mkdir()
    for file in (one, other):
        (folder / file.name).write_text(
            file.read_text(encoding="utf-8")
            .replace(": plan.yaml", f": ../{file.stem}/plan.yaml")
            .replace(": asana.yaml", f": ../{file.stem}/asana.yaml"),
            encoding="utf-8",
        )
    found = load_settings([], {"JALON_CONFIG": str(folder)})
    assert [plan.document.path.name for plan in found.plans] == ["autre.yaml", "un.yaml"]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert "aucun fichier" in refused([tmp_path], {})[""]


# --- the environment of a single plan


def test_without_variables_the_defaults_stand(city: Path) -> None:
    settings = load_settings([city], {})
    plan = settings.plans[0]
    assert (plan.asana.url, plan.asana.workspace, plan.asana.token) == (
        "https://app.asana.com/api/1.0",
        None,
        None,
    )
    assert settings.database.get_secret_value() == "sqlite:///var/jalon.db"
    assert (settings.language, settings.warnings) == ("fr", ())
    assert [target.place for target in plan.targets] == [str(city.parent.resolve() / "public")]


def test_with_one_plan_the_environment_wins_over_the_file(
    write_city: WriteCity, tmp_path: Path
) -> None:
    config = write_city("project:", "workspace: du fichier\n  url: https://a.ca/x\n  project:")
    settings = load_settings(
        [config],
        {
            "ASANA_ACCESS_TOKEN": CANARY,
            "JALON_ASANA_URL": "http://127.0.0.1:8080/api/1.0/",
            "JALON_ASANA_WORKSPACE": "de l'opérateur",
            "JALON_ASANA_REQUESTS_PER_MINUTE": "150",
            "JALON_DATABASE_URL": "sqlite:////data/x.db",
            "JALON_PUBLISH": "out, https://feed.example/in",
            "JALON_PUBLISH_TOKEN": "publish-canary",
            "JALON_LANG": "en",
        },
        root=tmp_path,
    )
    plan = settings.plans[0]
    assert plan.asana.url == "http://127.0.0.1:8080/api/1.0"
    assert plan.asana.requests_per_minute == 150
    assert plan.asana.workspace == "de l'opérateur"
    assert plan.asana.needed_token().get_secret_value() == CANARY
    assert settings.database.get_secret_value() == "sqlite:////data/x.db"
    assert settings.language == "en"
    folder, feed = plan.targets
    assert (folder.place, folder.token) == (str(tmp_path / "out"), None)
    assert (feed.place, feed.name) == ("https://feed.example/in", "https://feed.example/in")
    assert feed.token is not None
    assert {s.get_secret_value() for s in settings.secrets()} == {CANARY, "publish-canary"}


def test_a_missing_token_says_where_it_is_expected(city: Path) -> None:
    access = load_settings([city], {}).plans[0].asana
    with pytest.raises(ConfigError, match="ASANA_ACCESS_TOKEN"):
        access.needed_token()


@pytest.mark.parametrize("variable", ["ASANA_ACCESS_TOKEN", "JALON_PUBLISH_TOKEN"])
def test_a_token_file_is_read_without_its_newline(
    city: Path, tmp_path: Path, variable: str
) -> None:
    path = secret_file(tmp_path, CANARY.encode() + b"\r\n")
    settings = load_settings(
        [city], {f"{variable}_FILE": path, "JALON_PUBLISH": "https://feed.example"}
    )
    assert [s.get_secret_value() for s in settings.secrets()] == [CANARY]


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602])
def test_a_token_file_open_to_everyone_is_refused(city: Path, tmp_path: Path, mode: int) -> None:
    path = secret_file(tmp_path, CANARY.encode(), mode)
    assert "chmod" in refused([city], {"ASANA_ACCESS_TOKEN_FILE": path})["ASANA_ACCESS_TOKEN_FILE"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b"\n", "vide", id="empty"),
        pytest.param(b"", "vide", id="no byte"),
        pytest.param(CANARY.encode() + b"\nsecond", "mal copi", id="two lines"),
        pytest.param(CANARY.encode() + b"\xff", "mal copi", id="not text"),
        pytest.param(b"x" * 70_000, "vide", id="too large"),
    ],
)
def test_a_bad_token_file_is_refused_without_quoting_it(
    city: Path, tmp_path: Path, body: bytes, words: str
) -> None:
    path = secret_file(tmp_path, body)
    assert words in refused([city], {"ASANA_ACCESS_TOKEN_FILE": path})["ASANA_ACCESS_TOKEN_FILE"]


def test_a_token_and_its_file_are_not_both_given(city: Path, tmp_path: Path) -> None:
    """Which one is meant would depend on an order that nobody sees."""
    path = secret_file(tmp_path, b"other")
    given = {"ASANA_ACCESS_TOKEN": CANARY, "ASANA_ACCESS_TOKEN_FILE": path}
    assert "ASANA_ACCESS_TOKEN_FILE" in refused([city], given)["ASANA_ACCESS_TOKEN"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        pytest.param("ASANA_ACCESS_TOKEN", "", "vide", id="empty token"),
        pytest.param("ASANA_ACCESS_TOKEN", f"{CANARY} {CANARY}", "mal copié", id="two tokens"),
        pytest.param("ASANA_ACCESS_TOKEN", f"{CANARY}\nX-Evil: 1", "mal copié", id="a header"),
        pytest.param("ASANA_ACCESS_TOKEN_FILE", "/absent/token", "illisible", id="no file"),
        pytest.param("ASANA_ACCESS_TOKEN_FILE", "", "vide", id="no path"),
        pytest.param("JALON_ASANA_URL", "http://asana.example/api/1.0", "https", id="plain http"),
        pytest.param("JALON_ASANA_URL", f"https://x:{PASSWORD}@a.ca/", "jeton", id="secret in URL"),
        pytest.param("JALON_ASANA_URL", "https://a.ca/?x=1", "?", id="a query"),
        pytest.param("JALON_ASANA_URL", "a.ca", "https", id="no scheme"),
        pytest.param("JALON_ASANA_REQUESTS_PER_MINUTE", "150/min", "10", id="a rate with a unit"),
        pytest.param("JALON_ASANA_REQUESTS_PER_MINUTE", "0", "10", id="a rate of nothing"),
        pytest.param("JALON_ASANA_REQUESTS_PER_MINUTE", "١٥٠", "10", id="other digits"),
        pytest.param("JALON_ASANA_URL", "http://localhost:port/", "https", id="no port"),
        pytest.param("JALON_ASANA_URL", "http://127.0.0.1.evil.ca", "https", id="false loopback"),
        pytest.param("JALON_DATABASE_URL", f"mysql://u:{CANARY}@h/d", "postgresql", id="database"),
        pytest.param("JALON_DATABASE_URL", CANARY, "sqlite", id="no URL at all"),
        pytest.param("JALON_PUBLISH", "out,ftp://bucket", "dossier", id="unsupported target"),
        pytest.param("JALON_PUBLISH", f"https://u:{PASSWORD}@x.ca", "jeton", id="secret in target"),
        pytest.param("JALON_PUBLISH", " ", "vide", id="empty targets"),
        pytest.param("JALON_LANG", "de", "fr, en", id="language"),
    ],
)
def test_a_bad_variable_is_named_and_never_quoted(
    city: Path, name: str, value: str, words: str
) -> None:
    told = refused([city], {name: value})
    assert list(told) == [name]
    assert words in told[name]


def test_problems_of_files_and_variables_are_told_together(write_city: WriteCity) -> None:
    config = write_city("Toronto", "Nowhere")
    assert set(refused([config], {"JALON_LANG": "de"})) == {"time_zone", "JALON_LANG"}


def test_one_token_is_not_handed_to_two_hosts(city: Path) -> None:
    given = {"JALON_PUBLISH": "https://a.ca,https://b.ca", "JALON_PUBLISH_TOKEN": CANARY}
    assert "token_env" in refused([city], given)["JALON_PUBLISH_TOKEN"]


def test_the_variable_says_which_hosts_may_be_in_a_private_network(city: Path) -> None:
    """By name: what else it publishes to stays outside."""
    places = "out,https://Intranet.ville.ca:8443/in,https://feed.example/in"
    given = {"JALON_PUBLISH": places, "JALON_PUBLISH_INTERNAL": "intranet.VILLE.ca"}
    targets = load_settings([city], given).plans[0].targets
    assert [one.internal for one in targets] == [False, True, False]
    stated = load_settings([city], {"JALON_PUBLISH": places}).plans[0].targets
    assert not any(one.internal for one in stated)


@pytest.mark.parametrize("places", ["https://feed.example/in", None])
def test_a_private_host_that_is_no_target_is_refused(city: Path, places: str | None) -> None:
    """A misspelt one would be found out when the first publication is refused."""
    given = {"JALON_PUBLISH_INTERNAL": "feed.exemple"}
    told = refused([city], given | ({"JALON_PUBLISH": places} if places else {}))
    assert list(told) == ["JALON_PUBLISH_INTERNAL"]
    assert "feed.exemple" in told["JALON_PUBLISH_INTERNAL"]


@pytest.mark.parametrize("named", ["seau", "minio.interne", "depot.interne"])
def test_what_is_never_asked_whether_it_is_private_need_not_be_named(
    city: Path, named: str
) -> None:
    """A bucket's name is no host, and naming it would do nothing."""
    places = (
        "s3://seau/x?endpoint=https://minio.interne,sftp://v@depot.interne/x,"
        "ckan+https://Portail.interne/recherche/plan"
    )
    given = {"JALON_PUBLISH": places, "JALON_PUBLISH_INTERNAL": f"portail.interne,{named}"}
    (told,) = refused([city], given).values()
    assert told.startswith(f"{named} : ")
    assert "n'ont pas à y être" in told
    targets = load_settings([city], given | {"JALON_PUBLISH_INTERNAL": "portail.interne"}).plans[0]
    assert [one.internal for one in targets.targets] == [False, False, True]


def test_an_unknown_variable_is_told_with_the_nearest(city: Path) -> None:
    """A misspelt variable would otherwise be silently without effect."""
    settings = load_settings([city], {"JALON_PUBLSH": "x", "JALON_ZZZ": "1", "PATH": "/bin"})
    assert [text.fr for text in settings.warnings] == [
        "Variable JALON_PUBLSH inconnue, ignorée. La plus proche est « JALON_PUBLISH ».",
        "Variable JALON_ZZZ inconnue, ignorée.",
    ]


def test_no_secret_is_in_what_settings_show(city: Path) -> None:
    settings = load_settings(
        [city],
        {
            "ASANA_ACCESS_TOKEN": CANARY,
            "JALON_DATABASE_URL": f"postgresql://jalon:{CANARY}@db/jalon",
            "JALON_PUBLISH": f"https://feed.example/in?key={CANARY}",
            "JALON_PUBLISH_TOKEN": CANARY,
        },
    )
    shown = f"{settings!r} {settings} {settings.plans[0]!r} {settings.database_shown()}"
    assert CANARY not in shown
    assert CANARY not in settings.plans[0].targets[0].name
    assert f"key={CANARY}" in {secret.get_secret_value() for secret in settings.secrets()}


# --- several plans


def two(write_city: WriteCity, old: str = "project:", new: str = "project:") -> list[Path]:
    other = CITY.replace("url: public", "url: public2").replace(old, new)
    return [write_city(old, new, name="un"), write_city(name="autre", text=other)]


@pytest.mark.parametrize(
    "name",
    [
        "ASANA_ACCESS_TOKEN",
        "ASANA_ACCESS_TOKEN_FILE",
        "JALON_ASANA_WORKSPACE",
        "JALON_ASANA_REQUESTS_PER_MINUTE",
        "JALON_PUBLISH",
        "JALON_PUBLISH_INTERNAL",
        "JALON_PUBLISH_TOKEN",
        "JALON_PUBLISH_TOKEN_FILE",
    ],
)
def test_with_several_plans_a_per_plan_variable_is_refused(
    write_city: WriteCity, name: str
) -> None:
    """It would hand one city's token or page to another."""
    assert "plusieurs plans" in refused(two(write_city), {name: "x"})[name]


def test_with_several_plans_each_config_names_its_token(write_city: WriteCity) -> None:
    configs = two(write_city, "project:", "token_env: MY_TOKEN\n  project:")
    configs[1].write_text(
        configs[1].read_text(encoding="utf-8").replace("MY_TOKEN", "ASANA_ACCESS_TOKEN"),
        encoding="utf-8",
    )
    settings = load_settings(configs, {"MY_TOKEN": "one-token", "ASANA_ACCESS_TOKEN": "two-token"})
    tokens = [plan.asana.needed_token().get_secret_value() for plan in settings.plans]
    assert tokens == ["one-token", "two-token"]


def test_one_token_has_one_rate(write_city: WriteCity) -> None:
    """Asana counts by token: two figures for one token cannot both be right."""
    one = CITY.replace("project:", "token_env: MY_TOKEN\n  requests_per_minute: 150\n  project:")
    other = CITY.replace("project:", "token_env: MY_TOKEN\n  project:").replace(
        "url: public", "url: ../page"
    )
    configs = [write_city(name="un", text=one), write_city(name="autre", text=other)]
    words = refused(configs, {"MY_TOKEN": CANARY})["asana.requests_per_minute"]
    assert "même jeton" in words
    settings = load_settings(configs, {})
    assert [plan.asana.requests_per_minute for plan in settings.plans] == [150, 1500]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("requests_per_minute", 9),
        ("reads_in_flight", 51),
        ("writes_in_flight", 16),
        ("writes_in_flight", 0),
    ],
)
def test_more_than_asana_takes_is_refused(write_city: WriteCity, key: str, value: int) -> None:
    assert f"asana.{key}" in refused([write_city("project:", f"{key}: {value}\n  project:")], {})


def test_one_asana_serves_several_plans(write_city: WriteCity) -> None:
    settings = load_settings(two(write_city), {"JALON_ASANA_URL": "http://127.0.0.1:1/api/1.0"})
    assert {plan.asana.url for plan in settings.plans} == {"http://127.0.0.1:1/api/1.0"}


def test_a_variable_does_not_move_a_city_that_names_its_asana(write_city: WriteCity) -> None:
    configs = two(write_city, "project:", "url: https://a.ca\n  project:")
    assert "asana.url" in refused(configs, {"JALON_ASANA_URL": "https://b.ca"})["JALON_ASANA_URL"]


def test_two_plans_do_not_publish_in_one_place(write_city: WriteCity, tmp_path: Path) -> None:
    shared = CITY.replace("url: public", "url: ../public")
    configs = [write_city(name="un", text=shared), write_city(name="autre", text=shared)]
    assert "déjà prise" in refused(configs, {})["publish[0].url"]


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        pytest.param("a,a", "déjà prise", id="twice"),
        pytest.param("a,./b/../a", "déjà prise", id="twice under two names"),
        pytest.param("https://x.ca/in,https://x.ca/in", "déjà prise", id="one address twice"),
        pytest.param("a,a/b", "l'une dans l'autre", id="inside"),
        pytest.param("s3://seau/x,s3://seau/x/y", "l'une dans l'autre", id="inside a bucket"),
        pytest.param("a/b,a", "l'une dans l'autre", id="around"),
        pytest.param("a,lien/b", "l'une dans l'autre", id="inside, through a link"),
    ],
)
def test_targets_of_the_variable_that_overlap_are_told_by_its_name(
    city: Path, tmp_path: Path, stated: str, words: str
) -> None:
    """The operator who set a variable would look in vain for a line of the file."""
    (tmp_path / "a").mkdir()
    (tmp_path / "lien").symlink_to(tmp_path / "a")
    told = refused([city], {"JALON_PUBLISH": stated}, tmp_path)
    assert list(told) == ["JALON_PUBLISH"]
    assert words in told["JALON_PUBLISH"]


def test_neighbouring_targets_are_allowed(city: Path, tmp_path: Path) -> None:
    """A name that starts like another is not inside of it, and an address is no folder."""
    stated = "a,ab,https://x.ca/in,https://x.ca/in/b"
    settings = load_settings([city], {"JALON_PUBLISH": stated}, root=tmp_path)
    assert len(settings.plans[0].targets) == 4


@pytest.mark.parametrize(("one", "other"), [("../p", "../p/b"), ("../p/b", "../p")])
def test_two_plans_do_not_publish_one_inside_the_other(
    write_city: WriteCity, one: str, other: str
) -> None:
    """Each would take the other's files for strangers in its folder."""
    configs = [
        write_city("url: public", f"url: {one}", name="un"),
        write_city("url: public", f"url: {other}", name="autre"),
    ]
    assert "l'une dans l'autre" in refused(configs, {})["publish[0].url"]


def test_two_configs_of_one_plan_are_refused(write_city: WriteCity) -> None:
    """Two masters of one plan would undo each other's work at each cycle."""
    settings = load_settings(two(write_city), {})
    with pytest.raises(ConfigError, match=r"un\.yaml"):
        settings.with_plans(lambda path: a_plan())


def test_two_plans_open_side_by_side(write_city: WriteCity) -> None:
    settings: Settings = load_settings(two(write_city), {})
    opened = settings.with_plans(lambda path: a_plan(path.parent.name))
    assert [plan.id for _, plan in opened] == ["un", "autre"]


def test_one_database_serves_every_plan(write_city: WriteCity) -> None:
    configs = two(write_city, "city:", "database: sqlite:///a.db\ncity:")
    assert load_settings(configs, {}).database.get_secret_value() == "sqlite:///a.db"
    configs[1].write_text(
        configs[1].read_text(encoding="utf-8").replace("a.db", "b.db"), encoding="utf-8"
    )
    assert "une seule" in refused(configs, {})["database"]


# --- webhooks

SANDBOX = {"JALON_ASANA_URL": "http://127.0.0.1:4010/api/1.0"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({}, None, id="not wanted"),
        pytest.param(
            {"JALON_WEBHOOK_URL": "https://plan.ville.ca/jalon/"},
            ("https://plan.ville.ca/jalon", "127.0.0.1", 8787),
            id="by default on this machine only",
        ),
        pytest.param(
            {"JALON_WEBHOOK_URL": "https://plan.ville.ca", "JALON_WEBHOOK_LISTEN": "10.0.0.7:9"},
            ("https://plan.ville.ca", "10.0.0.7", 9),
            id="beside a proxy on another machine",
        ),
        pytest.param(
            {"JALON_WEBHOOK_URL": "https://plan.ville.ca", "JALON_WEBHOOK_LISTEN": "[::1]:8787"},
            ("https://plan.ville.ca", "::1", 8787),
            id="IPv6",
        ),
        pytest.param(
            {**SANDBOX, "JALON_WEBHOOK_URL": "http://127.0.0.1:8787"},
            ("http://127.0.0.1:8787", "127.0.0.1", 8787),
            id="rehearsal",
        ),
    ],
)
def test_where_webhooks_come_in(
    city: Path, environ: dict[str, str], expected: tuple[str, str, int] | None
) -> None:
    found = load_settings([city], environ).webhook
    assert (found and (found.url, found.host, found.port)) == expected


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        pytest.param({"URL": "http://plan.ville.ca"}, "écrivez https", id="not encrypted"),
        pytest.param({"URL": "plan.ville.ca"}, "https://… attendue", id="no address"),
        pytest.param({"URL": "https://u:p@plan.ville.ca"}, "mot de passe", id="a password"),
        pytest.param({"URL": "https://plan.ville.ca/?a=1"}, "« ? »", id="a query"),
        pytest.param({"URL": "https://localhost/x"}, "bac à sable", id="Asana does not come here"),
        pytest.param({"URL": " "}, "vide", id="empty"),
    ],
)
def test_a_bad_webhook_address_is_refused(city: Path, environ: dict[str, str], words: str) -> None:
    said = refused([city], {f"JALON_WEBHOOK_{name}": value for name, value in environ.items()})
    assert words in said["JALON_WEBHOOK_URL"]


def test_the_sandbox_delivers_to_this_machine_only(city: Path) -> None:
    said = refused([city], {**SANDBOX, "JALON_WEBHOOK_URL": "https://plan.ville.ca"})
    assert "127.0.0.1" in said["JALON_WEBHOOK_URL"]


@pytest.mark.parametrize(
    "listen",
    ["8787", ":8787", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "::1:8787", "a b:1",
     "http://127.0.0.1:1", "127.0.0.1:1/x", "u@127.0.0.1:1"],
)  # fmt: skip
def test_a_bad_place_to_listen_is_refused(city: Path, listen: str) -> None:
    environ = {"JALON_WEBHOOK_URL": "https://plan.ville.ca", "JALON_WEBHOOK_LISTEN": listen}
    assert "127.0.0.1:8787" in refused([city], environ)["JALON_WEBHOOK_LISTEN"]


def test_listening_without_an_address_is_a_mistake(city: Path) -> None:
    said = refused([city], {"JALON_WEBHOOK_LISTEN": "127.0.0.1:8787"})
    assert "JALON_WEBHOOK_URL" in said["JALON_WEBHOOK_LISTEN"]


# --- what the pages are told


def test_the_pages_are_in_every_language_of_the_file(write_city: WriteCity) -> None:
    """From the key in the file to the folder `en/`: a language that is asked for is published."""
    for asked, languages in (("", ("fr",)), ("languages: [fr, en]\n", ("fr", "en"))):
        config = write_city("publish:", f"{asked}publish:")
        (one,) = load_settings([config], {}, root=config.parent).plans
        opened = OpenedPlan(one, a_plan(), store=None, state=None)  # type: ignore[arg-type]
        assert opened.presentation().languages == languages
