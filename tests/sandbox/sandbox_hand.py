"""A plain HTTP hand on the sandbox's API, with no cleverness between the test and the wire."""

from typing import Any

import requests


class Hand:
    """One person at the API. Each call gives the raw answer; `data` insists on success."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        if token is not None:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def call(
        self, method: str, path: str, data: Any = None, /, json: Any = None, **query: Any
    ) -> requests.Response:
        body = {"data": data} if data is not None else json
        return self.session.request(
            method, self.url + path, json=body, params=query or None, timeout=10
        )

    def get(self, path: str, **query: Any) -> Any:
        return self.data("GET", path, None, **query)

    def post(self, path: str, data: Any = None, **query: Any) -> Any:
        return self.data("POST", path, {} if data is None else data, **query)

    def put(self, path: str, data: Any, **query: Any) -> Any:
        return self.data("PUT", path, data, **query)

    def data(self, method: str, path: str, data: Any = None, /, **query: Any) -> Any:
        answer = self.call(method, path, data, **query)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()["data"]

    def refusal(self, method: str, path: str, data: Any = None, /, **query: Any) -> tuple[int, str]:
        """Status and message of a call that must be refused."""
        answer = self.call(method, path, data, **query)
        assert not answer.ok, f"{method} {path} went through: {answer.text}"
        return answer.status_code, answer.json()["errors"][0]["message"]

    def names(self, path: str, **query: Any) -> list[str]:
        return [each["name"] for each in self.get(path, opt_fields="name", **query)]

    # --- the stage that most tests need ------------------------------------------------------

    def project(self, name: str = "Plan", **more: Any) -> str:
        return str(
            self.post("/projects", {"workspace": self.workspace, "name": name, **more})["gid"]
        )

    def section(self, project: str, name: str) -> str:
        return str(self.post(f"/projects/{project}/sections", {"name": name})["gid"])

    def task(self, name: str, **more: Any) -> str:
        return str(self.post("/tasks", {"name": name, **more})["gid"])

    def field(self, name: str, kind: str, project: str | None = None, **more: Any) -> Any:
        field = self.post(
            "/custom_fields",
            {"workspace": self.workspace, "name": name, "resource_subtype": kind, **more},
        )
        if project is not None:
            self.post(f"/projects/{project}/addCustomFieldSetting", {"custom_field": field["gid"]})
        return field

    @property
    def workspace(self) -> str:
        return str(self.get("/workspaces")[0]["gid"])

    def sync_token(self, resource: str) -> str:
        answer = self.call("GET", "/events", resource=resource)
        assert answer.status_code == 412
        return str(answer.json()["sync"])

    def events(self, resource: str, sync: str) -> Any:
        answer = self.call("GET", "/events", resource=resource, sync=sync)
        assert answer.status_code == 200, answer.text
        return answer.json()
