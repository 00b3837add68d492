"""Ideas about the process, and process retros."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import experiments as wire
from incidentd.wire import presence as wire_presence


async def list_ideas(calls: Calls, call: Call[Empty, queries.ProcessIdeas]) -> wire.ProcessIdeaPage:
    query = call.query
    return await calls.retro.ideas.list(query.state, query.limit, query.cursor, call.actor, mine=query.mine)


async def keep_idea(calls: Calls, call: Call[wire.KeepIdea, queries.Query]) -> wire.ProcessIdea:
    return await calls.retro.ideas.keep(call.body, call.actor)


async def drop_process_idea(calls: Calls, call: Call[wire.DropProcessIdea, queries.Query]) -> wire.ProcessIdea:
    return await calls.retro.ideas.drop(call.id, call.body, call.actor, call.if_version)


async def get_retro_presence(calls: Calls, call: Call[Empty, queries.Presence]) -> wire_presence.Presence:
    return await calls.presence.who(call.id, call.query.after, call.query.wait, "retro")


async def be_present_in_retro(
    calls: Calls, call: Call[wire_presence.BePresent, queries.Query]
) -> wire_presence.Presence:
    return await calls.presence.say(call.id, call.body, call.actor, "retro")


async def list_retros(calls: Calls, call: Call[Empty, queries.Retros]) -> wire.RetroPage:
    return await calls.retro.retros.list(call.query.state, call.query.limit, call.query.cursor)


async def get_retro(calls: Calls, call: Read) -> wire.RetroView:
    return await calls.retro.retros.get(call.id, call.actor)


async def start_retro(calls: Calls, call: Call[wire.StartRetro, queries.Query]) -> wire.RetroView:
    return await calls.retro.retros.start(call.body, call.actor)


async def drive_retro(calls: Calls, call: Call[wire.DriveRetro, queries.Query]) -> wire.RetroView:
    return await calls.retro.acts.drive(call.id, call.body, call.actor, call.if_version)


async def take_part(calls: Calls, call: Call[wire.TakePart, queries.Query]) -> wire.RetroView:
    return await calls.retro.acts.take_part(call.id, call.body, call.actor)


async def write_retro_idea(calls: Calls, call: Call[wire.KeepIdea, queries.Query]) -> wire.ProcessIdea:
    return await calls.retro.topics.keep(call.id, call.body, call.actor)


async def write_topic(calls: Calls, call: Call[wire.WriteTopic, queries.Query]) -> wire.RetroView:
    return await calls.retro.topics.write(call.id, call.body, call.actor)


async def edit_topic(calls: Calls, call: Call[wire.EditTopic, queries.Query]) -> wire.RetroView:
    return await calls.retro.topics.edit(call.id, call.ids["topic_id"], call.body, call.actor, call.if_version)


async def vote(calls: Calls, call: Call[wire.Vote, queries.Query]) -> wire.RetroView:
    return await calls.retro.topics.vote(call.id, call.ids["topic_id"], call.body, call.actor)
