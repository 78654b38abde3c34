"""Every kind of request that the adapter's sources can send, read from the sources."""

import ast
import inspect
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import asana

from sync.adapters.asana import kinds

OWN_CALL = "call_api"
"""The SDK's own way to send; of the adapter only `Writer._post` may use it."""


def sent_paths() -> Sequence[tuple[str, str]]:
    """Method and path, the gids by some name in braces."""
    return sorted({*_by_methods_of_the_sdk(), *_by_path()})


def kinds_sent() -> frozenset[str]:
    """The same without the names: `GET /projects/{}/tasks`."""
    return frozenset(f"{method} {re.sub(r'{[^}]*}', '{}', path)}" for method, path in sent_paths())


def _nodes() -> Iterator[ast.AST]:
    for source in sorted(Path(kinds.__file__).parent.glob("*.py")):
        yield from ast.walk(ast.parse(source.read_text(encoding="utf-8")))


def _by_methods_of_the_sdk() -> Iterator[tuple[str, str]]:
    attributes = {node.attr for node in _nodes() if isinstance(node, ast.Attribute)}
    named = {name for name in attributes if not name.startswith("_")}
    for api in (one for name, one in vars(asana).items() if name.endswith("Api")):
        for name in sorted(named & vars(api).keys()):
            body = inspect.getsource(getattr(api, f"{name}_with_http_info"))
            found = re.search(r"call_api\(\s*'([^']+)',\s*'([A-Z]+)'", body)
            assert found, name
            yield found[2], found[1]


def _by_path() -> Iterator[tuple[str, str]]:
    """What `Writer._post` is given: a text, or one with gids in it."""
    calls = [
        node
        for node in _nodes()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    own = [ast.unparse(call) for call in calls if call.func.attr == OWN_CALL]  # type: ignore[attr-defined]
    assert len(own) == 1, f"a request that no list knows: {own}"
    assert "'POST'" in own[0]
    for call in calls:
        if call.func.attr == "_post":  # type: ignore[attr-defined]
            path = call.args[0]
            assert isinstance(path, ast.Constant | ast.JoinedStr), ast.unparse(call)
            yield "POST", ast.unparse(path).removeprefix("f").strip("'\"")
