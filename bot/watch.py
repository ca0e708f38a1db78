"""Logs and health. No line ever holds typed text, a secret or another library's own words."""

import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType

import structlog
from aiohttp import web
from structlog.typing import Processor

log = structlog.get_logger(__name__)

Check = Callable[[], Awaitable[str | None]]  # gives a problem in words, or None


_RENDERERS: dict[str, Processor] = {
    "text": structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
    "json": structlog.processors.JSONRenderer(),
}


class _OthersInBrief(logging.Handler):
    """Other libraries' log records without their messages, which hold payloads, tokens and typed text."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        known = {"error": type(error).__name__} if error else {}
        structlog.get_logger("others").log(
            record.levelno, "said something", by=record.name, at=f"{record.module}:{record.lineno}", **known
        )


class _AsLongAsItGoes:
    """stderr; while it cannot be written (disk full, its reader gone) lines are lost, and nothing else."""

    def __init__(self) -> None:
        self._file = sys.stderr

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()


def configure_logs(level: str = "INFO", form: str = "text") -> None:
    """One line a deed on stderr, for us and for the libraries below us, as text or json."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _RENDERERS[form],
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=_AsLongAsItGoes()),  # type: ignore[arg-type] # all it needs
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=level, handlers=[_OthersInBrief()], force=True)
    logging.captureWarnings(True)
    sys.excepthook = _last_words


def _last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An unexpected end: where it happened, never what was in the variables or the message."""
    places = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.critical("ended", by=kind.__name__, at=" < ".join(reversed(places)))


class Health:
    """Whether the process lives, and whether it is ready: `stage` says what start or end is doing.

    A problem that a check finds makes it not ready; what a note tells is only said.
    """

    def __init__(self) -> None:
        self.stage: str | None = "starting"
        self.checks: dict[str, Check] = {}
        self.notes: dict[str, Check] = {}

    @property
    def routes(self) -> list[web.RouteDef]:
        """Where both are asked."""
        return [web.get("/healthz", self._alive), web.get("/readyz", self._ready)]

    async def _alive(self, _: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _ready(self, _: web.Request) -> web.Response:
        """200, or 503 with the reasons."""
        problems = await _found(self.checks)
        if self.stage is not None:
            problems["stage"] = self.stage
        told = {"ready": not problems, "problems": problems, "notes": await _found(self.notes)}
        return web.json_response(told, status=503 if problems else 200)


async def _found(checks: dict[str, Check]) -> dict[str, str]:
    return {part: problem for part, check in checks.items() if (problem := await check())}
