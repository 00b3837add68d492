"""What customers report: taken in once, kept as a conversation, answered on the channel they used, led to an end."""

from datetime import timedelta

import pytest

from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.support import Attachment, Received
from incidentd.plugin.values import BadRequest, PermanentFailure, Receipt, TemporaryFailure
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.services.report_book import LentReports
from incidentd.services.report_contracts import ReportQuery
from incidentd.storage import contacts, report_messages
from incidentd.wire import reports as wire_reports

MINUTE = timedelta(minutes=1)


def mail(number=1, thread="t1", sender="bo@example.org", text="Checkout says 500", **more):
    return Received(id=f"m{number}", thread=thread, sender=sender, text=text, **more)


async def receive(daemon, message=None, channel="mail", **more):
    return await daemon.core.support.intake.receive(channel, message or mail(**more))


async def change(daemon, to, report_id=1, actor="ada", **more):
    body = wire_reports.ChangeReport(to=to, **more)
    return await daemon.core.support.reports.change_state(report_id, body, actor, None)


async def reply(daemon, text="We look", report_id=1, actor="ada", **more):
    return await daemon.core.support.reports.reply(report_id, wire_reports.Reply(text=text, **more), actor, None)


async def report(daemon, report_id=1):
    return (await daemon.core.support.reports.get(report_id)).report


async def listed(daemon, **query):
    return [one.id for one in (await daemon.core.support.reports.list(ReportQuery(**query))).reports]


async def kinds(daemon, report_id=1):
    return [one.kind for one in (await daemon.core.support.reports.get(report_id)).history]


@pytest.mark.both_engines
async def test_a_message_is_taken_once_and_its_thread_is_one_report(daemon):
    files = (Attachment(name="../x.png", media_type="image/png", data=b"\x00png"),)
    first = await receive(
        daemon, subject="500 at\ncheckout", sender_name="Bo", tags={"service": "shop"}, attachments=files
    )
    assert (first.reference, first.new_report, first.known) == ("R-1", True, False)
    again = await receive(daemon)
    assert (again.report_id, again.message_id, again.new_report, again.known) == (1, first.message_id, False, True)
    further = await receive(daemon, number=2, text="still", answers={"since": "noon"})
    answer = await receive(daemon, number=3, thread="other", text="and this", parent="m2")
    assert [further.new_report, answer.report_id] == [False, 1]
    assert (await receive(daemon, number=4, thread="t2")).report_id == 2
    assert (await receive(daemon, channel="chat")).report_id == 3, "ids and threads are a channel's own"
    found = await daemon.core.support.reports.get(1)
    assert (found.report.subject, found.report.service, found.report.kind) == ("500 at checkout", "shop", "end_user")
    assert found.report.answers == {"since": "noon"}
    assert [one.text for one in found.messages] == ["Checkout says 500", "still", "and this"]
    assert (found.customer.name, found.customer.addresses[0].address) == ("Bo", "bo@example.org")
    (kept,) = found.messages[0].attachments
    assert (await daemon.core.support.reports.attachment(1, kept.id)).data == b"\x00png"
    with pytest.raises(NotFound):
        await daemon.core.support.reports.attachment(2, kept.id)
    assert await listed(daemon, text="still") == [1]
    assert await listed(daemon, text="r-2") == [2]
    assert await listed(daemon, channel="mail", customer_id=1) == [2, 1]
    assert await listed(daemon, kind="internal_team") == []


async def test_what_opens_no_report_belongs_to_a_known_one_or_nowhere(daemon):
    closed = {"text": "(closed the issue)", "automatic": True, "opens": False}
    left_out = await receive(daemon, **closed)
    assert (left_out.report_id, left_out.reference, await listed(daemon)) == (0, "", [])
    await receive(daemon, tags={"region": "eu"})
    further = await receive(daemon, number=2, tags={"region": "us", "security": "yes"}, **closed)
    assert further.report_id == 1
    assert (await report(daemon)).tags == {"region": "eu", "security": "yes"}, "later tags come to those that are set"


