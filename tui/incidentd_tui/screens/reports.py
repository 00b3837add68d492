"""Reports of customers: those that wait for a word of ours first."""

from __future__ import annotations

from collections.abc import Iterable

from incidentd.wire.reports import ListedReport
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import answering, regrouping, triaging
from incidentd_tui.rows import reports
from incidentd_tui.screens.kept import KeptScreen
from incidentd_tui.screens.listing import CLEAR, COPY, FILTER, FRESH, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.screens.triage import TriageScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList


class ReportsScreen(KeptScreen[ListedReport]):
    """Enter opens one to triage it."""

    markable = True

    mode = "reports"
    heading = "Reports"
    kind = "report"
    views = reports.VIEWS
    VERBS = (
        Verb("reports.open", "o", "triage", "The conversation and the triage card (Enter too)"),
        Verb("reports.ack", "a", "ack", "Say that you have read it and take it on: stops the first clock", writes=True),
        Verb("reports.new", "W", "new", "Write down what somebody told you: a form", writes=True),
        Verb("reports.merge", "M", "merge", "Merge the marked reports of one customer: a form", writes=True),
        VIEW,
        FILTER,
        COPY,
        FRESH,
        CLEAR,
        NEXT_VIEW,
        PREVIOUS_VIEW,
    )

    async def fetch(self) -> Iterable[tuple[str, ListedReport]]:
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        open_ones = await ask(client.reports("open", limit=500))
        closed = await ask(client.reports("closed", limit=100))
        return [(str(one.id), one) for one in (*open_ones.reports, *closed.reports)]

    def in_view(self, view: str, one: ListedReport) -> bool:
        return reports.shown_in(view, one, self.model.me)

    def accepts(self, one: ListedReport) -> bool:
        text = f"{one.reference} {one.customer} {one.subject} {one.service} {one.channel}"
        labels = {"service": one.service, "customer": one.customer, "channel": one.channel, **one.tags}
        return self.filter.accepts(text.lower(), labels)

    def rank(self, one: ListedReport) -> tuple[object, ...]:
        return reports.rank(self.model, one)

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [reports.row(self.model, one, width) if one else []]

    def head(self, width: int) -> paint.Line:
        return reports.header(width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return reports.lines(self.model, one, width) if one else []

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        late = sum(one.late for one in self.known.values())
        left: paint.Line = [(f" {phrases.count(len(self.table.keys), 'report')}", theme.muted)]
        if late:
            left.append((f" · ! {late} late", theme.warning))
        if nudged := sum(one.nudged for one in self.known.values()):
            left.append((f" · ▲ {nudged} may be an incident", theme.warning))
        if self.table.marks:
            left.append((f" · + {len(self.table.marks)} marked", theme.key))
        return [*left, *self.news()], []

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        one = self.here
        name = verb.id.partition(".")[2]
        if name in ("open", "ack") and one is None:
            return f"{verb.label}: there is no report here"
        if name == "ack" and one is not None and one.state != "new":
            return f"ack: {one.reference} is {one.state} already"
        if name == "merge" and (reason := regrouping.why_no_merge(self._chosen())):
            return f"merge: {reason}"
        return ""

    def _chosen(self) -> list[ListedReport]:
        """The marked reports, and the one under the cursor where only one is marked."""
        keys = {str(key) for key in self.table.marks}
        if len(keys) == 1:
            keys.add(str(self.table.cursor))
        return [one for key, one in sorted(self.known.items()) if key in keys]

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("reports.open"), exit_on_error=False)

    def do_open(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(TriageScreen(one.id))

    async def do_ack(self) -> None:
        if (one := self.here) is not None and await triaging.acknowledge(self.tui, one):
            self.after_form(True)

    def do_merge(self) -> None:
        self.app.push_screen(regrouping.merge(self.tui, self._chosen()), self._after_merge)

    def _after_merge(self, sent: bool | None) -> None:
        if sent:
            self.table.clear_marks()
        self.after_form(sent)

    def do_new(self) -> None:
        self.app.push_screen(answering.new(self.tui), self.after_form)

    def do_back(self) -> None:
        self.do_clear()
