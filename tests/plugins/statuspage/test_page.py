"""The status page as customers read it: on the listener, as a feed, as JSON, and in a directory."""

import asyncio
import json
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import pydantic
import pytest

from incidentd.plugin import Condition, Outgoing, OutgoingKind, PermanentFailure, StoreUnavailable
from incidentd_statuspage.channel import FRESH
from incidentd_statuspage.config import StatusPageConfig

ATOM = {"a": "http://www.w3.org/2005/Atom"}
MARKUP = "<script>alert(1)</script> ]]> \"'&amp; {{ 7*7 }} \x1b[2J\u202egnp \ufffe\uffff \x00"
SERVICES = {"checkout": "Paying", "search": "Finding things"}
FILES = ("/status", "/status/feed.atom", "/status/status.json")


async def test_a_quiet_page_says_that_nothing_is_known(make_site, parse_page):
    site = make_site(services=SERVICES, title="How the shop is", intro="Ask us at /support.")
    page = parse_page((await site.get()).body)
    assert "We know of no disruption." in page.text
    assert "Paying: works, as far as we know" in page.text
    assert "Nothing in the last 14 days." in page.text
    assert page.one("title").text == page.one("h1").text == "How the shop is"
    assert page.one("html").attributes["lang"] == "en"
    feed = ET.fromstring((await site.get("/status/feed.atom")).body)
    assert (feed.findall("a:entry", ATOM), feed.findtext("a:updated", None, ATOM)) == ([], "1970-01-01T00:00:00+00:00")
    document = json.loads((await site.get("/status/status.json")).body)
    assert (document["disrupted"], document["incidents"]) == (False, [])


async def test_a_disruption_is_told_in_the_exact_words_with_the_next_promise(make_site, parse_page):
    site = make_site(services=SERVICES, url="https://status.example.org/")
    site.tell(7, "We look into it.\nCards fail.", "A certificate has run out.", phase="identified")
    page = parse_page((await site.get()).body)
    assert page.one("title").text.startswith("Disruption – ")
    assert "1 disruption is not over yet." in page.text
    article = page.one("article")
    assert page.one("h3", id=article.attributes["aria-labelledby"]).text == "Paying: disruption"
    assert "Next news by 2026-03-02 09:31 UTC" in " ".join(article.text.split())
    assert [one.text for one in page.all("p", class_="words")] == [
        "A certificate has run out.",
        "We look into it.\nCards fail.",
    ]
    assert "Paying: disrupted" in page.text
    assert "Finding things: works" in page.text
    entry = ET.fromstring((await site.get("/status/feed.atom")).body).find("a:entry", ATOM)
    assert entry.findtext("a:title", None, ATOM) == "Paying: disruption: Identified"
    assert entry.find("a:link", ATOM).get("href") == "https://status.example.org/#incident-7"
    assert "We look into it.\nCards fail." in entry.findtext("a:content", None, ATOM)
    assert datetime.fromisoformat(entry.findtext("a:updated", "", ATOM)).minute == 1
    (incident,) = json.loads((await site.get("/status/status.json")).body)["incidents"]
    assert [one["text"] for one in incident["updates"]][1] == "We look into it.\nCards fail."
    assert (incident["phase"], incident["over"], incident["late"]) == ("identified", False, False)


async def test_a_promise_that_was_not_kept_is_owned_up_to(make_site, parse_page):
    site = make_site()
    site.tell(7, "We look into it.")
    site.context.clock.advance(timedelta(minutes=40))
    page = parse_page((await site.get()).body)
    assert "We promised news for 2026-03-02 09:30 UTC and are late." in " ".join(page.text.split())


async def test_what_is_over_stays_for_a_while_and_says_where_it_goes_on(make_site, parse_page):
    site = make_site(services=SERVICES)
    site.tell(3, "Solved.", phase="resolved")
    site.tell(4, "Slow.", over=True, continued_in=5)
    site.tell(5, "Slow, too.")
    site.tell(6, "Gone.", over=True, continued_in=99)
    page = parse_page((await site.get()).body)
    assert [one.attributes["id"] for one in page.all("h3")] == [f"incident-{n}" for n in (5, 6, 4, 3)]
    assert [one.attributes["href"] for one in page.all("a") if "incident" in one.attributes["href"]] == ["#incident-5"]
    three = page.all("article")[-1].text
    assert "Over: Resolved." in " ".join(three.split())
    assert "Next news" not in three
    assert site.context.status.asked[-1] == site.context.now() - timedelta(days=14)


async def test_a_title_for_customers_takes_the_place_of_the_service(make_site, parse_page):
    site = make_site(services=SERVICES)
    site.tell(7, "We look into it.", title="Card payments fail <b>")
    assert parse_page((await site.get()).body).one("h3").text == "Card payments fail <b>"
    assert json.loads((await site.get("/status/status.json")).body)["incidents"][0]["title"] == "Card payments fail <b>"


async def test_a_service_that_customers_have_no_word_for_is_not_named(make_site):
    site = make_site(services={"search": "Finding things"})
    site.tell(7, "Some of you cannot pay.", service="psp-gateway-v2")
    for path in FILES:
        body = (await site.get(path)).body.decode()
        assert "psp-gateway" not in body
        assert "Some of you cannot pay." in body


