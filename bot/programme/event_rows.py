"""The event file as it is written: its keys, and what each may hold."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from bot.domain.event import Level, Part
from bot.domain.rungs import Anchor
from bot.programme.fields import (
    Clock,
    Code,
    Key,
    Language,
    Line,
    Minutes,
    OneOf,
    SlackChannel,
    Strict,
    TemplateName,
    WallTime,
    Zone,
    or_name,
    or_table,
    wrong,
)
from bot.programme.persons import Email, OrganiserText, RapporteurRow

LevelText = Annotated[str, OneOf(Level)]
TIMED = (Anchor.EVE, Anchor.DUE_DAY)  # a wall time; the others have minutes


class NamedRow(Strict):
    """A row that may also be a name alone."""

    model_config = ConfigDict(json_schema_extra=or_name)

    name: Line = Field(description="The full name.")
    spellings: list[Line] = Field(
        [], description="Other spellings, short forms and other scripts; each is masked like the name."
    )

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value


class PersonRow(NamedRow):
    """Somebody whom readers must not see. A name alone will do."""

    affiliation: Line | None = Field(None, description="Their organisation; seen by organisers only.")
    title: Line | None = Field(None, description="Their title or function; seen by organisers only.")
    email: Email | None = Field(None, description="Their e-mail address; seen by organisers only.")


class OrganisationRow(NamedRow):
    """An organisation or delegation that takes part. A name alone will do."""


class ClosingRow(Strict):
    """The closing session, from which everything is counted back."""

    starts: WallTime = Field(description='Day and time in the event\'s zone: "2018-12-07 15:30".')
    ends: WallTime = Field(description="Likewise.")


class SessionRow(Strict):
    """A session of the programme that is reported."""

    code: Code = Field(description='A short code as the programme prints it, in quotes: "2.2".')
    title: Line = Field(description="The title.")
    starts: WallTime = Field(description='Day and time in the event\'s zone: "2018-12-06 14:00".')
    ends: WallTime = Field(description="Likewise.")
    room: Line | None = Field(None, description="The room.")
    track: Line | None = Field(None, description="The track or theme.")
    level: LevelText | None = Field(None, description="How openly it is held, if not as the event says.")
    template: TemplateName | None = Field(None, description="Its form, if not the event's.")
    due: WallTime | None = Field(None, description="When its report is due, if not with the others.")
    cancelled: bool = Field(False, description="It does not take place; nobody is asked to report it.")
    rapporteurs: list[RapporteurRow] = Field([], description="Who reports it.")
    rapporteur: RapporteurRow | None = Field(None, description="Who reports it, if it is one.")

    @model_validator(mode="after")
    def _one_lead(self) -> "SessionRow":
        if self.rapporteur and self.rapporteurs:
            raise wrong("expected rapporteur or rapporteurs, not both")
        leads = [row for row in self.reporting if row.part == Part.LEAD]
        if len(leads) > 1:
            raise wrong("two rapporteurs are its lead; expected one")
        if self.reporting and all(row.part == Part.CO for row in self.reporting):
            raise wrong("none of its rapporteurs is the lead, who submits the report")
        return self

    @property
    def reporting(self) -> list[RapporteurRow]:
        """Its rapporteurs, in either way of writing them."""
        return [self.rapporteur] if self.rapporteur else self.rapporteurs


class RungRow(Strict):
    """A step of the reminders: a time of day, or minutes."""

    key: Line = Field(description="Its name, which never changes its meaning while the event runs.")
    anchor: Annotated[str, OneOf(Anchor)] = Field(
        description="What it is counted from. `eve` is the day before the reports are due."
    )
    minutes: Minutes | None = Field(None, description="After a session's end, before due, or after due.")
    at: Clock | None = Field(None, description='Of `eve` and `due day`: a time of day, in quotes: "20:30".')

    @model_validator(mode="after")
    def _one_time(self) -> "RungRow":
        is_timed = self.anchor in TIMED
        if is_timed != (self.at is not None) or is_timed == (self.minutes is not None):
            raise wrong(f"{self.anchor} expects {'at' if is_timed else 'minutes'}, and nothing else")
        return self


class QuietRow(Strict):
    """When nobody is sent anything unasked."""

    starts: Clock = Field(description='A time of day, in quotes: "22:00".')
    ends: Clock = Field(description="Likewise; it may be the next morning's.")

    @model_validator(mode="after")
    def _some(self) -> "QuietRow":
        if self.starts == self.ends:
            raise wrong("the quiet hours end when they start; expected two times")
        return self


class SwitchesRow(Strict):
    """What an event may turn off."""

    escalates: bool = Field(
        default=True, description="Organisers are told, privately, whose report is missing."
    )


class EventFile(Strict):
    """An event: its sessions, people and deadlines."""

    event: Key = Field(description="The event's key; a file with the same key replaces the event.")
    name: Line = Field(description="The event's name, as the digest says it.")
    place: Line = Field(description="The city, which stands beside every time.")
    zone: Zone = Field(description="The IANA name of its time zone: Africa/Casablanca.")
    languages: Annotated[list[Language], Field(min_length=1)] = Field(
        ["en"], description="Languages of the event, two letters each; headings are in the first."
    )
    closing: ClosingRow = Field(description="When the closing session starts and ends.")
    due_minutes_before: Minutes = Field(description="Reports are due so long before the closing session.")
    freeze_minutes_before: Minutes | None = Field(
        None, description="Corrections close so long before it; 30, or as the reports if they are due later."
    )
    template: TemplateName = Field(
        description="The form: one that ships (marrakesh-2018, one-text, takeaways), or a file beside this."
    )
    level: LevelText = Field(
        Level.RULE.value, description="How openly sessions are held; a session may differ."
    )
    channel: SlackChannel = Field(description="The Slack id of the channel for the digest: C0123456789.")
    organisers: list[OrganiserText] = Field(
        [], description='Who runs it: Slack ids, e-mail addresses, or handles in quotes ("@name").'
    )
    people: list[PersonRow] = Field(
        [],
        description="Everybody whom readers must not see, or a table's file. Used only to mask.",
        json_schema_extra=or_table,
    )
    organisations: list[OrganisationRow] = Field(
        [],
        description="Organisations and delegations, or a table's file. Used only to mask.",
        json_schema_extra=or_table,
    )
    rungs: list[RungRow] | None = Field(
        None, description="The reminders, if not ours (page *the event file* lists them)."
    )
    quiet_hours: QuietRow | None = Field(None, description="If not from 22:00 to 07:30.")
    switches: SwitchesRow = Field(SwitchesRow(), description="What may be turned off.")
    sessions: Annotated[list[SessionRow], Field(min_length=1)] = Field(
        description="The sessions that are reported, or a table's file: `sessions: sessions.xlsx`.",
        json_schema_extra=or_table,
    )
