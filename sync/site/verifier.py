"""
`verifier.html`: one file that needs nothing, with which anyone checks the publication offline.

It does what `sync/core/verification.py` does; both are tested against the same planted frauds.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sync.site.edition import Edition
from sync.site.locales.verifier import FORM, SAID
from sync.site.paths import way_up
from sync.site.render import LOCALES, Translation, translations
from sync.site.typography import display
from sync.wording import Language

VERIFIER: Final = "verifier.html"


def verifier_pages(edition: Edition) -> Mapping[str, bytes]:
    """In every language that the city asks for."""
    shown, invented = edition.presentation, edition.current.snapshot.demonstration
    found = {}
    for language in shown.languages:
        own = f"{shown.root_of(language)}{VERIFIER}"
        found[own] = _page(
            shown.city,
            edition.current.snapshot.plan.titre,
            language,
            translations(VERIFIER, shown, own),
            demonstration=invented,
            base=way_up(own),
        )
    return found


@cache
def _page(
    city: str,
    plan: str,
    language: Language,
    others: tuple[Translation, ...],
    *,
    demonstration: bool,
    base: str,
) -> bytes:
    def say(key: str, **values: str) -> str:
        return display(FORM[key].in_(language).format(**values), language)

    css, script = _own("verifier.css"), _own("verifier.js")
    words = {key: display(text.in_(language), language) for key, text in SAID.items()}
    words["base"] = base
    environment = Environment(
        loader=PackageLoader("sync.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["say"] = say
    text = environment.get_template("verifier.html.jinja").render(
        lang=LOCALES[language],
        city=city,
        plan=plan,
        translations=others,
        demonstration=demonstration,
        css=Markup(css),  # noqa: S704  our own file
        css_hash=_csp_hash(css),
        script=Markup(script),  # noqa: S704  our own file
        script_hash=_csp_hash(script),
        words=Markup(json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")),  # noqa: S704
    )
    return text.encode()


def _own(name: str) -> str:
    """Without the blanks around it, which some checkers leave out of the policy's hash."""
    text = files("sync.site").joinpath(f"templates/{name}").read_text(encoding="utf-8")
    return text.strip()


def _csp_hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
