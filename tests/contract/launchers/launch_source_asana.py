"""
Airbyte's source-asana, led to another Asana: ASANA_URL says which.

Its manifest names the real address; the requester that the manifest names is theirs, with
another root. The rest is theirs. Run by the interpreter of its own environment.
"""

import os
import sys
from typing import Any

from loopback import stay_on_this_machine
from source_asana.components import AsanaHttpRequester
from source_asana.run import run


def main() -> None:
    stay_on_this_machine()

    def elsewhere(_self: AsanaHttpRequester, **_context: Any) -> str:
        return f"{os.environ['ASANA_URL']}/"

    AsanaHttpRequester.get_url_base = elsewhere
    run()


if __name__ == "__main__":
    sys.exit(main())
