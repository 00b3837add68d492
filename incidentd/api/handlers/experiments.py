"""Experiments on how a team works."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import experiments as wire


async def list_experiments(calls: Calls, call: Call[Empty, queries.Experiments]) -> wire.ExperimentPage:
    return await calls.retro.experiments.list(call.query.state, call.query.limit, call.query.cursor)


async def get_experiment(calls: Calls, call: Read) -> wire.Experiment:
    return await calls.retro.experiments.get(call.id)


async def get_evidence(calls: Calls, call: Read) -> wire.ExperimentEvidence:
    return await calls.retro.experiments.evidence(call.id, call.actor)


async def start_experiment(calls: Calls, call: Call[wire.StartExperiment, queries.Query]) -> wire.Experiment:
    return await calls.retro.experiments.start(call.body, call.actor)


async def edit_experiment(calls: Calls, call: Call[wire.EditExperiment, queries.Query]) -> wire.Experiment:
    return await calls.retro.experiments.edit(call.id, call.body, call.actor, call.if_version)


async def end_experiment(calls: Calls, call: Call[wire.EndExperiment, queries.Query]) -> wire.Experiment:
    return await calls.retro.experiments.end(call.id, call.body, call.actor, call.if_version)
