"""All that an event file says."""

from dataclasses import dataclass

from bot.domain.event import Assignment, Event, PersonId, Session, TemplateKey
from bot.domain.people import Role, Sought
from bot.domain.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """An event with everything of its file, in the order of the file; `sought` knows who was found so far."""

    event: Event
    templates: tuple[Template, ...]  # the event's own first, then the others that its sessions report with
    sessions: tuple[Session, ...]
    sought: tuple[Sought, ...]
    listed: tuple[str, ...]  # full names of people whom readers must not see
    reported: tuple[
        str, ...
    ] = ()  # those of them whom the file names no more, but who once reported a session

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """Who reports what, of those who were found; once, also when several words name them."""
        sessions = {each.code: each for each in self.sessions}
        found = (
            Assignment(
                event=self.event,
                session=sessions[each.session],
                person=each.person,
                name=each.name,
                affiliation=each.affiliation,
                part=each.part,
            )
            for each in reversed(self.sought)  # the first words count
            if each.role is Role.RAPPORTEUR and each.session is not None and each.person is not None
        )
        once = {(each.session.code, each.person): each for each in found}
        return tuple(reversed(once.values()))

    def form_of(self, session: Session) -> tuple[TemplateKey, int]:
        """The template that a session is to report with, and its newest version here."""
        versions = [each.version for each in self.templates if each.key == session.template]
        return session.template, max(versions)

    @property
    def organisers(self) -> tuple[PersonId, ...]:
        """Who runs it, of those who were found."""
        found = [each.person for each in self.sought if each.role is Role.ORGANISER and each.person]
        return tuple(dict.fromkeys(found))
