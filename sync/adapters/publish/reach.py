"""
Which machine a web target's name may lead to, and a connection to that very one.

A name is whatever its owner's DNS says today. It is resolved once for each exchange, every address
that it has must be allowed, and the connection goes to one of them: nobody can answer the check
with one address and the connection with another. The certificate is still that of the name.
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from sync.wording import Text

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host; raises OSError where it has none."""

Address = IPv4Address | IPv6Address

_INTERNAL: Final = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)
_NAT64: Final = ip_network("64:ff9b::/96")


class Unreachable(Exception):
    """A name that leads where no target may be."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def resolve(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(where[0]) for *_, where in found))


def is_loopback_name(host: str) -> bool:
    """Whether it names this very machine in so many words, which is then what is wanted."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def reachable(host: str, port: int, *, internal: bool, look_up: Resolve = resolve) -> list[str]:
    """
    Every address of a host, once each was found to be allowed.

    `internal` also allows private networks. Raises Unreachable, and OSError where there is no such
    host.
    """
    here = is_loopback_name(host)
    addresses = list(look_up(host, port))
    if not addresses:
        raise OSError(host)
    for text in addresses:
        address = _meant(ip_address(text.partition("%")[0]))
        if not (address.is_loopback if here else _allowed(address, internal=internal)):
            raise Unreachable(_refused(address, internal=internal))
    return addresses


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, if it stands for one."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _allowed(address: Address, *, internal: bool) -> bool:
    if internal and any(address in each for each in _INTERNAL if each.version == address.version):
        return True
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    old = isinstance(address, IPv6Address) and (address.teredo or address.is_site_local)
    return not old


def _refused(address: Address, *, internal: bool) -> Text:
    private = any(address in each for each in _INTERNAL if each.version == address.version)
    if private and not internal:
        return Text(
            "le nom mène à un réseau privé; si c’est voulu, dites `internal: true` pour cette "
            "cible dans la configuration, ou nommez l’hôte dans JALON_PUBLISH_INTERNAL",
            "the name leads into a private network; where that is meant, say `internal: true` "
            "for this target in the config, or name the host in JALON_PUBLISH_INTERNAL",
        )
    return Text(
        "le nom mène à une adresse où aucune cible ne peut être (cette machine, un lien local, "
        "une adresse réservée)",
        "the name leads to an address where no target can be (this machine, a local link, a "
        "reserved address)",
    )


class PinnedAdapter(HTTPAdapter):
    """Connects to one address, as the host that it was looked up for."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        del proxies  # never one of them
        host, found = self.build_connection_pool_key_attributes(request, verify, cert)
        pool: dict[str, Any] = {**found}
        name = host["host"].strip("[]")
        if host["scheme"] == "https":
            pool |= {"server_hostname": name, "assert_hostname": name}
        pinned: Any = {**host, "host": self._address}
        return self.poolmanager.connection_from_host(**pinned, pool_kwargs=pool)

    def add_headers(self, request: requests.PreparedRequest, **_: Any) -> None:
        request.headers["Host"] = urlsplit(str(request.url)).netloc


def pin(session: requests.Session, address: str) -> None:
    """Every exchange of that session goes to that address; no proxy and no netrc on the way."""
    session.trust_env = False
    for scheme in ("https://", "http://"):
        session.mount(scheme, PinnedAdapter(address))
