"""What is kept of each session: how many notes, and who wrote them when last."""

from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from bot.domain.dialogue import Dialogue
from bot.domain.event import EventKey, PersonId, SessionCode, WorkspaceId
from bot.domain.fold import walks
from bot.domain.moment import Ts
from bot.domain.walks import newest_moves
from bot.services.reporting import outlines_of
from storage import Transaction


@dataclass(frozen=True, slots=True)
class Kept:
    """An event's reports that anybody has begun. Who wrote for one of theirs has not begun the others."""

    notes: dict[SessionCode, int] = field(default_factory=dict)
    wrote: dict[tuple[SessionCode, PersonId], Ts] = field(default_factory=dict)  # and when last


def kept_of(tx: Transaction, workspace: WorkspaceId, event: EventKey) -> Kept:
    """What is kept of everybody who reports an event, or did."""
    kept, dialogues = Kept(), tx.dialogues.of_all(workspace, event)
    if not dialogues:
        return kept
    templates = tx.events.templates(workspace, event)
    everybody = sorted(tx.events.ever_assigned(workspace, event), key=attrgetter("person"))
    for person, own in groupby(everybody, key=attrgetter("person")):
        outlines, dialogue = outlines_of(own, templates), dialogues.get(person, Dialogue())
        stands = walks(outlines, dialogue)
        for code, ts in newest_moves(outlines, dialogue, stands).items():
            kept.wrote[code, person] = ts
            kept.notes[code] = kept.notes.get(code, 0) + len(stands.of(code).kept)
    return kept
