"""Who is called: paging somebody in, and the page under the cursor of the panel."""

from __future__ import annotations

from incidentd import wire
from incidentd_tui import vocabulary
from incidentd_tui.forms import paging
from incidentd_tui.forms.roles import sought, wanted
from incidentd_tui.screens.page_verbs import PAGE_VERBS, PageVerbs, why_no_ack
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (
    Verb("room.page", "P", "page", "Page somebody, or for a role", hint=False, writes=True),
    Verb("room.ack", "a", "ack", "Acknowledge the page under the cursor of the panel", hint=False, writes=True),
    *PAGE_VERBS,
)


class RoomPageVerbs(RoomPart, PageVerbs):
    def page_here(self) -> wire.Page | None:
        """The page under the cursor of the panel."""
        name, number = self.row_under_cursor()
        return self.model.pages.get(number) if name == "page" else None

    def no_page(self) -> str:
        return "go to a page of the panel first (tab)"

    def why_not(self, verb: Verb) -> str:
        if (reason := super().why_not(verb)) or verb.id != "room.ack":
            return reason
        page = self.page_here()
        reason = why_no_ack(self.model, page) if page is not None else self.no_page()
        return f"ack: {reason}" if reason else ""

    def do_ack(self) -> None:
        if (page := self.page_here()) is not None:
            paging.acknowledge(self.tui, page)

    def do_page(self) -> None:
        """Somebody, or for a role: the one under the cursor, else one that is wanted."""
        if self.detail is None:
            self.tui.say("the incident is not loaded yet", "warning")
            return
        roles = sought(self.detail)
        section, number = self.row_under_cursor()
        role = vocabulary.ROLES[number][0] if section == "role" and number >= 0 else wanted(self.detail)
        self.app.push_screen(
            paging.page_somebody(self.tui, self.incident, roles=roles, role=role if role in roles else "")
        )
