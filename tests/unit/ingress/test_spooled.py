"""The daemon empties its spool: in order, once, and what is poisonous out of the way."""

import asyncio
import json
from collections import Counter

import pytest

from incidentd.domain.own_alarms import OwnAlarm
from incidentd.ingress.spooled import SpoolDrain
from incidentd.plugin import WebhookResponse
from incidentd.spool import Spool, idempotency_key, new_entry


class Listener:
    """Answers by `script[path]`; the last answer stays."""

    def __init__(self):
        self.script = {}
        self.asked = []
        self.called = asyncio.Event()

    async def heard(self, number):
        """Until it was asked so often."""
        while len(self.asked) < number:
            self.called.clear()
            await self.called.wait()

    async def __call__(self, path, body, headers, at):
        self.asked.append((path, json.loads(body), headers, at))
        self.called.set()
        answers = self.script.get(path, [202])
        status = answers.pop(0) if len(answers) > 1 else answers[0]
        return WebhookResponse(status=status, body=b'{"message":"said so"}')

    def bodies(self, path="/p"):
        return [body for one, body, *_ in self.asked if one == path]


@pytest.fixture
def spool(tmp_path):
    return Spool(tmp_path / "spool")


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def drain(spool, listener):
    return SpoolDrain(spool, listener)


async def test_everything_is_handed_in_once_and_in_order(spool, listener, drain):
    entries = [new_entry("/p", n, "Bearer k") for n in range(5)]
    names = [spool.put(entry) for entry in entries]
    await drain._work()
    await drain._work()
    assert listener.bodies() == [0, 1, 2, 3, 4]
    assert [at for *_, at in listener.asked] == [entry.at for entry in entries]
    headers = [headers for _, _, headers, _ in listener.asked]
    assert headers[0] == {"idempotency-key": idempotency_key(names[0]), "authorization": "Bearer k"}
    assert spool.names() == []
    assert drain.problems() == []


async def test_a_crash_before_the_removal_hands_it_in_again_under_the_same_key(spool, listener, drain, monkeypatch):
    spool.put(new_entry("/p", 1))
    with monkeypatch.context() as patched:
        patched.setattr(spool, "remove", lambda name: (_ for _ in ()).throw(OSError("killed")))
        await drain._work()
    assert "killed" in drain.problems()[0].text
    await drain._work()
    keys = [headers["idempotency-key"] for _, _, headers, _ in listener.asked]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert drain.problems() == []


async def test_a_poisonous_entry_does_not_hold_up_the_others(spool, listener, drain):
    listener.script["/bad"] = [422]
    spool.put(new_entry("/bad", 1))
    (spool.directory / f"{1:020d}-{'0' * 16}.json").write_text("garbage")
    spool.put(new_entry("/p", 2))
    await drain._work()
    assert listener.bodies() == [2]
    assert spool.names() == []
    assert [one.reason[:12] for one in spool.refused()] == ["is no entry:", "422 said so"]
    (problem,) = drain.problems()
    assert problem.code == "spool-refused"
    assert "2 spooled entries were refused" in problem.text
    assert "422 said so" in problem.text
    spool.put_back(spool.refused()[-1].name)
    listener.script["/bad"] = [202]
    await drain._work()
    assert "1 spooled entries" in drain.problems()[0].text


@pytest.mark.parametrize("status", [404, 429, 503])
async def test_what_may_pass_keeps_its_place_and_blocks_its_path_only(spool, listener, drain, status):
    listener.script["/p"] = [status, status, 202]
    for n in range(3):
        spool.put(new_entry("/p", n))
    spool.put(new_entry("/other", 9))
    await drain._work()
    assert listener.bodies() == [0]
    assert listener.bodies("/other") == [9]
    said = f"the spool keeps what was sent to /p: {status} said so"
    assert drain.problems() == [OwnAlarm("spool-waits", said)]
    await drain._work()
    await drain._work()
    assert listener.bodies() == [0, 0, 0, 1, 2]
    assert drain.problems() == []
    assert spool.refused() == []


async def test_an_entry_on_which_its_source_always_fails_is_set_aside(spool, listener, drain):
    listener.script["/p"] = [500, 500, 500, 500, 500, 202]
    for n in range(2):
        spool.put(new_entry("/p", n))
    for _ in range(6):
        await drain._work()
    assert Counter(listener.bodies()) == {0: 5, 1: 1}
    assert [one.reason for one in spool.refused()] == ["500 said so"]


async def test_an_unusable_spool_is_said_and_mended(spool, listener, drain):
    spool.put(new_entry("/p", 1))
    spool.directory.chmod(0o777)
    await drain._work()
    (problem,) = drain.problems()
    assert (problem.code, "chmod o-w" in problem.text) == ("spool-unusable", True)
    spool.directory.chmod(0o700)
    await drain._work()
    assert listener.bodies() == [1]
    assert drain.problems() == []


async def test_it_looks_at_the_start_and_while_running(spool, listener, drain):
    spool.put(new_entry("/p", 1))
    await drain.start()
    await asyncio.wait_for(listener.heard(1), 5)
    spool.put(new_entry("/p", 2))
    await asyncio.wait_for(listener.heard(2), 5)
    await drain.stop()
    assert listener.bodies() == [1, 2]


async def test_a_stop_ends_between_two_entries(spool, listener, drain):
    for n in range(3):
        spool.put(new_entry("/p", n))
    drain._stopping = True
    await drain._work()
    assert listener.asked == []
    assert len(spool.names()) == 3
