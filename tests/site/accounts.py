"""
What each published file says, read from its bytes by itself.

Every reader gives a partial account: facts by name. Two files that tell the same fact must tell
it alike, so nothing here shares a line with what wrote the files.
"""

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

from bs4 import BeautifulSoup, Tag
from lxml import etree

Files = Mapping[str, bytes]
Account = dict[tuple[str, ...], object]
"""`("etat", action, jalon)` → code, `("compte", jalon, code)` → number, and so on."""

NAMES = {
    "Atteint": "atteint",
    "Atteint en retard": "atteint_en_retard",
    "En continu": "en_continu",
    "En cours": "en_cours",
    "À venir": "a_venir",
    "Non atteint": "non_atteint",
    "Non évalué": "non_evalue",
    "Sans objet": "sans_objet",
    "Retiré": "retire",
}
"""Written down again, so that a name that changes in the code is seen here."""
MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_STRATML = {"s": "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"}
_ATOM = {"a": "http://www.w3.org/2005/Atom"}


def plain(text: str) -> str:
    """Without the spacing that only the page's typography asks for."""
    return re.sub(r"\s*([:;!?])", r" \1", " ".join(text.split())).replace("« ", "«")


def day(words: str) -> str:
    """« 21 mars 2026 », or « 1er mars 2026 », in ISO form."""
    found = re.search(rf"(\d+)(?:er)? ({MONTHS.replace(' ', '|')}) (\d{{4}})", plain(words))
    assert found, words
    return f"{found[3]}-{MONTHS.split().index(found[2]) + 1:02}-{int(found[1]):02}"


def snapshot(files: Files) -> Account:
    """Of the snapshot itself: every fact that another file may tell."""
    told = json.loads(files["dernier.json"])
    said: Account = {
        ("demonstration",): told["demonstration"],
        ("numero",): told["numero"],
        ("etat_au",): told["etat_au"],
        ("plan",): told["plan"]["titre"],
        ("termine",): told["termine_le"] is not None,
        ("jusqu_au",): told["fin"] or max(one["echeance"] for one in told["jalons"]),
        ("empreinte", "dernier.json"): sha256(files["dernier.json"]),
    }
    said |= {("fin",): told["fin"]} if told["fin"] else {}
    said |= {("termine_le",): told["termine_le"]} if told["termine_le"] else {}
    for one in told["jalons"]:
        said["echeance", one["id"]], said["gel", one["id"]] = one["echeance"], one["gel"]
        totals = told["totaux"][one["id"]]
        said |= {("compte", one["id"], code): n for code, n in totals["etat"].items()}
        said |= {("compte_fige", one["id"], code): n for code, n in totals["fige"].items()}
    for axis in told["axes"]:
        for volet in axis["volets"]:
            for action in volet["actions"]:
                said["action", action["id"]] = plain(action["titre"])
                for key, standing in action["jalons"].items():
                    said["etat", action["id"], key] = standing["etat"]
                    said["faits", action["id"], key] = standing["faits"]
                    if standing["etat_fige"]:
                        said["etat_fige", action["id"], key] = standing["etat_fige"]
                    for line in standing["indicateurs"]:
                        said["texte", line["id"]] = plain(line["texte"])
                        said["fait", line["id"]] = line["fait"]
    return said


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8"), newline="")))


def _every_row(rows: list[dict[str, str]]) -> Account:
    (invented,), (number,), (on,), (ended,) = (
        {row[key] for row in rows}
        for key in ("demonstration", "instantane", "etat_au", "termine_le")
    )
    said: Account = {
        ("demonstration",): invented == "oui",
        ("termine",): bool(ended),
        ("numero",): int(number),
        ("etat_au",): on,
    }
    said |= {("termine_le",): ended} if ended else {}
    said |= {("echeance", row["jalon"]): row["echeance"] for row in rows}
    return said | {("action", row["action"]): plain(row["action_titre"]) for row in rows}


def actions_table(files: Files) -> Account:
    rows = _rows(files["actions.csv"])
    said = _every_row(rows)
    for row in rows:
        assert NAMES[row["etat_libelle"]] == row["etat"]
        said["gel", row["jalon"]] = row["gel"]
        said["etat", row["action"], row["jalon"]] = row["etat"]
        said["faits", row["action"], row["jalon"]] = int(row["indicateurs_faits"])
        if row["etat_fige"]:
            said["etat_fige", row["action"], row["jalon"]] = row["etat_fige"]
    return said | _counted(said)


