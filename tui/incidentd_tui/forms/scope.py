"""Choosing what figures are counted over: one list to search in, and a dialog for a period of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from incidentd.domain.display import safe_line
from incidentd.domain.severity import Severity
from incidentd_tui import phrases, scopes
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.scopes import PERIODS, Scope
from incidentd_tui.screens.picker import Item, Picker

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

Chosen = Callable[[Scope], None]
_TYPED = "period: from a day, until a day …"
_REASON = 40  # cells of why a version came


def choose(tui: IncidentdApp, chosen: Chosen) -> None:
    """Change one bound; the others stay. `chosen` is told what is counted over then."""
    here = tui.looking.scope
    choices = dict(_choices(tui, here))
    items = [Item(text, text, "now" if scope == here else "") for text, scope in choices.items()]
    items.insert(len(PERIODS), Item(_TYPED, _TYPED, "now" if here.typed else ""))

    def done(text: str | None) -> None:
        if text == _TYPED:
            tui.push_screen(period(tui, chosen))
        elif text is not None:
            chosen(choices[text])

    tui.push_screen(Picker("Count over", items, "a team, a service, SEV1, V-3, 30 days"), done)


def _choices(tui: IncidentdApp, here: Scope) -> Iterator[tuple[str, Scope]]:
    """(words, the scope that choosing them makes), by what they bound."""
    for days in PERIODS:
        one = here.with_period(days)
        yield f"period: {scopes.period_words(one)}", one
    for team in ("", *sorted({str(one.team) for one in tui.model.services if one.team})):
        yield f"team: {team or 'all'}", replace(here, team=team)
    for severity in (None, *Severity):
        yield f"severity: {severity.value if severity else 'any'}", replace(here, severity=severity)
    yield "version: every one", replace(here, version="", version_name="")
    for boundary in reversed(tui.looking.boundaries):
        reason = f", {safe_line(boundary.reason, _REASON)}" if boundary.reason else ""
        named = replace(here, version=str(boundary.version), version_name=str(boundary.name))
        yield f"version: {boundary.name}, from {boundary.at.day} {boundary.at:%b %Y}{reason}", named
    for service in ("", *sorted(str(one.name) for one in tui.model.services)):
        yield f"service: {service or 'all'}", replace(here, service=service)


# ------------------------------------------------------------------ a period of one's own
def period(tui: IncidentdApp, chosen: Chosen) -> Form:
    """From a day, until a day (which is counted too); one of them may stay empty."""
    here = tui.looking.scope
    fields = (
        Field(name="since", label="From", value=_day(here.since), hint="2026-01-31", optional=True),
        Field(name="until", label="Until", value=_day(here.until, -1), hint="2026-02-28", optional=True),
    )

    def effects(values: Values) -> list[str]:
        try:
            return [scopes.period_words(_typed(tui, values))]
        except ValueError as error:
            return [f"not yet: {error}"]

    async def send(values: Values) -> str:
        try:
            chosen(_typed(tui, values))
        except ValueError as error:
            return str(error)
        return ""

    return Form(tui, Plan(title="Count over a period", verb="count", fields=fields, effects=effects, send=send))


def _day(at: datetime | None, add: int = 0) -> str:
    return (at + timedelta(days=add)).strftime("%Y-%m-%d") if at is not None else ""


def _typed(tui: IncidentdApp, values: Values) -> Scope:
    """Raises `ValueError` naming the field."""
    since, until = (
        phrases.day_of(label, values[name], tui.model.zone) for name, label in (("since", "From"), ("until", "Until"))
    )
    if since is not None and until is not None and until < since:
        raise ValueError("Until: it lies before the first day")
    end = until + timedelta(days=1) if until is not None else None
    return replace(tui.looking.scope, since=since, until=end)
