"""
A portal on loopback that answers as CKAN's action API does: the part of it that we call.

Its answers were taken from a CKAN 2.12 that ran here; `tests/contract/test_ckan.py` holds the same
tests against a real one. It can lose an answer before or after the effect, or between the files
and the record.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import count
from typing import Any, Final
from uuid import UUID

from werkzeug.formparser import parse_form_data

TOKEN: Final = "jeton-du-portail-canari-31"
ORGANISATION: Final = "ville"

_TAG = re.compile(r"[\w .-]{2,100}")
_NAME = re.compile(r"[a-z0-9_-]{2,100}")
_ROOT: Final = "/recherche"


class Denied(Exception):
    """As CKAN says it: 403, with who may not do what."""


class Unknown(Exception):
    """404."""


class Invalid(Exception):
    def __init__(self, **fields: object) -> None:
        super().__init__(str(fields))
        self.fields = fields


class Vanished(Exception):
    """The connection ends without an answer."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is not CKAN's own."""

    status: int
    body: bytes = b"<html><title>Panne</title></html>"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html"),)


Fault = Raw | str
"""`before`, `after`, `between` (the files have arrived, the record was not written)."""


@dataclass
class StandIn:
    """What it holds is looked at by the tests directly, past our own code."""

    address: str = ""
    datasets: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    uploaded: list[list[str]] = field(default_factory=list)
    moves: list[Callable[[], object]] = field(default_factory=list)
    """Each is made once, right before a `package_revise` is looked at: a person was faster."""
    schema_fields: frozenset[str] = frozenset()
    """Fields of a schema of the portal's own: it shows them only once they are filled in."""
    _ticks: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        return f"ckan+{self.address}{_ROOT}"

    def of_name(self, name: str) -> dict[str, Any]:
        return next(one for one in self.datasets.values() if one["name"] == name)

    def act(
        self, action: str, said: Mapping[str, Any], files: Mapping[str, Any], token: str
    ) -> Any:
        may_write = token == TOKEN
        match action:
            case "package_show":
                return deepcopy(self._visible(str(said["id"]), may_write=may_write))
            case "license_list":
                return [
                    {"id": "notspecified", "url": ""},
                    {"id": "cc-by", "url": "http://www.opendefinition.org/licenses/cc-by"},
                    {"id": "ma-licence", "url": "https://ville.ca/licence"},
                ]
            case "package_create":
                return self._create(said, may_write=may_write)
            case "package_revise":
                return {"package": self._revise(said, files, may_write=may_write)}
            case _ if not may_write:
                raise Denied("User  not authorized")
            case "package_patch":
                there = self._visible(str(said["id"]), may_write=True)
                there.update({key: value for key, value in said.items() if key != "id"})
                self.touch(there["id"])
                return None
            case "package_delete":
                self._visible(str(said["id"]), may_write=True)["state"] = "deleted"
                return None
            case "resource_create":
                there = self._visible(str(said["package_id"]), may_write=True)
                made = {"id": str(UUID(int=next(self._ticks))), "state": "active", "hash": ""}
                there["resources"].append({**made, "url_type": None, **said})
                self.touch(there["name"])
                return made
            case "resource_delete" | "resource_patch":
                return self._by_hand(action, said)
        raise Raw404

    def _by_hand(self, action: str, said: Mapping[str, Any]) -> None:
        for dataset in self.datasets.values():
            for one in dataset["resources"]:
                if one["id"] == said["id"] and action == "resource_patch":
                    one.update(said)
                    self.touch(dataset["name"])
                elif one["id"] == said["id"]:
                    dataset["resources"].remove(one)
                    self.touch(dataset["name"])
                    return

    def _visible(self, key: str, *, may_write: bool) -> dict[str, Any]:
        for one in self.datasets.values():
            if key in (one["id"], one["name"]):
                if one["state"] == "deleted" and not may_write:
                    raise Denied(f"User  not authorized to read package {one['id']}")
                return one
        raise Unknown

    def _create(self, said: Mapping[str, Any], *, may_write: bool) -> dict[str, Any]:
        if not may_write:
            raise Denied("User  not authorized to create packages")
        if any(one["name"] == said["name"] for one in self.datasets.values()):
            raise Invalid(name=["That URL is already in use."])
        if not said.get("owner_org"):
            raise Invalid(owner_org=["An organization must be provided"])
        if said["owner_org"] != ORGANISATION:
            raise Denied("User ville not authorized to add dataset to this organization")
        number = next(self._ticks)
        made = {
            "id": str(UUID(int=number)),
            "name": said["name"],
            "title": said.get("title", ""),
            "notes": said.get("notes"),
            "url": None,
            "version": said.get("version"),
            "license_id": None,
            "state": "active",
            "private": False,
            "metadata_modified": self._now(),
            "extras": [],
            "tags": [],
            "resources": [],
        }
        self.datasets[made["id"]] = made
        return deepcopy(made)

    def _revise(
        self, said: Mapping[str, Any], files: Mapping[str, Any], *, may_write: bool
    ) -> dict[str, Any]:
        said = {k: json.loads(v) if isinstance(v, str) else v for k, v in said.items()}
        there = self._visible(said["match"]["id"], may_write=may_write)
        if not may_write:
            raise Denied(f"User  not authorized to edit package {there['id']}")
        if self.moves:
            self.moves.pop(0)()
        unmatched = [key for key, value in said["match"].items() if there.get(key) != value]
        if unmatched:
            raise Invalid(match=unmatched)
        revised = deepcopy(there)
        for pattern in said.get("filter", []):
            key, _, which = pattern.removeprefix("-").partition("__")
            if which:
                revised[key] = [one for one in revised[key] if one["id"] != which]
            else:
                del revised[key]
        _merge(revised, said.get("update", {}))
        revised.setdefault("extras", [])
        revised.setdefault("tags", [])
        revised["resources"] += said.get("update__resources__extend", [])
        for key, value in said.items():
            if key.startswith("update__resources__") and not key.endswith("extend"):
                which = key.removeprefix("update__resources__")
                _resource(revised, which, key).update(value)
        arrived = {}
        for part, file in files.items():
            which = part.removeprefix("update__resources__").removesuffix("__upload")
            resource = _resource(revised, which, part)
            arrived[resource["id"]] = file.read()
            resource["url_type"] = "upload"
            resource["size"] = len(arrived[resource["id"]])
            resource["url"] = (
                f"{self.address}{_ROOT}/dataset/{there['id']}/resource/{resource['id']}"
                f"/download/{file.filename}"
            )
        for resource in revised["resources"]:
            resource.setdefault("state", "active")
            resource.setdefault("hash", "")
            resource.setdefault("url", "")
            resource.setdefault("url_type", None)
        self._validate(there, revised)
        self.uploaded.append(sorted(file.filename for file in files.values()))
        self.bodies |= arrived  # as CKAN does it: the files first, then the record
        if self.faults and self.faults[0] == ("package_revise", "between"):
            self.faults.pop(0)
            raise Vanished
        revised["metadata_modified"] = self._now()
        self.datasets[there["id"]] = revised
        return deepcopy(revised)

    def _validate(self, there: Mapping[str, Any], revised: Mapping[str, Any]) -> None:
        bad = [one["name"] for one in revised["tags"] if not _TAG.fullmatch(one["name"])]
        if bad:
            raise Invalid(tags=[f'Tag "{bad[0]}" can only contain alphanumeric characters'])
        keys = [one["key"] for one in revised["extras"]]
        doubled = next((key for key in keys if keys.count(key) > 1), None)
        if doubled:
            raise Invalid(extras_validation=[f'Duplicate key "{doubled}"'])
        if self.schema_fields.intersection(keys):
            said = {"key": ["There is a schema field with the same name"]}
            raise Invalid(extras=[said if key in self.schema_fields else {} for key in keys])
        ids = [one["id"] for one in revised["resources"]]
        others = [
            one["id"]
            for dataset in self.datasets.values()
            if dataset["id"] != there["id"]
            for one in dataset["resources"]
        ]
        if len(set(ids)) < len(ids) or set(ids) & set(others):
            raise Invalid(resources=[{"id": ["Resource id already exists."]}])

    def touch(self, key: str) -> None:
        """Whatever a person changes moves this moment too."""
        self._visible(key, may_write=True)["metadata_modified"] = self._now()

    def _now(self) -> str:
        return f"2026-02-10T12:00:00.{next(self._ticks):06d}"


