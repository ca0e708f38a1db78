"""What an organiser sees in the DM. The notification text names nobody."""

from bot.domain.event import Event
from bot.domain.people import Sought
from bot.slack import kit, remedies, words
from bot.slack.kit import Screen

_MOST = 20  # lines; together they stay far below what Slack takes in one message


def people_problems(event: Event, people: tuple[Sought, ...]) -> Screen:
    """Who cannot be served, why, and what to do; in the words of the event file."""
    title, text = remedies.unserved(event, people)
    lines = [kit.paragraph(remedies.problem_line(each)) for each in people[:_MOST]]
    more = len(people) - _MOST
    rest = [kit.small(f"And {more} more; the command `plenary event people` lists all.")] if more > 0 else []
    return kit.message(title, kit.heading(title), kit.paragraph(text), *lines, *rest)


def uninvited(event: Event) -> Screen:
    """The bot is not in the digest's channel, and the line that invites it."""
    before, after = words.uninvited(event)
    return kit.message(
        f"{words.UNINVITED} Type {words.INVITE_LINE} there.",
        kit.heading(words.UNINVITED),
        kit.line_to_type(before, event.channel, after, words.INVITE_LINE),
    )
