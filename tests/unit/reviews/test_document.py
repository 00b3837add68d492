"""The document of a review: what it says, and what it never does."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import msgspec
import pytest

from incidentd.configuration.review_templates import render
from incidentd.domain.review_document import document
from incidentd.domain.review_external import external_document
from incidentd.wire.review_documents import ReviewDocument

VOID = {"meta", "link", "br", "img"}
HOSTILE = "<script>alert(1)</script> </li> [x](javascript:1) ![](http://evil.example) \x1b[2J \u202e # | `"


class Page(HTMLParser):
    """A page as a strict reader takes it: every element ends where it should."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.ids = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def whole(scene):
    return document(scene.material())


def test_it_has_the_sections_of_a_review_in_the_order_of_a_reader(whole):
    assert [one.title for one in whole.sections] == [
        "Summary", "Impact", "What happened", "Contributing factors", "What made it hard",
        "What helped, and where we were lucky", "Surprises", "Open questions", "What we learned", "Actions",
        "How this was written",
    ]  # fmt: skip
    assert msgspec.json.decode(msgspec.json.encode(whole), type=ReviewDocument) == whole


def test_its_markdown_says_all_of_it_and_names_nobody(scene, whole):
    text = render("internal.md", whole, {})
    for said in (
        "# 503 at the balancer", "- **Severity:** SEV2", "The mitigation lead's decision to roll it back",
        "| orders that were lost | up to 140 orders | 2026-11-12 13:52 UTC to 2026-11-12 14:33 UTC | R-12 | disputed: ",
        "What could be done then: restart; roll the add-on back", "**the mitigation lead** (new to 2 of us): *saw:*",
        "### Human factors", "Seen before in INC-1", "Also put as: The add-on times out sooner", "- Who else reads",
        "will not be done, because it would hold back security updates", "- Driven by the facilitator.",
        "Times contradict each other: A responder noted",
    ):  # fmt: skip
        assert said in text, said
    assert not re.search(r"\b(?:ada|lin|sam|kim|lars|lovelace)\b", text, re.IGNORECASE)
    named = render("internal.md", document(scene.material(names="names")), {})
    assert "**Ada Lovelace** (new to 2 of us)" in named
    assert "Driven by Kim Rivers" in named


def test_sections_that_nobody_wrote_say_so(scene):
    bare = scene.material(
        view=msgspec.structs.replace(scene.view(), accounts=(), factors=(), learnings=(), actions=(), sections={}),
        detail=scene.detail(claims=(), theories=(), attempts=()), moments=(),
    )  # fmt: skip
    text = render("internal.md", document(bare), {})
    assert text.count("Nobody has written anything here.") == 8
    assert "Nobody has said how many were affected" in text
    assert "Not heard: a responder, the mitigation lead, the communications lead." in text


def test_the_page_is_one_file_that_everybody_can_read(whole):
    text = render("internal.html", whole, {})
    page = Page(text)
    tags = [tag for tag, _ in page.elements]
    assert "script" not in tags
    assert not [attrs for _, attrs in page.elements if {"src", "srcset", "style", "onclick"} & set(attrs)]
    assert all(attrs["href"].startswith("#") for _, attrs in page.elements if "href" in attrs)
    assert not re.search(r"url\(|@import|https?://", text.partition("<main")[0])
    assert {"header", "nav", "main", "footer"} <= set(tags)
    assert page.elements[0] == ("html", {"lang": "en"})
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    main = [int(tag[1]) for tag in tags[tags.index("main") :] if re.fullmatch(r"h[1-6]", tag)]
    assert main[0] == 2
    assert all(after - before <= 1 for before, after in pairwise(main))
    assert len(page.ids) == len(set(page.ids))
    assert {attrs["href"][1:] for _, attrs in page.elements if "href" in attrs} <= set(page.ids)
    assert tags.count("table") == tags.count("caption") == 2
    assert all(attrs.get("scope") in ("col", "row") for tag, attrs in page.elements if tag == "th")
    (drawn,) = [attrs for tag, attrs in page.elements if tag == "svg"]
    assert drawn["aria-label"].endswith("mitigated +41 min, resolved +1 h 14 min.")


def test_text_that_means_harm_stands_there_as_text(scene):
    told = scene.moment(
        scene.entry(1, 0, "note", HOSTILE, detail=HOSTILE), scene.note(1, 1, text=HOSTILE), group=HOSTILE
    )
    made = document(
        scene.material(
            detail=scene.detail(incident=scene.incident(title=HOSTILE, service=HOSTILE)),
            view=scene.view(
                sections=dict.fromkeys(scene.SECTIONS, HOSTILE),
                accounts=(scene.account(1, "lin", 0, saw=HOSTILE, text=HOSTILE),),
                factors=(scene.factor(1, HOSTILE, "technical", "enabler", contexts=(HOSTILE,)),),
                actions=(scene.action(1, HOSTILE),),
            ),
            moments=(told,),
        )
    )  # fmt: skip
    page = render("internal.html", made, {})
    Page(page)
    assert "<script" not in page
    for text in (page, render("internal.md", made, {})):
        assert "\x1b" not in text
        assert "\u202e" not in text
    markdown = render("internal.md", made, {})
    assert not re.search(r"(?<!\\)\]\(javascript", markdown)
    assert not re.search(r"(?<!\\)<script", markdown)
    assert "http://" not in markdown.replace("`", "")


# ------------------------------------------------------------------ for customers
def test_customers_read_what_was_written_for_them_and_no_names_addresses_or_inner_words(scene):
    told = {
        "external_title": "", "external_what_we_do": "- Lin mends edge-balancer, see https://wiki.example/x and INC-3",
        "external_summary": "Ada's fix ended it.",
    }  # fmt: skip
    made = external_document(scene.material(view=scene.view(sections=told), names="names"))
    text = render("external.md", made, {})
    assert "# Errors when opening pages" in text
    assert "An engineer's fix ended it." in text
    assert "- An engineer mends one of our systems, see (an address of ours) and an incident" in text
    assert "- 2026-11-12 15:07 UTC: It is over since 15:06 UTC." in text
    assert not re.search(r"ada|lin\b|balancer|wiki|INC-|SEV", text, re.IGNORECASE)
    Page(render("external.html", made, {}))


def test_without_words_for_customers_the_version_says_that_nothing_is_written(scene):
    plain = scene.detail(incident=scene.incident(public_title=""), updates=())
    made = external_document(scene.material(view=scene.view(sections={}), detail=plain))
    assert made.title == "Disruption on 12 November 2026"
    assert render("external.md", made, {}).count("Nothing has been written here yet.") == 3
