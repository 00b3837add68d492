"""The chat of responders: what waits is announced once and kept up to date, and a press acts as the person, once."""

from datetime import timedelta

import msgspec
import pytest

from incidentd.domain.chat import ChatSettings
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.chat import Verb
from incidentd.plugin.support import Received
from incidentd.plugin.values import PermanentFailure, Receipt, TemporaryFailure
from incidentd.services.chat_acts import LentChat
from incidentd.wire.drills import StartDrill

HOUR = timedelta(hours=1)


@pytest.fixture
async def team(daemon):
    """ada has an account in the chat, lin has none."""
    ada = msgspec.structs.replace(daemon.person("ada", "push"), accounts={"slack": "U0ADA"})
    sam = msgspec.structs.replace(daemon.person("sam", "push"), accounts={"slack": "U0SAM", "other": "U0ADA"})
    daemon.roster = daemon.roster_of(
        [ada, daemon.person("lin", "push"), sam], [daemon.policy("default", (300, "ada"))], services={}
    )
    daemon.process = msgspec.structs.replace(
        daemon.process, chat=ChatSettings(channel="slack", reports="C0REPORTS", pages="C0PAGES")
    )
    daemon.sender.always["slack"] = Receipt(vendor_id="C0/1.1/1.1")
    daemon.chat = LentChat(lambda: daemon.core.chat, lambda: daemon.core.chat_keeping, "slack")
    await follow(daemon)  # what was before is not told
    return daemon


async def follow(daemon):
    """What the follower's loop and the worker do."""
    while await daemon.core.chat_follower.round():
        pass
    await daemon.send_due()


async def said(daemon):
    """The announcements since the last look."""
    await follow(daemon)
    found = [one for _, one in daemon.sender.announced]
    daemon.sender.announced.clear()
    return found


async def write(daemon, number=1, **more):
    message = Received(id=f"m{number}", thread=f"t{number}", sender="bo@example.org", text="Checkout says 500", **more)
    await daemon.core.support.intake.receive("mail", message)


async def press(daemon, verb, about, user="U0ADA", severity=""):
    return await daemon.chat.act(Verb(verb), about, user, severity=severity)


async def declared(daemon):
    return (await daemon.core.incidents.list("all", "", 10, "")).incidents


async def test_a_new_report_is_announced_once_and_says_who_has_it(team):
    await write(team, sender_name="Bo", tags={"service": "shop"})
    (first,) = await said(team)
    assert (first.about, first.place, first.before) == ("report:1", "C0REPORTS", "")
    assert first.text == "From Bo (end user) by mail, about shop\nCheckout says 500"
    assert first.verbs == (Verb.ACKNOWLEDGE, Verb.DECLARE)
    assert await said(team) == [], "each event counts once"
    done = await press(team, "acknowledge", "report:1")
    assert (done.done, done.text.partition(";")[0]) == (True, "You have R-1 now")
    (changed,) = await said(team)
    assert (changed.before, changed.verbs, changed.done) == (
        "C0/1.1/1.1", (Verb.DECLARE,), ("ada: Acknowledged by slack",),
    )  # fmt: skip
    assert (await press(team, "acknowledge", "report:1")).text == "You have R-1 already."
    other = await press(team, "acknowledge", "report:1", "U0SAM")
    assert (other.done, other.text) == (False, "R-1 is acknowledged already by ada.")
    (event,) = await team.events("report.acknowledged")
    assert (event.actor, event.data["via"]) == ("ada", "slack")


async def test_whoever_the_roster_does_not_know_is_refused_with_the_line_that_is_missing(team):
    await write(team)
    refused = await press(team, "acknowledge", "report:1", "U0EVE")
    assert not refused.done
    assert refused.text.endswith('accounts = { slack = "U0EVE" }')
    for about, severity in (("report:99", ""), ("report:x", ""), ("rumour:1", ""), ("report:1" + "0" * 30, "")):
        assert not (await press(team, "acknowledge", about, severity=severity)).done
    assert not (await press(team, "declare", "report:1", severity="SEV9")).done
    assert await team.events("report.acknowledged", "incident.declared") == []


