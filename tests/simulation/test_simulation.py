"""The simulated team: what it lives through is the same for a seed, whole, and small enough to be counted by hand."""

import hashlib
import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta

import pytest

from incidentd.clock import from_micros
from incidentd.domain.incidents import Status
from incidentd.wire import Event

WEEK = timedelta(weeks=1)


def rows(file, query):
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as conn:
        return conn.execute(query).fetchall()


def events(file):
    found = rows(file, "SELECT seq, at, actor, kind, subject, data FROM events ORDER BY seq")
    return [
        Event(seq=seq, at=from_micros(at), actor=actor, kind=kind, subject=subject, data=json.loads(data))
        for seq, at, actor, kind, subject, data in found
    ]


@pytest.fixture(scope="module")
def log(simulated_weeks):
    return events(simulated_weeks.file)


def before(log, at):
    return [one for one in log if one.at < at]


def digest(log):
    """Of kinds, subjects and times, event by event."""
    told = "\n".join(f"{one.at.isoformat()} {one.kind} {one.subject}" for one in log)
    return hashlib.sha256(told.encode()).hexdigest()


def test_a_seed_gives_the_same_log_and_a_shorter_time_is_the_beginning_of_a_longer_one(
    log, simulated_weeks, live_weeks, tmp_path
):
    again = live_weeks(tmp_path / "again.db", 7)
    end = again.start + WEEK
    assert digest(before(events(again.file), end)) == digest(before(log, end))
    assert digest(log) != digest(before(log, end))


# ---------------------------------------------------------------------- a week to count by hand
COUNTS = {
    "alert.fired": 7,
    "page.started": 4,
    "page.acknowledged": 3,
    "incident.declared": 3,
    "incident.update": 12,
    "incident.update_overdue": 3,
    "incident.severity": 1,
    "report.opened": 11,
    "report.response_missed": 1,
    "incident.report_linked": 3,
    "interruption.recorded": 4,
    "handover.accepted": 4,
    "silence.created": 1,
    "experiment.written": 1,
}
INCIDENTS = {  # declared, mitigated, resolved; severity at first, of which service; updates and missed promises
    "incident:1": ("Thu 07:23:18", "Thu 07:59:09", "Thu 08:29:56", "SEV2", "gateway", 6, 1),
    "incident:2": ("Fri 07:51:26", "Fri 10:59:21", "Fri 11:17:16", "SEV5", "gateway", 1, 0),
    "incident:3": ("Fri 13:53:24", "Fri 14:55:00", "Fri 15:06:44", "SEV1", "checkout", 5, 2),
}


def lived(log, subject):
    mine = [one for one in log if one.subject == subject]
    declared = next(one for one in mine if one.kind == "incident.declared")
    times = {one.data["to"]: one.at for one in mine if one.kind == "incident.status"}
    kinds = Counter(one.kind for one in mine)
    return (
        *(f"{at:%a %H:%M:%S}" for at in (declared.at, times["mitigated"], times["resolved"])),
        declared.data["severity"],
        declared.data["service"],
        kinds["incident.update"],
        kinds["incident.update_overdue"],
    )


def test_the_first_week_can_be_counted_by_hand(log, simulated_weeks):
    first = before(log, simulated_weeks.start + WEEK)
    kinds = Counter(one.kind for one in first)
    assert {kind: kinds[kind] for kind in COUNTS} == COUNTS
    declared = [one.subject for one in first if one.kind == "incident.declared"]
    assert {subject: lived(first, subject) for subject in declared} == INCIDENTS


# ---------------------------------------------------------------------- what holds for every time
def test_the_log_is_in_order_and_has_no_gaps(log, simulated_weeks):
    assert [one.seq for one in log] == list(range(1, len(log) + 1))
    times = [one.at for one in log]
    assert times == sorted(times)
    assert simulated_weeks.start <= times[0]
    assert times[-1] <= simulated_weeks.until


def test_nothing_that_was_due_is_left_and_no_timer_failed(simulated_weeks):
    ((due, failures),) = rows(simulated_weeks.file, "SELECT min(due_at), sum(failures) FROM timers")
    assert from_micros(due) > simulated_weeks.until
    assert failures == 0
    assert rows(simulated_weeks.file, "SELECT count(*) FROM deliveries WHERE state = 'failed'") == [(0,)]


