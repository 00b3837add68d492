"""Plans through the service: a preview changes nothing, a plan is set as a whole, and another one than shown is not."""

from datetime import timedelta

import pytest

from incidentd.domain.people import Team
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.wire import duty as wire_duty
from incidentd.wire import modes as wire_modes

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
APPLY = wire_modes.ApplyModePlan


@pytest.fixture
def team(daemon):
    names = ("ada", "lin", "sam", "kim")
    daemon.roster = daemon.roster_of(
        [daemon.person(one, "push") for one in names],
        [daemon.policy("default", (300, "ada"))],
        teams={"shop": Team(name="shop", members=names, support_percent=50), "web": Team(name="web", members=names)},
    )
    return daemon


async def test_a_preview_changes_nothing_and_its_plan_is_set_as_a_whole(team):
    shown = await team.core.mode_plans.preview("shop", None, 4, False)
    assert [len(week.support) for week in shown.weeks] == [2, 2, 2, 2]
    assert {(one.before.days, one.after.days) for one in shown.shares} == {(0, 14)}
    assert len(shown.choices) == 8
    assert await team.events() == []
    made = await team.core.mode_plans.apply("shop", APPLY(weeks=4, plan=shown.plan), "lin")
    assert (made.applied, made.plan, made.blocks) == (True, shown.plan, shown.blocks)
    found = await team.core.modes.list("shop", shown.starts_at, shown.ends_at)
    assert {(one.person, one.mode, one.starts_at, one.ends_at) for one in found.blocks} == {
        (one.person, one.mode, one.starts_at, one.ends_at) for one in shown.blocks
    }
    assert {(one.reason, one.by) for one in found.blocks} == {("plan of team shop", "lin")}
    (told,) = await team.events("mode.planned")
    assert (told.subject, told.actor) == ("team:shop", "lin")
    again = await team.core.mode_plans.preview("shop", None, 4, False)
    assert (again.choices, again.blocks) == ((), ())
    assert [week.support for week in again.weeks] == [week.support for week in shown.weeks]


async def test_another_plan_than_the_one_that_was_shown_is_refused(team):
    shown = await team.core.mode_plans.preview("shop", None, 4, False)
    away = wire_duty.SetAbsence(person="ada", starts_at=shown.starts_at, ends_at=shown.starts_at + WEEK)
    await team.core.duty.set_absence(away, "ada")
    with pytest.raises(Conflict) as refused:
        await team.core.mode_plans.apply("shop", APPLY(weeks=4, plan=shown.plan), "lin")
    assert "ada" not in refused.value.current.weeks[0].support
    assert await team.events("mode.set") == []


async def test_planning_anew_cuts_what_has_begun_and_replaces_the_rest(team):
    now = team.clock.now()
    first = wire_modes.SetMode(person="ada", mode="support", days=60)
    for body in (first, wire_modes.SetMode(person="lin", mode="project", starts_at=now + 3 * DAY, days=60)):
        await team.core.modes.set(body, "sam")
    stands = await team.core.mode_plans.preview("shop", None, 4, False)
    assert all("ada" in week.support for week in stands.weeks)
    made = await team.core.mode_plans.apply("shop", APPLY(weeks=4, replace=True), "sam")
    found = await team.core.modes.list("shop", made.starts_at, made.ends_at)
    assert sum(one.person == "lin" for one in found.blocks) > 1
    ada = [one for one in (await team.core.modes.list("shop", None, None)).blocks if one.person == "ada"]
    assert (ada[0].mode, ada[0].ends_at) == ("support", made.starts_at)
    assert ada[-1].ends_at == now + 60 * DAY  # what lies behind the plan stays


@pytest.mark.parametrize(("name", "fault"), [("web", Invalid), ("nope", NotFound)])
async def test_teams_that_cannot_be_planned(team, name, fault):
    with pytest.raises(fault) as refused:
        await team.core.mode_plans.preview(name, None, 4, False)
    assert refused.value.field == "team"
    assert refused.value.remedy


async def test_a_plan_begins_ahead(team):
    with pytest.raises(Invalid) as refused:
        await team.core.mode_plans.preview("shop", team.clock.now() - 2 * DAY, 4, False)
    assert refused.value.field == "starts_at"
