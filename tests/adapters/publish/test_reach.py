"""A push reaches the machine that was meant, and no other, whatever a name server says."""

import hashlib
import hmac
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest
import requests
import trustme
from pydantic import SecretStr

from sync.adapters.publish import make_publisher
from sync.adapters.publish.http import HttpPublisher
from sync.adapters.publish.reach import Unreachable, reachable
from sync.errors import ConfigError, PublicationFailed
from tests.adapters.publish.publications import publication
from tests.adapters.publish.receiver import answer, receiving
from tests.adapters.publish.test_http_push import CANARY, NOON, VirtualTime, everything, pace

REFUSED = {
    "this machine": "127.0.0.1",
    "this machine by another number": "127.8.9.1",
    "unspecified": "0.0.0.0",  # noqa: S104 - what must not be reached
    "this network": "0.1.2.3",
    "this machine, IPv6": "::1",
    "unspecified, IPv6": "::",
    "this machine, mapped": "::ffff:127.0.0.1",
    "this machine, mapped in hexadecimal": "::ffff:7f00:1",
    "this machine by NAT64": "64:ff9b::7f00:1",
    "this machine by 6to4": "2002:7f00:1::",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "metadata of a cloud": "169.254.169.254",
    "metadata, mapped": "::ffff:169.254.169.254",
    "metadata by NAT64": "64:ff9b::a9fe:a9fe",
    "metadata, IPv6": "fd00:ec2::254",
    "link-local": "169.254.1.1",
    "link-local, IPv6": "fe80::1",
    "link-local with a zone": "fe80::1%eth0",
    "private 10": "10.1.2.3",
    "private 172.16": "172.16.0.1",
    "private 172.31": "172.31.255.254",
    "private 192.168": "192.168.1.1",
    "private, mapped": "::ffff:10.0.0.1",
    "private, IPv6": "fc00::1",
    "shared by carriers": "100.64.0.1",
    "benchmark": "198.18.0.1",
    "documentation": "192.0.2.1",
    "documentation, IPv6": "2001:db8::1",
    "protocol assignments": "192.0.0.1",
    "multicast": "224.0.0.1",
    "multicast, IPv6": "ff02::1",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "site-local, IPv6": "fec0::1",
}
PRIVATE = {name: REFUSED[name] for name in REFUSED if "private" in name}


def says(*addresses: str) -> "Lookup":
    return Lookup(addresses)


class Lookup:
    """A name server that says the same each time, and how often it was asked."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self.addresses, self.asked = addresses, 0

    def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.asked += 1
        return self.addresses


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED)
def test_a_name_may_not_lead_there(address: str) -> None:
    with pytest.raises(Unreachable):
        reachable("ville.ca", 443, internal=False, look_up=says(address))


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED)
def test_one_bad_address_among_good_ones_is_enough(address: str) -> None:
    """Which of them would be taken is the name server's choice, not ours."""
    for answers in ((address, "93.184.215.14"), ("93.184.215.14", address)):
        with pytest.raises(Unreachable):
            reachable("ville.ca", 443, internal=False, look_up=says(*answers))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_a_public_address_is_reached(address: str) -> None:
    found = reachable("ville.ca", 443, internal=False, look_up=says(address))
    assert found == [address]


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED)
def test_an_internal_target_may_be_in_a_private_network_and_nowhere_else(address: str) -> None:
    allowed = address in {*PRIVATE.values(), "fd00:ec2::254"}
    try:
        reachable("cms.ville", 443, internal=True, look_up=says(address))
    except Unreachable:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_this_machine_by_its_own_name_leads_to_this_machine_only(name: str) -> None:
    assert reachable(name, 80, internal=False, look_up=says("127.0.0.1")) == ["127.0.0.1"]
    with pytest.raises(Unreachable):
        reachable(name, 80, internal=False, look_up=says("93.184.215.14"))


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0"])
def test_a_number_written_another_way_does_not_pass_for_a_name(host: str) -> None:
    """The system reads them all as this machine."""
    target = make_publisher(f"https://{host}/x")
    with pytest.raises(PublicationFailed, match=r"no target can be|did not confirm"):
        push_like(target).publish(publication(1))
    with pytest.raises(ConfigError):
        make_publisher(f"http://{host}/x")


def push_like(target: object) -> HttpPublisher:
    assert isinstance(target, HttpPublisher)
    return HttpPublisher(target._url, target.name, pace=pace(VirtualTime()))


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://ville.ca@127.0.0.1/x", id="the name is an account"),
        pytest.param("https://ville.ca:443@127.0.0.1/x", id="the name is an account with a port"),
        pytest.param("https://127.0.0.1\\@ville.ca/x", id="backslash"),
        pytest.param("https://ville.ca\\.mal.ca/x", id="backslash in the host"),
        pytest.param("https://ville.ca:0/x", id="port 0"),
        pytest.param("https://ville.ca:99999/x", id="no port"),
        pytest.param("https://\uff11\uff12\uff17.0.0.1/x", id="full-width digits"),
        pytest.param("https://\u24dbocalhost/x", id="circled letter"),
        pytest.param("https://127\u30020\u30020\u30021/x", id="ideographic full stops"),
        pytest.param("http://localhost.ville.ca/x", id="looks like this machine"),
        pytest.param("http://10.0.0.1/x", id="plain http inside"),
        pytest.param("gopher://ville.ca/x", id="another scheme"),
    ],
)
def test_an_address_that_two_readers_read_apart_is_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        make_publisher(url)