def test_every_incident_is_over_or_has_a_response_that_goes_on(log, simulated_weeks):
    found = dict(rows(simulated_weeks.file, "SELECT 'incident:' || id, status FROM incidents"))
    assert found.keys() == {one.subject for one in log if one.kind == "incident.declared"}
    for subject, status in found.items():
        moved = [one.data["to"] for one in log if one.subject == subject and one.kind == "incident.status"]
        assert status == (moved[-1] if moved else Status.ACTIVE)
        if "resolved" in moved:
            assert moved[:2] == ["mitigated", "resolved"]


def test_every_page_ends_while_its_alert_does(log, simulated_weeks):
    query = "SELECT count(*) FROM pages WHERE state != 'resolved'"
    ((open_pages,),) = rows(simulated_weeks.file, query)
    ((firing,),) = rows(simulated_weeks.file, "SELECT count(*) FROM alerts WHERE status = 'firing'")
    assert open_pages <= firing
    kinds = Counter(one.kind for one in log)
    assert kinds["page.started"] == kinds["page.resolved"] + open_pages
    assert kinds["alert.fired"] == kinds["alert.resolved"] + firing


def test_reviews_are_held_after_the_rest_and_leave_their_records(log, simulated_weeks):
    opens = dict(rows(simulated_weeks.file, "SELECT 'incident:' || id, review_opens_at FROM incidents"))
    started = {one.subject: one.at for one in log if one.kind == "incident.review_started"}
    assert len(started) >= 4
    assert all(from_micros(opens[subject]) <= at for subject, at in started.items() if opens[subject])
    kinds = Counter((one.kind, one.subject) for one in log)
    finished = [subject for subject in started if kinds["incident.review_finished", subject]]
    for subject in finished:
        assert kinds["factor.written", subject] >= 3
        assert kinds["learning.written", subject] >= 1
    published = [subject for subject in finished if kinds["incident.review_published", subject]]
    assert published
    assert all(kinds["action.written", subject] for subject in published)


def test_the_alert_of_every_fault_is_linked_to_its_incident_whoever_noticed_first(log):
    faults = {
        one.subject for one in log if one.kind == "alert.fired" and one.data["labels"]["instance"].startswith("node-")
    }
    linked = {one.subject for one in log if one.kind == "incident.alert_linked" and one.subject.startswith("alert:")}
    assert len(linked) > 15
    assert linked <= faults
    assert len(faults - linked) <= 2, "of the last hours"


def test_a_retro_is_held_before_each_change_of_the_process_which_is_tried_as_an_experiment(log):
    told = [one.kind for one in log if one.kind in ("retro.finished", "process.proposed")]
    assert told == ["retro.finished", "process.proposed"] * 2
    written = [(one.at, one.data) for one in log if one.kind == "experiment.written"]
    finished = [(one.at, one.subject) for one in log if one.kind == "retro.finished"]
    assert [(at, f"retro:{data['retro_id']}") for at, data in written] == finished
    began = [one.at for one in log if one.kind == "experiment.began"]
    adopted = [one.at for one in log if one.kind == "process.adopted" and one.data["how"] == "adopted"]
    assert [at.date() for at in began] == [at.date() for at in adopted]
    kept = [one for one in log if one.kind == "idea.kept"]
    assert len(kept) > 8
    assert all(not one.actor for one in kept if one.data["anonymous"])


def test_every_version_of_the_process_has_incidents(log, simulated_weeks):
    found = rows(simulated_weeks.file, "SELECT process_version, min(declared_at) FROM incidents GROUP BY 1 ORDER BY 2")
    adopted = [one for one in log if one.kind == "process.adopted"]
    assert [version for version, _ in found] == [one.data["process_version"] for one in adopted]
    assert [one.data["how"] for one in adopted] == ["file", "adopted", "adopted"]
    since = [from_micros(at) - simulated_weeks.start for _, at in found]
    assert len(found) == 3
    assert since[1] >= timedelta(days=7)
    assert since[2] >= timedelta(days=14)
