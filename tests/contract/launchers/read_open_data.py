"""
Read a published folder with programs that we did not write, and print what each of them read.

Runs in an environment of its own: `read_open_data.py FOLDER [SCHEMA]`, where SCHEMA is the XSD of
StratML. One JSON object comes out; a reader that fails says so in its part of it.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedparser
import frictionless
import icalendar
import rdflib
import xmlschema


def atom(folder: Path) -> dict[str, Any]:
    feed = feedparser.parse((folder / "flux.atom").read_bytes())
    return {
        "sound": not feed.bozo,
        "version": feed.version,
        "title": feed.feed.get("title"),
        "entries": [[one.id, one.title, one.updated, one.content[0].value] for one in feed.entries],
    }


def calendar(folder: Path) -> list[list[str]]:
    read = icalendar.Calendar.from_ical((folder / "jalons.ics").read_bytes())
    return [
        [
            str(one["UID"]),
            str(one["SUMMARY"]),
            str(one["DESCRIPTION"]),
            one.decoded("DTSTART").isoformat(),
            one.decoded("DTEND").isoformat(),
        ]
        for one in read.walk("VEVENT")
    ]


def package(folder: Path) -> dict[str, Any]:
    report = frictionless.validate(str(folder / "datapackage.json"))
    return {
        "valid": report.valid,
        "rows": {task.name: task.stats.get("rows") for task in report.tasks},
        "errors": sorted({str(kind) for (kind,) in report.flatten(["type"])}),
    }


def catalogue(folder: Path) -> dict[str, Any]:
    graph = rdflib.Graph().parse(
        data=(folder / "catalogue.jsonld").read_text(encoding="utf-8"),
        format="json-ld",
        publicID="https://suivi.example/",
    )
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    spdx = rdflib.Namespace("http://spdx.org/rdf/terms#")
    terms = rdflib.Namespace("http://purl.org/dc/terms/")
    (dataset,) = graph.subjects(rdflib.RDF.type, dcat.Dataset)
    return {
        "title": str(graph.value(dataset, terms.title)),
        "description": str(graph.value(dataset, terms.description)),
        "licence": str(graph.value(dataset, terms.license)),
        "files": {
            str(graph.value(one, dcat.downloadURL)).rpartition("/")[2]: [
                str(graph.value(one, dcat.byteSize)),
                str(graph.value(graph.value(one, spdx.checksum), spdx.checksumValue)),
            ]
            for one in graph.objects(dataset, dcat.distribution)
        },
    }


def report(folder: Path, schema: str) -> list[str]:
    judge = xmlschema.XMLSchema(schema)
    return [str(one.reason) for one in judge.iter_errors(str(folder / "plan.stratml.xml"))]


def told(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Exception as error:  # noqa: BLE001  whatever their program raises is its verdict
        return {"refused": f"{type(error).__name__}: {error}"}


def main(place: str, schema: str | None = None) -> None:
    folder = Path(place)
    said = {
        "atom": told(lambda: atom(folder)),
        "calendar": told(lambda: calendar(folder)),
        "package": told(lambda: package(folder)),
        "catalogue": told(lambda: catalogue(folder)),
        "stratml": told(lambda: report(folder, schema)) if schema else None,
    }
    json.dump(said, sys.stdout, ensure_ascii=False)


main(*sys.argv[1:])
