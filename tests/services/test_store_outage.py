"""While nothing can be stored people are told from memory; when it can again, that is recorded and nothing is lost."""

import asyncio
from datetime import timedelta

import pytest

from incidentd.domain.people import ContactMethod, LastResort
from incidentd.domain.store_down import StoreDown
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.values import PermanentFailure, TemporaryFailure
from incidentd.services import store_outage


class Disk:
    """The store of a daemon, which may be full, or gone altogether."""

    def __init__(self, daemon):
        self._daemon, self._backend = daemon, daemon.store.backend
        self._commit, self._read = self._backend.commit, self._backend.read

    async def _fails(self, *_args):
        raise OSError(28, "No space left on device")

    def fail(self, *, reads=True):
        self._backend.commit = self._fails
        self._backend.read = self._read if reads else self._fails

    def mend(self):
        self._backend.commit, self._backend.read = self._commit, self._read

    async def live(self, seconds):
        """So long with the loop of the outage, which looks every ten seconds; all others find a store that fails."""
        outage = self._daemon.core.outage
        for second in range(0, seconds, 10):
            await outage.work()
            await asyncio.gather(*outage._sending)
            self._daemon.clock.advance(min(10, seconds - second))

    async def refuse(self, *names, **values):
        for name in names:
            with pytest.raises(StoreUnavailable):
                await self._daemon.fire(name, **values)


@pytest.fixture
def disk(daemon):
    daemon.route(group_wait=timedelta(0))
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push", ("phone", 120)), daemon.person("lin", "push")],
        [daemon.policy("default", (300, "ada"), (300, "lin"), repeat=0)],
        last_resort=LastResort(contacts=(ContactMethod(notifier="siren", address="all"),)),
    )
    made = Disk(daemon)
    yield made
    made.mend()


def told(daemon, since=0):
    return [(one.recipient, instance) for instance, one in daemon.sender.sent[since:]]


async def test_those_on_call_and_the_last_resort_are_told_of_what_is_not_recorded(daemon, disk, monkeypatch):
    monkeypatch.setattr(store_outage, "_TOLD", 3)
    disk.fail()
    await disk.refuse("disk", "cpu", "disk")
    await disk.live(30)
    assert daemon.sender.sent == []  # a hiccup is over before anybody is told
    await disk.live(2)
    assert told(daemon) == [("ada", "push"), ("last-resort", "siren")]
    first = daemon.sender.sent[0][1]
    assert first.title == "incidentd cannot store: 2 alerts came in that are not recorded; first: disk"
    assert "cpu" in first.body
    [problem] = daemon.core.operations.problems()
    assert (problem.code, problem.text) == (
        "store-down",
        "nothing can be stored since 09:00:00 UTC: 2 alerts came in, 2 were told",
    )
    await disk.refuse("disk", "cpu")  # sent again, as senders do: no news
    await disk.live(130)
    assert told(daemon, 2) == [("ada", "phone")]
    await disk.refuse("mem")
    await disk.live(190)
    assert told(daemon, 3) == [("lin", "push")]  # the next step, about all of them
    assert "3 alerts" in daemon.sender.sent[3][1].title
    assert len(daemon.core.outage._told) == 3  # the first of four is forgotten
    disk.mend()
    await disk.live(2)
    assert daemon.core.operations.problems() == []
    for key in ("disk", "cpu", "mem"):  # although their sender never came back
        assert (await daemon.alert_row(key)).status == "firing"
    [back] = await daemon.events("daemon.store_back")
    assert back.data["alerts"] == 3
    recorded = await daemon.events("daemon.told_from_memory")
    assert [(one.data["person"], one.data["notifier"]) for one in recorded] == told(daemon)
    assert len({one.data["key"] for one in recorded}) == 4


async def test_what_is_known_hidden_or_over_wakes_nobody(daemon, disk):
    await daemon.fire("known")
    await daemon.settle()
    await disk.live(6)  # it is kept in mind
    daemon.sender.clear()
    disk.fail(reads=False)
    await disk.refuse("known", "over")
    with pytest.raises(StoreUnavailable):
        await daemon.resolve("over")
    await disk.live(40)
    assert daemon.sender.sent == []
    disk.mend()
    await disk.live(2)
    assert (await daemon.alert_row("over")).status == "resolved"


