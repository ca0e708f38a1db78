"""What has to be asked of Slack before an organiser can be answered; ids only, never a file's text."""

from dataclasses import dataclass

from bot.domain.dropped import FileId
from bot.domain.event import PersonId
from bot.domain.moment import Ts


@dataclass(frozen=True, slots=True)
class Admit:
    """Whether somebody who wants to set up the first event administers the workspace."""

    talk: Ts  # of their message


@dataclass(frozen=True, slots=True)
class Fetch:
    """The bytes of a file that was dropped."""

    ts: Ts  # of the message
    file: FileId


@dataclass(frozen=True, slots=True)
class Apply:
    """An event from the files of a message, as it was shown when what was stored had the digest `base`."""

    ts: Ts
    base: str
    shown: Ts  # the message with the button


Task = Admit | Fetch | Apply


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A task for somebody. Its key is the same for the same task, so that it is done once."""

    person: PersonId
    task: Task
    tries: int = 0

    @property
    def key(self) -> str:
        """By which it is done once."""
        match self.task:
            case Admit(talk):
                return f"admit/{self.person}/{talk}"
            case Fetch(ts, file):
                return f"fetch/{self.person}/{ts}/{file}"
            case Apply(ts, base):
                return f"apply/{self.person}/{ts}/{base}"
