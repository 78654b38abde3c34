"""
Asana's official description as the judges read it.

It is the published one with the defects mended that `../shared` mends already; what is mended
here besides is said at each mend. Nothing is added for the sake of our service, and for the
sandbox's sake only its 501, the answer to what it does not do.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from sync.sandbox.routes.table import SUPPORTED

Json = dict[str, Any]
METHODS: Final = ("get", "post", "put", "delete")
REFUSALS: Final = {
    "400": "BadRequest",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "NotFound",
}
NOT_IN_SANDBOX: Final = "501"


def read(path: Path) -> Json:
    with path.open(encoding="utf-8") as lines:
        described: Json = YAML(typ="safe").load(lines)
    return described


def write(described: Json, path: Path) -> Path:
    """As JSON, which every judge reads quickly; dates in examples become text again."""
    path.write_text(json.dumps(described, default=str), encoding="utf-8")
    return path


def mend(described: Json) -> Json:
    """In place: where the description contradicts itself, the side that Asana is known to take."""
    for node in _objects(described["components"]):
        _lift_null(node)
    domains = described["components"]["schemas"]["WorkspaceResponse"]["allOf"][1]["properties"]
    # Called a URI, with « asana.com » as its example, which is none.
    domains["email_domains"]["items"].pop("format")
    for _, operation in operations(described):
        # Refusals that any call may meet; two listings of memberships declare none of them.
        for status, name in REFUSALS.items():
            operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{name}"})
    return described


def _lift_null(node: Json) -> None:
    """A reference is said to be nullable inside its `allOf`, where it cannot take effect."""
    if any(isinstance(part, dict) and part.get("nullable") for part in node.get("allOf", ())):
        node["nullable"] = True


def restrict(described: Json) -> Json:
    """In place: keep the calls that the sandbox answers, and declare its word for the rest."""
    answered = {(method, _shape(rule)) for method, rule in answered_calls()}
    for path, item in list(described["paths"].items()):
        for method in METHODS:
            if method in item and (method.upper(), _shape(path)) not in answered:
                del item[method]
        if not any(method in item for method in METHODS):
            del described["paths"][path]
    for _, operation in operations(described):
        refusal = {"$ref": f"#/components/responses/{REFUSALS['400']}"}
        operation["responses"].setdefault(NOT_IN_SANDBOX, refusal)
    return described


def answered_calls() -> set[tuple[str, str]]:
    """Method and path of every call that the sandbox answers with more than a 501."""
    return {(method, path) for method, path, *_ in SUPPORTED} | {("POST", "/batch")}


def name_fields(described: Json, published: Json) -> Json:
    """In place: the fields that `opt_fields` may name, which the mended description leaves open."""
    named = {
        name: parameter["schema"]
        for name, operation in operations(published)
        for parameter in operation.get("parameters", ())
        if parameter.get("name") == "opt_fields"
    }
    for name, operation in operations(described):
        for parameter in operation.get("parameters", ()):
            if parameter.get("name") == "opt_fields" and name in named:
                parameter["schema"] = named[name]
    return described


def operations(described: Json) -> Iterator[tuple[str, Json]]:
    """Each with its name, such as `GET /tasks/{task_gid}`."""
    for path, item in described["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def _shape(path: str) -> str:
    return re.sub(r"[{<]\w+[}>]", "*", path)


def _objects(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value)
