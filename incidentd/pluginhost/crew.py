"""Everything that one configuration made of the plugins: instances, observers, and what could not be made."""

from __future__ import annotations

import asyncio

import msgspec

from incidentd.pluginhost.observers import RunningObserver
from incidentd.pluginhost.running import RunningNotifier, RunningSource
from incidentd.pluginhost.vitals import Vitals


class Crew(msgspec.Struct, kw_only=True):
    """A reload makes a new crew beside the old one, so that nothing is ever missing in between."""

    plugins: list[Vitals] = []
    unusable: list[Vitals] = []
    sources: dict[str, RunningSource] = {}
    notifiers: dict[str, RunningNotifier] = {}
    observers: list[RunningObserver] = []

    def vitals(self) -> list[Vitals]:
        """The health of every part."""
        sources = [one.vitals for one in self.sources.values()]
        notifiers = [one.vitals for one in self.notifiers.values()]
        return [*self.plugins, *self.unusable, *sources, *notifiers]

    def start(self) -> None:
        """Start the tasks of sources and observers."""
        for source in self.sources.values():
            source.start()
        for observer in self.observers:
            observer.start()

    async def close(self) -> None:
        """Close every part, all at once, each within its time limit."""
        await asyncio.gather(
            *(source.close() for source in self.sources.values()),
            *(notifier.close() for notifier in self.notifiers.values()),
            *(observer.close() for observer in self.observers),
        )
