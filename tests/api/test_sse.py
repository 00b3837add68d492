"""Decoding of server-sent events does not depend on how the bytes were cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd import sse
from incidentd.sse import Frame, FrameDecoder, FrameTooLong

texts = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=30)
names = texts.filter(bool)


@given(st.lists(st.tuples(st.integers(1, 10**9), names, st.lists(texts, min_size=1, max_size=3))), st.data())
def test_any_cut_gives_the_same_frames(events, data):
    wire = b": ping\n\n"
    expected = []
    for seq, kind, lines in events:
        fields = [f"id: {seq}", f"event: {kind}", *(f"data: {line}" for line in lines)]
        end = data.draw(st.sampled_from(["\n", "\r\n"]))
        wire += (end.join(fields) + end + end + ":" + end).encode()
        expected.append(Frame(str(seq), kind, "\n".join(lines)))
    decoder = FrameDecoder()
    found = []
    while wire:
        size = data.draw(st.integers(1, len(wire)))
        found += decoder.feed(wire[:size])
        wire = wire[size:]
    assert found == expected


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(data):
    for frame in FrameDecoder().feed(data):
        assert "\n" not in frame.id


def test_fields_as_the_standard_says():
    frames = FrameDecoder().feed(b"data\n\nid: 7\n\ndata:x\ndata:  y\nretry: 5\nunknown: z\n\nid: a\0b\ndata: z\n\n")
    assert frames == [Frame("", "message", ""), Frame("7", "message", "x\n y"), Frame("7", "message", "z")]


def test_an_endless_frame_is_refused(monkeypatch):
    monkeypatch.setattr(sse, "MAX_FRAME_BYTES", 1000)
    decoder = FrameDecoder()
    decoder.feed(b"data: " + b"x" * 900)
    with pytest.raises(FrameTooLong):
        decoder.feed(b"x" * 200)
    decoder = FrameDecoder()
    with pytest.raises(FrameTooLong):
        decoder.feed((b"data: " + b"x" * 90 + b"\n") * 100)
