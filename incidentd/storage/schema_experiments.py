"""The tables of what a team changes about how it works: ideas kept all year, process retros, and experiments."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from incidentd.storage.columns import Instant, Json
from incidentd.storage.metadata import metadata, row_id

retros = Table(
    "retros",
    metadata,
    row_id(),
    Column("state", String, nullable=False),  # due | running | paused | finished
    Column("trigger", String, nullable=False),  # calendar | count | hand
    Column("why", Text, nullable=False),  # in words
    Column("team", String, nullable=False),  # "" for all
    Column("since", Instant),  # what its figures cover
    Column("until", Instant, nullable=False),
    Column("started_at", Instant),
    Column("started_by", String, nullable=False),
    Column("facilitator", String, nullable=False),
    Column("step", String, nullable=False),
    Column("step_started_at", Instant, nullable=False),
    Column("step_ends_at", Instant),  # None: no timer runs
    Column("left", Float),  # seconds of the step that were left when it was paused
    Column("ideas_shown_at", Instant),
    Column("votes_shown_at", Instant),
    Column("votes_each", Integer, nullable=False),
    Column("finished_at", Instant),
    Column("outcome", Text, nullable=False),
    Column("process_version", String, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("retros_state", retros.c.state)
retro_people = Table(
    "retro_people",
    metadata,
    Column("retro_id", BigInteger, ForeignKey("retros.id"), nullable=False),
    Column("person", String, nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("done_step", String, nullable=False),  # the step that they said they are done with
    PrimaryKeyConstraint("retro_id", "person"),
)
process_ideas = Table(
    "process_ideas",
    metadata,
    row_id(),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),  # "": without a name, and nowhere else is it written who it was
    Column("text", Text, nullable=False),
    Column("about", String, nullable=False),  # incident:3
    Column("state", String, nullable=False),  # open | taken | dropped
    Column("written_in", BigInteger, ForeignKey("retros.id")),  # the retro in which it was written
    Column("hidden", Boolean, nullable=False),  # nobody but its author reads it yet
    Column("retro_id", BigInteger, ForeignKey("retros.id")),  # the one that has it in a topic
    Column("why", Text, nullable=False),  # it was dropped
    Column("version", Integer, nullable=False),
)
Index("process_ideas_state", process_ideas.c.state)
retro_topics = Table(
    "retro_topics",
    metadata,
    row_id(),
    Column("retro_id", BigInteger, ForeignKey("retros.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("ideas", Json, nullable=False),  # [4, 7]
    Column("chosen", Boolean, nullable=False),
    Column("notes", Text, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("retro_topics_retro", retro_topics.c.retro_id)
retro_votes = Table(
    "retro_votes",
    metadata,
    Column("topic_id", BigInteger, ForeignKey("retro_topics.id"), nullable=False),
    Column("person", String, nullable=False),
    Column("votes", Integer, nullable=False),
    PrimaryKeyConstraint("topic_id", "person"),
)
experiments = Table(
    "experiments",
    metadata,
    row_id(),
    Column("title", String, nullable=False),
    Column("hypothesis", Text, nullable=False),
    Column("figure", String, nullable=False),
    Column("expects", String, nullable=False),  # up | down
    Column("counter_figure", String, nullable=False),
    Column("team", String, nullable=False),  # where it is tried
    Column("service", String, nullable=False),
    Column("severity", String),
    Column("retro_id", BigInteger, ForeignKey("retros.id")),
    Column("adapts", BigInteger, ForeignKey("experiments.id")),
    Column("process_version", String, nullable=False),
    Column("begins_on", String, nullable=False),  # a day, 2026-12-01
    Column("ends_on", String, nullable=False),
    Column("stop_rule", Text, nullable=False),
    Column("before_days", Integer, nullable=False),
    Column("state", String, nullable=False),  # planned | running | stopped | asking | decided
    Column("owner_team", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("stopped_at", Instant),
    Column("verdict", String, nullable=False),  # "" | keep | adapt | drop | cannot_tell
    Column("why", Text, nullable=False),  # it was stopped, or decided so
    Column("decided_by", String, nullable=False),
    Column("decided_at", Instant),
    Column("version", Integer, nullable=False),
)
Index("experiments_state", experiments.c.state)
