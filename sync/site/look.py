"""
The style and the script of a page, inside the page itself, and the policy that allows no other.

A page asks for nothing to be drawn: what it looks like came with it, and the first paint waits
for no request and no script.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sync.site.locales.page import PAGE
from sync.wording import Language

_COMMENTS = re.compile(r"/\*.*?\*/", re.DOTALL)
_BETWEEN = re.compile(r"\s*([{};,>])\s*|(?<=:)\s+|(?<![\d.])0(?=\.\d)")


@dataclass(frozen=True, slots=True)
class Look:
    css: str
    script: str
    policy: str


@cache
def look(
    styles: tuple[str, ...],
    scripts: tuple[str, ...],
    language: Language,
    labels: tuple[str, ...] = (),
    *,
    demonstration: bool,
) -> Look:
    """
    From names of files in `templates/`; `labels` name the columns of the tracking table where a
    telephone has no room for its head.

    A demonstration says so at the head of every printed sheet as well: a sheet travels alone.
    """
    css = "".join(_compact(_read(f"{name}.css")) for name in styles)
    for column, label in enumerate(labels, 2):
        css += f'.suivi td:nth-child({column}){{--jalon:"{_css_text(label)}"}}'
    css = _with_short_names(css)
    if demonstration:
        words = PAGE["demo"].in_(language)
        css += f'@page{{@top-center{{content:"{words}";font:bold 9pt sans-serif}}}}'
    script = "\n".join(
        line.strip() for name in scripts for line in _read(f"{name}.js").splitlines()
    )
    rules = ["default-src 'none'", f"style-src '{_hash(css)}'"]
    if script:
        rules += [f"script-src '{_hash(script)}'", "connect-src 'self'"]
    rules += ["img-src data:", "base-uri 'none'", "form-action 'none'"]
    return Look(css, script, "; ".join(rules))


_NAMED = re.compile(r"--[a-z][a-z-]*")
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _with_short_names(css: str) -> str:
    """Custom properties under a letter each: their names are for who reads the source."""
    names = dict.fromkeys(_NAMED.findall(css))
    short = {name: f"--{letter}" for name, letter in zip(names, _LETTERS, strict=False)}
    return _NAMED.sub(lambda found: short.get(found[0], found[0]), css)


def _read(name: str) -> str:
    return files("sync.site").joinpath(f"templates/{name}").read_text(encoding="utf-8")


def _compact(css: str) -> str:
    """Without comments and without the blanks that only a reader of the source needs."""
    return (
        _BETWEEN.sub(lambda found: found[1] or "", _COMMENTS.sub("", css))
        .replace(";}", "}")
        .strip()
    )


def _css_text(words: str) -> str:
    """Inside quotes of a style sheet; whatever is not a plain letter or digit is a code point."""
    return "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in words)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
