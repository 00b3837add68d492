"""Silences through the services, on both engines, with the clock moved from one due act to the next."""

from datetime import timedelta

import pytest

from incidentd.domain.inhibition import InhibitRule
from incidentd.domain.matchers import parse_matcher
from incidentd.domain.process import Process
from incidentd.domain.routing import Route
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.wire import silences as wire_silences

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def silence(daemon, *matchers, lasts=HOUR, actor="ada", **more):
    body = wire_silences.SetSilence(
        matchers=matchers or ("alertname=disk",), ends_at=daemon.clock.now() + lasts, comment="planned work", **more
    )
    return await daemon.core.silences.set(body, actor)


def inhibit(daemon, source, target, *equal):
    rule = InhibitRule(source=(parse_matcher(source),), target=(parse_matcher(target),), equal=equal)
    daemon.process = Process(version="test", route=Route(id="root", group_by=("service",)), inhibit=(rule,))


# ------------------------------------------------------------------ what is told
async def test_a_silenced_alert_pages_nobody_and_the_trace_says_why(daemon):
    one = await silence(daemon)
    await daemon.fire()
    await daemon.advance(30 * MINUTE)
    assert daemon.sender.sent == []
    assert (await daemon.alert()).silenced_by == (one.id,)
    until = one.ends_at.strftime("%Y-%m-%dT%H:%M:%S")
    assert (await daemon.verdict()).startswith(
        f"Nobody was paged: silenced by {one.name} (planned work, by ada until {until}"
    )
    assert len(await daemon.events("alert.silenced")) == 1


async def test_when_the_silence_ends_the_alert_is_told_after_group_wait(daemon):
    await silence(daemon)
    await daemon.fire()
    await daemon.advance(HOUR)
    assert daemon.sender.sent == []
    assert (await daemon.alert()).silenced_by == ()
    await daemon.advance(29)
    assert daemon.sender.sent == []
    await daemon.advance(1)
    assert daemon.sender.told() == [("ada", "push")]
    kinds = [event.kind for event in await daemon.events("silence.created", "silence.ended", "alert.unsilenced")]
    assert kinds == ["silence.created", "silence.ended", "alert.unsilenced"]


async def test_expired_by_hand_the_alert_is_told(daemon):
    one = await silence(daemon)
    await daemon.fire()
    await daemon.advance(10 * MINUTE)
    await daemon.core.silences.expire(one.id, "lin")
    await daemon.advance(30)
    assert daemon.sender.told() == [("ada", "push")]
    with pytest.raises(Conflict):
        await daemon.core.silences.expire(one.id, "lin")


async def test_a_silence_set_during_group_wait_counts(daemon):
    await daemon.fire()
    await daemon.advance(20)
    await silence(daemon)
    await daemon.advance(10 * MINUTE)
    assert daemon.sender.sent == []


async def test_only_what_is_not_silenced_is_named(daemon):
    daemon.route(group_by=("service",))
    await silence(daemon)
    await daemon.fire()
    await daemon.fire("cpu")
    await daemon.advance(30)
    (_, message), *_ = daemon.sender.sent
    assert "cpu" in message.title
    assert "disk" not in message.title + message.body
    await daemon.core.pages.acknowledge(1, "ada")
    await daemon.advance(HOUR + 10 * MINUTE)
    bodies = [one.body for _, one in daemon.sender.sent if one.kind == "update"]
    assert any("disk" in body for body in bodies)


async def test_an_open_page_stays_as_it_is_and_no_update_is_sent(daemon):
    await daemon.fire()
    await daemon.advance(31)
    await daemon.core.pages.acknowledge(1, "ada")
    await silence(daemon, lasts=12 * HOUR)
    await daemon.advance(9 * HOUR)
    assert (await daemon.page()).state == "acknowledged"
    assert daemon.sender.told("update") == []
    await daemon.resolve()
    await daemon.settle()
    assert (await daemon.page()).state == "resolved"


async def test_updates_go_on_after_the_silence(daemon):
    await daemon.fire()
    await daemon.advance(31)
    await daemon.core.pages.acknowledge(1, "ada")
    await silence(daemon, lasts=5 * HOUR)
    await daemon.advance(4 * HOUR + 30 * MINUTE)
    assert [one.title for _, one in daemon.sender.sent if one.kind == "update"] == [
        f"Silence S-{(await daemon.alert()).silenced_by[0][:8]} ends at 2026-03-02 14:00 UTC"
    ]
    await daemon.advance(HOUR)
    assert len(daemon.sender.told("update")) == 2


