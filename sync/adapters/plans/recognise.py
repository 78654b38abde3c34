"""
From a table to axes, volets, actions and lines: the one place where rows get their meaning.

It goes by structure (columns, cells, spans), never by guesses about wording; besides the header it
knows two forms of words, « AXE n title » and « Objectif : … ». A row that fits no shape stops the
import, because a promise that was silently dropped would be nobody's promise any more.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sync.adapters.plans.characters import unfit
from sync.adapters.plans.headings import FoundCheckpoint, Header, read_header
from sync.adapters.plans.refusal import refuse
from sync.adapters.plans.table import Cell, Row, Table
from sync.core.identity import DraftAction, DraftAxis, DraftVolet

_AXIS = re.compile(r"^(?:axe|axis)\s+(\d{1,3}|[IVX]{1,5})\b\s*[:.)–—-]*\s*(.*)$", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d{1,3})\s*[:.)–—-]+\s*(.*)$")
_OBJECTIVE = re.compile(r"^objecti(?:f|ve)s?\s*:\s*(.*)$", re.IGNORECASE)
_ROMAN = {"I": 1, "V": 5, "X": 10}


@dataclass(frozen=True, slots=True)
class ActionNote:
    """
    What a person should know of one action, by its position in the axes. `unclear`: its lines
    stand in the first of several columns that could be theirs.
    """

    axis: int
    volet: int
    action: int
    place: str
    unclear: bool


@dataclass(frozen=True, slots=True)
class Recognised:
    axes: tuple[DraftAxis, ...]
    checkpoints: tuple[FoundCheckpoint, ...]
    notes: tuple[ActionNote, ...]
    ignored_columns: tuple[tuple[str, str], ...]  # place and heading


def recognise(
    tables: Sequence[Table], name: str, columns: Mapping[str, str] | None = None
) -> Recognised:
    """
    Read every table that has a plan's header, one after the other, as one plan.

    Tables without such a header are not ours. Above a header only the titles of axes count, nearest
    first; they reach over a table that is not ours. A table published twice (a copy for small
    screens) counts once, unless it stands under another axis; two that disagree are refused.
    """
    reader = _Reader(columns)
    seen: set[tuple[object, _Title | None]] = set()
    above: list[Row] = []
    for table in tables:
        rows = [row for row in table.rows if not row.is_blank()]
        _refuse_unreadable(rows)
        start = next((n for n, row in enumerate(rows) if read_header(row, columns)), len(rows))
        above += (*table.above, *rows[:start])
        if start == len(rows):
            continue
        titles = _titles(above)
        content = tuple(row.cells for row in rows[start:])
        title = titles[-1] if titles else None
        if (content, title) not in seen:
            reader.read(rows[start:], titles, left_packed=table.left_packed)
        seen |= {(content, title), (content, None)}
        above = []
    if reader.first_header is None:
        raise _no_header(tables, name, columns)
    return reader.finish(reader.first_header)


@dataclass(slots=True)
class _Action:
    title: str
    place: str
    lines: dict[str, list[str]]
    unclear: bool = False


@dataclass(slots=True)
class _Volet:
    title: str
    place: str
    actions: list[_Action] = field(default_factory=list)


@dataclass(slots=True)
class _Axis:
    number: int
    title: str
    place: str
    objective: str = ""
    volets: list[_Volet] = field(default_factory=list)

    def set_objective(self, objective: str, place: str) -> None:
        if self.objective not in {"", objective}:
            raise refuse(
                place,
                f"l’axe {self.number} a ici un autre objectif (« {objective} ») "
                f"que plus haut (« {self.objective} »). Gardez-en un seul.",
                f"axis {self.number} has another objective here (“{objective}”) "
                f"than above (“{self.objective}”). Keep one.",
            )
        self.objective = objective


@dataclass(frozen=True, slots=True)
class _Title:
    """An axis named above a table. Places do not make two of them differ."""

    number: int
    title: str
    place: str = field(compare=False)
    objectives: tuple[tuple[str, str], ...] = field(compare=False)  # words and place


class _Reader:
    """What is open while the rows go by: a header, an axis, a volet, an action."""

    def __init__(self, columns: Mapping[str, str] | None) -> None:
        self.columns = columns
        self.first_header: Header | None = None
        self.header: Header | None = None
        self.axes: list[_Axis] = []
        self.axis: _Axis | None = None
        self.volet: _Volet | None = None
        self.action: _Action | None = None
        self.titles: Sequence[_Title] = ()
        self.objectives_above: dict[int, list[tuple[str, str]]] = {}

    def read(self, rows: Sequence[Row], titles: Sequence[_Title], *, left_packed: bool) -> None:
        """`rows` begin with a header; `titles` stand above it and yield to the table's own axes."""
        self.header = None
        self.titles = titles
        for title in titles[-1:]:
            self.objectives_above.setdefault(title.number, []).extend(title.objectives)
        for row in rows:
            if header := read_header(row, self.columns):
                self._open_header(header)
            elif self.header:
                self._read_row(row, self.header, left_packed=left_packed)

    def _open_header(self, header: Header) -> None:
        self.header = header
        self.action = None
        if self.first_header is None:
            self.first_header = header
        elif {c.id for c in header.found()} != {c.id for c in self.first_header.found()}:
            first = ", ".join(c.id for c in self.first_header.found())
            here = ", ".join(c.id for c in header.found())
            raise refuse(
                header.place,
                f"les jalons de ce tableau ({here}) ne sont pas ceux du tableau à "
                f"{self.first_header.place} ({first}). Gardez un seul tableau, ou les mêmes "
                "en-têtes.",
                f"this table’s checkpoints ({here}) are not those of the table at "
                f"{self.first_header.place} ({first}). Keep one table, or the same headers.",
            )

    def _read_row(self, row: Row, header: Header, *, left_packed: bool) -> None:
        if heading := _axis_heading(row):
            number, title, objective = heading
            self.titles = ()
            self._open_axis(number, title, row.place)
            self._set_objective(objective, row.place)
            return
        if objective := _objective_row(row):
            self._open_titled_axis(row.place)
            self._set_objective(objective, row.place)
            return
        unclear = False
        if left_packed:
            row, unclear = self._unpack(row, header)
        cells = row.cells
        if len(cells) < header.width or any(cell.lines() for cell in cells[header.width :]):
            raise _no_shape(row, header)
        self._read_fields(row, header, unclear=unclear)

    def _unpack(self, row: Row, header: Header) -> tuple[Row, bool]:
        """
        Put the cells of a left-packed row back into their columns.

        As many leading cells are missing as the row is short of a full one, but no more than what
        is open above can stand for. If the row is shorter still, its last columns are empty, or
        its cells stood further right: nothing tells which, so that is *unclear*.

        What this form has lost for good: below an open volet, a row of a volet, an action and one
        line too few looks the same as a row of an action and all its lines, and is read as that.
        """
        cells = list(row.cells)
        while cells and not cells[-1].lines():
            cells.pop()
        missing = header.width - len(cells)
        open_above = header.action if self.volet else max(0, header.action - 1) if self.axis else 0
        shift = min(max(missing, 0), open_above)
        full = [Cell()] * shift + cells
        if len(full) > header.width or len(full) < header.action + 2:
            raise _no_shape(row, header)
        unclear = len(full) < header.width
        full += [Cell()] * (header.width - len(full))
        return replace(row, cells=tuple(full)), unclear

    def _read_fields(self, row: Row, header: Header, *, unclear: bool) -> None:
        cells = row.cells
        if header.axis is not None and (named := cells[header.axis].joined()):
            self.titles = ()
            self._open_named_axis(named, row.place)
        self._open_titled_axis(row.place)
        if header.objective is not None:
            self._set_objective(cells[header.objective].joined(), row.place)
        volet, action = cells[header.volet].joined(), cells[header.action].joined()
        lines = {checkpoint.id: cells[n] for n, checkpoint in header.checkpoints if _says(cells[n])}
        if volet:
            self._open_volet(volet, row.place)
        if not action and not lines:
            if any(
                cell.lines()
                for n, cell in enumerate(cells)
                if n not in {header.axis, header.objective, header.volet}
            ):
                raise _no_shape(row, header)
            return  # an axis or a volet on a row of its own
        continued = self.action is not None and action in {"", self.action.title}
        if not continued:
            self._open_action(action, row, header)
        current = self.action
        if current is None:  # pragma: no cover: _open_action opens one or raises
            raise _no_shape(row, header)
        for checkpoint_id, cell in lines.items():
            if not (continued and cell.spanned):
                current.lines[checkpoint_id] += cell.lines()
        current.unclear |= unclear or any(
            cells[n].columns > 1 and _says(cells[n]) for n, _ in header.checkpoints
        )

    def _open_titled_axis(self, place: str) -> None:
        """
        The axis whose title stands above the table, when the first row that needs one has none.

        After a list of axes the nearest title is the last of the list and not the table's own,
        unless it is there twice.
        """
        if not self.titles:
            return
        *others, title = self.titles
        self.titles = ()
        if others and title.number not in {other.number for other in others}:
            raise _several_titles(place, others[-1], title)
        self._open_axis(title.number, title.title, title.place)

    def _open_named_axis(self, named: str, place: str) -> None:
        """An axis named in a column of its own, with its number or without."""
        found = _AXIS.match(named) or _NUMBERED.match(named)
        if found:
            self._open_axis(_number(found[1]), found[2] or named, place)
            return
        for axis in self.axes:
            if axis.title == named:
                self._open_axis(axis.number, named, place)
                return
        self._open_axis(max((axis.number for axis in self.axes), default=0) + 1, named, place)

    def _open_axis(self, number: int, title: str, place: str) -> None:
        if self.axis and (self.axis.number, self.axis.title) == (number, title):
            return
        self.volet = self.action = None
        for axis in self.axes:
            if axis.number != number:
                continue
            if axis.title != title:
                raise refuse(
                    place,
                    f"l’axe {number} s’appelle ici « {title} », mais « {axis.title} » à "
                    f"{axis.place}. Corrigez le numéro ou le titre.",
                    f"axis {number} is called “{title}” here but “{axis.title}” at "
                    f"{axis.place}. Correct the number or the title.",
                )
            self.axis = axis
            return
        self.axis = _Axis(number, title, place)
        self.axes.append(self.axis)

    def _set_objective(self, objective: str, place: str) -> None:
        if not objective:
            return
        if self.axis is None:
            raise _no_axis(place)
        self.axis.set_objective(objective, place)

    def _open_volet(self, title: str, place: str) -> None:
        if self.axis is None:
            raise _no_axis(place)
        if self.volet and self.volet.title == title:
            return
        self.action = None
        for volet in self.axis.volets:
            if volet.title == title:
                self.volet = volet
                return
        self.volet = _Volet(title, place)
        self.axis.volets.append(self.volet)

    def _open_action(self, title: str, row: Row, header: Header) -> None:
        if self.axis is None:
            raise _no_axis(row.place)
        if self.volet is None or not title:
            raise _no_shape(row, header)
        for action in self.volet.actions:
            if action.title == title:
                raise refuse(
                    row.place,
                    f"l’action « {title} » est déjà dans le volet « {self.volet.title} », à "
                    f"{action.place}. Gardez-en une seule, ou distinguez les titres.",
                    f"the action “{title}” is already in volet “{self.volet.title}”, at "
                    f"{action.place}. Keep one, or tell the titles apart.",
                )
        self.action = _Action(title, row.place, {c.id: [] for c in header.found()})
        self.volet.actions.append(self.action)

    def finish(self, header: Header) -> Recognised:
        if not any(volet.actions for axis in self.axes for volet in axis.volets):
            raise refuse(
                header.place,
                "aucune action ne suit cet en-tête. Vérifiez que le document est complet.",
                "no action follows this header. Check that the document is complete.",
            )
        for axis in self.axes:
            for holder in ([] if axis.volets else [axis]) + [
                v for v in axis.volets if not v.actions
            ]:
                raise refuse(
                    holder.place,
                    f"« {holder.title} » est sans action. Ajoutez-en une, ou retirez la ligne.",
                    f"“{holder.title}” has no action. Add one, or remove the row.",
                )
            if not axis.objective:  # what the table itself says wins
                for objective, place in self.objectives_above.get(axis.number, ()):
                    axis.set_objective(objective, place)
        return Recognised(
            axes=tuple(_draft(axis) for axis in self.axes),
            checkpoints=header.found(),
            notes=tuple(self._notes()),
            ignored_columns=tuple((header.place, heading) for _, heading in header.others),
        )

    def _notes(self) -> Iterator[ActionNote]:
        for a, axis in enumerate(self.axes):
            for v, volet in enumerate(axis.volets):
                for n, action in enumerate(volet.actions):
                    yield ActionNote(a, v, n, action.place, action.unclear)


