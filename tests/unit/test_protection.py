"""Protection of project work: what the log says, and the figures of it, against days counted by hand."""

from datetime import UTC, date, datetime, time, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.hours import Availability, Hours
from incidentd.domain.interruptions import Interruption, Reason, Source, protected, reason_of_step, told
from incidentd.domain.modes import Mode, ModeBlock
from incidentd.domain.people import Person, Step, Target, TargetKind
from incidentd.domain.protection import DEFINITIONS, Members, Week, islands, measure, week_bounds
from incidentd.domain.protection_log import HAPPENED, KINDS, Handled, Log, Reached, read
from incidentd.wire import Event

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DAY, HOUR, WEEK = timedelta(days=1), timedelta(hours=1), timedelta(weeks=1)
TEAM = Members({one: Person(handle=one, name=one) for one in ("ada", "lin", "sam")})


def block(person, mode, begin=0, end=7, number=1):
    return ModeBlock(
        id=number, person=person, mode=Mode(mode), starts_at=MONDAY + begin * DAY, ends_at=MONDAY + end * DAY, at=MONDAY
    )


def pulled(person="ada", day=0.5, number=1, **more):
    values = {"source": Source.PAGE, "reason": Reason.SCHEDULED, "subject": f"page:{number}", "service": "web"}
    return Interruption(**{"id": number, "person": person, "at": MONDAY + day * DAY, **values, **more})


def week(members=TEAM, start=MONDAY, end=MONDAY + WEEK, **log):
    return measure(Log(**{name: tuple(value) for name, value in log.items()}), members, start, end)


# ---------------------------------------------------------------------- leaks
def test_project_days_are_working_days_on_project_work():
    blocks = [block("ada", "project"), block("lin", "support", number=2), block("sam", "project", 2, 4, number=3)]
    found = week(blocks=blocks)
    assert (found.project_days, found.leaks, found.leak_free) == (7, 0, 1.0)
    assert week(blocks=blocks, end=MONDAY + 1.4 * DAY).project_days == 1  # Tuesday has not had its noon
    assert week().leak_free is None


def test_a_day_is_a_leak_once_and_a_sunday_with_an_interruption_counts():
    found = week(blocks=[block("ada", "project")], interruptions=[pulled(day=1.1), pulled(day=1.9), pulled(day=6.5)])
    assert (found.project_days, found.leaks, found.interruptions) == (6, 2, 3)
    assert found.leak_free == pytest.approx(4 / 6)
    assert found.reasons == {"scheduled": 3}


def test_absences_and_public_holidays_are_no_project_days():
    from incidentd.domain.duty_changes import Absence

    away = Absence(id=1, person="ada", starts_at=MONDAY, ends_at=MONDAY + 2 * DAY, at=MONDAY)
    members = Members(TEAM.people, {"ada": {date(2026, 11, 26)}})
    assert week(members, blocks=[block("ada", "project")], absences=[away]).project_days == 2


def test_days_are_those_of_the_persons_zone():
    tokyo = Members({"ada": Person(handle="ada", name="ada", zone="Asia/Tokyo")})
    late = pulled(day=0, at=MONDAY + 16 * HOUR)  # Tuesday, one in the morning, there
    found = week(tokyo, blocks=[block("ada", "project")], interruptions=[late], end=MONDAY + 4 * HOUR)
    assert (found.project_days, found.leaks) == (1, 0)
    found = week(tokyo, blocks=[block("ada", "project")], interruptions=[late], start=MONDAY + 12 * HOUR,
                 end=MONDAY + 20 * HOUR)  # fmt: skip
    assert (found.project_days, found.leaks) == (1, 1)


# ---------------------------------------------------------------------- absorption
def test_support_has_handled_what_it_acknowledged_and_nobody_else_was_reached_for():
    blocks = [block("ada", "project"), block("lin", "support", number=2)]
    takers = enumerate(["lin", "lin", "ada", "sam", "bob"])
    handled = [Handled(who, MONDAY + 0.5 * DAY, f"page:{number}") for number, who in takers]
    found = week(blocks=blocks, handled=handled, interruptions=[pulled(number=1)])
    assert (found.work, found.absorbed) == (4, 1)  # bob is of another team; of page:1 ada was told as well
    chat = pulled(number=9, source=Source.CHAT, subject="")
    found = week(blocks=blocks, handled=handled[:1], interruptions=[chat])
    assert (found.work, found.absorbed, found.absorption) == (2, 1, 0.5)
    assert week(blocks=blocks).absorption is None


# ---------------------------------------------------------------------- load
def test_hours_with_an_interrupt_by_the_clocks_of_each():
    at = [Reached("lin", MONDAY + hours * HOUR, f"page:{n}") for n, hours in enumerate((10, 10.5, 11, 20, 23.5, 30))]
    found = week(reached=[*at, Reached("bob", MONDAY, "page:9")], interruptions=[pulled(day=10.2 / 24)])
    assert (found.hours, found.off_hours, found.sleep_hours) == (6, 3, 2)
    night = Availability(working=(Hours(start=time(20), end=time(8)),))
    owl = Members({"lin": Person(handle="lin", name="lin", hours=night)})
    assert week(owl, reached=at).off_hours == 2
    assert week(Members(TEAM.people, {"lin": {MONDAY.date()}}), reached=at[:1]).off_hours == 1


