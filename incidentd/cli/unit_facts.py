"""What systemd and the journal know of a unit, and whether it has recovered."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping

from incidentd.domain.display import safe_text

PROPERTIES = (
    "Description", "LoadState", "ActiveState", "SubState", "Result", "ExecMainStatus", "NRestarts", "InvocationID",
)  # fmt: skip
JOURNAL_LINES = 20
JOURNAL_CHARACTERS = 8000
_SECONDS = 4.0


def properties(unit: str) -> dict[str, str]:
    """Those of `systemctl show`; none when systemd cannot be asked."""
    shown = _output(["systemctl", "show", "-p", ",".join(PROPERTIES), "--", unit])
    pairs = (line.partition("=") for line in shown.splitlines())
    return {name: safe_text(value) for name, sign, value in pairs if sign}


def at_failure(unit: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The properties, with what systemd told a handler of `OnFailure=` of the run that failed (systemd.exec(5))."""
    found = properties(unit)
    if environ.get("MONITOR_UNIT") == unit:
        told = {
            "Result": environ.get("MONITOR_SERVICE_RESULT", ""),
            "ExecMainStatus": environ.get("MONITOR_EXIT_STATUS", ""),
            "InvocationID": environ.get("MONITOR_INVOCATION_ID", ""),
        }
        found |= {name: value for name, value in told.items() if value}
    return {name: value for name, value in found.items() if name != "LoadState"}


def journal(unit: str) -> str:
    """The last lines of the unit's journal, oldest first, harmless on a screen."""
    lines = _output(["journalctl", "--no-pager", "-q", "-o", "short-iso", "-n", str(JOURNAL_LINES), "-u", unit])
    return safe_text(lines).strip()[-JOURNAL_CHARACTERS:]


def recovery(found: Mapping[str, str]) -> str:
    """Why the unit with these properties counts as recovered; "" while it does not, or nothing is known of it."""
    state = found.get("ActiveState", "")
    if state == "active":
        return "it is active again"
    if state == "inactive" and found.get("LoadState") == "not-found":
        return "there is no such unit any more"
    if state == "inactive" and found.get("Result") == "success":
        return "it is no longer failed"
    return ""


def _output(command: list[str]) -> str:
    """What a program says; "" when there is none, or it takes too long."""
    environ = {**os.environ, "LC_ALL": "C.UTF-8", "SYSTEMD_COLORS": "0"}
    try:
        done = subprocess.run(  # noqa: S603 - fixed programs, the unit's name is one argument
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False, env=environ
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")
