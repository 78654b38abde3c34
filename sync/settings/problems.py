"""
What is wrong in a file or a variable, gathered before anything is said.

A person who fixes a file wants all of its problems at once, each with its line and its key.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sync.errors import ConfigError
from sync.wording import Text

Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """`text` says what was expected and what to do; the rest says where."""

    text: Text
    file: str | None = None
    line: int | None = None
    key: str | None = None

    def located(self) -> Text:
        fr = (self.file, self.line and f"ligne {self.line}", self.key and f"« {self.key} »")
        en = (self.file, self.line and f"line {self.line}", self.key and f"“{self.key}”")
        return Text(
            fr=" : ".join(part for part in (_place(fr), self.text.fr) if part),
            en=": ".join(part for part in (_place(en), self.text.en) if part),
        )


def _place(parts: Iterable[str | int | None]) -> str:
    return ", ".join(str(part) for part in parts if part)


def dotted(key: Key) -> str:
    """`("checkpoints", 0, "gel")` is written `checkpoints[0].gel`."""
    written = ""
    for part in key:
        written += f"[{part}]" if isinstance(part, int) else f".{part}" if written else part
    return written


def refusal(problems: Sequence[Problem]) -> ConfigError:
    """One error that tells every problem, in the order of the files."""
    told = [problem.located() for problem in problems]
    if len(told) == 1:
        return ConfigError(told[0], problems=tuple(problems))
    return ConfigError(
        Text(
            fr=_listed(f"{len(told)} problèmes de configuration :", (one.fr for one in told)),
            en=_listed(f"{len(told)} configuration problems:", (one.en for one in told)),
        ),
        problems=tuple(problems),
    )


def _listed(title: str, lines: Iterable[str]) -> str:
    return "\n".join([title, *(f"- {line}" for line in lines)])


def nearest(word: str, valid: Iterable[str]) -> str | None:
    """The valid word that was most likely meant; case and accents do not count."""
    by_fold = {_folded(candidate): candidate for candidate in valid}
    found = get_close_matches(_folded(word), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def suggestion(word: str, valid: Sequence[str]) -> Text:
    """What to write instead: the nearest valid word, else the whole list."""
    close = nearest(word, valid)
    if close:
        return Text(fr=f"La plus proche est « {close} ».", en=f"The nearest one is “{close}”.")
    listed = ", ".join(valid)
    return Text(fr=f"Sont admises : {listed}.", en=f"Allowed here: {listed}.")
