"""`incidentctl route`: where an alert would go, without sending one."""

from __future__ import annotations

from datetime import timedelta

import click

from incidentd.cli.parts import read_options
from incidentd.cli.screen import fields, glyph, hang, listed, paint, section, span
from incidentd.cli.session import Session
from incidentd.domain.columns import width
from incidentd.domain.display import safe_line
from incidentd.wire import routes as wire_routes

_INDENT = "  "


@click.group()
def route() -> None:
    """Where alerts go."""


class Label(click.ParamType[str]):
    """NAME=VALUE of an alert."""

    name = "label"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        name, equals, _ = value.partition("=")
        if not equals or not name:
            self.fail(f"{safe_line(value)!r} is not like severity=critical", param, ctx)
        return value


@route.command()
@click.argument("labels", nargs=-1, required=True, type=Label())
@read_options
@click.pass_obj
def test(session: Session, labels: tuple[str, ...]) -> None:
    """Show which routes an alert with LABELS (NAME=VALUE ...) takes, and who would be paged first now."""
    found = session.read(session.get("/v1/route", label=labels), wire_routes.RouteTest)
    if found is None:
        return
    for step in found.steps:
        _step(step)
    for end in found.ends:
        _end(session, found, end)


def _step(step: wire_routes.RouteStep) -> None:
    mark, tone = (glyph("✓", "v"), "good") if step.matched else (glyph("✗", "x"), "dim")
    indent = _INDENT * step.depth
    name = f"{step.name} ({step.route})" if step.name else step.route
    told = [name, _why(step)]
    if step.continues and step.matched:
        told.append("goes on to those beside it")
    if step.ends:
        told.append("ends here")
    text = safe_line(": ".join([told[0], "; ".join(part for part in told[1:] if part)]))
    hang(f"{indent}{paint(mark, tone)} ", text, lead_width=width(indent) + 2, tone="" if step.matched else "dim")
    if step.skipped:
        beside = "1 route beside it was" if step.skipped == 1 else f"{step.skipped} routes beside it were"
        hang(f"{indent}  ", f"{beside} not tried: the first match wins", tone="dim")


def _why(step: wire_routes.RouteStep) -> str:
    """What the matchers said: all of them when the route matched, else the ones that did not."""
    if not step.matchers:
        return "takes every alert"
    if step.matched:
        return listed(one.matcher for one in step.matchers)
    return listed(f'{one.matcher}, but it is "{one.value}"' for one in step.matchers if not one.matched)


def _end(session: Session, found: wire_routes.RouteTest, end: wire_routes.RouteEnd) -> None:
    section(f"{end.name} ({end.route})" if end.name else end.route)
    group = listed(f'{name}="{value}"' for name, value in end.group_labels.items()) or "everything on this route"
    pairs: list[tuple[str, object]] = [("service", end.service)]
    if end.page:
        pairs += [
            ("policy", end.policy),
            ("urgency", end.urgency),
            ("one page for", group),
            ("first message", f"after {_span(end.group_wait)}" if end.group_wait else "at once"),
            ("about changes", f"{_span(end.group_interval)} apart"),
            ("again", f"every {_span(end.repeat_interval)} while it fires"),
        ]
    fields(pairs)
    if end.muted:
        hang(_INDENT, safe_line(f"Now {end.muted.text}: what still fires then is told."), tone="warn")
    if not end.page:
        hang(_INDENT, "Nobody is paged: the route says so.", tone="warn")
        return
    after = ", were it not muted" if end.muted else ""
    print(f"{_INDENT}paged first, as of {session.when(found.at)}{after}:")
    for one in end.contacts:
        after = f" after {_span(one.after)}" if one.after else ""
        hang(_INDENT * 2, safe_line(f"{one.person} by {one.notifier}{after}: {one.reason}"), lead_width=4)
    for gap in end.gaps:
        hang(f"{_INDENT * 2}{paint('!', 'warn')} ", safe_line(gap), lead_width=6)
    if not end.contacts:
        hang(_INDENT * 2, "nobody: this alert reaches no one", tone="bad")


def _span(seconds: float) -> str:
    return span(timedelta(seconds=seconds))