async def test_a_pending_silence_starts_in_time(daemon):
    one = await silence(daemon, lasts=3 * HOUR, starts_at=daemon.clock.now() + HOUR)
    assert one.status == "pending"
    await daemon.advance(HOUR + MINUTE)
    await daemon.fire()
    await daemon.advance(10 * MINUTE)
    assert daemon.sender.sent == []
    assert len(await daemon.events("silence.started")) == 1
    assert (await daemon.core.silences.get(one.id)).status == "active"


async def test_a_restart_changes_nothing(daemon):
    await silence(daemon)
    await daemon.fire()
    await daemon.advance(10)
    await daemon.restart()
    await daemon.advance(10 * MINUTE)
    assert daemon.sender.sent == []
    daemon.clock.advance(HOUR)
    await daemon.restart()
    await daemon.advance(MINUTE)
    assert daemon.sender.told() == [("ada", "push")]
    assert len(await daemon.events("alert.silenced")) == 1


async def test_an_alert_that_ends_and_fires_again_is_silenced_anew(daemon):
    await silence(daemon)
    for _ in range(2):
        await daemon.fire()
        await daemon.advance(MINUTE)
        await daemon.resolve()
        await daemon.advance(MINUTE)
    assert daemon.sender.sent == []
    assert len(await daemon.events("alert.silenced")) == 2
    assert "silenced by" in await daemon.verdict()
    assert [kind for kind, _ in await daemon.armed()] == ["silence.end"]


# ------------------------------------------------------------------ the owner
async def test_the_owner_is_reminded_when_alerts_still_fire_under_it(daemon):
    await silence(daemon, lasts=3 * HOUR)
    await daemon.fire()
    await daemon.advance(2 * HOUR - MINUTE)
    assert daemon.sender.sent == []
    await daemon.advance(MINUTE)
    ((_, message),) = daemon.sender.sent
    assert (message.recipient, message.kind) == ("ada", "update")
    assert message.title.startswith("Silence S-")
    assert "Alerts that fire under it: 1." in message.body


async def test_nobody_is_reminded_of_a_silence_over_nothing(daemon):
    await silence(daemon, lasts=3 * HOUR)
    await daemon.advance(4 * HOUR)
    assert daemon.sender.sent == []
    assert await daemon.events("silence.ends_soon") == []


async def test_a_long_silence_is_brought_to_mind_after_a_day(daemon):
    await silence(daemon, lasts=72 * HOUR)
    await daemon.advance(24 * HOUR)
    assert [one.title.partition(" is ")[2] for _, one in daemon.sender.sent] == ["on since a day"]


async def test_an_owner_outside_the_roster_leaves_an_event_only(daemon):
    await silence(daemon, lasts=72 * HOUR, actor="uid:1000")
    await daemon.advance(24 * HOUR)
    assert daemon.sender.sent == []
    (event,) = await daemon.events("silence.lasts_long")
    assert event.data["written_to"] == ""


# ------------------------------------------------------------------ set, change, list
async def test_a_longer_end_keeps_the_id_and_moves_the_timer(daemon):
    one = await silence(daemon)
    await daemon.fire()
    await daemon.advance(10 * MINUTE)
    longer = await silence(daemon, lasts=2 * HOUR, id=one.id)
    assert (longer.id, longer.starts_at) == (one.id, one.starts_at)
    await daemon.advance(HOUR + 30 * MINUTE)
    assert daemon.sender.told() == []
    assert (await daemon.alert()).silenced_by == (one.id,)


async def test_other_matchers_end_the_silence_and_make_another(daemon):
    one = await silence(daemon)
    await daemon.fire()
    await daemon.advance(10 * MINUTE)
    other = await silence(daemon, "alertname=cpu", id=one.id)
    assert other.id != one.id
    assert (await daemon.core.silences.get(one.id)).status == "expired"
    (event,) = await daemon.events("silence.expired")
    assert event.data["replaced_by"] == other.id
    await daemon.advance(MINUTE)
    assert daemon.sender.told() == [("ada", "push")]


async def test_lists_by_state(daemon):
    active = await silence(daemon)
    pending = await silence(daemon, lasts=3 * HOUR, starts_at=daemon.clock.now() + HOUR)
    over = await silence(daemon)
    await daemon.core.silences.expire(over.id, "ada")

    async def ids(state):
        return [one.id for one in (await daemon.core.silences.list(state)).silences]

    assert await ids("current") == [active.id, pending.id]
    assert await ids("expired") == [over.id]
    assert set(await ids("all")) == {active.id, pending.id, over.id}
    await daemon.advance(timedelta(days=6))
    assert await ids("all") == []
    with pytest.raises(Invalid):
        await daemon.core.silences.list("gone")


