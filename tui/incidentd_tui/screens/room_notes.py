"""The box below the timeline: notes, and quick commands that open a form with what was typed in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from incidentd import wire
from incidentd.wire import incidents as wire_incidents
from incidentd_tui import quick
from incidentd_tui.forms import roles as role_forms
from incidentd_tui.forms import room as room_forms
from incidentd_tui.forms import severity as severity_forms
from incidentd_tui.forms import updates
from incidentd_tui.forms.base import Form
from incidentd_tui.inert import Shown
from incidentd_tui.screens.room_verbs import NOTE
from incidentd_tui.screens.room_verbs.reading import ReadingVerbs
from incidentd_tui.widgets.composer import Composer

_FORMS: dict[str, Callable[..., Form]] = {
    "update": updates.update,
    "decision": room_forms.decision,
    "action": room_forms.action,
    "severity": severity_forms.severity,
    "role": role_forms.role,
}


class RoomNotes(ReadingVerbs):
    """`RoomScreen` has the box; its text is kept on the server until it is sent."""

    @property
    def draft_key(self) -> str:
        return f"note:{self.incident_id}"

    @property
    def composer(self) -> Composer:
        return self.query_one("#composer", Composer)

    def do_note(self) -> None:
        self.show_timeline()
        self.composer.display = True
        self.set_focus(self.composer)

    def on_composer_left(self) -> None:
        self.set_focus(self.timeline)
        self.run_worker(self.composer.keep_now(), exit_on_error=False)
        self.call_after_refresh(self.fit_window)

    def on_composer_sent(self, event: Composer.Sent) -> None:
        if reason := self.why_not(NOTE):
            self.tui.say(f"{reason}; your text is kept", "warning")
            return
        text = event.text.strip()
        try:
            command = quick.parse(text, [str(one) for one in self.model.people])
        except quick.NotUnderstood as error:
            self.tui.say(str(error), "warning")
            return
        event.composer.forget()
        if command is None:
            note = text.removeprefix("/") if text.startswith("//") else text
            self.run_worker(self._send_note(note), exit_on_error=False)
            return
        self.run_worker(self.tui.acts.drop_draft(self.draft_key), exit_on_error=False)
        self.set_focus(self.timeline)
        if command.form == "severity" and not command.values:
            self.run_worker(self.action_verb("room.severity"), exit_on_error=False)  # by its questions
            return
        self.open_form(_FORMS[command.form], values=command.values)

    async def _send_note(self, text: str) -> None:
        """The note stands in the timeline with `~` until the daemon has it; a refused one returns to the box."""
        key = ("pending", len(self.pending), text)
        now = datetime.now(UTC) if self.detail is None else self.model.now()
        shown = wire.TimelineEntry(
            seq=0,
            observed_at=now,
            recorded_at=now,
            by=self.model.me,
            kind="note",
            text=Shown(text),
            detail="",
            evidence="",
            pinned=False,
        )
        self.pending[key] = shown
        self.show_entries()
        call = self.tui.acts.client.add_note(self.incident_id, wire_incidents.AddNote(text=text))
        entry = await self.tui.acts.attempt(f"incident:{self.incident_id}", call)
        del self.pending[key]
        if entry is None:
            self.composer.load_draft(text)
            self.show_entries()
            return
        self.entries[entry.seq] = entry
        self.show_entries()
        await self.tui.acts.drop_draft(self.draft_key)
        self.repaint_bars()
