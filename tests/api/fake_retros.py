"""Ideas, process retros and experiments as the API's tests see them."""

from datetime import UTC, date, datetime

from incidentd.services.errors import NotFound
from incidentd.services.retro_contracts import RetroCalls
from incidentd.wire import experiments as wire
from incidentd.wire import figures as wire_figures

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
IDEA = wire.ProcessIdea(
    id=1, at=NOW, by="ada", mine=True, text="no one reads the runbook", about="incident:1", state="open",
    retro_id=None, why="", votes=0, version=1,
)  # fmt: skip
RETRO = wire.Retro(
    id=1, state="running", trigger="count", why="20 incidents since the beginning", team="", since=None, until=NOW,
    started_at=NOW, started_by="ada", facilitator="ada", step="vote", step_started_at=NOW, step_ends_at=None, people=1,
    finished_at=None, experiments=(), outcome="", version=1,
)  # fmt: skip
VIEW = wire.RetroView(
    retro=RETRO,
    steps=(wire.RetroStep(name="vote", title="Vote", text="What is worth our time?", minutes=5.0),),
    ideas=(IDEA,),
    topics=(wire.RetroTopic(id=1, text="runbooks", ideas=(1,), votes=None, mine=0, chosen=False, notes=""),),
)

EXPERIMENT = wire.Experiment(
    id=1, title="a card at the desk", hypothesis="nobody knows who hands over", figure="update-promises-kept",
    expects="up", counter_figure="", scope=wire.ExperimentScope(team="shop"), retro_id=1, process_version="",
    begins_on=date(2026, 3, 14), ends_on=date(2026, 6, 30), stop_rule="two missed in a week", before_days=90,
    state="running", owner_team="shop", by="ada", at=NOW, verdict="", why="", decided_by="", decided_at=None, version=1,
)  # fmt: skip
FIGURE = wire_figures.Figure(
    name="update-promises-kept", title="Kept", definition="d", kind="share", unit="", n=3, of=4
)
SIDE = wire_figures.ComparedSide(label="before", scope=wire_figures.FigureScope(), n=4, value=0.75)
EVIDENCE = wire.ExperimentEvidence(
    experiment=EXPERIMENT, counter=None, at=NOW,
    figure=wire_figures.Compared(
        figure=FIGURE, statistic="median", before=SIDE, after=SIDE, change=0.0, by_chance=None, draws=0, sentence="s"
    ),
)  # fmt: skip


class Ideas:
    """There is PI-1."""

    def __init__(self, fake):
        self.fake = fake

    async def list(self, state, limit, cursor, actor, *, mine=False):
        return wire.ProcessIdeaPage(ideas=(IDEA,), next_cursor="", total=1)

    async def keep(self, body, actor):
        await self.fake.note("idea.keep", body, actor)
        return IDEA

    async def drop(self, idea_id, body, actor, if_version):
        await self.fake.note("idea.drop", idea_id, body, actor, if_version)
        return IDEA


class Retros:
    """There is PR-1; everything done in it is answered with its view."""

    def __init__(self, fake):
        self.fake = fake

    async def list(self, state, limit, cursor):
        return wire.RetroPage(retros=(RETRO,), next_cursor="", total=1)

    async def get(self, retro_id, actor):
        if retro_id != 1:
            raise NotFound(f"there is no process retro PR-{retro_id}")
        return VIEW

    async def start(self, body, actor):
        await self.fake.note("retro.start", body, actor)
        return VIEW

    async def drive(self, retro_id, body, actor, if_version):
        await self.fake.note("retro.drive", retro_id, body, actor, if_version)
        return VIEW

    async def take_part(self, retro_id, body, actor):
        await self.fake.note("retro.part", retro_id, body, actor)
        return VIEW

    async def keep(self, retro_id, body, actor):
        await self.fake.note("retro.idea", retro_id, body, actor)
        return IDEA

    async def write(self, retro_id, body, actor):
        await self.fake.note("retro.topic", retro_id, body, actor)
        return VIEW

    async def edit(self, retro_id, topic_id, body, actor, if_version):
        await self.fake.note("retro.edit", retro_id, topic_id, body, actor, if_version)
        return VIEW

    async def vote(self, retro_id, topic_id, body, actor):
        await self.fake.note("retro.vote", retro_id, topic_id, body, actor)
        return VIEW


class Experiments:
    """There is X-1."""

    def __init__(self, fake):
        self.fake = fake

    async def list(self, state, limit, cursor):
        return wire.ExperimentPage(experiments=(EXPERIMENT,), next_cursor="", total=1)

    async def get(self, experiment_id):
        return EXPERIMENT

    async def evidence(self, experiment_id, actor):
        return EVIDENCE

    async def start(self, body, actor):
        await self.fake.note("experiment.start", body, actor)
        return EXPERIMENT

    async def edit(self, experiment_id, body, actor, if_version):
        await self.fake.note("experiment.edit", experiment_id, body, actor, if_version)
        return EXPERIMENT

    async def end(self, experiment_id, body, actor, if_version):
        await self.fake.note("experiment.end", experiment_id, body, actor, if_version)
        return EXPERIMENT


def retro_calls(fake):
    retros = Retros(fake)
    return RetroCalls(ideas=Ideas(fake), retros=retros, acts=retros, topics=retros, experiments=Experiments(fake))
