"""What the views of the mode of insights about the process share: they follow events, and have no scope."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from incidentd_tui import paint, theme
from incidentd_tui.model import Changes
from incidentd_tui.screens.insights.base import AGAIN, BACK, InsightScreen
from incidentd_tui.screens.listing import CLEAR, COPY, FILTER, NEXT_VIEW, PREVIOUS_VIEW, VIEW

T = TypeVar("T")
READING = (FILTER, VIEW, COPY, NEXT_VIEW, PREVIOUS_VIEW, AGAIN, CLEAR, BACK)


class ProcessView(InsightScreen[T]):
    """`kinds` are the subjects of events that make the list another; `says` is its line at the top."""

    kinds: ClassVar[frozenset[str]] = frozenset()
    says: ClassVar[str] = ""

    def scope_line(self, width: int) -> paint.Line:
        return [(paint.crop(f" {self.says}", width), theme.muted)]

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        return [], []

    def on_mount(self) -> None:
        self._fetch_again()

    def on_model(self, changes: Changes) -> None:
        if changes.everything or changes.kinds & self.kinds:
            self._fetch_again()
        self.refresh_frame()

    def on_tick(self) -> None:
        self.refresh_frame()

    def do_clear(self) -> None:
        """Back, where there is nothing to clear."""
        if self.filter or self.table.marks or self.query_one("#filter").display:
            super().do_clear()
        else:
            self.do_back()
