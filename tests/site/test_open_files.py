"""The files that programs read: table, feed and schema."""

import csv
import hashlib
import io
import json
import unicodedata
from datetime import date
from pathlib import PurePosixPath
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.demo.folder import OURS
from sync.model.progress import Basis, Status
from sync.model.record import SnapshotRecord
from sync.site.build import build_files
from sync.site.columns import inert
from sync.site.locales.open_files import OPEN_FILES
from sync.site.open_data import ACTIONS, TABLES
from sync.site.presentation import Presentation
from tests.site.snapshot_samples import (
    DAYS,
    action,
    becancour,
    four_records,
    record_of,
    small,
    standing,
)

CITY = Presentation("Ville de Bécancour", "https://suivi.ville.ca/100-jours/")


def files(*records: SnapshotRecord) -> dict[str, bytes]:
    return build_files(records or four_records(), CITY)


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8"), newline="")))


def test_the_latest_snapshot_is_published_as_its_stored_bytes() -> None:
    """A digest that anyone can recompute needs bytes that nobody re-serialised."""
    records = four_records()
    body = build_files(records, CITY)["dernier.json"]
    assert hashlib.sha256(body).hexdigest() == records[-1].digest


def test_the_same_records_give_the_same_files() -> None:
    assert files() == files()


def test_the_table_has_a_row_per_action_and_checkpoint() -> None:
    table = rows(files()["actions.csv"])
    assert len(table) == 54
    assert list(table[0]) == list(ACTIONS.columns)
    assert {row["demonstration"] for row in table} == {"oui"}
    assert [row["etat"] for row in table[:4]] == [
        "atteint",
        "atteint",
        "atteint_en_retard",
        "non_atteint",
    ]
    assert table[2]["etat_fige"] == "non_atteint"
    assert table[2]["action_titre"] == "Centraliser l’approvisionnement"


def test_the_table_is_plain_utf_8_with_commas() -> None:
    """Données Québec: comma, UTF-8, no mark in front, unknown is empty."""
    body = files(record_of(small(action())))["actions.csv"]
    assert body.startswith(b"demonstration,instantane,")
    assert rows(body)[0]["fige_le"] == ""


def test_the_table_of_indicators_has_a_row_for_each_line_of_the_plan() -> None:
    snapshot = becancour(4, DAYS[-1])
    told = rows(files()["indicateurs.csv"])
    lines = [
        (one.id, checkpoint.id, line.id, line.texte, line.fait)
        for one in snapshot.actions()
        for checkpoint in snapshot.jalons
        for line in one.jalons[checkpoint.id].indicateurs
    ]
    assert [
        (r["action"], r["jalon"], r["indicateur"], r["texte"], r["fait"] == "oui") for r in told
    ] == lines
    assert len(told) > 54
    assert {r["demonstration"] for r in told} == {"oui"}
    counted = next(r for r in told if "3 à 4" in r["texte"])
    assert [counted[f"cible_{c}"] for c in ("minimum", "maximum", "unite")] == [
        "3",
        "4",
        "organismes",
    ]
    assert (counted["genre"], counted["quantite"]) == ("quantite", "4")


def test_the_dictionary_explains_every_column_of_every_table() -> None:
    built = files()
    told = [(r["fichier"], r["colonne"]) for r in rows(built["dictionnaire.csv"])]
    there = [(t.path, name) for t in TABLES for name in rows(built[t.path])[0]]
    assert told == there
    assert all(row["description"] for row in rows(built["dictionnaire.csv"]))


SIGNS = [
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    " =",
    "\u00a0+",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
]


@pytest.mark.parametrize("sign", SIGNS, ids=[ascii(sign) for sign in SIGNS])
def test_no_text_becomes_a_formula(sign: str) -> None:
    """A spreadsheet must not run what someone typed in Asana; the text can be read back."""
    text = f"{sign}HYPERLINK(1)"
    snapshot = small(action(titre=text, note=text, direction=text))
    row = rows(files(record_of(snapshot))["actions.csv"])[0]
    for column in ("action_titre", "note", "direction"):
        assert row[column] == f"'{text}"


@given(st.text(max_size=12))
def test_an_inert_cell_never_starts_with_a_sign(text: str) -> None:
    cell = inert(text)
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert cell.replace("'", "") == text.replace("\x00", "").replace("'", "")


def french(line: str) -> list[str]:
    """As a French Excel takes a double click: split at semicolons, quotes only around a cell."""
    return [
        cell for row in csv.reader(io.StringIO(line, newline=""), delimiter=";") for cell in row
    ]


