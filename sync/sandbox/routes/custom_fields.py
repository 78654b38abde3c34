"""Custom fields: definitions of a workspace, their options, and the projects that carry them."""

from typing import Any

from sync.sandbox import inputs
from sync.sandbox.call import Answer, Call, created, done, listing, show
from sync.sandbox.field_edits import (
    NUMBER_FORMATS,
    add_option,
    attach,
    create_field,
    delete_field,
    detach,
    field_of_option,
    move_option,
    require_custom_fields,
    require_options,
    write_field,
    write_option,
)
from sync.sandbox.refusal import Refusal, invalid, not_in_sandbox, unknown_object
from sync.sandbox.routes.places import found, project_at
from sync.sandbox.state import CustomField, CustomFieldSetting, EnumOption, Workspace
from sync.sandbox.values import KINDS

WRITABLE = (
    "name", "description", "precision", "format", "currency_code", "custom_label",
    "custom_label_position", "has_notifications_enabled",
)  # fmt: skip
NOT_WRITTEN = (
    "gid", "resource_type", "enabled", "display_value", "created_by", "is_global_to_workspace",
    "asana_created_field", "representation_type", "is_formula_field", "text_value", "enum_value",
    "number_value", "date_value", "people_value", "multi_enum_values",
)  # fmt: skip
ELSEWHERE = (
    "owned_by_app", "people_value", "reference_value", "input_restrictions", "id_prefix",
    "privacy_setting", "default_access_level",
)  # fmt: skip


def list_custom_fields(call: Call, workspace_gid: str) -> Answer:
    require_custom_fields(call.world)
    workspace = found(call, Workspace, "workspace", workspace_gid, read=True)
    fields = [field for field in workspace.fields if call.world.visible(field)]
    return listing(call, "custom_field", fields)


def post_custom_field(call: Call) -> Answer:
    require_custom_fields(call.world)
    if call.user.seat in ("guest", "view_only"):
        raise Refusal(403, "You do not have access to create custom fields in this workspace.")
    inputs.check_names(
        call.data,
        (*WRITABLE, "workspace", "resource_subtype", "type", "enum_options"),
        not_written=NOT_WRITTEN,
        elsewhere=ELSEWHERE,
    )
    workspace = inputs.thing(call.world, Workspace, call.data, "workspace")
    inputs.required_text(call.data, "name")
    kind = call.data.get("resource_subtype", call.data.get("type"))
    if kind == "reference":
        raise not_in_sandbox("custom fields of the type reference")
    if kind not in KINDS:
        raise invalid(f"resource_subtype: Not one of {', '.join(KINDS)}: {kind!r}")
    options = [_option(index, raw) for index, raw in enumerate(
        inputs.list_of(call.data, "enum_options"))]  # fmt: skip
    field = create_field(call.world, call.user, workspace, kind, _changes(call.data), options)
    return created(call, "custom_field", field, "custom_fields")


def get_custom_field(call: Call, custom_field_gid: str) -> Answer:
    require_custom_fields(call.world)
    return show(
        call, "custom_field", found(call, CustomField, "custom_field", custom_field_gid, read=True)
    )


def put_custom_field(call: Call, custom_field_gid: str) -> Answer:
    require_custom_fields(call.world)
    field = found(call, CustomField, "custom_field", custom_field_gid, read=False)
    inputs.check_names(
        call.data,
        WRITABLE,
        not_written=(*NOT_WRITTEN, "resource_subtype", "type", "workspace", "enum_options"),
        elsewhere=ELSEWHERE,
    )
    write_field(call.world, call.user, field, _changes(call.data))
    return show(call, "custom_field", field)


def delete_custom_field(call: Call, custom_field_gid: str) -> Answer:
    require_custom_fields(call.world)
    field = found(call, CustomField, "custom_field", custom_field_gid, read=False)
    delete_field(call.world, call.user, field)
    return done()


def post_enum_option(call: Call, custom_field_gid: str) -> Answer:
    require_custom_fields(call.world)
    field = found(call, CustomField, "custom_field", custom_field_gid, read=False)
    inputs.check_names(
        call.data,
        ("name", "color", "insert_before", "insert_after", "enabled"),
        not_written=("gid", "resource_type"),
    )
    inputs.one_of_two(call.data, "insert_before", "insert_after")
    option = add_option(
        call.world,
        call.user,
        field,
        inputs.required_text(call.data, "name"),
        inputs.text(call.data, "color") or "none",
        before=inputs.optional_thing(call.world, EnumOption, call.data, "insert_before"),
        after=inputs.optional_thing(call.world, EnumOption, call.data, "insert_after"),
    )
    return created(call, "enum_option", option, "enum_options")