def _counted(said: Account) -> Account:
    """What the single statuses add up to."""
    found: Counter[tuple[str, ...]] = Counter()
    for (kind, *where), status in said.items():
        if kind in ("etat", "etat_fige"):
            found["compte" + kind.removeprefix("etat"), where[1], str(status)] += 1
    return dict(found)


def indicators_table(files: Files) -> Account:
    rows = _rows(files["indicateurs.csv"])
    said = _every_row(rows)
    said |= {("texte", row["indicateur"]): plain(row["texte"]) for row in rows}
    return said | {("fait", row["indicateur"]): row["fait"] == "oui" for row in rows}


def _soup(body: bytes) -> BeautifulSoup:
    return BeautifulSoup(body.decode("utf-8"), "lxml")


def _words(node: Tag | None) -> str:
    assert node is not None
    return plain(node.get_text(" "))


def _glance(soup: BeautifulSoup) -> Account:
    said: Account = {}
    for card in soup.select(".carte"):
        key = str(card["aria-labelledby"]).removeprefix("_jalon-")
        said["echeance", key] = day(_words(card.select_one(".echeance")))
        frozen = "Au gel" in _words(card.select_one("thead"))
        for row in card.select("tbody tr"):
            code = NAMES[_words(row.find("th"))]
            cells = [_words(cell) for cell in row.select("td")]
            now, then = (cells[-2], cells[-1]) if frozen else (cells[-1], "0")
            for kind, told in (("compte", now), ("compte_fige", then)):
                if told not in ("0", "–"):
                    said[kind, key, code] = int(told)
    return said


def _head(soup: BeautifulSoup) -> Account:
    fresh = soup.select_one("#_fraicheur")
    assert fresh is not None
    title = _words(soup.title)
    banner = soup.select_one("aside.fini")
    assert (banner is not None) is ("Plan terminé" in title) is (not soup.select("#_perime"))
    said: Account = {}
    if banner is not None:
        found = re.search(r"a pris fin le (.+?)\. .*dernier état, lu le (.+?) :", _words(banner))
        assert found
        said = {("fin",): day(found[1]), ("termine_le",): day(found[2])}
    elif found := re.search(r"Fin du plan : (.+)", _words(fresh)):
        said = {("fin",): day(found[1])}
    return said | {
        ("termine",): banner is not None,
        ("demonstration",): title.startswith("Démonstration – données inventées"),
        ("numero",): int(str(fresh["data-numero"])),
        ("etat_au",): day(_words(fresh.find("strong"))),
    }


def home(files: Files) -> Account:
    soup = _soup(files["index.html"])
    data = json.loads(str(soup.select_one("script[type='application/ld+json']").string))  # type: ignore[union-attr]
    assert ("Démonstration" in data["name"]) == bool(soup.select("aside.demo"))
    said = _head(soup) | _glance(soup)
    said["jusqu_au",] = data["temporalCoverage"].partition("/")[2]
    assert int(data["version"]) == said["numero",]
    said["plan",] = _words(soup.find("h1"))
    digest = soup.select_one("blockquote code")
    said["empreinte", "dernier.json"] = _words(digest)
    order = [str(card["aria-labelledby"]).removeprefix("_jalon-") for card in soup.select(".carte")]
    for row in soup.select(".suivi tbody tr"):
        action = str(row["id"])
        said["action", action] = _words(row.select_one("th a"))
        for key, cell in zip(order, row.select("td"), strict=True):
            said["etat", action, key] = NAMES[_words(cell.select_one(".etat"))]
            if found := re.search(r"(\d+) faits? sur \d+", _words(cell)):
                said["faits", action, key] = int(found[1])
            if found := re.search(r"Au gel : ([^0-9]+?)(?: Gel corrigé|$)", _words(cell)):
                said["etat_fige", action, key] = NAMES[found[1].strip()]
    return said


def action_pages(files: Files) -> Account:
    """All of them together."""
    reference = json.loads(files["dernier.json"])
    said: Account = {}
    for axis in reference["axes"]:
        for volet in axis["volets"]:
            for action in volet["actions"]:
                told = _action_page(files, action)
                assert said | told == told | said, "two pages tell a fact otherwise"
                said |= told
    return said


