"""
The parts of the documents that mirror the code, made from the code.

A document holds `<!-- table: NAME -->`, the table, and `<!-- end -->`. Nobody edits what stands
between: `python -m tests.docs.tables` rewrites it, and a test fails while it differs.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

from pydantic_core import PydanticUndefined

from sync import errors
from sync.adapters.store import refusals
from sync.cli import invocation, main
from sync.cli.commands import COMMANDS
from sync.cli.commands.findings import SEVERITIES
from sync.core.alarms import AMOUNTS
from sync.core.catalogue import CATALOGUE, Entry
from sync.core.choices import CHOICES
from sync.core.compare import decide
from sync.core.life import LIFE, Before, Event, follow
from sync.core.serving import HEADERS, NAMED, TYPES, content_type, headers_for
from sync.core.sides import GROUNDS
from sync.core.status import INDICATOR_TABLE, STATUS_NAMES, STATUS_TABLE
from sync.core.values import UNSEEN, Comparable, Unseen
from sync.model.decision import Verdict
from sync.sandbox.fault_kinds import KINDS
from sync.sandbox.routes.table import SUPPORTED
from sync.sandbox.switches import Switches
from sync.settings import load
from sync.settings.config import CityConfig
from sync.settings.strict import Strict
from sync.site.locales.open_files import OPEN_FILES
from sync.wording import Language, Text
from tests.docs import hosts, words
from tests.people.kinds import KINDS as PEOPLE

REPOSITORY: Final = Path(__file__).resolve().parents[2]
PLACE: Final = re.compile(r"(<!-- table: ([a-z-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def documents() -> tuple[Path, ...]:
    return tuple(sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")]))


def filled(text: str) -> str:
    """The document with each of its tables as the code has it now."""
    return PLACE.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n{found[4]}", text)


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headers, ["---"] * len(headers), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


# findings


def findings() -> str:
    """By family, in the catalogue's order within each."""

    def family(code: str) -> str:
        return code.partition(".")[0]

    families = list(dict.fromkeys(map(family, CATALOGUE)))
    codes = sorted(CATALOGUE, key=lambda code: families.index(family(code)))
    return "\n".join(
        f"### `{name}.*`\n\n" + table(FINDING_HEADERS, [_finding(c, CATALOGUE[c]) for c in group])
        for name, group in groupby(codes, family)
    )


FINDING_HEADERS: Final = (
    "Code",
    "Gravité / Severity",
    "Constat / Finding",
    "Que faire / What to do",
    "« Suivi public »",
    "Choix / Choices",
    "Règle / Rule",
    "Qui dit quoi / Who says what",
)


def _finding(code: str, entry: Entry) -> list[str]:
    severity = SEVERITIES[entry.severity]
    return [
        f"`{code}`",
        f"{severity.fr} / {severity.en}",
        f"{_template(entry.says.fr)}<br>*{_template(entry.says.en)}*",
        "<br>".join(f"{do.fr}<br>*{do.en}*" for do in (entry.do, entry.do_frozen) if do),
        "oui / yes" if entry.asks_manager else "–",
        ", ".join(f"`{choice}`" for choice in entry.choices) or "–",
        f"{GROUNDS[code].rule.fr}<br>*{GROUNDS[code].rule.en}*",
        "<br>".join(f"{side.who.fr} : {_template(side.says.fr)}" for side in GROUNDS[code].sides),
    ]


def _template(text: str) -> str:
    """Without how its blanks are filled: a day as its name, a number with its form for several."""
    several = re.sub(
        r"\{(\w+):[^{}]*\|([^{}|]*)\}", lambda m: m[2].replace("#", f"{{{m[1]}}}"), text
    )
    return several.replace(":day}", "}")


def choices() -> str:
    rows = [
        (
            f"`{choice}`",
            f"{offer.name.fr}<br>*{offer.name.en}*",
            f"{offer.does.fr}<br>*{offer.does.en}*",
        )
        for choice, offer in CHOICES.items()
    ]
    return table(("Choix / Choice", "C’est / It is", "Ce qui s’ensuit / What follows"), rows)