def _draft(axis: _Axis) -> DraftAxis:
    return DraftAxis(
        number=axis.number,
        title=axis.title,
        objective=axis.objective,
        volets=tuple(
            DraftVolet(
                volet.title,
                tuple(
                    DraftAction(
                        action.title,
                        {checkpoint: tuple(lines) for checkpoint, lines in action.lines.items()},
                    )
                    for action in volet.actions
                ),
            )
            for volet in axis.volets
        ),
    )


def _titles(rows: Sequence[Row]) -> list[_Title]:
    """The axes named in rows that stand above a table, each with the objectives that follow it."""
    titles: list[_Title] = []
    for row in rows:
        bare = Row(row.place, tuple(cell for cell in map(_from_title_on, row.cells) if cell.text))
        if heading := _axis_heading(bare):
            _refuse_unreadable([bare])
            number, title, objective = heading
            titles.append(
                _Title(number, title, row.place, ((objective, row.place),) if objective else ())
            )
        elif titles and (objective := _objective_row(bare)):
            _refuse_unreadable([bare])
            said = (*titles[-1].objectives, (objective, row.place))
            titles[-1] = replace(titles[-1], objectives=said)
    return titles


def _from_title_on(cell: Cell) -> Cell:
    lines = cell.lines()
    start = next((n for n, line in enumerate(lines) if _is_title(line)), len(lines))
    return Cell("\n".join(lines[start:]))


