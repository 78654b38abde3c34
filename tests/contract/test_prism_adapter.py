"""
What the demonstration never does, with Prism between: every operation and every reading that the
adapter knows.

The demonstration shares nothing with real people, and its sandbox takes every form; here is the
rest: sharing, new options, placing, hanging, and the forms for an Asana that refuses two homes
or drops one.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final, get_args

import pytest

from sync.adapters.asana import AsanaSubscriptions, Session, reads
from sync.core.marks import field_line
from sync.model.mapping import FieldRule
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateField,
    CreateOption,
    PlaceTask,
    SetParent,
    ShareProject,
    UpdateTask,
)
from sync.sandbox.process import RunningSandbox
from tests.adapters.asana.asana_desk import PERSON, Desk, open_desk, provisioning
from tests.adapters.asana.matrix.calls import MEMBER, READS
from tests.adapters.asana.sent import kinds_sent
from tests.contract.lies import lies_believed, one_of_each
from tests.contract.prism import Prism
from tests.contract.verdicts import Verdict, Verdicts

pytestmark = pytest.mark.contract

DAY: Final = FieldRule(
    key="fait_le",
    role="done_on",
    scope="indicator",
    name="Fait le",
    description=f"Quand.\n{field_line('fait_le')}",
    kind="date",
    owner="people",
)


@pytest.fixture
def desk(prism: Prism, sandbox: RunningSandbox) -> Iterator[Desk]:
    """Jalon and the person both speak to Asana through Prism."""
    with open_desk(sandbox) as opened, prism.before(sandbox.url):
        opened.url = prism.url
        yield opened


def everything(sandbox: RunningSandbox) -> list[AnyOperation]:
    """Each kind of operation at least once, and each form in which a value is written."""
    aline = next(each for each in sandbox.control.state()["people"] if each["name"] == PERSON)
    return [
        *provisioning(2),
        ShareProject(ref="share:actions/team", role="actions", member="Équipe du plan"),
        ShareProject(ref="share:actions/aline", role="actions", member=aline["email"]),
        ShareProject(ref="share:indicators/aline", role="indicators", member=aline["gid"]),
        CreateOption(ref="option:axe/3", field="field:axe", name="Culture", color="orange"),
        CreateField(ref="field:fait_le", rule=DAY),
        AttachField(ref="attach:indicators/fait_le", role="indicators", field="field:fait_le"),
        UpdateTask(
            ref="action:A-0",
            builtins={
                "name": "Nom\u00a0: « neuf »",
                "notes": "",
                "due_on": date(2026, 3, 15),
                "assignee": aline["gid"],
            },
            fields={"field:axe": "option:axe/3"},
            after=frozenset({"action:A-0", "option:axe/3"}),
        ),
        UpdateTask(
            ref="action:A-1",
            builtins={"due_on": None, "assignee": None},
            fields={"field:axe": None},
            after=frozenset({"action:A-1"}),
        ),
        UpdateTask(
            ref="indicator:I-0",
            fields={"field:quantite": 3.5, "field:fait_le": date(2026, 2, 14)},
            after=frozenset({"indicator:I-0", "attach:indicators/fait_le"}),
        ),
        PlaceTask(ref="action:A-1", role="actions", section="section:v2", lane="section:v2"),
        PlaceTask(
            ref="action:A-0",
            role="actions",
            section="section:v2",
            insert_after="action:A-1",
            lane="section:v2",
        ),
        SetParent(ref="indicator:I-1", parent="action:A-0"),
    ]


FORMS: Final = [
    pytest.param({}, id="both homes at once"),
    pytest.param({"refuse_two_homes": True}, id="two homes refused"),
    pytest.param({"drop_home": True}, id="one home dropped"),
]


@pytest.mark.parametrize("switches", FORMS)
def test_every_operation_and_its_reading_back_is_without_a_violation(
    desk: Desk,
    prism: Prism,
    sandbox: RunningSandbox,
    verdicts: Verdicts,
    switches: dict[str, bool],
) -> None:
    operations = everything(sandbox)
    assert {type(each) for each in operations} == set(get_args(AnyOperation))
    sandbox.control.switch(**switches)
    target = desk.target()
    desk.apply(target, operations)
    assert [told for told in desk.told if told.state != "done"] == []
    assert len(desk.told) == len(operations)
    desk.keep(target.observe(desk.known(), full=True))
    desk.person("PUT", desk.task("action:A-0"), {"completed": True})
    desk.keep(target.observe(desk.known(), full=False))
    target.refresh(desk.known(), [desk.links["indicator:I-0"]])

    heard = prism.hearing()
    refused = [each for each in heard.exchanges if each.status >= 400]
    assert {each.status for each in refused} <= {400, 412}
    assert bool([each for each in refused if each.status == 400]) == (
        "refuse_two_homes" in switches
    )
    assert (heard.objections, heard.complaints) == ((), ())
    assert heard.received == sandbox.control.requests(last=1)["total"]
    calls = one_of_each(heard.exchanges)
    verdicts.tell(Verdict("Prism, every operation of the adapter", judged=heard.received))
    assert lies_believed(prism, calls, verdicts) == []


def test_every_reading_is_without_a_violation(
    desk: Desk, prism: Prism, sandbox: RunningSandbox, receiver: str, verdicts: Verdicts
) -> None:
    """Those of the fault matrix, which is held against all that the adapter's sources can send."""
    sandbox.control.add_person("Membre", MEMBER)
    desk.provisioned(3)
    session = Session(desk.token, url=desk.url)
    indicators = desk.links["project:indicators"]
    links = {
        **desk.links,
        "workspace": sandbox.workspace,
        "account": reads.me(session).gid,
        "door": receiver,
        "webhook": AsanaSubscriptions(session).create(indicators, receiver).webhook,
        "sync": reads.events(session, desk.links["project:actions"], None).token,
    }
    desk.person("PUT", desk.task("action:A-2"), {"name": "changé depuis"})
    sandbox.control.comment(desk.links["action:A-2"], PERSON, "Une remarque.")
    for reading in READS:
        assert reading.do(session, links), f"{reading} said nothing, so nothing of it was judged"
    asked = session.requests()
    session.close()

    assert {kind for kind in kinds_sent() if kind.startswith("GET ")} <= asked.keys()
    heard = prism.hearing()
    assert (heard.objections, heard.complaints) == ((), ())
    calls = {
        name: passed
        for name, passed in one_of_each(heard.exchanges).items()
        if passed.method == "GET"
    }
    assert len(calls) == len({reading.path for reading in READS} - {"/users/me"})
    verdicts.tell(Verdict("Prism, every reading of the adapter", judged=heard.received))
    assert lies_believed(prism, calls, verdicts) == []


def test_a_webhook_made_found_and_looked_at_is_without_a_violation(
    desk: Desk, prism: Prism, receiver: str, verdicts: Verdicts
) -> None:
    """Prism stands before Asana only: the handshake goes from the sandbox to the receiver."""
    desk.provisioned(1)
    project = desk.links["project:actions"]
    session = Session(desk.token, url=desk.url)
    subscriptions = AsanaSubscriptions(session)
    made = subscriptions.create(project, receiver)
    assert subscriptions.find(project, receiver) == made.webhook
    assert subscriptions.stands(made.webhook)
    assert not subscriptions.stands("1")
    session.close()

    heard = prism.hearing()
    assert (heard.objections, heard.complaints) == ((), ())
    calls = {
        name: passed for name, passed in one_of_each(heard.exchanges).items() if "/webhooks" in name
    }
    assert len(calls) == 3
    verdicts.tell(Verdict("Prism, webhooks of the adapter", judged=heard.received))
    assert lies_believed(prism, calls, verdicts) == []
