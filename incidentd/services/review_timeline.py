"""The timeline of a review: composed at each look, and added to by people, before its workshop begins as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from incidentd.domain import review_timeline as rules
from incidentd.domain.incidents import Incident
from incidentd.domain.process import Process
from incidentd.domain.review_doubts import doubts
from incidentd.domain.reviews import Review
from incidentd.services import measuring
from incidentd.services.errors import Conflict, Invalid, NotFound, Unknown
from incidentd.services.incident_status import checked_time
from incidentd.services.incident_views import Seen, existing, in_command
from incidentd.services.timeline import timeline
from incidentd.storage import event_log, facts, report_messages, reports, review_entries, reviews
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import TimelineEntry
from incidentd.wire import review_timeline as wire_timeline
from incidentd.wire.review_timeline import CuratedEntry, Moment

_TOLD = ("text", "evidence", "cues", "goals", "options")
_MESSAGES = ("report.opened", "report.message", "report.replied")
_LISTED = "incidentctl review timeline shows them"


def moments(conn: Connection, incident: Incident) -> tuple[Moment, ...]:
    """Every moment there is, also those that a walk has not come to."""
    told = rules.of_the_response(incident, timeline(conn, incident).entries)
    return rules.moments([*told, *_messages(conn, incident)], review_entries.of_incident(conn, incident.id))


def cited(conn: Connection, row: Review) -> Mapping[int, TimelineEntry]:
    """The entries of the log that people may refer to, by seq."""
    found = moments(conn, existing(conn, row.incident_id))
    return {one.entry.seq: one.entry for one in found if one.entry.seq}


def instants(conn: Connection, incident: Incident) -> list[datetime]:
    """When something happened, in order: the steps of a walk."""
    return rules.instants(moments(conn, incident))


def walk_of(seen: Seen, incident: Incident, row: Review | None) -> wire_timeline.Walk:
    """The timeline as far as it may be seen now; all of it before a workshop begins, for who prepares it."""
    found = moments(seen.conn, incident)
    hidden = row is not None and row.future_hidden
    doubted = () if hidden else doubts(
        incident,
        found,
        contradictions=measuring.measures(seen, incident).contradictions,
        claims=facts.claims(seen.conn, incident.id),
        attempts=facts.attempts_of(seen.conn, [incident.id])[incident.id],
    )  # fmt: skip
    walked_to, walked = (None, False) if row is None else (row.walked_to, row.walked)
    return rules.walk(found, doubted, hidden=hidden, walked_to=walked_to, walked=walked)


def _messages(conn: Connection, incident: Incident) -> Iterator[TimelineEntry]:
    """What customers wrote and were told, without notes of our own; named by their reports, never by who they are."""
    linked = {one.id: one for one in reports.of_incident(conn, incident.id)}
    words = {one.id: one for one in report_messages.of_reports(conn, list(linked))}
    for event in event_log.of_subjects(conn, [one.about for one in linked.values()], _MESSAGES):
        message = words.get(event.data.get("message", 0))  # type: ignore[call-overload]
        if message is None or message.automatic:
            continue
        came = message.direction == "in"
        said = message.subject or message.text.partition("\n")[0]
        yield TimelineEntry(
            seq=event.seq,
            observed_at=message.sent_at or message.at,
            recorded_at=message.at,
            by="" if came else message.author,
            kind="report" if came else "reply",
            text=f"R-{message.report_id} {'wrote' if came else 'was told'} by {message.channel}: {said}",
            detail="",
            evidence="",
            pinned=False,
            full=message.text,
        )


class ReviewTimelines:
    """Implements `workshop_contracts.ReviewTimelineCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process]) -> None:
        self._store = store
        self._process = process

    async def timeline(self, incident_id: int) -> wire_timeline.Walk:
        """What may be seen of it now. Raises `NotFound`."""
        now, process = self._store.clock.now(), self._process()

        def read(conn: Connection) -> wire_timeline.Walk:
            incident = existing(conn, incident_id)
            return walk_of(Seen(conn=conn, now=now, process=process), incident, reviews.get(conn, incident_id))

        return await self._store.read(read)

    async def add(self, incident_id: int, body: wire_timeline.WriteEntry, actor: str) -> CuratedEntry:
        """Add to an entry of the log, or write one of one's own. Raises `NotFound` and `Invalid`."""
        if (body.seq is None) == (body.at is None):
            remedy = "seq of an entry of the timeline, or at, when it happened"
            raise Invalid("say what it is about: one of the two", field="at" if body.at else "seq", remedy=remedy)
        _check_said(body.kind, body.text, body.evidence, (body.cues, body.goals, body.options))

        def command(tx: Tx) -> CuratedEntry:
            incident = existing(tx.conn, incident_id, lock=True)
            if body.seq is not None:
                _known(tx.conn, incident, [body.seq])
            at = None if body.at is None else checked_time(body.at, tx.now, "at")
            said = {name: getattr(body, name) for name in _TOLD}
            made = review_entries.add(
                tx, incident.id, actor, seq=body.seq, at=at, kind=body.kind, group=body.group.strip(), **said
            )
            self._tell(tx, incident, "review.entry_added", made, actor)
            return made

        return await self._store.write(command)

    async def edit(
        self, incident_id: int, entry_id: int, body: wire_timeline.EditEntry, actor: str, if_version: int | None
    ) -> CuratedEntry:
        """Say it otherwise. Raises `NotFound`, `Invalid` and `Conflict`."""

        def command(tx: Tx) -> CuratedEntry:
            incident = existing(tx.conn, incident_id, lock=True)
            old = _entry(tx.conn, incident, entry_id)
            if if_version is not None and if_version != old.version:
                raise Conflict(f"entry {entry_id} has changed meanwhile", current=old)
            given = {name: getattr(body, name) for name in (*_TOLD, "group")}
            given = {name: text for name, text in given.items() if text is not None}
            new = {name: given.get(name, getattr(old, name)) for name in _TOLD}
            _check_said(old.kind, new["text"], new["evidence"], (new["cues"], new["goals"], new["options"]))
            if body.at is not None:
                if old.at is None:
                    remedy = "incidentctl incident correct corrects a time of the log"
                    raise Invalid("it is about an entry of the log, which has its time", field="at", remedy=remedy)
                given["at"] = checked_time(body.at, tx.now, "at")
            changed = review_entries.change(tx, old.id, **given) if given else old
            self._tell(tx, incident, "review.entry_edited", changed, actor, before=old)
            return changed

        return await self._store.write(command)

    async def withdraw(self, incident_id: int, entry_id: int, actor: str) -> CuratedEntry:
        """Take it back; the log keeps that it was there. Raises `NotFound`."""

        def command(tx: Tx) -> CuratedEntry:
            incident = existing(tx.conn, incident_id, lock=True)
            old = _entry(tx.conn, incident, entry_id)
            review_entries.change(tx, old.id, withdrawn_at=tx.now)
            self._tell(tx, incident, "review.entry_withdrawn", old, actor)
            return old

        return await self._store.write(command)

    async def group(self, incident_id: int, body: wire_timeline.GroupEntries, actor: str) -> wire_timeline.Walk:
        """Put entries of the log under one name, or take them out of theirs. Raises `NotFound` and `Invalid`."""
        name, process = body.group.strip(), self._process()

        def command(tx: Tx) -> wire_timeline.Walk:
            incident = existing(tx.conn, incident_id, lock=True)
            wanted = list(dict.fromkeys(body.seqs))
            _known(tx.conn, incident, wanted)
            rows = {one.seq: one for one in review_entries.of_incident(tx.conn, incident.id) if one.kind == rules.GROUP}
            for seq in wanted:
                if seq in rows:
                    review_entries.change(tx, rows[seq].id, group=name)
                elif name:
                    nothing = dict.fromkeys(_TOLD, "")
                    review_entries.add(
                        tx, incident.id, actor, seq=seq, at=None, kind=rules.GROUP, group=name, **nothing
                    )
            tx.emit("review.grouped", incident.subject, {"seqs": wanted, "group": name}, actor=actor)
            return walk_of(in_command(tx, process), incident, reviews.get(tx.conn, incident.id))

        return await self._store.write(command)

    def _tell(
        self,
        tx: Tx,
        incident: Incident,
        kind: str,
        entry: CuratedEntry,
        actor: str,
        before: CuratedEntry | None = None,
    ) -> None:
        """Leave the event. While the future is hidden it holds no words: others would read ahead."""
        held = reviews.get(tx.conn, incident.id)
        data: dict[str, Any] = {"id": entry.id, "kind": entry.kind, "seq": entry.seq}
        if held is None or not held.future_hidden:
            data |= {"at": entry.at} | {name: getattr(entry, name) for name in _TOLD}
            if before is not None:
                data["before"] = {name: getattr(before, name) for name in _TOLD}
        tx.emit(kind, incident.subject, data, actor=actor)


def _check_said(kind: str, text: str, evidence: str, decided: tuple[str, ...]) -> None:
    """Raises `Invalid` for an entry that says nothing, and for a source without a place."""
    if kind == "source" and not evidence.strip():
        raise Invalid("a source says where it is", field="evidence", remedy="give its address, or its name and place")
    if kind != "decision" and any(one.strip() for one in decided):
        remedy = "kind decision, or leave them out"
        raise Invalid("cues, goals and options are those of a decision", field="kind", remedy=remedy)
    if not any(one.strip() for one in (text, evidence, *decided)):
        raise Invalid("it says nothing", field="text", remedy="say what happened, or what was decided")


def _known(conn: Connection, incident: Incident, seqs: list[int]) -> None:
    """Raises `Invalid` for an entry that the timeline does not have."""
    found = {one.entry.seq for one in moments(conn, incident)}
    if missing := [one for one in seqs if one not in found]:
        what = f"the timeline of INC-{incident.id} has no entry {missing[0]}"
        raise Unknown(what, field="seqs" if len(seqs) > 1 else "seq", remedy=_LISTED)


def _entry(conn: Connection, incident: Incident, entry_id: int) -> CuratedEntry:
    found = next((one for one in review_entries.of_incident(conn, incident.id) if one.id == entry_id), None)
    if found is None or found.kind == rules.GROUP:
        raise NotFound(f"nobody added an entry {entry_id} to INC-{incident.id}", remedy=_LISTED)
    return found
