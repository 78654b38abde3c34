"""A place elsewhere is read from its URL; what is no place is refused, with the reason."""

import pytest

from sync.core.places import CkanPlace, Place, S3Place, SftpPlace, UnusablePlace, place_of
from sync.wording import Text

BUCKET = Text(
    "s3://seau/préfixe attendu, sans identifiant : la clé vient du jeton de la cible.",
    "s3://bucket/prefix is expected, without an id: the key is the target’s token.",
)
ACCOUNT = Text(
    "sftp://compte@hôte/chemin/absolu attendu.", "sftp://user@host/absolute/path is expected."
)
S3_OPTIONS = Text(
    "option inconnue, vide ou répétée après « ? ». Sont admises : endpoint, region.",
    "unknown, empty or repeated option after “?”. Allowed: endpoint, region.",
)
SFTP_OPTIONS = Text(
    "option inconnue, vide ou répétée après « ? ». Sont admises : known_hosts, key.",
    "unknown, empty or repeated option after “?”. Allowed: known_hosts, key.",
)
PASSWORD = Text(
    "mot de passe dans l’adresse : donnez-le par le jeton de la cible.",
    "password in the address: give it as the target’s token.",
)
FRAGMENT = Text("adresse sans « # » attendue.", "an address without “#” please.")
UNREADABLE = Text("adresse illisible.", "unreadable address.")
PATH = Text("chemin sans « .. » ni « // » attendu.", "a path without “..” or “//” please.")
REGION = Text("region : nom de région attendu.", "region: a name is expected.")
HOST = Text("endpoint : adresse https://hôte attendue.", "endpoint: https://host is expected.")
ENDPOINT = Text("endpoint : illisible.", "endpoint: unreadable.")
PLAIN = Text(
    "endpoint : http n’est admis que vers cette machine; employez https.",
    "endpoint: http is allowed to this machine only; use https.",
)


DATA_SET = Text(
    "ckan+https://portail/nom-du-jeu attendu : le nom est celui de la fin de l’adresse "
    "du jeu, en minuscules, chiffres, « - » et « _ ».",
    "ckan+https://portal/data-set-name is expected: the name is the one at the end of "
    "the data set’s address, in lowercase letters, digits, “-” and “_”.",
)
CKAN_OPTIONS = Text(
    "option inconnue, vide ou répétée après « ? ». Sont admises : organisation.",
    "unknown, empty or repeated option after “?”. Allowed: organisation.",
)
ORGANISATION = Text(
    "organisation : le nom de la fin de son adresse est attendu.",
    "organisation: the name at the end of its address is expected.",
)
PORTAL = Text(
    "ckan : http n’est admis que vers cette machine; employez https.",
    "ckan: http is allowed to this machine only; use https.",
)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("ckan+https://portail.ca/plan-100", CkanPlace("https://portail.ca", "plan-100")),
        ("ckan+https://portail.ca/X/plan/", CkanPlace("https://portail.ca/X", "plan")),
        (
            "ckan+https://portail.ca:8443/donnees/fr/plan_1?organisation=ville-x",
            CkanPlace("https://portail.ca:8443/donnees/fr", "plan_1", "ville-x"),
        ),
        ("ckan+http://127.0.0.1:5000/plan", CkanPlace("http://127.0.0.1:5000", "plan")),
        ("s3://seau", S3Place("seau", "")),
        ("s3://seau/", S3Place("seau", "")),
        ("s3://seau/suivi/plan/", S3Place("seau", "suivi/plan")),
        ("s3://seau/acc%C3%A8s", S3Place("seau", "accès")),
        ("s3://ma-ville.2026/X", S3Place("ma-ville.2026", "X")),
        (
            "s3://seau/p?region=ca-east-1&endpoint=https://objets.exemple.ca:9000",
            S3Place("seau", "p", "https://objets.exemple.ca:9000", "ca-east-1"),
        ),
        ("s3://seau?endpoint=http://127.0.0.1:9000", S3Place("seau", "", "http://127.0.0.1:9000")),
        ("s3://seau?endpoint=http://localhost", S3Place("seau", "", "http://localhost")),
        ("s3://seau?endpoint=http://[::1]:9000", S3Place("seau", "", "http://[::1]:9000")),
        ("sftp://web@hote.ca/var/www", SftpPlace("hote.ca", 22, "web", "/var/www")),
        ("sftp://web@hote.ca/wwwX/", SftpPlace("hote.ca", 22, "web", "/wwwX")),
        ("sftp://web@hote.ca:2222/www/", SftpPlace("hote.ca", 2222, "web", "/www")),
        ("sftp://d%C3%A9p%C3%B4t@hote.ca/w", SftpPlace("hote.ca", 22, "dépôt", "/w")),
        ("sftp://web@hote.ca/mes%20pages", SftpPlace("hote.ca", 22, "web", "/mes pages")),
        (
            "sftp://web@hote.ca/w?known_hosts=/etc/hotes&key=/etc/cle",
            SftpPlace("hote.ca", 22, "web", "/w", "/etc/hotes", "/etc/cle"),
        ),
    ],
)
def test_a_place_is_read(url: str, place: Place) -> None:
    assert place_of(url) == place


