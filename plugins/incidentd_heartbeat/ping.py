"""What a ping says. Pure functions; rules as in healthchecks.io's pinging API."""

from __future__ import annotations

import enum
import uuid

import msgspec

from incidentd.plugin import BadRequest, storable
from incidentd_heartbeat.config import as_uuid

MAX_BODY = 8_000
"""Characters of a body that are kept: its end, where a log says what went wrong. Told in `Ping-Body-Limit`."""
_MAX_EXIT = 255
_CUT = "\u2026"


class Said(enum.StrEnum):
    """What a job says by a ping."""

    SUCCESS = "success"
    START = "start"
    FAIL = "fail"
    LOG = "log"


class Ping(msgspec.Struct, frozen=True, kw_only=True):
    """One ping. `run` is the caller's UUID of the run, "" without one; `exit_status` is None where none was told."""

    said: Said
    run: str = ""
    exit_status: int | None = None
    body: str = ""

    @property
    def outcome(self) -> str:
        """In a few words."""
        return f"exit {self.exit_status}" if self.exit_status is not None else self.said.value


def read_ping(action: str, run: str | None, body: bytes) -> Ping:
    """The ping that the end of a path ("" for none), the query's `rid` and a body make. Raises `BadRequest`."""
    said, exit_status = _action(action)
    return Ping(said=said, run=_run(run), exit_status=exit_status, body=_text(body))


def _action(action: str) -> tuple[Said, int | None]:
    if action == "":
        return Said.SUCCESS, None
    if action in (Said.START, Said.FAIL, Said.LOG):
        return Said(action), None
    if action.isascii() and action.isdigit() and len(action) <= 3 and int(action) <= _MAX_EXIT:
        return (Said.FAIL if int(action) else Said.SUCCESS), int(action)
    raise BadRequest(f"ends in neither start, fail, log nor an exit status of 0 to {_MAX_EXIT}", field="path")


def _run(text: str | None) -> str:
    if text is None:
        return ""
    found: uuid.UUID | None = as_uuid(text)
    if found is None:
        raise BadRequest("is no UUID", field="rid")
    return str(found)


def _text(body: bytes) -> str:
    text = storable(body.decode(errors="replace")).rstrip()
    return text if len(text) <= MAX_BODY else _CUT + text[1 - MAX_BODY :]
