"""What is known: the impact, what is thought and tried, and what came of it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from incidentd.client import ApiError
from incidentd.wire import facts as wire_facts
from incidentd.wire import incidents as wire_incidents
from incidentd_tui.forms import attaching
from incidentd_tui.forms import attempts as attempt_forms
from incidentd_tui.forms import impact as impact_forms
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (
    Verb("room.impact", "I", "impact", "Say what is affected; on a claim of the panel, correct it", writes=True),
    Verb("room.attempt", "A", "try", "Write down what is tried, or a theory", writes=True),
    Verb("room.outcome", "o", "outcome", "What came of the row under the cursor of the panel", hint=False, writes=True),
    Verb("room.attach", "plus", "attach", "Attach a file of this machine", hint=False, writes=True),
)
T = TypeVar("T", wire_facts.ImpactClaim, wire_facts.Theory, wire_facts.Attempt)


class _Nothing(NamedTuple):
    """What is known before the incident was loaded."""

    claims: tuple[wire_facts.ImpactClaim, ...] = ()
    theories: tuple[wire_facts.Theory, ...] = ()
    attempts: tuple[wire_facts.Attempt, ...] = ()


_NOTHING = _Nothing()


class FactVerbs(RoomPart):
    def __init__(self) -> None:
        super().__init__()
        self.past: tuple[wire_facts.Resembling, ...] = ()
        self._compared: tuple[object, ...] = ()

    async def load_past(self) -> None:
        """Ask what was tried in incidents like this one, again when what is compared of it has changed."""
        incident = self.incident
        compared = (incident.title, incident.summary, incident.service, incident.alert_ids) if incident else ()
        if compared != self._compared:
            self._compared = compared
            with contextlib.suppress(ApiError):
                found = await self.tui.acts.gateway.ask(self.tui.acts.client.resembling(self.incident_id))
                self.past = found.incidents

    def do_impact(self) -> None:
        self.open_form(partial(impact_forms.claim, former=self._under_cursor("claim", self._known.claims)))

    def do_attach(self) -> None:
        self.open_form(attaching.attach)

    def do_attempt(self) -> None:
        theory = self._under_cursor("theory", self._known.theories)
        self.open_form(partial(attempt_forms.think_or_try, theory=theory))

    def do_outcome(self) -> None:
        """Away from the panel it is about the last attempt that nobody has told the outcome of."""
        if claim := self._under_cursor("claim", self._known.claims):
            self.open_form(partial(impact_forms.outcome, claim=claim))
        elif theory := self._under_cursor("theory", self._known.theories):
            self.open_form(partial(attempt_forms.judge, theory=theory))
        elif tried := self._under_cursor("attempt", self._known.attempts) or self._without_outcome():
            self.open_form(partial(attempt_forms.outcome, tried=tried))
        else:
            self.tui.say("outcome: go to a claim, a theory or an attempt of the panel first (tab)", "warning")

    @property
    def _known(self) -> wire_incidents.IncidentDetail | _Nothing:
        return self.detail or _NOTHING

    def _under_cursor(self, section: str, rows: Sequence[T]) -> T | None:
        name, number = self.row_under_cursor()
        return next((one for one in rows if name == section and one.id == number), None)

    def _without_outcome(self) -> wire_facts.Attempt | None:
        return next((one for one in reversed(self._known.attempts) if not one.outcome), None)
