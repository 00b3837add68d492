"""Who is in the room of an incident, on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd.wire.base import Frozen, Instant, Request


class Present(Frozen, frozen=True):
    """`state` is writing, viewing or away; `what` is what they write or look at, `since` when they began."""

    person: str
    state: str
    what: str
    since: Instant


class Presence(Frozen, frozen=True):
    """Everybody who is there now. `version` changes with it, and means nothing else."""

    here: tuple[Present, ...]
    version: int


Doing = Literal["writing", "viewing", "away", "left"]


class BePresent(Request, frozen=True):
    """A heartbeat of one terminal; one that says nothing for 25 seconds is gone. `idle`: seconds without a key."""

    session: Annotated[str, Meta(min_length=1, max_length=64)]
    state: Doing = "viewing"
    what: Annotated[str, Meta(max_length=60)] = ""
    idle: Annotated[float, Meta(ge=0, le=7 * 86400)] = 0.0
