"""Replays: an edited configuration is checked, then lived through by a process that cannot harm the daemon."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path

import msgspec
import structlog

from incidentd.clock import Clock
from incidentd.configuration.documents import Document
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import read_process
from incidentd.configuration.roster_file import read_roster
from incidentd.domain.file_faults import Fault
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.replay_jobs import Job, Line
from incidentd.wire import replay as wire_replay

LONGEST = timedelta(days=31)
"""The longest time that one replay covers."""
SECONDS = 300.0
"""How long one may take before it is ended."""
KEPT = 4
_LONGEST_LINE = 64 * 2**20
log = structlog.get_logger("incidentd.replays")


class Replays:
    """Implements `contracts.ReplayCalls`. One runs at a time; the last `KEPT` can be read until the daemon ends."""

    def __init__(
        self,
        clock: Clock,
        *,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        notifiers: Callable[[], Collection[str]],
        database_url: Callable[[], str],
    ) -> None:
        self._clock = clock
        self._process = process
        self._roster = roster
        self._notifiers = notifiers
        self._database_url = database_url
        self._known: dict[int, wire_replay.Replay] = {}
        self._task: asyncio.Task[None] | None = None
        self._last = 0

    async def start(self, body: wire_replay.StartReplay) -> wire_replay.Replay:
        """Begin. Raises `Invalid`, and `Conflict` while another one runs."""
        until = body.until or self._clock.now()
        if not body.since < until <= self._clock.now():
            raise Invalid("the time must begin before it ends, and end by now", field="since")
        if until - body.since > LONGEST:
            raise Invalid(f"at most {LONGEST.days} days can be replayed at once", field="since")
        running = next((one for one in self._known.values() if one.state == "running"), None)
        if running is not None:
            raise Conflict(f"replay {running.id} is running", current=running, remedy="wait until it has ended")
        self._last += 1
        try:
            roster, process = self._edited(body)
            before = self._process() if body.against is None else read_process(_document(body.against), None)
        except ConfigurationError as error:
            faults = tuple(
                wire_replay.Fault(file=one.file, line=one.line, key=one.key, what=one.what, remedy=one.remedy)
                for one in error.faults
            )
            return self._keep(self._fresh("refused", faults))
        job = Job(
            database_url=self._database_url(),
            since=body.since,
            until=until,
            process=before,
            roster=self._roster(),
            new_process=process,
            new_roster=roster,
            explain=body.explain,
        )
        begun = self._keep(self._fresh("running"))
        self._task = asyncio.create_task(self._run(begun.id, job), name=f"replay-{begun.id}")
        return begun

    async def get(self, replay_id: int) -> wire_replay.Replay:
        """How far it is, and its report. Raises `NotFound`."""
        if replay_id not in self._known:
            raise NotFound("there is no such replay", remedy="start it again: the daemon keeps the last few only")
        return self._known[replay_id]

    async def cancel(self, replay_id: int) -> wire_replay.Replay:
        """End it. Raises `NotFound`."""
        found = await self.get(replay_id)
        if found.state == "running":
            await self.close()
        return self._known[replay_id]

    async def close(self) -> None:
        """End what runs."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for one in list(self._known.values()):
            if one.state == "running":  # it was ended before it had begun
                self._known[one.id] = msgspec.structs.replace(one, state="cancelled")

    def _fresh(self, state: str, faults: tuple[wire_replay.Fault, ...] = ()) -> wire_replay.Replay:
        return wire_replay.Replay(id=self._last, state=state, progress=0.0, detail="", faults=faults, report=None)

    def _keep(self, replay: wire_replay.Replay) -> wire_replay.Replay:
        self._known[replay.id] = replay
        for old in sorted(self._known)[:-KEPT]:
            del self._known[old]
        return replay

    def _edited(self, body: wire_replay.StartReplay) -> tuple[Roster, Process]:
        """The configuration with the edited files in place of those in force. Raises `ConfigurationError`."""
        faults: list[Fault] = []
        roster, process = self._roster(), self._process()
        try:
            if body.roster is not None:
                roster = read_roster(_document(body.roster), set(self._notifiers()))
        except ConfigurationError as error:
            faults += error.faults
        try:
            if body.process is not None:
                # a broken roster must not make every policy that the process names look unknown
                process = read_process(_document(body.process), None if faults else roster.policies)
        except ConfigurationError as error:
            faults += error.faults
        if faults:
            raise ConfigurationError(faults)
        return roster, process

    # ------------------------------------------------------------------ the process
    async def _run(self, replay_id: int, job: Job) -> None:
        outcome: dict[str, object] = {"state": "cancelled"}
        try:
            async with asyncio.timeout(SECONDS):
                line = await self._last_line(replay_id, job)
            if line.report is not None:
                outcome = {"state": "done", "progress": 1.0, "report": line.report}
            else:
                outcome = {"state": "failed", "detail": line.failed or "the replay ended early: its log says more"}
        except TimeoutError:
            outcome = {"state": "failed", "detail": f"it took longer than {SECONDS:g} s: choose a shorter time"}
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            outcome = {"state": "failed", "detail": f"the replay's process failed: {type(error).__name__}"}
        finally:
            self._known[replay_id] = msgspec.structs.replace(self._known[replay_id], **outcome)
            log.info("replayed", replay=replay_id, state=outcome["state"])

    async def _last_line(self, replay_id: int, job: Job) -> Line:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "incidentd.replay",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={},  # it needs none, and the daemon's may hold secrets
            limit=_LONGEST_LINE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(msgspec.json.encode(job))
            process.stdin.write_eof()
            line = Line()
            async for text in process.stdout:
                line = msgspec.json.decode(text, type=Line)
                self._known[replay_id] = msgspec.structs.replace(self._known[replay_id], progress=line.progress)
            return line
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


def _document(file: wire_replay.EditedFile) -> Document:
    return Document(Path(file.name), file.text)