@pytest.mark.both_engines
async def test_a_message_that_another_node_stores_at_the_same_moment_is_one_message(daemon, monkeypatch):
    await receive(daemon)
    await receive(daemon, number=2, text="Since noon")
    await change(daemon, "no_fault_found")
    known, missed = report_messages.received, [True]

    def not_yet(*asked):
        return None if missed and missed.pop() else known(*asked)

    monkeypatch.setattr(report_messages, "received", not_yet)
    again = await receive(daemon, number=2, text="Since noon")
    assert (again.known, again.report_id, missed) == (True, 1, [])
    found = await daemon.core.support.reports.get(1)
    assert (found.report.state, len(found.messages)) == ("no_fault_found", 2)
    assert [one.kind for one in found.history] == ["report.opened", "report.message", "report.state"]


async def test_what_cannot_be_kept_is_refused_by_the_name_of_its_field_and_long_text_is_kept_whole(daemon):
    too_large = Attachment(name="x", media_type="", data=b"x" * (10 * 1024 * 1024 + 1))
    for field, bad in {"id": {"id": ""}, "sender": {"sender": ""}, "thread": {"thread": "t" * 1001},
                       "kind": {"kind": "vip"}, "attachments": {"attachments": (too_large,)}}.items():  # fmt: skip
        values = {"id": "m", "thread": "t", "sender": "s", "text": "x"} | bad
        with pytest.raises(BadRequest) as refused:
            await receive(daemon, Received(**values))
        assert refused.value.field == field
    many = (Attachment(name="x", media_type="", data=b"x" * 10 * 1024 * 1024),) * 7
    with pytest.raises(BadRequest, match="together"):
        await receive(daemon, attachments=many)
    await receive(daemon, text="a\x00b\ud800" + "c" * 200_000)
    (message,) = (await daemon.core.support.reports.get(1)).messages
    assert message.text.startswith("a\u2400b?ccc")
    assert len(message.text) < 101_000
    assert [(one.name, one.size) for one in message.attachments] == [("message.txt", 200_006)]


@pytest.mark.both_engines
async def test_a_report_is_led_from_its_first_message_to_its_end(daemon):
    await receive(daemon)
    with pytest.raises(Refused, match="no outcome yet") as refused:
        await change(daemon, "closed")
    assert "linked" in refused.value.remedy
    body = wire_reports.AcknowledgeReport(note="mine")
    taken = await daemon.core.support.reports.acknowledge(1, body, "ada", 1)
    assert (taken.state, taken.owner, taken.first_responded_at) == ("acknowledged", "ada", daemon.clock.now())
    with pytest.raises(Conflict, match="already by ada"):
        await daemon.core.support.reports.acknowledge(1, body, "lin", None)
    asked = await reply(daemon, "Since when?", question=True, actor="lin")
    assert (asked.state, asked.unanswered, asked.owner) == ("awaiting_reporter", False, "ada")
    await receive(daemon, number=2, text="Out of office", automatic=True)
    assert (await report(daemon)).state == "awaiting_reporter"
    daemon.clock.advance(60)
    await receive(daemon, number=3, text="Since noon")
    assert ((await report(daemon)).state, (await report(daemon)).unanswered) == ("triaging", True)
    with pytest.raises(Refused, match="no outcome"):
        await reply(daemon, "Bye", final=True)
    with pytest.raises(Refused) as refused:
        await change(daemon, "ticketed")
    assert refused.value.field == "ticket"
    with pytest.raises(NotFound) as missing:
        await change(daemon, "linked", incident_id=9)
    assert missing.value.field == "incident_id"
    assert (await change(daemon, "ticketed", ticket="SHOP-7")).ticket == "SHOP-7"
    with pytest.raises(Refused) as refused:
        await change(daemon, "followed_up")
    assert refused.value.field == "reason"
    daemon.clock.advance(60)
    ended = await reply(daemon, "It is mended", final=True)
    assert (ended.state, ended.followed_up_at) == ("followed_up", daemon.clock.now())
    closed = await change(daemon, "closed")
    assert (closed.closed_at, await listed(daemon), await listed(daemon, state="closed")) == (
        daemon.clock.now(),
        [],
        [1],
    )
    await receive(daemon, number=4, text="It is back")
    back = await report(daemon)
    assert (back.state, back.closed_at, back.followed_up_at) == ("triaging", None, None)
    assert await kinds(daemon) == [
        "report.opened", "report.acknowledged", "report.replied", "report.state", "report.message", "report.state",
        "report.message", "report.state", "report.replied", "report.state", "report.state", "report.state",
        "report.message",
    ]  # fmt: skip


