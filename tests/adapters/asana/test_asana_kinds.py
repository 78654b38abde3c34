"""A count of requests says what was asked, and of no person and no task."""

import re

import pytest

from sync.adapters.asana.kinds import kind_of
from tests.adapters.asana.sent import sent_paths

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


def test_every_path_that_is_sent_has_its_words() -> None:
    """Else two kinds of requests would be counted, and foretold, as one."""
    sent = sent_paths()
    assert ("GET", "/tasks/{task_gid}/stories") in sent
    assert ("POST", "/sections/{section}/addTask") in sent
    assert len(sent) > 25
    for method, path in sent:
        called = re.sub(r"\{\w+\}", "1209", path)
        words = re.sub(r"\{\w+\}", "{}", path)
        assert kind_of(method, f"{ROOT}{called}", ROOT) == f"{method} {words}"
