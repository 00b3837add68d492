"""Alerts in the form of GoAlert's generic integration key: what pages through GoAlert needs only another address."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, hookimpl


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_goalert.source import SOURCES

    return SOURCES
