"""What keeps the daemon itself going, composed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from incidentd.domain.own_alarms import OwnAlarm
from incidentd.services import after_restore
from incidentd.services.backups import Backups
from incidentd.services.erasing import Erasing
from incidentd.services.escalation import Handler
from incidentd.services.holds import Holds
from incidentd.services.log_check import LogChecks
from incidentd.services.nodes import Nodes
from incidentd.services.operation_contracts import OperationCalls
from incidentd.services.retention import Retentions
from incidentd.services.signing_keys import SigningKeys
from incidentd.services.store_size import StoreSizes
from incidentd.services.workers import Loop
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx


class OperationsDesk:
    """The daemon calls `start` once the store is open; its loops run and end with all the others.

    `watched` are asked for more problems: those of services that others compose.
    """

    def __init__(self, store: Store, node: str) -> None:
        self._store = store
        self.nodes = Nodes(store, node)
        self.sizes = StoreSizes(store)
        self.keys = SigningKeys(store)
        self.retention = Retentions(store, node)
        self.backups = Backups(store)
        self.watched: list[Callable[[], Sequence[OwnAlarm]]] = [
            self.backups.damage,
            self.nodes.problems,
            self.sizes.problems,
            self.retention.problems,
            self.backups.problems,
        ]
        self.loops: list[Loop] = [
            self.nodes.loop,
            self.sizes.loop,
            self.keys.loop,
            self.retention.loop,
            self.backups.loop,
        ]

    async def start(self) -> None:
        """What has to be known before anything else works."""
        await self._store.write(after_restore.settle)
        await self.nodes.start()
        await self._store.write(self.follow_configuration)

    def follow_configuration(self, tx: Tx) -> None:
        """After a start and a reload: arm what recurs by settings."""
        self.retention.follow_configuration(tx)

    async def stop(self) -> None:
        """What is said last, while the store is still open."""
        await self.nodes.stop()

    def problems(self) -> list[OwnAlarm]:
        """What is wrong with the house, for health."""
        return [problem for of in self.watched for problem in of()]

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return self.retention.handlers()

    def calls(self) -> OperationCalls:
        """What the socket API can call."""
        return OperationCalls(
            nodes=self.nodes,
            store=self.sizes,
            keys=self.keys,
            retention=self.retention,
            holds=Holds(self._store),
            erasing=Erasing(self._store),
            backups=self.backups,
            log=LogChecks(self._store),
        )
