"""Handing a page back: the escalation goes on exactly where the acknowledgement stopped it."""

from datetime import timedelta

import pytest

from incidentd.services.errors import Conflict

MINUTE = timedelta(minutes=1)


async def page_of_disk(daemon):
    await daemon.fire()
    await daemon.advance(31)
    return await daemon.page()


async def test_the_next_step_comes_when_it_would_have_come(daemon):
    page = await page_of_disk(daemon)
    await daemon.core.pages.acknowledge(page.id, "ada")
    await daemon.advance(8)
    back = await daemon.core.pages.hand_back(page.id, "ada", "", None)
    assert (back.state, back.acknowledged_by, back.acknowledged_at) == ("open", "", None)
    assert back.next_step_at == page.next_step_at
    assert (await daemon.alert()).acknowledged_by == ""
    await daemon.advance(page.next_step_at - daemon.clock.now() - timedelta(seconds=1))
    assert ("lin", "push") not in daemon.sender.told()
    await daemon.advance(1)
    assert ("lin", "push") in daemon.sender.told()


async def test_a_message_that_was_held_back_goes_out_when_it_was_due(daemon):
    page = await page_of_disk(daemon)
    await daemon.core.pages.acknowledge(page.id, "ada")
    await daemon.advance(8)
    await daemon.core.pages.hand_back(page.id, "lin", "ada is in a tunnel", None)
    await daemon.advance(2 * MINUTE)
    assert daemon.sender.told() == [("ada", "push"), ("ada", "phone")]
    assert "lin handed it back: ada is in a tunnel; the escalation goes on where it stood" in [
        step.text for step in (await daemon.trace()).steps
    ]
    assert await daemon.verdict() == "ada was paged; nobody has acknowledged yet."


async def test_what_fell_due_meanwhile_happens_at_once(daemon):
    page = await page_of_disk(daemon)
    await daemon.core.pages.acknowledge(page.id, "ada")
    await daemon.advance(20 * MINUTE)
    assert ("lin", "push") not in daemon.sender.told()
    back = await daemon.core.pages.hand_back(page.id, "ada", "", None)
    assert back.next_step_at == daemon.clock.now()
    await daemon.settle()
    assert ("lin", "push") in daemon.sender.told()


async def test_it_may_be_acknowledged_again_and_the_trace_says_so(daemon):
    page = await page_of_disk(daemon)
    await daemon.core.pages.acknowledge(page.id, "ada")
    await daemon.core.pages.hand_back(page.id, "ada", "", None)
    await daemon.core.pages.acknowledge(page.id, "lin")
    assert (await daemon.verdict()).endswith("; lin acknowledged by api.")
    await daemon.advance(60 * MINUTE)
    assert daemon.sender.told() == [("ada", "push")]


async def test_an_exhausted_page_is_exhausted_again(daemon):
    page = await page_of_disk(daemon)
    await daemon.advance(40 * MINUTE)
    assert (await daemon.page()).state == "exhausted"
    await daemon.core.pages.acknowledge(page.id, "sam")
    back = await daemon.core.pages.hand_back(page.id, "sam", "", None)
    assert (back.state, back.next_step_at) == ("exhausted", None)


async def test_who_took_an_alert_at_its_source_keeps_it(daemon):
    daemon.route(group_by=("service",))
    await daemon.fire()
    await daemon.fire("cpu")
    await daemon.advance(31)
    await daemon.acknowledge_at_source("cpu", by="grace")
    page = await daemon.page()
    await daemon.core.pages.acknowledge(page.id, "ada")
    await daemon.core.pages.hand_back(page.id, "ada", "", None)
    assert (await daemon.alert("cpu")).acknowledged_by == "grace"
    assert (await daemon.alert()).acknowledged_by == ""


async def test_only_an_acknowledged_page_can_be_handed_back(daemon):
    page = await page_of_disk(daemon)
    with pytest.raises(Conflict, match="is open, so there is no acknowledgement") as refused:
        await daemon.core.pages.hand_back(page.id, "ada", "", None)
    assert refused.value.current.state == "open"
    await daemon.core.pages.acknowledge(page.id, "ada")
    await daemon.resolve()
    await daemon.settle()
    with pytest.raises(Conflict, match="is resolved"):
        await daemon.core.pages.hand_back(page.id, "ada", "", None)


async def test_a_restart_in_between_changes_nothing(daemon):
    page = await page_of_disk(daemon)
    await daemon.core.pages.acknowledge(page.id, "ada")
    await daemon.restart()
    back = await daemon.core.pages.hand_back(page.id, "ada", "", None)
    await daemon.restart()
    assert back.next_step_at == page.next_step_at
    await daemon.advance(6 * MINUTE)
    assert ("lin", "push") in daemon.sender.told()
