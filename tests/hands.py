"""A person at work in the sandbox by Asana's own API, before Jalon comes."""

from dataclasses import dataclass
from typing import Any

import requests

from sync.sandbox.process import RunningSandbox


@dataclass(frozen=True, slots=True)
class Hands:
    """A person at Asana's API, typing a plan."""

    sandbox: RunningSandbox

    def post(self, path: str, **data: Any) -> str:
        answer = requests.post(
            f"{self.sandbox.url}{path}",
            json={"data": data},
            headers={"Authorization": f"Bearer {self.sandbox.token}"},
            timeout=10,
        )
        assert answer.status_code in (200, 201), answer.text
        return str(answer.json()["data"].get("gid", ""))
