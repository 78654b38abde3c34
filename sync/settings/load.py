"""
From files and environment to settings: strict, all problems at once, nothing contacted.

With one plan the environment wins over the file, as an operator expects. With several it would
be unclear whose token or target a variable is, so the per-plan variables are refused and each
config names its own.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from sync.core.signed_note import NoNote, PrivateKey
from sync.errors import ConfigError
from sync.model.plan import Checkpoint, Plan
from sync.model.rules import Direction, Rules
from sync.settings.addresses import (
    is_elsewhere,
    is_looked_at,
    is_loopback,
    listening_place,
    root_problem,
    target_name,
    target_place,
    target_problem,
)
from sync.settings.agreement import disagreements
from sync.settings.config import (
    GREATEST_RATE,
    LEAST_RATE,
    REQUESTS_PER_MINUTE,
    CityConfig,
    Credential,
    TargetConfig,
)
from sync.settings.credentials import filed_secret, named_secret
from sync.settings.document import Document, read_document
from sync.settings.mapping import MappingFile, expand
from sync.settings.problems import Problem, nearest, refusal
from sync.settings.strict import parse
from sync.wording import Language, Text

LoadPlan = Callable[[Path], Plan]

TOKEN: Final = "ASANA_ACCESS_TOKEN"  # noqa: S105 - a variable's name
PUBLISH: Final = "JALON_PUBLISH"
PUBLISH_INTERNAL: Final = "JALON_PUBLISH_INTERNAL"
PUBLISH_TOKEN: Final = "JALON_PUBLISH_TOKEN"  # noqa: S105 - a variable's name
SIGNING_KEY: Final = "JALON_SIGNING_KEY"
RATE: Final = "JALON_ASANA_REQUESTS_PER_MINUTE"
WEBHOOK_URL: Final = "JALON_WEBHOOK_URL"
WEBHOOK_LISTEN: Final = "JALON_WEBHOOK_LISTEN"
PER_PLAN: Final = (
    TOKEN,
    f"{TOKEN}_FILE",
    "JALON_ASANA_WORKSPACE",
    RATE,
    PUBLISH,
    PUBLISH_INTERNAL,
    PUBLISH_TOKEN,
    f"{PUBLISH_TOKEN}_FILE",
    SIGNING_KEY,
    f"{SIGNING_KEY}_FILE",
)
VARIABLES: Final = (
    *PER_PLAN,
    "JALON_CONFIG",
    "JALON_ASANA_URL",
    "JALON_DATABASE_URL",
    WEBHOOK_URL,
    WEBHOOK_LISTEN,
    "JALON_LANG",
)
ASANA_URL: Final = "https://app.asana.com/api/1.0"
DATABASE_URL: Final = "sqlite:///var/jalon.db"
LISTEN: Final = "127.0.0.1:8787"
DATABASES: Final = ("sqlite", "postgresql")
LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")


@dataclass(frozen=True, slots=True)
class PublishTarget:
    """`place` is an absolute folder or a URL; `name` is stable and holds no secret."""

    place: str = field(repr=False)
    name: str
    token: SecretStr | None = None
    internal: bool = False


@dataclass(frozen=True, slots=True)
class AsanaAccess:
    """
    `token` is None until somebody gives one; `variable` is where it is expected.

    `requests_per_minute` is the token's quota at Asana; in flight counts per process.
    """

    url: str
    workspace: str | None
    variable: str
    token: SecretStr | None = None
    requests_per_minute: int = REQUESTS_PER_MINUTE
    reads_in_flight: int = 5
    writes_in_flight: int = 5

    def needed_token(self) -> SecretStr:
        if self.token is None:
            raise ConfigError(
                Text(
                    fr=f"Aucun jeton Asana : donnez-le dans {self.variable}.",
                    en=f"No Asana token: give it in {self.variable}.",
                ),
                variable=self.variable,
            )
        return self.token


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """What one city decided, with the paths made absolute or relative to the working folder."""

    document: Document = field(repr=False)
    city: CityConfig
    mapping_document: Document = field(repr=False)
    mapping: MappingFile = field(repr=False)
    plan_path: Path
    source_path: Path | None
    asana: AsanaAccess
    targets: tuple[PublishTarget, ...]
    signing_key: SecretStr | None = field(default=None, repr=False)

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        return tuple(one.checkpoint() for one in self.city.checkpoints)

    def directions(self) -> tuple[Direction, ...]:
        return tuple(one.direction() for one in self.city.directions)

    def columns(self) -> dict[str, str]:
        """Checkpoint id → header text, where the config states it: for the plan's import."""
        return {one.id: one.column for one in self.city.checkpoints if one.column}

    def rules(self, plan: Plan) -> Rules:
        """Everything that steers a cycle; raises ConfigError where plan and config disagree."""
        problems = list(disagreements(self.document, self.city, plan))
        if problems:
            raise refusal(problems)
        checkpoints, directions = self.checkpoints(), self.directions()
        name = self.mapping_document.name
        return Rules(
            checkpoints=checkpoints,
            zone=self.city.zone(),
            mapping=expand(self.mapping, checkpoints, plan, directions, name),
            directions=directions,
            limits=self.city.guard.limits(),
            project_name=self.city.asana.project,
            companion_name=self.city.asana.companion_name(),
            page_url=self.city.public_url,
            members=self.city.asana.members,
            team=self.city.asana.team,
            never=self.city.never_publish,
            ends_on=self.city.ends,
        )


