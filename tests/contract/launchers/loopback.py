"""Nothing but this machine: any other address is refused, and the program that asked ends."""

import ipaddress
import sys
from typing import Any


def stay_on_this_machine() -> None:
    """From here on, for the whole process and for every library in it."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_here(address[0]):
            raise OSError(f"left the machine: {address[0]}")
    elif event == "socket.getaddrinfo" and not _is_here(arguments[0]):
        raise OSError(f"left the machine: {arguments[0]}")


def _is_here(host: object) -> bool:
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return host == "localhost"
