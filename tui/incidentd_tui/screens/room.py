"""The incident room: what happened, who does what, what is owed next; and the box to write into."""

from __future__ import annotations

import asyncio
import contextlib
from typing import cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.worker import Worker

from incidentd import wire
from incidentd.client import ApiError, ClientError
from incidentd.wire import incidents as wire_incidents
from incidentd.wire.measures import Measures
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Changes
from incidentd_tui.quick import USAGE
from incidentd_tui.rows import panel, room, timeline
from incidentd_tui.rows.panel import checklist
from incidentd_tui.screens.base import LOW
from incidentd_tui.screens.listing import FilterInput
from incidentd_tui.screens.presence import IncidentPresence
from incidentd_tui.screens.room_notes import RoomNotes
from incidentd_tui.screens.room_verbs import RoomVerbs
from incidentd_tui.widgets.bars import Bar
from incidentd_tui.widgets.composer import Composer
from incidentd_tui.widgets.virtual_list import Key, VirtualList

PANEL_WIDTH = 44
_FETCHED_MOST = 20
_BAR_WIDTH = 76
"""From this many columns there is room for the bar of the next update."""
_EMPTY_HEIGHT = 20
"""From this many lines the empty note box is shown; below, it appears with `n`."""


def _no_object(key: Key) -> bool:
    """Heads and gaps of the panel: the cursor passes over them."""
    return cast("panel.Key", key)[1] < 0


