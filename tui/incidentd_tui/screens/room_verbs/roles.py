"""Who does what, and what each role sees to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from incidentd import wire
from incidentd_tui import vocabulary
from incidentd_tui.forms import roles as role_forms
from incidentd_tui.forms.base import Form
from incidentd_tui.rows.panel import Key, checklist
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (
    Verb("room.roles", "R", "roles", "Give a role, or end it for one or for all", writes=True),
    Verb("room.join", "J", "join", "Respond, take an empty lead, or leave what you hold", writes=True),
    Verb(
        "room.handover",
        "greater_than_sign",
        "hand over",
        "Hand a role over, with a note that the room fills in",
        hint=False,
        writes=True,
    ),
    Verb("room.tick", "c", "check", "Tick an item of the checklist off, or take that back", hint=False, writes=True),
)


class RoleVerbs(RoomPart):
    def do_roles(self) -> None:
        here = self.role_here()
        self.open_form(role_forms.role, values={"role": here} if here else None)

    def do_join(self) -> None:
        if not self.model.me:
            self.tui.say("join: the roster does not know you", "warning")
            return
        self.open_form(role_forms.join)

    def role_here(self) -> str:
        """The role under the cursor of the panel, "" while the cursor is elsewhere."""
        section, number = self.row_under_cursor()
        return vocabulary.ROLES[number][0] if section == "role" and number >= 0 else ""

    # ------------------------------------------------------------------ handing over
    def do_handover(self) -> None:
        """The role under the cursor, else the one that I hold, else a lead."""
        incident, here = self.incident, self.role_here()
        if incident is None:
            return
        if here and not role_forms.holding(incident, here):
            self.do_roles()
            return
        held = [name for name, _ in vocabulary.ROLES if role_forms.holding(incident, name)]
        mine = [name for name in held if self.model.me in role_forms.holding(incident, name)]
        leads = [name for name in held if name in vocabulary.LEADS]
        name = next(iter([*([here] if here else []), *mine, *leads]), "")
        if not name:
            self.tui.say("hand over: nobody holds a lead yet (J takes one)", "warning")
            return
        self.run_worker(self._hand_over(name), exit_on_error=False)

    async def _hand_over(self, name: str) -> None:
        subject = f"incident:{self.incident_id}"
        note = await self.tui.acts.attempt(subject, self.tui.acts.client.role_note(self.incident_id, name))
        if note is None:
            return
        asked = self.detail.communicators if self.detail and name == "communications_lead" else ()

        def form(tui: object, incident: wire.Incident) -> Form:
            return role_forms.hand_over(self.tui, incident, name, note, asked)

        self.open_form(form)

    # ------------------------------------------------------------------ the checklist
    def do_tick(self) -> None:
        """The item under the cursor; from elsewhere, to the first that is open."""
        section, number = self.row_under_cursor()
        items = self.detail.checklist if self.detail else ()
        if section == checklist.NAME and 0 <= number < len(items):
            one = items[number]
            call = self.tui.acts.client.tick(self.incident_id, str(one.id), done=one.done_at is None)
            self.run_worker(self.tui.acts.attempt(f"incident:{self.incident_id}", call), exit_on_error=False)
            return
        self._go_to_open_item()

    def _go_to_open_item(self) -> None:
        keys = [key for key in cast("Sequence[Key]", self.panel.keys) if key[0] == checklist.NAME and key[1] >= 0]
        items = self.detail.checklist if self.detail else ()
        first = next((key for key in keys if items[key[1]].done_at is None), None)
        if first is None:
            self.tui.say("check: everything on the checklist is done" if keys else "check: no checklist applies")
            return
        self.show_panel()
        self.panel.select(first)

    def show_panel(self) -> None:
        """Give the panel the focus, and the room where there is but one."""
        raise NotImplementedError
