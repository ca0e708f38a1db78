"""People as Slack knows them: their DM, since when it is ours to read, and strangers who were told so."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from bot.domain.event import ChannelId, PersonId, WorkspaceId
from bot.domain.moment import Ts
from storage.parameters import of_person, of_workspace
from storage.tables import direct_messages, readings, strangers

_insert_dm = insert(direct_messages)
_keep_dm = _insert_dm.on_conflict_do_update(
    index_elements=[direct_messages.c.workspace, direct_messages.c.person],
    set_={"channel": _insert_dm.excluded.channel},
    where=direct_messages.c.channel != _insert_dm.excluded.channel,
)
_dm = select(direct_messages.c.channel).where(
    direct_messages.c.workspace == of_workspace, direct_messages.c.person == of_person
)
_whose = select(direct_messages.c.person).where(
    direct_messages.c.workspace == of_workspace, direct_messages.c.channel == bindparam("of_channel")
)
_begin_reading = insert(readings).on_conflict_do_nothing()
_since = select(readings.c.since).where(readings.c.workspace == of_workspace, readings.c.person == of_person)
_insert_stranger = insert(strangers)
_tell = _insert_stranger.on_conflict_do_update(
    index_elements=[strangers.c.workspace, strangers.c.person],
    set_={"told_at": _insert_stranger.excluded.told_at},
    where=strangers.c.told_at <= bindparam("a_day_ago"),
).returning(strangers.c.person)


class People:
    """Reading and noting what is known of people."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep_dm(self, workspace: WorkspaceId, person: PersonId, channel: ChannelId) -> None:
        """Note the channel of a DM."""
        self._connection.execute(_keep_dm, {"workspace": workspace, "person": person, "channel": channel})

    def dm(self, workspace: WorkspaceId, person: PersonId) -> ChannelId | None:
        """The channel of the DM with somebody, if it is known."""
        found = self._connection.execute(_dm, {"of_workspace": workspace, "of_person": person})
        channel = found.scalar_one_or_none()
        return None if channel is None else ChannelId(channel)

    def whose_dm(self, workspace: WorkspaceId, channel: ChannelId) -> PersonId | None:
        """Whose DM a channel is, if that is known."""
        found = self._connection.execute(_whose, {"of_workspace": workspace, "of_channel": channel})
        person = found.scalar_one_or_none()
        return None if person is None else PersonId(person)

    def begin_reading(self, workspace: WorkspaceId, person: PersonId, since: Ts) -> None:
        """From now on this person's DM is read when we catch up; the first time counts."""
        self._connection.execute(_begin_reading, {"workspace": workspace, "person": person, "since": since})

    def read_since(self, workspace: WorkspaceId, person: PersonId) -> Ts | None:
        """From when on somebody's DM is ours to read."""
        found = self._connection.execute(_since, {"of_workspace": workspace, "of_person": person})
        since = found.scalar_one_or_none()
        return None if since is None else Ts(since)

    def tell_once_a_day(self, workspace: WorkspaceId, person: PersonId, now: datetime) -> bool:
        """Whether somebody who is on no list should be told so now."""
        told = self._connection.execute(
            _tell,
            {
                "workspace": workspace,
                "person": person,
                "told_at": now,
                "a_day_ago": now - timedelta(days=1),
            },
        )
        return told.first() is not None
