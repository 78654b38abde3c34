"""What holds on every CKAN portal: on the stand-in in each run, on a real CKAN in `make portal`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import pytest
import requests
from pydantic import SecretStr

from sync.adapters.publish import make_publisher
from sync.adapters.publish.ckan import CkanPublisher
from sync.adapters.publish.layout import sha256
from sync.adapters.publish.portal_record import (
    MANIFEST,
    SUBSCRIBED,
    manifest_of,
    resource_id,
)
from sync.errors import PublicationFailed, PublicationMissing
from sync.model.catalogue import Catalogue
from sync.ports import Publication
from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.adapters.publish import test_withdrawal
from tests.site.publication_samples import (
    erase_in_silence,
    history,
    rewrite,
    sealed_by_ours,
    withdrawn,
)

PAGE: Final = "https://suivi.ville.ca/100-jours/"
CITY: Final = Presentation(
    "Ville d’essai",
    PAGE,
    catalogue=Catalogue(
        licence="https://creativecommons.org/licenses/by/4.0/deed.fr",
        categories=("Gouvernement, finances",),
        keywords=("transparence", "plan d’action"),
        frequency="temps_reel",
        territory="Bécancour, Québec",
    ),
)
GONE: Final = b"Note 3,"
PLAN: Final = "demo-100"


def made_of(records: Any, city: Presentation = CITY) -> Publication:
    found = test_withdrawal.publication(records)
    return replace(found, files=build_files(records, city, sealed_by_ours))


@cache
def numbered(number: int) -> Publication:
    return made_of(history(number))


@dataclass(frozen=True)
class Held:
    """A portal, and all the bytes of files that it keeps."""

    site: str
    token: str
    organisation: str
    files: Callable[[], bytes]

    def target(self, dataset: str, *, organisation: str | None = "") -> CkanPublisher:
        named = self.organisation if organisation == "" else organisation
        query = f"?organisation={named}" if named else ""
        made = make_publisher(f"ckan+{self.site}/{dataset}{query}", token=SecretStr(self.token))
        assert isinstance(made, CkanPublisher)
        return made

    def act(self, action: str, **said: Any) -> Any:
        """As a person with the same rights, past our own code."""
        answer = requests.post(
            f"{self.site}/api/action/{action}",
            json=said,
            headers={"Authorization": self.token},
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def shown(self, dataset: str) -> dict[str, Any]:
        found: dict[str, Any] = self.act("package_show", id=dataset)
        return found

    def resources(self, dataset: str) -> dict[str, dict[str, Any]]:
        """Ours, by path."""
        there = self.shown(dataset)
        manifest = manifest_of(there)
        assert manifest is not None
        ids = {resource_id(there["id"], PLAN, path): path for path in manifest.fichiers}
        return {ids[one["id"]]: one for one in there["resources"] if one["id"] in ids}

    def served(self, dataset: str) -> dict[str, bytes]:
        """The bytes that a citizen downloads, by path."""
        found = {}
        for path, one in self.resources(dataset).items():
            if one["url_type"] == "upload":
                answer = requests.get(one["url"], timeout=60)
                assert answer.status_code == 200
                found[path] = answer.content
        return found


def told_whole(portal: Held, dataset: str, publication: Publication) -> None:
    """Every file and every claim of the data set is that publication's."""
    there, files = portal.shown(dataset), publication.files
    assert there["version"] == str(publication.record.number)
    served, rows = portal.served(dataset), portal.resources(dataset)
    assert served
    for path, body in served.items():
        assert body == files[path]
        assert rows[path]["hash"] == sha256(files[path])
        assert int(rows[path]["size"]) == len(files[path])
    linked = {path: one["url"] for path, one in rows.items() if path not in served}
    assert linked == {path: f"{PAGE}{path}" for path in SUBSCRIBED}
    numbers = {json.loads(served["dernier.json"])["numero"], int(there["version"])}
    assert numbers == {publication.record.number}


def refused(what: str) -> Any:
    return pytest.raises(PublicationFailed, match=what)


