"""incidentd pages about itself: once for what is critical and lasts, until it is over, and never about a page."""

from datetime import timedelta

import pydantic
import pytest

from incidentd.configuration.own_alarms_table import OwnAlarmsTable, own_paging
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.domain.own_paging import OwnPaging, worth_a_page
from incidentd.services.contracts import AlertQuery
from incidentd.services.own_alerts import OwnAlerts

MINUTE = timedelta(minutes=1)
HOUR = 60 * MINUTE
DOWN = OwnAlarm("notifier-down", "notifier push is quarantined")
LATE = OwnAlarm("timers-late", "300 timers are overdue")


async def told(daemon):
    page = await daemon.core.alerts.list(AlertQuery(status="all"))
    return sorted((one.labels["alertname"], one.labels.get("node", ""), one.status) for one in page.alerts)


async def after(daemon, minutes, *alarms):
    daemon.clock.advance(minutes * MINUTE)
    await daemon.core.own_alerts.look(alarms)


@pytest.fixture
def own(daemon):
    found = daemon.core.own_alerts
    found._begun = daemon.clock.now()
    return found


async def test_what_lasts_pages_once_and_ends_with_its_alarm(daemon, own):
    daemon.route(group_wait=timedelta(0))
    await after(daemon, 1, DOWN)
    await after(daemon, 1, DOWN)
    assert await told(daemon) == []
    for _ in range(3):
        await after(daemon, 1, DOWN)
        await daemon.settle()
    assert await told(daemon) == [("IncidentdNotifierDown", own._node, "firing")]
    (page,) = await daemon.pages()
    assert "IncidentdNotifierDown" in page.title
    assert any("A way to people does not work: notifier push" in one.body for _, one in daemon.sender.sent)
    await after(daemon, 1)
    assert await told(daemon) == [("IncidentdNotifierDown", own._node, "resolved")]


@pytest.mark.both_engines
async def test_what_comes_and_goes_before_its_time_pages_nobody_and_nodes_share_what_both_see(daemon, own):
    await after(daemon, 1, DOWN)
    await after(daemon, 1)
    await after(daemon, 1, DOWN, LATE)
    await after(daemon, 2, LATE)
    assert await told(daemon) == [("IncidentdTimersLate", "", "firing")]
    other = OwnAlerts(daemon.store, daemon.core.intake, "other")
    other._begun = daemon.clock.now() - HOUR
    await other.look([LATE])
    assert len(await told(daemon)) == 1
    await after(daemon, 5, LATE, DOWN)
    await after(daemon, 5, LATE, DOWN)
    await other.look([LATE])  # it does not see the notifier of the first, and leaves its alert alone
    assert [status for *_, status in await told(daemon)] == ["firing", "firing"]


async def test_a_restart_ends_nothing_that_it_has_not_looked_at_yet(daemon, own):
    for _ in range(2):
        await after(daemon, 3, DOWN)
    fresh = OwnAlerts(daemon.store, daemon.core.intake, own._node)
    fresh._begun = daemon.clock.now()
    await fresh.look(())
    assert (await told(daemon))[0][2] == "firing"
    daemon.clock.advance(3 * MINUTE)
    await fresh.look(())
    assert (await told(daemon))[0][2] == "resolved"


def test_only_what_is_worth_it_pages_and_only_if_it_is_wanted():
    unreached = OwnAlarm("page-unreached", "P-1 NEEDS SOMEBODY")
    assert worth_a_page([unreached, DOWN, DOWN], OwnPaging()) == {"notifier-down": [DOWN.text, DOWN.text]}
    assert worth_a_page([DOWN, LATE], OwnPaging(quiet=frozenset({"notifier-down"}))) == {"timers-late": [LATE.text]}
    assert worth_a_page([DOWN], OwnPaging(page=False)) == {}


def test_the_table_names_codes_that_there_are():
    read = own_paging(OwnAlarmsTable(quiet=("timers-late",), after="5m"))
    assert (read.quiet, read.after) == (frozenset({"timers-late"}), 5 * MINUTE)
    with pytest.raises(pydantic.ValidationError, match='did you mean "timers-late"'):
        OwnAlarmsTable(quiet=("timer-late",))
