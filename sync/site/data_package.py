"""
`datapackage.json`: the tables with their Table Schema, the digest and the size of each file.

A program that reads the package knows what every cell may hold, and sees a file that was
altered on the way (Data Package and Table Schema 1, as frictionless and CKAN read them).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from sync.site.columns import Column, Table
from sync.site.edition import Edition
from sync.site.entries import ended_last, invented_first, notices
from sync.site.locales.open_files import OPEN_FILES
from sync.site.open_data import ACTIONS, INDICATORS, TABLES
from sync.site.typography import display

PATH: Final = "datapackage.json"


def data_package(edition: Edition, files: Mapping[str, bytes]) -> bytes:
    """`files` holds the bytes of every file that the package tells of."""
    presentation, (record, snapshot) = edition.presentation, edition.current
    named = f"{snapshot.plan.titre} – {presentation.city}"
    said = notices(snapshot, presentation)
    home = presentation.address("")
    licence = presentation.catalogue.licence
    keywords = presentation.catalogue.keywords
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": _name(snapshot.plan.id),
        "id": f"urn:jalon:{snapshot.plan.id}",
        "title": display(
            invented_first(ended_last(named, snapshot, presentation), snapshot, presentation),
            presentation.language,
        ),
        **({"description": " ".join(said)} if said else {}),
        "demonstration": snapshot.demonstration,
        "termine": snapshot.ended is not None,
        "version": str(snapshot.numero),
        "created": record.generated_at.isoformat(),
        **({"homepage": home} if home else {}),
        **({"licenses": [{"path": licence}]} if licence else {}),
        **({"keywords": list(keywords)} if keywords else {}),
        "contributors": [{"title": presentation.city, "role": "publisher"}],
        "resources": [
            *(_table(table, files[table.path]) for table in TABLES),
            {
                "name": "instantane",
                "format": "json",
                "mediatype": "application/json",
                **_file("dernier.json", files["dernier.json"]),
            },
        ],
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _name(plan_id: str) -> str:
    """A package's name may hold no capital and little punctuation."""
    return re.sub(r"[^a-z0-9._-]+", "-", plan_id.lower())


def _file(path: str, body: bytes) -> dict[str, Any]:
    return {
        "path": path,
        "title": OPEN_FILES[path].fr,
        "encoding": "utf-8",
        "bytes": len(body),
        "hash": f"sha256:{hashlib.sha256(body).hexdigest()}",
    }


def _table(table: Table, body: bytes) -> dict[str, Any]:
    return {
        "name": table.path.removesuffix(".csv"),
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        **_file(table.path, body),
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": {
            "fields": [_field(name, column) for name, column in table.columns.items()],
            "missingValues": [""],
            "primaryKey": list(table.key),
            **_refers(table),
        },
    }


def _field(name: str, column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": name, "description": column.meaning}
    match column.kind:
        case "uri":
            field |= {"type": "string", "format": "uri"}
        case "boolean":
            field |= {"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}
        case kind:
            field["type"] = kind
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.codes:
        constraints["enum"] = list(column.codes)
    return field | ({"constraints": constraints} if constraints else {})


def _refers(table: Table) -> dict[str, Any]:
    if table is not INDICATORS:
        return {}
    key = list(ACTIONS.key)
    reference = {"resource": ACTIONS.path.removesuffix(".csv"), "fields": key}
    return {"foreignKeys": [{"fields": key, "reference": reference}]}
