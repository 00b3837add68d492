"""What keeps the daemon itself going, composed."""

from __future__ import annotations

from collections.abc import Mapping

from incidentd.domain.own_alarms import OwnAlarm
from incidentd.services.escalation import Handler
from incidentd.services.operation_contracts import OperationCalls
from incidentd.services.store_size import StoreSizes
from incidentd.services.workers import Loop
from incidentd.storage.store import Store


class OperationsDesk:
    """The daemon calls `start` once the store is open; its loops run and end with all the others."""

    def __init__(self, store: Store, node: str) -> None:
        self._store = store
        self._node = node
        self.sizes = StoreSizes(store)
        self.loops: list[Loop] = [self.sizes.loop]

    async def start(self) -> None:
        """What has to be known before anything else works."""

    def problems(self) -> list[OwnAlarm]:
        """What is wrong with the house, for health."""
        return self.sizes.problems()

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {}

    def calls(self) -> OperationCalls:
        """What the socket API can call."""
        return OperationCalls(store=self.sizes)
