"""A figure before and after: both sides, the sentence, and what else differs between them."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from incidentd.domain.figures import catalogue
from incidentd.domain.figures.comparing import Side, compared
from incidentd.domain.figures.facts import Facts, PageFacts, Pulled, ReportFacts
from incidentd.domain.figures.reckoning import figure, find
from incidentd.domain.interruptions import Reason
from incidentd.wire.figures import FigureScope, VersionBoundary

T0 = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
NOW = T0 + 112 * DAY
SPLIT = T0 + 56 * DAY


def page(number, at, seconds):
    taken = at + timedelta(seconds=seconds)
    return PageFacts(id=number, at=at, service="web", urgency="high", acknowledged_at=taken)


def report(number, at, kept):
    due = at + timedelta(hours=1)
    responded = at if kept else due + DAY
    return ReportFacts(
        id=number, at=at, service="web", customer="end_user", due_at=due, responded_at=responded, followed_up=kept,
        over=True, incident_id=None,
    )  # fmt: skip


def told(name, facts, before=None, after=None, statistic="median"):
    sort = catalogue.NAMES[name]
    before, after = before or FigureScope(since=T0, until=SPLIT), after or FigureScope(since=SPLIT)
    one, other = (Side(label, scope, find(sort, facts, scope)) for label, scope in (("one", before), ("other", after)))
    return compared(figure(find(sort, facts, FigureScope())), one, other, facts, random.Random(0), statistic)


def test_durations_are_compared_by_their_median():
    waits = [60, 120, 180, 240, 300]
    pages = [page(number, T0 + number * DAY, wait) for number, wait in enumerate(waits)]
    pages += [page(10 + number, SPLIT + number * DAY, 2 * wait) for number, wait in enumerate(waits)]
    found = told("page-to-acknowledgement", Facts(now=NOW, pages=pages))
    assert (found.before.n, found.before.value, found.after.value, found.change) == (5, 180, 360, 1.0)
    assert found.figure.n == 10
    assert found.sentence.startswith("with 5 and 5 pages, a change this large appears by chance in ")
    assert found.also == ()
    assert told("page-to-acknowledgement", Facts(now=NOW, pages=pages), statistic="mean").after.value == 360


def test_shares_are_compared_as_they_are_whatever_the_statistic():
    reports = [report(number, T0 + number * DAY, number < 6) for number in range(10)]
    reports += [report(10 + number, SPLIT + number * DAY, number < 9) for number in range(10)]
    found = told("first-responses-kept", Facts(now=NOW, reports=reports))
    assert (found.before.value, found.after.value) == (0.6, 0.9)
    assert found.change == pytest.approx(0.5)
    assert (found.before.n, found.draws) == (10, 10_000)
    # Of 10 and 10, of which 15 of 20 are so: in how many of all pairs are there three more after?
    assert found.by_chance == pytest.approx(0.0913, abs=0.015)


def test_counts_are_compared_by_their_whole_weeks():
    pulled = [Pulled("web", "", T0 + number * DAY, Reason.HANDS) for number in range(0, 56, 7)]
    found = told("interruptions", Facts(now=NOW, pulled=pulled))
    assert (found.before.n, found.after.n) == (8, 8)
    assert (found.before.value, found.after.value, found.change) == (1, 0, -1.0)
    # Of eight weeks drawn from half ones and half zeros the median is 1 when five are (93 of 256), and 0 as often.
    assert found.by_chance == pytest.approx((93 / 256) ** 2, abs=0.015)
    assert found.sentence.startswith("with 8 and 8 weeks, a change this large appears by chance in 1")


def test_what_else_differs_is_said():
    pages = [page(number, T0 + number * DAY, 60) for number in range(100)]
    versions = [VersionBoundary(at=T0 + 5 * DAY, version="a", name="V-1")]  # the record begins, nothing changes
    versions += [VersionBoundary(at=T0 + 20 * DAY, version="b", name="V-2", reason="")]
    versions += [VersionBoundary(at=T0 + 80 * DAY, version="c", name="V-3", reason="")]
    facts = Facts(now=NOW, pages=pages, versions=versions)
    late = T0 + 80 * DAY
    found = told("page-to-acknowledgement", facts, FigureScope(since=T0, until=late), FigureScope(since=late))
    assert found.also == (
        "the periods are not equally long: 80 and 32 days",
        "the process changed 1 time in the time that is looked at",
    )  # that of the split itself is what is compared
    assert found.sentence == "with 80 and 20 pages nothing changed"
