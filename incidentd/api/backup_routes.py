"""The routes of backups; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import backups
from incidentd.api.identity import Role
from incidentd.api.route import Route, get
from incidentd.wire import backups as wire_backups

BACKUP_ROUTES: tuple[Route, ...] = (
    get("/v1/backups", backups.list_backups, wire_backups.StoreBackups, "Backups, and when the next one is due"),
    Route(
        method="POST",
        path="/v1/backups",
        handler=backups.make_backup,
        role=Role.ADMIN,
        answer=wire_backups.StoreBackup,
        summary="Make a backup now, and restore it to try it",
    ),
)
