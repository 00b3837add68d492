"""Incidents on both engines: each change is one commit of rows and events, shown with its open violations."""

import asyncio
from datetime import timedelta

import pytest

from incidentd import wire
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.wire import incidents as wire_incidents


def rules(incident: wire.Incident) -> set[str]:
    return {one.rule for one in incident.violations}


@pytest.fixture
def declare(service):
    async def do(title="Payments fail", **values):
        return await service.declare(wire_incidents.DeclareIncident(title=title, **values), "ada")

    return do


@pytest.fixture
def status(service):
    async def do(incident_id, to, **values):
        return await service.change_status(incident_id, wire_incidents.ChangeStatus(to=to, **values), "ada", None)

    return do


@pytest.fixture
def role(service):
    async def do(incident_id, name, person, **values):
        return await service.assign_role(
            incident_id, wire_incidents.AssignRole(role=name, person=person, **values), "ada", None
        )

    return do


# ------------------------------------------------------------------ declaring
async def test_declared_from_alerts(service, declare, raise_alert, events_of, clock):
    first = await raise_alert("CheckoutErrors")
    began = clock.now()
    clock.advance(120)
    second = await raise_alert("QueueDepth")
    shown = await declare(severity=Severity.SEV2, alert_ids=(second, first))
    assert (shown.status, shown.severity, shown.version, shown.episode) == ("active", "SEV2", 1, 1)
    assert shown.alert_ids == (first, second)
    assert shown.started_at == began
    assert shown.next_update_at == clock.now() + timedelta(minutes=15)
    assert shown.process_version == "built-in"
    assert rules(shown) == {"no-mitigation-lead", "no-communications-lead"}  # from its first instant
    assert (await service.get(shown.id)).incident == shown
    (event,) = await events_of(f"incident:{shown.id}")
    assert (event.kind, event.actor, event.data["alert_ids"]) == ("incident.declared", "ada", [first, second])
    assert [one.kind for one in await events_of(f"alert:{first}", "incident.alert_linked")]


async def test_an_unknown_alert_is_named_and_nothing_is_stored(service, declare, events_of):
    with pytest.raises(Invalid) as error:
        await declare(alert_ids=(99,))
    assert error.value.field == "alert_ids"
    assert "A-99" in error.value.message
    assert (await service.list("all", "", 10, "")).total == 0


async def test_a_suspected_incident_owes_no_update_and_no_roles(service, declare, clock, status):
    shown = await declare(suspected=True, severity=Severity.SEV1)
    clock.advance(3600)
    shown = (await service.get(shown.id)).incident
    assert (shown.status, shown.next_update_at, shown.violations) == ("suspected", None, ())
    shown = await status(shown.id, "active")
    assert shown.next_update_at == clock.now() + timedelta(minutes=10)
    assert shown.episode == 1


async def test_a_start_in_the_future_is_refused_by_name(declare, clock):
    with pytest.raises(Invalid) as error:
        await declare(started_at=clock.now() + timedelta(hours=1))
    assert error.value.field == "started_at"


# ------------------------------------------------------------------ status
async def test_from_declared_to_closed(service, declare, status, role, fire_timers, clock):
    shown = await declare(severity=Severity.SEV3)
    await role(shown.id, "mitigation_lead", "ada")
    clock.advance(300)
    shown = await status(shown.id, "mitigated", evidence="graph")
    clock.advance(300)
    shown = await status(shown.id, "resolved", evidence="graph")
    resolved_at = clock.now()
    assert (shown.status, shown.resolved_at, shown.violations) == ("resolved", resolved_at, ())
    assert shown.review_opens_at == resolved_at
    assert await fire_timers() == 0
    clock.advance(timedelta(minutes=15))
    assert await fire_timers()
    assert (await service.get(shown.id)).incident.status == "review_ready"
    for to in ("in_review", "learning", "closed"):
        shown = await status(shown.id, to)
        assert shown.status == to
    assert shown.closed_at == clock.now()
    shown = await status(shown.id, "learning")
    assert (shown.status, shown.closed_at) == ("learning", None)


