"""A dialog that loses no key: what is typed while it is being built goes to its first field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar, cast

from textual import events
from textual.screen import ModalScreen

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

Answer = TypeVar("Answer")


class TypeAhead(ModalScreen[Answer], Generic[Answer]):
    """Call `accept_keys` once the first field has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self._early: list[events.Key] | None = []

    def on_key(self, event: events.Key) -> None:
        if self._early is not None:
            event.stop()
            event.prevent_default()
            self._early.append(event)

    def accept_keys(self) -> None:
        """Have the keys that came too early typed again, in their order."""
        early, self._early = self._early or [], None
        again = [events.Key(one.key, one.character) for one in early if one.key not in ("escape", "enter")]
        cast("IncidentdApp", self.app).keyboard.type_first(again)
