"""
Is there a line of the core that could be wrong, and no test would say so?

mutmut changes the functions of `sync/core/` one small thing at a time and runs the tests that
reach them (`tests/core`); a change that no test notices survives. It stops when its time is up
and goes on from there the next time, anew only for functions that changed since. Run by
`make mutation`, in an environment of its own; what is found stands in `docs/mutation.md`.
"""

import argparse
import json
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from mutmut.stats import status_by_exit_code

ROOT: Final = Path(__file__).parents[2]
WORK: Final = ROOT / ".mutation" / "tree"
COPIED: Final = ("sync", "tests", "config", "mappings", "docs")
KILLED: Final = {"killed", "timeout", "segfault", "suspicious", "caught by type check"}
TOLD: Final = ROOT / "docs" / "mutation.md"
REASON: Final = re.compile(r"^\| `(\w+\.[\w.]+)` \| (\d+) \|", re.MULTILINE)
UNNOTICED: Final = {"survived", "no tests"}
GOAL: Final = 0.9
CONFIG: Final = """
[tool.mutmut]
source_paths = ["sync"]
only_mutate = {only}
also_copy = ["config", "mappings", "docs"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-p", "tests.mutation.plugin", "-p", "no:cacheprovider", "-x"]
timeout_multiplier = 2
timeout_constant = 2
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", help="of sync/core; all of them when none is named")
    parser.add_argument("--minutes", type=float, default=20, help="when to stop (20)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--tests", nargs="+", default=["tests/core"], help="asked of each mutant (tests/core)"
    )
    parser.add_argument(
        "--again", action="store_true", help="ask again of those that survived: tests were added"
    )
    asked = parser.parse_args()
    names = asked.modules or sorted(one.stem for one in (ROOT / "sync/core").glob("[a-z]*.py"))
    if unknown := [name for name in names if not (ROOT / f"sync/core/{name}.py").is_file()]:
        parser.error(f"no such module of sync/core: {', '.join(unknown)}")
    prepare(names, asked.tests)
    if asked.again:
        forget_survivors(names)
    run(asked.processes, asked.minutes * 60)
    return report(names)


def prepare(names: list[str], tests: list[str]) -> None:
    """
    The tree as it stands, copied; verdicts of an earlier run are kept beside it.

    What mutmut made of a module while another one was asked about is no mutant of it; what it
    copied it takes for the newer one, whatever a checkout brought since; and which tests reach a
    function is asked of the tests that are chosen now.
    """
    WORK.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        shutil.rmtree(WORK / name, ignore_errors=True)
        shutil.copytree(ROOT / name, WORK / name, ignore=shutil.ignore_patterns("__pycache__"))
    for made in (WORK / "mutants" / "sync").rglob("*"):
        if made.is_file() and made.suffix != ".meta":
            made.unlink()
    (WORK / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
    only = json.dumps([f"sync/core/{name}.py" for name in names])
    ours = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    config = CONFIG.format(only=only, tests=json.dumps(tests))
    (WORK / "pyproject.toml").write_text(ours + config, encoding="utf-8")


def forget_survivors(names: list[str]) -> None:
    for name in names:
        if (file := verdict_file(name)).exists():
            kept = json.loads(file.read_text(encoding="utf-8"))
            codes = kept["exit_code_by_key"]
            for mutant, code in codes.items():
                if status_by_exit_code[code] in UNNOTICED:
                    codes[mutant] = None
            file.write_text(json.dumps(kept, indent=4), encoding="utf-8")


def run(processes: int, seconds: float) -> None:
    command = [sys.executable, "-m", "tests.mutation.session", str(processes)]
    with subprocess.Popen(command, cwd=WORK) as running:
        try:
            running.wait(seconds)
        except subprocess.TimeoutExpired:
            running.terminate()
            running.wait(60)
    if running.returncode not in (0, -signal.SIGTERM):
        raise SystemExit(f"mutmut ended with {running.returncode}")


def report(names: list[str]) -> int:
    """A line for each module; 0 when enough were killed of those that were tried."""
    everything = Counter[str]()
    print("\n| Module | Mutants | Tried | Killed | Survived | No test | Share |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in names:
        verdicts = verdicts_of(name)
        counted = Counter(verdicts.values())
        everything += counted
        print(row(f"`{name}`", counted))
    print(row("**all**", everything))
    unexplained = without_a_reason(names)
    for mutant, verdict in unexplained.items():
        print(f"{verdict}, and {TOLD.name} has no reason: {mutant}")
    enough = tried(everything) and share(everything) >= GOAL
    return 0 if enough and not unexplained else 1


def without_a_reason(names: list[str]) -> dict[str, str]:
    """Of each function whose unnoticed mutants are more than the document tells, all of them."""
    found: dict[str, dict[str, str]] = {}
    for name in names:
        for mutant, verdict in sorted(verdicts_of(name).items()):
            if verdict in UNNOTICED:
                found.setdefault(function_of(mutant), {})[mutant] = verdict
    told = {
        function: int(count) for function, count in REASON.findall(TOLD.read_text(encoding="utf-8"))
    }
    unexplained: dict[str, str] = {}
    for function, mutants in found.items():
        if len(mutants) > told.get(function, 0):
            unexplained |= mutants
    return unexplained


def function_of(mutant: str) -> str:
    """As the document writes it: `sync.core.pairing.x__round__mutmut_3` is `pairing._round`."""
    module, _, mangled = mutant.removeprefix("sync.core.").partition(".")
    name = mangled.rpartition("__mutmut_")[0]
    inside = name.removeprefix("xǁ").replace("ǁ", ".") if "ǁ" in name else name.removeprefix("x_")
    return f"{module}.{inside}"


def verdict_file(module: str) -> Path:
    return WORK / "mutants" / "sync" / "core" / f"{module}.py.meta"


def verdicts_of(module: str) -> dict[str, str]:
    file = verdict_file(module)
    if not file.exists():
        return {}
    codes = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    return {mutant: status_by_exit_code[code] for mutant, code in codes.items()}


def tried(counted: Counter[str]) -> int:
    return counted.total() - counted["not checked"] - counted["skipped"]


def killed(counted: Counter[str]) -> int:
    return sum(counted[verdict] for verdict in KILLED)


def share(counted: Counter[str]) -> float:
    return killed(counted) / tried(counted)


def row(name: str, counted: Counter[str]) -> str:
    part = f"{share(counted):.1%}" if tried(counted) else "–"
    numbers = (
        counted.total(),
        tried(counted),
        killed(counted),
        counted["survived"],
        counted["no tests"],
    )
    return f"| {name} | {' | '.join(map(str, numbers))} | {part} |"


if __name__ == "__main__":
    sys.exit(main())