async def test_a_severe_incident_cools_down_before_its_review(service, declare, status, fire_timers, clock):
    shown = await declare(severity=Severity.SEV1)
    shown = await status(shown.id, "resolved", evidence="graph")
    clock.advance(timedelta(minutes=16))
    await fire_timers()
    shown = (await service.get(shown.id)).incident
    assert shown.status == "cooling"
    assert "review_ready" not in shown.allowed
    with pytest.raises(Refused) as no:
        await status(shown.id, "review_ready")
    assert no.value.remedy
    clock.advance(timedelta(hours=24))
    await fire_timers()
    shown = (await service.get(shown.id)).incident
    assert shown.status == "review_ready"
    clock.advance(timedelta(days=8))
    assert await fire_timers()
    shown = (await service.get(shown.id)).incident
    assert "review-overdue" in rules(shown)
    assert (await service.timeline(shown.id)).entries[-1].kind == "overdue"


async def test_a_night_spent_on_it_moves_the_review(service, declare, status, clock):
    shown = await declare(severity=Severity.SEV2)
    clock.advance(timedelta(hours=6))  # 15:00 UTC, midnight in Tokyo
    await service.add_note(shown.id, wire_incidents.AddNote(text="it is the cache"), "lin")
    shown = await status(shown.id, "resolved", evidence="graph")
    assert shown.review_opens_at == clock.now() + timedelta(hours=48)


async def test_a_broken_rule_never_blocks_and_stays_shown(service, declare, status, clock):
    shown = await declare()
    shown = await status(shown.id, "resolved", at=clock.now() - timedelta(minutes=5))
    assert shown.status == "resolved"
    assert {"skipped-status", "evidence", "time-order"} <= rules(shown)
    assert {"skipped-status", "evidence"} <= rules((await service.get(shown.id)).incident)
    entry = (await service.timeline(shown.id)).entries[0]
    assert "rule broken" in entry.detail


async def test_evidence_may_follow(service, declare, status):
    shown = await declare()
    shown = await status(shown.id, "mitigated")
    assert "evidence" in rules(shown)
    await service.add_note(shown.id, wire_incidents.AddNote(text="errors are gone", evidence="https://graphs/1"), "lin")
    assert "evidence" not in rules((await service.get(shown.id)).incident)


async def test_reopened_as_a_new_episode(service, declare, status, fire_timers, clock):
    shown = await declare(severity=Severity.SEV1)
    await status(shown.id, "resolved")
    clock.advance(timedelta(minutes=20))
    await fire_timers()
    shown = await status(shown.id, "active", reason="errors are back")
    assert (shown.episode, shown.resolved_at, shown.review_opens_at) == (2, None, None)
    assert "skipped-status" not in rules(shown)
    assert shown.next_update_at == clock.now() + timedelta(minutes=10)
    clock.advance(timedelta(hours=30))
    await fire_timers()
    assert (await service.get(shown.id)).incident.status == "active"  # the former cool-down is forgotten
    shown = await status(shown.id, "resolved", evidence="graph")
    assert shown.review_opens_at >= clock.now() + timedelta(hours=24)


async def test_what_makes_no_sense_names_what_does(declare, status):
    shown = await declare(suspected=True)
    with pytest.raises(Invalid) as error:
        await status(shown.id, "closed")
    assert error.value.field == "to"
    assert "active" in error.value.remedy
    with pytest.raises(Invalid) as error:
        await status(shown.id, "fixed")
    assert "false_alarm" in error.value.remedy


async def test_the_same_status_twice_is_a_conflict_with_the_present_state(declare, status):
    shown = await declare()
    await status(shown.id, "mitigated", evidence="x")
    with pytest.raises(Conflict) as error:
        await status(shown.id, "mitigated", evidence="x")
    assert isinstance(error.value.current, wire.Incident)
    assert error.value.current.status == "mitigated"


