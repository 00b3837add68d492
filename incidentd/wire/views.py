"""Saved views of the inbox on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd import wire

Base = Literal["waiting", "mine", "paging", "in_hand", "hidden", "all"]
"""What a view narrows: what nobody took, is mine, pages somebody, is in hand, is hidden, or everything that fires."""


class View(wire.Frozen, frozen=True):
    """A filter under a name."""

    id: int
    name: str
    base: str
    query: str  # words, and label matchers such as team=web
    shared: bool  # for everybody
    saved_by: str
    saved_at: wire.Instant


class Views(wire.Frozen, frozen=True):
    """The caller's own views and the shared ones, by name."""

    views: tuple[View, ...]
    opens: str  # what the caller's inbox begins with: "" | a base | view:ID
    pinned: bool  # chosen by the caller; else it is the last one that was used


class SaveView(wire.Request, frozen=True):
    """A new view, or the one of that name over its former self."""

    name: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"\S")]
    query: Annotated[str, Meta(max_length=2000)] = ""
    base: Base = "all"
    shared: bool = False


class OpenWith(wire.Request, frozen=True):
    opens: Annotated[str, Meta(max_length=40)]  # "" | a base | view:ID
    pinned: bool = False
