"""A public incident through a whole daemon: customers report by the web form and on the socket, nobody was alerted.

The daemon runs in this process, on a clock that the test moves; people work by the socket's client. The facts are those
of the demonstration's scenario `rate-limit`, without its alert: none existed when it happened.
"""

import asyncio
import getpass
import itertools
import json
import re
from datetime import timedelta

import aiohttp
import pytest

from incidentd.client import Client
from incidentd.daemon import Daemon
from incidentd.demo import scenario
from incidentd.domain.severity import Severity
from incidentd.plugin.testing import FakeClock
from incidentd.settings import load_configuration
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reports as wire_reports
from incidentd.wire import severity as wire_severity

CHOSEN = scenario.load("rate-limit")
EARLY, LATE = (fact for fact in CHOSEN.event if fact.kind == "report")
DEPLOYED, JOINED, MITIGATED = (
    next(CHOSEN.instant(fact) for fact in CHOSEN.event if fact.kind == kind)
    for kind in ("change", "join", "mitigation")
)
MINUTE = timedelta(minutes=1)
TEAMS = ("billing", "mobile", "search")
LOOKING, BETTER, OVER = "We look into the 429 answers.", "The limit is off.", "It is over. A limit counted you as one."
MAIN = """
[daemon]
state_dir = "{0}/state"
runtime_dir = "{0}/run"
[ingress]
listen = ["127.0.0.1:0"]
[notifiers.file]
type = "log"
path = "{0}/pages.jsonl"
[channels.web]
type = "webform"
secret = {{ env = "FORM_SECRET" }}
services = {{ feature-flags = "Feature flags" }}
"""
ROSTER = "\n".join(
    [
        *(f'[people.{one}]\ncontacts = [{{ notifier = "file" }}]' for one in ("mei", "sam", *TEAMS)),
        f'[people.ada]\nos_user = "{getpass.getuser()}"\ncontacts = [{{ notifier = "file" }}]',
        "[services.feature-flags]",
        '[schedules.desk]\npeople = ["sam"]\nstart = 2025-01-01',
        '[policies.default]\nsteps = [{ targets = ["person:ada"] }]',
    ]
)
PROCESS = '[support]\nschedule = "desk"\n[limits]\nusual = []\n'


class Place:
    """The running daemon, seen from outside: its two doors, and the file that people's messages go to."""

    def __init__(self, daemon, clock, client, http, pages):
        self.daemon, self.clock, self.client, self.http = daemon, clock, client, http
        (address,) = daemon.ingress.addresses
        self.form = f"http://{address[0]}:{address[1]}/support"
        self._pages = pages
        self.conversations = []  # addresses of what was reported by the form
        self.teams = iter(TEAMS)

    async def until(self, instant, look):
        """Let it be `instant`, and wait for what the daemon does then."""
        self.clock.set(max(instant, self.clock.now()))
        for _ in range(500):
            self.daemon.core.wake()
            if found := await look():
                return found
            await asyncio.sleep(0.01)
        raise AssertionError("the daemon did not do it")

    def messages(self, kind):
        """(recipient, title, body) of each message to people, in order."""
        lines = self._pages.read_text().splitlines() if self._pages.exists() else []
        return [(one["recipient"], one["title"], one["body"]) for one in map(json.loads, lines) if one["kind"] == kind]

    # ---------------------------------------------------------------- customers
    async def by_form(self, subject, text):
        """As a browser without scripts does it: the page, its fields, and where it leads."""
        async with self.http.get(self.form) as page:
            token = re.search(r'name="form" value="([^"]+)"', await page.text())[1]
        fields = {"kind": "end_user", "form": token, "service": CHOSEN.service, "who": "all of us"}
        fields |= {"subject": subject, "observed": text}
        async with self.http.post(self.form, data=fields) as page:
            assert page.status == 200, await page.text()
            self.conversations.append(str(page.url).partition("?")[0])

    async def on_socket(self, subject, text):
        """A team of ours tells it."""
        body = wire_reports.NewReport(
            subject=subject, text=text, service=CHOSEN.service, sender=next(self.teams), kind="internal_team"
        )
        await self.client.create_report(body)

    async def write(self, fact):
        self.clock.set(CHOSEN.instant(fact))
        ways = itertools.cycle((self.by_form, self.on_socket))
        for said, way in zip(fact.said, ways, strict=False):
            subject, _, text = said.partition(": ")
            await way(subject, text)

    async def read(self):
        """What each who used the form finds there."""
        pages = []
        for address in self.conversations:
            async with self.http.get(address) as page:
                pages.append(await page.text())
        return pages


