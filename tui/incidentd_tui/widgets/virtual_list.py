"""The one list of the UI: draws only the rows on the screen, however many there are.

The cursor is tied to a key, not to an index: rows may come and go around it. Near the edge the view scrolls by half a
page, so that a run of `j` repaints two rows a press and not the screen.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from itertools import accumulate
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from incidentd_tui import paint, theme

Key = Hashable
RowPainter = Callable[[Key, int], list[paint.Line]]
"""The lines of one row, for a width in cells; a uniform list gives exactly one."""


class VirtualList(ScrollView, can_focus=True):
    """Rows by key. `marks` are the keys that the user marked; a row may stand for several keys, or for one that is
    folded away: `stands_for` says which, and `folded` are those that no row of their own shows.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("g,home", "edge(-1)", show=False),
        Binding("G,end", "edge(1)", show=False),
        Binding("ctrl+d,pagedown", "half(1)", show=False),
        Binding("ctrl+u,pageup", "half(-1)", show=False),
        Binding("enter", "open", show=False),
        Binding("space", "mark", show=False),
        Binding("V", "range", show=False),
    ]

    class Moved(Message):
        """The cursor stands on another row."""

    class Resized(Message):
        """It has another size: what is made for a height is made anew."""

    class Opened(Message):
        """Enter was pressed on the row under the cursor."""

        def __init__(self, source: VirtualList, key: Key) -> None:
            super().__init__()
            self.source = source
            self.key = key

    class Marked(Message):
        """The marks changed."""

    def __init__(
        self,
        painter: RowPainter,
        *,
        uniform: bool = True,
        markable: bool = False,
        skips: Callable[[Key], bool] | None = None,
        stands_for: Callable[[Key], Collection[Key]] | None = None,
        widget_id: str | None = None,
    ) -> None:
        super().__init__(id=widget_id)
        self._painter = painter
        self._uniform = uniform
        self._markable = markable
        self._skips = skips or (lambda key: False)
        self._stands_for = stands_for or (lambda key: (key,))
        self._keys: Sequence[Key] = ()
        self._index: dict[Key, int] = {}
        self._ends: list[int] = []  # the line after each row, for rows of several lines
        self._cursor: Key | None = None
        self._range_from: Key | None = None
        self._cache: dict[Key, list[Strip]] = {}
        self._cache_width = 0
        self.marks: set[Key] = set()
        self.folded: Collection[Key] = frozenset()
        self.empty_lines: list[paint.Line] = []

    # ------------------------------------------------------------------ rows
    @property
    def keys(self) -> Sequence[Key]:
        return self._keys

    @property
    def cursor(self) -> Key | None:
        """The key of the row under the cursor, None in an empty list."""
        return self._cursor

    @property
    def cursor_index(self) -> int:
        return self._index.get(self._cursor, 0) if self._cursor is not None else 0

    @property
    def gutter_width(self) -> int:
        return 2 if self._markable else 1

    def set_rows(self, keys: Sequence[Key], *, cursor: Key | None = None, follow: bool = False) -> None:
        """Show `keys`. The cursor stays on its row; if that is gone, near its place.

        With `follow`, a view that showed the end shows the new end too, as far as the cursor's row stays in it.
        """
        at_end = follow and self.scroll_offset.y + self.size.height >= self.virtual_size.height
        top_gap = self._top_of(self.cursor_index) - self.scroll_offset.y
        index, had_cursor = self.cursor_index, self._cursor is not None
        self._keys = keys
        self._index = {key: number for number, key in enumerate(keys)}
        self.marks &= self._index.keys() | set(self.folded)
        self._cache.clear()
        if cursor is not None and cursor in self._index:
            self._cursor = cursor
        elif self._cursor not in self._index:
            self._cursor = keys[self._landing(min(index, len(keys) - 1), 1)] if keys else None
        self._measure()
        if cursor is not None:
            self._reveal()
        elif at_end:
            end = max(self.virtual_size.height - self.size.height, 0)
            self.scroll_to(y=min(end, self._top_of(self.cursor_index)), animate=False, force=True)
        elif self._keys and had_cursor:
            # Rows that came above push the view along with the row under the cursor.
            self.scroll_to(y=max(self._top_of(self.cursor_index) - top_gap, 0), animate=False, force=True)
        self.refresh()
        self._place_terminal_cursor()

    @property
    def lines_below(self) -> int:
        """How many lines lie below the view."""
        return max(self.virtual_size.height - self.scroll_offset.y - self.size.height, 0)

    def repaint(self, keys: Iterable[Key]) -> None:
        """Rows changed in place: redraw those that can be seen."""
        for key in keys:
            self._cache.pop(key, None)
            index = self._index.get(key)
            if index is not None:
                self.refresh_lines(self._top_of(index), self._height_of(index))

    def repaint_all(self) -> None:
        """What rows show changed (a clock, a filter): draw the visible ones again."""
        self._cache.clear()
        self.refresh()

    def remeasure(self) -> None:
        """Heights of rows changed."""
        self._cache.clear()
        self._measure()
        self.refresh()

    def select(self, key: Key) -> None:
        """Put the cursor on `key`, if it is there."""
        if key in self._index:
            self._go(self._index[key])

    def show_at_top(self, index: int) -> None:
        """Put the cursor on the row at `index` and show it as the first one, where there are enough below."""
        if not self._keys:
            return
        self._go(min(max(index, 0), len(self._keys) - 1))
        last = max(self.virtual_size.height - self.size.height, 0)
        self.scroll_to(y=min(self._top_of(self.cursor_index), last), animate=False, force=True)
        self._place_terminal_cursor()

    # ------------------------------------------------------------------ geometry
    def _measure(self) -> None:
        width = self._row_width()
        if self._uniform:
            height = len(self._keys)
        else:
            self._ends = list(accumulate(len(self._lines_of(key, width)) for key in self._keys))
            height = self._ends[-1] if self._ends else 0
        self.virtual_size = Size(width, height)

    def _row_width(self) -> int:
        return max(self.scrollable_content_region.width, 1)

    def _top_of(self, index: int) -> int:
        if self._uniform:
            return index
        return self._ends[index - 1] if 0 < index <= len(self._ends) else 0

    def _height_of(self, index: int) -> int:
        return 1 if self._uniform else self._ends[index] - self._top_of(index)

    def _row_at(self, y: int) -> int:
        return y if self._uniform else bisect_right(self._ends, y)

    def on_resize(self) -> None:
        self._cache.clear()
        self._measure()
        self._reveal()
        self.post_message(self.Resized())

    # ------------------------------------------------------------------ drawing
    def _lines_of(self, key: Key, width: int) -> list[paint.Line]:
        return self._painter(key, width - self.gutter_width) or [[]]

    def _strips_of(self, key: Key, width: int) -> list[Strip]:
        if width != self._cache_width:
            self._cache.clear()
            self._cache_width = width
        if key not in self._cache:
            self._cache[key] = self._draw(key, width)
        return self._cache[key]

    def _draw(self, key: Key, width: int) -> list[Strip]:
        here = key == self._cursor and (self.has_focus or self.has_class("always"))
        under = theme.on_cursor if here else Style.parse(f"on {self._ground()}")
        strips = []
        for line in self._lines_of(key, width):
            gutter: paint.Line = [("▌" if here else " ", theme.primary)]
            if self._markable:
                gutter.append((self._mark_of(key), theme.key))
            strips.append(paint.strip([*gutter, *line], width, under, lift=here))
        return strips

    def _mark_of(self, key: Key) -> str:
        """The second cell of a row: marked, partly marked, or not."""
        if not self.marks:
            return " "
        about = self._stands_for(key)
        marked = sum(one in self.marks for one in about)
        return "+" if marked and marked == len(about) else "±" if marked else " "

    def _ground(self) -> str:
        return self.background_colors[1].hex6

    def render_line(self, y: int) -> Strip:
        width, ground = self._row_width(), Style.parse(f"on {self._ground()}")
        line = y + self.scroll_offset.y
        if not self._keys:
            shown = self.empty_lines[y] if y < len(self.empty_lines) else []
            return paint.strip(shown, width, ground)
        index = self._row_at(line)
        if index >= len(self._keys):
            return Strip.blank(width, ground)
        strips = self._strips_of(self._keys[index], width)
        within = line - self._top_of(index)
        # Cells without a style would fail where there is no colour: Textual asks each for its own.
        return strips[within] if within < len(strips) else Strip.blank(width, ground)

    def on_focus(self) -> None:
        self.repaint_all()
        self._place_terminal_cursor()

    def on_blur(self) -> None:
        self.repaint_all()

    def _place_terminal_cursor(self) -> None:
        """Screen readers and braille lines follow the terminal's own cursor."""
        if self.has_focus and self._keys:
            row = self._top_of(self.cursor_index) - self.scroll_offset.y
            region = self.content_region
            if 0 <= row < region.height:
                self.app.cursor_position = region.offset + Offset(0, row)

    # ------------------------------------------------------------------ moving
    def _go(self, index: int) -> None:
        if not self._keys:
            return
        side = 1 if index >= self.cursor_index else -1
        landing = self._landing(min(max(index, 0), len(self._keys) - 1), side)
        before, self._cursor = self._cursor, self._keys[landing]
        if self._cursor == before:
            return
        touched = {before, self._cursor}
        if self._range_from is not None:
            touched |= self._mark_range()
        self.repaint(key for key in touched if key is not None)
        self._reveal()
        self._place_terminal_cursor()
        self.post_message(self.Moved())

    def _landing(self, index: int, side: int) -> int:
        """The row at `index`, or the next one towards `side` (else the other way) that the cursor may stand on."""
        for step in (side, -side):
            at = index
            while 0 <= at < len(self._keys):
                if not self._skips(self._keys[at]):
                    return at
                at += step
        return index

    def _reveal(self) -> None:
        if not self._keys:
            return
        index = self.cursor_index
        top, height, page = self._top_of(index), self._height_of(index), max(self.size.height, 1)
        y = self.scroll_offset.y
        last = max(self.virtual_size.height - page, 0)
        if top < y:
            y = max(min(top, top + height - page // 2), 0) if height < page else top
        elif top + height > y + page:
            y = min(max(top + height - (page + 1) // 2, 0), top)
        self.scroll_to(y=min(y, last), animate=False, force=True)

    def action_move(self, by: int) -> None:
        self._go(self.cursor_index + by)

    def action_edge(self, side: int) -> None:
        self._go(0 if side < 0 else len(self._keys) - 1)

    def action_half(self, side: int) -> None:
        if not self._keys:
            return
        target = self._top_of(self.cursor_index) + side * max(self.size.height // 2, 1)
        self._go(self._row_at(max(target, 0)))

    def action_open(self) -> None:
        if self._cursor is not None:
            self.post_message(self.Opened(self, self._cursor))

    def on_click(self, event: object) -> None:
        y = getattr(event, "y", 0) + self.scroll_offset.y
        index = self._row_at(y)
        if index < len(self._keys):
            self._go(index)

    # ------------------------------------------------------------------ marks
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where nothing can be marked, the keys that mark are free for the screen."""
        return self._markable if action in ("mark", "range") else super().check_action(action, parameters)

    def action_mark(self) -> None:
        if not self._markable or self._cursor is None:
            return
        self._range_from = None
        about = set(self._stands_for(self._cursor))
        self.marks = self.marks - about if about <= self.marks else self.marks | about
        self.repaint(self._showing(about))
        self.post_message(self.Marked())
        self._go(self.cursor_index + 1)

    def action_range(self) -> None:
        """Start a range at the cursor, or end it; moving in between marks every row passed."""
        if not self._markable or self._cursor is None:
            return
        self._range_from = None if self._range_from is not None else self._cursor
        if self._range_from is not None:
            self.repaint(self._mark_range())
        self.post_message(self.Marked())

    def _mark_range(self) -> set[Key]:
        start = self._index.get(self._range_from, self.cursor_index)
        low, high = sorted((start, self.cursor_index))
        fresh = {one for key in self._keys[low : high + 1] for one in self._stands_for(key)} - self.marks
        self.marks |= fresh
        self.post_message(self.Marked())
        return self._showing(fresh)

    def mark_all(self) -> None:
        """Mark every row, or none when all are marked."""
        about = {one for key in self._keys for one in self._stands_for(key)}
        self._range_from = None
        self.marks = set() if about <= self.marks else about
        self.repaint_all()
        self.post_message(self.Marked())

    def _showing(self, about: set[Key]) -> set[Key]:
        """The rows in sight that show whether any of `about` is marked."""
        top = self._row_at(self.scroll_offset.y)
        seen = self._keys[top : top + self.size.height + 1]
        return {key for key in seen if not about.isdisjoint(self._stands_for(key))}

    def clear_marks(self) -> None:
        gone, self.marks, self._range_from = self.marks, set(), None
        self.repaint(self._showing(gone))
        self.post_message(self.Marked())
