"""
Strict pydantic models for our own files, and their refusals in words.

A misspelt key stops the start: the message names the file, the line, the key and the nearest
valid one. All the problems of a file are told together.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from sync.settings.document import Document
from sync.settings.problems import Key, Problem, nearest, suggestion
from sync.wording import Text

Said = tuple[Key, Text]
"""A key, relative to the value that a validator looked at, and what is wrong there."""

OURS = "jalon"


class Strict(BaseModel):
    """Frozen; unknown keys are errors; `"3"` is not 3 and `yes` is not true."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


Model = TypeVar("Model", bound=Strict)


def wrong(*said: Said) -> PydanticCustomError:
    """What a validator raises: one or several problems, each with its place and both languages."""
    return PydanticCustomError(OURS, "refused", {"said": said})


def wrong_here(fr: str, en: str) -> PydanticCustomError:
    return wrong(((), Text(fr=fr, en=en)))


def one_line(text: str) -> str:
    if not text.strip():
        raise wrong_here("texte vide : écrivez quelque chose.", "empty text: write something.")
    if any(not letter.isprintable() for letter in text.replace("\u00a0", " ")):
        raise wrong_here(
            "caractère invisible ou saut de ligne : une seule ligne de texte est attendue.",
            "invisible character or line break: a single line of text is expected.",
        )
    return text.strip()


def paragraphs(text: str) -> str:
    for line in text.strip().splitlines() or [""]:
        if line:
            one_line(line)
    if not text.strip():
        raise wrong_here("texte vide : écrivez quelque chose.", "empty text: write something.")
    return text.strip()


def _slug(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        raise wrong_here(
            "identifiant attendu : minuscules sans accent, chiffres et traits d'union.",
            "an id is expected: lower-case letters without accents, digits and hyphens.",
        )
    return text


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", text):
        raise wrong_here(
            "adresse électronique attendue (nom@ville.ca).", "an e-mail address is expected."
        )
    return text


def _day(value: object) -> date:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise wrong_here("date attendue (AAAA-MM-JJ).", "a date is expected (YYYY-MM-DD).")


Line = Annotated[str, AfterValidator(one_line)]
Paragraphs = Annotated[str, AfterValidator(paragraphs)]
Slug = Annotated[str, AfterValidator(_slug)]
Email = Annotated[str, AfterValidator(_email)]
Day = Annotated[date, BeforeValidator(_day)]
VariableName = Annotated[str, AfterValidator(one_line)]


def parse(document: Document, model: type[Model], problems: list[Problem]) -> Model | None:
    """The model, or None after its problems were added."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems.extend(sorted(_told(document, model, error), key=lambda one: one.line or 0))
        return None


def _told(document: Document, model: type[Strict], error: ValidationError) -> Iterator[Problem]:
    details = error.errors(include_url=False, include_input=False)
    explained = set(_explained_by_a_misspelling(model, details))
    for detail in details:
        key = detail["loc"]
        if detail["type"] == OURS:
            for at, text in detail["ctx"]["said"]:
                yield document.problem((*key, *at), text)
        elif not (detail["type"] == "missing" and key in explained):
            yield document.problem(key, _words(model, detail))


def _explained_by_a_misspelling(model: type[Strict], details: list[ErrorDetails]) -> Iterator[Key]:
    """`echance` is not also reported as a missing `echeance`."""
    missing = {detail["loc"] for detail in details if detail["type"] == "missing"}
    for detail in details:
        if detail["type"] == "extra_forbidden":
            *parent, word = detail["loc"]
            close = nearest(str(word), _valid_keys(model, tuple(parent)))
            if close and (*parent, close) in missing:
                yield (*parent, close)


def _words(model: type[Strict], detail: ErrorDetails) -> Text:
    key, kind, context = detail["loc"], detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        hint = suggestion(str(key[-1]), _valid_keys(model, key[:-1]))
        return Text(fr=f"clé inconnue. {hint.fr}", en=f"unknown key. {hint.en}")
    if kind == "missing":
        return Text(fr="clé obligatoire, absente. Ajoutez-la.", en="required key, missing. Add it.")
    if kind == "literal_error":
        expected = str(context["expected"]).replace(" or ", ", ")
        return Text(
            fr=f"valeur inconnue. Sont admises : {expected}.",
            en=f"unknown value. Allowed here: {expected}.",
        )
    return _EXPECTED.get(kind, _fallback(detail, context))


def _fallback(detail: ErrorDetails, context: Mapping[str, Any]) -> Text:
    bounds = {
        "greater_than_equal": ("au moins", "at least", "ge"),
        "greater_than": ("plus de", "more than", "gt"),
        "less_than_equal": ("au plus", "at most", "le"),
        "less_than": ("moins de", "less than", "lt"),
        "too_short": ("au moins (éléments)", "at least (items)", "min_length"),
        "too_long": ("au plus (éléments)", "at most (items)", "max_length"),
        "string_too_short": ("au moins (caractères)", "at least (characters)", "min_length"),
        "string_too_long": ("au plus (caractères)", "at most (characters)", "max_length"),
    }
    if detail["type"] in bounds:
        fr, en, name = bounds[detail["type"]]
        return Text(fr=f"attendu : {fr} {context[name]}.", en=f"expected: {en} {context[name]}.")
    return Text(fr=f"valeur refusée ({detail['type']}).", en=f"refused value ({detail['type']}).")


_EXPECTED: Mapping[str, Text] = {
    "string_type": Text(
        fr="texte attendu. Mettez la valeur entre guillemets.",
        en="text is expected. Put the value in quotes.",
    ),
    "int_type": Text(fr="nombre entier attendu.", en="a whole number is expected."),
    "float_type": Text(fr="nombre attendu.", en="a number is expected."),
    "bool_type": Text(fr="true ou false attendu.", en="true or false is expected."),
    "tuple_type": Text(
        fr="liste attendue (un tiret par élément).", en="a list is expected (one dash per item)."
    ),
    "model_type": Text(fr="groupe de clés attendu.", en="a group of keys is expected."),
    "model_attributes_type": Text(fr="groupe de clés attendu.", en="a group of keys is expected."),
    "dict_type": Text(fr="groupe de clés attendu.", en="a group of keys is expected."),
}


def _valid_keys(model: type[Strict], parent: Key) -> tuple[str, ...]:
    """The keys that may stand in the group at `parent`, found by walking the models."""
    kind: object = model
    for part in parent:
        kind = _item(kind) if isinstance(part, int) else _member(kind, part)
    found = _model_in(kind)
    return tuple(found.model_fields) if found else ()


def _member(kind: object, name: str) -> object:
    found = _model_in(kind)
    return found.model_fields[name].annotation if found and name in found.model_fields else None


def _item(kind: object) -> object:
    for candidate in _alternatives(kind):
        if get_origin(candidate) is tuple:
            return get_args(candidate)[0]
    return None


def _model_in(kind: object) -> type[BaseModel] | None:
    for candidate in _alternatives(kind):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _alternatives(kind: object) -> Iterator[object]:
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _alternatives(get_args(kind)[0])
    elif origin in (Union, UnionType):
        for part in get_args(kind):
            yield from _alternatives(part)
    else:
        yield kind