@pytest.mark.parametrize("url", ["/srv/www", "file:///srv/www", "https://ville.ca/recevoir", ""])
def test_a_folder_or_a_web_address_is_none(url: str) -> None:
    assert place_of(url) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ckan+https://portail.ca", DATA_SET),
        ("ckan+https://portail.ca/", DATA_SET),
        ("ckan+https:///plan", DATA_SET),
        ("ckan+https://portail.ca/Plan", DATA_SET),
        ("ckan+https://portail.ca/planX", DATA_SET),
        ("ckan+https://SECRET@portail.ca/plan", DATA_SET),
        ("ckan+https://portàil.ca/plan", DATA_SET),
        ("ckan+https://portail.ca\\\\autre.ca/plan", DATA_SET),
        ("ckan+https://u:SECRET@portail.ca/plan", PASSWORD),
        ("ckan+https://portail.ca/plan#SECRET", FRAGMENT),
        ("ckan+https://portail.ca/plan?cle=SECRET", CKAN_OPTIONS),
        ("ckan+https://portail.ca/plan?organisation=Ville", ORGANISATION),
        ("ckan+https://portail.ca/a//b/plan", PATH),
        ("ckan+https://portail.ca/../plan", PATH),
        ("ckan+http://portail.ca/plan", PORTAL),
        ("s3://[seau", UNREADABLE),
        ("sftp://web@hote.ca:0x16/w", UNREADABLE),
        ("s3://cle:SECRET@seau/p", PASSWORD),
        ("sftp://web:SECRET@hote.ca/w", PASSWORD),
        ("sftp://web:@hote.ca/w", PASSWORD),
        ("s3://seau/p#SECRET", FRAGMENT),
        ("sftp://web@hote.ca/w#SECRET", FRAGMENT),
        ("s3:///p", BUCKET),
        ("s3://ab", BUCKET),
        ("s3://Seau/p", BUCKET),
        ("s3://SECRET@seau/p", BUCKET),
        ("s3://seau:9000/p", BUCKET),
        (f"s3://{'a' * 64}/p", BUCKET),
        ("s3://seau/p?zone=x", S3_OPTIONS),
        ("s3://seau/p?region=", S3_OPTIONS),
        ("s3://seau/p?region=a&region=b", S3_OPTIONS),
        ("s3://seau/p?known_hosts=/x", S3_OPTIONS),
        ("sftp://web@hote.ca/w?endpoint=https://x", SFTP_OPTIONS),
        ("sftp://web@hote.ca/w?know_hosts=/x", SFTP_OPTIONS),
        ("s3://seau/p?region=ca%20est", REGION),
        ("s3://seau/../p", PATH),
        ("s3://seau/a//b", PATH),
        ("s3://seau/./p", PATH),
        ("s3://seau/%2e%2e/p", PATH),
        ("s3://seau/p%00", PATH),
        ("sftp://web@hote.ca/w/../../etc", PATH),
        ("sftp://web@hote.ca/w/%2E%2E/etc", PATH),
        ("sftp://hote.ca/w", ACCOUNT),
        ("sftp://web@/w", ACCOUNT),
        ("sftp://web@hote.ca", ACCOUNT),
        ("sftp://web@hote.ca/", ACCOUNT),
        ("s3://seau?endpoint=https://[x", ENDPOINT),
        ("s3://seau?endpoint=https://x:port", ENDPOINT),
        ("s3://seau?endpoint=objets.exemple.ca", HOST),
        ("s3://seau?endpoint=https://", HOST),
        ("s3://seau?endpoint=ftp://exemple.ca", HOST),
        ("s3://seau?endpoint=https://SECRET@exemple.ca", HOST),
        ("s3://seau?endpoint=https://:SECRET@exemple.ca", HOST),
        ("s3://seau?endpoint=https://exemple.ca/%3FSECRET", HOST),
        ("s3://seau?endpoint=https://exemple.ca/%23SECRET", HOST),
        ("s3://seau?endpoint=http://exemple.ca", PLAIN),
        ("s3://seau?endpoint=http://127.0.0.1.exemple.ca", PLAIN),
        ("s3://seau?endpoint=http://10.0.0.1", PLAIN),
    ],
)
def test_what_is_no_place_is_refused_and_never_quoted(url: str, why: Text) -> None:
    with pytest.raises(UnusablePlace) as refused:
        place_of(url)
    assert refused.value.why == why
    assert str(refused.value) == why.en
