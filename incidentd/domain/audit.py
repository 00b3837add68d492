"""The chain of an incident's events: each hash covers the one before, so that nothing in it changes unseen.

A hash is the SHA-256 of the hash before it (64 hexadecimal digits, of the first record 64 zeros), followed by the
event as canonical JSON: keys sorted, no white space, UTF-8. Whoever noted the hash of a record can prove later that
this record and all before it are as they were. The chain by itself proves less: somebody who can write the database
can make a new one, and only a hash that was kept elsewhere tells it from the old one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from incidentd.wire import Event
from incidentd.wire.audit import FORMAT, Audit, AuditHeader, AuditRecord, AuditTrailer

GENESIS = "0" * 64
"""What stands before the first record."""
_DIGITS = len(GENESIS)
Plain = Mapping[str, Any]


def plain(event: Event) -> Plain:
    """An event as JSON has it, before its commit and after it alike."""
    found: Plain = msgspec.json.decode(msgspec.json.encode(event))
    return found


def link(previous: str, event: Plain) -> str:
    """The hash of a record that follows the one with the hash `previous`."""
    canonical = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous.encode() + canonical.encode()).hexdigest()


class Broken(Exception):  # noqa: N818
    """Where a chain breaks first: `record` counts from 1, None when it is about the whole file."""

    def __init__(self, text: str, record: int | None = None) -> None:
        super().__init__(text)
        self.record = record


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What an unbroken file shows. `noted_at`: the record whose hash is the one that was noted, None without one."""

    incident_id: int
    count: int
    head: str
    noted_at: int | None


def lines(audit: Audit) -> list[str]:
    """The file of an audit export: JSON Lines in ASCII, a header, the records and a trailer."""
    header = AuditHeader(format=FORMAT, incident_id=audit.incident_id, exported_at=audit.exported_at)
    trailer = AuditTrailer(count=audit.count, head=audit.head)
    return [json.dumps(msgspec.to_builtins(one)) for one in (header, *audit.records, trailer)]


def verify(text: str, noted: str = "") -> Proof:
    """What the file `text` proves. `noted` is a hash that was kept elsewhere. Raises `Broken` at the first fault."""
    given = text.removesuffix("\n").split("\n")  # splitlines knows more breaks than JSON escapes
    header = _read(given[:1], AuditHeader, "the file does not begin with the header of an audit export")
    if header.format != FORMAT:
        raise Broken(f"the file is {header.format!r}, this program reads {FORMAT!r}")
    trailer = _read(given[1:][-1:], AuditTrailer, "the file is cut short: its last line is no trailer")
    hashes = _walk(given[1:-1], header)
    chain = [GENESIS, *hashes]
    if (trailer.count, trailer.head) != (len(hashes), chain[-1]):
        raise Broken(_shorter(trailer, len(hashes)), len(hashes) + 1)
    found = chain.index(noted) if noted in chain else None
    if noted and found is None:
        raise Broken(f"no record has the hash that was noted, {noted[:12]}…: the file is not what it was then")
    return Proof(incident_id=header.incident_id, count=len(hashes), head=chain[-1], noted_at=found)


def _shorter(trailer: AuditTrailer, count: int) -> str:
    if trailer.count > count:
        return f"the file is cut short: it has {count} of {trailer.count} records"
    return f"after record {count} the hash is not the one that the trailer gives"


def _read(line: Sequence[str], kind: type[Any], otherwise: str) -> Any:
    try:
        return msgspec.json.decode(line[0], type=kind)
    except (IndexError, ValueError, RecursionError):  # msgspec's errors are ValueErrors
        raise Broken(otherwise) from None


def _walk(given: Sequence[str], header: AuditHeader) -> list[str]:
    """The hashes of the records, each found to follow from the one before. Raises `Broken`."""
    records: list[AuditRecord | None] = []
    for line in given:
        try:
            records.append(msgspec.json.decode(line, type=AuditRecord))
        except (ValueError, RecursionError):
            records.append(None)
    hashes: list[str] = []
    for number, record in enumerate(records, 1):
        previous = hashes[-1] if hashes else GENESIS
        if record is None:
            raise Broken(f"record {number} cannot be read", number)
        if record.n != number:
            raise Broken(_out_of_place(record.n, number, records[number:]), number)
        if record.event is None:
            raise Broken(f"record {number}: the daemon no longer had its event", number)
        if record.event.get("subject") != f"incident:{header.incident_id}":
            raise Broken(f"record {number} is about something else than INC-{header.incident_id}", number)
        if link(previous, record.event) != record.hash:
            raise Broken(f"record {number} is not what was hashed: it, or what came before it, was changed", number)
        hashes.append(record.hash)
    return hashes


def _out_of_place(found: int, number: int, later: Sequence[AuditRecord | None]) -> str:
    if any(one is not None and one.n == number for one in later):
        return f"record {number} is not in its place: record {found} stands there"
    return f"record {number} is missing: record {found} stands there"
