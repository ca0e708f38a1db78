"""How much is kept of each session."""

from itertools import groupby

from bot.domain.dialogue import Dialogue
from bot.domain.event import EventKey, SessionCode, WorkspaceId
from bot.domain.fold import walks
from bot.services.reporting import outlines_of
from storage import Transaction


def notes_of_all(tx: Transaction, workspace: WorkspaceId, event: EventKey) -> dict[SessionCode, int]:
    """Kept notes by session, of the sessions for which anybody wrote."""
    counts = {code: 0 for code, _ in tx.events.wrote(workspace, event)}
    if not counts:
        return {}
    dialogues, templates = tx.dialogues.of_all(workspace, event), tx.events.templates(workspace, event)
    everybody = sorted(tx.events.ever_assigned(workspace, event), key=lambda each: each.person)
    for person, own in groupby(everybody, key=lambda each: each.person):
        stands = walks(outlines_of(own, templates), dialogues.get(person, Dialogue()))
        for code, walk in stands.reports.items():
            if code in counts:
                counts[code] += len(walk.notes)
    return counts
