"""What an alert source hands in: one `Signal` for each thing it says about one alert."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from datetime import datetime

import msgspec


class SignalKind(enum.StrEnum):
    """What the sender says about the alert."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Signal(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One statement of a source about one alert.

    `key` identifies the alert within its source instance (at most 512 characters). `starts_at` and `ends_at` are
    the sender's own times, None where it gave none. A firing signal whose `ends_at` lies ahead expires then unless
    it is sent again (Alertmanager's rule); without `ends_at` it fires until it is resolved.

    `in_order` says that this sender never lets a resolve overtake what it said before: its firing signal is meant, even
    one that has the start of an episode which was resolved. Without it such a signal counts as overtaken for a while.
    Its resolve is meant too, even one that has an end before the start: two clocks told the times.
    """

    key: str
    kind: SignalKind
    labels: Mapping[str, str]
    annotations: Mapping[str, str] = {}
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    generator_url: str = ""
    in_order: bool = False


def label_fingerprint(labels: Mapping[str, str]) -> str:
    """32 hex digits that depend on the label names and values only, not on their order."""
    # Lengths, not separators: a value may hold any character.
    canonical = "".join([f"{len(name)},{len(value)};{name}{value}" for name, value in sorted(labels.items())])
    return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()
