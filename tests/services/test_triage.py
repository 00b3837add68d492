"""Triage: the card is filled in, the reporter asked, priority set, what is alike is found, and a report sent on."""

from datetime import time, timedelta

import msgspec
import pytest

from incidentd.domain.audiences import Audience, Place
from incidentd.domain.canned_replies import CannedReply
from incidentd.domain.people import Layer, Rotation, Schedule, Service, Team
from incidentd.domain.propagation import PropagationRule
from incidentd.domain.support import Support
from incidentd.plugin.support import Received
from incidentd.services import report_receipts
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.services.report_contracts import ReportQuery
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import modes as wire_modes
from incidentd.wire import reports as wire_reports
from incidentd.wire import triage as wire_triage

DAY = timedelta(days=1)
FLAGS = ("Flags do not load", "Our feature flags do not load, the SDK logs 429")
AGAIN = ("429 from /flags", "We see HTTP 429 on the flags endpoint")
BILL = ("Invoice", "My bill is higher than last month")


@pytest.fixture
async def desk(daemon):
    """ada carries the pager on project work; lin is in support, and sam is in no mode."""
    names = ("ada", "lin", "sam")
    rotation = Rotation(people=("ada",), start=daemon.clock.now().date() - DAY, handover=time(0))
    daemon.roster = daemon.roster_of(
        [daemon.person(one, "push") for one in names],
        [daemon.policy("default", (300, "schedule:first"), (300, "lin"), repeat=0)],
        schedules={"first": Schedule(name="first", layers=(Layer(name="all", rotation=rotation),))},
        services={"flags": Service(name="flags", team="shop")},
        teams={"shop": Team(name="shop", members=names)},
    )
    for person, mode in (("ada", "project"), ("lin", "support")):
        await daemon.core.modes.set(wire_modes.SetMode(person=person, mode=mode, days=28), "lin")  # type: ignore[arg-type]
    return daemon


async def report(daemon, words=FLAGS, who="bo", service="flags", **more):
    subject, text = words
    number = next(NUMBERS)
    message = Received(
        id=f"m{number}",
        thread=f"t{number}",
        sender=f"{who}@example.org",
        sender_name=who.title(),
        subject=subject,
        text=text,
        tags={"service": service, **more.pop("tags", {})} if service else more.pop("tags", {}),
        **more,
    )
    return (await daemon.core.support.intake.receive("mail", message)).report_id


async def asking(daemon):
    """The reports that a list says to ask for an incident."""
    page = await daemon.core.support.reports.list(ReportQuery(state="all"))
    return sorted(one.id for one in page.reports if one.nudged)


NUMBERS = iter(range(1, 10_000))


async def act(daemon, what, body, report_id, version=None):
    return await getattr(daemon.core.triage, what)(report_id, body, "lin", version)


async def answer(daemon, report_id, forget=(), **answers):
    given = tuple(wire_triage.Answered(question=name, text=text) for name, text in answers.items())  # type: ignore[arg-type]
    return await act(daemon, "answer", wire_triage.AnswerQuestions(answers=given, forget=forget), report_id)


async def ask(daemon, report_id, **body):
    return await act(daemon, "ask", wire_triage.AskReporter(**body), report_id)


async def said(daemon, report_id):
    """What we wrote, in order."""
    found = await daemon.core.support.reports.get(report_id)
    return [(one.kind, one.text) for one in found.messages if one.direction == "out"]


async def history(daemon, report_id):
    return [one.text for one in (await daemon.core.support.reports.get(report_id)).history]


@pytest.mark.both_engines
async def test_a_card_is_filled_in_and_the_next_question_is_asked_in_one_call(desk):
    number = await report(desk, tags={"version": "2.1"}, answers={"since": "18:05"})
    card = await desk.core.triage.get(number)
    assert (card.completeness, card.next.name, card.waiting_for) == (35, "who", ())
    rows = {row.question: row for row in card.rows}
    assert (rows["contact"].answer, rows["contact"].implied) == ("bo@example.org by mail", True)
    assert (rows["scope"].answer, rows["since"].answer) == ("version 2.1", "18:05")
    shown = card.next.text
    asked = await ask(desk, number)
    assert await said(desk, number) == [("question", shown)]
    assert "Hello Bo," in shown
    assert f"R-{number}" in shown
    assert (asked.report.state, asked.waiting_for, asked.next.name) == ("awaiting_reporter", ("who",), "reproduce")
    filled = await answer(desk, number, who="everybody", reproduce=None)
    assert (filled.completeness, filled.waiting_for) == (72, ())
    assert filled.report.answers == {"since": "18:05", "who": "everybody", "reproduce": None}
    assert (await answer(desk, number, forget=("who",))).completeness == 47
    assert (await history(desk, number))[-2:] == ["who: everybody; reproduce: asked, unknown", "who is open again"]
    own = await ask(desk, number, question="observed", text="A screenshot?")
    assert "A screenshot?" in (await said(desk, number))[-1][1]
    assert own.waiting_for == ("who", "observed")


