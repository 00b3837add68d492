"""Senders that try again until they are answered, and the count of what became of all they sent."""

import asyncio
import json
from collections import Counter, defaultdict

BATCH = 8
SENDERS = 3
SETTLE_SECONDS = 240.0
FROM_MEMORY = "incidentd cannot store"
ROSTER = """
[people.ada]
contacts = [{ notifier = "sink" }]
[people.bob]
contacts = [{ notifier = "sink" }]
[policies.default]
steps = [{ targets = ["person:ada"], delay = "1s" }, { targets = ["person:bob"], delay = "2h" }]
"""
PEOPLE = ("ada", "bob")
# One group and one page for each alert; half of them wait for a durable timer first.
PROCESS = """
[route]
group_by = ["number"]
group_wait = "1s"
[[route.routes]]
match = ["wait=no"]
group_wait = "0s"
[[route.routes]]
match = ["alertname=large"]
page = false
"""


def alert(number: int) -> dict:
    wait = "no" if number % 2 else "yes"
    labels = {"alertname": "fault", "number": str(number), "wait": wait}
    return {"labels": labels, "annotations": {"summary": "fault"}, "endsAt": "2100-01-01T00:00:00Z"}


def large(number: int) -> dict:
    """One that pages nobody, of 4,000 characters."""
    labels = {"alertname": "large", "number": f"large-{number}"}
    return {"labels": labels, "annotations": {"summary": "x" * 4000}, "endsAt": "2100-01-01T00:00:00Z"}


class Senders:
    """Send new alerts for as long as they may, and each batch again and again until it is acknowledged."""

    def __init__(self, daemon, session, pause: float, after: int = 0) -> None:
        self.acknowledged: list[int] = []
        self.refused: Counter[int] = Counter()
        self._daemon = daemon
        self._session = session
        self._pause = pause
        self.next = after
        self._over = False
        self._tasks = [asyncio.create_task(self._send()) for _ in range(SENDERS)]

    async def _send(self) -> None:
        while not self._over:
            batch = range(self.next, self.next + BATCH)
            self.next += BATCH
            while (status := await self._daemon.post(self._session, [alert(n) for n in batch])) != 200:
                self.refused[status] += 1
                await asyncio.sleep(0.05)
            self.acknowledged += batch
            await asyncio.sleep(self._pause)

    async def stop(self) -> None:
        """Give up at once: what was not acknowledged until now is not."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def finish(self) -> None:
        """Let what is under way be acknowledged."""
        self._over = True
        async with asyncio.timeout(60):
            await asyncio.gather(*self._tasks)


TEXTS = ["thread", "recipient", "title", "body", "reason", "labels", "created_at"]
"""What a message under the same key has to say again."""


def pages_by_recipient(sink) -> dict[tuple[str, str], set[str]]:
    """(alert number, recipient) -> idempotency keys; a key that comes again must say the same."""
    said: dict[str, dict] = {}
    keys: dict[tuple[str, str], set[str]] = defaultdict(set)
    for request in sink.requests:
        key, body = request.headers["idempotency-key"], json.loads(request.body)
        if body["title"].startswith(FROM_MEMORY):
            continue  # about alerts that are not recorded, and so of no page
        assert body["kind"] == "page"
        assert body["idempotency_key"] == key
        told = {name: body[name] for name in TEXTS}
        assert said.setdefault(key, told) == told
        keys[body["labels"]["number"], body["recipient"]].add(key)
    return keys


class Count:
    """What was acknowledged and is not known, which pages never came, and which messages came twice under their key."""

    def __init__(self, lost: set[str], missed: set[tuple[str, str]], sent: int, keys: int) -> None:
        self.lost, self.missed, self.sent, self.keys = len(lost), len(missed), sent, keys

    @property
    def columns(self) -> dict[str, int]:
        """As the table of experiments has them."""
        return {"lost": self.lost, "missed": self.missed, "duplicated": self.sent - self.keys}


async def settled(daemon, sink, session, eventually, acknowledged) -> Count:
    """Wait until nothing is left to do, or for so long that what did not come is missed."""
    wanted = {(str(number), person) for number in acknowledged for person in PEOPLE}
    assert wanted
    known = {found["labels"]["number"] for found in await daemon.firing(session)}
    lost = {number for number, _ in wanted} - known

    async def quiet() -> bool:
        health = await daemon.health()
        waiting = (health.alerts_unrouted, health.timers_due, health.timers_failing, health.deliveries_waiting)
        return not any(waiting) and (bool(lost) or wanted <= set(pages_by_recipient(sink)))

    await eventually(quiet, SETTLE_SECONDS, "nothing unrouted, no timer due or failing, no delivery waiting")
    assert (await daemon.health()).deliveries_failed_24h == 0
    pages = pages_by_recipient(sink)
    assert {len(keys) for keys in pages.values()} <= {1}
    sent = [one for one in sink.requests if not json.loads(one.body)["title"].startswith(FROM_MEMORY)]
    return Count(lost, wanted - set(pages), len(sent), len(set().union(*pages.values())))


def configure(daemon, sink, storage: str = "", more: str = "") -> None:
    main = more + f'[notifiers.sink]\ntype = "webhook"\nurl = "{sink.url}/hook"\n'
    if storage:
        (daemon.directory / "database-url").write_text(storage)
        main += f'[storage]\nurl = {{ file = "{daemon.directory / "database-url"}" }}\n'
    daemon.configure(main=main, roster=ROSTER, process=PROCESS)