class Raw404(Exception):
    """An action that nobody knows: a JSON string, and no CKAN error."""


def _merge(into: dict[str, Any], update: Mapping[str, Any]) -> None:
    """As CKAN merges: a list item by item, from the first on."""
    for key, value in update.items():
        there = into.get(key)
        if isinstance(there, list) and isinstance(value, list):
            for n, one in enumerate(value):
                if n < len(there):
                    there[n] = {**there[n], **one}
                else:
                    there.append(one)
        else:
            into[key] = value


def _resource(revised: Mapping[str, Any], which: str, part: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = revised["resources"]
    if re.fullmatch(r"-\d+", which):
        return rows[int(which)]
    found = [one for one in rows if len(which) >= 5 and one["id"].startswith(which)]
    if not found:
        raise Invalid(**{part: [f"Unmatched key {which}"]})
    return found[0]


@contextmanager
def portal_stand_in() -> Iterator[StandIn]:
    portal = StandIn()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Nothing is written."""

        def do_GET(self) -> None:
            found = re.fullmatch(rf"{_ROOT}/dataset/[^/]+/resource/([^/]+)/download/.+", self.path)
            fault = self._fault("download")
            if isinstance(fault, Raw):
                self._answer(fault)
            elif found and found[1] in portal.bodies:
                kind = (("Content-Type", "application/octet-stream"),)
                self._answer(Raw(200, portal.bodies[found[1]], kind))
            else:
                self._answer(Raw(404))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            action = self.path.removeprefix(f"{_ROOT}/api/action/")
            if action == self.path:
                self._answer(Raw(404))
                return
            portal.calls.append(action)
            fault = self._fault(action)
            if isinstance(fault, Raw):
                self._answer(fault)
                return
            if fault == "before":
                self.close_connection = True
                return
            try:
                answer = self._acted(action, body)
            except Vanished:
                self.close_connection = True
                return
            if fault == "after":
                self.close_connection = True
                return
            self._answer(answer)

        def _fault(self, action: str) -> Fault | None:
            if portal.faults and portal.faults[0][0] == action:
                if portal.faults[0][1] == "between":
                    return None  # it strikes in the middle
                return portal.faults.pop(0)[1]
            return None

        def _acted(self, action: str, body: bytes) -> Raw:
            kind = self.headers["Content-Type"]
            said: Mapping[str, Any]
            files: Mapping[str, Any] = {}
            if kind.startswith("multipart/"):
                environ = {
                    "wsgi.input": BytesIO(body),
                    "CONTENT_TYPE": kind,
                    "CONTENT_LENGTH": str(len(body)),
                    "REQUEST_METHOD": "POST",
                }
                _, form, sent = parse_form_data(environ)
                said, files = form.to_dict(), sent.to_dict()
            else:
                said = json.loads(body)
            try:
                result = portal.act(action, said, files, self.headers["Authorization"] or "")
            except Denied as denied:
                error = {
                    "__type": "Authorization Error",
                    "message": f"Access denied: {denied}",
                }
                return _json(403, {"success": False, "error": error})
            except Unknown:
                error = {"__type": "Not Found Error", "message": "Not found"}
                return _json(404, {"success": False, "error": error})
            except Invalid as invalid:
                error = {**invalid.fields, "__type": "Validation Error"}  # type: ignore[dict-item]
                return _json(409, {"success": False, "error": error})
            except Raw404:
                return _json(400, f"Bad request: Action name not known: {action}")
            finally:
                for file in files.values():
                    file.close()
            return _json(200, {"success": True, "result": result})

        def _answer(self, answer: Raw) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    portal.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield portal
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _json(status: int, document: object) -> Raw:
    kind = (("Content-Type", "application/json;charset=utf-8"),)
    return Raw(status, json.dumps(document).encode(), kind)