@dataclass(frozen=True, slots=True)
class WebhookAccess:
    """`url` is where Asana reaches us, `host` and `port` where we listen for it."""

    url: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Settings:
    """`database` may hold a password. `language` is for the terminal, not for the page."""

    plans: tuple[PlanSettings, ...]
    database: SecretStr
    language: Language
    webhook: WebhookAccess | None = None
    warnings: tuple[Text, ...] = ()

    def secrets(self) -> Iterator[SecretStr]:
        """Every value that no log may show; see `sync.logs.hide`."""
        password = make_url(self.database.get_secret_value()).password
        if password:
            yield SecretStr(str(password))
        for plan in self.plans:
            yield from (one for one in (plan.asana.token, plan.signing_key) if one)
            for target in plan.targets:
                yield from _hidden(target)

    def database_shown(self) -> str:
        return make_url(self.database.get_secret_value()).render_as_string(hide_password=True)

    def with_plans(self, load_plan: LoadPlan) -> tuple[tuple[PlanSettings, Plan], ...]:
        """Each config with its adopted plan; two configs may not speak of the same plan."""
        opened = tuple((one, load_plan(one.plan_path)) for one in self.plans)
        problems = list(same_plan_twice(opened))
        if problems:
            raise refusal(problems)
        return opened


def same_plan_twice(opened: Sequence[tuple[PlanSettings, Plan]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for one, plan in opened:
        if plan.id in first:
            yield one.document.problem(
                ("plan",),
                Text(
                    fr=f"le plan « {plan.id} » est déjà celui de {first[plan.id]}.",
                    en=f"the plan “{plan.id}” is already that of {first[plan.id]}.",
                ),
            )
        first.setdefault(plan.id, one.document.name)


def load_settings(
    config: Sequence[Path], environ: Mapping[str, str], *, root: Path = Path()
) -> Settings:
    """
    Read the given config files, else those of JALON_CONFIG, else the only one in `config/`.

    Relative paths in a file are seen from that file, those of the environment from `root`.
    Raises ConfigError with every problem found.
    """
    problems = list(_empty(environ))
    language = _language(environ, problems)
    read = [_read_city(path, problems) for path in _config_files(config, environ, root)]
    cities = [one for one in read if one is not None]
    reader = _Environment(environ, root, several=len(read) > 1, problems=problems)
    reader.refuse_per_plan([city for _, city in cities])
    plans = [
        plan
        for document, city in cities
        if (plan := _plan_settings(document, city, reader, problems)) is not None
    ]
    problems.extend(_shared_targets(plans, from_variable=reader.alone(PUBLISH) is not None))
    problems.extend(_one_rate_per_token(plans))
    database = _database(environ, cities, problems)
    webhook = _webhook(environ, plans, problems)
    if problems:
        raise refusal(problems)
    return Settings(
        plans=tuple(plans),
        database=database,
        language=language,
        webhook=webhook,
        warnings=tuple(_unknown(environ, [city for _, city in cities])),
    )


def _empty(environ: Mapping[str, str]) -> Iterator[Problem]:
    said = Text(
        fr="variable vide : donnez une valeur ou retirez-la.",
        en="empty variable: give it a value or remove it.",
    )
    secret = {
        name for each in (TOKEN, PUBLISH_TOKEN, SIGNING_KEY) for name in (each, f"{each}_FILE")
    }
    for name in VARIABLES:
        if name in environ and name not in secret and not environ[name].strip():
            yield Problem(said, key=name)


def _language(environ: Mapping[str, str], problems: list[Problem]) -> Language:
    given = environ.get("JALON_LANG", "").strip()
    for language in LANGUAGES:
        if given.casefold() in (language, ""):
            return language
    listed = ", ".join(LANGUAGES)
    said = Text(
        fr=f"langue inconnue. Sont admises : {listed}.",
        en=f"unknown language. Allowed here: {listed}.",
    )
    problems.append(Problem(said, key="JALON_LANG"))
    return "fr"


def _config_files(
    config: Sequence[Path], environ: Mapping[str, str], root: Path
) -> tuple[Path, ...]:
    stated = [part for part in environ.get("JALON_CONFIG", "").split(os.pathsep) if part.strip()]
    given = list(config) or [root / part for part in stated]
    if not given:
        return (_only_one_in(root / "config"),)
    files = [file for path in given for file in (_yaml_files(path) if path.is_dir() else [path])]
    for path in given:
        if path.is_dir() and not _yaml_files(path):
            said = Text(fr="aucun fichier *.yaml ici.", en="no *.yaml file here.")
            raise refusal([Problem(said, file=str(path))])
    return tuple({file.resolve(): file for file in files}.values())


def _only_one_in(folder: Path) -> Path:
    found = _yaml_files(folder) if folder.is_dir() else []
    if len(found) == 1:
        return found[0]
    listed = ", ".join(str(path) for path in found)
    what_to_do = Text(
        fr="Nommez-le par --config ou JALON_CONFIG.", en="Name it with --config or JALON_CONFIG."
    )
    said = (
        Text(
            fr=f"plusieurs fichiers de configuration : {listed}. {what_to_do.fr}",
            en=f"several config files: {listed}. {what_to_do.en}",
        )
        if found
        else Text(
            fr=f"aucun fichier de configuration (*.yaml). {what_to_do.fr}",
            en=f"no config file (*.yaml). {what_to_do.en}",
        )
    )
    raise refusal([Problem(said, file=str(folder))])


def _yaml_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})


