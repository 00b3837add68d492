"""The chain is kept as events are written: what is done to the log afterwards shows in the export, and where."""

import importlib

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import delete, update

from incidentd.domain.audit import Broken, lines, verify
from incidentd.services.audit import Audits
from incidentd.services.errors import NotFound
from incidentd.storage import audit_chain
from incidentd.storage.schema import events
from incidentd.storage.schema_audit import incident_chain
from incidentd.wire import incidents as wire_incidents

MIGRATION = importlib.import_module("incidentd.storage.migrations.versions.0021_incident_chain")


@pytest.fixture
def audits(store):
    return Audits(store)


@pytest.fixture
async def incident(service, raise_alert):
    """One with four events, among those of another one."""
    alert = await raise_alert("CheckoutErrors")
    found = await service.declare(wire_incidents.DeclareIncident(title="Payments fail", alert_ids=(alert,)), "ada")
    other = await service.declare(wire_incidents.DeclareIncident(title="Other"), "ada")
    await service.add_note(found.id, wire_incidents.AddNote(text="caf\u00e9 \u2028 \0"), "lin")
    await service.add_note(other.id, wire_incidents.AddNote(text="elsewhere"), "lin")
    mitigated = wire_incidents.ChangeStatus(to="mitigated", at=found.started_at)
    await service.change_status(found.id, mitigated, "ada", None)
    await service.post_update(found.id, wire_incidents.PostUpdate(text="We look", phase="monitoring"), "ada")
    return found


async def test_every_event_of_an_incident_is_in_its_chain(audits, incident, events_of):
    audit = await audits.export(incident.id)
    assert [one.event["seq"] for one in audit.records] == [
        one.seq for one in await events_of(f"incident:{incident.id}")
    ]
    assert [one.n for one in audit.records] == [1, 2, 3, 4]
    proof = verify("\n".join(lines(audit)), (await audits.head(incident.id)).head)
    assert (proof.incident_id, proof.count, proof.noted_at) == (incident.id, 4, 4)
    with pytest.raises(NotFound):
        await audits.export(99)


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        (lambda seqs: update(events).where(events.c.seq == seqs[1]).values(data={"text": "nicer"}), "record 2 is not"),
        (lambda seqs: update(events).where(events.c.seq == seqs[2]).values(actor="lin"), "record 3 is not what"),
        (lambda seqs: delete(events).where(events.c.seq == seqs[1]), "record 2: the daemon no longer had its event"),
        (lambda seqs: delete(incident_chain).where(incident_chain.c.seq == seqs[2]), "record 3 is missing"),
    ],
)
async def test_a_log_that_was_changed_behind_the_daemon_is_found(tampering, said, store, audits, incident):
    seqs = [one.event["seq"] for one in (await audits.export(incident.id)).records]
    await store.write(lambda tx: tx.conn.execute(tampering(seqs)))
    with pytest.raises(Broken, match=said):
        verify("\n".join(lines(await audits.export(incident.id))))


async def test_an_upgrade_chains_what_the_log_has(store, audits, incident):
    """The migration makes the chain that would have been kept from the first event on."""
    before = await store.read(lambda conn: audit_chain.of_incident(conn, incident.id))

    def again(tx):
        with Operations.context(MigrationContext.configure(tx.conn)):
            incident_chain.drop(tx.conn)
            MIGRATION.upgrade()

    await store.write(again)
    assert await store.read(lambda conn: audit_chain.of_incident(conn, incident.id)) == before