async def test_a_colleague_reports_here_and_is_answered_like_anybody_in_the_roster(daemon):
    new = wire_reports.NewReport(subject="Builds hang", text="since noon", service="shop", tags={"region": "eu"})
    made = await daemon.core.support.reports.create(new, "lin")
    assert (made.channel, made.kind, made.customer, made.service) == ("local", "internal_team", "lin", "shop")
    more = await daemon.core.support.reports.add_message(1, wire_reports.AddMessage(text="all of them"), "lin")
    assert more.id == 1
    await reply(daemon, "We look\x1b[2J")
    await daemon.send_due()
    ((where, sent),) = daemon.sender.sent
    assert (where, sent.recipient, sent.title) == ("push", "lin", "R-1: Builds hang")
    assert "\x1b" not in sent.body
    found = await daemon.core.support.reports.get(1)
    assert [(one.direction, one.author, one.verified, one.delivery) for one in found.messages] == [
        ("in", "lin", True, ""), ("in", "lin", True, ""), ("out", "ada", False, "sent"),
    ]  # fmt: skip
    told = wire_reports.NewReport(subject="A call", text="he waits", sender="+49 30 1", sender_name="Bo")
    other = await daemon.core.support.reports.create(told, "lin")
    assert (other.kind, other.customer) == ("end_user", "Bo")
    await reply(daemon, "told by phone", report_id=2)
    by_phone = await daemon.core.support.reports.get(2)
    assert by_phone.messages[-1].delivery == ""
    assert "tell them yourself" in by_phone.history[1].text
    await receive(daemon)
    with pytest.raises(Conflict, match="came by mail"):
        await daemon.core.support.reports.add_message(3, wire_reports.AddMessage(text="x"), "lin")


@pytest.mark.both_engines
async def test_notes_owners_and_customers_are_edited_and_a_stale_version_is_refused(daemon):
    await receive(daemon)
    edit = wire_reports.EditReport(owner="lin", tags={"region": "eu"}, service="shop")
    changed = await daemon.core.support.reports.edit(1, edit, "ada", 1)
    assert (changed.owner, changed.tags, changed.version) == ("lin", {"region": "eu"}, 2)
    with pytest.raises(Conflict) as stale:
        await daemon.core.support.reports.edit(1, wire_reports.EditReport(subject="x"), "ada", 1)
    assert stale.value.current.version == 2
    with pytest.raises(Invalid, match="no person"):
        await daemon.core.support.reports.edit(1, wire_reports.EditReport(owner="nobody"), "ada", None)
    await daemon.core.support.reports.note(1, wire_reports.ReportNote(text="an old friend"), "ada")
    await daemon.send_due()
    assert daemon.sender.sent == []
    assert (await daemon.core.support.reports.get(1)).messages[-1].direction == "note"
    kind = wire_reports.EditCustomer(kind="oss_developer", name="Bo")
    assert (await daemon.core.support.customers.edit(1, kind, "ada", 1)).kind == "oss_developer"
    assert [one.name for one in (await daemon.core.support.customers.list("example.org", 5, "")).customers] == ["Bo"]
    assert await listed(daemon, kind="oss_developer", owner="lin") == [1]
    await receive(daemon, number=2, thread="t2", kind="internal_team")
    assert (await daemon.core.support.customers.get(1)).kind == "oss_developer", "what we know stands"


@pytest.mark.both_engines
async def test_what_comes_from_an_address_that_a_customer_is_given_is_theirs(daemon):
    await receive(daemon)
    await receive(daemon, number=2, thread="t2", sender="eve@example.org")

    async def write_from(*addresses, customer=1):
        pairs = tuple(wire_reports.NewAddress(channel=one, address=other) for one, other in addresses)
        return await daemon.core.support.customers.edit(
            customer, wire_reports.EditCustomer(addresses=pairs), "ada", None
        )

    given = await write_from(("mail", "bo@example.org"), ("chat", "u7"))
    assert [(one.channel, one.address) for one in given.addresses] == [("chat", "u7"), ("mail", "bo@example.org")]
    await receive(daemon, channel="chat", sender="u7")
    assert await listed(daemon, customer_id=1) == [3, 1]
    with pytest.raises(Conflict, match=r"is an address of customer 2 \(eve@example.org\)") as theirs:
        await write_from(("mail", "eve@example.org"))
    assert theirs.value.field == "addresses"
    assert (await daemon.core.support.customers.get(1)).version == given.version, "nothing of it was kept"
    await write_from(customer=2)
    assert len((await write_from(("mail", "eve@example.org"))).addresses) == 1
    told = (await daemon.events("customer.edited"))[-1].data["changes"]
    assert told == {"addresses": {"from": ["chat u7", "mail bo@example.org"], "to": ["mail eve@example.org"]}}


