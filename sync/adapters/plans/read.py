"""
Read a plan from any of the forms in which a city publishes one.

The form is recognised from the content, the name only decides where the content leaves room. Each
form gives tables in one shape; one recogniser reads them; the ids come last. Whatever cannot be
read exactly raises PlanRefused and leaves nothing behind.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sync.adapters.plans.adopted import load_plan
from sync.adapters.plans.bars import read_bars
from sync.adapters.plans.delimited import read_csv
from sync.adapters.plans.encoding import decode
from sync.adapters.plans.headings import FoundCheckpoint
from sync.adapters.plans.html_tables import read_html
from sync.adapters.plans.markdown_tables import read_markdown
from sync.adapters.plans.recognise import Recognised, recognise
from sync.adapters.plans.refusal import refuse
from sync.adapters.plans.source import LARGEST, Document
from sync.adapters.plans.table import Table
from sync.adapters.plans.workbook import is_workbook, read_workbook
from sync.core.identity import identify, retired_ids
from sync.core.plan_words import private_words
from sync.model.plan import Action, Plan, Remark

Form = Literal["yaml", "html", "markdown", "bars", "csv"]

_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype|html|head|body|table)\b",
    re.IGNORECASE | re.DOTALL,
)
_ANY_TABLE = re.compile(r"<table\b", re.IGNORECASE)
_ADOPTED = re.compile(r"^axes[ \t]*:", re.MULTILINE)
_RULE = re.compile(
    r"^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$", re.MULTILINE
)
_BAR = re.compile(r"^[ \t]*\|", re.MULTILINE)
_SIGNATURES = {
    b"%PDF": "PDF",
    b"\xd0\xcf\x11\xe0": "DOC, XLS",
    b"PK": "ZIP, DOCX, ODS",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\x1f\x8b": "gzip",
}


@dataclass(frozen=True, slots=True)
class Imported:
    """A plan as read, what a person should know of it, and the checkpoints it speaks of."""

    plan: Plan
    remarks: tuple[Remark, ...]
    checkpoints: tuple[FoundCheckpoint, ...]


def read_plan(
    document: Document,
    *,
    plan_id: str | None = None,
    title: str | None = None,
    columns: Mapping[str, str] | None = None,
    known: Plan | None = None,
) -> Imported:
    """
    Read `document` as a plan, or raise PlanRefused with the place and the reason.

    `columns` (checkpoint id → header text) names the indicator columns and wins over their own
    words. Against `known`, the plan of record, items keep their ids. Without either, the plan's id
    and title come from the document's name.
    """
    if len(document.body) > LARGEST:
        raise refuse(
            document.name,
            "le document dépasse 20 Mo.",
            "the document is over 20 MB.",
            largest=LARGEST,
        )
    if not document.body.strip():
        raise refuse(
            document.name,
            "le document est vide. Vérifiez qu’il a été enregistré.",
            "the document is empty. Check that it was saved.",
        )
    if is_workbook(document.body):
        tables = read_workbook(document.body, document.name)
    else:
        _refuse_binary(document)
        text = decode(document.body, document.name, document.media_type)
        form = _form(text, document)
        if form == "yaml":
            return _adopted(text, document.name, plan_id, title, known)
        tables = _tables(form, text, document.name, columns)
    found = recognise(tables, document.name, columns)
    stem = _stem(document.name)
    plan = identify(
        found.axes,
        plan_id=plan_id or (known.id if known else _slug(stem) or "plan"),
        title=title or (known.title if known else stem or "Plan"),
        known=known,
    )
    remarks = (*_remarks(plan, found), *_private_remarks(plan, document.name))
    return Imported(plan, remarks, found.checkpoints)


def _form(text: str, document: Document) -> Form:
    media_type = (document.media_type or "").partition(";")[0].strip().lower()
    ending = document.name.rpartition(".")[2].lower()
    if _PAGE.match(text) or "html" in media_type:
        return "html"
    if ending in {"yaml", "yml"} or (ending != "csv" and _ADOPTED.search(text)):
        return "yaml"
    if ending in {"csv", "tsv"} or media_type == "text/csv":
        return "csv"
    if _RULE.search(text):
        return "markdown"
    if _BAR.search(text):
        return "bars"
    if _ANY_TABLE.search(text) or ending in {"html", "htm"}:
        return "html"
    return "yaml" if text.lstrip().startswith("{") else "csv"


def _tables(
    form: Form, text: str, name: str, columns: Mapping[str, str] | None
) -> tuple[Table, ...]:
    text = text.removeprefix("\ufeff")
    if form == "html":
        return read_html(text, name)
    if form == "markdown":
        return read_markdown(text, name)
    if form == "bars":
        return (read_bars(text.replace("\r\n", "\n"), name, columns),)
    return (read_csv(text, name, columns),)


def _refuse_binary(document: Document) -> None:
    for signature, kind in _SIGNATURES.items():
        if document.body.startswith(signature):
            raise refuse(
                document.name,
                f"fichier binaire ({kind}). Donnez la page web du plan, ou le tableau enregistré "
                "en .xlsx, .csv ou texte.",
                f"binary file ({kind}). Give the plan’s web page, or the table saved as .xlsx, "
                ".csv or text.",
                kind=kind,
            )


def _adopted(
    text: str, name: str, plan_id: str | None, title: str | None, known: Plan | None
) -> Imported:
    """An adopted file states its own ids; it may neither be another plan nor revive an id."""
    plan = load_plan(text, name)
    expected = plan_id or (known.id if known else None)
    if expected and plan.id != expected:
        raise refuse(
            name,
            f"ce fichier est le plan « {plan.id} », et non « {expected} ». Corrigez « id », ou "
            "donnez l’autre fichier.",
            f"this file is the plan “{plan.id}”, not “{expected}”. Correct “id”, or give the "
            "other file.",
        )
    if known:
        gone = {i.casefold() for i in known.retired_ids}
        spelt = {i.casefold(): i for i in _given_ids(known)}
        for given in _given_ids(plan):
            if (was := spelt.get(given.casefold(), given)) != given:
                raise refuse(
                    name,
                    f"l’identifiant « {given} » s’écrivait « {was} ». Gardez cette graphie : "
                    "l’adresse d’une page publiée en dépend.",
                    f"the id “{given}” was spelt “{was}”. Keep that spelling: the address of a "
                    "published page depends on it.",
                    id=given,
                )
            if given.casefold() in gone:
                raise refuse(
                    name,
                    f"l’identifiant « {given} » a été retiré du plan et ne sert plus. "
                    "Donnez-en un nouveau.",
                    f"the id “{given}” was retired from the plan and serves no more. Give a new "
                    "one.",
                    id=given,
                )
    retired = dict.fromkeys((*(retired_ids(known, plan) if known else ()), *plan.retired_ids))
    plan = Plan(plan.id, title or plan.title, plan.axes, tuple(retired))
    ids = dict.fromkeys(checkpoint_id for _, checkpoint_id, _ in plan.indicators())
    checkpoints = tuple(FoundCheckpoint(i, i) for i in ids)
    remarks = tuple(
        remark
        for _, _, action in plan.actions()
        for remark in _action_remarks(action, checkpoints, f"{name}:{action.id}")
    )
    return Imported(plan, (*remarks, *_private_remarks(plan, name)), checkpoints)


def _given_ids(plan: Plan) -> Iterator[str]:
    for _, volet in plan.volets():
        yield volet.id
    for _, _, action in plan.actions():
        yield action.id
    for _, _, line in plan.indicators():
        yield line.id


def _remarks(plan: Plan, found: Recognised) -> Iterator[Remark]:
    for place, heading in found.ignored_columns:
        yield Remark("ignored_column", heading, heading, place)
    for note in found.notes:
        action = plan.axes[note.axis].volets[note.volet].actions[note.action]
        if note.unclear:
            words = " / ".join(line.text for _, line in action.all_indicators())
            yield Remark("ambiguous_column", action.id, words, note.place)
        yield from _action_remarks(action, found.checkpoints, note.place)


def _action_remarks(
    action: Action, checkpoints: tuple[FoundCheckpoint, ...], place: str
) -> Iterator[Remark]:
    if not any(action.all_indicators()):
        yield Remark("empty_action", action.id, action.title, place)
        return
    for checkpoint in checkpoints:
        if checkpoint.id not in action.indicators:
            yield Remark("action_without_indicator", action.id, checkpoint.heading, place)
    for _, line in action.all_indicators():
        if line.goal.kind == "state":
            yield Remark("state_word", line.id, line.text, place)


def _private_remarks(plan: Plan, name: str) -> Iterator[Remark]:
    for subject, part in private_words(plan):
        yield Remark("private_words", subject, part.words, name)


def _stem(name: str) -> str:
    if name == "-":
        return ""
    return re.sub(r"\.[A-Za-z0-9]{1,8}$", "", re.split(r"[/\\]", name.rstrip("/\\"))[-1])


def _slug(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
