"""Replays on the wire: what an edited configuration would have done; the rules of `wire` hold here too."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from incidentd import wire


class EditedFile(wire.Request, frozen=True):
    """The text of a configuration file, and the name that faults are told with."""

    name: Annotated[str, Meta(min_length=1, max_length=250)]
    text: Annotated[str, Meta(max_length=400_000)]


class StartReplay(wire.Request, frozen=True):
    """Live through the recorded time twice; a file that is not given is the one in force."""

    since: wire.Instant
    until: wire.Instant | None = None  # default: now
    process: EditedFile | None = None
    against: EditedFile | None = None  # a process file to compare with, instead of what is in force
    roster: EditedFile | None = None
    explain: Annotated[str, Meta(max_length=20)] = ""  # an `id` of a change: both traces of its alerts come along


class Fault(wire.Frozen, frozen=True):
    """What is wrong with an edited file. `line` is 0 where none can be named."""

    file: str
    line: int
    key: str
    what: str
    remedy: str


class Written(wire.Frozen, frozen=True):
    """A person a page wrote to, when first, and by what."""

    person: str
    at: wire.Instant
    notifiers: tuple[str, ...]
    step: int


class ReplayedPage(wire.Frozen, frozen=True):
    """A page as one side of a replay has it; `people` in the order in which they were written to."""

    title: str
    started_at: wire.Instant
    route: str
    service: str
    policy: str
    urgency: str
    state: str
    acknowledged_by: str
    people: tuple[Written, ...]


class Difference(wire.Frozen, frozen=True):
    """`what` is people, time, policy, service, urgency or notifier."""

    what: str
    before: str
    after: str


class PageChange(wire.Frozen, frozen=True):
    """A page that differs. `id` is the P-12 of the page that was really sent, else it exists in the replay only."""

    id: str
    kind: str  # sent | dropped | moved
    alert_ids: tuple[int, ...]
    before: ReplayedPage | None
    after: ReplayedPage | None
    differences: tuple[Difference, ...]
    reason: str  # why the side that has no page has none


class Explained(wire.Frozen, frozen=True):
    """The two traces of one alert; group numbers are those of the replay."""

    alert_id: int
    before: tuple[wire.TraceStep, ...]
    before_verdict: str
    after: tuple[wire.TraceStep, ...]
    after_verdict: str


class PersonCount(wire.Frozen, frozen=True):
    """How many pages wrote to a person on either side."""

    person: str
    before: int
    after: int


class Fidelity(wire.Frozen, frozen=True):
    """How the configuration in force, replayed, compares with what really happened."""

    recorded: int  # pages that really began in the time
    replayed: int
    alike: int  # the same alerts, the same people within two minutes
    differing: tuple[str, ...]  # in words, the first twenty


class ReplayReport(wire.Frozen, frozen=True):
    """What would have been different."""

    since: wire.Instant
    until: wire.Instant
    episodes: int  # alerts that began to fire, each time counted
    pages_before: int
    pages_after: int
    sent: int
    dropped: int
    moved: int
    same: int
    changes: tuple[PageChange, ...]  # the first five hundred, by time
    people: tuple[PersonCount, ...]
    fidelity: Fidelity
    explained: tuple[Explained, ...]
    notes: tuple[str, ...]  # where the replay cannot know better
    exact_since: wire.Instant | None  # from when on labels are known as they were; None: never in this time
    seconds: float


class Replay(wire.Frozen, frozen=True):
    """One replay. It lives in the daemon's memory only; the last few can be read."""

    id: int
    state: str  # refused | running | done | failed | cancelled
    progress: float  # 0 to 1
    detail: str  # what failed
    faults: tuple[Fault, ...]
    report: ReplayReport | None