async def test_an_incident_is_declared_from_a_report_once(team):
    await write(team)
    await said(team)
    first = await press(team, "declare", "report:1", severity="SEV2")
    again = await press(team, "declare", "report:1", "U0SAM", severity="SEV1")
    assert (first.text, again.text) == (
        "You declared INC-1, SEV2.",
        "INC-1 is declared already, by ada: SEV2, active.",
    )
    (incident,) = await declared(team)
    assert (incident.title, incident.severity, incident.declared_by) == ("Checkout says 500", "SEV2", "ada")
    (event,) = await team.events("incident.declared")
    assert event.data["via"] == "slack"
    entry = (await team.core.incidents.timeline(1)).entries[0]
    assert entry.detail == "by slack"
    (changed,) = await said(team)
    assert (changed.verbs, changed.done) == ((), ("ada: new → linked to INC-1",))


@pytest.mark.both_engines
async def test_a_page_is_announced_and_taken_from_the_chat_or_from_elsewhere(team):
    await team.fire()
    await team.advance(30)
    (first,) = await said(team)
    assert (first.about, first.place, first.verbs) == ("page:1", "C0PAGES", (Verb.ACKNOWLEDGE, Verb.DECLARE))
    assert "written to: ada" in first.text
    assert (await press(team, "declare", "page:1", severity="SEV1")).text == "You declared INC-1, SEV1."
    assert (await press(team, "declare", "page:1", severity="SEV1")).text.startswith("INC-1 is declared already")
    (incident,) = await declared(team)
    assert (incident.alert_ids, incident.page_ids, incident.service) == ((1,), (1,), "shop")
    assert (await press(team, "acknowledge", "page:1")).text == "You have P-1; the escalation has stopped."
    assert (await press(team, "acknowledge", "page:1")).done
    taken = await press(team, "acknowledge", "page:1", "U0SAM")
    assert (taken.done, taken.text.partition(" (")[0]) == (False, "ada acknowledged P-1 first")
    (changed,) = await said(team)
    assert changed.verbs == ()
    assert changed.done == ("ada declared INC-1 by slack", "ada acknowledged by slack; the escalation stops")
    assert (await team.page()).acknowledged_via == "slack"
    await team.resolve()
    await team.advance(1)
    (over,) = await said(team)
    assert over.done[-1] == "The page is over: every alert of the group has ended"


async def test_a_private_report_shows_no_words_and_what_was_never_told_is_not_told_when_it_is_over(team):
    await write(team, private=True)
    team.sender.script["slack"] = [PermanentFailure("Slack: channel_not_found: invite the app")]
    (tried,) = await said(team)
    assert "Checkout" not in tried.title + tried.text
    (failed,) = await team.events("chat.failed")
    assert (failed.subject, failed.data["error"]) == ("report:1", "Slack: channel_not_found: invite the app")
    history = (await team.core.support.reports.get(1)).history
    assert history[-1].text == "The chat (slack) could not be told: Slack: channel_not_found: invite the app"
    await press(team, "acknowledge", "report:1")
    assert await said(team) == []


async def test_what_fails_for_now_is_told_as_it_stands_later_and_what_is_old_is_not(team):
    team.sender.script["slack"] = [TemporaryFailure("down")]
    await write(team)
    assert len(await said(team)) == 1
    await press(team, "acknowledge", "report:1")
    await team.advance(10)
    told = [one for _, one in team.sender.announced]
    assert [one.verbs for one in told][-1] == (Verb.DECLARE,)
    await said(team)
    await write(team, 2)
    team.clock.advance(HOUR + timedelta(seconds=1))
    assert await said(team) == [], "the daemon was down for so long"


async def test_without_a_chat_nothing_is_written_and_switched_on_it_begins_with_what_is_new(daemon):
    daemon.core.chat_follower.loop.wake()
    assert await daemon.core.chat_follower._work() is None
    await write(daemon)
    daemon.process = msgspec.structs.replace(daemon.process, chat=ChatSettings(channel="slack", reports="C0"))
    assert await said(daemon) == []
    await write(daemon, 2)
    assert [one.about for one in await said(daemon)] == ["report:2"]


async def test_a_press_that_cannot_be_stored_says_so(team):
    await write(team)
    await team.store.close()
    with pytest.raises(StoreUnavailable):
        await press(team, "acknowledge", "report:1")


DRILL = """
title = "The disk fills"
day = 2025-01-01
customers = "internal_team"
service = "shop"
severity = "SEV2"
severity_reason = "writes fail"
event = [{ at = "10:00", kind = "alert", text = "Disk is full", labels = { alertname = "disk" } }]
"""


@pytest.mark.usefixtures("migrated_memories")
async def test_pages_of_drills_are_not_announced(team):
    await team.core.drills.start(StartDrill(people=("sam",), scenario=DRILL), "lin")
    await team.advance(60)
    assert [one.drill for one in await team.pages()] == ["D-1"]
    assert await said(team) == []
