"""
A lie in each request and in each answer, to see that Prism validates every call.

Prism that cannot compile a schema skips it without a word, and what it skips differs from call
to call. So an exchange that passed is sent again with something wrong in it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

import requests

from sync.sandbox.routes.table import build_map
from tests.contract.prism import Prism
from tests.contract.relay import Passed
from tests.contract.verdicts import Verdict, Verdicts

LIE: Final = "mensonge"
NOWHERE: Final = "http://127.0.0.1:9"
JUDGE: Final = "Prism, a lie in each call"
_ROUTES: Final = build_map().bind("sandbox")


def one_of_each(exchanges: Iterable[Passed]) -> dict[str, Passed]:
    """One good exchange for each call, by its name: the one with the most to say."""
    found: dict[str, Passed] = {}
    for passed in exchanges:
        if not 200 <= passed.status <= 299:
            continue
        rule, _ = _ROUTES.match(passed.path, method=passed.method, return_rule=True)
        name = f"{passed.method} {rule.rule}"
        if name not in found or len(found[name].body) < len(passed.body):
            found[name] = passed
    return found


def lies_believed(prism: Prism, calls: Mapping[str, Passed], verdicts: Verdicts) -> list[str]:
    """The lies that passed, and the true exchanges that did not."""
    believed: list[str] = []

    def planted(what: str, told: requests.Response, status: int, kind: str) -> None:
        verdicts.tell(Verdict(JUDGE, of="calls", planted=1))
        if told.status_code == status and kind in told.text:
            verdicts.tell(Verdict(JUDGE, of="calls", caught=1))
        else:
            believed.append(f"{what}: {told.status_code}")

    with prism.before(NOWHERE), requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = "Bearer x"

        def ask(passed: Passed, sent: bytes) -> requests.Response:
            return session.request(
                passed.method,
                f"{prism.url}{passed.target}",
                data=sent,
                headers={"Content-Type": "application/json"} if sent else {},
                timeout=30,
            )

        for name, passed in calls.items():
            verdicts.tell(Verdict(JUDGE, of="calls", judged=1))
            prism.hand.stand_in = passed
            if (true := ask(passed, passed.sent)).status_code != passed.status:
                believed.append(f"{name}: the truth: {true.status_code}")
            for what, body in _lies(passed.sent).items():
                told = ask(passed, body)
                planted(f"{name}: request, {what}", told, 422, "UNPROCESSABLE")
            for what, body in _lies(passed.body).items():
                prism.hand.stand_in = replace(passed, body=body)
                told = ask(passed, passed.sent)
                planted(f"{name}: answer, {what}", told, 500, "VIOLATIONS")
    return believed


def _lies(document: bytes) -> dict[str, bytes]:
    """A wrong container, and a wrong type in the first word where there is one."""
    if not document:
        return {}
    told = json.loads(document)
    lies = {"container": json.dumps({**told, "data": LIE}).encode()}
    inside = told["data"][0] if isinstance(told["data"], list) and told["data"] else told["data"]
    words = [name for name, value in inside.items() if isinstance(value, str)] if inside else []
    if words:
        inside[words[0]] = {}
        lies["word"] = json.dumps(told).encode()
    return lies
