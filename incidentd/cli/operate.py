"""`incidentctl events`, `health`, `info`, `notifier`, `reload`, `completion` and `api`."""

from __future__ import annotations

from typing import BinaryIO
from urllib.parse import quote

import click
import msgspec

from incidentd import wire
from incidentd.cli.parts import fields, json_option, table
from incidentd.cli.session import Failure, Session, failure
from incidentd.domain.display import safe_line
from incidentd.unixsocket import StreamRefused, stream_events


def _print_event(session: Session, event: wire.Event) -> None:
    if session.as_json:
        session.print_json(msgspec.json.encode(event))
    else:
        print(safe_line(f"{event.seq}  {session.when(event.at)}  {event.kind}  {event.subject}  {event.actor}"))


@click.command()
@click.option("--follow", is_flag=True, help="Go on as events happen; resumes when the daemon restarts.")
@click.option("--after", type=click.IntRange(0), default=None, help="A seq (default: 0, with --follow: now).")
@click.option("--kind", default="", help="Only this kind.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@json_option
@click.pass_obj
def events(session: Session, follow: bool, after: int | None, kind: str, limit: int) -> None:
    """The event log; with --follow --json one document an event."""
    if follow:
        _follow(session, after, kind)
    body = session.get("/v1/events", after=str(after or 0), limit=limit)
    found = msgspec.json.decode(body, type=wire.EventPage)
    chosen = tuple(e for e in found.events if not kind or e.kind == kind)
    if session.as_json:
        session.print_json(msgspec.json.encode(wire.EventPage(events=chosen, last_seq=found.last_seq)))
        return
    for event in chosen:
        _print_event(session, event)


def _follow(session: Session, after: int | None, kind: str) -> None:
    while True:
        body = session.get("/v1/info")  # waits for a daemon that restarts; Failure ends the following
        seq = msgspec.json.decode(body, type=wire.Info).last_seq if after is None else after
        after = seq
        try:
            for frame in stream_events(session.socket_path, seq):
                event = msgspec.json.decode(frame.data, type=wire.Event)
                after = event.seq
                if not kind or event.kind == kind:
                    _print_event(session, event)
                    click.get_text_stream("stdout").flush()
        except StreamRefused as refused:
            raise failure(refused.response) from refused
        except BrokenPipeError:
            raise
        except OSError:
            continue


@click.command()
@json_option
@click.pass_obj
def health(session: Session) -> None:
    """What works and what does not."""
    found = session.read(session.get("/v1/health"), wire.Health)
    if found is not None:
        print(safe_line(found.status))
        for problem in found.problems:
            print(f"  {safe_line(problem)}")
        fields([
            ("alerts firing", found.alerts_firing), ("alerts unrouted", found.alerts_unrouted),
            ("timers due", found.timers_due), ("timers failing", found.timers_failing),
            ("deliveries waiting", found.deliveries_waiting), ("failed in 24 h", found.deliveries_failed_24h),
        ])  # fmt: skip
        table(
            ("INSTANCE", "ROLE", "STATE", "DETAIL"), [(a.instance, a.role, a.state, a.detail) for a in found.adapters]
        )


@click.command()
@json_option
@click.pass_obj
def info(session: Session) -> None:
    """The daemon, and who it takes you for."""
    found = session.read(session.get("/v1/info"), wire.Info)
    if found is not None:
        fields([
            ("version", found.version), ("API", found.api_version), ("node", found.node), ("engine", found.engine),
            ("started", session.when(found.started_at)), ("you", found.person or "nobody in the roster"),
            ("role", found.role), ("ingress", " ".join(found.ingress)),
        ])  # fmt: skip


@click.group()
def notifier() -> None:
    """Notifiers."""


@notifier.command()
@click.argument("name")
@json_option
@click.pass_obj
def test(session: Session, name: str) -> None:
    """Send a test message to your contact at notifier NAME."""
    body = session.change("POST", f"/v1/notifiers/{quote(name, safe='')}/test")
    sent = msgspec.json.decode(body, type=wire.Delivery)
    session.done(body, f"{name}: {sent.state} {sent.error}".rstrip())


@click.command()
@json_option
@click.pass_obj
def reload(session: Session) -> None:
    """Read the configuration again."""
    body = session.change("POST", "/v1/reload")
    session.done(body, "reloaded")
    for problem in msgspec.json.decode(body, type=wire.Reloaded).problems:
        click.echo(safe_line(problem), err=True)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of SHELL."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    if found is None:
        raise Failure(f"no completion for {shell}", 2)
    print(found(root, {}, "incidentctl", "_INCIDENTCTL_COMPLETE").source())


@click.command()
@click.argument("method", type=click.Choice(["GET", "POST", "PATCH", "PUT", "DELETE"], case_sensitive=False))
@click.argument("path")
@click.option("--data", type=click.File("rb"), help="The body: a file, or - for stdin.")
@click.pass_obj
def api(session: Session, method: str, path: str, data: BinaryIO | None) -> None:
    """Call any route; prints JSON."""
    if not path.startswith("/") or not path.isascii() or any(char <= " " or char == "\x7f" for char in path):
        raise click.UsageError("PATH starts with / and is percent-encoded ASCII")
    session.print_json(session.exchange(method.upper(), path, data.read() if data else None).body)
