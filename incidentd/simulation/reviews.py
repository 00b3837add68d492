"""What comes after a response: rest, then a review in its window or late, its records, its document, and the close."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from incidentd.domain.incidents import Status
from incidentd.services.errors import NotFound, Refused
from incidentd.simulation.draws import Draws
from incidentd.simulation.response import Response
from incidentd.simulation.review_texts import ACCOUNTS, FACTORS, IDEAS, LEARNINGS, SECTIONS
from incidentd.simulation.team import SERVICES, TEAMS
from incidentd.simulation.uses import Uses
from incidentd.simulation.working_time import at_a_desk
from incidentd.simulation.world import World
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reports as wire_reports
from incidentd.wire import review_documents as wire_documents
from incidentd.wire import review_records as wire_records
from incidentd.wire import reviews as wire_reviews

_REST = timedelta(hours=20)
_ROLES: tuple[wire_records.FactorRole, ...] = ("enabler", "mitigator", "surprise", "risk", "difficulty")
_FEELINGS: tuple[wire_reviews.Feeling, ...] = ("yes", "unsure", "no")
_FEELING_SHARES = (0.6, 0.25, 0.15)
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Reviews:
    """Sees to every incident once its response is over."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._uses = Uses(world)

    def over(self, response: Response) -> None:
        """Plan what comes after it."""
        self._world.after(_HOUR, partial(self._plan, response))

    async def _plan(self, response: Response) -> None:
        world, draws = self._world, response.draws.part("review")
        found = (await world.core.incidents.get(response.incident)).incident
        if response.fault.kind == "near_miss":
            world.at(at_a_desk(world.now + 3 * _DAY, draws), Review(world, self._uses, response, draws).begin)
        elif found.review_opens_at is not None and found.review_due_at is not None:
            opens = max(found.review_opens_at, world.now + _REST)
            if draws.yes(world.assumed.review_in_window):
                at = opens + (found.review_due_at - opens) * draws.between(0.1, 0.8)
            else:
                at = found.review_due_at + draws.duration(world.assumed.review_late)
            world.at(at_a_desk(at, draws), Review(world, self._uses, response, draws).begin)
        elif response.fault.kind == "real":
            world.at(at_a_desk(world.now + draws.duration(2 * _DAY), draws), partial(_waive, world, response))