def life() -> str:
    """Every event on every state; an empty cell cannot happen."""
    states: list[Before] = [None, "open", "seen", "settled", "reopened", "closed"]
    headers = ("Event", *("*new*" if state is None else f"`{state}`" for state in states))
    rows = [(f"{event}, {EVENTS[event]}", *(_next(s, event) for s in states)) for event in LIFE]
    return table(headers, rows)


def _next(state: Before, event: Event) -> str:
    after = follow(state, event)
    return f"`{after}`" if after else ""


EVENTS: Final[dict[Event, str]] = {
    "sighted": "by a cycle, with the same facts",
    "changed": "in a cycle, to other facts",
    "vanished": "from a complete cycle",
    "read": "by a person",
    "settled": "by a person",
}


# status


def status_rows() -> str:
    return table(
        ("", "Row", "Quand", "When", "Status"),
        [
            (
                str(number),
                f"`{row.id}`",
                row.when.fr,
                row.when.en,
                ", ".join(f"`{status.value}`" for status in row.gives) or "as settled",
            )
            for number, row in enumerate(STATUS_TABLE, start=1)
        ],
    )


def indicator_rows() -> str:
    return table(
        ("", "Row", "Quand", "When", "Counts as done"),
        [
            (
                str(number),
                f"`{row.id}`",
                row.when.fr,
                row.when.en,
                "oui / yes" if row.counts else "non / no",
            )
            for number, row in enumerate(INDICATOR_TABLE, start=1)
        ],
    )


def status_names() -> str:
    rows = [(f"`{status.value}`", name.fr, name.en) for status, name in STATUS_NAMES.items()]
    return table(("Key in the data", "Sur la page", "On the page"), rows)


# the three-way comparison

Case = tuple[Comparable, Comparable, Comparable | Unseen]
SITUATIONS: Final[tuple[tuple[Text, Case], ...]] = (
    (Text("tout concorde", "all three agree"), ("a", "a", "a")),
    (Text("les deux ont bougé, pareillement", "both moved, to the same value"), ("b", "b", "a")),
    (Text("égaux, jamais convenus", "equal, never agreed"), ("a", "a", UNSEEN)),
    (Text("seul le plan a bougé", "only the plan moved"), ("b", "a", "a")),
    (Text("seul Asana a bougé", "only Asana moved"), ("a", "b", "a")),
    (Text("les deux ont bougé, autrement", "both moved, apart"), ("b", "c", "a")),
    (Text("jamais convenu, vide dans Asana", "never agreed, empty in Asana"), ("a", None, UNSEEN)),
    (
        Text("jamais convenu, autre valeur dans Asana", "never agreed, another value in Asana"),
        ("a", "b", UNSEEN),
    ),
)
OWNERS: Final = (
    ("plan", "restore", "plan, restore"),
    ("plan", "report", "plan, report"),
    ("shared", None, "shared"),
    ("people", None, "people"),
)


def three_way() -> str:
    rows = [
        (f"{said.en}<br>*{said.fr}*", *map(_shown, case), *_verdicts(case))
        for said, case in SITUATIONS
    ]
    headers = ("Situation", "Plan", "Asana", "Baseline", *(name for _, _, name in OWNERS))
    return table(headers, rows)


def _verdicts(case: Case) -> Iterator[str]:
    for owner, on_drift, _ in OWNERS:
        yield f"`{decide(*case, owner, on_drift)}`"  # type: ignore[arg-type]


def situation(case: Case) -> int:
    """Which row of the table a triple belongs to; exactly one."""
    desired, observed, baseline = case
    if baseline is UNSEEN:
        return 2 if desired == observed else 6 if observed is None else 7
    if desired == observed:
        return 0 if baseline == desired else 1
    return 3 if observed == baseline else 4 if desired == baseline else 5


def _shown(value: Comparable | Unseen) -> str:
    if isinstance(value, Unseen):
        return "*unseen*"
    return "*empty*" if value is None else value.upper()


