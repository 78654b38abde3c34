"""A listing by pages: opaque offsets that belong to their query and that expire."""

from typing import Any

import pytest

from sync.sandbox.client import SandboxControl
from tests.sandbox.sandbox_hand import Hand


@pytest.fixture
def project(hand: Hand) -> Any:
    gid = hand.project()
    for number in range(7):
        hand.task(f"T{number}", projects=[gid])
    return gid


def page(hand: Hand, **query: Any) -> Any:
    return hand.call("GET", "/tasks", **query).json()


def test_pages_together_are_the_listing_in_order(hand: Hand, project: str) -> None:
    names, query = [], {"project": project, "limit": 3}
    sizes = []
    while True:
        body = page(hand, **query)
        names += [each["name"] for each in body["data"]]
        sizes.append(len(body["data"]))
        if body["next_page"] is None:
            break
        query["offset"] = body["next_page"]["offset"]

    assert names == [f"T{number}" for number in range(7)]
    assert sizes == [3, 3, 1]


def test_next_page_shows_only_when_a_limit_was_sent(hand: Hand, project: str) -> None:
    assert "next_page" not in page(hand, project=project)
    assert page(hand, project=project, limit=100)["next_page"] is None


def test_the_uri_of_the_next_page_leads_there(hand: Hand, project: str) -> None:
    following = page(hand, project=project, limit=3, opt_fields="name")["next_page"]
    answer = hand.session.get(following["uri"], timeout=10).json()

    assert [each["name"] for each in answer["data"]] == ["T3", "T4", "T5"]
    assert following["path"].startswith("/tasks?")


@pytest.mark.parametrize("limit", ["0", "101", "x", "-1", ""])
def test_a_limit_out_of_bounds_is_refused(hand: Hand, project: str, limit: str) -> None:
    assert hand.refusal("GET", "/tasks", project=project, limit=limit)[0] == 400


def test_an_offset_is_good_only_for_its_own_query(hand: Hand, project: str) -> None:
    other = hand.project()
    offset = page(hand, project=project, limit=3)["next_page"]["offset"]

    for query in ({"project": other}, {"project": project, "completed_since": "now"}):
        refused = hand.refusal("GET", "/tasks", **query, limit=3, offset=offset)
        assert refused == (400, "offset: Your pagination token is invalid.")


@pytest.mark.parametrize("offset", ["", "x", "abc.def", "é"])
def test_a_made_up_offset_is_refused(hand: Hand, project: str, offset: str) -> None:
    refused = hand.refusal("GET", "/tasks", project=project, limit=3, offset=offset)
    assert refused == (400, "offset: Your pagination token is invalid.")


def test_an_offset_expires_after_fifteen_minutes(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    offset = page(hand, project=project, limit=3)["next_page"]["offset"]

    control.advance(900)
    assert len(page(hand, project=project, limit=3, offset=offset)["data"]) == 3
    control.advance(1)
    refused = hand.refusal("GET", "/tasks", project=project, limit=3, offset=offset)
    assert refused == (400, "offset: Your pagination token has expired.")


def test_a_listing_without_limit_is_cut_or_refused_beyond_its_ceiling(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    """A client that takes one page as everything must be caught by it."""
    control.switch(unpaginated_cutoff=5)
    assert len(page(hand, project=project)["data"]) == 5
    control.switch(unpaginated="refuse")
    assert hand.refusal("GET", "/tasks", project=project)[0] == 400


def test_a_crawl_can_end_in_a_400(hand: Hand, control: SandboxControl, project: str) -> None:
    """A full crawl that ends so is not complete: nothing may be concluded from it."""
    control.switch(listing_ceiling=5)
    following = page(hand, project=project, limit=3)["next_page"]["offset"]
    assert hand.refusal("GET", "/tasks", project=project, limit=3, offset=following)[0] == 400


def test_pages_are_no_snapshot(hand: Hand, project: str) -> None:
    """What is inserted meanwhile shifts the rest: a client must know one thing twice."""
    section = hand.get(f"/projects/{project}/sections")[0]["gid"]
    first = page(hand, project=project, limit=3)
    new = hand.task("new", workspace=hand.workspace)
    hand.post(f"/sections/{section}/addTask", {"task": new})
    second = page(hand, project=project, limit=3, offset=first["next_page"]["offset"])

    assert second["data"][0]["name"] == first["data"][-1]["name"]