def _is_title(line: str) -> bool:
    """« Axe 1 Organisation » or « Objectif : … », and not the sentence « Axe 1 vise à … »."""
    if found := _AXIS.match(line):
        separator = line[found.end(1) : found.start(2)].strip()
        return bool(separator) or not found[2][:1].islower()
    return bool(_OBJECTIVE.match(line))


def _axis_heading(row: Row) -> tuple[int, str, str] | None:
    """
    « AXE n title », alone in its row or with « Objectif : … » (same cell or another), or None.
    """
    lines = [line for cell in row.cells for line in cell.lines()]
    if not lines or not (found := _AXIS.match(lines[0])):
        return None
    objective_at = next((n for n, line in enumerate(lines) if _OBJECTIVE.match(line)), len(lines))
    filled = [cell for cell in row.cells if cell.lines()]
    if len(filled) > 1 and not _OBJECTIVE.match(filled[1].lines()[0]):
        return None
    title = " ".join([found[2], *lines[1:objective_at]]).strip()
    return _number(found[1]), title or lines[0], _objective(lines[objective_at:])


def _objective_row(row: Row) -> str:
    filled = [cell for cell in row.cells if cell.lines()]
    lines = filled[0].lines() if len(filled) == 1 else ()
    return _objective(lines) if lines and _OBJECTIVE.match(lines[0]) else ""