VERDICTS: Final[dict[Verdict, str]] = {
    Verdict.KEEP: "nothing to do",
    Verdict.AGREE: "both sides are equal: remember it, write nothing",
    Verdict.WRITE: "write the plan’s value",
    Verdict.RESTORE: "put the plan’s value back, report it, keep the lost text in the log",
    Verdict.REPORT: "leave it and tell",
    Verdict.CONFLICT: "leave it and ask a person",
    Verdict.HOLD: "leave it: nobody agreed on that value, or identity is in doubt",
    Verdict.SETTLE: "a person settled it so: write the plan’s value, once",
    Verdict.CREATE: "absent from Asana: create it",
    Verdict.PULL: "people own it and changed it: read it and remember it",
}


def verdicts() -> str:
    return table(("Verdict", "What happens"), [(f"`{v.value}`", VERDICTS[v]) for v in Verdict])


# the operator's guides


def variables(language: Language) -> str:
    head = Text(
        "Variable|Ce qu’elle dit|Par défaut|Plusieurs plans", "Variable|What|Default|Several plans"
    )
    refused, allowed = Text("refusée", "refused"), Text("permise", "allowed")
    rows = [
        (
            f"`{name}`",
            words.VARIABLES[name].in_(language),
            DEFAULTS[name].in_(language) if name in DEFAULTS else "–",
            (refused if name in load.PER_PLAN else allowed).in_(language),
        )
        for name in load.VARIABLES
    ]
    return table(head.in_(language).split("|"), rows)


def _code(value: str) -> Text:
    return Text(f"`{value}`", f"`{value}`")


DEFAULTS: Final[Mapping[str, Text]] = {
    "JALON_CONFIG": Text("le seul fichier de `config/`", "the only file of `config/`"),
    "JALON_ASANA_URL": _code(load.ASANA_URL),
    "JALON_DATABASE_URL": _code(load.DATABASE_URL),
    "JALON_WEBHOOK_LISTEN": _code(load.LISTEN),
    "JALON_LANG": _code(load.LANGUAGES[0]),
}


def exit_codes_of_the_code() -> frozenset[int]:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    raised = {kind.exit_code for kind in kinds if issubclass(kind, errors.SyncError)}
    named = {
        value
        for module in (invocation, sys.modules[main.__module__])
        for name, value in vars(module).items()
        if name.isupper() and type(value) is int
    }
    return frozenset(raised | named)


def exit_codes(language: Language) -> str:
    head = Text("Code|Ce que c’est|Que faire", "Code|What it is|What to do")
    rows = [
        (str(code), *(text.in_(language) for text in words.EXIT_CODES[code]))
        for code in sorted(exit_codes_of_the_code())
    ]
    return table(head.in_(language).split("|"), rows)


GUARD_RULE: Final = re.compile(r'(?:rule=|OTHER_CHANGE_SET: Final = )"([a-z]+(?: [a-z]+)+)"')
EVENT: Final = re.compile(
    r"(?:\blog|\b_log|\"sync\"\))\.(?:info|warning|error|exception|critical)\(\s*\"([a-z_.]+)\""
)


def guard_rules(language: Language) -> str:
    head = Text("Règle|Ce qui s’est passé|Que faire", "Rule|What happened|What to do")
    rows = [
        (f"`{rule}`", *(text.in_(language) for text in said))
        for rule, said in words.GUARD_RULES.items()
    ]
    return table(head.in_(language).split("|"), rows)


def guard_amounts(language: Language) -> str:
    head = Text("Règle|Ce qui s’est passé|Limite|Que faire", "Rule|What happened|Limit|What to do")
    rows = [
        (
            f"`{rule}`<br>{amount.name_fr}" if language == "fr" else f"`{rule}`",
            amount.happened.in_(language),
            f"`{amount.key}`" if amount.key else "–",
            amount.do.in_(language),
        )
        for rule, amount in AMOUNTS.items()
    ]
    return table(head.in_(language).split("|"), rows)


def found_in_source(pattern: re.Pattern[str]) -> frozenset[str]:
    texts = (path.read_text(encoding="utf-8") for path in (REPOSITORY / "sync").rglob("*.py"))
    return frozenset(next(filter(None, m.groups())) for t in texts for m in pattern.finditer(t))


