"""Which addresses may subscribe, how often a mailbox is asked, and links that nobody can make up."""

from datetime import UTC, datetime, timedelta

import pytest

from incidentd.domain import subscribers as rules

NOW = datetime(2026, 3, 14, 14, 0, tzinfo=UTC)
KEY, NONCE = b"k" * 32, "a" * 32


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("ada@example.org", "ada@example.org"),
        ("  Ada.L+news@EXAMPLE.org ", "Ada.L+news@example.org"),
        ("ü@münchen.example", "ü@xn--mnchen-3ya.example"),
        ("o'hara_=x@a-b.example.co", "o'hara_=x@a-b.example.co"),
    ],
)
def test_an_address_is_kept_as_it_was_typed_but_for_its_domain(typed, known):
    assert rules.checked_address(typed) == known


@pytest.mark.parametrize(
    "typed",
    [
        "", "ada", "@example.org", "ada@", "ada@localhost", "a@b@c.example",
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org,eve@example.org", "ada@example.org eve@example.org", "<ada@example.org>",
        "Ada <a@example.org>",
        '"a b"@example.org', "ada@[127.0.0.1]", "ada@example.org\0", ".ada@example.org", "a..b@example.org",
        "ada.@example.org", "=?utf-8?q?a?=@example.org", "a" * 65 + "@example.org", "a@" + "b" * 64 + ".example",
        "a@" + ".".join(["b" * 60] * 5), "ada@-a.example", "\u202ea@example.org", "a@exam\u200bple..org",
    ],
)  # fmt: skip
def test_nothing_that_is_no_address_gets_through(typed):
    with pytest.raises(rules.BadAddress, match=r"ada@example\.org"):
        rules.checked_address(typed)


def test_letters_are_counted_for_a_mailbox_and_not_for_a_spelling():
    spellings = ("ada@example.org", "ADA@example.org", "ada+1@example.org", "Ada+x+y@example.org")
    assert {rules.mailbox_of(one) for one in spellings} == {"ada@example.org"}
    assert rules.mailbox_of("+x@example.org") == "+x@example.org"


def test_a_mailbox_is_asked_three_times_with_a_pause_between():
    def asked(letters, ago):
        return rules.may_be_asked(rules.Asked(letters=letters, last_at=NOW - timedelta(minutes=ago)), NOW)

    assert rules.may_be_asked(rules.Asked(letters=0, last_at=None), NOW)
    assert [asked(1, 9), asked(1, 10), asked(2, 10), asked(3, 600)] == [False, True, True, False]


def parts(token: str) -> rules.Link:
    given = rules.read_link(token)
    assert given is not None
    return given


def test_a_link_holds_for_one_purpose_one_subscription_and_its_time():
    expires = int(NOW.timestamp())
    token = rules.link(KEY, "confirm", 7, NONCE, expires)
    given = parts(token)
    assert (given.subscriber, given.expires) == (7, expires)
    assert rules.genuine(KEY, "confirm", given, NONCE, NOW)
    assert not rules.genuine(KEY, "confirm", given, NONCE, NOW + timedelta(seconds=1))
    assert not rules.genuine(KEY, "leave", given, NONCE, NOW)
    assert not rules.genuine(KEY, "confirm", given, "b" * 32, NOW)
    assert not rules.genuine(b"x" * 32, "confirm", given, NONCE, NOW)
    for changed in (token.replace("7-", "8-", 1), token[:-1] + ("0" if token[-1] != "0" else "1")):
        assert not rules.genuine(KEY, "confirm", parts(changed), NONCE, NOW)
    for_ever = parts(rules.link(KEY, "leave", 7, NONCE, 0))
    assert rules.genuine(KEY, "leave", for_ever, NONCE, NOW + timedelta(days=9999))


@pytest.mark.parametrize(
    "text", ["", "x", "7-0-", "7-0-" + "g" * 40, "-1-0-" + "a" * 40, "7-0-" + "a" * 41, "7\n-0-" + "a" * 40]
)
def test_any_other_text_is_no_link(text):
    assert rules.read_link(text) is None