def _objective(lines: Sequence[str]) -> str:
    found = _OBJECTIVE.match(" ".join(lines))
    return found[1].strip() if found else ""


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    values = [_ROMAN[letter] for letter in text.upper()]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


def _says(cell: Cell) -> bool:
    """A cell of dashes is an empty one."""
    return any(character.isalnum() for character in cell.text)


def _no_header(tables: Sequence[Table], name: str, columns: Mapping[str, str] | None) -> Exception:
    rows = [row for table in tables for row in table.rows if not row.is_blank()]
    widest = max(rows[:50], key=lambda row: sum(bool(c.lines()) for c in row.cells), default=None)
    place = widest.place if widest else name
    seen = " | ".join(c.joined()[:60] for c in widest.cells if c.lines()) if widest else "—"
    wanted = f" ({' | '.join(columns.values())})" if columns else ""
    return refuse(
        place,
        "aucun en-tête de plan. Il faut une ligne avec une colonne « Volet » (ou « Axe/Volet »), "
        f"une colonne « Action » et au moins une colonne « Indicateur … »{wanted}. "
        f"Ligne la plus proche : {seen}.",
        "no plan header. A row is needed with a “Volet” column (or “Axe/Volet”; “Area”), an "
        f"“Action” column and at least one “Indicator …” column{wanted}. Nearest row: {seen}.",
        found=seen,
    )


