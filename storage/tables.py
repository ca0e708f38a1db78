"""All tables. Each carries the workspace; statements filter by it (exceptions: storage.CROSSES_WORKSPACES).

A moment of ours is an Instant (UTC); a moment of Slack's is its ts, text of fixed width that sorts.
Wall times stand beside the instants made from them, so that a changed time zone can be applied anew.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Named,
    String,
    Table,
    Text,
    TypedColumns,
)

from storage.types import Instant, SlackTs

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only for a column spelled INTEGER.
RowNumber = BigInteger().with_variant(Integer, "sqlite")


class OfWorkspace(TypedColumns):
    """What every table has: Slack's team id."""

    workspace: Named[str] = Column(String, primary_key=True)


class OfEvent(OfWorkspace):
    """What everything that belongs to one event has: the event's key."""

    event: Named[str] = Column(String, primary_key=True)


class TemplateColumns(OfWorkspace):
    key: Named[str] = Column(String, primary_key=True)
    version: Named[int] = Column(Integer, primary_key=True)
    body: Named[str] = Column(Text)  # JSON, as domain.template.Template


class EventColumns(OfEvent):
    name: Named[str] = Column(Text)
    place: Named[str] = Column(Text)
    zone: Named[str] = Column(String)  # IANA name
    closing_wall: Named[str] = Column(String)  # 2018-12-07T15:30, in the zone
    closing_ends_wall: Named[str] = Column(String)
    closing_at: Named[datetime] = Column(Instant)
    closing_ends_at: Named[datetime] = Column(Instant)
    due_at: Named[datetime] = Column(Instant)
    channel: Named[str] = Column(String)
    template: Named[str] = Column(String)
    template_version: Named[int] = Column(Integer)
    freeze_at: Named[datetime | None] = Column(Instant)
    freeze_wall: Named[str | None] = Column(String)
    due_wall: Named[str | None] = Column(String)
    settings: Named[str | None] = Column(Text)  # JSON, as domain.event.EventSettings


class SessionColumns(OfEvent):
    session: Named[str] = Column(String, primary_key=True)  # its code, 2.2
    position: Named[int] = Column(Integer)  # order in the programme
    title: Named[str] = Column(Text)
    starts_wall: Named[str] = Column(String)
    ends_wall: Named[str] = Column(String)
    starts_at: Named[datetime] = Column(Instant)
    ends_at: Named[datetime] = Column(Instant)
    room: Named[str | None] = Column(Text)
    track: Named[str | None] = Column(Text)
    level: Named[str | None] = Column(String)  # domain.event.Level
    template: Named[str | None] = Column(String)  # None: the event's
    template_version: Named[int | None] = Column(Integer)
    due_at: Named[datetime | None] = Column(Instant)  # None: when the event's reports are due
    due_wall: Named[str | None] = Column(String)
    is_cancelled: Named[bool | None] = Column(Boolean)
    given_at: Named[datetime | None] = Column(Instant)  # more time, by an organiser; None: none
    given_wall: Named[str | None] = Column(String)


class AssignmentColumns(OfEvent):
    session: Named[str] = Column(String, primary_key=True)
    person: Named[str] = Column(String, primary_key=True)  # Slack user id
    position: Named[int] = Column(Integer)  # 0 leads
    name: Named[str] = Column(Text)  # for the header; never to readers
    affiliation: Named[str] = Column(Text)
    part: Named[str | None] = Column(String)  # domain.event.Part; None leads
    since: Named[str | None] = Column(SlackTs)  # what they typed before is not of this session
    until: Named[str | None] = Column(SlackTs)  # of who reported it once: nothing after it is
    contacted_at: Named[datetime | None] = Column(Instant)
    stopped: Named[str | None] = Column(String)  # domain.event.Stopped: nothing is asked of them


class OrganiserColumns(OfEvent):
    person: Named[str] = Column(String, primary_key=True)


