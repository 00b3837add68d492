"""Which routing tree the open groups were made by: an edit is noticed, also one while the daemon was off."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from incidentd.storage.schema import meta
from incidentd.storage.tx import Tx

_NAME = "routing_tree"


def tree_is(tx: Tx, fingerprint: str) -> bool:
    """Remember the tree; returns whether it is another one than before."""
    known = tx.conn.execute(select(meta.c.value).where(meta.c.name == _NAME)).scalar_one_or_none()
    if known is None:
        tx.conn.execute(insert(meta).values(name=_NAME, value=fingerprint))
    elif known != fingerprint:
        tx.conn.execute(update(meta).where(meta.c.name == _NAME).values(value=fingerprint))
    return known not in (None, fingerprint)
