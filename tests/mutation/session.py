"""
Mutants tried in one session of pytest: its start costs far more than the tests of one function.

mutmut makes the mutants and says which tests reach which function. The tests are collected once;
then each mutant is one child process that runs those tests until one fails. Run in the tree that
`tests/mutation/__main__.py` prepares: `python -m tests.mutation.session [processes]`.
"""

import gc
import os
import resource
import signal
import sys
from collections import OrderedDict
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Any, Final

import pytest
from mutmut.__main__ import (
    collect_or_load_stats,
    collect_source_file_mutation_data,
    copy_also_copy_files,
    copy_src_dir,
    create_mutants,
    get_mutant_runner,
    setup_source_paths,
    store_lines_covered_by_tests,
)
from mutmut.configuration import config
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name

SURVIVED, KILLED, NO_TESTS, TIMEOUT = 0, 1, 33, 36
SECONDS: Final = 4
"""Of the processor, beside ten times what the tests take without a mutant."""


def main() -> int:
    processes = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    set_mutant_under_test("mutant_generation")
    Path("mutants").mkdir(exist_ok=True)
    copy_src_dir()
    copy_also_copy_files()
    setup_source_paths()
    store_lines_covered_by_tests()
    create_mutants(processes)
    collect_or_load_stats(get_mutant_runner(processes), apply_config_invalidation=True)
    mutants, _ = collect_source_file_mutation_data(mutant_names=())
    set_mutant_under_test("")
    os.chdir("mutants")
    cfg = config()
    asked = cfg.pytest_add_cli_args_test_selection
    args = ["-q", "--rootdir=.", "--tb=no", *cfg.pytest_add_cli_args, *asked]
    return int(pytest.main(args, plugins=[Session(mutants, processes)]))


class Session:
    def __init__(self, mutants: list[Any], processes: int) -> None:
        self.mutants = mutants
        self.processes = processes
        self.failed = False
        self.waiting: dict[int, tuple[Any, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        left = [(data, name) for data, name, verdict in self.mutants if verdict is None]
        killed = 0
        forget_answers()
        gc.collect()
        gc.freeze()  # what a child never touches is never copied for it
        os.chdir("..")  # verdicts are kept beside the mutants, which alone are imported
        for count, (data, name) in enumerate(left, start=1):
            reached = state().tests_by_mangled_function_name
            tests = [t for t in reached.get(mangled_name_from_mutant_name(name), ()) if t in items]
            if not tests:
                self.told(data, name, NO_TESTS)
                continue
            tests.sort(key=lambda test: state().duration_by_test.get(test, 0))
            while len(self.waiting) >= self.processes:
                killed += self.one_ended()
            self.start(data, name, [items[test] for test in tests])
            print(f"\r{count}/{len(left)}, {killed} killed", end="", flush=True)
        while self.waiting:
            killed += self.one_ended()
        print()
        return True

    def start(self, data: Any, name: str, items: list[pytest.Item]) -> None:
        sys.stdout.flush()
        if child := os.fork():
            self.waiting[child] = (data, name)
            return
        gc.disable()
        os.chdir("mutants")
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        alone = sum(state().duration_by_test.get(item.nodeid, 0) for item in items)
        limit = int(SECONDS + 10 * alone)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 2))
        set_mutant_under_test(name)
        for item, following in pairs(items):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                os._exit(KILLED)
        os._exit(SURVIVED)

    def one_ended(self) -> bool:
        child, status = os.wait()
        data, name = self.waiting.pop(child)
        code = os.waitstatus_to_exitcode(status)
        self.told(data, name, TIMEOUT if code < 0 else code)
        return code != SURVIVED

    def told(self, data: Any, name: str, verdict: int) -> None:
        data.exit_code_by_key[name] = verdict
        data.save()


def forget_answers() -> None:
    """What the core kept of the answers it gave while nothing was wrong would hide what is."""
    for each in gc.get_objects():
        if type(each) is _lru_cache_wrapper and each.__module__.startswith("sync.core."):
            each.cache_clear()
        elif type(each).__module__ == "sync.core.memory" and type(each).__name__ == "Memory":
            vars(each).update(_kept=OrderedDict(), _weight=0)


def pairs(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, (*items[1:], None), strict=True)


if __name__ == "__main__":
    sys.exit(main())
