"""The application: ties gateway, model, sync and screens together, and holds what every screen shares."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from rich.style import Style
from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from incidentd.client import Client
from incidentd.clock import Clock, SystemClock
from incidentd.domain.display import safe_line
from incidentd_tui import paint, theme, verbs
from incidentd_tui.acts import Acts
from incidentd_tui.driver import PatientDriver
from incidentd_tui.far_end import QUESTION, FarEnd
from incidentd_tui.forms.ideas import idea_form
from incidentd_tui.gateway import Gateway
from incidentd_tui.inert import Backstop
from incidentd_tui.keyboard import Keyboard
from incidentd_tui.keymap import load_keymap
from incidentd_tui.model import Changes, Model
from incidentd_tui.rows import duty, inbox
from incidentd_tui.scopes import Looking
from incidentd_tui.screens.base import VerbScreen
from incidentd_tui.screens.document import DocumentScreen
from incidentd_tui.screens.health import HealthScreen
from incidentd_tui.screens.help import HelpScreen
from incidentd_tui.screens.inbox import MANY, InboxScreen
from incidentd_tui.screens.incidents import IncidentsScreen
from incidentd_tui.screens.insights import SCREENS
from incidentd_tui.screens.insights.figures import FiguresScreen
from incidentd_tui.screens.insights.versions import VersionsScreen
from incidentd_tui.screens.learn import LearnScreen
from incidentd_tui.screens.listing import ListScreen
from incidentd_tui.screens.oncall import OnCallScreen
from incidentd_tui.screens.picker import Item, Picker
from incidentd_tui.screens.reports import ReportsScreen
from incidentd_tui.screens.retro import RetroScreen
from incidentd_tui.screens.review import ReviewScreen
from incidentd_tui.screens.reviews import ReviewsScreen
from incidentd_tui.screens.room import RoomScreen
from incidentd_tui.sync import Sync
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.composer import Composer
from incidentd_tui.wording import Wording

_STYLES: dict[str, tuple[str, Style]] = {
    "done": ("", theme.success),
    "warning": ("▲ ", theme.warning),
    "quiet": ("", theme.muted),
}
_MESSAGE_FOR = timedelta(seconds=6)
HANGUP = 129
"""Exit code after SIGHUP, as a shell would report it."""


class IncidentdApp(App[int]):
    """`keymap` holds the user's own keys by verb id; `follow` False leaves the model to a test."""

    CSS_PATH = "incidentd.tcss"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "incidentd"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "inbox": InboxScreen,
        "incidents": IncidentsScreen,
        "oncall": OnCallScreen,
        "reports": ReportsScreen,
        "reviews": ReviewsScreen,
        "learn": LearnScreen,
        "insights": FiguresScreen,
        "health": HealthScreen,
    }
    DEFAULT_MODE = "inbox"
    BINDINGS: ClassVar[list[BindingType]] = [*verbs.bindings((*verbs.MODES, *verbs.GLOBAL))]

    def __init__(
        self, client: Client, *, clock: Clock | None = None, incident_id: int | None = None, over_ssh: bool = False
    ) -> None:
        self._backstop = Backstop()
        super().__init__()
        self.gateway = Gateway(client)
        self.model = Model(clock or SystemClock())
        self.far_end = FarEnd(time.monotonic()) if over_ssh else None
        self.acts = Acts(self.gateway, self.model, self.say, self.changed)
        self.wording = Wording(client, self.model)
        self.looking = Looking()
        self.sync = Sync(self.gateway, self.model, self.changed)
        self.keyboard = Keyboard(self, super().on_event)
        self.keymap, self._keymap_fault = load_keymap()
        self._first_incident = incident_id
        self._waiting = 0  # rows of the Inbox that nobody took
        self._message: tuple[paint.Line, paint.Line] | None = None
        self._message_until = self.model.now()

    # ------------------------------------------------------------------ life
    def on_mount(self) -> None:
        self.register_theme(theme.TEXTUAL_THEME)
        self.theme = "incidentd"
        self.set_keymap(self.keymap)
        if self._keymap_fault:
            self.say(self._keymap_fault, "warning")
        self.set_interval(1.0, self._tick)
        self.set_interval(0.2, self._repair)
        self._follow()
        self._on_hangup()
        if self._first_incident is not None:
            self.call_after_refresh(self.open_room, self._first_incident)

    def _on_hangup(self) -> None:
        """Save what is typed and leave: an ignored hangup would spin on a dead terminal."""
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, lambda: loop.create_task(self._leave(HANGUP)))

    async def _leave(self, code: int) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.25):
                await self.keep_drafts()
        self.exit(code, return_code=code)

    async def keep_drafts(self) -> None:
        for screen in self.screen_stack:
            for composer in screen.query(Composer):
                await composer.keep_now()

    async def action_quit(self) -> None:
        await self._leave(0)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [self._backstop, *super().get_line_filters()]

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        return PatientDriver if found.__name__ == "LinuxDriver" else found

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault in the UI itself is said, never swallowed; following the daemon starts anew."""
        if event.state is not WorkerState.ERROR:
            return
        error = event.worker.error
        self.say(f"fault in the UI ({event.worker.name}): {type(error).__name__}: {error}", "warning")
        if event.worker.name == "sync":
            self.set_timer(2.0, self._follow)

    def _follow(self) -> None:
        self.run_worker(self.sync.run(), exit_on_error=False, group="sync", name="sync")

    def _repair(self) -> None:
        """Frames that a slow link lost are made good by one full repaint."""
        if isinstance(self._driver, PatientDriver) and self._driver.lost_frames():
            self.screen.refresh(layout=True)

    # ------------------------------------------------------------------ keys
    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self.far_end is not None:
                self.far_end.heard(time.monotonic())
            await self.keyboard.take(event)
        elif isinstance(event, events.CursorPosition) and self.far_end is not None:
            self.far_end.answered(time.monotonic())
        else:
            await super().on_event(event)

    def on_key_done(self) -> None:
        self.keyboard.key_done()

    # ------------------------------------------------------------------ what every screen asks
    @property
    def message(self) -> tuple[paint.Line, paint.Line] | None:
        """What the status line says at the moment instead of its own text."""
        if self._message is not None and self.model.now() >= self._message_until:
            self._message = None
        return self._message

    def say(self, text: str, level: str = "done") -> None:
        """Show `text` in the status line for some seconds. `level` is done, warning or quiet, which covers neither."""
        mark, style = _STYLES[level]
        if level == "quiet" and self.message is not None and self.message[0][0][1] != style:
            return
        self._message = ([(f" {mark}{safe_line(text, 300)}", style)], [])
        self._message_until = self.model.now() + _MESSAGE_FOR
        self._repaint_bars()

    def tab_counts(self) -> dict[str, int]:
        health = self.model.health
        bad = len(health.problems) if health else 0
        return {
            "mode.inbox": self._waiting,
            "mode.incidents": len(self.model.open_incidents()),
            "mode.oncall": duty.waiting(self.model),
            "mode.reports": self.model.reports_waiting,
            "mode.reviews": self.model.reviews_waiting(),
            "mode.health": bad,
        }

    def _verb_screens(self) -> list[VerbScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, VerbScreen) and screen.composed]

    def _repaint_bars(self) -> None:
        for screen in self._verb_screens():
            screen.repaint_bars()

    def _tick(self) -> None:
        if len(self.model.alerts) >= MANY:
            self._waiting = inbox.counts(self.model)["waiting"]
        self._repaint_bars()
        self.call_later(self.keyboard.go_on)
        for screen in self._verb_screens():
            screen.on_tick()
        self._look_after_the_link()

    def _look_after_the_link(self) -> None:
        if self.far_end is None or self._driver is None:
            return
        now = time.monotonic()
        if self.far_end.gone(now):
            self.far_end = None
            self.run_worker(self._leave(HANGUP), exit_on_error=False)
        elif self.far_end.ask(now):
            self._driver.write(QUESTION)
            self._driver.flush()

    def changed(self, changes: Changes) -> None:
        """The model is different: the screens in sight follow."""
        self._announce_pages()
        if len(self.model.alerts) < MANY:
            self._waiting = inbox.counts(self.model)["waiting"]
        for screen in self._verb_screens():
            screen.on_model(changes)

    def _announce_pages(self) -> None:
        """One bell and a title for a page to me; other people's events make no noise."""
        open_now = {page.id for page in self.model.my_open_pages()}
        if open_now - self.model.seen_pages:
            self.bell()
        # What was put off, or acknowledged for a while, is announced again when it goes on.
        self.model.seen_pages = open_now | (self.model.seen_pages & self.model.waiting_pages)
        if isinstance(self._driver, PatientDriver):
            waiting = len(self.model.my_open_pages())
            self._driver.set_title(f"PAGE ({waiting}) incidentd" if waiting else "incidentd")

    # ------------------------------------------------------------------ verbs
    async def action_verb(self, verb_id: str) -> None:
        verb = next(one for one in (*verbs.MODES, *verbs.GLOBAL) if one.id == verb_id)
        kind, _, name = verb_id.partition(".")
        if kind == "mode":
            await self.switch_mode(name)
            return
        screen = self._top()
        if screen is not None and (reason := screen.why_not(verb)):
            self.say(reason, "warning")
            return
        result = getattr(self, verb.handler)()
        if result is not None:
            await result

    def _top(self) -> VerbScreen | None:
        return self.screen if isinstance(self.screen, VerbScreen) else None

    def do_help(self) -> None:
        screen = self._top()
        if screen is not None:
            marks = isinstance(screen, ListScreen) and screen.markable
            self.push_screen(HelpScreen(screen.heading, screen.VERBS, self.keymap, marks=marks))

    def do_commands(self) -> None:
        """Every verb, with its key and the reason when it cannot be done now."""
        screen = self._top()
        if screen is None:
            return
        known: dict[str, Verb] = {verb.id: verb for verb in (*screen.VERBS, *verbs.MODES, *verbs.GLOBAL)}
        known.pop("app.commands")
        items = [
            Item(verb.id, f"{verb.label} — {verb.about}", verb.key_shown(self.keymap), screen.why_not(verb))
            for verb in known.values()
        ]

        def chosen(value: str | None) -> None:
            if value is not None:
                target = screen if any(verb.id == value for verb in screen.VERBS) else self
                self.call_later(target.action_verb, value)

        self.push_screen(Picker("Commands", items, "what do you want to do?"), chosen)

    def do_mine(self) -> None:
        pages = self.model.my_open_pages()
        if not pages:
            self.say("ack mine: no page waits for you", "warning")
        else:
            self.run_worker(self.acts.acknowledge(pages[0]), exit_on_error=False)

    def do_idea(self) -> None:
        screen = self._top()
        if screen is not None:
            self.push_screen(idea_form(self, screen.about))

    def do_undo(self) -> None:
        self.run_worker(self.acts.undo(), exit_on_error=False)

    async def do_quit(self) -> None:
        await self.action_quit()

    async def open_room(self, incident_id: int) -> None:
        """Go to the room of this incident, in the mode of incidents."""
        await self._open("incidents", RoomScreen(incident_id))

    async def open_review(self, incident_id: int) -> None:
        """Go to the review of this incident, in the mode of reviews."""
        await self._open("reviews", ReviewScreen(incident_id))

    async def open_document(self, incident_id: int) -> None:
        """Go to the document of this incident's review, in the library."""
        await self._open("learn", DocumentScreen(incident_id))

    async def show_insights(self, view: str) -> None:
        """Another view of the mode of insights: alone on top of the figures, which are always below."""
        if view == FiguresScreen.view_here:
            await self.pop_screen()
        elif len(self.screen_stack) > 1:
            await self.switch_screen(SCREENS[view]())
        else:
            await self.push_screen(SCREENS[view]())

    async def show_versions(self) -> None:
        """The versions of the process, on top of the screen that is shown; back leads there."""
        await self.push_screen(VersionsScreen())

    async def open_retro(self, retro_id: int) -> None:
        """Go to this process retro, in the mode of insights."""
        await self._open("insights", RetroScreen(retro_id))

    async def _open(self, mode: str, screen: VerbScreen) -> None:
        """Alone on top of its list."""
        if self.current_mode != mode:
            await self.switch_mode(mode)
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        await self.push_screen(screen)


def run(socket: str | None, *, incident_id: int | None, mouse: bool | None, over_ssh: bool) -> int:
    """Run the UI in this terminal until the user leaves; the answer is the exit code. No mouse over SSH by default."""
    app = IncidentdApp(Client(socket), incident_id=incident_id, over_ssh=over_ssh)
    result = app.run(mouse=not over_ssh if mouse is None else mouse)
    return result if result is not None else (app.return_code or 0)
