"""
What a city and an operator decide, read once and strictly.

`load_settings` reads files and variables, `Settings.with_plans` joins each config with its
adopted plan, `PlanSettings.rules` gives the core what steers a cycle, `check` tells it all.
"""

from sync.settings.check import Checked, Report, check
from sync.settings.load import (
    VARIABLES,
    AsanaAccess,
    LoadPlan,
    PlanSettings,
    PublishTarget,
    Settings,
    load_settings,
)
from sync.settings.mapping import MappingFile, expand

__all__ = [
    "VARIABLES",
    "AsanaAccess",
    "Checked",
    "LoadPlan",
    "MappingFile",
    "PlanSettings",
    "PublishTarget",
    "Report",
    "Settings",
    "check",
    "expand",
    "load_settings",
]
