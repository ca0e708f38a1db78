"""One transaction, with the repositories on it."""

from sqlalchemy import Connection

from storage.depths import Depths
from storage.operators import Operators
from storage.outbox import Outbox
from storage.reminders import Reminders
from storage.repositories.absences import Absences
from storage.repositories.dialogues import Dialogues
from storage.repositories.digests import Digests
from storage.repositories.dropped import DroppedFiles
from storage.repositories.errands import Errands
from storage.repositories.events import Events
from storage.repositories.matters import Matters
from storage.repositories.members import Members
from storage.repositories.owed import OwedByPeople
from storage.repositories.parts import Parts
from storage.repositories.people import People
from storage.repositories.programmes import Programmes
from storage.repositories.receipts import Receipts
from storage.repositories.sought import SoughtPeople
from storage.repositories.talks import Talks
from storage.repositories.times import Times


class Transaction:
    """What services work on. It ends with the work: committed when that returns, undone when it raises."""

    def __init__(self, connection: Connection) -> None:
        self.events = Events(connection)
        self.programmes = Programmes(connection)
        self.times = Times(connection)
        self.dialogues = Dialogues(connection)
        self.digests = Digests(connection)
        self.absences = Absences(connection)
        self.matters = Matters(connection)
        self.parts = Parts(connection)
        self.owed = OwedByPeople(connection)
        self.people = People(connection)
        self.members = Members(connection)
        self.sought = SoughtPeople(connection)
        self.talks = Talks(connection)
        self.dropped = DroppedFiles(connection)
        self.errands = Errands(connection)
        self.receipts = Receipts(connection)
        self.reminders = Reminders(connection)
        self.outbox = Outbox(connection)
        self.depths = Depths(connection)
        self.operators = Operators(connection)
