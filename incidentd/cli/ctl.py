"""`incidentctl`: the socket API from a shell. Each group of commands is a module imported when it is used."""

from __future__ import annotations

import importlib
import os
import sys

import click

from incidentd.cli.session import EXIT_CODES, Session
from incidentd.unixsocket import default_socket_path

_COMMANDS = {
    "alert": ("alerts:alert", "List, show, trace, send, acknowledge and resolve alerts."),
    "page": ("pages:page", "List, show, acknowledge, resolve, escalate and send pages."),
    "incident": ("incidents:incident", "Declare incidents, change their status, read their timeline."),
    "oncall": ("rota:oncall", "Who is on call now."),
    "people": ("rota:people", "The roster."),
    "services": ("rota:services", "Services with their teams and policies."),
    "events": ("operate:events", "The event log, once or followed."),
    "health": ("operate:health", "What works and what does not."),
    "info": ("operate:info", "The daemon and who it takes you for."),
    "notifier": ("operate:notifier", "Test a notifier."),
    "reload": ("operate:reload", "Read the configuration again."),
    "completion": ("operate:completion", "Print the completion script of a shell."),
    "api": ("operate:api", "Call any route of the socket API."),
}


class LazyGroup(click.Group):
    """Imports a command's module when the command is asked for; the list of commands imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        found = getattr(importlib.import_module(f"incidentd.cli.{module}"), name)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="incidentd", prog_name="incidentctl")
@click.option("--socket", "socket_path", metavar="PATH", help="The daemon's socket (default: $INCIDENTD_SOCKET).")
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=5.0, show_default=True, help="Seconds in all.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, as the daemon sent it.")
@click.option("--utc/--local", default=False, help="Times in UTC, or in your zone (default).")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing after a change that worked.")
@click.pass_context
def cli(ctx: click.Context, socket_path: str | None, timeout: float, as_json: bool, utc: bool, quiet: bool) -> None:
    """Alerts, pages and incidents from a shell. IDs are A-12, P-3, INC-4 or plain numbers."""
    ctx.obj = Session(socket_path or default_socket_path(), timeout, as_json, utc, quiet)


def main() -> None:
    """The console script. Ctrl-C and a closed pipe end it without a word (130, and 141 as by a signal)."""
    try:
        cli.main(standalone_mode=False, prog_name="incidentctl")
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except BrokenPipeError:
        code = 141
    else:
        code = 0
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = 141
    if code == 141:  # what Python still flushes at exit has nowhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
