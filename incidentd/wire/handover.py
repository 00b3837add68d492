"""Handovers on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from incidentd import wire

Surprises = Annotated[str, Meta(max_length=20_000)]


class HandoverItem(wire.Frozen, frozen=True):
    subject: str  # what it is about: incident:3, page:7, alert:12, silence:<uuid> ..., "" for nothing of these
    text: str
    at: wire.Instant | None = None


class HandoverSection(wire.Frozen, frozen=True):
    kind: str  # incidents | pages | promised | carried | flapping | new | seen | silences | maintenance ...
    title: str
    items: tuple[HandoverItem, ...]
    more: int = 0  # that `items` leaves out


class Handover(wire.Frozen, frozen=True):
    """One duty block and how it ends. `sections` are those of now, and once it is sent those of then."""

    id: int
    name: str  # H-3
    schedule: str
    person: str  # whose block it is
    starts_at: wire.Instant
    ends_at: wire.Instant  # while it runs: when it is expected to end
    next_person: str  # "" while nobody follows
    next_starts_at: wire.Instant | None
    form: str  # short | full
    state: str  # running | draft | sent | accepted | lapsed
    surprises: str  # what surprised who leaves, in their words
    sections: tuple[HandoverSection, ...]
    finished_by: str  # "" while nobody has said that it is complete
    sent_at: wire.Instant | None
    accepted_by: str
    accepted_at: wire.Instant | None
    accepted_via: str  # api | link
    version: int
    process_version: str = ""  # in force when the block began


class HandoverList(wire.Frozen, frozen=True):
    handovers: tuple[Handover, ...]


class EditHandover(wire.Request, frozen=True):
    """Keep the words of who leaves: from the beginning of the block until it is accepted."""

    surprises: Surprises


class SendHandover(wire.Request, frozen=True):
    """Say that it is complete: it goes out now, or at the end of a block that still runs. None leaves the words."""

    surprises: Surprises | None = None