def _no_shape(row: Row, header: Header) -> Exception:
    filled = [cell.joined() for cell in row.cells if cell.lines()]
    start = filled[0][:60] if filled else ""
    return refuse(
        row.place,
        f"cette ligne (« {start} ») n’a pas la forme d’une ligne du plan : l’en-tête à "
        f"{header.place} compte {header.width} colonnes, la ligne {len(row.cells)}, dont "
        f"{len(filled)} remplies. Vérifiez les séparateurs, ou retirez la ligne.",
        f"this row (“{start}”) does not have the shape of a plan row: the header at "
        f"{header.place} has {header.width} columns, the row {len(row.cells)}, of which "
        f"{len(filled)} filled. Check the separators, or remove the row.",
        columns=header.width,
        cells=len(row.cells),
        filled=len(filled),
    )


def _no_axis(place: str) -> Exception:
    return refuse(
        place,
        "cette ligne ne suit aucun axe reconnu. Il faut, avant elle, une ligne ou un titre qui "
        "commence par « AXE 1 … », ou bien une colonne « Axe ».",
        "this row follows no axis that was recognised. A row or a title that begins with "
        "“AXE 1 …” is needed before it, or an “Axis” column.",
    )


def _several_titles(place: str, other: _Title, title: _Title) -> Exception:
    return refuse(
        place,
        f"rien ne dit l’axe de cette ligne : « {other.title} » ({other.place}) et "
        f"« {title.title} » ({title.place}) précèdent son tableau sans tableau entre eux. Placez "
        "juste au-dessus le titre de son axe, et retirez celui d’un axe sans tableau.",
        f"nothing tells the axis of this row: “{other.title}” ({other.place}) and “{title.title}” "
        f"({title.place}) stand before its table with no table between them. Put its axis’s title "
        "just above it, and remove that of an axis without a table.",
        titles=(other.title, title.title),
    )


def _refuse_unreadable(rows: Sequence[Row]) -> None:
    for row in rows:
        for cell in row.cells:
            if found := unfit(cell.text):
                raise _unreadable(row.place, found[1])


def _unreadable(place: str, character: str) -> Exception:
    return refuse(
        place,
        f"caractère de contrôle ou mal décodé ({character}). Enregistrez le document de nouveau, "
        "en UTF-8.",
        f"control or badly decoded character ({character}). Save the document again, in UTF-8.",
        character=character,
    )
