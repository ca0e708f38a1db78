"""Why somebody of an event file cannot be served, and what to do: for organisers and operators."""

from bot.domain.event import Event
from bot.domain.people import How, Problem, Role, Sought

_APPLY = "correct the event file and apply it again"
_ITSELF = "Plenary goes on by itself"

_NOT_FOUND = {
    How.ID: f"this workspace has no such member. Copy the member id from their profile: {_APPLY}.",
    How.EMAIL: f"nobody active in this workspace has this e-mail. Invite them, and {_ITSELF}; or {_APPLY}.",
    How.HANDLE: f"nobody in this workspace has this name. Invite them, and {_ITSELF}; or {_APPLY}.",
}
_OTHERS = {
    Problem.FOUND_TWICE: (
        f"several people have this name. Give the member id of the right one instead: {_APPLY}."
    ),
    Problem.DEACTIVATED: (
        "their account is deactivated. What they wrote is kept. Have the account activated, and "
        f"{_ITSELF}; or name somebody else: {_APPLY}."
    ),
    Problem.IS_BOT: f"this is an app and no person. Name a person: {_APPLY}.",
    Problem.AWAY: "Slack did not answer. Plenary asks again by itself.",
}
_MAY_NOT_LOOK = (
    "the app may not look, for it lacks the scope {scope}. Add the scope in the app's settings and install "
    f"the app anew, and {_ITSELF}. Or give the member id instead: {_APPLY}."
)


def problem_line(each: Sought) -> str:
    """'2.2, rapporteur name@office.example: nobody active ...', in the words of the event file."""
    who = f"{each.session}, " if each.session else ""
    return f"{who}{each.role.value} {each.whom}: {remedy(each)}"


def remedy(each: Sought) -> str:
    """What is in the way, and what to do about it."""
    match each.problem:
        case None:
            return "is found."
        case Problem.NOT_FOUND:
            return _NOT_FOUND[each.how]
        case Problem.MAY_NOT_LOOK:
            is_email = each.how is How.EMAIL and each.person is None
            return _MAY_NOT_LOOK.format(scope="users:read.email" if is_email else "users:read")
        case problem:
            return _OTHERS[problem]


def unserved(event: Event, people: tuple[Sought, ...]) -> tuple[str, str]:
    """Title and first line for organisers; neither names anybody."""
    count = len(people)
    who = "One person" if count == 1 else f"{count} people"
    title = f"{who} of {event.name} cannot be served yet."
    if all(each.role is Role.ORGANISER for each in people):
        return title, "No report waits for it. I look again by myself."
    return (
        title,
        "I look again by myself, and go on as soon as it is solved. Until then I keep none of their notes.",
    )
