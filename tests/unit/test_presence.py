"""Who is here, out of what their terminals said last."""

from datetime import UTC, datetime, timedelta

from incidentd.domain.presence import Sign, State, here

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def sign(person, session="a", state=State.VIEWING, what="", since=T0, until=10.0):
    return Sign(person=person, session=session, state=state, what=what, since=since, until=until)


def test_people_stand_by_name_and_who_fell_silent_is_gone():
    signs = [sign("lin"), sign("ada"), sign("mei", until=5.0)]
    assert [one.person for one in here(signs, 5.0)] == ["ada", "lin"]


def test_of_several_terminals_the_one_that_tells_most_counts():
    signs = [
        sign("ada", "a", State.AWAY),
        sign("ada", "b", State.WRITING, "note"),
        sign("ada", "c", what="timeline", since=T0 + timedelta(minutes=1)),
    ]
    assert [(one.state, one.what) for one in here(signs, 0.0)] == [(State.WRITING, "note")]
    assert [one.what for one in here(signs[2:], 0.0)] == ["timeline"]
    assert [one.state for one in here(signs[::-1][:2], 20.0)] == []


def test_of_two_that_tell_the_same_the_later_counts():
    signs = [sign("ada", "a", what="actions"), sign("ada", "b", what="timeline", since=T0 + timedelta(seconds=1))]
    assert here(signs, 0.0) == here(signs[::-1], 0.0)
    assert here(signs, 0.0)[0].what == "timeline"
