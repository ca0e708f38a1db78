"""A report as who reports it sees it, read from a database."""

from bot.domain.event import EventKey, PersonId, SessionCode, WorkspaceId
from bot.domain.report import Report
from bot.services import reporting
from storage import Transaction
from tests.builders import RAPPORTEUR, WORKSPACE, an_event


def report_in(
    tx: Transaction,
    session: str = "2.2",
    person: PersonId = RAPPORTEUR,
    *,
    workspace: WorkspaceId = WORKSPACE,
    event: EventKey | None = None,
) -> Report:
    """It must be theirs."""
    hand = reporting.in_hand(tx, workspace, event or an_event().key, person)
    assert hand is not None
    report = reporting.own_report(tx, hand, SessionCode(session))
    assert report is not None
    return report
