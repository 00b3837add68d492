"""What is known of an incident: claims side by side, theories, and what was tried, all of it on the timeline."""

from datetime import timedelta

import pytest

from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.wire import facts
from incidentd.wire import incidents as wire_incidents

MINUTE = timedelta(minutes=1)


async def declare(daemon, **more):
    body = wire_incidents.DeclareIncident(title="Cards fail", severity=Severity.SEV2, **more)
    return await daemon.core.incidents.declare(body, "ada")


async def known(daemon, incident_id=1):
    return await daemon.core.incidents.get(incident_id)


async def said(daemon, kind, incident_id=1):
    found = await daemon.core.incidents.timeline(incident_id)
    return [one.text for one in found.entries if one.kind == kind]


async def false_alarm(daemon, incident_id=1):
    body = wire_incidents.ChangeStatus(to="false_alarm", reason="nothing there")
    changed = await daemon.core.incidents.change_status(incident_id, body, "ada", None)
    return [one.rule for one in changed.violations]


@pytest.mark.both_engines
async def test_claims_stand_side_by_side_and_are_disputed_withdrawn_and_replaced(daemon):
    incident = await declare(daemon)
    impact = daemon.core.impact
    mine = await impact.claim(1, facts.ClaimImpact(affected="cards"), "ada")
    assert (mine.source, mine.starts_at, mine.ends_at, mine.state) == ("ada", incident.started_at, None, "stands")
    early = incident.started_at - 20 * MINUTE
    figure = facts.ImpactFigure(low=20, high=30, unit="%")
    theirs = facts.ClaimImpact(affected="cards in EU", figure=figure, source="graph", starts_at=early)
    other = await impact.claim(1, theirs, "lin")
    disputed = await impact.judge(1, other.id, facts.JudgeClaim(verdict="disputed", why="US too"), "ada")
    assert (disputed.state, disputed.verdicts[0].why, disputed.figure) == ("disputed", "US too", figure)
    assert (await known(daemon)).claimed_start == early
    ended = facts.ClaimImpact(replaces=other.id, starts_at=incident.started_at, ends_at=incident.started_at)
    newer = await impact.claim(1, ended, "ada")
    assert (newer.affected, newer.figure, newer.source) == ("cards in EU", figure, "graph")
    seen = await known(daemon)
    assert [(one.id, one.state, one.replaced_by) for one in seen.claims] == [
        (mine.id, "stands", None), (other.id, "replaced", newer.id), (newer.id, "stands", None)
    ]  # fmt: skip
    assert seen.claimed_start is None
    with pytest.raises(Conflict, match=f"replaced by claim {newer.id}"):
        await impact.judge(1, other.id, facts.JudgeClaim(verdict="withdrawn"), "ada")
    again = await impact.claim(1, facts.ClaimImpact(replaces=newer.id, ongoing=True), "ada")
    assert again.ends_at is None
    await impact.judge(1, mine.id, facts.JudgeClaim(verdict="withdrawn", why="it was all of it"), "ada")
    assert await said(daemon, "impact") == [
        "Impact: cards, unknown (claim 1)",
        "Impact: cards in EU, 20 to 30 % (claim 2)",
        "Claim 2 is disputed: cards in EU",
        "Impact: cards in EU, 20 to 30 % (claim 3)",
        "Impact: cards in EU, 20 to 30 % (claim 4)",
        "Claim 1 was withdrawn: cards",
    ]


async def test_a_false_alarm_with_a_confirmed_claim_breaks_the_rule(daemon):
    for _ in range(2):
        await declare(daemon)
    impact = daemon.core.impact
    await impact.claim(1, facts.ClaimImpact(affected="cards", suspected=True), "ada")
    doubted = await impact.claim(1, facts.ClaimImpact(affected="checkout"), "ada")
    await impact.judge(1, doubted.id, facts.JudgeClaim(verdict="disputed", why="a test account"), "lin")
    assert "confirmed-impact" not in await false_alarm(daemon, 1)
    await impact.claim(2, facts.ClaimImpact(affected="cards"), "ada")
    assert "confirmed-impact" in await false_alarm(daemon, 2)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "affected"),
        ({"affected": "x", "figure": facts.ImpactFigure(low=9, high=3)}, "figure"),
        ({"affected": "x", "figure": facts.ImpactFigure(high=101, unit="%")}, "figure"),
        ({"affected": "x", "starts_at": 60 * MINUTE}, "starts_at"),
        ({"affected": "x", "ends_at": 60 * MINUTE}, "ends_at"),
        ({"affected": "x", "starts_at": -2 * MINUTE, "ends_at": -3 * MINUTE}, "ends_at"),
        ({"affected": "x", "ends_at": -MINUTE, "ongoing": True}, "ends_at"),
    ],
)
async def test_a_claim_that_cannot_be_names_its_field(daemon, body, field):
    now = (await declare(daemon)).started_at
    given = {name: now + value if isinstance(value, timedelta) else value for name, value in body.items()}
    with pytest.raises(Invalid) as refused:
        await daemon.core.impact.claim(1, facts.ClaimImpact(**given), "ada")
    assert refused.value.field == field
    assert refused.value.remedy
    assert (await known(daemon)).claims == ()