def _read_city(path: Path, problems: list[Problem]) -> tuple[Document, CityConfig] | None:
    document = _read(path, problems)
    city = parse(document, CityConfig, problems) if document else None
    return (document, city) if document and city else None


def _read(path: Path, problems: list[Problem]) -> Document | None:
    try:
        return read_document(path)
    except ConfigError as error:
        problems.extend(_problems_of(error))
        return None


def _problems_of(error: ConfigError) -> tuple[Problem, ...]:
    found = error.facts["problems"]
    return found if isinstance(found, tuple) else ()


@dataclass(frozen=True, slots=True)
class _Environment:
    """The variables, read for one plan after the other; they count only when it is alone."""

    environ: Mapping[str, str] = field(repr=False)
    root: Path
    several: bool
    problems: list[Problem]

    def alone(self, name: str) -> str | None:
        return None if self.several else self.environ.get(name, "").strip() or None

    def refuse_per_plan(self, cities: Sequence[CityConfig]) -> None:
        named = set(_named_variables(cities))
        for name in PER_PLAN if self.several else ():
            if name in self.environ and name not in named:
                said = Text(
                    fr="avec plusieurs plans, on ne sait pas duquel il s'agit : écrivez-le dans "
                    "chaque config (token_env, workspace, publish).",
                    en="with several plans, nobody knows whose it is: write it in each config "
                    "(token_env, workspace, publish).",
                )
                self.problems.append(Problem(said, key=name))
        if self.several and "JALON_ASANA_URL" in self.environ and any(c.asana.url for c in cities):
            said = Text(
                fr="une config donne déjà asana.url : retirez l'une des deux.",
                en="a config already gives asana.url: remove one of them.",
            )
            self.problems.append(Problem(said, key="JALON_ASANA_URL"))

    def credential(self, stated: Credential, default: str | None) -> tuple[str, SecretStr | None]:
        """The variable that holds the token, and the token when it is there."""
        if stated.token_env:
            return stated.token_env, named_secret(self.environ, stated.token_env, self.problems)
        if stated.token_file_env:
            name = stated.token_file_env
            return name, filed_secret(self.environ, name, self.problems)
        if default is None or self.several:
            return "asana.token_env", None
        return default, named_secret(self.environ, default, self.problems)

    def asana(self, city: CityConfig) -> AsanaAccess:
        url = self.environ.get("JALON_ASANA_URL", "").strip()
        found = root_problem(url) if url else None
        if found and all(problem.key != "JALON_ASANA_URL" for problem in self.problems):
            self.problems.append(Problem(found, key="JALON_ASANA_URL"))
        variable, token = self.credential(city.asana, TOKEN)
        return AsanaAccess(
            url=(url or city.asana.url or ASANA_URL).rstrip("/"),
            workspace=self.alone("JALON_ASANA_WORKSPACE") or city.asana.workspace,
            variable=variable,
            token=token,
            requests_per_minute=self._rate() or city.asana.requests_per_minute,
            reads_in_flight=city.asana.reads_in_flight,
            writes_in_flight=city.asana.writes_in_flight,
        )

    def signing_key(self, city: CityConfig) -> SecretStr | None:
        variable, key = self.credential(city.signing, SIGNING_KEY)
        try:
            if key is not None:
                PrivateKey.read(key.get_secret_value())
        except NoNote:
            said = Text(
                fr="ce n’est pas une clé de signature : donnez le contenu du fichier que « jalon "
                "keys new » a écrit.",
                en="this is no signing key: give the content of the file that `jalon keys new` "
                "wrote.",
            )
            self.problems.append(Problem(said, key=variable))
            return None
        return key

    def _rate(self) -> int | None:
        given = self.alone(RATE)
        if given is None:
            return None
        if given.isascii() and given.isdecimal() and LEAST_RATE <= int(given) <= GREATEST_RATE:
            return int(given)
        said = Text(
            fr=f"nombre de requêtes par minute, de {LEAST_RATE} à {GREATEST_RATE}, attendu.",
            en=f"a number of requests a minute, from {LEAST_RATE} to {GREATEST_RATE}, is expected.",
        )
        self.problems.append(Problem(said, key=RATE))
        return None

    def targets(self, document: Document, city: CityConfig) -> tuple[PublishTarget, ...]:
        stated = self.alone(PUBLISH)
        if stated is None:
            base, wanted = document.path.parent, city.publish
            self._inside(())
        else:
            base, wanted = self.root, self._stated_targets(stated)
        shared = None if self.several else named_secret(self.environ, PUBLISH_TOKEN, self.problems)
        targets = tuple(self._target(one, base, shared) for one in wanted)
        self._one_host(targets, shared)
        return targets

    def _stated_targets(self, stated: str) -> tuple[TargetConfig, ...]:
        urls = [url.strip() for url in stated.split(",") if url.strip()]
        refused = [found for url in urls if (found := target_problem(url))]
        self.problems.extend(Problem(found, key=PUBLISH) for found in refused)
        if refused:
            return ()
        inside = self._inside(urls)
        return tuple(TargetConfig(url=url, internal=_host(url) in inside) for url in urls)

    def _inside(self, urls: Sequence[str]) -> frozenset[str]:
        """
        The hosts that may be in a private network, by name: each must be one that is published
        to, or a misspelt one would be found out by a refusal in the night.
        """
        stated = self.alone(PUBLISH_INTERNAL) or ""
        hosts = frozenset(host.strip().casefold() for host in stated.split(",") if host.strip())
        if unknown := sorted(hosts - {_host(url) for url in urls}):
            said = Text(
                fr=f"{', '.join(unknown)} : JALON_PUBLISH n'a pas de cible https:// ou "
                "ckan+https:// chez cet hôte. Nommez les hôtes tels qu'ils y sont, séparés par des "
                "virgules. Un seau (s3://) et un hôte SFTP n'ont pas à y être : ils peuvent être "
                "dans un réseau privé sans qu'on le dise.",
                en=f"{', '.join(unknown)}: JALON_PUBLISH has no https:// or ckan+https:// target "
                "at that host. Name the hosts as they are there, separated by commas. A bucket "
                "(s3://) and an SFTP host need not be named: they may be in a private network as "
                "it is.",
            )
            self.problems.append(Problem(said, key=PUBLISH_INTERNAL))
        return hosts

    def _target(self, stated: TargetConfig, base: Path, shared: SecretStr | None) -> PublishTarget:
        place = target_place(stated.url, base)
        own = stated.token_env or stated.token_file_env
        token = self.credential(stated, None)[1] if own else shared
        if not is_elsewhere(place):
            token = None
        return PublishTarget(place, target_name(place), token, stated.internal)

    def _one_host(self, targets: Sequence[PublishTarget], shared: SecretStr | None) -> None:
        """One token is not handed to two hosts."""
        hosts = {urlsplit(one.place).netloc for one in targets if shared and one.token is shared}
        if len(hosts) > 1:
            said = Text(
                fr="plusieurs hôtes recevraient le même jeton : donnez à chacun son token_env "
                "dans la config.",
                en="several hosts would be given the same token: give each its token_env in the "
                "config.",
            )
            self.problems.append(Problem(said, key=PUBLISH_TOKEN))


