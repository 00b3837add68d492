"""What becomes of the incident beside its status: corrected times, a part split off, what it resembles."""

from __future__ import annotations

from functools import partial

from incidentd import wire
from incidentd.wire.life import Related
from incidentd_tui.forms import life as life_forms
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (
    Verb("room.correct", "C", "correct", "Correct a time: of this entry, or of the incident", hint=False, writes=True),
    Verb("room.split", "X", "split", "Split a part off as a new incident", hint=False, writes=True),
    Verb("room.resembles", "equals_sign", "resembles", "Which incident this one resembles", hint=False, writes=True),
)
_WRITTEN = ("note", "observation", "decision", "action")
"""Entries for which somebody said when it was observed."""
_PREFIXES = {"alert": "A-", "report": "R-"}


class LifeVerbs(RoomPart):
    def entry_here(self) -> wire.TimelineEntry | None:
        """The entry under the cursor; `ReadingVerbs` knows it."""
        raise NotImplementedError

    def do_correct(self) -> None:
        self.open_form(partial(life_forms.correct, entry=self._written_here()))

    def do_split(self) -> None:
        name, number = self.row_under_cursor()
        entry = self._written_here()
        part = f"{_PREFIXES[name]}{number}" if name in _PREFIXES else f"#{entry.seq}" if entry is not None else ""
        self.open_form(partial(life_forms.split, part=part))

    def do_resembles(self) -> None:
        """What is offered first stands in the form; the row under the cursor goes before it."""
        offered = [one for one in (self.detail.related if self.detail else ()) if one.kind == "recurrence"]
        other = self._other_here() or next(iter(offered), None)
        self.open_form(partial(life_forms.resembles, other=other.incident_id if other else None))

    def _written_here(self) -> wire.TimelineEntry | None:
        entry = self.entry_here()
        return entry if entry is not None and entry.kind in _WRITTEN else None

    def _other_here(self) -> Related | None:
        name, number = self.row_under_cursor()
        rows = self.detail.related if self.detail is not None and name == "other" else ()
        return rows[number] if 0 <= number < len(rows) else None