@given(st.lists(st.tuples(st.sampled_from(["ada", "lin", "bob"]), st.integers(0, 10_000)), max_size=30))
@settings(max_examples=40)
def test_weeks_add_up_to_the_whole_time(events):
    at = [Reached(who, MONDAY + timedelta(minutes=minutes * 3), "page:1") for who, minutes in events]
    hit = [pulled(who, minutes / 1440, number) for number, (who, minutes) in enumerate(events)]
    log = {"blocks": [block("ada", "project", 0, 30)], "reached": at, "interruptions": hit}
    whole = week(end=MONDAY + 3 * WEEK, **log)
    parts = [week(start=MONDAY + number * WEEK, end=MONDAY + (number + 1) * WEEK, **log) for number in range(3)]
    for name in ("project_days", "leaks", "work", "absorbed", "interruptions", "hours", "off_hours", "sleep_hours"):
        assert sum(getattr(one, name) for one in parts) == getattr(whole, name), name
    assert whole.sleep_hours <= whole.hours
    assert whole.leaks <= whole.project_days


# ---------------------------------------------------------------------- islands
def test_three_times_the_same_person_for_one_service_and_nobody_is_named():
    at = [pulled(who, number=number, service=service) for number, (who, service) in enumerate(
        [("ada", "web"), ("ada", "web"), ("ada", "web"), ("ada", "web"), ("lin", "web"), ("lin", "web"), ("lin", "db"),
         ("lin", "db"), ("sam", "db"), ("sam", ""), ("sam", ""), ("sam", "")]
    )]  # fmt: skip
    (found,) = islands(at, TEAM.people)
    assert (found.service, found.count) == ("web", 4)
    assert found.text == "one person was pulled in 4 times for web: pair up, so that a second one knows it"
    assert islands(at, ("lin", "sam")) == []


def test_no_figure_is_of_a_person_and_each_has_its_definition():
    names = set(Week.__struct_fields__) | {"leak_free", "absorption", "islands"}
    assert not names & {"person", "people", "handle"}
    assert set(DEFINITIONS) <= names
    assert set(DEFINITIONS) == {
        "leaks", "leak_free", "absorption", "hours", "off_hours", "sleep_hours", "islands"
    }  # fmt: skip


# ---------------------------------------------------------------------- the log
def event(seq, kind, subject, data, actor="system"):
    return Event(seq=seq, at=MONDAY + seq * HOUR, actor=actor, kind=kind, subject=subject, data=data)


def test_the_log_is_folded_to_what_stands_and_what_happened():
    first, second = block("ada", "project"), block("lin", "support", number=2)
    one = pulled()

    def data(value):
        return msgspec.to_builtins(value) | {"text": "words"}

    log = read(
        [
            event(1, "mode.set", "mode:1", data(first)),
            event(2, "mode.changed", "mode:1", data(msgspec.structs.replace(first, ends_at=MONDAY + DAY))),
            event(3, "mode.set", "mode:2", data(second)),
            event(4, "mode.cancelled", "mode:2", data(msgspec.structs.replace(second, cancelled=True))),
            event(5, "mode.planned", "team:shop", {"plan": "x"}),
            event(6, "interruption.recorded", "page:1", data(one)),
            event(7, "interruption.recorded", "page:2", data(msgspec.structs.replace(one, id=2))),
            event(8, "interruption.withdrawn", "page:2", data(msgspec.structs.replace(one, id=2, withdrawn=True))),
            event(9, "page.step", "page:1", {"people": ["ada", "lin"]}),
            event(10, "page.acknowledged", "page:1", {}, "ada"),
            event(11, "page.handed_back", "page:1", {}, "ada"),
            event(12, "page.acknowledged", "page:1", {}, "lin"),
            event(13, "page.acknowledged", "page:3", {}, "lin"),
            event(14, "page.acknowledged", "page:4", {}, "lin"),
            event(15, "page.ack_lapsed", "page:4", {}),
        ],
        practice=["page:3"],
    )
    assert [(one.id, one.ends_at) for one in log.blocks] == [(1, MONDAY + DAY)]
    assert log.interruptions == (one,)
    assert [(one.person, one.subject) for one in log.reached] == [("ada", "page:1"), ("lin", "page:1")]
    assert [(one.person, one.subject) for one in log.handled] == [("lin", "page:1")]
    assert set(HAPPENED) < set(KINDS)


def test_weeks_begin_on_mondays_of_the_zone_also_where_the_clocks_change():
    bounds = week_bounds(datetime(2026, 11, 1, 23, 30, tzinfo=UTC), 2, "Europe/Berlin")  # Monday there already
    assert bounds == [datetime(2026, 10, 25, 23, tzinfo=UTC), datetime(2026, 11, 1, 23, tzinfo=UTC),
                      datetime(2026, 11, 8, 23, tzinfo=UTC)]  # fmt: skip
    assert week_bounds(datetime(2026, 10, 25, 12, tzinfo=UTC), 1, "Europe/Berlin")[1] - WEEK == datetime(
        2026, 10, 18, 23, tzinfo=UTC
    )


# ---------------------------------------------------------------------- reasons
def test_who_is_protected_and_why_they_were_reached_all_the_same():
    blocks = [block("ada", "project"), block("lin", "support", number=2)]
    assert protected(["ada", "lin", "sam", "ada"], blocks, MONDAY + DAY) == ["ada"]
    assert protected(["ada"], blocks, MONDAY + WEEK) == []
    step = Step(targets=(Target(TargetKind.PERSON, "ada"), Target(TargetKind.SCHEDULE, "first")))
    assert reason_of_step("ada", step, 1, 1) is Reason.NAMED
    assert reason_of_step("lin", step, 1, 1) is Reason.SCHEDULED
    assert reason_of_step("lin", step, 1, 2) is reason_of_step("ada", step, 2, 1) is Reason.ESCALATED
    assert told(pulled(note="n")) == ("ada, on project work, is reached about web (page): it was their turn (n)")
    assert all(told(pulled(reason=one)) for one in Reason)
