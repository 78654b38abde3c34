"""
Run a command and tell how it ended, what time and processor it took, and its peak of memory.

A process of its own, and a small one: Linux counts to a child the peak of the one that started
it. `weigh.py REPORT SECONDS COMMAND…` writes JSON to REPORT; after SECONDS the command is killed.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path


def main(report: str, seconds: str, *command: str) -> None:
    began = time.perf_counter()
    process = subprocess.Popen(command)
    watchdog = threading.Timer(float(seconds), process.kill)
    watchdog.start()
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    watchdog.cancel()
    code = process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1024**2 if sys.platform == "darwin" else 1024
    told = {
        "code": code,
        "seconds": took,
        "processor": usage.ru_utime + usage.ru_stime,
        "peak_mib": usage.ru_maxrss / unit,
    }
    Path(report).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