async def test_a_low_severity_is_closed_by_a_waiver(declare, status):
    shown = await declare(severity=Severity.SEV5)
    shown = await status(shown.id, "resolved", evidence="x")
    assert "closed" in shown.allowed
    with pytest.raises(Refused):
        await status(shown.id, "closed")
    assert (await status(shown.id, "closed", reason="a typo")).status == "closed"


async def test_a_false_alarm_after_confirmed_impact_is_shown(service, declare, status):
    shown = await declare()
    await service.post_update(shown.id, wire_incidents.PostUpdate(text="It is the cache", phase="identified"), "ada")
    shown = await status(shown.id, "false_alarm")
    assert shown.status == "false_alarm"
    assert "confirmed-impact" in rules(shown)


# ------------------------------------------------------------------ merging
async def test_a_merge_takes_the_alerts_along_and_is_undone(service, declare, status, raise_alert):
    one, two = await raise_alert("A"), await raise_alert("B")
    target = await declare("Checkout down", alert_ids=(one,))
    other = await declare("Cards refused", alert_ids=(one, two))
    merged = await status(other.id, "merged", merged_into=target.id)
    assert (merged.status, merged.merged_into, merged.allowed) == ("merged", target.id, ("active",))
    taken = (await service.get(target.id)).incident
    assert taken.alert_ids == (one, two)
    assert taken.version == target.version + 1
    back = await status(other.id, "active")
    assert (back.status, back.merged_into, back.episode) == ("active", None, 1)
    assert back.next_update_at is not None
    assert (await service.get(target.id)).incident.alert_ids == (one,)
    texts = [entry.text for entry in (await service.timeline(target.id)).entries]
    assert f"INC-{other.id} was merged into this" in texts
    assert f"The merge of INC-{other.id} was undone" in texts


@pytest.mark.parametrize("which", ["none", "itself", "unknown", "merged"])
async def test_a_merge_needs_a_good_target(declare, status, which):
    first, second, third = await declare("a"), await declare("b"), await declare("c")
    await status(second.id, "merged", merged_into=third.id)
    target = {"none": None, "itself": first.id, "unknown": 999, "merged": second.id}[which]
    with pytest.raises(Invalid) as error:
        await status(first.id, "merged", merged_into=target)
    assert error.value.field == "merged_into"
    if which == "merged":
        assert f"INC-{third.id}" in error.value.remedy


# ------------------------------------------------------------------ severity
async def test_raising_a_severity_brings_the_next_update_forward(service, declare, clock):
    shown = await declare(severity=Severity.SEV3)
    clock.advance(60)
    shown = await service.set_severity(
        shown.id, wire_incidents.SetSeverity(severity=Severity.SEV1), "lin", shown.version
    )
    assert shown.next_update_at == clock.now() + timedelta(minutes=10)
    assert (shown.severity, shown.version) == ("SEV1", 2)
    assert {"no-mitigation-lead"} <= rules(shown)


async def test_lowering_a_severity_without_a_reason_is_shown_until_it_is_given(service, declare):
    shown = await declare(severity=Severity.SEV1)
    shown = await service.set_severity(shown.id, wire_incidents.SetSeverity(severity=Severity.SEV2), "ada", None)
    assert "severity-reason" in rules(shown)
    again = wire_incidents.SetSeverity(severity=Severity.SEV3, reason="one region only")
    shown = await service.set_severity(shown.id, again, "ada", None)
    assert "severity-reason" not in rules(shown)


async def test_a_new_severity_after_the_resolve_moves_the_review(service, declare, status):
    shown = await declare(severity=Severity.SEV3)
    shown = await status(shown.id, "resolved", evidence="x")
    shown = await service.set_severity(shown.id, wire_incidents.SetSeverity(severity=Severity.SEV1), "ada", None)
    assert shown.review_opens_at == shown.resolved_at + timedelta(hours=24)


