"""What the verbs of every topic stand on: the incident of the room, and the row under the cursor of its panel."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

from incidentd import wire
from incidentd.wire import incidents as wire_incidents
from incidentd_tui.forms.base import Form
from incidentd_tui.screens.base import VerbScreen
from incidentd_tui.widgets.virtual_list import VirtualList


class RoomPart(VerbScreen):
    """The verbs of one topic derive from this; `RoomScreen` has the frame, the loading and the notes."""

    incident_id: int
    detail: wire_incidents.IncidentDetail | None
    writing = ""
    """What the dialog on top of the room is about."""

    @property
    def incident(self) -> wire.Incident | None:
        """The incident as it stands, None before it was loaded."""
        return self.model.incidents.get(self.incident_id)

    @property
    def panel(self) -> VirtualList:
        return self.query_one("#panel", VirtualList)

    def row_under_cursor(self) -> tuple[str, int]:
        """Section and number of the panel's row, ("", -1) while the cursor is in the timeline."""
        key = self.panel.cursor if self.panel.has_focus else None
        return cast("tuple[str, int]", key) if key is not None else ("", -1)

    def open_form(self, make: Callable[..., Form], writing: str = "", values: Mapping[str, str] | None = None) -> None:
        """The dialog that `make` makes of the incident, filled in with `values`.

        Others see that its user is `writing`, by default what the dialog's title begins with.
        """
        if self.incident is None:
            self.tui.say("the incident is not loaded yet", "warning")
            return
        form = make(self.tui, self.incident)
        form.fill_in(values or {})
        self.writing = writing or re.split(r" (?:of|on|in) |INC-", form.plan.title)[0].strip().lower()
        self.app.push_screen(form)
