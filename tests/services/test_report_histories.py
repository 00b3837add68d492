"""Whatever people, reporters and channels do to reports: nobody is closed unheard, and every clock has its timer."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from incidentd.domain.reports import IN_TRIAGE, State
from incidentd.domain.severity import Severity
from incidentd.plugin.support import Received
from incidentd.plugin.values import PermanentFailure, Receipt, TemporaryFailure
from incidentd.services.errors import ServiceError
from incidentd.services.report_contracts import ReportQuery
from incidentd.storage.schema import timers
from incidentd.storage.schema_support import report_messages
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reports as wire_reports


class World:
    """Reports with what may happen to them, chosen by `chance`."""

    def __init__(self, daemon, chance):
        self.daemon = daemon
        self.chance = chance
        self.messages = 0
        self.reports = daemon.core.support.reports

    async def someone_writes(self):
        self.messages += 1
        who = self.chance.randint(1, 3)
        message = Received(
            id=f"m{self.messages}", thread=f"t{self.chance.randint(1, 4)}", sender=f"c{who}@example.org",
            text="It is slow", automatic=self.chance.random() < 0.2,
        )  # fmt: skip
        await self.daemon.core.support.intake.receive("mail", message)

    def some(self):
        return self.chance.randint(1, 4)

    async def reply(self):
        flags = {"question": self.chance.random() < 0.3, "final": self.chance.random() < 0.3}
        await self.reports.reply(self.some(), wire_reports.Reply(text="x", **flags), "ada", None)

    async def move(self):
        to = self.chance.choice(list(State)).value
        body = wire_reports.ChangeReport(
            to=to, ticket="T", incident_id=1, duplicate_of=self.some(), reason=self.chance.choice(["", "by phone"])
        )
        await self.reports.change_state(self.some(), body, "ada", None)

    async def merge(self):
        await self.reports.merge(self.some(), wire_reports.MergeReport(into=self.some()), "ada", None)

    async def declare(self):
        body = wire_reports.DeclareFromReports(report_ids=(self.some(),), severity=Severity.SEV4)
        await self.daemon.core.broadcasts.declare(body, "ada")

    async def tell(self):
        phase = self.chance.choice(["investigating", "monitoring", "resolved"])
        body = wire_incidents.PostUpdate(text="x", phase=phase, audience="customers")
        await self.daemon.core.incidents.post_update(1, body, "lin")

    async def respond(self):
        to = self.chance.choice(["mitigated", "resolved", "active", "false_alarm", "closed"])
        body = wire_incidents.ChangeStatus(to=to, reason="r", evidence="e")
        await self.daemon.core.incidents.change_status(1, body, "lin", None)

    async def time_passes(self):
        outcomes = [Receipt(), Receipt(), TemporaryFailure("busy"), PermanentFailure("gone")]
        self.daemon.sender.script["mail"] = [self.chance.choice(outcomes) for _ in range(3)]
        await self.daemon.advance(timedelta(minutes=self.chance.choice([1, 30, 600])))

    async def act(self):
        acts = [self.someone_writes, self.reply, self.move, self.merge, self.declare, self.tell, self.respond]
        act = self.chance.choice([*acts, self.someone_writes, self.move, self.time_passes])
        try:
            await act()
        except ServiceError:
            return  # a refusal changes nothing: what follows would show it

    async def check(self):
        armed = await self.daemon.store.read(
            lambda conn: {(row.kind, row.subject) for row in conn.execute(select(timers.c.kind, timers.c.subject))}
        )
        now = self.daemon.clock.now()
        for one in (await self.reports.list(ReportQuery(state="all"))).reports:
            said = (await self.reports.get(one.id)).messages
            merged = one.state == "closed" and not said
            assert (one.followed_up_at is not None) == (one.state in ("followed_up", "closed") and not merged)
            assert (one.closed_at is not None) == (one.state == "closed")
            assert one.state in IN_TRIAGE or one.first_responded_at is not None
            waits = one.first_responded_at is None
            due = one.first_response_due if waits else one.next_due
            for kind, is_due in (("report.response_due", waits), ("report.word_due", not waits)):
                ahead = is_due and due is not None and due > now and one.state != "closed"
                if ahead:
                    assert (kind, f"report:{one.id}") in armed, one
                if one.state == "closed" or not is_due:
                    assert (kind, f"report:{one.id}") not in armed, one
            assert one.duplicate_of != one.id
        once = await self.daemon.store.read(
            lambda conn: list(
                conn.execute(
                    select(report_messages.c.report_id, report_messages.c.once).where(report_messages.c.once != "")
                )
            )
        )
        assert len(once) == len(set(once))


@pytest.mark.parametrize("seed", [1, 28])
async def test_nobody_is_closed_unheard_and_every_clock_has_its_timer(daemon, seed):
    world = World(daemon, random.Random(seed))
    for _ in range(40):
        await world.act()
        await world.check()
