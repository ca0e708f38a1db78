"""Whom event files name, and what is known of them.

Those who have a part already were named by member id, the only way until now.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from alembic import op
from sqlalchemy import Column, DateTime, Integer, String, Text, column, insert, select, table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_Moment = DateTime(timezone=True).with_variant(String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sought",
        *(Column(name, String, primary_key=True) for name in ("workspace", "event", "key")),
        Column("position", Integer, nullable=False),
        Column("role", String, nullable=False),
        Column("session", String, nullable=True),
        Column("how", String, nullable=False),
        *(Column(name, Text, nullable=False) for name in ("whom", "name", "affiliation")),
        *(Column(name, String, nullable=True) for name in ("person", "problem", "told")),
        *(Column(name, _Moment, nullable=True) for name in ("served_since", "checked_at")),
    )
    _fill()


def _fill() -> None:
    columns = ("workspace", "event", "session", "person", "name", "affiliation")
    assignments, organisers = _table("assignments", *columns), _table("organisers", *columns[:2], "person")
    have_a_part = [
        *(_row("rapporteur", n, **each) for n, each in enumerate(_everybody(assignments))),
        *(
            _row("organiser", 1_000 + n, **each, session=None, name="", affiliation="")
            for n, each in enumerate(_everybody(organisers))
        ),
    ]
    if have_a_part:
        op.get_bind().execute(insert(_table("sought", *have_a_part[0])), have_a_part)


def _everybody(who: Any) -> Iterable[Any]:
    every = select(who).execution_options(crosses_workspaces="who has a part")
    return op.get_bind().execute(every).mappings()


def _row(role: str, position: int, *, person: str, session: str | None, **rest: Any) -> dict[str, Any]:
    words = "\0".join((role, session or "", "member id", person))
    return {
        **rest,
        "key": sha256(words.encode()).hexdigest()[:16],
        "position": position,
        "role": role,
        "session": session,
        "how": "member id",
        "whom": person,
        "person": person,
    }


def _table(name: str, *columns: str) -> Any:
    return table(name, *map(column, columns))
