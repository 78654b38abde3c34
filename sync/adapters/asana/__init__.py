"""Asana: the only place that imports its SDK, and the only one that knows its words."""

from sync.adapters.asana.budget import Budget, budget_folder
from sync.adapters.asana.picture import followed
from sync.adapters.asana.session import Limits, Session
from sync.adapters.asana.subscriptions import AsanaSubscriptions
from sync.adapters.asana.target import AsanaTarget

__all__ = [
    "AsanaSubscriptions",
    "AsanaTarget",
    "Budget",
    "Limits",
    "Session",
    "budget_folder",
    "followed",
]
