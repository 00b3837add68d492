"""Actions: written after a review, reminded of, ended, and kept from those who write factors for a similar incident."""

from datetime import timedelta

import pytest

from incidentd.services.action_contracts import ActionQuery
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.services.existing_reviews import existing_review
from incidentd.storage import reviews
from incidentd.storage.schema_reviews import factors, review_ideas
from incidentd.wire import review_records as wire_records

DAY = timedelta(days=1)


def today(daemon):
    return daemon.clock.now().date()


def wanted(daemon, days=14, **values):
    usual = {"text": "Alert on stale rules", "owner_team": "web", "due_on": today(daemon) + days * DAY}
    return wire_records.WriteAction(**usual | values)


async def told(daemon):
    """(who, what) of the notes that were sent."""
    return [(one.recipient, one.title) for _, one in daemon.sender.sent if one.title.startswith("A-")]


@pytest.mark.both_engines
async def test_an_action_is_written_changed_ended_and_taken_up_again(daemon, reviewed):
    incident_id, calls = await reviewed(), daemon.core.reviews.actions
    made = await calls.write(incident_id, wanted(daemon), "ada")
    assert (made.state, made.late, made.title, made.version) == ("open", False, "503 at the balancer", 1)
    assert made.warnings[0].startswith("what could this make worse?")
    tracked = "https://forge.example/web/issues/4"
    edit = wire_records.EditAction(worse="noise", owner="sam", issue=tracked)
    changed = await calls.edit(made.id, edit, "ada", 1)
    assert changed.issue == tracked
    assert (changed.worse, changed.owner, changed.text, changed.version) == ("noise", "sam", made.text, 2)
    with pytest.raises(Conflict, match="has changed meanwhile"):
        await calls.edit(made.id, wire_records.EditAction(worse="x"), "lin", 1)
    with pytest.raises(Invalid, match="needs a reason"):
        await calls.end(made.id, wire_records.EndAction(state="wont_do", why=" "), "ada", None)
    over = await calls.end(made.id, wire_records.EndAction(state="wont_do", why="the balancer goes"), "lin", None)
    assert (over.state, over.ended_by, over.why, over.warnings) == ("wont_do", "lin", "the balancer goes", ())
    assert not [one for one in await daemon.armed() if one[0] == "action.due"]
    again = await calls.end(made.id, wire_records.EndAction(state="open", why="it stays"), "ada", None)
    assert (again.state, again.ended_at, again.ended_by) == ("open", None, "")
    kinds = [one.kind for one in await daemon.events() if one.kind.startswith("action.")]
    assert kinds == ["action.written", "action.edited", "action.ended", "action.reopened"]
    view = await daemon.core.reviews.workshops.get(incident_id, "ada")
    assert [one.id for one in view.actions] == [made.id]


