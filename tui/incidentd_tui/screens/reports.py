"""Reports of customers: those that wait for a word of ours first."""

from __future__ import annotations

from collections.abc import Iterable

from incidentd.wire.reports import Report
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import answering, triaging
from incidentd_tui.rows import reports
from incidentd_tui.screens.kept import KeptScreen
from incidentd_tui.screens.listing import CLEAR, COPY, FILTER, FRESH, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.screens.triage import TriageScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList


class ReportsScreen(KeptScreen[Report]):
    """Enter opens one to triage it."""

    mode = "reports"
    heading = "Reports"
    kind = "report"
    views = reports.VIEWS
    VERBS = (
        Verb("reports.open", "o", "triage", "The conversation and the triage card (Enter too)"),
        Verb("reports.ack", "a", "ack", "Say that you have read it and take it on: stops the first clock", writes=True),
        Verb("reports.new", "W", "new", "Write down what somebody told you: a form", writes=True),
        VIEW,
        FILTER,
        COPY,
        FRESH,
        CLEAR,
        NEXT_VIEW,
        PREVIOUS_VIEW,
    )

    async def fetch(self) -> Iterable[tuple[str, Report]]:
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        open_ones = await ask(client.reports("open", limit=500))
        closed = await ask(client.reports("closed", limit=100))
        return [(str(one.id), one) for one in (*open_ones.reports, *closed.reports)]

    def in_view(self, view: str, one: Report) -> bool:
        return reports.shown_in(view, one, self.model.me)

    def accepts(self, one: Report) -> bool:
        text = f"{one.reference} {one.customer} {one.subject} {one.service} {one.channel}"
        labels = {"service": one.service, "customer": one.customer, "channel": one.channel, **one.tags}
        return self.filter.accepts(text.lower(), labels)

    def rank(self, one: Report) -> tuple[object, ...]:
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
        return ""

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("reports.open"), exit_on_error=False)

    def do_open(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(TriageScreen(one.id))

    async def do_ack(self) -> None:
        if (one := self.here) is not None and await triaging.acknowledge(self.tui, one):
            self.after_form(True)

    def do_new(self) -> None:
        self.app.push_screen(answering.new(self.tui), self.after_form)

    def do_back(self) -> None:
        self.do_clear()
