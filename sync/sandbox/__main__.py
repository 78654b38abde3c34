"""`python -m sync.sandbox --port N`."""

import sys

from sync.sandbox.server import main

sys.exit(main())