class PortalLaws:
    """Each module that inherits it gives the fixture `portal`."""

    def test_a_history_is_published_and_confirmed(self, portal: Held) -> None:
        target = portal.target("histoire")
        assert target.standing(PLAN) is None
        for number in (2, 3):
            target.publish(numbered(number))
            told_whole(portal, "histoire", numbered(number))
            target.confirm(numbered(number).state, numbered(number).record.digest)
        standing = target.standing(PLAN)
        assert standing is not None
        assert standing.number == 3
        assert target.standing("un-autre-plan") is None
        with pytest.raises(PublicationMissing):
            target.confirm(numbered(2).state, numbered(2).record.digest)

    def test_the_record_says_what_the_dcat_record_says(self, portal: Held) -> None:
        portal.target("fiche").publish(numbered(2))
        there = portal.shown("fiche")
        dcat = json.loads(numbered(2).files["catalogue.jsonld"])
        assert there["title"] == dcat["dct:title"]["@value"]
        assert there["notes"] == dcat["dct:description"]["@value"]
        assert there["url"] == PAGE
        assert there["license_id"] == "cc-by"
        assert {one["name"] for one in there["tags"]} == {"transparence", "plan d action"}
        extras = {one["key"]: one["value"] for one in there["extras"]}
        assert extras["temporal_start"] == "2025-11-28"
        assert extras["temporal_end"] == "2026-03-15"
        assert extras["frequency"].endswith("/UPDATE_CONT")
        assert extras["identifier"] == f"urn:jalon:{PLAN}"
        assert not there["private"]

    def test_what_stands_is_not_sent_again(self, portal: Held) -> None:
        target = portal.target("pareil")
        target.publish(numbered(2))
        before = portal.shown("pareil")
        target.publish(numbered(2))
        assert portal.shown("pareil") == before

    def test_what_a_person_added_is_left_alone(self, portal: Held) -> None:
        target = portal.target("a-la-main")
        target.publish(numbered(2))
        url = "https://ville.ca/carte.pdf"
        portal.act("resource_create", package_id="a-la-main", name="Carte", url=url)
        there = portal.shown("a-la-main")
        extras = [{"key": "region", "value": "Centre"}, *there["extras"]]
        tags = [{"name": "mairie"}, *there["tags"]]
        portal.act("package_patch", id="a-la-main", extras=extras, tags=tags, author="Greffe")
        target.publish(numbered(3))
        told_whole(portal, "a-la-main", numbered(3))
        after = portal.shown("a-la-main")
        assert [one["name"] for one in after["resources"] if one["url"] == url] == ["Carte"]
        assert {"key": "region", "value": "Centre"} in [
            {"key": one["key"], "value": one["value"]} for one in after["extras"]
        ]
        assert "mairie" in {one["name"] for one in after["tags"]}
        assert after["author"] == "Greffe"

    def test_what_the_city_no_longer_says_goes(self, portal: Held) -> None:
        target = portal.target("moins")
        target.publish(numbered(2))
        extras = [{"key": "region", "value": "Centre"}, *portal.shown("moins")["extras"]]
        portal.act("package_patch", id="moins", extras=extras)
        target.publish(made_of(history(3), Presentation("Ville d’essai", PAGE)))
        names = {one["key"] for one in portal.shown("moins")["extras"]}
        assert {"region", "identifier"} <= names
        assert not {"frequency", "theme", "spatial_text"} & names

    def test_what_was_ours_and_was_altered_is_seen_and_mended(self, portal: Held) -> None:
        target, good = portal.target("altere"), numbered(2)
        target.publish(good)
        rows = portal.resources("altere")
        for act, said in (
            ("resource_delete", {"id": rows["actions.csv"]["id"]}),
            ("resource_patch", {"id": rows["dernier.json"]["id"], "hash": "0" * 64}),
            ("resource_patch", {"id": rows["flux.atom"]["id"], "url": "https://pirate.example/"}),
            ("package_patch", {"id": "altere", "title": "Un autre titre"}),
        ):
            portal.act(act, **said)
            with pytest.raises(PublicationMissing):
                target.confirm(good.state, good.record.digest)
            target.publish(good)
            told_whole(portal, "altere", good)
            target.confirm(good.state, good.record.digest)

    def test_a_withdrawn_text_is_nowhere_there_any_more(self, portal: Held) -> None:
        """Also where the withdrawal is from the very snapshot that stands."""
        target = portal.target("retrait")
        target.publish(numbered(3))
        assert GONE in portal.served("retrait")["dernier.json"]
        after = made_of(erase_in_silence(history(3), 3))
        target.publish(after)
        told_whole(portal, "retrait", after)
        assert GONE not in b"".join(portal.served("retrait").values())
        with refused("by decision"):
            target.publish(numbered(3))
        with refused("by decision"):
            target.publish(numbered(4))
        told_whole(portal, "retrait", after)
        target.publish(made_of(withdrawn(history(3), 3)))
        assert GONE not in json.dumps(portal.shown("retrait")).encode()

    def test_no_file_on_the_disk_of_the_portal_keeps_a_withdrawn_text(self, portal: Held) -> None:
        target = portal.target("disque")
        target.publish(made_of(rewrite(history(3), 3)))
        before = portal.files().count(GONE)
        assert before
        target.publish(made_of(erase_in_silence(rewrite(history(3), 3), 3)))
        assert portal.files().count(GONE) < before

    def test_a_lost_manifest_is_made_anew(self, portal: Held) -> None:
        """Some forms drop every extra that they do not know."""
        target = portal.target("sans-marque")
        target.publish(numbered(2))
        url = "https://ville.ca/carte.pdf"
        portal.act("resource_create", package_id="sans-marque", name="Carte", url=url)
        portal.act("package_patch", id="sans-marque", extras=[])
        with pytest.raises(PublicationMissing):
            target.confirm(numbered(2).state, numbered(2).record.digest)
        target.publish(numbered(3))
        told_whole(portal, "sans-marque", numbered(3))
        target.confirm(numbered(3).state, numbered(3).record.digest)
        assert url in {one["url"] for one in portal.shown("sans-marque")["resources"]}

    def test_without_a_manifest_another_history_is_refused_all_the_same(self, portal: Held) -> None:
        target = portal.target("sans-marque-autre")
        target.publish(numbered(3))
        portal.act("package_patch", id="sans-marque-autre", extras=[])
        before = portal.shown("sans-marque-autre")
        for other in (numbered(2), made_of(rewrite(history(3), 3))):
            with refused("already published"):
                target.publish(other)
        assert portal.shown("sans-marque-autre") == before

    def test_without_a_manifest_a_withdrawn_text_does_not_come_back(self, portal: Held) -> None:
        target = portal.target("sans-marque-retrait")
        target.publish(made_of(erase_in_silence(history(3), 3)))
        portal.act("package_patch", id="sans-marque-retrait", extras=[])
        before = portal.shown("sans-marque-retrait")
        for older in (numbered(3), numbered(4)):
            with refused("by decision"):
                target.publish(older)
        assert portal.shown("sans-marque-retrait") == before
        after = made_of(erase_in_silence(history(3), 3))
        target.publish(after)
        told_whole(portal, "sans-marque-retrait", after)

    def test_what_a_newer_release_says_more_is_ignored(self, portal: Held) -> None:
        target = portal.target("plus-recent")
        target.publish(numbered(2))
        extras = {one["key"]: one["value"] for one in portal.shown("plus-recent")["extras"]}
        extras[MANIFEST] = json.dumps({**json.loads(extras[MANIFEST]), "a_venir": 1})
        rows = [{"key": key, "value": value} for key, value in extras.items()]
        portal.act("package_patch", id="plus-recent", extras=rows)
        standing = target.standing(PLAN)
        assert standing is not None
        assert standing.number == 2
        target.confirm(numbered(2).state, numbered(2).record.digest)

    def test_another_history_is_refused(self, portal: Held) -> None:
        target = portal.target("autre-histoire")
        target.publish(numbered(3))
        for other in (
            numbered(2),
            made_of(rewrite(history(3), 3)),
            made_of(rewrite(history(4), 3)),
        ):
            with refused("already published"):
                target.publish(other)
        told_whole(portal, "autre-histoire", numbered(3))

    def test_somebody_elses_data_set_is_left(self, portal: Held) -> None:
        portal.act("package_create", name="a-eux", title="À eux", owner_org=portal.organisation)
        portal.act("resource_create", package_id="a-eux", name="X", url="https://x.example/")
        before = portal.shown("a-eux")
        with refused("not Jalon"):
            portal.target("a-eux").publish(numbered(2))
        assert portal.shown("a-eux") == before

    def test_a_record_prepared_by_hand_is_filled_in(self, portal: Held) -> None:
        """Some portals require fields that only a person can answer."""
        made = portal.act(
            "package_create", name="prepare", title="À venir", owner_org=portal.organisation
        )
        portal.act("package_patch", id=made["id"], maintainer="Direction générale")
        portal.target("prepare", organisation=None).publish(numbered(2))
        told_whole(portal, "prepare", numbered(2))
        assert portal.shown("prepare")["maintainer"] == "Direction générale"

    def test_a_data_set_that_was_deleted_is_not_made_again(self, portal: Held) -> None:
        target = portal.target("supprime")
        target.publish(numbered(2))
        portal.act("package_delete", id="supprime")
        with pytest.raises(PublicationMissing):
            target.confirm(numbered(2).state, numbered(2).record.digest)
        with refused("was deleted"):
            target.publish(numbered(2))

    @pytest.mark.parametrize(
        ("organisation", "told"),
        [(None, "owner_org"), ("inconnue", "editor of the organisation")],
    )
    def test_an_organisation_is_asked_for(
        self, portal: Held, organisation: str | None, told: str
    ) -> None:
        with refused(told) as failure:
            portal.target("sans-organisation", organisation=organisation).publish(numbered(2))
        assert portal.token not in everything(failure.value)

    def test_a_token_that_is_worth_nothing_writes_nothing(self, portal: Held) -> None:
        portal.target("jeton").publish(numbered(2))
        before = portal.shown("jeton")
        stranger = replace(portal, token="jeton-perime-canari")
        with refused("access denied") as failure:
            stranger.target("jeton").publish(numbered(3))
        assert "jeton-perime" not in everything(failure.value)
        assert portal.shown("jeton") == before


def everything(error: PublicationFailed) -> str:
    facts: Mapping[str, object] = error.facts
    return f"{error.in_('fr')} {error.in_('en')} {error} {facts!r} {error.__cause__!r}"
