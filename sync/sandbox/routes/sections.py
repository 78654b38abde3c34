"""Sections: made one by one, ordered by insertion, deleted only when empty."""

from sync.sandbox import inputs
from sync.sandbox.call import Answer, Call, created, done, listing, show
from sync.sandbox.project_edits import (
    add_section,
    delete_section,
    move_section,
    rename_section,
)
from sync.sandbox.refusal import invalid
from sync.sandbox.routes.places import project_at, require_task, section_at
from sync.sandbox.state import Section, Task
from sync.sandbox.task_edits import Place, place_task

NOT_WRITTEN = ("gid", "resource_type", "created_at", "project", "projects")


def list_sections(call: Call, project_gid: str) -> Answer:
    sections = project_at(call, project_gid).sections
    return listing(call, "section", [each for each in sections if call.world.visible(each)])


def post_section(call: Call, project_gid: str) -> Answer:
    project = project_at(call, project_gid, write=True)
    inputs.check_names(
        call.data, ("name", "insert_before", "insert_after"), not_written=NOT_WRITTEN
    )
    inputs.one_of_two(call.data, "insert_before", "insert_after")
    name = inputs.required_text(call.data, "name")
    before = inputs.optional_thing(call.world, Section, call.data, "insert_before")
    after = inputs.optional_thing(call.world, Section, call.data, "insert_after")
    for anchor in (before, after):
        if anchor is not None and anchor.project is not project:
            raise invalid("insert: The anchor is not a section of this project")
    section = add_section(call.world, call.user, project, name, before=before, after=after)
    return created(call, "section", section, "sections")


def insert_section(call: Call, project_gid: str) -> Answer:
    project = project_at(call, project_gid, write=True)
    inputs.check_names(call.data, ("section", "before_section", "after_section"))
    inputs.one_of_two(call.data, "before_section", "after_section")
    section = inputs.thing(call.world, Section, call.data, "section")
    if section.project is not project:
        raise invalid("section: The section is not in this project")
    before = inputs.optional_thing(call.world, Section, call.data, "before_section")
    after = inputs.optional_thing(call.world, Section, call.data, "after_section")
    move_section(call.world, call.user, section, before=before, after=after)
    return done()


def get_section(call: Call, section_gid: str) -> Answer:
    return show(call, "section", section_at(call, section_gid))


def put_section(call: Call, section_gid: str) -> Answer:
    section = section_at(call, section_gid, write=True)
    inputs.check_names(call.data, ("name",), not_written=NOT_WRITTEN)
    rename_section(call.world, call.user, section, inputs.required_text(call.data, "name"))
    return show(call, "section", section)


def delete_section_at(call: Call, section_gid: str) -> Answer:
    delete_section(call.world, call.user, section_at(call, section_gid, write=True))
    return done()


def add_task(call: Call, section_gid: str) -> Answer:
    """At the top unless positioned, unlike `addProject`, which puts at the end."""
    section = section_at(call, section_gid, write=True)
    inputs.check_names(call.data, ("task", "insert_before", "insert_after"))
    inputs.one_of_two(call.data, "insert_before", "insert_after")
    task = inputs.thing(call.world, Task, call.data, "task")
    require_task(call, task, write=True)
    before = inputs.optional_thing(call.world, Task, call.data, "insert_before")
    after = inputs.optional_thing(call.world, Task, call.data, "insert_after")
    place_task(call.world, call.user, task, Place(section, before=before, after=after, top=True))
    return done()
