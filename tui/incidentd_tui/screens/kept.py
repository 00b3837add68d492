"""A list that is fetched whole and again when it changes: silences, maintenance windows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from textual.worker import Worker

from incidentd.client import ClientError
from incidentd_tui import paint, theme
from incidentd_tui.model import Changes
from incidentd_tui.screens.listing import ListScreen
from incidentd_tui.widgets.virtual_list import Key

T = TypeVar("T")


class KeptScreen(ListScreen, Generic[T]):
    """Keys are the ids as text. `kind` is the kind of event that makes the list stale."""

    mode = "inbox"
    kind: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, T] = {}
        self.hides: Counter[str] = Counter()
        self._fault = ""
        self._loaded = False

    # ------------------------------------------------------------------ for subclasses
    async def fetch(self) -> Iterable[tuple[str, T]]:
        """All there is, by id."""
        raise NotImplementedError

    def hidden_counts(self) -> Counter[str]:
        """How many firing alerts each of them hides now, where they hide any."""
        return Counter()

    def in_view(self, view: str, one: T) -> bool:
        return True

    def accepts(self, one: T) -> bool:
        """Whether the filter lets it through."""
        return True

    def rank(self, one: T) -> tuple[object, ...]:
        """What the list is sorted by."""
        raise NotImplementedError

    # ------------------------------------------------------------------ painting
    def order(self) -> list[Key]:
        self.hides = self.hidden_counts()
        chosen = [(key, one) for key, one in self.known.items() if self.in_view(self.view, one) and self.accepts(one)]
        return [key for key, _ in sorted(chosen, key=lambda pair: self.rank(pair[1]))]

    def view_counts(self) -> dict[str, int]:
        return {name: sum(self.in_view(name, one) for one in self.known.values()) for name, _ in self.views}

    def nothing(self) -> list[paint.Line]:
        if self._fault:
            texts = paint.wrap(self._fault, self.size.width - 6, 6)
            return [
                [],
                *([("  ! " if not at else "    ", theme.danger), (text, theme.plain)] for at, text in enumerate(texts)),
            ]
        if not self._loaded:
            return [[], [("  loading …", theme.muted)]]
        return [[], [(f"  Nothing here ({self.heading.lower()}).", theme.muted)]]

    @property
    def here(self) -> T | None:
        """What the cursor is on."""
        return self.known.get(str(self.table.cursor))

    # ------------------------------------------------------------------ live
    def on_mount(self) -> None:
        self._fetch_again()

    def _fetch_again(self) -> None:
        if not self.known and self.query("#list"):  # also while it is being mounted
            self.table.empty_lines = self.nothing()
            self.table.refresh()
        # As a function: a load that another one replaces before it began leaves no coroutine behind.
        self._worker: Worker[None] = self.run_worker(self._load, exit_on_error=False, exclusive=True, group="load")

    def after_form(self, sent: bool | None) -> None:
        """What a form may have changed is fetched."""
        if sent:
            self._fetch_again()

    async def _load(self) -> None:
        try:
            found = await self.fetch()
        except ClientError as error:
            self._fault = self.tui.acts.reason("", error)
        else:
            self._fault, self._loaded, self.known = "", True, dict(found)
        if self.composed:
            self.reorder()

    def on_model(self, changes: Changes) -> None:
        if self.kind in changes.kinds or changes.everything:
            self._fetch_again()
        if changes.alerts or changes.everything:
            self.hides = self.hidden_counts()
            self.table.repaint_all()
        self.refresh_frame()

    def on_tick(self) -> None:
        if self.model.now().second % 15 == 0:
            self.table.repaint_all()
        self.refresh_frame()

    def do_back(self) -> None:
        if self.filter:
            self.do_clear()
        else:
            self.app.pop_screen()