def _host(url: str) -> str:
    """The one that is looked at before each exchange; buckets and SFTP hosts are not."""
    return (urlsplit(url).hostname or "").casefold() if is_looked_at(url) else ""


def _named_variables(cities: Sequence[CityConfig]) -> Iterator[str]:
    for city in cities:
        for one in (city.asana, city.signing, *city.publish):
            if one.token_env:
                yield from (one.token_env, f"{one.token_env}_FILE")
            if one.token_file_env:
                yield one.token_file_env


def _plan_settings(
    document: Document, city: CityConfig, reader: _Environment, problems: list[Problem]
) -> PlanSettings | None:
    base = document.path.parent
    for key, stated in (("plan", city.plan), ("source", city.source), ("mapping", city.mapping)):
        if stated is not None and not (base / stated).is_file():
            said = Text(
                fr=f"le fichier « {stated} » n'existe pas, vu d'ici.",
                en=f"the file “{stated}” does not exist, seen from here.",
            )
            problems.append(document.problem((key,), said))
    asana, targets = reader.asana(city), reader.targets(document, city)
    signing_key = reader.signing_key(city)
    if not (base / city.mapping).is_file():
        return None
    mapping_document = _read(_seen_from(base, city.mapping), problems)
    mapping = parse(mapping_document, MappingFile, problems) if mapping_document else None
    if mapping_document is None or mapping is None:
        return None
    return PlanSettings(
        document=document,
        city=city,
        mapping_document=mapping_document,
        mapping=mapping,
        plan_path=_seen_from(base, city.plan),
        source_path=_seen_from(base, city.source) if city.source else None,
        asana=asana,
        targets=targets,
        signing_key=signing_key,
    )


