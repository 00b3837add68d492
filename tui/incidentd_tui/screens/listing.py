"""A mode with one list: views above it (or in a rail at its left), a preview at its right, a filter below."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from incidentd.domain.filters import Filter, parse_filter
from incidentd_tui import paint, theme
from incidentd_tui.model import Link
from incidentd_tui.screens.base import VerbScreen
from incidentd_tui.screens.picker import Item, Picker
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.bars import Bar, Pane
from incidentd_tui.widgets.virtual_list import Key, VirtualList

PREVIEW_WIDTH = 44

FILTER = Verb("list.filter", "slash", "filter", "Words, and label matchers such as team=web or host=~db.*; esc clears")
VIEW = Verb("list.view", "v", "views", "Pick a view of this list")
NEXT_VIEW = Verb("list.next_view", "right_square_bracket", "next view", "The next view", hint=False)
PREVIOUS_VIEW = Verb("list.previous_view", "left_square_bracket", "view before", "The view before", hint=False)
COPY = Verb("list.copy", "y", "copy", "Copy the row to the clipboard of this terminal (OSC 52)")
FRESH = Verb("list.fresh", "full_stop", "show new", "Show the rows that came since; the order is made anew", hint=False)
CLEAR = Verb("list.clear", "escape", "clear", "Clear marks, then the filter", hint=False)


class FilterInput(Input):
    """One line; Enter keeps the filter, Escape clears it."""


class ListScreen(VerbScreen):
    """Subclasses paint rows and order keys; the order on the screen changes only when the user asks for it."""

    uniform: ClassVar[bool] = True
    markable: ClassVar[bool] = False
    skipped: ClassVar[frozenset[str]] = frozenset()
    """First parts of keys that the cursor passes over: heads and gaps."""
    views: Sequence[tuple[str, str]] = ()

    def __init__(self) -> None:
        super().__init__()
        self.view = self.views[0][0] if self.views else ""
        self.filter = Filter()
        self._settled = False

    # ------------------------------------------------------------------ for subclasses
    def order(self) -> list[Key]:
        """The keys of the view, in order."""
        raise NotImplementedError

    def stands_for(self, key: Key) -> Collection[Key]:
        """What a mark on this row is about."""
        return (key,)

    def folded(self) -> Collection[Key]:
        """Keys that belong to the list and have no row of their own."""
        return ()

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        raise NotImplementedError

    def head(self, width: int) -> paint.Line:
        """Column heads, [] for none."""
        return []

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        return []

    def rail_lines(self) -> list[paint.Line]:
        return []

    def view_counts(self) -> dict[str, int]:
        return {}

    def nothing(self) -> list[paint.Line]:
        """What an empty list says."""
        return []

    # ------------------------------------------------------------------ frame
    def compose_body(self) -> ComposeResult:
        yield Bar(widget_id="views")
        with Horizontal(id="body"):
            yield Pane(widget_id="rail")
            with Vertical(id="middle"):
                yield Bar(widget_id="head")
                yield from self.compose_above()
                yield VirtualList(
                    self.paint_row,
                    uniform=self.uniform,
                    markable=self.markable,
                    skips=lambda key: isinstance(key, tuple) and key[0] in self.skipped,
                    stands_for=self.stands_for,
                    widget_id="list",
                )
            yield Pane(widget_id="preview")
        filter_input = FilterInput(placeholder="words, team=web, host=~db.*", id="filter")
        filter_input.display = False
        filter_input.cursor_blink = False
        yield filter_input

    def compose_above(self) -> ComposeResult:
        """What stands between the heads and the list."""
        yield from ()

    @property
    def table(self) -> VirtualList:
        return self.query_one("#list", VirtualList)

    def fit_window(self) -> None:
        has_rail = bool(self.rail_lines())
        self.query_one("#rail").display = self.wide and has_rail
        self.query_one("#preview").display = self.wide
        self.query_one("#views").display = bool(self.views) and not (self.wide and has_rail)

    def reorder(self, cursor: Key | None = None) -> None:
        """Take the fresh order: after a filter, a view, `.`, or when there was nothing to disturb."""
        self._settled = self.model.complete
        rows = self.table
        rows.empty_lines = self._empty()
        keys = self.order()
        rows.folded = self.folded()
        rows.set_rows(keys, cursor=cursor)
        self.refresh_frame()

    def refresh_frame(self) -> None:
        """Heads, views, rail, preview and bars."""
        if not self.composed:
            return
        heads = self.head(self.table.scrollable_content_region.width or self.size.width)
        self.query_one("#head", Bar).say(heads)
        self.query_one("#head").display = bool(heads)
        self.query_one("#views", Bar).say(self._views())
        if self.wide:
            self.query_one("#rail", Pane).say(self.rail_lines())
            self.query_one("#preview", Pane).say(self._preview())
        self.repaint_bars()

    def _preview(self) -> list[paint.Line]:
        lines = self.preview_lines(self.table.cursor, PREVIEW_WIDTH - 3)
        return [[("│ ", theme.line), *line] for line in lines] + [[("│", theme.line)]] * 100

    def _views(self) -> paint.Line:
        counts = self.view_counts()
        spans: paint.Line = [(" ", theme.plain)]
        for name, label in self.views:
            count = f" {counts[name]}" if name in counts else ""
            spans += [(f" {label}{count} ", theme.tab_here if name == self.view else theme.muted), (" ", theme.plain)]
        hint: paint.Line = [("  v views", theme.faint)]
        return [*spans, *(hint if paint.width_of([*spans, *hint]) <= self.size.width else [])]

    def _empty(self) -> list[paint.Line]:
        model = self.model
        if not model.loaded:
            if model.link is Link.LOST:
                return [
                    [],
                    [("  ○ ", theme.warning), (model.link_trouble, theme.plain)],
                    [("    trying again …", theme.muted)],
                ]
            return [[], [("  connecting …", theme.muted)]]
        if self.filter:
            return [
                [],
                [("  no match for ", theme.muted), (self.filter.text, theme.bold), ("   esc clears", theme.muted)],
            ]
        return self.nothing()

    # ------------------------------------------------------------------ live
    def waiting_rows(self) -> list[Key]:
        """Rows that belong here now and are not shown yet."""
        shown = set(self.table.keys)
        return [key for key in self.order() if key not in shown]

    def on_virtual_list_resized(self) -> None:
        """The window has another size, and then what stands beside the list has come or gone."""
        self.refresh_frame()

    def on_virtual_list_moved(self) -> None:
        self.refresh_frame()

    def on_virtual_list_marked(self) -> None:
        self.refresh_frame()

    def news(self) -> paint.Line:
        """ "3 new" for rows that wait for `.`."""
        fresh = len(self.waiting_rows()) if self._settled else 0
        return [(f" · ↑ {fresh} new ", theme.warning), (".", theme.key), (" shows", theme.muted)] if fresh else []

    # ------------------------------------------------------------------ verbs
    def do_filter(self) -> None:
        box = self.query_one("#filter", FilterInput)
        box.display = True
        box.value = self.filter.text
        self.set_focus(box)

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id == "filter" and event.value != self.filter.text:
            self.filter = parse_filter(event.value)
            self.reorder()
            if self.filter.fault:
                self.tui.say(self.filter.fault, "warning")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "filter":
            self._close_filter()

    def _close_filter(self) -> None:
        self.query_one("#filter").display = False
        self.set_focus(self.table)

    def do_clear(self) -> None:
        box = self.query_one("#filter", FilterInput)
        if self.table.marks and not box.has_focus:
            self.table.clear_marks()
            return
        self.filter = Filter()
        with self.prevent(Input.Changed):
            box.value = ""
        self._close_filter()
        self.reorder()

    def view_items(self) -> list[Item]:
        """What `v` offers."""
        counts = self.view_counts()
        return [Item(name, label, str(counts.get(name, ""))) for name, label in self.views]

    def view_order(self) -> list[str]:
        """The views in the order of [ and ]."""
        return [name for name, _ in self.views]

    def view_name(self) -> str:
        """The view that is shown, as `choose_view` takes it."""
        return self.view

    def choose_view(self, name: str) -> None:
        """Show another view, without marks and from its top."""
        self.view = name
        self.table.clear_marks()
        self.reorder()

    def do_view(self) -> None:
        def chosen(value: str | None) -> None:
            if value is not None:
                self.choose_view(value)

        self.app.push_screen(Picker("Views", self.view_items(), "which view?"), chosen)

    def do_next_view(self) -> None:
        self._step_view(1)

    def do_previous_view(self) -> None:
        self._step_view(-1)

    def _step_view(self, by: int) -> None:
        names = self.view_order()
        self.choose_view(names[(names.index(self.view_name()) + by) % len(names)])

    def do_fresh(self) -> None:
        self.reorder()

    def do_copy(self) -> None:
        key = self.table.cursor
        if key is None:
            return
        text = "".join(span for span, _ in self.paint_row(key, 200)[0]).strip()
        self.tui.copy_to_clipboard(" ".join(text.split()))
        self.tui.say("✓ copied the row", "done")
