"""Saved views: one's own and everybody's, and what the inbox begins with."""

import pytest

from incidentd.services.errors import Invalid, NotFound
from incidentd.wire import views as wire_views


async def save(daemon, name="web", person="ada", **more):
    body = wire_views.SaveView(**{"name": name, "query": "team=web disk", **more})
    return await daemon.core.views.save(body, person)


async def names(daemon, person):
    return [one.name for one in (await daemon.core.views.list(person)).views]


async def test_ones_own_views_are_ones_own_and_shared_ones_are_everybodys(daemon):
    await save(daemon)
    await save(daemon, "All of EU", shared=True)
    assert await names(daemon, "ada") == ["All of EU", "web"]
    assert await names(daemon, "lin") == ["All of EU"]
    (event,) = await daemon.events("view.saved")
    assert (event.actor, event.data["name"]) == ("ada", "All of EU")


@pytest.mark.both_engines
async def test_saving_again_under_a_name_changes_the_view_and_keeps_its_id(daemon):
    first = await save(daemon)
    again = await save(daemon, query="team=db", base="mine")
    assert (again.id, again.query, again.base) == (first.id, "team=db", "mine")
    assert await names(daemon, "ada") == ["web"]


async def test_a_name_may_be_ones_own_and_everybodys_at_once(daemon):
    own, shared = await save(daemon), await save(daemon, shared=True)
    assert own.id != shared.id
    assert [one.shared for one in (await daemon.core.views.list("ada")).views] == [False, True]


@pytest.mark.parametrize(
    ("more", "field"),
    [({"name": "a\x1b[2J"}, "name"), ({"name": "a\nb"}, "name"), ({"query": "host=~("}, "query")],
)
async def test_what_cannot_be_shown_or_read_is_refused(daemon, more, field):
    with pytest.raises(Invalid) as refused:
        await save(daemon, **more)
    assert refused.value.field == field
    assert await names(daemon, "ada") == []


async def test_there_is_a_bound_and_the_remedy_is_said(daemon):
    for number in range(100):
        await save(daemon, f"v{number}")
    with pytest.raises(Invalid, match="100 views") as refused:
        await save(daemon, "one more")
    assert refused.value.remedy == "delete one first"
    await save(daemon, "v7", query="x")
    await save(daemon, "mine", person="lin")


async def test_the_inbox_begins_with_what_was_chosen_or_used_last(daemon):
    view = await save(daemon)
    assert (await daemon.core.views.list("ada")).opens == ""
    for opens, pinned in (("mine", False), (f"view:{view.id}", True), ("", False)):
        found = await daemon.core.views.open_with(wire_views.OpenWith(opens=opens, pinned=pinned), "ada")
        assert (found.opens, found.pinned) == (opens, pinned)
    assert (await daemon.core.views.list("lin")).opens == ""
    for opens in ("view:99", "elsewhere", "view:x"):
        with pytest.raises(Invalid):
            await daemon.core.views.open_with(wire_views.OpenWith(opens=opens), "ada")
    with pytest.raises(Invalid):
        await daemon.core.views.open_with(wire_views.OpenWith(opens=f"view:{view.id}"), "lin")


@pytest.mark.both_engines
async def test_a_deleted_view_opens_nothing_and_somebody_elses_cannot_be_deleted(daemon):
    view = await save(daemon)
    await daemon.core.views.open_with(wire_views.OpenWith(opens=f"view:{view.id}", pinned=True), "ada")
    with pytest.raises(NotFound):
        await daemon.core.views.delete(view.id, "lin")
    left = await daemon.core.views.delete(view.id, "ada")
    assert (left.views, left.opens, left.pinned) == ((), "", False)
    assert await daemon.events("view.deleted") == []
    shared = await save(daemon, shared=True)
    await daemon.core.views.delete(shared.id, "lin")
    assert [event.actor for event in await daemon.events("view.deleted")] == ["lin"]
