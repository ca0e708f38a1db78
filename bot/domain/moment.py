"""Slack's ts: text of fixed width, seconds and microseconds since 1970, that sorts as time does."""

import re
from datetime import UTC, datetime, timedelta
from typing import NewType

Ts = NewType("Ts", str)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE = re.compile(r"\d{10}\.\d{6}", re.ASCII)


def is_ts(text: object) -> bool:
    """Whether this is a ts as Slack writes it: ten digits, a point, six digits."""
    return isinstance(text, str) and _SHAPE.fullmatch(text) is not None


def moment_of(ts: Ts) -> datetime:
    """The instant of a ts, in UTC."""
    seconds, micro = ts.split(".")
    return _EPOCH + timedelta(seconds=int(seconds), microseconds=int(micro))


def ts_of(moment: datetime) -> Ts:
    """The ts of an aware instant."""
    micro = (moment - _EPOCH) // timedelta(microseconds=1)
    return Ts(f"{micro // 1_000_000:010d}.{micro % 1_000_000:06d}")
