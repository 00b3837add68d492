"""After any compaction of simulated weeks every reference resolves, figures are the same, what is held is untouched."""

import asyncio
import json
import sqlite3
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from incidentd.domain.retention import NAMES, Retention
from incidentd.plugin.testing import FakeClock
from incidentd.services.figures import Figures
from incidentd.services.holds import Holds
from incidentd.services.insight_contracts import ScopeQuery
from incidentd.services.log_check import LogChecks
from incidentd.services.retention import Retentions
from incidentd.simulation.team import read_files
from incidentd.storage.engines import MemoryBackend
from incidentd.storage.metadata import metadata
from incidentd.storage.store import Store
from incidentd.wire.retention import AddHold

DAY = timedelta(days=1)
REFERENCES = (  # those that are no foreign keys
    ("reports", "incident_id", "incidents"),
    ("reports", "alert_id", "alerts"),
    ("reports", "duplicate_of", "reports"),
    ("report_messages", "delivery_id", "deliveries"),
    ("pages", "drill_id", "drills"),
    ("incidents", "drill_id", "drills"),
    ("deliveries", "bundle_id", "deliveries"),
    ("incident_chain", "incident_id", "incidents"),
    ("incident_chain", "seq", "events"),
    ("review_entries", "seq", "events"),
    ("review_accounts", "seq", "events"),
)
SUBJECTS = {"alert": "alerts", "report": "reports", "page": "pages", "incident": "incidents", "customer": "customers"}


@pytest.fixture(scope="module")
def written(simulated_weeks):
    return sqlite3.connect(f"file:{simulated_weeks.file}?mode=ro", uri=True)


def rows(conn, query, **values):
    return [tuple(row) for row in conn.execute(text(query), values)]


def unresolved(conn):
    """What refers to something that is not there: by a foreign key, by a number in a row, or by what a record says."""
    found = [tuple(row) for row in conn.exec_driver_sql("PRAGMA foreign_key_check")]
    for table, column, other in REFERENCES:
        key = "seq" if other == "events" else "id"
        query = (
            f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT {key} FROM {other})"
        )
        found += [(table, column, *row) for row in rows(conn, query)]
    there = {kind: {row[0] for row in rows(conn, f"SELECT id FROM {table}")} for kind, table in SUBJECTS.items()}
    by = rows(conn, "SELECT by FROM hidings UNION SELECT by FROM suppressions")
    named = [("hidden by", one) for (one,) in by]
    named += [("interruption", one) for (one,) in rows(conn, "SELECT subject FROM interruptions")]
    for subject, data in rows(conn, "SELECT subject, data FROM events WHERE subject LIKE 'incident:%'"):
        told = json.loads(data)
        named += [(subject, f"alert:{one}") for one in told.get("alert_ids", ())]
        named += [(subject, f"report:{one}") for one in told.get("report_ids", ())]
    for evidence in rows(conn, "SELECT evidence FROM factors"):
        seqs = [int(one["ref"]) for one in json.loads(evidence[0]) if one["kind"] == "entry"]
        events = {row[0] for row in rows(conn, "SELECT seq FROM events")} if seqs else set()
        found += [("factors", one) for one in seqs if one not in events]
    for where, one in named:
        kind, _, number = one.partition(":")
        if kind in there and number.isdecimal() and int(number) not in there[kind]:
            found.append((where, one))
    return found


def of_incidents(conn):
    """Every row that hangs on an incident, and all that was told of it and of its alerts, as it is stored."""
    kept = {"pages": rows(conn, "SELECT id, state, title, started_at FROM pages ORDER BY id")}
    for table in metadata.sorted_tables:
        of_one = any(key.column.table.name == "incidents" for key in table.foreign_keys)
        if (of_one and table.name != "pages") or table.name == "incidents":
            kept[table.name] = sorted(map(repr, rows(conn, f"SELECT * FROM {table.name}")))
    kept["log"] = rows(conn, "SELECT seq, data FROM events WHERE subject LIKE 'incident:%' ORDER BY seq")
    linked = "SELECT 'alert:' || alert_id FROM incident_alerts"
    kept["alerts"] = rows(conn, f"SELECT seq, data FROM events WHERE subject IN ({linked}) ORDER BY seq")
    return kept


def of_reports(conn, ids):
    """Everything that is stored of some reports and of who wrote them."""
    wanted = ", ".join(map(str, ids)) or "0"
    of = f"(SELECT customer_id FROM reports WHERE id IN ({wanted}))"
    subjects = ", ".join(f"'report:{one}'" for one in ids) or "''"
    queries = (
        f"SELECT * FROM reports WHERE id IN ({wanted})", f"SELECT * FROM report_messages WHERE report_id IN ({wanted})",
        f"SELECT * FROM customers WHERE id IN {of}", f"SELECT * FROM customer_addresses WHERE customer_id IN {of}",
        f"SELECT seq, data FROM events WHERE subject IN ({subjects})",
        f"SELECT d.* FROM deliveries d JOIN report_messages m ON m.delivery_id = d.id WHERE m.report_id IN ({wanted})",
    )  # fmt: skip
    return [sorted(map(repr, rows(conn, query))) for query in queries]


KEPT = st.one_of(st.none(), st.integers(7, 60).map(lambda days: days * DAY))


@given(
    keep=st.fixed_dictionaries(dict.fromkeys(NAMES, KEPT)),
    later=st.integers(0, 90),
    held=st.lists(st.integers(0, 10_000), max_size=3),
)
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_compaction_leaves_what_is_kept_whole(written, simulated_weeks, keep, later, held):
    asyncio.run(compacted(written, simulated_weeks, Retention(keep=keep), later, held))


def test_a_compaction_of_all_that_may_go(written, simulated_weeks):
    policy = Retention(keep=dict.fromkeys(NAMES, 7 * DAY))
    removed = asyncio.run(compacted(written, simulated_weeks, policy, 400, [3]))
    assert removed["alerts"].rows > 10
    assert removed["messages"].rows > 50
    assert removed["conversations"].rows > 0


async def compacted(written, weeks, policy, later, held):
    backend, clock = MemoryBackend(), FakeClock()
    with backend.connect() as conn:
        written.backup(conn.connection.driver_connection)
    clock.set(weeks.until + later * DAY)
    store = Store(backend, clock)
    roster, process, _ = read_files(weeks.start)
    try:
        numbers = await store.read(lambda conn: [row[0] for row in rows(conn, "SELECT id FROM reports ORDER BY id")])
        reports = sorted({numbers[one % len(numbers)] for one in held})
        for one in reports:
            await Holds(store).add(AddHold(subject=f"R-{one}", reason="court"), "ada")

        async def look():
            figures = Figures(store, lambda: process, lambda: roster)
            told = (await figures.list(ScopeQuery(), "")).figures
            return told, await store.read(of_incidents), await store.read(lambda conn: of_reports(conn, reports))

        before = await look()
        retention = Retentions(store, "n1")
        retention.policy = lambda: policy
        await retention.run("lin")
        while await retention.work() is not None:
            pass
        (run,) = (await retention.show()).runs
        assert (run.state, run.error) == ("done", "")
        assert await look() == before
        assert await store.read(unresolved) == []
        assert (await LogChecks(store).check()).faults == ()
        left = (await retention.preview()).classes
        assert all(one.removes.rows == 0 for one in left if one.name != "customers")
        return run.removed
    finally:
        await store.close()
