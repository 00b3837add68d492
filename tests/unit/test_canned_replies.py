"""Replies that are written ahead: no hole is ever sent, and what is put in stays on its line."""

import pytest

from incidentd.domain.canned_replies import DEFAULT_REPLIES, BadTemplate, CannedReply, Unfilled, check_template, render


def test_placeholders_are_filled_and_the_rest_stays_as_it_is():
    reply = CannedReply(name="x", text="Hello {name|there},\n\n{{not}} {reference}: {subject}\n")
    filled = render(reply, {"reference": "R-1", "subject": "It {name} broke"})
    assert filled == "Hello there,\n\n{not} R-1: It {name} broke"
    assert render(reply, {"name": "Ann", "reference": "R-1", "subject": "x"}).startswith("Hello Ann,")


def test_a_reply_with_a_hole_is_not_rendered():
    with pytest.raises(Unfilled) as refused:
        render(CannedReply(name="x", text="{service} in {region} {service}"), {"region": " "})
    assert refused.value.names == ("service", "region")


def test_values_from_outside_are_one_harmless_line():
    text = render(CannedReply(name="x", text="{name}"), {"name": "Ann\nBcc: all\x1b[31m" + "y" * 1000})
    assert "\n" not in text
    assert "\x1b" not in text
    assert len(text) <= 250


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is no reply"),
        ("Hello {nmae}", '"{nmae}" is no placeholder'),
        ("Hello {}", '"{}" is no placeholder'),
        ("Hello {name", "a brace"),
        ("Hello name}", "a brace"),
        ("Hello {name.__class__}", "a brace"),
        ("x" * 8001, "is no reply"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_remedy(text, what):
    with pytest.raises(BadTemplate) as refused:
        check_template(text)
    assert what in refused.value.what
    assert refused.value.remedy


def test_the_built_in_replies_are_good_ones():
    for reply in DEFAULT_REPLIES.values():
        assert check_template(reply.text) == reply.text
        assert render(reply, {"reference": "R-1", "incident": "INC-2", "question": "Since when?"})