def _action_page(files: Files, action: Mapping[str, Any]) -> Account:
    """The page tells no id of an indicator: its lines stand in the order of the plan."""
    soup = _soup(files[f"actions/{action['id']}.html"])
    said = _head(soup)
    # It stands since the snapshot that it names; tests/site/test_standing.py holds it to that.
    assert str(said.pop(("etat_au",))) <= json.loads(files["dernier.json"])["etat_au"]
    assert 1 <= int(str(said.pop(("numero",)))) <= json.loads(files["dernier.json"])["numero"]
    said["action", action["id"]] = _words(soup.find("h1"))
    for section in soup.select("section.jalon"):
        key = str(section["aria-labelledby"]).removeprefix("_jalon-")
        said["etat", action["id"], key] = NAMES[_words(section.select_one(".verdict .etat"))]
        lines = section.select(".indicateurs > li")
        ids = [line["id"] for line in action["jalons"][key]["indicateurs"]]
        for line, item in zip(ids, lines, strict=True):
            said["texte", line] = _words(item.select_one(".mots"))
            said["fait", line] = "fait" in item["class"]
    return said


def embed(files: Files) -> Account:
    soup = _soup(files["integration.html"])
    return _head(soup) | _glance(soup) | {("plan",): _words(soup.find("h1"))}


def oembed(files: Files) -> Account:
    title = json.loads(files["oembed.json"])["title"]
    invented = title.startswith("Démonstration – données inventées – ")
    bare = title.removeprefix("Démonstration – données inventées – ")
    return {
        ("demonstration",): invented,
        ("plan",): bare.partition(" – ")[0],
        ("termine",): _says_ended(title),
    }


def _says_ended(title: str) -> bool:
    return title.endswith(" (plan terminé)")


def _ended_in(text: str) -> Account:
    """« Le plan a pris fin le 30 avril 2026. Voici son dernier état, lu le 1er mai 2026 : »"""
    found = re.search(r"a pris fin le (.+?)\. Voici son dernier état, lu le (.+?) :", plain(text))
    return {("fin",): day(found[1]), ("termine_le",): day(found[2])} if found else {}


def json_items(files: Files) -> list[Any]:
    """Of the feed and of every archive that it leads to, the newest first, each once."""
    found: dict[str, Any] = {}
    name: str | None = "flux.json"
    while name:
        feed = json.loads(files[name])
        for item in feed["items"]:
            found.setdefault(item["id"], item)
        name = _beside(feed["home_page_url"], feed["next_url"]) if "next_url" in feed else None
    return list(found.values())


def atom_entries(files: Files) -> list[etree._Element]:
    """As above, by the links of RFC 5005."""
    found: dict[str, etree._Element] = {}
    name: str | None = "flux.atom"
    while name:
        feed = etree.fromstring(files[name])
        for entry in feed.findall("a:entry", _ATOM):
            found.setdefault(str(entry.findtext("a:id", namespaces=_ATOM)), entry)
        (home,) = feed.xpath("a:link[@rel='alternate']/@href", namespaces=_ATOM) or [""]
        older = feed.xpath("a:link[@rel='prev-archive']/@href", namespaces=_ATOM)
        name = _beside(home, older[0]) if older else None
    return list(found.values())


def _beside(home: str, address: str) -> str:
    assert address.startswith(home)
    return address.removeprefix(home)


def json_feed(files: Files) -> Account:
    feed = json.loads(files["flux.json"])
    newest = feed["items"][0]
    said: Account = {
        ("demonstration",): feed["title"].startswith("Démonstration"),
        ("termine",): feed.get("expired", False),
        ("numero",): newest["_jalon"]["numero"],
        ("etat_au",): newest["_jalon"]["etat_au"],
        ("empreinte", "dernier.json"): newest["_jalon"]["sha256"],
    }
    assert said["termine",] in (True, False)
    assert _says_ended(feed["title"]) is feed["_jalon"]["termine"] is said["termine",]
    items = json_items(files)
    assert {item["_jalon"]["demonstration"] for item in items} == {said["demonstration",]}
    for item in reversed(items):
        assert item["title"].startswith("Démonstration") is said["demonstration",]
        for change in item["_jalon"]["changements"]:
            if change["genre"] == "fin" and "apres" in change:
                said["fin",] = change["apres"]
            elif change["genre"] == "plan_termine":
                said["termine_le",] = change["apres"]
            elif change["genre"] == "plan_repris":
                assert said.pop(("termine_le",)) == change["avant"]
            elif change["genre"] in ("etat", "etat_fige"):
                said[change["genre"], change["action"], change["jalon"]] = change["apres"]
            elif change["genre"] == "action_retiree":
                said |= {key: "retire" for key in said if key[:2] == ("etat", change["action"])}
    return said


