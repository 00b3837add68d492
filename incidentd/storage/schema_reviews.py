"""The tables of reviews: the workshop, what people wrote in it, and what it left behind. An incident has one review."""

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

reviews = Table(
    "reviews",
    metadata,
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
    Column("state", String, nullable=False),  # running | paused | written | published
    Column("solo", Boolean, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("started_by", String, nullable=False),
    Column("facilitator", String, nullable=False),  # who drives; "" when nobody does
    Column("step", String, nullable=False),
    Column("step_started_at", Instant, nullable=False),
    Column("step_ends_at", Instant),  # None: no timer runs
    Column("left", Float),  # seconds of the step that were left when it was paused
    Column("walked_to", Instant),  # how far the timeline has been walked; None: not begun
    Column("walked", Boolean, nullable=False),  # to its end
    Column("revealed_at", Instant),  # when the factors were shown to everybody
    Column("unmasked_at", Instant),  # when the conclusions of similar incidents were
    Column("similar", Json),  # the list that was shown, as it was composed
    Column("sections", Json, nullable=False),  # prose of the document: {name: text}
    Column("finished_at", Instant),
    Column("published_at", Instant),
    Column("process_version", String, nullable=False),
    Column("review_name", String, nullable=False),  # as it was called then
    Column("imported_from", String, nullable=False),  # the file of a review that was held elsewhere, else ""
    Column("version", Integer, nullable=False),
    Column("section_versions", Json, nullable=False, server_default="{}"),  # how often each was written: {name: number}
)


def _of_review(name: str, *columns: Column[object]) -> Table:
    table = Table(
        name,
        metadata,
        row_id(),
        Column("incident_id", BigInteger, ForeignKey("incidents.id"), nullable=False),
        *columns,
    )
    Index(f"{name}_incident", table.c.incident_id)
    return table


def _of_person(name: str, *columns: Column[object]) -> Table:
    return Table(
        name,
        metadata,
        Column("incident_id", BigInteger, ForeignKey("incidents.id"), nullable=False),
        Column("person", String, nullable=False),
        *columns,
        PrimaryKeyConstraint("incident_id", "person"),
    )


review_people = _of_person(
    "review_people",
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("done_step", String, nullable=False),  # the step that they said they are done with
    Column("factors_in_at", Instant),  # when they said that their factors are written
)
review_talk = _of_review(
    "review_talk",
    Column("step", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("text", Text, nullable=False),
)
review_answers = _of_person(
    "review_answers",
    Column("learned", String, nullable=False),  # yes | no | unsure
    Column("come_again", String, nullable=False),  # the same
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
review_entries = _of_review(
    "review_entries",
    Column("seq", BigInteger),  # the entry of the timeline that it is about; None: an entry of its own
    Column("at", Instant),  # of an entry of its own
    Column("kind", String, nullable=False),  # note | decision | source
    Column("text", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("cues", Text, nullable=False),  # of a decision: what people saw, wanted and could have done then
    Column("goals", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("group_name", String, nullable=False),
    Column("by", String, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("version", Integer, nullable=False),
)
review_accounts = _of_review(
    "review_accounts",
    Column("person", String, nullable=False),
    Column("at", Instant),  # the moment that it is about; None: the whole
    Column("seq", BigInteger),  # the entry of the timeline there, if one was named
    Column("saw", Text, nullable=False),
    Column("thought", Text, nullable=False),
    Column("tried", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("edited_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("version", Integer, nullable=False),
)
review_account_news = Table(
    "review_account_news",
    metadata,
    Column("account_id", BigInteger, ForeignKey("review_accounts.id"), nullable=False),
    Column("person", String, nullable=False),  # to whom it was new
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("account_id", "person"),
)
themes = Table(
    "themes",
    metadata,
    row_id(),
    Column("name", String, nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
)
factors = _of_review(
    "factors",
    Column("text", Text, nullable=False),
    Column("category", String, nullable=False),
    Column("role", String, nullable=False),
    Column("evidence", Json, nullable=False),  # [{kind, ref, text}]
    Column("contexts", Json, nullable=False),  # ["deploy", "monday"]
    Column("author", String, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("edited_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("same_as", BigInteger, ForeignKey("factors.id")),  # in the same review: it says the same as that one
    Column("theme_id", BigInteger, ForeignKey("themes.id")),
    Column("version", Integer, nullable=False),
)
factor_links = Table(
    "factor_links",
    metadata,
    Column("factor_id", BigInteger, ForeignKey("factors.id"), nullable=False),  # of the later incident
    Column("earlier_id", BigInteger, ForeignKey("factors.id"), nullable=False),
    Column("evidence", Text, nullable=False),  # that it was so again
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("factor_id", "earlier_id"),
)
learnings = _of_review(
    "learnings",
    Column("text", Text, nullable=False),
    Column("author", String, nullable=False),  # "": anonymous, and nowhere else is it written who it was
    Column("written_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("version", Integer, nullable=False),
)
review_ideas = _of_review(
    "review_ideas",
    Column("text", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("action_id", BigInteger),  # what became of it
    Column("dropped_why", Text, nullable=False),  # or why nothing did
)
actions = _of_review(
    "actions",
    Column("text", Text, nullable=False),
    Column("owner_team", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("due_on", String, nullable=False),  # a day, 2026-12-01
    Column("factor_id", BigInteger, ForeignKey("factors.id")),
    Column("worse", Text, nullable=False),  # what it could make worse
    Column("state", String, nullable=False),  # open | done | wont_do
    Column("why", Text, nullable=False),  # it was done so, or will not be
    Column("created_at", Instant, nullable=False),
    Column("created_by", String, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String, nullable=False),
    Column("issue", String, nullable=False),  # where a code forge tracks it
    Column("version", Integer, nullable=False),
    Column("export", String, nullable=False, server_default=""),  # "" | asked | exported | failed
    Column("export_error", String, nullable=False, server_default=""),
    Column("issue_at", Instant),  # when it last changed there, by the forge's clock
    Column("export_key", String, nullable=False, server_default=""),  # by which its issue is found again
)
similar_answers = _of_review(
    "similar_answers",
    Column("other_id", BigInteger, ForeignKey("incidents.id"), nullable=False),
    Column("person", String, nullable=False),
    Column("text", Text, nullable=False),  # what differs, or what would show that it is not the same
    Column("at", Instant, nullable=False),
)
use_events = _of_review(
    "use_events",
    Column("subject", String, nullable=False),  # factor:3, learning:4, review:1
    Column("kind", String, nullable=False),  # incident | design | runbook | onboarding | other
    Column("place", Text, nullable=False),  # where it was used: INC-7, an address, a title
    Column("note", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
)
review_readers = _of_person(
    "review_readers",
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
)
review_followups = _of_review(
    "review_followups",
    Column("days", Integer, nullable=False),  # 30 or 90 after it was published
    Column("person", String, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("changed", String, nullable=False),  # "" until it is answered: yes | partly | no
    Column("text", Text, nullable=False),
    Column("answered_at", Instant),
)
review_documents = _of_review(
    "review_documents",
    Column("kind", String, nullable=False),  # internal | external
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("markdown", Text, nullable=False),
    Column("checks", Json, nullable=False),  # what the checklist said when it was published
    Column("title", Text, nullable=False, server_default=""),
    Column("body", Json),  # a `wire.review_documents.ReviewDocument`; None: it was written elsewhere
    Column("html", Text, nullable=False, server_default=""),
)
imported_reviews = Table(
    "imported_reviews",  # the file that a review was read from, as it was the last time
    metadata,
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
    Column("name", String, nullable=False, unique=True),
    Column("sha256", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("wishes", Json, nullable=False),  # what was said of it that the file does not say
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
)
Index("imported_reviews_sha256", imported_reviews.c.sha256)
learning_digests = Table(
    "learning_digests",  # which learnings were sent as that of the week
    metadata,
    Column("learning_id", BigInteger, ForeignKey("learnings.id"), nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("learning_id", "at"),
)
