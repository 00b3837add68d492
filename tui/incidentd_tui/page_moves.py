"""A page in other hands: taken over, given to somebody else, put off; and the way back where the daemon has one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from incidentd import wire
from incidentd.client import ClientError
from incidentd.wire import pages as wire_pages
from incidentd_tui import phrases
from incidentd_tui.inert import Shown

if TYPE_CHECKING:
    from incidentd_tui.acts import Acts

AT_ONCE = timedelta(seconds=5)
"""How far ahead the end of a snooze is put that is over at once: the daemon takes no time that has passed."""
Back = Callable[[wire.Page], Awaitable[wire.Page]]


async def take_over(acts: Acts, page: wire.Page, until: datetime | None, note: str) -> str:
    """ "" when the page is mine, else the reason why not. Undoing it gives the page back: its holder is asked anew."""
    body = wire_pages.TakeOver(note=note, until=until)
    end = f" until {phrases.day_hour(until, acts.model.now(), acts.model.zone)}" if until else ""
    return await _moved(
        acts,
        page,
        lambda: acts.client.take_over_page(page.id, body, if_version=page.version),
        f"yours{end}",
        lambda before: _return(acts, before),
    )


async def reassign(acts: Acts, page: wire.Page, body: wire_pages.Reassign) -> str:
    """ "" when it begins again with somebody else, else the reason why not."""
    to = body.person or body.schedule or f"policy {body.policy}"
    return await _moved(
        acts,
        page,
        lambda: acts.client.reassign_page(page.id, body, if_version=page.version),
        f"with {to} now",
        lambda before: _return(acts, before),
    )


async def snooze(acts: Acts, page: wire.Page, until: datetime, note: str) -> str:
    """ "" when it is put off, else the reason why not. Undoing it lets it go on at once, or whoever had it have it."""
    told = f"put off until {phrases.day_hour(until, acts.model.now(), acts.model.zone)}"

    async def back(before: wire.Page) -> wire.Page:
        if before.state == "acknowledged":
            return await _return(acts, before)
        soon = acts.model.now() + AT_ONCE
        return await acts.client.snooze_page(page.id, wire_pages.Snooze(until=max(before.snoozed_until or soon, soon)))

    body = wire_pages.Snooze(until=until, note=note)
    return await _moved(acts, page, lambda: acts.client.snooze_page(page.id, body, if_version=page.version), told, back)


async def _moved(acts: Acts, page: wire.Page, move: Callable[[], Awaitable[wire.Page]], told: str, back: Back) -> str:
    try:
        # As the daemon has it: what an undo sends is never text that was made for the screen.
        before = (await acts.client.page(page.id)).page
        acts.take_page(await acts.gateway.ask(move()))
    except ClientError as error:
        return acts.reason(f"page:{page.id}", error)

    async def undo() -> wire.Page | None:
        answer = await acts.attempt(f"page:{page.id}", back(before))
        if answer is not None:
            acts.take_page(answer)
        return answer

    acts.can_undo(Shown(f"P-{page.id} is {told}"), undo)
    return ""


async def _return(acts: Acts, before: wire.Page) -> wire.Page:
    """To whoever had it: the viewer acknowledges it again, anybody else is asked anew, as are those of its policy."""
    client = acts.client
    if before.state == "acknowledged" and before.acknowledged_by == acts.model.me:
        return await client.acknowledge_page(before.id, until=before.acknowledged_until)
    person = before.acknowledged_by or before.person
    schedule = "" if person else before.schedule
    policy = "" if person or schedule else before.policy
    return await client.reassign_page(
        before.id, wire_pages.Reassign(person=person, schedule=schedule, policy=policy, note="taken back")
    )
