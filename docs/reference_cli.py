"""The page about the commands, from their own help."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import click

_WIDTH = 100
_INTRO = """# Commands

Every command has `--help`. `incidentctl` talks to the daemon's socket and takes `--json` everywhere.
"""


def page() -> str:
    """The page as Markdown."""
    return "\n".join([_INTRO, *_all()])


def _all() -> Iterator[str]:
    from incidentd.cli import ctl, daemon

    for name, command in (("incidentd", daemon.main), ("incidentctl", ctl.cli)):
        settings: dict[str, Any] = {**command.context_settings, **_settings()}
        yield from _command(command, click.Context(command, info_name=name, **settings), 2)
    yield from _tui()


def _tui() -> Iterator[str]:
    """The terminal UI parses its few options itself, before it loads anything."""
    done = subprocess.run(
        [sys.executable, "-m", "incidentd_tui", "--help"],
        env={**os.environ, "COLUMNS": str(_WIDTH)},
        capture_output=True,
        text=True,
        check=True,
    )
    yield "## incidentd-tui"
    yield ""
    yield "```"
    yield done.stdout.rstrip()
    yield "```"


def _settings() -> dict[str, int]:
    return {"terminal_width": _WIDTH, "max_content_width": _WIDTH}


def _command(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    yield f"{'#' * min(level, 4)} {context.command_path}"
    yield ""
    yield "```"
    yield "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield "```"
    yield ""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                inner = click.Context(child, info_name=name, parent=context, **_settings())
                yield from _command(child, inner, level + 1)
