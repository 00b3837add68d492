"""Erasing a customer on request: who they are and what they wrote; never what is under hold."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from incidentd.domain.reports import Report, State
from incidentd.services.errors import Conflict, Invalid
from incidentd.services.report_views import existing_customer
from incidentd.storage import holds, incident_attachments, old_reports, removals, reports
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import retention as wire_retention


class Erasing:
    """Implements `operation_contracts.ErasingCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def erase(
        self, customer_id: int, body: wire_retention.EraseCustomer, actor: str
    ) -> wire_retention.ErasedCustomer:
        """Blank a customer and all their conversations. What they are to us, and the clocks of their reports, stay.

        Raises `NotFound`, `Invalid` without a reason, and `Conflict` under a hold or while a report is open.
        """
        reason = body.reason.strip()
        if not reason:
            raise Invalid("say why, such as the number of the request", field="reason")

        def command(tx: Tx) -> wire_retention.ErasedCustomer:
            customer = existing_customer(tx.conn, customer_id, lock=True)
            of = reports.of_customer(tx.conn, customer.id)
            _check(tx.conn, customer.id, of)
            ids = [one.id for one in of]
            told, digest, rows = old_reports.blank(tx, ids)
            removals.record(
                tx, "customers", reason, actor, seqs=told, of=digest, blanked=True, rows=rows
            )  # fmt: skip
            seqs, of_customer, theirs = old_reports.blank_customers(tx, [customer.id])
            removals.record(
                tx, "customers", reason, actor, seqs=seqs, of=of_customer, blanked=True, rows=theirs
            )  # fmt: skip
            data = {"reports": len(ids), "reason": reason}
            tx.emit("customer.erased", f"customer:{customer.id}", data, actor=actor)
            return wire_retention.ErasedCustomer(
                customer_id=customer.id,
                reports=len(ids),
                messages=rows["report_messages"],
                attachments=rows["attachments"],
                stays=_stays(tx.conn, of),
            )

        return await self._store.write(command)


def _check(conn: Connection, customer_id: int, of: Sequence[Report]) -> None:
    """Nothing of it is under hold, and nobody waits for an answer. Raises `Conflict`."""
    subjects = [f"customer:{customer_id}", *(f"report:{one.id}" for one in of)]
    subjects += [f"incident:{one.incident_id}" for one in of if one.incident_id is not None]
    over = holds.over(conn, subjects)
    if over:
        named = ", ".join(one.name for one in over)
        raise Conflict(f"it is under {named}", remedy="an administrator may release it: incidentctl hold release")
    open_ones = [one for one in of if one.state is not State.CLOSED]
    if open_ones:
        named = ", ".join(f"R-{one.id}" for one in open_ones)
        raise Conflict(f"{named} is not closed: somebody waits for an answer", remedy="close it first, then erase")


def _stays(conn: Connection, of: Sequence[Report]) -> tuple[str, ...]:
    """What is no conversation and may still tell of them."""
    linked = sorted({one.incident_id for one in of if one.incident_id is not None})
    found = [
        f"the log of INC-{one} has the subject of the report as it was linked: its chain of hashes covers it"
        for one in linked
    ]
    references = {f"R-{one.id}" for one in of}
    for incident_id in linked:
        files = [one.name for one in incident_attachments.of_incident(conn, incident_id) if one.source in references]
        if files:
            found.append(f"INC-{incident_id} has copies of {', '.join(files)}: remove them there")
    return (*found, "backups that were made before still have everything, until they go")