class SoughtColumns(OfEvent):
    """Somebody whom the event's file names; an e-mail stands here only as the organisers typed it."""

    key: Named[str] = Column(String, primary_key=True)  # of the file's words, domain.people.Sought
    position: Named[int] = Column(Integer)  # order in the file
    role: Named[str] = Column(String)  # domain.people.Role
    session: Named[str | None] = Column(String)  # of a rapporteur
    how: Named[str] = Column(String)  # domain.people.How
    whom: Named[str] = Column(Text)  # as typed
    name: Named[str] = Column(Text)
    affiliation: Named[str] = Column(Text)
    person: Named[str | None] = Column(String)  # Slack user id, once found
    problem: Named[str | None] = Column(String)  # domain.people.Problem
    told: Named[str | None] = Column(String)  # the problem that the organisers read of
    served_since: Named[datetime | None] = Column(Instant)
    checked_at: Named[datetime | None] = Column(Instant)
    part: Named[str | None] = Column(String)  # of a rapporteur, domain.event.Part; None leads


class ListedColumns(OfEvent):
    """The people whom the gate masks; read by nobody else."""

    name: Named[str] = Column(String, primary_key=True)
    has_reported: Named[bool | None] = Column(Boolean)  # and stays when the file names them no more


class DialogueColumns(OfEvent):
    """One a person and event; its row is the lock under which that person's moves are applied."""

    person: Named[str] = Column(String, primary_key=True)
    submitted_ts: Named[str | None] = Column(SlackTs)  # of earlier versions; submits holds it now
    heard_ts: Named[str | None] = Column(SlackTs)  # the last sign of life


class SubmitColumns(OfEvent):
    """What a person submitted of a session: folded from versions and presses, kept for queries."""

    session: Named[str] = Column(String, primary_key=True)
    person: Named[str] = Column(String, primary_key=True)
    submitted_ts: Named[str] = Column(SlackTs)


class VersionColumns(OfEvent):
    """One version of one Slack message of a person; the newest as_of wins."""

    person: Named[str] = Column(String, primary_key=True)
    ts: Named[str] = Column(SlackTs, primary_key=True)
    as_of: Named[str] = Column(SlackTs, primary_key=True)
    kind: Named[str] = Column(String)  # domain.dialogue.Kind, or the command that was typed
    text: Named[str | None] = Column(Text)  # cleaned, unescaped; None when the message is gone
    rich_text: Named[str | None] = Column(Text)  # Slack's blocks as they came, JSON in ASCII
    original: Named[str | None] = Column(Text)  # the text as it came, escaped, where cleaning changed it


class PressColumns(OfEvent):
    person: Named[str] = Column(String, primary_key=True)
    ts: Named[str] = Column(SlackTs, primary_key=True)  # Slack's action_ts
    deed: Named[str] = Column(String, primary_key=True)
    section: Named[int] = Column(Integer)  # index in the template that the button stood under
    session: Named[str | None] = Column(String)  # whose card it was; None: the only one of the person


class StrangerColumns(OfWorkspace):
    """Who wrote and is on no list; none of their words are kept."""

    person: Named[str] = Column(String, primary_key=True)
    told_at: Named[datetime] = Column(Instant)


class DirectMessageColumns(OfWorkspace):
    """Slack's channel of the DM with a person, once it is known."""

    person: Named[str] = Column(String, primary_key=True)
    channel: Named[str] = Column(String)


class MemberColumns(OfWorkspace):
    """What Slack said of somebody who has a part in an event."""

    person: Named[str] = Column(String, primary_key=True)
    zone: Named[str | None] = Column(String)  # IANA name, of their own clock
    name: Named[str | None] = Column(Text)  # by which colleagues know them; never to readers


class ReadingColumns(OfWorkspace):
    """From when on the DM of a person is ours to read: nothing before it is ever taken in."""

    person: Named[str] = Column(String, primary_key=True)
    since: Named[str] = Column(SlackTs)


class DigestColumns(OfEvent):
    """One message of the digest in the channel: the parent, or a page of a session's reply."""

    slot: Named[str] = Column(String, primary_key=True)  # "" is the parent, else "2.2/0"
    ts: Named[str | None] = Column(SlackTs)  # None: it was taken away again by us
    drawn: Named[str] = Column(String)  # digest of what stands there, to leave equal updates out
    drawn_at: Named[datetime] = Column(Instant)
    gone_at: Named[datetime | None] = Column(Instant)  # noticed: somebody deleted it by hand


