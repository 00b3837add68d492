"""Mode 5: the reviews, those that are held now or are due first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import review as review_forms
from incidentd_tui.model import Changes
from incidentd_tui.rows import reviews
from incidentd_tui.screens.kept import KeptScreen
from incidentd_tui.screens.listing import CLEAR, COPY, FILTER, FRESH, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList


class ReviewsScreen(KeptScreen[reviews.Row]):
    """Enter opens a review, or begins the one that may be held."""

    mode = "reviews"
    heading = "Reviews"
    views = reviews.VIEWS
    skipped = frozenset({"head", "gap"})
    VERBS = (
        Verb("reviews.open", "o", "open", "Open it, or begin it where there is none yet (Enter too)"),
        Verb("reviews.room", "r", "room", "The room of the incident"),
        VIEW,
        FILTER,
        COPY,
        FRESH,
        CLEAR,
        NEXT_VIEW,
        PREVIOUS_VIEW,
    )

    async def fetch(self) -> Iterable[tuple[str, reviews.Row]]:
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        held = await ask(client.reviews(state="all", limit=200))
        found = reviews.gather(held.reviews, self.model.incidents.values(), self.model.now())
        return [(str(number), one) for number, one in found.items()]

    def in_view(self, view: str, one: reviews.Row) -> bool:
        return reviews.shown_in(view, one)

    def accepts(self, one: reviews.Row) -> bool:
        labels = {"service": one.service, "severity": one.severity, "state": one.place}
        return self.filter.accepts(f"inc-{one.incident_id} {one.title} {one.service}".lower(), labels)

    # ------------------------------------------------------------------ painting
    def order(self) -> list[Key]:
        chosen = [one for one in self.known.values() if self.in_view(self.view, one) and self.accepts(one)]
        return list(reviews.keys(chosen))

    @property
    def here(self) -> reviews.Row | None:
        key = cast("reviews.Key | None", self.table.cursor)
        return self.known.get(str(key[1])) if key is not None and key[0] == "review" else None

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        known = {int(number): one for number, one in self.known.items()}
        return [reviews.paint_row(self.model, known, cast("reviews.Key", key), width)]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.here
        return reviews.preview(self.model, one, width) if one is not None else []

    def nothing(self) -> list[paint.Line]:
        if self._loaded and not self._fault:
            rest = "  One is owed a while after an incident is resolved: people rest first."
            return [[], [(f"  ✓ No {self.model.review_name} is held or due.", theme.success)], [(rest, theme.muted)]]
        return super().nothing()

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        counted = [one.place for one in self.known.values()]
        left: paint.Line = [(f" {phrases.count(counted.count('held'), 'review')} held now", theme.muted)]
        if ready := counted.count("ready"):
            left.append((f" · {ready} may be held", theme.muted))
        if late := counted.count("late"):
            left.append((f" · ! {late} late", theme.warning))
        return [*left, *self.news()], []

    # ------------------------------------------------------------------ live
    def on_model(self, changes: Changes) -> None:
        if changes.incidents or changes.everything:
            self._fetch_again()
        self.refresh_frame()

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        if verb.id in ("reviews.open", "reviews.room") and self.here is None:
            return f"{verb.label}: there is none here"
        return ""

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("reviews.open"), exit_on_error=False)

    async def do_open(self) -> None:
        one = self.here
        if one is None:
            return
        if one.place == "published":
            await self.tui.open_document(one.incident_id)
        elif one.review is not None:
            await self.tui.open_review(one.incident_id)
        else:
            review_forms.begin(self.tui, one.incident_id, str(one.title))

    async def do_room(self) -> None:
        if (one := self.here) is not None:
            await self.tui.open_room(one.incident_id)
