"""Silences on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from incidentd import wire


class Silence(wire.Frozen, frozen=True):
    """Alerts that fulfil every matcher are not told about from `starts_at` until before `ends_at`."""

    id: str  # a UUID
    name: str  # S- and the beginning of the id
    status: str  # pending | active | expired
    matchers: tuple[str, ...]  # name="value", and the other operators
    starts_at: wire.Instant
    ends_at: wire.Instant
    created_by: str
    comment: str
    annotations: Mapping[str, str]
    updated_at: wire.Instant
    rule: int | None = None  # of the recurring rule that it is an occurrence of


class SilenceList(wire.Frozen, frozen=True):
    silences: tuple[Silence, ...]  # the next to end first


Matchers = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=4000)], ...], Meta(min_length=1, max_length=64)]


class SetSilence(wire.Request, frozen=True):
    """A new silence, or with `id` a change of one; what cannot be changed in place gets a new id."""

    matchers: Matchers  # NAME=VALUE, also !=, =~ and !~
    ends_at: wire.Instant
    comment: Annotated[str, Meta(min_length=1, max_length=4000, pattern=r"\S")]  # why, for the others
    id: Annotated[str, Meta(max_length=64)] = ""
    starts_at: wire.Instant | None = None  # default: now, or as it was
    annotations: Mapping[str, str] = {}


class PreviewSilence(wire.Request, frozen=True):
    matchers: Matchers


class SilencePreview(wire.Frozen, frozen=True):
    """The firing alerts that a silence would hide."""

    alerts: tuple[wire.Alert, ...]  # the oldest hundred
    total: int
