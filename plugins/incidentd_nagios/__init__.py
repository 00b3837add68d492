"""Notifications of Nagios and Icinga 2, as `incidentctl nagios` sends them."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, hookimpl


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_nagios.source import SOURCES

    return SOURCES
