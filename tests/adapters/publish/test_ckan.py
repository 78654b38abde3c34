"""A publication reaches a CKAN portal whole, whatever is lost on the way and whoever is faster."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import requests
from pydantic import SecretStr

from sync.adapters.publish import make_publisher
from sync.adapters.publish.ckan import PACE, CkanPublisher
from sync.adapters.publish.exchange import TOO_SLOW, Answer, Ask, Line, Lost
from sync.adapters.publish.portal_record import (
    EXTRAS,
    SUBSCRIBED,
    licence_id,
    manifest_of,
    record_for,
    resource_id,
)
from sync.core.places import CkanPlace
from sync.errors import ConfigError, PublicationFailed
from sync.model.snapshot import PublicLog, Snapshot
from sync.ports import Publication
from sync.site.presentation import Presentation
from tests.adapters.publish.portal_laws import (
    CITY,
    PLAN,
    Held,
    PortalLaws,
    everything,
    made_of,
    numbered,
    refused,
    told_whole,
)
from tests.adapters.publish.portal_stand_in import (
    ORGANISATION,
    TOKEN,
    Fault,
    Raw,
    StandIn,
    portal_stand_in,
)
from tests.site.publication_samples import history
from tests.site.snapshot_samples import record_of

NAME = "plan"


@pytest.fixture(scope="module")
def shared() -> Iterator[StandIn]:
    with portal_stand_in() as found:
        yield found


@pytest.fixture
def there(shared: StandIn) -> StandIn:
    """Empty, and without a fault."""
    for kept in (shared.datasets, shared.bodies):
        kept.clear()
    for listed in (shared.faults, shared.calls, shared.uploaded, shared.moves):
        listed.clear()
    shared.schema_fields = frozenset()
    return shared


@pytest.fixture
def portal(there: StandIn) -> Held:
    site = there.url.removeprefix("ckan+")
    return Held(site, TOKEN, ORGANISATION, lambda: b"".join(there.bodies.values()))


class TestStandIn(PortalLaws):
    """What a real CKAN is held to as well."""


def hurried(portal: Held, *, attempts: int = 3, **said: Any) -> CkanPublisher:
    """Waits cost nothing."""
    pace = replace(PACE, sleep=lambda _: None, attempts=attempts)
    place = CkanPlace(portal.site, NAME, ORGANISATION)
    return CkanPublisher(place, "cible", SecretStr(TOKEN), pace=pace, **said)


@pytest.mark.parametrize("action", ["package_show", "package_create", "package_revise"])
@pytest.mark.parametrize("fault", ["before", "after", Raw(503), Raw(429), "between"])
def test_an_answer_that_was_lost_once_costs_nothing(
    portal: Held, there: StandIn, action: str, fault: Fault
) -> None:
    """Nothing is sent again before it was looked at: one data set, and each file once."""
    there.faults = [(action, fault)]
    hurried(portal).publish(numbered(2))
    assert not there.faults or fault == "between"
    told_whole(portal, NAME, numbered(2))
    assert len(there.datasets) == 1
    again = action == "package_revise" and fault != "after"
    assert there.calls.count("package_revise") == (2 if again else 1)
    assert len(there.uploaded) == (2 if (action, fault) == ("package_revise", "between") else 1)


@pytest.mark.parametrize("fault", ["before", "after", "between", Raw(500)])
@pytest.mark.parametrize("action", ["package_show", "package_create", "package_revise", "download"])
@pytest.mark.parametrize("from_number", [0, 2])
def test_a_stop_never_leaves_a_number_newer_than_its_files(
    portal: Held, there: StandIn, action: str, fault: Fault, from_number: int
) -> None:
    if from_number:
        hurried(portal).publish(numbered(from_number))
    there.faults = [(action, fault)]
    try:
        hurried(portal, attempts=1).publish(numbered(3))
    except PublicationFailed:
        there.faults = []
    for dataset in there.datasets.values():
        manifest = manifest_of(dataset)
        said = int(dataset["version"] or 0)
        assert said == (manifest.numero if manifest else 0)
        if manifest is None:
            assert not dataset["resources"]
            continue
        rows = {one["description"]: one for one in dataset["resources"]}
        latest = json.loads(there.bodies[rows["dernier.json"]["id"]])
        assert latest["numero"] >= said
        assert rows["dernier.json"]["hash"] == manifest.empreinte
    hurried(portal).publish(numbered(3))
    told_whole(portal, NAME, numbered(3))


def test_a_person_who_was_faster_loses_nothing(portal: Held, there: StandIn) -> None:
    hurried(portal).publish(numbered(2))

    def add_a_map() -> None:
        row = {"id": "11111111-1111-4111-8111-111111111111", "name": "Carte", "state": "active"}
        there.of_name(NAME)["resources"].insert(0, {**row, "url": "https://v.ca/carte", "hash": ""})
        there.touch(NAME)

    there.moves = [add_a_map]
    hurried(portal).publish(numbered(3))
    told_whole(portal, NAME, numbered(3))
    assert there.of_name(NAME)["resources"][0]["name"] == "Carte"


def test_who_moves_it_without_end_makes_the_target_wait(portal: Held, there: StandIn) -> None:
    hurried(portal).publish(numbered(2))
    there.moves = [partial(there.touch, NAME)] * 20
    with refused("changed at each look"):
        hurried(portal).publish(numbered(3))
    told_whole(portal, NAME, numbered(2))


def test_only_files_that_changed_are_sent(portal: Held, there: StandIn) -> None:
    hurried(portal).publish(numbered(2))
    hurried(portal).publish(numbered(3))
    first, second = there.uploaded
    assert "dictionnaire.csv" in first
    assert "dernier.json" in second
    assert not {"dictionnaire.csv", "instantane.schema.json"} & set(second)
    there.of_name(NAME)["resources"][0]["name"] = "renommé"
    hurried(portal).publish(numbered(3))
    assert there.uploaded[2:] == [[]]


def test_files_are_found_by_what_they_are_and_not_by_their_place(
    portal: Held, there: StandIn
) -> None:
    hurried(portal).publish(numbered(2))
    there.of_name(NAME)["resources"].reverse()
    order = [one["id"] for one in there.of_name(NAME)["resources"]]
    there.touch(NAME)
    hurried(portal).publish(numbered(3))
    told_whole(portal, NAME, numbered(3))
    assert [one["id"] for one in there.of_name(NAME)["resources"]] == order


def test_a_file_that_is_served_otherwise_than_it_was_sent_is_told(
    portal: Held, there: StandIn
) -> None:
    there.faults = [("download", Raw(200, b"autre chose"))]
    with refused("read back there other than it was sent"):
        hurried(portal).publish(numbered(2))


def test_a_delivery_that_was_read_back_otherwise_is_good_no_sooner_than_it_is(
    portal: Held, there: StandIn
) -> None:
    """The record has our own digests by then: only the bytes tell."""
    for _ in range(2):
        there.faults = [("download", Raw(200, b"autre chose"))] * 200
        with refused("read back there other than it was sent"):
            hurried(portal).publish(numbered(2))
    there.faults = []
    hurried(portal).publish(numbered(2))
    told_whole(portal, NAME, numbered(2))


def test_a_file_that_an_earlier_delivery_left_otherwise_is_sent_again(
    portal: Held, there: StandIn
) -> None:
    """That one was stopped before it read anything back; the next brings another number."""
    hurried(portal).publish(numbered(2))
    rows = portal.resources(NAME)
    for path in ("dictionnaire.csv", "dernier.json"):
        there.bodies[rows[path]["id"]] = b"tronque"
    hurried(portal).publish(numbered(2))
    told_whole(portal, NAME, numbered(2))
    there.bodies[rows["dictionnaire.csv"]["id"]] = b"tronque"
    hurried(portal).publish(numbered(3))
    told_whole(portal, NAME, numbered(3))
    assert there.uploaded[-1] == ["dictionnaire.csv"]


@pytest.mark.parametrize("answer", [Raw(404), Raw(302), Raw(200, b"{}"), Raw(200, b"[" * 99_999)])
def test_without_a_manifest_and_a_readable_snapshot_nothing_is_written(
    portal: Held, there: StandIn, answer: Raw
) -> None:
    """Nothing tells what was withdrawn there."""
    hurried(portal).publish(numbered(2))
    portal.act("package_patch", id=NAME, extras=[])
    before = portal.shown(NAME)
    there.faults = [("download", answer)]
    with refused("put that field back"):
        hurried(portal).publish(numbered(3))
    assert portal.shown(NAME) == before


def test_without_a_manifest_the_version_is_looked_at_too(portal: Held, there: StandIn) -> None:
    """Somebody may have put an older file in the place of a newer one."""
    hurried(portal).publish(numbered(2))
    portal.act("package_patch", id=NAME, extras=[], version="9")
    with refused("snapshot 9 is already published"):
        hurried(portal).publish(numbered(3))
    portal.act("package_patch", id=NAME, version="printemps")
    hurried(portal).publish(numbered(3))
    told_whole(portal, NAME, numbered(3))


def test_without_a_manifest_a_file_that_is_published_no_more_goes(
    portal: Held, there: StandIn
) -> None:
    hurried(portal).publish(numbered(2))
    row = next(one for one in there.of_name(NAME)["resources"] if one["url_type"] == "upload")
    portal.act("package_patch", id=NAME, extras=[])
    former = resource_id(there.of_name(NAME)["id"], PLAN, "ancien.csv")
    portal.act("resource_create", package_id=NAME, name="Ancien", description="ancien.csv")
    there.of_name(NAME)["resources"][-1] |= {**row, "id": former, "description": "ancien.csv"}
    homeless = made_of(history(3), Presentation("Ville d’essai", None, catalogue=CITY.catalogue))
    hurried(portal).publish(homeless)
    told = {one["description"] for one in there.of_name(NAME)["resources"]}
    assert told.isdisjoint({"ancien.csv", *SUBSCRIBED})
    assert "dernier.json" in told


def test_a_store_of_files_elsewhere_is_not_followed(portal: Held, there: StandIn) -> None:
    """The record is compared; where the portal sends its readers, nobody here has looked at."""
    away = Raw(302, b"", (("Location", "http://169.254.169.254/"),))
    there.faults = [("download", away)] * 20
    hurried(portal).publish(numbered(2))
    assert len(there.faults) < 20


def test_a_file_that_the_publication_no_longer_has_goes(portal: Held, there: StandIn) -> None:
    """Ours alone."""
    hurried(portal).publish(numbered(2))
    portal.act("resource_create", package_id=NAME, name="Carte", url="https://v.ca/carte")
    homeless = made_of(history(3), Presentation("Ville d’essai", None, catalogue=CITY.catalogue))
    hurried(portal).publish(homeless)
    kinds = {one["name"] for one in there.of_name(NAME)["resources"]}
    assert "Carte" in kinds
    assert not {name for name in kinds if "Atom" in name}
    hurried(portal).confirm(homeless.state, homeless.record.digest)


def test_fields_of_the_portals_own_schema_stay_a_persons(portal: Held, there: StandIn) -> None:
    """A portal refuses an extra that has the name of a field of its own; it is asked once."""
    there.schema_fields = frozenset({"frequency", "theme"})
    portal.act("package_create", name=NAME, title="À venir", owner_org=ORGANISATION)
    there.of_name(NAME)["theme"] = "rempli à la main"
    hurried(portal).publish(numbered(2))
    told_whole(portal, NAME, numbered(2))
    assert not {"frequency", "theme"} & {one["key"] for one in there.of_name(NAME)["extras"]}
    assert there.of_name(NAME)["theme"] == "rempli à la main"
    hurried(portal).confirm(numbered(2).state, numbered(2).record.digest)
    asked = there.calls.count("package_revise")
    hurried(portal).publish(numbered(2))
    assert there.calls.count("package_revise") == asked
    hurried(portal).publish(numbered(3))
    assert there.calls.count("package_revise") == asked + 1


@pytest.mark.parametrize(
    ("answer", "fr"),
    [
        pytest.param(Raw(200), "n’est pas celle de l’API d’un CKAN", id="a page"),
        pytest.param(Raw(200, b"[" * 100_000), "n’est pas celle de l’API", id="a deep document"),
        pytest.param(Raw(200, b'{"success": false, "error": "x"}'), "API d’un CKAN", id="another"),
        pytest.param(Raw(400, b'"Bad request"'), "la racine du portail", id="an unknown action"),
        pytest.param(Raw(404), "Vérifiez l’adresse", id="no such path"),
        pytest.param(Raw(301), "redirections ne sont pas suivies", id="a redirect"),
        pytest.param(Raw(401), "un pare-feu", id="a proxy that asks who"),
        pytest.param(Raw(403), "un pare-feu", id="a firewall"),
        pytest.param(Raw(413), "plus gros que le portail", id="too large"),
        pytest.param(Raw(500), "réponse 500", id="broken"),
    ],
)
def test_an_answer_that_is_not_ckans_is_told_with_what_to_do(
    portal: Held, there: StandIn, answer: Raw, fr: str
) -> None:
    there.faults = [("package_revise", answer)] * 9
    with pytest.raises(PublicationFailed) as failure:
        hurried(portal).publish(numbered(2))
    assert fr in failure.value.in_("fr")
    assert TOKEN not in everything(failure.value)
    assert there.calls.count("package_revise") <= 3


def test_what_the_portal_refuses_is_told_field_by_field_without_the_token(
    portal: Held, there: StandIn
) -> None:
    said = {"methodologie": ["Valeur manquante"], "extras": [{"key": [f"vu : {TOKEN}"]}]}
    body = json.dumps({"success": False, "error": {**said, "__type": "Validation Error"}}).encode()
    there.faults = [("package_revise", Raw(409, body))]
    with refused("methodologie : Valeur manquante") as failure:
        hurried(portal).publish(numbered(2))
    assert "à la main" in failure.value.in_("fr")
    assert TOKEN not in everything(failure.value)


def test_a_name_that_leads_into_a_private_network_is_not_called(portal: Held) -> None:
    place = CkanPlace("https://portail.example", NAME)
    target = CkanPublisher(place, "cible", SecretStr(TOKEN), look_up=lambda *_: ["10.0.0.8"])
    with refused("private network"):
        target.publish(numbered(2))


@pytest.mark.parametrize("drips", [False, True])
def test_a_portal_that_hangs_is_looked_at_once_and_shortly(
    portal: Held, monkeypatch: pytest.MonkeyPatch, *, drips: bool
) -> None:
    """It is asked before each cycle, and Asana is not even read until then."""
    timeouts, within = [], []
    real = Line.exchange

    class Hanging(requests.Session):
        def post(self, *_: Any, timeout: Any = None, **__: Any) -> Any:
            timeouts.append(timeout)
            raise requests.ReadTimeout

    def exchange(line: Line, ask: Ask, seconds: float, longest: int = 0) -> Answer:
        within.append(seconds)
        if drips:
            raise Lost(TOO_SLOW)
        return real(line, ask, seconds, longest)

    monkeypatch.setattr(Line, "exchange", exchange)
    place, still = CkanPlace(portal.site, NAME), replace(PACE, monotonic=lambda: 0.0)
    target = CkanPublisher(place, "cible", SecretStr(TOKEN), pace=still, open_session=Hanging)
    assert target.standing(PLAN) is None
    assert within == [10.0]
    assert timeouts == ([] if drips else [(5.0, 10.0)])


def test_the_head_of_the_log_is_told_there(portal: Held) -> None:
    """A witness outside of the database."""
    target = hurried(portal)
    assert list(target.told(PLAN)) == []
    target.publish(with_log(7, "a" * 64))
    (told,) = target.told(PLAN)
    assert (told.head.rows, told.head.chain, told.where) == (7, "a" * 64, "cible")
    assert list(target.told("un-autre")) == []
    standing = target.standing(PLAN)
    assert standing is not None
    assert standing.head == told.head


def with_log(rows: int, head: str) -> Publication:
    first = Snapshot.model_validate_json(history(1)[0].body)
    return made_of(
        [record_of(first.model_copy(update={"journal": PublicLog(lignes=rows, tete=head)}))]
    )


def test_the_names_of_our_extras_are_all_known() -> None:
    """One that is not would stay in the portal for ever."""
    assert record_for(numbered(2)).extras.keys() == EXTRAS


def test_an_invented_plan_says_so_in_every_name() -> None:
    first = Snapshot.model_validate_json(history(1)[0].body)
    with portal_stand_in() as there:
        portal = Held(there.url.removeprefix("ckan+"), TOKEN, ORGANISATION, bytes)
        hurried(portal).publish(
            made_of([record_of(first.model_copy(update={"demonstration": True}))])
        )
        dataset = there.of_name(NAME)
    assert "données inventées" in dataset["title"]
    assert "inventé" in dataset["notes"]
    assert all("données inventées" in one["name"] for one in dataset["resources"])


@pytest.mark.parametrize(
    ("licence", "found"),
    [
        ("https://creativecommons.org/licenses/by/4.0/deed.fr", "cc-by"),
        ("http://www.opendefinition.org/licenses/cc-by", "cc-by"),
        ("https://ville.ca/licence/", "v"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", None),
        ("https://inconnue.example/", None),
    ],
)
def test_a_licence_is_found_by_its_address(licence: str, found: str | None) -> None:
    """And what the portal does not list is not invented."""
    listed = [
        {"id": "cc-by", "url": "http://www.opendefinition.org/licenses/cc-by"},
        {"id": "v", "url": "https://ville.ca/licence"},
        {"id": "rien", "url": ""},
    ]
    assert licence_id(licence, listed) == found


@pytest.mark.parametrize(
    "url",
    [
        "ckan+https://portail.example/",
        "ckan+https://portail.example",
        "ckan+https:///plan",
        "ckan+https://portail.example/Plan",
        "ckan+https://jeton@portail.example/plan",
        "ckan+https://u:secret-canari@portail.example/plan",
        "ckan+https://portail.example/plan?cle=secret-canari",
        "ckan+https://portail.example/plan?organisation=",
        "ckan+https://portail.example/plan?organisation=La%20Ville",
        "ckan+https://portail.example/plan#ici",
        "ckan+https://portail.example/../plan",
        "ckan+https://portàil.example/plan",
        "ckan+http://portail.example/plan",
        "ckan://portail.example/plan",
    ],
)
def test_an_address_that_names_no_data_set_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(ConfigError) as failure:
        make_publisher(url, token=SecretStr("x"))
    assert "secret-canari" not in f"{failure.value} {failure.value.in_('fr')}"


def test_without_a_token_nothing_is_tried() -> None:
    with pytest.raises(ConfigError, match="token is missing"):
        make_publisher("ckan+https://portail.example/recherche/plan")


def test_its_name_is_stable_and_without_options() -> None:
    url = "ckan+https://portail.example/recherche/plan"
    made = make_publisher(f"{url}?organisation=ville", token=SecretStr("x"))
    assert made.name == url
