"""Floods, programs that fill in forms, bodies that are no forms, and addresses that are made up."""

import contextlib
from datetime import timedelta
from ipaddress import ip_network

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.plugin import BadRequest, Secret
from incidentd.plugin.allowance import Allowance, sender_network
from incidentd.plugin.testing import FakeClock
from incidentd_webform.body import Sent, read_form
from incidentd_webform.channel import spoken
from incidentd_webform.config import WebFormConfig
from incidentd_webform.signing import Signer, new_thread

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"


# ------------------------------------------------------------------ floods
async def test_a_flood_from_one_address_is_turned_away_with_what_was_typed(make_visitor, good):
    visitor = make_visitor(per_address=2, in_total=3)
    for _ in range(2):
        await visitor.load()
        await visitor.send(good)
        assert visitor.answer.status == 200
    await visitor.load()
    answer = await visitor.send(good)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1800")
    assert "in 30 minutes" in visitor.page.one("div", role="alert").text
    assert visitor.page.value("observed") == good["observed"]
    assert "too many came at once: 1 message" in visitor.channel.condition().text
    visitor.peer = "192.0.2.8"
    await visitor.send(good)
    assert visitor.answer.status == 200
    visitor.peer = "192.0.2.9"
    await visitor.load()
    assert (await visitor.send(good)).status == 429
    visitor.context.clock.advance(timedelta(hours=1))
    await visitor.send(good)
    assert visitor.answer.status == 200
    assert len(visitor.kept) == 4


async def test_a_conversation_is_no_way_around_the_limit(make_visitor, good):
    visitor = make_visitor(per_address=2)
    await visitor.load()
    await visitor.send(good)
    await visitor.send({"text": "second"})
    await visitor.send({"text": "third"})
    assert (visitor.answer.status, visitor.page.value("text")) == (429, "third")
    assert "The card is refused." in visitor.page.text


async def test_behind_a_proxy_it_is_the_sender_who_counts(make_visitor, good):
    visitor = make_visitor(per_address=1, proxies=["127.0.0.0/8"])
    visitor.peer = "127.0.0.1"
    for sender, status in (("198.51.100.1", 200), ("198.51.100.2", 200), ("198.51.100.1", 429)):
        await visitor.load()
        visitor.headers = {"x-forwarded-for": f"10.9.9.9, {sender}"}
        await visitor.send(good)
        assert visitor.answer.status == status


