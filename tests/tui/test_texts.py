"""Pure parts: sanitising, cutting, wrapping, phrases, filters, the picker's order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from incidentd import wire
from incidentd.domain.filters import parse_filter
from incidentd.domain.severity import Severity
from incidentd_tui import paint, phrases
from incidentd_tui.inert import Backstop, Shown, contained, inert
from incidentd_tui.keymap import load_keymap
from incidentd_tui.rows import timeline
from incidentd_tui.screens.picker import score

NOW = datetime(2026, 3, 12, 14, 22, tzinfo=UTC)
ANY = st.text(alphabet=st.characters(), max_size=60)


def harmless(text: str) -> bool:
    """No control character (but line breaks), no bidi control, no zero-width trick."""
    return not any(
        (ord(char) < 0x20 and char not in "\n\t")
        or 0x7F <= ord(char) <= 0x9F
        or char in "\u202e\u2066\u200b\ufeff\u2028"
        for char in text
    )


@given(ANY)
def test_shown_text_is_harmless_and_stays_so(text):
    shown = Shown(text)
    assert harmless(shown)
    assert Shown(shown) is shown


@given(ANY, st.integers(0, 40))
def test_fit_gives_exactly_the_cells_asked_for(text, width):
    shown = paint.fit(text, width)
    assert cell_len(shown) == width
    assert harmless(shown)
    assert "\n" not in shown


@given(ANY, st.integers(4, 40))
def test_wrapped_lines_fit(text, width):
    lines = paint.wrap(text, width)
    assert lines
    assert all(cell_len(line) <= width or cell_len(line) == cell_len(line[:1]) for line in lines)
    assert all(harmless(line) for line in lines)


@given(ANY)
def test_the_backstop_keeps_the_width_and_lets_nothing_through(text):
    flat = text.replace("\n", "").replace("\t", "")
    segment = Backstop().apply([Segment(flat)], Color(0, 0, 0))[0]
    assert harmless(segment.text)
    assert cell_len(segment.text) == cell_len(flat)


def test_contained_replaces_escape():
    assert "\x1b" not in contained("a\x1b[2Jb")
    assert contained("a\x1b[2Jb").startswith("a")


def test_inert_rebuilds_nested_structs(fakes):
    alert = fakes.make_alert(1, "x\x1b]0;owned\x07", labels={"k\x9b": "v\u202e"}, annotations={"a": "b\x07"})
    clean = inert(wire.AlertPage(alerts=(alert,), next_cursor="", total=1)).alerts[0]
    assert isinstance(clean.name, Shown)
    assert harmless(clean.name + "".join(clean.labels) + "".join(clean.labels.values()) + clean.annotations["a"])
    assert clean.id == 1


def test_inert_keeps_enumerations(fakes):
    incident = inert(fakes.make_incident(1, "t", severity=Severity.SEV2))
    assert incident.severity is Severity.SEV2


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "now"),
        (59, "now"),
        (60, "1m"),
        (3599, "59m"),
        (7200, "2h"),
        (86400 * 3, "3d"),
        (86400 * 40, "5w"),
        (-5, "now"),
    ],
)
def test_ages(seconds, told):
    assert phrases.age(NOW - timedelta(seconds=seconds), NOW) == told


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0:00"), (-3, "0:00"), (72, "1:12"), (3672, "1:01:12"), (90061, "1d 1h")]
)
def test_clocks(seconds, told):
    assert phrases.clock(timedelta(seconds=seconds)) == told


def test_offsets_go_both_ways():
    assert phrases.offset(NOW + timedelta(minutes=65), NOW) == "+1:05"
    assert phrases.offset(NOW - timedelta(minutes=3), NOW) == "-0:03"
    assert phrases.offset(NOW + timedelta(hours=99), NOW) == "+99:00"
    assert phrases.offset(NOW + timedelta(hours=2322), NOW) == "+96d"


def test_a_day_is_told_where_it_begins():
    def entry(seq: int, at: datetime) -> wire.TimelineEntry:
        return wire.TimelineEntry(
            seq=seq, observed_at=at, recorded_at=at, kind="note", by="", text="", detail="", evidence="", pinned=False
        )

    at = [NOW, NOW + timedelta(hours=9), NOW + timedelta(hours=11), NOW + timedelta(days=30)]
    entries = [entry(seq, one) for seq, one in enumerate(at)]
    assert timeline.days(entries, UTC, NOW.date()) == {2: "Fri 13 Mar 2026", 3: "Sat 11 Apr 2026"}
    assert timeline.days(entries[:2], UTC, NOW.date()) == {}
    assert timeline.days(entries[:2], UTC, at[3].date()) == {0: "Thu 12 Mar 2026"}


@pytest.mark.parametrize(
    ("word", "rank", "short"),
    [("critical", 1, "CRIT"), ("Warning", 3, "WARN"), ("info", 4, "INFO"), ("", 5, "—"), ("weird", 3, "WEIR")],
)
def test_severity_words_of_senders(word, rank, short):
    assert (phrases.alert_rank(word), phrases.alert_severity(word)) == (rank, short)


def test_filters_take_words_and_matchers():
    found = parse_filter('disk team=web host=~"db.*" x!=y')
    assert found.words == ("disk",)
    assert [str(one) for one in found.matchers] == ['team="web"', 'host=~"db.*"', 'x!="y"']
    assert found.accepts("the disk is full", {"team": "web", "host": "db-1"})
    assert not found.accepts("the disk is full", {"team": "web", "host": "web-1"})
    assert not found.accepts("the cpu is hot", {"team": "web", "host": "db-1"})


def test_a_broken_matcher_is_named_and_the_rest_still_filters():
    found = parse_filter("disk host=~(")
    assert "RE2" in found.fault
    assert found.words == ("disk",)


@given(ANY)
def test_no_filter_crashes(text):
    parse_filter(text).accepts("some text", {"a": "b"})


def test_the_picker_prefers_word_starts():
    assert score("inc", "incident") < score("inc", "the incident")
    assert score("ent", "incident") > score("ent", "an entry")
    assert score("icd", "incident") is not None
    assert score("zz", "incident") is None


def test_a_keymap_is_read_and_faults_are_named(tmp_path):
    path = tmp_path / "tui.toml"
    assert load_keymap(path) == ({}, "")
    path.write_text('[keys]\n"inbox.ack" = "f5"\n')
    assert load_keymap(path) == ({"inbox.ack": "f5"}, "")
    path.write_text('[keys]\n"inbox.ack" = 5\n')
    assert "inbox.ack" in load_keymap(path)[1]
    path.write_text("[keys")
    assert "tui.toml" in load_keymap(path)[1]
