"""Whoever looks for messages to send looks at those that wait, however many were ever sent."""

from __future__ import annotations

import pytest

from incidentd.storage import claims, migrate
from incidentd.storage.engines import MemoryBackend


@pytest.mark.parametrize(
    "statement",
    [claims._DUE_NOTIFIERS, claims._DUE_OF_NOTIFIER, claims._DUE_AT_CONTACT, claims._NEXT_PENDING, claims._NEXT_LEASE],
)
async def test_what_is_asked_all_the_time_uses_the_index_of_what_waits(statement):
    backend = MemoryBackend()
    await migrate.prepare(backend)
    with backend.connect() as conn:
        sql = str(statement.compile(dialect=conn.dialect))
        plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", (1,) * sql.count("?")).all()
    assert "INDEX deliveries_due" in plan[0][-1]
    await backend.close()
