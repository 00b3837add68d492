"""What webhooks of forges say."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from incidentd.plugin import Received, Secret
from incidentd.plugin.testing.sending import HOSTILE
from incidentd_forge.config import ForgeConfig
from incidentd_forge.decode import Ignored, decode_event
from incidentd_forge.writing import plain, read_text

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GRACE = {"login": "grace", "type": "User"}
ADA = {"login": "ada", "type": "User"}
BODY = """<!-- Thanks! Please fill this in. -->
### What happened?

The parser hangs.

### Version

2.1.0

### Steps to reproduce:

Open any file.

### Workaround

_No response_
"""


def issue(**changes: Any) -> dict[str, Any]:
    plain_issue = {
        "id": 77,
        "number": 12,
        "title": "It hangs",
        "user": GRACE,
        "body": "It hangs since today.",
        "labels": [],
        "author_association": "NONE",
        "created_at": "2026-03-02T08:59:00Z",
        "updated_at": "2026-03-02T08:59:30Z",
    }
    return plain_issue | changes


SECURITY = issue(labels=[{"name": "security"}])


def read(event: str, action: str, config: dict[str, Any] | None = None, **members: Any) -> Received:
    hook = {"action": action, "repository": {"full_name": "acme/parser"}, "sender": GRACE, "issue": issue()}
    options = ForgeConfig.model_validate({"secrets": [Secret("s")], **(config or {})})
    return decode_event(event, json.dumps(hook | members).encode(), options, NOW)


def comment(**changes: Any) -> dict[str, Any]:
    return {"id": 501, "user": GRACE, "body": "Still so.", "author_association": "NONE"} | changes


def test_an_issue_that_was_opened() -> None:
    got = read("issues", "opened")
    assert (got.id, got.thread, got.sender) == ("issue-77", "acme/parser#12", "grace")
    assert (got.subject, got.text, got.kind) == ("It hangs", "It hangs since today.", "oss_developer")
    assert (got.verified, got.opens, got.automatic, got.private) == (True, True, False, False)
    assert got.sent_at == datetime(2026, 3, 2, 8, 59, tzinfo=UTC)


def test_a_form_answers_the_questions_of_triage() -> None:
    got = read("issues", "opened", issue=issue(body=BODY))
    assert got.answers == {"observed": "The parser hangs.", "reproduce": "Open any file."}
    assert got.tags == {"version": "2.1.0"}
    assert "Please fill this in" not in got.text


def test_labels_and_repositories_become_tags() -> None:
    config = {"services": {"acme/parser": "parsing"}, "labels": {"eu": {"region": "eu-1"}}}
    names = ("Version: 3", "eu", "Security", "good first issue", "service/", "region:")
    got = read("issues", "opened", config, issue=issue(labels=[{"name": name} for name in names]))
    assert got.tags == {"service": "parsing", "version": "3", "region": "eu-1", "security": "yes"}


@pytest.mark.parametrize(
    ("action", "members", "text", "automatic"),
    [
        ("edited", {}, "(edited) It hangs\n\nIt hangs since today.", False),
        ("closed", {"issue": issue(state_reason="not_planned")}, "(closed the issue as not planned)", True),
        ("reopened", {"issue": issue(state_reason="reopened")}, "(reopened the issue)", False),
        ("reopened", {"sender": ADA}, "(reopened the issue)", True),
        ("labeled", {"issue": SECURITY, "label": {"name": "security"}}, "(labels: security)", True),
        ("label_updated", {"issue": SECURITY}, "(labels: security)", True),
    ],
)
def test_changes_of_an_issue_open_no_report(action: str, members: dict[str, Any], text: str, automatic: bool) -> None:
    got = read("issues", action, **members)
    assert (got.text, got.automatic, got.opens) == (text, automatic, False)
    assert got.id.startswith(f"issue-77-{action}-20260302T085930-")
    assert got.id == read("issues", action, **members).id


def test_comments_of_customers_members_and_bots() -> None:
    own = read("issue_comment", "created", comment=comment(body="> It hangs\n\nStill so.\n"))
    assert (own.id, own.thread, own.text, own.automatic, own.opens) == (
        "comment-501", "acme/parser#12", "Still so.", False, True,
    )  # fmt: skip
    for author in (
        comment(user=ADA, author_association="MEMBER"),
        comment(user={"login": "stale", "type": "Bot"}),
        comment(user={"login": "ci[bot]"}),
    ):
        got = read("issue_comment", "created", comment=author)
        assert (got.automatic, got.opens) == (True, False)
    edited = read("issue_comment", "edited", comment=comment(updated_at="2026-03-02T08:59:30Z"))
    assert edited.id.startswith("comment-501-edited-20260302T085930-")
    assert (edited.text, edited.opens) == ("(edited) Still so.", False)


@pytest.mark.parametrize(
    ("event", "action", "members", "why"),
    [
        ("push", "", {}, "kind"),
        ("issues", "assigned", {}, "assigned"),
        ("issues", "labeled", {"label": {"name": "good first issue"}}, "no tag"),
        ("issues", "opened", {"issue": issue(user={"login": "renovate[bot]"})}, "bot"),
        ("issues", "opened", {"issue": issue(author_association="OWNER")}, "from_members"),
        ("issue_comment", "deleted", {"comment": comment()}, "deleted"),
        ("issue_comment", "created", {"comment": comment(body=f"Hi\n<!-- incidentd:{'a' * 32} -->")}, "our own"),
        ("issue_comment", "created", {"comment": comment(), "issue": issue(pull_request={"url": "x"})}, "pull"),
        ("issue_comment", "created", {"comment": comment(), "is_pull": True}, "pull"),
        ("repository_advisory", "published", {"repository_advisory": {"ghsa_id": "GHSA-1"}}, "published"),
    ],
)
def test_what_is_no_customers_word_is_ignored(event: str, action: str, members: dict[str, Any], why: str) -> None:
    with pytest.raises(Ignored, match=why):
        read(event, action, **members)


def test_members_and_other_repositories_by_choice() -> None:
    assert read("issues", "opened", {"from_members": True}, issue=issue(author_association="OWNER")).opens
    with pytest.raises(Ignored, match="repositories"):
        read("issues", "opened", {"repositories": ["acme/other"]})


def test_a_vulnerability_that_was_reported_in_private() -> None:
    advisory = {"ghsa_id": "GHSA-aaaa-bbbb", "summary": "Overflow", "description": "Long names.", "severity": "high"}
    got = read("repository_advisory", "reported", repository_advisory=advisory | {"author": GRACE}, issue=None)
    assert (got.private, got.tags, got.sender) == (True, {"security": "yes"}, "grace")
    assert got.thread == "acme/parser/security/advisories/GHSA-aaaa-bbbb"
    assert got.text == "Severity, as reported: high\n\nLong names."


def test_accounts_that_are_gone_and_empty_bodies() -> None:
    got = read("issues", "opened", issue=issue(user=None, body=None))
    assert (got.sender, got.text) == ("ghost", "It hangs")


def test_names_and_numbers_lead_nowhere() -> None:
    assert plain("@acme/team a@b") == "@&#8203;acme/team a@&#8203;b"
    assert plain("#12 GH-3 org/repo#4") == "\\#&#8203;12 GH\\-&#8203;3 org/repo\\#&#8203;4"


class Shown(HTMLParser):
    """What a reader sees of HTML, and the elements in it."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.text, self.elements, self.links = "", set[str](), list[str]()
        self.feed(MarkdownIt("gfm-like", {"breaks": True, "linkify": False}).render(markdown))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data.replace("\u200b", "").replace("\xa0", " ")


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE["markup"],
        "# a\n> b\n- c\n1. d\n+ e\n    f\n---\n***\n```\ng\n```\n| a | b |\n|---|---|",
        "h\n===\n~~i~~ [ ] :smile: <!-- j -->",
        "[x]: https://x.example\n![y](z) &lt; \\* `k` <https://l> __m__ $n$",
    ],
)
def test_plain_text_shows_as_it_is(text: str) -> None:
    shown = Shown(plain(text))
    assert shown.text.strip() == text
    assert shown.elements <= {"p", "br", "a"}


def test_addresses_of_the_web_are_links() -> None:
    shown = Shown(plain("see https://x.example/a_b_(c)?d=1. Or not"))
    assert shown.links == ["https://x.example/a_b_(c)?d=1"]


def test_hostile_text_is_read_in_time() -> None:
    began = time.monotonic()
    for text in ("<!--" * 16_000, "# a" + " #" * 30_000 + " x", "**" * 30_000, "> " * 30_000):
        read("issues", "opened", issue=issue(body=text))
    assert time.monotonic() - began < 2
    assert read_text("a <!-- b -->c<!-- d", quotes=True) == "a c<!-- d"
