"""Keep a published plan, its Asana project and its public page in agreement."""

from typing import Final

__version__: Final = "0.1.0"