def _seen_from(base: Path, stated: str) -> Path:
    return Path(os.path.normpath(base / stated))


def _one_rate_per_token(plans: Sequence[PlanSettings]) -> Iterator[Problem]:
    """The quota is the token's: two figures for it cannot both be right."""
    first: dict[tuple[str, SecretStr], PlanSettings] = {}
    for plan in plans:
        if plan.asana.token is None:
            continue
        other = first.setdefault((plan.asana.url, plan.asana.token), plan)
        if other.asana.requests_per_minute != plan.asana.requests_per_minute:
            said = Text(
                fr=f"un autre nombre que dans {other.document.name}, pour le même jeton : la "
                "limite d'Asana est celle du jeton, donnez le même.",
                en=f"another number than in {other.document.name} for the same token: Asana's "
                "limit is the token's, give the same one.",
            )
            yield plan.document.problem(("asana", "requests_per_minute"), said)


def _shared_targets(plans: Sequence[PlanSettings], *, from_variable: bool) -> Iterator[Problem]:
    """Two publications in one place, or one inside the other, would overwrite each other."""
    taken: list[tuple[PublishTarget, str]] = []
    for plan in plans:
        where = PUBLISH if from_variable else plan.document.name
        for number, target in enumerate(plan.targets):
            found = (_overlap(target, other, theirs) for other, theirs in taken)
            said = next((one for one in found if one), None)
            if said and from_variable:
                yield Problem(said, key=PUBLISH)
            elif said:
                yield plan.document.problem(("publish", number, "url"), said)
            taken.append((target, where))