async def test_a_report_without_a_service_names_those_that_it_may_be_about(desk):
    number = await report(desk, service="")
    assert (await desk.core.triage.get(number)).may_be_about == ("flags",)
    assert (await desk.core.triage.get(await report(desk))).may_be_about == ()


async def test_when_nothing_is_left_to_ask_it_says_what_is_waited_for(desk):
    number = await report(desk)
    for _ in range(6):
        await ask(desk, number)
    with pytest.raises(Conflict, match="the reporter was asked who, reproduce"):
        await ask(desk, number)
    await ask(desk, number, question="who")
    with pytest.raises(NotFound):
        await ask(desk, 99)
    with pytest.raises(Invalid) as refused:
        await answer(desk, number)
    assert refused.value.field == "answers"
    stale = (await desk.core.triage.get(number)).version - 1
    with pytest.raises(Conflict, match="changed meanwhile") as conflict:
        await act(desk, "set_priority", wire_triage.SetPriority(impact="high", urgency="high"), number, stale)
    assert conflict.value.current.version == stale + 1


async def test_a_canned_reply_is_sent_as_it_was_shown_and_never_with_a_hole(desk):
    replies = {**Support().replies, "where": CannedReply(name="where", text="In {region} of {service}?")}
    desk.process = msgspec.structs.replace(desk.process, support=Support(replies=replies))
    number = await report(desk)
    drafts = {one.name: one for one in (await desk.core.triage.get(number)).replies}
    assert (drafts["where"].text, drafts["where"].missing) == ("", ("region",))
    with pytest.raises(Invalid, match="no region") as refused:
        await act(desk, "send_canned", wire_triage.SendCanned(name="where"), number)
    assert refused.value.field == "name"
    with pytest.raises(Invalid, match="no reply 'ask'"):
        await act(desk, "send_canned", wire_triage.SendCanned(name="ask"), number)
    with pytest.raises(Refused):
        await act(desk, "send_canned", wire_triage.SendCanned(name="looking", final=True), number)
    sent = await act(desk, "send_canned", wire_triage.SendCanned(name="looking"), number)
    assert await said(desk, number) == [("reply", drafts["looking"].text)]
    assert sent.report.first_responded_at == desk.clock.now()


@pytest.mark.both_engines
async def test_a_receipt_is_sent_by_itself_once_an_hour_to_an_address_and_stops_no_clock(desk, monkeypatch):
    desk.process = msgspec.structs.replace(desk.process, support=Support(receipts=("mail",)))
    number = await report(desk)
    ((kind, text),) = await said(desk, number)
    assert (kind, f"R-{number}" in text) == ("receipt", True)
    shown = (await desk.core.support.reports.get(number)).report
    assert (shown.state, shown.first_responded_at, shown.unanswered) == ("new", None, True)
    await desk.send_due()
    assert [(one.kind, one.automatic, one.recipient) for _, one in desk.sender.written] == [
        ("receipt", True, "bo@example.org")
    ]
    again = await report(desk, BILL)
    machine = await report(desk, who="cy", automatic=True)
    assert [await said(desk, one) for one in (again, machine)] == [[], []]
    await desk.advance(timedelta(hours=1))
    assert len(await said(desk, await report(desk, BILL))) == 1
    monkeypatch.setattr(report_receipts, "MOST", 3)
    told = [await said(desk, await report(desk, who=f"many{one}")) for one in range(4)]
    assert sum(map(len, told)) == 2, "a flood is not answered with a flood"


