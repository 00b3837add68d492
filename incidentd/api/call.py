"""One checked request, as a handler gets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from incidentd import wire
from incidentd.api.bodies import Empty
from incidentd.api.identity import Caller
from incidentd.api.queries import Query

B = TypeVar("B", bound=wire.Request)
Q = TypeVar("Q", bound=Query)


@dataclass(frozen=True, kw_only=True, slots=True)
class Call(Generic[B, Q]):
    """`ids` and `names` are the numbers and texts of the path; `if_version` is None when any version will do."""

    caller: Caller
    body: B
    query: Q
    ids: Mapping[str, int]
    names: Mapping[str, str]
    if_version: int | None = None

    @property
    def actor(self) -> str:
        return self.caller.actor

    @property
    def id(self) -> int:
        """The object the path names."""
        return self.ids["id"]


class Document(msgspec.Struct, frozen=True):
    """An answer that is no JSON."""

    media_type: str
    body: bytes
    file_name: str = ""  # under which a client saves it


Read = Call[Empty, Query]
"""A request without parameters of its own."""
