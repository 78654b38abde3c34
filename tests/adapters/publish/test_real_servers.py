"""The same publication on a real S3-compatible server and on a real SSH server, on loopback."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncssh
import boto3
import pytest
from pydantic import SecretStr

from sync.adapters.publish import RemotePublisher, Unread, make_publisher
from sync.adapters.publish.elsewhere import s3_shelf, sftp_shelf
from sync.core.chain import Told
from sync.core.places import S3Place, SftpPlace
from sync.errors import PublicationFailed, PublicationMissing
from sync.model.record import Head
from sync.model.snapshot import PublicLog
from sync.ports import Publication
from tests.adapters.publish import test_withdrawal
from tests.adapters.publish.publications import publication
from tests.adapters.publish.shelves import (
    PASSWORD,
    S3_TOKEN,
    SshServer,
    s3_server,
    ssh_server,
    told_truly,
)
from tests.site.publication_samples import history, withdrawn


@dataclass
class Elsewhere:
    """A target on a real server, and what stands there, seen past our own code."""

    url: str
    token: str
    held: Callable[[], dict[str, bytes]]
    alter: Callable[[str, bytes], object]

    def publisher(self) -> RemotePublisher:
        made = make_publisher(self.url, token=SecretStr(self.token))
        assert isinstance(made, RemotePublisher)
        return made


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("ssh")) as server:
        yield server


def bucket(address: str, name: str) -> Any:
    key, _, secret = S3_TOKEN.partition(":")
    resource = boto3.resource(
        "s3",
        endpoint_url=address,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        region_name="us-east-1",
    )
    return resource.create_bucket(Bucket=name)


@pytest.fixture(params=["s3", "sftp"])
def elsewhere(request: pytest.FixtureRequest) -> Iterator[Elsewhere]:
    place = f"{request.node.originalname[:20]}".replace("_", "-").strip("-")
    if request.param == "s3":
        address = request.getfixturevalue("s3_address")
        seau = bucket(address, f"seau-{place}")

        def held() -> dict[str, bytes]:
            found = {o.key: o.get()["Body"].read() for o in seau.objects.all()}
            return {key.removeprefix("plan/cent/"): body for key, body in found.items()}

        yield Elsewhere(
            f"s3://seau-{place}/plan/cent?endpoint={address}",
            S3_TOKEN,
            held,
            lambda name, body: seau.put_object(Key=f"plan/cent/{name}", Body=body),
        )
        seau.meta.client.close()
    else:
        server = request.getfixturevalue("ssh")
        root = server.root / place
        root.mkdir(exist_ok=True)
        yield Elsewhere(
            f"sftp://ville@127.0.0.1:{server.port}/{place}?known_hosts={server.known_hosts}",
            PASSWORD,
            lambda: files(root),
            lambda name, body: (root / name).write_bytes(body),
        )


def files(root: Path) -> dict[str, bytes]:
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*")}
    return {name: path.read_bytes() for name, path in found.items() if path.is_file()}


def test_a_history_is_published_confirmed_and_mended_there(elsewhere: Elsewhere) -> None:
    plan = publication(1).snapshot.plan.id
    target = elsewhere.publisher()
    assert target.standing(plan) is None
    for number in (1, 2):
        target.publish(publication(number))
        assert told_truly(elsewhere.held()) == number
    good = publication(2)
    assert elsewhere.held()["dernier.json"] == good.record.body
    assert elsewhere.held()["actions/a-02/index.html"] == b"<p>2</p>"
    standing = target.standing(plan)
    assert standing is not None
    assert standing.number == 2

    later = good.state.model_copy(update={"verifie_le": good.state.verifie_le + timedelta(days=1)})
    target.confirm(later, good.record.digest)
    assert b"2026-02-11" in elsewhere.held()["etat.json"]

    elsewhere.alter("actions/a-02/index.html", b"pirate")
    with pytest.raises(PublicationMissing, match="a-02"):
        target.confirm(later, good.record.digest)
    target.publish(good)
    held = elsewhere.held()
    aside = [name for name in held if name.startswith(".altere/")]
    assert [held.pop(name) for name in aside] == [b"pirate"]
    assert told_truly(held) == 2
    assert not [name for name in held if name.startswith(".nouveau/")]


def with_log(number: int) -> Publication:
    """Publication `number`, whose `etat.json` tells how far the log has come."""
    found = publication(number)
    log = PublicLog(lignes=10 * number, tete=str(number) * 64)
    return replace(found, state=found.state.model_copy(update={"journal": log}))


def test_what_stands_there_is_a_witness_of_the_log(elsewhere: Elsewhere) -> None:
    plan = publication(1).snapshot.plan.id
    target = elsewhere.publisher()
    assert list(target.told(plan)) == []
    target.publish(with_log(1))
    target.publish(with_log(2))
    (told,) = target.told(plan)
    assert isinstance(told, Told)
    assert (told.head, told.where) == (Head(20, "2" * 64), f"{target.name}/etat.json")

    log = {"journal": {"lignes": 7, "tete": "7" * 64}}
    elsewhere.alter("instantanes/0001.json", json.dumps(log).encode())
    elsewhere.alter("etat.json", b"{")
    unread, seven = target.told(plan)
    assert unread == Unread(f"{target.name}/etat.json")
    assert seven == Told(Head(7, "7" * 64), f"{target.name}/instantanes/0001.json")


def test_a_withdrawn_text_is_in_no_file_there_any_more(elsewhere: Elsewhere) -> None:
    target = elsewhere.publisher()
    before = test_withdrawal.publication(history(3))
    target.publish(before)
    elsewhere.alter("index.html", test_withdrawal.GONE)
    target.publish(before)
    assert [name for name in elsewhere.held() if name.startswith(".altere/")]
    assert [name for name, body in elsewhere.held().items() if test_withdrawal.GONE in body]
    after = test_withdrawal.publication(withdrawn(history(3), 2))
    target.publish(after)
    held = elsewhere.held()
    assert held["instantanes/0002.json"] == after.immutable["instantanes/0002.json"]
    assert not [name for name, body in held.items() if test_withdrawal.GONE in body]


def test_what_is_somebody_elses_there_is_left(elsewhere: Elsewhere) -> None:
    elsewhere.alter("index.html", b"a moi")
    with pytest.raises(PublicationFailed, match="not Jalon"):
        elsewhere.publisher().publish(publication(1))
    assert elsewhere.held() == {"index.html": b"a moi"}


def test_files_in_a_bucket_have_their_media_type(s3_address: str) -> None:
    """A browser downloads what a bucket serves as octets."""
    seau = bucket(s3_address, "seau-types")
    target = make_publisher(f"s3://seau-types?endpoint={s3_address}", token=SecretStr(S3_TOKEN))
    target.publish(publication(1))
    found = {one.key: one.Object() for one in seau.objects.all()}
    assert found["index.html"].content_type == "text/html; charset=utf-8"
    assert found["dernier.json"].content_type == "application/json; charset=utf-8"
    assert "immutable" in found["instantanes/0001.json"].cache_control
    assert "immutable" not in found["dernier.json"].cache_control
    seau.meta.client.close()


def told(failure: pytest.ExceptionInfo[PublicationFailed]) -> str:
    error = failure.value
    return f"{error.in_('fr')} {error.in_('en')} {error} {error.facts!r} {error.__cause__!r}"


def test_a_bucket_that_is_not_there_is_told(s3_address: str) -> None:
    url = f"s3://pas-de-seau/x?endpoint={s3_address}"
    with pytest.raises(PublicationFailed) as failure:
        make_publisher(url, token=SecretStr(S3_TOKEN)).publish(publication(1))
    assert "seau" in failure.value.in_("fr")
    assert "secret-canari" not in told(failure)


@pytest.mark.parametrize("scheme", ["s3", "sftp"])
def test_a_server_that_is_away_is_told_and_stands_nowhere(scheme: str, ssh: SshServer) -> None:
    url, token = {
        "s3": ("s3://seau/x?endpoint=http://127.0.0.1:1", S3_TOKEN),
        "sftp": (f"sftp://ville@127.0.0.1:1/x?known_hosts={ssh.known_hosts}", PASSWORD),
    }[scheme]
    target = make_publisher(url, token=SecretStr(token))
    with pytest.raises(PublicationFailed, match="did not answer") as failure:
        target.publish(publication(1))
    assert "canari" not in told(failure)
    assert target.standing(publication(1).snapshot.plan.id) is None


def test_a_host_key_that_is_not_known_stops_everything(ssh: SshServer, tmp_path: Path) -> None:
    """Whoever answers in the server's place gets neither the password nor a file."""
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    known = tmp_path / "known_hosts"
    for line in (f"[127.0.0.1]:{ssh.port} {other}\n", "# vide\n"):
        known.write_text(line)
        url = f"sftp://ville@127.0.0.1:{ssh.port}/x?known_hosts={known}"
        with pytest.raises(PublicationFailed, match="host key") as failure:
            make_publisher(url, token=SecretStr(PASSWORD)).publish(publication(1))
        assert PASSWORD not in told(failure)
    known.unlink()
    with pytest.raises(PublicationFailed, match="does not exist"):
        make_publisher(url, token=SecretStr(PASSWORD)).publish(publication(1))
    assert not (ssh.root / "x").exists()


