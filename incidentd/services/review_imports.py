"""Reviews that were held elsewhere, taken over from Markdown files: each whole in one transaction, or not at all.

A file makes an incident that is closed, with its historic times, and a review that is published. The same file again
changes nothing. A changed one changes what came of it, except where people have gone on with it here.
"""

from __future__ import annotations

import asyncio
import difflib
import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from incidentd.domain.front_matter import BadDocument
from incidentd.domain.imported_parts import NewAction, NewFactor, NewLearning, Note, Wishes
from incidentd.domain.imported_reviews import ImportedReview, read_review
from incidentd.domain.incidents import Incident, Status
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.review_steps import Step
from incidentd.domain.reviews import State
from incidentd.services.errors import Conflict, Invalid
from incidentd.services.existing_reviews import existing_review
from incidentd.services.incident_views import existing
from incidentd.storage import imported_reviews, incidents, reviews
from incidentd.storage.imported_reviews import ImportedFile
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import library_import as wire_import

IMPORTED = "imported"
"""What stands for the process of an incident that no process of this daemon has seen."""
_TIME_TO_SORT = timedelta(days=30)  # for an open action of which the file says no day
_MOST_LINES = 400  # of a diff
_RECORDS = ("factor", "learning")


class ReviewImports:
    """Implements `library_contracts.ImportCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster

    async def take(self, body: wire_import.ImportReview, actor: str) -> wire_import.ImportedReview:
        """Import a file, or look what it would become. Raises `Invalid` with the line, and `Conflict`."""
        now, digest = self._store.clock.now(), hashlib.sha256(body.text.encode()).hexdigest()
        wishes = Wishes(severity=body.severity, category=body.category or "", actions=body.actions or "")
        before = await self._store.read(lambda conn: imported_reviews.find(conn, body.name, digest))
        said = msgspec.to_builtins(wishes)
        if before is not None and before.sha256 == digest and said in (before.wishes, msgspec.to_builtins(Wishes())):
            known = await self._store.read(lambda conn: existing(conn, before.incident_id))
            return _told(body, known.title, "unchanged", known.id)
        new = await _read(body.name, body.text, wishes, now)
        file = ImportedFile(incident_id=0, name=body.name, sha256=digest, text=body.text, wishes=said, at=now, by=actor)
        if before is None:
            return await self._create(body, new, file)
        old = await _read(before.name, before.text, msgspec.convert(before.wishes, Wishes), now)
        return await self._update(body, old, new, before, file)

    # ------------------------------------------------------------------ a new one
    async def _create(
        self, body: wire_import.ImportReview, new: ImportedReview, file: ImportedFile
    ) -> wire_import.ImportedReview:
        if body.dry_run:
            return _told(body, new.title, "created", None, new)

        def command(tx: Tx) -> wire_import.ImportedReview:
            if imported_reviews.find(tx.conn, file.name, file.sha256) is not None:
                raise _meanwhile(file.name)
            incident = incidents.create(tx, **_incident_values(new), declared_by=file.by)
            review = _review_values(new, self._process().review_name)
            name = {"imported_from": file.name, "started_by": file.by}
            imported_reviews.add_review(tx, incident_id=incident.id, **review, **name)
            imported_reviews.add(tx, msgspec.structs.replace(file, incident_id=incident.id))
            self._write(tx, incident.id, new, file)
            tx.emit("incident.imported", incident.subject, {"file": file.name, "again": False}, actor=file.by)
            return _told(body, new.title, "created", incident.id, new)

        return await self._store.write(command)

    def _write(self, tx: Tx, incident_id: int, new: ImportedReview, file: ImportedFile) -> None:
        """The records of `new`, and the text that they were read from."""
        team = self._team(new.service)
        at = {"incident_id": incident_id, "written_at": new.resolved_at}
        imported_reviews.add_rows(tx, "factor", (at | _factor_values(one, new) for one in new.factors))
        imported_reviews.add_rows(tx, "learning", (at | {"text": one.text, "author": ""} for one in new.learnings))
        rows = (self._action_values(one, new, team, tx.now.date()) for one in new.actions)
        imported_reviews.add_rows(tx, "action", ({"incident_id": incident_id} | row for row in rows))
        for entry in new.entries:
            data = {"text": entry.text, "kind": "note", "evidence": f"{file.name}:{entry.line}", "pinned": False}
            tx.emit("incident.note", f"incident:{incident_id}", data | {"observed_at": entry.at}, actor=file.by)
        imported_reviews.add_document(tx, incident_id, file.by, file.text)

    def _team(self, service: str) -> str:
        known = self._roster().services.get(service)
        return known.team if known is not None else ""

    def _action_values(self, one: NewAction, new: ImportedReview, team: str, today: date) -> dict[str, Any]:
        is_open = one.state == "open"
        usual = today + _TIME_TO_SORT if is_open else new.resolved_at.date()
        return {
            "text": one.text,
            "owner_team": one.owner if one.owner in self._roster().teams else team,
            "owner": "",
            "due_on": (one.due_on or usual).isoformat(),
            "factor_id": None,
            "worse": "",
            "state": one.state,
            "why": "",
            "created_at": new.resolved_at,
            "created_by": "",
            "ended_at": None if is_open else new.resolved_at,
            "ended_by": "",
            "issue": one.issue,
        }

    # ------------------------------------------------------------------ one that was here before
    async def _update(
        self,
        body: wire_import.ImportReview,
        old: ImportedReview,
        new: ImportedReview,
        before: ImportedFile,
        file: ImportedFile,
    ) -> wire_import.ImportedReview:
        fresh, gone = _without(new, old), _without(old, new)
        notes = list(_left_standing(gone))
        diff = _diff(before.text, file.text, file.name)
        if body.dry_run:
            told = _told(body, new.title, "updated", before.incident_id, fresh, notes=notes, diff=diff)
            return msgspec.structs.replace(told, withdrawn=len(gone.factors) + len(gone.learnings))

        def command(tx: Tx) -> wire_import.ImportedReview:
            incident = existing(tx.conn, before.incident_id, lock=True)
            held = imported_reviews.find(tx.conn, before.name, before.sha256)
            if held != before:
                raise _meanwhile(file.name)
            said = [*notes, *_prose_changed(tx, incident.id, old, new)]
            _facts_changed(tx, incident, old, new, file.by)
            withdrawn = 0
            for kind, text in _records(gone):
                if imported_reviews.withdraw(tx, kind, incident.id, text):
                    withdrawn += 1
                else:
                    said.append(
                        Note(0, f"a {kind} that the file has no more was worked on here and stays: {text[:60]!r}")
                    )
            self._write(tx, incident.id, fresh, file)
            imported_reviews.replace(tx, msgspec.structs.replace(file, incident_id=incident.id))
            tx.emit("incident.imported", incident.subject, {"file": file.name, "again": True}, actor=file.by)
            told = _told(body, new.title, "updated", incident.id, fresh, notes=said, diff=diff)
            return msgspec.structs.replace(told, withdrawn=withdrawn)

        return await self._store.write(command)


async def _read(name: str, text: str, wishes: Wishes, now: datetime) -> ImportedReview:
    """Parse beside the event loop, for a large file takes a while. Raises `Invalid`."""
    try:
        return await asyncio.to_thread(read_review, name, text, wishes, now)
    except BadDocument as error:
        where = f"line {error.line}: " if error.line else ""
        raise Invalid(f"{where}{error.text}", field="text", remedy=error.remedy) from None


def _meanwhile(name: str) -> Conflict:
    return Conflict(f"{name} was imported meanwhile", field="name", remedy="import it again")


def _incident_values(new: ImportedReview) -> dict[str, Any]:
    return _facts(new) | {
        "summary": new.sections.get("summary", "")[:20_000],
        "status": Status.CLOSED,
        "many_stakeholders": False,
        "declared_at": new.started_at,
        "mitigated_at": None,
        "closed_at": new.resolved_at,
        "next_update_at": None,
        "process_version": IMPORTED,
    }


def _facts(new: ImportedReview) -> dict[str, Any]:
    return {name: getattr(new, name) for name in ("title", "severity", "service", "started_at", "resolved_at")}


def _review_values(new: ImportedReview, review_name: str) -> dict[str, Any]:
    held = new.resolved_at  # nothing says when it was held; it was not before
    return {
        "state": State.PUBLISHED, "solo": False, "started_at": held, "facilitator": "",
        "step": Step.CLOSING, "step_started_at": held, "walked": True, "revealed_at": held, "finished_at": held,
        "published_at": held, "sections": dict(new.sections), "process_version": IMPORTED, "review_name": review_name,
    }  # fmt: skip


def _factor_values(one: NewFactor, new: ImportedReview) -> dict[str, Any]:
    named = {"text": one.text, "category": one.category, "role": one.role, "contexts": list(one.contexts)}
    return named | {"evidence": [], "author": "", "edited_at": new.resolved_at}


# ------------------------------------------------------------------ what differs
def _without(one: ImportedReview, other: ImportedReview) -> ImportedReview:
    """`one` with the records only that `other` does not have."""

    def left(name: str, *parts: str) -> tuple[Any, ...]:
        known = {tuple(getattr(row, part) for part in parts) for row in getattr(other, name)}
        return tuple(row for row in getattr(one, name) if tuple(getattr(row, part) for part in parts) not in known)

    return msgspec.structs.replace(
        one,
        entries=left("entries", "at", "text"),
        factors=left("factors", "text", "category", "role"),
        learnings=left("learnings", "text"),
        actions=left("actions", "text"),
    )


def _records(gone: ImportedReview) -> Iterator[tuple[str, str]]:
    found: Mapping[str, tuple[NewFactor | NewLearning, ...]] = {"factor": gone.factors, "learning": gone.learnings}
    return ((kind, one.text) for kind in _RECORDS for one in found[kind])


def _left_standing(gone: ImportedReview) -> Iterator[Note]:
    """What the file has no more, and what cannot be taken back from the log, or is tracked here by now."""
    if gone.entries:
        yield Note(
            0, f"{len(gone.entries)} entries that the file has no more stay in the timeline: it is only added to"
        )
    for action in gone.actions:
        yield Note(0, f"an action that the file has no more stays: {action.text[:60]!r}")


def _prose_changed(tx: Tx, incident_id: int, old: ImportedReview, new: ImportedReview) -> Iterator[Note]:
    """Bring the sections in line, except those that were edited here."""
    review = existing_review(tx.conn, incident_id, lock=True)
    kept = dict(review.sections)
    for name in dict.fromkeys((*old.sections, *new.sections)):
        before, after = old.sections.get(name, ""), new.sections.get(name, "")
        if before == after:
            continue
        if kept.get(name, "") != before:
            yield Note(0, f"the section {name} was edited here and stays as it is")
        elif after:
            kept[name] = after
        else:
            kept.pop(name, None)
    if kept != review.sections:
        reviews.change(tx, review, sections=kept)


def _facts_changed(tx: Tx, incident: Incident, old: ImportedReview, new: ImportedReview, actor: str) -> None:
    """Bring title, severity, service and times in line, where the file changed them."""
    before, after = _facts(old), _facts(new)
    changes = {name: value for name, value in after.items() if value != before[name]}
    changes = {name: value for name, value in changes.items() if getattr(incident, name) != value}
    if changes:
        told = {name: {"from": str(getattr(incident, name)), "to": str(value)} for name, value in changes.items()}
        tx.emit("incident.edited", incident.subject, {"changes": told}, actor=actor)
        incidents.change(tx, incident, **changes)


def _diff(before: str, after: str, name: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{name} (as imported)", name, lineterm="", n=2
    )
    shown = list(itertools.islice(lines, _MOST_LINES + 1))
    return "\n".join([*shown[:_MOST_LINES], *(["... and more"] if len(shown) > _MOST_LINES else [])])


def _told(
    body: wire_import.ImportReview,
    title: str,
    outcome: str,
    incident_id: int | None,
    fresh: ImportedReview | None = None,
    *,
    notes: Sequence[Note] = (),
    diff: str = "",
) -> wire_import.ImportedReview:
    def count(name: str) -> int:
        return 0 if fresh is None else len(getattr(fresh, name))

    said = [*(fresh.notes if fresh is not None else ()), *notes]
    return wire_import.ImportedReview(
        name=body.name,
        outcome=outcome,  # type: ignore[arg-type]  # one of the three, by who calls
        dry_run=body.dry_run,
        incident_id=incident_id,
        title=title,
        factors=count("factors"),
        learnings=count("learnings"),
        actions=count("actions"),
        entries=count("entries"),
        withdrawn=0,
        notes=tuple(wire_import.ImportNote(line=one.line, text=one.text) for one in said),
        diff=diff,
    )
