"""Alerts in the form of Opsgenie's Alert API: what pages through Opsgenie needs only another address."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, hookimpl


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_opsgenie.source import SOURCES

    return SOURCES
