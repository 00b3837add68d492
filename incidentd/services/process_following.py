"""How a node takes up the process that is in force: that of process.toml, until people have adopted a version."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import PROCESS_FILE
from incidentd.configuration.process_sources import known_as, read_source
from incidentd.domain.alarm_kinds import alarms
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.process_versions import How, Source, State
from incidentd.services.process_in_force import InForce
from incidentd.storage import process_versions
from incidentd.storage.process_versions import VersionRow
from incidentd.storage.store import Store
from incidentd.storage.tx import SYSTEM, Tx

_ODD = "configuration-odd"


class Configured(Protocol):
    """What the files say besides."""

    @property
    def problems(self) -> tuple[str, ...]: ...
    @property
    def stood_in(self) -> tuple[OwnAlarm, ...]: ...
    @property
    def roster(self) -> Roster: ...
    def problems_of(self, process: Process) -> tuple[str, ...]: ...


async def _nothing() -> None:
    """What follows a change of the process where nobody has said."""


class ProcessFollowing:
    """`source` is process.toml as it is written, None where there is no such file to speak of (a test, a replay): then
    nothing is recorded until somebody proposes or adopts.

    `after_change` is awaited when another process is in force than before, `keep` with each version that is taken up.
    """

    def __init__(self, store: Store, in_force: InForce, source: Callable[[], Source | None]) -> None:
        self._store = store
        self._in_force = in_force
        self._source = source
        self._current: VersionRow | None = None
        self._elsewhere = ""  # the version that another node's file has put in force
        self._unreadable = ""
        self._refused: tuple[int, How] | None = None  # the version that is unreadable
        self._judged: tuple[int, Roster, list[str]] | None = None
        self.after_change: Callable[[], Awaitable[None]] = _nothing
        self.keep: Callable[[VersionRow], Awaitable[None]] | None = None

    @property
    def current(self) -> VersionRow | None:
        """The version that is in force here, None while none was recorded."""
        return self._current

    @property
    def adopted(self) -> VersionRow | None:
        """The version that people have adopted; None while process.toml rules."""
        return self._current if self._current is not None and self._current.how is How.ADOPTED else None

    @property
    def name(self) -> str:
        """V-3, "" while none was recorded."""
        return "" if self._current is None else self._current.name

    @property
    def process(self) -> Process:
        """What is in force here."""
        return self._in_force()

    def source(self) -> Source | None:
        """process.toml as it was read last."""
        return self._source()

    def of_file(self) -> Process:
        """What process.toml means."""
        return self._in_force.of_file()

    def file_means(self, row: VersionRow) -> bool:
        """Whether process.toml says what `row` does."""
        source = self._source()
        if source is None:
            return False
        words = (source.text, source.files) == (row.document, row.files)
        return words or self.of_file().version == row.process_version

    # ------------------------------------------------------------------ taking up
    async def follow(self) -> None:
        """After a start or a reload: record what process.toml says, unless people have adopted a version."""
        await self._take(await self._store.write(self._recorded))

    def _recorded(self, tx: Tx) -> VersionRow | None:
        process_versions.one_at_a_time(tx)
        now, source = process_versions.in_force(tx.conn), self._source()
        if source is None or (now is not None and now.how is How.ADOPTED):
            return now
        process = self.of_file()
        found = process_versions.same(tx.conn, process.version, source)
        if found is None:
            found = process_versions.add(
                tx, process.version, source, state=State.SUPERSEDED, how=How.FILE, proposed_by=SYSTEM
            )
        said = {"reason": source.reason or found.reason, "explanations": {**found.explanations, **source.because}}
        if now is None or found.id != now.id:
            return put_in_force(tx, found, How.FILE, by=SYSTEM, note=source.reason, was=now, **said)
        if any(getattr(now, name) != value for name, value in said.items()):
            return process_versions.change(tx, now, **said)
        return now

    async def look(self) -> float | None:
        """Take up what another node has put in force. The work of a loop."""
        mark = None if self._current is None else (self._current.id, self._current.how)
        seen = await self._store.read(process_versions.mark)
        self._elsewhere = ""
        if seen is None or seen in (mark, self._refused):
            return None
        number, how = seen
        if how is How.ADOPTED or self.adopted is not None:
            await self.follow()
            await self.after_change()
        elif mark is not None:
            self._elsewhere = f"V-{number}"
        return None

    async def take(self, row: VersionRow, process: Process) -> None:
        """Let `row`, which means `process`, be in force here from now on."""
        await self._take(row, process)
        await self.after_change()

    async def _take(self, row: VersionRow | None, process: Process | None = None) -> None:
        if row is None:
            return
        if row.how is How.FILE:
            if self._source() is None:
                return
            self._in_force.follow(row.process_version)
        elif self._current is None or (self._current.id, self._current.how) != (row.id, row.how):
            process = process or await self._read(row)
            if process is None:
                return
            self._in_force.adopt(known_as(process, row.process_version))
        self._current, self._unreadable, self._refused = row, "", None
        if self.keep is not None:
            await self.keep(row)

    async def _read(self, row: VersionRow) -> Process | None:
        """What was adopted, whatever the roster has by now; None when this incidentd no longer understands it."""
        try:
            return await asyncio.to_thread(read_source, row.source, None, name=place(row))
        except ConfigurationError as error:
            self._refused = (row.id, row.how)
            self._unreadable = (
                f"the adopted {row.name} cannot be read by this incidentd, which works by {PROCESS_FILE} instead:"
                f" {error.faults[0]}"
            )
            return None

    # ------------------------------------------------------------------ what is odd
    def all_problems(self, configured: Configured) -> list[OwnAlarm]:
        """Of what is configured, with the adopted process in place of the one that process.toml has."""
        if self.adopted is None:
            return [*alarms(_ODD, configured.problems), *self.problems()]
        roster, odd = configured.roster, configured.problems_of(self.process)
        return [*alarms(_ODD, (*roster.problems, *self.misfits(roster), *odd)), *self.problems()]

    def misfits(self, roster: Roster) -> list[str]:
        """What the adopted version names that the roster no longer has; it is in force all the same."""
        adopted = self.adopted
        if adopted is None:
            return []
        if self._judged is None or self._judged[0] != adopted.id or self._judged[1] is not roster:
            self._judged = (adopted.id, roster, _misfits(adopted, roster))
        return self._judged[2]

    def problems(self) -> list[OwnAlarm]:
        """What people should know of: a file that nobody follows, or nodes that follow different ones."""
        source, adopted = self._source(), self.adopted
        if self._unreadable:
            return [OwnAlarm("process-unreadable", self._unreadable)]
        if adopted is not None and source is not None and source.text and not self.file_means(adopted):
            said = (
                f"{PROCESS_FILE} says something else than the adopted {adopted.name}: `incidentctl process diff`"
                " shows it, `incidentctl process adopt --from-file` puts it in force"
            )
            return [OwnAlarm("process-file-unused", said)]
        if self._elsewhere and self._current is not None:
            said = (
                f"another node works by {self._elsewhere} of its own {PROCESS_FILE}, this one by {self._current.name}:"
                " let both files say the same, or adopt a version"
            )
            return [OwnAlarm("process-differs", said)]
        return []


def _misfits(row: VersionRow, roster: Roster) -> list[str]:
    try:
        read_source(row.source, roster.policies, name=place(row))
    except ConfigurationError as error:
        return [str(fault) for fault in error.faults]
    return []


def place(row: VersionRow) -> str:
    """How faults name the text of a version."""
    return f"{row.name}/{PROCESS_FILE}"


def put_in_force(
    tx: Tx, row: VersionRow, how: How, *, by: str, note: str, was: VersionRow | None, **values: object
) -> VersionRow:
    """Let `row` be the one in force, in place of `was`."""
    if was is not None and was.id != row.id:
        process_versions.change(tx, was, state=State.SUPERSEDED)
    decided = {"state": State.ADOPTED, "how": how, "decided_by": by, "decided_at": tx.now, "note": note}
    changed = process_versions.change(tx, row, **decided | values)
    data = {
        "name": row.name,
        "process_version": row.process_version,
        "how": how,
        "reason": note,
        "previous": was.name if was is not None and was.id != row.id else "",
    }
    tx.emit(process_versions.ADOPTED, row.subject, data, actor=by)
    return changed
