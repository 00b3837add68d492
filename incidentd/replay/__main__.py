"""`python -m incidentd.replay`: one replay as a process of its own, with bounds on its time and memory.

It reads a `Job` from standard input, and writes lines of JSON to standard output: the progress, and the outcome last.
It ends when nobody reads any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import sys
import time
from collections.abc import Callable

import msgspec
import structlog

from incidentd.replay.history import TooMuch, read_history
from incidentd.replay.report import Configured, compare
from incidentd.sealing import seal
from incidentd.services.replay_jobs import Job, Line
from incidentd.storage.engines import open_backend
from incidentd.wire.replay import ReplayReport

_MEMORY = 2 * 2**30  # bytes of address space
_CPU_SECONDS = 300
_NICENESS = 10
_SAY_EVERY = 0.2  # seconds


def _bound() -> None:
    """A replay must not starve the daemon. Where a sandbox forbids bounds, the daemon ends it by the clock."""
    for what, limit in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, _CPU_SECONDS)):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (limit, limit))
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)


def _write(line: Line) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


def _progress() -> Callable[[float], None]:
    said = 0.0

    def say(share: float) -> None:
        nonlocal said
        if time.monotonic() - said >= _SAY_EVERY:
            said = time.monotonic()
            _write(Line(progress=round(share, 3)))

    return say


async def _run(job: Job) -> ReplayReport:
    backend = open_backend(job.database_url)
    try:
        history = await backend.read(lambda conn: read_history(conn, job.since, job.until))
    finally:
        await backend.close()
    before = Configured(process=job.process, roster=job.roster)
    after = Configured(process=job.new_process, roster=job.new_roster)
    return await compare(history, before, after, job.explain, _progress())


def main() -> int:
    """The process."""
    _bound()
    seal()  # what it is given names the database
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # standard output is the answer
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    try:
        _write(Line(progress=1.0, report=asyncio.run(_run(job))))
    except TooMuch as error:
        _write(Line(failed=str(error)))
    except MemoryError:
        _write(Line(failed="the replay needs more memory than it may have: choose a shorter time"))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
