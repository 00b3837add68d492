"""The keys that sign links: when they were exchanged, and until when older ones hold; never a key itself."""

from __future__ import annotations

from incidentd.wire.base import Frozen, Instant, Request


class OldSigningKey(Frozen, frozen=True):
    """A key that signs nothing more. What it signed holds until then."""

    replaced_at: Instant
    links_until: Instant  # links of messages
    addresses_until: Instant  # of calendars, and the way out in letters to subscribers


class SigningKeys(Frozen, frozen=True):
    """`since`: when the key in use was made; None for the first one. `before`: those whose signatures still hold."""

    since: Instant | None
    before: tuple[OldSigningKey, ...]


class RotateKeys(Request, frozen=True):
    """`at_once`: what older keys signed is void from now on. For a key that got out."""

    at_once: bool = False
