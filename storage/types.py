"""Moments of ours and Slack's ts: the columns that the two databases would otherwise treat differently."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.errors import StorageBroken

_AS_TEXT = String(len("2018-12-07T14:30:00.000000Z"))

# Compared byte by byte: PostgreSQL would sort by the language of the database, more slowly.
SlackTs = String(17).with_variant(String(17, collation="C"), "postgresql")


class NaiveMoment(StorageBroken):
    """A moment without a zone was on its way to the database; nobody could say which instant it means."""


class Instant(TypeDecorator[datetime]):
    """An aware datetime; comes back in UTC. One without a zone raises NaiveMoment.

    PostgreSQL keeps a TIMESTAMP WITH TIME ZONE. SQLite, which forgets zones, keeps text of fixed width in
    UTC: it sorts as time does, its own date functions read it, and so does a person.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """Text on SQLite."""
        return dialect.type_descriptor(_AS_TEXT if dialect.name == "sqlite" else self.impl_instance)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """On the way in."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise NaiveMoment("a moment without a time zone was on its way to the database")
        in_utc = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return in_utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
        return in_utc

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:
        """On the way out."""
        if value is None:
            return None
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
        return found.astimezone(UTC)
