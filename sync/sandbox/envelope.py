"""What a request wraps its content in: a body's `data` and `options`, or an action of a batch."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sync.sandbox import inputs
from sync.sandbox.call import Call
from sync.sandbox.refusal import invalid, not_in_sandbox
from sync.sandbox.wire import Request

METHODS = ("get", "post", "put", "delete")
Opened = tuple[Mapping[str, Any], Mapping[str, Any]]


def opened(request: Request) -> Opened:
    """The two parts of a write's body. A DELETE's body is of no use, and the SDK sends one."""
    if request.method not in ("POST", "PUT", "PATCH"):
        return {}, {}
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().casefold()
    if request.body and kind != "application/json":
        raise not_in_sandbox(f"bodies of the type {kind or 'unknown'}")
    try:
        body = inputs.document(request.body)
    except ValueError:
        raise invalid("Could not parse request data, invalid JSON") from None
    if not isinstance(body, dict):
        raise invalid("Request body must be an object")
    for name in body:
        if name not in ("data", "options"):
            raise invalid(f"Unrecognized request field {name!r}")
    data, options = body.get("data"), body.get("options") or {}
    if not isinstance(data, dict):
        raise invalid("data: Missing input")
    if not isinstance(options, dict):
        raise invalid("options: Not an object")
    inputs.check_names(options, ("fields", "pretty"), elsewhere=("expand", "limit", "offset"))
    return data, options


def batched(call: Call, action: Any) -> tuple[str, Call]:
    """One action of a batch as the call that it stands for."""
    if not isinstance(action, dict):
        raise invalid("actions: Not an object")
    inputs.check_names(action, ("relative_path", "method", "data", "options"))
    path, method = inputs.required_text(action, "relative_path"), action.get("method")
    if method not in METHODS:
        raise invalid(f"method: Not one of {', '.join(METHODS)}: {method!r}")
    if path == "/batch" or "?" in path:
        raise invalid("relative_path: Not allowed in a batch")
    data, options = (_part(action, name) for name in ("data", "options"))
    query: dict[str, str] = {}
    if method == "get":
        query = {name: str(value) for name, value in {**data, **options}.items()
                 if name != "fields"}  # fmt: skip
        data = {}
    fields = {name: value for name, value in options.items() if name == "fields"}
    return method.upper(), replace(call, path=path, query=query, data=data, options=fields)


def _part(action: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = action.get(name) or {}
    if not isinstance(part, dict):
        raise invalid(f"{name}: Not an object")
    return part
