"""Actions become issues of a code forge: once, with what came of it on the action."""

from datetime import timedelta

import pytest

from incidentd.plugin.issues import IssueState
from incidentd.plugin.values import PermanentFailure, Receipt, TemporaryFailure
from incidentd.services.errors import Conflict, Invalid, Refused
from incidentd.services.issue_states import LentIssues
from incidentd.wire import review_records as wire_records
from incidentd.wire.action_exports import ExportActions

URL = "https://forge.example/acme/shop/issues/7"
ANY = ExportActions()


@pytest.fixture
async def desk(daemon, reviewed):
    """INC-1 has been reviewed; github opens issues. `await desk(text)` writes an action and gives its number."""
    incident_id = await reviewed()
    daemon.sender.forges = ["github"]
    daemon.sender.always["github"] = Receipt(vendor_id="issue-7", url=URL)
    due_on = daemon.clock.now().date() + timedelta(days=14)

    async def write(text="Alert on stale rules", **more):
        body = wire_records.WriteAction(text=text, owner_team="web", due_on=due_on, owner="sam", **more)
        return (await daemon.core.reviews.actions.write(incident_id, body, "ada")).id

    return write


async def shown(daemon, number):
    found = await daemon.core.reviews.actions.get(number, "ada")
    return found.export, found.issue, found.export_error


async def told(daemon):
    return [one.kind for one in await daemon.events() if one.kind.startswith("action.export")]


async def test_an_action_becomes_an_issue_once(daemon, desk):
    number, exports = await desk(worse="more noise"), daemon.core.reviews.exports
    assert (await exports.export(number, ANY, "lin")).export == "asked"
    with pytest.raises(Conflict, match="on its way"):
        await exports.export(number, ANY, "lin")
    daemon.sender.script["github"] = [TemporaryFailure("HTTP 503"), OSError("broken pipe")]
    for seconds in (0, 10, 20):
        await daemon.advance(seconds)
        await daemon.send_due()
    assert await shown(daemon, number) == ("exported", URL, "")
    orders = [order for _, order in daemon.sender.issues]
    assert [one.attempt for one in orders] == [1, 2, 3]
    assert len({one.idempotency_key for one in orders}) == 1
    assert (orders[0].title, orders[0].due_on) == ("Alert on stale rules", daemon.clock.now().date() + timedelta(14))
    assert orders[0].text == (f"What it could make worse: more noise\n\nFrom INC-1: action A-{number}, team web.")
    with pytest.raises(Conflict, match="has an issue already"):
        await exports.export(number, ANY, "lin")
    assert await told(daemon) == ["action.export_asked", "action.exported"]


@pytest.mark.both_engines
async def test_what_fails_for_good_says_why_and_is_asked_for_again_under_its_key(daemon, desk):
    number, exports = await desk(), daemon.core.reviews.exports
    daemon.sender.script["github"] = [PermanentFailure("HTTP 401"), Receipt(url="javascript:x")]
    await exports.export(number, ANY, "lin")
    await daemon.send_due()
    assert await shown(daemon, number) == ("failed", "", "HTTP 401")
    await exports.export(number, ANY, "lin")
    await daemon.send_due()
    assert await shown(daemon, number) == ("failed", "", "the channel did not say where the issue is")
    await exports.export(number, ANY, "lin")
    await daemon.send_due()
    assert await shown(daemon, number) == ("exported", URL, "")
    orders = [order for _, order in daemon.sender.issues]
    assert [one.attempt for one in orders] == [1, 2, 3], "so that the forge is searched first"
    assert len({one.idempotency_key for one in orders}) == 1


async def test_all_that_are_open_go_at_once_and_those_that_went_do_not_again(daemon, desk):
    first, second, over = await desk(), await desk("Document the runbook"), await desk("Remove the flag")
    await daemon.core.reviews.actions.end(over, wire_records.EndAction(state="done"), "ada", None)
    exports = daemon.core.reviews.exports
    await exports.export(first, ANY, "lin")
    assert [one.id for one in (await exports.export_all(1, ANY, "lin")).actions] == [second]
    assert (await exports.export_all(1, ANY, "lin")).actions == ()
    with pytest.raises(Conflict, match="not open any more"):
        await exports.export(over, ANY, "lin")


async def test_what_cannot_be_exported_says_what_to_do_and_orders_nothing(daemon, desk):
    number, exports = await desk("Ask sam to add an alert"), daemon.core.reviews.exports
    with pytest.raises(Refused, match="names sam"):
        await exports.export(number, ANY, "lin")
    with pytest.raises(Refused, match="names sam"):
        await exports.export_all(1, ANY, "lin")
    for forges, channel, words in (
        ([], "", "no channel opens issues"), (["github"], "mail", "'mail' is no channel"), (["a", "b"], "", "several"),
    ):  # fmt: skip
        daemon.sender.forges = forges
        with pytest.raises(Invalid, match=words) as raised:
            await exports.export(number, ExportActions(channel=channel), "lin")
        assert raised.value.remedy
    await daemon.send_due()
    assert daemon.sender.issues == []
    assert await told(daemon) == []


@pytest.mark.both_engines
async def test_what_becomes_of_the_issue_becomes_of_its_action(daemon, desk):
    number = await desk()
    await daemon.core.reviews.exports.export(number, ANY, "lin")
    await daemon.send_due()
    forge, other = (LentIssues(lambda: daemon.core.reviews.issue_states, one) for one in ("github", "elsewhere"))
    now, minute = daemon.clock.now(), timedelta(minutes=1)

    async def became():
        found = await daemon.core.reviews.actions.get(number, "ada")
        return found.state, found.ended_by

    assert not await other.changed(URL, IssueState.DONE, now), "another channel says nothing of it"
    assert not await forge.changed(URL + "1", IssueState.DONE, now)
    assert await became() == ("open", "")
    assert await forge.changed(URL, IssueState.DONE, now)
    assert await became() == ("done", "system")
    assert not [one for one in await daemon.armed() if one[0] == "action.due"]
    assert await forge.changed(URL, IssueState.OPEN, now + minute)
    assert not await forge.changed(URL, IssueState.DONE, now), "an old webhook that comes again"
    assert await became() == ("open", "")
    await daemon.core.reviews.actions.end(number, wire_records.EndAction(state="done", why="shipped"), "lin", None)
    assert await forge.changed(URL, IssueState.NOT_PLANNED, now + 2 * minute)
    assert await became() == ("done", "lin"), "what a person said stays"
    assert await forge.changed(URL, IssueState.OPEN, now + 3 * minute)
    assert await forge.changed(URL, IssueState.NOT_PLANNED, now + 4 * minute)
    assert await became() == ("wont_do", "system")
