"""A Python hand on the sandbox's control interface, for tests and the demo."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self

import requests

from sync.sandbox.limits import real_limits

TIMEOUT = 30


class ControlRefusedError(Exception):
    """The control interface did not understand: the message is its own."""


class SandboxControl:
    """
    Sets the stage around the service under test: time, people, faults; and reads what happened.

    `base_url` is the sandbox's root, without /api/1.0 or /control.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.api_url = f"{self.base_url}/api/1.0"
        self._session = requests.Session()
        self._session.trust_env = False  # loopback: no proxy, no netrc

    def close(self) -> None:
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    # --- what there is ---------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        return self._object("GET", "state")

    def dump(self) -> dict[str, Any]:
        return self._object("GET", "dump")

    def requests(self, last: int | None = None) -> dict[str, Any]:
        return self._object("GET", "requests" if last is None else f"requests?last={last}")

    def limits(self) -> dict[str, Any]:
        """By token: calls, cost, most in flight, and how many were `refused` by which limit."""
        return self._object("GET", "limits")

    def forget_requests(self) -> None:
        self._ask("DELETE", "requests")

    def reset(self) -> None:
        self._ask("POST", "reset", {})

    # --- time and conditions ---------------------------------------------------------------

    def set_clock(self, now: datetime | str, *, frozen: bool | None = None) -> None:
        text = now if isinstance(now, str) else now.isoformat()
        body: dict[str, Any] = {"now": text}
        if frozen is not None:
            body["frozen"] = frozen
        self._ask("POST", "clock", body)

    def advance(self, seconds: float) -> None:
        self._ask("POST", "clock", {"advance_seconds": seconds})

    def freeze(self, *, frozen: bool = True) -> None:
        self._ask("POST", "clock", {"frozen": frozen})

    def set_latency(self, seconds: float) -> None:
        self._ask("POST", "latency", {"seconds": seconds})

    def set_visibility_delay(self, seconds: float) -> None:
        self._ask("POST", "visibility_delay", {"seconds": seconds})

    def expire_sync(self) -> None:
        """The next reading of any event stream is answered 412, with a fresh token."""
        self._ask("POST", "expire_sync", {})

    def switch(self, **switches: Any) -> None:
        """Turn named switches, such as `refuse_two_homes=True`."""
        self._ask("POST", "switches", switches)

    def real_limits(self, *, paid: bool = True) -> None:
        """The limits that Asana documents: calls a minute, and calls in flight."""
        self.switch(**real_limits(paid=paid))

    # --- faults ----------------------------------------------------------------------------

    def add_fault(
        self, kind: str, method: str = "*", path: str = "**", nth: int = 1, **more: Any
    ) -> None:
        self.add_faults([{"kind": kind, "method": method, "path": path, "nth": nth, **more}])

    def add_faults(self, faults: Sequence[Mapping[str, Any]]) -> None:
        self._ask("POST", "faults", [dict(fault) for fault in faults])

    def faults(self) -> list[dict[str, Any]]:
        """Each fault with how often it `matched` and `fired`."""
        return list(self._ask("GET", "faults"))

    def unfired(self) -> list[dict[str, Any]]:
        """The faults that never struck: a test that leans on one of them proves nothing."""
        return list(self._ask("GET", "faults?fired=no"))

    def clear_faults(self) -> None:
        self._ask("DELETE", "faults")

    def save(self, name: str) -> None:
        """Keep the whole world under a name, to begin again from it."""
        self._ask("POST", "save", {"name": name})

    def restore(self, name: str) -> None:
        """Back to a saved world; faults, interludes, limits and counts are forgotten."""
        self._ask("POST", "restore", {"name": name})

    # --- webhooks --------------------------------------------------------------------------

    def webhooks(self) -> list[dict[str, Any]]:
        """Each living one with its `attempts`: `body`, `signature`, `events`, `status`."""
        return list(self._ask("GET", "webhooks"))

    def steer_webhook(self, gid: str, **orders: bool) -> None:
        """`twice` and `forged` last; `heartbeat` and `now` are due at once; `delete` ends it."""
        self._ask("POST", f"webhooks/{gid}", orders)

    # --- people ----------------------------------------------------------------------------

    def add_person(
        self,
        name: str,
        email: str | None = None,
        *,
        token: str | None = None,
        team: bool = True,
        seat: str = "member",
        app: str | None = None,
    ) -> dict[str, Any]:
        """Someone with a token of their own, or of an `app`: `gid`, `name`, `email`, `token`."""
        body: dict[str, Any] = {"name": name, "team": team, "seat": seat, "app": app}
        if email is not None:
            body["email"] = email
        if token is not None:
            body["token"] = token
        return self._object("POST", "people", body)

    def add_token(self, by: str, *, app: str | None = None, token: str | None = None) -> str:
        """One more token of someone: a personal one, or one given to an OAuth app."""
        body = {"as": by, "app": app, **({"token": token} if token is not None else {})}
        return str(self._object("POST", "tokens", body)["token"])

    def revoke(self, by: str) -> None:
        """Someone's tokens, or one of them by its label, are answered 401 from now on."""
        self._ask("POST", "revoke", {"as": by})

    def act(self, verb: str, by: str, **arguments: Any) -> dict[str, Any]:
        """Any act by its verb; the methods below name the common ones."""
        return self._object("POST", f"act/{verb}", {"as": by, **arguments})

    def interlude(self, by: str, acts: Sequence[Mapping[str, Any]], **more: Any) -> None:
        """
        Have a person act right before (or `when="after"`) the `nth` request from now on.

        Each act is its arguments and its `verb`; `method`, `path` and `patient` as in
        `sync.sandbox.interludes`.
        """
        self._ask("POST", "interludes", {"as": by, "acts": [dict(a) for a in acts], **more})

    def interludes(self) -> list[dict[str, Any]]:
        """Each with `fired_at`, what it `made`, and why it was `refused` if it was."""
        return list(self._ask("GET", "interludes"))

    def edit_task(self, task: str, by: str, **changes: Any) -> None:
        """`name`, `notes`, `completed`, `due_on`, …, and `fields={name: value or option}`."""
        self.act("edit_task", by, task=task, **changes)

    def add_task(self, name: str, by: str, **more: Any) -> str:
        """In a `project` (and `section`) or under a `parent`. The new gid."""
        return str(self.act("add_task", by, name=name, **more)["gid"])

    def comment(self, task: str, by: str, text: str) -> None:
        self.act("comment", by, task=task, text=text)

    def trash_task(self, task: str, by: str) -> None:
        self.act("trash_task", by, task=task)

    def restore_task(self, task: str, by: str) -> None:
        self.act("restore_task", by, task=task)

    def duplicate_task(self, task: str, by: str, name: str | None = None) -> str:
        return str(self.act("duplicate_task", by, task=task, name=name)["gid"])

    def move_task(
        self, task: str, by: str, project: str, section: str, position: str = "end"
    ) -> None:
        self.act("move_task", by, task=task, project=project, section=section, position=position)

    def remove_task(self, task: str, by: str, project: str) -> None:
        self.act("remove_task", by, task=task, project=project)

    def convert_to_subtask(
        self, task: str, by: str, parent: str, *, keep_projects: bool = False
    ) -> None:
        self.act("convert_to_subtask", by, task=task, parent=parent, keep_projects=keep_projects)

    def rename_field(self, field: str, by: str, name: str) -> None:
        self.act("rename_field", by, field=field, name=name)

    def rename_option(self, field: str, option: str, by: str, name: str) -> None:
        self.act("rename_option", by, field=field, option=option, name=name)

    def disable_option(self, field: str, option: str, by: str) -> None:
        self.act("disable_option", by, field=field, option=option)

    def detach_field(self, field: str, by: str, project: str) -> None:
        self.act("detach_field", by, field=field, project=project)

    def archive_project(self, project: str, by: str) -> None:
        self.act("archive_project", by, project=project)

    # ---------------------------------------------------------------------------------------

    def _object(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return dict(self._ask(method, path, body))

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._session.request(
            method, f"{self.base_url}/control/{path}", json=body, timeout=TIMEOUT
        )
        if answer.status_code != 200:
            raise ControlRefusedError(answer.json()["errors"][0]["message"])
        return answer.json()