async def test_nobody_is_told_where_the_configuration_says_so(daemon, disk):
    daemon.core.outage.settings = lambda: StoreDown(page=False)
    disk.fail()
    await disk.refuse("disk")
    await disk.live(60)
    assert daemon.sender.sent == []
    assert "nobody is told" in daemon.core.operations.problems()[0].text
    disk.mend()
    await disk.live(2)
    assert (await daemon.alert_row("disk")).status == "firing"


@pytest.mark.both_engines
@pytest.mark.parametrize("reads", [True, False])
async def test_an_open_page_goes_on_and_is_not_sent_twice(daemon, disk, reads):
    await daemon.fire()
    await daemon.settle()
    assert told(daemon) == [("ada", "push")]
    await disk.live(6)
    disk.fail(reads=reads)
    await disk.refuse("late")
    await disk.live(400)
    of_page = [(who, way) for who, way in told(daemon, 1) if who != "last-resort"]
    assert of_page.count(("ada", "phone")) == 2  # the message of the page that waited, and that of the new alert
    from_memory = next(one for _, one in daemon.sender.sent if one.recipient == "lin" and one.title.startswith("disk"))
    assert from_memory.body == daemon.sender.sent[0][1].body  # what the store would say under this key
    assert from_memory.acknowledge_url
    disk.mend()
    before = len(daemon.sender.sent)
    await disk.live(2)
    await daemon.settle()
    again = [one for _, one in daemon.sender.sent[before:] if one.title == from_memory.title]
    assert again == []  # the step that the store takes now was sent from memory, under the same key
    rows = {row.idempotency_key: row.state for row in await daemon.deliveries(1)}
    assert rows[from_memory.idempotency_key] == "sent"
    assert await daemon.events("page.told_from_memory")


async def test_who_follows_a_link_is_on_it_in_memory_and_later_in_the_store(daemon, disk):
    await daemon.fire()
    await daemon.settle()
    token = daemon.sender.sent[0][1].acknowledge_url.rpartition("/")[2]
    disk.fail()
    await disk.refuse("late")
    with pytest.raises(StoreUnavailable, match="only in memory"):
        await daemon.core.links.acknowledge(token)
    await disk.live(400)
    assert all(one.title.startswith("incidentd cannot store") for _, one in daemon.sender.sent[1:])
    disk.mend()
    await disk.live(1)
    page = (await daemon.pages())[0]
    assert (page.state, page.acknowledged_by, page.acknowledged_via) == ("acknowledged", "ada", "link")


async def test_what_a_process_told_before_it_ended_is_recorded_by_the_next_one_and_not_told_again(
    daemon, disk, tmp_path
):
    ended, places = daemon.core.outage, (tmp_path, tmp_path / "another disk")
    ended.journal.directories = places
    await daemon.fire()
    await daemon.settle()
    token = daemon.sender.sent[0][1].acknowledge_url.rpartition("/")[2]
    await disk.live(6)
    disk.fail()
    await disk.refuse("late")
    await disk.live(400)
    sent = [one.idempotency_key for _, one in daemon.sender.sent[1:]]
    with pytest.raises(StoreUnavailable, match="kept in a file"):
        await daemon.core.links.acknowledge(token)
    await ended.stop()
    file = tmp_path / "told-from-memory.jsonl"
    assert file.stat().st_mode & 0o777 == 0o600
    kept = file.read_bytes()
    disk.mend()

    async def next_process():
        parts = (ended._store, ended._sender, ended._links, ended._mutes, ended._process, ended._roster, ended._back)
        made = store_outage.StoreOutage(*parts)
        made.journal.directories = places
        await made.start()
        return made

    following = await next_process()
    assert all(following.already(key) is not None for key in sent)
    assert following.down_since is None
    kinds = ("page.told_from_memory", "daemon.told_from_memory", "daemon.store_back")
    recorded = [await daemon.events(kind) for kind in kinds]
    assert sorted(one.data["key"] for one in (*recorded[0], *recorded[1])) == sorted(sent)
    assert {tuple(one.data["alerts"]) for one in recorded[1]} == {("late",)}
    page = (await daemon.pages())[0]
    assert (page.state, page.acknowledged_by, page.acknowledged_via) == ("acknowledged", "ada", "link")
    assert not file.exists()
    file.write_bytes(kept + kept[:40])  # as if it had ended before it could remove the file, in the middle of a line
    await next_process()
    assert [await daemon.events(kind) for kind in kinds] == recorded
    assert not file.exists()


