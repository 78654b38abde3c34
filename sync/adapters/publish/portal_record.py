"""
A publication as the record of a data set in CKAN, and what of such a record is ours.

It is made from the DCAT record that is published anyway (`catalogue.jsonld`), field by field as
CKAN's own DCAT harvester reads one, so that a portal that is written to and a portal that
harvests say the same. Data are files in the portal; what people subscribe to stays at the page's
address. `jalon_manifeste`, an extra of the record, tells which of it we put there.
"""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from sync.adapters.publish.layout import LATEST
from sync.core.commitments import NotCanonical, leaf_hash_of, withdrawn_places
from sync.core.verification import NOTE
from sync.model.snapshot import PublicLog
from sync.ports import Publication
from sync.wording import Language, Text

CATALOGUE: Final = "catalogue.jsonld"
MANIFEST: Final = "jalon_manifeste"
HASH_ALGORITHM: Final = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"

EXTRAS: Final = frozenset(
    {
        "identifier",
        "issued",
        "modified",
        "temporal_start",
        "temporal_end",
        "frequency",
        "spatial_text",
        "theme",
    }
)
"""The extras that are ours beside the manifest: one that the city no longer fills goes."""

SUBSCRIBED: Final = frozenset({"flux.json", "flux.atom", "jalons.ics"})
"""A copy of these would stand still: a resource of theirs is a link to the page's own."""

_BESIDE: Final[Mapping[str, tuple[str, str, Text]]] = {
    "schema/instantane.schema.json": (
        "JSON",
        "application/schema+json",
        Text("Le schéma de l’instantané", "The schema of a snapshot"),
    ),
    NOTE: (
        "TXT",
        "text/plain",
        Text(
            "La note signée : à garder, elle prouve que rien n’a été récrit depuis",
            "The signed note: to be kept, it proves that nothing was rewritten since",
        ),
    ),
}
"""What a portal should hold that the DCAT record does not list: format, media type, title."""

_INVENTED: Final = Text("données inventées", "invented data")
_NOT_IN_A_TAG: Final = re.compile(r"[^\w .-]+")
_LICENCES: Final[Mapping[str, str]] = {
    "creativecommons.org/licenses/by/4.0": "cc-by",
    "creativecommons.org/licenses/by-sa/4.0": "cc-by-sa",
    "creativecommons.org/publicdomain/zero/1.0": "cc-zero",
}
"""CKAN's own ids, where a portal lists them at another address than the licence's."""


class PortalManifest(BaseModel):
    """
    What of a data set is ours, and how far it has come.

    `fichiers` holds by path the SHA-256 of a file that was uploaded, or the address of a link;
    `tailles` the bytes of each such file.
    `feuille` is the snapshot's leaf in the tree, which no withdrawal changes; `retires` are the
    places of it whose text was withdrawn. `dit` is a digest of title and description. `laisses`
    are extras that this portal has fields of its own for, which people fill in.

    What a newer release says beside that is ignored: an older one must not take the data set for
    somebody else's.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    plan: str
    numero: int
    empreinte: str
    feuille: str | None = None
    retires: list[str] = []
    dit: str = ""
    fichiers: dict[str, str]
    tailles: dict[str, int] = {}
    laisses: list[str] = []
    journal: PublicLog | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A file in the portal where `body` is given, else a link to `url`."""

    path: str
    name: str
    description: str
    format: str
    media_type: str
    url: str = ""
    body: bytes | None = None

    @property
    def told(self) -> str:
        """What the manifest says of it."""
        return self.url if self.body is None else sha256(self.body).hexdigest()

    @property
    def size(self) -> int | None:
        return None if self.body is None else len(self.body)

    @property
    def file_name(self) -> str:
        return self.path.rpartition("/")[2]

    def fields(self) -> dict[str, Any]:
        """What CKAN is told of it beside the bytes."""
        said: dict[str, Any] = {
            "name": self.name,
            "description": self.description,
            "format": self.format,
            "mimetype": self.media_type,
        }
        if self.body is None:
            return {**said, "url": self.url, "url_type": ""}
        return {**said, "hash": self.told, "hash_algorithm": HASH_ALGORITHM}


