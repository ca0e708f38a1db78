"""How much is kept of each session."""

from bot.domain.dialogue import walk
from bot.domain.event import EventKey, SessionCode, WorkspaceId
from storage import Transaction


def notes_of_all(tx: Transaction, workspace: WorkspaceId, event: EventKey) -> dict[SessionCode, int]:
    """Kept notes by session, of the sessions for which anybody wrote; a note counts once."""
    wrote = tx.events.wrote(workspace, event)
    if not wrote:
        return {}
    dialogues, templates = tx.dialogues.of_all(workspace, event), tx.events.templates(workspace, event)
    counts = {code: 0 for code, _ in wrote}
    counted: set[tuple[str, str]] = set()
    for code, person, since, until in tx.events.writers_of(workspace, event):
        if (code, person) not in wrote:
            continue
        for ts in walk(len(templates[code].sections), dialogues[person]).notes:
            is_theirs = (since or "") <= ts and (until is None or ts <= until)
            if is_theirs and (person, ts) not in counted:
                counted.add((person, ts))
                counts[code] += 1
    return counts
