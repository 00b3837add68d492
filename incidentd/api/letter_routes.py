"""The routes of monthly letters; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import letters
from incidentd.api.route import Route, get
from incidentd.wire import letters as wire_letters

LETTER_ROUTES: tuple[Route, ...] = (
    get("/v1/letters", letters.list_letters, wire_letters.Letters, "Monthly letters, and when the next one is sent"),
    get(
        "/v1/letters/{month}",
        letters.get_letter,
        wire_letters.Letter,
        "The letter about a month (2026-03): as it was sent, else as it would be by now",
    ),
)
