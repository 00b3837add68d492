"""One alert or page in full, with the decision trace."""

from __future__ import annotations

from incidentd import wire
from incidentd.client import ClientError
from incidentd_tui import paint, theme
from incidentd_tui.model import Changes
from incidentd_tui.rows import detail, preview
from incidentd_tui.screens.listing import COPY, ListScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key


class DetailScreen(ListScreen):
    """Loaded when opened, and again when the daemon tells of a change."""

    mode = "inbox"
    heading = "Alert"
    VERBS = (
        Verb("detail.back", "escape,q", "back", "Back to where you came from"),
        Verb("detail.ack", "a", "ack", "Acknowledge the page: the escalation stops", writes=True),
        Verb("detail.declare", "i", "incident", "Declare an incident from this alert", writes=True),
        COPY,
    )

    def __init__(self, kind: str, number: int) -> None:
        super().__init__()
        self.kind, self.number = kind, number
        self._alert: wire.Alert | None = None
        self._trace: wire.Trace | None = None
        self._page: wire.PageDetail | None = None
        self._fault = ""
        self._lines: list[paint.Line] = []

    def fit_window(self) -> None:
        super().fit_window()
        self.query_one("#preview").display = False

    def order(self) -> list[Key]:
        self._lines = self._compose_lines(max(min(self.size.width - 4, 110), 20))
        return list(range(len(self._lines)))

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        index = key if isinstance(key, int) else 0
        return [self._lines[index] if index < len(self._lines) else []]

    def _compose_lines(self, width: int) -> list[paint.Line]:
        lines: list[paint.Line] = []
        if self._fault:
            return [[], [("! ", theme.danger), (self._fault, theme.plain)]]
        if self._trace is not None:
            lines += [*detail.trace_lines(self.model, self._trace, width), []]
        if self._page is not None:
            if self._trace is None:
                lines += [*preview.page_lines(self.model, self._page.page, width), []]
            lines += [*detail.deliveries(self.model, self._page, width), []]
        if self._alert is not None:
            lines += detail.alert_head(self.model, self._alert, width)
        return lines or [[], [("loading …", theme.muted)]]

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        name = f"{'A' if self.kind == 'alert' else 'P'}-{self.number}"
        return [(f" {name} · what is known, and every decision about it", theme.muted)], []

    # ------------------------------------------------------------------ live
    def on_mount(self) -> None:
        self.run_worker(self._load(), exit_on_error=False)

    def on_model(self, changes: Changes) -> None:
        page_id = self._page.page.id if self._page else -1
        if not changes.everything and (self.number in changes.alerts or page_id in changes.pages):
            self.run_worker(self._load(), exit_on_error=False, exclusive=True)
        self.reorder()

    async def _load(self) -> None:
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        try:
            page_id: int | None = self.number
            if self.kind == "alert":
                self._trace = await ask(client.trace(self.number))
                self._alert = self._trace.alert
                page_id = self._alert.page_id
            if page_id is not None:
                self._page = await ask(client.page(page_id))
                self.model.put_pages([self._page.page])
        except ClientError as error:
            self._fault = self.tui.acts.reason("", error)
        if self.composed:
            self.reorder()

    # ------------------------------------------------------------------ verbs
    def do_back(self) -> None:
        self.app.pop_screen()

    async def do_ack(self) -> None:
        page = self._page.page if self._page else None
        if page is None or page.state not in ("open", "exhausted"):
            self.tui.say("ack: there is no open page here", "warning")
        else:
            self.run_worker(self.tui.acts.acknowledge(page), exit_on_error=False)

    def do_declare(self) -> None:
        from incidentd_tui.forms import incident

        self.app.push_screen(incident.declare(self.tui, [self._alert] if self._alert else []))
