"""What the alarm does when it rings: due reminders, the looks at digests and DMs, the sweep."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from bot.domain.duties import Outcome
from bot.domain.event import WorkspaceId
from bot.metrics import Metrics
from bot.services import (
    catching_up,
    contacting,
    escalating,
    publishing,
    reminding,
    retiming,
    talking,
)
from bot.services.reminding import Rung
from bot.services.retiming import Retimed
from storage import Storage, Transaction

log = structlog.get_logger(__name__)

READ_EVERY = timedelta(hours=1)  # the DMs, while reports are being written
LOOK_EVERY = timedelta(minutes=10)  # whether somebody deleted a digest message by hand
RETIME_EVERY = timedelta(hours=1)  # whether newer zone data moves an instant
SWEEP_EVERY = timedelta(hours=1)
SETTLED_KEPT_FOR = timedelta(hours=48)
BETWEEN_RINGS = timedelta(seconds=1)  # at least: what another process holds is not waited for in a circle


class Rounds:
    """Called at each ring; gives the moment of the next reminder."""

    def __init__(
        self,
        storage: Storage,
        workspace: WorkspaceId,
        now: Callable[[], datetime],
        catch_up: Callable[[], None],
        metrics: Metrics,
        skew: Callable[[], str | None],
    ) -> None:
        self._storage, self._workspace, self._now, self._catch_up = storage, workspace, now, catch_up
        self._metrics, self._skew = metrics, skew
        self._looked_at = self._swept_at = self._retimed_at = datetime.min.replace(tzinfo=UTC)
        self._read_at = now()  # the start has its own reading

    async def __call__(self) -> datetime | None:
        now, workspace = self._now(), self._workspace
        if abs(now - self._retimed_at) >= RETIME_EVERY:  # before anything is called due
            for moved in await self._storage.write(lambda tx: retiming.retime(tx, workspace, now)):
                self._tell_of(moved)
            self._retimed_at = now
        await self._remind(now)
        moments = [
            await self._storage.write(lambda tx: contacting.contact(tx, workspace, now)),
            await self._storage.write(lambda tx: escalating.escalate(tx, workspace, now)),
        ]
        if abs(now - self._looked_at) >= LOOK_EVERY:  # before it too: our clock was put back
            await self._storage.write(lambda tx: publishing.look_after_digests(tx, workspace, now))
            self._looked_at = now
        if abs(now - self._read_at) >= READ_EVERY:
            if await self._storage.read(lambda tx: catching_up.is_in_session(tx, workspace, now)):
                self._catch_up()
            self._read_at = now
        if abs(now - self._swept_at) >= SWEEP_EVERY:
            await self._storage.write(lambda tx: sweep(tx, workspace, now))
            self._swept_at = now
        moments.append(await self._storage.read(lambda tx: tx.reminders.next_due(workspace)))
        due_at = min((each for each in moments if each is not None), default=None)
        return None if due_at is None else max(due_at, now + BETWEEN_RINGS)

    def _tell_of(self, moved: Retimed) -> None:
        time = moved.time
        log.info(
            "zone rules changed",
            event_key=time.event,
            session=time.session,
            time=time.name,
            was=time.at.isoformat(),
            now=moved.to.isoformat(),
        )

    async def _remind(self, now: datetime) -> None:
        """All that is due, a transaction at a time, so that nothing else waits long."""
        is_full = True
        while is_full:
            batch = await self._storage.write(lambda tx: reminding.remind(tx, self._workspace, now))
            is_full = batch.is_full and bool(batch.rungs)
            for rung in batch.rungs:
                self._tell(rung, now)

    def _tell(self, rung: Rung, now: datetime) -> None:
        """A reminder is sent when our clock says so: when that is off, it was early or late by as much."""
        late, outcome = (now - rung.due_at).total_seconds(), rung.outcome
        self._metrics.reminders.labels(outcome.value).inc()
        if outcome is Outcome.SENT:
            self._metrics.late.observe(late)
        told = {
            "event_key": rung.event,
            "session": rung.session,
            "outcome": outcome.value,
            "late": round(late),
        }
        if outcome is Outcome.SENT and (off := self._skew()):
            log.warning("reminded by a clock that is off", clock=off, **told)
        else:
            log.info("reminded", **told)


def sweep(tx: Transaction, workspace: WorkspaceId, now: datetime) -> None:
    """Forget receipts, ended rows, and what organisers needed to set an event up."""
    tx.receipts.sweep(workspace, now)
    talking.sweep(tx, workspace, now)
    tx.outbox.sweep(workspace, now - SETTLED_KEPT_FOR)
