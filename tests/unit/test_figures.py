"""Each figure on a small log that is made by hand, with the answer reckoned by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from incidentd.domain.figures.catalogue import CATALOGUE, NAMES, nearest
from incidentd.domain.figures.facts import (
    ActionFacts,
    FactorFacts,
    Facts,
    GroupFacts,
    HandoverFacts,
    HeavyShift,
    IncidentFacts,
    LearningFacts,
    PageFacts,
    ProjectDay,
    Pulled,
    ReportFacts,
    ReviewFacts,
    Said,
    Work,
)
from incidentd.domain.figures.load import hours, weeks_of
from incidentd.domain.figures.reckoning import figure, find, period, weekly
from incidentd.domain.figures.responses import bounds
from incidentd.domain.incidents import Incident, Status
from incidentd.domain.interruptions import Reason
from incidentd.domain.severity import Severity
from incidentd.wire.figures import FigureCase, FigureScope, VersionBoundary
from incidentd.wire.measures import Contradiction, EpisodeMeasures, Measures, SeverityRevision, UpdatePromise

T0 = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = T0 + 28 * DAY
SEV1, SEV2, SEV3 = Severity.SEV1, Severity.SEV2, Severity.SEV3


def episode(number=1, began=T0, **after):
    """`after` are minutes since it began."""
    at = {name: began + minutes * MINUTE for name, minutes in after.items()}
    seconds = {name: 60.0 * minutes for name, minutes in after.items()}
    return EpisodeMeasures(
        number=number, started_at=began, detected_at=at.get("detect"), detected_by="", acknowledged_at=None,
        acknowledged_by="", mitigated_at=at.get("mitigate"), resolved_at=at.get("resolve"), ended_at=at.get("resolve"),
        to_detect=seconds.get("detect"), to_acknowledge=None, to_mitigate=seconds.get("mitigate"),
        to_resolve=seconds.get("resolve"),
    )  # fmt: skip


def promise(outcome, at=T0, told=None):
    return UpdatePromise(made_at=at, promised_at=at, audience="", outcome=outcome, told_at=told, late=None)


def revision(before, after, at=T0):
    return SeverityRevision(at=at, by="ada", before=before, after=after, reason="")


def measured(number, episodes, **values):
    usual: dict[str, Any] = {
        "noticed_first": "", "noticed_by": "", "promises": (), "role_gap_minutes": {}, "severity_revisions": (),
        "worst_severity": None, "corrections": 0, "contradictions": (),
    }  # fmt: skip
    usual |= values
    kept = [sum(one.outcome == word for one in usual["promises"]) for word in ("kept", "missed")]
    return Measures(
        incident_id=number, as_of=NOW, episodes=episodes, promises_kept=kept[0], promises_missed=kept[1], **usual
    )


def incident(
    number=1, *, service="web", severity=SEV3, declared=SEV3, status=Status.CLOSED, version="one", began=T0,
    row=None, episodes=None, said=(), claimed=(), **measures,
):  # fmt: skip
    usual = {
        "id": number, "title": "t", "summary": "", "status": status, "severity": severity, "episode": 1,
        "service": service, "many_stakeholders": False, "declared_at": began, "declared_by": "ada", "started_at": began,
        "mitigated_at": None, "resolved_at": None, "closed_at": None, "merged_into": None, "status_before_merge": "",
        "next_update_at": None, "skipped": (), "review_opens_at": None, "review_due_at": None,
        "process_version": version, "version": 1,
    }  # fmt: skip
    episodes = (episode(began=began),) if episodes is None else episodes
    return IncidentFacts(
        incident=Incident(**usual | (row or {})),
        measures=measured(number, episodes, **measures),
        declared=declared,
        said=said,
        claimed=claimed,
    )


def boundary(at, version):
    return VersionBoundary(at=at, version=version, name=version, reason="")


def facts(*incidents, **values):
    return Facts(
        now=NOW,
        teams={"web": "front", "shop": "buy"},
        versions=(boundary(T0 - DAY, "one"), boundary(T0 + 14 * DAY, "two")),
        incidents={one.incident.id: one for one in incidents},
        **values,
    )


def told(name, given, **scope):
    return figure(find(NAMES[name], given, FigureScope(**scope)))


def share(name, given, **scope):
    found = told(name, given, **scope)
    return found.n, found.of, dict(found.parts)


# ------------------------------------------------------------------ promises
def a_report(number, due, responded, kind="end_user", **more):
    return ReportFacts(
        id=number, at=T0, service="shop", customer=kind, due_at=due, responded_at=responded,
        followed_up=more.get("followed_up", False), over=more.get("over", False), incident_id=None,
    )  # fmt: skip


def test_first_answers_are_kept_missed_or_not_decided_yet():
    given = facts(
        reports=[
            a_report(1, T0 + HOUR, T0 + HOUR),  # on the dot
            a_report(2, T0 + HOUR, T0 + 2 * HOUR),
            a_report(3, T0 + HOUR, None, "internal_team"),
            a_report(4, NOW + HOUR, None),  # its clock runs
            a_report(5, None, T0),  # nothing was promised
        ]
    )
    assert share("first-responses-kept", given) == (1, 3, {"end_user": 2, "internal_team": 1})
    assert share("first-responses-kept", given, team="front")[:2] == (0, 0)


def a_page(number, **values):
    return PageFacts(id=number, at=T0, service="web", urgency="high", **values)


def test_pages_are_taken_in_time_later_or_never():
    given = facts(
        pages=[
            a_page(1, acknowledged_at=T0 + MINUTE),
            a_page(2, acknowledged_at=T0 + 9 * MINUTE, moved_on_at=T0 + HOUR),
            a_page(3, acknowledged_at=T0 + HOUR, moved_on_at=T0 + MINUTE),
            a_page(4, moved_on_at=T0 + MINUTE, ended_at=T0 + HOUR),
            a_page(5, ended_at=T0 + MINUTE),  # over before anything
        ]
    )
    assert share("pages-acknowledged-in-time", given) == (2, 4, {"in time": 2, "later": 1, "never": 1})
    found = told("page-to-acknowledgement", given)
    assert (found.n, found.of, found.least, found.median, found.most) == (3, 5, 60, 540, 3600)
    assert found.unit == "s"


def test_promised_updates_are_kept_late_or_not_told():
    promises = (promise("kept"), promise("missed", told=T0), promise("missed"), promise("open"), promise("void"))
    given = facts(incident(promises=promises))
    assert share("update-promises-kept", given) == (1, 3, {"kept": 1, "late": 1, "not told": 1})


def test_a_promise_is_in_the_period_in_which_it_was_due():
    given = facts(incident(promises=(promise("kept", T0), promise("missed", T0 + DAY))))
    assert share("update-promises-kept", given, since=T0 + HOUR)[:2] == (0, 1)
    assert share("update-promises-kept", given, until=T0 + HOUR)[:2] == (1, 1)


def test_an_update_without_news_is_one_that_followed_another():
    said = (Said(T0, "all", True, False), Said(T0, "all", False, True), Said(T0, "all", False, False))
    assert share("updates-without-news", facts(incident(said=said)))[:2] == (1, 2)


# ------------------------------------------------------------------ paging
def test_pages_by_whom_they_woke_and_what_came_of_them():
    over: dict[str, Any] = {"at": T0, "service": "web", "urgency": "high", "ended_at": T0 + HOUR}
    given = facts(
        incident(7),
        pages=[
            PageFacts(id=1, reached=True, asleep=True, incident_id=7, **over),
            PageFacts(id=2, reached=True, acted=True, **over),
            PageFacts(id=3, reached=True, **over),
            PageFacts(id=4, at=T0, service="web", urgency="low"),  # it is open and reached nobody
        ],
    )
    assert share("pages-in-sleep-hours", given)[:2] == (1, 3)
    assert share("actionable-pages", given)[1:] == (3, {"an incident": 1, "an act": 1, "nothing": 1})
    assert share("actionable-pages", given, severity=SEV3)[:2] == (1, 1)  # that of its incident


def test_alerts_that_paged_nobody_are_counted_by_group():
    given = facts(groups=[GroupFacts(1, T0, "web", True), GroupFacts(2, T0, "web", False)])
    assert share("alerts-that-paged-nobody", given)[:2] == (1, 2)


# ------------------------------------------------------------------ the response
def test_what_showed_incidents_first():
    given = facts(
        incident(1, noticed_first="report"),
        incident(2, noticed_first="alert"),
        incident(3),  # nothing is known
        incident(4, noticed_first="report", status=Status.FALSE_ALARM),
        incident(5, noticed_first="report", status=Status.MERGED),
        incident(6, noticed_first="report", episodes=()),  # imported
    )
    assert share("noticed-by-customers", given) == (1, 2, {"a customer": 1, "an alert": 1})


def test_durations_have_a_value_where_both_times_are_known():
    episodes = (episode(mitigate=10, resolve=30, detect=4), episode(2, T0 + DAY, mitigate=20))
    given = facts(incident(1, episodes=episodes), incident(2))
    assert [(one.name, one.value) for one in find(NAMES["time-to-mitigate"], given, FigureScope()).cases] == [
        ("INC-1", 600), ("INC-2", None), ("INC-1 (2)", 1200),
    ]  # fmt: skip
    found = told("time-to-mitigate", given)
    assert (found.n, found.of, found.least, found.median, found.most) == (2, 3, 600, 900, 1200)
    assert (told("time-to-resolve", given).n, told("time-to-resolve", given).median) == (1, 1800)
    assert (told("start-to-detection", given).n, told("start-to-detection", given).of) == (1, 2)
    assert "too few" in found.note


def test_a_disputed_start_bounds_what_is_reckoned_from_it():
    # Mitigated 60 minutes after the start that was said; others say it began 10 before, and 5 after.
    assert bounds(3600, T0, (T0 - 10 * MINUTE, T0 + 5 * MINUTE)) == (3300, 4200)
    assert bounds(3600, T0, (T0 + 2 * HOUR,)) == (3600, 3600)  # after the mitigation: it speaks of something else
    assert bounds(3600, T0, ()) == (None, None)
    assert bounds(None, T0, (T0,)) == (None, None)


def test_role_gaps_are_summed_by_incident():
    given = facts(
        incident(1, role_gap_minutes={"mitigation_lead": 2.0, "communications_lead": 5.0, "separation": 0.0}),
        incident(2, role_gap_minutes={"mitigation_lead": 0.0, "communications_lead": 0.0, "separation": 0.0}),
    )
    found = told("role-gap-minutes", given)
    assert (found.n, found.least, found.median, found.most, found.unit) == (2, 0, 3.5, 7, "min")
    assert dict(found.parts) == {"communications lead": 1, "none": 1}


def test_severities_that_were_revised():
    given = facts(
        incident(
            1, severity=SEV1, worst_severity=SEV1, severity_revisions=(revision(SEV3, SEV2), revision(SEV2, SEV1))
        ),
        incident(2, severity=SEV3, worst_severity=SEV2, declared=SEV2, severity_revisions=(revision(SEV2, SEV3),)),
        incident(3),
    )
    found = told("severity-revisions", given)
    assert (found.n, found.of, dict(found.parts)) == (3, 3, {"up, to a worse one": 2, "down, to a milder one": 1})
    assert share("first-severity-held", given) == (
        1, 3, {"as at first": 1, "up, to a worse one": 1, "down, to a milder one": 1},
    )  # fmt: skip
    assert dict(told("incidents-by-severity", given).parts) == {"SEV1": 1, "SEV2": 1, "SEV3": 1}
    assert told("incidents-by-severity", given, severity=SEV2).n == 1


def test_contradictions_and_near_misses():
    found = (Contradiction(rule="before-start", episode=1, text=""), Contradiction(rule="order", episode=1, text=""))
    given = facts(
        incident(1, contradictions=found),
        incident(2, status=Status.FALSE_ALARM),
        incident(3, status=Status.FALSE_ALARM),
        incident(4),
        reviews={3: ReviewFacts(3, T0), 4: ReviewFacts(4, T0)},
        factors=[FactorFacts(1, 4, "luck", T0), FactorFacts(2, 4, "luck", T0)],
    )
    assert share("contradictions", given) == (2, 2, {"before start": 1, "order": 1})
    assert share("near-misses", given) == (
        3, 4, {"false alarm": 1, "false alarm, reviewed": 1, "luck had a part": 1},
    )  # fmt: skip


# ------------------------------------------------------------------ reviews
def resolved(number, due, **more):
    row = {"resolved_at": T0 + HOUR, "review_due_at": due}
    return incident(number, row=row, status=more.pop("status", Status.RESOLVED), **more)


def test_reviews_begin_in_their_window_late_or_not():
    given = facts(
        resolved(1, T0 + 5 * DAY),
        resolved(2, T0 + 5 * DAY),
        resolved(3, T0 + 5 * DAY),
        resolved(4, T0 + 5 * DAY),
        resolved(5, NOW + DAY),  # its window is open
        resolved(6, None, status=Status.CLOSED),  # none is wanted
        resolved(7, None),
        reviews={
            1: ReviewFacts(1, T0 + 5 * DAY),
            2: ReviewFacts(2, T0 + 2 * HOUR, opened_early=True),
            3: ReviewFacts(3, T0 + 6 * DAY),
        },
    )
    assert share("reviews-in-window", given) == (
        2, 4, {"in time": 1, "in time, opened early": 1, "late": 1, "not held": 1},
    )  # fmt: skip
    assert share("reviews-waived", given) == (1, 4, {"reviewed": 3, "closed without": 1})


def test_what_reviews_leave_behind():
    given = facts(
        incident(1),
        factors=[FactorFacts(1, 1, "technical", T0), FactorFacts(2, 1, "process", T0), FactorFacts(3, 1, "luck", T0)],
        learnings=[LearningFacts(1, 1, T0, ""), LearningFacts(2, 1, T0, "runbook")],
        actions=[
            ActionFacts(1, 1, "front", NOW - 10 * DAY, (NOW + DAY).date(), "open", None),
            ActionFacts(2, 1, "front", NOW - 20 * DAY, (NOW - DAY).date(), "open", None),
            ActionFacts(3, 1, "buy", T0, date(2026, 3, 10), "done", datetime(2026, 3, 10, 23, tzinfo=UTC)),
            ActionFacts(4, 1, "buy", T0, date(2026, 3, 10), "done", datetime(2026, 3, 11, tzinfo=UTC)),
            ActionFacts(5, 1, "buy", T0, date(2026, 3, 10), "wont_do", T0 + DAY),
        ],
    )
    assert share("non-technical-factors", given) == (2, 3, {"technical": 1, "process": 1, "luck": 1})
    assert share("learnings-used", given) == (1, 2, {"not yet": 1, "runbook": 1})
    ages = told("open-action-ages", given)
    assert (ages.n, ages.least, ages.median, ages.most, ages.unit) == (2, 10, 15, 20, "days")
    assert dict(ages.parts) == {"late": 1, "not due yet": 1}
    assert share("actions-done", given) == (2, 3, {"done in time": 1, "done late": 1, "will not be done": 1})
    assert share("actions-done", given, team="front")[:2] == (0, 0)  # of the team that owns it


def test_reporters_are_followed_up():
    given = facts(
        reports=[
            a_report(1, None, None, over=True, followed_up=True),
            a_report(2, None, None, over=True),
            a_report(3, None, None),  # its incident lasts
        ]
    )
    assert share("reporters-followed-up", given)[:2] == (1, 2)


# ------------------------------------------------------------------ a team's time
def test_the_time_of_a_team():
    noon = T0 + 12 * HOUR
    given = facts(
        project_days=[ProjectDay("front", T0.date(), noon, False), ProjectDay("front", T0.date(), noon, True)],
        work=[Work("front", "page:1", T0, True), Work("front", "page:2", T0, False), Work("front", "", T0, False)],
        pulled=[Pulled("front", "web", T0, Reason.HANDS), Pulled("buy", "shop", T0, Reason.HANDS)],
        heavy=[HeavyShift("front", T0, "taken"), HeavyShift("front", T0, "over"), HeavyShift("buy", T0, "declined")],
        handovers=[HandoverFacts("front", "web", T0, one) for one in ("in time", "late", "never")],
    )
    assert share("leak-free-project-days", given)[:2] == (1, 2)
    assert share("absorption", given) == (1, 3, {"page": 2, "by hand": 1})
    assert share("interruptions", given) == (2, 2, {"more hands were needed": 2})
    assert share("interruptions", given, service="shop")[:2] == (1, 1)
    assert share("heavy-shifts-rested", given, team="front") == (1, 2, {"taken": 1, "over": 1})
    assert share("handovers-in-time", given)[:2] == (1, 3)


def test_the_load_of_weeks_and_the_hours_of_pages():
    pages = [
        PageFacts(id=1, at=T0 + 3 * HOUR, service="web", urgency="high", reached=True, asleep=True, off=True),
        PageFacts(id=2, at=T0 + 20 * HOUR, service="web", urgency="high", reached=True, off=True),
        PageFacts(id=3, at=T0 + 8 * DAY, service="web", urgency="high", reached=True),
        PageFacts(id=4, at=T0, service="shop", urgency="high"),
    ]
    given = facts(incident(1), pages=pages, project_days=[ProjectDay("front", T0.date(), T0 + 12 * HOUR, True)])
    spans = [(T0, T0 + 7 * DAY), (T0 + 7 * DAY, T0 + 14 * DAY)]
    one, two = weeks_of(given, "front", spans, "UTC")
    assert (one.pages, one.off_hours, one.sleep_hours, one.incidents, one.project_days, one.leaks) == (2, 2, 1, 1, 1, 1)
    assert (two.pages, two.off_hours, two.incidents, two.day) == (1, 0, 0, date(2026, 3, 9))
    counts = hours(given, FigureScope(service="web"), "Europe/Berlin")  # an hour ahead in winter
    assert (counts[0][4], counts[0][21], counts[1][1], sum(map(sum, counts))) == (1, 1, 1, 3)


# ------------------------------------------------------------------ of the whole
def test_counts_are_spread_over_whole_weeks():
    times = [T0 + 2 * DAY, T0 + 8 * DAY, T0 + 9 * DAY, T0 + 27 * DAY]
    assert weekly(times, T0, T0 + 28 * DAY) == [1, 2, 0, 1]
    assert weekly(times, T0 + DAY, T0 + 10 * DAY) == [2]  # the two days before are no week
    assert weekly(times, T0, T0 + 6 * DAY) == []
    given = facts(*(incident(number, began=at) for number, at in enumerate(times, 1)))
    found = told("incidents-by-severity", given, since=T0)
    assert (found.n, found.least, found.median, found.most) == (4, 0, 1, 2)


def test_a_report_keeps_the_version_under_which_it_came():
    one = a_report(1, T0 + HOUR, T0)
    given = facts(reports=[one, msgspec.structs.replace(one, id=2, version="two")])
    assert share("first-responses-kept", given, version="one")[:2] == (1, 1)  # it was in force then
    assert share("first-responses-kept", given, version="two")[:2] == (1, 1)


def test_a_version_is_counted_while_it_was_in_force():
    given = facts(incident(1), incident(2, version="two", began=T0 + 20 * DAY))
    assert [one.name for one in find(NAMES["time-to-resolve"], given, FigureScope(version="two")).cases] == ["INC-2"]
    assert period(given, FigureScope(version="one")) == (T0 - DAY, T0 + 14 * DAY)
    assert period(given, FigureScope(version="two")) == (T0 + 14 * DAY, NOW)
    assert given.version_at(T0 + 13 * DAY) == "one"
    assert given.version_at(T0 - 2 * DAY) == ""


@pytest.mark.parametrize("sort", CATALOGUE, ids=lambda one: one.name)
def test_every_figure_says_what_it_is_and_nothing_of_nothing(sort):
    empty = figure(find(sort, facts(), FigureScope()))
    assert (empty.n, empty.of, empty.median, dict(empty.parts)) == (0, 0, None, {})
    assert "Nothing yet." in empty.note
    assert len(sort.definition) > 60
    assert sort.definition.endswith(".")
    assert sort.limit.endswith(".")
    assert not {"average", "better", "improve"} & set(f"{sort.title} {sort.definition}".casefold().split())
    assert sort.kind != "duration" or sort.unit


def test_a_team_calls_its_review_as_it_likes():
    given = msgspec.structs.replace(facts(), review_name="Reason For Outage")
    found = told("reviews-in-window", given)
    assert found.title == "Reason For Outage begun inside its window"
    assert "that want the Reason For Outage and" in found.definition
    assert "where the Reason For Outage is written" in told("near-misses", given).note
    assert not any("[" in f"{one.title}{one.definition}{one.note}" for one in (found, told("near-misses", given)))


def test_names_are_found_by_what_looks_like_them():
    assert len(NAMES) == len(CATALOGUE)
    assert nearest("Update Promises") == "update-promises-kept"
    assert nearest("mitigate") == "time-to-mitigate"
    assert nearest("?") == ""


def test_no_case_has_a_place_for_a_person():
    assert not {"person", "by", "actor", "handle", "owner"} & set(FigureCase.__struct_fields__)
    assert {one.name for one in msgspec.structs.fields(PageFacts)}.isdisjoint({"person", "people", "by"})
