"""
`opt_fields`: the tree that a caller asks for, and the record that is cut to it.

Without it a listing is compact, and a single thing is full minus what Asana marks Opt In.
With it exactly the named fields come back, and the gid always. A reference named without
any field below it is its gid and type; `custom_fields` alone is the compact values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sync.sandbox.refusal import invalid, undocumented
from sync.sandbox.state import World

Tree = dict[str, "Tree"]


class _Absent:
    """A conditional field that this thing does not have, like the options of a text field."""


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Field:
    """
    How one field is read, and how it is shown.

    `shape` names the shape of what is read (a thing, or a list of them). `whole` gives the
    compact record where the field is named without anything below it. `quiet` leaves out what
    is empty, unless it is asked for by name.
    """

    read: Callable[[World, Any], Any]
    shape: str | None = None
    compact: bool = False
    opt_in: bool = False
    whole: bool = False
    quiet: bool = False


Shape = Mapping[str, Field]
Cutter = Callable[[World, Any], dict[str, Any]]


def parse_opt_fields(text: str) -> Tree:
    """Read `name,assignee.(name|email),this.notes` as a tree; a broken group is a 400."""
    tree: Tree = {}
    for path in _split(text, ","):
        for plain in _expand(path):
            branch = tree
            for name in plain.split("."):
                if name != "this":
                    branch = branch.setdefault(name, {})
    return tree


def unknown_fields(shapes: Mapping[str, Shape], shape: str, tree: Tree) -> list[str]:
    """Paths that the shape does not have, so that a misspelt one is not an empty answer."""
    unknown: list[str] = []
    for name, below in tree.items():
        field = shapes[shape].get(name)
        if field is None:
            unknown.append(name)
        elif below and field.shape is None:
            unknown.extend(f"{name}.{each}" for each in below)
        elif field.shape is not None:
            unknown.extend(f"{name}.{each}" for each in unknown_fields(shapes, field.shape, below))
    return unknown


def check_tree(world: World, shapes: Mapping[str, Shape], shape: str, tree: Tree) -> None:
    unknown = unknown_fields(shapes, shape, tree)
    if unknown and world.switches.unknown_opt_field == "refuse":
        raise undocumented(f"opt_fields: no such field: {', '.join(unknown)}", "unknown_opt_field")


def render(
    world: World,
    shapes: Mapping[str, Shape],
    shape: str,
    thing: Any,
    tree: Tree | None,
    *,
    full: bool = False,
) -> dict[str, Any]:
    """The record of one thing, cut to the tree, or compact, or full."""
    return cutter(shapes, shape, tree, full=full)(world, thing)


def cutter(
    shapes: Mapping[str, Shape], shape: str, tree: Tree | None, *, full: bool = False
) -> Cutter:
    """What cuts things of this shape to the tree: worked out once, and used for every row."""
    steps = [
        (name, field.read, field.quiet and tree is None, _cut_below(shapes, field, name, tree))
        for name, field in shapes[shape].items()
        if (
            field.compact or (full and not field.opt_in)
            if tree is None
            else name == "gid" or name in tree
        )
    ]

    def cut(world: World, thing: Any) -> dict[str, Any]:
        record: dict[str, Any] = {}
        for name, read, quiet, below in steps:
            value = read(world, thing)
            if value is ABSENT or (quiet and value is None):
                continue
            if below is not None and value is not None:
                value = (
                    [below(world, each) for each in value]
                    if isinstance(value, list)
                    else below(world, value)
                )
            record[name] = value
        return record

    return cut


def width(tree: Tree | None) -> int:
    """How many fields are asked for; a compact row counts as one."""
    return sum(width(below) if below else 1 for below in tree.values()) if tree else 1


def _cut_below(
    shapes: Mapping[str, Shape], field: Field, name: str, tree: Tree | None
) -> Cutter | None:
    if field.shape is None:
        return None
    below = None if tree is None else _below(shapes[field.shape], field, tree[name])
    return cutter(shapes, field.shape, below)


def _below(shape: Shape, field: Field, tree: Tree) -> Tree | None:
    if tree:
        return tree
    if field.whole or "gid" not in shape:
        return None
    return {"resource_type": {}}


def _split(text: str, mark: str) -> list[str]:
    """Split at a mark that stands outside any group."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth < 0:
            break
        if char == mark and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    if depth != 0:
        raise invalid(f"opt_fields: unbalanced group: {text}")
    return [*parts, text[start:]]


def _expand(path: str) -> list[str]:
    """Write out the `(a|b)` groups of one path."""
    opening = path.find("(")
    if opening < 0:
        return [path]
    depth = 0
    for index in range(opening, len(path)):
        depth += (path[index] == "(") - (path[index] == ")")
        if depth == 0:
            choices = _split(path[opening + 1 : index], "|")
            rest = path[index + 1 :]
            return [full for each in choices for full in _expand(path[:opening] + each + rest)]
    raise invalid(f"opt_fields: unbalanced group: {path}")