def test_nothing_is_sent_to_a_machine_that_is_not_allowed() -> None:
    """The receiver is there and would take it."""
    with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "ville.ca")
        sender = HttpPublisher(
            url, "push", SecretStr(CANARY), pace=pace(VirtualTime()), look_up=says("127.0.0.1")
        )
        with pytest.raises(PublicationFailed, match="no target can be") as failure:
            sender.publish(publication(1))
        assert receiver.received == []
    assert CANARY not in everything(failure.value)


def test_a_private_network_is_told_how_to_be_allowed() -> None:
    sender = HttpPublisher("https://cms.ville/x", "push", look_up=says("10.0.0.1"))
    with pytest.raises(PublicationFailed, match="internal: true"):
        sender.publish(publication(1))


def test_a_name_server_that_changes_its_mind_is_asked_once() -> None:
    """The address that was checked is the one that is connected to."""

    class Rebinding(Lookup):
        def __call__(self, host: str, port: int) -> Sequence[str]:
            super().__call__(host, port)
            return ["127.0.0.1"] if self.asked == 1 else ["10.0.0.1"]

    asked = Rebinding(())
    with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "localhost")
        HttpPublisher(url, "push", look_up=asked).publish(publication(1))
        assert len(receiver.received) == 1
        port = receiver.url.split(":")[2].partition("/")[0]
        assert receiver.received[0].headers["host"] == f"localhost:{port}"
    assert asked.asked == 1


def test_another_address_of_the_same_host_is_tried_at_once() -> None:
    time = VirtualTime()
    with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "localhost")
        asked = says("::1", "127.0.0.1")
        HttpPublisher(url, "push", pace=pace(time), look_up=asked).publish(publication(1))
        assert len(receiver.received) == 1
    assert time.slept == []


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path) -> type[requests.Session]:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)

    class Trusting(requests.Session):
        def __init__(self) -> None:
            super().__init__()
            self.verify = str(file)

    return Trusting


@pytest.mark.parametrize(("named", "taken"), [("localhost", 1), ("ville.ca", 0)])
def test_the_certificate_is_that_of_the_name(
    authority: trustme.CA, trusting: type[requests.Session], named: str, taken: int
) -> None:
    """Connecting to an address must not mean trusting whoever has it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(named).configure_cert(context)
    with receiving(tls=context, host="localhost") as receiver:
        sender = HttpPublisher(
            receiver.url,
            "push",
            open_session=trusting,
            pace=pace(VirtualTime()),
            look_up=says("127.0.0.1"),
        )
        if taken:
            sender.publish(publication(1))
        else:
            with pytest.raises(PublicationFailed, match="SSLError"):
                sender.publish(publication(1))
        assert len(receiver.received) == taken


def test_a_key_signs_and_is_never_sent() -> None:
    """Who only listens in cannot send in our name; an old message is seen to be old."""
    with receiving() as receiver:
        token = SecretStr(f"hmac:{CANARY}")
        sender = HttpPublisher(receiver.url, "push", token, pace=pace(VirtualTime()))
        sender.publish(publication(1))
        (got,) = receiver.received
    moment = str(int(NOON.timestamp()))
    signed = hmac.new(CANARY.encode(), f"{moment}.".encode() + got.body, hashlib.sha256)
    assert got.headers["jalon-signature"] == f"t={moment},v1={signed.hexdigest()}"
    assert "authorization" not in got.headers
    assert not any(CANARY in value for value in got.headers.values())


def test_a_problem_tells_its_title_and_its_detail_without_the_key() -> None:
    """RFC 9457: the detail is what helps whoever must correct it."""
    problem = {
        "type": "https://ville.ca/problemes/taille",
        "title": "Trop grand",
        "status": 413,
        "detail": f"Le corps fait 2 Mo, la limite est 1 Mo ({CANARY}).",
    }
    with receiving(answer(413, problem)) as receiver:
        sender = HttpPublisher(
            receiver.url, "push", SecretStr(f"hmac:{CANARY}"), pace=pace(VirtualTime())
        )
        with pytest.raises(PublicationFailed) as failure:
            sender.publish(publication(1))
    assert "« Trop grand – Le corps fait 2 Mo, la limite est 1 Mo" in failure.value.in_("fr")
    assert CANARY not in everything(failure.value)
