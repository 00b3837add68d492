"""Subscribing by mail: asked, confirmed, written to once for each update, and forgotten."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from incidentd.domain import subscribers as rules
from incidentd.plugin import BadRequest, Mailing, MailText, PermanentFailure, StoreUnavailable, TemporaryFailure
from incidentd.services.errors import NotFound
from incidentd.services.subscribers import LentSubscribers
from incidentd.storage import deliveries, schema
from incidentd.storage.deliveries import Message, NewDelivery
from incidentd.wire import incidents as wire_incidents
from incidentd.wire.subscribers import RemoveSubscriber

MAILING = Mailing(via="mail", confirm_url="https://s.example/c", leave_url="https://s.example/u")
ASKED = MailText(title="Confirm", body="Follow the link:")
TOLD = MailText(title="Paying: Identified", body="A certificate has run out.", reason="you subscribed")


class Page:
    """One status page of a daemon, and the mail that it sends."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.lent = LentSubscribers(lambda: daemon.core.subscribers, "status")

    async def ask(self, address="ada@example.org"):
        """Ask for it; the letters that went out because of it."""
        before = len(self.daemon.sender.sent)
        await self.lent.ask(address, ASKED, MAILING)
        await self.daemon.settle()
        return [one for _, one in self.daemon.sender.sent[before:]]

    async def subscribe(self, address="ada@example.org"):
        """Ask and confirm; the token that unsubscribes."""
        (letter,) = await self.ask(address)
        assert await self.lent.confirm(token(letter.body))
        return token(letter.unsubscribe_url)

    async def update(self, text="A certificate has run out."):
        body = wire_incidents.DeclareIncident(title="x")
        number = (await self.daemon.core.incidents.declare(body, "ada")).id
        posted = wire_incidents.PostUpdate(text=text, audience="customers", phase="identified")
        return number, (await self.daemon.core.incidents.post_update(number, posted, "ada")).id

    async def publish(self, update_id):
        """Publish it; to whom mail went because of it."""
        before = len(self.daemon.sender.sent)
        await self.lent.publish(update_id, TOLD, MAILING)
        await self.daemon.settle()
        return sorted(one.address for _, one in self.daemon.sender.sent[before:])

    async def everything_written(self):
        """All events as one text, and the rows of deliveries."""

        def query(conn):
            return [repr(conn.execute(select(table)).all()) for table in (schema.events, schema.deliveries)]

        return await self.daemon.core.store.read(query)


def token(text):
    return text.rpartition("/")[2]


@pytest.fixture
def page(daemon):
    daemon.sender.able["mail"] = frozenset({"mail"})
    return Page(daemon)


async def test_nobody_is_written_to_before_they_confirmed_and_each_update_goes_out_once(page, daemon):
    (letter,) = await page.ask()
    assert (letter.address, letter.title, letter.acknowledge_url) == ("ada@example.org", "Confirm", None)
    assert letter.body.startswith("Follow the link:\n\nhttps://s.example/c/")
    confirm, leave = token(letter.body), token(letter.unsubscribe_url)
    _, first = await page.update()
    assert await page.publish(first) == []
    assert [await page.lent.asked(confirm), await page.lent.asked(leave), await page.lent.asked("x")] == [
        True,
        False,
        False,
    ]
    assert await page.lent.confirm(leave) is False
    assert await page.lent.confirm(confirm)
    assert await page.lent.confirm(confirm), "a second press changes nothing"
    assert await page.publish(first) == [], "what was told before is no news"
    await page.subscribe("bob@example.org")
    await daemon.advance(timedelta(seconds=1))
    number, second = await page.update()
    found = await asyncio.gather(*(page.lent.publish(second, TOLD, MAILING) for _ in range(3)))
    assert sorted(found) == [0, 0, 2]
    await daemon.settle()
    sent = [one for _, one in daemon.sender.sent if one.title == TOLD.title]
    assert sorted(one.address for one in sent) == ["ada@example.org", "bob@example.org"]
    assert len({one.idempotency_key for one in sent}) == 2
    assert [one.unsubscribe_url.startswith("https://s.example/u/") for one in sent] == [True, True]
    timeline = (await daemon.core.incidents.timeline(number)).entries
    assert "Mailed to 2 subscribers of status: Paying: Identified" in [one.text for one in timeline]
    events, rows = await page.everything_written()
    assert "example.org" not in events, "an address stands in no event"
    assert confirm not in events + rows
    assert leave not in events + rows, "a link stands nowhere"