@pytest.mark.both_engines
async def test_priority_is_impact_times_urgency_and_no_response_to_the_reporter(desk):
    number = await report(desk)
    card = await act(desk, "set_priority", wire_triage.SetPriority(impact="high", urgency="medium"), number)
    assert (card.report.priority, card.report.impact, card.report.urgency) == ("P2", "high", "medium")
    assert (card.report.state, card.report.first_responded_at, card.completeness) == ("new", None, 10)
    again = await act(desk, "set_priority", wire_triage.SetPriority(impact="high", urgency="medium"), number)
    assert again.version == card.version
    await desk.core.support.reports.acknowledge(number, wire_reports.AcknowledgeReport(), "lin", None)
    card = await act(desk, "set_priority", wire_triage.SetPriority(impact="low", urgency="low"), number)
    assert (card.report.state, card.report.priority) == ("triaging", "P5")
    assert "P5: impact low, urgency low, it was P2" in await history(desk, number)


async def test_reports_that_are_alike_are_found_with_reasons_and_ask_for_an_incident_once_until_they_double(desk):
    first = await report(desk, FLAGS)
    other = await report(desk, BILL, "cy", service="")
    assert await desk.events("report.nudged") == []
    second = await report(desk, AGAIN, "di")
    (nudged,) = await desk.events("report.nudged")
    assert (nudged.subject, nudged.data["reports"]) == (f"report:{second}", [first, second])
    found = await desk.core.triage.similar(first)
    (alike,) = found.similar
    assert (alike.report.id, alike.relation) == (second, "cluster")
    assert "same service (flags)" in alike.reasons
    assert found.nudge.report_ids == (first, second)
    assert await asking(desk) == [first, second]
    assert (await desk.core.triage.similar(other)).similar == ()
    await report(desk, AGAIN, "ed")
    assert await asking(desk) == [first, second, second + 1], "more of them ask too, with no word about it"
    assert len(await desk.events("report.nudged")) == 1
    fourth = await report(desk, FLAGS, "fa")
    assert [one.subject for one in await desk.events("report.nudged")] == [f"report:{second}", f"report:{fourth}"]
    again = await report(desk, FLAGS, "fa")
    assert (await desk.core.triage.similar(again)).similar[0].relation == "duplicate"
    assert any("Declare an incident?" in one for one in await history(desk, second))


@pytest.mark.both_engines
async def test_a_service_that_is_filled_in_later_makes_a_cluster(desk):
    await report(desk, FLAGS)
    second = await report(desk, ("Defaults", "All of our users get default values of flags"), "di", service="")
    assert await desk.events("report.nudged") == []
    await desk.core.support.reports.edit(second, wire_reports.EditReport(service="flags"), "lin", None)
    again = wire_reports.EditReport(subject="Defaults everywhere")
    await desk.core.support.reports.edit(second, again, "lin", None)
    assert [one.subject for one in await desk.events("report.nudged")] == [f"report:{second}"]


async def test_what_led_to_an_incident_asks_for_none(desk):
    first, second = await report(desk, FLAGS), await report(desk, AGAIN, "di")
    incident = await desk.core.incidents.declare(wire_incidents.DeclareIncident(title="flags"), "lin")
    for number in (first, second):
        body = wire_reports.ChangeReport(to="linked", incident_id=incident.id)
        await desk.core.support.reports.change_state(number, body, "lin", None)
    assert (await desk.core.triage.similar(first)).nudge is None
    assert await asking(desk) == []
    assert len((await desk.core.triage.similar(first)).similar) == 1


@pytest.mark.both_engines
async def test_a_report_of_another_customer_looks_again_at_what_was_no_fault(desk):
    first = await report(desk, FLAGS)
    body = wire_reports.ChangeReport(to="no_fault_found", reason="works here")
    await desk.core.support.reports.change_state(first, body, "lin", None)
    second = await report(desk, AGAIN, "di")
    assert (await desk.core.triage.get(first)).report.state == "triaging"
    assert f"R-{second}, of another customer, is like it" in (await history(desk, first))[-1]


# ---------------------------------------------------------------------- sending it on
async def interruptions(daemon):
    found = (await daemon.core.interruptions.list("shop", 28)).interruptions
    return [(one.person, one.reason, one.by) for one in found]


async def propagate(daemon, number, **body):
    return await act(daemon, "propagate", wire_triage.Propagate(**body), number)