async def test_an_answer_goes_by_the_channel_in_its_thread_whatever_the_limits_of_people_say(daemon):
    daemon.sender.able["mail"] = frozenset({"sms"})
    await receive(daemon, subject="500 at checkout", private=True)
    await receive(daemon, number=2, thread="t9", parent="m1", text="look")
    await receive(daemon, number=3, sender="eve@example.org", text="me too")
    for text in ("We look", "Found it"):
        await reply(daemon, text)
    await reply(daemon, "Since when?", question=True)
    await daemon.send_due()
    assert {where for where, _ in daemon.sender.written} == {"mail"}
    sent = [one for _, one in daemon.sender.written]
    assert [(one.kind, one.text) for one in sent] == [
        ("reply", "We look"), ("reply", "Found it"), ("question", "Since when?"),
    ]  # fmt: skip
    assert {(one.reference, one.thread, one.in_reply_to, one.recipient) for one in sent} == {
        ("R-1", "t9", "m2", "bo@example.org")
    }
    assert (sent[0].subject, sent[0].private, sent[0].automatic, sent[0].attempt) == ("500 at checkout", True, False, 1)
    assert len({one.idempotency_key for one in sent}) == 3
    assert await daemon.store.read(contacts.everything) == {}


@pytest.mark.both_engines
async def test_an_answer_is_tried_again_under_its_key_and_one_that_is_lost_is_owed_still(daemon):
    daemon.sender.script["mail"] = [TemporaryFailure("busy"), OSError("gone"), Receipt(vendor_id="<v1>")]
    await receive(daemon)
    await reply(daemon)
    await daemon.advance(MINUTE)
    sent = [one for _, one in daemon.sender.written]
    assert [one.attempt for one in sent] == [1, 2, 3]
    assert len({one.idempotency_key for one in sent}) == 1
    known = await receive(daemon, number=7, thread="unknown", parent="<v1>")
    assert (known.report_id, known.new_report) == (1, False)
    await change(daemon, "ticketed", ticket="SHOP-7")
    daemon.sender.script["mail"] = [PermanentFailure("no such mailbox")]
    assert (await reply(daemon, "Mended", final=True)).state == "followed_up"
    await daemon.send_due()
    found = await daemon.core.support.reports.get(1)
    assert (found.report.state, found.report.next_due) == ("ticketed", daemon.clock.now())
    assert (found.messages[-1].delivery, found.messages[-1].error) == ("failed", "no such mailbox")
    assert "could not be delivered: no such mailbox" in found.history[-2].text
    with pytest.raises(Refused, match="has not been told"):
        await change(daemon, "closed")


@pytest.mark.both_engines
async def test_a_channel_reads_its_conversations_as_their_customers_may(daemon):
    book = LentReports(lambda: daemon.core.support.intake, lambda: daemon.core.store, "mail")
    assert await book.conversation("t1") is None
    files = (Attachment(name="x.png", media_type="image/png", data=b"png"),)
    await book.receive(mail(subject="500", attachments=files))
    await receive(daemon, channel="chat", text="of another channel")
    await daemon.core.support.reports.note(1, wire_reports.ReportNote(text="a rude customer"), "ada")
    await reply(daemon, "We look into it")
    found = await book.conversation("t1")
    assert (found.reference, found.subject, found.closed) == ("R-1", "500", False)
    assert [(one.from_customer, one.text, one.attachments) for one in found.messages] == [
        (True, "Checkout says 500", ("x.png",)),
        (False, "We look into it", ()),
    ]
    assert "ada" not in repr(found)


async def test_a_conversation_that_cannot_be_read_is_told_as_such(daemon, monkeypatch):
    async def broken(_query):
        raise OSError("the disk is gone")

    book = LentReports(lambda: daemon.core.support.intake, lambda: daemon.core.store, "mail")
    monkeypatch.setattr(daemon.core.store, "read", broken)
    with pytest.raises(StoreUnavailable):
        await book.conversation("t1")
