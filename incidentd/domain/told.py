"""How an event is told: what a line of the timeline is made of, and a table of words for each topic.

The tables stand in modules of their own, `timeline_<topic>`; `timeline` knows them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from incidentd.wire import Event

_SHOWN_NAMES = 5


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader sees of an event; `kind` is a short word for the eye, `full` what only some want to read."""

    kind: str
    text: str
    detail: str = ""
    full: str = ""
    evidence: str = ""
    pinned: bool = False


class Told(msgspec.Struct, frozen=True):
    """An event, and the names of the alerts and pages that it may speak of, by subject ("alert:4")."""

    event: Event
    names: Mapping[str, str]

    @property
    def data(self) -> Mapping[str, Any]:
        return self.event.data

    @property
    def name(self) -> str:
        """What the event is about, as people call it."""
        return self.names.get(self.event.subject, "") or str(self.data.get("title") or self.data.get("name") or "")

    def named(self, alert_ids: Sequence[int]) -> str:
        """Alerts as a list of names."""
        shown = [self.names.get(f"alert:{one}") or f"A-{one}" for one in alert_ids[:_SHOWN_NAMES]]
        more = len(alert_ids) - len(shown)
        return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


Renderer = Callable[[Told], Line]


class Sentences(dict[str, Renderer]):
    """What a topic says of each kind of event."""

    def about(self, kind: str) -> Callable[[Renderer], Renderer]:
        """The function below tells what an event of this kind says."""

        def register(function: Renderer) -> Renderer:
            self[kind] = function
            return function

        return register


def words(name: str) -> str:
    """A name of the code as people read it."""
    return name.replace("_", " ")


def joined(*parts: str) -> str:
    """The parts that say something, one below the other."""
    return "\n".join(part for part in parts if part)