def insert_enum_option(call: Call, custom_field_gid: str) -> Answer:
    require_custom_fields(call.world)
    field = found(call, CustomField, "custom_field", custom_field_gid, read=False)
    require_options(field)
    inputs.check_names(call.data, ("enum_option", "before_enum_option", "after_enum_option"))
    inputs.one_of_two(call.data, "before_enum_option", "after_enum_option")
    option = inputs.thing(call.world, EnumOption, call.data, "enum_option")
    move_option(
        call.world,
        call.user,
        field,
        option,
        before=inputs.optional_thing(call.world, EnumOption, call.data, "before_enum_option"),
        after=inputs.optional_thing(call.world, EnumOption, call.data, "after_enum_option"),
    )
    return show(call, "enum_option", option)


def put_enum_option(call: Call, enum_option_gid: str) -> Answer:
    require_custom_fields(call.world)
    option = found(call, EnumOption, "enum_option", enum_option_gid, read=False)
    field = field_of_option(call.user.workspace.fields, option)
    if field is None:
        raise unknown_object("enum_option", enum_option_gid, in_path=True)
    inputs.check_names(
        call.data, ("name", "color", "enabled"), not_written=("gid", "resource_type")
    )
    changes: dict[str, Any] = {
        name: inputs.required_text(call.data, name)
        for name in ("name", "color")
        if name in call.data
    }
    if "enabled" in call.data:
        changes["enabled"] = inputs.flag(call.data, "enabled")
    write_option(call.world, call.user, field, option, changes)
    return show(call, "enum_option", option)


def list_settings(call: Call, project_gid: str) -> Answer:
    require_custom_fields(call.world)
    settings = project_at(call, project_gid).settings
    shown = [setting for setting in settings if call.world.visible(setting)]
    return listing(call, "custom_field_setting", shown, full=True)


def post_add_setting(call: Call, project_gid: str) -> Answer:
    require_custom_fields(call.world)
    project = project_at(call, project_gid, write=True)
    inputs.check_names(call.data, ("custom_field", "is_important", "insert_before", "insert_after"))
    inputs.one_of_two(call.data, "insert_before", "insert_after")
    if isinstance(call.data.get("custom_field"), dict):
        raise not_in_sandbox("addCustomFieldSetting with a new field in it")
    world, data = call.world, call.data
    setting = attach(
        world,
        call.user,
        project,
        inputs.thing(world, CustomField, data, "custom_field"),
        is_important="is_important" in data and inputs.flag(data, "is_important"),
        before=inputs.optional_thing(world, CustomFieldSetting, data, "insert_before"),
        after=inputs.optional_thing(world, CustomFieldSetting, data, "insert_after"),
    )
    return show(call, "custom_field_setting", setting)


def post_remove_setting(call: Call, project_gid: str) -> Answer:
    require_custom_fields(call.world)
    project = project_at(call, project_gid, write=True)
    inputs.check_names(call.data, ("custom_field",))
    field = inputs.thing(call.world, CustomField, call.data, "custom_field")
    for setting in project.settings:
        if setting.field is field:
            detach(call.world, call.user, setting)
            return done()
    raise invalid(f"Custom field with ID {field.gid} is not on given object")


def _option(index: int, raw: Any) -> tuple[str, str]:
    if not isinstance(raw, dict):
        raise invalid(f"enum_options: [{index}]: Not an object")
    inputs.check_names(raw, ("name", "color", "enabled"), not_written=("gid", "resource_type"))
    return inputs.required_text(raw, "name"), inputs.text(raw, "color") or "none"


def _changes(data: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name in ("name", "description"):
        if name in data:
            changes[name] = inputs.text(data, name, required=True)
    for name in ("currency_code", "custom_label"):
        if name in data:
            changes[name] = None if data[name] is None else inputs.text(data, name)
    if "precision" in data:
        precision = data["precision"]
        if isinstance(precision, bool) or not isinstance(precision, int):
            raise invalid(f"precision: Not an integer: {precision!r}")
        changes["precision"] = precision
    if "format" in data:
        changes["format"] = inputs.choice(data, "format", NUMBER_FORMATS)
    if data.get("custom_label_position") is not None:
        changes["custom_label_position"] = inputs.choice(
            data, "custom_label_position", ("prefix", "suffix")
        )
    if "has_notifications_enabled" in data:
        changes["has_notifications_enabled"] = inputs.flag(data, "has_notifications_enabled")
    return changes
