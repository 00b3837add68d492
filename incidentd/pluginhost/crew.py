"""Everything that one configuration made of the plugins: instances, observers, and what could not be made."""

from __future__ import annotations

import asyncio

import msgspec

from incidentd.pluginhost.embedding import RunningEmbedder
from incidentd.pluginhost.observers import RunningObserver
from incidentd.pluginhost.running import RunningChannel, RunningListener, RunningNotifier, RunningSource
from incidentd.pluginhost.vitals import Vitals


class Crew(msgspec.Struct, kw_only=True):
    """A reload makes a new crew beside the old one, so that nothing is ever missing in between."""

    plugins: list[Vitals] = []
    modules: dict[str, str] = {}  # top-level module -> the plugin whose code it is
    unusable: list[Vitals] = []
    sources: dict[str, RunningSource] = {}
    notifiers: dict[str, RunningNotifier] = {}
    channels: dict[str, RunningChannel] = {}
    embedders: dict[str, RunningEmbedder] = {}
    observers: list[RunningObserver] = []

    def vitals(self) -> list[Vitals]:
        """The health of every part."""
        notifiers = [one.vitals for one in self.notifiers.values()]
        embedders = [one.vitals for one in self.embedders.values()]
        return [*self.plugins, *self.unusable, *(one.vitals for one in self._listeners()), *notifiers, *embedders]

    def _listeners(self) -> list[RunningListener]:
        return [*self.sources.values(), *self.channels.values()]

    def start(self) -> None:
        """Start the tasks of sources, channels and observers."""
        for listener in self._listeners():
            listener.start()
        for observer in self.observers:
            observer.start()

    async def close(self) -> None:
        """Close every part, all at once, each within its time limit."""
        await asyncio.gather(
            *(source.close() for source in self.sources.values()),
            *(notifier.close() for notifier in self.notifiers.values()),
            *(channel.close() for channel in self.channels.values()),
            *(embedder.close() for embedder in self.embedders.values()),
            *(observer.close() for observer in self.observers),
        )
