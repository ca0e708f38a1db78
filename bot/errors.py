"""Every error that Plenary raises itself.

    PlenaryError
    ├── MendableError            somebody can mend it: the message is a whole sentence for that person
    │   ├── SettingsRefused      the environment; lists all faults at once
    │   ├── EventRefused         an event or template file; lists all faults with file and line
    │   ├── BackupRefused        the file of a backup: in the way, damaged, newer, of another program
    │   ├── DatabaseRefused      newer than the code, read-only, or of another program
    │   ├── NoSuchRow            an operator named a row that the outbox does not list
    │   └── InstallationRefused  Slack knows a token no longer, or never did
    └── OursToFix                we must mend it: logged with a code that the person also sees
        ├── StorageUnavailable   the database cannot be reached, or is locked, or full: try again
        └── StorageBroken        the database refused what we asked of it

No message here ever holds typed text, a secret or a value that was on its way to the database.
"""


class PlenaryError(Exception):
    """Base of all our errors."""


class MendableError(PlenaryError):
    """Somebody can mend this; `str()` says what happened and what to do next."""


class OursToFix(PlenaryError):
    """A fault of ours, or of what we stand on."""


class StorageUnavailable(OursToFix):
    """The database cannot be reached or cannot write now; the same work may succeed later.

    `why` is a fixed phrase for the operator (storage.reasons); `code` is the database's own.
    """

    def __init__(self, why: str, code: str | None = None) -> None:
        super().__init__(f"the database cannot be used: {why}" + (f" ({code})" if code else ""))
        self.why = why


class StorageBroken(OursToFix):
    """The database refused a statement of ours."""


class DatabaseRefused(MendableError):
    """This database is not one that this version may write to; nothing in it was touched."""


class NoSuchRow(MendableError):
    """An operator named a row that the outbox does not list; nothing was changed."""


class BackupRefused(MendableError):
    """This file cannot be written as a backup, or not be restored; nothing was touched."""


class InstallationRefused(MendableError):
    """Slack refuses a token; the message names the setting, never the token."""


class Faults(MendableError):
    """Several faults at once, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class SettingsRefused(Faults):
    """The environment cannot be used as it is."""


class EventRefused(Faults):
    """An event or template file cannot be used as it is."""


def in_brief(error: BaseException) -> dict[str, str]:
    """What a log line may say of an error: its kind, and why the database cannot be used; never its words."""
    why = {"why": error.why} if isinstance(error, StorageUnavailable) else {}
    return {"error": type(error).__name__, **why}