async def test_to_reach_somebody_on_project_work_wants_a_reason_which_is_recorded(desk):
    number = await report(desk)
    whither = (await desk.core.triage.get(number)).whither
    assert (whither.people, whither.on_project_work, whither.target) == (("ada",), ("ada",), "policy default")
    with pytest.raises(Invalid, match="ada is on project work") as refused:
        await propagate(desk, number)
    assert refused.value.field == "interruption"
    assert await desk.events("page.started") == []
    card = await propagate(desk, number, interruption="knowledge", note="see the graph")
    assert [(one.state, one.acknowledged_by) for one in card.pages] == [("open", "")]
    assert await interruptions(desk) == [("ada", "knowledge", "lin")]
    assert (card.report.state, card.report.owner) == ("triaging", "lin")
    assert card.report.first_responded_at is not None
    await desk.settle()
    (_, sent) = desk.sender.sent[0]
    assert sent.title == f"R-{number}: Flags do not load"
    assert "see the graph" in sent.body
    assert "429" in sent.body
    with pytest.raises(Conflict, match="was propagated already") as again:
        await propagate(desk, number, interruption="knowledge")
    assert f"P-{card.pages[0].id}" in again.value.remedy


@pytest.mark.both_engines
async def test_a_rule_sends_it_to_whoever_of_a_team_is_in_support_and_says_why(desk):
    rule = PropagationRule(
        name="flags", services=("flags",), tags={"region": "eu*"}, team="shop", audiences=("internal",)
    )
    places = (Place(notifier="chat", address="#status"),)
    internal = Audience(name="internal", people=("sam", "lin"), channels=places)
    desk.process = msgspec.structs.replace(
        desk.process, support=Support(propagate=(rule,)), audiences={"internal": internal}
    )
    outside = await report(desk)
    assert (await desk.core.triage.get(outside)).whither.passed == ("flags: region is not known, not eu*",)
    number = await report(desk, tags={"region": "eu-1"}, who="cy")
    await act(desk, "set_priority", wire_triage.SetPriority(impact="high", urgency="high"), number)
    whither = (await desk.core.triage.get(number)).whither
    assert (whither.rule, whither.people, whither.urgency) == ("flags", ("lin",), "high")
    assert whither.target == "lin, in support for team shop"
    assert (whither.audiences, whither.informed) == (("internal",), ("sam", "#status by chat"))
    card = await propagate(desk, number)
    assert await interruptions(desk) == []
    await desk.settle()
    assert desk.sender.told() == [("lin", "push")]
    informed = [(one.recipient, instance) for instance, one in desk.sender.sent if one.kind == "update"]
    assert informed == [("sam", "push"), ("#status by chat", "chat")], "lin has the page"
    said = next(one for instance, one in desk.sender.sent if instance == "chat")
    assert (said.urgency, said.address, said.reason) == ("low", "#status", "audience internal is kept informed")
    assert "Our feature flags do not load" in said.body
    (event,) = await desk.events("report.propagated")
    assert (event.data["rule"], event.data["audiences"]) == ("flags", ["internal"])
    assert (
        "to lin, in support for team shop (rule flags (service flags, region eu*)); kept informed: internal (sam, "
        "#status by chat)" in "\n".join(await history(desk, number))
    )
    await desk.core.pages.resolve(card.pages[0].id, "lin", None)
    desk.sender.clear()
    await propagate(desk, number)
    await desk.advance(120)
    assert [one.kind for _, one in desk.sender.sent] == ["page"], "nobody is told twice of one report"


async def test_of_those_in_support_whoever_is_on_call_goes_first(desk):
    rule = PropagationRule(name="all", team="shop")
    desk.process = msgspec.structs.replace(desk.process, support=Support(propagate=(rule,)))
    await desk.core.modes.set(wire_modes.SetMode(person="sam", mode="support", days=28), "sam")
    policy = desk.policy("default", (300, "schedule:first", "sam"), repeat=0)
    desk.roster = msgspec.structs.replace(desk.roster, policies={"default": policy})
    whither = (await desk.core.triage.get(await report(desk))).whither
    assert (whither.target, whither.people) == ("sam, in support and on call", ("sam",))


async def test_where_nobody_of_the_team_is_in_support_the_policy_of_the_service_is_paged(desk):
    rule = PropagationRule(name="all", team="shop")
    desk.process = msgspec.structs.replace(desk.process, support=Support(propagate=(rule,)))
    await desk.advance(1)
    await desk.core.modes.split(2, wire_modes.SplitMode(reason="ill"), "lin", None)
    await desk.advance(1)
    number = await report(desk)
    whither = (await desk.core.triage.get(number)).whither
    assert whither.target == "policy default: nobody of team shop is in support"
    assert whither.people == ("ada",)
