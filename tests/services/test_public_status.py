"""What plugins may publish of incidents: what was written for customers, in its exact words, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from incidentd.plugin.adapters import StoreUnavailable
from incidentd.services.public_status import LentStatus
from incidentd.storage.schema import incidents
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reports as wire_reports

DAY = timedelta(days=1)


async def declare(daemon, title="SECRET title", **more):
    body = wire_incidents.DeclareIncident(title=title, summary="SECRET summary", service="shop", **more)
    return (await daemon.core.incidents.declare(body, "SECRET-ada")).id


async def tell(daemon, number, text, audience="customers", phase="investigating", **more):
    body = wire_incidents.PostUpdate(text=text, audience=audience, phase=phase, **more)
    return await daemon.core.incidents.post_update(number, body, "SECRET-ada")


def status_of(daemon):
    return LentStatus(lambda: daemon.core.store)


async def told(daemon, days=14):
    return await status_of(daemon).incidents(daemon.core.store.clock.now() - days * DAY)


@pytest.mark.both_engines
async def test_only_what_was_written_for_customers_gets_out(daemon):
    number = await declare(daemon)
    await tell(daemon, number, "SECRET: the key of the payment provider has leaked", audience="internal")
    await tell(daemon, number, "SECRET for the board", audience="board")
    assert await told(daemon) == []
    first = await tell(daemon, number, "Some of you  cannot pay.\n<b>We look.</b>", next_in=1800)
    await tell(daemon, number, "SECRET again", audience="Customers of ours")
    other = await declare(daemon)
    await tell(daemon, other, "Search is slow.", phase="resolved", final=True)
    drill = await declare(daemon)
    await tell(daemon, drill, "SECRET: only a drill")
    await daemon.core.store.write(
        lambda tx: tx.conn.execute(update(incidents).where(incidents.c.id == drill).values(drill_id=1))
    )
    found = await told(daemon)
    assert "SECRET" not in repr(found)
    assert [(one.id, one.service, one.over) for one in found] == [(other, "shop", True), (number, "shop", False)]
    (said,) = found[1].updates
    assert (said.text, said.phase, said.at) == ("Some of you  cannot pay.\n<b>We look.</b>", "investigating", first.at)
    assert said.next_at == first.at + timedelta(minutes=30)
    assert found[0].updates[0].next_at is None


@pytest.mark.both_engines
async def test_customers_read_the_title_that_was_written_for_them_and_nothing_that_is_kept_off_the_page(daemon):
    async def edit(number, **changes):
        return await daemon.core.incidents.edit(number, wire_incidents.EditIncident(**changes), "ada", None)

    async def previewed():
        body = wire_reports.PreviewBroadcast(text="Again.", phase="monitoring")
        found = await daemon.core.broadcasts.preview(number, body)
        return found.on_page, found.page_title

    number = await declare(daemon)
    await tell(daemon, number, "Some of you cannot pay.")
    assert [one.title for one in await told(daemon)] == [""]
    changed = await edit(number, public_title="  Card payments fail ")
    assert (changed.title, changed.public_title) == ("SECRET title", "Card payments fail")
    assert [one.title for one in await told(daemon)] == ["Card payments fail"]
    assert await previewed() == (True, "Card payments fail")
    assert (await edit(number, off_page=True)).off_page
    assert await told(daemon) == []
    assert await previewed() == (False, "Card payments fail")
    await edit(number, off_page=False, public_title="")
    assert [one.title for one in await told(daemon)] == [""]


async def test_what_is_over_is_told_for_as_long_as_was_asked_and_what_is_not_stays(daemon, monkeypatch):
    going_on, ended = await declare(daemon), await declare(daemon)
    for number in (going_on, ended):
        await tell(daemon, number, "We look.")
    body = wire_incidents.ChangeStatus(to="false_alarm", reason="a probe")
    await daemon.core.incidents.change_status(ended, body, "ada", None)
    assert [one.over for one in await told(daemon)] == [True, False]
    await daemon.advance(3 * DAY)
    assert [one.id for one in await told(daemon, days=2)] == [going_on]
    assert [one.id for one in await told(daemon, days=4)] == [ended, going_on]

    async def broken(_query):
        raise OSError("the disk is gone")

    monkeypatch.setattr(daemon.core.store, "read", broken)
    with pytest.raises(StoreUnavailable):
        await told(daemon)