@dataclass(frozen=True, slots=True)
class PortalRecord:
    """What a data set must say. `licence` is an address; `manifest` becomes an extra too."""

    title: str
    notes: str
    version: str
    landing_page: str | None
    licence: str | None
    tags: tuple[str, ...]
    extras: Mapping[str, str]
    resources: tuple[Resource, ...]
    manifest: PortalManifest


def record_for(publication: Publication) -> PortalRecord:
    """Raises KeyError or ValueError where the publication has no DCAT record, or a broken one."""
    document = json.loads(publication.files[CATALOGUE])
    snapshot = publication.snapshot
    language: Language = "en" if _plain(document["dct:language"]).endswith("ENG") else "fr"
    invented = f" – {_INVENTED.in_(language)}" if snapshot.demonstration else ""
    title, notes = _plain(document["dct:title"]), _plain(document["dct:description"])
    resources = tuple(_resources(publication, document, language, invented))
    manifest = PortalManifest(
        plan=snapshot.plan.id,
        numero=publication.record.number,
        empreinte=publication.record.digest,
        feuille=leaf_in(publication.record.body),
        retires=sorted(withdrawn_places(publication.record.body)),
        dit=said_in(title, notes),
        fichiers={one.path: one.told for one in resources},
        tailles={one.path: len(one.body) for one in resources if one.body is not None},
        journal=snapshot.journal,
    )
    period = document.get("dct:temporal", {})
    said = {
        "identifier": document.get("dct:identifier"),
        "issued": _plain(document.get("dct:issued")),
        "modified": _plain(document.get("dct:modified")),
        "temporal_start": _plain(period.get("dcat:startDate")),
        "temporal_end": _plain(period.get("dcat:endDate")),
        "frequency": _plain(document.get("dct:accrualPeriodicity")),
        "spatial_text": _plain(document.get("dct:spatial", {}).get("rdfs:label")),
        "theme": ", ".join(_plain(one["skos:prefLabel"]) for one in document.get("dcat:theme", [])),
    }
    return PortalRecord(
        title=title,
        notes=notes,
        version=str(publication.record.number),
        landing_page=_plain(document.get("dcat:landingPage")) or None,
        licence=_plain(document.get("dct:license")) or None,
        tags=tuple(filter(None, (_tag(_plain(one)) for one in document.get("dcat:keyword", [])))),
        extras={key: value for key, value in said.items() if value},
        resources=resources,
        manifest=manifest,
    )


def _resources(
    publication: Publication, document: Any, language: Language, invented: str
) -> list[Resource]:
    found = []
    for one in document["dcat:distribution"]:
        url = _plain(one["dcat:downloadURL"])
        path = _path_of(url, publication.files)
        link = path in SUBSCRIBED
        if link and "://" not in url:
            continue  # the page has no address yet: nothing to subscribe to
        title = _plain(one["dct:title"])
        found.append(
            Resource(
                path=path,
                name=f"{title}{invented}",
                description=path,
                format=str(one["dct:format"]),
                media_type=_plain(one["dcat:mediaType"]).partition("/media-types/")[2],
                url=url if link else "",
                body=None if link else publication.files[path],
            )
        )
    for path, (kind, media_type, said) in _BESIDE.items():
        if path in publication.files:
            title = said.in_(language)
            body = publication.files[path]
            found.append(Resource(path, f"{title}{invented}", path, kind, media_type, body=body))
    return found


def _path_of(url: str, files: Mapping[str, bytes]) -> str:
    named = [path for path in files if url == path or url.endswith(f"/{path}")]
    if not named:
        raise ValueError(f"a distribution that is no file of the publication: {url}")
    return max(named, key=len)


