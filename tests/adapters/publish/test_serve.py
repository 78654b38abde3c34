"""What `jalon preview` answers: the folder's bytes with the host's headers, and nothing else."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from sync.adapters.publish import DirectoryPublisher
from sync.adapters.publish.layout import CURRENT, MANIFEST, VERSIONS
from sync.adapters.publish.serve import LOOPBACK, application, preview_server
from sync.core.serving import HEADERS, MISSING, TYPES, content_type, headers_for, is_hidden
from sync.errors import ConfigError
from tests.adapters.publish.publications import publication


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two publications of ours, and beside them what nobody may fetch."""
    root = tmp_path_factory.mktemp("host") / "public"
    for number in (1, 2):
        DirectoryPublisher(root, "essai").publish(publication(number))
    (root / "secret").symlink_to(root.parent / "outside.txt")
    (root.parent / "outside.txt").write_text("dehors", encoding="utf-8")
    (root / "vide").mkdir()
    (root / "actions").mkdir(exist_ok=True)
    (root / "actions" / "index.html").write_text("<p>liste</p>", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def host(folder: Path) -> Client:
    return Client(application(folder))


def test_every_file_of_a_publication_is_served_whole_with_its_type(
    host: Client, folder: Path
) -> None:
    names = ("index.html", "dernier.json", "etat.json", "instantanes/0001.json")
    for name in (*names, "schema/instantane.schema.json"):
        answer = host.get(f"/{name}")
        assert answer.status_code == 200
        assert answer.data == (folder / name).read_bytes()
        assert answer.headers["Content-Type"] == content_type(f"/{name}")
        assert headers_for(f"/{name}").items() <= dict(answer.headers).items()
    assert host.get("/").data == (folder / "index.html").read_bytes()
    assert host.get("/actions/").data == b"<p>liste</p>"
    assert host.get("/actions").headers["Location"] == "actions/"


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/index.html", "text/html; charset=utf-8"),
        ("/dernier.json", "application/json; charset=utf-8"),
        ("/flux.json", "application/feed+json; charset=utf-8"),
        ("/suivi/flux.json", "application/feed+json; charset=utf-8"),
        ("/json", "text/plain; charset=utf-8"),
        ("/schema/instantane.schema.json", "application/json; charset=utf-8"),
        ("/flux.atom", "application/atom+xml; charset=utf-8"),
        ("/jalons.ics", "text/calendar; charset=utf-8"),
        ("/catalogue.jsonld", "application/ld+json; charset=utf-8"),
        ("/actions.csv", "text/csv; charset=utf-8"),
        ("/plan.stratml.xml", "application/xml; charset=utf-8"),
        ("/SHA256SUMS", "text/plain; charset=utf-8"),
        ("/note.txt", "text/plain; charset=utf-8"),
        ("/programme.exe", "text/plain; charset=utf-8"),
    ],
)
def test_each_kind_has_its_type_and_what_is_unknown_is_never_run(path: str, sent: str) -> None:
    assert content_type(path) == sent


