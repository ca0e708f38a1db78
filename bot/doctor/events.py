"""The events: one ahead, its channel, its rapporteurs and organisers as Slack knows them."""

from datetime import datetime

from bot.doctor.database import Stored
from bot.doctor.machine import is_known
from bot.doctor.result import Check, Result, problem, warning, well
from bot.domain import wall
from bot.domain.event import Event, EventKey, PersonId, WorkspaceId
from bot.domain.people import Role, Sought
from bot.services.retiming import Retimed
from bot.slack import remedies
from bot.slack.examining import Examining
from bot.slack.refusals import Refusal
from bot.slack.words import INVITE_LINE

_APPLY = (
    "plenary event show marrakesh-2018 > mine.yaml, fill it in, then: plenary event apply mine.yaml "
    "--closing DATE (a day ahead)."
)
_FILE = "Mend the event file, and plenary event apply it again."
_LOOK_SCOPE = "Give the app the scope that is missing (see scopes above) to have this looked at."


async def all_of(
    slack: Examining, workspace: WorkspaceId, stored: tuple[Stored, ...], now: datetime
) -> list[Result]:
    """The events of a workspace; those that are over are named only when nothing lies ahead."""
    ahead = [each for each in stored if now <= each.event.closing_ends_at]
    if not stored:
        return [problem(Check.EVENT, f"No event is stored for the workspace {workspace}.", _APPLY)]
    if not ahead:
        names = ", ".join(each.event.key for each in stored)
        return [problem(Check.EVENT, f"No event lies ahead: {names} is over.", _APPLY)]
    results: list[Result] = []
    for each in ahead:
        results += _programme(each, now)
    for each in ahead:
        results.append(await _channel(slack, each.event))
    for each in ahead:
        results += await _people(slack, each)
    return results


def _programme(stored: Stored, now: datetime) -> list[Result]:
    event, sessions = stored.event, stored.sessions
    results = [_due(event, now)] if is_known(event.zone) else []
    results += [_retimed(each) for each in stored.retimed]
    reported = {each.session.code for each in stored.assignments}
    missing = [session.code for session in sessions if session.code not in reported]
    if len(missing) == len(sessions):
        results.append(problem(Check.EVENT, f"{event.key}: no session has a rapporteur.", _FILE))
    elif missing:
        told = f"{event.key}: no rapporteur for {len(missing)} of {len(sessions)} sessions:"
        told = f"{told} {', '.join(missing)}."
        results.append(warning(Check.EVENT, told, f"They will count as not in. {_FILE}"))
    if not stored.organisers:
        results.append(
            warning(Check.EVENT, f"{event.key}: nobody is told of troubles: no organiser is named.", _FILE)
        )
    return results


def _due(event: Event, now: datetime) -> Result:
    due = f"{wall.date(event.due_at, event.zone)}, {wall.clock(event.due_at, event.zone)} in {event.place}"
    if event.due_at < now:
        told = f"{event.key}: reports were due {due}; the closing session is not over."
        return warning(Check.EVENT, told, "Reports can still be submitted.")
    return well(Check.EVENT, f"{event.key}: reports are due {due}.")


def _retimed(each: Retimed) -> Result:
    """The zone's rules changed since the event was applied, and the bot has not seen it yet."""
    time = each.time
    where = f"{time.event}, {time.session}" if time.session else time.event
    what = time.name.replace("_", " ")
    minutes = round(abs(each.by.total_seconds()) / 60)
    sooner = "later" if each.to > time.at else "earlier"
    told = f"{where}: the rules of {time.zone} changed; {what} comes {minutes} min {sooner}"
    return warning(
        Check.EVENT,
        f"{told}, by the clock on the wall as before.",
        "Nothing: plenary run moves it at its start, and hourly.",
    )


async def _channel(slack: Examining, event: Event) -> Result:
    check, channel = Check.CHANNEL, event.channel
    invite = f"In Slack, open the channel and type: {INVITE_LINE}"
    try:
        seen = await slack.channel(channel)
    except Refusal as refusal:
        match refusal.code:
            case "missing_scope":
                return warning(check, f"{event.key}: {channel} cannot be looked at.", _LOOK_SCOPE)
            case "channel_not_found":
                told = (
                    f"{event.key}: there is no channel {channel}, or it is private and the bot is not in it."
                )
                return problem(check, told, f"{invite}. If it is another channel: {_FILE}")
        return warning(check, f"{event.key}: {channel} cannot be looked at ({refusal.code}).", "Try again.")
    if seen.is_archived:
        remedy = f"Unarchive it, or name another channel. {_FILE}"
        return problem(check, f"{event.key}: the channel {channel} is archived.", remedy)
    if not seen.is_member:
        return problem(check, f"{event.key}: the bot is not in the channel {channel}.", invite)
    kind = "private" if seen.is_private else "public"
    return well(check, f"{event.key}: the bot is in the {kind} channel {channel}.")


async def _people(slack: Examining, stored: Stored) -> list[Result]:
    """Rapporteurs and organisers, each looked at once; all well is one line."""
    key = stored.event.key
    sessions: dict[PersonId, list[str]] = {}
    for each in stored.assignments:
        sessions.setdefault(each.person, []).append(each.session.code)
    results = [_not_found(key, each) for each in stored.not_found]
    for person in dict.fromkeys((*sessions, *stored.organisers)):
        try:
            fault = await _fault(slack, person)
        except Refusal as refusal:
            remedy = _LOOK_SCOPE if refusal.code == "missing_scope" else "Try again."
            return [
                *results,
                warning(Check.PEOPLE, f"{key}: people cannot be looked at ({refusal.code}).", remedy),
            ]
        if fault and person in sessions:
            told = f"{key}: {person}, rapporteur of {', '.join(sessions[person])}, {fault}."
            results.append(problem(Check.PEOPLE, told, f"Name somebody else. {_FILE}"))
        elif fault:
            told = f"{key}: {person}, organiser, {fault}."
            results.append(warning(Check.PEOPLE, told, f"Name somebody else. {_FILE}"))
    counted = f"rapporteurs {len(sessions)}, organisers {len(stored.organisers)}"
    return results or [well(Check.PEOPLE, f"{key}: {counted}, all active in this workspace.")]


def _not_found(key: EventKey, each: Sought) -> Result:
    of = f" of {each.session}" if each.session else ""
    who = f"{key}: {each.role.value}{of} {each.whom} is not served."
    kind = problem if each.role is Role.RAPPORTEUR else warning
    told = remedies.remedy(each)
    return kind(Check.PEOPLE, who, f"{told[:1].upper()}{told[1:]}")


async def _fault(slack: Examining, person: PersonId) -> str | None:
    """Why the bot cannot work with somebody; raises Refusal when Slack does not say."""
    try:
        seen = await slack.person(person)
    except Refusal as refusal:
        if refusal.code in ("user_not_found", "users_not_found", "user_not_visible"):
            return "is nobody whom this workspace knows"
        raise
    return "is deactivated" if seen.is_deactivated else "is a bot" if seen.is_bot else None