def resource_id(dataset_id: str, plan_id: str, path: str) -> str:
    """
    The same for the same file of the same plan in the same data set, for ever.

    CKAN takes the id of a new resource from whoever makes it: so it is found again by what it is
    and never by its place or its name, both of which people change.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:jalon:{dataset_id}:{plan_id}:{path}"))


def manifest_of(dataset: Mapping[str, Any]) -> PortalManifest | None:
    """None where there is none, or a damaged one."""
    said = extras_of(dataset).get(MANIFEST)
    try:
        return PortalManifest.model_validate_json(said or "")
    except ValidationError:
        return None


def manifest_from(latest: bytes) -> PortalManifest | None:
    """As much of a lost manifest as `dernier.json` tells by itself; None where it is none."""
    try:
        said = json.loads(latest)
        return PortalManifest(
            plan=said["plan"]["id"],
            numero=said["numero"],
            empreinte=sha256(latest).hexdigest(),
            feuille=leaf_in(latest),
            retires=sorted(withdrawn_places(latest)),
            fichiers={},
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def extras_of(dataset: Mapping[str, Any]) -> dict[str, str]:
    found = dataset.get("extras")
    pairs = found if isinstance(found, list) else []
    return {
        str(one["key"]): str(one.get("value") or "")
        for one in pairs
        if isinstance(one, dict) and "key" in one
    }


def resources_of(dataset: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """By id."""
    found = dataset.get("resources")
    rows = found if isinstance(found, list) else []
    return {str(one["id"]): one for one in rows if isinstance(one, dict) and "id" in one}


def stands(resource: Mapping[str, Any] | None, told: str, size: int | None) -> bool:
    """Whether it still is the file, or the link, that the manifest tells of."""
    if resource is None or resource.get("state", "active") != "active":
        return False
    if "://" in told:
        return resource.get("url") == told and not resource.get("url_type")
    known = resource.get("size")  # as the portal counted it
    counted = known is None or size is None or str(known) == str(size)
    return counted and resource.get("hash") == told and resource.get("url_type") == "upload"


def altered_in(dataset: Mapping[str, Any], manifest: PortalManifest) -> str | None:
    """The first thing of ours that is no longer what was put there; None where all of it is."""
    if said_in(str(dataset.get("title")), str(dataset.get("notes"))) != manifest.dit:
        return "title, notes"
    if str(dataset.get("version")) != str(manifest.numero):
        return "version"
    there = resources_of(dataset)
    for path, told in sorted(manifest.fichiers.items()):
        found = there.get(resource_id(str(dataset["id"]), manifest.plan, path))
        if not stands(found, told, manifest.tailles.get(path)):
            return path
    if manifest.fichiers.get(LATEST) != manifest.empreinte:
        return LATEST
    return None


def licence_id(licence: str, listed: object) -> str | None:
    """The portal's own id of a licence, found by its address; None where it lists none such."""
    wanted = _bare(licence)
    rows = listed if isinstance(listed, list) else []
    known = {str(one.get("id")): str(one.get("url") or "") for one in rows if isinstance(one, dict)}
    for name, url in known.items():
        if url and _bare(url) == wanted:
            return name
    usual = _LICENCES.get(wanted)
    return usual if usual in known else None


def leaf_in(body: bytes) -> str | None:
    """None for a snapshot of another form, which no withdrawal can concern."""
    try:
        return leaf_hash_of(body).hex()
    except NotCanonical:
        return None


def said_in(title: str, notes: str) -> str:
    return sha256(f"{title}\n{notes}".replace("\r\n", "\n").strip().encode()).hexdigest()


def _bare(url: str) -> str:
    """`https://creativecommons.org/licenses/by/4.0/deed.fr` and its like, without its edition."""
    bare = re.sub(r"^https?://(www\.)?", "", url.strip().lower())
    return re.sub(r"/(deed|legalcode)(\.\w+)?$", "", bare.rstrip("/")).rstrip("/")


def _tag(text: str) -> str:
    """As far as CKAN takes it: letters, digits, spaces, hyphens, dots, from 2 to 100 of them."""
    tag = " ".join(_NOT_IN_A_TAG.sub(" ", text).split())[:100].strip()
    return tag if len(tag) >= 2 else ""


def _plain(said: object) -> str:
    """A value of JSON-LD without its language, type or being an address."""
    if isinstance(said, dict):
        said = said.get("@value", said.get("@id"))
    return "" if said is None else str(said)