def test_the_headers_of_each_kind() -> None:
    page, embed = headers_for("/suivi/index.html"), headers_for("/suivi/integration.html")
    data, past = headers_for("/dernier.json"), headers_for("/instantanes/0004.json")
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    assert "frame-ancestors *" in embed["Content-Security-Policy"]
    for one in (data, past):
        assert one["Content-Security-Policy"].startswith("default-src 'none'")
        assert one["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in page
    assert "immutable" in past["Cache-Control"]
    assert "immutable" not in data["Cache-Control"] + page["Cache-Control"]
    assert max(map(int, re.findall(r"max-age=(\d+)", past["Cache-Control"]))) <= 86_400
    for one in (page, embed, data, past):
        assert one["X-Content-Type-Options"] == "nosniff"
        assert one["Referrer-Policy"] == "no-referrer"
    assert headers_for("/x/instantanes/0004.json.html") == page


def test_a_reader_who_has_it_already_is_told_so(host: Client, folder: Path) -> None:
    whole = host.get("/dernier.json")
    digest = hashlib.sha256((folder / "dernier.json").read_bytes()).hexdigest()
    assert whole.headers["ETag"] == f'"{digest[:32]}"'
    for condition in (
        {"If-None-Match": whole.headers["ETag"]},
        {"If-Modified-Since": whole.headers["Last-Modified"]},
    ):
        answer = host.get("/dernier.json", headers=condition)
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["Cache-Control"] == whole.headers["Cache-Control"]
    stale = {"If-None-Match": '"autre"', "If-Modified-Since": whole.headers["Last-Modified"]}
    assert host.get("/dernier.json", headers=stale).status_code == 200


def test_a_head_has_the_headers_and_no_body(host: Client) -> None:
    whole, head = host.get("/dernier.json"), host.head("/dernier.json")
    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == {**dict(whole.headers), "Date": head.headers.get("Date")} or (
        dict(head.headers) == dict(whole.headers)
    )


def test_a_part_can_be_asked_for(host: Client, folder: Path) -> None:
    answer = host.get("/dernier.json", headers={"Range": "bytes=2-5"})
    assert (answer.status_code, answer.data) == (
        206,
        (folder / "dernier.json").read_bytes()[2:6],
    )


REFUSED = (
    f"/{VERSIONS}",
    f"/{VERSIONS}/",
    f"/{CURRENT}",
    f"/{CURRENT}/index.html",
    f"/{CURRENT}/{MANIFEST}",
    f"/{MANIFEST}",
    f"/schema/../{MANIFEST}",
    "/%2emanifeste.json",
    "/%2e%2e/outside.txt",
    "/../outside.txt",
    "/actions/../../outside.txt",
    "/actions/..%2f..%2foutside.txt",
    "/..%5coutside.txt",
    "/....//outside.txt",
    "//etc/passwd",
    "/%2fetc/passwd",
    "/secret",
    "/vide/",
    "/schema/",
    "/index.html/",
    "/absent.json",
    "/index.html%00.json",
    "/index.html%2500",
)


@pytest.mark.parametrize("path", REFUSED)
def test_nothing_else_can_be_fetched_and_no_folder_is_listed(host: Client, path: str) -> None:
    answer = host.get(path)
    assert answer.status_code == 404
    assert answer.text.startswith("404 : cette page n’est pas dans le dossier publié.\n404: ")
    assert b"dehors" not in answer.data
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [*REFUSED, "/en/profond/absent/", "/actions/absente.html"])
def test_what_is_not_there_is_answered_with_the_folder_s_own_page(
    tmp_path: Path, path: str
) -> None:
    (tmp_path / "index.html").write_text("<p>Le plan</p>", encoding="utf-8")
    (tmp_path / MISSING).write_text("<p>Rien ici</p>", encoding="utf-8")
    answer = Client(application(tmp_path)).get(path)
    assert (answer.status_code, answer.text) == (404, "<p>Rien ici</p>")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = headers_for("/index.html")["Content-Security-Policy"]
    assert answer.headers["Content-Security-Policy"] == policy
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_manifest_stands_there_and_is_no_part_of_what_is_served(folder: Path) -> None:
    """Else the refusals above would prove nothing."""
    assert (folder / CURRENT / MANIFEST).exists() or (folder / MANIFEST).exists()
    assert is_hidden(f"/suivi/{CURRENT}/x")
    assert is_hidden(f"/{MANIFEST}")
    assert not is_hidden("/courante.html")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
def test_nothing_can_be_written(host: Client, method: str) -> None:
    answer: TestResponse = host.open("/index.html", method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_a_new_publication_is_seen_at_the_next_request(tmp_path: Path) -> None:
    root = tmp_path / "public"
    publisher, host = DirectoryPublisher(root, "essai"), Client(application(root))
    publisher.publish(publication(1))
    first = host.get("/dernier.json").headers["ETag"]
    publisher.publish(publication(2))
    answer = host.get("/dernier.json", headers={"If-None-Match": first})
    assert (answer.status_code, answer.json["numero"] if answer.json else None) == (200, 2)


def test_it_listens_on_loopback_and_says_what_is_missing(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="jalon sync"):
        preview_server(tmp_path, 0)
    server = preview_server(folder, 0)
    try:
        assert server.server_address[0] == LOOPBACK
        with pytest.raises(ConfigError, match=str(server.port)):
            preview_server(folder, server.port)
    finally:
        server.server_close()


def patterns() -> Iterator[str]:
    for header in HEADERS:
        for case in header.cases:
            yield case.pattern


def test_patterns_mean_the_same_to_nginx_and_apache() -> None:
    """No class, look-around or quote that another engine or a config file reads otherwise."""
    for pattern in patterns():
        assert not re.search(r"\\[dwsDWSbB]|\(\?|[\"'\s;{}#]", pattern), pattern
    assert all(suffix.isalnum() for suffix in TYPES)
