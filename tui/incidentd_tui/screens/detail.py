"""One alert or page in full: what it is, what hides it, why, what was sent, when it fired."""

from __future__ import annotations

from textual.worker import Worker

from incidentd import wire
from incidentd.client import ClientError
from incidentd.wire import groups as wire_groups
from incidentd.wire import pages as wire_pages
from incidentd_tui import paint, theme
from incidentd_tui.forms import incident, paging, silencing
from incidentd_tui.model import Changes
from incidentd_tui.rows import detail, preview
from incidentd_tui.rows.detail import Section
from incidentd_tui.screens.listing import COPY
from incidentd_tui.screens.page_verbs import PAGE_VERBS, PageVerbs, why_no_ack
from incidentd_tui.screens.sections import SectionsScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key


class DetailScreen(PageVerbs, SectionsScreen):
    """Loaded when opened, and again when the daemon tells of a change."""

    mode = "inbox"
    heading = "Alert"
    VERBS = (
        Verb("detail.back", "escape,q", "back", "Back to where you came from"),
        Verb("detail.next", "tab", "section", "The next section"),
        Verb("detail.trace", "t", "trace", "The decision trace, step by step"),
        Verb("detail.ack", "a", "ack", "Acknowledge the page: the escalation stops", writes=True),
        Verb("detail.hold", "A", "ack for", "Acknowledge for a while, or until a time: a form", writes=True),
        *PAGE_VERBS,
        Verb("detail.silence", "S", "silence", "Silence this alert: a form", writes=True),
        Verb("detail.link", "l", "link", "Link it to an open incident", writes=True),
        Verb("detail.declare", "i", "incident", "Declare an incident from this alert", writes=True),
        Verb("detail.runbook", "r", "runbook", "Copy the runbook's link, else the first link (OSC 52)"),
        Verb("detail.before", "shift+tab", "section before", "The section before", hint=False),
        COPY,
    )

    def __init__(self, kind: str, number: int) -> None:
        super().__init__()
        self.kind, self.number = kind, number
        self._detail: wire_groups.AlertDetail | None = None
        self._page: wire_pages.PageDetail | None = None
        self._fault = ""

    @property
    def _alert(self) -> wire.Alert | None:
        """As it stands: the model hears of changes first."""
        if self._detail is None:
            return None
        known = self.model.alerts.get(self._detail.trace.alert.id)
        told = self._detail.trace.alert
        return known if known is not None and known.version >= told.version else told

    def page_here(self) -> wire.Page | None:
        """The page that a key is about, as it stands."""
        latest = self._detail.pages[0] if self._detail is not None and self._detail.pages else None
        page = self._page.page if self._page is not None else latest
        return self.model.pages.get(page.id, page) if page is not None else None

    # ------------------------------------------------------------------ painting
    def sections(self, width: int) -> list[Section]:
        if self._fault:
            return [Section("fault", [[], [("! ", theme.danger), (self._fault, theme.plain)]])]
        if self._detail is not None and self.kind == "alert":
            return self._of_alert(self._detail, width)
        if self._page is not None:
            return self._of_page(self._page, width)
        return [Section("loading", [[], [("loading …", theme.muted)]])]

    def _of_alert(self, found: wire_groups.AlertDetail, width: int) -> list[Section]:
        model, alert = self.model, self._alert or found.trace.alert
        sections = [
            detail.about(model, alert, width),
            detail.hidden(model, alert, width),
            detail.why(model, found.trace, width),
            detail.holders(model, found, width),
            detail.steps(model, found.trace, width),
            detail.messages(model, found.messages, width),
            detail.episodes(model, found.episodes, width),
            *([] if self.wide else self._beside(alert, width)),
        ]
        return [one for one in sections if one is not None]

    def _beside(self, alert: wire.Alert, width: int) -> list[Section | None]:
        """What stands at the right of a wide window, else below."""
        return [
            detail.labels(alert, width),
            detail.annotation_lines(alert, width),
            detail.link_lines(alert, width),
            detail.times(self.model, alert, width),
        ]

    def _of_page(self, page: wire_pages.PageDetail, width: int) -> list[Section]:
        sections = [Section("about", preview.page_lines(self.model, page.page, width))]
        if self._detail is None:
            return [*sections, detail.deliveries(self.model, page, width)]
        mine = [one for one in self._detail.messages if one.delivery.page_id == page.page.id]
        trace = self._detail.trace
        return [
            *sections,
            detail.why(self.model, trace, width),
            detail.messages(self.model, mine, width),
            detail.steps(self.model, trace, width),
        ]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        alert = self._alert
        if alert is None:
            return []
        lines: list[paint.Line] = []
        for section in self._beside(alert, width):
            lines += [[], *section.lines] if section is not None else []
        return lines

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        name = f"{'A' if self.kind == 'alert' else 'P'}-{self.number}"
        return [(f" {name} · what is known, and every decision about it", theme.muted)], []

    # ------------------------------------------------------------------ live
    def on_mount(self) -> None:
        self._load_again()

    def on_model(self, changes: Changes) -> None:
        page = self.page_here()
        page_id = page.id if page else -1
        ours = self.number in changes.alerts if self.kind == "alert" else False
        if not changes.everything and (ours or page_id in changes.pages):
            self._load_again()
        self.reorder()

    def _load_again(self) -> None:
        # As a function: a load that another one replaces before it began leaves no coroutine behind.
        self._worker: Worker[None] = self.run_worker(self._load, exit_on_error=False, exclusive=True, group="load")

    async def _load(self) -> None:
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        try:
            number: int | None = self.number
            if self.kind == "page":
                self._page = await ask(client.page(self.number))
                self.model.put_pages([self._page.page])
                number = next(iter(self._page.page.alert_ids), None)
            if number is not None:
                self._detail = await ask(client.alert_detail(number))
                self.model.put_pages(self._detail.pages[:1])
        except ClientError as error:
            self._fault = self.tui.acts.reason("", error)
        if self.composed:
            self.reorder()

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        name = verb.id.partition(".")[2]
        if name in ("silence", "link", "runbook") and self._alert is None:
            return f"{verb.label}: no alert is shown here"
        if name == "link" and not self.model.open_incidents():
            return "link: there is no open incident; i declares one"
        if name == "runbook" and self._alert is not None and not detail.links(self._alert):
            return "runbook: this alert came with no link"
        page = self.page_here() if name in ("ack", "hold") else None
        if name == "hold" and page is not None and paging.is_held(self.model, page):
            return ""
        if name in ("ack", "hold") and (reason := why_no_ack(self.model, page) if page else self.no_page()):
            return f"{verb.label}: {reason}"
        return ""

    def no_page(self) -> str:
        return "there is no page here"

    def do_trace(self) -> None:
        self.show_section("steps")

    def do_ack(self) -> None:
        if (page := self.page_here()) is not None:
            paging.acknowledge(self.tui, page)

    def do_hold(self) -> None:
        if (page := self.page_here()) is not None:
            self.app.push_screen(paging.hold(self.tui, page))

    def do_silence(self) -> None:
        if (alert := self._alert) is not None:
            self.app.push_screen(silencing.new(self.tui, [alert.labels]))

    def do_link(self) -> None:
        if (alert := self._alert) is not None:
            incident.link(self.tui, [alert.id])

    def do_declare(self) -> None:
        self.app.push_screen(incident.declare(self.tui, [self._alert] if self._alert else []))

    def do_runbook(self) -> None:
        if (alert := self._alert) is not None:
            name, address = detail.links(alert)[0]
            self.tui.copy_to_clipboard(address)
            self.tui.say(f"✓ copied {name}: {address}", "done")

    def do_copy(self) -> None:
        if (alert := self._alert) is None:
            super().do_copy()
            return
        self.tui.copy_to_clipboard(detail.plain(alert))
        self.tui.say(f"✓ copied A-{alert.id} with its labels", "done")