async def test_preview_shows_what_it_would_hide_and_hides_nothing(daemon):
    for key in ("disk", "cpu", "net"):
        await daemon.fire(key)
    await daemon.resolve("net")
    found = await daemon.core.silences.preview(
        wire_silences.PreviewSilence(matchers=("alertname=~disk|net", "service=shop"))
    )
    assert (found.total, [one.name for one in found.alerts]) == (1, ["disk"])
    assert await daemon.events("silence.created") == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"matchers": ("nonsense",)}, "matchers"),
        ({"matchers": ("a=~(",)}, "matchers"),
        ({"matchers": ("a=",)}, "matchers"),
        ({"matchers": ('a="x\0"',)}, "matchers"),
        ({"comment": "nul \0"}, "comment"),
        ({"annotations": {"a": "half \ud800"}}, "annotations"),
        ({"ends_at": -HOUR}, "ends_at"),
        ({"starts_at": 2 * HOUR}, "ends_at"),
    ],
)
async def test_bad_input_is_refused_and_leaves_nothing(daemon, changes, field):
    now = daemon.clock.now()
    at = {name: now + value if isinstance(value, timedelta) else value for name, value in changes.items()}
    body = {"matchers": ("a=b",), "ends_at": now + HOUR, "comment": "x"} | at
    with pytest.raises(Invalid) as error:
        await daemon.core.silences.set(wire_silences.SetSilence(**body), "ada")
    assert error.value.field == field
    assert await daemon.events() == []
    assert await daemon.armed() == []


@pytest.mark.parametrize("silence_id", ["nope", "\0", "ü", "5ace5ace-0000-4000-8000-000000000001"])
async def test_an_unknown_silence(daemon, silence_id):
    with pytest.raises(NotFound):
        await daemon.core.silences.get(silence_id)
    with pytest.raises(NotFound):
        await daemon.core.silences.expire(silence_id, "ada")
    with pytest.raises(NotFound):
        await silence(daemon, id=silence_id)


@pytest.mark.both_engines
async def test_odd_label_values_are_found(daemon):
    for number, value in enumerate(["100%", "a_b", 'say "hi"', "back\\slash", "ümlaut", "a/b", "tab\t"]):
        await daemon.fire(f"odd{number}", labels={"alertname": "odd", "value": value})
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        found = await daemon.core.silences.preview(wire_silences.PreviewSilence(matchers=(f'value="{quoted}"',)))
        assert [one.labels["value"] for one in found.alerts] == [value]


# ------------------------------------------------------------------ inhibition
async def test_a_target_is_not_told_while_its_source_fires(daemon):
    inhibit(daemon, "alertname=down", "alertname=disk", "service")
    await daemon.fire("down")
    await daemon.fire("disk")
    await daemon.advance(10 * MINUTE)
    assert all("disk" not in one.title + one.body for _, one in daemon.sender.sent)
    assert (await daemon.alert("disk")).inhibited
    assert not (await daemon.alert("down")).inhibited
    texts = [step.text for step in (await daemon.trace("disk")).steps]
    assert 'Inhibited by A-1 down (rule {alertname="down"} over {alertname="disk"})' in texts
    assert len(await daemon.events("alert.inhibited")) == 1


@pytest.mark.both_engines
async def test_a_target_is_told_when_its_source_ends(daemon):
    inhibit(daemon, "alertname=down", "alertname=disk", "service")
    await daemon.fire("down")
    await daemon.fire("disk")
    await daemon.advance(MINUTE)
    await daemon.resolve("down")
    await daemon.advance(6 * MINUTE)
    assert any("disk" in one.body for _, one in daemon.sender.sent if one.kind == "update")
    assert len(await daemon.events("alert.uninhibited")) == 1


async def test_a_source_that_is_stored_but_not_routed_inhibits_after_a_restart(daemon):
    inhibit(daemon, "alertname=down", "alertname=disk", "service")
    await daemon.fire("disk")
    await daemon.settle()
    daemon.clock.advance(MINUTE)  # the process is down while the flush comes due
    await daemon.fire("down")
    await daemon.restart()
    await daemon.fire_timers()  # the flush runs before anything is routed
    assert await daemon.pages() == ()
    assert (await daemon.alert("disk")).inhibited


async def test_a_silenced_source_still_inhibits(daemon):
    inhibit(daemon, "alertname=down", "alertname=disk", "service")
    await silence(daemon, "alertname=down", lasts=HOUR)
    await daemon.fire("down")
    await daemon.fire("disk")
    await daemon.advance(30 * MINUTE)
    assert daemon.sender.sent == []
