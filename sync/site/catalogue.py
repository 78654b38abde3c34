"""
`catalogue.jsonld`: the data set and its files in DCAT, with the fields of Données Québec.

A catalogue (CKAN with its DCAT harvester, a portal) reads title, description, organisation,
keywords, category, licence, frequency, period, territory and every file with its digest. The
licence and its like are the city's own decisions: what its config does not say is not said here.
Where the folder's address is not known, addresses are relative to the file itself.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from sync.model.catalogue import Catalogue
from sync.site.dates import say_date
from sync.site.edition import Edition
from sync.site.entries import ended_last, invented_first, notices
from sync.site.locales.catalogue import CATALOGUE, FREQUENCIES
from sync.site.locales.open_files import OPEN_FILES
from sync.site.presentation import Presentation
from sync.site.tallies import counted_by_checkpoint
from sync.site.typography import display

PATH: Final = "catalogue.jsonld"

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "dernier.json": "application/json",
    "actions.csv": "text/csv",
    "indicateurs.csv": "text/csv",
    "dictionnaire.csv": "text/csv",
    "datapackage.json": "application/json",
    "flux.json": "application/feed+json",
    "flux.atom": "application/atom+xml",
    "jalons.ics": "text/calendar",
    "plan.stratml.xml": "application/xml",
}
"""Every distribution of the data set, in the order in which catalogues show them."""

_FREQUENCY: Final = "http://publications.europa.eu/resource/authority/frequency/"
_LANGUAGE: Final = "http://publications.europa.eu/resource/authority/language/"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_CONTEXT: Final[Mapping[str, Any]] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def title_of(edition: Edition) -> str:
    presentation, snapshot = edition.presentation, edition.current.snapshot
    language = presentation.language
    title = CATALOGUE["title"].in_(language)
    named = title.format(plan=snapshot.plan.titre, city=presentation.city)
    marked = invented_first(ended_last(named, snapshot, presentation), snapshot, presentation)
    return display(marked, language)


def summary_of(edition: Edition) -> str:
    """The notices of a demonstration and of an end, and what the data are."""
    presentation, snapshot = edition.presentation, edition.current.snapshot
    language = presentation.language
    day = say_date(snapshot.etat_au, language)
    what = CATALOGUE["what"].in_(language).format(day=day, number=snapshot.numero)
    return "\n".join((*notices(snapshot, presentation), display(what, language)))


def description_of(edition: Edition) -> str:
    """The summary, and where the plan stands at each checkpoint, in numbers of actions."""
    presentation, snapshot = edition.presentation, edition.current.snapshot
    how = CATALOGUE["how"].in_(presentation.language)
    counts = counted_by_checkpoint(snapshot, presentation)
    return "\n".join((summary_of(edition), how, *counts))


def period_of(edition: Edition) -> tuple[str, str]:
    """From the plan's first adoption to its last day, or else its last échéance, in ISO form."""
    first, snapshot = edition.issues[0].snapshot.plan.adopte_le, edition.current.snapshot
    last = snapshot.fin or max(c.echeance for c in snapshot.jalons)
    return first.isoformat(), last.isoformat()


def catalogue(edition: Edition, files: Mapping[str, bytes]) -> bytes:
    presentation, (record, snapshot) = edition.presentation, edition.current
    language = presentation.language
    home = _where(presentation, "")
    start, end = period_of(edition)
    document = {
        "@context": _CONTEXT,
        "@id": _where(presentation, "#_donnees-ouvertes"),
        "@type": "dcat:Dataset",
        "dct:identifier": f"urn:jalon:{snapshot.plan.id}",
        "dct:title": _said(title_of(edition), language),
        "dct:description": _said(description_of(edition), language),
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": presentation.city},
        "dct:language": {"@id": f"{_LANGUAGE}{'FRA' if language == 'fr' else 'ENG'}"},
        "dct:issued": _typed(edition.issues[0].record.generated_at.isoformat(), "dateTime"),
        "dct:modified": _typed(record.generated_at.isoformat(), "dateTime"),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _typed(start, "date"),
            "dcat:endDate": _typed(end, "date"),
        },
        "dcat:version": str(snapshot.numero),
        **({"dcat:landingPage": {"@id": home}} if home else {}),
        **_decided(presentation.catalogue, language, ended=snapshot.ended is not None),
        "dcat:distribution": [
            _distribution(edition, path, files[path]) for path in MEDIA_TYPES if path in files
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _decided(said: Catalogue, language: str, *, ended: bool) -> dict[str, Any]:
    """What the city's config says; nothing where it says nothing, but that an end is one."""
    frequency = "archives" if ended else said.frequency
    found: dict[str, Any] = {}
    if said.licence:
        found["dct:license"] = {"@id": said.licence}
    if said.categories:
        found["dcat:theme"] = [
            {"@type": "skos:Concept", "skos:prefLabel": _said(one, language)}
            for one in said.categories
        ]
    if said.keywords:
        found["dcat:keyword"] = [_said(one, language) for one in said.keywords]
    if frequency:
        found["dct:accrualPeriodicity"] = {"@id": f"{_FREQUENCY}{FREQUENCIES[frequency]}"}
    if said.territory:
        label = _said(said.territory, language)
        found["dct:spatial"] = {"@type": "dct:Location", "rdfs:label": label}
    return found


def _distribution(edition: Edition, path: str, body: bytes) -> dict[str, Any]:
    presentation = edition.presentation
    where = {"@id": _where(presentation, path)}
    licence = presentation.catalogue.licence
    modified = edition.current.record.generated_at.isoformat()
    return {
        "@type": "dcat:Distribution",
        "dct:title": _said(OPEN_FILES[path].in_(presentation.language), presentation.language),
        "dcat:accessURL": where,
        "dcat:downloadURL": where,
        "dcat:mediaType": {"@id": f"{_MEDIA}{MEDIA_TYPES[path]}"},
        "dct:format": path.rpartition(".")[2].upper(),
        "dct:modified": _typed(modified, "dateTime"),
        "dcat:byteSize": _typed(str(len(body)), "nonNegativeInteger"),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": _typed(hashlib.sha256(body).hexdigest(), "hexBinary"),
        },
        **({"dct:license": {"@id": licence}} if licence else {}),
    }


def _where(presentation: Presentation, path: str) -> str:
    return presentation.address(path) or path


def _said(text: str, language: str) -> dict[str, str]:
    return {"@value": text, "@language": language}


def _typed(value: str, kind: str) -> dict[str, str]:
    return {"@value": value, "@type": f"xsd:{kind}"}
