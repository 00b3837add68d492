"""Changes of the day: overrides, swaps and absences, what they are refused for, and whom pages reach by them."""

import asyncio
from datetime import time, timedelta

import pytest

from incidentd.domain.people import Layer, Rotation, Schedule, Unit
from incidentd.plugin import StoreUnavailable
from incidentd.services.duty_lending import LentDuty
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.wire import duty as wire_duty

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def team(daemon):
    """ada and lin carry the pager on alternate days from midnight on; today it is ada's."""
    rotation = Rotation(people=("ada", "lin"), start=daemon.clock.now().date(), handover=time(0), unit=Unit.DAYS)
    daemon.roster = daemon.roster_of(
        [daemon.person(one, "push") for one in ("ada", "lin", "sam")],
        [daemon.policy("default", (300, "schedule:first"), repeat=0)],
        schedules={"first": Schedule(name="first", layers=(Layer(name="all", rotation=rotation),))},
    )
    return daemon


def midnight(daemon):
    return daemon.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)


async def override(daemon, person="sam", begin=None, length=4 * HOUR, actor="lin", **more):
    begin = begin or daemon.clock.now()
    body = wire_duty.SetOverride(schedule="first", person=person, starts_at=begin, ends_at=begin + length, **more)
    return await daemon.core.duty.set_override(body, actor)


async def propose(daemon, give=1, take=2, actor="lin", other="ada", length=DAY, back=None):
    """A swap of the day `give` days from now for the one `take` days from now."""
    start, end = midnight(daemon) + give * DAY, midnight(daemon) + take * DAY
    body = wire_duty.ProposeSwap(
        schedule="first", starts_at=start, ends_at=start + length, other=other, other_starts_at=end,
        other_ends_at=end + (back or length),
    )  # fmt: skip
    return await daemon.core.duty.propose_swap(body, actor)


async def days(daemon, count=4):
    begin = midnight(daemon) + DAY
    found = await daemon.core.duty.schedules("first", begin, begin + count * DAY)
    return [one.person for one in found.schedules[0].shifts]


async def on_call(daemon, person=""):
    return await daemon.core.roster.on_call(person)


async def test_an_override_is_paged_and_says_whose_turn_it_was(team):
    made = await override(team, reason="dentist")
    await team.core.pages.raise_page(*_page("ada"))
    await team.settle()
    assert team.sender.told() == [("sam", "push")]
    assert team.sender.sent[0][1].reason == "on call for first instead of ada; step 1 of policy default"
    (now,) = (await on_call(team)).schedules
    assert (now.person, now.instead_of, now.until, now.next_person) == ("sam", "ada", made.ends_at, "ada")
    (event,) = await team.events("override.set")
    assert event.subject == f"override:{made.id}"
    assert event.data["text"].startswith("sam carries the pager of first from ")
    assert event.data["text"].endswith(" (dentist)")


async def test_a_plugin_may_ask_who_is_on_call(team, monkeypatch):
    lent = LentDuty(lambda: team.core.store, lambda: team.roster, "hotline")
    assert await lent.on_call("second") is None
    await override(team)
    sam = await lent.on_call("first")
    assert (sam.person, sam.name, sam.addresses) == ("sam", "Sam", ("sam@push",))
    team.clock.advance(5 * HOUR)
    assert (await lent.on_call("first")).person == "ada"

    async def broken(_query):
        raise OSError("disk")

    monkeypatch.setattr(team.core.store, "read", broken)
    with pytest.raises(StoreUnavailable):
        await lent.on_call("first")


def _page(actor):
    from incidentd.wire import RaisePage

    return RaisePage(title="disk", service="default"), actor


async def test_an_override_that_has_begun_ends_now_and_another_is_as_if_it_never_was(team):
    begun, ahead = await override(team), await override(team, begin=team.clock.now() + 6 * HOUR)
    await team.advance(HOUR)
    assert (await team.core.duty.end_override(begun.id, "ada", None)).ends_at == team.clock.now()
    assert (await team.core.duty.end_override(ahead.id, "ada", None)).cancelled
    assert (await on_call(team)).schedules[0].person == "ada"
    found = await team.core.duty.schedules("first", midnight(team), midnight(team) + DAY)
    assert [one.person for one in found.schedules[0].shifts] == ["ada", "sam", "ada"]
    for one in (begun, ahead):
        with pytest.raises(Conflict):
            await team.core.duty.end_override(one.id, "ada", None)
    assert [len(await team.events(kind)) for kind in ("override.ended", "override.cancelled")] == [1, 1]


@pytest.mark.both_engines
async def test_of_two_who_edit_one_override_the_second_hears_of_the_first(team):
    made = await override(team, begin=team.clock.now() + HOUR)
    longer = wire_duty.EditOverride(ends_at=made.ends_at + HOUR)
    tries = (team.core.duty.edit_override(made.id, longer, who, made.version) for who in ("ada", "lin"))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    (first,) = (one for one in outcomes if isinstance(one, wire_duty.Override))
    (refused,) = (one for one in outcomes if isinstance(one, Conflict))
    assert first.version == 2
    assert refused.current == first
    assert first.by in refused.message