class RoomScreen(RoomNotes, IncidentPresence, RoomVerbs):
    mode = "incidents"
    heading = "Incident room"
    AUTO_FOCUS = "#timeline"

    def __init__(self, incident_id: int) -> None:
        super().__init__()
        self.incident_id = incident_id
        self.detail: wire_incidents.IncidentDetail | None = None
        self.measures: Measures | None = None
        self._loading = False
        self._stale = False
        self._on_panel = False

    @property
    def about(self) -> str:
        """The incident."""
        return f"incident:{self.incident_id}"

    # ------------------------------------------------------------------ frame
    def compose_body(self) -> ComposeResult:
        for name in ("room-title", "room-roles", "room-chain", "room-rule"):
            yield Bar(widget_id=name)
        yield Bar(widget_id="room-tabs")
        with Horizontal(id="body"):
            with Vertical(id="middle"):
                yield VirtualList(self._entry_row, uniform=False, widget_id="timeline")
                filter_input = FilterInput(placeholder="words of the timeline", id="filter")
                filter_input.display = False
                filter_input.cursor_blink = False
                yield filter_input
                yield Composer(
                    enter_sends=True,
                    save=lambda text: self.tui.acts.keep_draft(self.draft_key, text),
                    placeholder=f"note to the timeline   ( {USAGE} )",
                    widget_id="composer",
                )
            yield VirtualList(self._panel_row, uniform=False, skips=_no_object, widget_id="panel")

    def on_mount(self) -> None:
        self.composer.border_title = "n note"
        self.timeline.empty_lines = [[], [("  loading …", theme.muted)]]
        self.follow_presence()
        self._loads: Worker[None] = self.run_worker(self._load, exit_on_error=False)
        self._drafts: Worker[None] = self.run_worker(self._load_draft, exit_on_error=False)

    async def _load_draft(self) -> None:
        self.composer.load_draft(await self.tui.acts.draft(self.draft_key))
        self.fit_window()

    def fit_window(self) -> None:
        wide = self.wide
        self.set_class(not wide, "narrow")
        self.query_one("#room-tabs").display = not wide
        self.query_one("#middle").display = wide or not self._on_panel
        self.panel.display = wide or self._on_panel
        self.query_one("#room-chain").display = self.size.height >= LOW
        box = self.composer
        box.display = box.has_focus or bool(box.text) or self.size.height >= _EMPTY_HEIGHT

    # ------------------------------------------------------------------ loading
    async def _load(self) -> None:
        """Fetch the room; one fetch at a time, and again when something changed meanwhile."""
        if self._loading:
            self._stale = True
            return
        self._loading = True
        try:
            ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
            detail, told, self.measures = await asyncio.gather(
                ask(client.incident(self.incident_id)),
                ask(client.timeline(self.incident_id)),
                ask(client.measures(self.incident_id)),
            )
            self.model.put_incidents([detail.incident])
            await self._fetch_ended(detail.incident)
            self._take(detail, told)
            await self.load_past()
            self._show_panel()
        except ClientError as error:
            self.timeline.empty_lines = [[], [(" ! ", theme.danger), (self.tui.acts.reason("", error), theme.plain)]]
            self.timeline.refresh()
        finally:
            self._loading = False
        if self._stale:
            self._stale = False
            await self._load()

    async def _fetch_ended(self, incident: wire.Incident) -> None:
        """Linked alerts and pages that the lists of active ones do not hold."""
        ask, client, model = self.tui.acts.gateway.ask, self.tui.acts.client, self.model
        missing = [one for one in incident.alert_ids if one not in model.alerts][:_FETCHED_MOST]
        for number in missing:
            with contextlib.suppress(ApiError):
                model.put_alerts([await ask(client.alert(number))])
        for number in [one for one in incident.page_ids if one not in model.pages][:_FETCHED_MOST]:
            with contextlib.suppress(ApiError):
                model.put_pages([(await ask(client.page(number))).page])

    def _take(self, detail: wire_incidents.IncidentDetail, told: wire.Timeline) -> None:
        """Both at once, and the rows with them: what is drawn in between finds what its rows are about."""
        if not self.composed:
            return
        self.detail = detail
        first = not self.entries
        self.entries = {entry.seq: entry for entry in told.entries}
        self.show_entries(cursor=told.entries[-1].seq if first and told.entries else None)
        self.repaint_room()

    def show_entries(self, cursor: Key | None = None) -> None:
        super().show_entries(cursor)
        self._show_panel()

    def _show_panel(self) -> None:
        if self.detail is not None and self.composed:
            self.panel.set_rows(list(panel.keys(self._seen(self.detail))))

    # ------------------------------------------------------------------ painting
    def _entry_row(self, key: Key, width: int) -> list[paint.Line]:
        pending = self.pending.get(key)
        entry = pending or self.entries[cast("int", key)]
        start = self.incident.started_at if self.incident else entry.observed_at
        expanded = key in self.expanded
        day = self.days.get(entry.seq, "") if pending is None else ""
        return timeline.row(
            entry, start, self.model.zone, width, expanded=expanded, pending=pending is not None, day=day
        )

    def _seen(self, detail: wire_incidents.IncidentDetail) -> panel.Room:
        return panel.Room(self.model, detail, self.entries, self.here, self.past, self.measures)

    def _panel_row(self, key: Key, width: int) -> list[paint.Line]:
        if self.detail is None:
            return [[]]
        seen = self._seen(self.detail)
        return panel.row(seen, cast("panel.Key", key), min(width, PANEL_WIDTH * 2))

    def repaint_room(self) -> None:
        incident = self.incident
        if incident is None or not self.composed:
            self.repaint_bars()
            return
        width = self.size.width
        self.query_one("#room-title", Bar).say(*room.title(self.model, incident))
        updates = self.detail.updates if self.detail is not None else ()
        told_at = updates[-1].at if updates else incident.declared_at
        self.query_one("#room-roles", Bar).say(
            room.roles(self.model, incident, width, len(self.here), checklist.progress(self.detail)),
            room.next_update(incident, self.model.now(), told_at if width >= _BAR_WIDTH else None),
        )
        self.query_one("#room-chain", Bar).say(room.chain(self.model, incident, width))
        rule = self.query_one("#room-rule", Bar)
        rule.say(room.violation(incident, self.model.now()))
        rule.display = bool(incident.violations) and self.size.height >= LOW
        self.query_one("#room-tabs", Bar).say(self._tabs_line(incident))
        self.repaint_bars()

    def _tabs_line(self, incident: wire.Incident) -> paint.Line:
        updates = len(self.detail.updates) if self.detail else 0
        linked, pages = len(incident.alert_ids), len(incident.page_ids)
        more = f" · linked {linked} · pages {pages}" if self.size.width >= 76 else ""
        facts = f"Panel: updates {updates}{more} · here {len(self.here)}"
        return [
            (" ", theme.plain),
            (f" Timeline {len(self.entries)} ", theme.muted if self._on_panel else theme.tab_here),
            (" ", theme.plain),
            (f" {facts} ", theme.tab_here if self._on_panel else theme.muted),
            ("  tab", theme.faint),
        ]

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        entries = phrases.count(len(self.entries), "entry", "entries")
        count: paint.Line = [(f" {entries if self.detail is not None else 'loading …'}", theme.muted)]
        left: paint.Line = [*self.writers(), *(self.filter_line() or count)]
        below = 0 if self._on_panel and not self.wide else self.timeline.lines_below
        if below:
            left += [(f" · {below} lines below ", theme.muted), (".", theme.key), (" goes to the newest", theme.muted)]
        if self.pending:
            left.append((f" · ~ {len(self.pending)} being sent", theme.warning))
        return left, []

    # ------------------------------------------------------------------ who is here
    def doing(self) -> str:
        if self.app.screen is not self:
            return self.writing
        return "a note" if self.composer.has_focus and self.composer.text else ""

    def looking_at(self) -> str:
        section = panel.section(self.row_under_cursor()[0])
        return section.heading.lower() if section is not None else "timeline"

    def show_presence(self) -> None:
        self._show_panel()
        self.repaint_room()

    def on_screen_suspend(self) -> None:
        self.call_later(self.tell_presence)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.writing = ""
        self.tell_presence()

    # ------------------------------------------------------------------ live
    def on_model(self, changes: Changes) -> None:
        linked = set(self.incident.alert_ids) if self.incident else set()
        pages = set(self.incident.page_ids) if self.incident else set()
        ours = self.incident_id in changes.incidents or linked & changes.alerts or pages & changes.pages
        if self.detail is not None and (ours or changes.everything):
            self._loads = self.run_worker(self._load, exit_on_error=False)
        if self.incident is not None and self.detail is not None:
            self.panel.repaint_all()
        self.repaint_room()

    def on_tick(self) -> None:
        self.tell_presence()
        self.repaint_room()

    def on_virtual_list_moved(self) -> None:
        self.repaint_bars()

    async def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        if event.source.id != "panel":
            self.do_expand()
            return
        section = panel.section(self.row_under_cursor()[0])
        if section is None or not section.enter:
            self.tui.say("nothing opens here", "warning")
        else:
            await self.action_verb(section.enter)

    # ------------------------------------------------------------------ verbs of the frame
    def do_pane(self) -> None:
        if self.wide:
            self.set_focus(self.timeline if self.panel.has_focus else self.panel)
            return
        self._on_panel = not self._on_panel
        self.fit_window()
        self.set_focus(self.panel if self._on_panel else self.timeline)
        self.repaint_room()

    def do_copy(self) -> None:
        entry = self.entry_here()
        if entry is not None:
            text = f"{entry.observed_at:%Y-%m-%d %H:%M:%SZ} {entry.kind} {entry.by}: {entry.text}"
        elif self.panel.has_focus and self.panel.cursor is not None:
            text = "".join(span for line in self._panel_row(self.panel.cursor, 200) for span, _ in line)
        else:
            return
        self.app.copy_to_clipboard(" ".join(text.split()))
        self.tui.say("✓ copied", "done")

    def show_panel(self) -> None:
        if not self.panel.has_focus:
            self.do_pane()

    def do_who(self) -> None:
        self.show_panel()
        self.panel.select(("here", 0))

    def show_timeline(self) -> None:
        if self._on_panel and not self.wide:
            self.do_pane()
        self.set_focus(self.timeline)

    def do_back(self) -> None:
        if self.clear_filter():
            self.set_focus(self.timeline)
            return
        self.run_worker(self._leave(), exit_on_error=False)

    async def _leave(self) -> None:
        await self.composer.keep_now()
        self.app.run_worker(self.say_present("left"), exit_on_error=False)
        self.app.pop_screen()
