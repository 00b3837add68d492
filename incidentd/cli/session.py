"""One command's talk with the daemon: retries across a restart, problems as exit codes, JSON or text out."""

from __future__ import annotations

import http.client
import json
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlencode

import click
import msgspec

from incidentd.domain.display import safe_line
from incidentd.unixsocket import ForeignDirectory, Response, request
from incidentd.wire import Problem

T = TypeVar("T")
EXIT_CODES = (
    "Exit codes: 0 ok, 1 refused by the daemon, 2 usage, 3 daemon unreachable, 4 not found, 5 conflict, "
    "6 the daemon failed."
)
_RETRY_PAUSE = 0.1  # seconds


class Failure(click.ClickException):
    """A refusal or an unreachable daemon: what, which field, remedy, on stderr."""

    def __init__(self, message: str, code: int, field: str = "", remedy: str = "") -> None:
        lines = [safe_line(message)]
        if field:
            lines.append(f"  field: {safe_line(field)}")
        if remedy:
            lines.append(f"  remedy: {safe_line(remedy)}")
        super().__init__("\n".join(lines))
        self.exit_code = code


def exit_code(status: int) -> int:
    """The exit code of an HTTP status that is not 2xx."""
    return 6 if status >= 500 else {404: 4, 409: 5}.get(status, 1)


def failure(answer: Response) -> Failure:
    """The refusal in `answer`, whatever its body holds."""
    try:
        problem = msgspec.json.decode(answer.body, type=Problem)
    except msgspec.MsgspecError:
        return Failure(f"the daemon answered with status {answer.status}", exit_code(answer.status))
    text = f"{problem.title}: {problem.detail}" if problem.detail else problem.title
    return Failure(text, exit_code(answer.status), problem.field, problem.remedy)


@dataclass
class Session:
    """The options of the command line; `timeout` is in seconds and covers all retries."""

    socket_path: str
    timeout: float
    as_json: bool
    utc: bool
    quiet: bool

    def exchange(self, method: str, path: str, body: bytes | None = None, version: int | None = None) -> Response:
        """A 2xx answer. Raises `Failure`. A change carries one key over all its tries, so it is made once."""
        headers = {} if method == "GET" else {"Idempotency-Key": secrets.token_hex(16)}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        end = time.monotonic() + self.timeout
        while True:
            left = end - time.monotonic()
            try:
                answer = request(self.socket_path, method, path, body, headers, timeout=max(left, 0.05))
            except ForeignDirectory as error:
                raise self._unreachable(error) from error
            except (OSError, http.client.HTTPException) as error:
                if end - time.monotonic() <= _RETRY_PAUSE:
                    raise self._unreachable(error) from error
            else:
                if answer.status < 300:
                    return answer
                if answer.status != 503 or end - time.monotonic() <= _RETRY_PAUSE:
                    raise failure(answer)
            time.sleep(_RETRY_PAUSE)

    def _unreachable(self, error: Exception) -> Failure:
        what = f"no answer from the daemon at {self.socket_path}: {error or type(error).__name__}"
        return Failure(what, 3, remedy="start it with `incidentd serve`, or name its socket with --socket")

    def get(self, path: str, **query: object) -> bytes:
        """The body of a GET; parameters that are None or empty are left out."""
        given = {name: value for name, value in query.items() if value not in (None, "", ())}
        return self.exchange("GET", f"{path}?{urlencode(given, doseq=True)}" if given else path).body

    def change(self, method: str, path: str, body: object = None, version: int | None = None) -> bytes:
        """The body of a change's answer; `body` is a wire struct or a plain object."""
        return self.exchange(method, path, None if body is None else msgspec.json.encode(body), version).body

    def print_json(self, body: bytes) -> None:
        """ASCII only: no byte of it can act on a terminal."""
        document = json.loads(body) if body else None
        print(json.dumps(document, indent=2).replace("\x7f", "\\u007f"))

    def read(self, body: bytes, kind: type[T]) -> T | None:
        """`body` as `kind` for a person to read, or None after it was printed as JSON."""
        if self.as_json:
            self.print_json(body)
            return None
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.MsgspecError as error:
            raise Failure(f"the daemon's answer is not understood: {error}", 6) from error

    def done(self, body: bytes, sentence: str) -> None:
        """Say that a change worked."""
        if self.as_json:
            self.print_json(body)
        elif not self.quiet:
            print(safe_line(sentence))

    def when(self, at: datetime | None, form: str = "%Y-%m-%d %H:%M:%S %Z") -> str:
        """`at` in UTC or in the viewer's zone; "-" when there is none."""
        return "-" if at is None else (at.astimezone(UTC) if self.utc else at.astimezone()).strftime(form)