async def test_text_from_outside_is_inert(make_site, parse_page):
    site = make_site(services={"checkout": MARKUP.replace("\x00", "")[:200]}, title=f"T {MARKUP[:60]}", intro=MARKUP)
    site.tell(7, MARKUP, phase=MARKUP)
    page = parse_page((await site.get()).body)
    assert page.all("script") == []
    assert "{{ 7*7 }}" in page.text
    for path in FILES[:2]:
        body = (await site.get(path)).body.decode()
        assert not [char for char in body if char in "\x00\x1b\u202e"]
    content = ET.fromstring((await site.get(FILES[1])).body).findtext("a:entry/a:content", None, ATOM)
    assert "<script>alert(1)</script> ]]>" in content
    assert json.loads((await site.get(FILES[2])).body)["incidents"][0]["updates"][0]["text"] == MARKUP


async def test_everything_is_cached_by_what_it_says(make_site):
    site = make_site()
    site.tell(7, "We look into it.")
    for path in FILES:
        first = await site.get(path)
        etag = first.headers["ETag"]
        assert (first.status, first.headers["Cache-Control"]) == (200, "public, max-age=15")
        assert "default-src 'none'" in first.headers["Content-Security-Policy"]
        for known in (etag, f'W/{etag}, "x"', "*"):
            again = await site.get(path, if_none_match=known)
            assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)
        assert (await site.get(path, if_none_match='"other"')).status == 200
    site.context.clock.advance(FRESH)
    assert (await site.get(if_none_match=(await site.get()).headers["ETag"])).status == 304
    old = (await site.get()).headers["ETag"]
    site.tell(7, "We look into it.", "Found it.", phase="identified")
    assert (await site.get(if_none_match=old)).status == 200


async def test_a_crowd_asks_the_store_once(make_site):
    site = make_site()
    await asyncio.gather(*(site.get(path) for path in FILES for _ in range(50)))
    assert site.context.status.asked == [site.context.now() - timedelta(days=14)]


async def test_while_the_store_is_down_the_last_page_is_shown_with_its_age(make_site, parse_page):
    site = make_site()
    site.context.status.available = False
    with pytest.raises(StoreUnavailable):
        await site.get()
    site.context.status.available = True
    site.tell(7, "We look into it.")
    await site.get()
    site.context.status.available = False
    site.context.clock.advance(timedelta(minutes=5))
    page = parse_page((await site.get()).body)
    assert "cannot be brought up to date" in page.text
    assert "how things stood at 2026-03-02 09:01 UTC" in " ".join(page.text.split())
    assert "We look into it." in page.text


async def test_the_directory_holds_the_same_and_each_file_is_whole(make_site, tmp_path, parse_page):
    site = make_site(directory=str(tmp_path / "www"))
    running = asyncio.create_task(site.page.run())
    for _ in range(200):
        await asyncio.sleep(0.005)
        if (tmp_path / "www" / "status.json").exists():
            break
    running.cancel()
    names = {path.name for path in (tmp_path / "www").iterdir()}
    assert names == {"index.html", "feed.atom", "status.json"}
    page = parse_page((tmp_path / "www" / "index.html").read_bytes())
    assert {"feed.atom", "status.json"} <= {one.attributes["href"] for one in page.all("a")}
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "www").iterdir()} == {0o644}
    before = {path.name: path.stat().st_ino for path in (tmp_path / "www").iterdir()}
    await site.page.publish()
    assert {path.name: path.stat().st_ino for path in (tmp_path / "www").iterdir()} == before
    site.tell(7, "We look into it.")
    (tmp_path / "www" / "feed.atom").unlink()
    site.context.clock.advance(FRESH)
    await site.page.publish()
    assert "We look into it." in (tmp_path / "www" / "index.html").read_text()
    assert "We look into it." in (tmp_path / "www" / "feed.atom").read_text()
    assert site.page.condition() is None


async def test_what_cannot_be_written_is_shown_and_nothing_half_is_left(make_site, tmp_path, monkeypatch):
    site = make_site(directory=str(tmp_path / "no" / "such"))
    await site.page.publish()
    condition = site.page.condition()
    assert isinstance(condition, Condition)
    assert not condition.well
    assert "No such file or directory" in condition.text
    site = make_site(directory=str(tmp_path))

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("incidentd_statuspage.publishing.os.replace", full)
    await site.page.publish()
    assert "No space left" in site.page.condition().text
    assert list(tmp_path.iterdir()) == []


async def test_nobody_is_answered_by_a_status_page(make_site):
    site = make_site()
    asked = Outgoing(
        idempotency_key="k", kind=OutgoingKind.REPLY, reference="R-1", thread="", recipient="", subject="", text="",
        created_at=site.context.now(),
    )  # fmt: skip
    with pytest.raises(PermanentFailure, match="post an update"):
        await site.page.send(asked)


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("url", "status.example.org", "https://status.example.org/"),
        ("url", "http://[", "https://status.example.org/"),
        ("directory", "www", "write the whole path"),
        ("history", "500d", "for example 14d"),
        ("path", "status", "absolute path"),
    ],
)
def test_bad_settings_say_what_to_write(key, value, remedy):
    with pytest.raises(pydantic.ValidationError, match=remedy):
        StatusPageConfig.model_validate({key: value})
