"""The words of incidents, and which incidents share some."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from incidentd.domain.incidents import Incident
from incidentd.storage import incidents
from incidentd.storage.schema import incidents as incidents_table
from incidentd.storage.schema_similar import incident_words, incident_words_read
from incidentd.storage.tx import Tx

_READ = 8000
"""Rows of shared words that one look reads; what is shared with many incidents tells the least."""


def stale(conn: Connection, limit: int, *, lock: bool = False) -> list[Incident]:
    """Real incidents that have changed since their words were read, the newest first."""
    read, c = incident_words_read.c, incidents_table.c
    changed = or_(read.version.is_(None), read.version != c.version)
    query = select(c.id).outerjoin(incident_words_read, read.incident_id == c.id)
    query = query.where(c.drill_id.is_(None), changed).order_by(c.id.desc()).limit(limit)
    if lock:
        query = query.with_for_update(of=incidents_table)
    return incidents.among(conn, list(conn.execute(query).scalars()))


def put(tx: Tx, incident: Incident, words: Iterable[str]) -> None:
    """Store the words of an incident as it is now."""
    mine = incident_words_read.c.incident_id == incident.id
    tx.conn.execute(delete(incident_words).where(incident_words.c.incident_id == incident.id))
    if rows := [{"word": word, "incident_id": incident.id} for word in sorted(words)]:
        tx.conn.execute(insert(incident_words), rows)
    if not tx.conn.execute(update(incident_words_read).where(mine).values(version=incident.version)).rowcount:
        new = {"incident_id": incident.id, "version": incident.version}
        tx.conn.execute(insert(incident_words_read).values(**new))


def sharing(conn: Connection, words: Collection[str], besides: int) -> dict[int, int]:
    """How many of `words` other incidents have too. Rare words count; those that come after too many rows do not."""
    word, number = incident_words.c.word, incident_words.c.incident_id
    query = select(word, func.count()).where(word.in_(words), number != besides).group_by(word)
    kept: list[str] = []
    rows = 0
    for text, count in sorted(conn.execute(query), key=lambda row: (row[1], row[0])):
        rows += count
        if kept and rows > _READ:
            break
        kept.append(text)
    if not kept:
        return {}
    found = select(number, func.count()).where(and_(word.in_(kept), number != besides)).group_by(number)
    return {row[0]: row[1] for row in conn.execute(found)}
