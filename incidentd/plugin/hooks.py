"""The hooks a plugin implements, and the marker it implements them with."""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from incidentd.plugin.adapters import AdapterType, AlertSource, Notifier
from incidentd.plugin.embedding import Embedder
from incidentd.plugin.support import SupportChannel
from incidentd.plugin.values import Event

PROJECT = "incidentd"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:  # type: ignore[empty-body]
    """The kinds of alert source this plugin offers."""


@hookspec
def incidentd_notifiers() -> Sequence[AdapterType[Notifier]]:  # type: ignore[empty-body]
    """The kinds of notifier this plugin offers."""


@hookspec
def incidentd_channels() -> Sequence[AdapterType[SupportChannel]]:  # type: ignore[empty-body]
    """The kinds of support channel this plugin offers. Since API version 1.6."""


@hookspec
def incidentd_embedders() -> Sequence[AdapterType[Embedder]]:  # type: ignore[empty-body]
    """The kinds of embedder this plugin offers: what says how near texts are in meaning. Since API version 1.9."""


@hookspec
def incidentd_on_event(event: Event) -> None:
    """Called after `event` was committed. Return quickly: work that takes time belongs into your own task."""
