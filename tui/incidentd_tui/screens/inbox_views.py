"""Views of the Inbox: the built-in ones and those that were saved, which one it begins with, and folding."""

from __future__ import annotations

from incidentd.client import ClientError
from incidentd.domain.filters import Filter, parse_filter
from incidentd.wire import views as wire_views
from incidentd_tui.forms import views as view_forms
from incidentd_tui.rows import folding, inbox
from incidentd_tui.screens.listing import ListScreen
from incidentd_tui.screens.picker import Item


class InboxViews(ListScreen):
    """A saved view is a built-in one and a filter; changing either leaves it."""

    def __init__(self) -> None:
        super().__init__()
        self.fold = folding.Fold()
        self.arranged = folding.Rows([], {})
        self._begun = False

    # ------------------------------------------------------------------ saved views
    def saved_here(self) -> wire_views.View | None:
        """The saved view that is shown as it was saved."""
        wanted = (self.view, self.filter.text)
        return next((one for one in self.model.views.views if (one.base, one.query) == wanted and one.query), None)

    def begin(self) -> None:
        """Once, when the daemon has answered: the view of the last time, or the one that was chosen."""
        if self._begun or not self.model.loaded:
            return
        self._begun = True
        opens = self.model.views.opens
        if opens and self.view == self.views[0][0] and not self.filter:
            self._show(opens)

    def _show(self, name: str) -> None:
        saved = next((one for one in self.model.views.views if f"view:{one.id}" == name), None)
        if saved is None:
            self.view, self.filter = (name if name in dict(self.views) else self.view), Filter()
        else:
            self.view, self.filter = saved.base, parse_filter(saved.query)

    def choose_view(self, name: str) -> None:
        self._show(name)
        self.table.clear_marks()
        self.reorder()
        if not self.model.views.pinned and self.model.views.opens != name:
            self.run_worker(self._remember(name), exit_on_error=False, exclusive=True, group="opening")

    async def _remember(self, name: str) -> None:
        """Begin with it the next time; a viewer, or a daemon that is away, is no trouble worth a word."""
        try:
            self.model.views = await self.tui.acts.gateway.ask(self.tui.acts.client.open_with_view(name))
        except ClientError:
            return

    def view_items(self) -> list[Item]:
        counts = self.view_counts()
        own = [Item(name, f"{label} — {about}", str(counts.get(name, ""))) for name, label, about in inbox.VIEWS]
        saved = [
            Item(f"view:{one.id}", f"{one.name} — {one.query}", "everybody" if one.shared else "yours")
            for one in self.model.views.views
        ]
        return [*saved, *own]

    def view_order(self) -> list[str]:
        return [*super().view_order(), *(f"view:{one.id}" for one in self.model.views.views)]

    def view_name(self) -> str:
        here = self.saved_here()
        return f"view:{here.id}" if here else self.view

    # ------------------------------------------------------------------ verbs
    def do_save(self) -> None:
        self.app.push_screen(view_forms.save(self.tui, self.view, self.filter.text, self.saved_here()))

    def do_pin(self) -> None:
        self.run_worker(self._pin(self.view_name()), exit_on_error=False)

    async def _pin(self, name: str) -> None:
        before = self.model.views
        found = await self.tui.acts.attempt("", self.tui.acts.client.open_with_view(name, pinned=True))
        if found is None:
            return
        self.model.views = found

        async def back() -> wire_views.Views | None:
            call = self.tui.acts.client.open_with_view(before.opens, pinned=before.pinned)
            self.model.views = await self.tui.acts.attempt("", call) or found
            return self.model.views

        here = self.saved_here()
        shown = here.name if here else dict(self.views)[self.view]
        self.tui.acts.can_undo(f"the Inbox begins with {shown}", back)

    def do_forget(self) -> None:
        if (here := self.saved_here()) is not None:
            view_forms.delete(self.tui, here)