def _hidden(target: PublishTarget) -> Iterator[SecretStr]:
    """What of a target no log may show: some hosts want their key in the address."""
    parts = urlsplit(target.place)
    if parts.scheme in {"http", "https"} and parts.query:
        yield SecretStr(parts.query)
    if target.token is not None:
        yield target.token
        first, _, second = target.token.get_secret_value().partition(":")
        if second and (parts.scheme == "s3" or first == "hmac"):  # it may stand alone as well
            yield SecretStr(second)


def _overlap(target: PublishTarget, other: PublishTarget, theirs: str) -> Text | None:
    """What is wrong with a target beside one that is already taken."""
    if target.name == other.name:
        return Text(
            fr=f"la cible {target.name} est déjà prise par {theirs} : retirez-la ou choisissez-en "
            "une autre.",
            en=f"target {target.name} is already taken by {theirs}: remove it or choose another.",
        )
    if is_elsewhere(target.place) != is_elsewhere(other.place):
        return None
    one, another = (Path(each.place.partition("?")[0]) for each in (target, other))
    if is_looked_at(target.place):
        return None  # each address is a receiver or a data set of its own
    if not (one.is_relative_to(another) or another.is_relative_to(one)):
        return None
    return Text(
        fr=f"les cibles {target.name} et {other.name} ({theirs}) sont l'une dans l'autre : "
        "choisissez deux dossiers côte à côte.",
        en=f"targets {target.name} and {other.name} ({theirs}) are one inside the other: choose "
        "two folders side by side.",
    )


def _webhook(
    environ: Mapping[str, str], plans: Sequence[PlanSettings], problems: list[Problem]
) -> WebhookAccess | None:
    """None unless it is wanted; one receiver serves every plan of the process."""
    url = environ.get(WEBHOOK_URL, "").strip().rstrip("/")
    listen = environ.get(WEBHOOK_LISTEN, "").strip()
    if not url:
        if listen:
            said = Text(
                fr=f"sans effet tant que manque {WEBHOOK_URL}, l'adresse publique où Asana nous "
                "joint.",
                en=f"of no effect without {WEBHOOK_URL}, the public address where Asana reaches "
                "us.",
            )
            problems.append(Problem(said, key=WEBHOOK_LISTEN))
        return None
    found = root_problem(url) or _unreachable(url, plans)
    if found:
        problems.append(Problem(found, key=WEBHOOK_URL))
    place = listening_place(listen or LISTEN)
    if place is None:
        said = Text(
            fr=f"machine:port attendu, comme {LISTEN}, 0.0.0.0:8787 ou [::1]:8787.",
            en=f"host:port is expected, such as {LISTEN}, 0.0.0.0:8787 or [::1]:8787.",
        )
        problems.append(Problem(said, key=WEBHOOK_LISTEN))
    return None if found or place is None else WebhookAccess(url, *place)


