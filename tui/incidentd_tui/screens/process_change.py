"""What a version of the process, or one that somebody thinks of, says otherwise; and deciding about it by key."""

from __future__ import annotations

from collections.abc import Sequence

from textual.worker import Worker

from incidentd.client import ClientError
from incidentd.domain.process_versions import State
from incidentd.wire.process_comparison import CompareProcesses, ProcessComparison, ProcessSide
from incidentd.wire.process_versions import ProcessNow, ProcessVersion
from incidentd_tui import paint, theme
from incidentd_tui.forms import process_change as forms
from incidentd_tui.model import Changes
from incidentd_tui.rows import process_change as rows
from incidentd_tui.rows.detail import Section
from incidentd_tui.screens.listing import COPY
from incidentd_tui.screens.sections import SectionsScreen
from incidentd_tui.verbs import Verb

PROPOSE = Verb("change.propose", "P", "propose", "Propose it, with why: a form", writes=True)
ADOPT = Verb("change.adopt", "A", "adopt", "Put it in force, with why: a form", writes=True)
DECLINE = Verb("change.decline", "D", "decline", "Decline it, or take your own back, with why: a form", writes=True)


class ProcessChangeScreen(SectionsScreen):
    """`after` against `before`, which is what is in force by default. A `version` that is proposed is decided here."""

    mode = "insights"
    heading = "Process change"
    VERBS = (
        Verb("change.back", "escape,q", "back", "Back to the versions"),
        PROPOSE,
        ADOPT,
        DECLINE,
        Verb("change.next", "tab", "section", "The next section"),
        Verb("change.before", "shift+tab", "section before", "The section before", hint=False),
        COPY,
    )

    def __init__(
        self,
        now: ProcessNow,
        after: ProcessSide,
        before: ProcessSide | None = None,
        *,
        version: ProcessVersion | None = None,
        found: ProcessComparison | None = None,
    ) -> None:
        super().__init__()
        self._now = now
        self._sides = before or ProcessSide(), after
        self._version = version
        self._found = found
        self._fault = ""

    def fit_window(self) -> None:
        super().fit_window()
        self.query_one("#preview").display = False  # there is nothing to stand beside it

    # ------------------------------------------------------------------ painting
    def sections(self, width: int) -> list[Section]:
        if self._fault:
            texts = paint.wrap(self._fault, width - 2, 8)
            return [Section("fault", [[], *([("! ", theme.danger), (text, theme.plain)] for text in texts)])]
        if self._found is None:
            return [Section("loading", [[], [("comparing …", theme.muted)]])]
        return rows.sections(self.model, self._found, self._version, width)

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        one = self._version
        if one is None:
            return [(" not proposed yet: P proposes it", theme.warning)], []
        if one.state != State.PROPOSED:
            return [(f" {one.name} is {one.state}", theme.muted)], []
        second = ", by a second person" if self._now.needs_second_person else ""
        return [(f" {one.name} waits to be adopted{second} or declined", theme.warning)], []

    def hinted(self) -> Sequence[Verb]:
        """What can be done with it now."""
        return [one for one in super().hinted() if not (one.writes and self.why_not(one))]

    # ------------------------------------------------------------------ live
    def on_mount(self) -> None:
        self._load_again()

    def on_model(self, changes: Changes) -> None:
        if self._version is not None and (changes.everything or "process" in changes.kinds):
            self._load_again()
        super().on_model(changes)

    def _load_again(self) -> None:
        # As a function: a load that another one replaces before it began leaves no coroutine behind.
        self._worker: Worker[None] = self.run_worker(self._load, exit_on_error=False, exclusive=True, group="load")

    async def _load(self) -> None:
        """The comparison once: of two texts it is always the same, but for what is on record meanwhile."""
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        before, after = self._sides
        try:
            if self._version is not None:
                self._now = await ask(client.process())
                self._version = await ask(client.process_version(self._version.id))
            if self._found is None:
                body = CompareProcesses(before=before, after=after)
                self._found = await self.tui.acts.gateway.ask_much(client.compare_processes(body))
        except ClientError as error:
            self._fault = self.tui.acts.reason("", error)
        if self.composed:
            self.reorder()

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        if verb not in (PROPOSE, ADOPT, DECLINE):
            return ""
        reason = self._not_loaded() or (self._not_new() if verb == PROPOSE else self._not_open(verb))
        return f"{verb.label}: {reason}" if reason else ""

    def _not_loaded(self) -> str:
        if self._found is None:
            return "it is not compared yet"
        return "it cannot be used" if self._found.faults else ""

    def _not_new(self) -> str:
        one = self._version
        if one is None or one.state not in (State.PROPOSED, State.ADOPTED):
            return "it means the same as what is in force" if self._found is not None and self._found.same else ""
        return f"it is {one.state} already"

    def _not_open(self, verb: Verb) -> str:
        """As the daemon has it, said before somebody writes why."""
        one = self._version
        if one is None:
            return "P proposes it first"
        if one.state != State.PROPOSED:
            return f"{one.name} is {one.state}"
        if verb == DECLINE:
            return ""
        if self._now.needs_second_person and one.proposed_by == self.model.me:
            return "you proposed it, and the process asks for a second person"
        role = self.model.info.role if self.model.info is not None else ""
        return "the process lets administrators adopt only" if self._now.needs_role == "admin" != role else ""

    def _after(self, sent: bool | None) -> None:
        """What was proposed stands among the versions; what was decided is told anew."""
        if sent and self._version is None:
            self.app.pop_screen()
            self.tui.say("✓ proposed: it waits among the versions", "done")
        elif sent:
            self._load_again()

    def do_propose(self) -> None:
        if self._found is not None:
            form = forms.propose_form(self.tui, self._sides[1], self._found, self._now)
            self.app.push_screen(form, self._after)

    def do_adopt(self) -> None:
        if self._version is not None:
            self.app.push_screen(forms.adopt_form(self.tui, self._version, self._now), self._after)

    def do_decline(self) -> None:
        if (one := self._version) is not None:
            own = one.proposed_by == self.model.me
            self.app.push_screen(forms.end_form(self.tui, one, own=own), self._after)
