"""Publications for the publishers' tests: small, numbered, and easy to tell apart."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "site"))  # the samples stand with the page
