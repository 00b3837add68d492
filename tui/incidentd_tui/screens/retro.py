"""A process retro, for several people at their own terminals: one drives, everybody is taken along.

What somebody types is theirs: when the others go on, the box stays open until it is sent or left.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.worker import Worker

from incidentd.client import ClientError
from incidentd.domain.retro_steps import ORDER, Step
from incidentd.wire import experiments as wire_experiments
from incidentd.wire import presence as wire_presence
from incidentd.wire.figures import Figure
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Changes, Link
from incidentd_tui.rows import retro as rows
from incidentd_tui.screens.base import LOW
from incidentd_tui.screens.presence import Presence
from incidentd_tui.screens.retro_verbs import VERBS, RetroVerbs
from incidentd_tui.screens.review_drafts import Drafts
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.bars import Bar, Pane
from incidentd_tui.widgets.virtual_list import Key, VirtualList
from incidentd_tui.widgets.writing import Box, Writing

_LOOK = (
    Verb("retro.look_back", "left_square_bracket", "look back", "Look at the step before, for yourself", hint=False),
    Verb("retro.look_on", "right_square_bracket", "look on", "Look at the step after, for yourself", hint=False),
)
_KINDS = frozenset({"retro", "idea", "experiment"})


class RetroScreen(RetroVerbs, Presence):
    VERBS = (*VERBS, *_LOOK)
    mode = "insights"
    heading = "Process retro"
    AUTO_FOCUS = "#items"

    def __init__(self, retro_id: int) -> None:
        super().__init__()
        self.retro_id = retro_id
        self.view: wire_experiments.RetroView | None = None
        self.figures: tuple[Figure, ...] = ()
        self.writing: Writing | None = None  # the box, when one is open
        self._looked_at = ""  # another step than that of the retro, "" for none
        self._shown = ""
        self._loading = False
        self._stale = False

    # ------------------------------------------------------------------ frame
    def compose_body(self) -> ComposeResult:
        for name in ("review-title", "review-steps", "review-people"):
            yield Bar(widget_id=name)
        yield Pane(widget_id="review-guide")
        yield Bar(widget_id="review-notice")
        with Vertical(id="middle"):
            yield VirtualList(
                self._row, uniform=False, markable=True, skips=_passed, stands_for=_markable, widget_id="items"
            )

    def on_mount(self) -> None:
        super().on_mount()
        self.drafts = Drafts(self.tui.acts)
        self.follow_presence()
        self.load_again()

    def fit_window(self) -> None:
        self.query_one("#review-people").display = self.size.height >= LOW

    # ------------------------------------------------------------------ loading
    def load_again(self) -> None:
        self._loads: Worker[None] = self.run_worker(self._load, exit_on_error=False)

    async def _load(self) -> None:
        """One fetch at a time, and again when something changed meanwhile."""
        if self._loading:
            self._stale = True
            return
        self._loading = True
        try:
            while True:
                self._stale = False
                self.take(await self.tui.acts.gateway.ask(self.tui.acts.client.retro(self.retro_id)))
                if not self._stale:
                    break
            await self._count()
        except ClientError as error:
            if self.composed:
                self.items.empty_lines = [[], [(f"  {self.tui.acts.reason('', error)}", theme.danger)]]
                self.items.refresh()
        finally:
            self._loading = False

    async def _count(self) -> None:
        """The figures of its time, once: they are what people look at together."""
        if self.figures or self.view is None:
            return
        retro = self.view.retro
        since = retro.since.isoformat() if retro.since is not None else ""
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        found = await ask(client.figures(team=str(retro.team), since=since, until=retro.until.isoformat()))
        self.figures = tuple(one for one in found.figures if one.of or one.n)
        self.show_rows()

    def take(self, view: wire_experiments.RetroView) -> None:
        known = self.view
        if known is not None and view.retro.version < known.retro.version:
            return
        self.view = view
        if known is not None and known.retro.step != view.retro.step and not (self.writing and self.writing.typed):
            self._looked_at = ""
            self.run_worker(self._close(), exit_on_error=False)
        self.show_rows()

    # ------------------------------------------------------------------ what is shown
    def seen(self) -> rows.Seen | None:
        if self.view is None:
            return None
        marked = {number for kind, number in cast("set[rows.Key]", self.items.marks) if kind == "idea"}
        step = self._looked_at or str(self.view.retro.step)
        return rows.Seen(self.model, self.view, step, self.figures, frozenset(marked), self.here)

    def show_rows(self) -> None:
        """Draw the step; the cursor stays on its row."""
        seen = self.seen()
        if seen is None or not self.composed:
            return
        fresh, self._shown = seen.step != self._shown, seen.step
        self.items.empty_lines = rows.blank(seen)
        self.items.set_rows(rows.rows(seen), follow=not fresh)
        self.repaint_retro()

    def _row(self, key: Key, width: int) -> list[paint.Line]:
        seen = self.seen()
        return rows.draw(seen, cast("rows.Key", key), width) if seen is not None else [[]]

    def repaint_retro(self) -> None:
        """Everything but the rows."""
        seen = self.seen()
        if seen is None or not self.composed:
            self.repaint_bars()
            return
        self.query_one("#review-title", Bar).say(*rows.title(seen))
        self.query_one("#review-steps", Bar).say(rows.stepper(seen))
        self.query_one("#review-people", Bar).say(*rows.people(seen))
        guide = rows.guide(seen, self.size.width) if self.size.height >= LOW else []
        pane = self.query_one("#review-guide", Pane)
        pane.styles.height, pane.display = len(guide) + 1, bool(guide)
        pane.say(guide)
        self._say_notice(seen)
        self.repaint_bars()

    def _say_notice(self, seen: rows.Seen) -> None:
        line: paint.Line = []
        if seen.held and seen.step != seen.view.retro.step:
            there = rows.short(str(seen.view.retro.step))
            line = [(f" You look at {rows.short(seen.step)}; the others are at {there}. ", theme.muted),
                    ("esc", theme.key), (" goes there", theme.muted)]  # fmt: skip
        elif seen.held and seen.me() is None:
            line = [(" You look on. ", theme.muted), ("J", theme.key), (" takes part, also late", theme.muted)]
        notice = self.query_one("#review-notice", Bar)
        notice.display = bool(line)
        notice.say(line)

    def hinted(self) -> Sequence[Verb]:
        """What can be done now: at each step something else, and for the one who drives more."""
        seen = self.seen()
        if seen is None or (self.writing is not None and self.writing.has_focus_within):
            return []
        joined = seen.me() is not None
        return [one for one in super().hinted() if not self.why_not(one) and not (one.id == "retro.join" and joined)]

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        left: paint.Line = []
        if waiting := len(self.drafts.waiting):
            left.append((f" {phrases.count(waiting, 'draft')} kept here until the daemon answers ·", theme.warning))
        elif self.writing is not None and self.drafts.kept_at:
            left.append((f" draft kept {self.drafts.kept_at} ·", theme.faint))
        left += self.writers()
        return [*left[:-1], *((text.removesuffix(" ·"), style) for text, style in left[-1:])], []

    # ------------------------------------------------------------------ the box
    def write(self, box: Box) -> None:
        self.run_worker(self._open(box), exit_on_error=False)

    async def _open(self, box: Box) -> None:
        await self._close()
        drafts = self.drafts
        self.writing = Writing(box, keep=drafts.keep, kept=drafts.kept, drop=drafts.drop)
        await self.query_one("#middle").mount(self.writing)
        self.tell_presence()
        self.repaint_retro()

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
        self.repaint_retro()

    async def on_writing_sent(self) -> None:
        if self.writing is not None and not self.writing.box.stays:
            await self._close()
        self.repaint_retro()

    # ------------------------------------------------------------------ who is here
    def say_there(self, body: wire_presence.BePresent) -> Awaitable[wire_presence.Presence]:
        return self.tui.acts.client.be_in_retro(self.retro_id, body)

    def ask_there(self, after: int, wait: int) -> Awaitable[wire_presence.Presence]:
        return self.tui.acts.client.retro_presence(self.retro_id, after=after, wait=wait)

    def doing(self) -> str:
        box = self.writing
        return box.box.doing if box is not None and box.typed else ""

    def looking_at(self) -> str:
        seen = self.seen()
        return f"the retro: {rows.short(seen.step)}" if seen is not None else ""

    def show_presence(self) -> None:
        self.repaint_retro()

    # ------------------------------------------------------------------ live
    def on_model(self, changes: Changes) -> None:
        if changes.everything or changes.kinds & _KINDS:
            self.load_again()
        if changes.link and self.model.link is Link.LIVE:
            self.run_worker(self.drafts.flush(), exit_on_error=False)
        self.repaint_retro()

    def on_tick(self) -> None:
        self.tell_presence()
        self.repaint_retro()

    def on_virtual_list_resized(self) -> None:
        self.show_rows()

    def on_virtual_list_moved(self) -> None:
        self.repaint_retro()

    def on_virtual_list_marked(self) -> None:
        self.items.repaint_all()
        self.repaint_retro()

    # ------------------------------------------------------------------ verbs of the frame
    def do_look_back(self) -> None:
        self._look(-1)

    def do_look_on(self) -> None:
        self._look(1)

    def _look(self, by: int) -> None:
        """At another step, for oneself; not beyond the one that the retro has come to."""
        seen = self.seen()
        if seen is None:
            return
        last = rows.place(str(seen.view.retro.step)) if seen.held else len(ORDER) - 1
        wanted = rows.place(seen.step) + by
        if not 0 <= wanted <= last:
            self.tui.say("the others have not come further" if by > 0 else "this is the first step", "warning")
            return
        here = ORDER[wanted] == Step(str(seen.view.retro.step))
        self._looked_at = "" if here else str(ORDER[wanted])
        self.show_rows()

    async def do_back(self) -> None:
        """First to where the others are, then out."""
        if self._looked_at:
            self._looked_at = ""
            self.show_rows()
            return
        await self._close()
        self.app.run_worker(self.say_present("left"), exit_on_error=False)
        self.app.pop_screen()


def _passed(key: Key) -> bool:
    return cast("rows.Key", key)[0] in rows.PASSED


def _markable(key: Key) -> tuple[Key, ...]:
    return (key,) if cast("rows.Key", key)[0] == "idea" else ()
