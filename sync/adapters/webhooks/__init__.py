"""Where Asana's webhooks come in. They wake the worker and tell it nothing else."""

from sync.adapters.webhooks.doors import Door, Doors
from sync.adapters.webhooks.kept import Kept, keep, recall
from sync.adapters.webhooks.receiver import Bounds, Receiver

__all__ = ["Bounds", "Door", "Doors", "Kept", "Receiver", "keep", "recall"]
