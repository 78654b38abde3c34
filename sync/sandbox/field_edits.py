"""Every way the definitions of custom fields change, and which projects carry them."""

from collections.abc import Mapping
from typing import Any

from sync.sandbox.journal import note_history
from sync.sandbox.refusal import Refusal, invalid
from sync.sandbox.state import (
    CustomField,
    CustomFieldSetting,
    EnumOption,
    Project,
    User,
    Workspace,
    World,
)

BUILT_IN_NAMES = frozenset(
    {
        "name", "assignee", "due date", "start date", "completed", "projects", "tags", "section",
        "created on", "created by", "last modified", "completed on", "description",
    }
)  # fmt: skip
"""Task properties that no custom field may be named after."""

COLORS = (
    "none", "red", "orange", "yellow-orange", "yellow", "yellow-green", "green", "blue-green",
    "aqua", "blue", "indigo", "purple", "magenta", "hot-pink", "pink", "cool-gray",
)  # fmt: skip
"""The palette of Asana's own screens; the documents list none."""

NUMBER_FORMATS = ("currency", "identifier", "percentage", "custom", "duration", "none")


def create_field(
    world: World,
    user: User,
    workspace: Workspace,
    kind: str,
    changes: Mapping[str, Any],
    options: list[tuple[str, str]],
) -> CustomField:
    """`options` are names and colours. A field belongs to the workspace, not to a project."""
    name = changes["name"]
    _check_name(workspace, name, None)
    _check_number(kind, changes)
    if kind in ("enum", "multi_enum"):
        if not 1 <= len(options) <= world.switches.max_enum_options:
            raise invalid("enum_options: Must hold between 1 and 500 options")
        names = [each for each, _ in options]
        if len(set(names)) != len(names):
            raise invalid("enum_options: Option names must be unique")
    elif options:
        raise invalid(f"enum_options: A {kind} field has no options")
    for _, color in options:
        _check_color(world, color)
    field = CustomField(world.next_gid(), world.now(), name, kind, workspace, user)
    for key, value in changes.items():
        setattr(field, key, value)
    field.options = [
        world.keep(EnumOption(world.next_gid(), world.now(), each, color))
        for each, color in options
    ]
    world.keep(field)
    workspace.fields.append(field)
    note_history(world, user, field, "created", None, name)
    return field


def write_field(world: World, user: User, field: CustomField, changes: Mapping[str, Any]) -> None:
    require_unlocked(user, field)
    if "name" in changes:
        _check_name(field.workspace, changes["name"], field)
    _check_number(field.kind, {"format": field.format, **changes})
    for name, value in changes.items():
        before = getattr(field, name)
        if before != value:
            setattr(field, name, value)
            note_history(world, user, field, name, before, value)


def delete_field(world: World, user: User, field: CustomField) -> None:
    """Gone from every project and task at once."""
    require_unlocked(user, field)
    field.deleted = field.gid
    field.workspace.fields.remove(field)
    for setting in list(world.of(CustomFieldSetting)):
        if setting.field is field and setting.deleted is None:
            detach(world, user, setting)
    note_history(world, user, field, "deleted", None, field.gid)


def add_option(
    world: World,
    user: User,
    field: CustomField,
    name: str,
    color: str,
    *,
    before: EnumOption | None = None,
    after: EnumOption | None = None,
) -> EnumOption:
    require_unlocked(user, field)
    require_options(field)
    if len(field.options) >= world.switches.max_enum_options:
        raise invalid("enum_options: Must hold between 1 and 500 options")
    _check_option_name(world, field, name, None)
    _check_color(world, color)
    anchor = before or after
    if anchor is not None and anchor not in field.options:
        raise invalid("enum_option: The anchor is not an option of this field")
    option = world.keep(EnumOption(world.next_gid(), world.now(), name, color))
    field.options.append(option)
    if anchor is not None:
        move_option(world, user, field, option, before=before, after=after)
    note_history(world, user, field, "option", None, name)
    return option


def write_option(
    world: World, user: User, field: CustomField, option: EnumOption, changes: Mapping[str, Any]
) -> None:
    """An option can be renamed or disabled, never deleted; one at least stays enabled."""
    require_unlocked(user, field)
    if "name" in changes:
        _check_option_name(world, field, changes["name"], option)
    if changes.get("enabled") is False and not any(
        each.enabled for each in field.options if each is not option
    ):
        raise invalid("enabled: At least one enum option must be enabled")
    if "color" in changes:
        _check_color(world, changes["color"])
    for name, value in changes.items():
        before = getattr(option, name)
        if before != value:
            setattr(option, name, value)
            note_history(world, user, option, name, before, value)