class ReminderColumns(OfEvent):
    session: Named[str] = Column(String, primary_key=True)
    person: Named[str] = Column(String, primary_key=True)
    rung: Named[str] = Column(String, primary_key=True)
    due_at: Named[datetime] = Column(Instant)
    settled_at: Named[datetime | None] = Column(Instant)
    outcome: Named[str | None] = Column(String)  # domain.duties.Outcome
    says: Named[str | None] = Column(String)  # the rung whose words it has; None: its own
    meant_for: Named[datetime | None] = Column(Instant)  # before any rule moved it; None: due_at
    why: Named[str | None] = Column(String)  # domain.plans.Why; None: on time
    missed_at: Named[datetime | None] = Column(Instant)
    is_asked: Named[bool | None] = Column(Boolean)
    message: Named[str | None] = Column(String)  # the outbox row in which it went out


class SnoozeColumns(OfEvent):
    """*Not now* on a reminder; who takes it back leaves the row."""

    session: Named[str] = Column(String, primary_key=True)
    person: Named[str] = Column(String, primary_key=True)
    rung: Named[str] = Column(String, primary_key=True)
    asked_at: Named[datetime] = Column(Instant, primary_key=True)
    until: Named[datetime] = Column(Instant)
    undone_at: Named[datetime | None] = Column(Instant)


class AwayColumns(OfEvent):
    """A while in which somebody is not there, by the line that they typed at ts."""

    person: Named[str] = Column(String, primary_key=True)
    ts: Named[str] = Column(SlackTs, primary_key=True)
    starts_at: Named[datetime] = Column(Instant)
    ends_at: Named[datetime] = Column(Instant)
    undone_at: Named[datetime | None] = Column(Instant)


class NoticeColumns(OfEvent):
    """What an organiser was told of one matter, and in which outbox row."""

    about: Named[str] = Column(String, primary_key=True)  # as domain.matters writes it
    person: Named[str] = Column(String, primary_key=True)
    message: Named[str] = Column(String)


class DecisionColumns(OfEvent):
    """The first answer of an organiser to a matter; later ones do not count."""

    about: Named[str] = Column(String, primary_key=True)
    person: Named[str] = Column(String)
    decision: Named[str] = Column(String)  # domain.matters.Decision
    at: Named[datetime] = Column(Instant)


class ReceiptColumns(OfWorkspace):
    key: Named[str] = Column(String, primary_key=True)
    at: Named[datetime] = Column(Instant)


class TalkColumns(OfWorkspace):
    """One version of one message by which an organiser sets up an event; the newest as_of wins."""

    person: Named[str] = Column(String, primary_key=True)
    ts: Named[str] = Column(SlackTs, primary_key=True)
    as_of: Named[str] = Column(SlackTs, primary_key=True)
    text: Named[str | None] = Column(Text)  # None when the message is gone


class DroppedColumns(OfWorkspace):
    """A file that an organiser dropped into the DM; nobody else's is kept."""

    person: Named[str] = Column(String, primary_key=True)
    ts: Named[str] = Column(SlackTs, primary_key=True)  # of its message
    file: Named[str] = Column(String, primary_key=True)  # Slack's id
    position: Named[int] = Column(Integer)  # order in the message
    name: Named[str] = Column(Text)
    body: Named[bytes | None] = Column(LargeBinary)  # None: not read yet, or never
    unread: Named[str | None] = Column(String)  # domain.dropped.Unread: why never


class ErrandColumns(OfWorkspace):
    """What is to be asked of Slack for an organiser. It stays when it has ended, so that it is done once."""

    key: Named[str] = Column(String, primary_key=True)  # domain.errands.Errand
    person: Named[str] = Column(String)
    task: Named[str] = Column(Text)  # JSON, as domain.errands.Task
    put_at: Named[datetime] = Column(Instant)
    again_at: Named[datetime] = Column(Instant)
    tries: Named[int] = Column(Integer)
    ended_at: Named[datetime | None] = Column(Instant)
    admitted: Named[bool | None] = Column(Boolean)  # of an Admit that ended


