"""What went wrong, for people, for programs and as an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from incidentd.domain.display import safe_line

if TYPE_CHECKING:  # a shim that monitoring calls every minute refuses rarely, and the wire costs it a tenth of its time
    from incidentd.unixsocket import Response
    from incidentd.wire import Problem

EXIT_CODES = """\b
Exit codes:
  0    it worked
  1    the daemon refused (4xx)
  2    the command line is wrong
  3    the daemon cannot be reached
  4    not found
  5    conflict: it changed meanwhile, or its state does not allow it
  6    the daemon failed, its answer is not understood, or output failed
  130  interrupted (Ctrl-C)
  141  whoever read the output went away

With --json a refusal is one line of JSON on standard error, with the exit code."""


class Failure(click.ClickException):
    """A refusal or an unreachable daemon: what, which field, remedy. `problem` is the daemon's document, if any."""

    def __init__(
        self, message: str, code: int, field: str = "", remedy: str = "", problem: Problem | None = None
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
        return {**shown, "exit_code": self.code}


def exit_code(status: int) -> int:
    """The exit code of an HTTP status that is not 2xx."""
    if not 400 <= status < 500:
        return 6
    return {404: 4, 409: 5, 412: 5}.get(status, 1)


def failure(answer: Response) -> Failure:
    """The refusal in `answer`, whatever its body holds."""
    from incidentd.wire import Problem

    code = exit_code(answer.status)
    try:
        problem = msgspec.json.decode(answer.body, type=Problem)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return Failure(f"the daemon answered with status {answer.status}", code)
    return Failure(problem.detail or problem.title, code, problem.field, problem.remedy, problem)


def garbled(why: str) -> Failure:
    """An answer that is not what this version expects."""
    remedy = "compare `incidentctl --version` with the daemon's: `incidentctl info`"
    return Failure(f"the daemon's answer is not understood: {why}", 6, remedy=remedy)
