"""All rows of one database into another of the same schema, whichever kinds they are.

Tables are read from the databases themselves, so that an older schema is copied as well as this version's.
"""

from sqlalchemy import Connection, DateTime, MetaData, Table, insert, inspect, select

from storage.types import Instant

AT_ONCE = 500  # rows in memory
REVISION = "alembic_version"


def tables_of(connection: Connection, leave_out: frozenset[str] = frozenset()) -> dict[str, Table]:
    """All tables of a database by name, without Alembic's; parents before their children."""
    names = [name for name in inspect(connection).get_table_names() if name not in leave_out | {REVISION}]
    found = MetaData()
    found.reflect(connection, only=names)
    return {table.name: table for table in found.sorted_tables}


def copy_rows(source: Connection, target: Connection, names: frozenset[str]) -> int:
    """Copy the tables of these names; gives how many rows. The target's are empty and have every column."""
    theirs, ours = tables_of(source), tables_of(target)
    return sum(_copy(source, theirs[name], target, ours[name]) for name in ours if name in names)


def _copy(source: Connection, theirs: Table, target: Connection, ours: Table) -> int:
    for name in (column.name for column in ours.columns):
        if isinstance(theirs.c[name].type, DateTime) or isinstance(ours.c[name].type, DateTime):
            theirs.c[name].type = ours.c[name].type = Instant()  # SQLite itself knows no moments
    everything = select(*(theirs.c[column.name] for column in ours.columns))
    found = source.execute(everything.execution_options(crosses_workspaces="backup", yield_per=AT_ONCE))
    count = 0
    for rows in found.mappings().partitions():
        target.execute(insert(ours), [dict(row) for row in rows])
        count += len(rows)
    return count
