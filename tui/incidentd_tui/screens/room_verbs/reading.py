"""Reading the timeline: by words, by kind, the pinned moments, one entry in full. Live events never move the cursor."""

from __future__ import annotations

from textual.widgets import Input

from incidentd import wire
from incidentd_tui import paint, theme
from incidentd_tui.rows import kinds, timeline
from incidentd_tui.screens.listing import FilterInput
from incidentd_tui.screens.picker import Item, Picker
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList

FILTER = Verb("room.filter", "slash", "filter", "Only entries with these words; esc shows all")
KINDS = Verb("room.kinds", "f", "kinds", "Only decisions, updates, pages, people, alerts, what is pinned ...")
PIN = Verb("room.pin", "p", "pin", "Pin the entry under the cursor for everybody, or take its pin off", writes=True)
EXPAND = Verb("room.expand", "e", "expand", "Show this entry in full, with its evidence")
VERBS = (
    EXPAND,
    FILTER,
    KINDS,
    PIN,
    Verb("room.evidence", "v", "evidence", "Copy the evidence of the entry under the cursor", hint=False),
    Verb("room.jump", "m", "go there", "Go to the pinned entry under the cursor of the panel", hint=False),
    Verb("room.copy", "y", "copy", "Copy the entry under the cursor", hint=False),
    Verb("room.fresh", "full_stop", "show new", "Go to the newest entry", hint=False),
)


class ReadingVerbs(RoomPart):
    """`RoomScreen` loads `entries` and draws them."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[int, wire.TimelineEntry] = {}  # by when things happened
        self.days: dict[int, str] = {}  # that begin with an entry
        self.pending: dict[Key, wire.TimelineEntry] = {}
        self.expanded: set[Key] = set()
        self.words: tuple[str, ...] = ()
        self.kind = ""

    @property
    def timeline(self) -> VirtualList:
        return self.query_one("#timeline", VirtualList)

    # ------------------------------------------------------------------ what is shown
    @property
    def filtered(self) -> bool:
        return bool(self.words or self.kind)

    def shown(self) -> list[Key]:
        """The entries that the filter lets through."""
        told = self.entries.items()
        return [seq for seq, one in told if kinds.belongs(one, self.kind) and kinds.says(one, self.words)]

    def show_entries(self, cursor: Key | None = None) -> None:
        """Draw them; what is being sent stands at the end, whatever the filter."""
        rows = self.timeline
        self.entries = dict(sorted(self.entries.items(), key=lambda item: (item[1].observed_at, item[0])))
        if self.filtered:
            rows.empty_lines = [[], [("  no entry fits", theme.muted), ("   esc shows all", theme.muted)]]
        keys = self.shown()
        told = (self.entries[seq] for seq in keys if isinstance(seq, int))
        self.days = timeline.days(told, self.model.zone, self.model.now().astimezone(self.model.zone).date())
        rows.set_rows([*keys, *self.pending], cursor=cursor, follow=True)

    def filter_line(self) -> paint.Line:
        """What the filter is, and how much it lets through; [] without one."""
        if not self.filtered:
            return []
        names = {name: label for name, label, _ in kinds.groups(self.entries.values())}
        said = [names.get(self.kind, self.kind).lower() if self.kind else "", f"“{' '.join(self.words)}”"]
        text = " · ".join(part for part in said if part not in ("", "“”"))
        count = f" {len(self.shown())} of {len(self.entries)}"
        return [(f" {text}", theme.warning), (f"{count} · ", theme.muted), ("esc", theme.key), (" all", theme.muted)]

    def clear_filter(self) -> bool:
        """Show everything again; whether something was hidden."""
        hidden, self.words, self.kind = self.filtered, (), ""
        box = self.query_one("#filter", FilterInput)
        with self.prevent(Input.Changed):
            box.value = ""
        box.display = False
        self.show_entries(cursor=self.timeline.cursor)
        self.repaint_bars()
        return hidden

    # ------------------------------------------------------------------ filter
    def do_filter(self) -> None:
        box = self.query_one("#filter", FilterInput)
        box.display = True
        self.set_focus(box)

    def on_input_changed(self, event: Input.Changed) -> None:
        self.words = tuple(event.value.lower().split())
        self.show_entries()
        self.repaint_bars()

    def on_input_submitted(self) -> None:
        self.query_one("#filter").display = False
        self.set_focus(self.timeline)

    def do_kinds(self) -> None:
        items = [Item(name, label, str(count)) for name, label, count in kinds.groups(self.entries.values())]

        def chosen(value: str | None) -> None:
            if value is not None:
                self.kind = value
                self.show_entries(cursor=self.timeline.cursor)
                self.repaint_bars()

        self.app.push_screen(Picker("Which entries?", items, "kind"), chosen)

    # ------------------------------------------------------------------ one entry
    def entry_here(self) -> wire.TimelineEntry | None:
        """The entry under the cursor of the timeline, or the pinned one under that of the panel."""
        if self.panel.has_focus:
            name, number = self.row_under_cursor()
            return self.entries.get(number) if name == "pin" else None
        key = self.timeline.cursor
        return self.entries.get(key) if isinstance(key, int) else None

    def do_pin(self) -> None:
        entry = self.entry_here()
        if entry is None:
            self.tui.say("pin: go to an entry of the timeline first (tab)", "warning")
            return
        self.run_worker(self._pin(entry, pinned=not entry.pinned), exit_on_error=False)

    async def _pin(self, entry: wire.TimelineEntry, *, pinned: bool) -> wire.TimelineEntry | None:
        call = self.tui.acts.client.pin(self.incident_id, entry.seq, pinned=pinned)
        answer = await self.tui.acts.attempt(f"incident:{self.incident_id}", call)
        if answer is not None:
            self.entries[answer.seq] = answer
            self.show_entries()
            what = "pinned" if pinned else "pin taken off"
            self.tui.acts.can_undo(what, lambda: self._pin(answer, pinned=not pinned))
        return answer

    def do_jump(self) -> None:
        entry = self.entry_here() if self.panel.has_focus else None
        if entry is None:
            self.tui.say("go to a pinned moment of the panel first (tab)", "warning")
            return
        if entry.seq not in self.shown():
            self.clear_filter()
        self.show_timeline()
        self.timeline.select(entry.seq)

    def show_timeline(self) -> None:
        """Give the timeline the focus, and the room where there is but one."""
        raise NotImplementedError

    def do_expand(self) -> None:
        key = self.timeline.cursor
        if key is not None:
            self.expanded ^= {key}
            self.timeline.remeasure()

    def do_evidence(self) -> None:
        entry = self.entry_here()
        if entry is None or not entry.evidence:
            self.tui.say("evidence: this entry has none", "warning")
            return
        self.app.copy_to_clipboard(str(entry.evidence))
        self.tui.say("✓ copied the evidence", "done")

    def do_fresh(self) -> None:
        self.timeline.action_edge(1)
