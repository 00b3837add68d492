"""What holds the event loop is named, and a plugin that ended two runs is left out of the third."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from incidentd.pluginhost.census import tasks_by_plugin
from incidentd.pluginhost.stalls import Stall, StallBook, Stalls, at_start
from incidentd.pluginhost.watchdog import Held, LoopWatchdog, holder

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OWNERS = {"bad_plugin": "bad", "incidentd_ntfy": "ntfy"}


@pytest.mark.parametrize(
    ("stack", "plugin"),
    [
        (["bad_plugin.notifier", "incidentd.pluginhost.sending"], "bad"),
        (["requests.sessions", "bad_plugin", "asyncio.events"], "bad"),
        (["incidentd.plugin.httpcall", "incidentd_ntfy.notifier"], "ntfy"),
        (["incidentd.services.intake", "bad_plugin"], ""),
        (["json.decoder", "asyncio.events"], ""),
        ([], ""),
    ],
)
def test_the_innermost_code_that_is_somebodys_holds_the_loop(stack, plugin):
    assert holder(iter(stack), OWNERS) == plugin


def test_two_ends_within_an_hour_leave_a_plugin_out():
    first = at_start(Stalls(present=Stall("bad", NOW, "stack")), NOW)
    assert (first.present, first.left_out, len(first.ends)) == (None, (), 1)
    again = Stalls(present=Stall("bad", NOW + timedelta(minutes=5)), ends=first.ends)
    assert at_start(again, NOW + timedelta(minutes=6)).left_out == ("bad",)
    assert at_start(again, NOW + timedelta(hours=2)).left_out == ()


def test_ends_of_others_and_stalls_of_nobody_count_for_no_plugin():
    ends = (Stall("good", NOW),)
    assert at_start(Stalls(present=Stall("bad", NOW), ends=ends), NOW).left_out == ()
    assert at_start(Stalls(present=Stall("", NOW), ends=ends), NOW) == Stalls(ends=ends)


def test_the_file_is_there_for_the_next_run(tmp_path):
    for _ in range(2):
        book = StallBook(tmp_path)
        book.open(NOW)
        assert book.problems() == []
        book.begins(Stall("bad", NOW, "x" * 10_000))
    book = StallBook(tmp_path)
    book.open(NOW)
    assert book.left_out == ("bad",)
    (alarm,) = book.problems()
    assert alarm.code == "plugin-left-out"
    book.forgive()
    assert [*book.left_out, *book.problems()] == []
    book.begins(Stall("bad", NOW))
    once_more = StallBook(tmp_path)
    once_more.open(NOW)
    assert once_more.left_out == ("bad",), "it does not get two more"


def test_a_stall_that_ended_is_no_end_of_a_run(tmp_path):
    for _ in range(3):
        book = StallBook(tmp_path)
        book.open(NOW)
        book.begins(Stall("slow", NOW))
        book.over()
    assert book.left_out == ()


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff"])
def test_a_broken_file_stops_no_start(tmp_path, content):
    (tmp_path / "stalls.json").write_bytes(content)
    book = StallBook(tmp_path)
    book.open(NOW)
    assert book.left_out == ()
    book.begins(Stall("bad", NOW))
    again = StallBook(tmp_path)
    again.open(NOW)
    assert len(again._known.ends) == 1


async def test_a_long_stall_is_told_while_it_lasts_and_when_it_is_over():
    told: list[str] = []
    watchdog = LoopWatchdog(
        lambda held: told.append(f"stall {isinstance(held, Held)}"),
        0.25,
        on_long=lambda held: told.append(f"long {'time.sleep' in held.stack}"),
        on_over=lambda: told.append("over"),
        long_seconds=0.5,
    )
    watchdog.start()
    ends = time.monotonic() + 20
    while len(told) < 2 and time.monotonic() < ends:
        time.sleep(0.05)
    assert told == ["stall True", "long True"]
    async with asyncio.timeout(20):
        while len(told) < 3:  # noqa: ASYNC110 - the watchdog is a thread
            await asyncio.sleep(0.05)
    watchdog.stop()
    assert told == ["stall True", "long True", "over"]


async def test_tasks_of_a_plugin_are_counted_by_their_code():
    scope = {"__name__": "leaky_plugin.source"}
    exec("async def wait(event): await event.wait()", scope)
    event = asyncio.Event()
    tasks = [asyncio.create_task(scope["wait"](event)) for _ in range(7)]
    assert tasks_by_plugin({"leaky_plugin": "leaky"}) == {"leaky": 7}
    event.set()
    await asyncio.gather(*tasks)
    assert tasks_by_plugin({"leaky_plugin": "leaky"}) == {}
