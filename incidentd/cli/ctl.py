"""`incidentctl`: the socket API from a shell. Each group of commands is a module imported when it is used."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from incidentd.cli.jsontext import compact
from incidentd.cli.own_name import is_review
from incidentd.cli.refusal import EXIT_CODES, Exit, Failure
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text

_COMMANDS = {
    "alert": ("alerts:alert", "Alerts, and why somebody was (not) paged."),
    "page": ("pages:page", "Pages: who was written to, and who took it."),
    "silence": ("silences:silence", "Silence alerts for a time."),
    "group": ("groups:group", "The alerts that people are told about together."),
    "view": ("views:view", "Saved filters of the inbox."),
    "check": ("checks:check", "Heartbeats and probes: what is expected to be well."),
    "heartbeat": ("checks:heartbeat", "Checks that wait for pings."),
    "maintenance": ("maintenance:maintenance", "Planned work: its alerts page nobody."),
    "recurring": ("recurring:recurring", "Silences and maintenance that recur."),
    "hides": ("hidings:hides", "What something hides, now and lately."),
    "incident": ("incidents:incident", "Declare and handle incidents."),
    "audit": ("audit:audit", "Prove that what was written about an incident has not changed."),
    "action": ("actions:action", "Actions that came out of reviews: who does what by when."),
    "review": ("reviews:review", "Reviews: when they may be held, and what people do in them."),
    "experiment": ("experiments:experiment", "Experiments on how we work, and what came of them."),
    "learn": ("learn:learn", "What reviews found: search it, use it again, see what changed."),
    "insights": ("insights:insights", "How you respond in figures and pictures, each with what it is of."),
    "letter": ("letters:letter", "The monthly letter: what was learned, and which promises were kept."),
    "factor": (
        "factors:factor",
        "Contributing factors of all incidents, their themes, and where they came again.",
    ),
    "process": ("process:process", "How we work: versions of the process, ideas kept all year, and process retros."),
    "rehearsal": ("rehearsals:rehearsal", "Classify the same cards as others, blind, and see where people differ."),
    "severity": ("severity:severity", "Classify by the severity matrix; see what an edit would change."),
    "report": ("reports:report", "Report something, and handle what customers report."),
    "customer": ("customers:customer", "Customers: who writes to us, and what they are to us."),
    "subscriber": ("subscribers:subscriber", "Who gets the updates of a status page by mail."),
    "oncall": ("rota:oncall", "Who is on call now, and who is next."),
    "schedule": ("schedules:schedule", "Who carries the pager when; overrides, swaps, absences."),
    "mode": ("modes:mode", "Who is in support, and who is left alone on project work."),
    "policy": ("policies:policy", "Escalation policies, and whom they would call."),
    "rest": ("rests:rest", "Rest after a heavy shift: a late start, relief, the next block skipped."),
    "handover": ("handovers:handover", "Hand over your duty block, or take over from who was before you."),
    "interruption": ("interruptions:interruption", "Interruptions of those on project work."),
    "protection": ("protection:protection", "How well support keeps a team's project work free."),
    "people": ("rota:people", "The people of the roster."),
    "person": ("persons:person", "Test the contact methods of a person."),
    "services": ("rota:services", "Services with their teams and policies."),
    "route": ("routes:route", "Where alerts go."),
    "drill": ("drills:drill", "Practise: replay an incident or a scenario for those who take part."),
    "replay": ("replay:replay", "Which pages an edited configuration would have sent, dropped or moved."),
    "events": ("events:events", "The event log, once or followed."),
    "health": ("operate:health", "What works and what does not."),
    "retention": ("retention:retention", "How long what piles up stays, and what would go now."),
    "hold": ("holds:hold", "Legal holds: what must not be removed or blanked."),
    "backup": ("backups:backup", "Backups of the store: what there is to fall back on, and one more now."),
    "store": ("stores:store", "How large the store is, and how long its disk will do."),
    "node": ("nodes:node", "The nodes that share the database, and what differs between them."),
    "keys": ("keys:keys", "The keys that sign links, and exchanging them."),
    "wording": ("wording:wording", "Say that wording which the lint finds is fine here, or that the rule is right."),
    "doctor": ("upkeep:doctor", "What is wrong with the daemon and its machine, and what mends it."),
    "log-level": ("upkeep:log_level", "How much the daemon logs; more for a while."),
    "runbook": ("runbooks:runbook", "What an alarm of incidentd itself means, and how to mend it."),
    "lint": ("language:language_lint", "Find wording in Markdown files that judges or supposes; asks no daemon."),
    "info": ("operate:info", "The daemon, and who it takes you for."),
    "notifier": ("operate:notifier", "Test a notifier."),
    "nagios": ("nagios:nagios", "Hand in a notification of Nagios or Icinga 2."),
    "unit": ("units:unit", "Failed units of systemd."),
    "spool": ("spooled:spool", "What waits on disk for the daemon."),
    "reload": ("operate:reload", "Read the configuration again."),
    "completion": ("completion:completion", "Print the completion script of a shell."),
    "api": ("operate:api", "Call any route of the socket API."),
}
_COMPLETE = "_INCIDENTCTL_COMPLETE"
_INTERRUPTED, _BROKEN_PIPE = 130, 141


class LazyGroup(click.Group):
    """Imports a command's module when the command is asked for; the list of commands imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            if not is_review(ctx, cmd_name):
                return None
            cmd_name = "review"
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
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to try in all, over a restart of the daemon too.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document, as the daemon sent it.")
@click.option("--utc/--local", default=False, help="Times in UTC, or in your zone (default).")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing after a change that worked.")
@click.pass_obj
def cli(session: Session, socket_path: str | None, timeout: float, as_json: bool, utc: bool, quiet: bool) -> None:
    """Alerts, pages and incidents from a shell. IDs are A-12, P-3, INC-4 or plain numbers."""
    session.socket_path, session.timeout = socket_path or "", timeout
    session.as_json, session.utc, session.quiet = as_json, utc, quiet


