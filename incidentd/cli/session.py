"""One command's talk with the daemon: retries across a restart, problems as exit codes, answers as JSON or structs."""

from __future__ import annotations

import http.client
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlencode

import click
import msgspec

from incidentd.cli.jsontext import document, indented
from incidentd.cli.refusal import Exit, Failure, failure, garbled
from incidentd.domain.display import safe_line
from incidentd.unixsocket import ForeignDirectory, Response, default_socket_path, request

T = TypeVar("T")
_RETRY_PAUSE = 0.1  # seconds
_SAY_AFTER = 0.5  # seconds of silence before a person is told what is waited for


@dataclass
class Session:
    """The options of the command line; `timeout` is in seconds and covers all retries."""

    socket_path: str = ""
    timeout: float = 5.0
    as_json: bool = False
    utc: bool = False
    quiet: bool = False

    # ------------------------------------------------------------------ asking
    def exchange(self, method: str, path: str, body: bytes | None = None, version: int | None = None) -> Response:
        """A 2xx answer. Raises `Failure`. A change carries one key over all its tries, so it is made once."""
        self.socket_path = self.socket_path or default_socket_path()
        headers = {} if method == "GET" else {"Idempotency-Key": os.urandom(16).hex()}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        begun, told = time.monotonic(), False
        while True:
            left = begun + self.timeout - time.monotonic()
            answer = self._once(method, path, body, headers, left)
            if answer is not None and answer.status != 503:
                return _accepted(answer)
            if answer is not None and left <= 2 * _RETRY_PAUSE:
                raise failure(answer)
            if not told and time.monotonic() - begun > _SAY_AFTER:
                told = True
                self._say_waiting()
            time.sleep(_RETRY_PAUSE)

    def _once(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], left: float
    ) -> Response | None:
        """One try; None when another one may help, as while the daemon starts again."""
        try:
            return request(self.socket_path, method, path, body, headers, timeout=max(left, _RETRY_PAUSE))
        except (ForeignDirectory, PermissionError) as error:
            raise self._unreachable(error) from error
        except (OSError, http.client.IncompleteRead) as error:
            if left <= 2 * _RETRY_PAUSE:
                raise self._unreachable(error) from error
            return None
        except http.client.HTTPException as error:
            raise garbled(f"it is no HTTP ({type(error).__name__})") from error

    def _say_waiting(self) -> None:
        if sys.stderr.isatty():
            click.echo(safe_line(f"no answer from {self.socket_path} yet, trying for {self.timeout:g} s"), err=True)

    def _unreachable(self, error: Exception) -> Failure:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        remedy = "start it with `incidentd serve`, or name its socket with --socket"
        if isinstance(error, PermissionError):
            remedy = "ask an administrator for the group that may use the socket"
        return Failure(f"no answer from the daemon at {self.socket_path}: {reason}", Exit.UNREACHABLE, remedy=remedy)

    def get(self, path: str, **query: object) -> bytes:
        """The body of a GET; parameters that are None or empty are left out."""
        given = {name: value for name, value in query.items() if value not in (None, "", ())}
        return self.exchange("GET", f"{path}?{urlencode(given, doseq=True)}" if given else path).body

    def change(self, method: str, path: str, body: object = None, version: int | None = None) -> bytes:
        """The body of a change's answer; `body` is a wire struct or a plain object."""
        return self.exchange(method, path, None if body is None else msgspec.json.encode(body), version).body

    # ------------------------------------------------------------------ answers
    def decode(self, body: bytes | str, kind: type[T]) -> T:
        """`body` as `kind`. Raises `Failure` (6) when the daemon sent something else."""
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise garbled(str(error)) from error

    def read(self, body: bytes, kind: type[T]) -> T | None:
        """`body` as `kind` for a person to read, or None after it was printed as JSON."""
        if self.as_json:
            self.print_json(body)
            return None
        return self.decode(body, kind)

    def print_json(self, body: bytes) -> None:
        """The daemon's document, in ASCII. An empty answer is null."""
        print(indented(document(body)))

    def print_value(self, value: msgspec.Struct) -> None:
        """A wire struct that was chosen from, in ASCII."""
        self.print_json(msgspec.json.encode(value))

    def done(self, body: bytes, sentence: str) -> None:
        """Say that a change worked."""
        if self.as_json:
            self.print_json(body)
        elif not self.quiet:
            print(safe_line(sentence))

    # ------------------------------------------------------------------ times
    def zoned(self, at: datetime) -> datetime:
        """`at` in UTC or in the viewer's zone; as it is where the calendar ends."""
        try:
            return at.astimezone(UTC) if self.utc else at.astimezone()
        except (OverflowError, ValueError, OSError):
            return at

    def when(self, at: datetime | None, form: str = "%Y-%m-%d %H:%M:%S %Z") -> str:
        """`at` as text; "-" when there is none."""
        return "-" if at is None else self.zoned(at).strftime(form)

    def brief(self, at: datetime | None) -> str:
        """`at` for a column whose head names the zone (`zone`): without the year while that is clear."""
        if at is None:
            return "-"
        near = abs((datetime.now(UTC) - at).days) < 180
        return self.when(at, "%d %b %H:%M" if near else "%Y-%m-%d %H:%M")

    @property
    def zone(self) -> str:
        """The name of the zone in which times are shown."""
        return self.zoned(datetime.now(UTC)).strftime("%Z")


def _accepted(answer: Response) -> Response:
    if 200 <= answer.status < 300:
        return answer
    raise failure(answer)