@pytest.mark.both_engines
async def test_leaving_forgets_the_address_and_takes_back_what_waits(page, daemon):
    leave, bob = await page.subscribe(), await page.subscribe("bob@example.org")
    await daemon.advance(timedelta(seconds=1))
    _, update = await page.update()
    daemon.sender.always["mail"] = TemporaryFailure("the mailbox is full")
    await page.publish(update)
    assert await page.lent.subscribed(leave)
    assert await page.lent.leave(leave)
    assert [await page.lent.subscribed(leave), await page.lent.leave(leave)] == [False, False]
    daemon.sender.always.clear()
    before = len(daemon.sender.sent)
    await daemon.advance(timedelta(minutes=5))
    assert [one.address for _, one in daemon.sender.sent[before:]] == ["bob@example.org"]
    daemon.sender.script["mail"] = [PermanentFailure("550 <Bob@example.org>: no such user")]
    _, another = await page.update()
    await page.publish(another)
    events, rows = await page.everything_written()
    assert "example.org" not in events
    assert "550 <the address>: no such user" in events
    removed = await daemon.core.subscribers.remove(RemoveSubscriber(address="BOB@example.org"), "root")
    assert removed.removed == 1
    assert await page.lent.subscribed(bob) is False
    with pytest.raises(NotFound):
        await daemon.core.subscribers.remove(RemoveSubscriber(address="bob@example.org"), "root")
    _, rows = await page.everything_written()
    assert "bob@example.org" not in rows


@pytest.mark.both_engines
async def test_the_mailbox_of_another_cannot_be_filled_and_what_is_not_confirmed_runs_out(page, daemon, monkeypatch):
    (first,) = await page.ask()
    assert await page.ask("ada+1@example.org") == []
    for spelling in ("Ada@example.org", "ada@example.org", "ada+2@example.org", "ada@example.org"):
        await daemon.advance(rules.BETWEEN_LETTERS)
        await page.ask(spelling)
    assert len([one for _, one in daemon.sender.sent]) == rules.MOST_LETTERS
    counts = (await daemon.core.subscribers.counts()).channels
    assert [(one.channel, one.confirmed) for one in counts] == [("status", 0)]
    await daemon.advance(rules.LIFETIME)
    assert (await daemon.core.subscribers.counts()).channels == ()
    assert await page.lent.confirm(token(first.body)) is False
    assert len(await page.ask()) == 1, "afterwards they may ask again"
    monkeypatch.setattr(rules, "MOST_AN_HOUR", 3)
    await page.ask("b@example.org")
    await page.ask("c@example.org")
    with pytest.raises(BadRequest) as busy:
        await page.ask("d@example.org")
    assert busy.value.status == 429
    with pytest.raises(BadRequest, match=r"ada@example\.org") as bad:
        await page.ask("d@example.org\r\nBcc: e@example.org")
    assert (bad.value.status, bad.value.field) == (422, "address")


@pytest.mark.both_engines
async def test_whoever_subscribes_is_not_asked_again_and_pages_go_by_the_same_notifier(page, daemon, monkeypatch):
    assert page.lent.reached_by("mail")
    assert not page.lent.reached_by("phone")
    leave = await page.subscribe()
    await daemon.advance(rules.LIFETIME)
    assert await page.ask() == []
    assert await page.lent.subscribed(leave), "a confirmed one does not run out"
    other = LentSubscribers(lambda: daemon.core.subscribers, "other-page")
    assert [await other.subscribed(leave), await other.leave(leave)] == [False, False]
    found = (await daemon.core.subscribers.export("status")).subscribers
    assert [(one.address, one.confirmed_at is not None) for one in found] == [("ada@example.org", True)]

    _, update = await page.update()
    await page.lent.publish(update, TOLD, MAILING)
    person = NewDelivery(
        page_id=None,
        person="ada",
        notifier="mail",
        address="ada@mail",
        kind="update",
        message=Message(title="To ada", body="", reason="", urgency="high"),
        idempotency_key="to-ada",
        due_at=daemon.core.store.clock.now(),
    )
    await daemon.core.store.write(lambda tx: deliveries.enqueue(tx, [person]))
    before = len(daemon.sender.sent)
    await daemon.settle()
    both = {(one.recipient, one.address, one.title) for _, one in daemon.sender.sent[before:]}
    assert both == {("ada", "ada@mail", "To ada"), ("subscriber", "ada@example.org", TOLD.title)}

    async def broken(_command):
        raise OSError("the disk is gone")

    monkeypatch.setattr(daemon.core.store, "write", broken)
    with pytest.raises(StoreUnavailable):
        await page.lent.ask("x@example.org", ASKED, MAILING)
