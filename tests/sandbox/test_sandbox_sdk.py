"""The sandbox as the official SDK sees it: the service knows it only through that."""

import json
from collections.abc import Iterator
from typing import Any

import asana
import pytest
from asana.rest import ApiException

from sync.sandbox.client import SandboxControl
from sync.sandbox.server import SandboxServer


@pytest.fixture
def client(server: SandboxServer) -> Iterator[Any]:
    configuration = asana.Configuration()
    configuration.host = server.greeting()["url"]
    configuration.access_token = server.greeting()["token"]
    configuration.retry_strategy = False
    client = asana.ApiClient(configuration)
    yield client
    client.rest_client.pool_manager.clear()
    client.pool.close()
    client.pool.join()


@pytest.fixture
def tasks(client: asana.ApiClient) -> Any:
    return asana.TasksApi(client)


@pytest.fixture
def project(client: asana.ApiClient, server: SandboxServer) -> Any:
    body = {"data": {"name": "Plan", "workspace": server.greeting()["workspace"]}}
    return asana.ProjectsApi(client).create_project(body, {})["gid"]


def test_create_read_update_and_delete(tasks: asana.TasksApi, project: str) -> None:
    task = tasks.create_task({"data": {"name": "T", "projects": [project]}}, {})
    updated = tasks.update_task(
        {"data": {"completed": True}}, task["gid"], {"opt_fields": "completed,completed_at"}
    )
    assert updated.keys() == {"gid", "completed", "completed_at"}
    assert tasks.get_task(task["gid"], {})["completed"] is True
    assert tasks.delete_task(task["gid"]) == {}
    with pytest.raises(ApiException) as refused:
        tasks.get_task(task["gid"], {})
    assert refused.value.status == 404


def test_the_page_iterator_reads_every_page(tasks: asana.TasksApi, project: str) -> None:
    for number in range(5):
        tasks.create_task({"data": {"name": f"T{number}", "projects": [project]}}, {})
    listed = tasks.get_tasks({"project": project, "limit": 2, "opt_fields": "name"})
    assert [task["name"] for task in listed] == [f"T{number}" for number in range(5)]


def test_the_first_events_call_is_a_412_whose_body_holds_the_token(
    client: asana.ApiClient, tasks: asana.TasksApi, project: str
) -> None:
    events = asana.EventsApi(client)
    with pytest.raises(ApiException) as first:
        events.get_events(project, {}, full_payload=True)
    assert first.value.status == 412
    sync = json.loads(first.value.body)["sync"]

    tasks.create_task({"data": {"name": "T", "projects": [project]}}, {})
    answer = events.get_events(project, {"sync": sync}, full_payload=True)
    assert answer["has_more"] is False
    assert {event["action"] for event in answer["data"]} == {"added"}


def test_a_body_that_the_sdk_also_puts_in_the_url_is_read_once(
    client: asana.ApiClient, project: str
) -> None:
    """13 methods send it twice; the copy in the URL is an unknown parameter."""
    sections = asana.SectionsApi(client)
    section = sections.create_section_for_project(project, {"body": {"data": {"name": "Volet"}}})
    sections.insert_section_for_project(
        project,
        {
            "body": {
                "data": {
                    "section": section["gid"],
                    "before_section": next(iter(sections.get_sections_for_project(project, {})))[
                        "gid"
                    ],
                }
            }
        },
    )
    names = [each["name"] for each in sections.get_sections_for_project(project, {})]
    assert names == ["Volet", "Untitled section"]


def test_retry_after_reaches_the_caller(control: SandboxControl, client: asana.ApiClient) -> None:
    control.add_fault("status", status=429, headers={"Retry-After": "7"})
    with pytest.raises(ApiException) as refused:
        asana.UsersApi(client).get_user("me", {})
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "7")


def test_a_batch_counts_for_its_results(client: asana.ApiClient) -> None:
    batch = asana.BatchAPIApi(client)
    body = {"data": {"actions": [{"method": "get", "relative_path": "/users/me"}]}}
    answer = batch.create_batch_request(body, {}, full_payload=True)
    assert answer["data"][0]["status_code"] == 200