# ------------------------------------------------------------------ roles
async def test_a_new_lead_ends_the_formers_range(service, declare, role, clock):
    shown = await declare()
    await role(shown.id, "mitigation_lead", "ada")
    clock.advance(600)
    shown = await role(shown.id, "mitigation_lead", "lin")
    assert [one.person for one in shown.roles] == ["lin"]
    found = await service.get(shown.id)
    assert [(one.person, one.ends_at) for one in found.roles] == [("ada", clock.now()), ("lin", None)]
    assert (await service.timeline(shown.id)).entries[-1].detail == "takes over from ada"


async def test_many_people_respond(declare, role):
    shown = await declare()
    await role(shown.id, "responder", "ada")
    shown = await role(shown.id, "responder", "lin")
    assert [one.person for one in shown.roles] == ["ada", "lin"]
    version = shown.version
    assert (await role(shown.id, "responder", "lin")).version == version  # it is so already
    assert (await role(shown.id, "responder", "")).roles == ()


async def test_one_person_in_both_leads_is_shown_and_measured(service, declare, role, clock):
    shown = await declare(severity=Severity.SEV1)
    await role(shown.id, "mitigation_lead", "ada")
    shown = await role(shown.id, "communications_lead", "ada")
    clock.advance(300)
    shown = (await service.get(shown.id)).incident
    assert "role-separation" in rules(shown)
    shown = await role(shown.id, "communications_lead", "lin")
    clock.advance(300)
    found = await service.get(shown.id)
    assert "role-separation" not in rules(found.incident)
    assert found.role_gap_minutes == {"mitigation_lead": 0, "communications_lead": 0, "separation": 5}


async def test_many_stakeholders_want_two_leads(service, declare, role, clock):
    shown = await declare(severity=Severity.SEV4)
    await role(shown.id, "mitigation_lead", "ada")
    clock.advance(60)
    assert "no-communications-lead" not in rules((await service.get(shown.id)).incident)
    await service.edit(shown.id, wire_incidents.EditIncident(many_stakeholders=True), "ada", None)
    clock.advance(60)
    assert "no-communications-lead" in rules((await service.get(shown.id)).incident)


@pytest.mark.parametrize(("name", "person", "field"), [("lead", "ada", "role"), ("scribe", "linn", "person")])
async def test_unknown_roles_and_people_are_named(declare, role, name, person, field):
    shown = await declare()
    with pytest.raises(Invalid) as error:
        await role(shown.id, name, person)
    assert error.value.field == field
    assert person != "linn" or "did you mean lin?" in error.value.message


async def test_an_operating_system_user_stands_for_the_person(declare, role):
    shown = await declare()
    assert (await role(shown.id, "scribe", "al")).roles[0].person == "ada"


async def test_a_stranger_may_take_a_role_themselves(service, declare):
    shown = await declare()
    body = wire_incidents.AssignRole(role="mitigation_lead", person="uid:1000")
    shown = await service.assign_role(shown.id, body, "uid:1000", None)
    assert shown.roles[0].person == "uid:1000"


# ------------------------------------------------------------------ updates
async def test_an_update_promises_the_next_one(service, declare, clock):
    shown = await declare(severity=Severity.SEV2)
    update = await service.post_update(
        shown.id, wire_incidents.PostUpdate(text="Cards fail", phase="identified"), "lin"
    )
    assert update.next_at == clock.now() + timedelta(minutes=30)
    body = wire_incidents.PostUpdate(text="EU only", phase="identified", audience="customers", next_in=90)
    update = await service.post_update(shown.id, body, "lin")
    assert update.next_at == clock.now() + timedelta(seconds=90)
    found = await service.get(shown.id)
    assert found.incident.next_update_at == update.next_at
    assert [one.text for one in found.updates] == ["Cards fail", "EU only"]