def log_events(language: Language) -> str:
    head = Text("Événement|Ce qu’il dit", "Event|What it says")
    rows = [(f"`{event}`", said.in_(language)) for event, said in words.LOG_EVENTS.items()]
    return table(head.in_(language).split("|"), rows)


def store_refusals(language: Language) -> str:
    head = Text("Cas|Ce qui est dit", "Case|What is said")
    rows = [
        (f"`{problem}`", refusals._WORDS[problem].in_(language).format(place="…", detail="…"))
        for problem in get_args(refusals.Problem)
    ]
    return table(head.in_(language).split("|"), rows)


def config_keys() -> dict[str, str | None]:
    """Each key of a city's file with its default; None when it must be given."""
    return dict(_keys(CityConfig, ""))


def _keys(model: type[Strict], prefix: str) -> Iterator[tuple[str, str | None]]:
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is None:
            given = field.default is PydanticUndefined
            yield f"{prefix}{name}", None if given else _default(field.default)
        else:
            several = field.annotation is not inner
            yield from _keys(inner, f"{prefix}{name}{'[]' if several else ''}.")


def _model_in(annotation: Any) -> type[Strict] | None:
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _default(value: object) -> str:
    return "–" if value in (None, ()) else f"`{value}`"


def config(language: Language) -> str:
    head = Text("Clé|Ce qu’elle dit|Par défaut", "Key|What it says|Default")
    required = Text("**à donner**", "**required**").in_(language)
    rows = [
        (f"`{key}`", words.CONFIG[key].in_(language), default or required)
        for key, default in config_keys().items()
    ]
    return table(head.in_(language).split("|"), rows)


def commands(language: Language) -> str:
    head = Text("Commande|Ce qu’elle fait", "Command|What it does")
    rows = [(f"`jalon {command.NAME}`", command.HELP.in_(language)) for command in COMMANDS]
    return table(head.in_(language).split("|"), rows)


def served(language: Language) -> str:
    """A file of each kind, with its type and the headers that differ from one kind to another."""
    head = Text("Fichier|Type", "File|Type").in_(language).split("|")
    names = [header.name for header in HEADERS if header.cases]
    examples = ("index.html", "integration.html", "instantanes/0001.json", *OTHER_EXAMPLES)
    rows = [
        (f"`{name}`", f"`{content_type(f'/{name}')}`", *(_sent(f"/{name}", one) for one in names))
        for name in examples
    ]
    return table([*head, *names], rows)


OTHER_EXAMPLES: Final = (*NAMED, *(f"*.{suffix}" for suffix in TYPES if suffix != "html"))


def _sent(path: str, header: str) -> str:
    value = headers_for(path).get(header)
    return f"`{value}`" if value else "–"


def open_files(language: Language) -> str:
    """The very list of the page, with the standard that each form follows."""
    head = Text("Fichier|Ce que c’est|Norme", "File|What it is|Standard")
    rows = [
        (f"`{path}`", what.in_(language), words.STANDARDS[path].in_(language))
        for path, what in OPEN_FILES.items()
    ]
    return table(head.in_(language).split("|"), rows)


# the architecture


def people(language: Language) -> str:
    """From the table that the matrix plays, so that what is told is what is tested."""
    headers = {
        "fr": ("Dans Asana", "Ce qu’il en advient", "Constats"),
        "en": ("In Asana", "What becomes of it", "Findings"),
    }
    rows = [
        (
            kind.name.in_(language),
            kind.outcome.in_(language),
            ", ".join(f"`{code}`" for code in sorted(kind.findings)) or "–",
        )
        for kind in PEOPLE
    ]
    return table(headers[language], rows)


def layers_of_the_contract() -> tuple[tuple[str, ...], ...]:
    """From the top; names in one tuple do not import each other."""
    document = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = document["tool"]["importlinter"]["contracts"]
    listed = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return tuple(
        tuple(name.strip().removeprefix("sync.") for name in layer.split("|")) for layer in listed
    )


