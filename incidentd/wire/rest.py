"""Rest after heavy shifts on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from incidentd import wire


class Rest(wire.Frozen, frozen=True):
    """What is offered to somebody whose shift was heavy: a late start, relief from the block, the next one skipped."""

    id: int
    person: str
    why: str  # sleep: paged in their sleep hours | many: more than two incidents in twelve hours
    first_at: wire.Instant
    last_at: wire.Instant
    count: int  # incidents, and pages that belong to none
    start_at: wire.Instant  # not before: eleven hours after the last call
    schedule: str  # whose pager they carry, "" for none
    block_ends_at: wire.Instant | None
    next_starts_at: wire.Instant | None  # their next block there
    next_ends_at: wire.Instant | None
    state: str  # offered | taken | declined | over
    late: bool  # they start late
    relief: str  # the request that asks for it, such as Q-3
    skip: str  # the request that asks for the next block to be taken
    text: str  # as a sentence
    at: wire.Instant
    version: int


class RestList(wire.Frozen, frozen=True):
    rests: tuple[Rest, ...]


class AnswerRest(wire.Request, frozen=True):
    """Take any of what is offered, now or later, or decline all of it."""

    late: bool = False
    relief: bool = False
    skip_next: bool = False
    decline: bool = False
