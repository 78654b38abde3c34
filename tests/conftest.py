"""What a run says at its end: how many cases of each matrix were tried."""

from collections import Counter
from typing import Any, Final

COUNTED: Final = {
    "adapters/asana/matrix/test_matrix_calls.py": "pairs of a call and a fault",
    "cycle/test_fault_matrix.py": "cycles under a fault",
}
"""A test file whose cases are counted, and what one of them is."""


def pytest_terminal_summary(terminalreporter: Any) -> None:
    tried = Counter(
        said
        for report in terminalreporter.stats.get("passed", ())
        for file, said in COUNTED.items()
        if report.when == "call" and f"{file}::" in report.nodeid
    )
    for said, count in tried.items():
        terminalreporter.write_line(f"{count} {said}: passed")
