"""What an organiser sees in the DM."""

from bot.domain.event import Event
from bot.slack import kit, words
from bot.slack.kit import Screen


def uninvited(event: Event) -> Screen:
    """The bot is not in the digest's channel, and the line that invites it."""
    before, after = words.uninvited(event)
    return kit.message(
        f"{words.UNINVITED} Type {words.INVITE_LINE} there.",
        kit.heading(words.UNINVITED),
        kit.line_to_type(before, event.channel, after, words.INVITE_LINE),
    )
