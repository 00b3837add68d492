"""A terminal may send what no key is: the program goes on."""

from __future__ import annotations

import pytest
from textual import events
from textual.drivers import linux_driver

from incidentd_tui.driver import PatientParser


@pytest.mark.parametrize("sequence", ["\x1b[97:65u", "\x1b[:00~", "\x1b[9999999999u", "\x1b[1114112u"])
def test_a_sequence_that_is_no_key_is_dropped_and_the_next_key_counts(sequence):
    parser = PatientParser()
    last = [*parser.feed(sequence), *parser.feed("j")][-1]
    assert isinstance(last, events.Key)
    assert last.key == "j"


def test_the_driver_reads_with_this_parser():
    assert vars(linux_driver)["XTermParser"] is PatientParser