def _unreachable(url: str, plans: Sequence[PlanSettings]) -> Text | None:
    """Asana calls nobody on its own machine; the sandbox, nobody elsewhere."""
    here = is_loopback(urlsplit(url).hostname or "")
    if all(is_loopback(urlsplit(one.asana.url).hostname or "") == here for one in plans):
        return None
    if here:
        return Text(
            fr="adresse de cette machine, où seul le bac à sable nous joint : donnez celle où "
            "Asana joint le mandataire inverse, en https.",
            en="an address of this machine, where only the sandbox reaches us: give the one where "
            "Asana reaches the reverse proxy, with https.",
        )
    return Text(
        fr="le bac à sable ne joint que cette machine : donnez http://127.0.0.1:port.",
        en="the sandbox reaches this machine only: give http://127.0.0.1:port.",
    )


def _database(
    environ: Mapping[str, str],
    cities: Sequence[tuple[Document, CityConfig]],
    problems: list[Problem],
) -> SecretStr:
    given = environ.get("JALON_DATABASE_URL", "").strip()
    if given:
        found = _database_problem(given)
        if found:
            problems.append(Problem(found, key="JALON_DATABASE_URL"))
        return SecretStr(given)
    stated = [(document, city.database) for document, city in cities if city.database]
    for document, url in stated:
        found = _database_problem(url) or _password_problem(url)
        if found is None and url != stated[0][1]:
            found = Text(
                fr=f"une autre base que celle de {stated[0][0].name} : une seule sert à tous.",
                en=f"another database than that of {stated[0][0].name}: one serves them all.",
            )
        if found:
            problems.append(document.problem(("database",), found))
    return SecretStr(stated[0][1] if stated else DATABASE_URL)


def _database_problem(url: str) -> Text | None:
    """Never quotes the URL, which may hold a password."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is not None and parsed.get_backend_name() in DATABASES:
        return _memory_problem(parsed)
    return Text(
        fr="base de données inconnue. Attendu : sqlite:///fichier ou postgresql://….",
        en="unknown database. Expected: sqlite:///file or postgresql://….",
    )


def _memory_problem(url: URL) -> Text | None:
    """A store that forgets would make each cycle the first one, and its tasks new ones."""
    database = url.database or ""
    named = database not in {"", ":memory:"} and not database.startswith("file::memory:")
    if url.get_backend_name() != "sqlite" or (named and url.query.get("mode") != "memory"):
        return None
    return Text(
        fr="base en mémoire, oubliée à la fin de chaque commande. Attendu : sqlite:///fichier.",
        en="a store in memory, forgotten when the command ends. Expected: sqlite:///file.",
    )


def _password_problem(url: str) -> Text | None:
    if make_url(url).password is None:
        return None
    return Text(
        fr="mot de passe dans un fichier : donnez l'adresse dans JALON_DATABASE_URL.",
        en="password in a file: give the address in JALON_DATABASE_URL.",
    )


def _unknown(environ: Mapping[str, str], cities: Sequence[CityConfig]) -> Iterator[Text]:
    known = (*VARIABLES, *_named_variables(cities))
    for name in sorted(environ):
        if name.startswith("JALON_") and name not in known:
            # without the prefix, which would make every name look like every other
            ours = {one.removeprefix("JALON_"): one for one in VARIABLES}
            close = ours.get(nearest(name.removeprefix("JALON_"), ours) or "")
            fr, en = f"Variable {name} inconnue, ignorée.", f"Unknown variable {name}, ignored."
            if close:
                fr, en = f"{fr} La plus proche est « {close} ».", f"{en} The nearest is “{close}”."
            yield Text(fr, en)
