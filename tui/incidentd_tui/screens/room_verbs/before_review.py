"""What people do before they meet: everybody writes for themselves; it is opened early, or its appointment answered."""

from __future__ import annotations

import msgspec

from incidentd.client import ApiError, ClientError
from incidentd.wire.review_meeting import AnswerMeeting, Meeting
from incidentd.wire.review_window import ReviewWindow
from incidentd_tui import phrases
from incidentd_tui.forms import opening
from incidentd_tui.forms.own_notes import OwnNotesForm
from incidentd_tui.screens.picker import Item, Picker
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (
    Verb("room.own", "N", "own notes", "Write for yourself: nobody else reads it", hint=False, writes=True),
    Verb("room.window", "W", "window", "Open it before people rested; say whether you come", hint=False, writes=True),
)
_ANSWERS = ("yes", "no", "maybe")


class BeforeReviewVerbs(RoomPart):
    async def do_own(self) -> None:
        """Not by `open_form`: that somebody writes for themselves is nobody's business."""
        acts = self.tui.acts
        try:
            kept = await acts.gateway.ask(acts.client.own_notes(self.incident_id))
        except ClientError as error:
            self.tui.say(acts.reason("", error), "warning")
            return
        self.writing = ""
        self.app.push_screen(OwnNotesForm(self.tui, kept))

    # ------------------------------------------------------------------ the window
    async def do_window(self) -> None:
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        try:
            window = await ask(client.review_window(self.incident_id))
            meeting = await self._meeting()
        except ClientError as error:
            self.tui.say(self.tui.acts.reason("", error), "warning")
            return
        items = [*self._openings(window), *self._answers(meeting)]
        if not items:
            self.tui.say(f"the {window.review_name} of INC-{self.incident_id} waits for nothing", "warning")
            return

        def chosen(value: str | None) -> None:
            if value in _ANSWERS:
                self.run_worker(self._answer(value), exit_on_error=False)
            elif value:
                self.open_form(lambda tui, incident: opening.form(tui, incident, window, value))

        self.app.push_screen(Picker(f"{window.review_name} of INC-{self.incident_id}", items), chosen)

    async def _meeting(self) -> Meeting | None:
        try:
            return await self.tui.acts.gateway.ask(self.tui.acts.client.meeting(self.incident_id))
        except ApiError as error:
            if error.problem.status != 404:
                raise
            return None

    def _openings(self, window: ReviewWindow) -> list[Item]:
        if window.standing != "waiting":
            return []
        asked = opening.asked(window)
        if asked is None:
            return [Item("ask", "Ask to open it before people rested", "a second person grants it")]
        if asked.asked_by == self.model.me:
            return [Item("withdrawn", "No longer ask to open it early", asked.reason)]
        wish = f"{asked.asked_by}: {asked.reason}"
        return [Item("granted", "Open it early", wish), Item("declined", "Let people rest first", wish)]

    def _answers(self, meeting: Meeting | None) -> list[Item]:
        if meeting is None or meeting.state != "scheduled":
            return []
        mine = next((one for one in meeting.invited if one.person == self.model.me), None)
        if mine is None:
            return []
        when = phrases.day_hour(meeting.starts_at, self.model.now(), self.model.zone)
        texts = {"yes": "I come", "no": "I do not come", "maybe": "I may come"}
        return [Item(word, text, when if word != mine.answer else "said") for word, text in texts.items()]

    async def _answer(self, word: str) -> None:
        acts, body = self.tui.acts, msgspec.convert({"answer": word}, AnswerMeeting)
        if await acts.attempt(f"incident:{self.incident_id}", acts.client.answer_meeting(self.incident_id, body)):
            self.tui.say(f"✓ you said {word}", "done")