@given(st.text(st.sampled_from(";\t\r\n\"' =+-@＝,a"), max_size=8))
def test_no_part_of_a_cell_becomes_a_formula_where_semicolons_separate(text: str) -> None:
    """There a semicolon in a note, or the end of its line, is where the next cell begins."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(["plan", 1, inert(text), "fin"])
    for cell in french(line.getvalue()):
        assert not unicodedata.normalize("NFKC", cell).lstrip().startswith(("=", "+", "-", "@"))


def test_a_note_in_several_lines_is_read_back_but_for_the_apostrophes() -> None:
    note = "Fait; =HYPERLINK(1)\n- un\n\t＝2"
    row = rows(files(record_of(small(action(note=note))))["actions.csv"])[0]
    assert row["note"] == "Fait; '=HYPERLINK(1)\n'- un\n\t'＝2"


def test_a_withheld_proof_leaves_its_reason_and_nothing_else_in_the_table() -> None:
    row = rows(files(record_of(small(action(preuve_retenue="prive"))))["actions.csv"])[0]
    assert (row["preuve"], row["preuve_retenue"], row["texte_retenu"]) == ("", "prive", "non")


@pytest.mark.parametrize("basis", get_args(Basis))
def test_every_basis_has_its_words_in_the_table_and_in_the_schema(basis: Basis) -> None:
    """A code alone tells a citizen nothing; the table and the schema say the same words."""
    built = files(record_of(small(action(jalons={"mi-chemin": standing(selon=basis)}))))
    row = rows(built["actions.csv"])[0]
    schema = json.loads(built["schema/instantane.schema.json"])
    told = schema["$defs"]["PublicStanding"]["properties"]["selon"]
    assert row["selon"] == basis
    assert f"{basis} – {row['selon_libelle']}" in told["description"]
    assert basis in told["enum"]


def test_every_published_snapshot_fits_the_published_schema() -> None:
    """The schema is a promise to whoever reads the data with a program."""
    schema = json.loads(files()["schema/instantane.schema.json"])
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    for number, day in enumerate((*DAYS, date(2026, 2, 17)), 1):
        checker.validate(json.loads(record_of(becancour(number, day)).body))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda d: d.update(courriel="x@y.ca"), id="a key not on the list"),
        pytest.param(lambda d: d.update(numero=0), id="number zero"),
        pytest.param(lambda d: d["totaux"]["mi-chemin"]["etat"].update(bof=1), id="status"),
        pytest.param(lambda d: d.pop("axes"), id="missing"),
    ],
)
def test_what_is_not_published_does_not_fit_the_schema(spoil: Any) -> None:
    """A schema that accepts anything promises nothing."""
    schema = json.loads(files()["schema/instantane.schema.json"])
    document = json.loads(four_records()[0].body)
    spoil(document)
    assert not jsonschema.Draft202012Validator(schema).is_valid(document)


def test_every_property_of_the_schema_is_described_in_french() -> None:
    schema = json.loads(files()["schema/instantane.schema.json"])
    for part in (schema, *schema["$defs"].values()):
        assert part["description"]
        for node in part.get("properties", {}).values():
            assert node["description"][0].isupper()
            assert "title" not in node


def feed(*records: SnapshotRecord) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(*records)["flux.json"])
    return found


def test_the_feed_is_a_json_feed_with_the_newest_first() -> None:
    document = feed()
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["feed_url"] == "https://suivi.ville.ca/100-jours/flux.json"
    ids = [item["id"] for item in document["items"]]
    assert ids == [f"urn:jalon:becancour-100-jours:instantane:{n}" for n in (4, 3, 2, 1)]
    assert all(item["content_text"] and item["content_html"] for item in document["items"])
    assert "about" in document["_jalon"]


def test_a_demonstration_says_so_in_every_title_of_the_feed() -> None:
    """A feed reader shows an item far from its page."""
    document = feed()
    titles = [document["title"], *(item["title"] for item in document["items"])]
    assert all(title.startswith("Démonstration – données inventées") for title in titles)


def test_a_demonstration_says_so_inside_every_item_of_the_feed() -> None:
    """Readers quote the body of an item without its title."""
    for item in feed()["items"]:
        for form in ("content_text", "content_html"):
            assert "Démonstration – données inventées" in item[form]
            assert "son avancement est inventé" in item[form]


def test_real_data_never_say_demonstration() -> None:
    built = files(record_of(small(action())))
    assert "Démonstration" not in built["flux.json"].decode()
    assert "données inventées" not in built["index.html"].decode()


def test_a_snapshot_that_changed_nothing_has_no_item_and_lends_its_id_to_no_other() -> None:
    """Ids follow the snapshot's number, so a gap stays a gap."""
    same = [record_of(small(action(), numero=n)) for n in (1, 2)]
    third = record_of(small(action(jalons={"mi-chemin": standing(Status.ACHIEVED)}), numero=3))
    ids = [item["_jalon"]["numero"] for item in feed(*same, third)["items"]]
    assert ids == [3, 1]


def test_each_item_carries_the_digest_of_its_snapshot() -> None:
    """Every reader who keeps the feed is a witness."""
    records = four_records()
    items = feed(*records)["items"]
    assert [item["_jalon"]["sha256"] for item in items] == [r.digest for r in records[::-1]]


def test_hostile_words_stay_words_in_the_feed() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    first = record_of(small(action()))
    second = record_of(small(action(titre=hostile), numero=2))
    item = feed(first, second)["items"][0]
    assert "<img" not in item["content_html"]
    assert hostile in item["content_text"]


def test_without_an_address_the_feed_holds_none() -> None:
    """A relative address in a feed leads nowhere."""
    built = build_files(four_records(), Presentation("Ville", None))
    document = json.loads(built["flux.json"])
    assert "feed_url" not in document
    assert all("url" not in item for item in document["items"])


@pytest.mark.parametrize(
    "page", ["https://v.ca/suivi", "https://v.ca/suivi/", "https://v.ca/suivi/index.html"]
)
def test_a_folder_is_the_same_folder_however_it_is_written(page: str) -> None:
    assert Presentation("Ville", page).address("flux.json") == "https://v.ca/suivi/flux.json"


def test_the_page_lists_every_file_that_is_published_beside_it() -> None:
    """A file that nobody is told of is not open, and a listed one that is not there is a lie."""
    published = {name for name in files() if not name.endswith(".html")} | {"integration.html"}
    assert (published - {"sitemap.xml", "oembed.json", "SHA256SUMS"}) | {"etat.json"} == set(
        OPEN_FILES
    )


def test_the_demo_knows_every_published_name_as_its_own() -> None:
    """A second demo into the same folder would refuse a name that it takes for somebody's."""
    assert {PurePosixPath(name).parts[0] for name in files()} <= OURS
