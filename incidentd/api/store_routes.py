"""The routes of the store itself; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import stores
from incidentd.api.route import Route, get
from incidentd.wire import store as wire_store

STORE_ROUTES: tuple[Route, ...] = (
    get("/v1/store", stores.get_size, wire_store.StoreSize, "How large the store is, by table, and how fast it grows"),
)
