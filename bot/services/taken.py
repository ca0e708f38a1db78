"""What became of what came in."""

from enum import StrEnum


class Taken(StrEnum):
    """For log and metrics: by what it was, and never by whose."""

    KEPT = "kept"
    KNOWN = "known already"  # Slack sent it before
    STRANGER = "stranger"  # of somebody who reports nothing; not kept
    IGNORED = "ignored"  # an old or foreign button