async def test_who_follows_a_link_when_the_store_was_back_for_a_moment_is_on_it(daemon, disk, monkeypatch):
    daemon.route(group_wait=timedelta(0), group_by=("alertname",))
    for name in ("one", "two"):
        await daemon.fire(name)
        await daemon.settle()
    urls = [daemon.core.links.of_page(page.id, "ada") for page in await daemon.pages()]
    first, second = (one.rpartition("/")[2] for one in urls)
    outage = daemon.core.outage
    disk.fail()
    with pytest.raises(StoreUnavailable):
        await daemon.core.links.acknowledge(first)
    disk.mend()
    with monkeypatch.context() as patched:
        patched.setattr(outage._back, "catch_up", disk._fails)
        with pytest.raises(OSError, match="No space"):
            await outage.work()
    disk.fail()
    with pytest.raises(StoreUnavailable, match="It is known"):
        await daemon.core.links.acknowledge(second)
    disk.mend()
    await disk.live(20)
    assert [page.state for page in await daemon.pages()] == ["acknowledged", "acknowledged"]


async def test_a_method_that_fails_brings_the_next_one_forward(daemon, disk):
    daemon.sender.script["push"] = [PermanentFailure("no such device")]
    daemon.sender.script["siren"] = [TemporaryFailure("busy")]
    disk.fail()
    await disk.refuse("disk")
    await disk.live(60)
    assert told(daemon) == [("ada", "push"), ("last-resort", "siren"), ("ada", "phone"), ("last-resort", "siren")]
    keys = [one.idempotency_key for instance, one in daemon.sender.sent if instance == "siren"]
    assert keys[0] == keys[1]
    disk.mend()
    await disk.live(1)
    assert [one.data["error"] for one in await daemon.events("daemon.told_from_memory")] == ["no such device", "", ""]


async def test_more_than_can_be_kept_is_counted(daemon, disk, monkeypatch):
    monkeypatch.setattr(store_outage, "MOST_HELD", 2)
    disk.fail()
    await disk.refuse("a", "b", "c", "a")
    disk.mend()
    await disk.live(1)
    [back] = await daemon.events("daemon.store_back")
    assert (back.data["alerts"], back.data["left_out"]) == (3, 1)


async def test_what_other_nodes_take_care_of_is_left_to_them(daemon, disk):
    """A node that is cut off would page a second time for what the others page for."""
    others = [True]

    async def go_on():
        return others[0]

    daemon.core.outage.others = go_on
    await daemon.fire("stored")
    await daemon.settle()
    before = len(daemon.sender.sent)
    assert before == 1
    await daemon.core.outage.work()  # keeps in mind what there is
    disk.fail(reads=False)
    await disk.refuse("refused")
    await disk.live(270)
    assert told(daemon, before) == []
    await disk.live(60)
    assert {one.title.rpartition("; ")[2] for _, one in daemon.sender.sent[before:]} == {"first: refused"}
    others[0] = False  # and now the database is gone for all
    before = len(daemon.sender.sent)
    await disk.live(20)
    assert ("lin", "push") in told(daemon, before), "the page that is open takes its next step"


async def test_a_disk_that_failed_is_said_and_the_process_makes_room(daemon, disk, monkeypatch):
    renewed = []
    monkeypatch.setattr(daemon.store.backend, "suspect", True)
    daemon.core.outage.renew = lambda: renewed.append(True)
    await disk.live(60)
    [problem] = daemon.core.operations.problems()
    assert problem.code == "disk-failed"
    assert renewed == []  # it serves on for a while, so that it does not end again and again
    await disk.live(10)
    assert renewed == [True]
