"""What the keys of a process file come to, with every default filled in, as words for people by key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

import msgspec

from incidentd.configuration.documents import Document
from incidentd.configuration.process_file import ProcessFile
from incidentd.configuration.review_tables import review_windows
from incidentd.configuration.severity_tables import severity_matrix
from incidentd.configuration.update_tables import cadence
from incidentd.domain.severity import Severity

_SAID_ABOUT_IT = ("reason", "because")  # of [adoption]: they make no other version


def effective(document: Document) -> dict[str, Any]:
    """Tables, lists, and leaves in words, in the order of the file's model. Raises `ConfigurationError`."""
    file = document.validate(ProcessFile)
    data: dict[str, Any] = file.model_dump(by_alias=True)
    merged = cadence(file.updates)
    for severity in Severity:
        data["updates"][severity.value] = dict(merged.get(severity, {}))
    data["severity"] = msgspec.to_builtins(severity_matrix(file.severity))
    data["review"]["windows"] = msgspec.to_builtins(
        {one.value: window for one, window in review_windows(file.review).items()}, builtin_types=(timedelta,)
    )
    del data["review"]["none"]  # it has done its part above
    for key in _SAID_ABOUT_IT:
        del data["adoption"][key]
    return {key: _spoken(value) for key, value in data.items()}


def _spoken(value: Any) -> Any:
    """Leaves that mean something in words; sets in order."""
    if isinstance(value, Mapping):
        return {str(key): _spoken(one) for key, one in value.items()}
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return [_spoken(one) for one in value]
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, timedelta):
        return duration(value)
    if isinstance(value, datetime | time):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def duration(value: timedelta) -> str:
    """As a process file writes it: 20m, 1h30m."""
    left, text = round(value.total_seconds()), ""
    for seconds, unit in _UNITS:
        count, left = divmod(left, seconds)
        text += f"{count}{unit}" if count else ""
    return text or "0s"