async def test_what_was_carried_is_not_rewritten(team):
    made = await override(team)
    await team.advance(HOUR)
    for change, field in (({"person": "lin"}, "person"), ({"starts_at": team.clock.now()}, "starts_at")):
        with pytest.raises(Invalid) as refused:
            await team.core.duty.edit_override(made.id, wire_duty.EditOverride(**change), "ada", None)
        assert refused.value.field == field
    ends_at = made.ends_at + HOUR
    edited = await team.core.duty.edit_override(made.id, wire_duty.EditOverride(ends_at=ends_at), "ada", None)
    assert (edited.starts_at, edited.ends_at, edited.by) == (made.starts_at, ends_at, "ada")


@pytest.mark.parametrize(
    ("more", "field"),
    [({"person": "bob"}, "person"), ({"length": -HOUR}, "ends_at"), ({"length": 400 * DAY}, "ends_at")],
)
async def test_overrides_that_cannot_be(team, more, field):
    with pytest.raises(Invalid) as refused:
        await override(team, **more)
    assert refused.value.field == field
    assert refused.value.remedy
    assert await team.events("override.set") == []


@pytest.mark.both_engines
async def test_nobody_who_is_away_takes_an_override(team):
    away = wire_duty.SetAbsence(person="sam", ends_at=team.clock.now() + DAY)
    absence = await team.core.duty.set_absence(away, "lin")
    with pytest.raises(Invalid, match="sam is absent") as refused:
        await override(team)
    assert refused.value.remedy.endswith(f"schedule absence end {absence.id}")
    await team.core.duty.end_absence(absence.id, "sam", absence.version)
    assert (await override(team)).person == "sam"


async def test_a_swap_counts_when_the_other_side_has_accepted_and_not_before(team):
    swap = await propose(team)
    assert await days(team) == ["lin", "ada", "lin", "ada"]
    accepted = await team.core.duty.settle_swap(swap.id, "accepted", "ada", swap.version)
    assert (accepted.state, accepted.version) == ("accepted", 2)
    assert await days(team) == ["ada", "lin", "lin", "ada"]
    undone = await team.core.duty.settle_swap(swap.id, "declined", "ada", None)
    assert undone.state == "declined"
    assert await days(team) == ["lin", "ada", "lin", "ada"]
    (event,) = await team.events("swap.accepted")
    assert (event.actor, event.data["text"].endswith("ada has accepted")) == ("ada", True)


async def test_only_the_other_side_accepts_and_only_who_proposed_cancels(team):
    swap = await propose(team)
    for to, actor in (("accepted", "lin"), ("accepted", "sam"), ("cancelled", "ada")):
        with pytest.raises(Invalid, match="only "):
            await team.core.duty.settle_swap(swap.id, to, actor, None)
    assert (await team.core.duty.settle_swap(swap.id, "cancelled", "lin", None)).state == "cancelled"
    with pytest.raises(Conflict, match="cancelled already"):
        await team.core.duty.settle_swap(swap.id, "accepted", "ada", None)


async def test_a_swap_is_judged_again_when_it_is_accepted(team):
    swap = await propose(team)
    await override(team, begin=midnight(team) + DAY + HOUR)
    with pytest.raises(Invalid, match="lin does not carry the pager") as refused:
        await team.core.duty.settle_swap(swap.id, "accepted", "ada", None)
    assert refused.value.field == "starts_at"
    late = await propose(team, give=3, take=4)
    await team.advance(4 * DAY)
    with pytest.raises(Conflict, match="expired already"):
        await team.core.duty.settle_swap(late.id, "accepted", "ada", None)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"back": 12 * HOUR}, "conserves hours"),
        ({"give": 2, "take": 3}, "lin does not carry"),
        ({"take": 3}, "ada does not carry"),
        ({"take": 1}, "overlap"),
        ({"other": "lin"}, "two sides"),
        ({"other": "bob"}, "no person"),
        ({"give": -1}, "begun|past"),
    ],
)
async def test_swaps_that_cannot_be(team, more, words):
    with pytest.raises(Invalid, match=words):
        await propose(team, **more)
    assert await team.events("swap.proposed") == []


async def test_an_absence_without_a_stand_in_is_a_gap_that_a_page_names(team):
    body = wire_duty.SetAbsence(ends_at=team.clock.now() + HOUR)
    await team.core.duty.set_absence(body, "ada")
    await team.core.pages.raise_page(*_page("lin"))
    await team.settle()
    (step, *_) = await team.events("page.step")
    assert step.data["gaps"] == ["schedule first: ada is absent and nobody stands in"]
    (now,) = (await on_call(team)).schedules
    assert (now.person, now.instead_of) == ("", "ada")
    with pytest.raises(Invalid, match="for themselves"):
        await team.core.duty.set_absence(wire_duty.SetAbsence(ends_at=body.ends_at, stand_in="ada"), "ada")


