"""Logs and health. No line ever holds typed text, a secret or another library's own words."""

import logging
import sys
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import structlog


class _OthersInBrief(logging.Handler):
    """Other libraries' log records without their messages, which hold payloads, tokens and typed text."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        known = {"error": type(error).__name__} if error else {}
        structlog.get_logger("others").log(
            record.levelno, "said something", by=record.name, at=f"{record.module}:{record.lineno}", **known
        )


def configure_logs(level: str = "INFO") -> None:
    """One line an event on stderr, for us and for the libraries below us."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
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
    print(f"ended by {kind.__name__} at {' < '.join(reversed(places))}", file=sys.stderr)


@dataclass(slots=True)
class Health:
    """Why the bot is not ready; empty when it is."""

    problems: dict[str, str] = field(default_factory=dict)

    def report(self, part: str, problem: str | None) -> None:
        """Note or clear the problem of a part."""
        if problem is None:
            self.problems.pop(part, None)
        else:
            self.problems[part] = problem

    def as_json(self) -> dict[str, Any]:
        """What /readyz says."""
        return {"ready": not self.problems, "problems": dict(self.problems)}
