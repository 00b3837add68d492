"""The learning of the week goes out by a durable timer, quietly, and not at all when there is nothing to say."""

from datetime import time, timedelta

import msgspec
import pytest

from incidentd.domain.audiences import Audience
from incidentd.domain.learning_digest import DigestSettings
from incidentd.storage import event_log
from incidentd.storage.schema_reviews import learnings, reviews
from incidentd.wire import library_import as wire_import

WEEK = timedelta(days=7)
FILE = "---\ntitle: Slow {number}\ndate: 2024-03-0{number}\nseverity: SEV3\n---\n## Learnings\n- Learning {number}\n"


async def begin(daemon, *numbers):
    digest = DigestSettings(weekday=1, at=time(9), zone="UTC", to=("internal",))
    audiences = {"internal": Audience(name="internal", people=("ada", "lin"))}
    daemon.process = msgspec.structs.replace(daemon.process, digest=digest, audiences=audiences)
    for number in numbers:
        body = wire_import.ImportReview(name=f"r/{number}.md", text=FILE.format(number=number))
        await daemon.core.reviews.library.imports.take(body, "ada")
    await follow(daemon)


async def follow(daemon):
    await daemon.store.write(daemon.core.reviews.library.digests.follow_configuration)


def sent(daemon):
    return [(note.recipient, note.title) for _, note in daemon.sender.sent if note.kind == "update"]


def learning(number):
    return f"Learning of the week: Learning {number}"


async def test_old_and_new_take_turns_until_all_were_sent(daemon):
    await begin(daemon, 1, 2, 3)
    preview = await daemon.core.reviews.library.digests.preview()
    assert (preview.title, preview.readers, preview.at.isoweekday()) == (learning(1), 2, 1)
    await daemon.advance(WEEK)
    await follow(daemon)  # a restart moves nothing
    assert sorted(sent(daemon)) == [("ada", learning(1)), ("lin", learning(1))]
    assert all(note.urgency == "low" for _, note in daemon.sender.sent)
    await daemon.advance(3 * WEEK)
    assert [title for person, title in sent(daemon) if person == "ada"] == [learning(number) for number in (1, 3, 2, 3)]
    events = await daemon.store.read(lambda conn: event_log.of_subjects(conn, ["incident:1"]))
    assert {"learning": 1, "readers": 2} in [one.data for one in events if one.kind == "learning.digest_sent"]


@pytest.mark.both_engines
async def test_nothing_to_say_is_not_said_and_what_a_review_keeps_back_is_not_sent(daemon):
    await begin(daemon, 1)
    similar = {"state": "running", "similar": [{"id": 1}]}

    async def change(statement):
        await daemon.store.write(lambda tx: tx.conn.execute(statement))

    body = wire_import.ImportReview(name="r/9.md", text=FILE.format(number=9))
    later = await daemon.core.reviews.library.imports.take(body, "ada")
    await change(reviews.update().where(reviews.c.incident_id == later.incident_id).values(**similar))
    assert (await daemon.core.reviews.library.digests.preview()).learning_id is None
    await daemon.advance(WEEK)
    assert sent(daemon) == []
    await change(reviews.update().where(reviews.c.incident_id == later.incident_id).values(state="published"))
    await change(learnings.update().where(learnings.c.incident_id == 1).values(withdrawn_at=daemon.clock.now()))
    await daemon.advance(WEEK)
    assert {title for _, title in sent(daemon)} == {learning(9)}
    daemon.process = msgspec.structs.replace(daemon.process, digest=None)
    await follow(daemon)
    daemon.sender.clear()
    await daemon.advance(2 * WEEK)
    assert sent(daemon) == []
