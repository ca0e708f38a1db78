"""Who is in the workspace for an event of one's own: whom its file names, or people whom one could."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import count

from bot.demo.players import ORGANISER, READER, VISITOR, Company
from bot.domain.people import How, Role, Sought
from bot.domain.programme import Programme
from bot.domain.zones import zone_of
from bot.sandbox.state import Person

MORNING = time(8, 30)  # when the clock opens, unless a session begins earlier
_BEFORE = timedelta(hours=1)  # so long before the first session at the latest
_READER, _VISITOR = Person(READER, "Reader", "reader"), Person(VISITOR, "Visitor", "visitor")


def company_of(programme: Programme) -> Company:
    """The people of an event file, each once: a member id as it stands, a new one for an e-mail or handle."""
    ids = _ids(programme)
    by_words = {words: [each for each in programme.sought if each.words == words] for words in ids}
    reporting: dict[str, tuple[str, ...]] = {}
    for each in programme.sought:
        if each.session is not None:
            reporting[each.session] = (*reporting.get(each.session, ()), ids[each.words])
    return Company(
        people=(*(_person(ids[words], named) for words, named in by_words.items()), _READER, _VISITOR),
        reporting=reporting,
        opens_at=_opens_at(programme),
        channel=programme.event.channel,
        zone=programme.event.zone,
    )


def nobody_yet(now: datetime) -> Company:
    """A workspace in which nothing is organised: an administrator, and people whom a table can name."""
    return Company(
        people=(
            Person("UADMIN", "Administrator", "organiser", email="admin@office.example", is_admin=True),
            Person(ORGANISER, "Organiser", "organiser", email="organiser@office.example", handle="organiser"),
            *(_nameable(number) for number in range(1, 7)),
            _READER,
            _VISITOR,
        ),
        reporting={},
        opens_at=now,
        zone="UTC",
    )


def lines_of(company: Company) -> Iterator[str]:
    """Who there is, how a file may name them, and what they report."""
    for person in company.people:
        ways = [person.id, person.email, person.handle and f"@{person.handle}"]
        theirs = [code for code, people in company.reporting.items() if person.id in people]
        reports = [f"reports {', '.join(theirs)}"] if theirs else []
        yield f"  {person.name}: {', '.join([*filter(None, ways), *reports])}"


def _nameable(number: int) -> Person:
    handle = f"rapporteur{number}"
    return Person(
        f"URAPPORTEUR{number}",
        f"Rapporteur {number}",
        "rapporteur",
        email=f"{handle}@office.example",
        handle=handle,
    )


def _ids(programme: Programme) -> dict[tuple[How, str], str]:
    """A member id for each way of naming somebody, rapporteurs first."""
    in_order = sorted(programme.sought, key=lambda each: each.role is Role.ORGANISER)
    taken = {each.whom for each in in_order} | {READER, VISITOR}
    made = (id_ for number in count(1) if (id_ := f"UPERSON{number}") not in taken)
    once = {each.words: each for each in in_order}
    return {words: each.whom if each.how is How.ID else next(made) for words, each in once.items()}


def _person(id_: str, named: list[Sought]) -> Person:
    how, whom = named[0].how, named[0].whom.removeprefix("@")
    is_rapporteur = any(each.role is Role.RAPPORTEUR for each in named)
    codes = " and ".join(each.session for each in named if each.session)
    part = f"Rapporteur {codes}" if is_rapporteur else f"Organiser {id_}"
    name = next((each.name for each in named if each.name), whom if how is not How.ID else part)
    return Person(
        id_,
        name,
        "rapporteur" if is_rapporteur else "organiser",
        email=whom if how is How.EMAIL else "",
        handle=whom if how is How.HANDLE else "",
    )


def _opens_at(programme: Programme) -> datetime:
    """The morning of the first session's day, early enough for the first contact to be seen."""
    event = programme.event
    first = min((each.starts_at for each in programme.sessions), default=event.closing_at)
    day = first.astimezone(zone_of(event.zone)).date()
    morning = datetime.combine(day, MORNING, zone_of(event.zone))
    return min(morning, first - _BEFORE).astimezone(first.tzinfo)
