"""Two processes compared: what one says otherwise, and what it would have changed of what is on record."""

from __future__ import annotations

import msgspec

from incidentd.wire.base import Frozen, Instant, Request, RowId
from incidentd.wire.process_versions import Files
from incidentd.wire.replay import EditedFile, Fault
from incidentd.wire.severity import MatrixReplay


class ProcessSide(Request, frozen=True):
    """One of the two: a version by its `number`, a `file` with the `files` that it names, the daemon's own process.toml
    as it was read last (`from_file`); nothing of that is what is in force.
    """

    number: RowId | None = None
    file: EditedFile | None = None
    files: Files = msgspec.field(default_factory=dict)
    from_file: bool = False


class CompareProcesses(Request, frozen=True):
    """What `after` changes of `before`; by default of what is in force."""

    after: ProcessSide
    before: ProcessSide = ProcessSide()


class KeyDifference(Frozen, frozen=True):
    """One key that says otherwise, in words. The lines are those of a file that was sent, 0 where there is none."""

    key: str  # updates.SEV2.identified; items of a list by their names
    label: str  # cadence SEV2 identified
    kind: str  # added | removed | changed | order
    before: str
    after: str
    line_before: int
    line_after: int


class MovedPromise(Frozen, frozen=True):
    """A promise of an update that would have turned, with the time that it would have been for."""

    incident_id: int
    made_at: Instant
    promised_before: Instant
    promised_after: Instant
    told_at: Instant | None
    missed: bool  # it was kept, and would have been missed; else the other way round


class ReplayedPromises(Frozen, frozen=True):
    """Promises in the severities and phases whose cadence differs. `by_hand` had another time than the cadence asks for
    and are not among the `n`. `limit` says how far this can be relied on.
    """

    n: int
    by_hand: int
    kept_before: int
    kept_after: int
    moved: tuple[MovedPromise, ...]  # the newest incidents first, at most 200
    incidents: int  # that were looked at
    limit: str


class ReplayedWindows(Frozen, frozen=True):
    """Review windows of the resolved incidents. `turned` are those whose review is late under one of both only."""

    n: int
    needed_before: int
    needed_after: int
    closes_earlier: int
    closes_later: int
    late_before: int
    late_after: int
    turned: tuple[int, ...]  # at most 200
    limit: str


class ProcessComparison(Frozen, frozen=True):
    """Where a part is null, nothing that it depends on differs. `pages`: something differs that may change who is
    paged; POST /v1/replays lives through it. With `faults` a side cannot be read, and there is nothing else.
    """

    faults: tuple[Fault, ...]
    before: str = ""  # V-3, or the name of a file
    after: str = ""
    same: bool = False
    differences: tuple[KeyDifference, ...] = ()
    severities: MatrixReplay | None = None
    updates: ReplayedPromises | None = None
    reviews: ReplayedWindows | None = None
    pages: bool = False