@pytest.mark.parametrize(
    ("peer", "forwarded", "sender"),
    [
        ("192.0.2.1", "198.51.100.9", "192.0.2.1"),  # nobody's word but a proxy's is believed
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.9, 10.0.0.2", "198.51.100.9"),
        ("10.0.0.1", "1.1.1.1, nonsense, 10.0.0.2", "10.0.0.2"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", "192.0.2.1"),
        ("", "", ""),
    ],
)
def test_who_a_sender_is(peer, forwarded, sender):
    assert sender_network(peer, forwarded, (ip_network("10.0.0.0/8"),)) == sender


def test_the_addresses_that_are_remembered_are_bounded(monkeypatch):
    monkeypatch.setattr("incidentd.plugin.allowance._MAX_ADDRESSES", 10)
    allowance, clock = Allowance(1, 100_000), FakeClock()
    for n in range(50):
        assert allowance.take(f"a{n}", clock.now()) == 0
    assert len(allowance._levels) == 10
    assert allowance.take("a49", clock.now()) == 3600
    clock.set(clock.now() - timedelta(days=1))
    assert allowance.take("a49", clock.now()) == 3600  # a clock that is put back gives nothing and takes nothing


def test_waits_are_rounded_up():
    assert [spoken(seconds) for seconds in (1, 59, 60, 61)] == ["1 second", "59 seconds", "1 minute", "2 minutes"]


# ------------------------------------------------------------------ programs
async def test_what_fills_in_the_hidden_field_is_a_program(make_visitor, good):
    visitor = make_visitor()
    page = await visitor.load()
    trap = page.one("input", name="website")
    assert trap.attributes["tabindex"] == "-1"
    assert page.one("div", class_="trap").attributes["aria-hidden"] == "true"
    await visitor.send({**good, "website": "https://buy.example"})
    assert (visitor.answer.status, visitor.kept) == (422, [])
    assert visitor.page.all("div", class_="trap") == []  # a person whose browser filled it in sees it now
    assert "Leave this field empty" in visitor.page.text
    await visitor.send(good)
    assert len(visitor.kept) == 1


async def test_forms_and_addresses_cannot_be_made_up(make_visitor, good):
    visitor = make_visitor()
    await visitor.load()
    await visitor.send({**good, "form": "0" * 64})
    assert visitor.answer.status == 422
    assert "send it again" in visitor.page.text
    assert visitor.page.value("observed") == good["observed"]
    await visitor.send(good)
    (message,) = visitor.kept
    signer = visitor.channel._signer
    others = [
        signer.sign("form", message.thread),
        signer.sign("reply", message.thread),
        Signer(Secret("another secret of 20"), "web").sign("conversation", message.thread),
        Signer(visitor.channel._config.secret, "other").sign("conversation", message.thread),
        signer.sign("conversation", message.thread)[:-1],
        signer.sign("conversation", message.thread).upper(),
        message.thread,
        "é" * 64,
        "",
    ]
    for token in filter(None, others):
        assert (await visitor.ask("GET", f"/support/{token}")).status == 404, token
        assert (await visitor.ask("POST", f"/support/{token}", b"text=x", URLENCODED)).status == 404
    assert len(visitor.kept) == 1


async def test_an_address_that_nobody_wrote_at_tells_nothing(make_visitor):
    visitor = make_visitor()
    token = visitor.channel._signer.sign("conversation", new_thread())
    assert (await visitor.ask("GET", f"/support/{token}")).status == 404


def test_the_secret_has_to_be_hard_to_guess():
    with pytest.raises(pydantic.ValidationError, match="at least 16 characters"):
        WebFormConfig(secret=Secret("short"))


# ------------------------------------------------------------------ bodies
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("", b"subject=x"),
        ("application/json", b"{}"),
        ("text/plain", b"subject=x"),
        ("multipart/form-data", b"--b--\r\n"),
        (MULTIPART, b""),
        (MULTIPART, b"no boundary here"),
        (MULTIPART, b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx'),
        (MULTIPART, b"--b\r\n\r\nx\r\n--b--\r\n"),
        (MULTIPART, b"--b\r\n" + b"X-Many: y\r\n" * 50 + b"\r\nx\r\n--b--\r\n"),
        (MULTIPART, b'--b\r\nContent-Disposition: form-data; name="' + b"n" * 9000 + b'"\r\n\r\nx\r\n--b--\r\n'),
        (MULTIPART, b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--b--\r\n'),
        (URLENCODED, b"&".join(b"f%d=1" % n for n in range(100))),
        (URLENCODED, b"\xff=1"),
    ],
)
def test_what_is_no_form_is_the_senders_fault(kind, body):
    with pytest.raises(BadRequest) as refused:
        read_form(kind, body, 100)
    assert refused.value.status in (400, 413, 415)


def test_a_hundred_thousand_parts_are_refused_at_once(body_of):
    part = b'--b\r\nContent-Disposition: form-data; name="files"; filename="x"\r\n\r\ny\r\n'
    with pytest.raises(BadRequest) as refused:
        read_form(MULTIPART, part * 100_000 + b"--b--\r\n", 100)
    assert refused.value.status == 413


def test_a_field_is_bounded_and_only_the_first_of_a_name_counts():
    def part(name: str, value: str) -> bytes:
        return f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()

    sent = read_form(MULTIPART, part("a", "one") + part("a", "two") + b"--b--\r\n", 100)
    assert sent.fields == {"a": "one"}
    assert read_form(URLENCODED, b"a=one&a=two", 100).fields == {"a": "one"}
    with pytest.raises(BadRequest):
        read_form(MULTIPART, part("a", "x" * 200_000) + b"--b--\r\n", 100)


def test_text_is_made_fit_for_every_store():
    sent = read_form(URLENCODED, b"a=x%00%ff%ed%a0%80%0d%0ay", 100)
    assert sent.fields["a"] == "x\u2400\ufffd\ufffd\ufffd\ufffd\ny"


@given(st.binary(max_size=300), st.sampled_from((MULTIPART, URLENCODED)))
@settings(max_examples=25)
def test_no_bytes_do_more_than_be_refused(body, kind):
    name = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
    for sent in (body, name + body + b"\r\n--b--\r\n", b"--b\r\n" + body):
        with contextlib.suppress(BadRequest):
            assert isinstance(read_form(kind, sent, 100), Sent)
