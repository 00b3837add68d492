"""Groups as callers see them, and everything known about one alert."""

from datetime import timedelta

import pytest

from incidentd.domain.inhibition import InhibitRule
from incidentd.domain.matchers import parse_matcher
from incidentd.domain.process import Process
from incidentd.domain.routing import Route
from incidentd.services.errors import NotFound
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import silences as wire_silences

MINUTE = timedelta(minutes=1)


def labels(name, severity):
    return {"alertname": name, "service": "shop", "severity": severity}


async def test_a_group_counts_what_fires_by_severity_and_names_its_page(daemon):
    daemon.route(group_by=("service",))
    for name, severity in (("disk", "critical"), ("cpu", "warning"), ("net", "warning")):
        await daemon.fire(name, labels=labels(name, severity))
    await daemon.advance(31)
    await daemon.core.pages.acknowledge(1, "ada")
    await daemon.resolve("net", labels=labels("net", "warning"))
    await daemon.settle()
    (group,) = (await daemon.core.groups.list("", 10, "")).groups
    assert (group.firing, group.total, group.severities) == (2, 3, {"critical": 1, "warning": 1})
    assert (group.page_id, group.page_state, group.acknowledged_by) == (1, "acknowledged", "ada")
    assert group.labels == {"service": "shop"}
    assert group.notified_at is not None


@pytest.mark.both_engines
async def test_groups_and_members_come_in_pages(daemon):
    for number in range(5):
        await daemon.fire(f"a{number}")
    await daemon.settle()
    first = await daemon.core.groups.list("", 3, "")
    rest = await daemon.core.groups.list("shop", 3, first.next_cursor)
    assert (len(first.groups), len(rest.groups), first.total, rest.next_cursor) == (3, 2, 5, "")
    assert [one.id for one in (*first.groups, *rest.groups)] == [5, 4, 3, 2, 1]
    daemon.route(group_by=("service",))
    for number in range(5, 9):
        await daemon.fire(f"a{number}")
    await daemon.settle()
    group = (await daemon.core.groups.list("", 1, "")).groups[0]
    first = await daemon.core.groups.members(group.id, 3, "")
    rest = await daemon.core.groups.members(group.id, 3, first.next_cursor)
    assert [one.name for one in (*first.alerts, *rest.alerts)] == ["a5", "a6", "a7", "a8"]
    assert rest.next_cursor == ""


async def test_a_closed_group_is_listed_no_more_and_can_be_looked_at(daemon):
    await daemon.fire()
    await daemon.advance(31)
    await daemon.resolve()
    await daemon.settle()
    assert (await daemon.core.groups.list("", 10, "")).total == 0
    found = await daemon.core.groups.members(1, 10, "")
    assert (found.group.firing, found.group.total, found.group.page_state) == (0, 1, "resolved")
    assert found.group.closed_at is not None
    with pytest.raises(NotFound, match="G-9"):
        await daemon.core.groups.members(9, 10, "")


@pytest.mark.both_engines
async def test_the_detail_holds_the_exact_messages_the_episodes_and_the_incident(daemon):
    await daemon.fire(annotations={"summary": "93% of /var"})
    await daemon.advance(31)
    began = (await daemon.alert()).starts_at
    alert_id = (await daemon.alert()).id
    incident = await daemon.core.incidents.declare(
        wire_incidents.DeclareIncident(title="Down", alert_ids=(alert_id,)), "ada"
    )
    await daemon.resolve()
    await daemon.advance(10 * MINUTE)
    await daemon.fire(annotations={"summary": "94% of /var"})
    await daemon.advance(31)
    await daemon.core.alerts.resolve(alert_id, "lin", None)
    await daemon.settle()
    found = await daemon.core.details.detail(alert_id, "ada")
    assert [(one.number, one.ended_by) for one in found.episodes] == [(2, "lin"), (1, "source")]
    assert found.episodes[1].began_at == began
    assert [page.id for page in found.pages] == [2, 1]
    sent = [one for _, one in reversed(daemon.sender.sent)]
    told = [one for one in found.messages if one.delivery.state == "sent"]
    assert [one.delivery.title for one in told] == [one.title for one in sent]
    assert all(given.body.startswith(kept.body) for given, kept in zip(sent, told, strict=True))
    assert all(one.reason for one in found.messages)
    assert [(one.id, one.title) for one in found.incidents] == [(incident.id, "Down")]
    assert found.trace.alert.id == alert_id
    with pytest.raises(NotFound):
        await daemon.core.details.detail(99, "ada")


async def test_the_detail_says_what_hides_it(daemon):
    rule = InhibitRule(source=(parse_matcher("alertname=switch"),), target=(parse_matcher("alertname=disk"),), equal=())
    daemon.process = Process(version="test", route=Route(id="root"), inhibit=(rule,))
    await daemon.fire("switch")
    await daemon.fire()
    body = wire_silences.SetSilence(
        matchers=("alertname=disk",), ends_at=daemon.clock.now() + 60 * MINUTE, comment="planned"
    )
    silence = await daemon.core.silences.set(body, "lin")
    await daemon.settle()
    found = await daemon.core.details.detail((await daemon.alert()).id, "ada")
    assert sorted((one.kind, one.name) for one in found.trace.alert.hidden_by) == [
        ("inhibition", "A-1"),
        ("silence", silence.name),
    ]