@pytest.fixture
async def place(tmp_path_factory):
    where = tmp_path_factory.mktemp("d")
    for name, text in (("incidentd", MAIN.format(where)), ("roster", ROSTER), ("process", PROCESS)):
        (where / f"{name}.toml").write_text(text)
    clock = FakeClock(DEPLOYED)
    daemon = Daemon(load_configuration(where, {"FORM_SECRET": "nobody-guesses-this-one"}), clock=clock)
    await daemon.start()
    try:
        async with Client(daemon.configuration.daemon.api.socket_path) as client, aiohttp.ClientSession() as http:
            yield Place(daemon, clock, client, http, where / "pages.jsonl")
    finally:
        await daemon.close()


@pytest.mark.e2e
async def test_reports_by_form_and_socket_become_an_incident_whose_end_everybody_hears_once(place):
    client = place.client
    await place.write(EARLY)
    listed = (await client.reports()).reports
    assert [(one.channel, one.nudged) for one in listed] == [("local", True), ("web", True)]
    assert "2 reports from 2 reporters" in (await client.triage(1)).nudge.why

    # Triage makes the first a P1, whose first response is owed after a quarter of an hour: the desk is paged.
    await client.set_priority(1, "high", "high")
    told = await place.until(CHOSEN.instant(EARLY) + 16 * MINUTE, lambda: answer(place.messages("page")))
    assert [(who, "R-1" in title) for who, title, _ in told] == [("sam", True)]
    assert [one.id for one in (await client.reports(late=True)).reports] == [1]

    await place.write(LATE)
    nudge = (await client.triage(1)).nudge
    assert len(nudge.report_ids) == len(place.conversations) + len(TEAMS) == EARLY.count + LATE.count
    place.clock.set(JOINED)
    incident = await client.declare_from_reports(
        wire_reports.DeclareFromReports(report_ids=nudge.report_ids, severity=Severity.SEV3, title=CHOSEN.title)
    )
    answers = wire_severity.ClassifyIncident(answers=dict(CHOSEN.answers))
    classified = await client.classify_incident(incident.id, answers)
    assert classified.incident.severity == CHOSEN.severity

    # Its first update was owed ten minutes after that, and nobody has written one.
    async def overdue():
        found = (await client.incident(incident.id)).incident
        return [one for one in found.violations if one.rule == "update-overdue"]

    (late,) = await place.until(JOINED + 11 * MINUTE, overdue)
    assert late.since == JOINED + 10 * MINUTE

    async def post(text, phase, **more):
        body = wire_incidents.PostUpdate(text=text, phase=phase, audience="customers", **more)
        await client.post_update(incident.id, body)

    async def status(to):
        now = (await client.incident(incident.id)).incident
        body = wire_incidents.ChangeStatus(to=to, reason="the limit is off", evidence="no 429 any more")
        await client.change_status(incident.id, body, if_version=now.version)

    await post(LOOKING, "investigating")
    place.clock.set(MITIGATED)
    await post(BETTER, "monitoring")
    await status("mitigated")
    place.clock.set(MITIGATED + 15 * MINUTE)
    await post(OVER, "resolved", final=True)
    await status("resolved")

    async def all_sent():
        details = [await client.report(one) for one in nudge.report_ids]
        return details if all(
            message.delivery in ("sent", "delivered") for one in details for message in one.messages
            if message.direction == "out"
        ) else None  # fmt: skip

    details = await place.until(MITIGATED + 16 * MINUTE, all_sent)
    assert {one.report.state for one in details} == {"followed_up"}
    for page in await place.read():
        assert [page.count(text) for text in (LOOKING, BETTER, OVER)] == [1, 1, 1]
    heard = sorted((who, body.partition("\n")[0]) for who, _, body in place.messages("update") if who in TEAMS)
    assert heard == sorted((who, text) for who in TEAMS for text in (LOOKING, BETTER, OVER))


async def answer(found):
    return found