def layers() -> str:
    rows = [
        (str(number), f"`{name}`", words.LAYERS[name])
        for number, names in enumerate(layers_of_the_contract(), start=1)
        for name in names
    ]
    return table(("", "Layer", "Its job"), rows)


def decisions() -> str:
    """Each record with its own title."""
    found = sorted((REPOSITORY / "docs" / "decisions").glob("[0-9]*.md"))
    titles = [path.read_text(encoding="utf-8").split("\n", 1)[0] for path in found]
    return "".join(
        f"- [{title.removeprefix('# ')}]({path.name})\n"
        for path, title in zip(found, titles, strict=True)
    )


def _in(language: Language, make: Callable[[Language], str]) -> Callable[[], str]:
    return lambda: make(language)


# the sandbox


def switches() -> str:
    """A switch, what it may be, what it is, and the words that stand below it in the code."""
    source = ast.parse((REPOSITORY / "sync/sandbox/switches.py").read_text(encoding="utf-8"))
    body = next(
        each.body
        for each in source.body
        if isinstance(each, ast.ClassDef) and each.name == "Switches"
    )
    told = {
        each.target.id: below.value.value
        for each, below in pairwise(body)
        if isinstance(each, ast.AnnAssign)
        and isinstance(each.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
    }
    hints, default = get_type_hints(Switches), Switches()
    rows = [
        (
            f"`{each.name}`",
            ", ".join(f"`{one}`" for one in get_args(hints[each.name]))
            or hints[each.name].__name__,
            f"`{getattr(default, each.name)}`" if getattr(default, each.name) != "" else "*empty*",
            told[each.name],
        )
        for each in fields(Switches)
    ]
    return table(("Switch", "Values", "Default", "What it turns"), rows)


def fault_kinds() -> str:
    rows = [
        (f"`{name}`", EFFECT[kind.when], kind.sees, f"`{kind.needs}`" if kind.needs else "–")
        for name, kind in KINDS.items()
    ]
    return table(("Kind", "The call", "What the client sees", "Only with"), rows)


EFFECT: Final = {"before": "is not done", "after": "is done", "around": "is done, or refused"}


def sandbox_routes() -> str:
    methods: dict[str, list[str]] = {}
    for method, path, _, _ in SUPPORTED:
        methods.setdefault(re.sub(r"<[a-z_]+>", "*", path), []).append(method)
    rows = [(f"`{path}`", ", ".join(found)) for path, found in sorted(methods.items())]
    return table(("Path", "Methods"), [*rows, ("`/batch`", "POST")])


TABLES: Final[dict[str, Callable[[], str]]] = {
    "findings": findings,
    "choices": choices,
    "life": life,
    "status": status_rows,
    "status-names": status_names,
    "indicators": indicator_rows,
    "three-way": three_way,
    "verdicts": verdicts,
    "layers": layers,
    "decisions": decisions,
    "sandbox-switches": switches,
    "sandbox-faults": fault_kinds,
    "sandbox-routes": sandbox_routes,
    **{
        f"{name}-{language}": _in(language, make)
        for language in load.LANGUAGES
        for name, make in (
            ("commands", commands),
            ("config", config),
            ("exit-codes", exit_codes),
            ("guard-amounts", guard_amounts),
            ("guard-rules", guard_rules),
            ("log-events", log_events),
            ("open-files", open_files),
            ("people", people),
            ("store-refusals", store_refusals),
            ("variables", variables),
            ("nginx-maps", hosts.nginx_maps),
            ("nginx-site", hosts.nginx_site),
            ("nginx-proxy", hosts.nginx_proxy),
            ("apache-site", hosts.apache_site),
            ("apache-proxy", hosts.apache_proxy),
            ("served", served),
        )
    },
}


if __name__ == "__main__":
    for document in documents():
        before = document.read_text(encoding="utf-8")
        if (after := filled(before)) != before:
            document.write_text(after, encoding="utf-8")
            sys.stdout.write(f"{document.relative_to(REPOSITORY)}\n")