def move_option(
    world: World,
    user: User,
    field: CustomField,
    option: EnumOption,
    *,
    before: EnumOption | None,
    after: EnumOption | None,
) -> None:
    require_unlocked(user, field)
    anchor = before or after
    if anchor is None:
        raise invalid("You should specify one of before_enum_option, after_enum_option")
    if anchor is option or anchor not in field.options or option not in field.options:
        raise invalid("enum_option: The options are not two options of this field")
    old = field.options.index(option)
    field.options.remove(option)
    field.options.insert(field.options.index(anchor) + (after is not None), option)
    note_history(world, user, option, "position", old, field.options.index(option))


def attach(
    world: World,
    user: User,
    project: Project,
    field: CustomField,
    *,
    is_important: bool,
    before: CustomFieldSetting | None = None,
    after: CustomFieldSetting | None = None,
) -> CustomFieldSetting:
    """Let a project carry a field. A second time is refused: it is there already."""
    if any(setting.field is field for setting in project.settings):
        raise invalid(f"custom_field: The project already has custom field {field.gid}")
    if len(project.settings) >= world.switches.max_fields_per_project:
        raise invalid("custom_field: The project has the maximum number of custom fields")
    if field.workspace is not project.workspace:
        raise invalid("custom_field: The field is not in the workspace of the project")
    for anchor in (before, after):
        if anchor is not None and anchor not in project.settings:
            raise invalid("insert: The anchor is not a custom field setting of this project")
    setting = world.keep(
        CustomFieldSetting(world.next_gid(), world.now(), project, field, is_important=is_important)
    )
    if before is not None:
        project.settings.insert(project.settings.index(before), setting)
    elif after is not None:
        project.settings.insert(project.settings.index(after) + 1, setting)
    else:
        project.settings.append(setting)
    note_history(world, user, project, "custom_field", None, field)
    return setting


def detach(world: World, user: User, setting: CustomFieldSetting) -> None:
    """The project drops the field; values stay on its tasks, disabled."""
    setting.project.settings.remove(setting)
    setting.deleted = setting.gid
    note_history(world, user, setting.project, "custom_field", setting.field, None)


def field_of_option(workspace_fields: list[CustomField], option: EnumOption) -> CustomField | None:
    return next((field for field in workspace_fields if option in field.options), None)


def require_unlocked(user: User, field: CustomField) -> None:
    if field.locked_by is not None and field.locked_by is not user:
        raise Refusal(403, "This custom field is locked: only the user who locked it may edit it.")


def require_custom_fields(world: World) -> None:
    """They are a paid feature: a free workspace is answered 402."""
    if world.switches.plan_tier == "free":
        raise Refusal(402, "Custom Fields are only available to premium users.")


def require_options(field: CustomField) -> None:
    if field.kind not in ("enum", "multi_enum"):
        raise invalid(f"custom_field: A {field.kind} field has no options")


def _check_name(workspace: Workspace, name: str, own: CustomField | None) -> None:
    if not name:
        raise invalid("name: Missing input")
    if name.casefold() in BUILT_IN_NAMES:
        raise invalid(f"name: {name} is the name of a built-in task property")
    if any(field.name == name for field in workspace.fields if field is not own):
        raise invalid(f"name: A custom field with the name {name!r} already exists")


def _check_option_name(world: World, field: CustomField, name: str, own: EnumOption | None) -> None:
    if not name:
        raise invalid("name: Missing input")
    if world.switches.same_option_names:
        return
    if any(option.name == name for option in field.options if option is not own):
        raise invalid(f"name: The field already has an option with the name {name!r}")


def _check_color(world: World, color: str) -> None:
    if world.switches.enum_color == "listed" and color not in COLORS:
        raise invalid(f"color: Not one of {', '.join(COLORS)}: {color!r}")


def _check_number(kind: str, changes: Mapping[str, Any]) -> None:
    if kind != "number":
        for name in ("precision", "currency_code", "custom_label", "custom_label_position"):
            if name in changes:
                raise invalid(f"{name}: Only number fields have it")
        return
    shape = changes.get("format", "none")
    if "precision" in changes and not 0 <= changes["precision"] <= 6:
        raise invalid("precision: Must be between 0 and 6")
    if changes.get("currency_code") is not None and shape != "currency":
        raise invalid("currency_code: Only for the format currency")
    if changes.get("custom_label") is not None and shape != "custom":
        raise invalid("custom_label: Only for the format custom")
