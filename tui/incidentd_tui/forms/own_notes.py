"""What the viewer writes for themselves about an incident: kept as it is typed, and shown to nobody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from incidentd.client import ApiError, ClientError
from incidentd.wire.review_window import OwnNotes
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.widgets.composer import Composer

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_NOT_OVER = "you wrote something elsewhere meanwhile; ^s puts this text in its place"


class OwnNotesForm(Form):
    """Saved half a second after the last key. Over what was written elsewhere it is saved on demand only."""

    def __init__(self, tui: IncidentdApp, kept: OwnNotes) -> None:
        self._number, self._version = kept.incident_id, kept.version
        self._elsewhere = self._warned = False
        text = Field(name="text", label="Only you can read this here", value=kept.text, multiline=True, optional=True,
                     lint=True, hint="what you saw, thought and tried, before it fades")  # fmt: skip
        plan = Plan(
            title=f"Your own notes on INC-{kept.incident_id}", verb="keep", fields=(text,), effects=self._said,
            send=self._keep,
        )  # fmt: skip
        super().__init__(tui, plan)

    def _said(self, _: Values) -> list[str]:
        return [
            "kept as you type, for nobody else: no list, event or export tells of it",
            f"in the {self._tui.model.review_name} you may make an account of it, or leave it",
        ]

    def saver(self, field: Field) -> Callable[[str], Awaitable[None]] | None:
        return self._autosave

    async def _autosave(self, text: str) -> None:
        if not self._elsewhere and not await self._save(text.rstrip()):
            at = phrases.hour(self._tui.model.now(), self._tui.model.zone)
            self._tui.acts.say(f"your notes are kept {at}", "quiet")

    async def _leave(self) -> None:
        """Not at once with a text that is kept nowhere."""
        for composer in self.query(Composer):
            await composer.keep_now()
        if self.fault and not self._warned:
            self._warned = True
            self.fault += "; esc leaves without it"
            self._repaint()
        else:
            self.dismiss(False)

    async def _keep(self, values: Values) -> str:
        return await self._save(str(values["text"]))

    async def _save(self, text: str) -> str:
        """Save over the version that is known; why that failed, "" when it did not."""
        acts = self._tui.acts
        try:
            saved = await acts.client.save_notes(self._number, text, if_version=self._version)
        except ApiError as error:
            current = error.problem.current or {}
            self._elsewhere = error.problem.status == 409
            self._version = int(str(current.get("version", self._version)))
            self.fault = _NOT_OVER if self._elsewhere else acts.reason("", error)
        except ClientError as error:
            self.fault = acts.reason("", error)
        else:
            self._version, self._elsewhere, self.fault = saved.version, False, ""
        return self.fault