class Review:
    """One review: who takes part, and what they write."""

    def __init__(self, world: World, uses: Uses, response: Response, draws: Draws) -> None:
        self._world = world
        self._uses = uses
        self._response = response
        self._incident = response.incident
        self._draws = draws
        team = SERVICES[response.fault.service]
        self._team = team
        other = draws.one_of([one for name, people in TEAMS.items() if name != team for one in people])
        involved = dict.fromkeys((response.lead, response.communicator))
        spare = [one for one in TEAMS[team] if one not in involved and one != other]
        self._facilitator = other
        self._people = [one for one in (*involved, *draws.several(spare, 1)) if one != other]
        self._ideas: list[int] = []
        self._factors: list[tuple[str, int]] = []

    # ------------------------------------------------------------------ the workshop
    async def begin(self) -> None:
        """Start, once the window is open: it waits for who was woken."""
        found = (await self._world.core.incidents.get(self._incident)).incident
        if found.review_opens_at is not None and found.review_opens_at > self._world.now:
            self._world.at(at_a_desk(found.review_opens_at + _HOUR, self._draws), self.begin)
            return
        first, *others = self._people
        calls = self._world.core.reviews
        body = wire_reviews.StartReview(facilitator=self._facilitator)
        await calls.workshops.start(self._incident, body, first)
        for person in others:
            await self._say(person, present=True)
        self._world.after(6 * _MINUTE, self._walk)

    async def _walk(self) -> None:
        await self._drive(step="walk")
        await self._drive(walk="end")
        calls = self._world.core.reviews.accounts
        for person in self._draws.several(self._people, 2):
            saw, thought = self._draws.one_of(ACCOUNTS)
            await calls.write(self._incident, wire_records.WriteAccount(saw=saw, thought=thought), person)
        self._world.after(20 * _MINUTE, self._find_factors)

    async def _find_factors(self) -> None:
        await self._drive(step="factors")
        draws, calls = self._draws, self._world.core.reviews.factors
        others = draws.several([one for one in FACTORS if one[1] != "technical"], round(draws.between(2, 3)))
        technical = draws.several([one for one in FACTORS if one[1] == "technical"], round(draws.between(1, 2)))
        for text, category in (*technical, *others):
            body = wire_records.WriteFactor(
                text=text.format(service=self._response.fault.service), category=category, role=draws.one_of(_ROLES)
            )
            made = await calls.write(self._incident, body, draws.one_of(self._people))
            self._factors.append((text, made.id))
        for person in (*self._people, self._facilitator):
            await self._say(person, factors_in=True)
        self._world.after(12 * _MINUTE, self._conclude)

    async def _conclude(self) -> None:
        await self._drive(step="similar")
        await self._link_factors()
        await self._drive(step="learnings")
        draws, calls = self._draws, self._world.core.reviews
        for text in draws.several(LEARNINGS, round(draws.between(1, 2))):
            body = wire_records.WriteLearning(text=text.format(service=self._response.fault.service))
            made = await calls.learnings.write(self._incident, body, draws.one_of(self._people))
            self._uses.learned(made.id, self._people[0], draws.part(f"use/{made.id}"))
        await self._drive(step="parking_lot")
        for text in draws.several(IDEAS, round(draws.between(1, 2))):
            idea = wire_records.WriteIdea(text=text.format(service=self._response.fault.service))
            self._ideas.append((await calls.ideas.write(self._incident, idea, draws.one_of(self._people))).id)
        self._world.after(13 * _MINUTE, self._finish)

    async def _link_factors(self) -> None:
        """Some of it was so before."""
        for text, factor in self._factors:
            earlier = self._uses.earlier(text, self._incident)
            if earlier is not None and self._draws.yes(self._world.assumed.factor_linked):
                body = wire_records.LinkFactor(earlier_id=earlier, evidence=f"INC-{self._incident}: the graphs show it")
                with suppress(Refused, NotFound):  # another review keeps it from them for now
                    await self._world.core.reviews.factors.link(self._incident, factor, body, self._people[0])

    async def _finish(self) -> None:
        await self._drive(step="closing")
        draws, calls = self._draws, self._world.core.reviews
        for person in draws.several(self._people, 2):
            learned, again = (draws.one_of(_FEELINGS, _FEELING_SHARES) for _ in range(2))
            body = wire_reviews.AnswerClosing(learned=learned, come_again=again)
            await calls.acts.answer(self._incident, body, person)
        await self._drive(finish=True)
        self._uses.held(self._incident, (*self._people, self._facilitator), self._factors)
        self._world.at(at_a_desk(self._world.now + 2 * _DAY, draws), self._act)

    # ------------------------------------------------------------------ some days later
    async def _act(self) -> None:
        """A small group makes actions of the ideas."""
        draws, calls, now = self._draws, self._world.core.reviews.actions, self._world.now
        for idea in self._ideas:
            due = (now + timedelta(days=round(draws.between(14, 45)))).date()
            text = f"{draws.one_of(_VERBS)} {self._response.fault.service}"
            body = wire_records.WriteAction(
                text=text, owner_team=self._team, due_on=due, idea_id=idea, factor_id=draws.one_of(self._factors)[1],
                worse="one more thing to look after",
            )  # fmt: skip
            made = await calls.write(self._incident, body, self._people[0])
            self._plan_end(made.id, datetime.combine(due, now.time(), now.tzinfo))
        if draws.yes(self._world.assumed.published):
            self._world.at(at_a_desk(now + draws.duration(3 * _DAY), draws), self._publish)

    def _plan_end(self, action: int, due: datetime) -> None:
        assumed, draws = self._world.assumed, self._draws
        in_time, late, never, stays = assumed.actions_end
        end = draws.one_of(("in_time", "late", "never", "open"), (in_time, late, never, stays))
        if end == "open":
            return
        at = due + draws.duration(assumed.action_late) if end == "late" else due - _DAY * draws.between(1, 12)
        self._world.at(at_a_desk(at, draws), partial(self._end_action, action, gives_up=end == "never"))

    async def _end_action(self, action: int, *, gives_up: bool) -> None:
        why = "what it would protect is replaced this year" if gives_up else ""
        body = wire_records.EndAction(state="wont_do" if gives_up else "done", why=why)
        await self._uses.when_shown(partial(self._world.core.reviews.actions.end, action, body, self._people[0], None))

    async def _publish(self) -> None:
        await self._uses.when_shown(self._publish_now)

    async def _publish_now(self) -> None:
        """Read what is to be looked at before, write the prose, publish, close."""
        calls = self._world.core.reviews
        await calls.publishing.checks(self._incident, "internal", self._people[0])
        for name, text in SECTIONS.items():
            body = wire_reviews.WriteSection(name=name, text=text.format(service=self._response.fault.service))
            await calls.sections.write(self._incident, body, self._people[0])
        await calls.publishing.publish(self._incident, wire_documents.Publish(), self._people[0])
        self._uses.published(self._incident, self._draws)
        await _tell_reporters(self._world, self._response)
        if self._response.fault.kind == "real":
            await _status(self._world, self._response, Status.CLOSED, "")

    # ------------------------------------------------------------------ words to the service
    async def _drive(
        self, *, step: wire_reviews.StepName | None = None, walk: str | None = None, finish: bool = False
    ) -> None:
        body = wire_reviews.DriveReview(step=step, walk=walk, finish=finish)
        await self._world.core.reviews.acts.drive(self._incident, body, self._facilitator, None)

    async def _say(self, person: str, *, present: bool | None = None, factors_in: bool | None = None) -> None:
        body = wire_reviews.Participate(present=present, factors_in=factors_in)
        await self._world.core.reviews.acts.participate(self._incident, body, person)


_VERBS = ("Alert earlier on", "Write down how to roll back", "Test the limits of", "Show the health of")


async def _waive(world: World, response: Response) -> None:
    """A low severity is closed without a meeting."""
    await _tell_reporters(world, response)
    await _status(world, response, Status.CLOSED, "small, and understood")


async def _status(world: World, response: Response, to: Status, reason: str) -> None:
    body = wire_incidents.ChangeStatus(to=to, reason=reason)
    await world.core.incidents.change_status(response.incident, body, response.lead, None)


async def _tell_reporters(world: World, response: Response) -> None:
    """Those who wrote after the last update do not know yet how it ended."""
    calls = world.core.support.reports
    for report in response.noticed.report_ids:
        found = (await calls.get(report)).report
        if found.incident_id == response.incident and found.followed_up_at is None:
            body = wire_reports.Reply(text="It was mitigated; thank you for writing.", final=True)
            await calls.reply(report, body, found.owner or response.communicator, None)
