"""The calendar of duty: who has it on each day and what is to know of it, also over a change of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from incidentd_tui import calendar
from incidentd_tui.model import Model
from incidentd_tui.rows import calendar as days

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
async def shown(client, fakes):
    """(a model, the schedules of two weeks) of the scene."""
    model = Model(fakes.FixedClock())
    model.info = await client.info()
    model.set_people(await client.people())
    model.services = (await client.services()).services
    monday = datetime(2026, 3, 9, tzinfo=UTC)
    return model, await client.schedules(starts_at=monday, ends_at=monday + timedelta(weeks=2))


def told(lines) -> str:
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)


def schedule(found, name):
    return next(one for one in found.schedules if one.name == name)


def test_a_day_is_as_long_as_the_clocks_of_the_viewer_make_it():
    spring, autumn = (calendar.day_span(date(2026, month, day), BERLIN) for month, day in ((3, 29), (10, 25)))
    assert spring.ends_at - spring.starts_at == timedelta(hours=23)
    assert autumn.ends_at - autumn.starts_at == timedelta(hours=25)
    assert calendar.day_span(date(2026, 3, 29), BERLIN, 2).ends_at == datetime(2026, 3, 30, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "by", "becomes"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), -1, date(2025, 12, 31)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2028, 3, 30), -1, date(2028, 2, 29)),
    ],
)
def test_a_month_on_keeps_the_day_where_there_is_one(day, by, becomes):
    assert calendar.month_step(day, by) == becomes


async def test_shifts_and_gaps_of_a_day_in_order(shown):
    _, found = shown
    night = calendar.parts(schedule(found, "night"), calendar.day_span(date(2026, 3, 10), UTC))
    assert [(one.person, f"{one.starts_at:%H}", f"{one.ends_at:%H}") for one in night] == [
        ("raj", "00", "06"),
        ("", "06", "22"),
        ("raj", "22", "00"),
    ]


async def test_every_sign_has_a_mark_a_word_and_a_sentence(shown):
    model, found = shown

    def signs(name, day):
        return calendar.signs(model, found, schedule(found, name), calendar.day_span(date(2026, 3, day), UTC))

    (wedding,) = signs("payments", 14)
    assert (wedding.mark, wedding.word, wedding.text) == ("↷", "overr.", "override 1: mei instead of lin: a wedding")
    (offer,) = signs("payments", 15)
    assert (offer.mark, offer.text) == ("?", "swap 1 waits for ada: lin offers it")
    (gap,) = signs("comms", 11)
    assert gap == ("▲", "gap 1d", "nobody 00:00–24:00: mei is absent and nobody stands in", True)
    assert [one.word for one in signs("night", 10)] == ["gap 16h", "no way"]  # raj has no contact method
    holiday = signs("payments", 17)[0]
    assert (holiday.mark, holiday.text) == ("◆", "lin is on call for payments on 2026-03-17 (Founders' Day)")
    assert not signs("payments", 18)  # the day after it is none


async def test_both_schedules_of_an_overlap_show_it(shown):
    model, found = shown
    span = calendar.day_span(date(2026, 3, 13), UTC)
    for name in ("platform", "night"):
        twice = [one for one in calendar.signs(model, found, schedule(found, name), span) if one.word == "twice"]
        assert [one.text for one in twice] == ["raj is on call for platform and for night, both of policy default"]
    assert not [one for one in calendar.signs(model, found, schedule(found, "payments"), span) if one.bad]


async def test_a_week_and_a_month_tell_the_viewer_apart_without_colour(shown):
    model, found = shown
    one, friday = schedule(found, "payments"), date(2026, 3, 13)
    names, below = told(days.week_row(model, found, one, friday, 79)).splitlines()
    assert names.split() == ["payments", "you", "you", "you", "you", "you›lin", "lin›mei…", "lin"]
    assert below.split()[:2] == ["UTC", "09:00"]
    assert "↷ overr." in below
    month = told(days.month_row(model, found, one, friday, 79)).splitlines()
    assert "│lin" in month[0]
    assert month[1][15 + 2 * 13] == "↷"
    assert "▸Fri 13" in told([days.week_head(model, friday, 79)])
    assert "Thu 12●" in told([days.week_head(model, friday, 79)])


async def test_a_day_in_words_has_the_clocks_of_whoever_has_it(shown):
    model, found = shown
    text = told(days.day_lines(model, found, schedule(found, "payments"), date(2026, 3, 13), 60))
    assert "00:00–09:00  you" in text
    assert "09:00–24:00  lin  10:00–01:00 in Berlin" in text
