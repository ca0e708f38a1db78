"""Rows for whatever tables a database has: every column filled once, and once left empty where it may be."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Column, Connection, DateTime, Integer, LargeBinary, Table, insert, select

from storage.copying import tables_of

ROWS = 3
WORDS = "“Quoted”, ‮turned‬, 🧭👩🏽‍🌾 and\ttabs\nتقرير; '; DROP TABLE --\\"  # what people type
MOMENT = datetime(2018, 12, 6, 13, 0, 0, 123456, tzinfo=UTC)

Known = dict[str, list[tuple[Any, ...]]]


def fill(connection: Connection) -> None:
    """Put rows into every table that is there."""
    for table in tables_of(connection).values():
        connection.execute(insert(table), rows_for(table, [column.name for column in table.columns]))


def rows_for(table: Table, names: list[str], first: int = 0) -> list[dict[str, Any]]:
    """Rows with values in these columns; other numbers make other rows."""
    wanted = [table.c[name] for name in names]
    return [
        {column.name: _value(column, number) for column in wanted} for number in range(first, first + ROWS)
    ]


def everything(connection: Connection) -> Known:
    """All rows of all tables, moments as text, in an order of their own."""
    return {name: _rows(connection, table) for name, table in tables_of(connection).items()}


def columns(connection: Connection) -> dict[str, list[str]]:
    """The columns of each table."""
    return {name: [each.name for each in table.columns] for name, table in tables_of(connection).items()}


def _rows(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    found = connection.execute(select(table).execution_options(crosses_workspaces="backup"))
    return sorted((tuple(map(_plain, row)) for row in found), key=repr)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return value


def _value(column: "Column[Any]", number: int) -> Any:
    if column.nullable and number % ROWS == 1:
        return None
    makers: list[tuple[bool, Callable[[], Any]]] = [
        (isinstance(column.type, DateTime), lambda: MOMENT + timedelta(days=number)),
        (isinstance(column.type, LargeBinary), lambda: b"\x00\xff" + WORDS.encode()),
        (isinstance(column.type, Boolean), lambda: number % 2 == 0),
        (isinstance(column.type, Integer), lambda: number + 1),
        (_length(column) == 27, lambda: _plain(MOMENT + timedelta(days=number))),  # a moment, on SQLite
        (_length(column) == 17, lambda: f"{1544100000 + number}.000100"),  # a ts
        (column.primary_key, lambda: f"{column.name}-{number}"),
    ]
    return next((make() for fits, make in makers if fits), f"{column.name} {number}: {WORDS}")


def _length(column: "Column[Any]") -> int | None:
    return getattr(column.type, "length", None)
