"""The log notifier: one JSON line a notification in a file, or a structured record in the daemon's log.

A line in the file holds the acknowledge link, because there the line is the message; the file is readable by the
daemon's user only. The daemon's log goes to people who may not acknowledge, so the record there leaves the link out.
"""

from __future__ import annotations

import asyncio
import errno
import logging
from datetime import datetime
from typing import Any

import msgspec

from incidentd.plugin import (
    AdapterType,
    Capability,
    Context,
    Notification,
    NotificationKind,
    Notifier,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
)
from incidentd_log.config import LogConfig
from incidentd_log.linefile import LineFile

LOGGER = "incidentd.notify"

# Waiting does not help with these: someone must correct the path or its rights.
_LASTING = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP})


class LogNotifier(Notifier):
    """Writes to the file of its configuration, or by the logger `incidentd.notify`."""

    def __init__(self, config: LogConfig, context: Context) -> None:
        self._context = context
        self._file = None if config.path is None else LineFile(config.path, fsync=config.fsync)
        self._logger = logging.getLogger(LOGGER)

    async def send(self, notification: Notification) -> Receipt:
        fields = _fields(notification, self._context.now())
        if self._file is None:
            self._log(fields, logging.WARNING if notification.kind is NotificationKind.PAGE else logging.INFO)
            return Receipt(delivered=True)
        line = msgspec.json.encode(fields | {"acknowledge_url": notification.acknowledge_url})
        try:
            await asyncio.to_thread(self._file.append, line)
        except OSError as exc:
            text = f"cannot write the log file: {exc.strerror or type(exc).__name__}"
            raise (PermanentFailure(text) if exc.errno in _LASTING else TemporaryFailure(text)) from None
        return Receipt(delivered=True)

    def _log(self, fields: dict[str, Any], level: int) -> None:
        if not self._logger.isEnabledFor(level):
            raise PermanentFailure("the daemon's log level hides notifications: lower it, or set `path`")
        self._logger.log(level, "notification", extra={"notification": fields})

    async def close(self) -> None:
        if self._file is not None:
            await asyncio.to_thread(self._file.close)


def _fields(notification: Notification, now: datetime) -> dict[str, Any]:
    return {
        "at": now.isoformat(),
        "idempotency_key": _unicode(notification.idempotency_key),
        "thread": _unicode(notification.thread),
        "kind": notification.kind.value,
        "urgency": notification.urgency.value,
        "recipient": _unicode(notification.recipient),
        "title": _unicode(notification.title),
        "body": _unicode(notification.body),
        "reason": _unicode(notification.reason),
        "labels": {_unicode(name): _unicode(value) for name, value in notification.labels.items()},
        "created_at": notification.created_at.isoformat(),
        "attempt": notification.attempt,
    }


def _unicode(text: str) -> str:
    """`text` with U+FFFD for lone surrogates, which JSON text cannot carry."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


NOTIFIERS: tuple[AdapterType[Notifier], ...] = (
    AdapterType(
        id="log",
        config=LogConfig,
        create=LogNotifier,
        capabilities=frozenset({Capability.SILENT}),
        summary="A line in a file or in the daemon's log",
        default_instance={},
    ),
)
