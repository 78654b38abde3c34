"""What the guard refuses whatever its size, word for word, and just what it lets through."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sync.core.chain import in_words
from sync.core.guard import (
    CLOCKS_APART,
    CLOCKS_BEGIN,
    GIVEN_UP,
    RESTORED,
    guard_bytes,
    guard_clock,
    guard_frozen,
    guard_projects,
    guard_sandbox,
    guard_skew,
    guard_store,
    guard_time,
    guard_truth,
    intent,
    sandbox_word,
)
from sync.core.privacy import WITHHELD
from sync.errors import ConfigError, SyncError, UnsafeChangeSet
from sync.model.publication import Standing
from sync.model.record import Head, SnapshotRecord
from sync.model.rules import Direction, GuardLimits
from sync.model.snapshot import Snapshot
from sync.model.target import Observed, ObservedProject
from tests.core.paper_asana import READ_AT, rules_for, small_plan
from tests.core.test_amounts import achieved

NOW = datetime(2026, 2, 1, 17, tzinfo=UTC)


@dataclass(frozen=True)
class Refusal:
    """A refusal as a person meets it: its kind, its words, its rule."""

    kind: type[SyncError]
    fr: str
    en: str
    rule: str | None = None


def refusal(guard: Callable[[], None]) -> Refusal | None:
    try:
        guard()
    except SyncError as error:
        rule = error.facts.get("rule")
        assert rule is None or isinstance(rule, str)
        return Refusal(type(error), error.in_("fr"), error.in_("en"), rule)
    return None


@cache
def page() -> Snapshot:
    return achieved()


# invented and real data

MIXED = Refusal(
    UnsafeChangeSet,
    "Cette base mêlerait des données inventées et de vraies données. Rien n’a été publié; "
    "utilisez une base par usage.",
    "This store would mix invented and real data. Nothing was published; use one store for each.",
    "demonstration mixed",
)


def test_invented_and_real_data_never_follow_each_other() -> None:
    invented, real = page(), page().model_copy(update={"demonstration": False})
    assert refusal(lambda: guard_truth(invented, real)) == MIXED
    assert refusal(lambda: guard_truth(real, invented)) == MIXED
    for before, after in [(invented, invented), (real, real), (None, invented), (None, real)]:
        assert refusal(lambda b=before, a=after: guard_truth(b, a)) is None  # type: ignore[misc]
    assert UnsafeChangeSet.exit_code == 4


# what was frozen

FIXED = {"etat_fige": "atteint", "fige_le": "2026-02-20", "fige_apres_coup": False}
ENTRY = {"etat": "non_atteint", "le": "2026-03-01", "motif": "Compté deux fois."}
OTHER_ENTRY = {"etat": "atteint", "le": "2026-03-02", "motif": "Recompté."}


def standing_so(changes: dict[str, Any], id_: str = "A1-02", at: str = "finalite") -> Snapshot:
    document = page().model_dump(mode="json")
    for axis in document["axes"]:
        for volet in axis["volets"]:
            for action in volet["actions"]:
                if action["id"] == id_:
                    action["jalons"][at] |= changes
    return Snapshot.model_validate(document)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (FIXED, {**FIXED, "etat_fige": "non_atteint"}),
        (FIXED, {**FIXED, "fige_le": "2026-02-21"}),
        (FIXED, {**FIXED, "fige_apres_coup": True}),
        (FIXED, {}),
        ({**FIXED, "corrections": [ENTRY]}, FIXED),
        ({**FIXED, "corrections": [ENTRY]}, {**FIXED, "corrections": [OTHER_ENTRY]}),
        ({**FIXED, "corrections": [ENTRY]}, {**FIXED, "corrections": [OTHER_ENTRY, ENTRY]}),
        (
            {**FIXED, "corrections": [ENTRY]},
            {**FIXED, "corrections": [{**OTHER_ENTRY, "motif": WITHHELD}]},
        ),
    ],
    ids=[
        "status",
        "day",
        "after the fact",
        "thawed",
        "entry gone",
        "entry changed",
        "inserted",
        "hidden",
    ],
)
def test_what_was_frozen_is_never_published_otherwise(
    was: dict[str, Any], now: dict[str, Any]
) -> None:
    assert refusal(lambda: guard_frozen(standing_so(was), standing_so(now))) == Refusal(
        UnsafeChangeSet,
        "A1-02, « finalite » : l’état figé déjà publié changerait. Rien n’a été publié; "
        "rétablissez la base d’une sauvegarde.",
        "A1-02, “finalite”: the frozen status already published would change. Nothing was "
        "published; restore the store from a backup.",
        "frozen rewritten",
    )


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (FIXED, FIXED),
        (FIXED, {**FIXED, "etat": "en_cours"}),
        (FIXED, {**FIXED, "corrections": [ENTRY]}),
        ({**FIXED, "corrections": [ENTRY]}, {**FIXED, "corrections": [ENTRY, OTHER_ENTRY]}),
        (
            {**FIXED, "corrections": [ENTRY, OTHER_ENTRY]},
            {**FIXED, "corrections": [{**ENTRY, "motif": WITHHELD}, OTHER_ENTRY]},
        ),
        ({}, FIXED),
        ({}, {**FIXED, "corrections": [ENTRY]}),
    ],
    ids=[
        "nothing",
        "what is not frozen",
        "a first entry",
        "one entry more",
        "withheld",
        "frozen now",
        "both",
    ],
)
def test_what_may_stand_after_a_frozen_status(was: dict[str, Any], now: dict[str, Any]) -> None:
    assert refusal(lambda: guard_frozen(standing_so(was), standing_so(now))) is None


def test_each_action_and_each_checkpoint_is_looked_at_whatever_comes_before_it() -> None:
    """A1-02 comes after A1-01, its last checkpoint after one that is not frozen."""
    was, now = standing_so(FIXED), standing_so({**FIXED, "etat_fige": "en_cours"})
    assert refusal(lambda: guard_frozen(was, now)) is not None
    assert refusal(lambda: guard_frozen(None, now)) is None
    without = now.model_dump(mode="json")
    without["axes"] = without["axes"][1:]
    assert refusal(lambda: guard_frozen(Snapshot.model_validate(without), now)) is None
    assert refusal(lambda: guard_frozen(was, Snapshot.model_validate(without))) is None
    fewer = was.model_dump(mode="json")
    for action in fewer["axes"][0]["volets"][0]["actions"]:
        action["jalons"].pop("mi-chemin")
    assert refusal(lambda: guard_frozen(Snapshot.model_validate(fewer), now)) is not None
    assert refusal(lambda: guard_frozen(Snapshot.model_validate(fewer), was)) is None


# the sandbox and the real Asana

SANDBOX, REAL = Observed(True, READ_AT, sandbox=True), Observed(True, READ_AT)
AS_OF_ELSEWHERE = Refusal(
    ConfigError,
    "--as-of ne s’emploie qu’avec le bac à sable : ailleurs, le passé se lit dans "
    "l’historique, il ne se recalcule pas.",
    "--as-of works only against the sandbox: elsewhere the past is read from history, never "
    "recomputed.",
)
WAS_SANDBOX = Refusal(
    ConfigError,
    "Cette base a servi au bac à sable et l’adresse actuelle est l’autre. Choisissez une autre "
    "base (JALON_DATABASE_URL); rien n’a été écrit.",
    "This store was used with the sandbox and the current address is the other. Choose another "
    "store (JALON_DATABASE_URL); nothing was written.",
)
WAS_REAL = Refusal(
    ConfigError,
    "Cette base a servi au vrai Asana et l’adresse actuelle est l’autre. Choisissez une autre "
    "base (JALON_DATABASE_URL); rien n’a été écrit.",
    "This store was used with the real Asana and the current address is the other. Choose "
    "another store (JALON_DATABASE_URL); nothing was written.",
)


@pytest.mark.parametrize(
    ("seen", "observed", "sandbox_only", "expected"),
    [
        (None, SANDBOX, False, None),
        (None, REAL, False, None),
        (None, SANDBOX, True, None),
        (None, REAL, True, AS_OF_ELSEWHERE),
        ("oui", SANDBOX, False, None),
        ("oui", SANDBOX, True, None),
        ("oui", REAL, False, WAS_SANDBOX),
        ("oui", REAL, True, AS_OF_ELSEWHERE),
        ("non", REAL, False, None),
        ("non", REAL, True, AS_OF_ELSEWHERE),
        ("non", SANDBOX, False, WAS_REAL),
        ("non", SANDBOX, True, WAS_REAL),
    ],
)
def test_a_store_knows_one_asana(
    seen: str | None, observed: Observed, sandbox_only: bool, expected: Refusal | None
) -> None:
    found = refusal(lambda: guard_sandbox(seen, observed, sandbox_only=sandbox_only))
    assert found == expected


def test_the_first_reading_leaves_a_word() -> None:
    assert (sandbox_word(SANDBOX), sandbox_word(REAL)) == ("oui", "non")


# projects

ACTIONS = ObservedProject("1", "Plan d’essai", "")
LINES = ObservedProject("2", "Indicateurs", "")


def archived(name: str) -> Refusal:
    return Refusal(
        UnsafeChangeSet,
        f"Le projet « {name} » est archivé dans Asana. Rien n’a été écrit; désarchivez-le, ou "
        "retirez le plan de la configuration.",
        f"Project “{name}” is archived in Asana. Nothing was written; unarchive it, or remove "
        "the plan from the config.",
        "project archived",
    )


def lost(fr: str, en: str) -> Refusal:
    return Refusal(
        UnsafeChangeSet,
        f"La base est vide, mais {fr}. Rien n’a été écrit ni publié : restaurez une sauvegarde "
        "(« jalon restore »), ou lancez « jalon recover », qui montre d’abord ce qu’il rebâtirait.",
        f"The store is empty, but {en}. Nothing was written or published: restore a backup "
        "(`jalon restore`), or run `jalon recover`, which first shows what it would rebuild.",
        "store lost",
    )


IN_USE = lost(
    "le projet « Plan d’essai » de ce plan existe déjà dans Asana",
    "project “Plan d’essai” of this plan already exists in Asana",
)


@pytest.mark.parametrize(
    ("projects", "store_is_empty", "expected"),
    [
        ((), True, None),
        ((), False, None),
        ((ACTIONS, LINES), False, None),
        ((ACTIONS, LINES), True, IN_USE),
        ((ACTIONS,), True, IN_USE),
        ((replace(ACTIONS, archived=True), LINES), False, archived("Plan d’essai")),
        ((ACTIONS, replace(LINES, archived=True)), False, archived("Indicateurs")),
        ((ACTIONS, replace(LINES, archived=True)), True, archived("Indicateurs")),
        (
            (replace(ACTIONS, archived=True), replace(LINES, archived=True)),
            False,
            archived("Plan d’essai"),
        ),
    ],
)
def test_a_project_in_use_belongs_to_a_store_and_is_not_archived(
    projects: tuple[ObservedProject, ...], store_is_empty: bool, expected: Refusal | None
) -> None:
    roles = dict(zip(("actions", "indicators"), projects, strict=False))
    observed = replace(REAL, projects=roles)
    assert refusal(lambda: guard_projects(observed, store_is_empty=store_is_empty)) == expected


# a store that knows less than the world

HEAD = Head(7, "a" * 64)


def record(number: int, as_of: date = date(2026, 2, 1)) -> SnapshotRecord:
    return SnapshotRecord(number, as_of, NOW, "d" * 64, b"{}")


def behind(fr: str, en: str) -> Refusal:
    return Refusal(
        UnsafeChangeSet,
        f"{fr}. Rien n’a été écrit ni publié : lancez « jalon recover », qui reprend ce qui s’est "
        "passé depuis et montre d’abord ce qu’il ferait.",
        f"{en}. Nothing was written or published: run `jalon recover`, which takes up what has "
        "happened since and first shows what it would do.",
        "store behind",
    )


PUBLISHED_ALREADY = lost(
    "l’instantané 3 de ce plan est déjà publié", "snapshot 3 of this plan is published already"
)
FROM_BACKUP = behind(
    "La base vient d’une sauvegarde, du 31 janvier 2026 à 02:00 (UTC)",
    "The store comes from a backup (2026-01-31 02:00)",
)
OTHER_LOG = behind(
    "La publication a vu 7 lignes du journal, et celui de la base n’est pas le même jusque-là",
    "The publication saw 7 rows of the log, and the store's is not the same up to there",
)
BACKUP = {RESTORED: "2026-01-31 02:00"}


def at(number: int, published: int = 3) -> Refusal:
    return behind(
        f"La base en est à l’instantané {number}, et l’instantané {published} est publié",
        f"The store stands at snapshot {number}, and snapshot {published} is published",
    )


@pytest.mark.parametrize(
    ("standing", "last", "said", "expected"),
    [
        # an empty store
        (None, None, {"store_is_empty": True}, None),
        (Standing(3), None, {"store_is_empty": True}, PUBLISHED_ALREADY),
        # a restored backup, until it was compared with the world
        (None, record(3), {"facts": BACKUP}, FROM_BACKUP),
        (Standing(3), record(3), {"facts": BACKUP}, FROM_BACKUP),
        (Standing(3), record(2), {"facts": BACKUP}, FROM_BACKUP),
        (Standing(3), record(3), {"facts": {RESTORED: ""}}, None),
        # numbers
        (None, record(2), {}, None),
        (None, None, {}, None),
        (Standing(3), record(2), {}, at(2)),
        (Standing(3), record(3), {}, None),
        (Standing(3), record(4), {}, None),
        (Standing(3), None, {}, at(0)),
        (Standing(0), None, {}, None),
        (Standing(1), None, {"went_through": True}, at(0, published=1)),
        # the log that the publication saw
        (Standing(3, HEAD), record(3), {}, OTHER_LOG),
        (Standing(3, HEAD), record(4), {}, OTHER_LOG),
        (Standing(3, HEAD), record(3), {"went_through": True}, None),
        (Standing(3, HEAD), record(2), {"went_through": True}, at(2)),
        (Standing(3, HEAD), record(3), {"facts": {GIVEN_UP: in_words(HEAD)}}, None),
        (Standing(3, HEAD), record(3), {"facts": {GIVEN_UP: f"9:bb {in_words(HEAD)}"}}, None),
        (Standing(3, HEAD), record(3), {"facts": {GIVEN_UP: "9:bb"}}, OTHER_LOG),
        (Standing(3, HEAD), record(3), {"facts": {GIVEN_UP: f"x{in_words(HEAD)}"}}, OTHER_LOG),
    ],
)
def test_a_store_that_knows_less_than_what_was_published_from_it(
    standing: Standing | None,
    last: SnapshotRecord | None,
    said: dict[str, Any],
    expected: Refusal | None,
) -> None:
    told = {"store_is_empty": False, "facts": {}, "went_through": False, **said}
    assert refusal(lambda: guard_store(standing, last, **told)) == expected


# what people asked for


def test_an_intent_tells_what_people_asked_for_and_nothing_else() -> None:
    rules = rules_for(small_plan())
    told = intent(3, rules)
    assert re.fullmatch(r"3:[0-9a-f]{16}", told)
    assert told == intent(3, rules_for(small_plan()))
    later = replace(rules.checkpoints[0], freeze_on=date(2026, 2, 21))
    for other in (
        intent(4, rules),
        intent(3, replace(rules, checkpoints=(later, *rules.checkpoints[1:]))),
        intent(3, replace(rules, mapping=replace(rules.mapping, fields=rules.mapping.fields[1:]))),
        intent(3, replace(rules, project_name="Autre nom")),
        intent(3, replace(rules, page_url="https://ville.example/plan")),
        intent(3, replace(rules, ends_on=date(2026, 4, 30))),
    ):
        assert other != told
    moved = (replace(rules, ends_on=date(2026, month, 30)) for month in (4, 6))
    assert len({intent(3, one) for one in moved}) == 2
    for same in (
        replace(rules, limits=GuardLimits(minimum_population=1)),
        replace(rules, members=("a@ville.example",), full_read_hours=1),
        replace(rules, directions=(Direction("eau", "Eau"),), team="Équipe"),
    ):
        assert intent(3, same) == told


# clocks


def not_set(told: str, day: str) -> Refusal:
    return Refusal(
        ConfigError,
        f"L’horloge de cette machine dit {day} à {told[-5:]} (UTC) : elle n’est pas réglée. Rien "
        "n’a été demandé à Asana ni écrit; mettez-la à l’heure (NTP), puis relancez. Un service "
        "que son superviseur relance reprendra de lui-même.",
        f"This machine’s clock says {told} (UTC): it is not set. Nothing was asked of Asana or "
        "written; set it (NTP), then run again. A service that its supervisor starts again goes "
        "on by itself.",
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (
            datetime(1970, 1, 1, 0, 5, tzinfo=UTC),
            not_set("1970-01-01 00:05", "1er janvier 1970"),
        ),
        (
            CLOCKS_BEGIN - timedelta(seconds=1),
            not_set("2019-12-31 23:59", "31 décembre 2019"),
        ),
        (CLOCKS_BEGIN, None),
        (NOW, None),
        (
            datetime(2020, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))),
            not_set("2019-12-31 23:00", "31 décembre 2019"),
        ),
        (datetime(2019, 12, 31, 19, tzinfo=ZoneInfo("America/Toronto")), None),
    ],
)
def test_a_clock_that_was_never_set_begins_nothing(now: datetime, expected: Refusal | None) -> None:
    assert refusal(lambda: guard_clock(now)) == expected


def apart(fr: str, en: str) -> Refusal:
    return Refusal(
        ConfigError,
        f"L’horloge de cette machine {fr} celle d’Asana. Un gel et des dates publiques en "
        "dépendent : rien n’a été écrit ni publié. Mettez-la à l’heure (NTP); le prochain cycle "
        "reprendra de lui-même.",
        f"This machine’s clock is {en} Asana’s. A freeze and public dates depend on it: nothing "
        "was written or published. Set it (NTP); the next cycle goes on by itself.",
    )


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("skew", "expected"),
    [
        (None, None),
        (timedelta(0), None),
        (CLOCKS_APART, None),
        (-CLOCKS_APART, None),
        (CLOCKS_APART + SECOND, apart("retarde de 5 min sur", "5 min behind")),
        (-CLOCKS_APART - SECOND, apart("avance de 5 min sur", "5 min ahead of")),
        (timedelta(minutes=89, seconds=40), apart("retarde de 90 min sur", "90 min behind")),
        (timedelta(hours=-5), apart("avance de 300 min sur", "300 min ahead of")),
    ],
)
def test_two_clocks_are_near_enough_to_be_one_history(
    skew: timedelta | None, expected: Refusal | None
) -> None:
    assert refusal(lambda: guard_skew(skew)) == expected


def before_known(today: str, known: str) -> Refusal:
    def fr(day: str) -> str:
        return {"01": "1er", "02": "2", "03": "3"}[day[-2:]] + " février 2026"

    return Refusal(
        ConfigError,
        f"Le jour demandé, le {fr(today)}, précède le dernier jour connu, le {fr(known)}, celui "
        "d’une lecture ou du dernier instantané. Rien n’a été écrit; vérifiez --as-of ou "
        "l’horloge.",
        f"The day asked for ({today}) is before the last known day ({known}), that of a reading "
        "or of the last snapshot. Nothing was written; check --as-of or the clock.",
    )


FIRST, SECOND_DAY, THIRD = date(2026, 2, 1), date(2026, 2, 2), date(2026, 2, 3)


@pytest.mark.parametrize(
    ("last", "read_on", "today", "expected"),
    [
        (None, None, FIRST, None),
        (SECOND_DAY, None, SECOND_DAY, None),
        (SECOND_DAY, None, FIRST, before_known("2026-02-01", "2026-02-02")),
        (None, SECOND_DAY, SECOND_DAY, None),
        (None, SECOND_DAY, FIRST, before_known("2026-02-01", "2026-02-02")),
        (FIRST, THIRD, SECOND_DAY, before_known("2026-02-02", "2026-02-03")),
        (THIRD, FIRST, SECOND_DAY, before_known("2026-02-02", "2026-02-03")),
        (FIRST, SECOND_DAY, THIRD, None),
    ],
)
def test_the_past_is_not_made_anew(
    last: date | None, read_on: date | None, today: date, expected: Refusal | None
) -> None:
    known = record(1, last) if last else None
    assert refusal(lambda: guard_time(known, read_on, today)) == expected


# the last look at the bytes

SECRET = "greffe@ville.example"


def leak(listed: str) -> Refusal:
    return Refusal(
        UnsafeChangeSet,
        f"Une valeur privée serait publiée ({listed}). Rien n’a été publié; trouvez-la dans les "
        "notes publiques, les preuves, le plan ou la configuration; « jalon withdraw » la retire "
        "de ce qui est déjà publié.",
        f"A private value would be published ({listed}). Nothing was published; find it in the "
        "public notes, the proofs, the plan or the config; `jalon withdraw` takes it out of what "
        "is published already.",
        "private value in publication",
    )


def test_a_private_value_stops_the_publication_and_is_told_by_its_file() -> None:
    bytes_ = f"écrire à {SECRET}".encode()
    clean = {"page.html": "écrire à la mairie".encode()}
    assert refusal(lambda: guard_bytes(clean, [SECRET], ())) is None
    assert refusal(lambda: guard_bytes({"page.html": bytes_}, [], ())) is None
    found = refusal(lambda: guard_bytes({**clean, "a.json": bytes_}, [SECRET], ()))
    assert found == leak("a.json: e-mail")
    two = refusal(lambda: guard_bytes({"a.json": bytes_, "b.json": bytes_}, [SECRET], ()))
    assert two == leak("a.json: e-mail, b.json: e-mail")


def test_a_name_on_the_city_s_list_stops_the_publication() -> None:
    """Shorter than any other value that is looked for, and not part of a longer word."""
    files = {"a.html": "<p>M. ROY y était.</p>".encode()}
    assert refusal(lambda: guard_bytes(files, [], ("Roy",))) == leak("a.html: name")
    assert refusal(lambda: guard_bytes({"a.html": b"royaume"}, [], ("Roy",))) is None


def test_five_files_are_named_and_all_are_counted() -> None:
    files = {f"{name}.json": SECRET.encode() for name in "abcdef"}
    with pytest.raises(UnsafeChangeSet) as error:
        guard_bytes(files, [SECRET], ())
    listed = ", ".join(f"{name}.json: e-mail" for name in "abcde")
    assert (error.value.in_("fr"), error.value.in_("en")) == (leak(listed).fr, leak(listed).en)
    assert error.value.facts["changed"] == 6
