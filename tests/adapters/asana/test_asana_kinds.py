"""A count of requests says what was asked, and of no person and no task."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import asana
import pytest

from sync.adapters.asana import kinds
from sync.adapters.asana.kinds import kind_of

ROOT = "http://127.0.0.1:8080/api/1.0"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/tasks/1209", "GET /tasks/{}"),
        ("/projects/1209/tasks?limit=100&offset=abc", "GET /projects/{}/tasks"),
        ("/users/me", "GET /users/me"),
        ("/users/prenom.nom%40ville.example", "GET /users/{}"),
        ("/tasks/external%3Aabc", "GET /tasks/{}"),
        ("/events?resource=1&sync=tasks", "GET /events"),
    ],
)
def test_a_kind_keeps_the_words_of_asana_and_nothing_else(path: str, kind: str) -> None:
    assert kind_of("GET", f"{ROOT}{path}", ROOT) == kind


def test_a_root_without_a_path_is_one_too() -> None:
    """As behind a validating proxy, which drops it."""
    assert kind_of("PUT", "http://127.0.0.1:4010/tasks/1", "http://127.0.0.1:4010") == (
        "PUT /tasks/{}"
    )


def sent_paths() -> Iterator[tuple[str, str]]:
    """Method and path of every call of the SDK that the adapter names, as the SDK writes them."""
    sources = Path(kinds.__file__).parent.glob("*.py")
    trees = [ast.parse(source.read_text(encoding="utf-8")) for source in sources]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    named = {name for name in attributes if not name.startswith("_")}
    for api in (one for name, one in vars(asana).items() if name.endswith("Api")):
        for name in sorted(named & vars(api).keys()):
            body = inspect.getsource(getattr(api, f"{name}_with_http_info"))
            found = re.search(r"call_api\(\s*'([^']+)',\s*'([A-Z]+)'", body)
            assert found, name
            yield found[2], found[1]


def test_every_path_that_is_sent_has_its_words() -> None:
    """Else two kinds of requests would be counted, and foretold, as one."""
    sent = sorted(sent_paths())
    assert ("GET", "/tasks/{task_gid}/stories") in sent
    assert len(sent) > 25
    for method, path in sent:
        called = re.sub(r"\{\w+\}", "1209", path)
        words = re.sub(r"\{\w+\}", "{}", path)
        assert kind_of(method, f"{ROOT}{called}", ROOT) == f"{method} {words}"
