"""What Asana answers instead of doing it: a status and a JSON body with `errors`."""

from collections.abc import Mapping
from typing import Any

HELP = (
    "For more information on API status codes and how to handle them, read the docs on "
    "errors: https://developers.asana.com/docs/errors"
)


class Refusal(Exception):
    """An answer other than success. `extra` stands beside `errors`, like the `sync` of a 412."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "help": HELP}
        if self.status == 500:  # Asana gives a phrase to quote to its support only there
            error["phrase"] = "6 sad squid snuggle softly"
        return {"errors": [error], **self.extra}


class NoAccess(Refusal):
    """The caller may not see the object; or sees it (`seen`) and may not change it."""

    def __init__(self, message: str, *, seen: bool = False) -> None:
        super().__init__(403, message)
        self.seen = seen


def invalid(message: str) -> Refusal:
    return Refusal(400, message)


def unknown_object(name: str, gid: object, *, in_path: bool = False) -> Refusal:
    """Asana says 404 for an object named by the path, and 400 for one named in a body."""
    return Refusal(404 if in_path else 400, f"{name}: Unknown object: {gid}")


def no_route() -> Refusal:
    """A wrong method answers the same as an unknown path: Asana has no 405."""
    return Refusal(404, "No matching route for request")


def not_in_sandbox(what: str) -> Refusal:
    """Asana has it and the sandbox does not: said aloud, so that no test passes by accident."""
    return Refusal(
        501,
        f"Le bac à sable de Jalon ne connaît pas : {what}. "
        f"The Jalon sandbox does not support: {what}.",
    )


def undocumented(what: str, switch: str) -> Refusal:
    """Nobody says what Asana does here, so the sandbox refuses until a switch decides."""
    return Refusal(
        400,
        f"{what} (undocumented; the sandbox refuses it unless the switch {switch} says otherwise)",
    )
