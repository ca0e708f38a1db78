"""What is due is found without a look at what is settled, or to come."""

from pathlib import Path

from sqlalchemy.dialects import sqlite

from storage import Transaction, open_storage
from storage.reminders import _due, _next
from tests.builders import WORKSPACE


async def test_a_ring_reads_what_is_due_by_an_index_and_sorts_nothing(tmp_path: Path) -> None:
    storage = open_storage(f"sqlite:///{tmp_path / 'plenary.db'}", lambda: None)

    def plans(tx: Transaction) -> list[str]:
        return [
            str(step[3])
            for statement, values in ((_due, (WORKSPACE, "2018", 500, 0)), (_next, (WORKSPACE,)))
            for step in tx.outbox._connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement.compile(dialect=sqlite.dialect())}", values
            )
        ]

    try:
        steps = await storage.write(plans)
    finally:
        await storage.close()
    assert len(steps) == 2
    assert all("ix_reminders_workspace_planned" in step for step in steps)