async def test_a_missed_promise_is_told_once(service, declare, fire_timers, clock, events_of):
    shown = await declare(severity=Severity.SEV1)
    clock.advance(timedelta(minutes=11))
    assert await fire_timers()
    assert "update-overdue" in rules((await service.get(shown.id)).incident)
    await service.add_note(shown.id, wire_incidents.AddNote(text="still at it"), "ada")
    assert await fire_timers() == 0
    assert len(await events_of(f"incident:{shown.id}", "incident.update_overdue")) == 1
    await service.post_update(shown.id, wire_incidents.PostUpdate(text="Cards fail", phase="investigating"), "ada")
    assert "update-overdue" not in rules((await service.get(shown.id)).incident)
    clock.advance(timedelta(minutes=11))
    assert await fire_timers()
    assert len(await events_of(f"incident:{shown.id}", "incident.update_overdue")) == 2


async def test_no_promise_while_people_respond_is_shown(service, declare):
    shown = await declare()
    body = wire_incidents.PostUpdate(text="We know", phase="identified", final=True)
    assert (await service.post_update(shown.id, body, "ada")).next_at is None
    assert "update-promise" in rules((await service.get(shown.id)).incident)


async def test_the_last_word_ends_the_promise(service, declare, status, clock):
    shown = await declare()
    shown = await status(shown.id, "resolved", evidence="x")
    assert shown.next_update_at is not None  # people still wait for the last word
    await service.post_update(shown.id, wire_incidents.PostUpdate(text="Over", phase="resolved"), "ada")
    clock.advance(timedelta(days=1))
    shown = (await service.get(shown.id)).incident
    assert shown.next_update_at is None
    assert not {"update-overdue", "update-promise"} & rules(shown)


@pytest.mark.parametrize(("phase", "more", "field"), [("done", {}, "phase"), ("resolved", {"next_in": 5}, "next_in")])
async def test_an_update_that_contradicts_itself(service, declare, phase, more, field):
    shown = await declare()
    body = wire_incidents.PostUpdate(text="x", phase=phase, final=True, **more)
    with pytest.raises(Invalid) as error:
        await service.post_update(shown.id, body, "ada")
    assert error.value.field == field


# ------------------------------------------------------------------ timeline, notes, links, edits
async def test_a_note_goes_where_it_was_seen(service, declare, clock):
    shown = await declare()
    before = clock.now() - timedelta(minutes=30)
    body = wire_incidents.AddNote(
        text="a deploy", kind="observation", observed_at=before, evidence="https://ci/7", pinned=True
    )
    entry = await service.add_note(shown.id, body, "lin")
    assert (entry.observed_at, entry.recorded_at, entry.by) == (before, clock.now(), "lin")
    assert (entry.kind, entry.text, entry.evidence, entry.pinned) == ("observation", "a deploy", "https://ci/7", True)
    shown_entries = (await service.timeline(shown.id)).entries
    assert [one.kind for one in shown_entries] == ["observation", "status"]
    assert shown_entries[0] == entry


async def test_a_note_from_the_future_or_of_no_kind_is_refused(service, declare, clock):
    shown = await declare()
    with pytest.raises(Invalid) as error:
        await service.add_note(
            shown.id, wire_incidents.AddNote(text="x", observed_at=clock.now() + timedelta(days=1)), "ada"
        )
    assert error.value.field == "observed_at"
    with pytest.raises(Invalid) as error:
        await service.add_note(shown.id, wire_incidents.AddNote(text="x", kind="rumour"), "ada")
    assert error.value.field == "kind"


