"""Experiments with the process: those that ask first, each with what the figures say beside its question."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from incidentd.client import ClientError
from incidentd.wire.experiments import Experiment, ExperimentEvidence
from incidentd_tui import paint
from incidentd_tui.forms import experiments as forms
from incidentd_tui.rows import experiments as rows
from incidentd_tui.screens.insights.process_view import READING, ProcessView
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key

_ORDER = ("asking", "running", "planned", "stopped", "decided")
START = Verb("experiment.start", "X", "new", "Write an experiment down: a form", writes=True)
DECIDE = Verb("experiment.decide", "D", "decide", "Keep, adapt, drop or cannot tell, with why: a form", writes=True)
ADAPT = Verb("experiment.adapt", "A", "adapt", "Answer adapt, and write what is tried instead: two forms", writes=True)
STOP = Verb("experiment.stop", "S", "stop", "End it early, as its stop rule says: a form", writes=True)


class ExperimentsScreen(ProcessView[Experiment]):
    """Keys are their numbers."""

    view_here = "experiments"
    kinds = frozenset({"experiment"})
    heading = "Experiments"
    says = "what is tried, on a figure chosen before; nothing says that it helped"
    VERBS = (START, DECIDE, ADAPT, STOP, *READING)

    def __init__(self) -> None:
        super().__init__()
        self._evidence: dict[int, ExperimentEvidence] = {}

    async def fetch(self) -> Iterable[tuple[str, Experiment]]:
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        found = await ask(client.experiments(state="all", limit=500))
        self._evidence = {}
        return [(str(one.id), one) for one in found.experiments]

    def accepts(self, one: Experiment) -> bool:
        return self.filter.accepts(
            f"x-{one.id} {one.title} {one.hypothesis} {one.figure}".lower(), {"state": one.state}
        )

    def rank(self, one: Experiment) -> tuple[object, ...]:
        return (_ORDER.index(one.state) if one.state in _ORDER else len(_ORDER), -one.id)

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [rows.row(one, width) if one is not None else []]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        if (one := self.here) is None:
            return []
        drawn = rows.in_full if self.wide else rows.below
        return [[], *drawn(one, self._evidence.get(one.id), width)]

    # ------------------------------------------------------------------ what the figures say of the one here
    def look_here(self) -> None:
        one = self.here
        if one is not None and one.state != "planned" and one.id not in self._evidence:
            self.run_worker(self._look(one.id), exit_on_error=False, exclusive=True, group="look")

    async def _look(self, number: int) -> None:
        with contextlib.suppress(ClientError):
            acts, known = self.tui.acts, self._evidence
            known[number] = await acts.gateway.ask_much(acts.client.experiment_evidence(number))
            self.refresh_frame()

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        one = self.here
        if verb.id not in (DECIDE.id, ADAPT.id, STOP.id):
            return ""
        if one is None:
            return f"{verb.label}: there is no experiment here"
        if verb.id == ADAPT.id and one.verdict == "adapt":
            after = next((other.id for other in self.known.values() if other.adapts == one.id), None)
            reason = f"X-{after} goes on from it" if after is not None else ""
        else:
            reason = _not_stopped(one) if verb.id == STOP.id else _not_decided(one)
        return f"{verb.label}: {reason}" if reason else ""

    def do_start(self) -> None:
        self.run_worker(forms.start(self.tui), exit_on_error=False)

    def do_decide(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(forms.decide_form(self.tui, one, self._evidence.get(one.id)))

    def do_adapt(self) -> None:
        """One that was adapted already only lacks what goes on from it."""
        if (one := self.here) is not None and one.verdict == "adapt":
            self.run_worker(forms.start(self.tui, adapts=one), exit_on_error=False)
        elif one is not None:
            self.app.push_screen(forms.decide_form(self.tui, one, self._evidence.get(one.id), "adapt"))

    def do_stop(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(forms.stop_form(self.tui, one))


def _not_decided(one: Experiment) -> str:
    """Why its question cannot be answered now; as the daemon has it."""
    if one.state in ("planned", "asking", "stopped"):
        return ""
    return "it is decided" if one.state == "decided" else f"it asks on {one.ends_on.isoformat()}; S stops it before"


def _not_stopped(one: Experiment) -> str:
    if one.state == "planned":
        return "it has not begun: D drops it"
    return "" if one.state == "running" else "it is over"
