"""
Webhooks as Asana keeps them: made, found again, looked at. None is ever deleted by us.

A create is sent once, as every other; while it is open Asana calls the target, so somebody must
be listening there in another thread.
"""

from typing import Any, Final

import asana

from sync.adapters.asana import decode
from sync.adapters.asana.exchange import Failure
from sync.adapters.asana.listing import list_all
from sync.adapters.asana.session import Session
from sync.adapters.asana.workspace import Workspace
from sync.errors import TargetRejected
from sync.ports import Subscription
from sync.wording import Text

_SECRET: Final = "X-Hook-Secret"  # noqa: S105 - a key of the answer
_GONE: Final = (403, 404)


class AsanaSubscriptions:
    """Building it sends nothing."""

    def __init__(self, session: Session, *, workspace: str | None = None) -> None:
        self._session = session
        self._workspace = Workspace(session, workspace)
        self._api: Any = asana.WebhooksApi(session.client)

    def create(self, resource: str, target: str) -> Subscription:
        def made() -> Subscription:
            answer = self._api.create_webhook(
                {"data": {"resource": resource, "target": target}},
                {"opt_fields": "gid"},
                full_payload=True,
            )
            secret = answer.get(_SECRET)
            if not isinstance(secret, str):
                raise Failure("unreadable", status=201)
            return Subscription(decode.gid(answer["data"]), secret)

        return self._session.create(
            Text(f"créer un webhook du projet {resource}", f"create a webhook of {resource}"), made
        )

    def find(self, resource: str, target: str) -> str | None:
        """The gid of the webhook that tells this target of this resource, if there is one."""
        workspace = self._workspace.gid()
        listed = list_all(
            self._session,
            Text(f"lister les webhooks du projet {resource}", f"list the webhooks of {resource}"),
            lambda options: self._api.get_webhooks(
                workspace, {"resource": resource, **options}, full_payload=True
            ),
            decode.webhook,
            fields="target",
        )
        return next((each.gid for each in listed if each.target == target), None)

    def stands(self, webhook: str) -> bool:
        """Whether Asana still holds it."""

        def same() -> None:
            said = self._api.get_webhook(webhook, {"opt_fields": "gid"}, full_payload=True)["data"]
            if decode.gid(said) != webhook:
                raise Failure("unreadable")

        try:
            self._session.read(Text(f"lire le webhook {webhook}", f"read webhook {webhook}"), same)
        except TargetRejected as error:
            if error.status not in _GONE:
                raise
            return False
        return True
