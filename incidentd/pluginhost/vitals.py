"""The health of one plugin, or of one configured instance of an adapter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from incidentd.clock import Clock
from incidentd.plugin.values import Condition
from incidentd.wire import AdapterHealth

QUARANTINE_AFTER = 5
"""Failures in a row after which an adapter counts as quarantined: it is shown, and tried rarely."""
_DETAIL = 300


class Vitals:
    """Counts failures. Every part of the host that calls into a plugin reports here."""

    def __init__(self, instance: str, kind: str, role: str, clock: Clock) -> None:
        self.instance = instance
        self.kind = kind
        self.role = role
        self._clock = clock
        self._state = "ok"
        self._detail = ""
        self._failures = 0
        self._last_ok: datetime | None = None
        self._last_error: datetime | None = None
        self.condition: Callable[[], Condition | None] = lambda: None
        """What the instance says of itself; told while its calls go well."""
        self.stopped = ""
        """Why its own task does not run, where it has one: calls that go well meanwhile do not hide it."""
        self.rest: timedelta | None = None
        """How long it rests in quarantine before it is tried again, where that is known."""

    def succeeded(self) -> None:
        """A call went well."""
        self._last_ok = self._clock.now()
        if self._state in ("degraded", "quarantined"):
            self._state, self._detail = "ok", ""
        self._failures = 0

    def failed(self, what: str, error: BaseException | str) -> None:
        """A call went wrong; `what` says which."""
        text = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
        self._failures += 1
        self._last_error = self._clock.now()
        self._detail = _told(what, text)
        if self._state in ("ok", "degraded", "quarantined"):
            self._state = "quarantined" if self._failures >= QUARANTINE_AFTER else "degraded"

    def task_ended(self, error: BaseException) -> None:
        """Its own task failed, and is started again later."""
        self.failed("run", error)
        self.stopped = self._detail

    def task_runs(self) -> None:
        """Its own task has been running for a while."""
        self.stopped = ""

    def refused(self, what: str, error: BaseException) -> None:
        """The other side said no to one message: shown, and no step towards quarantine."""
        self._last_error = self._clock.now()
        if self.quarantined:  # it answers: others get their turn, and its next failure puts it back
            self._state, self._failures = "degraded", QUARANTINE_AFTER - 1
        if self._state in ("ok", "degraded"):
            self._state, self._detail = "degraded", f"{what}: {error}".replace("\n", " ")[:_DETAIL]

    def dead(self, state: str, detail: str) -> None:
        """It cannot be used at all: `failed` (it broke) or `missing` (there is no such thing)."""
        self._state, self._detail = state, detail.replace("\n", " ")[:_DETAIL]
        self._last_error = self._clock.now()

    def note(self, detail: str) -> None:
        """Something to tell that is no failure of a call; it never makes worse news look better."""
        if self._state in ("ok", "degraded"):
            self._state, self._detail = "degraded", detail[:_DETAIL]

    @property
    def quarantined(self) -> bool:
        return self._state == "quarantined"

    @property
    def last_error_at(self) -> datetime | None:
        return self._last_error

    @property
    def detail(self) -> str:
        return self._detail

    def shown(self) -> AdapterHealth:
        """As the wire shows it."""
        state, detail = self._state, self._detail
        if state == "ok":
            state, detail = ("degraded", self.stopped) if self.stopped else self._own_words()
        elif state == "quarantined" and self.rest is not None and self._last_error is not None:
            detail = f"paused after {self._failures} failures in a row, {self._tried_again()}; the last one: {detail}"
        return AdapterHealth(
            instance=self.instance,
            type=self.kind,
            role=self.role,
            state=state,
            detail=detail,
            failures=self._failures,
            last_ok_at=self._last_ok,
            last_error_at=self._last_error,
        )

    def _tried_again(self) -> str:
        again = (self._last_error or self._clock.now()) + (self.rest or timedelta(0))
        if again <= self._clock.now():
            return "the next message tries it"
        return f"tried again at {again:%Y-%m-%dT%H:%M:%SZ}"

    def _own_words(self) -> tuple[str, str]:
        try:
            told = self.condition()
            if told is None:
                return "ok", ""
            return "ok" if told.well else "degraded", str(told.text).replace("\n", " ")[:_DETAIL]
        except (Exception, SystemExit) as error:
            return "degraded", f"condition: {type(error).__name__}: {error}".replace("\n", " ")[:_DETAIL]


def _told(what: str, text: str) -> str:
    return f"{what}: {text}".replace("\n", " ")[:_DETAIL]
