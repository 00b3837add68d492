"""Two processes compared, and what one would have changed: severities, promises of updates, and review windows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from incidentd.configuration.documents import Document
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_effective import effective
from incidentd.configuration.process_file import read_process
from incidentd.configuration.process_sources import document_of, read_source, read_text
from incidentd.domain import cadence_replay
from incidentd.domain.people import Roster
from incidentd.domain.process import DEFAULT_VERSION, Process
from incidentd.domain.process_diff import Change, differences, label, text_change
from incidentd.domain.process_versions import Source
from incidentd.services.errors import Invalid
from incidentd.services.process_following import ProcessFollowing, place
from incidentd.services.process_histories import replayed_promises, replayed_windows
from incidentd.services.process_versions import existing
from incidentd.services.severity_matrix import replayed
from incidentd.storage.process_versions import VersionRow
from incidentd.storage.store import Store
from incidentd.wire import process_comparison as wire_comparison
from incidentd.wire import replay as wire_replay

PAGING = frozenset({"route", "inhibit", "dependencies", "time_intervals", "limits", "maintenance"})
"""The tables of the process file that may change who is paged when."""
_WINDOWS = ("review_windows", "review_calendar", "review_calendars")


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of two processes. `document` has its lines only where `lined`: a file as somebody wrote it."""

    name: str
    process: Process
    source: Source
    document: Document
    lined: bool = False

    @property
    def meaning(self) -> str:
        """The hash of what it means, as this incidentd reckons it."""
        built_in = self.process.version == DEFAULT_VERSION
        return read_process(Document(self.document.file, ""), None).version if built_in else self.process.version


class ProcessComparisons:
    """Implements `process_contracts.ProcessComparisonCalls`."""

    def __init__(self, store: Store, following: ProcessFollowing, roster: Callable[[], Roster]) -> None:
        self._store = store
        self._following = following
        self._roster = roster

    async def compare(self, body: wire_comparison.CompareProcesses) -> wire_comparison.ProcessComparison:
        """What `after` changes. Faults of a file are in the answer. Raises `NotFound` and `Invalid`."""
        try:
            before, after = [await self._side(one) for one in (body.before, body.after)]
            changes = await asyncio.to_thread(compared, before, after)
        except ConfigurationError as error:
            faults = msgspec.convert(error.faults, tuple[wire_replay.Fault, ...], from_attributes=True)
            return wire_comparison.ProcessComparison(faults=faults)
        now, roster = self._store.clock.now(), self._roster()
        parts = await self._store.read(lambda conn: _history(conn, before.process, after.process, roster, now))
        return wire_comparison.ProcessComparison(
            faults=(),
            before=before.name,
            after=after.name,
            same=before.meaning == after.meaning,
            differences=tuple(_shown(one, before, after) for one in changes),
            pages=any(one.section in PAGING for one in changes),
            **parts,
        )

    async def _side(self, wanted: wire_comparison.ProcessSide) -> Side:
        if sum((wanted.number is not None, wanted.file is not None, wanted.from_file)) > 1:
            raise Invalid("say which process: one of number, file and from_file", field="file")
        if wanted.file is not None:
            file, policies = wanted.file, self._roster().policies
            process, source = await asyncio.to_thread(read_text, file.text, wanted.files, policies, file.name)
            document = await asyncio.to_thread(lambda: document_of(Source(text=file.text), file.name))
            return Side(name=file.name, process=process, source=source, document=document, lined=True)
        if wanted.number is not None:
            number = wanted.number
            return await self._of_row(await self._store.read(lambda conn: existing(conn, number)))
        if wanted.from_file or self._following.current is None:
            source = self._following.source() or Source(text="")
            process = self._following.of_file()
            return Side(name="process.toml", process=process, source=source, document=document_of(source))
        return await self._of_row(self._following.current)

    async def _of_row(self, row: VersionRow) -> Side:
        process = await asyncio.to_thread(read_source, row.source, None, name=place(row))
        return Side(name=row.name, process=process, source=row.source, document=document_of(row.source, place(row)))


def compared(before: Side, after: Side) -> tuple[Change, ...]:
    """The keys, then the files that they name. Raises `ConfigurationError`."""
    files = sorted({*before.source.files, *after.source.files})
    texts = (text_change(name, before.source.files.get(name), after.source.files.get(name)) for name in files)
    return (
        *differences(effective(before.document), effective(after.document)),
        *(one for one in texts if one is not None),
    )


def _shown(change: Change, before: Side, after: Side) -> wire_comparison.KeyDifference:
    return wire_comparison.KeyDifference(
        key=change.key,
        label=label(change.key),
        kind=change.kind,
        before=change.before,
        after=change.after,
        line_before=before.document.line(change.path_before) if before.lined else 0,
        line_after=after.document.line(change.path_after) if after.lined else 0,
    )


def _history(conn: Connection, before: Process, after: Process, roster: Roster, now: datetime) -> Mapping[str, Any]:
    """What is on record, under both."""
    found: dict[str, Any] = {}
    if before.matrix != after.matrix:
        found["severities"] = replayed(conn, before.matrix, after.matrix)
    if cadence_replay.changed_waits(before.cadence, after.cadence):
        found["updates"] = replayed_promises(conn, before, after, now)
    if any(getattr(before, name) != getattr(after, name) for name in _WINDOWS):
        found["reviews"] = replayed_windows(conn, before, after, roster, now)
    return found
