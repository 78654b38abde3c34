"""
tap-asana's own command, led to another Asana: ASANA_URL and ASANA_TOKEN say which.

It knows no other address than the real one's, and gets its token by OAuth there. Here the SDK
under it has another host, and its own `access_token` argument spares the exchange. The rest is
theirs. Run by the interpreter of its own environment.
"""

import functools
import os
import sys

import asana
import tap_asana
from loopback import stay_on_this_machine


def main() -> None:
    stay_on_this_machine()
    configuration = asana.Configuration()
    configuration.host = os.environ["ASANA_URL"]
    asana.Configuration.set_default(configuration)
    tap_asana.Asana = functools.partial(tap_asana.Asana, access_token=os.environ["ASANA_TOKEN"])
    tap_asana.main()


if __name__ == "__main__":
    sys.exit(main())
