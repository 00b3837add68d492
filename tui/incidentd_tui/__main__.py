"""`incidentd-tui`: checks the terminal, draws a first frame at once, and only then loads the rest."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

_ENTER, _LEAVE = "\x1b[?1049h\x1b[2J\x1b[H", "\x1b[?1049l"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="incidentd-tui", description="The terminal UI of incidentd.")
    parser.add_argument(
        "--socket", metavar="PATH", help="the daemon's socket (default: $INCIDENTD_SOCKET, else where it usually is)"
    )
    parser.add_argument(
        "--incident", metavar="ID", type=_incident_id, help="open the room of this incident at the start"
    )
    parser.add_argument("--mouse", action=argparse.BooleanOptionalAction, help="default: on, and off over SSH")
    return parser.parse_args(argv)


def _incident_id(text: str) -> int:
    digits = text.upper().removeprefix("INC-")
    if not digits.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no incident: write 3 or INC-3")
    return int(digits)


def terminal_trouble(stdin_is_tty: bool, stdout_is_tty: bool, term: str) -> str:
    """Why this terminal will not do, "" when it will."""
    if not (stdin_is_tty and stdout_is_tty):
        return "incidentd-tui needs a terminal; for scripts use incidentctl (with --json)"
    if term in ("dumb", "unknown", ""):
        return f"the terminal type is {term or 'not set'} (TERM): it cannot place text; use incidentctl there"
    return ""


def skeleton(columns: int, rows: int) -> str:
    """The first frame: the bars where they will be, before anything else is loaded."""
    panel = "\x1b[48;2;22;29;39m"
    bar = f"{panel}\x1b[38;2;108;182;255m\x1b[1m incidentd \x1b[0m{panel}\x1b[38;2;147;161;179m"
    tabs = " 1 Inbox  2 Incidents  3 On-call  4 Reports  5 Reviews  6 Learn  7 Insights  8 Health"
    tabs = tabs[: max(columns - 11, 0)]
    connecting = "\x1b[0m\x1b[3;3H\x1b[38;2;147;161;179mconnecting …\x1b[0m"
    return f"{_ENTER}{bar}{tabs}\x1b[K{connecting}\x1b[{rows};1H{panel}\x1b[K\x1b[0m\x1b[?25l"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the terminal UI. 0 after a normal end, 2 when the terminal will not do, 129 after a hangup."""
    options = _arguments(argv)
    trouble = terminal_trouble(sys.stdin.isatty(), sys.stdout.isatty(), os.environ.get("TERM", ""))
    if trouble:
        sys.stderr.write(trouble + "\n")
        return 2
    size = os.get_terminal_size(sys.stdout.fileno())
    frame = skeleton(size.columns, size.lines)
    if "NO_COLOR" not in os.environ:
        sys.stdout.write(frame)
        sys.stdout.flush()
    try:
        from incidentd_tui.app import run
    except BaseException:
        sys.stdout.write(_LEAVE)
        raise
    over_ssh = bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
    return run(options.socket, incident_id=options.incident, mouse=options.mouse, over_ssh=over_ssh)


if __name__ == "__main__":
    sys.exit(main())
