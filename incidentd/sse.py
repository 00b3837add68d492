"""Server-sent events as text/event-stream carries them (HTML standard, section 9.2.6), decoded piece by piece."""

from __future__ import annotations

from typing import NamedTuple

MAX_FRAME_BYTES = 16 * 1024 * 1024
"""A frame that grows past this is refused: no event is that large."""


class Frame(NamedTuple):
    """One dispatched event. `id` is the last one seen so far, "" when there was none."""

    id: str
    event: str
    data: str


class FrameTooLong(ValueError):  # noqa: N818
    """The peer sent more than `MAX_FRAME_BYTES` without the blank line that ends a frame."""


class FrameDecoder:
    """Feed bytes as they arrive, get whole frames. Comments (heartbeats) give no frame.

    Lines end in LF or CRLF; the daemon never sends a lone CR.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._last_id = ""
        self._event = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, data: bytes) -> list[Frame]:
        """The frames completed by `data`. Raises `FrameTooLong`."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        frames = [frame for line in lines if (frame := self._line(line.removesuffix(b"\r"))) is not None]
        if self._size + len(self._rest) > MAX_FRAME_BYTES:
            raise FrameTooLong(f"an event longer than {MAX_FRAME_BYTES} bytes")
        return frames

    def _line(self, raw: bytes) -> Frame | None:
        if not raw:
            return self._dispatch()
        self._size += len(raw)
        name, _, value = raw.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
            case "event":
                self._event = value
            case "id" if "\0" not in value:
                self._last_id = value
        return None

    def _dispatch(self) -> Frame | None:
        frame = Frame(self._last_id, self._event or "message", "\n".join(self._data)) if self._data else None
        self._event, self._data, self._size = "", [], 0
        return frame
