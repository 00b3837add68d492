"""What commands are made of: identifiers, times, words, and the options that many of them share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from incidentd.cli.session import Session
from incidentd.domain.display import safe_line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_AGO = re.compile(r"-([0-9]{1,5})(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?")
_MOST_ID = 2**53


class Identifier(click.ParamType[int]):
    """A number with or without its prefix, in either case. The shell completes those that want attention."""

    def __init__(self, prefix: str, listed_as: str = "") -> None:
        self.name = f"{prefix.lower()}-id"
        self._prefix = prefix
        self._listed_as = listed_as or prefix

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = re.fullmatch(rf"(?:{self._prefix}-)?([0-9]{{1,16}})", str(value), re.IGNORECASE)
        if found is None or not 1 <= int(found[1]) <= _MOST_ID:
            self.fail(f"{safe_line(str(value))!r} is not like {self._prefix}-12 or 12", param, ctx)
        return int(found[1])

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from incidentd.cli.completion import identifiers

        return identifiers(self._prefix, ctx, incomplete, self._listed_as)


class Instant(click.ParamType[datetime]):
    """When: an RFC 3339 time, 14:05 (the last one), or -10m for ten minutes ago."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        session = ctx.find_object(Session) if ctx else None
        now = datetime.now(UTC) if session and session.utc else datetime.now(UTC).astimezone()
        try:
            return _instant(str(value), now).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{safe_line(str(value))!r} is not a time like 14:05, -10m or 2026-03-01T14:05", param, ctx)


def _instant(text: str, now: datetime) -> datetime:
    if ago := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    if _CLOCK.fullmatch(text):
        at = _in_zone_of(now, datetime.fromisoformat(f"{now:%Y-%m-%d}T{text if text[2] == ':' else '0' + text}"))
        return at if at <= now + timedelta(minutes=5) else _in_zone_of(now, at.replace(tzinfo=None) - timedelta(days=1))
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else _in_zone_of(now, at)


def _in_zone_of(now: datetime, wall: datetime) -> datetime:
    """A wall-clock time in UTC when the viewer asked for it, else in the viewer's zone as it was then."""
    return wall.replace(tzinfo=UTC) if now.tzinfo is UTC else wall.astimezone()


class Ahead(Instant):
    """When, of what lies ahead: an RFC 3339 time, or 14:05 (the next one)."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        at = super().convert(value, param, ctx)
        if not _CLOCK.fullmatch(str(value)) or at > datetime.now(UTC):
            return at
        session = ctx.find_object(Session) if ctx else None
        now = datetime.now(UTC) if session and session.utc else datetime.now(UTC).astimezone()
        wall = at.astimezone(now.tzinfo if now.tzinfo is UTC else None).replace(tzinfo=None)
        return _in_zone_of(now, wall + timedelta(days=1)).astimezone(UTC)


class Span(click.ParamType[timedelta]):
    """A duration such as 90s, 15m or 2h."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        found = _AGO.fullmatch(f"-{value}")
        if found is None or int(found[1]) < 1:
            self.fail(f"{safe_line(str(value))!r} is not a duration like 90s, 15m or 2h", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


class Word(click.Choice[str]):
    """One of some words of the API, in either case, with - or blank for _."""

    def __init__(self, choices: Iterable[str]) -> None:
        super().__init__(tuple(choices), case_sensitive=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(re.sub(r"[- ]", "_", str(value)), param, ctx)


ALERT, PAGE, INCIDENT = Identifier("A"), Identifier("P"), Identifier("INC")
MAINTENANCE, RULE, HANDOVER, REQUEST = Identifier("M"), Identifier("R"), Identifier("H"), Identifier("Q")
REPORT = Identifier("R", "report")  # what a customer quotes, so its letter is theirs; rules have had it before
INSTANT, AHEAD, SPAN = Instant(), Ahead(), Span()
Decorator = Callable[[Any], Any]


def _mode(name: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def turn_on(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
        session = ctx.find_object(Session)
        if value and session is not None:
            setattr(session, name, True)

    return turn_on


def _flag(*names: str, sets: str, text: str) -> Decorator:
    return click.option(*names, is_flag=True, expose_value=False, is_eager=True, callback=_mode(sets), help=text)


def _together(*options: Decorator) -> Decorator:
    def decorate(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


_json = _flag("--json", sets="as_json", text="One JSON document, as the daemon sent it.")
_utc = _flag("--utc", sets="utc", text="Times in UTC.")
_quiet = _flag("-q", "--quiet", sets="quiet", text="Say nothing when it worked.")

read_options = _together(_json, _utc)
"""Of a command that shows something."""
change_options = _together(_json, _utc, _quiet)
"""Of a command that changes something."""
hold_option: Decorator = click.option(
    "--for", "span", type=SPAN, help="How long, such as 30m or 2h: then what still fires is escalated on."
)
OUTPUT: Decorator = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, allow_dash=True),
    default="-",
    help="Write to this file (default: standard output).",
)
versioned: Decorator = click.option(
    "--if-version",
    "version",
    type=click.IntRange(1),
    metavar="N",
    help="Refuse (exit code 5) unless it is at version N.",
)
list_options = _together(
    click.option(
        "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, metavar="N", help="At most so many."
    ),
    click.option("--cursor", default="", help="Go on where a list that said so ended."),
    read_options,
)
"""Of a command that lists what may be more than a page."""


def acknowledged_until(span: timedelta | None) -> datetime | None:
    """When an acknowledgement ends that was given for `span`."""
    return None if span is None else datetime.now(UTC) + span


def say_more(shown: int, total: int, cursor: str) -> None:
    """On standard error: there is more than was shown."""
    if cursor:
        click.echo(f"{shown} shown of {total}; for more: --cursor {safe_line(cursor)}", err=True)


def write(output: str, text: str) -> None:
    """Text to a file, whole or not at all, or to standard output for "-"."""
    with click.open_file(output, "w", encoding="utf-8", atomic=output != "-") as file:
        file.write(text)