def _invoke(arguments: Sequence[str], session: Session) -> None:
    # Not cli.main(): it would turn a closed pipe into exit code 1.
    with cli.make_context("incidentctl", list(arguments), obj=session) as context:
        cli.invoke(context)
    sys.stdout.flush()


def _refused(error: click.ClickException, session: Session) -> int:
    """Say what was wrong, for a person or a program; its exit code."""
    if isinstance(error, Failure):
        lines = [compact(error.document())] if session.as_json else error.lines()
        print(*lines, sep="\n", file=sys.stderr)
        return error.code
    if isinstance(error, click.UsageError) and error.ctx is not None:
        print(error.ctx.get_usage(), file=sys.stderr)
        print(f"Try '{error.ctx.command_path} --help' for help.", file=sys.stderr)
    text = error.format_message()
    bare = isinstance(error, click.exceptions.NoArgsIsHelpError)  # its text is the help
    print(text if bare else f"incidentctl: {safe_text(text)}", file=sys.stderr)
    return Exit.FAILED if isinstance(error, click.FileError) else error.exit_code


def _ended(arguments: Sequence[str], session: Session) -> int:
    """Run a command line; its exit code, whatever happens."""
    try:
        _invoke(arguments, session)
    except click.ClickException as error:
        return _refused(error, session)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (click.Abort, KeyboardInterrupt, EOFError):
        return _INTERRUPTED
    except BrokenPipeError:
        return _BROKEN_PIPE
    except OSError as error:
        print(f"incidentctl: {safe_line(str(error))}", file=sys.stderr)
        return Exit.FAILED
    return 0


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # an encoding that lacks a character must not end a command
            stream.reconfigure(errors="backslashreplace")
    code = _ended(arguments, Session())
    try:
        sys.stdout.flush()
    except OSError as error:
        code = _BROKEN_PIPE if isinstance(error, BrokenPipeError) else Exit.FAILED
        _drop_output()
    return code


def _drop_output() -> None:
    """What Python still flushes at exit has nowhere to go."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # stdout is no file
        return


def main() -> None:
    """The console script."""
    if os.environ.get(_COMPLETE):
        from incidentd.cli.completion import complete

        sys.exit(complete(cli))
    sys.exit(run(sys.argv[1:]))
