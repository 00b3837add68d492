"""What records that are kept name: alerts, reports and pages in what was written of incidents, reviews and reports.

It is found by how people and the program write it, such as A-12, so it is rather too much than too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, String, Table, Text, or_, select, type_coerce

from incidentd.storage.columns import Json
from incidentd.storage.metadata import metadata
from incidentd.storage.schema import deliveries, events, incident_alerts, incidents, pages
from incidentd.storage.schema_experiments import experiments, process_ideas, retro_topics
from incidentd.storage.schema_similar import incident_words, incident_words_read
from incidentd.storage.schema_support import report_messages, reports

_PART = 2000
_SUBJECTS = ("incident:", "report:", "idea:", "retro:", "experiment:", "interruption:")
"""How the subjects of events begin that are never removed."""
_KINDS = {"A": "alert", "R": "report", "P": "page"}
_WRITTEN = re.compile(r"\b([ARP])-([1-9][0-9]{0,15})\b")
_SUBJECT = re.compile(r"\b(alert|report|page):([1-9][0-9]{0,15})\b")
_MEMBER = re.compile(r'"(alert|report|page)_ids?":(\[[0-9,]*\]|[0-9]+)')
_NUMBER = re.compile(r"[0-9]+")


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers by kind; `seq` is that of the newest event that was read for them."""

    alert: frozenset[int] = frozenset()
    report: frozenset[int] = frozenset()
    page: frozenset[int] = frozenset()
    seq: int = 0

    def and_of(self, found: Iterable[tuple[str, int]], seq: int) -> Named:
        """With what was found up to `seq`."""
        more: dict[str, set[int]] = {"alert": set(), "report": set(), "page": set()}
        for kind, number in found:
            more[kind].add(number)
        return Named(**{kind: getattr(self, kind) | more[kind] for kind in more}, seq=seq)


def in_text(text: str) -> Iterable[tuple[str, int]]:
    """What a text, or JSON as it is stored, names."""
    yield from ((_KINDS[letter], int(number)) for letter, number in _WRITTEN.findall(text))
    yield from ((kind, int(number)) for kind, number in _SUBJECT.findall(text))
    for kind, numbers in _MEMBER.findall(text):
        yield from ((kind, int(number)) for number in _NUMBER.findall(numbers))


def in_events(conn: Connection, before: Named) -> tuple[Named, bool]:
    """What events after those of `before` name, of one part of the log; and whether there is more of it."""
    c = events.c
    query = select(c.seq, c.subject, type_coerce(c.data, Text)).where(c.seq > before.seq).order_by(c.seq).limit(_PART)
    rows = conn.execute(query).all()
    found = [
        one for _, subject, data in rows if subject.startswith(_SUBJECTS)
        for one in in_text(data) if not (subject.startswith("report:") and one[0] == "report")
    ]  # fmt: skip
    return before.and_of(found, rows[-1][0] if rows else before.seq), len(rows) == _PART


def in_tables(conn: Connection, before: Named) -> Named:
    """What the texts of incidents, reviews and reports name."""
    found = [
        one
        for table in _tables()
        for text in _texts(conn, table)
        for one in in_text(text)
        if not (table in (reports, report_messages) and one[0] == "report")  # each conversation has its own reference
    ]
    return before.and_of(found, before.seq)


def _tables() -> list[Table]:
    """What hangs on incidents and reports, and what a team keeps of how it works."""
    known = {incidents, reports, process_ideas, retro_topics, experiments}
    left_out = {incident_alerts, incident_words, incident_words_read, pages, deliveries}
    while more := {
        table
        for table in metadata.tables.values()
        if table not in known | left_out and any(key.column.table in known for key in table.foreign_keys)
    }:
        known |= more
    return sorted(known, key=lambda table: table.name)


def _texts(conn: Connection, table: Table) -> Iterable[str]:
    """The texts of a table, where in its row something may be named."""
    texts = [type_coerce(one, String) for one in table.c if isinstance(one.type, String | Json)]
    named = [text.like(f"%{mark}%") for text in texts for mark in ("A-", "R-", "P-", "alert:", "report:", "page:")]
    for row in conn.execute(select(*texts).where(or_(*named))) if texts else ():
        yield from (text for text in row if text)
