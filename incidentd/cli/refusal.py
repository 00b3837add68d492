"""What went wrong, for people, for programs and as an exit code."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import click
import msgspec

from incidentd.domain.display import safe_line

if TYPE_CHECKING:  # a shim that monitoring calls every minute refuses rarely, and the wire costs it a tenth of its time
    from incidentd.unixsocket import Response
    from incidentd.wire import Problem


class Exit(IntEnum):
    """How a command ends, one meaning each, whoever finds out: the command itself or the daemon."""

    NOT_WELL = 1
    BAD_INPUT = 2
    UNREACHABLE = 3
    NOT_FOUND = 4
    REFUSED = 5
    FAILED = 6


EXIT_CODES = """\b
Exit codes:
  0    it worked
  1    it was looked at, and is not well: a finding, a fault, a test that failed
  2    bad input: the command line, a value or a file is wrong
  3    the daemon cannot be reached
  4    not found: something that you name does not exist
  5    refused: you may not, its state does not allow it, or it changed meanwhile
  6    the daemon failed, its answer is not understood, or output failed
  130  interrupted (Ctrl-C)
  141  whoever read the output went away

With --json a refusal is one line of JSON on standard error, with the exit code."""


class Failure(click.ClickException):
    """A refusal or an unreachable daemon: what, which field, remedy. `problem` is the daemon's document, if any."""

    def __init__(
        self, message: str, code: Exit, field: str = "", remedy: str = "", problem: Problem | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.remedy = remedy
        self.problem = problem

    def lines(self) -> list[str]:
        """For people; safe to print."""
        lines = [f"incidentctl: {safe_line(self.message)}"]
        if self.field:
            lines.append(f"  field: {safe_line(self.field)}")
        if self.problem and self.problem.current and "version" in self.problem.current:
            lines.append(f"  now at version: {safe_line(str(self.problem.current['version']))}")
        if self.remedy:
            lines.append(f"  remedy: {safe_line(self.remedy)}")
        return lines

    def document(self) -> dict[str, object]:
        """For programs: the problem, or what stands for one when the daemon sent none, and the exit code."""
        from incidentd.wire import Problem

        problem = self.problem or Problem(
            type="about:blank", title=self.message, status=0, field=self.field, remedy=self.remedy
        )
        shown = msgspec.to_builtins(problem)
        assert isinstance(shown, dict)
        return {**shown, "exit_code": int(self.code)}


_BAD_INPUT = frozenset({400, 405, 411, 413, 414, 415, 416, 417, 422, 431})
"""Statuses of a request that is wrong in itself (RFC 9110, section 15.5)."""
_UNKNOWN = "urn:incidentd:unknown"


def exit_code(status: int, kind: str = "") -> Exit:
    """The exit code of an HTTP status that is not 2xx, and of the type of the problem that came with it."""
    if status == 404 or kind == _UNKNOWN:
        return Exit.NOT_FOUND
    if status in _BAD_INPUT:
        return Exit.BAD_INPUT
    return Exit.REFUSED if 400 <= status < 500 else Exit.FAILED


def failure(answer: Response) -> Failure:
    """The refusal in `answer`, whatever its body holds."""
    from incidentd.wire import Problem

    try:
        problem = msgspec.json.decode(answer.body, type=Problem)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return Failure(f"the daemon answered with status {answer.status}", exit_code(answer.status))
    code = exit_code(answer.status, problem.type)
    return Failure(problem.detail or problem.title, code, problem.field, problem.remedy, problem)


def garbled(why: str) -> Failure:
    """An answer that is not what this version expects."""
    remedy = "compare `incidentctl --version` with the daemon's: `incidentctl info`"
    return Failure(f"the daemon's answer is not understood: {why}", Exit.FAILED, remedy=remedy)
