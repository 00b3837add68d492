"""Signed links: whoever holds the message may acknowledge as its recipient, for a week, and nothing else."""

import base64
from datetime import timedelta

import pytest

from incidentd.services.links import About, BadToken, read, sign
from incidentd.services.signing_keys import LINKS

KEY, OTHER = b"k" * 32, b"o" * 32
several_nodes = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)  # a process owns its SQLite file


@pytest.fixture
async def token(daemon):
    """The token of the link in ada's message about P-1."""
    await daemon.fire()
    await daemon.advance(30)
    url = daemon.sender.sent[0][1].acknowledge_url
    assert url.startswith("https://incidents.example/ack/")
    return url.rpartition("/")[2]


@pytest.mark.parametrize("person", ["ada", "a.b.c", "7.9", "jürgen", "x" * 200, ""])
def test_a_token_names_its_page_and_person(person):
    made_at = 1000 - int(LINKS.total_seconds())
    assert read(KEY, sign(KEY, "41", person, 1000), 1000) == About(person, made_at, page_id=41)
    assert read(KEY, sign(KEY, "41d7", person, 1000), 1000) == About(person, made_at, page_id=41, delivery_id=7)
    assert read(KEY, sign(KEY, "b7", person, 1000), 1000) == About(person, made_at, delivery_id=7, kind="bundle")
    assert read(KEY, sign(KEY, "t7", person, 1000), 1000) == About(person, made_at, delivery_id=7, kind="test")


@pytest.mark.parametrize("subject", ["", "x", "d7", "7d", "b", "t-1", "b7d7", "7" * 19, "٧"])
def test_a_token_about_nothing_that_is_known_is_refused(subject):
    with pytest.raises(BadToken, match="about nothing"):
        read(KEY, sign(KEY, subject, "ada", 1000), 0)


def test_a_token_runs_out():
    with pytest.raises(BadToken, match="run out"):
        read(KEY, sign(KEY, "41", "ada", 1000), 1001)


def test_a_token_of_another_key_is_refused():
    with pytest.raises(BadToken, match="signature"):
        read(OTHER, sign(KEY, "41", "ada", 1000), 0)


@pytest.mark.parametrize("text", ["", "a", "====", "é", "\ud800", "A" * 27, "..", "\x00", "A" * 10_000])
def test_what_is_no_token_is_refused(text):
    with pytest.raises(BadToken):
        read(KEY, text, 0)


def test_every_changed_byte_is_noticed():
    raw = base64.urlsafe_b64decode(sign(KEY, "41", "ada", 1000) + "==")
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(BadToken):
            read(KEY, base64.urlsafe_b64encode(changed).decode(), 0)


async def test_a_link_shows_the_page_and_acknowledges_it_as_its_recipient(daemon, token):
    shown = await daemon.core.links.describe(token)
    assert (shown.title, shown.person, shown.state) == ("disk · shop", "ada", "open")
    done = await daemon.core.links.acknowledge(token)
    assert (done.state, done.acknowledged_by) == ("acknowledged", "ada")
    page = await daemon.page()
    assert (page.acknowledged_by, page.acknowledged_via) == ("ada", "link")
    assert await daemon.core.links.acknowledge(token) == done


async def test_an_older_acknowledgement_stands(daemon, token):
    await daemon.core.pages.acknowledge(1, "lin")
    assert (await daemon.core.links.acknowledge(token)).acknowledged_by == "lin"


async def test_a_link_to_a_page_that_is_over_says_so(daemon, token):
    await daemon.resolve()
    await daemon.settle()
    assert (await daemon.core.links.acknowledge(token)).state == "resolved"


async def test_a_link_works_after_a_restart_and_not_after_a_week(daemon, token):
    await daemon.restart()
    assert (await daemon.core.links.describe(token)).person == "ada"
    daemon.clock.advance(LINKS + timedelta(seconds=1))
    assert await daemon.core.links.describe(token) is None
    assert await daemon.core.links.acknowledge(token) is None
    assert (await daemon.page()).state == "open"


async def test_a_token_that_is_not_ours_shows_nothing(daemon, token):
    assert await daemon.core.links.describe(sign(KEY, "1", "ada", 2**40)) is None
    assert await daemon.core.links.acknowledge(sign(KEY, "1", "ada", 2**40)) is None


async def test_a_link_to_a_page_that_does_not_exist_shows_nothing(daemon, token):
    url = daemon.core.links._url("99d1", "ada")
    assert await daemon.core.links.describe(url.rpartition("/")[2]) is None


async def test_without_a_public_address_there_is_no_link(daemon):
    daemon.public_url = ""
    await daemon.fire()
    await daemon.advance(30)
    assert daemon.sender.sent[0][1].acknowledge_url is None


@several_nodes
async def test_two_nodes_that_start_at_once_share_the_key(daemon, make_store):
    other = daemon.core_on(await make_store())
    await other.operations.keys.start()
    assert other.links._url("1", "ada") == daemon.core.links._url("1", "ada")
