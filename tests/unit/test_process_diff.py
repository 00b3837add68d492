"""Two processes compared by meaning: keys in words, items by their names, and what is no difference."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incidentd.configuration.documents import Document
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_effective import duration, effective
from incidentd.configuration.process_file import read_process
from incidentd.domain import cadence_replay, window_replay
from incidentd.domain.process_diff import Kind, differences, label, text_change
from incidentd.domain.process_keys import resolved, still_there
from incidentd.domain.process_text import with_reasons
from incidentd.domain.review_window import Window
from incidentd.wire import Event

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "config" / "process.toml").read_text(encoding="utf-8")
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ROUTES = (
    '[[route.routes]]\nname = "web"\nmatch = ["service=web"]\n[[route.routes]]\nname = "db"\nmatch = ["service=db"]\n'
)


def document(text):
    return Document(Path("process.toml"), text)


def process(text):
    return read_process(document(text), None)


def changed(before, after):
    found = differences(effective(document(before)), effective(document(after)))
    return [(label(one.key), one.kind.value, one.before, one.after) for one in found]


def test_comments_defaults_and_order_of_keys_are_no_difference():
    assert changed("", "# nothing\n[updates.SEV2]\nidentified = '30m'\n[severity]\n") == []
    assert changed(EXAMPLE, EXAMPLE) == []
    assert changed("", "[adoption]\nreason = 'so'\nbecause = { adoption = 'quiet' }\n") == []


def test_each_key_is_told_in_words():
    assert changed("", "[updates.SEV2]\nidentified = '20m'\n") == [("cadence SEV2 identified", "changed", "30m", "20m")]
    assert changed("", "[updates.SEV5]\ninvestigating = '1d'\n") == [("cadence SEV5 investigating", "added", "", "1d")]
    assert changed("", "[review]\nnone = ['SEV3']\n") == [
        ("window SEV3", "removed", "floor 0s; ceiling_business_days 10", "")
    ]
    assert changed("", "[review.windows.SEV1]\nfloor = '12h'\nceiling_business_days = 5\n") == [
        ("window SEV1 opens after", "changed", "1d", "12h")
    ]
    assert changed("", "[adoption]\nsecond_person = true\n") == [("adoption.second_person", "changed", "no", "yes")]
    assert changed("", "[limits]\nusual = []\n") == [("limits.usual", "changed", "1/1m", "none")]


def test_items_are_known_by_their_names_wherever_they_stand():
    lines = ROUTES.splitlines(keepends=True)
    swapped = "".join([*lines[3:], *lines[:3]])
    assert changed(ROUTES, swapped) == [("route.routes", "order", "web, db", "db, web")]
    assert changed(ROUTES, ROUTES + 'group_wait = "5m"\n') == [("route db.group_wait", "changed", "not set", "5m")]
    assert changed(ROUTES, "".join(lines[:3]))[0][:2] == ("route db", "removed")
    edited = EXAMPLE.replace('id = "unusable-for-most"\nlevel = "SEV1"', 'id = "unusable-for-most"\nlevel = "SEV2"')
    assert changed(EXAMPLE, edited) == [("severity rule unusable-for-most level", "changed", "SEV1", "SEV2")]


def test_a_difference_has_its_lines():
    after = document("\n\n[updates.SEV2]\nidentified = '20m'\n")
    (one,) = differences(effective(document("")), effective(after))
    assert (after.line(one.path_after), one.kind) == (4, Kind.CHANGED)


EDITS = (
    "[route]\ngroup_by = ['...']\n",
    "[[inhibit]]\nsource = ['a=b']\ntarget = ['c=d']\n", "[dependencies]\nhold = '1m'\n",
    "[[time_intervals.nights]]\ntimes = [{ start_time = '22:00', end_time = '24:00' }]\n",
    "[maintenance]\nannounce = ['2h']\n",
    "[rehearsal]\n[[rehearsal.cards]]\nid = 'x'\ntitle = 'X'\ntext = 'It is down.'\n",
    "[updates]\nremind = '1m'\n", "[updates.long]\nafter = '3h'\n", "[review]\nname = 'Look back'\n",
    "[review]\nnames = 'names'\n", "[review]\nfacilitators = ['ada']\n", "[review]\nmute_after = 9\n",
    "[roles]\nseparate = ['SEV1']\n", "[[checklists]]\nrole = 'scribe'\nitems = [{ id = 'w', text = 'Write.' }]\n",
    "[support.nudge]\nreports = 3\n", "[chat]\nchannel = 'slack'\npages = 'C1'\n",
    "[learning]\ndigest = { weekday = 'mon', at = '09:00', to = ['team:web'] }\n", "[adoption]\nrole = 'admin'\n",
)  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_whatever_makes_another_version_is_told(edit):
    assert process(edit).version != process("").version
    assert changed("", edit)


def test_files_are_told_by_their_lines():
    assert text_change("w.toml", "a\nb\n", "a\nb\n") is None
    assert text_change("w.toml", "a\nb\n", "a\nc\nd\n").after == "2 lines added"
    assert text_change("w.toml", None, "a\n").kind is Kind.ADDED


def test_durations_are_written_as_a_file_writes_them():
    said = [duration(timedelta(seconds=one)) for one in (0, 45, 1200, 5400, 90000)]
    assert said == ["0s", "45s", "20m", "1h30m", "1d1h"]


def test_keys_are_called_by_names_that_survive_sorting():
    data = {"severity": {"rules": [{"id": "a.b", "level": "SEV1"}, {"id": "c"}]}, "updates": {"SEV2": {"x": 1}}}
    assert resolved(data, "severity.rules.1") == resolved(data, "severity.rules[1]") == "severity.rules.c"
    assert resolved(data, "severity.rules.a.b.level") == "severity.rules.a.b.level"
    assert [resolved(data, key) for key in ("", "updates.SEV3", "severity.rules.2", "updates.SEV2.x.y")] == [None] * 4
    assert still_there(data, {"updates.SEV2": "so", "updates.SEV9": "gone"}) == {"updates.SEV2": "so"}


def test_an_explanation_of_what_is_not_there_is_a_fault_with_its_line():
    with pytest.raises(
        ConfigurationError, match=r"process\.toml:3: adoption\.because\.updates\.SEV2: the file has no key"
    ):
        process("[adoption]\n[adoption.because]\n'updates.SEV2' = 'so'\n")


def test_reasons_stand_in_the_file_and_make_no_other_version():
    text = with_reasons(EXAMPLE, "fewer pages", {"route": 'it was "loud"\nat night'})
    assert process(text).version == process(EXAMPLE).version
    assert document(text).data["adoption"] == {"reason": "fewer pages", "because": {"route": 'it was "loud"\nat night'}}


# ------------------------------------------------------------------ what is on record
def event(seq, minutes, kind, **data):
    return Event(
        seq=seq, at=AT + minutes * MINUTE, actor="ada", kind=f"incident.{kind}", subject="incident:1", data=data
    )


def history(*told, severity="SEV2"):
    """Declared with 15 minutes promised, then an update "identified" at each of `told`, with half an hour promised."""
    first = event(1, 0, "declared", status="active", severity=severity, next_update_at=AT + 15 * MINUTE)
    return [
        first,
        *(
            event(2 + n, at, "update", phase="identified", audience="internal", next_at=AT + (at + 30) * MINUTE)
            for n, at in enumerate(told)
        ),
    ]


def replayed(events, edit, as_of=1000):
    return cadence_replay.replay([(1, events)], process(""), process(edit), AT + as_of * MINUTE)


def test_promises_under_another_cadence():
    sooner = "[updates.SEV2]\nidentified = '20m'\n"
    found = replayed(history(10, 35, 50), sooner)  # 25 minutes, then 15, then nothing more
    assert (found.n, found.kept_before, found.kept_after, found.by_hand) == (3, 2, 1, 0)
    (one,) = found.moved
    assert (one.made_at, one.promised_after, one.missed) == (AT + 10 * MINUTE, AT + 30 * MINUTE, True)
    later = replayed(history(10, 45), "[updates.SEV2]\nidentified = '40m'\n")
    assert (later.kept_before, later.kept_after, [one.missed for one in later.moved]) == (0, 1, [False])
    assert replayed(history(10, 35, severity="SEV3"), sooner).n == 0
    assert replayed(history(10, 35), "").n == 0


def test_a_time_that_was_set_by_hand_stays():
    events = history(10, 35)
    events[1] = event(2, 10, "update", phase="identified", audience="internal", next_at=AT + 90 * MINUTE)
    found = replayed(events, "[updates.SEV2]\nidentified = '20m'\n")
    assert (found.n, found.by_hand) == (1, 1)


def test_a_severity_counts_from_when_it_was_set():
    events = history(10, 35, severity="SEV3")
    events.insert(2, event(3, 20, "severity", to="SEV2", **{"from": "SEV3"}))
    assert replayed(events, "[updates.SEV2]\nidentified = '20m'\n").n == 1


def test_review_windows_under_another_process():
    def window(days):
        return Window(opens_at=AT, soon_at=AT, due_at=AT + timedelta(days=days))

    def resolved(number, before, after, held):
        return window_replay.Resolved(
            incident_id=number, before=before and window(before), after=after and window(after),
            held_at=None if held is None else AT + timedelta(days=held),
        )  # fmt: skip

    found = window_replay.replay(
        [resolved(1, 7, 3, 5), resolved(2, 7, 3, 2), resolved(3, 7, None, None), resolved(4, 3, 7, None)],
        AT + timedelta(days=5),
    )
    assert (found.n, found.needed_before, found.needed_after) == (4, 4, 3)
    assert (found.closes_earlier, found.closes_later) == (2, 1)
    assert (found.late_before, found.late_after, found.turned) == (1, 1, (1, 4))
