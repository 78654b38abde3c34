"""What was asked of the sandbox: a log of requests, their number, and how many at once."""

from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 100_000


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request. The token's owner is named; the token itself is kept nowhere."""

    number: int
    method: str
    path: str
    query: str
    status: int | None
    user: str | None
    at: str
    seconds: float
    fault: str | None
    created: str | None
    in_flight: int


class Traffic:
    """Counts over all requests since the last reset; the log keeps the latest."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.log: deque[LoggedRequest] = deque(maxlen=KEPT)
        self.by_method: Counter[str] = Counter()
        self.by_status: Counter[int] = Counter()
        self.reads = self.writes = 0
        self.most_reads = self.most_writes = 0
        self.total = 0

    def enter(self, *, read: bool) -> int:
        """One more in flight; says how many of its kind there are now."""
        if read:
            self.reads += 1
            self.most_reads = max(self.most_reads, self.reads)
            return self.reads
        self.writes += 1
        self.most_writes = max(self.most_writes, self.writes)
        return self.writes

    def leave(self, *, read: bool) -> None:
        if read:
            self.reads = max(self.reads - 1, 0)
        else:
            self.writes = max(self.writes - 1, 0)

    def record(self, request: LoggedRequest) -> None:
        self.total += 1
        self.by_method[request.method] += 1
        if request.status is not None:
            self.by_status[request.status] += 1
        self.log.append(request)

    def report(self, last: int | None = None) -> dict[str, Any]:
        entries = list(self.log)[-last:] if last is not None else list(self.log)
        return {
            "total": self.total,
            "by_method": dict(self.by_method),
            "by_status": {str(status): count for status, count in self.by_status.items()},
            "max_reads_in_flight": self.most_reads,
            "max_writes_in_flight": self.most_writes,
            "requests": [asdict(entry) for entry in entries],
        }
