"""Reviews that a team wrote before: each file whole or not at all, once, and again when it changed."""

from datetime import UTC, datetime

import pytest

from incidentd.domain.incident_markdown import markdown
from incidentd.domain.people import Service, Team
from incidentd.services.errors import Invalid
from incidentd.storage import event_log
from incidentd.storage.schema_reviews import actions, factors, learnings, review_documents, reviews
from incidentd.wire import library_import as wire_import

FILE = """---
title: The balancer answered 503
date: 2024-03-01
severity: SEV2
service: shop
tags: [deploy]
---
## Summary
It answered 503 for an hour.
## Timeline (UTC)
- 23:50 The deploy began
- 00:20 Alerts fired
- 00:50 Rolled back
## Contributing factors
- Process: nobody was asked to review the timeout
- The cache timeout was 1 s
- Things were odd
## Learnings
- A deploy at night has no reviewer
## Action items
- [x] Raise the timeout
- [ ] Write a runbook (owner: web, due: 2024-04-01)
"""


def wanted(text=FILE, name="reviews/503.md", **values):
    return wire_import.ImportReview(name=name, text=text, **values)


async def rows(daemon, table):
    return await daemon.store.read(lambda conn: conn.execute(table.select()).all())


def take(daemon, *args, **values):
    return daemon.core.reviews.library.imports.take(wanted(*args, **values), "ada")


async def test_a_file_becomes_a_closed_incident_with_a_published_review(daemon):
    daemon.roster = daemon.roster_of(
        [], [], services={"shop": Service(name="shop", team="shop")}, teams={"web": Team(name="web")}
    )
    looked = await take(daemon, dry_run=True)
    assert (looked.outcome, looked.incident_id, looked.factors, looked.entries) == ("created", None, 2, 3)
    assert await rows(daemon, reviews) == []
    made = await take(daemon)
    assert [(one.line, one.text[:24]) for one in made.notes if "category" in one.text] == [
        (17, "no category is said, so ")
    ]
    seen = await daemon.core.incidents.get(made.incident_id)
    assert (seen.incident.status, seen.incident.severity, seen.incident.violations) == ("closed", "SEV2", ())
    assert seen.incident.started_at == datetime(2024, 3, 1, 23, 50, tzinfo=UTC)
    assert seen.incident.resolved_at == datetime(2024, 3, 2, 0, 50, tzinfo=UTC)
    timeline = (await daemon.core.incidents.timeline(made.incident_id)).entries
    assert [(one.observed_at.hour, one.text, one.evidence) for one in timeline[:3]] == [
        (23, "The deploy began", "reviews/503.md:11"), (0, "Alerts fired", "reviews/503.md:12"),
        (0, "Rolled back", "reviews/503.md:13"),
    ]  # fmt: skip
    assert timeline[-1].text == "Imported from reviews/503.md"
    review = await daemon.core.reviews.workshops.get(made.incident_id, "lin")
    assert (review.review.state, review.review.imported_from) == ("published", "reviews/503.md")
    assert review.sections == {"summary": "It answered 503 for an hour.", "factors_to_sort": "- Things were odd"}
    assert [(one.category, one.contexts, one.author) for one in await rows(daemon, factors)] == [
        ("process", ["deploy"], ""), ("technical", ["deploy", "category guessed"], ""),
    ]  # fmt: skip
    assert [(one.state, one.owner_team, one.due_on) for one in await rows(daemon, actions)] == [
        ("done", "shop", "2024-03-02"), ("open", "web", "2024-04-01"),
    ]  # fmt: skip
    assert [one.markdown for one in await rows(daemon, review_documents)] == [FILE]


async def test_an_imported_incident_is_exported_measured_and_listed_like_others(daemon):
    made = await take(daemon)
    found = await daemon.core.life.export(made.incident_id, "ada")
    assert [one.kind for one in found.timeline] == ["note", "note", "note", "review"]
    assert "Rolled back" in markdown(found)
    measures = await daemon.core.life.measures(made.incident_id, None)
    assert (measures.noticed_first, measures.episodes) == ("", ())  # the log holds none of its response
    page = await daemon.core.incidents.list("closed", "503", 10, "")
    assert [one.id for one in page.incidents] == [made.incident_id]


@pytest.mark.both_engines
async def test_the_same_file_again_changes_nothing_and_a_changed_one_only_what_changed(daemon):
    made = await take(daemon)
    seq = await daemon.store.read(event_log.last_seq)
    for again in (await take(daemon), await take(daemon, name="moved/503.md")):
        assert (again.outcome, again.incident_id, again.factors) == ("unchanged", made.incident_id, 0)
    assert await daemon.store.read(event_log.last_seq) == seq

    def edit(conn):
        conn.execute(factors.update().where(factors.c.category == "technical").values(version=2))

    await daemon.store.write(lambda tx: edit(tx.conn))
    text = FILE.replace("It answered", "The balancer answered").replace(
        "- The cache timeout was 1 s", "- External: the vendor was down"
    )
    text = text.replace("- A deploy at night has no reviewer", "- Review deploys by day").replace(
        "Rolled back", "Rolled it back"
    )
    looked = await take(daemon, text, dry_run=True)
    changed = await take(daemon, text)
    assert (looked.factors, looked.learnings, looked.entries) == (1, 1, 1)
    assert (changed.outcome, changed.factors, changed.learnings, changed.withdrawn) == ("updated", 1, 1, 1)
    assert "-- The cache timeout was 1 s\n+- External: the vendor was down" in changed.diff
    told = [one.text for one in changed.notes if not one.line]
    assert "a factor that the file has no more was worked on here and stays: 'The cache timeout was 1 s'" in told
    assert [one.text for one in await rows(daemon, learnings) if one.withdrawn_at is None] == ["Review deploys by day"]
    review = await daemon.core.reviews.workshops.get(made.incident_id, "lin")
    assert review.sections["summary"] == "The balancer answered 503 for an hour."
    assert (await take(daemon, text)).outcome == "unchanged"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" ", "is empty"),
        ("---\ntitle: a", "line 1: the YAML begun by --- has no end"),
        ("+++\ntitle = 'a'\nbad\n+++\n", "line 3: is no TOML"),
        (FILE.replace("SEV2", "awful"), "line 4: severity: 'awful' is none of"),
        (FILE.replace("date: 2024-03-01", "date: 03/04/2024"), "line 3: date: '03/04/2024' is no day"),
        (FILE.replace("date: 2024-03-01", "x: y"), "nothing says when it was"),
        (FILE.replace("severity: SEV2\n", ""), "nothing says how severe it was"),
        (FILE.replace("tags:", "resolved: 2024-02-01 10:00\ntags:"), "line 6: it was resolved before it started"),
    ],
)
async def test_a_file_that_does_not_say_enough_is_refused_with_the_line_and_a_remedy(daemon, text, said):
    with pytest.raises(Invalid) as caught:
        await take(daemon, text)
    assert caught.value.message.startswith(said)
    assert caught.value.remedy
    assert await rows(daemon, reviews) == []


async def test_what_the_file_does_not_say_can_be_said_for_it(daemon):
    text = FILE.replace("severity: SEV2\n", "").replace("- [ ] Write", "- Write")
    made = await take(daemon, text, severity="SEV3", category="organisational", actions="open")
    assert (made.factors, made.actions) == (3, 2)
    assert (await take(daemon, text)).outcome == "unchanged"
    sorted_anew = await take(daemon, text, severity="SEV3", category="process", actions="open")
    assert (sorted_anew.outcome, sorted_anew.factors, sorted_anew.withdrawn) == ("updated", 1, 1)