@pytest.mark.both_engines
async def test_what_was_tried_in_incidents_that_resemble_it_is_told_as_facts(daemon):
    for _ in range(7):
        await declare(daemon, service="checkout")
        await daemon.advance(60 * MINUTE)
    mail = wire_incidents.DeclareIncident(title="Mail is late", service="mail")
    await daemon.core.incidents.declare(mail, "ada")
    attempts = daemon.core.attempts
    for number in (1, 2, 3, 4, 5, 6, 8):
        tried = await attempts.attempt(number, facts.Try(text="rollback"), "ada")
    worked = facts.TellOutcome(outcome="worked", evidence="https://graph/1", at=tried.started_at)
    await attempts.tell_outcome(6, tried.id - 1, worked, "lin")
    found = (await attempts.resembling(7)).incidents
    assert [one.id for one in found] == [6, 5, 4, 2, 1]  # not 7 itself, not 3 between newest and oldest, not the mail
    assert found[0].reasons == ("both say cards, fail", "same service (checkout)")
    [past] = found[0].attempts
    assert (past.said, past.after, past.evidence) == (
        "resembles INC-6: rollback, worked after 0 s", 0, "https://graph/1"
    )  # fmt: skip
    assert found[1].attempts[0].said == "resembles INC-5: rollback, outcome unknown"
    merged = wire_incidents.ChangeStatus(to="merged", merged_into=5, reason="the same")
    await daemon.core.incidents.change_status(6, merged, "ada", None)
    assert [one.id for one in (await attempts.resembling(7)).incidents] == [5, 4, 3, 2, 1]


async def test_theories_and_attempts_are_added_to_and_never_changed(daemon):
    await declare(daemon)
    attempts = daemon.core.attempts
    theory = await attempts.theorise(1, facts.Theorise(text="the new release"), "ada")
    await attempts.judge(1, theory.id, facts.JudgeTheory(verdict="for", evidence="https://graph/1"), "lin")
    with pytest.raises(Invalid, match="say why"):
        await attempts.judge(1, theory.id, facts.JudgeTheory(verdict="ruled_out", evidence="https://graph/2"), "lin")
    out = await attempts.judge(1, theory.id, facts.JudgeTheory(verdict="ruled_out", why="it began before"), "lin")
    assert (out.state, [one.word for one in out.verdicts]) == ("ruled_out", ["for", "ruled_out"])
    tried = await attempts.attempt(1, facts.Try(text="rollback", theory_id=theory.id), "ada")
    await daemon.advance(7 * MINUTE)
    worked = await attempts.tell_outcome(1, tried.id, facts.TellOutcome(outcome="worked"), "lin")
    assert (worked.person, worked.outcome) == ("ada", "worked")
    with pytest.raises(Conflict, match="already"):
        await attempts.tell_outcome(1, tried.id, facts.TellOutcome(outcome="worked"), "ada")
    undone = await attempts.tell_outcome(1, tried.id, facts.TellOutcome(outcome="undone", why="it lost data"), "ada")
    assert (undone.outcome, [one.word for one in undone.verdicts]) == ("undone", ["worked", "undone"])
    seen = await known(daemon)
    assert (seen.theories, seen.attempts) == ((out,), (undone,))
    assert await said(daemon, "theory") == [
        "Theory 1: the new release", "Speaks for theory 1: the new release", "Theory 1 is ruled out: the new release"
    ]  # fmt: skip
    assert await said(daemon, "attempt") == [
        "Tried: rollback (attempt 1)",
        "Attempt 1 worked after 7 min: rollback",
        "Attempt 1 was undone after 7 min: rollback",
    ]


@pytest.mark.both_engines
async def test_what_does_not_belong_to_the_incident_is_not_found(daemon):
    for _ in range(2):
        await declare(daemon)
    theory = await daemon.core.attempts.theorise(2, facts.Theorise(text="the new release"), "ada")
    tried = await daemon.core.attempts.attempt(2, facts.Try(text="rollback"), "ada")
    with pytest.raises(NotFound):
        await daemon.core.attempts.judge(1, theory.id, facts.JudgeTheory(verdict="open"), "ada")
    with pytest.raises(NotFound):
        await daemon.core.attempts.tell_outcome(1, tried.id, facts.TellOutcome(outcome="worked"), "ada")
    with pytest.raises(NotFound):
        await daemon.core.impact.judge(1, 1, facts.JudgeClaim(verdict="withdrawn"), "ada")
    with pytest.raises(Invalid) as refused:
        await daemon.core.attempts.attempt(1, facts.Try(text="x", theory_id=theory.id), "ada")
    assert refused.value.field == "theory_id"
    early = facts.TellOutcome(outcome="worked", at=tried.started_at - MINUTE)
    with pytest.raises(Invalid, match="before it was tried"):
        await daemon.core.attempts.tell_outcome(2, tried.id, early, "ada")
