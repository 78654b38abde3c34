"""
What private things look like in a text: each form, and what a person calls it.

A form is as narrow as ordinary words allow, for a filter that withholds honest notes would be
switched off: dates, amounts, by-laws, files, lots and addresses of the city all pass. What has no
form of its own (seven digits, a plate) counts beside the word that says what it is.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from sync.wording import Text

_DASH_OR_SPACE = r"[\s.\-‐‑‒–—―⁃−/·•_~]"
_GAP = f"{_DASH_OR_SPACE}{{0,4}}"
_SIGN = r"[\s.\-‐‑‒–—]{0,2}"

_LOCAL = r"(?<![\w.+-])[\w.+-]++"
_AT = (
    r"(?:\s{0,2}@\s{0,2}"
    r"|\s{0,2}(?:[(\[{<]\s?(?:at|@|arobase?|chez)\s?[)\]}>]|«\s?(?:at|@|arobase?)\s?»)\s{0,2}"
    r"|\s{1,2}arobase?\s{1,2})"
)
_SPOKEN_DOT = (
    r"(?:\s\.\s|\s{0,2}[(\[{]\s?(?:\.|point|dot)\s?[)\]}]\s{0,2}|\s{1,2}(?:point|dot)\s{1,2})"
)
_KNOWN_TOP = r"(?:ca|com|net|org|info|fr|qc|qu[ée]bec)\b"
_EMAIL = (
    rf"{_LOCAL}{_AT}[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{{2,}}"
    rf"|{_LOCAL}(?:{_AT}|\s{{1,2}}at\s{{1,2}})[\w-]+(?:(?:\.|{_SPOKEN_DOT})[\w-]+){{0,3}}?"
    rf"{_SPOKEN_DOT}{_KNOWN_TOP}"
    rf"|{_LOCAL}\s{{0,2}}[(\[{{<]a[)\]}}>]\s{{0,2}}[\w-]+(?:\.[\w-]+)*\.{_KNOWN_TOP}"
)

_LOCAL_NUMBER = rf"[2-9]\d\d{_GAP}\d{{4}}(?!\d)"
_PHONE = (
    rf"(?<!\d)(?:\+?1{_GAP})?\(?[2-9]\d\d\)?{_GAP}\(?[2-9]\d\d\)?{_GAP}\(?\d\d[\s.\-]?\d\d(?!\d)"
    rf"|(?<!\d)\d{{3}}{_GAP}\d{{4}}[\s,;(]{{0,3}}(?:poste|ext(?:ension)?\b\.?)\s*\d"
    r"|\b(?:t[ée]l(?:[ée]phone|[ée]copieur)?|cell(?:ulaire)?|fax)\b[\s:.()]{0,5}"
    rf"(?:(?:au\s)?(?:bureau|travail|maison|domicile|au)\b[\s:.()]{{0,4}})?{_LOCAL_NUMBER}"
    r"|\b(?:appele[rz]|compose[rz]|contacte[rz]|(?:re)?joindre|t[ée]l[ée]phone[rz]|texte[rz])\b"
    rf"[^\d\n]{{0,40}}\b(?:au|le)\s{{1,2}}(?:num[ée]ro\s{{1,2}})?{_LOCAL_NUMBER}"
)

_SIN_NAMED = (
    r"\b(?:NAS\b|N\.A\.S\.|SIN\b|assurance[\s-]sociale|social\sinsurance)[^\d\n]{0,20}"
    rf"(?P<words>\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}})(?!\d)"
)
_NINE_DIGITS = (
    rf"(?<!\d)(?<!\d[\s.,])\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}}"
    rf"(?!\d)(?!{_DASH_OR_SPACE}\d{{3}}(?!\d))(?!,\d)"
    rf"(?!\s*(?:\$|%|€|dollars|R[CPT]\s?\d{{4}}))"
)
"""Set apart from an amount of money and from a business number, which is public."""

_BIRTH = (
    rf"\d\d{_SIGN}(?:0[1-9]|1[0-2]|5[1-9]|6[0-2]){_SIGN}(?:0[1-9]|[12]\d|3[01]){_SIGN}\d\d(?!\d)"
)
"""Year, month (fifty more for a woman) and day of birth, then two digits more."""
_TWO_YEARS = rf"(?!(?:19|20)\d\d{_SIGN}(?:19|20)\d\d)"
_HEALTH = (
    rf"(?<!\w)[A-Z]{{4}}{_SIGN}{_TWO_YEARS}{_BIRTH}"
    rf"|(?i:\b(?:NAM|RAMQ|assurance[\s-]maladie)\b[^\w\n]{{0,10}}(?P<words>[A-Z]{{4}}{_SIGN}{_BIRTH}))"
)
_LICENCE = r"(?<!\w)[A-Z]\d{4}[\s-]?\d{6}[\s-]?\d{2}(?!\w)"
_PLATE = (
    r"(?i:\b(?:plaques?|immatricul\w{1,9}))\b[^\w\n]{0,4}(?i:(?:no|num[ée]ro)\b[^\w\n]{0,4})?"
    r"(?P<words>[A-Z]{3}[\s-]?\d{3}|[A-Z]\d{2}[\s-]?[A-Z]{3}|\d{3}[\s-]?[A-Z]{3})(?!\w)"
)
_CARD = (
    r"(?<!\d)(?!(?:(?:19|20)\d\d\D{1,2}){3}(?:19|20)\d\d)"
    r"(?:[2-6]\d{3}(?:[\s.-]{1,2}\d{4}){3}|3[47]\d\d[\s.-]{1,2}\d{6}[\s.-]{1,2}\d{5})(?!\d)"
)


def _passes_luhn(digits: str) -> bool:
    """Nine ordinary numbers in ten fail here."""
    doubled = (int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _is_sin(digits: str) -> bool:
    """No social insurance number starts with 8."""
    return digits[0] != "8" and _passes_luhn(digits)


class Form(NamedTuple):
    """A group named `words` is what counts where the form needs more around it to be sure."""

    what: Text
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] | None = None
    """Asked of the digits alone, where a check digit tells."""


_SOCIAL: Final = Text("un numéro d’assurance sociale", "a social insurance number")
EMAIL: Final = Form(
    Text("une adresse courriel", "an e-mail address"), re.compile(_EMAIL, re.IGNORECASE)
)
ASANA: Final = Form(
    Text("un lien Asana", "an Asana link"), re.compile(r"\basana\.com\b", re.IGNORECASE)
)
PERSONAL_DRIVE: Final = Form(
    Text("un dossier personnel OneDrive", "a personal OneDrive folder"),
    re.compile(r"-my\.sharepoint\.com\b", re.IGNORECASE),  # the path spells the person's e-mail
)

IN_WORDS: Final = (
    EMAIL,
    Form(Text("une mention (@)", "a mention (@)"), re.compile(r"(?<!\w)@\w+")),
    ASANA,
)
IN_NUMBERS: Final = (
    Form(Text("un numéro de téléphone", "a telephone number"), re.compile(_PHONE, re.IGNORECASE)),
    Form(Text("un identifiant interne", "an internal id"), re.compile(r"(?<!\d)\d{13,}(?!\d)")),
    Form(_SOCIAL, re.compile(_SIN_NAMED, re.IGNORECASE)),
    Form(_SOCIAL, re.compile(_NINE_DIGITS, re.IGNORECASE), _is_sin),
    Form(Text("un numéro d’assurance maladie", "a health insurance number"), re.compile(_HEALTH)),
    Form(
        Text("un numéro de permis de conduire", "a driver’s licence number"),
        re.compile(_LICENCE),
    ),
    Form(Text("un numéro de plaque", "a licence plate number"), re.compile(_PLATE)),
    Form(
        Text("un numéro de carte de paiement", "a payment card number"),
        re.compile(_CARD),
        _passes_luhn,
    ),
)
"""None of them is in a text without two digits in a row."""
IN_LINKS: Final = (EMAIL, ASANA, PERSONAL_DRIVE)
"""Public addresses are full of digits and handles: only what is never public counts there."""
