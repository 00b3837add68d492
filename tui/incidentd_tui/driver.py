"""The terminal driver. It never waits for a slow link: what a stalled terminal cannot take is dropped and redrawn."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from queue import Full
from typing import IO

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers import linux_driver
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.keys import Keys

_STOP_WAIT = 0.3


class PatientParser(XTermParser):
    """Reads what a terminal sends. A sequence that looks like a key and is none, is none; the stock one raises."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        try:
            return list(super()._sequence_to_key_events(sequence, alt))
        except (ValueError, OverflowError):  # "ESC [ 97:65 u" of a terminal that tells more than it was asked
            return [events.Key(Keys.Ignore, sequence)]  # none at all would have it wait for the rest


setattr(linux_driver, "XTermParser", PatientParser)  # noqa: B010 - its driver has no other place to name one


class PatientWriter(WriterThread):
    """A writer whose `write` never blocks. `dropped` says that the screen no longer shows what it should."""

    def __init__(self, file: IO[str]) -> None:
        super().__init__(file)
        self.dropped = False

    def write(self, text: str) -> None:
        if self.dropped and not self._queue.empty():
            return
        try:
            self._queue.put_nowait(text)
        except Full:
            self.dropped = True

    @property
    def idle(self) -> bool:
        """Whether everything that was accepted was written."""
        return self._queue.empty()

    def run(self) -> None:
        try:
            super().run()
        except OSError:
            self.dropped = True  # the terminal hung up; the signal handler ends the program

    def stop(self) -> None:
        try:
            self._queue.put(None, timeout=_STOP_WAIT)
        except Full:
            return
        self.join(_STOP_WAIT)


class PatientDriver(LinuxDriver):
    """Shows the terminal's own cursor, which screen readers and braille lines follow.

    Draws on standard output, as the terminal check promises; the stock driver draws on standard error.
    """

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = sys.__stdout__
        self._title = ""

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._make_patient()
        self.write("\x1b[?25h")
        self.flush()

    def _make_patient(self) -> None:
        """Put our writer in place of the stock one, behind what that was given already."""
        stock = self._writer_thread
        if stock is None or self._file is None or isinstance(stock, PatientWriter):
            return
        stock.stop()
        self._writer_thread = PatientWriter(self._file)
        self._writer_thread.start()

    def lost_frames(self) -> bool:
        """Whether frames were dropped and the link has room again; asking resets it."""
        writer = self._writer_thread
        if isinstance(writer, PatientWriter) and writer.dropped and writer.idle:
            writer.dropped = False
            return True
        return False

    def set_title(self, title: str) -> None:
        """The title of the terminal window; `title` is the program's own text."""
        if title != self._title:
            self._title = title
            self.write(f"\x1b]2;{title}\x07")
