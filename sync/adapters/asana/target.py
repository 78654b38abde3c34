"""Asana as the cycle's target: the parts of this package behind one Protocol."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta

from sync.adapters.asana import reads
from sync.adapters.asana.apply import apply
from sync.adapters.asana.examine import examine
from sync.adapters.asana.forecast import forecast
from sync.adapters.asana.observe import Observer
from sync.adapters.asana.preflight import preflight
from sync.adapters.asana.session import Session
from sync.adapters.asana.survey import mark_project, survey
from sync.adapters.asana.workspace import Workspace
from sync.adapters.asana.writes import FORM_FACT, Writer
from sync.errors import TargetRejected
from sync.model.adoption import Survey
from sync.model.examination import Examination
from sync.model.mapping import FieldRule
from sync.model.operation import AnyOperation, CreateTask, PlaceTask, Ref
from sync.model.target import Observed, ProjectRole, Remark
from sync.ports import Applied, Known, Reading
from sync.wording import Text


class AsanaTarget:
    """
    One plan's two projects. Building it sends nothing.

    `field_keys` are the mapping's fields: while one of them is not linked and in place, the
    workspace's fields are listed too, so that one made by an answer that was lost is found.
    `learned` is what `learned()` told before.
    """

    def __init__(
        self,
        session: Session,
        *,
        workspace: str | None = None,
        field_keys: Collection[str] = (),
        learned: Mapping[str, str] | None = None,
    ) -> None:
        self._session = session
        self._workspace = Workspace(session, workspace)
        self._observer = Observer(session, self._workspace.gid, tuple(field_keys))
        self._writer = Writer(session, self._workspace.gid, (learned or {}).get(FORM_FACT))
        self._reordered: set[ProjectRole] = set()
        self._account: str | None = None

    def observe(self, known: Known, *, full: bool) -> Reading:
        reading = self._observer.everything(known) if full else self._observer.changes(known)
        if reading.full:
            self._reordered.clear()
        return reading

    def refresh(self, known: Known, gids: Sequence[str]) -> Reading:
        reading = self._observer.touched(known, gids, frozenset(self._reordered))
        self._reordered.clear()
        return reading

    def apply(
        self,
        operations: Sequence[AnyOperation],
        links: Mapping[Ref, str],
        *,
        before: Callable[[AnyOperation], None],
        after: Callable[[Applied], None],
        leave: Callable[[], None] = lambda: None,
    ) -> None:
        def told(applied: Applied) -> None:
            operation = applied.operation
            if isinstance(operation, CreateTask | PlaceTask):
                self._reordered.add(operation.role)
            after(applied)

        with self._session.leaving(leave):
            apply(
                operations,
                links,
                self._writer.send,
                in_flight=self._session.limits.writes_in_flight,
                before=before,
                after=told,
            )

    def preflight(self, wanted: Sequence[FieldRule]) -> tuple[Text, ...]:
        return preflight(self._session, self._workspace, wanted)

    def examine(
        self,
        links: Mapping[Ref, str],
        markers: Mapping[ProjectRole, str],
        names: Mapping[ProjectRole, str],
    ) -> Examination:
        return examine(self._session, self._workspace, links, markers, names)

    def survey(self, project: str) -> Survey:
        return survey(self._session, self._workspace, project)

    def mark_project(self, gid: str, line: str) -> None:
        mark_project(self._session, gid, line)

    def forecast(
        self,
        operations: Sequence[AnyOperation],
        observed: Observed,
        links: Mapping[Ref, str],
        *,
        later: Mapping[ProjectRole, int],
        histories: int,
    ) -> Mapping[str, int]:
        coming = forecast(
            operations,
            observed,
            links,
            later=later,
            form=self._writer.form,
            knows_workspace=self._workspace.known,
        )
        if histories:
            coming["GET /tasks/{}/stories"] += histories
            coming["GET /users/me"] += self._account is None
        return +coming

    def account(self) -> str:
        if self._account is None:
            self._account = reads.me(self._session).gid
        return self._account

    def remarks(self, gid: str) -> Sequence[Remark] | None:
        try:
            return reads.remarks(self._session, gid)
        except TargetRejected:
            return None

    def learned(self) -> Mapping[str, str]:
        return {FORM_FACT: self._writer.form} if self._writer.form else {}

    def requests(self) -> Mapping[str, int]:
        return self._session.requests()

    def skew(self) -> timedelta | None:
        """None as well for the sandbox, whose clock is moved by hand."""
        seconds = None if self._session.sandbox else self._session.skew_seconds
        return None if seconds is None else timedelta(seconds=seconds)

    def resting(self) -> float:
        return self._session.resting()

    def close(self) -> None:
        self._session.close()
