"""Asking before an act on many alerts, or on other people's pages: the effect is stated, Enter does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from incidentd import wire
from incidentd_tui import bulk, phrases
from incidentd_tui.forms import paging
from incidentd_tui.forms.base import Form, Plan, Values

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_NAMED = 6


def confirmed(
    tui: IncidentdApp,
    number: int,
    title: str,
    verb: str,
    effects: Sequence[str],
    act: Callable[[], Awaitable[object]],
    *,
    always: bool = False,
) -> None:
    """Do `act` at once, or ask first when it is about many alerts (or `always`)."""

    async def do() -> None:
        await act()

    if number < bulk.ASK_FROM and not always:
        tui.run_worker(do(), exit_on_error=False)
        return

    async def send(_: Values) -> str:
        return "" if await act() is not None else "it was not done; see the status line"

    tui.push_screen(Form(tui, Plan(title=title, verb=verb, fields=(), effects=lambda _: effects, send=send)))


def acknowledge(tui: IncidentdApp, alert_ids: Sequence[int]) -> None:
    """Take on every page about these alerts; asks when one of them went to somebody else."""
    waiting = [page for page in _pages(tui, alert_ids) if page.state in ("open", "exhausted")]
    others = _of_others(waiting)
    stops = f"{phrases.count(len(waiting), 'page')}: the escalation stops, and they are yours"
    effects = [*paging.stops(waiting, stops), _named(waiting), *others]
    confirmed(
        tui,
        len(alert_ids),
        f"Acknowledge {phrases.count(len(waiting), 'page')}",
        "acknowledge",
        effects,
        lambda: bulk.act(tui.acts, "acknowledge", alert_ids),
        always=bool(others),
    )


def _of_others(waiting: Sequence[wire.Page]) -> list[str]:
    """Whose they are that did not come to me."""
    others = [page for page in waiting if not page.mine]
    written = Counter(person for page in others for person in page.notified)
    who = ", ".join(person for person, _ in written.most_common(_NAMED)) or "nobody yet"
    return [f"{len(others)} went to others: {who}"] if others else []


def hold(tui: IncidentdApp, alert_ids: Sequence[int]) -> Form:
    """Take on every page about these alerts for a while; of those that are mine, another end."""
    pages = [page for page in _pages(tui, alert_ids) if page.state != "resolved"]
    waiting = [page for page in pages if page.state in ("open", "exhausted")]
    held = sum(paging.is_held(tui.model, page) for page in pages)
    effects = [_named(pages), *([f"{held} of them yours already: another end"] if held else []), *_of_others(waiting)]
    told = f"{phrases.count(len(waiting) + held, 'page')} yours"

    async def send(until: datetime | None, note: str) -> str:
        done = await bulk.act(tui.acts, "acknowledge", alert_ids, until=until, note=note)
        return "" if done is not None else "it was not done; see the status line"

    title = f"Acknowledge {phrases.count(len(waiting) + held, 'page')} for a while"
    return paging.hold_form(tui, title, told, effects, send)


def resolve(tui: IncidentdApp, alert_ids: Sequence[int]) -> None:
    """End alerts by hand; always asks, for it cannot be taken back."""
    firing = [one for one in alert_ids if (alert := tui.model.alerts.get(one)) and alert.status == "firing"]
    pages = [page for page in _pages(tui, firing) if page.state != "resolved"]
    effects = [f"{phrases.count(len(firing), 'alert')} count as ended, until their sources send them again"]
    if pages:
        ends = "ends when all its alerts have ended, and whoever was written to is told so"
        effects.append(f"{_named(pages)}: a page {ends}")
    effects.append("this cannot be undone")
    confirmed(
        tui,
        len(firing),
        f"Resolve {phrases.count(len(firing), 'alert')} by hand",
        "resolve",
        effects,
        lambda: bulk.act(tui.acts, "resolve", firing),
        always=True,
    )


def _pages(tui: IncidentdApp, alert_ids: Sequence[int]) -> list[wire.Page]:
    found: dict[int, wire.Page] = {}
    for number in alert_ids:
        alert = tui.model.alerts.get(number)
        page = tui.model.page_of(alert) if alert else None
        if page is not None:
            found[page.id] = page
    return list(found.values())


def _named(pages: Sequence[wire.Page]) -> str:
    shown = ", ".join(f"P-{page.id} {page.title}" for page in pages[:2])
    more = len(pages) - 2
    return shown + (f" and {more} more" if more > 0 else "")