def atom(files: Files) -> Account:
    feed = etree.fromstring(files["flux.atom"])
    titles = {"Mi-chemin": "mi-chemin", "Finalité": "finalite"}
    (title,) = feed.xpath("a:title/text()", namespaces=_ATOM)
    said: Account = {
        ("demonstration",): title.startswith("Démonstration"),
        ("termine",): _says_ended(title),
    }
    told: Account = {}
    said |= _ended_in(str(feed.findtext("a:subtitle", "", namespaces=_ATOM)))
    assert ("fin",) in said or not said["termine",]
    for entry in reversed(atom_entries(files)):
        text = str(entry.findtext("a:content", namespaces=_ATOM))
        soup = BeautifulSoup(text, "lxml")
        assert ("son avancement est inventé" in text) is said["demonstration",]
        named = str(entry.findtext("a:title", namespaces=_ATOM))
        assert named.startswith("Démonstration") is said["demonstration",]
        action = ""
        for node in soup.select("h3, li, p"):
            words = _words(node)
            if node.name == "h3":
                action = words.partition(" – ")[0]
            elif found := re.match(r"Fin du plan : (?:.+ devient )?(.+)", words):
                told["fin",] = day(found[1])
            elif words == "Action retirée du plan":
                said |= {key: "retire" for key in said if key[:2] == ("etat", action)}
            elif found := re.fullmatch(
                r"(\S+) – (?:État : (?:.+ devient )?([^:]+)|État fixé au gel : (.+))", words
            ):
                kind, status = ("etat", found[2]) if found[2] else ("etat_fige", found[3])
                if status in NAMES:
                    said[kind, action, titles[found[1]]] = NAMES[status]
            elif found := re.search(r"Instantané numéro (\d+), empreinte SHA-256 (\w{64})", words):
                said["numero",] = int(found[1])
                said["empreinte", "dernier.json"] = found[2]
        said["etat_au",] = day(named)
    assert told.items() <= (told | said).items()
    return told | said


def calendar(files: Files) -> Account:
    text = re.sub(r"\r\n ", "", files["jalons.ics"].decode("utf-8"))
    name = re.search(r"\r\nNAME:(.+)\r\n", text)
    assert name
    said: Account = {("termine",): _says_ended(name[1])}
    for event in text.split("BEGIN:VEVENT")[1:]:
        lines = dict(line.partition(":")[::2] for line in event.split("\r\n"))
        key, kind = lines["UID"].split(":")[-2:]
        start = lines["DTSTART;VALUE=DATE"]
        on = f"{start[:4]}-{start[4:6]}-{start[6:]}"
        if kind == "fin":
            said |= _ended_in(lines["DESCRIPTION"].replace("\\,", ","))
            assert said.setdefault(("fin",), on) == on
            assert (("termine_le",) in said) is said["termine",]
            assert lines["SUMMARY"].startswith("Démonstration") is said["demonstration",]
            continue
        said[kind, key] = on
        told = lines["DESCRIPTION"].replace("\\,", ",").split("\\n")[-1]
        said |= _in_words(told, "compte" if kind == "echeance" else "compte_fige", key)
        if kind == "echeance":
            said["etat_au",] = day(told)
        invented = lines["SUMMARY"].startswith("Démonstration – données inventées")
        assert said.setdefault(("demonstration",), invented) == invented
    return said


def _in_words(text: str, kind: str, key: str) -> Account:
    """« Atteint : 12, Non atteint : 3. »"""
    names = "|".join(sorted(NAMES, key=len, reverse=True))
    return {
        (kind, key, NAMES[found[1]]): int(found[2])
        for found in re.finditer(rf"({names}) : (\d+)", plain(text))
    }


def _described(text: str) -> Account:
    said = _ended_in(text)
    for line in plain_lines(text):
        if found := re.match(r"(\S+?)(, Au gel)? – ", line):
            key = found[1].lower().replace("é", "e")
            said |= _in_words(line, "compte_fige" if found[2] else "compte", key)
        if found := re.search(r"État au (.+), instantané numéro (\d+)", line):
            said["etat_au",] = day(found[1])
            said["numero",] = int(found[2])
    return said


def plain_lines(text: str) -> list[str]:
    return [plain(line) for line in text.split("\n")]