async def test_when_am_i_on_next(team):
    (own,) = (await on_call(team, "lin")).mine
    assert (own.starts_at, own.ends_at) == (midnight(team) + DAY, midnight(team) + 2 * DAY)
    assert (await on_call(team, "sam")).mine == ()
    made = await override(team, begin=midnight(team) + 5 * DAY)
    (own,) = (await on_call(team, "sam")).mine
    assert (own.schedule, own.starts_at, own.ends_at) == ("first", made.starts_at, made.ends_at)


async def test_what_is_unknown(team):
    with pytest.raises(NotFound, match="no override 7"):
        await team.core.duty.end_override(7, "ada", None)
    with pytest.raises(NotFound, match="no schedule"):
        await team.core.duty.schedules("second", None, None)
    with pytest.raises(Invalid):
        await team.core.duty.schedules("", team.clock.now(), team.clock.now() + 500 * DAY)


# ---------------------------------------------------------------------- previews
async def test_a_preview_says_before_and_after_and_keeps_nothing(team):
    begin = midnight(team) + DAY
    away = wire_duty.SetAbsence(person="lin", starts_at=begin, ends_at=begin + 12 * HOUR)
    found = await team.core.duty.preview(wire_duty.PreviewDuty(absence=away), "lin")
    assert (found.starts_at, found.ends_at) == (begin, begin + 12 * HOUR)
    assert [shift.person for one in found.before for shift in one.shifts] == ["lin"]
    assert [(shift.person, shift.instead_of) for one in found.after for shift in one.shifts] == [("", "lin")]
    assert [(one.kind, one.person) for one in found.warnings] == [("gap", "lin")]
    assert not found.mended
    assert await days(team, 1) == ["lin"]

    await team.core.duty.set_absence(away, "lin")
    fills = wire_duty.SetOverride(schedule="first", person="sam", starts_at=begin, ends_at=begin + 12 * HOUR)
    found = await team.core.duty.preview(wire_duty.PreviewDuty(override=fills), "ada")
    assert [shift.person for shift in found.after[0].shifts] == ["sam"]
    assert [one.kind for one in found.mended] == ["gap"]


async def test_a_preview_of_a_changed_override_is_without_the_old_one(team):
    begin = midnight(team) + DAY
    asked = wire_duty.SetOverride(schedule="first", person="sam", starts_at=begin, ends_at=begin + 12 * HOUR)
    old = await team.core.duty.set_override(asked, "lin")
    late = wire_duty.SetOverride(schedule="first", person="sam", starts_at=begin + 6 * HOUR, ends_at=begin + 18 * HOUR)
    preview = wire_duty.PreviewDuty(override=late, instead_of=old.id)
    found = await team.core.duty.preview(preview, "lin")
    assert (found.starts_at, found.ends_at) == (begin, begin + 18 * HOUR)
    assert [shift.person for shift in found.before[0].shifts] == ["sam", "lin"]
    assert [(shift.person, shift.starts_at) for shift in found.after[0].shifts] == [
        ("lin", begin), ("sam", begin + 6 * HOUR)
    ]  # fmt: skip
    team.clock.advance(begin + HOUR - team.clock.now())  # what is behind stays as it was
    found = await team.core.duty.preview(preview, "lin")
    assert found.starts_at == begin + HOUR
    away = wire_duty.SetAbsence(ends_at=begin + 18 * HOUR)
    with pytest.raises(Invalid, match="in place"):
        await team.core.duty.preview(wire_duty.PreviewDuty(absence=away, instead_of=old.id), "lin")
    await team.core.duty.end_override(old.id, "lin", None)
    with pytest.raises(NotFound, match="no override"):
        await team.core.duty.preview(preview, "lin")


async def test_a_preview_of_a_swap_is_as_if_it_were_accepted(team):
    start, end = midnight(team) + DAY, midnight(team) + 2 * DAY
    body = wire_duty.ProposeSwap(
        schedule="first", starts_at=start, ends_at=end, other="ada", other_starts_at=end, other_ends_at=end + DAY
    )
    found = await team.core.duty.preview(wire_duty.PreviewDuty(swap=body), "lin")
    assert [shift.person for shift in found.before[0].shifts] == ["lin", "ada"]
    assert [shift.person for shift in found.after[0].shifts] == ["ada", "lin"]


async def test_a_preview_is_refused_as_the_change_would_be(team):
    body = wire_duty.SetOverride(schedule="first", person="nobody", ends_at=team.clock.now() + HOUR)
    with pytest.raises(Invalid) as refused:
        await team.core.duty.preview(wire_duty.PreviewDuty(override=body), "lin")
    assert refused.value.field == "person"
    both = wire_duty.PreviewDuty(override=body, absence=wire_duty.SetAbsence(ends_at=team.clock.now() + HOUR))
    for many in (wire_duty.PreviewDuty(), both):
        with pytest.raises(Invalid, match="one change"):
            await team.core.duty.preview(many, "lin")
