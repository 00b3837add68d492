"""The review of an incident, for several people at their own terminals: one drives, everybody is taken along.

What somebody types is theirs: when the others go on, the box stays, and it is said where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.worker import Worker

from incidentd.client import ClientError
from incidentd.domain.review_steps import Step
from incidentd.wire import reviews as wire_reviews
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Changes, Link
from incidentd_tui.rows import review as rows
from incidentd_tui.rows.review import head, side
from incidentd_tui.screens.base import LOW
from incidentd_tui.screens.presence import IncidentPresence
from incidentd_tui.screens.review_drafts import Drafts
from incidentd_tui.screens.review_verbs import ReviewVerbs
from incidentd_tui.screens.review_verbs.taking_part import JOIN
from incidentd_tui.screens.review_verbs.writing import WHOLE
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.bars import Bar, Pane
from incidentd_tui.widgets.virtual_list import Key, VirtualList
from incidentd_tui.widgets.writing import Box, Writing

SIDE_WIDTH = 38
_ROOMY = 30
"""From this many lines the guide's words are shown in full, with an empty line below."""


def _passed(key: Key) -> bool:
    return cast("rows.Key", key)[0] in rows.PASSED


class ReviewScreen(ReviewVerbs, IncidentPresence):
    mode = "reviews"
    heading = "Review"
    AUTO_FOCUS = "#items"

    def __init__(self, incident_id: int) -> None:
        super().__init__()
        self.incident_id = incident_id
        self.view: wire_reviews.ReviewView | None = None
        self.column = 0
        self.writing: Writing | None = None  # the box, when one is open
        self.went_on = ""  # the step that the others went on to while something was being typed
        self._looked_at = ""  # another step than that of the review, "" for none
        self._shown = ""
        self._cursors: dict[str, Key] = {}
        self._side_lines: list[paint.Line] = []
        self._on_side = False
        self._loading = False
        self._stale = False

    @property
    def about(self) -> str:
        """The incident."""
        return f"incident:{self.incident_id}"

    # ------------------------------------------------------------------ frame
    def compose_body(self) -> ComposeResult:
        for name in ("review-title", "review-steps", "review-people"):
            yield Bar(widget_id=name)
        yield Pane(widget_id="review-guide")
        yield Bar(widget_id="review-notice")
        with Horizontal(id="body"):
            with Vertical(id="middle"):
                yield VirtualList(self._row, uniform=False, skips=_passed, widget_id="items")
                yield Bar(widget_id="review-asks")
            yield VirtualList(self._side_row, uniform=True, widget_id="side")

    def on_mount(self) -> None:
        super().on_mount()
        self.drafts = Drafts(self.tui.acts)
        self.follow_presence()
        self.load_again()

    def fit_window(self) -> None:
        self.set_class(not self.wide, "narrow")
        self.query_one("#side").display = self.wide or self._on_side
        self.query_one("#middle").display = self.wide or not self._on_side
        self.query_one("#review-people").display = self.size.height >= LOW

    # ------------------------------------------------------------------ loading
    def load_again(self) -> None:
        self._loads: Worker[None] = self.run_worker(self._load, exit_on_error=False)

    async def _load(self) -> None:
        """Fetch it; one fetch at a time, and again when something changed meanwhile."""
        if self._loading:
            self._stale = True
            return
        self._loading = True
        try:
            while True:
                self._stale = False
                self.take(await self.tui.acts.gateway.ask(self.tui.acts.client.review(self.incident_id)))
                if not self._stale:
                    break
        except ClientError as error:
            if self.view is None and self.composed:
                reason = self.tui.acts.reason("", error)
                texts = paint.wrap(reason, self.size.width - 6, 6)
                self.items.empty_lines = [[], *([(" ! ", theme.danger), (text, theme.plain)] for text in texts)]
                self.items.refresh()
        finally:
            self._loading = False

    def take(self, view: wire_reviews.ReviewView) -> None:
        known = self.view
        if known is not None and view.review.version < known.review.version:
            return
        self.view = view
        if known is not None and known.review.step != view.review.step:
            self._follow(str(known.review.step))
        self.show_rows()

    def _follow(self, before: str) -> None:
        """Everybody goes along, but who is in the middle of a text."""
        if self.writing is not None and self.writing.typed:
            self._looked_at = self._looked_at or before
            self.went_on = str(self.view.review.step) if self.view is not None else ""
            return
        self.run_worker(self._go_there(), exit_on_error=False)

    async def _go_there(self) -> None:
        """To the step of the review."""
        self._looked_at, self.went_on = "", ""
        await self._close()
        self.show_rows()

    # ------------------------------------------------------------------ what is shown
    def seen(self) -> rows.Seen | None:
        if self.view is None:
            return None
        width = self.items.scrollable_content_region.width or self.size.width
        return rows.Seen(
            self.model, self.view, self.step_shown, width - 1, self.items.size.height, self.here, self.column
        )

    @property
    def step_shown(self) -> str:
        """The step that is looked at: that of the review, unless one looks elsewhere."""
        if self._looked_at:
            return self._looked_at
        held = self.view is not None and self.view.review.state in ("running", "paused")
        return str(self.view.review.step) if self.view is not None and held else Step.CLOSING

    def show_rows(self) -> None:
        """Draw the step; the cursor stays on its row, and each step finds its own again."""
        seen = self.seen()
        if seen is None or not self.composed:
            return
        step, fresh = rows.step_view(seen.step), seen.step != self._shown
        if fresh and self._shown and self.items.cursor is not None:
            self._cursors[self._shown] = self.items.cursor
        self._shown = seen.step
        items = self.items
        items.empty_lines = step.blank(seen, seen.width)
        keys = list(step.rows(seen))
        items.set_rows(keys, cursor=self._cursors.get(seen.step) if fresh else None, follow=not fresh)
        if fresh and seen.step not in self._cursors and keys:
            items.show_at_top(0)
            items.scroll_to(y=0, animate=False, force=True)  # with the head above the first row
        self.repaint_review()

    def _row(self, key: Key, width: int) -> list[paint.Line]:
        seen = self.seen()
        return rows.step_view(seen.step).draw(seen, cast("rows.Key", key), width) if seen is not None else [[]]

    def _side_row(self, key: Key, width: int) -> list[paint.Line]:
        number = cast("int", key)
        return [self._side_lines[number] if number < len(self._side_lines) else []]

    def repaint_review(self) -> None:
        """Everything but the rows."""
        seen = self.seen()
        if seen is None or not self.composed:
            self.repaint_bars()
            return
        width = self.size.width
        self.query_one("#review-title", Bar).say(*head.title(seen))
        self.query_one("#review-steps", Bar).say(head.stepper(seen, rows.STEPS, width))
        self.query_one("#review-people", Bar).say(*head.people(seen, width))
        short = self.size.height < _ROOMY
        guide = head.guide(seen, width, short=short) if self.size.height >= LOW else []
        pane = self.query_one("#review-guide", Pane)
        pane.styles.height = len(guide) if short else len(guide) + 1  # an empty line below
        pane.display = bool(guide)
        pane.say(guide)
        self._say_notice(seen)
        self._say_asks(seen)
        self._side_lines = side.lines(seen, min(SIDE_WIDTH - 4, width - 4) if self.wide else width - 4)
        self.query_one("#side", VirtualList).set_rows(range(len(self._side_lines)))
        self.repaint_bars()

    def _say_notice(self, seen: rows.Seen) -> None:
        """That the others went on, or that one looks elsewhere; and how to come along."""
        line: paint.Line = []
        here = rows.step_view(str(seen.view.review.step)).short
        if self.went_on:
            keys = "esc keeps your text, then enter goes there" if self.writing is not None else "enter goes there"
            line = [(f" ▲ The others went on to {here}: {keys}", theme.chip)]
        elif self._looked_at and seen.held:
            line = [(f" You look at {rows.step_view(seen.step).short}; the others are at {here}. ", theme.muted),
                    ("esc", theme.key), (" goes there", theme.muted)]  # fmt: skip
        elif (number := seen.view.masked_by) is not None:
            hidden = f" What was concluded here is hidden until your factors for INC-{number} are in."
            line = [(hidden, theme.chip)]
        elif seen.held and seen.me() is None:
            line = [(" You look on. ", theme.muted), ("J", theme.key), (" takes part, also late", theme.muted)]
        notice = self.query_one("#review-notice", Bar)
        notice.display = bool(line)
        notice.say(line)

    def _say_asks(self, seen: rows.Seen) -> None:
        """The question of this step for the row under the cursor; the box takes its place."""
        asks = rows.step_view(seen.step).asks(seen, self.key_here())
        bar = self.query_one("#review-asks", Bar)
        bar.display = bool(asks) and self.writing is None and seen.me() is not None and self.size.height >= LOW
        bar.say([(" ✎ ", theme.primary), (asks, theme.plain)], [("w", theme.key), (" writes ", theme.muted)])

    def hinted(self) -> Sequence[Verb]:
        """What can be done now: at each step something else, and for the one who drives more."""
        seen = self.seen()
        if seen is None:
            return []
        if self.writing is not None and self.writing.has_focus_within:
            return []  # the box says its own
        early = seen.step in (Step.GROUND_RULES, Step.WALK, Step.ACCOUNTS)
        passed = {JOIN.id} if seen.me() is not None else set()
        passed |= set() if early else {WHOLE.id}
        return [verb for verb in super().hinted() if verb.id not in passed and not self.why_not(verb)]

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        left: paint.Line = []
        if waiting := len(self.drafts.waiting):
            left.append((f" {phrases.count(waiting, 'draft')} kept here until the daemon answers ·", theme.warning))
        elif self.writing is not None and self.drafts.kept_at:
            left.append((f" draft kept {self.drafts.kept_at} ·", theme.faint))
        left += self.writers()
        below = self.items.lines_below
        if below and not self._on_side:
            left += [(f" {phrases.count(below, 'line')} below ", theme.muted), (".", theme.key),
                     (" goes to the newest", theme.muted)]  # fmt: skip
        if left and left[-1][0].endswith(" ·"):
            left[-1] = (left[-1][0].removesuffix(" ·"), left[-1][1])
        return left, []

    # ------------------------------------------------------------------ the box
    def write(self, box: Box) -> None:
        self.run_worker(self._open(box), exit_on_error=False)

    async def _open(self, box: Box) -> None:
        await self._close()
        if self._on_side and not self.wide:
            self.do_pane()
        drafts = self.drafts
        self.writing = Writing(box, keep=drafts.keep, kept=drafts.kept, drop=drafts.drop)
        await self.query_one("#middle").mount(self.writing)
        self.tell_presence()
        self.repaint_review()

    async def _close(self) -> None:
        """Put the box away; what stands in it is kept."""
        box, self.writing = self.writing, None
        if box is not None:
            await box.keep_now()
            box.display = False  # it is drawn no more before it is gone
            self.set_focus(self.items)
            self.call_after_refresh(box.remove)

    async def on_writing_left(self) -> None:
        await self._close()
        self.repaint_review()

    async def on_writing_sent(self) -> None:
        box = self.writing
        if self.went_on:
            await self._go_there()
        elif box is not None and not box.box.stays:
            await self._close()
        self.repaint_review()

    # ------------------------------------------------------------------ who is here
    def doing(self) -> str:
        box = self.writing
        return box.box.doing if box is not None and box.typed else ""

    def looking_at(self) -> str:
        return f"the {self.model.review_name}: {rows.step_view(self.step_shown).short}"

    def show_presence(self) -> None:
        self.repaint_review()

    # ------------------------------------------------------------------ live
    def on_model(self, changes: Changes) -> None:
        if self.incident_id in changes.incidents or changes.everything:
            self.load_again()
        if changes.link and self.model.link is Link.LIVE:
            self.run_worker(self.drafts.flush(), exit_on_error=False)
        self.repaint_review()

    def on_tick(self) -> None:
        self.tell_presence()
        self.repaint_review()

    def on_virtual_list_resized(self) -> None:
        """With the window, and when the words above it take other room."""
        self.show_rows()

    def on_virtual_list_moved(self) -> None:
        self.repaint_review()

    async def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        if self.went_on:
            await self._go_there()
        else:
            await self.action_verb("review.write")

    # ------------------------------------------------------------------ verbs of the frame
    def do_pane(self) -> None:
        side_list = self.query_one("#side", VirtualList)
        if self.wide:
            self.set_focus(self.items if side_list.has_focus else side_list)
            return
        self._on_side = not self._on_side
        self.fit_window()
        self.set_focus(side_list if self._on_side else self.items)
        self.repaint_review()

    async def do_look_back(self) -> None:
        await self._look(-1)

    async def do_look_on(self) -> None:
        await self._look(1)

    async def _look(self, by: int) -> None:
        """At another step, for oneself; not beyond the one that the review has come to."""
        seen = self.seen()
        if seen is None:
            return
        last = rows.place(str(seen.view.review.step)) if seen.held else len(rows.STEPS) - 1
        wanted = rows.place(seen.step) + by
        if not 0 <= wanted <= last:
            self.tui.say("the others have not come further" if by > 0 else "this is the first step", "warning")
            return
        await self._close()
        self._looked_at = "" if wanted == last else str(rows.STEPS[wanted].name)
        self.went_on = self.went_on if self._looked_at else ""
        self.show_rows()

    def do_left(self) -> None:
        self._choose(-1)

    def do_right(self) -> None:
        self._choose(1)

    def _choose(self, by: int) -> None:
        seen = self.seen()
        most = len(rows.accounts.at(seen, self.key_here())) - 1 if seen is not None else 0
        self.column = max(min(self.column + by, most), 0)
        self.items.repaint_all()
        self.repaint_review()

    def do_fresh(self) -> None:
        self.items.action_edge(1)

    async def do_room(self) -> None:
        await self.tui.open_room(self.incident_id)

    def do_copy(self) -> None:
        key = self.items.cursor
        if key is not None:
            text = " ".join("".join(span for span, _ in line).strip() for line in self._row(key, 200))
            self.app.copy_to_clipboard(" ".join(text.split()))
            self.tui.say("✓ copied", "done")

    async def do_back(self) -> None:
        """First to where the others are, then out."""
        if self._looked_at and self.view is not None:
            await self._go_there()
            return
        await self._close()
        self.app.run_worker(self.say_present("left"), exit_on_error=False)
        self.app.pop_screen()