async def test_alerts_are_linked_once_and_unlinked(service, declare, raise_alert):
    shown = await declare()
    alert = await raise_alert("DiskFull")
    shown = await service.link_alerts(shown.id, (alert, alert), "ada")
    version = shown.version
    assert shown.alert_ids == (alert,)
    assert (await service.link_alerts(shown.id, (alert,), "ada")).version == version
    texts = [entry.text for entry in (await service.timeline(shown.id)).entries]
    assert "Linked DiskFull" in texts
    assert (await service.unlink_alert(shown.id, alert, "ada")).alert_ids == ()
    with pytest.raises(NotFound):
        await service.unlink_alert(shown.id, alert, "ada")
    with pytest.raises(Invalid):
        await service.link_alerts(shown.id, (12345,), "ada")


async def test_an_edit_says_what_it_changed(service, declare, events_of):
    shown = await declare()
    body = wire_incidents.EditIncident(title="Cards fail", summary="")
    shown = await service.edit(shown.id, body, "lin", shown.version)
    assert (shown.title, shown.version) == ("Cards fail", 2)
    (event,) = await events_of(f"incident:{shown.id}", "incident.edited")
    assert event.data == {"changes": {"title": {"from": "Payments fail", "to": "Cards fail"}}}
    assert (await service.edit(shown.id, body, "lin", 2)).version == 2


# ------------------------------------------------------------------ lists, versions, concurrency
async def test_lists_by_state_text_and_cursor(service, declare, status):
    first = await declare("Payments: 100% fail", service="checkout")
    second = await declare("Search is slow")
    third = await declare("Login loops")
    await status(second.id, "false_alarm")
    page = await service.list("open", "", 1, "")
    assert ([one.id for one in page.incidents], page.total) == ([third.id], 2)
    page = await service.list("open", "", 1, page.next_cursor)
    assert ([one.id for one in page.incidents], page.next_cursor) == ([first.id], "")
    assert [one.id for one in (await service.list("closed", "", 9, "")).incidents] == [second.id]
    for text in ("100% PAYMENTS", "checkout", f"INC-{first.id}"):
        assert [one.id for one in (await service.list("all", text, 9, "")).incidents] == [first.id], text
    assert (await service.list("all", "1_0", 9, "")).total == 0
    with pytest.raises(Invalid):
        await service.list("gone", "", 9, "")


async def test_what_is_not_there(service):
    with pytest.raises(NotFound):
        await service.get(7)
    with pytest.raises(NotFound):
        await service.timeline(7)
    with pytest.raises(NotFound):
        await service.add_note(7, wire_incidents.AddNote(text="x"), "ada")


async def test_an_old_version_is_answered_with_the_present_state(service, declare):
    shown = await declare()
    await service.edit(shown.id, wire_incidents.EditIncident(title="Cards fail"), "lin", shown.version)
    body = wire_incidents.SetSeverity(severity=Severity.SEV1)
    with pytest.raises(Conflict) as error:
        await service.set_severity(shown.id, body, "ada", shown.version)
    assert isinstance(error.value.current, wire.Incident)
    assert error.value.current.title == "Cards fail"
    assert error.value.current.version == 2


async def test_of_two_who_change_one_version_one_wins(service, declare):
    shown = await declare()
    outcomes = await asyncio.gather(
        *(
            service.edit(shown.id, wire_incidents.EditIncident(title=f"by {one}"), one, shown.version)
            for one in ("ada", "lin", "mei")
        ),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "Conflict", "Incident"]


async def test_a_view_inside_the_commit_knows_its_own_events(service, declare, clock):
    """Commands of one batch see what the ones before them did, though the log has no line of it yet."""
    shown = await declare(severity=Severity.SEV3)
    clock.advance(60)
    raised, noted = await asyncio.gather(
        service.set_severity(shown.id, wire_incidents.SetSeverity(severity=Severity.SEV1), "ada", None),
        service.edit(shown.id, wire_incidents.EditIncident(many_stakeholders=True), "ada", None),
    )
    clock.advance(60)
    found = await service.get(shown.id)
    assert found.role_gap_minutes == {"mitigation_lead": 2, "communications_lead": 1, "separation": 0}
    assert {raised.severity, noted.severity} == {"SEV1"}
