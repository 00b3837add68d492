"""The routes of ideas, process retros and experiments; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import experiments, retros
from incidentd.api.identity import Role
from incidentd.api.route import Route, changed, created, edited, get, post
from incidentd.wire import experiments as wire_experiments
from incidentd.wire import presence as wire_presence

_VIEW = wire_experiments.RetroView
_RETRO = "/v1/process/retros/{id}"

RETRO_ROUTES: tuple[Route, ...] = (
    get(
        "/v1/process/ideas",
        retros.list_ideas,
        wire_experiments.ProcessIdeaPage,
        "What got in somebody's way, and ideas how to work, the newest first",
        query=queries.ProcessIdeas,
    ),
    created(
        "/v1/process/ideas",
        retros.keep_idea,
        wire_experiments.ProcessIdea,
        "Keep an idea for the next process retro, with your name or without",
        body=wire_experiments.KeepIdea,
    ),
    changed(
        "/v1/process/ideas/{id}/drop",
        retros.drop_process_idea,
        wire_experiments.ProcessIdea,
        "Say that nothing comes of an idea, and why",
        body=wire_experiments.DropProcessIdea,
    ),
    get(
        "/v1/process/retros",
        retros.list_retros,
        wire_experiments.RetroPage,
        "Process retros, the newest first",
        query=queries.Retros,
    ),
    created(
        "/v1/process/retros",
        retros.start_retro,
        _VIEW,
        "Begin the process retro that is due, or one by hand",
        body=wire_experiments.StartRetro,
    ),
    get(_RETRO, retros.get_retro, _VIEW, "A process retro as the caller may see it now"),
    get(
        f"{_RETRO}/presence",
        retros.get_retro_presence,
        wire_presence.Presence,
        "Who is in the process retro; with `wait`, once that changes",
        query=queries.Presence,
    ),
    # Who only looks on is there, too.
    Route(
        method="POST",
        path=f"{_RETRO}/presence",
        handler=retros.be_present_in_retro,
        role=Role.VIEWER,
        answer=wire_presence.Presence,
        summary="Say that you are in the process retro (every 10 s), what you do there, or that you leave",
        body=wire_presence.BePresent,
    ),
    changed(
        f"{_RETRO}/drive",
        retros.drive_retro,
        _VIEW,
        "What its facilitator does: a step, a pause, more time, show, the end",
        body=wire_experiments.DriveRetro,
    ),
    post(
        f"{_RETRO}/part",
        retros.take_part,
        _VIEW,
        "Join or leave it, or say that you are done with the step",
        body=wire_experiments.TakePart,
    ),
    created(
        f"{_RETRO}/ideas",
        retros.write_retro_idea,
        wire_experiments.ProcessIdea,
        "Write an idea in silence",
        body=wire_experiments.KeepIdea,
    ),
    created(
        f"{_RETRO}/topics",
        retros.write_topic,
        _VIEW,
        "Put ideas together that say the same",
        body=wire_experiments.WriteTopic,
    ),
    edited(
        f"{_RETRO}/topics/{{topic_id}}",
        retros.edit_topic,
        _VIEW,
        "Change a topic, choose it, or note what was said of it",
        body=wire_experiments.EditTopic,
    ),
    post(
        f"{_RETRO}/topics/{{topic_id}}/votes",
        retros.vote,
        _VIEW,
        "Give votes to a topic, in place of those before",
        body=wire_experiments.Vote,
    ),
    get(
        "/v1/experiments",
        experiments.list_experiments,
        wire_experiments.ExperimentPage,
        "Experiments on how a team works, those that ask first",
        query=queries.Experiments,
    ),
    created(
        "/v1/experiments",
        experiments.start_experiment,
        wire_experiments.Experiment,
        "Write an experiment before it begins",
        body=wire_experiments.StartExperiment,
    ),
    get("/v1/experiments/{id}", experiments.get_experiment, wire_experiments.Experiment, "One experiment"),
    edited(
        "/v1/experiments/{id}",
        experiments.edit_experiment,
        wire_experiments.Experiment,
        "Change an experiment before it begins",
        body=wire_experiments.EditExperiment,
    ),
    get(
        "/v1/experiments/{id}/evidence",
        experiments.get_evidence,
        wire_experiments.ExperimentEvidence,
        "What the figures say of it so far, and what else changed",
    ),
    changed(
        "/v1/experiments/{id}/end",
        experiments.end_experiment,
        wire_experiments.Experiment,
        "Answer the question at its end, or stop it before",
        body=wire_experiments.EndExperiment,
    ),
)