class OutboxColumns(TypedColumns):
    number: Named[int] = Column(RowNumber, primary_key=True)  # order within a channel
    workspace: Named[str] = Column(String)
    key: Named[str] = Column(String, unique=True)  # uuid, found again in the message's metadata
    address: Named[str] = Column(String)  # a channel, or a person for their DM
    lane: Named[int] = Column(Integer)  # domain.replies.Lane
    ordered: Named[bool] = Column(Boolean)  # holds later rows of its address up
    event: Named[str | None] = Column(String)  # None: to somebody who is on no list
    session: Named[str | None] = Column(String)
    reply: Named[str] = Column(Text)  # JSON: ids only, never typed text
    state: Named[str] = Column(String)  # storage.outbox_rows.State
    put_at: Named[datetime] = Column(Instant)
    not_before: Named[datetime] = Column(Instant)
    hold_until: Named[datetime] = Column(Instant)  # the latest not_before that replacing may reach
    stale_after: Named[datetime | None] = Column(Instant)
    replaces: Named[str | None] = Column(String)
    attempts: Named[int] = Column(Integer)
    first_tried_at: Named[datetime | None] = Column(Instant)  # real time
    retry_at: Named[datetime | None] = Column(Instant)  # real time: a lease, or a wait that keeps the order
    settled_at: Named[datetime | None] = Column(Instant)
    posted_ts: Named[str | None] = Column(SlackTs)
    reason: Named[str | None] = Column(String)  # why it was given up or set aside


templates = Table("templates", metadata, TemplateColumns)
events = Table("events", metadata, EventColumns)
sessions = Table("sessions", metadata, SessionColumns)
assignments = Table("assignments", metadata, AssignmentColumns)
organisers = Table("organisers", metadata, OrganiserColumns)
sought = Table("sought", metadata, SoughtColumns)
listed = Table("listed", metadata, ListedColumns)
dialogues = Table("dialogues", metadata, DialogueColumns)
versions = Table("versions", metadata, VersionColumns)
presses = Table("presses", metadata, PressColumns)
submits = Table("submits", metadata, SubmitColumns)
strangers = Table("strangers", metadata, StrangerColumns)
direct_messages = Table("direct_messages", metadata, DirectMessageColumns)
members = Table("members", metadata, MemberColumns)
readings = Table("readings", metadata, ReadingColumns)
digests = Table("digests", metadata, DigestColumns)
reminders = Table("reminders", metadata, ReminderColumns)
snoozes = Table("snoozes", metadata, SnoozeColumns)
aways = Table("aways", metadata, AwayColumns)
notices = Table("notices", metadata, NoticeColumns)
decisions = Table("decisions", metadata, DecisionColumns)
receipts = Table("receipts", metadata, ReceiptColumns)
talks = Table("talks", metadata, TalkColumns)
dropped = Table("dropped", metadata, DroppedColumns)
errands = Table("errands", metadata, ErrandColumns)
outbox = Table("outbox", metadata, OutboxColumns)

Index("ix_assignments_workspace_person", assignments.c.workspace, assignments.c.person)
Index("ix_receipts_at", receipts.c.at)
Index("ix_reminders_workspace_planned", reminders.c.workspace, reminders.c.due_at,
      sqlite_where=reminders.c.settled_at.is_(None),
      postgresql_where=reminders.c.settled_at.is_(None))  # fmt: skip
Index("ix_reminders_workspace_event_person", reminders.c.workspace, reminders.c.event, reminders.c.person)
Index("ix_outbox_waiting", outbox.c.workspace, outbox.c.address, outbox.c.number,
      sqlite_where=outbox.c.state == "waiting", postgresql_where=outbox.c.state == "waiting")  # fmt: skip
untried = (outbox.c.state == "waiting") & (outbox.c.attempts == 0)
Index("ix_outbox_replaces", outbox.c.workspace, outbox.c.replaces, unique=True,
      sqlite_where=untried, postgresql_where=untried)  # fmt: skip
