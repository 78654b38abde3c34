"""
What an indicator expects, recognised from its published words and never invented.

Tried in this order; whatever fits none is a deliverable:

- *Continuity*: the line begins or ends with « en continu » (or *ongoing*). « Terminé et
  alimentation en continu. » is one too: the part that lasts is what can still be checked.
- *State*: the line opens with a state word that a full stop or the end of the line closes, even
  when the next sentence is glued to it (« Fait.Champs de suivi… »). A state is no result: it says
  where the city thought it stood when it wrote.
- *Quantity*: exactly one count or range of things. A line with two counts stays a deliverable,
  since one number could not answer both.

What looks like a number and is none: ordinals (« 1re activité » names one thing and asks for no
count), dates and years, durations (« 100 jours »), decimals and names (« 90,5 FM », « A55 »,
« phase 2 »), telephone numbers, amounts and percentages, known sets (« les deux parties »). « Un »
and « une » are articles more often than counts and are left alone; the words from « deux » to
« douze » count like digits. Both French and English forms are read, whatever the plan's language.
"""

import re
import unicodedata
from collections.abc import Iterator

from sync.model.plan import Goal

DELIVERABLE = Goal("deliverable")

_CONTINUITY = re.compile(
    r"^(?:en continu|ongoing|continuous(?:ly)?)\b"
    r"|\b(?:en continu|ongoing|continuously|on an ongoing basis)\W*$",
    re.IGNORECASE,
)

_STATE = re.compile(
    r"^(?P<word>"
    r"(?:termin[ée]|compl[ée]t[ée]|fait|r[ée]alis[ée]|achev[ée])e?s?|en cours"
    r"|done|completed?|finished|in progress|under ?way"
    r")\s*(?:[.!]|$)",
    re.IGNORECASE,
)

_NUMBER_WORDS = {
    word: value
    for value, words in enumerate(
        (
            "deux two",
            "trois three",
            "quatre four",
            "cinq five",
            "six",
            "sept seven",
            "huit eight",
            "neuf nine",
            "dix ten",
            "onze eleven",
            "douze twelve",
        ),
        start=2,
    )
    for word in words.split()
}

_SPACE = r"[ \u00a0\u202f]"
_NUMBER = rf"(?:\d{{1,3}}(?:{_SPACE}\d{{3}})+|\d{{1,6}}|{'|'.join(_NUMBER_WORDS)})"
_COUNT = re.compile(
    # Nothing may be glued before: a letter (A55), a digit and its separator (90,5; 819 294…).
    rf"(?<![\w$#°])(?<!\d[,.:/\-–\u00a0\u202f ])(?P<low>{_NUMBER})"
    rf"(?:{_SPACE}?(?P<joint>à|to|ou|or|et|and|[-–]){_SPACE}?(?P<high>{_NUMBER}))?"
    # Nor after: an ordinal (1re), a decimal (90,5), the rest of a telephone number.
    rf"(?!\w)(?![,.:/\-–]?\d)(?!{_SPACE}\d)",
    re.IGNORECASE,
)
_REACH = 80  # characters looked at on either side of a number
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_LAST_WORD = re.compile(rf"({_WORD.pattern})\W*$")
_BETWEEN = frozenset({"entre", "between"})
_JOINTS_OF_TWO = frozenset({"et", "and"})  # a range only after « entre »: else two numbers


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Accents are folded before these are asked.
_LABELS = _words(
    "annexe article axe axis bill chapitre chapter etape figure jalon level ligne local loi lot "
    "niveau no numero objectif page pages part partie phase point reglement rang route salle "
    "section step tableau tome version volet volume etapes phases pages articles "
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre "
    "january february march april may june july august september october november december"
)
_KNOWN_SETS = _words("les des ces nos vos leurs mes ses aux the these those our both")
_NOT_COUNTED = _words(
    # Words that end like a plural and name nothing, or nothing that a city delivers.
    "jours mois ans annees semaines heures minutes secondes fois dollars points pourcents "
    "days months years weeks hours minutes seconds times cents mars "
    "plus moins dans sans sous des les aux ces ses nos vos leurs vers puis mais pas tous is was "
    "has as this its us hours"
)
_QUALIFIERS = _words(
    "premiers premieres nouveaux nouvelles autres grands grandes principaux principales petits "
    "petites differents differentes first new other more additional different"
)
_PLURALS_WITHOUT_S = _words("people children men women km")


def recognise(text: str) -> Goal:
    """Same words, same goal; the line's numbers are never rounded, added or guessed."""
    line = text.strip()
    if _CONTINUITY.search(line):
        return Goal("continuity")
    if state := _STATE.match(line):
        return Goal("state", word=state["word"])
    counts = tuple(_counts(line))
    return counts[0] if len(counts) == 1 else DELIVERABLE


def _counts(line: str) -> Iterator[Goal]:
    for match in _COUNT.finditer(line):
        before = line[max(0, match.start() - _REACH) : match.start()]
        goal = _count(before, match, line[match.end() : match.end() + _REACH])
        if goal:
            yield goal


def _count(before: str, match: re.Match[str], after: str) -> Goal | None:
    low = _value(match["low"])
    high = _value(match["high"]) if match["high"] else low
    ranged = match["high"] is not None
    if not 1 <= low <= high or _is_year(match["low"]) or _is_year(match["high"] or ""):
        return None
    previous = _LAST_WORD.search(before)
    word = _fold(previous[1]) if previous else ""
    if ranged and (
        low == high or ((match["joint"].casefold() in _JOINTS_OF_TWO) != (word in _BETWEEN))
    ):
        return None
    in_capitals = (before + after).isupper()  # no acronym can be told there
    plain = in_capitals or (previous is not None and previous.start() == 0)
    if previous and _names_what_follows(previous[1], plain=plain):
        return None
    if ranged and re.match(r"\s*(?:[).;,]|$)", after):
        return Goal("quantity", at_least=low, at_most=high)
    unit = _unit(after, one=high == 1)
    return Goal("quantity", at_least=low, at_most=high, unit=unit) if unit else None


def _names_what_follows(word: str, *, plain: bool) -> bool:
    """Whether the word before a number makes it a label (« phase 2 ») or a known set."""
    acronym = not plain and len(word) > 1 and word.isupper()
    return acronym or _fold(word) in _LABELS | _KNOWN_SETS


def _unit(after: str, *, one: bool) -> str | None:
    """The counted noun, as published: a plural right after the number, past one qualifier."""
    words = re.match(rf"{_SPACE}+({_WORD.pattern})(?:{_SPACE}+({_WORD.pattern}))?", after)
    if not words:
        return None
    noun = words[1]
    if _fold(noun) in _QUALIFIERS:
        noun = words[2] or ""
    folded = _fold(noun)
    if folded in _NOT_COUNTED or folded in _LABELS:
        return None
    plural = len(folded) >= 4 and folded[-1] in "sx"
    if plural or folded in _PLURALS_WITHOUT_S or (one and len(folded) >= 4):
        return noun
    return None


def _value(number: str) -> int:
    word = _NUMBER_WORDS.get(number.casefold())
    return word if word is not None else int(re.sub(_SPACE, "", number))


def _is_year(number: str) -> bool:
    return len(number) == 4 and number[:2] in {"19", "20", "21"}


def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
