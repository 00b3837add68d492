"""A page in other hands, by a key: wherever a screen knows which page the cursor is on."""

from __future__ import annotations

from incidentd import wire
from incidentd_tui.forms import page_moves
from incidentd_tui.model import Model
from incidentd_tui.rows import pages
from incidentd_tui.screens.base import VerbScreen
from incidentd_tui.verbs import Verb

OVER = Verb("page.over", "O", "take over", "Take over a page that somebody else has acknowledged: a form", writes=True)
REASSIGN = Verb("page.reassign", "H", "reassign", "Hand the page to a person, a schedule, a policy", writes=True)
SNOOZE = Verb("page.snooze", "Z", "snooze", "Put the page off for a while: a form", writes=True)
PAGE_VERBS = (OVER, REASSIGN, SNOOZE)


def why_no_ack(model: Model, page: wire.Page) -> str:
    """Why the viewer cannot acknowledge `page` (once more), "" when they can."""
    if page.state in ("open", "exhausted"):
        if not model.me or model.me not in page.acks:
            return ""
        missing = f", missing: {', '.join(page.ack_missing)}" if page.ack_missing else ""
        return f"you have acknowledged P-{page.id}: {pages.counted(page)}{missing}"
    if page.state == "acknowledged" and page.acknowledged_by not in ("", model.me):
        return f"{page.acknowledged_by} has P-{page.id}; {OVER.keys} takes it over"
    return f"P-{page.id} is {page.state} already"


class PageVerbs(VerbScreen):
    """`PAGE_VERBS` for the page of `page_here`; `no_page` says why there is none."""

    def page_here(self) -> wire.Page | None:
        raise NotImplementedError

    def no_page(self) -> str:
        """Why `page_here` is None."""
        raise NotImplementedError

    def why_not(self, verb: Verb) -> str:
        if (reason := super().why_not(verb)) or verb not in PAGE_VERBS:
            return reason
        page = self.page_here()
        if page is None:
            return f"{verb.label}: {self.no_page()}"
        if page.state == "resolved":
            return f"{verb.label}: P-{page.id} is over"
        if verb is OVER and page.state != "acknowledged":
            return f"take over: nobody has P-{page.id}; a acknowledges it"
        if verb is OVER and page.acknowledged_by == self.model.me:
            return f"take over: P-{page.id} is yours already"
        return ""

    def do_over(self) -> None:
        if (page := self.page_here()) is not None:
            self.app.push_screen(page_moves.take_over(self.tui, page))

    def do_reassign(self) -> None:
        if (page := self.page_here()) is not None:
            page_moves.reassign(self.tui, page)

    def do_snooze(self) -> None:
        if (page := self.page_here()) is not None:
            self.app.push_screen(page_moves.snooze(self.tui, page))
