"""The chain of an incident's events: whatever is done to a file is found, and where."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.audit import GENESIS, Broken, lines, link, plain, verify
from incidentd.wire import Event
from incidentd.wire.audit import FORMAT, Audit, AuditRecord

AT = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def an_event(seq, **data):
    return Event(seq=seq, at=AT, actor="ada", kind="incident.note", subject="incident:7", data=data)


def audit_of(events):
    records, previous = [], GENESIS
    for n, event in enumerate(events, 1):
        previous = link(previous, plain(event))
        records.append(AuditRecord(n=n, hash=previous, event=plain(event)))
    return Audit(
        incident_id=7, format=FORMAT, exported_at=AT, records=tuple(records), count=len(records), head=previous
    )


@pytest.fixture
def audit():
    return audit_of([an_event(seq, text=f"entry {seq}\u2028\x85") for seq in (3, 5, 8, 13)])


@pytest.fixture
def file(audit):
    """The lines; those of the records are 1 to 4."""
    return lines(audit)


def broken(given_lines, noted=""):
    with pytest.raises(Broken) as error:
        verify("\n".join(given_lines) + "\n", noted)
    return str(error.value), error.value.record


def changed(line, **values):
    """A line with other values; `event` is merged into the event."""
    record = json.loads(line)
    record["event"] |= values.pop("event", {})
    return json.dumps(record | values)


def test_a_whole_file_is_proved_with_its_head(audit, file):
    proof = verify("\n".join(file))
    assert (proof.incident_id, proof.count, proof.head, proof.noted_at) == (7, 4, audit.head, None)
    assert all(line.isascii() for line in file)


def test_a_hash_is_what_anybody_can_compute_again(audit):
    """The rule as the documentation gives it: SHA-256 over the hash before and compact JSON with sorted keys."""
    import hashlib

    record = audit.records[1]
    text = json.dumps(record.event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256((audit.records[0].hash + text).encode()).hexdigest() == record.hash
    # Fixed for good: a file of today is verified by the programs of any later year.
    assert link(GENESIS, plain(an_event(1, text="a"))) == (
        "11384642da12091cf62d85dfb56d34847bea5afc37fae91728ed7979717dc8c2"
    )


@pytest.mark.parametrize(
    ("tampering", "text", "record"),
    [
        (lambda f: [*f[:2], changed(f[2], event={"data": {"text": "nicer"}}), *f[3:]], "record 2 is not what", 2),
        (lambda f: [*f[:2], changed(f[2], event={"at": "2026-03-14T09:26:53.589794Z"}), *f[3:]], "record 2 is not", 2),
        (lambda f: [*f[:2], changed(f[2], event={"actor": "lin"}), *f[3:]], "record 2 is not what", 2),
        (lambda f: [*f[:2], changed(f[2], event={"added": 1}), *f[3:]], "record 2 is not what", 2),
        (lambda f: [*f[:3], changed(f[3], hash="0" * 64), f[4], f[5]], "record 3 is not what", 3),
        (lambda f: [*f[:3], changed(f[3], event={"subject": "incident:8"}), f[4], f[5]], "else than INC-7", 3),
        (lambda f: [*f[:2], *f[3:]], "record 2 is missing", 2),
        (lambda f: [f[0], *f[2:]], "record 1 is missing", 1),
        (lambda f: [f[0], changed(f[2], n=1), changed(f[3], n=2), changed(f[4], n=3), f[5]], "record 1 is not what", 1),
        (lambda f: [f[0], f[2], f[1], *f[3:]], "record 1 is not in its place: record 2 stands there", 1),
        (lambda f: [*f[:3], f[2], *f[3:]], "record 3 is not in its place: record 2 stands there", 3),
        (lambda f: [*f[:2], f[2].replace('"hash"', '"hush"'), *f[3:]], "record 2 cannot be read", 2),
        (lambda f: [*f[:2], "{", *f[3:]], "record 2 cannot be read", 2),
        (lambda f: [*f[:2], f[2].replace("entry", "\\ud800"), *f[3:]], "record 2 cannot be read", 2),
        (lambda f: [*f[:2], json.dumps(json.loads(f[2]) | {"event": None}), *f[3:]], "no longer had its event", 2),
        (lambda f: [*f[:4], f[5]], "it has 3 of 4 records", 4),
        (lambda f: f[:5], "cut short: its last line is no trailer", None),
        (lambda f: [*f[:5], f[5][:20]], "cut short", None),
        (lambda f: f[:1], "cut short", None),
        (lambda f: f[1:], "does not begin with the header", None),
        (lambda f: [""], "does not begin with the header", None),
        (lambda f: [f[0].replace("audit/1", "audit/2"), *f[1:]], "this program reads", None),
        (lambda f: [f[0].replace("7", "8", 1), *f[1:]], "record 1 is about something else than INC-8", 1),
        (lambda f: [*f[:5], json.dumps({"count": 4, "head": "0" * 64})], "not the one that the trailer gives", 5),
    ],
)  # fmt: skip
def test_the_first_fault_is_named(tampering, text, record, file):
    said, at = broken(tampering(file))
    assert text in said
    assert at == record


def test_a_chain_that_was_made_anew_looks_well_and_differs_from_the_hash_that_was_kept(audit):
    """What the chain alone cannot show, and what it can with one hash from elsewhere."""
    forged = audit_of([an_event(seq, text="nothing happened") for seq in (3, 5, 8, 13)])
    text = "\n".join(lines(forged))
    assert verify(text).count == 4
    with pytest.raises(Broken, match="no record has the hash that was noted"):
        verify(text, audit.head)


def test_a_hash_that_was_kept_earlier_covers_what_was_there_then(audit, file):
    early = audit.records[1].hash
    assert verify("\n".join(file), early).noted_at == 2
    tampered = [*file[:4], changed(file[4], event={"data": {}}), file[5]]
    assert broken(tampered, early) == ("record 4 is not what was hashed: it, or what came before it, was changed", 4)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.dictionaries(st.text(), _JSON, max_size=3), max_size=4), st.data())
def test_any_events_make_a_chain_and_any_byte_that_changes_a_value_breaks_it(datas, data):
    audit = audit_of([an_event(seq, **{f"_{key}": value for key, value in one.items()})
                      for seq, one in enumerate(datas, 1)])  # fmt: skip
    text = "\n".join(lines(audit))
    assert verify(text, audit.head).count == len(datas)
    position = data.draw(st.integers(0, len(text) - 1))
    other = text[:position] + data.draw(st.characters(codec="ascii")) + text[position + 1 :]
    if [msgspec.json.decode(line) for line in text.split("\n")][1:] == _decoded(other)[1:]:
        return  # white space, or the header, which is about the export and not about the incident
    with pytest.raises(Broken):
        verify(other, audit.head)


def _decoded(text):
    try:
        return [msgspec.json.decode(line) for line in text.split("\n")]
    except ValueError:
        return []
