"""Figures as the API's tests see them."""

from datetime import UTC, datetime

from incidentd.services.errors import NotFound
from incidentd.services.insight_contracts import InsightCalls
from incidentd.wire import figures as wire_figures

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
SCOPE = wire_figures.FigureScope()
FIGURE = wire_figures.Figure(
    name="update-promises-kept", title="Updates sent when they were promised", definition="Kept, of all.", kind="share",
    unit="", n=1, of=1, parts={"kept": 1},
)  # fmt: skip
CASE = wire_figures.FigureCase(subject="incident:1", name="INC-1", at=NOW, value=1.0)
SIDE = wire_figures.ComparedSide(label="before", scope=SCOPE, n=1, value=1.0)


class Figures:
    def __init__(self, fake):
        self.fake = fake

    async def list(self, scope, actor):
        await self.fake.note("figures.list", scope, actor)
        return wire_figures.Figures(at=NOW, scope=SCOPE, figures=(FIGURE,), boundaries=(), incidents=1)

    async def get(self, name, scope, actor):
        if name == "nothing":
            raise NotFound("there is no figure 'nothing'", field="figure", remedy="see the list")
        await self.fake.note("figures.get", name, scope, actor)
        return wire_figures.FigureDetail(at=NOW, scope=SCOPE, figure=FIGURE, cases=(CASE,), boundaries=())

    async def compare(self, name, scope, query, actor):
        await self.fake.note("figures.compare", name, scope, query, actor)
        return wire_figures.Compared(
            figure=FIGURE, statistic="mean", before=SIDE, after=SIDE, change=None, by_chance=None, draws=0,
            sentence="1 and 1 promises are too few to compare: cannot tell",
        )  # fmt: skip


class Rhythm:
    def __init__(self, fake):
        self.fake = fake

    async def rhythm(self, scope, zone):
        await self.fake.note("figures.rhythm", scope, zone)
        counts = tuple((0,) * 24 for _ in range(7))
        return wire_figures.Rhythm(at=NOW, scope=SCOPE, zone=zone, n=0, counts=counts, definition="Pages.")

    async def load(self, team, weeks):
        await self.fake.note("figures.load", team, weeks)
        return wire_figures.Load(at=NOW, team=team, zone="UTC", weeks=(), definitions={"pages": "Pages."})


def insight_calls(fake, processes):
    return InsightCalls(figures=Figures(fake), rhythm=Rhythm(fake), processes=processes)
