"""What looks private is withheld, however it is disguised, and ordinary words are not."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from sync.core.presentable import presentable
from sync.core.privacy import (
    LONGEST_LINK,
    link_fault,
    private_in,
    private_in_link,
    private_parts,
    unfit_link,
    where,
)
from sync.model.snapshot import PublicLink
from sync.wording import Text

ADOPTED = Path(__file__).parents[2] / "config" / "plans" / "becancour-100-jours.yaml"
PLAN = YAML(typ="safe").load(ADOPTED)
ZERO_WIDTH, SOFT_HYPHEN, JOINER, SELECTOR = "\u200b", "\u00ad", "\u200d", "\ufe0f"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Écrire à jean.tremblay@ville.example", id="e-mail"),
        pytest.param(f"Écrire à jean@{ZERO_WIDTH}ville.example", id="e-mail, zero-width space"),
        pytest.param(f"jean{SOFT_HYPHEN}@{SOFT_HYPHEN}ville.ca", id="e-mail, soft hyphens"),
        pytest.param(f"jean@vi{JOINER}lle.ca", id="e-mail, joiner that stays in the text"),
        pytest.param(f"jean@{SELECTOR}ville.ca", id="e-mail, variation selector"),
        pytest.param("jean@\x00ville.ca", id="e-mail, control that publication drops"),
        pytest.param("jean\uff20ville.ca", id="e-mail, full-width at"),
        pytest.param("jean@ville\u2024ca", id="e-mail, one-dot leader"),
        pytest.param("jean @ ville.ca", id="e-mail, spaced"),
        pytest.param("jean@v\u0332i\u0332lle.ca", id="e-mail, underlined"),
        pytest.param("jean (at) ville.ca", id="e-mail, at in words"),
        pytest.param("Voir @mtremblay", id="mention"),
        pytest.param("Appeler au 819 555-0199", id="telephone"),
        pytest.param("Appeler au (819)  555-0199", id="telephone, two spaces"),
        pytest.param("+1 819.555.0199", id="telephone, dots"),
        pytest.param("8195550199", id="telephone, nothing between"),
        pytest.param("819\u2011555\u20110199", id="telephone, no-break hyphens"),
        pytest.param("819–555–0199", id="telephone, en dashes"),
        pytest.param("819\u202f555\u202f0199", id="telephone, narrow spaces"),
        pytest.param("819/555-0199", id="telephone, slash"),
        pytest.param("８１９ ５５５ ０１９９", id="telephone, full-width"),
        pytest.param("Composez le 555-0199, poste 123", id="telephone, extension"),
        pytest.param("555 0199 (poste 12)", id="telephone, extension in brackets"),
        pytest.param("819\u2800555\u28000199", id="telephone, Braille blanks"),
        pytest.param("".join(f"{n}\ufe0f\u20e3" for n in "8195550199"), id="telephone, keycaps"),
        pytest.param("NAS 046 454 286", id="social insurance number"),
        pytest.param("046-454-286", id="social insurance number, hyphens"),
        pytest.param("046454286", id="social insurance number, nothing between"),
        pytest.param("280 000 001", id="social insurance number, an 8 that is not the first"),
        pytest.param("900 000 001", id="social insurance number of a temporary resident"),
        pytest.param("050 000 009", id="social insurance number, a five that is doubled"),
        pytest.param("https://app.asana.com/0/12/34", id="Asana"),
        pytest.param("voir APP.ASANA.COM", id="Asana, capitals"),
        pytest.param("voir asana.com", id="Asana, bare"),
        pytest.param(f"https://app.{ZERO_WIDTH}asana.com/0/12", id="Asana, zero-width space"),
        pytest.param(f"voir asa{JOINER}na.com", id="Asana, joiner"),
        pytest.param(f"voir asa{SELECTOR}na.com", id="Asana, variation selector"),
        pytest.param("tâche 1200000000000001", id="internal id"),
        pytest.param(f"tâche 1200000{ZERO_WIDTH}000000001", id="internal id, split"),
        pytest.param("jean(at)ville(point)ca", id="e-mail, at and dot in brackets"),
        pytest.param("jean at ville dot ca", id="e-mail, spoken in English"),
        pytest.param("Jean arobase ville point QC point CA", id="e-mail, spoken in French"),
        pytest.param("jean arobase ville.ca", id="e-mail, at spoken, dot typed"),
        pytest.param("jean « at » ville.ca", id="e-mail, at in guillemets"),
        pytest.param("jean[a]ville.ca", id="e-mail, one letter for at"),
        pytest.param("jean @ ville . ca", id="e-mail, spaced on both sides"),
        pytest.param("jean@ville\u3002ca", id="e-mail, ideographic full stop"),
        pytest.param("(819)-(555)-(0199)", id="telephone, brackets all over"),
        pytest.param("819 555 01 99", id="telephone, in pairs at the end"),
        pytest.param("819 • 555 • 0199", id="telephone, bullets"),
        pytest.param("819 -- 555 -- 0199", id="telephone, two hyphens"),
        pytest.param("819_555_0199", id="telephone, underscores"),
        pytest.param("8\ufe0f\u20e31\ufe0f\u20e39\ufe0f\u20e3 555 0199", id="telephone, key caps"),
        pytest.param("8\u03321\u03329\u0332 555 0199", id="telephone, underlined"),
        pytest.param("٨١٩ ٥٥٥ ٠١٩٩", id="telephone, digits of another script"),
        pytest.param("Tél. : 294-6500", id="telephone of seven digits, said to be one"),
        pytest.param("Téléphone au bureau : 294 6500", id="telephone at the office"),
        pytest.param("Composez le 294-6500.", id="telephone of seven digits to dial"),
        pytest.param("joindre l’équipe au numéro 294-6500", id="telephone to reach a team"),
        pytest.param("NAS 123 456 789", id="social insurance number mistyped, said to be one"),
        pytest.param("N.A.S. : 123-456-789", id="social insurance number, with full stops"),
        pytest.param("son assurance sociale (123456789)", id="social insurance in words"),
        pytest.param("TREM 6512 1234", id="health insurance number as on the card"),
        pytest.param("TREM65121234", id="health insurance number, nothing between"),
        pytest.param("TREM-6562-1234", id="health insurance number of a woman"),
        pytest.param("ＴＲＥＭ ６５１２ １２３４", id="health insurance number, full-width"),
        pytest.param("assurance maladie : trem65121234", id="health insurance in small letters"),
        pytest.param("T1234-150385-06", id="driver’s licence"),
        pytest.param("T123415038506", id="driver’s licence, nothing between"),
        pytest.param("une voiture, plaque ABC 123", id="licence plate"),
        pytest.param("immatriculée numéro E12 ABC", id="licence plate of another shape"),
        pytest.param("4111 1111 1111 1111", id="payment card"),
        pytest.param("3782 822463 10005", id="payment card of another shape"),
    ],
)
def test_a_private_thing_is_seen_through_its_disguise(text: str) -> None:
    assert private_in(text) is not None


DEFAULT_IGNORABLE = (
    *("ad", "34f", "61c", "115f-1160", "17b4-17b5", "180b-180f", "200b-200f", "202a-202e"),
    *("2060-206f", "3164", "fe00-fe0f", "feff", "ffa0", "fff0-fff8", "1bca0-1bca3"),
    *("1d173-1d17a", "e0000-e0fff"),
)
"""What Unicode says is not shown where it is not supported (DerivedCoreProperties.txt)."""
UNSEEN = [
    chr(code)
    for first, _, last in (one.partition("-") for one in DEFAULT_IGNORABLE)
    for code in range(int(first, 16), int(last or first, 16) + 1)
]
NOWHERE = ("jean@ville.ca", "https://app.asana.com/0/1", "Mme Roy")
"""Neither in a note nor in an address."""


@given(
    st.sampled_from((*NOWHERE, "819 555-0199", "046 454 286")),
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from(UNSEEN)), min_size=1, max_size=9),
)
@example("Mme Roy", [(6, "\U000e0100")])
@example("jean@ville.ca", [(5, "\u2065")])
def test_nothing_that_nobody_sees_hides_what_is_private(
    whole: str, put: list[tuple[int, str]]
) -> None:
    """The page shows the very words, whatever lies between their letters."""
    said = whole
    for at, unseen in put:
        said = said[: at % (len(said) + 1)] + unseen + said[at % (len(said) + 1) :]
    assert private_in(said, ("Roy",)) is not None
    if whole in NOWHERE:
        assert private_in_link(f"https://ville.ca/?a={said}", ("Roy",))


@pytest.mark.parametrize(
    "text",
    [
        "Le 90,5 FM a diffusé 3 chroniques.",
        "PTI 2026-2028 adopté",
        "A-30 et A-55",
        "12 345 $",
        "Un budget de 12 345 678 $",
        "Un budget de 143 256 783 $",
        "143\u00a0256\u00a0783,50 $",
        "Règlement 1 046 454 286",
        "Dossier 046 454 287",  # no check digit holds
        "Dossier 800 000 002",  # none starts with 8
        "TPS 104645428 RT0001",
        "Adopté le 2026-02-15, en vigueur le 2026-03-15",
        "Résolution 2026-02-041, dossier AO-2025-0142-001",
        "Dossier 2025-014-0012",
        "Lots 3 539 123 et 3 540 200 du cadastre",
        "Séance du 15/02/2026 à 19:30",
        "Vote : 6 pour, 1 contre",
        "3 organismes @ 250 $",
        "Champs de suivi dans ASANA municipal.",
        "Page 819 du rapport de 2025",
        "G9H 1A1",
        "1295, avenue Nicolas-Perrot, Bécancour (Québec) G9H 1A1",
        "Tournée amorcée (3 à 4 organismes), de 8 h 30 à 16 h 30",
        "Règlement 294-2025 sur le téléphone et le stationnement",
        "Appel d’offres 294-2025, article 4521",
        "Rejoindre les organismes visés par le règlement 334-2024",
        "Dossier 294-6500, p. 23",
        "Matricule 5322-84-1234",
        "NEQ 1143920115",
        "Lieu : 46.340500, -72.432100",
        "TECQ 2010-2014 et TECQ 2024-2028",
        "PIIA 2025-0115",
        "Années 2019 2020 2021 2023",  # whose check digit holds, as a card's would
        "Numéro de suivi 4111 1111 1111 1112",
        "Une plaque commémorative de 250 000 $",
        "Plaques 2026",
        "See the details at becancour.ca",
        "Le point ca avance",
        "5 à 7 @ Centre. Merci à tous",
        "Voir annexe(a)plan.pdf",
    ],
)
def test_an_ordinary_sentence_passes(text: str) -> None:
    """A filter that withholds honest notes would be switched off."""
    assert private_in(text) is None


def test_every_text_of_the_plan_passes() -> None:
    """The city published these words: 27 actions and 71 indicators."""
    volets = [volet for axis in PLAN["axes"] for volet in axis["volets"]]
    actions = [action for volet in volets for action in volet["actions"]]
    texts = [action["title"] for action in actions] + [
        line["text"] for a in actions for lines in a["indicators"].values() for line in lines
    ]
    assert len(texts) == 98
    assert [text for text in texts if private_in(text)] == []


TYPED = st.text(
    alphabet=st.one_of(
        st.characters(), st.sampled_from(f"@a.8195 \n\t\r\x00{ZERO_WIDTH}{JOINER}\u202e\ud800")
    )
)


@given(TYPED)
@example(f"a{ZERO_WIDTH}{JOINER}b")
def test_what_is_published_holds_nothing_that_the_scan_did_not_see(typed: str) -> None:
    """Cleaning must not put together what the scan read apart."""
    if private_in(typed) is None:
        assert private_in(presentable(typed)) is None


@given(TYPED)
def test_published_words_hold_nothing_invisible_and_can_be_written(typed: str) -> None:
    shown = presentable(typed)
    hidden = {c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs")}
    assert hidden <= {"\n", JOINER}
    assert presentable(shown) == shown
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param("12\u00a0345\u00a0$ «\u202foui\u202f»", None, id="no-break spaces survive"),
        pytest.param("un\n\ndeux  trois", None, id="lines and double spaces survive"),
        pytest.param("un\r\ndeux\u2028trois\x0bquatre", "un\ndeux\ntrois\nquatre", id="breaks"),
        pytest.param("a\tb", "a b", id="a tab is a space"),
        pytest.param("a\u202eb\u2066c\ufeff", "abc", id="bidirectional"),
        pytest.param("\x1b[31mrouge\x85", "[31mrouge\n", id="controls"),
        pytest.param("क्\u200dष", None, id="a joiner between letters survives"),
        pytest.param("न\u200dषक", None, id="after one letter and before two"),
        pytest.param("1\u200d2 \u200d", "12 ", id="elsewhere it does not"),
        pytest.param("a\U000e0041b", "ab", id="tags"),
    ],
)
def test_only_what_nobody_can_see_is_taken_away(typed: str, shown: str | None) -> None:
    assert presentable(typed) == (typed if shown is None else shown)


@pytest.mark.parametrize(
    "link",
    [
        "https://exemple.org/pv.pdf",
        "https://exemple.org:443/pv.pdf",
        "https://www.youtube.com/@VilledeBecancour",
        "https://www.facebook.com/ville/posts/1016012345678901",
        "https://exemple.org/2026/02/15/819-555-0199",
        "https://exemple.org/x?id=046454286",
        "https://www.google.com/maps/@46.3,-72.4,15z",
        "https://québec.ca/séance",
        "https://xn--qubec-csa.ca/",
        "https://demo.example/",
        "https://www.ville-de-quebec.ca/",
        "https://www.home.ca/",
        "https://exemple.org/".ljust(LONGEST_LINK, "a"),
    ],
)
def test_a_public_address_is_fit(link: str) -> None:
    """Handles, dates and long numbers are what public addresses are made of."""
    assert unfit_link(link) is None


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("https://app.asana.com/0/1/2", "prive"),
        ("https://FORM.ASANA.COM/?k=1", "prive"),
        ("https://asana.com./0/1", "prive"),
        ("https://app.%61sana.com/0", "prive"),
        ("https://exemple.org/?u=https%3A%2F%2Fapp.asana.com%2F0", "prive"),
        ("https://exemple.org/?a=jean%2540ville.ca", "prive"),
        ("jean@ville.ca", "prive"),
        ("https://jean@exemple.org/", "prive"),
        ("https://ville-my.sharepoint.com/personal/jean_ville_ca/r.pdf", "prive"),
        ("http://exemple.org/", "forme"),
        ("javascript:alert(1)", "forme"),
        ("//exemple.org", "forme"),
        ("pas un lien", "forme"),
        ("", "forme"),
        ("https://", "forme"),
        ("https://[à venir]", "forme"),
        ("https://exa\u2100mple.com", "forme"),
        ("https://\uff45xemple.org/", "forme"),
        ("https://exemple.org:8443/", "forme"),
        ("https://exemple.org:99999/", "forme"),
        ("https://moi:secret@intranet/", "forme"),
        ("https://@exemple.org/", "forme"),
        ("https://192.168.1.10/", "forme"),
        ("https://2130706433/", "forme"),
        ("https://0x7f.0x1/", "forme"),
        ("https://[::1]/", "forme"),
        ("https://intranet/", "forme"),
        ("https://serveur/", "forme"),
        ("https://serveur.local/", "forme"),
        ("https://serveur.internal/", "forme"),
        ("https://serveur.LAN/", "forme"),
        ("https://nas.home/", "forme"),
        ("https://exemple.org/\u202egpj.exe", "forme"),
        ("https://exemple.org/a b", "forme"),
        ("https://exemple.org/\x00", "forme"),
        ('https://exemple.org/"><b>', "forme"),
        ("https://exemple.org\\@mal.ca/", "forme"),
        ("https://exemple.org/".ljust(LONGEST_LINK + 1, "a"), "forme"),
    ],
)
def test_an_unfit_address_is_refused_and_says_of_which_kind(link: str, kind: str) -> None:
    """A mistyped address is no private information: the page must not say that it is."""
    fault = link_fault(link)
    assert fault is not None
    assert fault[0] == kind


@pytest.mark.parametrize(
    ("link", "fr", "en"),
    [
        ("https://app.asana.com/0/1", "un lien Asana", "an Asana link"),
        ("jean@ville.ca", "une adresse courriel", "an e-mail address"),
        (
            "https://ville-my.sharepoint.com/personal/jean/r.pdf",
            "un dossier personnel OneDrive",
            "a personal OneDrive folder",
        ),
        (
            "https://exemple.org/".ljust(LONGEST_LINK + 1, "a"),
            "l’adresse dépasse 2000 caractères",
            "the address is over 2000 characters",
        ),
        ("pas un lien", "ce n’est pas une adresse https", "it is not an https address"),
        *(
            (link, "l’adresse est mal formée", "the address is malformed")
            for link in (
                "https://exemple.org/a b",
                "https://exemple.org/\u202eb",
                "https://[à venir]",
                "https://exemple.org:8443/",
                "https://moi:secret@intranet/",
            )
        ),
        (
            "https://intranet/",
            "l’adresse ne mène pas à un site public",
            "the address does not lead to a public site",
        ),
    ],
)
def test_the_manager_reads_what_is_wrong_with_the_address(link: str, fr: str, en: str) -> None:
    assert unfit_link(link) == Text(fr, en)


@pytest.mark.parametrize(
    ("note", "fr", "en"),
    [
        ("jean@ville.ca", "une adresse courriel", "an e-mail address"),
        ("Voir @mtremblay", "une mention (@)", "a mention (@)"),
        ("819 555-0199", "un numéro de téléphone", "a telephone number"),
        ("voir asana.com", "un lien Asana", "an Asana link"),
        ("tâche 1200000000000001", "un identifiant interne", "an internal id"),
        ("046 454 286", "un numéro d’assurance sociale", "a social insurance number"),
        ("TREM 6512 1234", "un numéro d’assurance maladie", "a health insurance number"),
        ("T1234-150385-06", "un numéro de permis de conduire", "a driver’s licence number"),
        ("plaque ABC 123", "un numéro de plaque", "a licence plate number"),
        ("4111-1111-1111-1111", "un numéro de carte de paiement", "a payment card number"),
    ],
)
def test_the_manager_reads_what_is_private_in_a_note(note: str, fr: str, en: str) -> None:
    assert private_in(note) == Text(fr, en)


@given(st.one_of(TYPED, TYPED.map("https://{}".format), TYPED.map("https://a.ca{}".format)))
@example("https://[à venir]")
@example("https://exa\u2100mple.com")
def test_no_text_makes_the_rule_stumble_and_what_it_passes_can_be_published(typed: str) -> None:
    """A cycle must not fail over what one person pasted into one field."""
    if unfit_link(typed) is None:
        assert TypeAdapter(PublicLink).validate_python(typed) == typed


NEVER = ("Marie-Ève Côté", "Roy", "Jean d’Arc")


@pytest.mark.parametrize(
    "text",
    [
        "Remis par Marie-Ève Côté.",
        "MARIE EVE COTE",
        "marie\u2011ève\u00a0côté",
        "Marie-E\u0300ve Co\u0302te\u0301",
        f"Ma{ZERO_WIDTH}rie-Ève Côté",
        "Marie-Ève\u2800Côté",
        "Ｍａｒｉｅ-Ève Côté",
        "Le comité (Roy, 3 élus)",
        "roy",
        "jean d'arc",
    ],
)
def test_a_name_on_the_city_s_list_is_found_however_it_is_written(text: str) -> None:
    assert private_in(text, NEVER) == Text(
        "un nom à ne jamais publier", "a name that is never to be published"
    )
    assert private_in(text) is None
    fault = link_fault(f"https://exemple.org/{text.replace(' ', '_')}.pdf", NEVER)
    assert fault is not None
    assert unfit_link(f"https://exemple.org/{text.replace(' ', '_')}.pdf", NEVER) == fault[1]


@pytest.mark.parametrize("text", ["La royauté", "Corroyer", "Marie-Ève", "Marie Côté", "Jean, Arc"])
def test_part_of_a_name_or_a_word_around_it_is_no_hit(text: str) -> None:
    assert private_in(text, NEVER) is None


def test_an_administrator_reads_which_words_are_meant() -> None:
    """All of them: a note that is mended word by word is withheld as many times."""
    note = "Appeler Mme Roy au 819 555-0199 ou à a.roy@ville.ca; encore 819 555-0199."
    parts = private_parts(note, NEVER)
    assert where(parts) == "a.roy@ville.ca, 819 555-0199, Roy"
    assert where(private_in_link("https://exemple.org/?u=app.%61sana.com%2F0")) == "asana.com"
    assert where(private_parts(" ".join(f"a{n}@b.ca" for n in range(7)))).endswith("a4@b.ca…")
    assert where(private_parts(" ".join(f"a{n}@b.ca" for n in range(5)))).endswith("a4@b.ca")
    assert where(private_parts("NAS 046 454 286.")) == "046 454 286"
    assert where(private_parts("Plaque : ABC 123 (NAM trem65121234)")) == "trem65121234, ABC 123"
    (named,) = private_in_link("https://ville.ca/%4Aean%2Droy/bilan", ("Jean Roy",))
    assert named.what.fr == "un nom à ne jamais publier"
    assert where((named,)) == "Jean Roy"