@pytest.mark.both_engines
async def test_bad_input_names_the_field_and_keeps_nothing(daemon, reviewed):
    incident_id, calls = await reviewed(), daemon.core.reviews.actions
    for wrong, field in (
        ({"owner_team": "wep"}, "owner_team"), ({"owner": "nobody"}, "owner"), ({"days": -1}, "due_on"),
        ({"factor_id": 9}, "factor_id"), ({"idea_id": 9}, "idea_id"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as raised:
            await calls.write(incident_id, wanted(daemon, **wrong), "ada")
        assert raised.value.field == field
        assert raised.value.remedy
    with pytest.raises(NotFound, match="no action A-1"):
        await calls.get(1, "ada")
    with pytest.raises(NotFound, match="no incident"):
        await calls.write(99, wanted(daemon), "ada")
    assert (await calls.list(ActionQuery(state="all"), "ada")).total == 0


@pytest.mark.both_engines
async def test_an_action_takes_up_an_idea_once_and_is_linked_to_a_factor_of_its_incident(daemon, reviewed):
    incident_id, calls, now = await reviewed(), daemon.core.reviews.actions, daemon.clock.now()

    def write(tx):
        idea = {"incident_id": incident_id, "text": "an alert?", "by": "lin", "at": now, "dropped_why": ""}
        tx.conn.execute(review_ideas.insert().values(**idea))
        tx.conn.execute(factors.insert().values(
            incident_id=incident_id, text="rules are never aged", category="technical", role="enabler", evidence=[],
            contexts=[], author="ada", written_at=now, edited_at=now, version=1,
        ))  # fmt: skip

    await daemon.store.write(write)
    made = await calls.write(incident_id, wanted(daemon, idea_id=1, factor_id=1, worse="noise"), "ada")
    assert (made.factor_id, made.warnings) == (1, ())
    with pytest.raises(Invalid, match="nothing became of yet"):
        await calls.write(incident_id, wanted(daemon, idea_id=1), "ada")
    assert (await calls.edit(made.id, wire_records.EditAction(factor_id=0), "ada", None)).factor_id is None


@pytest.mark.both_engines
async def test_its_owner_is_written_to_and_nobody_is_paged(daemon, reviewed):
    incident_id, calls = await reviewed(), daemon.core.reviews.actions
    pages = len(await daemon.pages())
    mine = await calls.write(incident_id, wanted(daemon, owner="ada"), "ada")
    await calls.write(incident_id, wanted(daemon, days=30), "ada")  # nobody's: lin is paged first for shop
    await daemon.advance(12 * DAY)
    assert await told(daemon) == [("ada", "A-1 is due in 3 days")]
    await daemon.advance(6 * 7 * DAY)
    found = await told(daemon)
    assert [title for who, title in found if who == "ada"] == [
        "A-1 is due in 3 days", "A-1 is due today", "A-1 is 7 days late", "A-1 is 14 days late",
        "A-1 is 21 days late", "A-1 is 28 days late",
    ]  # fmt: skip
    assert {who for who, title in found if title.startswith("A-2")} == {"lin"}
    assert len(await daemon.pages()) == pages
    await calls.end(mine.id, wire_records.EndAction(state="done"), "ada", None)
    (late,) = (await calls.list(ActionQuery(late=True), "ada")).actions
    assert (late.id, late.late) == (2, True)
    # A day that has passed may stay while something else of it is put right.
    assert (await calls.edit(2, wire_records.EditAction(worse="noise"), "ada", None)).due_on < today(daemon)


@pytest.mark.both_engines
async def test_lists_go_by_the_day_and_page_by_page(daemon, reviewed):
    incident_id, calls = await reviewed(), daemon.core.reviews.actions
    for days in (9, 3, 9, 6):
        await calls.write(incident_id, wanted(daemon, days=days, owner="sam" if days == 6 else ""), "ada")
    first = await calls.list(ActionQuery(limit=3), "ada")
    assert ([one.id for one in first.actions], first.total) == ([2, 4, 1], 4)
    rest = await calls.list(ActionQuery(limit=3, cursor=first.next_cursor), "ada")
    assert ([one.id for one in rest.actions], rest.next_cursor) == ([3], "")
    assert [one.id for one in (await calls.list(ActionQuery(mine=True), "sam")).actions] == [4]
    assert (await calls.list(ActionQuery(team="ops"), "sam")).total == 0
    assert (await calls.list(ActionQuery(incident=incident_id + 1), "sam")).total == 0


@pytest.mark.both_engines
async def test_actions_of_a_similar_incident_are_counted_and_not_shown_until_ones_factors_are_in(daemon, reviewed):
    calls, first = daemon.core.reviews.actions, await reviewed()
    made = await calls.write(first, wanted(daemon), "sam")
    second = await reviewed()
    await daemon.store.write(lambda tx: reviews.change(
        tx, existing_review(tx.conn, second), similar=[{"id": first, "score": 80, "reasons": [], "chosen": "newest"}]
    ))  # fmt: skip
    found = await calls.list(ActionQuery(), "ada")
    assert (found.actions, found.total, found.hidden) == ((), 0, 1)
    assert f"INC-{second}" in found.why_hidden
    with pytest.raises(Refused, match="hidden until"):
        await calls.get(made.id, "ada")
    with pytest.raises(Refused, match="hidden until"):
        await calls.end(made.id, wire_records.EndAction(state="done"), "ada", None)
    assert (await calls.list(ActionQuery(), "sam")).total == 1
    assert (await daemon.core.reviews.workshops.get(first, "ada")).actions == ()
    now = daemon.clock.now()
    await daemon.store.write(lambda tx: reviews.change_member(tx, second, "ada", factors_in_at=now))
    assert (await calls.list(ActionQuery(), "ada")).hidden == 0
