"""Named parameters that many statements share; their names may not be those of columns being set."""

from datetime import datetime

from sqlalchemy import BindParameter, bindparam

from bot.domain.event import EventKey, PersonId, SessionCode, WorkspaceId

of_workspace: BindParameter[str] = bindparam("of_workspace")
of_event: BindParameter[str] = bindparam("of_event")
of_person: BindParameter[str] = bindparam("of_person")
of_session: BindParameter[str] = bindparam("of_session")
at_now: BindParameter[datetime] = bindparam("now")


def of_part(
    workspace: WorkspaceId, event: EventKey, session: SessionCode, person: PersonId
) -> dict[str, object]:
    """The values of the four that name one person's part in a session."""
    return {
        "of_workspace": workspace,
        "of_event": event,
        "of_session": session,
        "of_person": person,
    }
