"""`incidentctl events`: the event log, once or followed."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import click

from incidentd import wire
from incidentd.cli.jsontext import compact, document
from incidentd.cli.parts import read_options
from incidentd.cli.refusal import failure
from incidentd.cli.screen import paint
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.unixsocket import StreamRefused, stream_events

_PREFIXES = {"alert": "A", "page": "P", "incident": "INC"}
_BATCH = 1000
_PATIENCE = 60.0  # seconds that a follower waits at least for a daemon that starts again
_PAUSE = 0.2  # seconds between two streams
_TOLD = ("text", "title", "name", "error", "reason", "why", "role", "note")


def _subject(event: wire.Event) -> str:
    """alert:12 as A-12."""
    kind, _, number = event.subject.partition(":")
    return f"{_PREFIXES[kind]}-{number}" if kind in _PREFIXES else event.subject


def _about(event: wire.Event) -> str:
    return next((str(event.data[name]) for name in _TOLD if event.data.get(name)), "")


def _print_line(session: Session, event: wire.Event) -> None:
    start = f"{event.seq:>7}  {session.when(event.at, '%Y-%m-%d %H:%M:%S')}"
    kind, subject, actor = safe_line(event.kind), safe_line(_subject(event)), safe_line(event.actor)
    line = f"{paint(start, 'dim')}  {kind:<24} {subject:<8} {actor:<10} {safe_line(_about(event), 200)}"
    print(line.rstrip())


def _wanted(kind: str, event: wire.Event) -> bool:
    sort = kind.removesuffix(".")
    return not sort or event.kind == kind or event.kind.startswith(f"{sort}.")


def _page(session: Session, after: int, limit: int) -> wire.EventPage:
    return session.decode(session.get("/v1/events", after=str(after), limit=limit), wire.EventPage)


def _onwards(session: Session, after: int, kind: str) -> Iterator[wire.Event]:
    while events := _page(session, after, _BATCH).events:
        yield from (event for event in events if _wanted(kind, event))
        after = events[-1].seq


def _last_seq(session: Session) -> int:
    return session.decode(session.get("/v1/info"), wire.Info).last_seq


def _newest(session: Session, high: int, kind: str, limit: int) -> list[wire.Event]:
    """The last `limit` events of a kind up to seq `high`, oldest first: read backwards, a window at a time."""
    found: list[wire.Event] = []
    while high > 0 and len(found) < limit:
        low = max(high - (_BATCH if kind else limit), 0)
        window = _page(session, low, _BATCH).events
        found = [event for event in window if event.seq <= high and _wanted(kind, event)] + found
        high = low
    return found[-limit:]


def _tell_gap(session: Session, after: int) -> None:
    """Say it when what is asked for is not all there any more."""
    whole_from = _page(session, after, 1).whole_from
    if after + 1 < whole_from:
        click.echo(f"retention removed events before seq {whole_from}: what follows is what is left", err=True)


def _follow(session: Session, after: int | None, kind: str) -> None:
    session.timeout = max(session.timeout, _PATIENCE)
    while True:
        newest = _last_seq(session)  # waits for a daemon that starts again
        after = newest if after is None else after
        try:
            for frame in stream_events(session.socket_path, after):
                event = session.decode(frame.data, wire.Event)
                after = event.seq
                if _wanted(kind, event):
                    _print_followed(session, event, frame.data)
        except StreamRefused as refused:
            if refused.response.status != 503:
                raise failure(refused.response) from refused
        except BrokenPipeError:
            raise
        except OSError:  # it went away: the next question waits for it
            pass
        time.sleep(_PAUSE)


def _print_followed(session: Session, event: wire.Event, data: str) -> None:
    if session.as_json:
        print(compact(document(data)))
    else:
        _print_line(session, event)
    sys.stdout.flush()


@click.command()
@click.option("-f", "--follow", is_flag=True, help="Go on as events happen, also over a restart of the daemon.")
@click.option("--after", type=click.IntRange(0), metavar="SEQ", help="Those after this seq (default: the newest).")
@click.option("--kind", default="", help="Only this kind, such as page.step, or all of a sort, such as page.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, metavar="N", help="At most so many."
)
@read_options
@click.pass_obj
def events(session: Session, follow: bool, after: int | None, kind: str, limit: int) -> None:
    """The event log; with --follow --json one line of JSON for each event."""
    if after is not None:
        _tell_gap(session, after)
    if follow:
        _follow(session, after, kind)
        return
    last_seq = _last_seq(session)
    if after is None:
        found = _newest(session, last_seq, kind, limit)
    else:
        found = [event for _, event in zip(range(limit), _onwards(session, after, kind), strict=False)]
    if session.as_json:
        session.print_value(wire.EventPage(events=tuple(found), last_seq=last_seq))
        return
    for event in found:
        _print_line(session, event)
    if not found:
        print("No event matches.")