@pytest.mark.parametrize("token", ["faux-mot-de-passe", None])
def test_a_wrong_password_is_told_and_not_quoted(ssh: SshServer, token: str | None) -> None:
    url = f"sftp://ville@127.0.0.1:{ssh.port}/x?known_hosts={ssh.known_hosts}"
    secret = SecretStr(token) if token else None
    with pytest.raises(PublicationFailed, match="login refused") as failure:
        make_publisher(url, token=secret).publish(publication(1))
    assert "faux-mot" not in told(failure)


def test_a_key_with_its_passphrase_opens_the_server(ssh: SshServer) -> None:
    (ssh.root / "cle").mkdir()
    url = f"sftp://ville@127.0.0.1:{ssh.port}/cle?known_hosts={ssh.known_hosts}&key={ssh.key}"
    make_publisher(url, token=SecretStr(PASSWORD)).publish(publication(1))
    assert told_truly(files(ssh.root / "cle")) == 1


def test_a_folder_that_may_not_be_written_is_told(ssh: SshServer) -> None:
    """The place is a file."""
    (ssh.root / "fichier").write_text("x")
    url = f"sftp://ville@127.0.0.1:{ssh.port}/fichier?known_hosts={ssh.known_hosts}"
    with pytest.raises(PublicationFailed):
        make_publisher(url, token=SecretStr(PASSWORD)).publish(publication(1))


@pytest.mark.parametrize("scheme", ["s3", "sftp"])
def test_a_delivery_ends_in_time_and_goes_on_from_what_has_arrived(
    scheme: str, ssh: SshServer, s3_address: str
) -> None:
    """The lease of a cycle must outlive it."""
    if scheme == "s3":
        seau = bucket(s3_address, "seau-lent")
        seau.meta.client.close()
        place = S3Place("seau-lent", "", s3_address)
        opened = s3_shelf(place, "ici", SecretStr(S3_TOKEN), seconds=-1.0)
    else:
        where = SftpPlace("127.0.0.1", ssh.port, "ville", "/lent", str(ssh.known_hosts))
        opened = sftp_shelf(where, "ici", SecretStr(PASSWORD), seconds=-1.0)
    with pytest.raises(PublicationFailed, match="did not end in time"):
        RemotePublisher("ici", opened).publish(publication(1))
