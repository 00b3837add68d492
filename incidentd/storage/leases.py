"""What a node was sending when it died."""

from __future__ import annotations

from sqlalchemy import update

from incidentd.storage.deliveries import UNCLEAR
from incidentd.storage.schema import deliveries
from incidentd.storage.tx import Tx


def take_back(tx: Tx, node: str) -> int:
    """Make the messages that an earlier run of `node`, or one that fell silent, left in flight due again; how many.

    Without it a page that was going out when the daemon was killed would wait for its lease to run out. It may have
    arrived: the resend has the same idempotency key.
    """
    mine = (deliveries.c.state == "sending") & (deliveries.c.lease_owner == node)
    again = {"state": "pending", "lease_until": None, "error": f"{UNCLEAR}: the daemon ended while it was sent"}
    return tx.conn.execute(update(deliveries).where(mine).values(**again)).rowcount
