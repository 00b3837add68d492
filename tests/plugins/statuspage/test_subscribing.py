"""Subscribing by mail: a form without scripts, links that ask before they act, and letters in the page's words."""

from datetime import timedelta
from urllib.parse import urlencode

import pydantic
import pytest

from incidentd.plugin import StoreUnavailable
from incidentd.plugin.testing import make_request
from incidentd_statuspage.config import StatusPageConfig

MAIL = {"notifier": "status-mail", "url": "https://status.example.org/status/"}
FORM = "/status/subscribe"


class Visitor:
    """Somebody at the pages of a site."""

    def __init__(self, site, parse_page):
        self.site, self.parse = site, parse_page
        self.headers = {}

    async def ask(self, method, path, body="", **params):
        place = path.replace("TOKEN", "{token}")
        (route,) = [one for one in self.site.page.routes() if (one.method, one.path) == (method, place)]
        request = make_request(path, method=method, body=body.encode(), params=params, headers=self.headers)
        answer = await route.handler(request)
        return answer, self.parse(answer.body)

    async def subscribe(self, address="ada@example.org", **fields):
        return await self.ask("POST", FORM, urlencode({"address": address, "website": "", **fields}))


@pytest.fixture
def site(make_site):
    return make_site(mail=MAIL, services={"checkout": "Paying"}, title="How the shop is", url="https://s.example/")


@pytest.fixture
def visitor(site, parse_page):
    return Visitor(site, parse_page)


async def test_a_visitor_asks_and_gets_a_letter_that_asks_back(site, visitor, parse_page):
    page = parse_page((await site.get()).body)
    assert f"https://status.example.org{FORM}" in [one.attributes["href"] for one in page.all("a")]
    answer, form = await visitor.ask("GET", FORM)
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    field = form.one("input", id="address")
    assert (field.attributes["type"], field.attributes["autocomplete"]) == ("email", "email")
    assert form.one("label", **{"for": "address"}).text == "Your e-mail address"
    assert form.all("script") == []
    answer, done = await visitor.subscribe()
    assert (answer.status, done.one("h1").text) == (200, "Look into your mailbox")
    ((address, letter, mailing),) = site.context.subscribers.letters
    assert (address, letter.title) == ("ada@example.org", "Confirm: updates of How the shop is")
    assert "If it was not you, do nothing" in letter.body
    assert mailing.confirm_url == "https://status.example.org/status/confirm"
    assert mailing.leave_url == "https://status.example.org/status/unsubscribe"


async def test_what_is_wrong_comes_back_with_what_was_typed(site, visitor):
    answer, form = await visitor.subscribe('nobody"><script>')
    assert answer.status == 422
    assert form.one("input", id="address").attributes["value"] == 'nobody"><script>'
    assert form.one("input", id="address").attributes["aria-invalid"] == "true"
    assert "Write one e-mail address" in form.one("div", id="faults").text
    answer, form = await visitor.subscribe(website="https://spam.example")
    assert (answer.status, "Leave this field empty" in form.text) == (422, True)
    site.context.subscribers.available = False
    answer, form = await visitor.subscribe()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert form.one("input", id="address").attributes["value"] == "ada@example.org"
    site.context.subscribers.available = True
    site.context.subscribers.mail = False
    assert (await visitor.subscribe())[0].status == 503
    assert site.context.subscribers.letters == []
    await site.page.tell_subscribers()
    condition = site.page.condition()
    assert (condition.well, "no e-mail notifier 'status-mail'" in condition.text) == (False, True)


async def test_a_network_may_ask_a_few_times_an_hour_and_everybody_waits_when_too_many_do(site, visitor):
    for n in range(5):
        assert (await visitor.subscribe(f"a{n}@example.org"))[0].status == 200
    answer, _ = await visitor.subscribe("late@example.org")
    assert (answer.status, int(answer.headers["Retry-After"]) > 0) == (429, True)
    assert len(site.context.subscribers.letters) == 5
    site.context.clock.advance(timedelta(hours=1))
    site.context.subscribers.busy = True
    answer, form = await visitor.subscribe("late@example.org")
    assert (answer.status, "Too many ask at once" in form.text) == (429, True)
    assert site.page.condition().text == "turned away since the start: 2 who wanted news by mail"


async def test_following_a_link_asks_and_only_the_button_acts(site, visitor):
    subscribers = site.context.subscribers
    subscribers.waiting.add("T")
    confirm, leave = "/status/confirm/TOKEN", "/status/unsubscribe/TOKEN"
    for method in ("GET", "HEAD"):
        answer, page = await visitor.ask(method, confirm, token="T")
        assert (answer.status, page.one("button").text) == (200, "Yes, write to me")
    assert subscribers.confirmed == set(), "a scanner of mail confirms nothing"
    answer, page = await visitor.ask("POST", confirm, token="T")
    assert (answer.status, subscribers.confirmed) == (200, {"T"})
    assert page.all("button") == []
    answer, page = await visitor.ask("GET", leave, token="T")
    assert page.one("button").text == "Write to me no more"
    assert subscribers.confirmed == {"T"}
    for _ in range(2):  # a mail program does it by itself, and may do it twice (RFC 8058)
        answer, page = await visitor.ask("POST", leave, "List-Unsubscribe=One-Click", token="T")
        assert (answer.status, page.one("h1").text) == (200, "You get no more mail")
    assert subscribers.confirmed == set()
    for method in ("GET", "POST"):
        answer, page = await visitor.ask(method, confirm, token="T")
        assert (answer.status, page.one("h1").text) == (410, "This link has run out")
    subscribers.available = False
    with pytest.raises(StoreUnavailable):
        await visitor.ask("POST", leave, token="T")


async def test_each_update_is_handed_in_once_in_the_words_of_the_page(site):
    published = site.context.subscribers.published
    site.context.clock.advance(timedelta(days=2))
    site.tell(6, "Old news.", first_id=1)
    site.context.clock.advance(timedelta(days=2))
    site.tell(7, "We look into it.", "A certificate has run out.", phase="identified", first_id=2, title="Cards fail")
    await site.page.tell_subscribers()
    site.context.subscribers.available = False
    await site.page.tell_subscribers()
    assert site.page.condition() is None, "there was nothing new"
    assert sorted(published) == [2, 3]
    letter, mailing = published[3]
    assert letter.title == "Cards fail: Identified"
    assert letter.body.startswith("A certificate has run out.\n\nNext news by 2026-03-06 ")
    assert letter.body.endswith("https://s.example/#incident-7")
    assert letter.reason == "You get this because you subscribed to “How the shop is”."
    assert mailing.via == "status-mail"
    site.tell(8, "Slow.", first_id=9)
    await site.page.tell_subscribers()
    assert "subscribers cannot be told" in site.page.condition().text
    site.context.subscribers.available = True
    await site.page.tell_subscribers()
    assert published[9][0].title == "Paying: disruption: Investigating"
    assert site.page.condition() is None


def test_without_mail_there_is_no_form(make_site):
    assert not [one for one in make_site().page.routes() if "subscribe" in one.path]


@pytest.mark.parametrize(
    "url", ["", "status.example.org", "https://s.example/?a=1", "https://s.example/\r\nX: y", "https://s.example/>"]
)
def test_links_of_mails_lead_to_a_whole_address(url):
    with pytest.raises(pydantic.ValidationError, match=r"https://status\.example\.org/"):
        StatusPageConfig.model_validate({"mail": {**MAIL, "url": url}})