def catalogue(files: Files) -> Account:
    record = json.loads(files["catalogue.jsonld"])
    said = _described(record["dct:description"]["@value"])
    assert int(record["dcat:version"]) == said["numero",]
    said["demonstration",] = record["dct:title"]["@value"].startswith("Démonstration")
    said["termine",] = _says_ended(record["dct:title"]["@value"])
    assert (("termine_le",) in said) is said["termine",]
    said["jusqu_au",] = record["dct:temporal"]["dcat:endDate"]["@value"]
    often = record.get("dct:accrualPeriodicity", {"@id": ""})["@id"].rpartition("/")[2]
    assert (often == "NEVER") is said["termine",]
    for one in record["dcat:distribution"]:
        name = one["dcat:downloadURL"]["@id"].rpartition("/")[2]
        said["empreinte", name] = one["spdx:checksum"]["spdx:checksumValue"]["@value"]
    return said


def package(files: Files) -> Account:
    told = json.loads(files["datapackage.json"])
    said: Account = {("demonstration",): told["demonstration"], ("numero",): int(told["version"])}
    said["termine",] = told["termine"]
    assert _says_ended(told["title"]) is told["termine"]
    said |= _ended_in(told.get("description", ""))
    assert ("Démonstration" in told["title"]) is told["demonstration"]
    for one in told["resources"]:
        said["empreinte", one["path"]] = one["hash"].removeprefix("sha256:")
    return said


def stratml(files: Files) -> Account:
    root = etree.fromstring(files["plan.stratml.xml"])

    def text(node: etree._Element, path: str) -> str:
        return str(node.findtext(path, namespaces=_STRATML))

    said = _described(text(root, "s:Description"))
    said["demonstration",] = text(root, "s:Name").startswith("Démonstration")
    said["termine",] = _says_ended(text(root, "s:Name"))
    said["jusqu_au",] = text(root, "s:AdministrativeInformation/s:EndDate")
    said["etat_au",] = text(root, "s:AdministrativeInformation/s:PublicationDate")
    told: Account = {}
    for objective in root.iterfind(".//s:Objective", _STRATML):
        action = text(objective, "s:SequenceIndicator")
        said["action", action] = plain(text(objective, "s:Name"))
        for line in objective.iterfind("s:PerformanceIndicator", _STRATML):
            key = text(line, "s:SequenceIndicator")
            for actual in line.iterfind(".//s:ActualResult", _STRATML):
                name = text(actual, "s:Descriptor/s:DescriptorName")
                value = text(actual, "s:Descriptor/s:DescriptorValue")
                if name == "fait":
                    said["fait", key] = value == "oui"
                    said["texte", key] = plain(text(line, "s:MeasurementDimension"))
                elif name in ("etat", "etat_fige"):
                    told[name, action, key] = value
                    said["echeance", key] = text(line, ".//s:TargetResult/s:EndDate")
                    words = text(actual, "s:Description").replace("État au gel\u00a0: ", "")
                    assert NAMES[plain(re.split(r" \(|\.", words)[0])] == value
                if name == "etat":
                    assert text(actual, "s:EndDate") == said["etat_au",]
                    said["faits", action, key] = int(text(actual, "s:NumberOfUnits"))
    assert _counted(told).items() <= said.items()
    return said | told


READERS: Mapping[str, Callable[[Files], Account]] = {
    "actions.csv": actions_table,
    "indicateurs.csv": indicators_table,
    "index.html": home,
    "actions/": action_pages,
    "integration.html": embed,
    "oembed.json": oembed,
    "flux.json": json_feed,
    "flux.atom": atom,
    "jalons.ics": calendar,
    "catalogue.jsonld": catalogue,
    "datapackage.json": package,
    "plan.stratml.xml": stratml,
}


def disagreements(files: Files, names: Collection[str] = READERS.keys()) -> list[str]:
    """Each fact that a file tells otherwise than the snapshot does, the file's name first."""
    wanted = snapshot(files)
    wanted |= {("empreinte", name): sha256(body) for name, body in files.items()}
    found = []
    for name in names:
        try:
            said = READERS[name](files)
        except (AssertionError, KeyError, ValueError) as error:
            found.append(f"{name}: {type(error).__name__} {error}")
            continue
        found += [
            f"{name}: {fact} is {value!r}, and the snapshot says {wanted.get(fact)!r}"
            for fact, value in said.items()
            if wanted.get(fact) != value
        ]
    return found
