"""One figure with every case that it is of: a picture of dots to walk along, or a table of words."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator

from textual.app import ComposeResult

from incidentd.domain.pictures.dots import dots_lines, dots_table
from incidentd.wire.figures import Figure, FigureCase, FigureDetail
from incidentd_tui import paint, theme
from incidentd_tui.rows import cases, figures, pictures
from incidentd_tui.screens.insights.base import AGAIN, SCOPE_VERBS
from incidentd_tui.screens.insights.figure_verbs import FIGURE_VERBS, FigureVerbs
from incidentd_tui.screens.insights.subjects import can_open, open_subject
from incidentd_tui.screens.listing import COPY
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.bars import Bar
from incidentd_tui.widgets.picture import Picture
from incidentd_tui.widgets.virtual_list import Key, VirtualList

_Wanted = tuple[FigureDetail, int, int, int]
"""What a picture is made of: the cases, its size, and the number of the case under the cursor."""


class DotsScreen(FigureVerbs[FigureCase]):
    """The cursor stands on a case, in the picture as in the table, and stays on it when others come."""

    heading = "Cases"
    views = ()
    VERBS = (
        Verb("dots.back", "escape,q", "back", "Back to the figures"),
        Verb("dots.before", "h,left", "‹ case", "The case before"),
        Verb("dots.after", "l,right", "case ›", "The case after"),
        Verb("dots.open", "o", "open", "Open what the case is about (Enter too)"),
        Verb("insights.table", "t", "table", "The picture as a table of words, and back"),
        *FIGURE_VERBS,
        *SCOPE_VERBS,
        COPY,
        AGAIN,
    )

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name_of_figure = name
        self.detail: FigureDetail | None = None
        self._rows: pictures.Rows | None = None
        self._places: dict[str, int] = {}  # of each key among the cases
        self._drawn: _Wanted | None = None
        self._drawing = False

    # ------------------------------------------------------------------ loading
    async def fetch(self) -> Iterable[tuple[str, FigureCase]]:
        query = self.looking.scope.query(self.model.now())
        asked = self.tui.acts.client.figure(self.name_of_figure, **query)
        found = await self.tui.acts.gateway.ask_much(asked)
        rows = await asyncio.to_thread(lambda: pictures.Rows(dots_table(found)))
        self.detail, self._rows, self.reckoned_at = found, rows, found.at
        self.looking.boundaries = found.boundaries
        named = list(zip(_keys(found.cases), found.cases, strict=True))
        self._places = {key: number for number, (key, _) in enumerate(named)}
        return named

    def order(self) -> list[Key]:
        return list(self.known)

    def reorder(self, cursor: Key | None = None) -> None:
        begins = self.table.cursor is None and self.known
        super().reorder(next(reversed(self.known)) if begins else cursor)
        self._show_form()

    @property
    def figure_here(self) -> Figure | None:
        return self.detail.figure if self.detail is not None else None

    # ------------------------------------------------------------------ frame
    def compose_above(self) -> ComposeResult:
        yield Picture(widget_id="picture")

    def on_mount(self) -> None:
        picture = self.query_one("#picture", Picture)
        picture.rows = self.table
        picture.say([[], [("  … looking", theme.muted)]])
        super().on_mount()

    def fit_window(self) -> None:
        super().fit_window()
        self.query_one("#views").display = True
        self._show_form()

    def _show_form(self) -> None:
        """The picture or the table, and the keys to what is shown."""
        as_table = self.looking.as_table or not self.known
        picture = self.query_one("#picture", Picture)
        picture.display, self.table.display = not as_table, as_table
        shown = self.table if as_table else picture
        if self.focused is not shown:
            self.set_focus(shown)

    def refresh_frame(self) -> None:
        super().refresh_frame()
        if self.composed:
            self.query_one("#views", Bar).say(*self._title())
            self._draw_again()

    def _title(self) -> tuple[paint.Line, paint.Line]:
        if self.detail is None:
            return [], []
        one = self.detail.figure
        return [(f" {one.title}", theme.bold)], [(f"{figures.said(one)} ", theme.primary)]

    # ------------------------------------------------------------------ the picture
    def _draw_again(self) -> None:
        if not self._drawing and not self.looking.as_table and self._wanted() not in (None, self._drawn):
            self._drawing = True
            self.run_worker(self._draw(), exit_on_error=False, group="draw")

    def _wanted(self) -> _Wanted | None:
        size = self.query_one("#picture").size
        if self.detail is None or not self.known or not size.width:
            return None
        return self.detail, size.width - 1, size.height, self._places.get(str(self.table.cursor), 0)

    async def _draw(self) -> None:
        """Draw off the event loop, and again as long as something else is wanted meanwhile."""
        try:
            while (wanted := self._wanted()) is not None and wanted != self._drawn:
                detail, width, height, number = wanted
                drawn = await asyncio.to_thread(dots_lines, detail, width, height, cursor=number)
                lines: list[paint.Line] = [[(" ", theme.plain), *one] for one in pictures.lines(drawn)]
                self.query_one("#picture", Picture).show(lines, pictures.spot(lines))
                self._drawn = wanted
        finally:
            self._drawing = False

    def on_virtual_list_resized(self) -> None:
        """The columns of the table were made for another width."""
        super().on_virtual_list_resized()
        self.table.repaint_all()

    # ------------------------------------------------------------------ painting
    def head(self, width: int) -> paint.Line:
        shown = self.looking.as_table and self._rows is not None and self.known
        if not shown or self._rows is None:
            return []
        self._rows.fit(width - 2)
        return self._rows.header()

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        number = self._places.get(str(key))
        return [self._rows.row(number)] if self._rows is not None and number is not None else [[]]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one, detail = self.here, self.detail
        if one is None or detail is None:
            return []
        if not self.wide:
            return [[], *cases.below(self.model, one, detail, width)]
        return [*cases.beside(self.model, one, detail, width), *figures.definition(detail.figure, width)]

    def nothing(self) -> list[paint.Line]:
        if self._loaded and not self._fault:
            return [[], [("  No case of it in what is counted; f counts over more.", theme.muted)]]
        return super().nothing()

    def told(self) -> str:
        one, at = self.here, self._places.get(str(self.table.cursor), 0) + 1
        return f"{at} of {len(self.known)}: {one.name}" if one is not None else ""

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        if verb.id == "dots.open":
            if self.here is None:
                return "open: there is no case here"
            if not can_open(str(self.here.subject)):
                return f"open: {self.here.name} has no screen of its own"
        return ""

    def do_before(self) -> None:
        self.table.action_move(-1)

    def do_after(self) -> None:
        self.table.action_move(1)

    def do_table(self) -> None:
        self.looking.as_table = not self.looking.as_table
        self._show_form()
        self.call_after_refresh(self.refresh_frame)

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("dots.open"), exit_on_error=False)

    async def do_open(self) -> None:
        if (one := self.here) is not None:
            await open_subject(self.tui, str(one.subject))


def _keys(found: Iterable[FigureCase]) -> Iterator[str]:
    """A key for each that stays its own when others come: one subject may have several cases, at one time too."""
    seen: Counter[str] = Counter()
    for one in found:
        key = f"{one.subject} {one.at.isoformat()}"
        seen[key] += 1
        yield f"{key} {seen[key]}"
